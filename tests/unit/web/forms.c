/* Request bodies: what handlers get of forms, and what is refused before they see it. */
#include "client.h"

#define HEAD(method, path, headers) method " " path " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n" headers "\r\n"
#define FORM "Content-Type: application/x-www-form-urlencoded\r\n"

static bool echo(const struct web_request *req, struct web_response *res, struct error *err)
{
	(void)err;
	res->type = STR("text/plain");
	for (size_t i = 0; i < req->n_fields; i++)
		buf_printf(&res->body, "[%.*s=%.*s]", (int)req->fields[i].name.n, req->fields[i].name.p,
		    (int)req->fields[i].value.n, req->fields[i].value.p);
	for (size_t i = 0; i < req->n_files; i++)
		buf_printf(&res->body, "{%.*s %.*s %.*s %zu}", (int)req->files[i].name.n, req->files[i].name.p,
		    (int)req->files[i].filename.n, req->files[i].filename.p, (int)req->files[i].type.n, req->files[i].type.p,
		    req->files[i].bytes.n);
	buf_printf(&res->body, "<%.*s>", (int)req->body.n, req->body.p);
	for (size_t i = 0; i < req->n_cookies; i++)
		buf_printf(&res->body, "(%.*s:%.*s)", (int)req->cookies[i].name.n, req->cookies[i].name.p,
		    (int)req->cookies[i].value.n, req->cookies[i].value.p);
	return true;
}

static bool set_cookie(const struct web_request *req, struct web_response *res, struct error *err)
{
	web_key_add(res, web_key_of(1, 1));
	return web_set_cookie(res, STR("session"), STR("abc"), STR("/desk"), 60, true, req->arena, err);
}

static const struct web_route ROUTES[] = {
	{ WEB_GET, "/", echo, WEB_MEMORY, 0 },
	{ WEB_POST, "/form", echo, WEB_MEMORY, 2000 },
	{ WEB_POST, "/worker", echo, WEB_WORKER, 2000 },
	{ WEB_POST | WEB_RAW_BODY | WEB_ANY_ORIGIN, "/raw", echo, WEB_MEMORY, 100 },
	{ WEB_POST, "/upload", echo, WEB_WORKER, 4 * MIB },
	{ WEB_GET | WEB_COOKIES, "/desk", echo, WEB_MEMORY, 0 },
	{ WEB_GET | WEB_COOKIES, "/desk/login", set_cookie, WEB_MEMORY, 0 },
	{ WEB_GET, "/reader", set_cookie, WEB_MEMORY, 0 },
};

static int start(void **state)
{
	struct error err = { 0 };
	struct web_options options = {
		.listen = "127.0.0.1:0", .routes = ROUTES, .n_routes = sizeof ROUTES / sizeof *ROUTES
	};
	*state = web_start(&options, &err);
	return *state ? 0 : -1;
}

static int stop(void **state)
{
	web_stop(*state, 100);
	return 0;
}

static void forms_are_decoded(void **state)
{
	for (int worker = 0; worker < 2; worker++) {
		const char *bytes = worker ? HEAD("POST", "/worker", FORM "Content-Length: 26\r\n") "a=1&b=%E3%81%82+x&c=&=z&a2"
		                           : HEAD("POST", "/form", FORM "Content-Length: 26\r\n") "a=1&b=%E3%81%82+x&c=&=z&a2";
		check_ask(*state, bytes, 200, "[a=1][b=\xe3\x81\x82 x][c=][a2=]<>");
	}
}

static void chunks_make_one_form(void **state)
{
	check_ask(*state, HEAD("POST", "/form", FORM "Transfer-Encoding: chunked\r\n") "3\r\na=1\r\n4\r\n2&b=\r\n0\r\n\r\n",
	    200, "[a=12][b=]<>");
}

static void nothing_is_an_empty_form(void **state)
{
	check_ask(*state, HEAD("POST", "/form", "Content-Length: 0\r\n"), 200, "<>");
}

static void files_come_with_their_bytes(void **state)
{
	const char *body =
	    "--XX\r\nContent-Disposition: form-data; name=\"title\"\r\n\r\n\xe7\x9b\xa3\xe8\xa6\x96\r\n--XX\r\n"
	    "content-disposition: form-data; name=\"photo\"; filename=\"C:\\dir\\a%22b.png\"\r\nContent-Type: "
	    "image/png\r\n\r\n"
	    "\x89PNG\r\n--X\r\n\r\n--XX\r\nContent-Disposition: form-data; name=none; filename=\"\"\r\n\r\n\r\n--XX--\r\n";
	char bytes[2000];
	snprintf(bytes, sizeof bytes,
	    HEAD("POST", "/form", "Content-Type: multipart/form-data; boundary=\"XX\"\r\nContent-Length: %zu\r\n") "%s",
	    strlen(body), body);
	check_ask(*state, bytes, 200, "[title=\xe7\x9b\xa3\xe8\xa6\x96]{photo a\"b.png image/png 11}{none   0}<>");
}

static void broken_multipart_is_refused(void **state)
{
	const char *const bodies[] = { "", "--XX--", "--XX", "--XX\r\n",
		"--XX\r\nContent-Disposition: form-data; name=a\r\n\r\nx", "--XX\r\n\r\nx\r\n--XX--", "no boundary",
		"--XX\r\nContent-Disposition: form-data; name=a\r\n\r\nx\r\n--XXyy" };
	for (size_t i = 2; i < sizeof bodies / sizeof *bodies; i++) {
		char bytes[2000];
		snprintf(bytes, sizeof bytes,
		    HEAD("POST", "/form", "Content-Type: multipart/form-data; boundary=XX\r\nContent-Length: %zu\r\n") "%s",
		    strlen(bodies[i]), bodies[i]);
		check_ask(*state, bytes, 400, NULL);
	}
	check_ask(*state, HEAD("POST", "/form", "Content-Type: multipart/form-data\r\nContent-Length: 2\r\n") "ab", 400,
	    "boundary");
}

static void large_files_arrive_whole(void **state)
{
	const char *head = "--b\r\nContent-Disposition: form-data; name=\"f\"; filename=\"f\"\r\n\r\n",
	           *tail = "\r\n--b--\r\n";
	size_t n = 3 * MIB;
	struct buf bytes = { 0 };
	buf_printf(&bytes,
	    HEAD("POST", "/upload", "Content-Type: multipart/form-data; boundary=b\r\nContent-Length: %zu\r\n"),
	    n + strlen(head) + strlen(tail));
	buf_adds(&bytes, head);
	for (size_t i = 0; i < n; i++)
		buf_addc(&bytes, (char)(i % 251));
	buf_adds(&bytes, tail);
	char *answer = client_ask(*state, buf_str(&bytes));
	assert_int_equal(client_status(answer), 200);
	assert_non_null(strstr(answer, "{f f  3145728}"));
	free(answer);
	buf_free(&bytes);
}

static void too_much_is_413(void **state)
{
	char body[3001];
	struct buf bytes = { 0 };
	memset(body, 'a', 3000);
	body[3000] = '\0';
	buf_printf(&bytes, HEAD("POST", "/form", FORM "Content-Length: 3000\r\n") "%s", body);
	check_ask(*state, bytes.p, 413, NULL);
	buf_clear(&bytes);
	buf_printf(&bytes, HEAD("POST", "/form", FORM "Transfer-Encoding: chunked\r\n") "bb8\r\n%s\r\n0\r\n\r\n", body);
	check_ask(*state, bytes.p, 413, NULL);
	buf_clear(&bytes);
	for (int i = 0; i <= FIELDS_MAX; i++)
		buf_printf(&bytes, "f=x&");
	char *form = strdup(bytes.p);
	buf_clear(&bytes);
	buf_printf(&bytes, HEAD("POST", "/upload", FORM "Content-Length: %zu\r\n") "%s", strlen(form), form);
	check_ask(*state, bytes.p, 413, NULL);
	free(form);
	buf_free(&bytes);
	/* Told before it is sent. */
	check_ask(*state, HEAD("POST", "/form", FORM "Expect: 100-continue\r\nContent-Length: 3000\r\n"), 413, NULL);
	check_ask(*state, HEAD("POST", "/form", FORM "Content-Length: 99999999999999\r\n"), 413, NULL);
	check_ask(*state, HEAD("GET", "/", "Content-Length: 3\r\n") "abc", 413, NULL);
	check_ask(*state, HEAD("POST", "/form", FORM "Expect: 100-continue\r\nContent-Length: 3\r\n") "a=1", 0 + 100,
	    "HTTP/1.1 200");
}

static void other_types_are_415(void **state)
{
	check_ask(*state, HEAD("POST", "/form", "Content-Type: application/json\r\nContent-Length: 2\r\n") "{}", 415, NULL);
	check_ask(*state, HEAD("POST", "/form", "Content-Length: 2\r\n") "{}", 415, NULL);
	check_ask(
	    *state, HEAD("POST", "/raw", "Content-Type: application/json\r\nContent-Length: 2\r\n") "{}", 200, "<{}>");
}

static void other_sites_are_403(void **state)
{
	check_ask(
	    *state, HEAD("POST", "/form", FORM "Origin: https://evil.example\r\nContent-Length: 3\r\n") "a=1", 403, NULL);
	check_ask(*state, HEAD("POST", "/form", FORM "Origin: null\r\nContent-Length: 3\r\n") "a=1", 403, NULL);
	check_ask(*state,
	    HEAD("POST", "/form", FORM "Sec-Fetch-Site: cross-site\r\nOrigin: https://x\r\nContent-Length: 3\r\n") "a=1",
	    403, NULL);
	check_ask(
	    *state, HEAD("POST", "/form", FORM "Sec-Fetch-Site: same-site\r\nContent-Length: 3\r\n") "a=1", 403, NULL);
	check_ask(*state, HEAD("POST", "/form", FORM "Origin: https://x\r\nContent-Length: 3\r\n") "a=1", 200, "[a=1]");
	check_ask(
	    *state, HEAD("POST", "/form", FORM "Sec-Fetch-Site: same-origin\r\nContent-Length: 3\r\n") "a=1", 200, "[a=1]");
	check_ask(*state, HEAD("POST", "/form", "Origin: https://evil.example\r\nContent-Length: 0\r\n"), 403, NULL);
	check_ask(*state, HEAD("POST", "/raw", "Origin: https://evil.example\r\nContent-Length: 1\r\n") "a", 200, "<a>");
}

static void cookies_are_for_the_desk(void **state)
{
	check_ask(*state, HEAD("GET", "/", "Cookie: a=1; b=2\r\n"), 200, "\r\n\r\n<>");
	check_ask(*state, HEAD("GET", "/desk", "Cookie: a=1; b=2=3;c\r\n"), 200, "<>(a:1)(b:2=3)(c:)");
	check_ask(*state, HEAD("GET", "/desk/login", ""), 200,
	    "Set-Cookie: session=abc; Path=/desk; Max-Age=60; HttpOnly; SameSite=Strict; Secure\r\n");
	check_ask(*state, HEAD("GET", "/desk/login", ""), 200, "Cache-Control: no-store\r\n");
	char *answer = client_ask(*state, STR(HEAD("GET", "/reader", "")));
	assert_int_equal(client_status(answer), 500);
	assert_null(strstr(answer, "Set-Cookie"));
	free(answer);
}

static void a_kept_connection_goes_on_after_a_refusal(void **state)
{
	char *answer =
	    client_ask(*state, STR("POST /form HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}" HEAD("GET", "/", "")));
	assert_int_equal(client_status(answer), 415);
	assert_non_null(strstr(answer, "HTTP/1.1 200"));
	free(answer);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(forms_are_decoded, start, stop),
		cmocka_unit_test_setup_teardown(chunks_make_one_form, start, stop),
		cmocka_unit_test_setup_teardown(nothing_is_an_empty_form, start, stop),
		cmocka_unit_test_setup_teardown(files_come_with_their_bytes, start, stop),
		cmocka_unit_test_setup_teardown(broken_multipart_is_refused, start, stop),
		cmocka_unit_test_setup_teardown(large_files_arrive_whole, start, stop),
		cmocka_unit_test_setup_teardown(too_much_is_413, start, stop),
		cmocka_unit_test_setup_teardown(other_types_are_415, start, stop),
		cmocka_unit_test_setup_teardown(other_sites_are_403, start, stop),
		cmocka_unit_test_setup_teardown(cookies_are_for_the_desk, start, stop),
		cmocka_unit_test_setup_teardown(a_kept_connection_goes_on_after_a_refusal, start, stop),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

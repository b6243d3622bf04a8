/* Networks are told apart, and by nothing that could be kept: who is believed, what counts as one, when it is forgotten. */
#include "client.h"

#include "web/inner.h"

#include <arpa/inet.h>
#include <netinet/in.h>

static struct networks *networks;
static struct arena *arena;

static struct str from(const char *peer, const char *forwarded)
{
	struct sockaddr_in v4 = { .sin_family = AF_INET };
	struct sockaddr_in6 v6 = { .sin6_family = AF_INET6 };
	const struct sockaddr *a = NULL;
	if (inet_pton(AF_INET, peer, &v4.sin_addr) == 1)
		a = (const struct sockaddr *)(const void *)&v4;
	else if (inet_pton(AF_INET6, peer, &v6.sin6_addr) == 1)
		a = (const struct sockaddr *)(const void *)&v6;
	return network_name(networks, a, str_from(forwarded), arena);
}

#define SAME(a, b) assert_true(str_eq(a, b))
#define OTHER(a, b) assert_false(str_eq(a, b))

static void a_network_is_one(void **state)
{
	(void)state;
	struct str home = from("203.0.113.7", "");
	assert_true(home.n > 20);
	SAME(home, from("203.0.113.250", ""));
	SAME(home, from("::ffff:203.0.113.9", ""));
	OTHER(home, from("203.0.114.7", ""));
	SAME(from("2001:db8:1:2::3", ""), from("2001:db8:1:ffff::1", ""));
	OTHER(from("2001:db8:1::", ""), from("2001:db8:2::", ""));
}

static void who_is_here_is_not_counted(void **state)
{
	(void)state;
	assert_int_equal(from("127.0.0.1", "").n, 0);
	assert_int_equal(from("::1", "").n, 0);
	assert_int_equal(from("a socket's path", "").n, 0);
	/* A proxy that says nothing stands for everybody. */
	assert_int_equal(from("172.17.0.1", "").n, 0);
	assert_int_equal(from("fd00::1", "").n, 0);
}

static void a_proxy_is_believed_when_it_is_near(void **state)
{
	(void)state;
	static const char *const ways[] = { "203.0.113.7", "203.0.113.8:51234", "10.1.1.1, 203.0.113.9", " 203.0.113.1 ",
		"for=203.0.113.4;proto=https", "for=\"203.0.113.4:80\"", "for=198.51.100.1, for=203.0.113.2" };
	struct str home = from("203.0.113.7", "");
	for (size_t i = 0; i < sizeof ways / sizeof *ways; i++)
		SAME(home, from("127.0.0.1", ways[i]));
	SAME(home, from("192.168.3.3", "203.0.113.7"));
	SAME(from("2001:db8:1::5", ""), from("::1", "2001:db8:1::9"));
	SAME(from("2001:db8:1::5", ""), from("::1", "For=\"[2001:db8:1::9]:4711\""));
	/* Who comes from afar is no proxy of ours, whatever they say. */
	OTHER(home, from("198.51.100.1", "203.0.113.7"));
	static const char *const nonsense[] = { "unknown", "for=_hidden", "1.2.3", ",", "]", "\"", "for=", "127.0.0.1",
		"999.1.1.1", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" };
	for (size_t i = 0; i < sizeof nonsense / sizeof *nonsense; i++)
		assert_int_equal(from("127.0.0.1", nonsense[i]).n, 0);
}

static void another_process_has_other_names(void **state)
{
	(void)state;
	struct str here = from("203.0.113.7", "");
	struct networks *mine = networks;
	networks = networks_new();
	OTHER(here, from("203.0.113.7", ""));
	networks_free(networks);
	networks = mine;
}

/* ---- over the wire ---- */

static bool tell(const struct web_request *req, struct web_response *res, struct error *err)
{
	(void)err;
	res->type = STR("text/plain");
	res->no_store = true;
	buf_printf(&res->body, "[%zu]", req->network.n);
	if (web_param_get(req, "frame").n)
		res->framed_by = STR("https://a.example https://b.example");
	return true;
}

static const struct web_route ROUTES[] = {
	{ WEB_GET | WEB_NETWORK, "/told", tell, WEB_MEMORY, 0 },
	{ WEB_GET, "/untold", tell, WEB_MEMORY, 0 },
};

static void ask(const struct web *web, struct str request, const char *want)
{
	bool closed;
	int fd = client_connect(web);
	client_send(fd, request);
	char *got = client_read(fd, 2000, &closed);
	if (!strstr(got, want))
		print_error("%s\nhas no %s\n", got, want);
	assert_non_null(strstr(got, want));
	free(got);
	close(fd);
}

#define GET(path, headers) STR("GET " path " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n" headers "\r\n")

static void only_routes_that_ask_are_told(void **state)
{
	struct error err = { 0 };
	struct web_options options = {
		.listen = "127.0.0.1:0", .routes = ROUTES, .n_routes = 2, .threads = 1, .forwarded_by = "x-forwarded-for"
	};
	(void)state;
	struct web *web = web_start(&options, &err);
	assert_non_null(web);
	ask(web, GET("/told", "X-Forwarded-For: 203.0.113.7\r\n"), "[43]");
	ask(web, GET("/told", "X-Forwarded-For: 203.0.113.7\r\nX-Forwarded-For: 127.0.0.1\r\n"), "[0]");
	ask(web, GET("/told", "X-Real-IP: 203.0.113.7\r\n"), "[0]");
	ask(web, GET("/told", ""), "[0]");
	ask(web, GET("/untold", "X-Forwarded-For: 203.0.113.7\r\n"), "[0]");
	ask(web, GET("/told", ""), "frame-ancestors 'none'\r\n");
	ask(web, GET("/told?frame=1", ""), "frame-ancestors https://a.example https://b.example\r\n");
	web_stop(web, 0);
	options.forwarded_by = NULL;
	web = web_start(&options, &err);
	assert_non_null(web);
	ask(web, GET("/told", "X-Forwarded-For: 203.0.113.7\r\n"), "[0]");
	web_stop(web, 0);
}

static int begin(void **state)
{
	(void)state;
	arena = arena_new();
	networks = networks_new();
	return arena && networks ? 0 : -1;
}

static int end(void **state)
{
	(void)state;
	networks_free(networks);
	arena_free(arena);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_network_is_one, begin, end),
		cmocka_unit_test_setup_teardown(who_is_here_is_not_counted, begin, end),
		cmocka_unit_test_setup_teardown(a_proxy_is_believed_when_it_is_near, begin, end),
		cmocka_unit_test_setup_teardown(another_process_has_other_names, begin, end),
		cmocka_unit_test(only_routes_that_ask_are_told),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

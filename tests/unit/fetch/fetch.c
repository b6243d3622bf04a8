#include "../unit.h"

#include "fetch/fetch.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <unistd.h>

/* A server on loopback that gives one canned answer to each connection, until it is told to stop. */
struct server {
	int listener;
	int port;
	const char *answer;
	char asked[4096]; /* the last request */
	atomic_bool stop;
	pthread_t thread;
};

static void *serve(void *user)
{
	struct server *s = user;
	while (!atomic_load(&s->stop)) {
		struct pollfd p = { .fd = s->listener, .events = POLLIN };
		if (poll(&p, 1, 20) != 1)
			continue;
		int c = accept(s->listener, NULL, NULL);
		ssize_t n = read(c, s->asked, sizeof s->asked - 1);
		s->asked[n > 0 ? n : 0] = '\0';
		if (write(c, s->answer, strlen(s->answer)) < 0)
			perror("write");
		close(c);
	}
	return NULL;
}

static void start(struct server *s, const char *answer)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t size = sizeof a;
	*s = (struct server){ .listener = socket(AF_INET, SOCK_STREAM, 0), .answer = answer };
	assert_int_equal(bind(s->listener, (struct sockaddr *)&a, sizeof a), 0);
	assert_int_equal(listen(s->listener, 8), 0);
	assert_int_equal(getsockname(s->listener, (struct sockaddr *)&a, &size), 0);
	s->port = ntohs(a.sin_port);
	assert_int_equal(pthread_create(&s->thread, NULL, serve, s), 0);
}

static void stop(struct server *s)
{
	atomic_store(&s->stop, true);
	pthread_join(s->thread, NULL);
	close(s->listener);
}

static const struct fetch_policy INSIDE = { .allow = "127.0.0.1" }, OUTSIDE = { 0 };

static bool get(struct server *s, const struct fetch_policy *policy, struct fetch_request r, struct fetch_answer *out,
    struct arena *arena, struct error *err)
{
	r.url = arena_printf(arena, "http://127.0.0.1:%d/a", s->port);
	return fetch(policy, &r, out, arena, err);
}

static bool allowed(const char *text, const char *allow)
{
	struct sockaddr_in v4 = { .sin_family = AF_INET };
	struct sockaddr_in6 v6 = { .sin6_family = AF_INET6 };
	if (inet_pton(AF_INET, text, &v4.sin_addr) == 1)
		return fetch_address_allowed((struct sockaddr *)&v4, allow);
	assert_int_equal(inet_pton(AF_INET6, text, &v6.sin6_addr), 1);
	return fetch_address_allowed((struct sockaddr *)&v6, allow);
}

static void only_the_public_internet_is_open(void **state)
{
	static const char *const closed[] = { "0.0.0.0", "10.1.2.3", "100.64.0.1", "127.0.0.1", "127.255.255.255",
		"169.254.169.254", "172.16.0.1", "172.31.255.255", "192.168.1.1", "198.18.0.1", "224.0.0.1", "255.255.255.255",
		"::", "::1", "::127.0.0.1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1",
		"2002:7f00:1::", "fc00::1", "fdff::1", "fe80::1", "fec0::1", "ff02::1", "2001:db8::1" };
	static const char *const open[] = { "1.1.1.1", "8.8.8.8", "100.63.255.255", "100.128.0.0", "172.15.0.1",
		"172.32.0.1", "192.167.255.255", "223.255.255.255", "2606:4700::1111", "2a00::1", "::ffff:8.8.8.8" };
	(void)state;
	for (size_t i = 0; i < sizeof closed / sizeof *closed; i++)
		assert_false(allowed(closed[i], NULL));
	for (size_t i = 0; i < sizeof open / sizeof *open; i++)
		assert_true(allowed(open[i], ""));
	assert_true(allowed("10.1.2.3", "192.168.0.0/16 10.0.0.0/8"));
	assert_false(allowed("11.0.0.1", "10.0.0.0/8") && allowed("127.0.0.1", "10.0.0.0/8"));
	assert_true(allowed("::1", "::1") && allowed("172.20.0.1", "172.20.0.1"));
	assert_false(allowed("172.20.0.2", "172.20.0.1"));
}

static void networks_are_checked(void **state)
{
	static const char *const bad[] = { "10.0.0.0/33", "localhost", "10.0.0.0/-1", "::1/129", "10.0.0.0/8x", "1.2.3" };
	struct error err = { 0 };
	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_false(fetch_policy_check(&(struct fetch_policy){ .allow = bad[i] }, &err));
	assert_true(fetch_policy_check(&(struct fetch_policy){ .allow = " 10.0.0.0/8  ::1 fe80::/10 " }, &err));
	assert_true(fetch_policy_check(&OUTSIDE, &err));
}

static void an_answer_comes_whole(void **state)
{
	struct server s;
	struct arena *arena = arena_new();
	struct error err = { 0 };
	struct fetch_answer a;
	const struct fetch_header header = { STR("X-One"), STR("two") };
	(void)state;
	start(&s,
	    "HTTP/1.1 404 Not Found\r\nContent-Type: text/html; charset=utf-8\r\nRetry-After: 5\r\nContent-Length: 3\r\n\r\nabc");
	assert_true(get(&s, &INSIDE, (struct fetch_request){ .headers = &header, .n_headers = 1 }, &a, arena, &err));
	assert_int_equal(a.status, 404);
	check_str(a.type, "text/html; charset=utf-8");
	check_str(a.retry_after, "5");
	check_str(a.body, "abc");
	assert_true(str_starts(str_from(s.asked), STR("GET /a HTTP/1.1\r\n")));
	assert_true(
	    str_find(str_from(s.asked), STR("X-One: two\r\n")) > 0 && str_find_ci(str_from(s.asked), STR("Cookie")) < 0);
	assert_true(get(&s, &INSIDE, (struct fetch_request){ .method = "POST", .body = STR("x=1") }, &a, arena, &err));
	assert_true(str_starts(str_from(s.asked), STR("POST /a ")) && str_ends(str_from(s.asked), STR("x=1")));
	stop(&s);
	arena_free(arena);
}

static void a_private_address_is_refused(void **state)
{
	struct server s;
	struct arena *arena = arena_new();
	struct error err = { 0 };
	struct fetch_answer a;
	(void)state;
	start(&s, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
	assert_false(get(&s, &OUTSIDE, (struct fetch_request){ 0 }, &a, arena, &err));
	assert_int_equal(err.code, ERR_DENIED);
	assert_string_equal(s.asked, "");
	/* By a name, and behind a proxy by its text. */
	struct fetch_request r = { .url = arena_printf(arena, "http://localhost:%d/", s.port) };
	assert_false(fetch(&OUTSIDE, &r, &a, arena, &err));
	assert_int_equal(err.code, ERR_DENIED);
	static const char *const literal[] = { "http://127.1/", "http://2130706433/", "http://[::1]/", "http://0x7f000001/",
		"http://localhost/", "http://a.localhost/", "http://10.0.0.1/" };
	const struct fetch_policy proxied = { .proxy = "http://127.0.0.1:1" };
	for (size_t i = 0; i < sizeof literal / sizeof *literal; i++) {
		r.url = str_from(literal[i]);
		assert_false(fetch(&proxied, &r, &a, arena, &err));
		assert_int_equal(err.code, ERR_DENIED);
	}
	stop(&s);
	arena_free(arena);
}

static void a_redirect_is_checked_too(void **state)
{
	struct server s;
	struct arena *arena = arena_new();
	struct error err = { 0 };
	struct fetch_answer a;
	(void)state;
	start(&s, "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.2:1/b\r\nContent-Length: 0\r\n\r\n");
	assert_true(get(&s, &INSIDE, (struct fetch_request){ 0 }, &a, arena, &err));
	check_str(a.location, "http://127.0.0.2:1/b");
	assert_false(get(&s, &INSIDE, (struct fetch_request){ .redirects = 3 }, &a, arena, &err));
	assert_int_equal(err.code, ERR_DENIED);
	s.answer = "HTTP/1.1 302 Found\r\nLocation: /again\r\nContent-Length: 0\r\n\r\n";
	assert_false(get(&s, &INSIDE, (struct fetch_request){ .redirects = 3 }, &a, arena, &err));
	assert_int_equal(err.code, ERR_UNAVAILABLE);
	s.answer = "HTTP/1.1 302 Found\r\nLocation: file:///etc/passwd\r\nContent-Length: 0\r\n\r\n";
	assert_false(get(&s, &INSIDE, (struct fetch_request){ .redirects = 3 }, &a, arena, &err));
	assert_int_equal(err.code, ERR_INVALID);
	stop(&s);
	arena_free(arena);
}

static void size_and_time_are_bounded(void **state)
{
	struct server s;
	struct arena *arena = arena_new();
	struct error err = { 0 };
	struct fetch_answer a;
	(void)state;
	start(&s, "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n0123456789");
	assert_false(get(&s, &INSIDE, (struct fetch_request){ .body_max = 4 }, &a, arena, &err));
	assert_int_equal(err.code, ERR_TOO_LARGE);
	assert_true(get(&s, &INSIDE, (struct fetch_request){ .body_max = 4, .cut = true }, &a, arena, &err));
	check_str(a.body, "0123");
	assert_true(a.was_cut);
	stop(&s);
	/* Nobody answers: the connection waits in the listener's queue. */
	start(&s, "");
	atomic_store(&s.stop, true);
	pthread_join(s.thread, NULL);
	uint64_t began = clock_mono_us();
	assert_false(get(&s, &INSIDE, (struct fetch_request){ .seconds = 1 }, &a, arena, &err));
	assert_int_equal(err.code, ERR_UNAVAILABLE);
	assert_true(clock_mono_us() - began > 500000);
	close(s.listener);
	arena_free(arena);
}

static void hostile_words_are_refused(void **state)
{
	static const char *const bad[] = { "", "example.org", "ftp://example.org/", "file:///etc/passwd",
		"http://user:pw@example.org/", "http://example.org/a\r\nX: y", "gopher://example.org/", "javascript:alert(1)",
		"http://" };
	const struct fetch_header headers[] = { { STR("X"), STR("a\r\nY: b") }, { STR("X: y\n"), STR("a") },
		{ STR(""), STR("a") } };
	struct arena *arena = arena_new();
	struct error err = { 0 };
	struct fetch_answer a;
	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		assert_false(fetch(&OUTSIDE, &(struct fetch_request){ .url = str_from(bad[i]) }, &a, arena, &err));
		assert_int_equal(err.code, ERR_INVALID);
	}
	for (size_t i = 0; i < sizeof headers / sizeof *headers; i++) {
		struct fetch_request r = { .url = STR("http://example.org/"), .headers = &headers[i], .n_headers = 1 };
		assert_false(fetch(&OUTSIDE, &r, &a, arena, &err));
		assert_int_equal(err.code, ERR_INVALID);
	}
	arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_the_public_internet_is_open),
		cmocka_unit_test(networks_are_checked),
		cmocka_unit_test(an_answer_comes_whole),
		cmocka_unit_test(a_private_address_is_refused),
		cmocka_unit_test(a_redirect_is_checked_too),
		cmocka_unit_test(size_and_time_are_bounded),
		cmocka_unit_test(hostile_words_are_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

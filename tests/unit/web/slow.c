/* Clients that are slow, silent or many: each is cut off within the setting's time, and the others are served. */
#include "client.h"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <netinet/in.h>

#define TIMEOUT_S 1
#define LATEST_MS 4000 /* an idle time, then the first line's and the headers', and the ticks between */
#define LARGE ((size_t)8 << 20)

static bool large(const struct web_request *req, struct web_response *res, struct error *err)
{
	static char bytes[LARGE];
	(void)req;
	(void)err;
	res->type = STR("text/plain");
	res->no_store = true;
	buf_add(&res->body, str_of(bytes, sizeof bytes));
	return true;
}

static bool small(const struct web_request *req, struct web_response *res, struct error *err)
{
	(void)req;
	(void)err;
	buf_adds(&res->body, "small");
	return true;
}

static const struct web_route ROUTES[] = {
	{ WEB_GET, "/large", large, WEB_MEMORY, 0 },
	{ WEB_GET, "/small", small, WEB_MEMORY, 0 },
	{ WEB_POST | WEB_RAW_BODY, "/body", small, WEB_MEMORY, 1 * MIB },
};

static int start_on(void **state, const char *listen)
{
	struct error err = { 0 };
	struct web_options options = { .listen = listen,
		.routes = ROUTES,
		.n_routes = sizeof ROUTES / sizeof *ROUTES,
		.threads = 2,
		.timeout_s = TIMEOUT_S,
		.connections_per_address = 3 };
	*state = web_start(&options, &err);
	return *state ? 0 : -1;
}

static int start(void **state)
{
	return start_on(state, "127.0.0.1:0");
}

static int start_everywhere(void **state)
{
	return start_on(state, "0.0.0.0:0");
}

static int stop(void **state)
{
	web_stop(*state, 100);
	return 0;
}

/* Milliseconds until the server closes, for a client that sends `head` and then a byte of `drip` each 100 ms. */
static int drip(const struct web *web, const char *head, char byte)
{
	int fd = client_connect(web);
	uint64_t began = clock_mono_us();
	client_send(fd, str_from(head));
	bool closed = false;
	while (!closed && clock_mono_us() - began < (uint64_t)2 * LATEST_MS * 1000) {
		free(client_read(fd, 100, &closed));
		client_send(fd, str_of(&byte, 1));
	}
	close(fd);
	return (int)((clock_mono_us() - began) / 1000);
}

static void drips_are_cut_off(void **state)
{
	struct web_stats stats;
	assert_in_range(drip(*state, "GET /", 'a'), 500, LATEST_MS);
	assert_in_range(drip(*state, "GET /small HTTP/1.1\r\nHost: x\r\nX: ", 'a'), 500, LATEST_MS);
	assert_in_range(
	    drip(*state, "POST /body HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n", 'a'), 500, LATEST_MS);
	web_stats(*state, &stats);
	assert_int_equal(stats.cut_off, 3);
	check_ask(*state, "GET /small HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", 200, "small");
}

/* One that sends fast enough may take longer than the timeout. */
static void a_steady_body_is_taken(void **state)
{
	static char piece[4096];
	bool closed;
	int fd = client_connect(*state);
	memset(piece, 'x', sizeof piece);
	client_send(fd, STR("POST /body HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 102400\r\n\r\n"));
	for (int i = 0; i < 25; i++) {
		client_send(fd, str_of(piece, sizeof piece));
		usleep(100000);
	}
	char *answer = client_read(fd, 2000, &closed);
	assert_int_equal(client_status(answer), 200);
	free(answer);
	close(fd);
}

static void the_silent_are_cut_off(void **state)
{
	bool closed;
	int fd = client_connect(*state);
	free(client_read(fd, LATEST_MS, &closed));
	assert_true(closed);
	close(fd);
	/* After an answer too. */
	fd = client_connect(*state);
	client_send(fd, STR("GET /small HTTP/1.1\r\nHost: x\r\n\r\n"));
	free(client_read(fd, LATEST_MS, &closed));
	assert_true(closed);
	close(fd);
}

/* Clients that ask for much and read nothing. */
static void those_who_do_not_read_are_cut_off(void **state)
{
	int fds[20];
	for (size_t i = 0; i < 20; i++) {
		int little = 4096;
		fds[i] = client_connect(*state);
		setsockopt(fds[i], SOL_SOCKET, SO_RCVBUF, &little, sizeof little);
		client_send(fds[i], STR("GET /large HTTP/1.1\r\nHost: x\r\n\r\n"));
	}
	check_ask(*state, "GET /small HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", 200, "small");
	struct web_stats stats = { .connections = 20 };
	/* The system asks them for room after ever longer times, so that it may notice late. */
	for (int waited = 0; stats.connections && waited < 3 * LATEST_MS; waited += 50) {
		usleep(50000);
		web_stats(*state, &stats);
	}
	assert_int_equal(stats.connections, 0);
	for (size_t i = 0; i < 20; i++)
		close(fds[i]);
}

/* An address of this machine that is not loopback. */
static bool own_address(char *out, size_t size)
{
	struct ifaddrs *all = NULL;
	bool found = false;
	if (getifaddrs(&all) != 0)
		return false;
	for (struct ifaddrs *a = all; a && !found; a = a->ifa_next) {
		if (!a->ifa_addr || a->ifa_addr->sa_family != AF_INET)
			continue;
		const struct in_addr *in = &((struct sockaddr_in *)(void *)a->ifa_addr)->sin_addr;
		found = ntohl(in->s_addr) >> 24 != 127 && inet_ntop(AF_INET, in, out, (socklen_t)size);
	}
	freeifaddrs(all);
	return found;
}

static void one_address_has_so_many_connections(void **state)
{
	char host[INET_ADDRSTRLEN];
	int fds[6], open = 0;
	if (!own_address(host, sizeof host)) {
		printf("skipped: this machine has no address but loopback\n");
		skip();
	}
	for (int i = 0; i < 6; i++) {
		bool closed;
		fds[i] = client_connect_to(host, client_port(*state));
		client_send(fds[i], STR("GET /small HTTP/1.1\r\nHost: x\r\n\r\n"));
		char *answer = client_read(fds[i], 200, &closed);
		open += client_status(answer) == 200;
		free(answer);
	}
	assert_int_equal(open, 3);
	/* Loopback is not counted, and who closes makes room. */
	check_ask(*state, "GET /small HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", 200, "small");
	close(fds[0]);
	usleep(100000);
	int again = client_connect_to(host, client_port(*state));
	bool closed;
	client_send(again, STR("GET /small HTTP/1.1\r\nHost: x\r\n\r\n"));
	char *answer = client_read(again, 200, &closed);
	assert_int_equal(client_status(answer), 200);
	free(answer);
	close(again);
	for (int i = 1; i < 6; i++)
		close(fds[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(drips_are_cut_off, start, stop),
		cmocka_unit_test_setup_teardown(a_steady_body_is_taken, start, stop),
		cmocka_unit_test_setup_teardown(the_silent_are_cut_off, start, stop),
		cmocka_unit_test_setup_teardown(those_who_do_not_read_are_cut_off, start, stop),
		cmocka_unit_test_setup_teardown(one_address_has_so_many_connections, start_everywhere, stop),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

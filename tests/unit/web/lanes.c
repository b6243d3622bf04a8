/* Which thread makes a page, who waits for it, what is refused when there is too much, and how all ends. */
#include "client.h"

#include <pthread.h>
#include <stdatomic.h>

#define GET(path) "GET " path " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
#define POST(path) "POST " path " HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
#define MANY 24

static atomic_int runs, gate, entered;
static _Atomic(pthread_t) ran_on;

static void at_the_gate(void)
{
	atomic_fetch_add(&entered, 1);
	while (atomic_load(&gate))
		usleep(1000);
}

static bool slow(const struct web_request *req, struct web_response *res, struct error *err)
{
	(void)err;
	at_the_gate();
	atomic_fetch_add(&runs, 1);
	atomic_store(&ran_on, pthread_self());
	res->type = STR("text/plain");
	if (web_param_get(req, "keep").n)
		web_key_add(res, web_key_of(1, 7));
	buf_printf(&res->body, "made %d", atomic_load(&runs));
	return true;
}

static bool quick(const struct web_request *req, struct web_response *res, struct error *err)
{
	(void)req;
	(void)err;
	res->type = STR("text/plain");
	buf_adds(&res->body, "quick");
	return true;
}

static const struct web_route ROUTES[] = {
	{ WEB_GET | WEB_POST, "/worker", slow, WEB_WORKER, 100 },
	{ WEB_GET, "/memory", slow, WEB_MEMORY, 0 },
	{ WEB_GET, "/quick", quick, WEB_MEMORY, 0 },
};

static int start(void **state)
{
	struct error err = { 0 };
	struct web_options options = { .listen = "127.0.0.1:0",
		.routes = ROUTES,
		.n_routes = sizeof ROUTES / sizeof *ROUTES,
		.threads = 2,
		.workers = 2 };
	atomic_store(&runs, 0);
	atomic_store(&gate, 0);
	atomic_store(&entered, 0);
	*state = web_start(&options, &err);
	return *state ? 0 : -1;
}

static int stop(void **state)
{
	atomic_store(&gate, 0);
	web_stop(*state, 1000);
	return 0;
}

static void wait_for(atomic_int *what, int n)
{
	for (int i = 0; i < 5000 && atomic_load(what) < n; i++)
		usleep(1000);
	assert_true(atomic_load(what) >= n);
}

static void open_all(struct web *web, int *fds, int n, const char *bytes)
{
	for (int i = 0; i < n; i++) {
		fds[i] = client_connect(web);
		client_send(fds[i], str_from(bytes));
	}
}

/* How many of the answers have this status and hold this text. */
static int count_answers(const int *fds, int n, int status, const char *holds)
{
	int good = 0;
	for (int i = 0; i < n; i++) {
		bool closed;
		char *answer = client_read(fds[i], 8000, &closed);
		good += client_status(answer) == status && strstr(answer, holds);
		free(answer);
		close(fds[i]);
	}
	return good;
}

static void workers_do_not_hold_up_the_others(void **state)
{
	int fds[MANY];
	atomic_store(&gate, 1);
	open_all(*state, fds, MANY, GET("/worker"));
	wait_for(&entered, 1);
	for (int i = 0; i < 20; i++)
		check_ask(*state, GET("/quick"), 200, "quick");
	atomic_store(&gate, 0);
	assert_int_equal(count_answers(fds, MANY, 200, "made "), MANY);
	assert_int_equal(atomic_load(&runs), MANY);
}

static void posts_run_on_workers_too(void **state)
{
	check_ask(*state,
	    "POST /worker HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/x-www-form-urlencoded\r\n"
	    "Content-Length: 3\r\n\r\na=1",
	    200, "made 1");
	assert_false(pthread_equal(atomic_load(&ran_on), pthread_self()));
}

/* A page that many want is made once, on either lane, and the threads go on meanwhile. */
static void a_stampede_makes_one_page(void **state)
{
	static const char *const targets[] = { GET("/worker?keep=1"), GET("/memory?keep=1") };
	for (int lane = 0; lane < 2; lane++) {
		int fds[MANY];
		struct web_stats stats;
		atomic_store(&gate, 1);
		atomic_store(&entered, 0);
		atomic_store(&runs, 0);
		open_all(*state, fds, MANY, targets[lane]);
		wait_for(&entered, 1);
		usleep(50000);
		atomic_store(&gate, 0);
		assert_int_equal(count_answers(fds, MANY, 200, "made 1"), MANY);
		assert_int_equal(atomic_load(&runs), 1);
		web_stats(*state, &stats);
		assert_int_equal(stats.cached_pages, lane + 1);
	}
}

/* While one thread makes a page and others wait for it, the second thread answers the rest. */
static void waiting_holds_no_thread(void **state)
{
	int fds[MANY];
	atomic_store(&gate, 1);
	open_all(*state, fds, MANY, GET("/memory?keep=1"));
	wait_for(&entered, 1);
	usleep(50000);
	int answered = 0;
	/* Connections given to the thread that is busy wait: those of the other are answered at once. */
	for (int i = 0; i < MANY; i++) {
		bool closed;
		int fd = client_connect(*state);
		client_send(fd, STR(GET("/quick")));
		char *answer = client_read(fd, 200, &closed);
		answered += client_status(answer) == 200;
		free(answer);
		close(fd);
	}
	atomic_store(&gate, 0);
	assert_true(answered > 0);
	assert_int_equal(count_answers(fds, MANY, 200, "made 1"), MANY);
}

static void a_purge_during_a_render_is_seen(void **state)
{
	int fds[2];
	web_key key = web_key_of(1, 7);
	atomic_store(&gate, 1);
	open_all(*state, fds, 1, GET("/worker?keep=1"));
	wait_for(&entered, 1);
	web_purge(*state, &key, 1);
	open_all(*state, fds + 1, 1, GET("/worker?keep=1"));
	usleep(50000);
	atomic_store(&gate, 0);
	assert_int_equal(count_answers(fds, 1, 200, "made "), 1);
	assert_int_equal(count_answers(fds + 1, 1, 200, "made 2"), 1);
	check_ask(*state, GET("/worker?keep=1"), 200, "made ");
}

static void a_full_queue_is_503(void **state)
{
	enum { RUNNING = 2, FIT = RUNNING + WORKER_QUEUE_MAX, ALL = FIT + 4 };
	static int fds[ALL];
	struct web_stats stats = { 0 };
	int made = 0, refused = 0;
	atomic_store(&gate, 1);
	open_all(*state, fds, RUNNING, POST("/worker"));
	wait_for(&entered, RUNNING);
	open_all(*state, fds + RUNNING, ALL - RUNNING, POST("/worker"));
	for (int i = 0; i < 5000 && stats.rejected < ALL - FIT; i++) {
		usleep(1000);
		web_stats(*state, &stats);
	}
	atomic_store(&gate, 0);
	for (int i = 0; i < ALL; i++) {
		bool closed;
		char *answer = client_read(fds[i], 8000, &closed);
		made += client_status(answer) == 200;
		refused += client_status(answer) == 503 && strstr(answer, "Retry-After: 1\r\n");
		free(answer);
		close(fds[i]);
	}
	assert_int_equal(made, FIT);
	assert_int_equal(refused, ALL - FIT);
}

struct stopping {
	struct web *web;
	int drain_ms;
};

static void *stop_now(void *arg)
{
	const struct stopping *s = arg;
	web_stop(s->web, s->drain_ms);
	return NULL;
}

/* What runs and what is queued is answered; who is idle is let go at once; no one new comes in. */
static void stopping_drains(void **state)
{
	int fds[8], idle = client_connect(*state);
	bool closed;
	pthread_t thread;
	struct stopping s = { *state, 5000 };
	client_send(idle, STR("GET /quick HTTP/1.1\r\nHost: x\r\n\r\n"));
	free(client_read(idle, 300, &closed));
	assert_false(closed);
	atomic_store(&gate, 1);
	open_all(*state, fds, 8, "GET /worker HTTP/1.1\r\nHost: x\r\n\r\n");
	wait_for(&entered, 1);
	usleep(50000);
	uint64_t began = clock_mono_us();
	pthread_create(&thread, NULL, stop_now, &s);
	free(client_read(idle, 2000, &closed));
	assert_true(closed);
	close(idle);
	atomic_store(&gate, 0);
	assert_int_equal(count_answers(fds, 8, 200, "made "), 8);
	pthread_join(thread, NULL);
	assert_true(clock_mono_us() - began < 3000000);
	start(state);
}

/* The time is over: what waits for a worker is refused, what runs is waited for. */
static void stopping_is_bounded(void **state)
{
	int fds[8];
	pthread_t thread;
	struct stopping s = { *state, 200 };
	atomic_store(&gate, 1);
	open_all(*state, fds, 8, POST("/worker"));
	wait_for(&entered, 2);
	usleep(50000);
	pthread_create(&thread, NULL, stop_now, &s);
	usleep(400000);
	atomic_store(&gate, 0);
	int made = 0, refused = 0;
	for (int i = 0; i < 8; i++) {
		bool closed;
		char *answer = client_read(fds[i], 3000, &closed);
		made += client_status(answer) == 200;
		refused += client_status(answer) == 503;
		free(answer);
		close(fds[i]);
	}
	pthread_join(thread, NULL);
	assert_int_equal(made, 2);
	assert_int_equal(refused, 6);
	start(state);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(workers_do_not_hold_up_the_others, start, stop),
		cmocka_unit_test_setup_teardown(posts_run_on_workers_too, start, stop),
		cmocka_unit_test_setup_teardown(a_stampede_makes_one_page, start, stop),
		cmocka_unit_test_setup_teardown(waiting_holds_no_thread, start, stop),
		cmocka_unit_test_setup_teardown(a_purge_during_a_render_is_seen, start, stop),
		cmocka_unit_test_setup_teardown(a_full_queue_is_503, start, stop),
		cmocka_unit_test_setup_teardown(stopping_drains, start, stop),
		cmocka_unit_test_setup_teardown(stopping_is_bounded, start, stop),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Clients of HTTP/1.1, each with a connection of its own that is kept: POST PATH/TOKEN, read the answer whole, the next. */
#include "bench.h"

#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

bool next_token(char *out, size_t size)
{
	flockfile(stdin);
	bool got = fgets(out, (int)size, stdin) != NULL;
	funlockfile(stdin);
	if (got)
		out[strcspn(out, "\n")] = '\0';
	return got && *out;
}

struct posting {
	const char *host, *port, *path;
	atomic_long done, other;
};

static int dial(const char *host, const char *port)
{
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM }, *at = NULL;
	int fd = -1, one = 1;
	if (getaddrinfo(host, port, &hints, &at) == 0 && (fd = socket(at->ai_family, SOCK_STREAM, 0)) >= 0 &&
	    connect(fd, at->ai_addr, at->ai_addrlen) != 0) {
		close(fd);
		fd = -1;
	}
	freeaddrinfo(at);
	if (fd >= 0)
		setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
	return fd;
}

/* The status of an answer that was read to its end; 0: the connection is gone. */
static int read_answer(int fd)
{
	char room[32768];
	size_t n = 0;
	char *end = NULL;
	while (!end && n < sizeof room - 1) {
		ssize_t got = recv(fd, room + n, sizeof room - 1 - n, 0);
		if (got <= 0)
			return 0;
		n += (size_t)got;
		room[n] = '\0';
		end = strstr(room, "\r\n\r\n");
	}
	const char *length = strcasestr(room, "\r\nContent-Length:");
	if (!end || !length)
		return 0;
	long left = atol(length + 17) - (long)(n - (size_t)(end + 4 - room));
	int status = atoi(room + 9);
	while (left > 0) {
		ssize_t got = recv(fd, room, sizeof room < (size_t)left ? sizeof room : (size_t)left, 0);
		if (got <= 0)
			return 0;
		left -= got;
	}
	return status;
}

static void *post(void *arg)
{
	struct posting *p = arg;
	char token[128], request[1024];
	int fd = dial(p->host, p->port);
	while (fd >= 0 && next_token(token, sizeof token)) {
		int n = snprintf(request, sizeof request,
		    "POST %s/%s HTTP/1.1\r\nHost: %s:%s\r\nContent-Type: application/x-www-form-urlencoded\r\n"
		    "Content-Length: 11\r\n\r\nact=confirm",
		    p->path, token, p->host, p->port);
		int status = send(fd, request, (size_t)n, MSG_NOSIGNAL) == n ? read_answer(fd) : 0;
		atomic_fetch_add(status == 200 ? &p->done : &p->other, 1);
		if (status == 0) {
			close(fd);
			fd = dial(p->host, p->port);
		}
	}
	if (fd >= 0)
		close(fd);
	return NULL;
}

/* ---- readers: GET of one page, for so many seconds ---- */

struct reading {
	const char *host, *port, *path;
	double until;
	atomic_long done;
};

static double now_s(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void *get(void *arg)
{
	struct reading *r = arg;
	char request[512];
	int n = snprintf(request, sizeof request, "GET %s HTTP/1.1\r\nHost: %s:%s\r\n\r\n", r->path, r->host, r->port);
	int fd = dial(r->host, r->port);
	while (fd >= 0 && now_s() < r->until) {
		if (send(fd, request, (size_t)n, MSG_NOSIGNAL) != n || read_answer(fd) != 200)
			break;
		atomic_fetch_add(&r->done, 1);
	}
	if (fd >= 0)
		close(fd);
	return NULL;
}

int get_all(const char *host, const char *port, const char *path, int clients, double seconds)
{
	struct reading r = { .host = host, .port = port, .path = path, .until = now_s() + seconds };
	pthread_t *threads = calloc((size_t)clients, sizeof *threads);
	if (!threads)
		return 1;
	for (int i = 0; i < clients; i++)
		pthread_create(&threads[i], NULL, get, &r);
	for (int i = 0; i < clients; i++)
		pthread_join(threads[i], NULL);
	printf("{\"done\":%ld,\"rate\":%.0f}\n", atomic_load(&r.done), (double)atomic_load(&r.done) / seconds);
	free(threads);
	return 0;
}

int post_all(const char *host, const char *port, const char *path, int clients)
{
	struct posting p = { .host = host, .port = port, .path = path };
	struct timespec began, ended;
	pthread_t *threads = calloc((size_t)clients, sizeof *threads);
	if (!threads)
		return 1;
	clock_gettime(CLOCK_MONOTONIC, &began);
	for (int i = 0; i < clients; i++)
		pthread_create(&threads[i], NULL, post, &p);
	for (int i = 0; i < clients; i++)
		pthread_join(threads[i], NULL);
	clock_gettime(CLOCK_MONOTONIC, &ended);
	double seconds = (double)(ended.tv_sec - began.tv_sec) + (double)(ended.tv_nsec - began.tv_nsec) / 1e9;
	printf("{\"done\":%ld,\"other\":%ld,\"seconds\":%.3f,\"rate\":%.0f}\n", atomic_load(&p.done), atomic_load(&p.other),
	    seconds, (double)atomic_load(&p.done) / seconds);
	free(threads);
	return 0;
}

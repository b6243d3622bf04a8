/* A client that sends bytes as they are: what a browser would never do must be tried too. */
#ifndef KAIRAN_TESTS_CLIENT_H
#define KAIRAN_TESTS_CLIENT_H

#include "../unit.h"
#include "web/web.h"

#include <netdb.h>
#include <poll.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#define ANSWER_MAX ((size_t)1 << 20)

static inline int client_connect_to(const char *host, const char *port)
{
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM }, *found = NULL;
	assert_int_equal(getaddrinfo(host, port, &hints, &found), 0);
	int fd = socket(found->ai_family, SOCK_STREAM, 0);
	bool ok = fd >= 0 && connect(fd, found->ai_addr, found->ai_addrlen) == 0;
	freeaddrinfo(found);
	assert_true(ok);
	return fd;
}

static inline const char *client_port(const struct web *web)
{
	return strrchr(web_address(web).p, ':') + 1;
}

static inline int client_connect(const struct web *web)
{
	return client_connect_to("127.0.0.1", client_port(web));
}

static inline void client_send(int fd, struct str bytes)
{
	while (bytes.n) {
		ssize_t n = send(fd, bytes.p, bytes.n, MSG_NOSIGNAL);
		if (n <= 0)
			return; /* cut off: the test looks at what came back */
		bytes = str_skip(bytes, (size_t)n);
	}
}

/* All that comes until the server closes, or nothing comes for `ms`. NUL-ended; the caller frees. */
static inline char *client_read(int fd, int ms, bool *closed)
{
	char *out = malloc(ANSWER_MAX + 1);
	size_t n = 0;
	assert_non_null(out);
	*closed = false;
	struct pollfd p = { .fd = fd, .events = POLLIN };
	while (n < ANSWER_MAX && poll(&p, 1, ms) > 0) {
		ssize_t got = recv(fd, out + n, ANSWER_MAX - n, 0);
		if (got <= 0) {
			*closed = true;
			break;
		}
		n += (size_t)got;
	}
	out[n] = '\0';
	return out;
}

/* One request on a connection of its own, which asks to be closed. */
static inline char *client_ask(const struct web *web, struct str bytes)
{
	bool closed;
	int fd = client_connect(web);
	client_send(fd, bytes);
	char *answer = client_read(fd, 5000, &closed);
	close(fd);
	return answer;
}

static inline int client_status(const char *answer)
{
	return strncmp(answer, "HTTP/1.1 ", 9) == 0 ? (int)strtol(answer + 9, NULL, 10) : 0;
}

static inline void check_ask(const struct web *web, const char *bytes, int status, const char *holds)
{
	char *answer = client_ask(web, str_from(bytes));
	if (client_status(answer) != status || (holds && !strstr(answer, holds)))
		fail_msg("%s\n gave:\n%s\n not %d with %s", bytes, answer, status, holds ? holds : "anything");
	free(answer);
}

#endif

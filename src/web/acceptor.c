#include "web/inner.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

/* Accepts connections and deals them out among the HTTP threads in turn. Left to themselves the threads would race for
 * them, and one of them could end up with all. */

#define FULL_WAIT_MS 5 /* while no connection more is wanted or can be had */

struct acceptor {
	struct web *web;
	int fd;
	unsigned max;
	pthread_t thread;
};

static bool full(struct acceptor *a)
{
	uint64_t cut_off;
	return conns_count(a->web->conns, &cut_off) >= a->max;
}

static void *accept_all(void *arg)
{
	struct acceptor *a = arg;
	for (;;) {
		struct sockaddr_storage address;
		socklen_t n = sizeof address;
		if (full(a)) {
			/* They wait in the system's queue; an end of the listening is seen nevertheless. */
			struct pollfd ended = { .fd = a->fd, .events = 0 };
			if (poll(&ended, 1, FULL_WAIT_MS) > 0)
				return NULL;
			continue;
		}
		int fd = accept4(a->fd, (struct sockaddr *)&address, &n, SOCK_NONBLOCK | SOCK_CLOEXEC);
		if (fd >= 0)
			MHD_add_connection(a->web->daemon, fd, (struct sockaddr *)&address, n); /* closes it where it fails */
		else if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM)
			usleep(FULL_WAIT_MS * 1000);
		else if (errno == EINVAL || errno == EBADF || errno == ENOTSOCK)
			return NULL; /* shut down */
	}
}

struct acceptor *acceptor_new(struct web *web, int fd, unsigned max)
{
	struct acceptor *a = calloc(1, sizeof *a);
	if (!a)
		return NULL;
	*a = (struct acceptor){ .web = web, .fd = fd, .max = max };
	if (pthread_create(&a->thread, NULL, accept_all, a) == 0)
		return a;
	free(a);
	return NULL;
}

void acceptor_stop(struct acceptor *a)
{
	if (!a)
		return;
	shutdown(a->fd, SHUT_RDWR);
	pthread_join(a->thread, NULL);
	close(a->fd);
	free(a);
}

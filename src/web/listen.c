#include "web/inner.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static int listen_unix(const char *path, struct stat *file, struct error *err)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	size_t n = strlen(path);
	if (n >= sizeof address.sun_path) {
		error_set(err, ERR_USAGE, "the socket's path is too long");
		return -1;
	}
	memcpy(address.sun_path, path, n + 1);
	unlink(path);
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd >= 0 && bind(fd, (struct sockaddr *)&address, sizeof address) == 0 && listen(fd, SOMAXCONN) == 0 &&
	    lstat(path, file) == 0)
		return fd;
	error_set(err, ERR_IO, "cannot listen on %s", path);
	if (fd >= 0)
		close(fd);
	return -1;
}

static int listen_tcp(const char *where, struct error *err)
{
	char host[256];
	const char *colon = strrchr(where, ':');
	size_t n = colon ? (size_t)(colon - where) : 0;
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE | AI_NUMERICSERV }, *found = NULL;
	if (!colon || n >= sizeof host) {
		error_set(err, ERR_USAGE, "an address to listen on is host:port, not \"%.100s\"", where);
		return -1;
	}
	bool bracket = n >= 2 && where[0] == '[' && where[n - 1] == ']';
	snprintf(host, sizeof host, "%.*s", (int)(bracket ? n - 2 : n), where + (bracket ? 1 : 0));
	if (getaddrinfo(strcmp(host, "*") == 0 || !host[0] ? NULL : host, colon + 1, &hints, &found) != 0 || !found) {
		error_set(err, ERR_USAGE, "there is no address %.100s", where);
		return -1;
	}
	int on = 1, fd = socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd >= 0)
		setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
	bool ok = fd >= 0 && bind(fd, found->ai_addr, found->ai_addrlen) == 0 && listen(fd, SOMAXCONN) == 0;
	freeaddrinfo(found);
	if (ok)
		return fd;
	error_set(
	    err, ERR_IO, "cannot listen on %.100s: is another program there? Name another address with --listen", where);
	if (fd >= 0)
		close(fd);
	return -1;
}

int listen_on(const char *where, struct stat *file, struct error *err)
{
	*file = (struct stat){ 0 };
	return strncmp(where, "unix:", 5) == 0 ? listen_unix(where + 5, file, err) : listen_tcp(where, err);
}

void listen_end(const char *where, const struct stat *file)
{
	struct stat now;
	if (strncmp(where, "unix:", 5) == 0 && lstat(where + 5, &now) == 0 && now.st_ino == file->st_ino &&
	    now.st_dev == file->st_dev)
		unlink(where + 5);
}

void listen_patience(int fd, unsigned seconds)
{
#ifdef TCP_USER_TIMEOUT
	/* Of the listening socket, and so of all that it accepts. Fails on a Unix socket, whose peer is a front. */
	unsigned ms = seconds * 1000;
	(void)setsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &ms, sizeof ms);
#else
	(void)fd;
	(void)seconds;
#endif
}

void listen_name(int fd, const char *where, char *out, size_t size)
{
	struct sockaddr_storage bound = { 0 };
	socklen_t n = sizeof bound;
	char host[INET6_ADDRSTRLEN + 2] = "localhost", port[16] = "0";
	if (strncmp(where, "unix:", 5) == 0) {
		snprintf(out, size, "%s", where);
		return;
	}
	if (getsockname(fd, (struct sockaddr *)&bound, &n) == 0)
		getnameinfo(
		    (struct sockaddr *)&bound, n, host, sizeof host, port, sizeof port, NI_NUMERICHOST | NI_NUMERICSERV);
	snprintf(out, size, bound.ss_family == AF_INET6 ? "http://[%s]:%s" : "http://%s:%s", host, port);
}

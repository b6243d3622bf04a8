#include "web/inner.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define THREADS_MAX 256
#define CONNECTION_MEMORY (48 * KIB)
#define RENDERS 64 /* locks against stampedes */

struct web {
	struct MHD_Daemon *daemon;
	struct web_options options;
	struct cache *cache;
	char address[320];
	pthread_mutex_t renders[RENDERS]; /* one a group of pages: whoever waits finds the page ready */
	atomic_ullong requests, hits, misses, made, purged, rejected;
};

/* What a connection keeps from the first call to the last. */
struct call {
	struct str target; /* as sent */
	bool started, too_much;
	char text[];
};

static void *target_seen(void *cls, const char *uri, struct MHD_Connection *connection)
{
	size_t n = strlen(uri);
	struct call *call = malloc(sizeof *call + n + 1);
	(void)cls;
	(void)connection;
	if (!call)
		return NULL;
	memcpy(call->text, uri, n + 1);
	call->target.p = call->text;
	call->target.n = n;
	call->started = call->too_much = false;
	return call;
}

static void completed(void *cls, struct MHD_Connection *connection, void **kept, enum MHD_RequestTerminationCode why)
{
	(void)cls;
	(void)connection;
	(void)why;
	free(*kept);
	*kept = NULL;
}

/* Decoding is ours: MHD's own would hide NUL bytes and ill-formed escapes. */
static size_t keep_escapes(void *cls, struct MHD_Connection *connection, char *text)
{
	(void)cls;
	(void)connection;
	return strlen(text);
}

static struct str request_header(struct MHD_Connection *c, const char *name)
{
	return str_from(MHD_lookup_connection_value(c, MHD_HEADER_KIND, name));
}

static bool accepts(struct str header, struct str encoding)
{
	while (header.n) {
		struct str params = str_split(&header, ','), name = str_trim(str_split(&params, ';'));
		params = str_trim(params);
		bool refused = str_eq(params, STR("q=0")) || str_starts(params, STR("q=0.0"));
		if (str_eq_ci(name, encoding))
			return !refused;
	}
	return false;
}

static enum MHD_Result send_entry(struct MHD_Connection *c, const struct page_entry *e, int status)
{
	struct str match = request_header(c, MHD_HTTP_HEADER_IF_NONE_MATCH);
	if (status == 200 && match.n && (str_find(match, str_from(e->etag)) >= 0 || str_find(match, str_from(e->etag + 2)) >= 0))
		return MHD_queue_response(c, 304, e->not_modified);
	struct str accept = request_header(c, MHD_HTTP_HEADER_ACCEPT_ENCODING);
	struct MHD_Response *r = e->responses[IDENTITY];
	if (e->responses[BROTLI] && accepts(accept, STR("br")))
		r = e->responses[BROTLI];
	else if (e->responses[GZIP] && accepts(accept, STR("gzip")))
		r = e->responses[GZIP];
	return MHD_queue_response(c, (unsigned)status, r);
}

static void fill_error(struct web *web, const struct web_request *req, int status, const struct error *err, struct web_response *res)
{
	buf_free(&res->body);
	*res = (struct web_response){ .status = status, .type = STR("text/html; charset=utf-8"), .no_store = true };
	if (web->options.error_page && req->path.n) {
		web->options.error_page(req, status, err, res);
		return;
	}
	res->type = STR("text/plain; charset=utf-8");
	buf_printf(&res->body, "%d %s\n", status, err && err->message[0] ? err->message : "refused");
}

static struct str allow_list(struct arena *arena, unsigned methods)
{
	struct buf out = { 0 };
	static const char *const names[] = { "GET, HEAD", "POST", "PUT", "DELETE" };
	for (unsigned i = 0; i < 4; i++) {
		if (!(methods & (1u << i)))
			continue;
		if (out.n)
			buf_adds(&out, ", ");
		buf_adds(&out, names[i]);
	}
	return buf_take(&out, arena);
}

static void run_handler(struct web *web, const struct web_route *route, struct web_request *req, struct web_response *res)
{
	struct error err = { 0 };
	atomic_fetch_add(&web->made, 1);
	if (route->handler(req, res, &err) && !res->body.failed)
		return;
	log_error(&err, route->path);
	fill_error(web, req, err.code == ERR_NOT_FOUND ? 404 : 500, &err, res);
}

static enum MHD_Result send_response(struct web *web, struct MHD_Connection *c, struct web_response *res, struct str key, uint64_t generation)
{
	bool keep = res->status == 200 && res->n_keys > 0 && !res->no_store;
	struct page_entry *e = entry_make(res, key, keep);
	buf_free(&res->body);
	if (!e)
		return MHD_NO;
	if (keep)
		cache_put(web->cache, e, generation);
	enum MHD_Result queued = send_entry(c, e, res->status);
	entry_release(e);
	return queued;
}

/* One thread makes a page; others that want it wait for that render alone, and then find it in the cache. */
static enum MHD_Result make_page(
	struct web *web, struct MHD_Connection *c, const struct web_route *route, struct web_request *req, struct str key)
{
	struct web_response res = { .status = 200, .type = STR("text/html; charset=utf-8") };
	pthread_mutex_t *lock = &web->renders[str_hash(key) % RENDERS];
	pthread_mutex_lock(lock);
	struct page_entry *ready = cache_get(web->cache, key);
	enum MHD_Result result;
	if (ready) {
		result = send_entry(c, ready, 200);
		entry_release(ready);
	} else {
		uint64_t generation = cache_generation(web->cache);
		run_handler(web, route, req, &res);
		result = send_response(web, c, &res, key, generation);
	}
	pthread_mutex_unlock(lock);
	return result;
}

static enum MHD_Result refuse(struct web *web, struct MHD_Connection *c, struct web_request *req, int status, const struct error *err, unsigned allowed)
{
	struct web_response res = { 0 };
	atomic_fetch_add(&web->rejected, 1);
	fill_error(web, req, status, err, &res);
	if (allowed)
		web_header(&res, STR("Allow"), allow_list(req->arena, allowed));
	return send_response(web, c, &res, STR(""), 0);
}

static enum MHD_Result options_answer(struct web *web, struct MHD_Connection *c, struct web_request *req)
{
	unsigned allowed;
	struct web_response res = { .status = 204, .no_store = true };
	req->method = 0;
	route_find(web->options.routes, web->options.n_routes, req, &allowed);
	web_header(&res, STR("Allow"), allow_list(req->arena, allowed ? allowed : WEB_GET));
	return send_response(web, c, &res, STR(""), 0);
}

static unsigned method_of(const char *name)
{
	static const char *const names[] = { "GET", "POST", "PUT", "DELETE" };
	for (unsigned i = 0; i < 4; i++) {
		if (strcmp(name, names[i]) == 0)
			return 1u << i;
	}
	return strcmp(name, "HEAD") == 0 ? WEB_GET : 0;
}

static enum MHD_Result answer(struct web *web, struct MHD_Connection *c, const struct call *call, const char *method, struct arena *arena)
{
	struct error err = { 0 };
	unsigned allowed = 0;
	struct str query = call->target, raw = str_split(&query, '?');
	struct web_request req = { .method = (enum web_method)method_of(method), .raw_path = raw, .query = query, .arena = arena,
		.user = web->options.user, .host = request_header(c, MHD_HTTP_HEADER_HOST),
		.accept_language = request_header(c, MHD_HTTP_HEADER_ACCEPT_LANGUAGE), .head = strcmp(method, "HEAD") == 0 };
	struct web_param *params;
	if (call->target.n > URL_MAX)
		return refuse(web, c, &req, 414, NULL, 0);
	if (!web_parse_path(raw, &req.path, arena, &err)) {
		req.path = STR("");
		return refuse(web, c, &req, 400, &err, 0);
	}
	if (strcmp(method, "OPTIONS") == 0)
		return options_answer(web, c, &req);
	if (!web_parse_params(query, &params, &req.n_params, arena, &err))
		return refuse(web, c, &req, 400, &err, 0);
	req.params = params;
	if (call->too_much)
		return refuse(web, c, &req, 413, NULL, 0);
	const struct web_route *route = route_find(web->options.routes, web->options.n_routes, &req, &allowed);
	if (!route)
		return refuse(web, c, &req, allowed ? 405 : req.method ? 404 : 501, NULL, allowed);
	struct str key = query.n ? arena_printf(arena, "%.*s?%.*s", (int)req.path.n, req.path.p, (int)query.n, query.p) : req.path;
	atomic_fetch_add(&web->misses, 1);
	return make_page(web, c, route, &req, key);
}

/* The shortest way: a plain GET whose target, as sent, is in the cache. */
static bool from_cache(struct web *web, struct MHD_Connection *c, const struct call *call, enum MHD_Result *result)
{
	struct page_entry *e = memchr(call->target.p, '%', call->target.n) ? NULL : cache_get(web->cache, call->target);
	if (!e)
		return false;
	atomic_fetch_add_explicit(&web->hits, 1, memory_order_relaxed);
	*result = send_entry(c, e, 200);
	entry_release(e);
	return true;
}

static enum MHD_Result handle(void *cls, struct MHD_Connection *c, const char *url, const char *method, const char *version,
	const char *upload, size_t *upload_size, void **kept)
{
	struct web *web = cls;
	struct call *call = *kept;
	(void)url;
	(void)version;
	(void)upload;
	if (!call)
		return MHD_NO;
	if (*upload_size) {
		/* No route takes a body: what comes is counted as too much and read past. */
		call->too_much = true;
		*upload_size = 0;
		return MHD_YES;
	}
	bool get = strcmp(method, "GET") == 0 || strcmp(method, "HEAD") == 0;
	/* An answer to the first call, before a body may have come, would make MHD close the connection. */
	if (!call->started) {
		call->started = true;
		return MHD_YES;
	}
	enum MHD_Result result = MHD_NO;
	atomic_fetch_add_explicit(&web->requests, 1, memory_order_relaxed);
	if (get && !call->too_much && from_cache(web, c, call, &result))
		return result;
	struct arena *arena = arena_new();
	if (arena)
		result = answer(web, c, call, method, arena);
	arena_free(arena);
	return result;
}

/* ---- start and stop ---- */

static int listen_unix(const char *path, struct error *err)
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
	if (fd >= 0 && bind(fd, (struct sockaddr *)&address, sizeof address) == 0 && listen(fd, SOMAXCONN) == 0)
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
	error_set(err, ERR_IO, "cannot listen on %.100s: is another program there? Name another address with --listen", where);
	if (fd >= 0)
		close(fd);
	return -1;
}

static void name_address(struct web *web, int fd)
{
	struct sockaddr_storage bound = { 0 };
	socklen_t n = sizeof bound;
	char host[INET6_ADDRSTRLEN + 2] = "localhost", port[16] = "0";
	if (strncmp(web->options.listen, "unix:", 5) == 0) {
		snprintf(web->address, sizeof web->address, "%s", web->options.listen);
		return;
	}
	if (getsockname(fd, (struct sockaddr *)&bound, &n) == 0)
		getnameinfo((struct sockaddr *)&bound, n, host, sizeof host, port, sizeof port, NI_NUMERICHOST | NI_NUMERICSERV);
	snprintf(web->address, sizeof web->address, bound.ss_family == AF_INET6 ? "http://[%s]:%s" : "http://%s:%s", host, port);
}

static bool start_daemon(struct web *web, int fd)
{
	const struct web_options *o = &web->options;
	long processors = sysconf(_SC_NPROCESSORS_ONLN);
	unsigned threads = o->threads ? o->threads : processors > 0 ? (unsigned)processors : 1;
	if (threads > THREADS_MAX)
		threads = THREADS_MAX;
	struct MHD_OptionItem items[] = {
		{ MHD_OPTION_LISTEN_SOCKET, fd, NULL },
		{ MHD_OPTION_CONNECTION_LIMIT, o->connections_max ? o->connections_max : 4096, NULL },
		{ MHD_OPTION_CONNECTION_TIMEOUT, o->timeout_s ? o->timeout_s : 15, NULL },
		{ MHD_OPTION_CONNECTION_MEMORY_LIMIT, CONNECTION_MEMORY, NULL },
		{ MHD_OPTION_STRICT_FOR_CLIENT, 1, NULL },
		{ threads > 1 ? MHD_OPTION_THREAD_POOL_SIZE : MHD_OPTION_END, threads, NULL },
		{ MHD_OPTION_END, 0, NULL },
	};
	web->daemon = MHD_start_daemon(MHD_USE_EPOLL_INTERNAL_THREAD | MHD_USE_TURBO | MHD_USE_ITC, 0, NULL, NULL, handle, web,
		MHD_OPTION_ARRAY, items, MHD_OPTION_URI_LOG_CALLBACK, target_seen, NULL, MHD_OPTION_NOTIFY_COMPLETED, completed, NULL,
		MHD_OPTION_UNESCAPE_CALLBACK, keep_escapes, NULL, MHD_OPTION_END);
	return web->daemon != NULL;
}

struct web *web_start(const struct web_options *options, struct error *err)
{
	struct web *web = calloc(1, sizeof *web);
	if (!web || !(web->cache = cache_new(options->cache_bytes ? options->cache_bytes : 32 * MIB))) {
		free(web);
		error_memory(err);
		return NULL;
	}
	web->options = *options;
	for (size_t i = 0; i < RENDERS; i++)
		pthread_mutex_init(&web->renders[i], NULL);
	bool local = strncmp(options->listen, "unix:", 5) == 0;
	int fd = local ? listen_unix(options->listen + 5, err) : listen_tcp(options->listen, err);
	if (fd >= 0) {
		name_address(web, fd);
		if (start_daemon(web, fd))
			return web;
		error_set(err, ERR_IO, "cannot start the server on %.100s", options->listen);
		close(fd);
	}
	web_stop(web, 0);
	return NULL;
}

void web_stop(struct web *web, int drain_ms)
{
	if (!web)
		return;
	if (web->daemon) {
		int fd = MHD_quiesce_daemon(web->daemon);
		for (int waited = 0; waited < drain_ms; waited += 10) {
			const union MHD_DaemonInfo *info = MHD_get_daemon_info(web->daemon, MHD_DAEMON_INFO_CURRENT_CONNECTIONS);
			/* Idle kept-alive connections would be waited for to no end: a short while is enough for what runs. */
			if (!info || info->num_connections == 0 || waited >= 300)
				break;
			usleep(10000);
		}
		MHD_stop_daemon(web->daemon);
		if (fd >= 0)
			close(fd);
	}
	cache_free(web->cache);
	for (size_t i = 0; i < RENDERS; i++)
		pthread_mutex_destroy(&web->renders[i]);
	free(web);
}

struct str web_address(const struct web *web)
{
	return str_from(web->address);
}

void web_purge(struct web *web, const web_key *keys, size_t n)
{
	atomic_fetch_add(&web->purged, cache_purge(web->cache, keys, n, false));
}

void web_purge_all(struct web *web)
{
	atomic_fetch_add(&web->purged, cache_purge(web->cache, NULL, 0, true));
}

void web_stats(const struct web *web, struct web_stats *out)
{
	*out = (struct web_stats){ .requests = web->requests, .hits = web->hits, .misses = web->misses, .renders = web->made,
		.purged = web->purged, .rejected = web->rejected };
	cache_stats(web->cache, &out->cached_pages, &out->cached_bytes);
}

#include "web/inner.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define THREADS_MAX 256
#define COMMIT_STACK (512 * KIB)
#define AFTER_DRAIN_MS 200 /* for what was refused at the end of the drain to be sent */

/* ---- what libmicrohttpd calls ---- */

static struct conn *conn_of(struct MHD_Connection *c)
{
	const union MHD_ConnectionInfo *info = MHD_get_connection_info(c, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
	return info ? info->socket_context : NULL;
}

static enum MHD_Result accepted(void *cls, const struct sockaddr *address, socklen_t n)
{
	struct web *web = cls;
	(void)n;
	if (conns_allow(web->conns, address))
		return MHD_YES;
	atomic_fetch_add_explicit(&counters_mine(web)->rejected, 1, memory_order_relaxed);
	return MHD_NO;
}

static void opened_or_closed(void *cls, struct MHD_Connection *c, void **kept, enum MHD_ConnectionNotificationCode what)
{
	struct web *web = cls;
	struct conn *conn = *kept;
	if (what == MHD_CONNECTION_NOTIFY_STARTED) {
		*kept = conn_open(web->conns, c);
	} else if (conn) {
		call_clear(web, &conn->call);
		free(conn->call.large_target);
		conn_close(conn);
		*kept = NULL;
	}
}

/* The first line is there. Kept, since libmicrohttpd takes it apart. */
static void *target_seen(void *cls, const char *uri, struct MHD_Connection *c)
{
	struct conn *conn = conn_of(c);
	size_t n = uri ? strlen(uri) : 0;
	(void)cls;
	if (!conn)
		return NULL;
	struct call *call = &conn->call;
	char *target = n < sizeof call->target ? call->target : (call->large_target = malloc(n + 1));
	if (!target)
		return NULL;
	memcpy(target, n ? uri : "", n + 1);
	call->in = (struct incoming){ .target = str_of(target, n) };
	conn_limit(conn, false, 0);
	return conn;
}

static void completed(void *cls, struct MHD_Connection *c, void **kept, enum MHD_RequestTerminationCode why)
{
	struct conn *conn = *kept;
	(void)c;
	(void)why;
	*kept = NULL;
	if (!conn)
		return;
	struct call *call = &conn->call;
	call_clear(cls, call);
	free(call->large_target);
	call->large_target = NULL;
	call->started = call->alone = false;
	call->refused = 0;
	call->err.code = ERR_NONE;
	call->err.message[0] = '\0';
	call->received = call->began = 0;
	call->key = (struct str){ 0 };
	call->req.arena = NULL;
	conn_limit(conn, true, 0);
}

/* Decoding is ours: MHD's own would hide NUL bytes and ill-formed escapes. */
static size_t keep_escapes(void *cls, struct MHD_Connection *c, char *text)
{
	(void)cls;
	(void)c;
	return strlen(text);
}

static enum MHD_Result header_seen(
    void *cls, enum MHD_ValueKind kind, const char *name, size_t name_n, const char *value, size_t value_n)
{
	(void)kind;
	incoming_header(cls, str_of(name, name_n), str_of(value, value_n));
	return MHD_YES;
}

/* The headers are there. An answer now, before a body, makes libmicrohttpd close the connection: so what is refused is
 * answered later, unless there is too much to read past, or the client asked first. */
static enum MHD_Result begin(struct web *web, struct conn *conn, const char *method)
{
	struct call *call = &conn->call;
	int64_t length = 0;
	call->started = true;
	call->in.method = str_from(method);
	atomic_fetch_add_explicit(&counters_mine(web)->requests, 1, memory_order_relaxed);
	MHD_get_connection_values_n(call->mhd, MHD_HEADER_KIND, header_seen, &call->in);
	const char *fault = incoming_fault(&call->in);
	if (fault) {
		error_set(&call->err, ERR_INVALID, "%s", fault);
		call->req = (struct web_request){ 0 };
		return answer_refusal(web, conn, 400);
	}
	conn_limit(conn, false, 0);
	if (!incoming_has_body(&call->in))
		return MHD_YES;
	call->refused = call_read(web, call);
	bool whole = call->in.lengths && str_to_int(call->in.content_length, &length) && (size_t)length <= DRAIN_MAX;
	if (call->refused && (call->in.expect.n || !whole))
		return answer_refusal(web, conn, call->refused);
	return MHD_YES;
}

static void refuse_body(struct web *web, struct call *call, int status)
{
	call_free_body(call);
	atomic_fetch_sub(&web->bodies, call->charged);
	call->charged = 0;
	call->refused = status;
}

static size_t body_room(const struct call *call)
{
	int64_t length;
	size_t max = request_body_max(&call->in, call->route);
	bool said = call->in.lengths && str_to_int(call->in.content_length, &length) && (size_t)length < max;
	return said ? (size_t)length : max;
}

static enum MHD_Result take_body(struct web *web, struct conn *conn, struct str bytes)
{
	struct call *call = &conn->call;
	conn_extend(conn, call->received, call->received + bytes.n);
	call->received += bytes.n;
	if (!call->refused && call->received > request_body_max(&call->in, call->route))
		refuse_body(web, call, 413);
	if (call->refused)
		return call->received - call->body.n > request_body_max(&call->in, call->route) + DRAIN_MAX ? MHD_NO : MHD_YES;
	/* Room for all at once: what grew in steps would leave copies of its beginning. */
	if (call->route && (call->route->methods & WEB_SECRET) && call->body.cap == 0)
		buf_reserve(&call->body, body_room(call));
	call->charged += bytes.n;
	if (atomic_fetch_add(&web->bodies, bytes.n) + bytes.n > BODIES_MAX) {
		refuse_body(web, call, 503);
		return MHD_YES;
	}
	buf_add(&call->body, bytes);
	if (call->body.failed)
		refuse_body(web, call, 503);
	return MHD_YES;
}

static enum MHD_Result handle(void *cls, struct MHD_Connection *c, const char *url, const char *method,
    const char *version, const char *upload, size_t *upload_size, void **kept)
{
	struct web *web = cls;
	struct conn *conn = *kept;
	(void)c;
	(void)url;
	(void)version;
	if (!conn)
		return MHD_NO;
	if (!conn->call.started)
		return begin(web, conn, method);
	if (*upload_size == 0)
		return answer_call(web, conn);
	struct str bytes = str_of(upload, *upload_size);
	*upload_size = 0;
	return take_body(web, conn, bytes);
}

/* ---- start and stop ---- */

/* No MHD_OPTION_CONNECTION_TIMEOUT: conn.c ends those that are slow, and MHD would ask the clock four times a request. */
static bool start_daemon(struct web *web)
{
	const struct web_options *o = &web->options;
	long processors = sysconf(_SC_NPROCESSORS_ONLN);
	unsigned threads = o->threads ? o->threads : processors > 0 ? (unsigned)processors : 1;
	if (threads > THREADS_MAX)
		threads = THREADS_MAX;
	struct MHD_OptionItem items[] = {
		{ MHD_OPTION_CONNECTION_LIMIT, o->connections_max, NULL },
		{ MHD_OPTION_CONNECTION_MEMORY_LIMIT, CONNECTION_MEMORY, NULL },
		{ MHD_OPTION_STRICT_FOR_CLIENT, 1, NULL },
		{ threads > 1 ? MHD_OPTION_THREAD_POOL_SIZE : MHD_OPTION_END, threads, NULL },
		{ MHD_OPTION_END, 0, NULL },
	};
	web->daemon = MHD_start_daemon(
	    MHD_USE_EPOLL_INTERNAL_THREAD | MHD_USE_TURBO | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_NO_LISTEN_SOCKET, 0,
	    accepted, web, handle, web, MHD_OPTION_ARRAY, items, MHD_OPTION_URI_LOG_CALLBACK, target_seen, web,
	    MHD_OPTION_NOTIFY_COMPLETED, completed, web, MHD_OPTION_NOTIFY_CONNECTION, opened_or_closed, web,
	    MHD_OPTION_UNESCAPE_CALLBACK, keep_escapes, NULL, MHD_OPTION_END);
	return web->daemon != NULL;
}

static bool wants_commit(const struct web_options *o)
{
	for (size_t i = 0; i < o->n_routes; i++) {
		if (o->routes[i].lane == WEB_COMMIT)
			return true;
	}
	return false;
}

static struct web *web_new(const struct web_options *o)
{
	struct web *web = calloc(1, sizeof *web);
	if (!web)
		return NULL;
	web->options = *o;
	if (!o->timeout_s)
		web->options.timeout_s = 15;
	if (!o->connections_max)
		web->options.connections_max = 4096;
	web->cache = cache_new(o->cache_bytes ? o->cache_bytes : 32 * MIB);
	web->flights = flights_new();
	web->counters = aligned_alloc(64, SLOTS * sizeof *web->counters);
	web->conns = conns_new(o->connections_per_address ? o->connections_per_address : 64, web->options.timeout_s);
	if (web->counters)
		memset(web->counters, 0, SLOTS * sizeof *web->counters);
	web->networks = networks_new();
	if (web->cache && web->flights && web->counters && web->conns && web->networks)
		web->workers = workers_new(o->workers ? o->workers : 2, 0, answer_on_worker, web);
	bool commit = wants_commit(o);
	if (web->workers && commit)
		web->commit = workers_new(COMMIT_THREADS, COMMIT_STACK, answer_on_worker, web);
	if (web->workers && (web->commit || !commit) && (web->ticker = ticker_new(web)))
		return web;
	web_stop(web, 0);
	return NULL;
}

struct web *web_start(const struct web_options *options, struct error *err)
{
	struct web *web = web_new(options);
	if (!web) {
		error_memory(err);
		return NULL;
	}
	int fd = listen_on(options->listen, &web->socket_file, err);
	if (fd >= 0) {
		listen_name(fd, options->listen, web->address, sizeof web->address);
		listen_patience(fd, web->options.timeout_s);
		if (start_daemon(web) && (web->acceptor = acceptor_new(web, fd, web->options.connections_max)))
			return web;
		error_set(err, ERR_IO, "cannot start the server on %.100s", options->listen);
		close(fd);
		listen_end(web->address, &web->socket_file);
	}
	web_stop(web, 0);
	return NULL;
}

/* Until no connection is left, or the time is over. */
static void drain(struct web *web, int ms)
{
	uint64_t end = clock_mono_us() + (uint64_t)ms * 1000, cut_off;
	while (conns_count(web->conns, &cut_off) && clock_mono_us() < end) {
		conns_sweep(web->conns, true);
		usleep(5000);
	}
}

void web_stop(struct web *web, int drain_ms)
{
	if (!web)
		return;
	acceptor_stop(web->acceptor);
	if (web->acceptor)
		listen_end(web->address, &web->socket_file);
	if (web->daemon)
		drain(web, drain_ms);
	workers_stop(web->workers, answer_dropped);
	workers_stop(web->commit, answer_dropped);
	if (web->daemon) {
		drain(web, AFTER_DRAIN_MS);
		MHD_stop_daemon(web->daemon);
	}
	ticker_stop(web->ticker);
	conns_free(web->conns);
	networks_free(web->networks);
	flights_free(web->flights);
	cache_free(web->cache);
	free(web->counters);
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

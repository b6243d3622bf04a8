#include "web/inner.h"

#include <sodium.h>
#include <stdlib.h>

/* From a complete request to its answer: the cache, who makes the page, and on which thread. */

#define STACK_WIPED (128 * KIB)
#define COUNT(web, what) atomic_fetch_add_explicit(&counters_mine(web)->what, 1, memory_order_relaxed)

static bool is_secret(const struct call *call)
{
	return call->have_route && (call->route->methods & WEB_SECRET);
}

void call_free_body(struct call *call)
{
	if (is_secret(call))
		buf_wipe(&call->body);
	else
		buf_free(&call->body);
}

void call_clear(struct web *web, struct call *call)
{
	arena_free(call->arena);
	call_free_body(call);
	if (call->charged)
		atomic_fetch_sub(&web->bodies, call->charged);
	entry_release(call->ready);
	call->arena = NULL;
	call->charged = 0;
	call->ready = NULL;
	call->have_route = false;
}

/* ---- sending ---- */

static enum MHD_Result send_entry(struct conn *conn, const struct page_entry *e)
{
	struct call *call = &conn->call;
	struct MHD_Response *r = e->responses[IDENTITY];
	unsigned status = (unsigned)e->status;
	if (call->in.if_none_match.n && e->etag[0] && header_etag_matches(call->in.if_none_match, str_from(e->etag))) {
		r = e->not_modified;
		status = 304;
	} else if (call->in.accept_encoding.n && (e->responses[GZIP] || e->responses[BROTLI])) {
		bool has[ENCODINGS] = { true, e->responses[GZIP] != NULL, e->responses[BROTLI] != NULL };
		r = e->responses[header_encoding(call->in.accept_encoding, has)];
	}
	conn_limit(conn, false, e->bytes);
	return MHD_queue_response(call->mhd, status, r);
}

static enum MHD_Result send_ready(struct web *web, struct conn *conn)
{
	enum MHD_Result sent = send_entry(conn, conn->call.ready);
	if (conn->call.began)
		counters_latency(counters_mine(web), clock_mono_us() - conn->call.began);
	call_clear(web, &conn->call);
	return sent;
}

static void fill_error(
    struct web *web, const struct web_request *req, int status, const struct error *err, struct web_response *res)
{
	buf_free(&res->body);
	*res = (struct web_response){ .status = status, .type = STR("text/html; charset=utf-8"), .no_store = true };
	if (web->options.error_page && req->path.n && req->arena) {
		web->options.error_page(req, status, err, res);
	} else {
		res->type = STR("text/plain; charset=utf-8");
		buf_printf(&res->body, "%d %s\n", status, err && err->message[0] ? err->message : "refused");
	}
	if (status == 503)
		web_header(res, STR("Retry-After"), STR("1"));
}

static struct str allow_list(struct arena *arena, unsigned methods)
{
	struct buf out = { 0 };
	static const struct {
		unsigned method;
		const char *name;
	} names[] = { { WEB_GET, "GET, HEAD" }, { WEB_POST, "POST" }, { WEB_PUT, "PUT" }, { WEB_DELETE, "DELETE" },
		{ WEB_PATCH, "PATCH" } };
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		if (!(methods & names[i].method))
			continue;
		if (out.n)
			buf_adds(&out, ", ");
		buf_adds(&out, names[i].name);
	}
	return buf_take(&out, arena);
}

static enum MHD_Result send_once(struct web *web, struct conn *conn, struct web_response *res)
{
	entry_release(conn->call.ready);
	conn->call.ready = entry_make(res, STR(""), false);
	buf_free(&res->body);
	return conn->call.ready ? send_ready(web, conn) : MHD_NO;
}

enum MHD_Result answer_refusal(struct web *web, struct conn *conn, int status)
{
	struct call *call = &conn->call;
	struct web_response res = { 0 };
	if (!call->req.arena)
		call->req.arena = call->arena = call->arena ? call->arena : arena_new();
	COUNT(web, rejected);
	fill_error(web, &call->req, status, &call->err, &res);
	if (status == 405 && call->arena)
		web_header(&res, STR("Allow"), allow_list(call->arena, call->allowed));
	return send_once(web, conn, &res);
}

static enum MHD_Result answer_options(struct web *web, struct conn *conn)
{
	struct call *call = &conn->call;
	struct web_response res = { .status = 204, .no_store = true };
	unsigned allowed = call->allowed ? call->allowed : WEB_GET;
	web_header(&res, STR("Allow"), allow_list(call->arena, allowed));
	return send_once(web, conn, &res);
}

/* ---- making ---- */

static struct str network_of(struct web *web, struct call *call)
{
	const union MHD_ConnectionInfo *info = MHD_get_connection_info(call->mhd, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
	struct str forwarded = STR("");
	for (size_t i = 0; web->options.forwarded_by && i < WEB_FORWARDED_BY; i++) {
		if (str_eq_ci(str_from(web->options.forwarded_by), str_from(WEB_FORWARDED[i])))
			forwarded = call->in.forwarded[i];
	}
	return network_name(web->networks, info ? info->client_addr : NULL, forwarded, call->arena);
}

int call_read(struct web *web, struct call *call)
{
	if (call->have_route)
		return 0;
	call->arena = arena_new();
	call->req = (struct web_request){ .arena = call->arena };
	if (!call->arena)
		return 500;
	int status = request_read(&web->options, &call->in, &call->req, &call->route, &call->allowed, &call->err);
	call->have_route = status == 0;
	if (is_secret(call))
		arena_secret(call->arena);
	if (call->have_route && (call->route->methods & WEB_NETWORK))
		call->req.network = network_of(web, call);
	return status ? status : request_may_send(&call->in, call->route, &call->req);
}

/* The answer, into call->ready; NULL when memory is out. Wakes those that wait for the same page. */
static void make(struct web *web, struct call *call)
{
	struct web_response res = { .status = 200, .type = STR("text/html; charset=utf-8") };
	uint64_t generation = cache_generation(web->cache);
	int status;
	COUNT(web, renders);
	call->req.body = buf_str(&call->body);
	if (!request_run(call->route, &call->req, &res, &status, &call->err))
		fill_error(web, &call->req, status, &call->err, &res);
	bool keep = call->req.method == WEB_GET && res.status == 200 && res.n_keys > 0 && !res.no_store;
	struct page_entry *e = entry_make(&res, keep ? call->key : STR(""), keep);
	if (is_secret(call))
		buf_wipe(&res.body);
	else
		buf_free(&res.body);
	bool kept = keep && e && cache_put(web->cache, e, generation);
	call->ready = e;
	if (call->flight)
		flights_done(web->flights, call->flight, web->cache, kept ? e : NULL);
	call->flight = NULL;
	if (is_secret(call))
		sodium_stackzero(STACK_WIPED);
}

void answer_on_worker(void *cls, struct call *call)
{
	make(cls, call);
	if (!call->ready)
		call->refused = 500;
	MHD_resume_connection(call->mhd); /* and with that it is another thread's */
}

void answer_dropped(void *cls, struct call *call)
{
	struct web *web = cls;
	if (call->flight)
		flights_done(web->flights, call->flight, web->cache, NULL);
	call->flight = NULL;
	call->refused = 503;
	MHD_resume_connection(call->mhd);
}

static enum MHD_Result make_page(struct web *web, struct conn *conn)
{
	struct call *call = &conn->call;
	COUNT(web, misses);
	if (call->route->lane != WEB_MEMORY) {
		conn_no_limit(conn);
		if (workers_take(call->route->lane == WEB_COMMIT ? web->commit : web->workers, call))
			return MHD_YES;
		if (call->flight)
			flights_done(web->flights, call->flight, web->cache, NULL);
		call->flight = NULL;
		return answer_refusal(web, conn, 503);
	}
	make(web, call);
	return call->ready ? send_ready(web, conn) : MHD_NO;
}

/* A page that may be in the cache under its one name, or is being made, or is made here. */
static enum MHD_Result shared_page(struct web *web, struct conn *conn)
{
	struct call *call = &conn->call;
	if (!call->key.p)
		call->key = request_key(&call->req);
	if (!call->key.p)
		return answer_refusal(web, conn, 500);
	call->ready = cache_get(web->cache, call->key);
	if (call->ready) {
		COUNT(web, hits);
		return send_ready(web, conn);
	}
	if (call->alone)
		return make_page(web, conn);
	conn_no_limit(conn);
	enum flight_role role = flights_join(web->flights, call);
	if (role == FLIGHT_WAITS)
		return MHD_YES;
	return role == FLIGHT_MAKES ? make_page(web, conn) : answer_refusal(web, conn, 500);
}

/* The shortest way: a plain GET whose target is the name of a page in the cache. */
static bool from_cache(struct web *web, struct conn *conn, enum MHD_Result *result)
{
	char room[SHORT_NAME_MAX];
	struct str name = target_name(conn->call.in.target, room);
	unsigned slot = slot_mine();
	cache_enter(web->cache, slot);
	const struct page_entry *e = cache_find(web->cache, name);
	if (e)
		*result = send_entry(conn, e);
	cache_leave(web->cache, slot);
	if (e)
		COUNT(web, hits);
	return e != NULL;
}

enum MHD_Result answer_call(struct web *web, struct conn *conn)
{
	enum MHD_Result result;
	struct call *call = &conn->call;
	if (call->ready)
		return send_ready(web, conn);
	if (call->refused)
		return answer_refusal(web, conn, call->refused);
	bool get = str_eq(call->in.method, STR("GET")) || str_eq(call->in.method, STR("HEAD"));
	if (get && !call->arena && !incoming_has_body(&call->in) && from_cache(web, conn, &result))
		return result;
	if (!call->began)
		call->began = clock_mono_us();
	int status = call_read(web, call);
	if (str_eq(call->in.method, STR("OPTIONS")) && (status == 405 || status == 501))
		return answer_options(web, conn);
	if (status)
		return answer_refusal(web, conn, status);
	bool own = call->route->methods & (WEB_COOKIES | WEB_PRIVATE | WEB_SECRET);
	return get && !own ? shared_page(web, conn) : make_page(web, conn);
}

#include "web/inner.h"

#include <string.h>

static const struct {
	struct str name;
	size_t at; /* in struct incoming */
} HEADERS[] = {
	{ { "Host", 4 }, offsetof(struct incoming, host) },
	{ { "Accept-Encoding", 15 }, offsetof(struct incoming, accept_encoding) },
	{ { "If-None-Match", 13 }, offsetof(struct incoming, if_none_match) },
	{ { "Accept-Language", 15 }, offsetof(struct incoming, accept_language) },
	{ { "Cookie", 6 }, offsetof(struct incoming, cookie) },
	{ { "Origin", 6 }, offsetof(struct incoming, origin) },
	{ { "Sec-Fetch-Site", 14 }, offsetof(struct incoming, fetch_site) },
	{ { "Content-Type", 12 }, offsetof(struct incoming, content_type) },
	{ { "Content-Length", 14 }, offsetof(struct incoming, content_length) },
	{ { "Transfer-Encoding", 17 }, offsetof(struct incoming, transfer_encoding) },
	{ { "Expect", 6 }, offsetof(struct incoming, expect) },
	{ { "Authorization", 13 }, offsetof(struct incoming, authorization) },
	{ { "If-Match", 8 }, offsetof(struct incoming, if_match) },
	{ { "Idempotency-Key", 15 }, offsetof(struct incoming, idempotency_key) },
	{ { "X-Forwarded-For", 15 }, offsetof(struct incoming, forwarded[0]) },
	{ { "X-Real-IP", 9 }, offsetof(struct incoming, forwarded[1]) },
	{ { "Forwarded", 9 }, offsetof(struct incoming, forwarded[2]) },
};

void incoming_header(struct incoming *in, struct str name, struct str value)
{
	for (size_t i = 0; i < sizeof HEADERS / sizeof *HEADERS; i++) {
		if (name.n != HEADERS[i].name.n || !str_eq_ci(name, HEADERS[i].name))
			continue;
		struct str *out = (struct str *)(void *)((char *)in + HEADERS[i].at);
		in->hosts += out == &in->host;
		in->lengths += out == &in->content_length;
		in->malformed |= out == &in->transfer_encoding && out->p;
		*out = value.p ? value : STR("");
		return;
	}
}

bool incoming_has_body(const struct incoming *in)
{
	return in->transfer_encoding.p || (in->content_length.p && !str_eq(in->content_length, STR("0")));
}

/* What names a host: letters, digits, what stands in addresses, and what RFC 3986 lets a name have beside. */
static bool host_fine(struct str host)
{
	for (size_t i = 0; i < host.n; i++) {
		char c = host.p[i], low = (char)(c | 32);
		bool plain = (low >= 'a' && low <= 'z') || (c >= '-' && c <= ':' && c != '/');
		if (!plain && (c == '\0' || !strchr("[]_~!$&()*+=", c)))
			return false;
	}
	return true;
}

const char *incoming_fault(const struct incoming *in)
{
	int64_t n;
	if (in->hosts > 1 || !host_fine(in->host))
		return "one Host header is wanted, which names a host";
	if (in->malformed || (in->transfer_encoding.p && !str_eq_ci(in->transfer_encoding, STR("chunked"))))
		return "the only transfer encoding is \"chunked\"";
	if (in->lengths > 1 || (in->lengths && in->transfer_encoding.p))
		return "a request has one length";
	for (size_t i = 0; i < in->content_length.n; i++) {
		if (in->content_length.p[i] < '0' || in->content_length.p[i] > '9')
			return "a length is a number";
	}
	if (in->lengths && !str_to_int(in->content_length, &n))
		return "a length is a number";
	return NULL;
}

static unsigned method_of(struct str name)
{
	static const char *const names[] = { "GET", "POST", "PUT", "DELETE" };
	for (unsigned i = 0; i < 4; i++) {
		if (str_eq(name, str_from(names[i])))
			return 1u << i;
	}
	if (str_eq(name, STR("PATCH")))
		return WEB_PATCH;
	return str_eq(name, STR("HEAD")) ? WEB_GET : 0;
}

/* The host that an absolute-form target names goes before the header (RFC 9112, 3.2.2). */
static struct str host_of(struct str target, struct str header)
{
	bool secure = str_starts_ci(target, STR("https://"));
	if (!secure && !str_starts_ci(target, STR("http://")))
		return header;
	struct str rest = str_skip(target, secure ? 8 : 7), host = str_split(&rest, '/');
	return host_fine(host) ? host : STR("");
}

int request_read(const struct web_options *o, const struct incoming *in, struct web_request *req,
    const struct web_route **route, unsigned *allowed, struct error *err)
{
	struct web_param *params;
	struct str query = in->target, raw = str_split(&query, '?');
	struct arena *arena = req->arena;
	*req = (struct web_request){ .method = (enum web_method)method_of(in->method),
		.raw_path = raw,
		.query = query,
		.arena = arena,
		.user = o->user,
		.host = host_of(in->target, in->host),
		.accept_language = in->accept_language,
		.if_none_match = in->if_none_match,
		.body_type = in->content_type,
		.head = str_eq(in->method, STR("HEAD")) };
	*allowed = 0;
	if (in->target.n > URL_MAX)
		return 414;
	if (!web_parse_path(raw, &req->path, arena, err)) {
		req->path = STR("");
		return 400;
	}
	if (!web_parse_params(query, &params, &req->n_params, arena, err))
		return err->code == ERR_MEMORY ? 500 : 400;
	req->params = params;
	*route = route_find(o->routes, o->n_routes, req, allowed);
	if (!*route)
		return req->method == 0 ? 501 : *allowed ? 405 : 404;
	req->route = (*route)->path;
	if ((*route)->methods & WEB_PRIVATE) {
		req->authorization = in->authorization;
		req->if_match = in->if_match;
		req->idempotency_key = in->idempotency_key;
	}
	if (((*route)->methods & WEB_COOKIES) && !params_cookies(in->cookie, req, err))
		return 500;
	return 0;
}

size_t request_body_max(const struct incoming *in, const struct web_route *route)
{
	if (!route)
		return 0;
	bool plain_form = !(route->methods & WEB_RAW_BODY) && !str_starts_ci(in->content_type, STR("multipart/"));
	return plain_form && route->body_max > FORM_MAX ? FORM_MAX : route->body_max;
}

int request_may_send(const struct incoming *in, const struct web_route *route, const struct web_request *req)
{
	int64_t length = 0;
	if (req->method != WEB_GET && !(route->methods & WEB_ANY_ORIGIN) &&
	    !web_same_origin(in->fetch_site, in->origin, req->host))
		return 403;
	if (!incoming_has_body(in))
		return 0;
	if (route->body_max == 0)
		return 413;
	if (!(route->methods & WEB_RAW_BODY) && !web_form_type(in->content_type))
		return 415;
	if (in->lengths && str_to_int(in->content_length, &length) && (uint64_t)length > request_body_max(in, route))
		return 413;
	return 0;
}

/* Escapes what would make two addresses one: the inverse of the parsing, in one fixed form. */
static void add_key(struct buf *out, struct str s, const char *escape)
{
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] && strchr(escape, s.p[i]))
			buf_printf(out, "%%%02X", (unsigned char)s.p[i]);
		else
			buf_addc(out, s.p[i] == ' ' && escape[0] == '+' ? '+' : s.p[i]);
	}
}

struct str request_key(const struct web_request *req)
{
	struct buf key = { 0 };
	add_key(&key, req->path, "%?");
	for (size_t i = 0; i < req->n_params; i++) {
		buf_addc(&key, i ? '&' : '?');
		add_key(&key, req->params[i].name, "+%&=");
		buf_addc(&key, '=');
		add_key(&key, req->params[i].value, "+%&=");
	}
	return buf_take(&key, req->arena);
}

static int status_of(const struct error *err)
{
	switch (err->code) {
	case ERR_USAGE:
		return 400;
	case ERR_DENIED:
		return 403;
	case ERR_NOT_FOUND:
		return 404;
	case ERR_CONFLICT:
		return 409;
	case ERR_UNAVAILABLE:
		return 503;
	case ERR_TOO_LARGE:
		return 413;
	default:
		return 500;
	}
}

bool request_run(
    const struct web_route *route, struct web_request *req, struct web_response *res, int *status, struct error *err)
{
	if (req->body.n && !(route->methods & WEB_RAW_BODY)) {
		struct str body = req->body;
		req->body = STR("");
		if (!web_parse_form(req->body_type, body, req, err)) {
			*status = err->code == ERR_INVALID ? 400 : status_of(err);
			return false;
		}
	}
	bool ok = route->handler(req, res, err);
	if (ok && res->body.failed)
		ok = error_set(err, ERR_MEMORY, "the page is too large for memory");
	/* A reader's page sets none, whatever a handler does. */
	if (ok && res->cookie && !(route->methods & WEB_COOKIES))
		ok = error_set(err, ERR_INTERNAL, "%s may not set a cookie", route->path);
	if (route->methods & (WEB_COOKIES | WEB_PRIVATE | WEB_SECRET)) {
		res->n_keys = 0;
		res->no_store = true;
	}
	*status = ok ? 0 : status_of(err);
	if (*status == 500)
		log_error(err, route->path);
	return ok;
}

bool web_answer(const struct web_options *options, struct str target, struct web_response *res, struct arena *arena,
    struct error *err)
{
	const struct web_route *route = NULL;
	struct incoming in = { .method = STR("GET"), .target = target };
	struct web_request req = { .arena = arena };
	unsigned allowed;
	*res = (struct web_response){ .status = 200, .type = STR("text/html; charset=utf-8") };
	int status = request_read(options, &in, &req, &route, &allowed, err);
	if (status == 0)
		return request_run(route, &req, res, &status, err);
	return err->code ? false : error_set(err, ERR_NOT_FOUND, "no route takes %.*s", (int)target.n, target.p);
}

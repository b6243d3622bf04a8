/*
 * web: the HTTP server on libmicrohttpd: routes, requests, forms, responses, limits, the page cache.
 *
 * Knows nothing of articles. A handler gets a request with an arena, fills a response and returns; handlers of the
 * MEMORY lane run on the HTTP threads and must not block, those of the WORKER lane run on a worker while their
 * connection is suspended. A response whose `keys` are not empty is cached whole, compressed, with an ETag, under
 * the request's language, path and canonical query, until one of its keys is purged; the page cache answers
 * without a lock, and one thread renders a missing page while others that want it wait for that render alone.
 */
#ifndef KAIRAN_WEB_H
#define KAIRAN_WEB_H

#include "base/base.h"

enum web_method { WEB_GET = 1, WEB_POST = 2, WEB_PUT = 4, WEB_DELETE = 8 }; /* GET answers HEAD too */
enum web_lane { WEB_MEMORY, WEB_WORKER };

struct web_param {
	struct str name, value; /* decoded, well-formed UTF-8 (ill-formed parts become U+FFFD) */
};

struct web_request {
	enum web_method method;
	struct str path;  /* percent-decoded, well-formed, no "." or ".." parts, no NUL; starts with "/" */
	struct str raw_path; /* as sent */
	struct str query; /* as sent, without "?" */
	const struct web_param *params; /* of the query */
	size_t n_params;
	const struct web_param *fields; /* of a form body */
	size_t n_fields;
	struct str body; /* raw, when not a form */
	struct str accept_language, if_none_match, host; /* the only headers that handlers see */
	bool head;
	/* What the route matched: "/articles/:slug" puts the part at `:slug` in captures[0]. */
	struct str captures[4];
	size_t n_captures;
	void *user; /* the route table's */
	struct arena *arena;
};

struct str web_param_get(const struct web_request *, const char *name); /* of the query; empty when absent */
struct str web_field_get(const struct web_request *, const char *name); /* of the form; empty when absent */

#define WEB_KEYS_MAX 256
#define WEB_HEADERS_MAX 8

/* kind << 56 | id: what a page shows. 0 is no key. */
typedef uint64_t web_key;
static inline web_key web_key_of(unsigned kind, int64_t id)
{
	return (web_key)kind << 56 | ((web_key)id & 0xffffffffffffffu);
}

struct web_response {
	int status; /* starts as 200 */
	struct str type; /* starts as "text/html; charset=utf-8" */
	struct buf body; /* taken over by the server */
	struct str location; /* for redirects, percent-encoded */
	struct {
		struct str name, value;
	} headers[WEB_HEADERS_MAX];
	size_t n_headers;
	web_key keys[WEB_KEYS_MAX]; /* more than fit: the page depends on `WEB_KEY_ALL` too */
	size_t n_keys;
	bool immutable; /* the address changes with the content: Cache-Control for a year */
	bool no_store;  /* for what must not be kept anywhere */
	bool untrusted; /* bytes people brought (images): CSP sandbox */
};
#define WEB_KEY_ALL ((web_key)UINT64_MAX) /* purged by every purge of everything: settings, themes */

void web_key_add(struct web_response *, web_key); /* each once */
void web_header(struct web_response *, struct str name, struct str value);
void web_redirect(struct web_response *, int status, struct str location);
/* A plain error page made by the error handler of the server's options, or a bare sentence. */
typedef bool (*web_handler)(const struct web_request *, struct web_response *, struct error *);

struct web_route {
	unsigned methods;
	const char *path; /* "/articles/:slug"; a last part of "*" catches the rest */
	web_handler handler;
	enum web_lane lane;
	size_t body_max; /* 0: no body is taken */
};

struct web_options {
	const char *listen; /* "127.0.0.1:8080", "[::1]:8080", "*:8080", "unix:/path" */
	unsigned threads;   /* 0: one a processor */
	unsigned workers;   /* 0: 2 */
	unsigned connections_max;        /* 0: 4096 */
	unsigned connections_per_address; /* 0: 64; not applied to loopback, where a front stands */
	unsigned timeout_s; /* idle or slow clients; 0: 15 */
	size_t cache_bytes; /* 0: 32 MiB */
	const struct web_route *routes;
	size_t n_routes;
	void *user;
	/* Fills a response for a status (400, 404, 405, 413, 414, 500, 503 …); may be NULL. */
	void (*error_page)(const struct web_request *, int status, const struct error *, struct web_response *);
};

struct web;
struct web *web_start(const struct web_options *, struct error *);
/* Stops accepting, lets running requests end (at most drain_ms), frees all. */
void web_stop(struct web *, int drain_ms);
struct str web_address(const struct web *); /* "http://127.0.0.1:8080", with the port the system chose for :0 */

/* Drops the pages that show this, and those that depend on all. Any thread. */
void web_purge(struct web *, const web_key *keys, size_t n);
void web_purge_all(struct web *);

/* Asks the handler for a GET of this target ("/search?q=x", percent-encoded) in this thread: no connection, no cache, no
 * compression. For measurements and tests. The caller frees res->body. */
bool web_answer(const struct web_options *, struct str target, struct web_response *res, struct arena *, struct error *);

struct web_stats {
	uint64_t requests, hits, misses, renders, purged, rejected;
	uint64_t cached_pages, cached_bytes;
};
void web_stats(const struct web *, struct web_stats *out);

/* ---- parsing, apart from the server, for tests and fuzzing ------------------------------------------- */

/* "a=1&b=%E3%81%82+x": at most PARAMS_MAX, the rest is ERR_TOO_LARGE; nothing else is an error. */
bool web_parse_params(struct str encoded, struct web_param **out, size_t *n, struct arena *, struct error *);
/* Decodes and normalises a path as web_request.path says; ERR_INVALID for NUL, bad percent signs and "..". */
bool web_parse_path(struct str raw, struct str *out, struct arena *, struct error *);
/* The best of `offered` for an Accept-Language header (RFC 9110, lookup of RFC 4647); empty when none fits. */
struct str web_accept_language(struct str header, const struct str *offered, size_t n);

#endif

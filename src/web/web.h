/*
 * web: the HTTP server on libmicrohttpd: routes, requests, forms, responses, limits, the page cache.
 *
 * Knows nothing of articles. A handler gets a request with an arena, fills a response and returns; handlers of the
 * MEMORY lane run on the HTTP threads and must not block, those of the WORKER lane run on a worker while their
 * connection is suspended. The COMMIT lane is for those that mostly wait for the disk: COMMIT_THREADS more threads. A response whose `keys` are not empty is cached whole, compressed, with an ETag, under
 * the request's path and canonical query, until one of its keys is purged; the page cache answers without a lock, and
 * one thread renders a missing page while the connections that want it are suspended until that render is done.
 *
 * What a handler sees has been checked: the framing is unambiguous, the body is complete, of a type that the route
 * takes and within its limit, and a request that changes something comes from this site's own pages (403 otherwise).
 * Cookies exist on the routes that ask for them and nowhere else.
 */
#ifndef KAIRAN_WEB_H
#define KAIRAN_WEB_H

#include "base/base.h"

enum web_method { WEB_GET = 1, WEB_POST = 2, WEB_PUT = 4, WEB_DELETE = 8, WEB_PATCH = 4096 }; /* GET answers HEAD too */
enum web_lane { WEB_MEMORY, WEB_WORKER, WEB_COMMIT };

struct web_param {
	struct str name, value; /* decoded, well-formed UTF-8 (ill-formed parts become U+FFFD) */
};

/* A part of a multipart form that has a file name. The bytes are as sent, part of the request's body. */
struct web_file {
	struct str name;     /* of the field */
	struct str filename; /* as the browser says it: UTF-8, no folder; never to be used as a path */
	struct str type;     /* as the browser says it: not to be believed */
	struct str bytes;
};

struct web_request {
	enum web_method method;
	struct str path;                /* percent-decoded, well-formed, no "." or ".." parts, no NUL; starts with "/" */
	struct str raw_path;            /* as sent */
	struct str query;               /* as sent, without "?" */
	const struct web_param *params; /* of the query */
	size_t n_params;
	const struct web_param *fields; /* of a form body */
	size_t n_fields;
	const struct web_file *files; /* of a form body */
	size_t n_files;
	struct str body;                 /* raw, when not a form */
	struct str body_type;            /* the Content-Type as sent */
	const struct web_param *cookies; /* none but on routes with WEB_COOKIES */
	size_t n_cookies;
	struct str accept_language, if_none_match, host; /* with these the only headers that handlers see: */
	/* Of routes with WEB_PRIVATE alone, else empty. */
	struct str authorization, if_match, idempotency_key;
	/* Of routes with WEB_NETWORK alone: a name of the network that it comes from (/24, /48), which is another one each hour and
	 * says nothing of it; empty when it is not known, as on this machine. */
	struct str network;
	bool head;
	const char *route; /* the path of the route, as its table has it */
	/* What the route matched: "/articles/:slug" puts the part at `:slug` in captures[0]. */
	struct str captures[4];
	size_t n_captures;
	void *user; /* the route table's */
	struct arena *arena;
};

struct str web_param_get(const struct web_request *, const char *name);            /* of the query; empty when absent */
struct str web_field_get(const struct web_request *, const char *name);            /* of the form; empty when absent */
struct str web_cookie_get(const struct web_request *, const char *name);           /* empty when absent */
const struct web_file *web_file_get(const struct web_request *, const char *name); /* NULL when absent */

#define WEB_KEYS_MAX 256
#define WEB_HEADERS_MAX 8

/* kind << 56 | id: what a page shows. 0 is no key. */
typedef uint64_t web_key;
static inline web_key web_key_of(unsigned kind, int64_t id)
{
	return (web_key)kind << 56 | ((web_key)id & 0xffffffffffffffu);
}

struct web_response {
	int status;          /* starts as 200 */
	struct str type;     /* starts as "text/html; charset=utf-8" */
	struct buf body;     /* taken over by the server */
	struct str location; /* for redirects, percent-encoded */
	struct {
		struct str name, value;
	} headers[WEB_HEADERS_MAX];
	size_t n_headers;
	web_key keys[WEB_KEYS_MAX]; /* more than fit: the page depends on `WEB_KEY_ALL` too */
	size_t n_keys;
	bool immutable;       /* the address changes with the content: Cache-Control for a year */
	bool no_store;        /* for what must not be kept anywhere */
	bool untrusted;       /* bytes people brought (images): CSP sandbox */
	bool cookie;          /* set by web_set_cookie */
	struct str framed_by; /* sources of CSP whose pages may show this one in a frame; empty: none may */
};
#define WEB_KEY_ALL ((web_key)UINT64_MAX) /* purged by every purge */

void web_key_add(struct web_response *, web_key); /* each once */
void web_header(struct web_response *, struct str name, struct str value);
void web_redirect(struct web_response *, int status, struct str location);
/* HttpOnly, SameSite=Strict, and Secure where `secure`; max_age_s 0 removes it. The value must be of the characters of a
 * token; the path that of the desk. The response is kept nowhere. Only on routes with
 * WEB_COOKIES: elsewhere the answer is a 500, because a reader's page never sets a cookie. */
bool web_set_cookie(struct web_response *, struct str name, struct str value, struct str path, int64_t max_age_s,
    bool secure, struct arena *, struct error *);

/* Fills the response. False with an error gives the error page of 404 for ERR_NOT_FOUND, 400 for ERR_USAGE, 403 for
 * ERR_DENIED, 409 for ERR_CONFLICT, 413 for ERR_TOO_LARGE, and of 500 for all else, which is logged. */
typedef bool (*web_handler)(const struct web_request *, struct web_response *, struct error *);

/* Beside the methods of a route. */
enum web_route_flag {
	WEB_RAW_BODY = 16,   /* the body is of any type and not looked into; otherwise a form, and 415 for all else */
	WEB_COOKIES = 32,    /* sees and may set cookies; what it answers is never cached */
	WEB_ANY_ORIGIN = 64, /* takes POST, PUT and DELETE from other sites' pages too */
	/* What is typed here must not stay in memory: arena, body and stack are overwritten when the answer is made. */
	WEB_SECRET = 256,
	WEB_NETWORK = 8192, /* is told networks apart, for as long as an hour */
	WEB_PRIVATE = 2048, /* sees who asks (Authorization); what it answers is for them alone and never cached */
};

struct web_route {
	unsigned methods; /* of web_method, with web_route_flag */
	const char *path; /* "/articles/:slug"; a last part of "*" catches the rest */
	web_handler handler;
	enum web_lane lane;
	size_t body_max; /* bytes; 0: no body is taken */
};

struct web_options {
	const char *listen;       /* "127.0.0.1:8080", "[::1]:8080", "*:8080", "unix:/path" */
	unsigned threads;         /* 0: one a processor */
	unsigned workers;         /* 0: 2 */
	unsigned connections_max; /* 0: 4096 */
	unsigned
	    connections_per_address; /* 0: 64; an IPv6 /64 counts as one; not applied to loopback, where a front stands */
	/* 0: 15. How long a connection may be idle, how long a request's first line and headers may take each, and how long a
	 * body or an answer may take beside what its size takes at SLOWEST_RATE. */
	unsigned timeout_s;
	size_t cache_bytes; /* 0: 32 MiB */
	/* The header in which a proxy on this machine or in a private network says who asks: one of WEB_FORWARDED_BY; NULL: none. */
	const char *forwarded_by;
	const struct web_route *routes;
	size_t n_routes;
	void *user;
	/* Fills a response for a status (400, 404, 405, 413, 414, 500, 503 …); may be NULL. */
	void (*error_page)(const struct web_request *, int status, const struct error *, struct web_response *);
};

#define WEB_FORWARDED_BY 3
extern const char *const WEB_FORWARDED[WEB_FORWARDED_BY]; /* "X-Forwarded-For", "X-Real-IP", "Forwarded" */

struct web;
struct web *web_start(const struct web_options *, struct error *);
/* Stops accepting, closes idle connections, lets running requests end (at most drain_ms; after that what still waits for a
 * worker gets a 503 and connections are cut), frees all. A handler that runs is waited for. */
void web_stop(struct web *, int drain_ms);
struct str web_address(const struct web *); /* "http://127.0.0.1:8080", with the port the system chose for :0 */

/* Drops the pages that show this, and those that depend on all. Any thread. */
void web_purge(struct web *, const web_key *keys, size_t n);
void web_purge_all(struct web *);

/* Asks the handler for a GET of this target ("/search?q=x", percent-encoded) in this thread, by the same way as the server:
 * no connection, no cache, no compression. For measurements and tests. The caller frees res->body. */
bool web_answer(const struct web_options *options, struct str target, struct web_response *res, struct arena *arena,
    struct error *err);

#define WEB_LATENCIES 12
extern const double WEB_LATENCY_BOUNDS[WEB_LATENCIES]; /* seconds; the histogram's upper bounds */
struct web_stats {
	uint64_t requests, hits, misses, renders, purged, rejected;
	uint64_t connections, cut_off; /* open now; closed for being too slow */
	uint64_t cached_pages, cached_bytes;
	/* From a complete request to its answer, where no cached page was the answer at once. Counted by upper bound (not summed
	 * up); the last is +Inf. */
	uint64_t latencies[WEB_LATENCIES + 1];
	uint64_t latency_us; /* the sum of all */
};
void web_stats(const struct web *, struct web_stats *out);

/* ---- parsing, apart from the server, for tests and fuzzing ------------------------------------------- */

/* "a=1&b=%E3%81%82+x": at most PARAMS_MAX, the rest is ERR_TOO_LARGE; nothing else is an error. */
bool web_parse_params(struct str encoded, struct web_param **out, size_t *n, struct arena *, struct error *);
/* Decodes and normalises a path as web_request.path says; ERR_INVALID for NUL, bad percent signs and "..". */
bool web_parse_path(struct str raw, struct str *out, struct arena *, struct error *);
/* Is it a form's Content-Type? */
bool web_form_type(struct str content_type);
/* Fills fields and files from a form body (application/x-www-form-urlencoded or, RFC 7578, multipart/form-data): at most
 * FIELDS_MAX fields and files, a field of at most FIELD_MAX bytes, else ERR_TOO_LARGE. ERR_INVALID for a multipart
 * body that is malformed or cut short. Files point into `body`. */
bool web_parse_form(struct str content_type, struct str body, struct web_request *req, struct error *);
/* The best of `offered` for an Accept-Language header (RFC 9110, lookup of RFC 4647); empty when none fits. */
struct str web_accept_language(struct str header, const struct str *offered, size_t n);
/* May a request that changes something be obeyed, which a browser sent with these headers (empty when absent)? By
 * Sec-Fetch-Site, else by Origin against Host; a client that sends neither is no browser and has no one's cookies. */
bool web_same_origin(struct str sec_fetch_site, struct str origin, struct str host);

#endif

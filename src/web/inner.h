/* Private to web. */
#ifndef KAIRAN_WEB_INNER_H
#define KAIRAN_WEB_INNER_H

#include "web/web.h"

#include <microhttpd.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/stat.h>

/* ---- what threads keep apart: counters, and the cache's readers (slot.c) ---- */

#define SLOTS 64 /* threads share one when there are more */
unsigned slot_mine(void);

/* ---- entries and the page cache (response.c, cache.c, purge.c) ---- */

enum encoding { IDENTITY, GZIP, BROTLI, ENCODINGS };

/* One of an entry's keys, in the list of all entries that show the same. */
struct shown {
	struct page_entry *entry;
	web_key key;
	struct shown *next, **at; /* at: what points here */
};

/* A ready answer. Immutable but for what the cache keeps in it; freed when the last user lets go. */
struct page_entry {
	atomic_int users;
	_Atomic(struct page_entry *) next; /* in its bucket */
	struct str key;
	uint64_t hash;
	size_t bytes;
	int status;
	bool keep;        /* may be cached: the page says what it shows */
	atomic_bool used; /* since the eviction last came by */
	size_t n_keys;
	struct shown *keys;
	struct page_entry *next_retired;
	uint64_t unseen; /* slots that may still hold it, once it has left the table */
	char etag[HASH_HEX_MAX + 2];
	struct MHD_Response *responses[ENCODINGS], *not_modified; /* absent encodings are NULL */
};

struct page_entry *entry_make(struct web_response *, struct str key, bool compress);
void entry_keep(struct page_entry *); /* one more user */
void entry_release(struct page_entry *);

struct cache;
struct cache *cache_new(size_t max_bytes);
void cache_free(struct cache *); /* no reader may be left */
/* Between enter and leave, by one slot, what cache_find returns stays. Neither waits for anything. */
void cache_enter(struct cache *, unsigned slot);
void cache_leave(struct cache *, unsigned slot);
struct page_entry *cache_find(struct cache *, struct str key);
struct page_entry *cache_get(struct cache *, struct str key); /* with one more user; entry_release */
uint64_t cache_generation(const struct cache *);              /* before a page is made */
/* Keeps the entry, unless one of its keys was purged since `generation`: then it may be stale. */
bool cache_put(struct cache *, struct page_entry *, uint64_t generation);
size_t cache_purge(struct cache *, const web_key *keys, size_t n, bool all);
void cache_collect(struct cache *); /* frees what was dropped and is read no more; now and then */
void cache_stats(struct cache *, uint64_t *pages, uint64_t *bytes);

/* ---- requests (request.c, form.c, params.c, headers.c, route.c) ---- */

/* A request as it came, all borrowed. */
struct incoming {
	struct str method, target;
	struct str host, accept_language, accept_encoding, if_none_match, cookie, origin, fetch_site, content_type;
	struct str content_length, transfer_encoding, expect;
	struct str authorization, if_match, idempotency_key;
	struct str forwarded[WEB_FORWARDED_BY]; /* as WEB_FORWARDED has them; of several the last */
	unsigned hosts, lengths;                /* how often these came */
	bool malformed;                         /* a second Transfer-Encoding */
};

void incoming_header(struct incoming *, struct str name, struct str value);
bool incoming_has_body(const struct incoming *);
/* NULL when the framing is unambiguous (RFC 9112, 6.3), otherwise what is wrong. */
const char *incoming_fault(const struct incoming *);
/* Fills the request and finds its route. 0, or the status to refuse it with; *allowed is for 405 and OPTIONS. */
int request_read(const struct web_options *, const struct incoming *, struct web_request *, const struct web_route **,
    unsigned *allowed, struct error *);
/* Before a body is read: 0, 403, 413 or 415. */
int request_may_send(const struct incoming *, const struct web_route *, const struct web_request *);
size_t request_body_max(const struct incoming *, const struct web_route *); /* without a route: 0 */
/* The name under which the answer is cached: the same for every way to write the same address. */
struct str request_key(const struct web_request *);
/* Runs the handler; false with the status to answer instead. */
bool request_run(const struct web_route *, struct web_request *, struct web_response *, int *status, struct error *);

/* params.c: the target as names of pages are written: what browsers escape beyond ASCII stands there as it is. Other
 * escapes stay, and such a page is found the long way. */
#define SHORT_NAME_MAX 1024 /* bytes; longer ones stay as they are */
struct str target_name(struct str target, char room[static SHORT_NAME_MAX]);

const struct web_route *route_find(
    const struct web_route *, size_t n, struct web_request *, unsigned *allowed); /* route.c */
bool params_cookies(struct str header, struct web_request *req, struct error *);
int header_quality(struct str params);                                       /* thousandths */
enum encoding header_encoding(struct str accept, const bool has[ENCODINGS]); /* the best of what there is */
bool header_etag_matches(struct str if_none_match, struct str etag);
bool param_decode(struct str raw, struct str *out, struct arena *); /* "%E3%81%82+x" */

/* ---- connections (conn.c) ---- */

struct flight;

/* A request on its way, one a connection. */
struct call {
	struct incoming in;
	bool started, have_route;
	bool alone;  /* makes its page itself, whoever makes the same */
	int refused; /* with this status, once what is left of the body has come */
	unsigned allowed;
	struct error err;
	uint64_t began; /* clock_mono_us, when the answer was looked for beyond the cache; 0: not yet */
	const struct web_route *route;
	struct web_request req;
	struct arena *arena;
	struct buf body;
	size_t received, charged;
	struct str key;
	struct flight *flight;    /* that this request makes */
	struct page_entry *ready; /* made meanwhile */
	struct call *next;        /* in a queue or among those that wait for a page */
	struct MHD_Connection *mhd;
	char *large_target;
	char target[256];
};

struct conns;
struct conn {
	struct conns *all;
	struct conn *prev, *next;
	int fd;
	uint64_t address;     /* hashed; 0: not counted */
	atomic_bool idle;     /* waits for a request's first line */
	atomic_uint deadline; /* in ticks; 0: none */
	struct call call;
};

struct conns *conns_new(unsigned per_address, unsigned timeout_s);
void conns_free(struct conns *);
struct sockaddr;
bool conns_allow(struct conns *, const struct sockaddr *);
struct conn *conn_open(struct conns *, struct MHD_Connection *);
void conn_close(struct conn *);
/* The time starts anew: timeout and what `bytes` take at the slowest rate. */
void conn_limit(struct conn *, bool idle, size_t bytes);
void conn_extend(struct conn *, size_t before, size_t now); /* by what the bytes that came allow */
void conn_no_limit(struct conn *);                          /* while a handler has it */
/* Cuts off who is too slow and, when draining, who is idle. */
void conns_sweep(struct conns *, bool drain);
void conns_tick(struct conns *); /* each TICK_MS */
uint64_t conns_count(struct conns *, uint64_t *cut_off);
#define TICK_MS 250

/* ---- networks (network.c) ---- */

struct networks; /* the key of their names, for an hour */
struct networks *networks_new(void);
void networks_free(struct networks *);
/* As web_request.network has it. `forwarded`: what a trusted header says, or empty. */
struct str network_name(struct networks *, const struct sockaddr *peer, struct str forwarded, struct arena *);

/* ---- pages in the making (flight.c) and the worker lane (worker.c) ---- */

struct flights;
struct flights *flights_new(void);
void flights_free(struct flights *);
/* Either the call makes the page of its key (call->flight is set), or it is suspended until that is done. */
enum flight_role { FLIGHT_MAKES, FLIGHT_WAITS, FLIGHT_FAILED } flights_join(struct flights *, struct call *);
/* Wakes those that wait: with the entry if it is in the cache still, otherwise each to make its own. */
void flights_done(struct flights *, struct flight *, struct cache *, struct page_entry *);

struct workers;
struct workers *workers_new(unsigned n, size_t stack, void (*run)(void *, struct call *), void *cls); /* 0: as usual */
/* Suspends and queues the call; false when the queue is full or closed. */
bool workers_take(struct workers *, struct call *);
bool workers_idle(struct workers *);
/* Gives what is still queued to `drop`, waits for what runs, frees. */
void workers_stop(struct workers *, void (*drop)(void *, struct call *));

/* ---- the server (server.c, answer.c, listen.c, stats.c) ---- */

struct counters {
	_Alignas(64) atomic_ullong requests;
	atomic_ullong hits, misses, renders, rejected, latency_us, latencies[WEB_LATENCIES + 1];
};

struct ticker;
struct acceptor;
struct web {
	struct MHD_Daemon *daemon;
	struct web_options options;
	struct cache *cache;
	struct flights *flights;
	struct workers *workers, *commit; /* commit: NULL where no route wants it */
	struct conns *conns;
	struct networks *networks;
	struct counters *counters; /* SLOTS of them */
	atomic_ullong purged;
	atomic_size_t bodies; /* bytes in memory */
	char address[320];
	struct stat socket_file; /* where it listens on a Unix socket */
	struct ticker *ticker;
	struct acceptor *acceptor;
};

struct ticker *ticker_new(struct web *); /* ticker.c: the thread that cuts off who is too slow */
void ticker_stop(struct ticker *);

struct acceptor *acceptor_new(struct web *, int fd, unsigned max); /* acceptor.c; takes the socket over */
void acceptor_stop(struct acceptor *);                             /* who comes now is refused */

int listen_on(const char *where, struct stat *file, struct error *); /* file: of a Unix socket, else zeroes */
/* Takes a Unix socket's file away, unless another process has put its own there by now. */
void listen_end(const char *where, const struct stat *file);
/* Connections whose peer takes nothing for so long are given up by the system, where it can. */
void listen_patience(int fd, unsigned seconds);
void listen_name(int fd, const char *where, char *out, size_t size);

/* Finds the route once; 0, or the status to refuse the request with. */
int call_read(struct web *, struct call *);
/* What to do with a request that is complete, or whose page was made meanwhile. */
enum MHD_Result answer_call(struct web *, struct conn *);
enum MHD_Result answer_refusal(struct web *, struct conn *, int status);
void answer_on_worker(void *web, struct call *);
void answer_dropped(void *web, struct call *);
void call_clear(struct web *, struct call *); /* frees what the request held, but the target */
void call_free_body(struct call *);

struct counters *counters_mine(struct web *);
void counters_latency(struct counters *, uint64_t us);

/* params.c: web_parse_params with a maximum of its own. */
bool params_parse(struct str encoded, size_t max, struct web_param **out, size_t *n, struct arena *, struct error *);

#endif

/* Private to web. */
#ifndef KAIRAN_WEB_INNER_H
#define KAIRAN_WEB_INNER_H

#include "web/web.h"

#include <microhttpd.h>
#include <stdatomic.h>

enum encoding { IDENTITY, GZIP, BROTLI, ENCODINGS };

/* A ready answer. Immutable; freed when the last user lets go. */
struct page_entry {
	atomic_int users;
	struct page_entry *next; /* in its bucket */
	struct str key;
	uint64_t hash;
	size_t bytes;
	atomic_bool used; /* since the eviction last came by */
	size_t n_keys;
	web_key *keys;
	char etag[HASH_HEX_MAX + 2];
	struct MHD_Response *responses[ENCODINGS], *not_modified; /* absent encodings are NULL */
};

struct cache;
struct cache *cache_new(size_t max_bytes);
void cache_free(struct cache *);
/* Borrowed until entry_release. */
struct page_entry *cache_get(struct cache *, struct str key);
uint64_t cache_generation(const struct cache *); /* before a page is made */
/* Keeps the entry, unless a purge came since `generation`: then it may be stale. */
void cache_put(struct cache *, struct page_entry *, uint64_t generation);
size_t cache_purge(struct cache *, const web_key *keys, size_t n, bool all);
void cache_stats(struct cache *, uint64_t *pages, uint64_t *bytes);
void entry_release(struct page_entry *);

/* response.c */
struct page_entry *entry_make(struct web_response *, struct str key, bool compress);
const struct web_route *route_find(
	const struct web_route *, size_t n, struct web_request *, unsigned *allowed); /* route.c */

#endif

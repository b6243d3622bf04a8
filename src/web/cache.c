#include "web/inner.h"

#include <pthread.h>
#include <stdlib.h>

/* The page cache: a table in shards, each under a reader-writer lock that is held for a few instructions and never over
 * I/O, a render or a wait. A purge walks all entries: it is rare, and exact. The generation moves with each purge. */

#define SHARDS 16
#define BUCKETS 512

struct shard {
	pthread_rwlock_t lock;
	struct page_entry *buckets[BUCKETS];
	size_t pages, bytes, hand;
};

struct cache {
	struct shard shards[SHARDS];
	size_t shard_bytes;
	atomic_ullong generation;
};

struct cache *cache_new(size_t max_bytes)
{
	struct cache *c = calloc(1, sizeof *c);
	for (size_t i = 0; c && i < SHARDS; i++)
		pthread_rwlock_init(&c->shards[i].lock, NULL);
	if (c)
		c->shard_bytes = max_bytes / SHARDS;
	return c;
}

void entry_release(struct page_entry *e)
{
	if (!e || atomic_fetch_sub(&e->users, 1) != 1)
		return;
	for (size_t i = 0; i < ENCODINGS; i++) {
		if (e->responses[i])
			MHD_destroy_response(e->responses[i]);
	}
	if (e->not_modified)
		MHD_destroy_response(e->not_modified);
	free((char *)(uintptr_t)e->key.p);
	free(e->keys);
	free(e);
}

static struct shard *shard_of(struct cache *c, uint64_t hash)
{
	return &c->shards[hash >> 60];
}

static struct page_entry **find(struct shard *s, struct str key, uint64_t hash)
{
	struct page_entry **at = &s->buckets[hash % BUCKETS];
	while (*at && ((*at)->hash != hash || !str_eq((*at)->key, key)))
		at = &(*at)->next;
	return at;
}

struct page_entry *cache_get(struct cache *c, struct str key)
{
	uint64_t hash = str_hash(key);
	struct shard *s = shard_of(c, hash);
	pthread_rwlock_rdlock(&s->lock);
	struct page_entry *e = *find(s, key, hash);
	if (e) {
		atomic_fetch_add(&e->users, 1);
		if (!atomic_load_explicit(&e->used, memory_order_relaxed))
			atomic_store_explicit(&e->used, true, memory_order_relaxed);
	}
	pthread_rwlock_unlock(&s->lock);
	return e;
}

uint64_t cache_generation(const struct cache *c)
{
	return atomic_load(&c->generation);
}

static void unlink_entry(struct shard *s, struct page_entry **at)
{
	struct page_entry *e = *at;
	*at = e->next;
	s->pages--;
	s->bytes -= e->bytes;
	entry_release(e);
}

/* Second chance: what was used since the hand last came by stays for another round. */
static void evict(struct shard *s, size_t max)
{
	for (size_t steps = 0; s->bytes > max && steps < 2 * BUCKETS; steps++) {
		struct page_entry **at = &s->buckets[s->hand++ % BUCKETS];
		while (*at) {
			if (atomic_exchange(&(*at)->used, false))
				at = &(*at)->next;
			else
				unlink_entry(s, at);
		}
	}
}

void cache_put(struct cache *c, struct page_entry *e, uint64_t generation)
{
	e->hash = str_hash(e->key);
	struct shard *s = shard_of(c, e->hash);
	if (e->bytes > c->shard_bytes)
		return;
	pthread_rwlock_wrlock(&s->lock);
	/* Asked under the lock: a purge that moved it since will find this entry, or has been seen here. */
	if (atomic_load(&c->generation) == generation) {
		struct page_entry **at = find(s, e->key, e->hash);
		if (*at)
			unlink_entry(s, at);
		atomic_fetch_add(&e->users, 1);
		e->next = s->buckets[e->hash % BUCKETS];
		s->buckets[e->hash % BUCKETS] = e;
		s->pages++;
		s->bytes += e->bytes;
		evict(s, c->shard_bytes);
	}
	pthread_rwlock_unlock(&s->lock);
}

static bool shows(const struct page_entry *e, const web_key *keys, size_t n)
{
	for (size_t i = 0; i < e->n_keys; i++) {
		for (size_t j = 0; j < n; j++) {
			if (e->keys[i] == keys[j] || e->keys[i] == WEB_KEY_ALL)
				return true;
		}
	}
	return false;
}

size_t cache_purge(struct cache *c, const web_key *keys, size_t n, bool all)
{
	size_t purged = 0;
	atomic_fetch_add(&c->generation, 1);
	for (size_t i = 0; i < SHARDS; i++) {
		struct shard *s = &c->shards[i];
		pthread_rwlock_wrlock(&s->lock);
		for (size_t b = 0; b < BUCKETS; b++) {
			for (struct page_entry **at = &s->buckets[b]; *at;) {
				if (!all && !shows(*at, keys, n)) {
					at = &(*at)->next;
					continue;
				}
				unlink_entry(s, at);
				purged++;
			}
		}
		pthread_rwlock_unlock(&s->lock);
	}
	return purged;
}

void cache_stats(struct cache *c, uint64_t *pages, uint64_t *bytes)
{
	*pages = *bytes = 0;
	for (size_t i = 0; i < SHARDS; i++) {
		pthread_rwlock_rdlock(&c->shards[i].lock);
		*pages += c->shards[i].pages;
		*bytes += c->shards[i].bytes;
		pthread_rwlock_unlock(&c->shards[i].lock);
	}
}

void cache_free(struct cache *c)
{
	if (!c)
		return;
	cache_purge(c, NULL, 0, true);
	for (size_t i = 0; i < SHARDS; i++)
		pthread_rwlock_destroy(&c->shards[i].lock);
	free(c);
}

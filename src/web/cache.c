#include "web/inner.h"

#include <pthread.h>
#include <stdlib.h>

/* The page cache. Readers take no lock: they walk a bucket's list of atomic pointers. Writers (a page was made, a change
 * purges) hold one mutex, and are rare.
 *
 * Why a reader never meets freed memory: it adds one to its slot's count, reads the table, uses the entry, and takes one
 * off again. An entry that has left the table is freed once each slot's count has been seen at zero afterwards, not
 * necessarily at the same time. All of these are sequentially consistent, so a count seen at zero means, of each reader
 * of that slot, either that it has not come yet, and then it reads the table without the entry; or that it has gone, and
 * then its last use happened before.
 */

#define BUCKETS 4096
#define PURGES_KEPT 1024 /* of the newest purges, to know whether a page being made was meant */

struct readers {
	_Alignas(64) atomic_uint n;
};

struct cache {
	struct readers readers[SLOTS];
	_Atomic(struct page_entry *) buckets[BUCKETS];
	struct shown *by_key[BUCKETS];
	pthread_mutex_t write; /* all below, and all changes of the above */
	struct page_entry *retired;
	size_t pages, bytes, max_bytes, hand;
	web_key purges[PURGES_KEPT]; /* purge g is at g % PURGES_KEPT; WEB_KEY_ALL: of everything */
	atomic_ullong generation;    /* number of keys purged ever */
};

struct cache *cache_new(size_t max_bytes)
{
	struct cache *c = aligned_alloc(64, (sizeof *c + 63) / 64 * 64);
	if (!c)
		return NULL;
	for (size_t i = 0; i < SLOTS; i++)
		atomic_init(&c->readers[i].n, 0);
	for (size_t i = 0; i < BUCKETS; i++) {
		atomic_init(&c->buckets[i], NULL);
		c->by_key[i] = NULL;
	}
	pthread_mutex_init(&c->write, NULL);
	c->retired = NULL;
	c->pages = c->bytes = c->hand = 0;
	c->max_bytes = max_bytes;
	atomic_init(&c->generation, 0);
	return c;
}

/* ---- readers ---- */

void cache_enter(struct cache *c, unsigned slot)
{
	atomic_fetch_add(&c->readers[slot].n, 1);
}

void cache_leave(struct cache *c, unsigned slot)
{
	atomic_fetch_sub(&c->readers[slot].n, 1);
}

static struct page_entry *find(struct cache *c, struct str key, uint64_t hash)
{
	struct page_entry *e = atomic_load(&c->buckets[hash % BUCKETS]);
	while (e && (e->hash != hash || !str_eq(e->key, key)))
		e = atomic_load(&e->next);
	return e;
}

struct page_entry *cache_find(struct cache *c, struct str key)
{
	struct page_entry *e = find(c, key, str_hash(key));
	if (e && !atomic_load_explicit(&e->used, memory_order_relaxed))
		atomic_store_explicit(&e->used, true, memory_order_relaxed);
	return e;
}

struct page_entry *cache_get(struct cache *c, struct str key)
{
	unsigned slot = slot_mine();
	cache_enter(c, slot);
	struct page_entry *e = cache_find(c, key);
	if (e)
		entry_keep(e);
	cache_leave(c, slot);
	return e;
}

/* ---- writers: all under the mutex ---- */

static uint64_t key_bucket(web_key key)
{
	return (key * 0x9e3779b97f4a7c15u) >> 32 & (BUCKETS - 1);
}

static void show(struct cache *c, struct page_entry *e)
{
	for (size_t i = 0; i < e->n_keys; i++) {
		struct shown *s = &e->keys[i], **head = &c->by_key[key_bucket(s->key)];
		s->next = *head;
		s->at = head;
		if (s->next)
			s->next->at = &s->next;
		*head = s;
	}
}

static void unshow(struct page_entry *e)
{
	for (size_t i = 0; i < e->n_keys; i++) {
		struct shown *s = &e->keys[i];
		*s->at = s->next;
		if (s->next)
			s->next->at = s->at;
	}
}

/* Out of the table. A reader that stands on it goes on along its `next`, which stays as it is. */
static void drop(struct cache *c, struct page_entry *e)
{
	_Atomic(struct page_entry *) *at = &c->buckets[e->hash % BUCKETS];
	while (atomic_load(at) != e)
		at = &atomic_load(at)->next;
	atomic_store(at, atomic_load(&e->next));
	unshow(e);
	c->pages--;
	c->bytes -= e->bytes;
	e->unseen = UINT64_MAX;
	e->next_retired = c->retired;
	c->retired = e;
}

static void collect(struct cache *c)
{
	uint64_t gone = 0;
	for (size_t i = 0; c->retired && i < SLOTS; i++)
		gone |= (uint64_t)(atomic_load(&c->readers[i].n) == 0) << i;
	for (struct page_entry **at = &c->retired; *at;) {
		struct page_entry *e = *at;
		e->unseen &= ~gone;
		if (e->unseen) {
			at = &e->next_retired;
			continue;
		}
		*at = e->next_retired;
		entry_release(e);
	}
}

/* Second chance: what was used since the hand last came by stays for another round. */
static void evict(struct cache *c)
{
	for (size_t steps = 0; c->bytes > c->max_bytes && steps < (size_t)2 * BUCKETS; steps++) {
		struct page_entry *next, *e = atomic_load(&c->buckets[c->hand++ % BUCKETS]);
		for (; e; e = next) {
			next = atomic_load(&e->next);
			if (!atomic_exchange(&e->used, false))
				drop(c, e);
		}
	}
}

static bool purged_since(const struct cache *c, const struct page_entry *e, uint64_t generation)
{
	uint64_t now = atomic_load(&c->generation);
	if (now - generation > PURGES_KEPT)
		return true;
	for (; generation < now; generation++) {
		web_key purged = c->purges[generation % PURGES_KEPT];
		for (size_t i = 0; i < e->n_keys; i++) {
			if (purged == WEB_KEY_ALL || e->keys[i].key == purged || e->keys[i].key == WEB_KEY_ALL)
				return true;
		}
	}
	return false;
}

uint64_t cache_generation(const struct cache *c)
{
	return atomic_load(&c->generation);
}

bool cache_put(struct cache *c, struct page_entry *e, uint64_t generation)
{
	if (e->bytes > c->max_bytes / 4)
		return false;
	pthread_mutex_lock(&c->write);
	bool fresh = !purged_since(c, e, generation);
	if (fresh) {
		struct page_entry *old = find(c, e->key, e->hash);
		if (old)
			drop(c, old);
		entry_keep(e);
		show(c, e);
		c->pages++;
		c->bytes += e->bytes;
		atomic_store(&e->used, true);
		atomic_store(&e->next, atomic_load(&c->buckets[e->hash % BUCKETS]));
		atomic_store(&c->buckets[e->hash % BUCKETS], e);
		evict(c);
	}
	collect(c);
	pthread_mutex_unlock(&c->write);
	return fresh;
}

static size_t purge_key(struct cache *c, web_key key)
{
	size_t n = 0;
	for (struct shown *next, *s = c->by_key[key_bucket(key)]; s; s = next) {
		next = s->next;
		if (s->key != key)
			continue;
		/* Its other keys leave their lists with it, and may stand next. */
		while (next && next->entry == s->entry)
			next = next->next;
		drop(c, s->entry);
		n++;
	}
	return n;
}

static size_t purge_all(struct cache *c)
{
	size_t n = 0;
	for (size_t i = 0; i < BUCKETS; i++) {
		struct page_entry *e;
		while ((e = atomic_load(&c->buckets[i]))) {
			drop(c, e);
			n++;
		}
	}
	return n;
}

static void remember(struct cache *c, web_key key)
{
	c->purges[atomic_load(&c->generation) % PURGES_KEPT] = key;
	atomic_fetch_add(&c->generation, 1);
}

size_t cache_purge(struct cache *c, const web_key *keys, size_t n, bool all)
{
	size_t purged = 0;
	pthread_mutex_lock(&c->write);
	for (size_t i = 0; !all && i < n; i++) {
		remember(c, keys[i]);
		purged += purge_key(c, keys[i]);
	}
	if (all) {
		remember(c, WEB_KEY_ALL);
		purged = purge_all(c);
	} else if (n) {
		purged += purge_key(c, WEB_KEY_ALL);
	}
	collect(c);
	pthread_mutex_unlock(&c->write);
	return purged;
}

void cache_collect(struct cache *c)
{
	pthread_mutex_lock(&c->write);
	collect(c);
	pthread_mutex_unlock(&c->write);
}

void cache_stats(struct cache *c, uint64_t *pages, uint64_t *bytes)
{
	pthread_mutex_lock(&c->write);
	*pages = c->pages;
	*bytes = c->bytes;
	pthread_mutex_unlock(&c->write);
}

void cache_free(struct cache *c)
{
	if (!c)
		return;
	cache_purge(c, NULL, 0, true);
	pthread_mutex_destroy(&c->write);
	free(c);
}

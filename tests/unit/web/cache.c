/* The page cache: what it keeps, what a purge drops, and that readers without a lock never meet what is gone. */
#include "../unit.h"
#include "web/inner.h"

#include <stdio.h>
#include <unistd.h>

#define KINDS 7u
#define PAGES 40
#define READERS 4
#define RUN_US 1500000

static struct page_entry *page(const char *key, int version, size_t n, const web_key *keys, size_t bytes)
{
	struct web_response res = { .status = version, .type = STR("text/plain") };
	for (size_t i = 0; i < n; i++)
		web_key_add(&res, keys[i]);
	for (size_t i = 0; i < bytes; i++)
		buf_addc(&res.body, 'x');
	struct page_entry *e = entry_make(&res, str_from(key), false);
	buf_free(&res.body);
	assert_non_null(e);
	return e;
}

static bool put(struct cache *c, const char *key, web_key shows, size_t bytes)
{
	struct page_entry *e = page(key, 200, 1, &shows, bytes);
	bool kept = cache_put(c, e, cache_generation(c));
	entry_release(e);
	return kept;
}

static bool has(struct cache *c, const char *key)
{
	struct page_entry *e = cache_get(c, str_from(key));
	entry_release(e);
	return e != NULL;
}

static uint64_t pages(struct cache *c)
{
	uint64_t n, bytes;
	cache_stats(c, &n, &bytes);
	return n;
}

static void purges_are_exact(void **state)
{
	struct cache *c = cache_new(1 * MIB);
	web_key one = web_key_of(1, 1), two = web_key_of(1, 2), both[] = { one, two }, all = WEB_KEY_ALL;
	(void)state;
	assert_true(put(c, "/one", one, 10));
	assert_true(put(c, "/two", two, 10));
	assert_true(put(c, "/all", all, 10));
	struct page_entry *e = page("/both", 200, 2, both, 10);
	assert_true(cache_put(c, e, cache_generation(c)));
	entry_release(e);
	assert_int_equal(cache_purge(c, &one, 1, false), 3);
	assert_false(has(c, "/one"));
	assert_false(has(c, "/both"));
	assert_false(has(c, "/all"));
	assert_true(has(c, "/two"));
	assert_int_equal(cache_purge(c, NULL, 0, true), 1);
	assert_int_equal(pages(c), 0);
	cache_free(c);
}

static void a_page_takes_the_place_of_the_older(void **state)
{
	struct cache *c = cache_new(1 * MIB);
	(void)state;
	for (int i = 0; i < 5; i++)
		assert_true(put(c, "/a", web_key_of(1, i), 10));
	assert_int_equal(pages(c), 1);
	web_key old = web_key_of(1, 3), now = web_key_of(1, 4);
	assert_int_equal(cache_purge(c, &old, 1, false), 0);
	assert_int_equal(cache_purge(c, &now, 1, false), 1);
	cache_free(c);
}

/* What was being made while its key was purged is not kept; what shows other things is. */
static void a_purge_meanwhile_counts(void **state)
{
	struct cache *c = cache_new(1 * MIB);
	web_key one = web_key_of(1, 1), two = web_key_of(1, 2);
	uint64_t before = cache_generation(c);
	struct page_entry *a = page("/a", 200, 1, &one, 10), *b = page("/b", 200, 1, &two, 10);
	(void)state;
	cache_purge(c, &one, 1, false);
	assert_false(cache_put(c, a, before));
	assert_true(cache_put(c, b, before));
	for (int i = 0; i < 2000; i++)
		cache_purge(c, &one, 1, false);
	assert_false(cache_put(c, b, before)); /* too long ago to be known */
	entry_release(a);
	entry_release(b);
	cache_free(c);
}

static void it_stays_within_its_bytes(void **state)
{
	struct cache *c = cache_new(200 * KIB);
	(void)state;
	for (int i = 0; i < 500; i++) {
		char key[32];
		uint64_t n, bytes;
		snprintf(key, sizeof key, "/%d", i);
		put(c, key, web_key_of(1, i), 2000);
		cache_stats(c, &n, &bytes);
		assert_true(bytes <= 200 * KIB);
		assert_true(has(c, key));
	}
	assert_true(pages(c) > 20);
	assert_false(put(c, "/large", web_key_of(1, 1), 100 * KIB));
	cache_free(c);
}

/* ---- many threads ---- */

struct shared {
	struct cache *cache;
	atomic_bool stop;
	atomic_int made[PAGES], purged[PAGES]; /* versions: the next to be made, the newest that must be gone before */
	atomic_int read, wrong;
};

static void name(char out[32], unsigned i)
{
	snprintf(out, 32, "/page/%u", i);
}

static unsigned next(unsigned *seed)
{
	*seed = *seed * 1664525u + 1013904223u;
	return *seed >> 8;
}

static void *reads(void *arg)
{
	struct shared *s = arg;
	unsigned seed = (unsigned)atomic_load(&s->read) + 1, slot = slot_mine();
	while (!atomic_load(&s->stop)) {
		char key[32];
		unsigned i = next(&seed) % PAGES;
		name(key, i);
		int least = atomic_load(&s->purged[i]);
		cache_enter(s->cache, slot);
		const struct page_entry *e = cache_find(s->cache, str_from(key));
		if (e) {
			bool right = e->status >= least && str_eq(e->key, str_from(key));
			atomic_fetch_add(right ? &s->read : &s->wrong, 1);
		}
		cache_leave(s->cache, slot);
		struct page_entry *kept = cache_get(s->cache, str_from(key));
		if (kept && (kept->status < least || !str_eq(kept->key, str_from(key))))
			atomic_fetch_add(&s->wrong, 1);
		entry_release(kept);
	}
	return NULL;
}

static void *puts_pages(void *arg)
{
	struct shared *s = arg;
	unsigned seed = 7;
	while (!atomic_load(&s->stop)) {
		char key[32];
		unsigned i = next(&seed) % PAGES;
		web_key shows[2] = { web_key_of(1, i), web_key_of(2, i % KINDS) };
		name(key, i);
		uint64_t generation = cache_generation(s->cache);
		struct page_entry *e = page(key, atomic_load(&s->made[i]), 2, shows, 100);
		cache_put(s->cache, e, generation);
		entry_release(e);
	}
	return NULL;
}

static void *purges(void *arg)
{
	struct shared *s = arg;
	unsigned seed = 3;
	while (!atomic_load(&s->stop)) {
		unsigned i = next(&seed) % PAGES;
		web_key key = web_key_of(1, i), kind = web_key_of(2, i % KINDS);
		int version = atomic_fetch_add(&s->made[i], 1) + 1;
		cache_purge(s->cache, &key, 1, seed % 50 == 0);
		atomic_store(&s->purged[i], version);
		if (seed % 3 == 0)
			cache_purge(s->cache, &kind, 1, false);
		usleep(50);
	}
	return NULL;
}

static void readers_meet_only_what_is(void **state)
{
	static struct shared s;
	pthread_t threads[READERS + 3];
	(void)state;
	s.cache = cache_new(64 * KIB); /* so small that it also evicts */
	for (size_t i = 0; i < READERS; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, reads, &s), 0);
	assert_int_equal(pthread_create(&threads[READERS], NULL, puts_pages, &s), 0);
	assert_int_equal(pthread_create(&threads[READERS + 1], NULL, puts_pages, &s), 0);
	assert_int_equal(pthread_create(&threads[READERS + 2], NULL, purges, &s), 0);
	usleep(RUN_US);
	atomic_store(&s.stop, true);
	for (size_t i = 0; i < READERS + 3; i++)
		pthread_join(threads[i], NULL);
	assert_int_equal(atomic_load(&s.wrong), 0);
	assert_true(atomic_load(&s.read) > 1000);
	cache_free(s.cache);
}

/* A target's short name is one that no other page has. */
static void names_of_targets(void **state)
{
	static const struct {
		const char *target, *name;
	} cases[] = {
		{ "/articles/a-b", "/articles/a-b" },
		{ "/articles/%E7%9B%A3%e8%a6%96", "/articles/\xE7\x9B\xA3\xE8\xA6\x96" },
		{ "/search?q=%E7%9B%A3+%2B&page=2", "/search?q=\xE7\x9B\xA3+%2B&page=2" },
		{ "/a%2Fb%3Fc%25E3", "/a%2Fb%3Fc%25E3" }, /* another page than /a/b?c%E3 */
		{ "/a%E", "/a%E" },
		{ "/a%", "/a%" },
		{ "/a%EG%9", "/a%EG%9" },
	};
	char room[SHORT_NAME_MAX], longer[SHORT_NAME_MAX + 2];
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct str name = target_name(str_from(cases[i].target), room);
		assert_int_equal(name.n, strlen(cases[i].name));
		assert_memory_equal(name.p, cases[i].name, name.n);
	}
	memset(longer, '%', sizeof longer);
	assert_int_equal(target_name(str_of(longer, sizeof longer), room).n, sizeof longer);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_of_targets),
		cmocka_unit_test(purges_are_exact),
		cmocka_unit_test(a_page_takes_the_place_of_the_older),
		cmocka_unit_test(a_purge_meanwhile_counts),
		cmocka_unit_test(it_stays_within_its_bytes),
		cmocka_unit_test(readers_meet_only_what_is),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

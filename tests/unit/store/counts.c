#include "../unit.h"

#include "store/store.h"

#include <stdio.h>
#include <unistd.h>

/* Random edits, and after each commit the kept counts against a plain recount. */

#define CATEGORIES 8
#define ARTICLES 30
#define ROUNDS 300

static unsigned next_random(unsigned *seed)
{
	*seed = *seed * 1103515245u + 12345u;
	return *seed >> 8;
}

/* Merging, splitting, moving, deleting; what is refused (circles, depth) changes nothing. */
static void one_move(struct store_tx *tx, unsigned *seed, int64_t *categories, int64_t *articles, struct arena *arena)
{
	struct error none = { 0 };
	size_t moved, at = next_random(seed) % CATEGORIES;
	int64_t from = categories[at], into = categories[next_random(seed) % CATEGORIES];
	int64_t chosen[3] = { articles[next_random(seed) % ARTICLES], articles[next_random(seed) % ARTICLES],
		articles[next_random(seed) % ARTICLES] };
	struct category_name name = { STR("ja"), arena_printf(arena, "c%zu", at), STR("") };
	struct category fresh = { .parent = into == from ? 0 : into, .names = &name, .n_names = 1 };
	switch (next_random(seed) % 4) {
	case 0:
		category_place(tx, from, into, 0, &none);
		break;
	case 1:
		if (!category_merge(tx, from, into, &moved, &none))
			break;
		categories[at] = 0;
		fresh.parent = 0;
		assert_true(category_save(tx, &fresh, NULL, arena, &none));
		categories[at] = fresh.id;
		break;
	case 2:
		if (!category_delete(tx, from, next_random(seed) % 2 && into != from ? into : 0, &moved, &none))
			break;
		assert_true(category_save(tx, &fresh, NULL, arena, &none));
		categories[at] = fresh.id;
		break;
	default:
		if (into != from)
			assert_true(category_move_articles(tx, chosen, 3, from, next_random(seed) % 3 ? into : 0, &moved, &none));
	}
}

static void one_edit(struct store_tx *tx, unsigned *seed, int64_t *categories, int64_t *articles, struct arena *arena)
{
	struct error err = { 0 };
	size_t i = next_random(seed) % ARTICLES;
	int64_t chosen[2] = { categories[next_random(seed) % CATEGORIES], categories[next_random(seed) % CATEGORIES] };
	struct article a = { .id = articles[i],
		.lang = next_random(seed) % 2 ? STR("ja") : STR("en"),
		.title = arena_printf(arena, "t%zu", i),
		.body = arena_printf(arena, "%u", next_random(seed)),
		.status = (enum article_status)(next_random(seed) % 6),
		.categories = chosen,
		.n_categories = 2 };
	switch (next_random(seed) % 9) {
	case 0:
		if (articles[i])
			assert_true(article_delete(tx, articles[i], &err));
		articles[i] = 0;
		break;
	case 1:
		if (articles[i])
			assert_true(article_set_status(tx, articles[i], a.status, &err));
		break;
	case 2:
		if (articles[i] && articles[(i + 1) % ARTICLES])
			article_join(tx, articles[i], articles[(i + 1) % ARTICLES], &err);
		break;
	case 3: {
		struct category c;
		struct error none = { 0 };
		if (!category_find_tx(
		        tx, arena_printf(arena, "c%u", next_random(seed) % CATEGORIES), STR(""), STR(""), &c, arena, &none))
			break;
		c.parent = categories[next_random(seed) % CATEGORIES];
		category_save(tx, &c, NULL, arena, &none);
		break;
	}
	case 6:
	case 7:
		one_move(tx, seed, categories, articles, arena);
		break;
	default:
		if (article_save(tx, &a, NULL, arena, &err))
			articles[i] = a.id;
	}
}

static void counts_equal_a_plain_recount(void **state)
{
	(void)state;
	char path[] = "/tmp/kairan-counts-XXXXXX";
	int64_t categories[CATEGORIES] = { 0 }, articles[ARTICLES] = { 0 };
	unsigned seed = 20261124;
	struct error err = { 0 };
	struct arena *arena = arena_new();
	close(mkstemp(path));
	struct store *store = store_open(path, true, &err);
	assert_non_null(store);
	struct store_tx *tx = store_begin(store, &err);
	for (int i = 0; i < CATEGORIES; i++) {
		struct category_name name = { STR("ja"), arena_printf(arena, "c%d", i), STR("") };
		struct category c = { .names = &name, .n_names = 1 };
		assert_true(category_save(tx, &c, NULL, arena, &err));
		categories[i] = c.id;
	}
	assert_true(store_commit(tx, &err));
	for (int round = 0; round < ROUNDS; round++) {
		tx = store_begin(store, &err);
		assert_non_null(tx);
		for (unsigned n = next_random(&seed) % 4 + 1; n > 0; n--)
			one_edit(tx, &seed, categories, articles, arena);
		assert_true(store_commit(tx, &err));
		check_str(store_check(store, arena, &err), "");
		assert_int_equal(err.code, ERR_NONE);
		arena_reset(arena);
	}
	store_close(store);
	arena_free(arena);
	unlink(path);
}

static void saving_the_same_writes_nothing(void **state)
{
	(void)state;
	char path[] = "/tmp/kairan-same-XXXXXX";
	struct error err = { 0 };
	struct arena *arena = arena_new();
	bool changed;
	int64_t before = 0, after = 1;
	close(mkstemp(path));
	struct store *store = store_open(path, true, &err);
	struct article a = { .lang = STR("ja"), .title = STR("題"), .body = STR("本文"), .status = ARTICLE_PUBLISHED };
	struct store_tx *tx = store_begin(store, &err);
	assert_true(article_save(tx, &a, &changed, arena, &err) && changed);
	assert_true(store_commit(tx, &err) && change_last(store, &before, &err));
	tx = store_begin(store, &err);
	assert_true(article_save(tx, &a, &changed, arena, &err) && !changed);
	assert_true(store_commit(tx, &err) && change_last(store, &after, &err));
	assert_true(before == after);
	/* A new slug leaves a redirect from the old one. */
	a.slug = STR("新しい名");
	tx = store_begin(store, &err);
	assert_true(article_save(tx, &a, &changed, arena, &err) && changed);
	assert_true(store_commit(tx, &err));
	struct redirect r;
	assert_true(redirect_find(store, STR("/articles/題"), &r, arena, &err));
	assert_true(r.article == a.id);
	store_close(store);
	arena_free(arena);
	unlink(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(counts_equal_a_plain_recount),
		cmocka_unit_test(saving_the_same_writes_nothing),
	};
	return cmocka_run_group_tests_name("store/counts", tests, NULL, NULL);
}

#include "site.h"

#include "search/inner.h"

/* Related articles: the lists that are kept against those that a new index would have, and what an edit makes anew. */

#define ARTICLES 60
#define ROUNDS 25

static unsigned seed = 20261125;

static unsigned next_random(unsigned below)
{
	seed = seed * 1103515245u + 12345u;
	return (seed >> 8) % below;
}

/* What was due, and every list once more; the number of lists that are others now. */
static size_t settle(struct site *s)
{
	struct search_relating done = { .more = true };
	size_t n = 0;
	for (int rounds = 0; done.more || s->search->sweep_left > 0; rounds++) {
		assert_true(rounds < 1000);
		assert_true(search_relate(s->search, 200, &done, s->arena, &s->err));
		n += done.n;
	}
	return n;
}

static struct article_item *read_related(struct site *s, int64_t id, size_t *n)
{
	struct article_item *items;
	bool ready = false;
	assert_true(search_related(s->search, id, &items, n, &ready, s->arena, &s->err));
	assert_true(ready);
	return items;
}

static bool names(struct site *s, int64_t id, int64_t other)
{
	size_t n;
	struct article_item *items = read_related(s, id, &n);
	for (size_t i = 0; i < n; i++) {
		if (items[i].id == other)
			return true;
	}
	return false;
}

static const char *const WORDS[] = { "監視カメラ", "サーバー", "暗号化", "設定", "パスワード", "個人情報", "追跡",
	"広告", "検閲", "新聞", "裁判", "警察", "選挙", "医療", "学校", "匿名" };

static struct str some_text(struct site *s, unsigned words)
{
	struct buf out = { 0 };
	for (unsigned i = 0; i < words; i++)
		buf_printf(&out, "%sと%s", i % 3 ? "" : " ", WORDS[next_random(sizeof WORDS / sizeof *WORDS)]);
	return buf_take(&out, s->arena);
}

static void one_edit(struct site *s, int64_t *ids, int64_t category)
{
	unsigned i = next_random(ARTICLES);
	struct article a = { .id = ids[i],
		.lang = next_random(5) ? STR("ja") : STR("en"),
		.title = str_trim(some_text(s, 2)),
		.slug = arena_printf(s->arena, "a%u", i),
		.body = arena_printf(
		    s->arena, "%s\n\n[出典](https://example.org/long/path/%u)", some_text(s, 30).p, next_random(6)),
		.categories = &category,
		.n_categories = next_random(2),
		.status = next_random(6) ? ARTICLE_PUBLISHED : ARTICLE_ARCHIVED };
	ids[i] = site_save(s, a);
}

static struct str all_lists(struct site *s)
{
	struct buf out = { 0 };
	struct view v;
	assert_true(view_open(s->search, &v, &s->err));
	static const char *const sql[] = { "SELECT article || ': ' || others FROM related ORDER BY article",
		"SELECT other || '< ' || hex(articles) FROM related_in ORDER BY other" };
	for (size_t i = 0; i < 2; i++) {
		struct db_rows *rows = db_query(v.conn, &s->err, sql[i], "");
		assert_non_null(rows);
		while (db_next(rows)) {
			buf_add(&out, db_str(rows, 0));
			buf_addc(&out, '\n');
		}
		assert_true(db_done(rows));
	}
	view_close(&v);
	return buf_take(&out, s->arena);
}

static int64_t make_category(struct site *s)
{
	struct category_name name = { STR("ja"), STR("分類"), STR("") };
	struct category c = { .slug = STR("c"), .names = &name, .n_names = 1 };
	struct store_tx *tx = store_begin(s->store, &s->err);
	assert_true(category_save(tx, &c, NULL, s->arena, &s->err) && store_commit(tx, &s->err));
	return c.id;
}

static void lists_become_those_of_a_rebuild(void **state)
{
	struct site s;
	int64_t ids[ARTICLES] = { 0 };
	(void)state;
	site_open(&s);
	int64_t category = make_category(&s);
	for (int round = 0; round < ROUNDS; round++) {
		for (unsigned n = next_random(6) + 1; n > 0; n--)
			one_edit(&s, ids, category);
		settle(&s);
		if (round % 5 != 4)
			continue;
		struct str kept = all_lists(&s);
		assert_true(search_rebuild(s.search, NULL, NULL, &s.err));
		settle(&s);
		struct str rebuilt = all_lists(&s);
		if (!str_eq(kept, rebuilt))
			fail_msg("kept:\n%.*s\nanew:\n%.*s", (int)kept.n, kept.p, (int)rebuilt.n, rebuilt.p);
		assert_true(kept.n > 200);
		/* At rest nothing is found to be another. */
		assert_int_equal(settle(&s), 0);
	}
	site_close(&s);
}

static void what_is_shared_counts(void **state)
{
	struct site s;
	(void)state;
	site_open(&s);
	int64_t camera = site_article(&s, "ja", "街の監視カメラ", "本文");
	int64_t also = site_article(&s, "ja", "監視カメラの記録", "本文");
	int64_t english = site_article(&s, "en", "監視カメラ in English", "text");
	int64_t cites =
	    site_article(&s, "ja", "裁判の行方", "読む[^1]。\n\n[^1]: 白書 <https://example.org/papers/white-paper-7>");
	int64_t cites_too =
	    site_article(&s, "ja", "新しい法律", "見る[^1]。\n\n[^1]: 白書 <https://example.org/papers/white-paper-7>");
	settle(&s);
	assert_true(names(&s, camera, also) && names(&s, also, camera));
	assert_false(names(&s, camera, english) || names(&s, camera, camera));
	assert_true(names(&s, cites, cites_too) && names(&s, cites_too, cites));
	assert_false(names(&s, cites, camera));
	site_close(&s);
}

/* An article that is new comes into the lists of those that it is like; one that is gone leaves those it stood in. */
static void a_change_reaches_others(void **state)
{
	struct site s;
	(void)state;
	site_open(&s);
	int64_t a = site_article(&s, "ja", "顔認識とは何か", "本文"), b = site_article(&s, "ja", "顔認識の裁判", "本文");
	site_article(&s, "ja", "関係のない話", "別の本文");
	settle(&s);
	s.search->sweep_left = 0;
	int64_t c = site_article(&s, "ja", "顔認識を拒む", "本文");
	s.search->sweep_left = 0; /* without a look at all others */
	settle(&s);
	assert_true(names(&s, a, b) && names(&s, a, c) && names(&s, b, c));
	struct article gone = {
		.id = c, .lang = STR("ja"), .title = STR("顔認識を拒む"), .body = STR("本文"), .status = ARTICLE_ARCHIVED
	};
	site_save(&s, gone);
	assert_false(names(&s, a, c)); /* read already, before the list is made anew */
	s.search->sweep_left = 0;
	assert_true(settle(&s) >= 3);
	site_close(&s);
}

static void pages_are_no_company(void **state)
{
	struct site s;
	(void)state;
	site_open(&s);
	int64_t a = site_article(&s, "ja", "編集部について語る", "本文"),
	        b = site_article(&s, "ja", "編集部の仕事", "本文");
	settle(&s);
	assert_true(names(&s, a, b));
	struct store_tx *tx = store_begin(s.store, &s.err);
	assert_true(page_set(tx, b, true, &s.err) && store_commit(tx, &s.err));
	assert_false(names(&s, a, b)); /* at once */
	assert_true(search_follow(s.search, NULL, &s.err));
	settle(&s);
	assert_false(names(&s, a, b));
	site_close(&s);
}

static int64_t number_due(struct site *s)
{
	struct view v;
	int64_t n = -1;
	assert_true(view_open(s->search, &v, &s->err));
	assert_true(db_get_int(v.conn, &s->err, &n, "SELECT COUNT(*) FROM related_due", ""));
	view_close(&v);
	return n;
}

/* One edit in a site where all speak of the same makes only so many lists due. */
static void the_work_is_bounded(void **state)
{
	struct site s;
	int64_t last = 0;
	(void)state;
	site_open(&s);
	for (unsigned i = 0; i < 400; i++) {
		struct article a = { .lang = STR("ja"),
			.title = arena_printf(s.arena, "監視カメラ%u", i),
			.body = STR("監視カメラの話"),
			.status = ARTICLE_PUBLISHED };
		struct store_tx *tx = store_begin(s.store, &s.err);
		assert_true(article_save(tx, &a, NULL, s.arena, &s.err) && store_commit(tx, &s.err));
		last = a.id;
	}
	assert_true(search_follow(s.search, NULL, &s.err));
	settle(&s);
	assert_int_equal(number_due(&s), 0);
	site_save(
	    &s, (struct article){ .id = last, .lang = STR("ja"), .title = STR("監視カメラと街"), .body = STR("本文") });
	assert_int_equal(number_due(&s), 1);
	struct search_relating done;
	assert_true(search_relate(s.search, 1000, &done, s.arena, &s.err));
	assert_true(done.more);
	int64_t due = number_due(&s);
	assert_true(due > 0 && due <= RELATED_NEAR + 200);
	settle(&s);
	site_close(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lists_become_those_of_a_rebuild),
		cmocka_unit_test(what_is_shared_counts),
		cmocka_unit_test(a_change_reaches_others),
		cmocka_unit_test(pages_are_no_company),
		cmocka_unit_test(the_work_is_bounded),
	};
	return cmocka_run_group_tests_name("search/related", tests, NULL, NULL);
}

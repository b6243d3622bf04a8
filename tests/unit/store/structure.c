#include "../unit.h"

#include "store/store.h"

#include <stdio.h>
#include <unistd.h>

/* The tree, the tags and the redirects under an editor's hands. */

static char path[32];
static struct store *store;
static struct arena *arena;
static struct error err;
static int64_t tools, mail, chat, safety;

static int64_t new_category(struct store_tx *tx, const char *name, int64_t parent)
{
	struct category_name ja = { STR("ja"), str_from(name), STR("") };
	struct category c = { .parent = parent, .names = &ja, .n_names = 1 };
	assert_true(category_save(tx, &c, NULL, arena, &err) && category_place(tx, c.id, parent, 0, &err));
	return c.id;
}

static int64_t new_article(struct store_tx *tx, const char *title, const int64_t *categories, size_t n, const char *tag)
{
	struct str tags[2] = { str_from(tag), STR("常設") };
	struct article a = { .lang = STR("ja"),
		.title = str_from(title),
		.body = STR("本文"),
		.status = ARTICLE_PUBLISHED,
		.categories = categories,
		.n_categories = n,
		.tags = tags,
		.n_tags = tag[0] ? 2 : 0 };
	assert_true(article_save(tx, &a, NULL, arena, &err));
	return a.id;
}

static struct store_tx *begin(void)
{
	err = (struct error){ 0 };
	struct store_tx *tx = store_begin(store, &err);
	assert_non_null(tx);
	return tx;
}

static void commit(struct store_tx *tx)
{
	assert_true(store_commit(tx, &err));
	check_str(store_check(store, arena, &err), "");
}

static int setup(void **state)
{
	(void)state;
	strcpy(path, "/tmp/kairan-tree-XXXXXX");
	close(mkstemp(path));
	arena = arena_new();
	store = store_open(path, true, &err);
	struct store_tx *tx = begin();
	tools = new_category(tx, "道具", 0);
	mail = new_category(tx, "メール", tools);
	chat = new_category(tx, "チャット", tools);
	safety = new_category(tx, "安全", 0);
	commit(tx);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	store_close(store);
	arena_free(arena);
	unlink(path);
	return 0;
}

/* "道具(2){メール(1) チャット(1)} 安全(0)" */
static void put(struct buf *out, const struct category *all, size_t n, int64_t parent)
{
	bool first = true;
	for (size_t i = 0; i < n; i++) {
		if (all[i].parent != parent)
			continue;
		buf_adds(out, first ? (parent ? "{" : "") : " ");
		buf_printf(out, "%.*s%lld", (int)all[i].names[0].name.n, all[i].names[0].name.p, (long long)all[i].articles);
		put(out, all, n, all[i].id);
		first = false;
	}
	if (!first && parent)
		buf_addc(out, '}');
}

static void check_tree(const char *want)
{
	struct category *all;
	size_t n;
	struct buf out = { 0 };
	assert_true(category_list(store, &all, &n, arena, &err));
	put(&out, all, n, 0);
	check_str(buf_take(&out, arena), want);
}

static bool changed(enum change_kind kind, int64_t id, int64_t after)
{
	struct change *all;
	size_t n;
	bool found = false;
	assert_true(change_list(store, after, 1000, &all, &n, arena, &err));
	for (size_t i = 0; i < n; i++)
		found = found || (all[i].kind == kind && all[i].id == id);
	return found;
}

static int64_t last_change(void)
{
	int64_t seq;
	assert_true(change_last(store, &seq, &err));
	return seq;
}

static void places_are_kept_and_circles_refused(void **state)
{
	(void)state;
	check_tree("道具0{メール0 チャット0} 安全0");
	struct store_tx *tx = begin();
	assert_true(category_place(tx, chat, tools, mail, &err));
	assert_true(category_place(tx, safety, 0, tools, &err));
	commit(tx);
	check_tree("安全0 道具0{チャット0 メール0}");
	tx = begin();
	assert_false(category_place(tx, tools, mail, 0, &err));
	assert_int_equal(err.code, ERR_INVALID);
	assert_false(category_place(tx, tools, tools, 0, &err));
	assert_false(category_place(tx, chat, safety, mail, &err));
	assert_int_equal(err.code, ERR_CONFLICT);
	assert_false(category_place(tx, 999, 0, 0, &err));
	assert_false(category_place(tx, chat, 999, 0, &err));
	store_rollback(tx);
	check_tree("安全0 道具0{チャット0 メール0}");
}

static void a_deep_branch_is_not_put_deeper_than_may_be(void **state)
{
	(void)state;
	struct store_tx *tx = begin();
	int64_t a = 0, b = 0, top_a = 0, top_b = 0;
	for (int i = 0; i < 9; i++) {
		a = new_category(tx, "甲", a);
		b = new_category(tx, "乙", b);
		top_a = top_a ? top_a : a;
		top_b = top_b ? top_b : b;
	}
	assert_false(category_place(tx, top_b, a, 0, &err));
	assert_int_equal(err.code, ERR_TOO_LARGE);
	size_t moved;
	assert_false(category_merge(tx, top_b, a, &moved, &err));
	store_rollback(tx);
}

static void a_shape_that_is_past_is_refused(void **state)
{
	(void)state;
	struct str shape;
	assert_true(category_shape(store, &shape, arena, &err));
	struct store_tx *tx = begin();
	assert_true(category_shape_is(tx, shape, arena, &err));
	assert_true(category_place(tx, chat, tools, mail, &err));
	assert_false(category_shape_is(tx, shape, arena, &err));
	assert_int_equal(err.code, ERR_CONFLICT);
	store_rollback(tx);
}

static void merged_all_goes_along_and_addresses_lead_on(void **state)
{
	(void)state;
	struct store_tx *tx = begin();
	int64_t below = new_category(tx, "暗号", mail), both[2] = { mail, safety };
	int64_t one = new_article(tx, "一", &mail, 1, ""), two = new_article(tx, "二", both, 2, "");
	int64_t deep = new_article(tx, "三", &below, 1, "");
	assert_true(redirect_save(tx, STR("/old-mail"), 0, mail, STR(""), &err));
	commit(tx);
	check_tree("道具3{メール3{暗号1} チャット0} 安全1");
	int64_t seq = last_change();
	size_t moved;
	tx = begin();
	assert_false(category_merge(tx, tools, below, &moved, &err));
	assert_int_equal(err.code, ERR_INVALID);
	store_rollback(tx);
	tx = begin();
	assert_true(category_merge(tx, mail, safety, &moved, &err));
	assert_int_equal(moved, 2);
	commit(tx);
	check_tree("道具0{チャット0} 安全3{暗号1}");
	struct redirect r;
	assert_true(redirect_find(store, STR("/categories/メール"), &r, arena, &err) && r.category == safety);
	assert_true(redirect_find(store, STR("/old-mail"), &r, arena, &err) && r.category == safety);
	assert_true(changed(CHANGE_ARTICLE, one, seq) && changed(CHANGE_ARTICLE, two, seq));
	assert_false(changed(CHANGE_ARTICLE, deep, seq));
	assert_true(changed(CHANGE_CATEGORY, tools, seq) && changed(CHANGE_CATEGORY, mail, seq));
	assert_false(changed(CHANGE_CATEGORY, chat, seq));
	/* An import that speaks of the old one finds the heir. */
	struct category heir;
	tx = begin();
	assert_true(category_find_tx(tx, STR("メール"), STR(""), STR(""), &heir, arena, &err) && heir.id == safety);
	assert_false(category_find_tx(tx, STR("old-mail"), STR(""), STR(""), &heir, arena, &err));
	store_rollback(tx);
	/* The main category stays the main one. */
	struct article a;
	assert_true(article_whole(store, two, &a, arena, &err));
	assert_int_equal(a.n_categories, 1);
	assert_true(a.categories[0] == safety);
}

static void moved_articles_take_their_translations_along(void **state)
{
	(void)state;
	struct store_tx *tx = begin();
	int64_t both[2] = { mail, chat };
	int64_t one = new_article(tx, "一", both, 2, ""), two = new_article(tx, "二", &mail, 1, "");
	struct article en = { .lang = STR("en"),
		.title = STR("One"),
		.body = STR("x"),
		.status = ARTICLE_PUBLISHED,
		.categories = &mail,
		.n_categories = 1 };
	assert_true(article_save(tx, &en, NULL, arena, &err) && article_join(tx, one, en.id, &err));
	commit(tx);
	check_tree("道具2{メール2 チャット1} 安全0");
	struct article_item *items;
	size_t n, total, moved;
	struct category_filter f = { .category = mail, .lang = STR("en"), .title = STR(""), .limit = 10 };
	assert_true(category_entries(store, &f, &items, &n, &total, arena, &err));
	assert_int_equal(n, 2);
	assert_int_equal(total, 2);
	check_str(items[0].title, "One");
	check_str(items[1].title, "二");
	f.title = STR("二");
	assert_true(category_entries(store, &f, &items, &n, &total, arena, &err) && n == 1 && total == 1);
	tx = begin();
	assert_true(category_move_articles(tx, &one, 1, mail, safety, &moved, &err));
	assert_int_equal(moved, 1);
	commit(tx);
	check_tree("道具2{メール1 チャット1} 安全1");
	struct article a;
	assert_true(article_whole(store, one, &a, arena, &err) && a.categories[0] == safety && a.categories[1] == chat);
	assert_true(article_whole(store, en.id, &a, arena, &err) && a.categories[0] == safety);
	/* Again: it is not there any more, and nothing happens. */
	tx = begin();
	assert_true(category_move_articles(tx, &one, 1, mail, safety, &moved, &err));
	assert_int_equal(moved, 0);
	assert_true(category_move_articles(tx, &two, 1, mail, 0, &moved, &err));
	commit(tx);
	check_tree("道具1{メール0 チャット1} 安全1");
	f = (struct category_filter){ .lang = STR("ja"), .title = STR(""), .limit = 10 };
	assert_true(category_entries(store, &f, &items, &n, &total, arena, &err) && n == 1 && total == 1);
	assert_true(items[0].id == two);
	tx = begin();
	assert_true(category_move_articles(tx, &two, 1, 0, chat, &moved, &err) && moved == 1);
	commit(tx);
	check_tree("道具2{メール0 チャット2} 安全1");
}

static void a_deleted_category_says_where_its_articles_go(void **state)
{
	(void)state;
	struct store_tx *tx = begin();
	int64_t below = new_category(tx, "暗号", mail);
	new_article(tx, "一", &mail, 1, "");
	new_article(tx, "二", &below, 1, "");
	commit(tx);
	size_t moved;
	tx = begin();
	assert_true(category_delete(tx, mail, 0, &moved, &err));
	commit(tx);
	check_tree("道具1{暗号1 チャット0} 安全0");
	struct redirect r;
	assert_true(redirect_find(store, STR("/categories/メール"), &r, arena, &err) && r.category == tools);
	tx = begin();
	assert_false(category_delete(tx, tools, tools, &moved, &err));
	store_rollback(tx);
	tx = begin();
	assert_true(category_delete(tx, tools, safety, &moved, &err));
	commit(tx);
	check_tree("暗号1 チャット0 安全0");
	assert_true(redirect_find(store, STR("/categories/メール"), &r, arena, &err) && r.category == safety);
}

static void a_slug_that_comes_back_needs_no_redirect(void **state)
{
	(void)state;
	struct category c;
	struct redirect r;
	static const char *const slugs[] = { "post", "メール", "letters" };
	for (size_t i = 0; i < 3; i++) {
		assert_true(category_by_id(store, mail, &c, arena, &err));
		c.slug = str_from(slugs[i]);
		struct store_tx *tx = begin();
		assert_true(category_save(tx, &c, NULL, arena, &err));
		commit(tx);
		assert_false(redirect_find(store, arena_printf(arena, "/categories/%s", slugs[i]), &r, arena, &err));
	}
	assert_true(redirect_find(store, STR("/categories/post"), &r, arena, &err) && r.category == mail);
	assert_true(redirect_find(store, STR("/categories/メール"), &r, arena, &err) && r.category == mail);
}

static void tags_are_renamed_merged_and_deleted(void **state)
{
	(void)state;
	size_t n, total, articles;
	struct tag_use *tags, one;
	struct redirect r;
	struct store_tx *tx = begin();
	int64_t a = new_article(tx, "一", &mail, 1, "VPN"), b = new_article(tx, "二", &mail, 1, "ブイピーエヌ");
	commit(tx);
	struct tag_filter f = { .text = STR(""), .by_use = true, .limit = 10 };
	assert_true(tag_find(store, &f, &tags, &n, &total, arena, &err));
	assert_int_equal(total, 3);
	check_str(tags[0].name, "常設");
	assert_true(tags[0].uses == 2 && tags[0].articles == 2);
	int64_t seq = last_change();
	tx = begin();
	assert_false(tag_rename(tx, STR("ブイピーエヌ"), STR("VPN"), false, &articles, arena, &err));
	assert_int_equal(err.code, ERR_EXISTS);
	static const char *const bad[] = { "", "a,b", "甲、乙", " VPN", "a\nb" };
	for (size_t i = 0; i < 5; i++)
		assert_false(tag_rename(tx, STR("VPN"), str_from(bad[i]), true, &articles, arena, &err));
	assert_false(tag_rename(tx, STR("nobody"), STR("x"), true, &articles, arena, &err));
	store_rollback(tx);
	tx = begin();
	assert_true(tag_rename(tx, STR("ブイピーエヌ"), STR("VPN"), true, &articles, arena, &err));
	assert_int_equal(articles, 1);
	commit(tx);
	assert_true(tag_get(store, STR("VPN"), &one, &err) && one.articles == 2);
	assert_false(tag_get(store, STR("ブイピーエヌ"), &one, &err));
	assert_true(redirect_find(store, STR("/tags/ブイピーエヌ"), &r, arena, &err));
	check_str(r.path, "/tags/VPN");
	assert_true(changed(CHANGE_TAG, tag_change_id(STR("VPN")), seq) && changed(CHANGE_ARTICLE, b, seq));
	assert_false(changed(CHANGE_TAG, tag_change_id(STR("常設")), seq) || changed(CHANGE_LISTS, 0, seq));
	/* On and back again: no chain, no loop. */
	tx = begin();
	assert_true(tag_rename(tx, STR("VPN"), STR("ブイピーエヌ"), false, &articles, arena, &err));
	commit(tx);
	assert_false(redirect_find(store, STR("/tags/ブイピーエヌ"), &r, arena, &err));
	assert_true(redirect_find(store, STR("/tags/VPN"), &r, arena, &err));
	check_str(r.path, "/tags/%E3%83%96%E3%82%A4%E3%83%94%E3%83%BC%E3%82%A8%E3%83%8C");
	tx = begin();
	assert_true(tag_delete(tx, STR("ブイピーエヌ"), &articles, arena, &err));
	assert_int_equal(articles, 2);
	commit(tx);
	assert_true(redirect_find(store, STR("/tags/VPN"), &r, arena, &err));
	assert_true(str_starts(r.path, STR("/search?q=%E3%83%96")));
	struct str *left;
	assert_true(tags_of_article(store, a, &left, &n, arena, &err));
	assert_int_equal(n, 1);
}

static enum redirect_fault try_redirect(struct store_tx *tx, const char *from, const char *to, struct str *where)
{
	struct redirect target;
	enum redirect_fault fault;
	assert_true(redirect_target(tx, str_from(to), &target, arena, &err));
	assert_true(redirect_check(tx, redirect_source(str_from(from), arena), &target, &fault, where, arena, &err));
	if (fault == REDIRECT_FINE)
		assert_true(redirect_save(
		    tx, redirect_source(str_from(from), arena), target.article, target.category, target.path, &err));
	return fault;
}

static void redirects_make_no_chains_and_no_loops(void **state)
{
	(void)state;
	struct str where;
	struct redirect r;
	struct store_tx *tx = begin();
	int64_t a = new_article(tx, "一", &mail, 1, "");
	assert_int_equal(try_redirect(tx, "/old/", "/articles/一", &where), REDIRECT_FINE);
	assert_true(redirect_find_tx(tx, STR("/old"), &r, arena, &err) && r.article == a);
	assert_int_equal(
	    try_redirect(tx, "https://old.example.org/?p=12", "/categories/%E5%AE%89%E5%85%A8/", &where), REDIRECT_FINE);
	assert_true(redirect_find_tx(tx, STR("/?p=12"), &r, arena, &err) && r.category == safety);
	assert_int_equal(try_redirect(tx, "/a", "/search?q=%E4%B8%80", &where), REDIRECT_FINE);
	assert_int_equal(try_redirect(tx, "/b", "/a/", &where), REDIRECT_CHAIN);
	check_str(where, "/search?q=%E4%B8%80");
	assert_int_equal(try_redirect(tx, "/b", "/ja/a", &where), REDIRECT_CHAIN);
	assert_int_equal(try_redirect(tx, "/c", "/c/#part", &where), REDIRECT_LOOP);
	assert_int_equal(try_redirect(tx, "/d", "/e", &where), REDIRECT_FINE);
	assert_int_equal(try_redirect(tx, "/e", "/d", &where), REDIRECT_LOOP);
	assert_int_equal(try_redirect(tx, "/e", "/articles/一", &where), REDIRECT_LINKED);
	check_str(where, "/d");
	assert_int_equal(try_redirect(tx, "/articles/一", "/articles/一", &where), REDIRECT_LOOP);
	assert_true(redirect_delete(tx, STR("/d"), &err));
	assert_false(redirect_delete(tx, STR("/d"), &err));
	assert_int_equal(try_redirect(tx, "/e", "/articles/一", &where), REDIRECT_FINE);
	commit(tx);
	struct redirect_row *rows;
	size_t n, total;
	assert_true(redirect_list(store, STR("old"), 0, 10, &rows, &n, &total, arena, &err) && n == 1 && total == 1);
	check_str(rows[0].title, "一");
	assert_true(redirect_list(store, STR(""), 1, 2, &rows, &n, &total, arena, &err) && n == 2 && total == 4);
}

static void no_redirect_leaves_the_site(void **state)
{
	(void)state;
	static const char *const elsewhere[] = { "https://evil.example/", "//evil.example", "/\\evil.example",
		"javascript:alert(1)", "", "articles/x", "/a\r\nSet-Cookie: x", "/ok\\..", "http:evil", "\\\\evil", "/\x01" };
	static const char *const no_source[] = { "", "/", "old", "//host/x", "/a\\b", "https://host", "/a\nb" };
	struct redirect r;
	struct store_tx *tx = begin();
	for (size_t i = 0; i < sizeof elsewhere / sizeof *elsewhere; i++) {
		assert_false(redirect_target(tx, str_from(elsewhere[i]), &r, arena, &err));
		if (elsewhere[i][0])
			assert_false(redirect_save(tx, STR("/x"), 0, 0, str_from(elsewhere[i]), &err));
	}
	for (size_t i = 0; i < sizeof no_source / sizeof *no_source; i++)
		check_str(redirect_source(str_from(no_source[i]), arena), "");
	assert_true(setting_set(tx, STR("base_url"), STR("https://help.example.org"), &err));
	store_rollback(tx);
	check_str(redirect_source(STR(" http://old.example.org/a%20b/index.php?x=1#y "), arena), "/a b");
	tx = begin();
	assert_true(setting_set(tx, STR("base_url"), STR("https://help.example.org"), &err));
	commit(tx);
	tx = begin();
	assert_true(redirect_target(tx, STR("https://help.example.org/a"), &r, arena, &err));
	check_str(r.path, "/a");
	assert_false(redirect_target(tx, STR("https://help.example.org.evil.example/a"), &r, arena, &err));
	assert_false(redirect_target(tx, STR("https://help.example.org//evil.example/a"), &r, arena, &err));
	store_rollback(tx);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(places_are_kept_and_circles_refused, setup, teardown),
		cmocka_unit_test_setup_teardown(a_deep_branch_is_not_put_deeper_than_may_be, setup, teardown),
		cmocka_unit_test_setup_teardown(a_shape_that_is_past_is_refused, setup, teardown),
		cmocka_unit_test_setup_teardown(merged_all_goes_along_and_addresses_lead_on, setup, teardown),
		cmocka_unit_test_setup_teardown(moved_articles_take_their_translations_along, setup, teardown),
		cmocka_unit_test_setup_teardown(a_deleted_category_says_where_its_articles_go, setup, teardown),
		cmocka_unit_test_setup_teardown(a_slug_that_comes_back_needs_no_redirect, setup, teardown),
		cmocka_unit_test_setup_teardown(tags_are_renamed_merged_and_deleted, setup, teardown),
		cmocka_unit_test_setup_teardown(redirects_make_no_chains_and_no_loops, setup, teardown),
		cmocka_unit_test_setup_teardown(no_redirect_leaves_the_site, setup, teardown),
	};
	return cmocka_run_group_tests_name("store/structure", tests, NULL, NULL);
}

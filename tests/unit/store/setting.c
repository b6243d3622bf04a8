#include "../unit.h"

#include "store/store.h"

#include <stdio.h>
#include <unistd.h>

/* Settings and menus as they are kept; pages that stand apart of all that counts; the numbers of the overview. */

static struct store *store;
static struct arena *arena;
static char path[64];

static int open_store(void **state)
{
	struct error err = { 0 };
	(void)state;
	snprintf(path, sizeof path, "/tmp/kairan-setting-%d.db", (int)getpid());
	store = store_open(path, true, &err);
	arena = arena_new();
	return store && arena ? 0 : -1;
}

static int close_store(void **state)
{
	(void)state;
	store_close(store);
	arena_free(arena);
	unlink(path);
	return 0;
}

static enum error_code set(const char *name, const char *value)
{
	struct error err = { 0 };
	struct store_tx *tx = store_begin(store, &err);
	assert_non_null(tx);
	if (setting_set(tx, str_from(name), str_from(value), &err))
		assert_true(store_commit(tx, &err));
	else
		store_rollback(tx);
	return err.code;
}

static void what_is_not_right_is_not_kept(void **state)
{
	static const char *const wrong[][2] = { { "accent_dark", "red" }, { "icon", "https://evil.example/x.png" },
		{ "icon", "/media/x/y" }, { "icon", "/media/0123456789abcdef0123456789abcdef/a\"b" }, { "css", "a{" },
		{ "css", "@import 'x';" }, { "css_hash", "x" }, { "menu_header.ja", "//evil x" }, { "menu_header.ja", "/x" },
		{ "menu_header.", "/x y" }, { "menu_header", "/x y" }, { "time_zone", "Asia/Nowhere" },
		{ "time_zone", "/etc/passwd" }, { "languages", "a b c d e f g h i j k l m n" } };
	(void)state;
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
		assert_int_equal(set(wrong[i][0], wrong[i][1]), ERR_INVALID);
	assert_int_equal(set("icon", "/media/0123456789abcdef0123456789abcdef/icon"), ERR_NONE);
	assert_int_equal(set("icon", ""), ERR_NONE);
}

static void the_hash_of_the_css_follows_it(void **state)
{
	struct error err = { 0 };
	struct settings s;
	struct str *names, *values;
	size_t n;
	(void)state;
	assert_true(settings_read(store, &s, arena, &err) && s.css_hash.n == 0);
	struct str before = settings_state(store, arena, &err);
	assert_int_equal(set("css", "a{b:c}"), ERR_NONE);
	assert_true(settings_read(store, &s, arena, &err) && s.css_hash.n == 32);
	struct str hash = s.css_hash, after = settings_state(store, arena, &err);
	assert_false(str_eq(before, after));
	assert_int_equal(set("css", "a{b:d}"), ERR_NONE);
	assert_true(settings_read(store, &s, arena, &err) && s.css_hash.n == 32 && !str_eq(s.css_hash, hash));
	assert_int_equal(set("css", ""), ERR_NONE);
	assert_true(settings_read(store, &s, arena, &err) && s.css_hash.n == 0);
	assert_true(setting_list(store, &names, &values, &n, arena, &err));
	for (size_t i = 0; i < n; i++)
		assert_false(str_eq(names[i], STR("css_hash")));
	assert_true(str_eq(before, settings_state(store, arena, &err)));
}

static void a_name_left_empty_is_anothers(void **state)
{
	(void)state;
	assert_int_equal(set("name.en", ""), ERR_NONE);
	assert_true(str_eq(setting_text(store, "name", STR("en"), arena), setting_text(store, "name", STR("ja"), arena)));
	assert_int_equal(set("footer.ja", "x"), ERR_NONE);
	assert_true(setting_text(store, "footer", STR("en"), arena).n == 0);
	assert_true(str_eq(setting_text(store, "footer", STR("fr"), arena), STR("x")));
}

static void menus_go_there_and_back(void **state)
{
	struct error err = { 0 };
	struct menu_link *links;
	size_t n, line;
	struct buf many = { 0 };
	(void)state;
	assert_true(
	    menu_parse(STR("/a  A b \n\nhttps://x.example/?q=1 外\r\n mailto:x@y Z"), &links, &n, &line, arena, &err));
	assert_int_equal(n, 3);
	assert_true(str_eq(links[0].label, STR("A b")) && str_eq(links[1].label, STR("外")) &&
	            str_eq(links[2].url, STR("mailto:x@y")));
	struct str text = menu_text(links, n, arena);
	assert_true(str_eq(text, STR("/a A b\nhttps://x.example/?q=1 外\nmailto:x@y Z\n")));
	assert_false(menu_parse(STR("/a A\n/b"), &links, &n, &line, arena, &err));
	assert_int_equal(line, 2);
	for (int i = 0; i <= MENU_LINKS_MAX; i++)
		buf_adds(&many, "/a A\n");
	err = (struct error){ 0 };
	assert_false(menu_parse(buf_str(&many), &links, &n, &line, arena, &err));
	assert_int_equal(err.code, ERR_TOO_LARGE);
	buf_free(&many);
}

static int64_t article(const char *slug, enum article_status status, int64_t at, int64_t category)
{
	struct error err = { 0 };
	struct article a = { .lang = STR("ja"),
		.slug = str_from(slug),
		.title = str_from(slug),
		.body = STR("x"),
		.status = status,
		.published_at = at,
		.categories = &category,
		.n_categories = category ? 1 : 0 };
	struct str tag = STR("t");
	a.tags = &tag;
	a.n_tags = 1;
	struct store_tx *tx = store_begin(store, &err);
	assert_true(article_save(tx, &a, NULL, arena, &err) && store_commit(tx, &err));
	return a.id;
}

static size_t listed(struct str tag)
{
	struct error err = { 0 };
	struct article_filter f = { .lang = STR("ja"), .status = ARTICLE_PUBLISHED, .tag = tag };
	struct article_item *items;
	size_t n, total;
	assert_true(article_list(store, &f, &items, &n, &total, arena, &err));
	return total;
}

static size_t indexed(void)
{
	struct error err = { 0 };
	struct article_text *texts;
	size_t n;
	assert_true(article_texts(store, 0, 100, &texts, &n, arena, &err));
	return n;
}

static void make_page(int64_t id, bool found)
{
	struct error err = { 0 };
	struct store_tx *tx = store_begin(store, &err);
	assert_true(page_set(tx, id, found, &err) && store_commit(tx, &err));
}

static void a_page_stands_apart_and_stays_so_when_saved(void **state)
{
	struct error err = { 0 };
	struct category c = {
		.slug = STR("c"), .names = &(struct category_name){ STR("ja"), STR("C"), STR("") }, .n_names = 1
	};
	struct tag_count *tags;
	size_t n;
	bool is, published;
	struct article_text text;
	(void)state;
	struct store_tx *tx = store_begin(store, &err);
	assert_true(category_save(tx, &c, NULL, arena, &err) && store_commit(tx, &err));
	article("one", ARTICLE_PUBLISHED, 1000, c.id);
	int64_t page = article("about", ARTICLE_PUBLISHED, 1000, c.id);
	assert_int_equal(listed(STR("")), 2);
	make_page(page, true);
	assert_int_equal(listed(STR("")), 1);
	assert_int_equal(listed(STR("t")), 1);
	assert_int_equal(indexed(), 2);
	make_page(page, false);
	assert_int_equal(indexed(), 1);
	assert_true(article_text_by_id(store, page, &text, &published, arena, &err) && !published);
	struct article a;
	assert_true(article_whole(store, page, &a, arena, &err));
	a.title = STR("changed");
	tx = store_begin(store, &err);
	assert_true(article_save(tx, &a, NULL, arena, &err) && store_commit(tx, &err));
	assert_int_equal(listed(STR("")), 1);
	assert_true(tag_list(store, &tags, &n, arena, &err) && n == 1 && tags[0].articles == 1);
	assert_true(category_by_slug(store, STR("c"), &c, arena, &err) && c.articles == 1);
	assert_true(store_check(store, arena, &err).n == 0);
	assert_true(page_is(store, page, &is, &err) && is);
	tx = store_begin(store, &err);
	assert_true(setting_set(tx, STR("default_lang"), STR("en"), &err) &&
	            setting_set(tx, STR("default_lang"), STR("ja"), &err) && store_commit(tx, &err));
	assert_int_equal(listed(STR("")), 1);
	tx = store_begin(store, &err);
	assert_true(article_delete(tx, page, &err) && store_commit(tx, &err));
	assert_true(page_is(store, page, &is, &err) && !is);
	tx = store_begin(store, &err);
	assert_false(page_set(tx, page, true, &err));
	store_rollback(tx);
}

static void months_are_those_of_the_zone(void **state)
{
	struct error err = { 0 };
	struct month_count months[12];
	int64_t now = 0, edge = 0, n;
	(void)state;
	assert_true(time_parse(STR("2026-01-15T00:00:00Z"), 0, &now) && time_parse(STR("2025-11-30T15:00:00Z"), 0, &edge));
	article("december", ARTICLE_PUBLISHED, edge, 0);
	article("november", ARTICLE_PUBLISHED, edge - 1, 0);
	article("draft", ARTICLE_DRAFT, edge, 0);
	assert_true(published_by_month(store, now, 9 * 3600, months, 12, &err));
	assert_true(months[11].year == 2026 && months[11].month == 1 && months[0].year == 2025 && months[0].month == 2);
	assert_int_equal(months[10].articles, 1);
	assert_int_equal(months[9].articles, 1);
	assert_true(published_by_month(store, now, 0, months, 12, &err));
	assert_int_equal(months[9].articles, 2);
	assert_true(overview_drafts(store, &n, &err) && n == 1);
}

static void a_backup_leaves_its_time(void **state)
{
	struct error err = { 0 };
	int64_t at, bytes, room;
	char copy[80];
	(void)state;
	assert_true(store_backup_time(store, &at, &err) && at == 0);
	snprintf(copy, sizeof copy, "%s.copy", path);
	assert_true(store_backup(store, copy, &err));
	unlink(copy);
	assert_true(store_backup_time(store, &at, &err) && at >= clock_now() - 60);
	assert_true(store_space(store, &bytes, &room, &err) && bytes > 4096 && room > 0);
	/* What did not come about is not noted. */
	assert_false(store_backup(store, "/nowhere/copy.db", &err));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_not_right_is_not_kept),
		cmocka_unit_test(the_hash_of_the_css_follows_it),
		cmocka_unit_test(a_name_left_empty_is_anothers),
		cmocka_unit_test(menus_go_there_and_back),
		cmocka_unit_test(a_page_stands_apart_and_stays_so_when_saved),
		cmocka_unit_test(months_are_those_of_the_zone),
		cmocka_unit_test(a_backup_leaves_its_time),
	};
	return cmocka_run_group_tests(tests, open_store, close_store);
}

#include "site.h"

/* What is known of images, and the pages that show it. Pictures are made up here: no decoder is needed. */

#define PNG_A "\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x10\0\0\0\x08\x08\x02\0\0\0aaaa"
#define PNG_B "\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x20\0\0\0\x18\x08\x02\0\0\0bbbb"

static struct media upload(struct site *s, const char *name, struct str data)
{
	struct error err = { 0 };
	struct media m = { 0 };
	struct image_set made = { .whole = { STR("image/png"), 12, 6, STR("bare") } };
	struct store_tx *tx = store_begin(s->store, &err);
	assert_true(tx && media_add(tx, str_from(name), data, &made, &m, s->arena, &err) && store_commit(tx, &err));
	return m;
}

static int64_t write_article(struct site *s, const char *title, const char *lang, struct str body)
{
	struct error err = { 0 };
	struct article a = { .lang = str_from(lang), .title = str_from(title), .body = body, .status = ARTICLE_PUBLISHED };
	struct store_tx *tx = store_begin(s->store, &err);
	assert_true(tx && article_save(tx, &a, NULL, s->arena, &err) && store_commit(tx, &err));
	return a.id;
}

static struct rendered page(struct site *s, int64_t id)
{
	struct error err = { 0 };
	struct rendered r;
	assert_true(article_rendered(s->store, id, &r, s->arena, &err));
	return r;
}

static bool shows(struct site *s, int64_t id, const char *text)
{
	return str_find(page(s, id).html, str_from(text)) >= 0;
}

static struct str link_to(struct site *s, const struct media *m)
{
	return arena_printf(s->arena, "![](/media/%.*s/%.*s)", (int)m->hash.n, m->hash.p, (int)m->name.n, m->name.p);
}

static void describe(struct site *s, struct str hash, const char *alt, const char *credit)
{
	struct error err = { 0 };
	struct media_words words[] = { { STR("ja"), str_from(alt), STR("説明文") }, { STR("en"), STR(""), STR("") } };
	struct media_about m = {
		.media.hash = hash, .credit = str_from(credit), .licence = STR("CC BY 4.0"), .words = words, .n_words = 2
	};
	struct store_tx *tx = store_begin(s->store, &err);
	assert_true(tx && media_describe(tx, &m, &err) && store_commit(tx, &err));
}

static void an_upload_is_bare_and_known(void **state)
{
	struct site *s = *state;
	struct error err = { 0 };
	struct media_about about;
	struct media found;
	struct str hash;
	enum media_state st;
	bool waits;
	struct media m = upload(s, "写真 1,2.png", STR(PNG_A));
	assert_true(media_find(s->store, m.hash, true, &found, s->arena, &err));
	check_str(found.data, "bare");
	check_str(found.name, "写真-1-2.png");
	assert_int_equal(found.width, 12);
	assert_false(upload(s, "again.png", STR(PNG_A)).is_new);
	assert_true(media_about(s->store, m.hash, &about, s->arena, &err));
	assert_int_equal(about.bytes, 4);
	assert_int_equal(about.state, MEDIA_CLEAN);
	assert_true(media_waiting(s->store, &hash, &st, &waits, s->arena, &err));
	assert_true(waits && str_eq(hash, m.hash));
}

static void pages_show_what_is_known_and_follow_it(void **state)
{
	struct site *s = *state;
	struct error err = { 0 };
	struct media m = upload(s, "a.png", STR(PNG_A));
	int64_t ja = write_article(s, "甲", "ja", link_to(s, &m)), en = write_article(s, "B", "en", link_to(s, &m));
	assert_int_equal(page(s, ja).n_warnings, 1);
	assert_int_equal(page(s, ja).warnings[0].kind, DOC_WARN_IMAGE_WITHOUT_TEXT);
	describe(s, m.hash, "鍵の絵", "花");
	assert_true(shows(s, ja, "alt=\"鍵の絵\""));
	assert_true(shows(s, ja, "<figcaption>説明文 <small>花 / CC BY 4.0</small></figcaption>"));
	assert_int_equal(page(s, ja).n_warnings, 0);
	assert_true(shows(s, en, "alt=\"\""));
	assert_int_equal(page(s, en).n_warnings, 1);
	struct image_made sizes[] = { { STR("image/avif"), 480, 240, STR("a4") },
		{ STR("image/avif"), 960, 480, STR("a9") }, { STR("image/webp"), 480, 240, STR("w4") } };
	struct image_set made = { .sizes = sizes, .n_sizes = 3 };
	struct store_tx *tx = store_begin(s->store, &err);
	assert_true(tx && media_set_pictures(tx, m.hash, &made, &err) && store_commit(tx, &err));
	struct str want = arena_printf(s->arena,
	               "<source type=\"image/avif\" srcset=\"/media/%.*s/480/a.avif 480w, /media/%.*s/960/a.avif 960w\"",
	               (int)m.hash.n, m.hash.p, (int)m.hash.n, m.hash.p),
	           data;
	assert_true(shows(s, ja, want.p));
	assert_true(shows(s, en, "480/a.webp 480w\""));
	assert_true(media_size_find(s->store, m.hash, 960, STR("image/avif"), &data, s->arena, &err));
	check_str(data, "a9");
	assert_false(media_size_find(s->store, m.hash, 960, STR("image/webp"), &data, s->arena, &err));
	assert_int_equal(err.code, ERR_NOT_FOUND);
}

static void the_library_is_searched(void **state)
{
	struct site *s = *state;
	struct error err = { 0 };
	struct media_about *all;
	size_t n, total;
	struct media a = upload(s, "a_1.png", STR(PNG_A)), b = upload(s, "b.png", STR(PNG_B));
	write_article(s, "甲", "ja", link_to(s, &a));
	describe(s, b.hash, "鍵の絵", "Hana");
	const struct {
		struct media_filter f;
		size_t n;
	} cases[] = { { { .words = STR("") }, 2 }, { { .words = STR("a_") }, 1 }, { { .words = STR("鍵") }, 1 },
		{ { .words = STR("hana") }, 1 }, { { .words = STR("説明") }, 1 }, { { .words = STR("%") }, 0 },
		{ { .unused = true }, 1 }, { { .wordless = true, .lang = STR("ja") }, 1 },
		{ { .wordless = true, .lang = STR("en") }, 2 }, { { .limit = 1 }, 2 } };
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		assert_true(media_list(s->store, &cases[i].f, &all, &n, &total, s->arena, &err));
		assert_int_equal(total, cases[i].n);
		assert_int_equal(n, cases[i].f.limit ? 1 : cases[i].n);
	}
}

static void one_takes_anothers_place_and_its_bytes_are_gone(void **state)
{
	struct site *s = *state;
	struct error err = { 0 };
	struct media old = upload(s, "old.png", STR(PNG_A)), new_one = upload(s, "new.png", STR(PNG_B)), found;
	struct media_about about;
	int64_t id = write_article(s, "甲", "ja", link_to(s, &old));
	describe(s, old.hash, "鍵の絵", "花");
	struct store_tx *tx = store_begin(s->store, &err);
	assert_true(tx && media_replace(tx, old.hash, new_one.hash, &err) && store_commit(tx, &err));
	struct str address =
	    arena_printf(s->arena, "src=\"/media/%.*s/new.png\" alt=\"鍵の絵\"", (int)new_one.hash.n, new_one.hash.p);
	assert_true(shows(s, id, address.p));
	assert_true(media_find(s->store, old.hash, true, &found, s->arena, &err));
	check_str(found.hash, new_one.hash.p);
	assert_true(media_about(s->store, old.hash, &about, s->arena, &err));
	check_str(about.credit, "花");
	assert_int_equal(about.articles, 1);
	/* The next import brings the old one again. */
	tx = store_begin(s->store, &err);
	assert_true(tx && media_save(tx, STR("old.png"), STR(PNG_A), &found, s->arena, &err) && store_commit(tx, &err));
	check_str(found.name, "old.png");
	assert_false(found.is_new);
	assert_true(media_find(s->store, old.hash, true, &found, s->arena, &err));
	check_str(found.hash, new_one.hash.p);
	tx = store_begin(s->store, &err);
	assert_false(media_replace(tx, new_one.hash, new_one.hash, &err));
	store_rollback(tx);
}

static void only_what_nothing_shows_is_deleted(void **state)
{
	struct site *s = *state;
	struct error err = { 0 };
	struct media m = upload(s, "a.png", STR(PNG_A)), found;
	int64_t id = write_article(s, "甲", "ja", link_to(s, &m));
	bool open;
	assert_true(media_is_public(s->store, m.hash, &open, &err) && open);
	struct store_tx *tx = store_begin(s->store, &err);
	assert_false(media_delete(tx, m.hash, &err));
	assert_int_equal(err.code, ERR_CONFLICT);
	err = (struct error){ 0 };
	assert_true(article_delete(tx, id, &err));
	struct str footer = arena_printf(s->arena, "![x](/media/%.*s/a.png)", (int)m.hash.n, m.hash.p);
	assert_true(setting_set(tx, STR("footer.ja"), footer, &err));
	assert_false(media_delete(tx, m.hash, &err));
	err = (struct error){ 0 };
	assert_true(
	    setting_set(tx, STR("footer.ja"), STR(""), &err) && media_delete(tx, m.hash, &err) && store_commit(tx, &err));
	assert_false(media_find(s->store, m.hash, false, &found, s->arena, &err));
}

int main(void)
{
#define CASE(f) cmocka_unit_test_setup_teardown(f, open_site, close_site)
	const struct CMUnitTest tests[] = {
		CASE(an_upload_is_bare_and_known),
		CASE(pages_show_what_is_known_and_follow_it),
		CASE(the_library_is_searched),
		CASE(one_takes_anothers_place_and_its_bytes_are_gone),
		CASE(only_what_nothing_shows_is_deleted),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

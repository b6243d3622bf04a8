#include "site.h"

/* Saving at the desk: revisions, and two people at one article. */

static const struct person HANA = { .id = 1, .login = { "hana", 4 } },
                           JIRO = { .id = 2, .login = { "jiro", 4 }, .name = { "Jiro", 4 } };

static enum error_code edit(
    struct site *s, struct article *a, const struct person *who, struct str base, struct article *theirs, bool *changed)
{
	struct error err = { 0 };
	struct store_tx *tx = store_begin(s->store, &err);
	assert_non_null(tx);
	if (!article_edit(tx, a, who, base, theirs, changed, s->arena, &err)) {
		store_rollback(tx);
		return err.code;
	}
	assert_true(store_commit(tx, &err));
	return ERR_NONE;
}

static struct article draft(const char *body)
{
	return (struct article){ .lang = STR("ja"), .title = STR("VPN"), .body = str_from(body), .status = ARTICLE_DRAFT };
}

static struct str state_of(struct site *s, int64_t id, struct article *a)
{
	struct error err = { 0 };
	assert_true(article_whole(s->store, id, a, s->arena, &err));
	return article_state(a, s->arena);
}

static void each_save_is_kept_whole(void **state)
{
	struct site *s = *state;
	struct error err = { 0 };
	struct revision *all, one;
	struct article a = draft("one"), theirs;
	const struct str tags[] = { STR("安全"), STR("net") };
	bool changed, mine;
	size_t n;
	a.tags = tags;
	a.n_tags = 2;
	assert_int_equal(edit(s, &a, &HANA, STR(""), &theirs, &changed), ERR_NONE);
	struct article b;
	struct str base = state_of(s, a.id, &b);
	b.body = STR("two");
	b.n_tags = 1;
	b.original.licence = STR("CC BY");
	assert_int_equal(edit(s, &b, &JIRO, base, &theirs, &changed), ERR_NONE);
	assert_true(changed);
	base = state_of(s, a.id, &b);
	assert_int_equal(edit(s, &b, &JIRO, base, &theirs, &changed), ERR_NONE);
	assert_false(changed);
	assert_true(revision_list(s->store, a.id, &all, &n, s->arena, &err));
	assert_int_equal(n, 2);
	check_str(all[0].name, "Jiro");
	check_str(all[1].name, "hana");
	assert_true(revision_get(s->store, a.id, all[1].id, &one, s->arena, &err));
	check_str(one.text.body, "one");
	assert_int_equal(one.text.n_tags, 2);
	check_str(one.text.tags[0], "安全");
	assert_true(revision_get(s->store, a.id, all[0].id, &one, s->arena, &err));
	check_str(one.text.original.licence, "CC BY");
	assert_string_equal(article_state(&one.text, s->arena).p, base.p);
	assert_false(revision_get(s->store, a.id + 1, all[0].id, &one, s->arena, &err));
	assert_true(article_is_by(s->store, a.id, HANA.id, &mine, &err));
	assert_true(mine);
	assert_true(article_is_by(s->store, a.id, JIRO.id, &mine, &err));
	assert_false(mine);
}

static void the_later_of_two_saves_is_told_and_nothing_is_lost(void **state)
{
	struct site *s = *state;
	struct error err = { 0 };
	struct revision *all;
	struct article a = draft("start"), first, second, theirs;
	bool changed;
	size_t n;
	assert_int_equal(edit(s, &a, &HANA, STR(""), &theirs, &changed), ERR_NONE);
	struct str base = state_of(s, a.id, &first);
	second = first;
	first.body = STR("hana's");
	second.body = STR("jiro's");
	assert_int_equal(edit(s, &first, &HANA, base, &theirs, &changed), ERR_NONE);
	assert_int_equal(edit(s, &second, &JIRO, base, &theirs, &changed), ERR_CONFLICT);
	check_str(theirs.body, "hana's");
	assert_int_equal(edit(s, &second, &JIRO, article_state(&theirs, s->arena), &theirs, &changed), ERR_NONE);
	assert_true(revision_list(s->store, a.id, &all, &n, s->arena, &err));
	assert_int_equal(n, 3);
}

static void what_came_from_outside_the_desk_is_kept_before_it_is_changed(void **state)
{
	struct site *s = *state;
	struct error err = { 0 };
	struct revision *all, one;
	struct article a = draft("imported"), theirs, b;
	bool changed;
	size_t n;
	a.import_key = STR("wp:1");
	a.other_title = STR("called otherwise");
	struct store_tx *tx = store_begin(s->store, &err);
	assert_true(article_save(tx, &a, NULL, s->arena, &err) && store_commit(tx, &err));
	struct str base = state_of(s, a.id, &b);
	b.body = STR("edited");
	b.import_key = b.other_title = STR("");
	assert_int_equal(edit(s, &b, &HANA, base, &theirs, &changed), ERR_NONE);
	assert_true(revision_list(s->store, a.id, &all, &n, s->arena, &err));
	assert_int_equal(n, 2);
	check_str(all[1].name, "");
	assert_true(revision_get(s->store, a.id, all[1].id, &one, s->arena, &err));
	check_str(one.text.body, "imported");
	state_of(s, a.id, &b);
	check_str(b.import_key, "wp:1");
	check_str(b.other_title, "called otherwise");
}

static void titles_are_found_as_they_are_written(void **state)
{
	struct site *s = *state;
	struct error err = { 0 };
	static const char *const titles[] = { "100% safe", "100 safe", "Safe_ty", "安全なVPN" };
	static const struct {
		const char *words;
		size_t n;
	} cases[] = { { "", 4 }, { "%", 1 }, { "_", 1 }, { "VPN", 1 }, { "safe", 3 }, { "!", 0 } };
	struct article_item *items;
	size_t n, total;
	bool changed;
	for (size_t i = 0; i < 4; i++) {
		struct article a = draft("x"), theirs;
		a.title = str_from(titles[i]);
		assert_int_equal(edit(s, &a, &HANA, STR(""), &theirs, &changed), ERR_NONE);
	}
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct article_filter f = { .title = str_from(cases[i].words), .status = -1, .order = ORDER_UPDATED };
		assert_true(article_list(s->store, &f, &items, &n, &total, s->arena, &err));
		assert_int_equal(n, cases[i].n);
		assert_int_equal(total, cases[i].n);
	}
	const struct article_filter narrow[] = { { .status = ARTICLE_DRAFT, .order = ORDER_UPDATED },
		{ .status = ARTICLE_PUBLISHED, .order = ORDER_UPDATED },
		{ .status = -1, .only_lang = STR("ja"), .order = ORDER_UPDATED },
		{ .status = -1, .only_lang = STR("en"), .order = ORDER_UPDATED },
		{ .status = -1, .tag = STR("x"), .order = ORDER_UPDATED } };
	const size_t want[] = { 4, 0, 4, 0, 0 };
	for (size_t i = 0; i < sizeof want / sizeof *want; i++) {
		assert_true(article_list(s->store, &narrow[i], &items, &n, &total, s->arena, &err));
		assert_int_equal(n, want[i]);
		assert_int_equal(total, want[i]);
	}
}

/* Texts are packed as differences: each of many comes back as it was, small edits and new starts among them. */
static void many_revisions_come_back_as_they_were(void **state)
{
	enum { SAVES = 60 };
	struct site *s = *state;
	struct error err = { 0 };
	struct article a = draft(""), theirs;
	struct revision *all, one;
	struct str bodies[SAVES], prefaces[SAVES], base = STR("");
	bool changed;
	size_t n;
	for (int i = 0; i < SAVES; i++) {
		struct buf body = { 0 };
		for (int line = 0; line < 200; line++)
			buf_printf(
			    &body, "%s %d: %d\n", i / 20 ? "another text" : "文章", line, line == i % 20 ? i * 7919 : line / 20);
		a.body = bodies[i] = buf_take(&body, s->arena);
		a.preface = prefaces[i] = i % 3 ? arena_printf(s->arena, "まえがき %d", i / 3) : STR("");
		assert_int_equal(edit(s, &a, &HANA, base, &theirs, &changed), ERR_NONE);
		base = state_of(s, a.id, &a);
	}
	assert_true(revision_list(s->store, a.id, &all, &n, s->arena, &err));
	assert_int_equal(n, SAVES);
	for (size_t i = 0; i < n; i++) {
		assert_true(revision_get(s->store, a.id, all[i].id, &one, s->arena, &err));
		assert_true(str_eq(one.text.body, bodies[SAVES - 1 - i]));
		assert_true(str_eq(one.text.preface, prefaces[SAVES - 1 - i]));
	}
}

int main(void)
{
#define CASE(f) cmocka_unit_test_setup_teardown(f, open_site, close_site)
	const struct CMUnitTest tests[] = {
		CASE(each_save_is_kept_whole),
		CASE(many_revisions_come_back_as_they_were),
		CASE(the_later_of_two_saves_is_told_and_nothing_is_lost),
		CASE(what_came_from_outside_the_desk_is_kept_before_it_is_changed),
		CASE(titles_are_found_as_they_are_written),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

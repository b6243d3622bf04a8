#include "site.h"

/* What is typed and not saved: one a form, its writer's alone, bounded; and finding what a change was made from. */

static struct person hana, jiro;

static int open_with_people(void **state)
{
	open_site(state);
	hana = add_person(*state, "hana", "", ROLE_EDITOR);
	jiro = add_person(*state, "jiro", "", ROLE_OWNER);
	return 0;
}

static enum error_code keep(struct site *s, const struct person *who, struct draft_form draft)
{
	struct error err = { 0 };
	struct store_tx *tx = begin(s);
	bool ok = draft_keep(tx, who->id, &draft, &err);
	if (ok)
		assert_true(store_commit(tx, &err));
	else
		store_rollback(tx);
	return err.code;
}

static size_t count(struct site *s, const struct person *who, int64_t article, struct str *newest)
{
	struct error err = { 0 };
	struct draft_form *all;
	size_t n;
	assert_true(draft_list(s->store, who->id, article, &all, &n, s->arena, &err));
	*newest = n ? all[0].token : STR("");
	return n;
}

static void a_form_has_one_draft_and_its_writer_alone_sees_it(void **state)
{
	struct site *s = *state;
	struct error err = { 0 };
	struct draft_form got;
	struct str newest, token = STR("abcdefghijklmnop"), other = STR("ABCDEFGHIJKLMN-_");
	assert_int_equal(keep(s, &hana, (struct draft_form){ token, 7, 10, STR("t"), STR("b"), STR("1") }), 0);
	assert_int_equal(keep(s, &hana, (struct draft_form){ other, 7, 20, STR("u"), STR("b"), STR("2") }), 0);
	assert_int_equal(keep(s, &hana, (struct draft_form){ token, 7, 30, STR("v"), STR("c"), STR("3") }), 0);
	assert_int_equal(count(s, &hana, 7, &newest), 2);
	assert_true(str_eq(newest, token));
	assert_int_equal(count(s, &hana, 0, &newest), 0);
	assert_int_equal(count(s, &jiro, 7, &newest), 0);
	assert_true(draft_get(s->store, hana.id, token, &got, s->arena, &err));
	check_str(got.fields, "3");
	check_str(got.base, "c");
	assert_false(draft_get(s->store, jiro.id, token, &got, s->arena, &err));
	assert_int_equal(err.code, ERR_NOT_FOUND);
	struct store_tx *tx = begin(s);
	assert_true(draft_drop(tx, jiro.id, token, &err) && draft_drop(tx, hana.id, other, &err) && store_commit(tx, &err));
	assert_int_equal(count(s, &hana, 7, &newest), 1);
}

static void the_oldest_make_room_and_whoever_goes_takes_theirs_along(void **state)
{
	struct site *s = *state;
	struct error err = { 0 };
	struct draft_form got;
	struct str newest;
	for (int i = 0; i < DRAFTS_EACH + 3; i++) {
		struct str token = arena_printf(s->arena, "token-of-form-%04d", i);
		assert_int_equal(keep(s, &hana, (struct draft_form){ token, 0, i, STR(""), STR(""), STR("x") }), 0);
	}
	assert_int_equal(count(s, &hana, 0, &newest), DRAFTS_EACH);
	assert_false(draft_get(s->store, hana.id, STR("token-of-form-0002"), &got, s->arena, &err));
	assert_true(draft_get(s->store, hana.id, STR("token-of-form-0003"), &got, s->arena, &err));
	struct store_tx *tx = begin(s);
	assert_true(person_remove(tx, hana.id, &err) && store_commit(tx, &err));
	assert_int_equal(count(s, &hana, 0, &newest), 0);
}

static void what_does_not_fit_is_refused(void **state)
{
	struct site *s = *state;
	struct buf large = { 0 };
	struct draft_form d = { .token = STR("short"), .fields = STR("x") };
	assert_int_equal(keep(s, &hana, d), ERR_INVALID);
	d.token = STR("sixteen letters!");
	assert_int_equal(keep(s, &hana, d), ERR_INVALID);
	d.token = STR("sixteen-letters-");
	while (large.n <= DRAFT_MAX)
		buf_adds(&large, "0123456789012345678901234567890123456789");
	d.fields = buf_str(&large);
	assert_int_equal(keep(s, &hana, d), ERR_TOO_LARGE);
	buf_free(&large);
}

static void what_a_change_was_made_from_is_found_by_its_state(void **state)
{
	struct site *s = *state;
	struct error err = { 0 };
	struct article a = { .lang = STR("ja"), .title = STR("t"), .body = STR("first") }, theirs, now;
	struct revision r;
	bool changed;
	struct store_tx *tx = begin(s);
	assert_true(article_save(tx, &a, NULL, s->arena, &err) && store_commit(tx, &err));
	assert_true(article_whole(s->store, a.id, &now, s->arena, &err));
	struct str first = article_state(&now, s->arena);
	/* It came from outside the desk: it is kept by the first save over it. */
	assert_false(revision_by_state(s->store, a.id, first, &r, s->arena, &err));
	assert_int_equal(err.code, ERR_NOT_FOUND);
	now.body = STR("second");
	tx = begin(s);
	assert_true(article_edit(tx, &now, &hana, first, &theirs, &changed, s->arena, &err) && store_commit(tx, &err));
	assert_true(revision_by_state(s->store, a.id, first, &r, s->arena, &err));
	check_str(r.text.body, "first");
	assert_false(revision_by_state(s->store, a.id + 1, first, &r, s->arena, &err));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
		    a_form_has_one_draft_and_its_writer_alone_sees_it, open_with_people, close_site),
		cmocka_unit_test_setup_teardown(
		    the_oldest_make_room_and_whoever_goes_takes_theirs_along, open_with_people, close_site),
		cmocka_unit_test_setup_teardown(what_does_not_fit_is_refused, open_with_people, close_site),
		cmocka_unit_test_setup_teardown(
		    what_a_change_was_made_from_is_found_by_its_state, open_with_people, close_site),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

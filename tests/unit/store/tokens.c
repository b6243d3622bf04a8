#include "site.h"

/* Tokens of programs, and what is done once however often it is asked for. */

#define NOW ((int64_t)1800000000)

static struct person hana, ken;

static int open_with_people(void **state)
{
	open_site(state);
	hana = add_person(*state, "hana", "花", ROLE_EDITOR);
	ken = add_person(*state, "ken", "", ROLE_AUTHOR);
	return 0;
}

static struct str add(struct site *s, struct access_token *t, enum error_code want)
{
	struct error err = { 0 };
	struct str secret = STR("");
	struct store_tx *tx = begin(s);
	bool ok = access_token_add(tx, t, NOW, &secret, s->arena, &err);
	assert_int_equal(err.code, want);
	if (ok)
		commit(tx);
	else
		store_rollback(tx);
	return secret;
}

static void scopes_are_words(void **state)
{
	struct site *s = *state;
	struct error err = { 0 };
	unsigned scopes;
	assert_true(scopes_parse(STR(" people, articles:read  people"), &scopes, &err));
	check_str(scopes_names(scopes, s->arena), "articles:read people");
	assert_true(scopes_parse(STR(""), &scopes, &err));
	assert_int_equal(scopes, 0);
	assert_false(scopes_parse(STR("articles:read everything"), &scopes, &err));
	assert_int_equal(err.code, ERR_INVALID);
	for (int i = 0; i < SCOPES; i++) {
		enum scope back;
		assert_true(scope_parse(scope_name((enum scope)i), &back));
		assert_int_equal(back, i);
	}
}

static void a_token_is_good_until_it_ends_or_is_removed(void **state)
{
	struct site *s = *state;
	struct error err = { 0 };
	struct access_token t = { .person = hana.id,
		.name = STR(" 取り込み "),
		.scopes = 1u << SCOPE_MEDIA,
		.expires_at = NOW + 100 },
	                    found;
	struct person who;
	struct str secret = add(s, &t, ERR_NONE);
	assert_true(str_starts(secret, STR("kairan_")));
	assert_true(secret.n >= 7 + 43);
	assert_true(access_token_find(s->store, secret, NOW + 99, &found, &who, s->arena, &err));
	assert_int_equal(found.id, t.id);
	assert_int_equal(found.scopes, 1u << SCOPE_MEDIA);
	check_str(found.name, "取り込み");
	check_str(who.login, "hana");
	assert_false(access_token_find(s->store, secret, NOW + 100, &found, &who, s->arena, &err));
	assert_int_equal(err.code, ERR_NOT_FOUND);
	assert_false(access_token_find(s->store, str_sub(secret, 0, secret.n - 1), NOW, &found, &who, s->arena, &err));
	struct store_tx *tx = begin(s);
	assert_false(access_token_remove(tx, ken.id, t.id, &err));
	assert_true(access_token_remove(tx, hana.id, t.id, &err));
	commit(tx);
	assert_false(access_token_find(s->store, secret, NOW, &found, &who, s->arena, &err));
}

static void a_token_needs_name_scope_and_an_end_ahead(void **state)
{
	struct site *s = *state;
	struct access_token good = { .person = hana.id, .name = STR("a"), .scopes = 1 };
	struct access_token bad[] = { good, good, good, good, good };
	bad[0].name = STR("  ");
	bad[1].scopes = 0;
	bad[2].expires_at = NOW;
	bad[3].expires_at = NOW + (int64_t)(TOKEN_DAYS_MAX + 1) * 86400;
	bad[4].name = STR("\xff");
	for (size_t i = 0; i < 5; i++)
		add(s, &bad[i], ERR_INVALID);
	for (int i = 0; i < TOKENS_EACH; i++)
		add(s, &good, ERR_NONE);
	add(s, &good, ERR_TOO_LARGE);
	good.person = ken.id;
	add(s, &good, ERR_NONE);
}

static void the_day_of_use_is_kept(void **state)
{
	struct site *s = *state;
	struct error err = { 0 };
	struct access_token t = { .person = ken.id, .name = STR("a"), .scopes = 1 }, *all;
	size_t n;
	add(s, &t, ERR_NONE);
	assert_true(access_token_touch(s->store, &t, NOW, &err));
	assert_true(access_token_list(s->store, ken.id, &all, &n, s->arena, &err));
	assert_int_equal(n, 1);
	check_str(all[0].used_day, "2027-01-15");
}

static void the_tokens_of_who_leaves_end(void **state)
{
	struct site *s = *state;
	struct error err = { 0 };
	struct access_token t = { .person = ken.id, .name = STR("a"), .scopes = 1 }, found;
	struct person who;
	struct str secret = add(s, &t, ERR_NONE);
	struct store_tx *tx = begin(s);
	assert_true(person_remove(tx, ken.id, &err));
	commit(tx);
	assert_false(access_token_find(s->store, secret, NOW, &found, &who, s->arena, &err));
	assert_int_equal(err.code, ERR_NOT_FOUND);
}

/* ---- once ---- */

static enum once_state ask(
    struct site *s, const struct access_token *t, const char *request, int64_t now, struct once *out)
{
	struct error err = { 0 };
	assert_true(once_begin(s->store, t->id, STR("key"), str_from(request), now, out, s->arena, &err));
	return out->state;
}

static void once_is_once(void **state)
{
	struct site *s = *state;
	struct error err = { 0 };
	struct access_token t = { .person = hana.id, .name = STR("a"), .scopes = 1 }, other = t;
	struct once o, answer = { .status = 201, .location = STR("/x"), .etag = STR("\"e\""), .answer = STR("{}") };
	add(s, &t, ERR_NONE);
	add(s, &other, ERR_NONE);
	assert_int_equal(ask(s, &t, "a", NOW, &o), ONCE_FIRST);
	assert_int_equal(ask(s, &t, "a", NOW, &o), ONCE_BUSY);
	assert_int_equal(ask(s, &t, "b", NOW, &o), ONCE_OTHER);
	assert_int_equal(ask(s, &other, "b", NOW, &o), ONCE_FIRST);
	/* Who began and fell silent has changed nothing. */
	assert_int_equal(ask(s, &t, "a", NOW + ONCE_BUSY_SECONDS, &o), ONCE_FIRST);
	struct store_tx *tx = begin(s);
	assert_true(once_done(tx, t.id, STR("key"), &err));
	store_rollback(tx);
	assert_int_equal(ask(s, &t, "a", NOW + ONCE_BUSY_SECONDS + 1, &o), ONCE_BUSY);
	tx = begin(s);
	assert_true(once_done(tx, t.id, STR("key"), &err));
	commit(tx);
	assert_int_equal(ask(s, &t, "a", NOW + 2 * ONCE_BUSY_SECONDS + 1, &o), ONCE_LOST);
	assert_true(once_end(s->store, t.id, STR("key"), &answer, &err));
	assert_int_equal(ask(s, &t, "a", NOW + 3600, &o), ONCE_KNOWN);
	assert_int_equal(o.status, 201);
	check_str(o.location, "/x");
	check_str(o.etag, "\"e\"");
	check_str(o.answer, "{}");
	assert_int_equal(ask(s, &t, "a", NOW + ONCE_SECONDS + ONCE_BUSY_SECONDS, &o), ONCE_FIRST);
}

static void what_was_refused_may_be_tried_again(void **state)
{
	struct site *s = *state;
	struct error err = { 0 };
	struct access_token t = { .person = hana.id, .name = STR("a"), .scopes = 1 };
	struct once o, refusal = { .status = 422, .location = STR(""), .etag = STR(""), .answer = STR("{}") };
	add(s, &t, ERR_NONE);
	assert_int_equal(ask(s, &t, "a", NOW, &o), ONCE_FIRST);
	assert_true(once_end(s->store, t.id, STR("key"), &refusal, &err));
	assert_int_equal(ask(s, &t, "b", NOW, &o), ONCE_FIRST);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(scopes_are_words, open_with_people, close_site),
		cmocka_unit_test_setup_teardown(a_token_is_good_until_it_ends_or_is_removed, open_with_people, close_site),
		cmocka_unit_test_setup_teardown(a_token_needs_name_scope_and_an_end_ahead, open_with_people, close_site),
		cmocka_unit_test_setup_teardown(the_day_of_use_is_kept, open_with_people, close_site),
		cmocka_unit_test_setup_teardown(the_tokens_of_who_leaves_end, open_with_people, close_site),
		cmocka_unit_test_setup_teardown(once_is_once, open_with_people, close_site),
		cmocka_unit_test_setup_teardown(what_was_refused_may_be_tried_again, open_with_people, close_site),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

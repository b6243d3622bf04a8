#include "site.h"

#include <stdio.h>

/* People, invitations, sign-in and its throttle, sessions, one-time codes. */

#define NOW ((int64_t)1800000000)
#define RFC_SECRET STR("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ") /* "12345678901234567890" */
static const struct str PASSWORD = { "correct horse battery", 21 };

static struct person add(struct site *s, const char *login, enum role role)
{
	struct error err = { 0 };
	struct person p = { .login = str_from(login), .name = STR("Hana"), .lang = STR(""), .role = role };
	struct store_tx *tx = begin(s);
	assert_true(person_add(tx, &p, &err));
	commit(tx);
	return p;
}

static struct person add_with_password(struct site *s, const char *login)
{
	struct error err = { 0 };
	struct str token, hash;
	struct person p = add(s, login, ROLE_EDITOR), same;
	assert_true(password_hash(PASSWORD, &hash, s->arena, &err));
	struct store_tx *tx = begin(s);
	assert_true(person_invite(tx, p.id, NOW, &token, s->arena, &err));
	assert_true(invitation_accept(tx, token, hash, NOW, &same, s->arena, &err));
	assert_int_equal(same.id, p.id);
	commit(tx);
	return p;
}

static enum error_code try(
    struct site *s, const char *login, struct str password, const char *code, int64_t now, struct str *token)
{
	struct error err = { 0 };
	struct signin_done done;
	struct signin_try try = { .login = str_from(login), .password = password, .code = str_from(code) };
	if (!signin(s->store, &try, now, &done, s->arena, &err))
		return err.code;
	*token = done.token;
	return ERR_NONE;
}

static void codes_are_those_of_the_rfc(void **state)
{
	static const struct {
		int64_t at;
		const char *code;
	} cases[] = { { 59, "287082" }, { 1111111109, "081804" }, { 1111111111, "050471" }, { 1234567890, "005924" },
		{ 2000000000, "279037" }, { 20000000000, "353130" } };
	char code[7];
	int64_t step;
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		assert_true(totp_code(RFC_SECRET, cases[i].at / 30, code));
		assert_string_equal(code, cases[i].code);
		for (int64_t off = -30; off <= 30; off += 30) {
			assert_true(totp_check(RFC_SECRET, str_from(code), cases[i].at + off, &step));
			assert_int_equal(step, cases[i].at / 30);
		}
		assert_false(totp_check(RFC_SECRET, str_from(code), cases[i].at + 60, &step));
		assert_false(cases[i].at > 60 && totp_check(RFC_SECRET, str_from(code), cases[i].at - 60, &step));
	}
	assert_false(totp_check(RFC_SECRET, STR("28708"), 59, &step));
	assert_false(totp_code(STR("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJ1"), 1, code));
	assert_false(totp_code(STR("GEZDGNBV"), 1, code));
}

static void people_are_added_once_and_an_owner_stays(void **state)
{
	struct site *s = *state;
	struct error err = { 0 };
	static const char *const bad[] = { "", "Hana", "ha na", "花", "a@b", "../x" };
	struct person first = add(s, "hana", ROLE_OWNER), got, *all;
	size_t n;
	struct store_tx *tx = begin(s);
	assert_false(person_add(tx, &(struct person){ .login = STR("hana") }, &err));
	assert_int_equal(err.code, ERR_EXISTS);
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		err = (struct error){ 0 };
		assert_false(person_add(tx, &(struct person){ .login = str_from(bad[i]) }, &err));
		assert_int_equal(err.code, ERR_INVALID);
	}
	err = (struct error){ 0 };
	assert_false(person_remove(tx, first.id, &err));
	assert_int_equal(err.code, ERR_CONFLICT);
	store_rollback(tx);
	struct person second = add(s, "jiro", ROLE_OWNER);
	tx = begin(s);
	assert_true(person_remove(tx, first.id, &err));
	commit(tx);
	assert_false(person_by_login(s->store, STR("hana"), &got, s->arena, &err));
	assert_true(person_list(s->store, &all, &n, s->arena, &err));
	assert_int_equal(n, 1);
	assert_int_equal(all[0].id, second.id);
	assert_false(all[0].has_password);
}

static void an_invitation_counts_once_and_not_for_ever(void **state)
{
	struct site *s = *state;
	struct error err = { 0 };
	struct str old, token, hash;
	struct person p = add(s, "hana", ROLE_OWNER), got;
	assert_false(password_hash(STR("too short"), &hash, s->arena, &err));
	assert_false(password_hash(STR("日本語の文字は十一字だ"), &hash, s->arena, &err));
	assert_true(password_hash(PASSWORD, &hash, s->arena, &err));
	assert_true(str_starts(hash, STR("$argon2id$")));
	struct store_tx *tx = begin(s);
	assert_true(person_invite(tx, p.id, NOW, &old, s->arena, &err));
	assert_true(person_invite(tx, p.id, NOW, &token, s->arena, &err));
	commit(tx);
	assert_false(invitation_find(s->store, old, NOW, &got, s->arena, &err));
	assert_true(invitation_find(s->store, token, NOW + INVITATION_SECONDS - 1, &got, s->arena, &err));
	assert_false(invitation_find(s->store, token, NOW + INVITATION_SECONDS, &got, s->arena, &err));
	tx = begin(s);
	assert_true(invitation_accept(tx, token, hash, NOW, &got, s->arena, &err));
	assert_false(invitation_accept(tx, token, hash, NOW, &got, s->arena, &err));
	store_rollback(tx);
	assert_true(invitation_find(s->store, token, NOW, &got, s->arena, &err));
}

static void signing_in_starts_a_session_that_ends(void **state)
{
	struct site *s = *state;
	struct error err = { 0 };
	struct str token, other;
	struct session session, *all;
	struct person who, p = add_with_password(s, "hana");
	size_t n;
	assert_int_equal(try(s, "hana", STR("correct horse"), "", NOW, &token), ERR_DENIED);
	assert_int_equal(try(s, "nobody", PASSWORD, "", NOW, &token), ERR_DENIED);
	assert_int_equal(try(s, "hana", PASSWORD, "", NOW, &token), ERR_NONE);
	assert_int_equal(try(s, "hana", PASSWORD, "", NOW, &other), ERR_NONE);
	assert_true(session_find(s->store, token, NOW, &session, &who, s->arena, &err));
	assert_int_equal(who.id, p.id);
	assert_false(session_find(s->store, STR("x"), NOW, &session, &who, s->arena, &err));
	assert_false(session_find(s->store, token, NOW + SESSION_IDLE_SECONDS, &session, &who, s->arena, &err));
	assert_true(session_find(s->store, token, NOW, &session, &who, s->arena, &err));
	/* Used now and then it lives on, but not past its whole life. */
	int64_t now = NOW;
	for (int i = 0; i < 6; i++) {
		now += SESSION_IDLE_SECONDS - 1;
		if (!session_find(s->store, token, now, &session, &who, s->arena, &err))
			break;
		assert_true(session_touch(s->store, &session, now, &err));
	}
	assert_true(now >= NOW + SESSION_SECONDS);
	assert_true(session_list(s->store, p.id, NOW, &all, &n, s->arena, &err));
	assert_int_equal(n, 2);
	struct store_tx *tx = begin(s);
	assert_false(session_end(tx, p.id + 1, all[0].id, &err));
	assert_true(session_end(tx, p.id, all[0].id, &err));
	commit(tx);
	assert_true(session_list(s->store, p.id, NOW, &all, &n, s->arena, &err));
	assert_int_equal(n, 1);
}

/* Else the time would tell which logins there are. */
static void a_login_that_nobody_has_costs_as_much_time(void **state)
{
	struct site *s = *state;
	struct str token;
	static const char *const logins[] = { "hana", "nobody" };
	uint64_t took[2];
	add_with_password(s, "hana");
	for (int i = 0; i < 2; i++) {
		uint64_t began = clock_mono_us();
		assert_int_equal(try(s, logins[i], STR("a wrong password"), "", NOW, &token), ERR_DENIED);
		took[i] = clock_mono_us() - began;
	}
	assert_true(took[1] > took[0] / 10);
}

static void a_new_password_ends_the_other_sessions(void **state)
{
	struct site *s = *state;
	struct error err = { 0 };
	struct str mine, other, hash;
	struct session session;
	struct person who, p = add_with_password(s, "hana");
	assert_int_equal(try(s, "hana", PASSWORD, "", NOW, &mine), ERR_NONE);
	assert_int_equal(try(s, "hana", PASSWORD, "", NOW, &other), ERR_NONE);
	assert_true(session_find(s->store, mine, NOW, &session, &who, s->arena, &err));
	assert_true(person_verify(s->store, &who, PASSWORD, NOW, s->arena, &err));
	assert_false(person_verify(s->store, &who, STR("something else"), NOW, s->arena, &err));
	assert_true(password_hash(STR("another long password"), &hash, s->arena, &err));
	struct store_tx *tx = begin(s);
	assert_true(person_set_password(tx, p.id, hash, session.id, &err));
	commit(tx);
	assert_true(session_find(s->store, mine, NOW, &session, &who, s->arena, &err));
	assert_false(session_find(s->store, other, NOW, &session, &who, s->arena, &err));
	assert_int_equal(try(s, "hana", PASSWORD, "", NOW, &other), ERR_DENIED);
}

static void the_second_step_is_asked_for_and_no_code_counts_twice(void **state)
{
	struct site *s = *state;
	struct error err = { 0 };
	struct str token, *codes, secret = totp_new_secret(s->arena);
	struct person p = add_with_password(s, "hana");
	char code[7];
	size_t n;
	int64_t left;
	struct store_tx *tx = begin(s);
	assert_true(person_set_totp(tx, p.id, secret, NOW / 30 - 5, &codes, &n, s->arena, &err));
	commit(tx);
	assert_int_equal(n, RECOVERY_CODES);
	assert_int_equal(try(s, "hana", PASSWORD, "", NOW, &token), ERR_DENIED);
	assert_true(totp_code(secret, NOW / 30, code));
	assert_int_equal(try(s, "hana", STR("not the password"), code, NOW, &token), ERR_DENIED);
	assert_int_equal(try(s, "hana", PASSWORD, code, NOW, &token), ERR_NONE);
	assert_int_equal(try(s, "hana", PASSWORD, code, NOW, &token), ERR_DENIED);
	assert_true(totp_code(secret, NOW / 30 - 1, code));
	assert_int_equal(try(s, "hana", PASSWORD, code, NOW, &token), ERR_DENIED);
	char *spaced = arena_cstr(s->arena, codes[3]);
	assert_int_equal(try(s, "hana", PASSWORD, spaced, NOW, &token), ERR_NONE);
	assert_int_equal(try(s, "hana", PASSWORD, spaced, NOW, &token), ERR_DENIED);
	assert_true(recovery_count(s->store, p.id, &left, &err));
	assert_int_equal(left, RECOVERY_CODES - 1);
}

static void an_account_that_is_tried_too_often_makes_wait(void **state)
{
	struct site *s = *state;
	struct str token;
	add_with_password(s, "hana");
	for (int i = 0; i < SIGNIN_FREE; i++)
		assert_int_equal(try(s, "hana", STR("a wrong password"), "", NOW, &token), ERR_DENIED);
	assert_int_equal(try(s, "hana", PASSWORD, "", NOW, &token), ERR_CONFLICT);
	assert_int_equal(try(s, "hana", PASSWORD, "", NOW + SIGNIN_WAIT_SECONDS - 1, &token), ERR_CONFLICT);
	assert_int_equal(try(s, "hana", STR("wrong once more"), "", NOW + SIGNIN_WAIT_SECONDS, &token), ERR_DENIED);
	assert_int_equal(try(s, "hana", PASSWORD, "", NOW + 2 * SIGNIN_WAIT_SECONDS, &token), ERR_CONFLICT);
	assert_int_equal(try(s, "hana", PASSWORD, "", NOW + 3 * SIGNIN_WAIT_SECONDS, &token), ERR_NONE);
	assert_int_equal(try(s, "hana", PASSWORD, "", NOW + 3 * SIGNIN_WAIT_SECONDS, &token), ERR_NONE);
}

static void all_tries_share_one_allowance(void **state)
{
	struct site *s = *state;
	struct str token;
	char login[16];
	int tried = 0;
	/* Logins that nobody has count as well. */
	for (; tried < SIGNINS_AT_ONCE + 1; tried++) {
		snprintf(login, sizeof login, "nobody%d", tried);
		if (try(s, login, PASSWORD, "", NOW, &token) != ERR_DENIED)
			break;
	}
	assert_int_equal(tried, SIGNINS_AT_ONCE);
	assert_int_equal(try(s, "other", PASSWORD, "", NOW + SIGNIN_SECONDS, &token), ERR_DENIED);
	assert_int_equal(try(s, "others", PASSWORD, "", NOW + SIGNIN_SECONDS, &token), ERR_CONFLICT);
}

static void what_is_done_is_written_down(void **state)
{
	struct site *s = *state;
	struct error err = { 0 };
	struct audit *log;
	size_t n;
	struct person p = add(s, "hana", ROLE_OWNER);
	struct store_tx *tx = begin(s);
	assert_true(audit_add(tx, NULL, STR("user.add"), STR("hana"), &err));
	assert_true(audit_add(tx, &p, STR("article.save"), STR("7 VPN"), &err));
	commit(tx);
	assert_true(audit_list(s->store, 0, 10, &log, &n, s->arena, &err));
	assert_int_equal(n, 2);
	check_str(log[0].name, "Hana");
	check_str(log[0].object, "7 VPN");
	check_str(log[1].name, "");
	assert_true(audit_list(s->store, log[0].id, 10, &log, &n, s->arena, &err));
	assert_int_equal(n, 1);
}

int main(void)
{
#define CASE(f) cmocka_unit_test_setup_teardown(f, open_keyed_site, close_site)
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(codes_are_those_of_the_rfc),
		CASE(people_are_added_once_and_an_owner_stays),
		CASE(an_invitation_counts_once_and_not_for_ever),
		CASE(signing_in_starts_a_session_that_ends),
		CASE(a_login_that_nobody_has_costs_as_much_time),
		CASE(a_new_password_ends_the_other_sessions),
		CASE(the_second_step_is_asked_for_and_no_code_counts_twice),
		CASE(an_account_that_is_tried_too_often_makes_wait),
		CASE(all_tries_share_one_allowance),
		CASE(what_is_done_is_written_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

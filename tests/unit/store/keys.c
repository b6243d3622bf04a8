#include "site.h"

#include "db/db.h"

#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

/* The key file, sealed secrets, passkeys as they are kept, challenges, and browsers that are known. */

#define NOW ((int64_t)1800000000)
#define SECRET STR("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ")
static const struct str PASSWORD = { "correct horse battery", 21 };

static struct person add(struct site *s, const char *login)
{
	struct error err = { 0 };
	struct str token, hash;
	struct person p = { .login = str_from(login), .name = STR(""), .lang = STR(""), .role = ROLE_EDITOR }, same;
	assert_true(password_hash(PASSWORD, &hash, s->arena, &err));
	struct store_tx *tx = begin(s);
	assert_true(person_add(tx, &p, &err));
	assert_true(person_invite(tx, p.id, NOW, &token, s->arena, &err));
	assert_true(invitation_accept(tx, token, hash, NOW, &same, s->arena, &err));
	assert_true(store_commit(tx, &err));
	return p;
}

static bool in_file(const char *path, struct str what)
{
	struct error err = { 0 };
	struct buf bytes = { 0 };
	bool found = file_read(path, 64 * MIB, &bytes, &err) && str_find(buf_str(&bytes), what) >= 0;
	buf_free(&bytes);
	return found;
}

static void what_is_sealed_opens_by_its_key_about_its_thing(void **state)
{
	struct site *s = *state;
	unsigned char key[KEY_BYTES] = { 1 }, other[KEY_BYTES] = { 2 };
	struct str plain, sealed = seal(s->arena, key, STR("a"), STR("秘密"));
	assert_int_equal(sealed.n, 24 + 6 + 16);
	assert_true(unseal(s->arena, key, STR("a"), sealed, &plain));
	check_str(plain, "秘密");
	assert_false(unseal(s->arena, other, STR("a"), sealed, &plain));
	assert_false(unseal(s->arena, key, STR("b"), sealed, &plain));
	assert_false(unseal(s->arena, key, STR("a"), str_sub(sealed, 0, 39), &plain));
	for (size_t i = 0; i < sealed.n; i++) {
		char *changed = arena_cstr(s->arena, sealed);
		changed[i] ^= 1;
		assert_false(unseal(s->arena, key, STR("a"), str_of(changed, sealed.n), &plain));
	}
	assert_false(str_eq(sealed, seal(s->arena, key, STR("a"), STR("秘密"))));
	assert_true(unseal(s->arena, key, STR(""), seal(s->arena, key, STR(""), STR("")), &plain));
	/* RFC 4648 section 10, and what is none. */
	check_str(base64url(s->arena, STR("foobar")), "Zm9vYmFy");
	check_str(base64url(s->arena, STR("fooba")), "Zm9vYmE");
	assert_true(base64url_bytes(s->arena, STR("_-8"), &plain));
	assert_memory_equal(plain.p, "\xff\xef", 2);
	static const char *const bad[] = { "Zm9vYmE=", "Zm9v YmFy", "Z", "Zm+/", "Zm9vYmF" };
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_false(base64url_bytes(s->arena, str_from(bad[i]), &plain));
}

static void the_key_is_made_once_and_missed_when_it_is_gone(void **state)
{
	struct site *s = *state;
	struct error err = { 0 };
	struct stat info;
	unsigned char a[KEY_BYTES], b[KEY_BYTES];
	assert_false(store_key(s->store, KEY_MAIL, a, &err));
	assert_int_equal(err.code, ERR_UNAVAILABLE);
	assert_true(store_use_key(s->store, s->key, &err));
	assert_int_equal(stat(s->key, &info), 0);
	assert_int_equal(info.st_mode & 0777, 0600);
	assert_true(store_key(s->store, KEY_MAIL, a, &err));
	assert_true(store_key(s->store, KEY_TOTP, b, &err));
	assert_memory_not_equal(a, b, KEY_BYTES);
	assert_true(store_use_key(s->store, s->key, &err));
	assert_true(store_key(s->store, KEY_MAIL, b, &err));
	assert_memory_equal(a, b, KEY_BYTES);
	chmod(s->key, 0640);
	assert_false(store_use_key(s->store, s->key, &err));
	assert_non_null(strstr(err.message, "chmod 600"));
	chmod(s->key, 0600);
	assert_int_equal(truncate(s->key, 31), 0);
	assert_false(store_use_key(s->store, s->key, &err));
	unlink(s->key);
	assert_false(store_use_key(s->store, s->key, &err));
	assert_non_null(strstr(err.message, "is gone"));
	assert_false(store_key(s->store, KEY_MAIL, b, &err));
	assert_int_equal(err.code, ERR_UNAVAILABLE);
	assert_false(file_exists(s->key));
	assert_true(store_new_key(s->store, s->key, &err));
	assert_false(store_new_key(s->store, s->key, &err));
	assert_int_equal(err.code, ERR_EXISTS);
	assert_true(store_use_key(s->store, s->key, &err));
	assert_true(store_key(s->store, KEY_MAIL, b, &err));
	assert_memory_not_equal(a, b, KEY_BYTES);
}

/* As the versions before the key file left it. */
static void make_readable(struct site *s, int64_t person)
{
	struct error err = { 0 };
	struct db *db = db_open(s->path, &(struct db_options){ 0 }, &err);
	struct db_conn *conn = db_begin(db, &err);
	assert_non_null(conn);
	assert_true(db_exec(conn, &err, "UPDATE person SET totp = $1, totp_step = 0 WHERE id = $2", "si", SECRET, person));
	assert_true(db_commit(conn, &err));
	db_close(db);
}

static void what_stood_readable_is_sealed_and_leaves_no_trace(void **state)
{
	struct site *s = *state;
	struct error err = { 0 };
	struct signin_done done;
	char code[7];
	struct person p = add(s, "hana");
	make_readable(s, p.id);
	store_close(s->store);
	assert_true(in_file(s->path, SECRET));
	s->store = store_open(s->path, false, &err);
	assert_true(store_use_key(s->store, s->key, &err));
	assert_true(totp_code(SECRET, NOW / 30, code));
	struct signin_try try = { .login = STR("hana"), .password = PASSWORD, .code = str_from(code) };
	assert_true(signin(s->store, &try, NOW, &done, s->arena, &err));
	assert_false(in_file(s->path, SECRET));
	assert_false(in_file(arena_printf(s->arena, "%s-wal", s->path).p, SECRET));
	/* Another's sealed secret in one's own row does not open. */
	struct person other = add(s, "jiro");
	struct db *db = db_open(s->path, &(struct db_options){ 0 }, &err);
	struct db_conn *conn = db_begin(db, &err);
	assert_true(db_exec(conn, &err, "UPDATE person SET totp = (SELECT totp FROM person WHERE id = $1) WHERE id = $2",
	    "ii", p.id, other.id));
	assert_true(db_commit(conn, &err));
	db_close(db);
	try.login = STR("jiro");
	assert_false(signin(s->store, &try, NOW, &done, s->arena, &err));
	assert_int_equal(err.code, ERR_UNAVAILABLE);
}

static enum error_code add_key(struct site *s, int64_t person, const char *credential, const char *name, size_t *n)
{
	struct error err = { 0 };
	struct str challenge, *codes;
	struct passkey k = { .person = person,
		.credential = str_from(credential),
		.algorithm = -7,
		.public_key = STR("public"),
		.name = str_from(name),
		.counter = 3 };
	assert_true(passkey_challenge(s->store, STR("visit"), NOW, &challenge, s->arena, &err));
	struct store_tx *tx = begin(s);
	if (passkey_add(tx, &k, challenge, NOW, &codes, n, s->arena, &err)) {
		assert_true(store_commit(tx, &err));
		return ERR_NONE;
	}
	store_rollback(tx);
	return err.code;
}

static void passkeys_have_an_owner_a_name_and_an_end(void **state)
{
	struct site *s = *state;
	struct error err = { 0 };
	struct passkey *all, found;
	char credential[32];
	size_t n, codes;
	int64_t left;
	assert_true(store_use_key(s->store, s->key, &err));
	struct person hana = add(s, "hana"), jiro = add(s, "jiro");
	assert_int_equal(add_key(s, hana.id, "a", "電話", &codes), ERR_NONE);
	assert_int_equal(codes, RECOVERY_CODES);
	assert_int_equal(add_key(s, hana.id, "b", "鍵", &codes), ERR_NONE);
	assert_int_equal(codes, 0);
	assert_int_equal(add_key(s, jiro.id, "a", "same", &codes), ERR_EXISTS);
	assert_int_equal(add_key(s, hana.id, "c", "\xff", &codes), ERR_INVALID);
	assert_int_equal(add_key(s, hana.id, "", "none", &codes), ERR_INVALID);
	assert_true(passkey_list(s->store, hana.id, &all, &n, s->arena, &err));
	assert_int_equal(n, 2);
	check_str(all[0].name, "電話");
	assert_int_equal(all[0].used_at, 0);
	assert_true(passkey_find(s->store, STR("b"), &found, s->arena, &err));
	assert_int_equal(found.person, hana.id);
	assert_int_equal(found.counter, 3);
	assert_false(passkey_find(s->store, STR("x"), &found, s->arena, &err));
	struct store_tx *tx = begin(s);
	assert_false(passkey_remove(tx, jiro.id, all[0].id, &err));
	assert_true(passkey_remove(tx, hana.id, all[0].id, &err));
	assert_true(store_commit(tx, &err));
	assert_true(recovery_count(s->store, hana.id, &left, &err));
	assert_int_equal(left, RECOVERY_CODES);
	tx = begin(s);
	assert_true(passkey_remove(tx, hana.id, all[1].id, &err));
	assert_true(store_commit(tx, &err));
	assert_true(recovery_count(s->store, hana.id, &left, &err));
	assert_int_equal(left, 0);
	for (int i = 0; i < PASSKEYS_EACH; i++) {
		snprintf(credential, sizeof credential, "many %d", i);
		assert_int_equal(add_key(s, jiro.id, credential, "many", &codes), ERR_NONE);
	}
	assert_int_equal(add_key(s, jiro.id, "one more", "many", &codes), ERR_TOO_LARGE);
	check_str(passkey_handle(s->store, 1, s->arena), passkey_handle(s->store, 1, s->arena).p);
	assert_false(str_eq(passkey_handle(s->store, 1, s->arena), passkey_handle(s->store, 2, s->arena)));
}

static void a_challenge_is_of_one_visit_for_some_minutes_once(void **state)
{
	struct site *s = *state;
	struct error err = { 0 };
	struct str challenge;
	struct signin_done done;
	struct passkey k;
	size_t codes;
	assert_true(store_use_key(s->store, s->key, &err));
	struct person p = add(s, "hana");
	assert_int_equal(add_key(s, p.id, "a", "電話", &codes), ERR_NONE);
	assert_true(passkey_find(s->store, STR("a"), &k, s->arena, &err));
	assert_true(passkey_challenge(s->store, STR("visit"), NOW, &challenge, s->arena, &err));
	assert_true(passkey_challenge_good(s->store, challenge, STR("visit"), NOW + PASSKEY_SECONDS - 1, &err));
	assert_false(passkey_challenge_good(s->store, challenge, STR("visit"), NOW + PASSKEY_SECONDS, &err));
	assert_false(passkey_challenge_good(s->store, challenge, STR("other"), NOW, &err));
	assert_false(passkey_challenge_good(s->store, challenge, STR(""), NOW, &err));
	assert_false(passkey_challenge_good(s->store, STR("9999999999.x.y"), STR("visit"), NOW, &err));
	assert_true(signin_passkey(s->store, &k, 4, challenge, STR(""), STR("visit"), NOW, &done, s->arena, &err));
	assert_true(done.token.n > 0 && done.device.n > 0);
	assert_false(signin_passkey(s->store, &k, 5, challenge, STR(""), STR("visit"), NOW, &done, s->arena, &err));
	assert_int_equal(err.code, ERR_DENIED);
	/* Used ones are forgotten only when they are too old anyway. */
	assert_true(passkey_challenge(s->store, STR("visit"), NOW + PASSKEY_SECONDS, &challenge, s->arena, &err));
	assert_false(signin_passkey(
	    s->store, &k, 4, challenge, STR(""), STR("visit"), NOW + PASSKEY_SECONDS, &done, s->arena, &err));
	assert_true(passkey_find(s->store, STR("a"), &k, s->arena, &err));
	assert_int_equal(k.counter, 4);
	assert_int_equal(k.used_at, NOW);
	/* The attempt with a counter that went back has used its challenge up. */
	assert_false(signin_passkey(
	    s->store, &k, 9, challenge, STR(""), STR("visit"), NOW + PASSKEY_SECONDS, &done, s->arena, &err));
}

static enum error_code try(
    struct site *s, const char *login, struct str password, struct str device, int64_t now, struct str *kept)
{
	struct error err = { 0 };
	struct signin_done done;
	struct signin_try t = { .login = str_from(login), .password = password, .code = STR(""), .device = device };
	if (!signin(s->store, &t, now, &done, s->arena, &err))
		return err.code;
	*kept = done.device;
	return ERR_NONE;
}

static void a_browser_that_was_in_is_not_kept_out_by_strangers(void **state)
{
	struct site *s = *state;
	struct error err = { 0 };
	struct str device, none;
	assert_true(store_use_key(s->store, s->key, &err));
	struct person p = add(s, "hana");
	add(s, "jiro");
	assert_int_equal(try(s, "hana", PASSWORD, STR(""), NOW, &device), ERR_NONE);
	assert_true(device.n > 0);
	for (int i = 0; i < SIGNIN_FREE; i++)
		assert_int_equal(try(s, "hana", STR("a wrong password"), STR(""), NOW, &none), ERR_DENIED);
	assert_int_equal(try(s, "hana", PASSWORD, STR(""), NOW, &none), ERR_CONFLICT);
	assert_int_equal(try(s, "hana", PASSWORD, device, NOW, &none), ERR_NONE);
	/* Of this login alone, unchanged, and not for ever. */
	for (int i = 0; i < SIGNINS_AT_ONCE; i++)
		try(s, arena_printf(s->arena, "nobody%d", i).p, PASSWORD, STR(""), NOW, &none);
	assert_int_equal(try(s, "jiro", PASSWORD, device, NOW, &none), ERR_CONFLICT);
	assert_int_equal(try(s, "hana", PASSWORD, str_sub(device, 0, device.n - 1), NOW, &none), ERR_CONFLICT);
	assert_int_equal(try(s, "hana", PASSWORD, device, NOW, &none), ERR_NONE);
	assert_int_equal(try(s, "hana", STR("wrong"), device, NOW + SIGNIN_DEVICE_SECONDS, &none), ERR_DENIED);
	/* Its own tries have an end; what somebody does who is in is counted apart. */
	for (int i = 0; i < SIGNIN_FREE; i++)
		assert_int_equal(try(s, "hana", STR("a wrong password"), device, NOW, &none), ERR_DENIED);
	assert_int_equal(try(s, "hana", PASSWORD, device, NOW, &none), ERR_CONFLICT);
	assert_true(person_verify(s->store, &p, PASSWORD, NOW, s->arena, &err));
}

int main(void)
{
#define CASE(f) cmocka_unit_test_setup_teardown(f, open_site, close_site)
	const struct CMUnitTest tests[] = {
		CASE(what_is_sealed_opens_by_its_key_about_its_thing),
		CASE(the_key_is_made_once_and_missed_when_it_is_gone),
		CASE(what_stood_readable_is_sealed_and_leaves_no_trace),
		CASE(passkeys_have_an_owner_a_name_and_an_end),
		CASE(a_challenge_is_of_one_visit_for_some_minutes_once),
		CASE(a_browser_that_was_in_is_not_kept_out_by_strangers),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

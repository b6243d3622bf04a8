#include "store/inner.h"

#include <sodium.h>
#include <string.h>

/* argon2id with 64 MiB and three passes: what a worker can bear, and what makes a stolen database slow to try. */
#define PASSWORD_OPS 3
#define PASSWORD_MEMORY (64 * MIB)

bool password_hash(struct str password, struct str *out, struct arena *arena, struct error *err)
{
	char hash[crypto_pwhash_STRBYTES];
	if (utf8_count(password) < PASSWORD_MIN)
		return error_set(err, ERR_INVALID, "a password has at least %d characters", PASSWORD_MIN);
	if (password.n > PASSWORD_MAX)
		return error_set(err, ERR_TOO_LARGE, "a password has at most %zu bytes", PASSWORD_MAX);
	if (sodium_init() < 0 || crypto_pwhash_str_alg(hash, password.p, password.n, PASSWORD_OPS, PASSWORD_MEMORY,
	                             crypto_pwhash_ALG_ARGON2ID13) != 0)
		return error_memory(err);
	*out = arena_dup(arena, str_from(hash));
	return out->p ? true : error_memory(err);
}

/* Of a random password; for logins that nobody has, so that they take as long as others. */
static const char NOBODY[] = "$argon2id$v=19$m=65536,t=3,p=1$c29tZXRoaW5ncmFuZG9tMQ$"
                             "YWJjZGVmZ2hpamtsbW5vcHFyc3R1dnd4eXoxMjM0NTY";

static bool password_right(struct str hash, struct str password, struct arena *arena)
{
	char *text = arena_cstr(arena, hash.n ? hash : str_from(NOBODY));
	return text && password.n <= PASSWORD_MAX && sodium_init() >= 0 &&
	       crypto_pwhash_str_verify(text, password.p ? password.p : "", password.n) == 0 && hash.n > 0;
}

/* Nobody is no error: then the id is 0. */
static bool password_of(struct store *store, struct str login, struct person *who, struct str *password,
    struct arena *arena, struct error *err)
{
	struct db_conn *conn = db_reader(store->db, err);
	*who = (struct person){ 0 };
	*password = STR("");
	struct db_rows *rows =
	    !conn
	        ? NULL
	        : db_query(conn, err, "SELECT " PERSON_COLUMNS ", p.password FROM person p WHERE p.login = $1", "s", login);
	if (rows && db_next(rows)) {
		person_fill(rows, 0, who, arena);
		*password = db_dup(rows, PERSON_COLUMNS_N, arena);
	}
	return rows && db_done(rows);
}

static bool refuse(struct error *err)
{
	return error_set(err, ERR_DENIED, "login, password or code is not right");
}

static bool too_many(struct error *err)
{
	return error_set(err, ERR_CONFLICT, "too many tries: wait some minutes");
}

/* Under the gate of hashes: is it somebody's turn, and is the password right? */
static bool check_password(struct store *store, struct str login, struct str device, struct str password, int64_t now,
    struct entry *entry, struct person *who, struct arena *arena, struct error *err)
{
	if (!door_try(store, login, device, now, &entry->pass))
		return too_many(err);
	if (!password_of(store, login, who, &entry->password, arena, err))
		return false;
	entry->who = who;
	return password_right(entry->password, password, arena) ? true : refuse(err);
}

bool signin(struct store *store, const struct signin_try *try, int64_t now, struct signin_done *out,
    struct arena *arena, struct error *err)
{
	struct entry entry = { .code = try->code };
	*out = (struct signin_done){ 0 };
	if (try->login.n > LOGIN_MAX || try->password.n > PASSWORD_MAX)
		return refuse(err);
	struct str device = device_known(store, try->login, try->device, now, arena);
	if (!hash_enter(store, device.n > 0))
		return too_many(err);
	bool right = check_password(store, try->login, device, try->password, now, &entry, &out->who, arena, err);
	hash_leave(store, device.n > 0);
	if (!right)
		return false;
	if (out->who.has_passkeys && str_trim(try->code).n == 0)
		return pending_make(store, &entry, try->binding, now, &out->pending, arena, err);
	return enter_by_code(store, &entry, now, out, arena, err);
}

bool person_verify(struct store *store, const struct person *who, struct str password, int64_t now, struct arena *arena,
    struct error *err)
{
	struct entry entry = { 0 };
	struct person same = { 0 };
	struct str session = arena_printf(arena, "somebody who is in: %lld", (long long)who->id);
	if (!session.p)
		return error_memory(err);
	hash_enter(store, true);
	bool right = check_password(store, who->login, session, password, now, &entry, &same, arena, err);
	hash_leave(store, true);
	if (!right)
		return false;
	if (same.id != who->id)
		return refuse(err);
	door_good(store, &entry.pass);
	return true;
}

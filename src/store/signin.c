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

/* ---- the throttle: of an account, and of all together ---- */

static int64_t wait_after(int failures)
{
	int64_t wait = SIGNIN_WAIT_SECONDS;
	for (int i = SIGNIN_FREE; i < failures && wait < SIGNIN_WAIT_MAX_SECONDS; i++)
		wait *= 2;
	return failures < SIGNIN_FREE ? 0 : wait > SIGNIN_WAIT_MAX_SECONDS ? SIGNIN_WAIT_MAX_SECONDS : wait;
}

static size_t slot_of(struct str login)
{
	return (size_t)(str_hash(login) % SIGNIN_SLOTS);
}

/* Counts the try before it is made, so that many at once gain nothing; a good one takes it back. */
static bool may_try(struct store *store, struct str login, int64_t now)
{
	size_t slot = slot_of(login);
	pthread_mutex_lock(&store->doors);
	int64_t gained = now > store->signins_at ? (now - store->signins_at) / SIGNIN_SECONDS : 0;
	store->signins_at += gained * SIGNIN_SECONDS;
	if (gained >= SIGNINS_AT_ONCE - store->signins_left) {
		gained = SIGNINS_AT_ONCE - store->signins_left;
		store->signins_at = now;
	}
	store->signins_left += (int)gained;
	if (now > store->signin_slots[slot].last + 4 * SIGNIN_WAIT_MAX_SECONDS)
		store->signin_slots[slot].failures = 0;
	bool may = now >= store->signin_slots[slot].until && store->signins_left > 0;
	if (may) {
		store->signins_left--;
		store->signin_slots[slot].failures += store->signin_slots[slot].failures < 1000;
		store->signin_slots[slot].last = now;
		store->signin_slots[slot].until = now + wait_after(store->signin_slots[slot].failures);
	}
	pthread_mutex_unlock(&store->doors);
	return may;
}

static void was_good(struct store *store, struct str login)
{
	size_t slot = slot_of(login);
	pthread_mutex_lock(&store->doors);
	store->signin_slots[slot].failures = 0;
	store->signin_slots[slot].until = 0;
	pthread_mutex_unlock(&store->doors);
}

/* ---- signing in ---- */

struct secrets {
	struct person person;
	struct str password, totp;
	int64_t totp_step;
};

/* Nobody is no error: then the id is 0. */
static bool secrets_of(
    struct store *store, struct str login, struct secrets *out, struct arena *arena, struct error *err)
{
	struct db_conn *conn = db_reader(store->db, err);
	*out = (struct secrets){ 0 };
	struct db_rows *rows =
	    !conn ? NULL
	          : db_query(conn, err,
	                "SELECT " PERSON_COLUMNS ", p.password, p.totp, p.totp_step FROM person p WHERE p.login = $1", "s",
	                login);
	if (rows && db_next(rows)) {
		person_fill(rows, 0, &out->person, arena);
		out->password = db_dup(rows, 8, arena);
		out->totp = db_dup(rows, 9, arena);
		out->totp_step = db_int(rows, 10);
	}
	return rows && db_done(rows);
}

/* What people type of a code: without spaces and hyphens, in capitals. */
static struct str plain_code(struct str code, struct arena *arena)
{
	struct buf out = { 0 };
	for (size_t i = 0; i < code.n && i < 64; i++) {
		char c = code.p[i];
		if (c != ' ' && c != '-')
			buf_addc(&out, c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c);
	}
	return buf_take(&out, arena);
}

/* Uses the code up: one of an app counts once, a recovery code as well. */
static bool use_code(
    struct store_tx *tx, const struct secrets *s, struct str code, int64_t now, bool *right, struct error *err)
{
	int64_t step;
	char hash[HASH_HEX_MAX];
	*right = true;
	if (s->totp.n == 0)
		return true;
	bool done;
	if (totp_check(s->totp, code, now, &step)) {
		done = db_exec(tx->conn, err, "UPDATE person SET totp_step = $1 WHERE id = $2 AND totp_step < $1", "ii", step,
		    s->person.id);
	} else {
		token_hash(code, hash);
		done = db_exec(
		    tx->conn, err, "DELETE FROM recovery WHERE person = $1 AND hash = $2", "is", s->person.id, str_from(hash));
	}
	*right = db_changes(tx->conn) > 0;
	return done;
}

static bool refuse(struct error *err)
{
	return error_set(err, ERR_DENIED, "login, password or code is not right");
}

/* The password may have been changed, or the second step set up, while the hash was computed. */
static bool still_so(struct store_tx *tx, const struct secrets *s, struct error *err)
{
	int64_t n;
	if (!db_get_int(tx->conn, err, &n, "SELECT COUNT(*) FROM person WHERE id = $1 AND password = $2 AND totp = $3",
	        "iss", s->person.id, s->password, s->totp))
		return false;
	return n == 1 ? true : refuse(err);
}

static bool enter(struct store *store, const struct secrets *s, struct str code, int64_t now, struct str *token,
    struct arena *arena, struct error *err)
{
	bool right = false;
	struct store_tx *tx = store_begin(store, err);
	bool ok = tx && still_so(tx, s, err) && use_code(tx, s, plain_code(code, arena), now, &right, err);
	if (ok && !right)
		ok = refuse(err);
	ok = ok && session_start(tx, s->person.id, now, token, arena, err) &&
	     audit_add(tx, &s->person, STR("signin"), s->person.login, err);
	if (ok)
		return store_commit(tx, err);
	store_rollback(tx);
	return false;
}

bool signin(struct store *store, struct str login, struct str password, struct str code, int64_t now, struct str *token,
    struct arena *arena, struct error *err)
{
	struct secrets s;
	if (login.n > LOGIN_MAX || password.n > PASSWORD_MAX)
		return refuse(err);
	if (!may_try(store, login, now))
		return error_set(err, ERR_CONFLICT, "too many tries: wait some minutes");
	if (!secrets_of(store, login, &s, arena, err))
		return false;
	if (!password_right(s.password, password, arena))
		return refuse(err);
	if (!enter(store, &s, code, now, token, arena, err))
		return false;
	was_good(store, login);
	return true;
}

bool person_verify(struct store *store, const struct person *who, struct str password, int64_t now, struct arena *arena,
    struct error *err)
{
	struct secrets s;
	if (!may_try(store, who->login, now))
		return error_set(err, ERR_CONFLICT, "too many tries: wait some minutes");
	if (!secrets_of(store, who->login, &s, arena, err))
		return false;
	if (s.person.id != who->id || !password_right(s.password, password, arena))
		return refuse(err);
	was_good(store, who->login);
	return true;
}

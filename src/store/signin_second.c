#include "store/inner.h"

#include <string.h>

/* What follows a password: a code, or a passkey; and the session that starts. */

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

static bool refuse(struct error *err)
{
	return error_set(err, ERR_DENIED, "login, password or code is not right");
}

struct guard { /* the row that is written against, read in the same transaction */
	struct str totp;
	int64_t passkeys;
};

/* The password may have been changed, or the second step set up, since the hash was computed. */
static bool still_so(
    struct store_tx *tx, const struct entry *e, struct guard *out, struct arena *arena, struct error *err)
{
	struct db_rows *rows = db_query(tx->conn, err,
	    "SELECT p.totp, (SELECT COUNT(*) FROM passkey k WHERE k.person = p.id) FROM person p"
	    " WHERE p.id = $1 AND p.password = $2",
	    "is", e->who->id, e->password);
	bool found = rows && db_next(rows);
	if (found)
		*out = (struct guard){ db_dup(rows, 0, arena), db_int(rows, 1) };
	if (!rows || !db_done(rows))
		return false;
	return found ? true : refuse(err);
}

static bool use_recovery(struct store_tx *tx, int64_t person, struct str code, struct error *err)
{
	char hash[HASH_HEX_MAX];
	token_hash(code, hash);
	if (!db_exec(tx->conn, err, "DELETE FROM recovery WHERE person = $1 AND hash = $2", "is", person, str_from(hash)))
		return false;
	return db_changes(tx->conn) > 0 ? true : refuse(err);
}

/* Uses the code up: one of an app counts once, a recovery code as well. Only what is as long as an app's code needs the
 * key, so that recovery codes help where the key is lost. */
static bool use_code(struct store_tx *tx, const struct entry *e, const struct guard *g, int64_t now,
    struct arena *arena, struct error *err)
{
	int64_t step;
	struct str code = plain_code(e->code, arena), secret;
	if (g->totp.n == 0 && g->passkeys == 0)
		return true;
	if (code.n != 6 || g->totp.n == 0)
		return use_recovery(tx, e->who->id, code, err);
	if (!totp_unseal(tx->store, e->who->id, g->totp, &secret, arena, err))
		return false;
	if (!totp_check(secret, code, now, &step))
		return refuse(err);
	if (!db_exec(
	        tx->conn, err, "UPDATE person SET totp_step = $1 WHERE id = $2 AND totp_step < $1", "ii", step, e->who->id))
		return false;
	return db_changes(tx->conn) > 0 ? true : refuse(err);
}

bool enter_by_code(struct store *store, const struct entry *e, int64_t now, struct signin_done *out,
    struct arena *arena, struct error *err)
{
	struct guard guard = { 0 };
	struct store_tx *tx = store_begin(store, err);
	bool ok = tx && still_so(tx, e, &guard, arena, err) && use_code(tx, e, &guard, now, arena, err) &&
	          session_start(tx, e->who->id, now, &out->token, arena, err) &&
	          audit_add(tx, e->who, STR("signin"), e->who->login, err);
	if (!ok) {
		store_rollback(tx);
		return false;
	}
	if (!store_commit(tx, err))
		return false;
	door_good(store, &e->pass);
	out->device = signin_device(store, e->who, now, arena);
	return true;
}

/* ---- browsers that were in ---- */

struct str signin_device(struct store *store, const struct person *who, int64_t now, struct arena *arena)
{
	struct error none = { 0 };
	struct str ticket = ticket_make(store, "device", who->login, now + SIGNIN_DEVICE_SECONDS, arena, &none);
	return ticket.p ? ticket : STR("");
}

struct str device_known(
    const struct store *store, struct str login, struct str device, int64_t now, struct arena *arena)
{
	return device.n && ticket_good(store, "device", login, device, now, arena) ? device : STR("");
}

/* ---- between password and second step: "PERSON.STATE.TICKET" ---- */

static struct str about_pending(struct str person, struct str state, struct str binding, struct arena *arena)
{
	return arena_printf(arena, "%.*s %.*s %.*s", (int)person.n, person.p, (int)state.n, state.p, (int)binding.n,
	    binding.p ? binding.p : "");
}

/* Names the password that was right, without telling it. */
static struct str state_of(struct str password, struct arena *arena)
{
	char hash[HASH_HEX_MAX];
	hash_hex(password, 16, hash);
	return arena_dup(arena, str_from(hash));
}

bool pending_make(struct store *store, const struct entry *e, struct str binding, int64_t now, struct str *out,
    struct arena *arena, struct error *err)
{
	struct str person = arena_printf(arena, "%lld", (long long)e->who->id), state = state_of(e->password, arena);
	struct str about = person.p && state.p ? about_pending(person, state, binding, arena) : (struct str){ 0 };
	if (!about.p)
		return error_memory(err);
	struct str ticket = ticket_make(store, "second", about, now + SIGNIN_PENDING_SECONDS, arena, err);
	if (!ticket.p)
		return false;
	*out =
	    arena_printf(arena, "%.*s.%.*s.%.*s", (int)person.n, person.p, (int)state.n, state.p, (int)ticket.n, ticket.p);
	return out->p ? true : error_memory(err);
}

static bool person_and_password(
    struct store *store, int64_t id, struct person *who, struct str *password, struct arena *arena, struct error *err)
{
	struct db_conn *conn = db_reader(store->db, err);
	struct db_rows *rows =
	    !conn ? NULL
	          : db_query(conn, err, "SELECT " PERSON_COLUMNS ", p.password FROM person p WHERE p.id = $1", "i", id);
	bool found = rows && db_next(rows);
	*password = STR("");
	if (found) {
		person_fill(rows, 0, who, arena);
		*password = db_dup(rows, PERSON_COLUMNS_N, arena);
	}
	if (!rows || !db_done(rows))
		return false;
	return found ? true : refuse(err);
}

static bool read_pending(struct store *store, struct str pending, struct str binding, int64_t now, struct person *who,
    struct str *password, struct arena *arena, struct error *err)
{
	int64_t id;
	struct str rest = pending, person = str_split(&rest, '.'), state = str_split(&rest, '.');
	if (pending.n > 512 || !str_to_int(person, &id) || binding.n == 0)
		return error_set(err, ERR_DENIED, "the password was not entered, or too long ago");
	struct str about = about_pending(person, state, binding, arena);
	if (!about.p)
		return error_memory(err);
	if (!ticket_good(store, "second", about, rest, now, arena))
		return error_set(err, ERR_DENIED, "the password was not entered, or too long ago");
	if (!person_and_password(store, id, who, password, arena, err))
		return false;
	return same_bytes(state_of(*password, arena), state) ? true : refuse(err);
}

bool signin_pending_is(struct store *store, struct str pending, struct str binding, int64_t now, struct person *who,
    struct arena *arena, struct error *err)
{
	struct str password;
	return read_pending(store, pending, binding, now, who, &password, arena, err);
}

bool signin_second(struct store *store, struct str pending, const struct signin_try *try, int64_t now,
    struct signin_done *out, struct arena *arena, struct error *err)
{
	struct entry entry = { .who = &out->who, .code = try->code };
	*out = (struct signin_done){ 0 };
	if (!read_pending(store, pending, try->binding, now, &out->who, &entry.password, arena, err))
		return false;
	struct str device = device_known(store, out->who.login, try->device, now, arena);
	if (!door_try(store, out->who.login, device, now, &entry.pass))
		return error_set(err, ERR_CONFLICT, "too many tries: wait some minutes");
	return enter_by_code(store, &entry, now, out, arena, err);
}

#include "store/inner.h"

/* Passkeys as they are kept, and the challenges that they answer. A challenge is a ticket, so that nothing is kept for
 * those who only look at the sign-in page; one that was answered is kept until it is too old. */

#define PASSKEY_COLUMNS "id, person, credential, algorithm, public_key, name, counter, created_at, used_at"

bool passkey_challenge(
    struct store *store, struct str binding, int64_t now, struct str *out, struct arena *arena, struct error *err)
{
	*out = ticket_make(store, "challenge", binding, now + PASSKEY_SECONDS, arena, err);
	return out->p != NULL;
}

bool passkey_challenge_good(
    struct store *store, struct str challenge, struct str binding, int64_t now, struct error *err)
{
	struct arena *arena = arena_new();
	bool good = arena && binding.n && ticket_good(store, "challenge", binding, challenge, now, arena);
	arena_free(arena);
	return good ? true : error_set(err, ERR_DENIED, "the challenge is too old, or of another visit");
}

/* Once it has been found good. */
bool challenge_use(struct store_tx *tx, struct str challenge, int64_t now, struct error *err)
{
	char hash[HASH_HEX_MAX];
	token_hash(challenge, hash);
	if (!db_exec(tx->conn, err, "DELETE FROM challenge_used WHERE expires_at <= $1", "i", now) ||
	    !db_exec(tx->conn, err,
	        "INSERT INTO challenge_used (hash, expires_at) VALUES ($1, $2) ON CONFLICT (hash) DO NOTHING", "si",
	        str_from(hash), now + PASSKEY_SECONDS))
		return false;
	return db_changes(tx->conn) > 0 ? true : error_set(err, ERR_DENIED, "the challenge was used already");
}

struct str passkey_handle(struct store *store, int64_t person, struct arena *arena)
{
	char hash[HASH_HEX_MAX];
	struct str site = store_identity(store, arena);
	struct str text = arena_printf(arena, "%.*s: person %lld", (int)site.n, site.p, (long long)person);
	if (!text.p)
		return text;
	hash_hex(text, 32, hash);
	return arena_dup(arena, str_from(hash));
}

static struct passkey passkey_of(struct db_rows *r, struct arena *arena)
{
	return (struct passkey){ .id = db_int(r, 0),
		.person = db_int(r, 1),
		.credential = db_dup(r, 2, arena),
		.algorithm = (int)db_int(r, 3),
		.public_key = db_dup(r, 4, arena),
		.name = db_dup(r, 5, arena),
		.counter = db_int(r, 6),
		.created_at = db_int(r, 7),
		.used_at = db_int(r, 8) };
}

bool passkey_list(
    struct store *store, int64_t person, struct passkey **out, size_t *n, struct arena *arena, struct error *err)
{
	struct db_conn *conn = db_reader(store->db, err);
	*n = 0;
	*out = arena_array(arena, PASSKEYS_EACH, sizeof **out);
	if (!conn || !*out)
		return conn ? error_memory(err) : false;
	struct db_rows *rows =
	    db_query(conn, err, "SELECT " PASSKEY_COLUMNS " FROM passkey WHERE person = $1 ORDER BY id LIMIT $2", "ii",
	        person, (int64_t)PASSKEYS_EACH);
	while (rows && *n < PASSKEYS_EACH && db_next(rows))
		(*out)[(*n)++] = passkey_of(rows, arena);
	return rows && db_done(rows);
}

bool passkey_find(
    struct store *store, struct str credential, struct passkey *out, struct arena *arena, struct error *err)
{
	struct db_conn *conn = db_reader(store->db, err);
	struct db_rows *rows =
	    !conn ? NULL
	          : db_query(conn, err, "SELECT " PASSKEY_COLUMNS " FROM passkey WHERE credential = $1", "b", credential);
	bool found = rows && db_next(rows);
	if (found)
		*out = passkey_of(rows, arena);
	if (!rows || !db_done(rows))
		return false;
	return found ? true : error_set(err, ERR_NOT_FOUND, "there is no such passkey");
}

/* ---- adding and removing ---- */

static bool may_add(struct store_tx *tx, const struct passkey *k, struct error *err)
{
	int64_t n;
	if (k->name.n > PASSKEY_NAME_MAX || !utf8_valid(k->name))
		return error_set(err, ERR_INVALID, "a passkey's name is UTF-8 of at most %d bytes", PASSKEY_NAME_MAX);
	if (k->credential.n == 0 || k->credential.n > CREDENTIAL_MAX)
		return error_set(err, ERR_INVALID, "a credential has 1 to %zu bytes", CREDENTIAL_MAX);
	if (!db_get_int(tx->conn, err, &n, "SELECT COUNT(*) FROM passkey WHERE credential = $1", "b", k->credential))
		return false;
	if (n)
		return error_set(err, ERR_EXISTS, "this passkey is registered already");
	if (!db_get_int(tx->conn, err, &n, "SELECT COUNT(*) FROM passkey WHERE person = $1", "i", k->person))
		return false;
	return n < PASSKEYS_EACH ? true : error_set(err, ERR_TOO_LARGE, "a person has at most %d passkeys", PASSKEYS_EACH);
}

bool passkey_add(struct store_tx *tx, const struct passkey *k, struct str challenge, int64_t now, struct str **codes,
    size_t *n, struct arena *arena, struct error *err)
{
	int64_t left;
	*n = 0;
	if (!challenge_use(tx, challenge, now, err) || !may_add(tx, k, err) ||
	    !db_exec(tx->conn, err,
	        "INSERT INTO passkey (person, credential, algorithm, public_key, name, counter, created_at, used_at)"
	        " VALUES ($1, $2, $3, $4, $5, $6, $7, 0)",
	        "ibibsii", k->person, k->credential, (int64_t)k->algorithm, k->public_key, k->name, k->counter, now) ||
	    !db_get_int(tx->conn, err, &left, "SELECT COUNT(*) FROM recovery WHERE person = $1", "i", k->person))
		return false;
	return left > 0 || recovery_make(tx, k->person, codes, n, arena, err);
}

/* Recovery codes stand in for a second step: without one they go. */
static bool drop_recovery(struct store_tx *tx, int64_t person, struct error *err)
{
	return db_exec(tx->conn, err,
	    "DELETE FROM recovery WHERE person = $1 AND NOT EXISTS (SELECT 1 FROM passkey k WHERE k.person = $1)"
	    " AND NOT EXISTS (SELECT 1 FROM person p WHERE p.id = $1 AND p.totp <> '')",
	    "i", person);
}

bool passkey_remove(struct store_tx *tx, int64_t person, int64_t id, struct error *err)
{
	if (!db_exec(tx->conn, err, "DELETE FROM passkey WHERE id = $1 AND person = $2", "ii", id, person))
		return false;
	if (db_changes(tx->conn) == 0)
		return error_set(err, ERR_NOT_FOUND, "there is no such passkey");
	return drop_recovery(tx, person, err);
}

bool passkey_clear(struct store_tx *tx, int64_t person, struct error *err)
{
	return db_exec(tx->conn, err, "DELETE FROM passkey WHERE person = $1", "i", person) &&
	       drop_recovery(tx, person, err);
}

/* ---- signing in ---- */

/* A counter that does not grow tells of a copy; authenticators that have none say 0 for ever. */
static bool use_passkey(
    struct store_tx *tx, const struct passkey *k, int64_t counter, int64_t now, bool *copied, struct error *err)
{
	if (!db_exec(tx->conn, err,
	        "UPDATE passkey SET counter = $1, used_at = $2 WHERE id = $3 AND person = $4"
	        " AND ($1 > counter OR ($1 = 0 AND counter = 0))",
	        "iiii", counter, now, k->id, k->person))
		return false;
	*copied = db_changes(tx->conn) == 0;
	return true;
}

static bool person_of(struct store *store, int64_t id, struct person *who, struct arena *arena, struct error *err)
{
	struct db_conn *conn = db_reader(store->db, err);
	struct db_rows *rows =
	    conn ? db_query(conn, err, "SELECT " PERSON_COLUMNS " FROM person p WHERE p.id = $1", "i", id) : NULL;
	bool found = rows && db_next(rows);
	if (found)
		person_fill(rows, 0, who, arena);
	if (!rows || !db_done(rows))
		return false;
	/* Somebody who was only invited has chosen no password yet, and does not come in by another way. */
	return found && who->has_password ? true : error_set(err, ERR_DENIED, "the passkey is nobody's");
}

static bool enter(struct store *store, const struct passkey *k, int64_t counter, struct str challenge, int64_t now,
    struct signin_done *out, struct arena *arena, struct error *err)
{
	bool copied = false;
	struct store_tx *tx = store_begin(store, err);
	bool ok = tx && challenge_use(tx, challenge, now, err) && use_passkey(tx, k, counter, now, &copied, err);
	if (ok && copied)
		ok = audit_add(tx, &out->who, STR("passkey.copied"), k->name, err);
	else
		ok = ok && session_start(tx, k->person, now, &out->token, arena, err) &&
		     audit_add(tx, &out->who, STR("signin.passkey"), out->who.login, err);
	if (!ok) {
		store_rollback(tx);
		return false;
	}
	if (!store_commit(tx, err))
		return false;
	return copied ? error_set(err, ERR_DENIED, "the passkey's counter went back: it may have been copied") : true;
}

bool signin_passkey(struct store *store, const struct passkey *k, int64_t counter, struct str challenge,
    struct str pending, struct str binding, int64_t now, struct signin_done *out, struct arena *arena,
    struct error *err)
{
	struct person first;
	*out = (struct signin_done){ 0 };
	if (!passkey_challenge_good(store, challenge, binding, now, err) ||
	    !person_of(store, k->person, &out->who, arena, err))
		return false;
	if (pending.n && !signin_pending_is(store, pending, binding, now, &first, arena, err))
		return false;
	if (pending.n && first.id != k->person)
		return error_set(err, ERR_DENIED, "the passkey is another person's");
	if (!enter(store, k, counter, challenge, now, out, arena, err))
		return false;
	out->device = signin_device(store, &out->who, now, arena);
	return true;
}

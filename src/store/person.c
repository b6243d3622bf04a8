#include "store/inner.h"

static const char *const ROLE_NAMES[ROLES] = { "owner", "editor", "translator", "author", "reviewer" };

struct str role_name(enum role role)
{
	return (unsigned)role < ROLES ? str_from(ROLE_NAMES[role]) : STR("");
}

bool role_parse(struct str name, enum role *out)
{
	for (unsigned i = 0; i < ROLES; i++) {
		if (!str_eq(name, str_from(ROLE_NAMES[i])))
			continue;
		*out = (enum role)i;
		return true;
	}
	return false;
}

void token_hash(struct str token, char out[HASH_HEX_MAX])
{
	hash_hex(token, 32, out);
}

void person_fill(struct db_rows *r, int at, struct person *p, struct arena *arena)
{
	*p = (struct person){ .id = db_int(r, at),
		.login = db_dup(r, at + 1, arena),
		.name = db_dup(r, at + 2, arena),
		.lang = db_dup(r, at + 3, arena),
		.role = (enum role)db_int(r, at + 4),
		.has_password = db_int(r, at + 5) != 0,
		.has_totp = db_int(r, at + 6) != 0,
		.created_at = db_int(r, at + 7),
		.has_passkeys = db_int(r, at + 8) != 0 };
}

bool person_list(struct store *store, struct person **out, size_t *n, struct arena *arena, struct error *err)
{
	size_t cap = 0;
	struct db_conn *conn = db_reader(store->db, err);
	*out = NULL;
	*n = 0;
	struct db_rows *rows =
	    conn ? db_query(conn, err, "SELECT " PERSON_COLUMNS " FROM person p ORDER BY p.login", "") : NULL;
	while (rows && db_next(rows)) {
		*out = grow_array(arena, *out, *n, &cap, sizeof **out);
		if (!*out)
			break;
		person_fill(rows, 0, &(*out)[(*n)++], arena);
	}
	if (!rows || !db_done(rows))
		return false;
	return *out || *n == 0 ? true : error_memory(err);
}

bool person_by_login(struct store *store, struct str login, struct person *out, struct arena *arena, struct error *err)
{
	struct db_conn *conn = db_reader(store->db, err);
	struct db_rows *rows =
	    conn ? db_query(conn, err, "SELECT " PERSON_COLUMNS " FROM person p WHERE p.login = $1", "s", login) : NULL;
	bool found = rows && db_next(rows);
	if (found)
		person_fill(rows, 0, out, arena);
	if (!rows || !db_done(rows))
		return false;
	return found ? true : error_set(err, ERR_NOT_FOUND, "nobody has the login \"%.*s\"", (int)login.n, login.p);
}

bool person_by_id(struct store *store, int64_t id, struct person *out, struct arena *arena, struct error *err)
{
	struct db_conn *conn = db_reader(store->db, err);
	struct db_rows *rows =
	    conn ? db_query(conn, err, "SELECT " PERSON_COLUMNS " FROM person p WHERE p.id = $1", "i", id) : NULL;
	bool found = rows && db_next(rows);
	if (found)
		person_fill(rows, 0, out, arena);
	if (!rows || !db_done(rows))
		return false;
	return found ? true : error_set(err, ERR_NOT_FOUND, "there is no person %lld", (long long)id);
}

/* ---- adding, changing, removing ---- */

static bool login_fits(struct str login)
{
	for (size_t i = 0; i < login.n; i++) {
		char c = login.p[i];
		if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') && c != '-' && c != '_' && c != '.')
			return false;
	}
	return login.n > 0 && login.n <= LOGIN_MAX;
}

static bool may_add(struct store_tx *tx, const struct person *p, struct error *err)
{
	int64_t n;
	if (!login_fits(p->login))
		return error_set(
		    err, ERR_INVALID, "a login has 1 to %d of the characters a-z, 0-9, \"-\", \"_\" and \".\"", LOGIN_MAX);
	if (p->name.n > PERSON_NAME_MAX || !utf8_valid(p->name))
		return error_set(err, ERR_INVALID, "a name is UTF-8 of at most %d bytes", PERSON_NAME_MAX);
	if (!db_get_int(tx->conn, err, &n, "SELECT COUNT(*) FROM person WHERE login = $1", "s", p->login))
		return false;
	if (n)
		return error_set(err, ERR_EXISTS, "the login \"%.*s\" is taken", (int)p->login.n, p->login.p);
	if (!db_get_int(tx->conn, err, &n, "SELECT COUNT(*) FROM person", ""))
		return false;
	return n < PEOPLE_MAX ? true : error_set(err, ERR_TOO_LARGE, "a site has at most %d people", PEOPLE_MAX);
}

bool person_add(struct store_tx *tx, struct person *p, struct error *err)
{
	p->name = str_trim(p->name);
	if (p->created_at == 0)
		p->created_at = clock_now();
	if (!may_add(tx, p, err) ||
	    !db_exec(tx->conn, err,
	        "INSERT INTO person (login, name, role, lang, password, totp, totp_step, created_at)"
	        " VALUES ($1, $2, $3, $4, '', '', 0, $5)",
	        "ssisi", p->login, p->name, (int64_t)p->role, p->lang, p->created_at))
		return error_context(err, "adding a person");
	p->id = db_last_id(tx->conn);
	return true;
}

static bool update_one(struct store_tx *tx, bool done, int64_t id, struct error *err)
{
	if (!done)
		return false;
	return db_changes(tx->conn) ? true : error_set(err, ERR_NOT_FOUND, "there is no person %lld", (long long)id);
}

bool person_set_lang(struct store_tx *tx, int64_t id, struct str lang, struct error *err)
{
	return update_one(tx, db_exec(tx->conn, err, "UPDATE person SET lang = $1 WHERE id = $2", "si", lang, id), id, err);
}

/* ERR_CONFLICT when nobody else is an owner. */
static bool not_the_last_owner(struct store_tx *tx, int64_t id, struct error *err)
{
	int64_t others, role;
	if (!db_get_int(tx->conn, err, &role, "SELECT role FROM person WHERE id = $1", "i", id))
		return error_context(err, "person %lld", (long long)id);
	if (!db_get_int(tx->conn, err, &others, "SELECT COUNT(*) FROM person WHERE role = $1 AND id <> $2", "ii",
	        (int64_t)ROLE_OWNER, id))
		return false;
	if (role == ROLE_OWNER && others == 0)
		return error_set(err, ERR_CONFLICT, "the last owner stays one: make somebody else an owner first");
	return true;
}

bool person_remove(struct store_tx *tx, int64_t id, struct error *err)
{
	/* Whom they were to look at is for anybody now. */
	return not_the_last_owner(tx, id, err) &&
	       db_exec(tx->conn, err, "UPDATE review SET reviewer = 0 WHERE reviewer = $1", "i", id) &&
	       db_exec(tx->conn, err, "DELETE FROM undo WHERE person = $1", "i", id) &&
	       db_exec(tx->conn, err, "DELETE FROM person WHERE id = $1", "i", id);
}

bool person_set_role(struct store_tx *tx, int64_t id, enum role role, struct error *err)
{
	if (role != ROLE_OWNER && !not_the_last_owner(tx, id, err))
		return false;
	return update_one(tx, db_exec(tx->conn, err, "UPDATE person SET role = $1 WHERE id = $2", "ii", (int64_t)role, id),
	           id, err) &&
	       db_exec(tx->conn, err, "DELETE FROM undo WHERE person = $1", "i", id) && session_end_others(tx, id, 0, err);
}

bool person_set_name(struct store_tx *tx, int64_t id, struct str name, struct error *err)
{
	name = str_trim(name);
	if (name.n > PERSON_NAME_MAX || !utf8_valid(name))
		return error_set(err, ERR_INVALID, "a name is UTF-8 of at most %d bytes", PERSON_NAME_MAX);
	return update_one(tx, db_exec(tx->conn, err, "UPDATE person SET name = $1 WHERE id = $2", "si", name, id), id, err);
}

/* ---- invitations ---- */

bool person_invite(
    struct store_tx *tx, int64_t id, int64_t now, struct str *token, struct arena *arena, struct error *err)
{
	char hash[HASH_HEX_MAX];
	*token = random_token(arena, 32);
	if (!token->p)
		return error_memory(err);
	token_hash(*token, hash);
	return db_exec(tx->conn, err,
	    "INSERT INTO invitation (hash, person, expires_at) VALUES ($1, $2, $3)"
	    " ON CONFLICT (person) DO UPDATE SET hash = excluded.hash, expires_at = excluded.expires_at",
	    "sii", str_from(hash), id, now + INVITATION_SECONDS);
}

static bool invitation_on(
    struct db_conn *conn, struct str token, int64_t now, struct person *out, struct arena *arena, struct error *err)
{
	char hash[HASH_HEX_MAX];
	token_hash(token, hash);
	struct db_rows *rows = db_query(conn, err,
	    "SELECT " PERSON_COLUMNS " FROM invitation i JOIN person p ON p.id = i.person"
	    " WHERE i.hash = $1 AND i.expires_at > $2",
	    "si", str_from(hash), now);
	bool found = rows && db_next(rows);
	if (found)
		person_fill(rows, 0, out, arena);
	if (!rows || !db_done(rows))
		return false;
	return found ? true : error_set(err, ERR_NOT_FOUND, "the invitation was used already, or is too old");
}

bool invitation_find(
    struct store *store, struct str token, int64_t now, struct person *out, struct arena *arena, struct error *err)
{
	struct db_conn *conn = db_reader(store->db, err);
	return conn && invitation_on(conn, token, now, out, arena, err);
}

bool invitation_ends(struct store *store, int64_t person, int64_t now, int64_t *at, struct error *err)
{
	struct error none = { 0 };
	struct db_conn *conn = db_reader(store->db, err);
	*at = 0;
	if (!conn)
		return false;
	return db_get_int(conn, &none, at, "SELECT expires_at FROM invitation WHERE person = $1 AND expires_at > $2", "ii",
	           person, now) ||
	       none.code == ERR_NOT_FOUND || error_set(err, none.code, "%s", none.message);
}

bool invitation_withdraw(struct store_tx *tx, int64_t person, struct error *err)
{
	if (!db_exec(tx->conn, err, "DELETE FROM invitation WHERE person = $1", "i", person))
		return false;
	return db_changes(tx->conn) ? true : error_set(err, ERR_NOT_FOUND, "there is no invitation to withdraw");
}

bool invitation_accept(struct store_tx *tx, struct str token, struct str hash, int64_t now, struct person *out,
    struct arena *arena, struct error *err)
{
	return invitation_on(tx->conn, token, now, out, arena, err) &&
	       db_exec(tx->conn, err, "DELETE FROM invitation WHERE person = $1", "i", out->id) &&
	       person_set_password(tx, out->id, hash, 0, err) &&
	       audit_add(tx, out, STR("invitation.accept"), out->login, err);
}

bool person_set_password(struct store_tx *tx, int64_t id, struct str hash, int64_t session, struct error *err)
{
	return update_one(
	           tx, db_exec(tx->conn, err, "UPDATE person SET password = $1 WHERE id = $2", "si", hash, id), id, err) &&
	       session_end_others(tx, id, session, err);
}

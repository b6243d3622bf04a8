#include "store/inner.h"

#include <stdio.h>

/* Tokens by which programs act for a person. The secret has a name before it, so that tools that look through
 * published files for secrets know one. */

#define SECRET_PREFIX "kairan_"
#define TOKEN_COLUMNS "t.id, t.person, t.name, t.scopes, t.created_at, t.expires_at, t.used_day"

static const char *const SCOPE_NAMES[SCOPES] = { "articles:read", "articles:write", "articles:publish", "media",
	"structure", "search", "settings", "people", "log", "webhooks", "translations", "sources" };

struct str scope_name(enum scope scope)
{
	return (unsigned)scope < SCOPES ? str_from(SCOPE_NAMES[scope]) : STR("");
}

bool scope_parse(struct str name, enum scope *out)
{
	for (unsigned i = 0; i < SCOPES; i++) {
		if (!str_eq(name, str_from(SCOPE_NAMES[i])))
			continue;
		*out = (enum scope)i;
		return true;
	}
	return false;
}

/* Cuts the first word off. */
static struct str word_of(struct str *names)
{
	size_t at = 0, n;
	while (at < names->n && (names->p[at] == ' ' || names->p[at] == ','))
		at++;
	*names = str_skip(*names, at);
	for (n = 0; n < names->n && names->p[n] != ' ' && names->p[n] != ','; n++)
		;
	struct str word = str_sub(*names, 0, n);
	*names = str_skip(*names, n);
	return word;
}

bool scopes_parse(struct str names, unsigned *out, struct error *err)
{
	enum scope scope;
	*out = 0;
	for (struct str word = word_of(&names); word.n; word = word_of(&names)) {
		if (!scope_parse(word, &scope))
			return error_set(err, ERR_INVALID, "there is no scope \"%.*s\"", (int)(word.n > 40 ? 40 : word.n), word.p);
		*out |= 1u << scope;
	}
	return true;
}

struct str scopes_names(unsigned scopes, struct arena *arena)
{
	struct buf out = { 0 };
	for (unsigned i = 0; i < SCOPES; i++) {
		if (!(scopes & (1u << i)))
			continue;
		buf_adds(&out, out.n ? " " : "");
		buf_adds(&out, SCOPE_NAMES[i]);
	}
	return buf_take(&out, arena);
}

/* A scope that a later version knew is none here. */
static unsigned scopes_kept(struct str names)
{
	enum scope scope;
	unsigned scopes = 0;
	while (names.n) {
		if (scope_parse(str_split(&names, ' '), &scope))
			scopes |= 1u << scope;
	}
	return scopes;
}

static void fill(struct db_rows *r, struct access_token *t, struct arena *arena)
{
	*t = (struct access_token){ .id = db_int(r, 0),
		.person = db_int(r, 1),
		.name = db_dup(r, 2, arena),
		.scopes = scopes_kept(db_str(r, 3)),
		.created_at = db_int(r, 4),
		.expires_at = db_int(r, 5),
		.used_day = db_dup(r, 6, arena) };
}

/* ---- making, ending ---- */

static bool may_add(struct store_tx *tx, struct access_token *t, int64_t now, struct error *err)
{
	int64_t n;
	t->name = str_trim(t->name);
	if (t->name.n == 0 || t->name.n > TOKEN_NAME_MAX || !utf8_valid(t->name))
		return error_set(err, ERR_INVALID, "a token needs a name of at most %d bytes", TOKEN_NAME_MAX);
	if ((t->scopes & ((1u << SCOPES) - 1)) == 0)
		return error_set(err, ERR_INVALID, "a token needs a scope");
	if (t->expires_at && (t->expires_at <= now || t->expires_at > now + (int64_t)TOKEN_DAYS_MAX * 86400))
		return error_set(err, ERR_INVALID, "a token ends within %d days", TOKEN_DAYS_MAX);
	if (!db_get_int(tx->conn, err, &n, "SELECT COUNT(*) FROM token WHERE person = $1", "i", t->person))
		return false;
	return n < TOKENS_EACH ? true : error_set(err, ERR_TOO_LARGE, "a person has at most %d tokens", TOKENS_EACH);
}

bool access_token_add(struct store_tx *tx, struct access_token *t, int64_t now, struct str *secret, struct arena *arena,
    struct error *err)
{
	char hash[HASH_HEX_MAX];
	struct str random = random_token(arena, 32);
	if (!may_add(tx, t, now, err))
		return false;
	*secret = arena_printf(arena, SECRET_PREFIX "%.*s", (int)random.n, random.p ? random.p : "");
	struct str scopes = scopes_names(t->scopes, arena);
	if (!random.p || !secret->p || !scopes.p)
		return error_memory(err);
	token_hash(*secret, hash);
	t->created_at = now;
	t->used_day = STR("");
	if (!db_exec(tx->conn, err,
	        "INSERT INTO token (person, name, hash, scopes, created_at, expires_at, used_day)"
	        " VALUES ($1, $2, $3, $4, $5, $6, '')",
	        "isssii", t->person, t->name, str_from(hash), scopes, now, t->expires_at))
		return error_context(err, "adding a token");
	t->id = db_last_id(tx->conn);
	return true;
}

bool access_token_remove(struct store_tx *tx, int64_t person, int64_t id, struct error *err)
{
	if (!db_exec(tx->conn, err, "DELETE FROM token WHERE id = $1 AND person = $2", "ii", id, person))
		return false;
	return db_changes(tx->conn) ? true : error_set(err, ERR_NOT_FOUND, "there is no such token");
}

/* ---- reading, using ---- */

bool access_token_list(
    struct store *store, int64_t person, struct access_token **out, size_t *n, struct arena *arena, struct error *err)
{
	struct db_conn *conn = db_reader(store->db, err);
	*n = 0;
	*out = arena_array(arena, TOKENS_EACH, sizeof **out);
	if (!conn || !*out)
		return conn ? error_memory(err) : false;
	struct db_rows *rows =
	    db_query(conn, err, "SELECT " TOKEN_COLUMNS " FROM token t WHERE t.person = $1 ORDER BY t.id DESC LIMIT $2",
	        "ii", person, (int64_t)TOKENS_EACH);
	while (rows && *n < TOKENS_EACH && db_next(rows))
		fill(rows, &(*out)[(*n)++], arena);
	return rows && db_done(rows);
}

bool access_token_find(struct store *store, struct str secret, int64_t now, struct access_token *out,
    struct person *who, struct arena *arena, struct error *err)
{
	char hash[HASH_HEX_MAX];
	struct db_conn *conn = db_reader(store->db, err);
	token_hash(secret, hash);
	struct db_rows *rows =
	    !conn ? NULL
	          : db_query(conn, err,
	                "SELECT " TOKEN_COLUMNS ", " PERSON_COLUMNS " FROM token t JOIN person p ON p.id = t.person"
	                " WHERE t.hash = $1 AND (t.expires_at = 0 OR t.expires_at > $2)",
	                "si", str_from(hash), now);
	bool found = rows && db_next(rows);
	if (found) {
		fill(rows, out, arena);
		person_fill(rows, 7, who, arena);
	}
	if (!rows || !db_done(rows))
		return false;
	return found ? true : error_set(err, ERR_NOT_FOUND, "there is no such token");
}

bool access_token_touch(struct store *store, const struct access_token *t, int64_t now, struct error *err)
{
	char day[16];
	struct civil c = civil_from_unix(now);
	int n = snprintf(day, sizeof day, "%04d-%02d-%02d", c.year % 10000, c.month % 100, c.day % 100);
	struct str today = str_of(day, n > 0 ? (size_t)n : 0);
	if (str_eq(today, t->used_day))
		return true;
	struct store_tx *tx = store_begin(store, err);
	if (!tx || !db_exec(tx->conn, err, "UPDATE token SET used_day = $1 WHERE id = $2", "si", today, t->id)) {
		store_rollback(tx);
		return false;
	}
	return store_commit(tx, err);
}

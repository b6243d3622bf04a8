#include "store/inner.h"

/* What somebody typed and has not saved yet. */

bool draft_token_fits(struct str token)
{
	for (size_t i = 0; i < token.n; i++) {
		char c = token.p[i], low = (char)(c | 32);
		if (!(low >= 'a' && low <= 'z') && !(c >= '0' && c <= '9') && c != '-' && c != '_')
			return false;
	}
	return token.n >= 16 && token.n <= 64;
}

/* The oldest make room. */
static bool trim(struct store_tx *tx, int64_t person, struct error *err)
{
	return db_exec(tx->conn, err,
	    "DELETE FROM draft WHERE person = $1 AND token NOT IN"
	    " (SELECT token FROM draft WHERE person = $1 ORDER BY at DESC, token LIMIT $2)",
	    "ii", person, (int64_t)DRAFTS_EACH);
}

bool draft_keep(struct store_tx *tx, int64_t person, const struct draft_form *d, struct error *err)
{
	if (!draft_token_fits(d->token))
		return error_set(err, ERR_INVALID, "a draft is named by 16 to 64 letters");
	if (d->fields.n > DRAFT_MAX || d->title.n > DRAFT_MAX)
		return error_set(err, ERR_TOO_LARGE, "a draft has at most %zu MiB", DRAFT_MAX / MIB);
	return db_exec(tx->conn, err,
	           "INSERT INTO draft (person, token, article, at, title, base, fields) VALUES ($1, $2, $3, $4, $5, $6, $7)"
	           " ON CONFLICT (person, token) DO UPDATE SET article = $3, at = $4, title = $5, base = $6, fields = $7",
	           "isiisss", person, d->token, d->article, d->at, d->title, d->base, d->fields) &&
	       trim(tx, person, err);
}

bool draft_drop(struct store_tx *tx, int64_t person, struct str token, struct error *err)
{
	return db_exec(tx->conn, err, "DELETE FROM draft WHERE person = $1 AND token = $2", "is", person, token);
}

bool draft_list(struct store *store, int64_t person, int64_t article, struct draft_form **out, size_t *n,
    struct arena *arena, struct error *err)
{
	struct db_conn *conn = db_reader(store->db, err);
	*n = 0;
	*out = arena_array(arena, DRAFTS_EACH, sizeof **out);
	if (!conn || !*out)
		return conn ? error_memory(err) : false;
	struct db_rows *rows = db_query(conn, err,
	    "SELECT token, article, at, title, base FROM draft WHERE person = $1 AND article = $2"
	    " ORDER BY at DESC, token LIMIT $3",
	    "iii", person, article, (int64_t)DRAFTS_EACH);
	while (rows && *n < DRAFTS_EACH && db_next(rows))
		(*out)[(*n)++] = (struct draft_form){ .token = db_dup(rows, 0, arena),
			.article = db_int(rows, 1),
			.at = db_int(rows, 2),
			.title = db_dup(rows, 3, arena),
			.base = db_dup(rows, 4, arena) };
	return rows && db_done(rows);
}

bool draft_get(struct store *store, int64_t person, struct str token, struct draft_form *out, struct arena *arena,
    struct error *err)
{
	struct db_conn *conn = db_reader(store->db, err);
	*out = (struct draft_form){ 0 };
	struct db_rows *rows =
	    conn
	        ? db_query(conn, err, "SELECT article, at, title, base, fields FROM draft WHERE person = $1 AND token = $2",
	              "is", person, token)
	        : NULL;
	if (rows && db_next(rows))
		*out = (struct draft_form){ .token = token,
			.article = db_int(rows, 0),
			.at = db_int(rows, 1),
			.title = db_dup(rows, 2, arena),
			.base = db_dup(rows, 3, arena),
			.fields = db_dup(rows, 4, arena) };
	if (!rows || !db_done(rows))
		return false;
	return out->token.n ? true : error_set(err, ERR_NOT_FOUND, "there is no such draft");
}

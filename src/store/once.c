#include "store/inner.h"

/* What was asked for under a key, so that a request whose answer got lost on the way can be sent again. A row says that
 * somebody began; `done` is set in the transaction of the change itself, so that after a crash it is known whether
 * anything came of it. */

static bool tidy(struct store_tx *tx, int64_t now, struct error *err)
{
	return db_exec(tx->conn, err, "DELETE FROM once WHERE at <= $1", "i", now - ONCE_SECONDS) &&
	       db_exec(tx->conn, err, "DELETE FROM once WHERE done = 0 AND at <= $1", "i", now - ONCE_BUSY_SECONDS) &&
	       db_exec(tx->conn, err,
	           "DELETE FROM once WHERE at < (SELECT at FROM once ORDER BY at DESC LIMIT 1 OFFSET $1)", "i",
	           (int64_t)ONCE_KEPT - 1);
}

/* ONCE_FIRST where there is none. */
static bool look_up(struct db_conn *conn, int64_t token, struct str key, struct str request, struct once *out,
    struct arena *arena, struct error *err)
{
	*out = (struct once){ .state = ONCE_FIRST };
	struct db_rows *rows = db_query(conn, err,
	    "SELECT request, done, status, location, etag, answer FROM once WHERE token = $1 AND name = $2", "is", token,
	    key);
	if (rows && db_next(rows)) {
		out->status = (int)db_int(rows, 2);
		out->location = db_dup(rows, 3, arena);
		out->etag = db_dup(rows, 4, arena);
		out->answer = db_dup(rows, 5, arena);
		out->state = !str_eq(db_str(rows, 0), request) ? ONCE_OTHER
		             : db_int(rows, 1) == 0            ? ONCE_BUSY
		             : out->status == 0                ? ONCE_LOST
		                                               : ONCE_KNOWN;
	}
	return rows && db_done(rows);
}

bool once_begin(struct store *store, int64_t token, struct str key, struct str request, int64_t now, struct once *out,
    struct arena *arena, struct error *err)
{
	struct store_tx *tx = store_begin(store, err);
	bool ok = tx && tidy(tx, now, err) && look_up(tx->conn, token, key, request, out, arena, err);
	if (ok && out->state == ONCE_FIRST)
		ok = db_exec(tx->conn, err,
		    "INSERT INTO once (token, name, request, at, done, status, location, etag, answer)"
		    " VALUES ($1, $2, $3, $4, 0, 0, '', '', '')",
		    "issi", token, key, request, now);
	if (ok)
		return store_commit(tx, err);
	store_rollback(tx);
	return false;
}

bool once_done(struct store_tx *tx, int64_t token, struct str key, struct error *err)
{
	return db_exec(tx->conn, err, "UPDATE once SET done = 1 WHERE token = $1 AND name = $2", "is", token, key);
}

bool once_end(struct store *store, int64_t token, struct str key, const struct once *a, struct error *err)
{
	struct store_tx *tx = store_begin(store, err);
	bool ok =
	    tx && db_exec(tx->conn, err, "DELETE FROM once WHERE token = $1 AND name = $2 AND done = 0", "is", token, key);
	if (ok && a->status >= 200 && a->status < 300)
		ok = db_exec(tx->conn, err,
		    "UPDATE once SET status = $1, location = $2, etag = $3, answer = $4 WHERE token = $5 AND name = $6",
		    "isssis", (int64_t)a->status, a->location, a->etag, a->answer, token, key);
	if (ok)
		return store_commit(tx, err);
	store_rollback(tx);
	return false;
}

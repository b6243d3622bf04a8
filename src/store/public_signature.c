#include "store/inner.h"

/* Names of people who ticked that theirs may be shown. */

#define COLUMNS "p.signature, p.campaign, p.name, p.town, p.comment, p.state, p.at"

bool public_add(struct store_tx *tx, const struct public_signature *p, struct error *err)
{
	return db_exec(tx->conn, err,
	    "INSERT INTO public_signature (signature, campaign, name, town, comment, state, at)"
	    " VALUES ($1, $2, $3, $4, $5, $6, $7)",
	    "iisssii", p->signature, p->campaign, p->name, p->town, p->comment, (int64_t)p->state, p->at);
}

bool public_set(struct store_tx *tx, int64_t signature, enum public_state state, struct error *err)
{
	if (!db_exec(tx->conn, err, "UPDATE public_signature SET state = $1 WHERE signature = $2", "ii", (int64_t)state,
	        signature))
		return false;
	return db_changes(tx->conn) > 0 ? true : error_set(err, ERR_NOT_FOUND, "no such name is there to be shown");
}

static struct public_signature row(struct db_rows *r, struct arena *arena)
{
	return (struct public_signature){ .signature = db_int(r, 0),
		.campaign = db_int(r, 1),
		.name = db_dup(r, 2, arena),
		.town = db_dup(r, 3, arena),
		.comment = db_dup(r, 4, arena),
		.state = (enum public_state)db_int(r, 5),
		.at = db_int(r, 6) };
}

bool public_get(
    struct store *store, int64_t signature, struct public_signature *out, struct arena *arena, struct error *err)
{
	struct db_conn *conn = db_reader(store->db, err);
	struct db_rows *rows =
	    conn ? db_query(conn, err, "SELECT " COLUMNS " FROM public_signature p WHERE signature = $1", "i", signature)
	         : NULL;
	bool found = rows && db_next(rows);
	if (found)
		*out = row(rows, arena);
	if (!rows || !db_done(rows))
		return false;
	return found ? true : error_set(err, ERR_NOT_FOUND, "no name was given to be shown");
}

bool public_list(struct store *store, int64_t campaign, enum public_state state, int64_t before, size_t limit,
    struct public_signature **out, size_t *n, struct arena *arena, struct error *err)
{
	struct db_conn *conn = db_reader(store->db, err);
	*n = 0;
	*out = arena_array(arena, limit, sizeof **out);
	if (!*out)
		return error_memory(err);
	struct db_rows *rows =
	    conn ? db_query(conn, err,
	               "SELECT " COLUMNS " FROM public_signature p JOIN signature s ON s.id = p.signature"
	               " WHERE p.campaign = $1 AND p.state = $2 AND p.signature < $3 AND s.leaf IS NOT NULL"
	               " ORDER BY p.signature DESC LIMIT $4",
	               "iiii", campaign, (int64_t)state, before ? before : INT64_MAX, (int64_t)limit)
	         : NULL;
	while (rows && *n < limit && db_next(rows))
		(*out)[(*n)++] = row(rows, arena);
	return rows && db_done(rows);
}

bool public_count(struct store *store, int64_t campaign, enum public_state state, int64_t *n, struct error *err)
{
	struct db_conn *conn = db_reader(store->db, err);
	return conn && db_get_int(conn, err, n,
	                   "SELECT COUNT(*) FROM public_signature p JOIN signature s ON s.id = p.signature"
	                   " WHERE p.campaign = $1 AND p.state = $2 AND s.leaf IS NOT NULL",
	                   "ii", campaign, (int64_t)state);
}

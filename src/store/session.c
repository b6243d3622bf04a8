#include "store/inner.h"

#define TOUCH_SECONDS 300 /* how exactly it is known when a session was used */

#define SESSION_COLUMNS "s.id, s.person, s.created_at, s.seen_at"
/* $1: created after, $2: seen after */
#define STILL_GOOD "s.created_at > $1 AND s.seen_at > $2"

bool session_start(
    struct store_tx *tx, int64_t person, int64_t now, struct str *token, struct arena *arena, struct error *err)
{
	char hash[HASH_HEX_MAX];
	*token = random_token(arena, 32);
	if (!token->p)
		return error_memory(err);
	token_hash(*token, hash);
	return db_exec(tx->conn, err, "DELETE FROM session WHERE created_at <= $1 OR seen_at <= $2", "ii",
	           now - SESSION_SECONDS, now - SESSION_IDLE_SECONDS) &&
	       db_exec(tx->conn, err,
	           "DELETE FROM session WHERE id IN"
	           " (SELECT id FROM session WHERE person = $1 ORDER BY seen_at DESC, id DESC LIMIT 1000 OFFSET $2)",
	           "ii", person, (int64_t)SESSIONS_EACH - 1) &&
	       db_exec(tx->conn, err, "INSERT INTO session (hash, person, created_at, seen_at) VALUES ($1, $2, $3, $3)",
	           "sii", str_from(hash), person, now);
}

static struct session session_of(struct db_rows *r)
{
	return (struct session){ db_int(r, 0), db_int(r, 1), db_int(r, 2), db_int(r, 3) };
}

bool session_find(struct store *store, struct str token, int64_t now, struct session *out, struct person *who,
    struct arena *arena, struct error *err)
{
	char hash[HASH_HEX_MAX];
	struct db_conn *conn = db_reader(store->db, err);
	token_hash(token, hash);
	struct db_rows *rows =
	    !conn ? NULL
	          : db_query(conn, err,
	                "SELECT " SESSION_COLUMNS ", " PERSON_COLUMNS " FROM session s JOIN person p ON p.id = s.person"
	                " WHERE " STILL_GOOD " AND s.hash = $3",
	                "iis", now - SESSION_SECONDS, now - SESSION_IDLE_SECONDS, str_from(hash));
	bool found = rows && db_next(rows);
	if (found) {
		*out = session_of(rows);
		person_fill(rows, 4, who, arena);
	}
	if (!rows || !db_done(rows))
		return false;
	return found ? true : error_set(err, ERR_NOT_FOUND, "there is no such session");
}

bool session_touch(struct store *store, const struct session *s, int64_t now, struct error *err)
{
	if (now < s->seen_at + TOUCH_SECONDS)
		return true;
	struct store_tx *tx = store_begin(store, err);
	if (!tx || !db_exec(tx->conn, err, "UPDATE session SET seen_at = $1 WHERE id = $2", "ii", now, s->id)) {
		store_rollback(tx);
		return false;
	}
	return store_commit(tx, err);
}

bool session_list(struct store *store, int64_t person, int64_t now, struct session **out, size_t *n,
    struct arena *arena, struct error *err)
{
	struct db_conn *conn = db_reader(store->db, err);
	*n = 0;
	*out = arena_array(arena, SESSIONS_EACH, sizeof **out);
	if (!conn || !*out)
		return conn ? error_memory(err) : false;
	struct db_rows *rows = db_query(conn, err,
	    "SELECT " SESSION_COLUMNS " FROM session s WHERE " STILL_GOOD
	    " AND s.person = $3 ORDER BY s.seen_at DESC, s.id DESC"
	    " LIMIT $4",
	    "iiii", now - SESSION_SECONDS, now - SESSION_IDLE_SECONDS, person, (int64_t)SESSIONS_EACH);
	while (rows && *n < SESSIONS_EACH && db_next(rows))
		(*out)[(*n)++] = session_of(rows);
	return rows && db_done(rows);
}

bool session_end(struct store_tx *tx, int64_t person, int64_t id, struct error *err)
{
	if (!db_exec(tx->conn, err, "DELETE FROM session WHERE id = $1 AND person = $2", "ii", id, person))
		return false;
	return db_changes(tx->conn) ? true : error_set(err, ERR_NOT_FOUND, "there is no such session");
}

bool session_end_others(struct store_tx *tx, int64_t person, int64_t but, struct error *err)
{
	return db_exec(tx->conn, err, "DELETE FROM session WHERE person = $1 AND id <> $2", "ii", person, but);
}

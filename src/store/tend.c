#include "store/inner.h"

/* What happens by the clock. */

#define DUE "SELECT id FROM article WHERE status = $1 AND published_at <= $2 ORDER BY published_at, id LIMIT 1"
#define PAST "SELECT article FROM trash WHERE at <= $1 ORDER BY at, article LIMIT 1"
#define OLD_UNDO "SELECT id FROM undo WHERE at <= $1 ORDER BY id LIMIT 1"

/* Asked of a reader, each second: an index each. */
static bool anything(struct store *store, int64_t now, bool *due, struct error *err)
{
	int64_t id;
	struct error none[3] = { { 0 } };
	struct db_conn *conn = db_reader(store->db, err);
	if (!conn)
		return false;
	*due = db_get_int(conn, &none[0], &id, DUE, "ii", (int64_t)ARTICLE_SCHEDULED, now) ||
	       db_get_int(conn, &none[1], &id, PAST, "i", now - TRASH_SECONDS) ||
	       db_get_int(conn, &none[2], &id, OLD_UNDO, "i", now - UNDO_SECONDS);
	for (size_t i = 0; i < 3; i++) {
		if (none[i].code != ERR_NONE && none[i].code != ERR_NOT_FOUND)
			return error_set(err, none[i].code, "%s", none[i].message);
	}
	return true;
}

/* Its last revision is of whoever scheduled it; empty where it came from outside the desk. */
static bool last_writer(struct store_tx *tx, int64_t id, struct person *who, struct arena *arena, struct error *err)
{
	struct db_rows *rows = db_query(
	    tx->conn, err, "SELECT person, name FROM revision WHERE article = $1 ORDER BY id DESC LIMIT 1", "i", id);
	*who = (struct person){ 0 };
	if (rows && db_next(rows))
		*who = (struct person){ .id = db_int(rows, 0), .name = db_dup(rows, 1, arena) };
	return rows && db_done(rows);
}

/* As a revision it is theirs who scheduled it; in the log it happened by itself. */
static bool publish(struct store_tx *tx, int64_t id, struct arena *arena, struct error *err)
{
	struct article a;
	struct person who;
	if (!article_whole_on(tx->conn, id, &a, arena, err) || !last_writer(tx, id, &who, arena, err) ||
	    !revision_keep_outside(tx, &a, arena, err) || !status_write(tx, &a, ARTICLE_PUBLISHED, a.published_at, err))
		return error_context(err, "publishing article %lld on time", (long long)id);
	a.status = ARTICLE_PUBLISHED;
	struct str object = arena_printf(arena, "%lld %.*s", (long long)id, (int)a.title.n, a.title.p);
	return revision_keep(tx, &a, clock_now(), who.name.n ? &who : NULL, arena, err) &&
	       audit_add(tx, NULL, STR("clock.publish"), object, err);
}

/* Until one of them says that there is no more. */
static bool tend(struct store_tx *tx, int64_t now, size_t *n, struct arena *arena, struct error *err)
{
	int64_t id;
	struct article a;
	struct error none = { 0 };
	while (db_get_int(tx->conn, &none, &id, DUE, "ii", (int64_t)ARTICLE_SCHEDULED, now)) {
		if (!publish(tx, id, arena, err))
			return false;
		*n += 1;
	}
	while (none.code == ERR_NOT_FOUND && db_get_int(tx->conn, &none, &id, PAST, "i", now - TRASH_SECONDS)) {
		if (!article_get(tx->conn, id, &a, arena, err))
			return false;
		struct str object = arena_printf(arena, "%lld %.*s", (long long)id, (int)a.title.n, a.title.p);
		if (!article_delete(tx, id, err) || !audit_add(tx, NULL, STR("clock.delete"), object, err))
			return false;
		*n += 1;
	}
	if (none.code != ERR_NOT_FOUND)
		return error_set(err, none.code, "%s", none.message);
	return db_exec(tx->conn, err, "DELETE FROM undo WHERE at <= $1", "i", now - UNDO_SECONDS);
}

bool store_tend(struct store *store, int64_t now, size_t *n, struct error *err)
{
	bool due;
	size_t done = 0;
	if (n)
		*n = 0;
	if (!anything(store, now, &due, err))
		return false;
	if (!due)
		return true;
	struct arena *arena = arena_new();
	struct store_tx *tx = arena ? store_begin(store, err) : NULL;
	bool ok = arena ? tx && tend(tx, now, &done, arena, err) : error_memory(err);
	if (!ok)
		store_rollback(tx);
	arena_free(arena);
	if (n)
		*n = done;
	return ok && store_commit(tx, err);
}

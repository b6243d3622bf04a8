#include "store/inner.h"

/* Numbers for the desk's first page, each from an index or a small table. */

static bool count_status(struct store *store, enum article_status status, int64_t *n, struct error *err)
{
	struct db_conn *conn = db_reader(store->db, err);
	return conn && db_get_int(conn, err, n, "SELECT COUNT(*) FROM article WHERE status = $1", "i", (int64_t)status);
}

bool overview_drafts(struct store *store, int64_t *n, struct error *err)
{
	return count_status(store, ARTICLE_DRAFT, n, err);
}

bool overview_in_review(struct store *store, int64_t *n, struct error *err)
{
	return count_status(store, ARTICLE_REVIEW, n, err);
}

bool overview_scheduled(struct store *store, int64_t *n, struct error *err)
{
	return count_status(store, ARTICLE_SCHEDULED, n, err);
}

bool overview_published(struct store *store, int64_t *n, struct error *err)
{
	return count_status(store, ARTICLE_PUBLISHED, n, err);
}

bool overview_questions(struct store *store, int64_t *n, struct error *err)
{
	struct db_conn *conn = db_reader(store->db, err);
	return conn && db_get_int(conn, err, n, "SELECT COUNT(*) FROM question", "");
}

bool overview_unanswered(struct store *store, int64_t *n, struct error *err)
{
	struct db_conn *conn = db_reader(store->db, err);
	return conn && db_get_int(conn, err, n, "SELECT COUNT(*) FROM unanswered WHERE dismissed = 0", "");
}

bool overview_behind(struct store *store, int64_t *n, struct error *err)
{
	struct db_conn *conn = db_reader(store->db, err);
	return conn && db_get_int(conn, err, n, "SELECT COUNT(*) FROM translation WHERE behind_at <> 0", "");
}

bool overview_dead_links(struct store *store, int64_t *n, struct error *err)
{
	struct link_counts counts;
	bool ok = link_counts(store, &counts, err);
	*n = ok ? (int64_t)counts.dead : 0;
	return ok;
}

/* The first second of the month that lies `back` months before now's, in the zone. */
static int64_t month_start(int64_t now, int offset, int back, struct civil *out)
{
	struct civil c = civil_from_unix(now + offset);
	int months = c.year * 12 + c.month - 1 - back;
	*out = (struct civil){ .year = months / 12, .month = months % 12 + 1, .day = 1 };
	return civil_to_unix(*out) - offset;
}

bool published_by_month(
    struct store *store, int64_t now, int offset, struct month_count *out, size_t n, struct error *err)
{
	struct civil c;
	struct db_conn *conn = db_reader(store->db, err);
	for (size_t i = 0; conn && i < n; i++) {
		int back = (int)(n - 1 - i);
		int64_t to = month_start(now, offset, back - 1, &c), from = month_start(now, offset, back, &c);
		out[i].year = c.year;
		out[i].month = c.month;
		if (!db_get_int(conn, err, &out[i].articles,
		        "SELECT COUNT(*) FROM article WHERE status = $1 AND published_at >= $2 AND published_at < $3", "iii",
		        (int64_t)ARTICLE_PUBLISHED, from, to))
			return false;
	}
	return conn != NULL;
}

static bool read_waiting(struct db_rows *rows, struct article_item **out, size_t *n, size_t limit, struct arena *arena)
{
	*n = 0;
	*out = arena_array(arena, limit, sizeof **out);
	while (rows && *out && *n < limit && db_next(rows))
		(*out)[(*n)++] = (struct article_item){ .id = db_int(rows, 0),
			.lang = db_dup(rows, 1, arena),
			.title = db_dup(rows, 2, arena),
			.published_at = db_int(rows, 3),
			.updated_at = db_int(rows, 4) };
	return rows && db_done(rows) && *out;
}

bool article_waiting(struct store *store, enum article_status status, size_t limit, struct article_item **out,
    size_t *n, struct arena *arena, struct error *err)
{
	struct db_conn *conn = db_reader(store->db, err);
	return conn && read_waiting(db_query(conn, err,
	                                "SELECT id, lang, title, published_at, updated_at FROM article WHERE status = $1"
	                                " ORDER BY published_at, id LIMIT $2",
	                                "ii", (int64_t)status, (int64_t)limit),
	                   out, n, limit, arena);
}

bool unanswered_top(
    struct store *store, size_t limit, struct unanswered *out, size_t *n, struct arena *arena, struct error *err)
{
	struct db_conn *conn = db_reader(store->db, err);
	struct db_rows *rows =
	    conn ? db_query(conn, err,
	               "SELECT query, searches FROM unanswered WHERE dismissed = 0 ORDER BY searches DESC, query LIMIT $1",
	               "i", (int64_t)limit)
	         : NULL;
	*n = 0;
	while (rows && *n < limit && db_next(rows))
		out[(*n)++] = (struct unanswered){ .query = db_dup(rows, 0, arena), .searches = db_int(rows, 1) };
	return rows && db_done(rows);
}

/* ---- the state of the site ---- */

bool store_space(struct store *store, int64_t *bytes, int64_t *free_bytes, struct error *err)
{
	return db_space(store->db, bytes, free_bytes, err);
}

bool store_backup_time(struct store *store, int64_t *at, struct error *err)
{
	struct error none = { 0 };
	struct db_conn *conn = db_reader(store->db, err);
	*at = 0;
	if (!conn)
		return false;
	if (db_get_int(conn, &none, at, "SELECT CAST(value AS INTEGER) FROM meta WHERE name = 'backup_at'", "") ||
	    none.code == ERR_NOT_FOUND)
		return true;
	*err = none;
	return false;
}

bool backup_noted(struct store *store, int64_t now, struct error *err)
{
	struct arena *arena = arena_new();
	struct db_conn *conn = arena ? db_begin(store->db, err) : NULL;
	bool ok = conn &&
	          db_exec(conn, err,
	              "INSERT INTO meta (name, value) VALUES ('backup_at', $1) ON CONFLICT (name) DO UPDATE SET value = $1",
	              "s", arena_printf(arena, "%lld", (long long)now));
	if (ok)
		ok = db_commit(conn, err);
	else if (conn)
		db_rollback(conn);
	else if (!arena)
		error_memory(err);
	arena_free(arena);
	return ok;
}

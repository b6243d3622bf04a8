#include "store/inner.h"

/* Counts by the plain definition, without `listed`: published groups in a category or anywhere below it. */
static const char RECOUNT[] =
    "SELECT c.id, c.slug, c.articles, (SELECT COUNT(DISTINCT a.group_id) FROM article_category ac"
    " JOIN article a ON a.id = ac.article WHERE a.status = 3 AND a.id NOT IN (SELECT article FROM page) AND ac.category IN"
    " (WITH RECURSIVE sub (id) AS (SELECT c.id UNION SELECT x.id FROM category x JOIN sub ON x.parent = sub.id)"
    "  SELECT id FROM sub)) AS plain FROM category c";

static void check_counts(struct db_conn *conn, struct buf *out, struct error *err)
{
	struct db_rows *rows = db_query(conn, err, RECOUNT, "");
	while (rows && db_next(rows)) {
		if (db_int(rows, 2) == db_int(rows, 3))
			continue;
		struct str slug = db_str(rows, 1);
		buf_printf(out, "category %.*s says %lld articles, there are %lld\n", (int)slug.n, slug.p,
		    (long long)db_int(rows, 2), (long long)db_int(rows, 3));
	}
	if (rows)
		db_done(rows);
}

static void check_listed(struct db_conn *conn, struct buf *out, struct error *err)
{
	int64_t groups = 0, listed = 0;
	if (!db_get_int(conn, err, &groups,
	        "SELECT COUNT(DISTINCT group_id) FROM article WHERE status = 3 AND id NOT IN (SELECT article FROM page)",
	        "") ||
	    !db_get_int(conn, err, &listed, "SELECT COUNT(DISTINCT group_id) FROM listed WHERE category = 0", ""))
		return;
	if (groups != listed)
		buf_printf(
		    out, "%lld groups of articles are published, %lld are listed\n", (long long)groups, (long long)listed);
}

struct str store_check(struct store *store, struct arena *arena, struct error *err)
{
	struct buf out = { 0 };
	struct db_conn *conn = db_reader(store->db, err);
	if (!conn)
		return STR("");
	buf_add(&out, db_check(store->db, arena, err));
	if (err->code == ERR_NONE)
		check_counts(conn, &out, err);
	if (err->code == ERR_NONE)
		check_listed(conn, &out, err);
	struct str problems = buf_take(&out, arena);
	return problems.p ? problems : STR("");
}

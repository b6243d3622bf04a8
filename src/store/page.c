#include "store/inner.h"

/* Pages: articles that stand apart. What makes one is a row of its own; nothing else of an article knows of it. */

bool page_set(struct store_tx *tx, int64_t article, bool found, struct error *err)
{
	int64_t group;
	return db_get_int(tx->conn, err, &group, "SELECT group_id FROM article WHERE id = $1", "i", article) &&
	       db_exec(tx->conn, err,
	           "INSERT INTO page (article, found) VALUES ($1, $2) ON CONFLICT (article) DO UPDATE SET found = $2", "it",
	           article, found) &&
	       listed_update(tx, group, err) && change_add(tx, CHANGE_ARTICLE, article, err) &&
	       change_add(tx, CHANGE_LISTS, 0, err) && change_add(tx, CHANGE_UPDATES, 0, err);
}

bool page_is(struct store *store, int64_t article, bool *page, struct error *err)
{
	int64_t n = 0;
	struct db_conn *conn = db_reader(store->db, err);
	*page = conn && db_get_int(conn, err, &n, "SELECT COUNT(*) FROM page WHERE article = $1", "i", article) && n > 0;
	return conn && err->code == ERR_NONE;
}

static const char PAGES[] = "SELECT a.id, a.group_id, a.lang, a.slug, a.title, a.status, a.updated_at, p.found"
                            " FROM page p JOIN article a ON a.id = p.article ORDER BY a.group_id, a.id LIMIT $1";

bool page_list(struct store *store, struct page_item **out, size_t *n, struct arena *arena, struct error *err)
{
	size_t cap = 0;
	struct db_conn *conn = db_reader(store->db, err);
	*out = NULL;
	*n = 0;
	struct db_rows *r = conn ? db_query(conn, err, PAGES, "i", (int64_t)PAGES_MAX) : NULL;
	while (r && db_next(r)) {
		*out = grow_array(arena, *out, *n, &cap, sizeof **out);
		if (!*out)
			break;
		(*out)[(*n)++] = (struct page_item){ .id = db_int(r, 0),
			.group_id = db_int(r, 1),
			.lang = db_dup(r, 2, arena),
			.slug = db_dup(r, 3, arena),
			.title = db_dup(r, 4, arena),
			.status = (enum article_status)db_int(r, 5),
			.updated_at = db_int(r, 6),
			.found = db_int(r, 7) != 0 };
	}
	return r && db_done(r);
}

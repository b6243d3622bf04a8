#include "store/inner.h"

/* Sources, read. */

#define COLUMNS                                                                                                             \
	"SELECT s.id, s.url, s.title, s.author, s.outlet, s.published, s.accessed, s.archive_url, s.edited, s.state, s.status," \
	" s.goal, s.checked_at, (SELECT COUNT(DISTINCT c.article) FROM citation_source c WHERE c.source = s.id)"
/* $1 pattern or empty, $2 state or -1, $3 uncited */
#define FILTER                                                                                                               \
	" FROM source s WHERE ($1 = '' OR s.url LIKE $1 ESCAPE '!' OR s.title LIKE $1 ESCAPE '!' OR s.author LIKE $1 ESCAPE '!'" \
	"  OR s.outlet LIKE $1 ESCAPE '!') AND ($2 = -1 OR s.state = $2)"                                                        \
	" AND ($3 = 0 OR NOT EXISTS (SELECT 1 FROM citation_source c WHERE c.source = s.id))"

static struct source_record source_from(struct db_rows *r, int first, struct arena *arena)
{
	return (struct source_record){ .id = db_int(r, first),
		.url = db_dup(r, first + 1, arena),
		.title = db_dup(r, first + 2, arena),
		.author = db_dup(r, first + 3, arena),
		.outlet = db_dup(r, first + 4, arena),
		.published = db_dup(r, first + 5, arena),
		.accessed = db_dup(r, first + 6, arena),
		.archive_url = db_dup(r, first + 7, arena),
		.edited = db_int(r, first + 8) != 0,
		.state = (enum source_state)db_int(r, first + 9),
		.status = (int)db_int(r, first + 10),
		.goal = db_dup(r, first + 11, arena),
		.checked_at = db_int(r, first + 12),
		.articles = db_int(r, first + 13) };
}

static bool read_all(struct db_rows *rows, struct source_record **out, size_t *n, struct arena *arena)
{
	size_t cap = 0;
	*out = NULL;
	*n = 0;
	while (rows && db_next(rows)) {
		*out = grow_array(arena, *out, *n, &cap, sizeof **out);
		if (!*out)
			break;
		(*out)[(*n)++] = source_from(rows, 0, arena);
	}
	return rows && db_done(rows);
}

static bool read_one(struct db_rows *rows, struct source_record *out, struct arena *arena, struct error *err)
{
	bool found = rows && db_next(rows);
	if (found)
		*out = source_from(rows, 0, arena);
	if (!rows || !db_done(rows))
		return false;
	return found ? true : error_set(err, ERR_NOT_FOUND, "there is no such source");
}

bool source_list(struct store *store, const struct source_filter *f, struct source_record **out, size_t *n,
    size_t *total, struct arena *arena, struct error *err)
{
	int64_t all = 0, limit = f->limit ? (int64_t)f->limit : -1;
	struct str pattern = f->words.n ? like_pattern(f->words, arena) : STR("");
	struct db_conn *conn = db_reader(store->db, err);
	if (!conn || !db_get_int(conn, err, &all, "SELECT COUNT(*)" FILTER, "sit", pattern, (int64_t)f->state, f->uncited))
		return false;
	*total = (size_t)all;
	struct db_rows *rows =
	    f->state < 0 ? db_query(conn, err, COLUMNS FILTER " ORDER BY s.id DESC LIMIT $4 OFFSET $5", "sitii", pattern,
	                       (int64_t)f->state, f->uncited, limit, (int64_t)f->offset)
	                 : db_query(conn, err, COLUMNS FILTER " ORDER BY s.checked_at DESC, s.id LIMIT $4 OFFSET $5",
	                       "sitii", pattern, (int64_t)f->state, f->uncited, limit, (int64_t)f->offset);
	return read_all(rows, out, n, arena);
}

bool source_get(struct store *store, int64_t id, struct source_record *out, struct arena *arena, struct error *err)
{
	struct db_conn *conn = db_reader(store->db, err);
	return conn && read_one(db_query(conn, err, COLUMNS " FROM source s WHERE s.id = $1", "i", id), out, arena, err);
}

bool source_by_url(
    struct store *store, struct str url, struct source_record *out, struct arena *arena, struct error *err)
{
	struct db_conn *conn = db_reader(store->db, err);
	return conn &&
	       read_one(db_query(conn, err, COLUMNS " FROM source_key k JOIN source s ON s.id = k.source WHERE k.key = $1",
	                    "s", source_key(url, arena)),
	           out, arena, err);
}

bool source_citers(
    struct store *store, int64_t id, struct article_item **out, size_t *n, struct arena *arena, struct error *err)
{
	size_t cap = 0;
	struct db_conn *conn = db_reader(store->db, err);
	struct db_rows *rows =
	    conn
	        ? db_query(conn, err,
	              "SELECT a.id, a.lang, a.title, a.status FROM article a WHERE a.id IN (SELECT article FROM citation_source"
	              " WHERE source = $1) ORDER BY a.updated_at DESC, a.id",
	              "i", id)
	        : NULL;
	*out = NULL;
	*n = 0;
	while (rows && db_next(rows)) {
		*out = grow_array(arena, *out, *n, &cap, sizeof **out);
		if (!*out)
			break;
		(*out)[(*n)++] = (struct article_item){ .id = db_int(rows, 0),
			.lang = db_dup(rows, 1, arena),
			.title = db_dup(rows, 2, arena),
			.status = (enum article_status)db_int(rows, 3) };
	}
	return rows && db_done(rows);
}

bool source_is_public(struct store *store, int64_t id, bool *out, struct error *err)
{
	int64_t n = 0;
	struct db_conn *conn = db_reader(store->db, err);
	bool ok =
	    conn &&
	    db_get_int(conn, err, &n,
	        "SELECT COUNT(*) FROM citation_source c JOIN article a ON a.id = c.article WHERE c.source = $1 AND a.status = $2",
	        "ii", id, (int64_t)ARTICLE_PUBLISHED);
	*out = n > 0;
	return ok;
}

bool source_of_article(
    struct store *store, int64_t article, struct cited_source **out, size_t *n, struct arena *arena, struct error *err)
{
	size_t cap = 0;
	struct db_conn *conn = db_reader(store->db, err);
	struct db_rows *rows =
	    conn
	        ? db_query(conn, err,
	              "SELECT x.number, s.id, s.url, s.title, s.author, s.outlet, s.published, s.accessed, s.archive_url, s.edited, s.state,"
	              " s.status, s.goal, s.checked_at, 0 FROM citation_source x JOIN source s ON s.id = x.source WHERE x.article = $1"
	              " ORDER BY x.number",
	              "i", article)
	        : NULL;
	*out = NULL;
	*n = 0;
	while (rows && db_next(rows)) {
		*out = grow_array(arena, *out, *n, &cap, sizeof **out);
		if (!*out)
			break;
		(*out)[(*n)++] = (struct cited_source){ (int)db_int(rows, 0), source_from(rows, 1, arena) };
	}
	return rows && db_done(rows);
}

/* ---- the link check ---- */

bool link_due(
    struct store *store, int64_t now, struct source_record *out, bool *found, struct arena *arena, struct error *err)
{
	struct error none = { 0 };
	struct db_conn *conn = db_reader(store->db, err);
	*found =
	    conn &&
	    read_one(
	        db_query(conn, &none,
	            COLUMNS
	            " FROM source s WHERE s.next_at <= $1 AND EXISTS (SELECT 1 FROM citation_source c WHERE c.source = s.id)"
	            " ORDER BY s.next_at, s.id LIMIT 1",
	            "i", now),
	        out, arena, &none);
	if (conn && !*found && none.code != ERR_NOT_FOUND)
		*err = none;
	return conn && (*found || none.code == ERR_NOT_FOUND);
}

bool link_counts(struct store *store, struct link_counts *out, struct error *err)
{
	struct db_conn *conn = db_reader(store->db, err);
	struct db_rows *rows =
	    conn
	        ? db_query(conn, err,
	              "SELECT s.state, COUNT(*) FROM source s WHERE EXISTS (SELECT 1 FROM citation_source c WHERE c.source = s.id)"
	              " GROUP BY s.state",
	              "")
	        : NULL;
	*out = (struct link_counts){ 0 };
	int64_t *const counts[] = { &out->unchecked, &out->alive, &out->moved, &out->failing, &out->dead };
	while (rows && db_next(rows)) {
		int64_t state = db_int(rows, 0);
		if (state >= SOURCE_UNCHECKED && state <= SOURCE_DEAD)
			*counts[state] = db_int(rows, 1);
		out->sources += db_int(rows, 1);
	}
	return rows && db_done(rows);
}

bool links_dead(struct store *store, size_t limit, struct source_record **out, size_t *n, size_t *total,
    struct arena *arena, struct error *err)
{
	struct link_counts counts;
	struct db_conn *conn = db_reader(store->db, err);
	if (!conn || !link_counts(store, &counts, err))
		return false;
	*total = (size_t)counts.dead;
	return read_all(
	    db_query(conn, err,
	        COLUMNS " AS cited FROM source s WHERE s.state = $1 AND EXISTS (SELECT 1 FROM citation_source c WHERE"
	                " c.source = s.id) ORDER BY cited DESC, s.id LIMIT $2",
	        "ii", (int64_t)SOURCE_DEAD, limit ? (int64_t)limit : -1),
	    out, n, arena);
}

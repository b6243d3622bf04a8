#include "store/inner.h"

#define ITEM_COLUMNS                                                                                                 \
	"SELECT a.id, a.group_id, a.lang, a.slug, a.title, a.shown_summary, a.author, a.translator, a.source, a.status," \
	" a.published_at, a.updated_at, a.sticky, EXISTS (SELECT 1 FROM page p WHERE p.article = a.id) "
/* $1 language, $2 category, $3 tag, $4 only this language, $5 limit, $6 offset */
#define FROM_LISTED                                                                                     \
	"FROM listed l JOIN article a ON a.id = l.article WHERE l.lang = $1 AND l.category = $2"            \
	" AND ($3 = '' OR EXISTS (SELECT 1 FROM article_tag t WHERE t.tag = $3 AND t.article = l.article))" \
	" AND ($4 = '' OR a.lang = $4) "
/* What waits for somebody: to be judged (asked of them, or of whoever may, but for what they wrote), to be published since it
 * was approved, and of what they wrote: what was sent back, and what others' comments ask. $8 person, $9 judges, $10
 * publishes; 0, 1 are ARTICLE_DRAFT, ARTICLE_REVIEW; 1, 2, 3 REVIEW_OPEN, _APPROVED, _BACK. */
#define WAITING                                                                                        \
	"SELECT x.id FROM article x LEFT JOIN review r ON r.article = x.id WHERE x.status = 1 AND $9 <> 0" \
	"  AND (r.article IS NULL OR r.state <> 2) AND (r.reviewer = $8 OR (COALESCE(r.reviewer, 0) = 0"   \
	"   AND NOT EXISTS (SELECT 1 FROM writer w WHERE w.article = x.id AND w.person = $8)))"            \
	" UNION ALL SELECT r.article FROM review r JOIN article x ON x.id = r.article"                     \
	"  WHERE $10 <> 0 AND r.state = 2 AND x.status = 1"                                                \
	" UNION ALL SELECT r.article FROM review r JOIN article x ON x.id = r.article"                     \
	"  JOIN writer w ON w.article = r.article WHERE r.state = 3 AND x.status = 0 AND w.person = $8"    \
	" UNION ALL SELECT c.article FROM writer w JOIN comment c ON c.article = w.article"                \
	"  WHERE w.person = $8 AND c.parent = 0 AND c.resolved_at = 0 AND c.person <> $8"
/* 6 is ARTICLE_TRASHED. $1 status or -1, $2 category with descendants or 0, $3 tag, $4 language, $5 pattern of the title, $6
 * pattern of a name, $7 writer or 0, $8 to $10 see above, $11 without pages, $12 limit, $13 offset */
#define FROM_VERSIONS "FROM article a " WHERE_VERSIONS
#define WHERE_VERSIONS                                                                                          \
	"WHERE ($1 = -1 AND a.status <> 6 OR a.status = $1)"                                                        \
	" AND ($2 = 0 OR a.id IN (SELECT article FROM article_category WHERE category IN"                           \
	"  (WITH RECURSIVE sub (id) AS (SELECT $2 UNION SELECT c.id FROM category c JOIN sub ON c.parent = sub.id)" \
	"   SELECT id FROM sub)))"                                                                                  \
	" AND ($3 = '' OR EXISTS (SELECT 1 FROM article_tag t WHERE t.tag = $3 AND t.article = a.id))"              \
	" AND ($4 = '' OR a.lang = $4) AND ($5 = '' OR a.title LIKE $5 ESCAPE '!')"                                 \
	" AND ($6 = '' OR a.author LIKE $6 ESCAPE '!' OR a.translator LIKE $6 ESCAPE '!')"                          \
	" AND ($7 = 0 OR a.id IN (SELECT article FROM writer WHERE person = $7))"                                   \
	" AND ($8 = 0 OR a.id IN (" WAITING "))"                                                                    \
	" AND ($11 = 0 OR NOT EXISTS (SELECT 1 FROM page p WHERE p.article = a.id)) "
#define PAGE "LIMIT $5 OFFSET $6"
#define VERSIONS_PAGE "LIMIT $12 OFFSET $13"

static const char *const LISTED[] = {
	[ORDER_NEWEST] = ITEM_COLUMNS FROM_LISTED "ORDER BY l.sticky DESC, l.published_at DESC, l.article DESC " PAGE,
	[ORDER_OLDEST] = ITEM_COLUMNS FROM_LISTED "ORDER BY l.sticky DESC, l.published_at, l.article " PAGE,
	[ORDER_TITLE] = ITEM_COLUMNS FROM_LISTED "ORDER BY l.sticky DESC, a.title, a.id " PAGE,
	[ORDER_UPDATED] = ITEM_COLUMNS FROM_LISTED "ORDER BY a.updated_at DESC, a.id DESC " PAGE,
};
/* As FROM_VERSIONS, then $12 time and $13 id to go on from, $14 limit */
static const char VERSIONS_AFTER[] = ITEM_COLUMNS FROM_VERSIONS
    "AND a.updated_at <= $12 AND (a.updated_at < $12 OR a.id < $13) ORDER BY a.updated_at DESC, a.id DESC LIMIT $14";
static const char LISTED_TOTAL[] = "SELECT COUNT(*) " FROM_LISTED;
static const char *const VERSIONS[] = {
	[ORDER_NEWEST] = ITEM_COLUMNS FROM_VERSIONS "ORDER BY a.published_at DESC, a.id DESC " VERSIONS_PAGE,
	[ORDER_OLDEST] = ITEM_COLUMNS FROM_VERSIONS "ORDER BY a.published_at, a.id " VERSIONS_PAGE,
	[ORDER_TITLE] = ITEM_COLUMNS FROM_VERSIONS "ORDER BY a.title, a.id " VERSIONS_PAGE,
	[ORDER_UPDATED] = ITEM_COLUMNS FROM_VERSIONS "ORDER BY a.updated_at DESC, a.id DESC " VERSIONS_PAGE,
};
static const char VERSIONS_TOTAL[] = "SELECT COUNT(*) " FROM_VERSIONS;
/* Somebody's own are few beside all: counted from their side. */
static const char VERSIONS_TOTAL_OWN[] =
    "SELECT COUNT(*) FROM writer own JOIN article a ON a.id = own.article AND own.person = $7 " WHERE_VERSIONS;
/* The usual case, answered from an index alone. $1 status or -1, $2 language */
static const char VERSIONS_TOTAL_PLAIN[] =
    "SELECT COUNT(*) FROM article a WHERE ($1 = -1 AND a.status <> 6 OR a.status = $1) AND ($2 = '' OR a.lang = $2)";

static struct article_item item_of(struct db_rows *r, struct arena *arena)
{
	return (struct article_item){ .id = db_int(r, 0),
		.group_id = db_int(r, 1),
		.lang = db_dup(r, 2, arena),
		.slug = db_dup(r, 3, arena),
		.title = db_dup(r, 4, arena),
		.summary = db_dup(r, 5, arena),
		.author = db_dup(r, 6, arena),
		.translator = db_dup(r, 7, arena),
		.source = db_dup(r, 8, arena),
		.status = (enum article_status)db_int(r, 9),
		.published_at = db_int(r, 10),
		.updated_at = db_int(r, 11),
		.sticky = db_int(r, 12) != 0,
		.page = db_int(r, 13) != 0 };
}

static bool read_items(struct db_rows *rows, struct article_item **out, size_t *n, struct arena *arena)
{
	size_t cap = 0;
	*out = NULL;
	*n = 0;
	while (rows && db_next(rows)) {
		*out = grow_array(arena, *out, *n, &cap, sizeof **out);
		if (!*out)
			break;
		(*out)[(*n)++] = item_of(rows, arena);
	}
	return rows && db_done(rows);
}

/* The language whose listing serves this reader: their own, else the default. */
static bool listing_lang(struct db_conn *conn, struct str lang, struct str *out, struct arena *arena, struct error *err)
{
	struct settings s;
	if (!settings_read_on(conn, &s, arena, err))
		return false;
	*out = s.default_lang;
	for (size_t i = 0; i < s.n_langs; i++) {
		if (str_eq(s.langs[i], lang))
			*out = lang;
	}
	return true;
}

static bool list_listed(struct db_conn *conn, const struct article_filter *f, struct article_item **out, size_t *n,
    size_t *total, struct arena *arena, struct error *err)
{
	struct str lang;
	int64_t count = 0, limit = f->limit ? (int64_t)f->limit : -1;
	if (!listing_lang(conn, f->lang, &lang, arena, err) ||
	    !read_items(db_query(conn, err, LISTED[f->order], "sissii", lang, f->category, f->tag, f->only_lang, limit,
	                    (int64_t)f->offset),
	        out, n, arena))
		return false;
	if (!total)
		return true;
	if (!db_get_int(conn, err, &count, LISTED_TOTAL, "siss", lang, f->category, f->tag, f->only_lang))
		return false;
	*total = (size_t)count;
	return true;
}

struct str like_pattern(struct str words, struct arena *arena)
{
	struct buf out = { 0 };
	words = str_trim(words);
	if (words.n == 0)
		return STR("");
	buf_addc(&out, '%');
	for (size_t i = 0; i < words.n; i++) {
		if (words.p[i] == '%' || words.p[i] == '_' || words.p[i] == '!')
			buf_addc(&out, '!');
		buf_addc(&out, words.p[i]);
	}
	buf_addc(&out, '%');
	return buf_take(&out, arena);
}

static bool list_versions(struct db_conn *conn, const struct article_filter *f, struct article_item **out, size_t *n,
    size_t *total, struct arena *arena, struct error *err)
{
	int64_t count = 0, limit = f->limit ? (int64_t)f->limit : -1;
	struct str title = like_pattern(f->title, arena), by = like_pattern(f->by, arena);
	if (!title.p || !by.p)
		return error_memory(err);
	if (!read_items(db_query(conn, err, VERSIONS[f->order], "iissssiiiiiii", (int64_t)f->status, f->category, f->tag,
	                    f->only_lang, title, by, f->writer, f->waiting, (int64_t)f->judges, (int64_t)f->publishes,
	                    (int64_t)f->no_pages, limit, (int64_t)f->offset),
	        out, n, arena))
		return false;
	if (!total)
		return true;
	bool plain =
	    !f->no_pages && f->category == 0 && f->tag.n + title.n + by.n == 0 && f->writer == 0 && f->waiting == 0;
	bool ok = plain ? db_get_int(conn, err, &count, VERSIONS_TOTAL_PLAIN, "is", (int64_t)f->status, f->only_lang)
	                : db_get_int(conn, err, &count, f->writer ? VERSIONS_TOTAL_OWN : VERSIONS_TOTAL, "iissssiiiii",
	                      (int64_t)f->status, f->category, f->tag, f->only_lang, title, by, f->writer, f->waiting,
	                      (int64_t)f->judges, (int64_t)f->publishes, (int64_t)f->no_pages);
	if (!ok)
		return false;
	*total = (size_t)count;
	return true;
}

bool article_list(struct store *store, const struct article_filter *f, struct article_item **out, size_t *n,
    size_t *total, struct arena *arena, struct error *err)
{
	struct db_conn *conn = db_reader(store->db, err);
	if (!conn)
		return false;
	if (f->lang.n && f->status == ARTICLE_PUBLISHED)
		return list_listed(conn, f, out, n, total, arena, err);
	return list_versions(conn, f, out, n, total, arena, err);
}

/* Of the versions of a group in this category, that in the language asked for, else the oldest. $1 category, $2
 * language, $3 pattern, $4 limit, $5 offset */
#define FROM_ENTRIES                                                                                            \
	"FROM article_category ac JOIN article a ON a.id = ac.article WHERE ac.category = $1 AND a.status <> 6"     \
	" AND NOT EXISTS (SELECT 1 FROM article b WHERE b.group_id = a.group_id AND b.id <> a.id AND b.status <> 6" \
	"  AND ((b.lang = $2 AND a.lang <> $2) OR ((b.lang = $2) = (a.lang = $2) AND b.id < a.id))"                 \
	"  AND EXISTS (SELECT 1 FROM article_category bc WHERE bc.article = b.id AND bc.category = $1))"            \
	" AND ($3 = '' OR a.title LIKE $3 ESCAPE '!') "
#define FROM_NOWHERE                                                                                                                       \
	"FROM article a WHERE $1 = 0 AND $2 = $2 AND a.status <> 6 AND NOT EXISTS (SELECT 1 FROM article_category ac WHERE ac.article = a.id)" \
	" AND ($3 = '' OR a.title LIKE $3 ESCAPE '!') "
static const char ENTRIES[] = ITEM_COLUMNS FROM_ENTRIES "ORDER BY ac.article DESC LIMIT $4 OFFSET $5";
static const char NOWHERE[] = ITEM_COLUMNS FROM_NOWHERE "ORDER BY a.id DESC LIMIT $4 OFFSET $5";
static const char ENTRIES_TOTAL[] = "SELECT COUNT(*) " FROM_ENTRIES;
static const char NOWHERE_TOTAL[] = "SELECT COUNT(*) " FROM_NOWHERE;
/* Without a title to look for, a group is counted without choosing among its versions. */
static const char ENTRIES_TOTAL_PLAIN[] = "SELECT COUNT(DISTINCT a.group_id) FROM article_category ac"
                                          " JOIN article a ON a.id = ac.article WHERE ac.category = $1"
                                          " AND a.status <> 6";

bool category_entries(struct store *store, const struct category_filter *f, struct article_item **out, size_t *n,
    size_t *total, struct arena *arena, struct error *err)
{
	int64_t count = 0;
	struct db_conn *conn = db_reader(store->db, err);
	struct str title = like_pattern(f->title, arena);
	*n = 0;
	if (!conn || !title.p)
		return conn ? error_memory(err) : false;
	if (!read_items(db_query(conn, err, f->category ? ENTRIES : NOWHERE, "issii", f->category, f->lang, title,
	                    f->limit ? (int64_t)f->limit : -1, (int64_t)f->offset),
	        out, n, arena))
		return false;
	bool ok = f->category && title.n == 0 ? db_get_int(conn, err, &count, ENTRIES_TOTAL_PLAIN, "i", f->category)
	                                      : db_get_int(conn, err, &count, f->category ? ENTRIES_TOTAL : NOWHERE_TOTAL,
	                                            "iss", f->category, f->lang, title);
	*total = (size_t)count;
	return ok;
}

bool article_item_by_id(
    struct store *store, int64_t id, struct article_item *out, struct arena *arena, struct error *err)
{
	struct article_item *items;
	size_t n;
	struct db_conn *conn = db_reader(store->db, err);
	if (!conn ||
	    !read_items(db_query(conn, err, ITEM_COLUMNS "FROM article a WHERE a.id = $1", "i", id), &items, &n, arena))
		return false;
	if (n == 0)
		return error_set(err, ERR_NOT_FOUND, "there is no article %lld", (long long)id);
	*out = items[0];
	return true;
}

bool article_items(struct store *store, const int64_t *ids, size_t n, struct article_item **out, size_t *n_out,
    struct arena *arena, struct error *err)
{
	struct article_item *found;
	size_t n_found;
	int64_t id[ARTICLE_ITEMS_MAX] = { 0 };
	struct db_conn *conn = db_reader(store->db, err);
	for (size_t i = 0; i < n && i < ARTICLE_ITEMS_MAX; i++)
		id[i] = ids[i];
	*n_out = 0;
	*out = arena_array(arena, ARTICLE_ITEMS_MAX, sizeof **out);
	if (!conn || !*out)
		return conn ? error_memory(err) : false;
	if (n == 0)
		return true;
	if (!read_items(
	        db_query(conn, err,
	            ITEM_COLUMNS "FROM article a WHERE a.id IN ($1, $2, $3, $4, $5, $6, $7, $8) AND +a.status = $9"
	                         " AND NOT EXISTS (SELECT 1 FROM page p WHERE p.article = a.id)",
	            "iiiiiiiii", id[0], id[1], id[2], id[3], id[4], id[5], id[6], id[7], (int64_t)ARTICLE_PUBLISHED),
	        &found, &n_found, arena))
		return false;
	for (size_t i = 0; i < n && i < ARTICLE_ITEMS_MAX; i++) {
		for (size_t j = 0; j < n_found; j++) {
			if (found[j].id == id[i])
				(*out)[(*n_out)++] = found[j];
		}
	}
	return true;
}

bool article_list_after(struct store *store, const struct article_filter *f, int64_t at, int64_t id,
    struct article_item **out, size_t *n, struct arena *arena, struct error *err)
{
	struct db_conn *conn = db_reader(store->db, err);
	struct str title = like_pattern(f->title, arena), by = like_pattern(f->by, arena);
	if (!conn || !title.p || !by.p)
		return conn ? error_memory(err) : false;
	bool start = at == 0 && id == 0;
	return read_items(db_query(conn, err, VERSIONS_AFTER, "iissssiiiiiiii", (int64_t)f->status, f->category, f->tag,
	                      f->only_lang, title, by, f->writer, f->waiting, (int64_t)f->judges, (int64_t)f->publishes,
	                      (int64_t)f->no_pages, start ? INT64_MAX : at, id, (int64_t)f->limit),
	    out, n, arena);
}

bool article_translations(
    struct store *store, int64_t group, struct article_item **out, size_t *n, struct arena *arena, struct error *err)
{
	struct db_conn *conn = db_reader(store->db, err);
	return conn &&
	       read_items(db_query(conn, err,
	                      ITEM_COLUMNS "FROM article a WHERE a.group_id = $1 AND a.status = $2 ORDER BY a.lang, a.id",
	                      "ii", group, (int64_t)ARTICLE_PUBLISHED),
	           out, n, arena);
}

bool article_versions(
    struct store *store, int64_t id, struct article_item **out, size_t *n, struct arena *arena, struct error *err)
{
	struct db_conn *conn = db_reader(store->db, err);
	return conn && read_items(db_query(conn, err,
	                              ITEM_COLUMNS
	                              "FROM article self JOIN article a ON a.group_id = self.group_id AND a.id <> self.id"
	                              " WHERE self.id = $1 AND a.status = $2 ORDER BY a.lang, a.id",
	                              "ii", id, (int64_t)ARTICLE_PUBLISHED),
	                   out, n, arena);
}

static const char BEFORE[] = ITEM_COLUMNS
    "FROM listed l JOIN article a ON a.id = l.article WHERE l.lang = $1 AND l.category = $2"
    " AND (l.sticky, l.published_at, l.article) > ($3, $4, $5) ORDER BY l.sticky, l.published_at, l.article LIMIT 1";
static const char AFTER[] =
    ITEM_COLUMNS "FROM listed l JOIN article a ON a.id = l.article WHERE l.lang = $1 AND l.category = $2"
                 " AND (l.sticky, l.published_at, l.article) < ($3, $4, $5)"
                 " ORDER BY l.sticky DESC, l.published_at DESC, l.article DESC LIMIT 1";

bool article_neighbours(struct store *store, int64_t id, int64_t category, struct str reader,
    struct article_item *previous, struct article_item *next, struct arena *arena, struct error *err)
{
	struct str lang;
	struct article_item *items;
	size_t n;
	int64_t sticky = 0, published = 0, article = 0;
	struct db_conn *conn = db_reader(store->db, err);
	*previous = *next = (struct article_item){ 0 };
	if (!conn || !listing_lang(conn, reader, &lang, arena, err))
		return false;
	struct db_rows *rows = db_query(conn, err,
	    "SELECT l.sticky, l.published_at, l.article FROM article a JOIN listed l ON l.group_id = a.group_id"
	    " WHERE a.id = $1 AND l.lang = $2 AND l.category = $3",
	    "isi", id, lang, category);
	if (rows && db_next(rows)) {
		sticky = db_int(rows, 0);
		published = db_int(rows, 1);
		article = db_int(rows, 2);
	}
	if (!rows || !db_done(rows))
		return false;
	if (article == 0)
		return true;
	if (!read_items(
	        db_query(conn, err, BEFORE, "siiii", lang, category, sticky, published, article), &items, &n, arena))
		return false;
	if (n)
		*previous = items[0];
	if (!read_items(db_query(conn, err, AFTER, "siiii", lang, category, sticky, published, article), &items, &n, arena))
		return false;
	if (n)
		*next = items[0];
	return true;
}

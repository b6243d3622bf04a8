#include "store/inner.h"

#define GROUP_MAX 64   /* published versions of one group that are looked at */
#define PLACES_MAX 512 /* categories and their ancestors that one group stands in */

/* A published version of a group. */
struct version {
	int64_t id, published_at;
	bool sticky;
	struct str lang;
};

struct group {
	struct version versions[GROUP_MAX];
	size_t n;
	int64_t places[PLACES_MAX]; /* 0 first: the whole site */
	size_t n_places;
};

static bool read_versions(struct store_tx *tx, int64_t id, struct group *g, struct arena *arena, struct error *err)
{
	struct db_rows *rows = db_query(tx->conn, err,
	    "SELECT id, lang, published_at, sticky FROM article WHERE group_id = $1 AND status = $2"
	    " AND id NOT IN (SELECT article FROM page) ORDER BY id",
	    "ii", id, (int64_t)ARTICLE_PUBLISHED);
	while (rows && g->n < GROUP_MAX && db_next(rows)) {
		struct version *v = &g->versions[g->n++];
		v->id = db_int(rows, 0);
		v->lang = db_dup(rows, 1, arena);
		v->published_at = db_int(rows, 2);
		v->sticky = db_int(rows, 3) != 0;
	}
	return rows && db_done(rows);
}

/* All categories of all published versions, and their ancestors. UNION ends circles, which cannot be anyway. */
static bool read_places(struct store_tx *tx, int64_t id, struct group *g, struct error *err)
{
	g->places[g->n_places++] = 0;
	struct db_rows *rows = db_query(tx->conn, err,
	    "WITH RECURSIVE place (id) AS ("
	    " SELECT ac.category FROM article a JOIN article_category ac ON ac.article = a.id"
	    " WHERE a.group_id = $1 AND a.status = $2 AND a.id NOT IN (SELECT article FROM page)"
	    " UNION SELECT c.parent FROM category c JOIN place ON c.id = place.id WHERE c.parent <> 0)"
	    " SELECT id FROM place",
	    "ii", id, (int64_t)ARTICLE_PUBLISHED);
	while (rows && g->n_places < PLACES_MAX && db_next(rows))
		g->places[g->n_places++] = db_int(rows, 0);
	return rows && db_done(rows);
}

/* The version for a reader of `lang`. */
static const struct version *choose(const struct group *g, struct str lang, struct str default_lang)
{
	const struct version *fallback = &g->versions[0];
	for (size_t i = 0; i < g->n; i++) {
		if (str_eq(g->versions[i].lang, lang))
			return &g->versions[i];
		if (str_eq(g->versions[i].lang, default_lang))
			fallback = &g->versions[i];
	}
	return fallback;
}

static bool mark_places(struct store_tx *tx, int64_t id, struct error *err)
{
	struct db_rows *rows =
	    db_query(tx->conn, err, "SELECT DISTINCT category FROM listed WHERE group_id = $1 AND category <> 0", "i", id);
	bool ok = rows != NULL;
	while (ok && db_next(rows))
		ok = id_set_add(&tx->categories, (uint64_t)db_int(rows, 0), err);
	return rows && db_done(rows) && ok;
}

static bool write_group(
    struct store_tx *tx, int64_t id, const struct group *g, const struct settings *s, struct error *err)
{
	for (size_t l = 0; l < s->n_langs; l++) {
		const struct version *v = choose(g, s->langs[l], s->default_lang);
		for (size_t i = 0; i < g->n_places; i++) {
			if (!db_exec(tx->conn, err,
			        "INSERT INTO listed (lang, category, sticky, published_at, article, group_id)"
			        " VALUES ($1, $2, $3, $4, $5, $6)",
			        "siiiii", s->langs[l], g->places[i], (int64_t)v->sticky, v->published_at, v->id, id))
				return false;
		}
	}
	for (size_t i = 1; i < g->n_places; i++) {
		if (!id_set_add(&tx->categories, (uint64_t)g->places[i], err))
			return false;
	}
	return true;
}

/* The next one in a listing from the place that the row stands for: its language, category, and key. */
static bool announce_next(struct store_tx *tx, struct db_rows *place, const char *sql, struct error *err)
{
	struct db_rows *rows = db_query(tx->conn, err, sql, "siiii", db_str(place, 0), db_int(place, 1), db_int(place, 2),
	    db_int(place, 3), db_int(place, 4));
	bool ok = rows != NULL;
	if (ok && db_next(rows))
		ok = change_add(tx, CHANGE_AROUND, db_int(rows, 0), err);
	return rows && db_done(rows) && ok;
}

/* The groups before and after it in each category's list: their pages lead to it. */
static bool announce_neighbours(struct store_tx *tx, int64_t id, struct error *err)
{
	/* A query each, since SQLite seeks by a row value only where it is compared with values, not with columns. */
	static const char after[] = "SELECT group_id FROM listed WHERE lang = $1 AND category = $2"
	                            " AND (sticky, published_at, article) > ($3, $4, $5)"
	                            " ORDER BY sticky, published_at, article LIMIT 1";
	static const char before[] = "SELECT group_id FROM listed WHERE lang = $1 AND category = $2"
	                             " AND (sticky, published_at, article) < ($3, $4, $5)"
	                             " ORDER BY sticky DESC, published_at DESC, article DESC LIMIT 1";
	struct db_rows *places = db_query(tx->conn, err,
	    "SELECT lang, category, sticky, published_at, article FROM listed WHERE group_id = $1 AND category <> 0", "i",
	    id);
	bool ok = places != NULL;
	while (ok && db_next(places))
		ok = announce_next(tx, places, after, err) && announce_next(tx, places, before, err);
	return places && db_done(places) && ok;
}

static bool update_group(
    struct store_tx *tx, int64_t id, const struct settings *s, struct arena *arena, struct error *err)
{
	struct group *g = arena_alloc(arena, sizeof *g);
	if (!g)
		return error_memory(err);
	if (!mark_places(tx, id, err) || !db_exec(tx->conn, err, "DELETE FROM listed WHERE group_id = $1", "i", id) ||
	    !read_versions(tx, id, g, arena, err))
		return false;
	if (g->n == 0)
		return true;
	return read_places(tx, id, g, err) && write_group(tx, id, g, s, err);
}

bool listed_update(struct store_tx *tx, int64_t group, struct error *err)
{
	const struct settings *settings = tx_settings(tx, err);
	struct arena *arena = settings ? arena_new() : NULL;
	if (!arena)
		return settings ? error_memory(err) : false;
	bool ok = announce_neighbours(tx, group, err) && update_group(tx, group, settings, arena, err) &&
	          announce_neighbours(tx, group, err);
	arena_free(arena);
	return ok;
}

bool listed_rebuild(struct store_tx *tx, struct error *err)
{
	const struct settings *settings = tx_settings(tx, err);
	struct arena *arena = settings ? arena_new() : NULL;
	if (!arena)
		return settings ? error_memory(err) : false;
	bool ok = db_exec(tx->conn, err, "DELETE FROM listed", "");
	struct db_rows *rows = ok ? db_query(tx->conn, err, "SELECT DISTINCT group_id FROM article", "") : NULL;
	while (ok && rows && db_next(rows)) {
		arena_reset(arena);
		ok = update_group(tx, db_int(rows, 0), settings, arena, err);
	}
	ok = rows && db_done(rows) && ok;
	rows = ok ? db_query(tx->conn, err, "SELECT id FROM category", "") : NULL;
	while (ok && rows && db_next(rows))
		ok = id_set_add(&tx->categories, (uint64_t)db_int(rows, 0), err) &&
		     change_add(tx, CHANGE_LISTING, db_int(rows, 0), err);
	ok = rows && db_done(rows) && ok;
	arena_free(arena);
	return ok && change_add(tx, CHANGE_LISTS, 0, err) && change_add(tx, CHANGE_AROUND, 0, err);
}

/* One category's listing, made anew from the whole site's: what stands below it stands in it. */
static bool place_in(struct store_tx *tx, int64_t category, struct str lang, struct error *err)
{
	return db_exec(tx->conn, err, "DELETE FROM listed WHERE lang = $1 AND category = $2", "si", lang, category) &&
	       db_exec(tx->conn, err,
	           "INSERT INTO listed (lang, category, sticky, published_at, article, group_id)"
	           " SELECT l.lang, $2, l.sticky, l.published_at, l.article, l.group_id FROM listed l"
	           " WHERE l.lang = $1 AND l.category = 0 AND l.group_id IN"
	           "  (SELECT a.group_id FROM article_category ac JOIN article a ON a.id = ac.article AND a.status = $3"
	           "   WHERE ac.category IN (WITH RECURSIVE sub (id) AS"
	           "    (SELECT id FROM category WHERE id = $2 UNION SELECT c.id FROM category c JOIN sub ON c.parent = sub.id)"
	           "    SELECT id FROM sub))",
	           "sii", lang, category, (int64_t)ARTICLE_PUBLISHED);
}

bool listed_place(struct store_tx *tx, int64_t category, struct error *err)
{
	const struct settings *settings = tx_settings(tx, err);
	bool ok = settings != NULL;
	for (size_t l = 0; ok && l < settings->n_langs; l++)
		ok = place_in(tx, category, settings->langs[l], err);
	return ok && id_set_add(&tx->categories, (uint64_t)category, err);
}

/* Each category that was touched is counted from what is listed in the default language: one row a group. */
bool counts_update(struct store_tx *tx, struct error *err)
{
	const struct settings *settings = tx->categories.n ? tx_settings(tx, err) : NULL;
	bool ok = tx->categories.n == 0 || settings;
	for (size_t i = 0; ok && settings && i < tx->categories.n; i++) {
		int64_t id = (int64_t)tx->categories.items[i];
		ok = db_exec(tx->conn, err,
		         "UPDATE category SET articles ="
		         " (SELECT COUNT(*) FROM listed WHERE lang = $1 AND category = $2)"
		         " WHERE id = $2 AND articles <> (SELECT COUNT(*) FROM listed WHERE lang = $1 AND category = $2)",
		         "si", settings->default_lang, id) &&
		     (db_changes(tx->conn) == 0 ||
		         (change_add(tx, CHANGE_LISTING, id, err) && change_add(tx, CHANGE_LISTS, 0, err)));
	}
	return ok;
}

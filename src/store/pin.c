#include "store/inner.h"

/* One row an article of a pin, in order: a new pin begins where the id is another one. */
static bool take_row(struct db_rows *rows, struct pin **all, size_t *n, size_t *cap, struct arena *arena)
{
	int64_t id = db_int(rows, 0);
	if (*n == 0 || (*all)[*n - 1].id != id) {
		*all = grow_array(arena, *all, *n, cap, sizeof **all);
		if (!*all)
			return false;
		(*all)[(*n)++] = (struct pin){
			.id = id, .query = db_dup(rows, 1, arena), .articles = arena_array(arena, PIN_ARTICLES_MAX, sizeof(int64_t))
		};
	}
	struct pin *pin = &(*all)[*n - 1];
	if (pin->articles && !db_null(rows, 2) && pin->n_articles < PIN_ARTICLES_MAX)
		((int64_t *)pin->articles)[pin->n_articles++] = db_int(rows, 2);
	return pin->articles != NULL;
}

bool pin_list(struct store *store, struct pin **out, size_t *n, struct arena *arena, struct error *err)
{
	size_t cap = 0;
	bool ok = true;
	struct db_conn *conn = db_reader(store->db, err);
	*out = NULL;
	*n = 0;
	struct db_rows *rows =
	    !conn ? NULL
	          : db_query(conn, err,
	                "SELECT p.id, p.query, pa.article FROM pin p LEFT JOIN pin_article pa ON pa.pin = p.id"
	                " ORDER BY p.normal, p.id, pa.position",
	                "");
	while (rows && ok && db_next(rows))
		ok = take_row(rows, out, n, &cap, arena);
	if (!rows || !db_done(rows))
		return false;
	return ok ? true : error_memory(err);
}

static bool add_article(struct store_tx *tx, int64_t pin, int64_t article, size_t position, struct error *err)
{
	int64_t there;
	if (!db_get_int(tx->conn, err, &there, "SELECT id FROM article WHERE id = $1", "i", article))
		return err->code == ERR_NOT_FOUND
		           ? error_set(err, ERR_NOT_FOUND, "there is no article %lld", (long long)article)
		           : false;
	return db_exec(tx->conn, err,
	    "INSERT INTO pin_article (pin, article, position) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING", "iii", pin,
	    article, (int64_t)position);
}

bool pin_save(struct store_tx *tx, struct pin *pin, struct arena *arena, struct error *err)
{
	int64_t n;
	struct str query = str_trim(pin->query), normal = query_normal(query, arena);
	if (normal.n == 0 || query.n > QUERY_MAX || !utf8_valid(query))
		return error_set(err, ERR_INVALID, "a pinned answer wants a question of %zu bytes at the most", QUERY_MAX);
	if (pin->n_articles == 0 || pin->n_articles > PIN_ARTICLES_MAX)
		return error_set(err, ERR_INVALID, "a question has from 1 to %d pinned articles", PIN_ARTICLES_MAX);
	if (!db_get_int(tx->conn, err, &n, "SELECT COUNT(*) FROM pin WHERE normal <> $1", "s", normal))
		return false;
	if (n >= PINS_MAX)
		return error_set(err, ERR_TOO_LARGE, "%d pinned answers are kept at the most", PINS_MAX);
	if (!db_exec(tx->conn, err,
	        "INSERT INTO pin (query, normal) VALUES ($1, $2) ON CONFLICT (normal) DO UPDATE SET query = $1", "ss",
	        query, normal) ||
	    !db_get_int(tx->conn, err, &pin->id, "SELECT id FROM pin WHERE normal = $1", "s", normal) ||
	    !db_exec(tx->conn, err, "DELETE FROM pin_article WHERE pin = $1", "i", pin->id))
		return false;
	for (size_t i = 0; i < pin->n_articles; i++) {
		if (!add_article(tx, pin->id, pin->articles[i], i, err))
			return false;
	}
	return change_add(tx, CHANGE_PINS, 0, err);
}

bool pin_delete(struct store_tx *tx, int64_t id, struct error *err)
{
	if (!db_exec(tx->conn, err, "DELETE FROM pin WHERE id = $1", "i", id))
		return false;
	if (db_changes(tx->conn) == 0)
		return error_set(err, ERR_NOT_FOUND, "there is no pinned answer %lld", (long long)id);
	return change_add(tx, CHANGE_PINS, 0, err);
}

/* Two pinned versions of one group are one answer. */
static void add_once(int64_t *articles, size_t *n, int64_t id)
{
	for (size_t i = 0; i < *n; i++) {
		if (articles[i] == id)
			return;
	}
	if (*n < PIN_ARTICLES_MAX)
		articles[(*n)++] = id;
}

bool pin_versions(struct store *store, const int64_t *articles, size_t n_articles, struct str lang, int64_t **out,
    size_t *n, struct arena *arena, struct error *err)
{
	struct db_conn *conn = db_reader(store->db, err);
	*n = 0;
	*out = arena_array(arena, PIN_ARTICLES_MAX, sizeof **out);
	if (!*out || !conn)
		return conn ? error_memory(err) : false;
	for (size_t i = 0; i < n_articles; i++) {
		int64_t id;
		struct error none = { 0 };
		if (db_get_int(conn, &none, &id,
		        "SELECT l.article FROM article a JOIN listed l ON l.group_id = a.group_id AND l.category = 0 AND l.lang = $1"
		        " WHERE a.id = $2",
		        "si", lang, articles[i]))
			add_once(*out, n, id);
		else if (none.code != ERR_NOT_FOUND)
			return error_set(err, none.code, "%s", none.message);
	}
	return true;
}

/* $1 language, $2 normalised question */
static const char FIND[] =
    "SELECT l.article FROM pin p JOIN pin_article pa ON pa.pin = p.id JOIN article a ON a.id = pa.article"
    " JOIN listed l ON l.group_id = a.group_id AND l.category = 0 AND l.lang = $1"
    " WHERE p.normal = $2 ORDER BY pa.position";

bool pin_find(struct store *store, struct str query, struct str lang, int64_t **articles, size_t *n,
    struct arena *arena, struct error *err)
{
	struct db_conn *conn = db_reader(store->db, err);
	struct str normal = query_normal(query, arena);
	*n = 0;
	*articles = arena_array(arena, PIN_ARTICLES_MAX, sizeof **articles);
	if (!*articles || !conn)
		return conn ? error_memory(err) : false;
	if (normal.n == 0)
		return true;
	struct db_rows *rows = db_query(conn, err, FIND, "ss", lang, normal);
	while (rows && db_next(rows))
		add_once(*articles, n, db_int(rows, 0));
	return rows && db_done(rows);
}

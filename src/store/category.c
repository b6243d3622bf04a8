#include "store/inner.h"

#define CATEGORY_COLUMNS "SELECT id, parent, slug, position, import_key, articles FROM category "

static bool read_names(struct db_conn *conn, struct category *c, struct arena *arena, struct error *err)
{
	size_t cap = 0;
	struct db_rows *rows = db_query(
	    conn, err, "SELECT lang, name, description FROM category_name WHERE category = $1 ORDER BY lang", "i", c->id);
	while (rows && db_next(rows)) {
		c->names = grow_array(arena, c->names, c->n_names, &cap, sizeof *c->names);
		if (!c->names)
			break;
		c->names[c->n_names++] =
		    (struct category_name){ db_dup(rows, 0, arena), db_dup(rows, 1, arena), db_dup(rows, 2, arena) };
	}
	return rows && db_done(rows);
}

static struct category category_of(struct db_rows *rows, struct arena *arena)
{
	return (struct category){ .id = db_int(rows, 0),
		.parent = db_int(rows, 1),
		.slug = db_dup(rows, 2, arena),
		.position = (int)db_int(rows, 3),
		.import_key = db_dup(rows, 4, arena),
		.articles = db_int(rows, 5) };
}

static bool read_one(
    struct db_conn *conn, struct db_rows *rows, struct category *out, struct arena *arena, struct error *err)
{
	bool found = rows && db_next(rows);
	if (found)
		*out = category_of(rows, arena);
	if (!rows || !db_done(rows))
		return false;
	if (!found)
		return error_set(err, ERR_NOT_FOUND, "there is no such category");
	return read_names(conn, out, arena, err);
}

static bool get(struct db_conn *conn, int64_t id, struct category *out, struct arena *arena, struct error *err)
{
	return read_one(conn, db_query(conn, err, CATEGORY_COLUMNS "WHERE id = $1", "i", id), out, arena, err);
}

bool category_by_slug(
    struct store *store, struct str slug, struct category *out, struct arena *arena, struct error *err)
{
	struct db_conn *conn = db_reader(store->db, err);
	return conn && read_one(conn, db_query(conn, err, CATEGORY_COLUMNS "WHERE slug = $1", "s", slug), out, arena, err);
}

bool category_by_id(struct store *store, int64_t id, struct category *out, struct arena *arena, struct error *err)
{
	struct db_conn *conn = db_reader(store->db, err);
	return conn && get(conn, id, out, arena, err);
}

/* By its name in the address, or by one that it had, or that was merged into it. */
static bool find_slug(
    struct store_tx *tx, struct str slug, struct category *out, struct arena *arena, struct error *err)
{
	struct redirect r;
	struct error none = { 0 };
	if (read_one(tx->conn, db_query(tx->conn, &none, CATEGORY_COLUMNS "WHERE slug = $1", "s", slug), out, arena, &none))
		return true;
	struct str path = arena_printf(arena, "/categories/%.*s", (int)slug.n, slug.p);
	if (none.code == ERR_NOT_FOUND && redirect_find_tx(tx, path, &r, arena, err))
		return r.category ? get(tx->conn, r.category, out, arena, err)
		                  : error_set(err, ERR_NOT_FOUND, "there is no such category");
	return none.code == ERR_NOT_FOUND ? false : error_set(err, none.code, "%s", none.message);
}

bool category_find_tx(struct store_tx *tx, struct str slug, struct str key, struct str name, struct category *out,
    struct arena *arena, struct error *err)
{
	if (slug.n)
		return find_slug(tx, slug, out, arena, err);
	if (key.n)
		return read_one(tx->conn,
		    db_query(tx->conn, err, CATEGORY_COLUMNS "WHERE import_key = $1 AND import_key <> ''", "s", key), out,
		    arena, err);
	return read_one(tx->conn,
	    db_query(tx->conn, err,
	        CATEGORY_COLUMNS "WHERE id IN (SELECT category FROM category_name WHERE name = $1) ORDER BY id LIMIT 1",
	        "s", name),
	    out, arena, err);
}

/* Reading order: each parent before its children, siblings by position, then by age. */
static void put_children(
    const struct category *all, size_t n, int64_t parent, int depth, struct category *out, size_t *placed)
{
	for (size_t i = 0; i < n && depth < CATEGORY_DEPTH_MAX; i++) {
		if (all[i].parent != parent)
			continue;
		out[(*placed)++] = all[i];
		put_children(all, n, all[i].id, depth + 1, out, placed);
	}
}

bool category_list(struct store *store, struct category **out, size_t *n, struct arena *arena, struct error *err)
{
	struct category *all = NULL;
	size_t found = 0, cap = 0;
	struct db_conn *conn = db_reader(store->db, err);
	*n = 0;
	struct db_rows *rows = conn ? db_query(conn, err, CATEGORY_COLUMNS "ORDER BY position, id", "") : NULL;
	while (rows && db_next(rows)) {
		all = grow_array(arena, all, found, &cap, sizeof *all);
		if (!all)
			break;
		all[found++] = category_of(rows, arena);
	}
	if (!rows || !db_done(rows))
		return false;
	if (found && !all)
		return error_memory(err);
	*out = arena_array(arena, found ? found : 1, sizeof **out);
	if (!*out)
		return error_memory(err);
	put_children(all, found, 0, 0, *out, n);
	for (size_t i = 0; i < *n; i++) {
		if (!read_names(conn, &(*out)[i], arena, err))
			return false;
	}
	return true;
}

bool category_of_article(
    struct store *store, int64_t article, struct category **out, size_t *n, struct arena *arena, struct error *err)
{
	size_t cap = 0;
	struct db_conn *conn = db_reader(store->db, err);
	*out = NULL;
	*n = 0;
	struct db_rows *rows =
	    conn ? db_query(conn, err,
	               "SELECT c.id, c.parent, c.slug, c.position, c.import_key, c.articles FROM article_category ac"
	               " JOIN category c ON c.id = ac.category WHERE ac.article = $1 ORDER BY ac.position",
	               "i", article)
	         : NULL;
	while (rows && db_next(rows)) {
		*out = grow_array(arena, *out, *n, &cap, sizeof **out);
		if (!*out)
			break;
		(*out)[(*n)++] = category_of(rows, arena);
	}
	if (!rows || !db_done(rows))
		return false;
	for (size_t i = 0; i < *n; i++) {
		if (!read_names(conn, &(*out)[i], arena, err))
			return false;
	}
	return true;
}

const struct category_name *category_name_in(const struct category *c, struct str lang, struct str default_lang)
{
	const struct category_name *best = c->n_names ? &c->names[0] : NULL;
	for (size_t i = 0; i < c->n_names; i++) {
		if (str_eq(c->names[i].lang, lang))
			return &c->names[i];
		if (str_eq(c->names[i].lang, default_lang))
			best = &c->names[i];
	}
	return best;
}

/* ---- writing ---- */

static bool choose_slug(struct store_tx *tx, struct category *c, struct arena *arena, struct error *err)
{
	struct str wish = c->slug.n ? doc_slug_chosen(c->slug, arena) : doc_slug(c->names[0].name, arena);
	if (!wish.p)
		return error_memory(err);
	c->slug = wish;
	for (int n = 2;; n++) {
		int64_t other;
		struct error none = { 0 };
		if (!db_get_int(tx->conn, &none, &other, "SELECT id FROM category WHERE slug = $1", "s", c->slug))
			return none.code == ERR_NOT_FOUND || error_set(err, none.code, "%s", none.message);
		if (other == c->id)
			return true;
		c->slug = arena_printf(arena, "%.*s-%d", (int)wish.n, wish.p, n);
	}
}

static bool same_names(const struct category *a, const struct category *b)
{
	size_t equal = 0;
	for (size_t i = 0; i < a->n_names; i++) {
		for (size_t j = 0; j < b->n_names; j++) {
			if (str_eq(a->names[i].lang, b->names[j].lang) && str_eq(a->names[i].name, b->names[j].name) &&
			    str_eq(a->names[i].description, b->names[j].description))
				equal++;
		}
	}
	return a->n_names == b->n_names && equal == a->n_names;
}

static bool write_row(struct store_tx *tx, struct category *c, struct error *err)
{
	if (c->id)
		return db_exec(tx->conn, err,
		    "UPDATE category SET parent = $1, slug = $2, position = $3, import_key = $4 WHERE id = $5", "isisi",
		    c->parent, c->slug, (int64_t)c->position, c->import_key, c->id);
	struct db_rows *rows = db_query(tx->conn, err,
	    "INSERT INTO category (parent, slug, position, import_key) VALUES ($1, $2, $3, $4) RETURNING id", "isis",
	    c->parent, c->slug, (int64_t)c->position, c->import_key);
	if (rows && db_next(rows))
		c->id = db_int(rows, 0);
	return rows && db_done(rows);
}

static bool write_names(struct store_tx *tx, const struct category *c, struct error *err)
{
	if (!db_exec(tx->conn, err, "DELETE FROM category_name WHERE category = $1", "i", c->id))
		return false;
	for (size_t i = 0; i < c->n_names; i++) {
		if (!db_exec(tx->conn, err,
		        "INSERT INTO category_name (category, lang, name, description) VALUES ($1, $2, $3, $4)"
		        " ON CONFLICT (category, lang) DO UPDATE SET name = $3, description = $4",
		        "isss", c->id, c->names[i].lang, c->names[i].name, c->names[i].description))
			return false;
	}
	return true;
}

/* The old address leads on for ever; what the new one led to is this page now. */
static bool leave_address(
    struct store_tx *tx, const struct category *old, const struct category *c, struct arena *arena, struct error *err)
{
	struct str from = arena_printf(arena, "/categories/%.*s", (int)old->slug.n, old->slug.p);
	struct str to = arena_printf(arena, "/categories/%.*s", (int)c->slug.n, c->slug.p);
	struct str feed = arena_printf(arena, "%.*s/feed.atom", (int)from.n, from.p);
	struct str new_feed = arena_printf(arena, "%.*s/feed.atom", (int)to.n, to.p);
	return db_exec(tx->conn, err, "DELETE FROM redirect WHERE source = $1", "s", to) &&
	       db_exec(
	           tx->conn, err, "UPDATE redirect SET path = $2 WHERE path = $1 AND path <> ''", "ss", feed, new_feed) &&
	       redirect_save(tx, from, 0, c->id, STR(""), err);
}

bool category_save(struct store_tx *tx, struct category *c, bool *changed, struct arena *arena, struct error *err)
{
	struct category old = { 0 };
	if (changed)
		*changed = false;
	if (c->n_names == 0 || str_trim(c->names[0].name).n == 0)
		return error_set(err, ERR_INVALID, "a category needs a name");
	if ((c->id && !get(tx->conn, c->id, &old, arena, err)) || !tree_may_stand(tx, c->id, c->parent, err) ||
	    !choose_slug(tx, c, arena, err))
		return false;
	if (c->id && old.parent == c->parent && str_eq(old.slug, c->slug) && old.position == c->position &&
	    str_eq(old.import_key, c->import_key) && same_names(&old, c))
		return true;
	if (!write_row(tx, c, err) || !write_names(tx, c, err) || !change_add(tx, CHANGE_CATEGORY, c->id, err) ||
	    !change_add(tx, CHANGE_LISTS, 0, err))
		return error_context(err, "saving the category %.*s", (int)c->slug.n, c->slug.p);
	if (changed)
		*changed = true;
	if (old.id && !str_eq(old.slug, c->slug) && !leave_address(tx, &old, c, arena, err))
		return false;
	return old.id == 0 ? c->parent == 0 || change_add(tx, CHANGE_CATEGORY, c->parent, err)
	                   : old.parent == c->parent || tree_moved(tx, old.parent, c->parent, err);
}

#include "store/inner.h"

/* Where categories stand: moved, merged, deleted, and their articles with them. The tree is small: each change reads it
 * whole. */

struct node {
	int64_t id, parent;
};
struct tree {
	struct node *v; /* in the order of siblings */
	size_t n;
};

static bool read_tree(struct db_conn *conn, struct tree *t, struct arena *arena, struct error *err)
{
	size_t cap = 0;
	*t = (struct tree){ 0 };
	struct db_rows *rows = db_query(conn, err, "SELECT id, parent FROM category ORDER BY position, id", "");
	while (rows && db_next(rows)) {
		t->v = grow_array(arena, t->v, t->n, &cap, sizeof *t->v);
		if (!t->v)
			break;
		t->v[t->n++] = (struct node){ db_int(rows, 0), db_int(rows, 1) };
	}
	if (!rows || !db_done(rows))
		return false;
	return t->v || t->n == 0 ? true : error_memory(err);
}

static const struct node *find_node(const struct tree *t, int64_t id)
{
	for (size_t i = 0; i < t->n; i++) {
		if (t->v[i].id == id)
			return &t->v[i];
	}
	return NULL;
}

/* A category and all above it; their number. */
static size_t chain_of(const struct tree *t, int64_t id, int64_t out[CATEGORY_DEPTH_MAX])
{
	size_t n = 0;
	for (const struct node *at = find_node(t, id); at && n < CATEGORY_DEPTH_MAX; at = find_node(t, at->parent))
		out[n++] = at->id;
	return n;
}

static bool holds(const int64_t *ids, size_t n, int64_t id)
{
	for (size_t i = 0; i < n; i++) {
		if (ids[i] == id)
			return true;
	}
	return false;
}

/* How many levels stand below it, itself among them. */
static size_t height_of(const struct tree *t, int64_t id, size_t depth)
{
	size_t best = 0;
	for (size_t i = 0; i < t->n && depth < CATEGORY_DEPTH_MAX; i++) {
		if (t->v[i].parent != id)
			continue;
		size_t below = height_of(t, t->v[i].id, depth + 1);
		best = below > best ? below : best;
	}
	return best + 1;
}

static bool may_stand(const struct tree *t, int64_t id, int64_t parent, struct error *err)
{
	int64_t above[CATEGORY_DEPTH_MAX];
	size_t n = chain_of(t, parent, above);
	if (parent && n == 0)
		return error_set(err, ERR_NOT_FOUND, "there is no category %lld to stand below", (long long)parent);
	if (id && holds(above, n, id))
		return error_set(err, ERR_INVALID, "a category cannot stand below itself");
	if (n + (id ? height_of(t, id, 0) : 1) > CATEGORY_DEPTH_MAX)
		return error_set(err, ERR_TOO_LARGE, "categories may stand %d deep at the most", CATEGORY_DEPTH_MAX);
	return true;
}

/* Reads the tree into an arena of its own, which the caller frees. NULL on failure. */
static struct arena *open_tree(struct store_tx *tx, struct tree *t, struct error *err)
{
	struct arena *arena = arena_new();
	if (arena && read_tree(tx->conn, t, arena, err))
		return arena;
	if (!arena)
		error_memory(err);
	arena_free(arena);
	return NULL;
}

bool tree_may_stand(struct store_tx *tx, int64_t id, int64_t parent, struct error *err)
{
	struct tree t;
	if (parent == 0)
		return true;
	struct arena *arena = open_tree(tx, &t, err);
	bool ok = arena && may_stand(&t, id, parent, err);
	arena_free(arena);
	return ok;
}

/* ---- the shape, which a change was made from ---- */

static bool shape_of(struct db_conn *conn, struct str *out, struct arena *arena, struct error *err)
{
	struct tree t;
	struct buf text = { 0 };
	char hash[HASH_HEX_MAX];
	if (!read_tree(conn, &t, arena, err))
		return false;
	for (size_t i = 0; i < t.n; i++)
		buf_printf(&text, "%lld %lld\n", (long long)t.v[i].id, (long long)t.v[i].parent);
	bool ok = !text.failed;
	if (ok)
		hash_hex(buf_str(&text), 16, hash);
	buf_free(&text);
	*out = ok ? arena_dup(arena, str_from(hash)) : STR("");
	return ok && out->p ? true : error_memory(err);
}

bool category_shape(struct store *store, struct str *out, struct arena *arena, struct error *err)
{
	struct db_conn *conn = db_reader(store->db, err);
	return conn && shape_of(conn, out, arena, err);
}

bool category_shape_is(struct store_tx *tx, struct str shape, struct arena *arena, struct error *err)
{
	struct str now;
	if (!shape_of(tx->conn, &now, arena, err))
		return false;
	return str_eq(now, shape) || error_set(err, ERR_CONFLICT, "the tree of categories was changed meanwhile");
}

/* ---- what a move touches ---- */

static bool list_anew(
    struct store_tx *tx, const int64_t *ids, size_t n, const int64_t *but, size_t n_but, struct error *err)
{
	for (size_t i = 0; i < n; i++) {
		if (!holds(but, n_but, ids[i]) &&
		    (!listed_place(tx, ids[i], err) || !change_add(tx, CHANGE_CATEGORY, ids[i], err)))
			return false;
	}
	return true;
}

/* What stands above both holds the same as before. */
bool tree_moved(struct store_tx *tx, int64_t old_parent, int64_t parent, struct error *err)
{
	struct tree t;
	int64_t old[CATEGORY_DEPTH_MAX], new_ones[CATEGORY_DEPTH_MAX];
	struct arena *arena = open_tree(tx, &t, err);
	if (!arena)
		return false;
	size_t n_old = chain_of(&t, old_parent, old), n_new = chain_of(&t, parent, new_ones);
	arena_free(arena);
	return list_anew(tx, old, n_old, new_ones, n_new, err) && list_anew(tx, new_ones, n_new, old, n_old, err) &&
	       (old_parent == 0 || change_add(tx, CHANGE_CATEGORY, old_parent, err)) &&
	       (parent == 0 || change_add(tx, CHANGE_CATEGORY, parent, err)) && change_add(tx, CHANGE_LISTS, 0, err);
}

/* ---- moving a category ---- */

static bool set_place(struct store_tx *tx, int64_t id, int64_t parent, int64_t position, struct error *err)
{
	return db_exec(tx->conn, err,
	    "UPDATE category SET parent = $2, position = $3 WHERE id = $1 AND (parent <> $2 OR position <> $3)", "iii", id,
	    parent, position);
}

/* Numbers the children of `parent`, with `id` among them before `before` (0: last). */
static bool put_among(
    struct store_tx *tx, const struct tree *t, int64_t id, int64_t parent, int64_t before, struct error *err)
{
	int64_t position = 1;
	bool put = false;
	for (size_t i = 0; i < t->n; i++) {
		if (t->v[i].parent != parent || t->v[i].id == id)
			continue;
		if (t->v[i].id == before) {
			put = true;
			if (!set_place(tx, id, parent, position++, err))
				return false;
		}
		if (!set_place(tx, t->v[i].id, parent, position++, err))
			return false;
	}
	if (before && !put)
		return error_set(err, ERR_CONFLICT, "category %lld stands elsewhere by now", (long long)before);
	return put || set_place(tx, id, parent, position, err);
}

bool category_place(struct store_tx *tx, int64_t id, int64_t parent, int64_t before, struct error *err)
{
	struct tree t;
	struct arena *arena = open_tree(tx, &t, err);
	if (!arena)
		return false;
	const struct node *node = find_node(&t, id);
	int64_t old = node ? node->parent : 0;
	bool ok = node ? may_stand(&t, id, parent, err) && put_among(tx, &t, id, parent, before, err)
	               : error_set(err, ERR_NOT_FOUND, "there is no category %lld", (long long)id);
	arena_free(arena);
	if (!ok)
		return false;
	/* Among the same siblings its own page stays as it is. */
	return (old == parent || change_add(tx, CHANGE_CATEGORY, id, err)) && tree_moved(tx, old, parent, err);
}

/* ---- articles ---- */

static bool swap_category(struct store_tx *tx, int64_t article, int64_t from, int64_t into, struct error *err)
{
	if (from == 0)
		return db_exec(tx->conn, err,
		    "INSERT INTO article_category (article, category, position) VALUES ($1, $2,"
		    " (SELECT COALESCE(MAX(position) + 1, 0) FROM article_category WHERE article = $1)) ON CONFLICT DO NOTHING",
		    "ii", article, into);
	/* Where it stands in both, it keeps the better of the two places: the first is the main category. */
	return db_exec(tx->conn, err,
	           "UPDATE article_category SET position ="
	           " (SELECT f.position FROM article_category f WHERE f.article = $1 AND f.category = $2)"
	           " WHERE article = $1 AND category = $3 AND position >"
	           " (SELECT f.position FROM article_category f WHERE f.article = $1 AND f.category = $2)",
	           "iii", article, from, into) &&
	       db_exec(tx->conn, err,
	           "DELETE FROM article_category WHERE article = $1 AND category = $2 AND ($3 = 0 OR EXISTS"
	           " (SELECT 1 FROM article_category i WHERE i.article = $1 AND i.category = $3))",
	           "iii", article, from, into) &&
	       db_exec(tx->conn, err, "UPDATE article_category SET category = $3 WHERE article = $1 AND category = $2",
	           "iii", article, from, into);
}

static bool swap_all(
    struct store_tx *tx, struct db_rows *rows, int64_t from, int64_t into, struct id_set *moved, struct error *err)
{
	struct id_set ids = { 0 };
	bool ok = rows != NULL;
	while (ok && db_next(rows)) {
		int64_t id = db_int(rows, 0);
		ok = id_set_add(&ids, (uint64_t)id, err) && id_set_add(moved, (uint64_t)db_int(rows, 2), err) &&
		     (db_int(rows, 1) != ARTICLE_PUBLISHED || change_add(tx, CHANGE_ARTICLE, id, err));
	}
	ok = rows && db_done(rows) && ok;
	for (size_t i = 0; ok && i < ids.n; i++)
		ok = swap_category(tx, (int64_t)ids.items[i], from, into, err);
	id_set_free(&ids);
	return ok;
}

/* Every version of the groups, as far as it stands in `from`. */
static bool swap_groups(struct store_tx *tx, const int64_t *articles, size_t n, int64_t from, int64_t into,
    struct id_set *moved, struct error *err)
{
	for (size_t i = 0; i < n; i++) {
		struct db_rows *rows = db_query(tx->conn, err,
		    "SELECT a.id, a.status, a.group_id FROM article self JOIN article a ON a.group_id = self.group_id WHERE self.id = $1"
		    " AND (($2 = 0 AND NOT EXISTS (SELECT 1 FROM article_category ac WHERE ac.article = a.id))"
		    "  OR EXISTS (SELECT 1 FROM article_category ac WHERE ac.article = a.id AND ac.category = $2))",
		    "ii", articles[i], from);
		if (!swap_all(tx, rows, from, into, moved, err))
			return false;
	}
	return true;
}

static bool is_there(struct store_tx *tx, int64_t id, struct error *err)
{
	int64_t there;
	return id == 0 || db_get_int(tx->conn, err, &there, "SELECT id FROM category WHERE id = $1", "i", id) ||
	       error_context(err, "category %lld", (long long)id);
}

bool category_move_articles(struct store_tx *tx, const int64_t *articles, size_t n, int64_t from, int64_t into,
    size_t *moved, struct error *err)
{
	struct id_set groups = { 0 };
	*moved = 0;
	if (from == into)
		return error_set(err, ERR_INVALID, "the articles are in this category already");
	if (!is_there(tx, from, err) || !is_there(tx, into, err))
		return false;
	bool ok = swap_groups(tx, articles, n, from, into, &groups, err);
	*moved = groups.n;
	id_set_free(&groups);
	return ok && (*moved == 0 || tree_moved(tx, from, into, err));
}

/* ---- merging, deleting ---- */

static bool move_all_articles(struct store_tx *tx, int64_t from, int64_t into, size_t *moved, struct error *err)
{
	struct id_set groups = { 0 };
	bool ok = swap_all(tx,
	    db_query(tx->conn, err,
	        "SELECT a.id, a.status, a.group_id FROM article_category ac JOIN article a ON a.id = ac.article"
	        " WHERE ac.category = $1",
	        "i", from),
	    from, into, &groups, err);
	*moved = groups.n;
	id_set_free(&groups);
	return ok;
}

/* What led to the old category leads to `goal` (0: its redirects go as well), its own address too. */
static bool lead_on(struct store_tx *tx, int64_t id, int64_t goal, struct error *err)
{
	struct arena *arena = arena_new();
	struct db_rows *rows = arena ? db_query(tx->conn, err, "SELECT slug FROM category WHERE id = $1", "i", id) : NULL;
	struct str slug = rows && db_next(rows) ? db_dup(rows, 0, arena) : STR("");
	bool ok = rows && db_done(rows);
	if (goal)
		ok = ok && db_exec(tx->conn, err, "UPDATE redirect SET category = $2 WHERE category = $1", "ii", id, goal) &&
		     redirect_save(tx, arena_printf(arena, "/categories/%.*s", (int)slug.n, slug.p), 0, goal, STR(""), err);
	else
		ok = ok && db_exec(tx->conn, err, "DELETE FROM redirect WHERE category = $1", "i", id);
	arena_free(arena);
	return ok;
}

static bool take_away(struct store_tx *tx, int64_t id, struct error *err)
{
	return db_exec(tx->conn, err, "DELETE FROM category WHERE id = $1", "i", id) && listed_place(tx, id, err) &&
	       change_add(tx, CHANGE_CATEGORY, id, err) && change_add(tx, CHANGE_REDIRECT, 0, err);
}

/* The children of `id` take its place among its siblings, or come last below `into`. */
static bool move_children(
    struct store_tx *tx, const struct tree *t, int64_t id, int64_t into, bool in_place, struct error *err)
{
	int64_t position = 1;
	for (size_t i = 0; i < t->n; i++) {
		if (t->v[i].parent != into || (t->v[i].id == id && !in_place))
			continue;
		for (size_t k = 0; t->v[i].id == id && k < t->n; k++) {
			if (t->v[k].parent == id && !set_place(tx, t->v[k].id, into, position++, err))
				return false;
		}
		if (t->v[i].id != id && !set_place(tx, t->v[i].id, into, position++, err))
			return false;
	}
	for (size_t k = 0; !in_place && k < t->n; k++) {
		if (t->v[k].parent == id && !set_place(tx, t->v[k].id, into, position++, err))
			return false;
	}
	return true;
}

/* May all that stands below `from` stand below `into`? */
static bool children_may_stand(const struct tree *t, int64_t from, int64_t into, struct error *err)
{
	int64_t above[CATEGORY_DEPTH_MAX];
	size_t n = chain_of(t, into, above);
	if (holds(above, n, from))
		return error_set(err, ERR_INVALID, "a category cannot be merged into one that stands below it");
	for (size_t i = 0; i < t->n; i++) {
		if (t->v[i].parent == from && !may_stand(t, t->v[i].id, into, err))
			return false;
	}
	return true;
}

bool category_merge(struct store_tx *tx, int64_t from, int64_t into, size_t *moved, struct error *err)
{
	struct tree t;
	struct arena *arena = open_tree(tx, &t, err);
	*moved = 0;
	if (!arena)
		return false;
	const struct node *node = find_node(&t, from);
	int64_t parent = node ? node->parent : 0;
	bool ok = true;
	if (from == into)
		ok = error_set(err, ERR_INVALID, "a category cannot be merged into itself");
	else if (!node || !find_node(&t, into))
		ok = error_set(err, ERR_NOT_FOUND, "there is no such category");
	ok = ok && children_may_stand(&t, from, into, err) && move_children(tx, &t, from, into, false, err);
	arena_free(arena);
	return ok && move_all_articles(tx, from, into, moved, err) && lead_on(tx, from, into, err) &&
	       take_away(tx, from, err) && tree_moved(tx, parent, into, err);
}

bool category_delete(struct store_tx *tx, int64_t id, int64_t into, size_t *moved, struct error *err)
{
	struct tree t;
	struct arena *arena = open_tree(tx, &t, err);
	*moved = 0;
	if (!arena)
		return false;
	const struct node *node = find_node(&t, id);
	int64_t parent = node ? node->parent : 0;
	bool ok =
	    node && (into == 0 || find_node(&t, into)) ? true : error_set(err, ERR_NOT_FOUND, "there is no such category");
	if (ok && id == into)
		ok = error_set(err, ERR_INVALID, "the articles need another category than the one that goes");
	ok = ok && move_children(tx, &t, id, parent, true, err);
	arena_free(arena);
	return ok && move_all_articles(tx, id, into, moved, err) && lead_on(tx, id, into ? into : parent, err) &&
	       take_away(tx, id, err) && tree_moved(tx, parent, into, err);
}

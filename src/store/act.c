#include "store/inner.h"

/* Actions of one click, and taking them back. */

static const char *const ACTIONS[ACTS] = { "article.publish", "article.archive", "article.trash", "article.category" };

static struct str object_of(const struct article *a, struct arena *arena)
{
	return arena_printf(arena, "%lld %.*s", (long long)a->id, (int)a->title.n, a->title.p);
}

bool article_move(struct store_tx *tx, struct article *a, enum article_status status, int64_t published,
    const struct person *who, struct str action, struct arena *arena, struct error *err)
{
	struct str object = object_of(a, arena);
	if (!object.p)
		return error_memory(err);
	if (!revision_keep_outside(tx, a, arena, err) || !status_write(tx, a, status, published, err))
		return error_context(err, "article %lld", (long long)a->id);
	a->status = status;
	a->published_at = published;
	return revision_keep(tx, a, clock_now(), who, arena, err) && audit_add(tx, who, action, object, err);
}

/* ---- doing ---- */

static bool remember(struct store_tx *tx, int64_t undo, const struct article *a, struct error *err)
{
	return db_exec(tx->conn, err,
	    "INSERT INTO undo_article (undo, article, status, published_at) VALUES ($1, $2, $3, $4)", "iiii", undo, a->id,
	    (int64_t)a->status, a->published_at);
}

static bool has_category(const struct article *a, int64_t category)
{
	for (size_t i = 0; i < a->n_categories; i++) {
		if (a->categories[i] == category)
			return true;
	}
	return false;
}

/* With the category at the end, or without it. */
static bool set_category(struct store_tx *tx, struct article *a, int64_t category, bool in, const struct person *who,
    struct arena *arena, struct error *err)
{
	struct article theirs;
	bool changed;
	struct str base = article_state(a, arena);
	int64_t *ids = arena_array(arena, a->n_categories + 1, sizeof *ids);
	size_t n = 0;
	if (!ids || !base.p)
		return error_memory(err);
	for (size_t i = 0; i < a->n_categories; i++) {
		if (a->categories[i] != category)
			ids[n++] = a->categories[i];
	}
	if (in)
		ids[n++] = category;
	a->categories = ids;
	a->n_categories = n;
	return article_edit(tx, a, who, base, &theirs, &changed, arena, err);
}

static bool makes_a_difference(enum act act, const struct article *a, int64_t category)
{
	switch (act) {
	case ACT_PUBLISH:
		return a->status != ARTICLE_PUBLISHED;
	case ACT_ARCHIVE:
		return a->status != ARTICLE_ARCHIVED;
	case ACT_CATEGORY:
		return !has_category(a, category);
	default:
		return true;
	}
}

static bool do_one(struct store_tx *tx, enum act act, struct article *a, int64_t category, const struct person *who,
    int64_t now, struct arena *arena, struct error *err)
{
	int64_t published = a->published_at;
	switch (act) {
	case ACT_PUBLISH:
		if (published == 0 || published > now)
			published = now;
		return article_move(tx, a, ARTICLE_PUBLISHED, published, who, str_from(ACTIONS[act]), arena, err);
	case ACT_ARCHIVE:
		return article_move(tx, a, ARTICLE_ARCHIVED, published, who, str_from(ACTIONS[act]), arena, err);
	case ACT_TRASH:
		return article_trash(tx, a->id, who, now, arena, err);
	default:
		return set_category(tx, a, category, true, who, arena, err);
	}
}

static bool start_undo(struct store_tx *tx, enum act act, int64_t category, const struct person *who, int64_t now,
    int64_t *undo, struct error *err)
{
	if (*undo)
		return true;
	if (!db_exec(tx->conn, err, "INSERT INTO undo (person, at, act, category) VALUES ($1, $2, $3, $4)", "iiii", who->id,
	        now, (int64_t)act, category))
		return false;
	*undo = db_last_id(tx->conn);
	return true;
}

bool act_do(struct store_tx *tx, enum act act, const struct act_article *articles, size_t n_articles, int64_t category,
    const struct person *who, int64_t now, int64_t *undo, size_t *n, struct arena *arena, struct error *err)
{
	*undo = 0;
	*n = 0;
	if (n_articles > ACT_ARTICLES_MAX)
		return error_set(err, ERR_TOO_LARGE, "at most %d articles at once", ACT_ARTICLES_MAX);
	for (size_t i = 0; i < n_articles; i++) {
		struct article a;
		struct error none = { 0 };
		if (!article_whole_on(tx->conn, articles[i].id, &a, arena, &none)) {
			if (none.code == ERR_NOT_FOUND)
				continue;
			return error_set(err, none.code, "%s", none.message);
		}
		if (a.status != articles[i].from || a.status == ARTICLE_TRASHED || !makes_a_difference(act, &a, category))
			continue;
		if (!start_undo(tx, act, category, who, now, undo, err) || !remember(tx, *undo, &a, err) ||
		    !do_one(tx, act, &a, category, who, now, arena, err))
			return false;
		*n += 1;
	}
	return true;
}

/* ---- taking back ---- */

bool act_find(struct store *store, int64_t undo, const struct person *who, int64_t now, struct act_done *out,
    struct arena *arena, struct error *err)
{
	struct db_conn *conn = db_reader(store->db, err);
	*out = (struct act_done){ 0 };
	struct db_rows *rows = !conn ? NULL
	                             : db_query(conn, err,
	                                   "SELECT u.act, a.title FROM undo u JOIN undo_article i ON i.undo = u.id JOIN "
	                                   "article a ON a.id = i.article"
	                                   " WHERE u.id = $1 AND u.person = $2 AND u.at > $3 ORDER BY a.id",
	                                   "iii", undo, who->id, now - UNDO_SECONDS);
	while (rows && db_next(rows)) {
		out->act = (enum act)db_int(rows, 0);
		if (out->n++ == 0)
			out->title = db_dup(rows, 1, arena);
	}
	if (!rows || !db_done(rows))
		return false;
	return out->n ? true : error_set(err, ERR_NOT_FOUND, "there is nothing to take back, or it is too late");
}

struct undone {
	int64_t article, published_at, act, category;
	enum article_status status;
};

static bool undo_read(struct store_tx *tx, int64_t undo, const struct person *who, int64_t now, struct undone *out,
    size_t *n, struct error *err)
{
	struct db_rows *rows = db_query(tx->conn, err,
	    "SELECT i.article, i.status, i.published_at, u.act, u.category FROM undo u JOIN undo_article i ON i.undo = u.id"
	    " WHERE u.id = $1 AND u.person = $2 AND u.at > $3 ORDER BY i.article",
	    "iii", undo, who->id, now - UNDO_SECONDS);
	*n = 0;
	while (rows && *n < ACT_ARTICLES_MAX && db_next(rows))
		out[(*n)++] = (struct undone){ .article = db_int(rows, 0),
			.status = (enum article_status)db_int(rows, 1),
			.published_at = db_int(rows, 2),
			.act = db_int(rows, 3),
			.category = db_int(rows, 4) };
	if (!rows || !db_done(rows))
		return false;
	return *n ? true : error_set(err, ERR_NOT_FOUND, "there is nothing to take back, or it is too late");
}

/* *done is false where something else happened to the article since. */
static bool undo_one(struct store_tx *tx, const struct undone *u, const struct person *who, int64_t now, bool *done,
    struct arena *arena, struct error *err)
{
	static const enum article_status became[ACTS] = { ARTICLE_PUBLISHED, ARTICLE_ARCHIVED, ARTICLE_TRASHED };
	struct article a;
	struct error none = { 0 };
	*done = false;
	if (!article_whole_on(tx->conn, u->article, &a, arena, &none))
		return none.code == ERR_NOT_FOUND || error_set(err, none.code, "%s", none.message);
	if (u->act == ACT_CATEGORY) {
		*done = has_category(&a, u->category) && a.status != ARTICLE_TRASHED;
		return !*done || set_category(tx, &a, u->category, false, who, arena, err);
	}
	*done = a.status == became[u->act];
	if (!*done)
		return true;
	if (u->act == ACT_TRASH)
		return article_restore(tx, u->article, who, now, arena, err);
	return article_move(tx, &a, u->status, u->published_at, who, STR("article.undo"), arena, err);
}

bool act_undo(struct store_tx *tx, int64_t undo, const struct person *who, int64_t now, size_t *n, struct arena *arena,
    struct error *err)
{
	struct undone *all = arena_array(arena, ACT_ARTICLES_MAX, sizeof *all);
	size_t n_all;
	*n = 0;
	if (!all)
		return error_memory(err);
	if (!undo_read(tx, undo, who, now, all, &n_all, err))
		return false;
	for (size_t i = 0; i < n_all; i++) {
		bool done;
		if (!undo_one(tx, &all[i], who, now, &done, arena, err))
			return false;
		*n += done;
	}
	return db_exec(tx->conn, err, "DELETE FROM undo WHERE id = $1", "i", undo);
}

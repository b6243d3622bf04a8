#include "store/inner.h"

static bool note(struct store_tx *tx, const struct article *a, const struct person *who, const char *action,
    struct arena *arena, struct error *err)
{
	struct str object = arena_printf(arena, "%lld %.*s", (long long)a->id, (int)a->title.n, a->title.p);
	return object.p ? audit_add(tx, who, str_from(action), object, err) : error_memory(err);
}

/* What it says does not change: lying in the trash is no revision. */
bool article_trash(
    struct store_tx *tx, int64_t id, const struct person *who, int64_t now, struct arena *arena, struct error *err)
{
	struct article a;
	struct str name = !who ? STR("") : who->name.n ? who->name : who->login;
	if (!article_whole_on(tx->conn, id, &a, arena, err))
		return false;
	if (a.status == ARTICLE_TRASHED)
		return true;
	return db_exec(tx->conn, err, "INSERT INTO trash (article, at, person, name, before) VALUES ($1, $2, $3, $4, $5)",
	           "iiisi", id, now, who ? who->id : (int64_t)0, name, (int64_t)a.status) &&
	       revision_keep_outside(tx, &a, arena, err) && status_write(tx, &a, ARTICLE_TRASHED, a.published_at, err) &&
	       note(tx, &a, who, "article.trash", arena, err);
}

/* "vpn~12" gave its address to another one: "vpn" again where that is free, else "vpn-2". */
static bool own_slug(struct store_tx *tx, struct article *a, struct arena *arena, struct error *err)
{
	size_t at = 0;
	while (at < a->slug.n && a->slug.p[at] != '~')
		at++;
	if (at == a->slug.n)
		return true;
	a->slug = str_sub(a->slug, 0, at);
	return slug_choose(tx, a, NULL, arena, err) &&
	       db_exec(tx->conn, err, "UPDATE article SET slug = $1 WHERE id = $2", "si", a->slug, a->id);
}

bool article_restore(
    struct store_tx *tx, int64_t id, const struct person *who, int64_t now, struct arena *arena, struct error *err)
{
	int64_t before;
	struct article a;
	if (!db_get_int(tx->conn, err, &before, "SELECT before FROM trash WHERE article = $1", "i", id))
		return err->code == ERR_NOT_FOUND
		           ? error_set(err, ERR_NOT_FOUND, "article %lld is not in the trash", (long long)id)
		           : false;
	if (!article_whole_on(tx->conn, id, &a, arena, err) || !own_slug(tx, &a, arena, err))
		return false;
	if (before == ARTICLE_SCHEDULED && a.published_at <= now)
		before = ARTICLE_DRAFT;
	if (!db_exec(tx->conn, err, "DELETE FROM trash WHERE article = $1", "i", id) ||
	    !status_write(tx, &a, (enum article_status)before, a.published_at, err))
		return false;
	a.status = (enum article_status)before;
	return revision_keep_new(tx, &a, now, who, arena, err) && note(tx, &a, who, "article.restore", arena, err);
}

bool trash_delete(struct store_tx *tx, int64_t id, const struct person *who, struct arena *arena, struct error *err)
{
	struct article a;
	if (!article_get(tx->conn, id, &a, arena, err))
		return false;
	if (a.status != ARTICLE_TRASHED)
		return error_set(err, ERR_NOT_FOUND, "article %lld is not in the trash", (long long)id);
	return article_delete(tx, id, err) && note(tx, &a, who, "article.delete", arena, err);
}

/* ---- reading ---- */

#define TRASHED_COLUMNS                                                                                              \
	"SELECT a.id, a.group_id, a.lang, a.slug, a.title, a.author, a.translator, a.published_at, a.updated_at, t.at, " \
	"t.name,"                                                                                                        \
	" t.before FROM trash t JOIN article a ON a.id = t.article "
/* $1 person or 0 */
#define OF_WRITER "($1 = 0 OR EXISTS (SELECT 1 FROM writer w WHERE w.article = t.article AND w.person = $1)) "

static struct trashed trashed_of(struct db_rows *r, struct arena *arena)
{
	return (struct trashed){ .item = { .id = db_int(r, 0),
		                         .group_id = db_int(r, 1),
		                         .lang = db_dup(r, 2, arena),
		                         .slug = db_dup(r, 3, arena),
		                         .title = db_dup(r, 4, arena),
		                         .author = db_dup(r, 5, arena),
		                         .translator = db_dup(r, 6, arena),
		                         .status = ARTICLE_TRASHED,
		                         .published_at = db_int(r, 7),
		                         .updated_at = db_int(r, 8) },
		.at = db_int(r, 9),
		.name = db_dup(r, 10, arena),
		.before = (enum article_status)db_int(r, 11) };
}

bool trash_list(struct store *store, int64_t writer, size_t offset, size_t limit, struct trashed **out, size_t *n,
    size_t *total, struct arena *arena, struct error *err)
{
	int64_t count;
	struct db_conn *conn = db_reader(store->db, err);
	*n = 0;
	*out = arena_array(arena, limit, sizeof **out);
	if (!conn || !*out)
		return conn ? error_memory(err) : false;
	struct db_rows *rows =
	    db_query(conn, err, TRASHED_COLUMNS "WHERE " OF_WRITER "ORDER BY t.at DESC, t.article DESC LIMIT $2 OFFSET $3",
	        "iii", writer, (int64_t)limit, (int64_t)offset);
	while (rows && *n < limit && db_next(rows))
		(*out)[(*n)++] = trashed_of(rows, arena);
	if (!rows || !db_done(rows))
		return false;
	if (!total)
		return true;
	if (!db_get_int(conn, err, &count, "SELECT COUNT(*) FROM trash t WHERE " OF_WRITER, "i", writer))
		return false;
	*total = (size_t)count;
	return true;
}

bool trash_find(struct store *store, int64_t id, struct trashed *out, struct arena *arena, struct error *err)
{
	struct db_conn *conn = db_reader(store->db, err);
	struct db_rows *rows = conn ? db_query(conn, err, TRASHED_COLUMNS "WHERE t.article = $1", "i", id) : NULL;
	bool found = rows && db_next(rows);
	if (found)
		*out = trashed_of(rows, arena);
	if (!rows || !db_done(rows))
		return false;
	return found ? true : error_set(err, ERR_NOT_FOUND, "article %lld is not in the trash", (long long)id);
}

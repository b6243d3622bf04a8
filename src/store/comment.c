#include "store/inner.h"

static bool fits(struct store_tx *tx, const struct comment *c, struct error *err)
{
	int64_t n, parent;
	if (str_trim(c->text).n == 0)
		return error_set(err, ERR_INVALID, "a comment says something");
	if (c->text.n > COMMENT_MAX || c->quote.n > QUOTE_MAX)
		return error_set(err, ERR_TOO_LARGE, "a comment has at most %zu bytes", COMMENT_MAX);
	if (!db_get_int(tx->conn, err, &n, "SELECT COUNT(*) FROM comment WHERE article = $1", "i", c->article))
		return false;
	if (n >= COMMENTS_MAX)
		return error_set(err, ERR_TOO_LARGE, "an article has at most %d comments", COMMENTS_MAX);
	/* Answers stand below a comment, not below an answer. */
	if (c->parent &&
	    !db_get_int(tx->conn, err, &parent, "SELECT id FROM comment WHERE id = $1 AND article = $2 AND parent = 0",
	        "ii", c->parent, c->article))
		return error_context(err, "the comment that is answered");
	return true;
}

bool comment_add(struct store_tx *tx, struct comment *c, const struct person *who, int64_t now, struct arena *arena,
    struct error *err)
{
	struct article a;
	if (!article_get(tx->conn, c->article, &a, arena, err) || !fits(tx, c, err))
		return false;
	if (!db_exec(tx->conn, err,
	        "INSERT INTO comment (article, parent, person, name, at, quote, text, resolved_at, resolved_name)"
	        " VALUES ($1, $2, $3, $4, $5, $6, $7, 0, '')",
	        "iiisiss", c->article, c->parent, who->id, who->name.n ? who->name : who->login, now,
	        c->parent ? STR("") : c->quote, str_trim(c->text)))
		return false;
	c->id = db_last_id(tx->conn);
	struct str object = arena_printf(arena, "%lld %.*s", (long long)a.id, (int)a.title.n, a.title.p);
	return audit_add(tx, who, c->parent ? STR("comment.answer") : STR("comment.add"), object, err);
}

bool comment_resolve(struct store_tx *tx, int64_t article, int64_t id, bool resolved, const struct person *who,
    int64_t now, struct arena *arena, struct error *err)
{
	struct article a;
	if (!article_get(tx->conn, article, &a, arena, err) ||
	    !db_exec(tx->conn, err,
	        "UPDATE comment SET resolved_at = $1, resolved_name = $2 WHERE id = $3 AND article = $4 AND parent = 0",
	        "isii", resolved ? now : (int64_t)0,
	        !resolved     ? STR("")
	        : who->name.n ? who->name
	                      : who->login,
	        id, article))
		return false;
	if (db_changes(tx->conn) == 0)
		return error_set(err, ERR_NOT_FOUND, "there is no such comment");
	struct str object = arena_printf(arena, "%lld %.*s", (long long)a.id, (int)a.title.n, a.title.p);
	return audit_add(tx, who, resolved ? STR("comment.resolve") : STR("comment.reopen"), object, err);
}

bool comment_list(
    struct store *store, int64_t article, struct comment **out, size_t *n, struct arena *arena, struct error *err)
{
	size_t cap = 0;
	struct db_conn *conn = db_reader(store->db, err);
	*out = NULL;
	*n = 0;
	struct db_rows *rows =
	    !conn ? NULL
	          : db_query(conn, err,
	                "SELECT id, parent, person, name, at, quote, text, resolved_at, resolved_name FROM comment"
	                " WHERE article = $1 ORDER BY id",
	                "i", article);
	while (rows && db_next(rows)) {
		*out = grow_array(arena, *out, *n, &cap, sizeof **out);
		if (!*out)
			break;
		(*out)[(*n)++] = (struct comment){ .id = db_int(rows, 0),
			.article = article,
			.parent = db_int(rows, 1),
			.person = db_int(rows, 2),
			.name = db_dup(rows, 3, arena),
			.at = db_int(rows, 4),
			.quote = db_dup(rows, 5, arena),
			.text = db_dup(rows, 6, arena),
			.resolved_at = db_int(rows, 7),
			.resolved_name = db_dup(rows, 8, arena) };
	}
	if (!rows || !db_done(rows))
		return false;
	return *out || *n == 0 ? true : error_memory(err);
}

#include "search/inner.h"

#include <string.h>

/* The best entries of common beginnings, so that a beginning that thousands of keys share is answered without reading
 * them. A list is there exactly while more than HOT_MORE_THAN keys begin so, and holds the HOT_KEPT best. */

static bool common(
    struct db_conn *conn, struct str lang, struct str prefix, struct arena *arena, bool *out, struct error *err)
{
	int64_t n;
	*out = false;
	if (!db_get_int(conn, err, &n,
	        "SELECT COUNT(*) FROM (SELECT 1 FROM suggest_key WHERE lang = $1 AND key >= $2 AND key < $3 LIMIT $4)",
	        "sssi", lang, prefix, key_end(prefix, arena), (int64_t)HOT_MORE_THAN + 1))
		return false;
	*out = n > HOT_MORE_THAN;
	return true;
}

static bool cool(struct db_conn *conn, struct str lang, struct str prefix, struct error *err)
{
	return db_exec(conn, err, "DELETE FROM suggest_hot WHERE lang = $1 AND key = $2", "ss", lang, prefix);
}

static bool heat(struct db_conn *conn, struct str lang, struct str prefix, struct arena *arena, struct error *err)
{
	return cool(conn, lang, prefix, err) &&
	       db_exec(conn, err,
	           "INSERT INTO suggest_hot (lang, key, rank, entry) SELECT DISTINCT $1, $2, rank, entry FROM suggest_key"
	           " WHERE lang = $1 AND key >= $2 AND key < $3 ORDER BY rank, entry LIMIT $4",
	           "sssi", lang, prefix, key_end(prefix, arena), (int64_t)HOT_KEPT);
}

static bool hot_rows(struct db_conn *conn, struct str lang, struct str prefix, int64_t *n, struct error *err)
{
	return db_get_int(
	    conn, err, n, "SELECT COUNT(*) FROM suggest_hot WHERE lang = $1 AND key = $2", "ss", lang, prefix);
}

static bool put_hot(struct db_conn *conn, const struct hot_key *k, struct str prefix, struct error *err)
{
	return db_exec(conn, err,
	           "INSERT INTO suggest_hot (lang, key, rank, entry) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
	           "ssii", k->lang, prefix, k->rank, k->entry) &&
	       db_exec(conn, err,
	           "DELETE FROM suggest_hot WHERE lang = $1 AND key = $2 AND (rank, entry) IN (SELECT rank, entry FROM suggest_hot"
	           " WHERE lang = $1 AND key = $2 ORDER BY rank, entry LIMIT 100 OFFSET $3)",
	           "ssi", k->lang, prefix, (int64_t)HOT_KEPT);
}

/* From the shortest beginning on: where one is not common, no longer one is. */
bool hot_add(struct db_conn *conn, const struct hot_key *k, struct arena *arena, struct error *err)
{
	for (size_t at = 0; at < k->key.n;) {
		int64_t n;
		bool many = true;
		utf8_next(k->key, &at);
		struct str prefix = str_sub(k->key, 0, at);
		if (!hot_rows(conn, k->lang, prefix, &n, err) || (n == 0 && !common(conn, k->lang, prefix, arena, &many, err)))
			return false;
		if (!many)
			return true;
		if (!(n ? put_hot(conn, k, prefix, err) : heat(conn, k->lang, prefix, arena, err)))
			return false;
	}
	return true;
}

bool hot_remove(struct db_conn *conn, const struct hot_key *k, struct arena *arena, struct error *err)
{
	for (size_t at = 0; at < k->key.n;) {
		int64_t n;
		bool many;
		utf8_next(k->key, &at);
		struct str prefix = str_sub(k->key, 0, at);
		if (!hot_rows(conn, k->lang, prefix, &n, err))
			return false;
		/* No longer beginning is common either; but a list of one may be left, where this one's has just been dropped. */
		if (n == 0)
			continue;
		if (!common(conn, k->lang, prefix, arena, &many, err) ||
		    !db_exec(conn, err, "DELETE FROM suggest_hot WHERE lang = $1 AND key = $2 AND rank = $3 AND entry = $4",
		        "ssii", k->lang, prefix, k->rank, k->entry))
			return false;
		bool missing = db_changes(conn) > 0;
		if (!(many ? !missing || heat(conn, k->lang, prefix, arena, err) : cool(conn, k->lang, prefix, err)))
			return false;
	}
	return true;
}

struct prefixes {
	struct str *v;
	size_t n;
};

/* The common beginnings one character longer than this one. */
static bool longer(struct db_conn *conn, struct str lang, struct str prefix, struct prefixes *out, struct arena *arena,
    struct error *err)
{
	size_t cap = 0;
	*out = (struct prefixes){ 0 };
	struct db_rows *rows = db_query(conn, err,
	    "SELECT substr(key, 1, $4), COUNT(*) FROM suggest_key WHERE lang = $1 AND key >= $2 AND key < $3 AND length(key) >= $4"
	    " GROUP BY 1 HAVING COUNT(*) > $5",
	    "sssii", lang, prefix, key_end(prefix, arena), (int64_t)utf8_count(prefix) + 1, (int64_t)HOT_MORE_THAN);
	while (rows && db_next(rows)) {
		if (out->n == cap) {
			struct str *more = arena_array(arena, cap = cap ? cap * 2 : 16, sizeof *more);
			if (more && out->n)
				memcpy(more, out->v, out->n * sizeof *more);
			out->v = more;
		}
		if (!out->v)
			break;
		out->v[out->n++] = db_dup(rows, 0, arena);
	}
	return rows && db_done(rows) && (out->n == 0 || out->v);
}

/* As deep as keys are long. */
bool hot_build(struct db_conn *conn, struct str lang, struct str prefix, struct arena *arena, struct error *err)
{
	struct prefixes below;
	if (!longer(conn, lang, prefix, &below, arena, err))
		return false;
	for (size_t i = 0; i < below.n; i++) {
		if (!heat(conn, lang, below.v[i], arena, err) || !hot_build(conn, lang, below.v[i], arena, err))
			return false;
	}
	return true;
}

#include "store/inner.h"

#include <stdio.h>

/* What is known of images, read. */

#define ABOUT                                                                                                     \
	"SELECT m.hash, m.name, m.type, m.width, m.height, i.state, i.created_at, i.decorative, i.credit, i.licence," \
	" length(m.data), (SELECT COUNT(*) FROM media_use u WHERE u.media = m.hash) FROM media m JOIN media_info i"   \
	" ON i.media = m.hash "
/* $1 pattern or empty, $2 unused, $3 wordless, $4 language */
#define FILTER                                                                                                          \
	"WHERE ($1 = '' OR m.name LIKE $1 ESCAPE '!' OR i.credit LIKE $1 ESCAPE '!' OR EXISTS (SELECT 1 FROM media_words w" \
	"  WHERE w.media = m.hash AND (w.alt LIKE $1 ESCAPE '!' OR w.caption LIKE $1 ESCAPE '!')))"                         \
	" AND ($2 = 0 OR NOT EXISTS (SELECT 1 FROM media_use u WHERE u.media = m.hash))"                                    \
	" AND ($3 = 0 OR (i.decorative = 0 AND NOT EXISTS (SELECT 1 FROM media_words w WHERE w.media = m.hash"              \
	"  AND w.lang = $4 AND w.alt <> ''))) "

static struct media_about about_of(struct db_rows *r, struct arena *arena)
{
	return (struct media_about){ .media = { .hash = db_dup(r, 0, arena),
		                             .name = db_dup(r, 1, arena),
		                             .type = db_dup(r, 2, arena),
		                             .width = (int)db_int(r, 3),
		                             .height = (int)db_int(r, 4) },
		.state = (enum media_state)db_int(r, 5),
		.created_at = db_int(r, 6),
		.decorative = db_int(r, 7) != 0,
		.credit = db_dup(r, 8, arena),
		.licence = db_dup(r, 9, arena),
		.bytes = db_int(r, 10),
		.articles = db_int(r, 11) };
}

static bool read_words(struct db_conn *conn, struct media_about *m, struct arena *arena, struct error *err)
{
	size_t cap = 0;
	struct db_rows *rows = db_query(
	    conn, err, "SELECT lang, alt, caption FROM media_words WHERE media = $1 ORDER BY lang", "s", m->media.hash);
	while (rows && db_next(rows)) {
		m->words = grow_array(arena, m->words, m->n_words, &cap, sizeof *m->words);
		if (!m->words)
			break;
		m->words[m->n_words++] =
		    (struct media_words){ db_dup(rows, 0, arena), db_dup(rows, 1, arena), db_dup(rows, 2, arena) };
	}
	return rows && db_done(rows);
}

static bool read_sizes(struct db_conn *conn, struct media_about *m, struct arena *arena, struct error *err)
{
	size_t cap = 0;
	struct db_rows *rows = db_query(conn, err,
	    "SELECT type, width, height, bytes FROM media_size WHERE media = $1 ORDER BY type, width", "s", m->media.hash);
	while (rows && db_next(rows)) {
		m->sizes = grow_array(arena, m->sizes, m->n_sizes, &cap, sizeof *m->sizes);
		if (!m->sizes)
			break;
		m->sizes[m->n_sizes++] =
		    (struct media_size){ db_dup(rows, 0, arena), (int)db_int(rows, 1), (int)db_int(rows, 2), db_int(rows, 3) };
	}
	return rows && db_done(rows);
}

bool media_list(struct store *store, const struct media_filter *f, struct media_about **out, size_t *n, size_t *total,
    struct arena *arena, struct error *err)
{
	size_t cap = 0;
	int64_t all = 0;
	struct str pattern = f->words.n ? like_pattern(f->words, arena) : STR("");
	struct db_conn *conn = db_reader(store->db, err);
	*out = NULL;
	*n = 0;
	if (!conn ||
	    !db_get_int(conn, err, &all, "SELECT COUNT(*) FROM media m JOIN media_info i ON i.media = m.hash " FILTER,
	        "stts", pattern, f->unused, f->wordless, f->lang))
		return false;
	*total = (size_t)all;
	struct db_rows *rows = db_query(conn, err, ABOUT FILTER "ORDER BY i.created_at DESC, m.hash LIMIT $5 OFFSET $6",
	    "sttsii", pattern, f->unused, f->wordless, f->lang, f->limit ? (int64_t)f->limit : -1, (int64_t)f->offset);
	while (rows && db_next(rows)) {
		*out = grow_array(arena, *out, *n, &cap, sizeof **out);
		if (!*out)
			break;
		(*out)[(*n)++] = about_of(rows, arena);
	}
	bool ok = rows && db_done(rows);
	for (size_t i = 0; ok && i < *n; i++)
		ok = read_words(conn, &(*out)[i], arena, err) && read_sizes(conn, &(*out)[i], arena, err);
	return ok;
}

bool media_about(struct store *store, struct str hash, struct media_about *out, struct arena *arena, struct error *err)
{
	struct db_conn *conn = db_reader(store->db, err);
	struct db_rows *rows =
	    conn ? db_query(conn, err, ABOUT "WHERE m.hash = COALESCE((SELECT media FROM media_alias WHERE old = $1), $1)",
	               "s", hash)
	         : NULL;
	bool found = rows && db_next(rows);
	if (found)
		*out = about_of(rows, arena);
	if (!rows || !db_done(rows))
		return false;
	if (!found)
		return error_set(err, ERR_NOT_FOUND, "there is no such image");
	return read_words(conn, out, arena, err) && read_sizes(conn, out, arena, err);
}

struct str media_alt(const struct media_about *m, struct str lang)
{
	for (size_t i = 0; i < m->n_words; i++) {
		if (str_eq(m->words[i].lang, lang))
			return m->words[i].alt;
	}
	return STR("");
}

bool media_users(
    struct store *store, struct str hash, struct article_item **out, size_t *n, struct arena *arena, struct error *err)
{
	size_t cap = 0;
	struct db_conn *conn = db_reader(store->db, err);
	struct db_rows *rows =
	    conn ? db_query(conn, err,
	               "SELECT a.id, a.lang, a.title, a.status FROM media_use u JOIN article a ON a.id = u.article"
	               " WHERE u.media = $1 ORDER BY a.updated_at DESC, a.id",
	               "s", hash)
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

bool media_is_public(struct store *store, struct str hash, bool *out, struct error *err)
{
	int64_t n = 0;
	struct db_conn *conn = db_reader(store->db, err);
	bool ok =
	    conn &&
	    db_get_int(conn, err, &n,
	        "SELECT COUNT(*) FROM media_use u JOIN article a ON a.id = u.article WHERE u.media = $1 AND a.status = $2",
	        "si", hash, (int64_t)ARTICLE_PUBLISHED);
	*out = n > 0;
	return ok;
}

bool media_size_find(struct store *store, struct str hash, int width, struct str type, struct str *data,
    struct arena *arena, struct error *err)
{
	struct db_conn *conn = db_reader(store->db, err);
	struct db_rows *rows =
	    conn ? db_query(conn, err, "SELECT data FROM media_size WHERE media = $1 AND type = $2 AND width = $3", "ssi",
	               hash, type, (int64_t)width)
	         : NULL;
	bool found = rows && db_next(rows);
	if (found)
		*data = db_dup(rows, 0, arena);
	if (!rows || !db_done(rows))
		return false;
	return found ? true : error_set(err, ERR_NOT_FOUND, "there is no such image");
}

bool media_waiting(
    struct store *store, struct str *hash, enum media_state *state, bool *found, struct arena *arena, struct error *err)
{
	struct db_conn *conn = db_reader(store->db, err);
	struct db_rows *rows =
	    conn ? db_query(conn, err,
	               "SELECT media, state FROM media_info WHERE state < 2 ORDER BY state DESC, created_at LIMIT 1", "")
	         : NULL;
	*found = rows && db_next(rows);
	if (*found) {
		*hash = db_dup(rows, 0, arena);
		*state = (enum media_state)db_int(rows, 1);
	}
	return rows && db_done(rows);
}

bool media_waiting_count(struct store *store, int64_t *n, struct error *err)
{
	struct db_conn *conn = db_reader(store->db, err);
	return conn && db_get_int(conn, err, n, "SELECT COUNT(*) FROM media_info WHERE state < 2", "");
}

/* ---- for the rendering of an article ---- */

static struct str stem_of(struct str name)
{
	for (size_t i = name.n; i > 1; i--) {
		if (name.p[i - 1] == '.')
			return str_sub(name, 0, i - 1);
	}
	return name;
}

static bool add_sources(struct db_conn *conn, struct str hash, struct str name, struct doc_picture *out,
    struct arena *arena, struct error *err)
{
	struct buf set = { 0 };
	struct str stem = stem_of(name), type = STR("");
	/* AVIF comes before WebP, as the smaller one. */
	struct db_rows *rows =
	    db_query(conn, err, "SELECT type, width FROM media_size WHERE media = $1 ORDER BY type, width", "s", hash);
	while (rows && db_next(rows)) {
		struct str next = db_str(rows, 0);
		if (!str_eq(next, type)) {
			if (type.n)
				out->sources[out->n_sources++].srcset = buf_take(&set, arena);
			if (out->n_sources == sizeof out->sources / sizeof *out->sources)
				break;
			type = arena_dup(arena, next);
			out->sources[out->n_sources].type = type;
		}
		int width = (int)db_int(rows, 1);
		buf_printf(&set, "%s/media/%.*s/%d/%.*s.%s %dw", set.n ? ", " : "", (int)hash.n, hash.p, width, (int)stem.n,
		    stem.p, image_extension(type), width);
	}
	if (set.n)
		out->sources[out->n_sources++].srcset = buf_take(&set, arena);
	buf_free(&set);
	return rows && db_done(rows);
}

bool media_picture(struct db_conn *conn, struct str hash, struct str name, struct str lang, struct doc_picture *out,
    struct arena *arena, struct error *err)
{
	struct db_rows *rows = db_query(conn, err,
	    "SELECT i.decorative, i.credit, i.licence, w.alt, w.caption FROM media_info i"
	    " LEFT JOIN media_words w ON w.media = i.media AND w.lang = $2 WHERE i.media = $1",
	    "ss", hash, lang);
	bool found = rows && db_next(rows);
	*out = (struct doc_picture){ 0 };
	if (found) {
		struct str credit = db_str(rows, 1), licence = db_str(rows, 2);
		out->decorative = db_int(rows, 0) != 0;
		out->credit = arena_printf(arena, "%.*s%s%.*s", (int)credit.n, credit.p ? credit.p : "",
		    credit.n && licence.n ? " / " : "", (int)licence.n, licence.p ? licence.p : "");
		out->alt = out->decorative || db_null(rows, 3) ? STR("") : db_dup(rows, 3, arena);
		out->caption = db_null(rows, 4) ? STR("") : db_dup(rows, 4, arena);
	}
	if (!rows || !db_done(rows))
		return false;
	return found && add_sources(conn, hash, name, out, arena, err);
}

#include "store/inner.h"

/* What is known of images, changed. Whatever an article's page shows of an image is part of that article's rendering, so
 * each change renders the articles that show it again. */

bool media_info_add(struct store_tx *tx, struct str hash, enum media_state state, struct error *err)
{
	/* An import's images have no day of their own: they come after all that was uploaded. */
	return db_exec(tx->conn, err,
	    "INSERT INTO media_info (media, state, created_at, decorative, credit, licence) VALUES ($1, $2, $3, 0, '', '')",
	    "sii", hash, (int64_t)state, state == MEDIA_RAW ? 0 : clock_now());
}

bool media_used(struct store_tx *tx, int64_t article, const struct rendered *r, struct error *err)
{
	bool ok = db_exec(tx->conn, err, "DELETE FROM media_use WHERE article = $1", "i", article);
	for (size_t i = 0; ok && i < r->n_media; i++)
		ok = db_exec(tx->conn, err, "INSERT INTO media_use (article, media) VALUES ($1, $2) ON CONFLICT DO NOTHING",
		    "is", article, r->media[i]);
	return ok;
}

static bool user_ids(
    struct store_tx *tx, struct str hash, int64_t **ids, size_t *n, struct arena *arena, struct error *err)
{
	size_t cap = 0;
	struct db_rows *rows = db_query(tx->conn, err, "SELECT article FROM media_use WHERE media = $1", "s", hash);
	*ids = NULL;
	*n = 0;
	while (rows && db_next(rows)) {
		*ids = grow_array(arena, *ids, *n, &cap, sizeof **ids);
		if (!*ids)
			break;
		(*ids)[(*n)++] = db_int(rows, 0);
	}
	return rows && db_done(rows) && (*n == 0 || *ids != NULL);
}

static bool render_again(struct store_tx *tx, const int64_t *ids, size_t n, struct error *err)
{
	struct arena *arena = arena_new();
	struct str title, *dead;
	size_t n_dead;
	bool ok = arena ? true : error_memory(err);
	for (size_t i = 0; ok && i < n; i++) {
		ok = article_relink(tx, ids[i], &title, &dead, &n_dead, arena, err);
		arena_reset(arena);
	}
	arena_free(arena);
	return ok;
}

/* Renders those that show it now. */
static bool show_anew(struct store_tx *tx, struct str hash, struct error *err)
{
	struct arena *arena = arena_new();
	int64_t *ids;
	size_t n;
	bool ok = arena ? user_ids(tx, hash, &ids, &n, arena, err) && render_again(tx, ids, n, err) : error_memory(err);
	arena_free(arena);
	return ok;
}

static bool write_sizes(struct store_tx *tx, struct str hash, const struct image_set *made, struct error *err)
{
	bool ok = db_exec(tx->conn, err, "DELETE FROM media_size WHERE media = $1", "s", hash);
	for (size_t i = 0; ok && i < made->n_sizes; i++) {
		const struct image_made *m = &made->sizes[i];
		ok = db_exec(tx->conn, err,
		    "INSERT INTO media_size (media, width, type, height, bytes, data) VALUES ($1, $2, $3, $4, $5, $6)"
		    " ON CONFLICT DO NOTHING",
		    "sisiib", hash, (int64_t)m->width, m->type, (int64_t)m->height, (int64_t)m->data.n, m->data);
	}
	return ok;
}

bool media_add(struct store_tx *tx, struct str name, struct str brought, const struct image_set *made,
    struct media *out, struct arena *arena, struct error *err)
{
	if (!media_save(tx, name, brought, out, arena, err))
		return false;
	if (!out->is_new)
		return true;
	out->width = made->whole.width;
	out->height = made->whole.height;
	return db_exec(tx->conn, err, "UPDATE media SET width = $2, height = $3, data = $4 WHERE hash = $1", "siib",
	           out->hash, (int64_t)out->width, (int64_t)out->height, made->whole.data) &&
	       db_exec(tx->conn, err, "UPDATE media_info SET state = $2, created_at = $3 WHERE media = $1", "sii",
	           out->hash, (int64_t)MEDIA_CLEAN, clock_now());
}

bool media_set_pictures(struct store_tx *tx, struct str hash, const struct image_set *made, struct error *err)
{
	const struct image_made *whole = &made->whole;
	if (whole->data.n && !db_exec(tx->conn, err, "UPDATE media SET width = $2, height = $3, data = $4 WHERE hash = $1",
	                         "siib", hash, (int64_t)whole->width, (int64_t)whole->height, whole->data))
		return false;
	return write_sizes(tx, hash, made, err) &&
	       db_exec(
	           tx->conn, err, "UPDATE media_info SET state = $2 WHERE media = $1", "si", hash, (int64_t)MEDIA_READY) &&
	       show_anew(tx, hash, err);
}

bool media_set_broken(struct store_tx *tx, struct str hash, struct error *err)
{
	return db_exec(
	    tx->conn, err, "UPDATE media_info SET state = $2 WHERE media = $1", "si", hash, (int64_t)MEDIA_BROKEN);
}

static bool write_words(struct store_tx *tx, const struct media_about *m, struct error *err)
{
	bool ok = db_exec(tx->conn, err, "DELETE FROM media_words WHERE media = $1", "s", m->media.hash);
	for (size_t i = 0; ok && i < m->n_words; i++) {
		const struct media_words *w = &m->words[i];
		if (w->alt.n > MEDIA_TEXT_MAX || w->caption.n > MEDIA_TEXT_MAX)
			return error_set(err, ERR_TOO_LARGE, "a text of an image has more than %zu bytes", MEDIA_TEXT_MAX);
		if (w->alt.n || w->caption.n)
			ok = db_exec(tx->conn, err, "INSERT INTO media_words (media, lang, alt, caption) VALUES ($1, $2, $3, $4)",
			    "ssss", m->media.hash, w->lang, w->alt, w->caption);
	}
	return ok;
}

bool media_describe(struct store_tx *tx, const struct media_about *m, struct error *err)
{
	if (m->credit.n > MEDIA_TEXT_MAX || m->licence.n > MEDIA_TEXT_MAX)
		return error_set(err, ERR_TOO_LARGE, "a text of an image has more than %zu bytes", MEDIA_TEXT_MAX);
	return write_words(tx, m, err) &&
	       db_exec(tx->conn, err, "UPDATE media_info SET decorative = $2, credit = $3, licence = $4 WHERE media = $1",
	           "stss", m->media.hash, m->decorative, m->credit, m->licence) &&
	       show_anew(tx, m->media.hash, err);
}

static bool hand_over(struct store_tx *tx, struct str hash, struct str with, struct error *err)
{
	return db_exec(tx->conn, err, "UPDATE media_alias SET media = $2 WHERE media = $1", "ss", hash, with) &&
	       db_exec(tx->conn, err,
	           "INSERT INTO media_alias (old, name, media) SELECT hash, name, $2 FROM media WHERE hash = $1", "ss",
	           hash, with) &&
	       db_exec(tx->conn, err,
	           "INSERT INTO media_words (media, lang, alt, caption) SELECT $2, lang, alt, caption FROM media_words"
	           " WHERE media = $1 ON CONFLICT DO NOTHING",
	           "ss", hash, with) &&
	       db_exec(tx->conn, err,
	           "UPDATE media_info SET credit = (SELECT credit FROM media_info WHERE media = $1), licence = (SELECT licence FROM"
	           " media_info WHERE media = $1) WHERE media = $2 AND credit = '' AND licence = ''",
	           "ss", hash, with) &&
	       db_exec(tx->conn, err, "DELETE FROM media WHERE hash = $1", "s", hash);
}

bool media_replace(struct store_tx *tx, struct str hash, struct str with, struct error *err)
{
	struct arena *arena = arena_new();
	int64_t *ids;
	size_t n;
	if (str_eq(hash, with)) {
		arena_free(arena);
		return error_set(err, ERR_EXISTS, "the image is the same");
	}
	bool ok = arena ? user_ids(tx, hash, &ids, &n, arena, err) && hand_over(tx, hash, with, err) &&
	                      render_again(tx, ids, n, err)
	                : error_memory(err);
	arena_free(arena);
	return ok;
}

bool media_delete(struct store_tx *tx, struct str hash, struct error *err)
{
	int64_t used = 0;
	/* By its own address or by that of one whose place it took. */
	if (!db_get_int(tx->conn, err, &used,
	        "SELECT (SELECT COUNT(*) FROM media_use WHERE media = $1) + (WITH name (hash) AS (SELECT $1 UNION SELECT old FROM"
	        " media_alias WHERE media = $1) SELECT COUNT(*) FROM name WHERE EXISTS (SELECT 1 FROM setting WHERE"
	        " instr(value, '/media/' || name.hash) > 0) OR EXISTS (SELECT 1 FROM category_name WHERE"
	        " instr(description, '/media/' || name.hash) > 0))",
	        "s", hash))
		return false;
	if (used)
		return error_set(err, ERR_CONFLICT, "the image is shown somewhere");
	if (!db_exec(tx->conn, err, "DELETE FROM media WHERE hash = $1", "s", hash))
		return false;
	return db_changes(tx->conn) ? true : error_set(err, ERR_NOT_FOUND, "there is no such image");
}

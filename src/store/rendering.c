#include "store/inner.h"

struct lookup {
	struct store_tx *tx;
	struct error *err;
	struct str lang;   /* of the article */
	struct str *media; /* images that it shows */
	size_t n_media, cap_media;
	struct str *dead; /* old addresses that lead nowhere, when `wanted` */
	size_t n_dead, cap;
	bool wanted;
};

static void note_dead(struct lookup *look, struct str url, struct arena *arena)
{
	struct str *v = look->wanted ? grow_array(arena, look->dead, look->n_dead, &look->cap, sizeof *v) : NULL;
	if (!v)
		return;
	look->dead = v;
	look->dead[look->n_dead++] = url;
}

/* Where a redirect leads today; empty when its article is not to be seen. */
static struct str redirect_goal(struct lookup *look, const struct redirect *r, struct arena *arena)
{
	const struct settings *settings = tx_settings(look->tx, look->err);
	struct str goal = r->path;
	struct db_rows *rows = NULL;
	if (r->article)
		rows = db_query(look->tx->conn, look->err, "SELECT slug, lang FROM article WHERE id = $1 AND status = $2", "ii",
		    r->article, (int64_t)ARTICLE_PUBLISHED);
	else if (r->category)
		rows = db_query(look->tx->conn, look->err, "SELECT slug, '' FROM category WHERE id = $1", "i", r->category);
	if (settings && rows && db_next(rows)) {
		struct buf out = { 0 };
		struct str slug = db_str(rows, 0), lang = db_str(rows, 1);
		if (lang.n && !str_eq(lang, settings->default_lang)) {
			buf_addc(&out, '/');
			buf_add(&out, lang);
		}
		buf_adds(&out, r->article ? "/articles/" : "/categories/");
		buf_add_uri(&out, slug, STR(""));
		goal = buf_take(&out, arena);
	}
	if (rows)
		db_done(rows);
	return goal;
}

static bool is_ours(struct str url)
{
	return url.n < 2 || url.p[0] != '/' || url.p[1] == '/' || str_starts(url, STR("/media/")) ||
	       str_starts(url, STR("/articles/")) || str_starts(url, STR("/categories/"));
}

/* A link to an old address is written as its goal's address of today, and so spares the reader the way over the
 * redirect. Should that address change later, it leaves a redirect in its turn. */
static struct str find_link(void *user, struct str url, struct arena *arena)
{
	struct lookup *look = user;
	struct redirect r;
	struct error none = { 0 };
	if (is_ours(url))
		return url;
	if (!redirect_find_url(look->tx, url, &r, arena, &none)) {
		note_dead(look, url, arena);
		return url;
	}
	struct str goal = redirect_goal(look, &r, arena);
	ptrdiff_t part = str_find(url, STR("#"));
	if (goal.n == 0 || part < 0)
		return goal.n ? goal : url;
	struct str fragment = str_skip(url, (size_t)part);
	return arena_printf(arena, "%.*s%.*s", (int)goal.n, goal.p, (int)fragment.n, fragment.p);
}

static void note_media(struct lookup *look, struct str hash, struct arena *arena)
{
	look->media = grow_array(arena, look->media, look->n_media, &look->cap_media, sizeof *look->media);
	if (look->media)
		look->media[look->n_media++] = hash;
	else
		look->n_media = look->cap_media = 0;
}

/* Our own images keep their place and get their size; all others become links. */
static struct str find_image(void *user, struct str url, int *width, int *height, struct arena *arena)
{
	struct lookup *look = user;
	if (!str_starts(url, STR("/media/")))
		return STR("");
	struct str rest = str_skip(url, 7), hash = str_split(&rest, '/'), shown = STR("");
	struct db_rows *rows = db_query(look->tx->conn, look->err,
	    "SELECT hash, name, width, height FROM media"
	    " WHERE hash = COALESCE((SELECT media FROM media_alias WHERE old = $1), $1)",
	    "s", hash);
	if (rows && db_next(rows)) {
		struct str now = db_str(rows, 0), name = db_str(rows, 1);
		*width = (int)db_int(rows, 2);
		*height = (int)db_int(rows, 3);
		shown = arena_printf(arena, "/media/%.*s/%.*s", (int)now.n, now.p, (int)name.n, name.p);
		note_media(look, str_sub(shown, 7, 7 + now.n), arena);
	}
	if (rows)
		db_done(rows);
	return shown;
}

static bool know_picture(void *user, struct str url, struct doc_picture *out, struct arena *arena)
{
	struct lookup *look = user;
	struct str rest = str_skip(url, 7), hash = str_split(&rest, '/');
	return media_picture(look->tx->conn, hash, rest, look->lang, out, arena, look->err);
}

static bool render(struct lookup *look, struct article *a, struct rendered *r, struct arena *arena, struct error *err)
{
	struct doc_resolver resolver = { .link = find_link, .image = find_image, .picture = know_picture, .user = look };
	struct doc_options options = { .format = a->format, .lang = a->lang, .resolver = &resolver };
	struct doc body, preface;
	look->lang = a->lang;
	if (!doc_render(&body, a->body, &options, arena, err))
		return error_context(err, "the body");
	options.no_citations = true;
	options.id_prefix = STR("preface-");
	if (!doc_render(&preface, a->preface, &options, arena, err))
		return error_context(err, "the preface");
	*r = (struct rendered){ .html = body.html,
		.preface_html = preface.html,
		.excerpt = body.excerpt,
		.text = body.text,
		.preface_text = preface.text,
		.headings_text = body.headings_text,
		.citations_heading = body.citations_heading,
		.lead_image = body.lead_image,
		.headings = body.headings,
		.n_headings = body.n_headings,
		.citations = body.citations,
		.n_citations = body.n_citations,
		.warnings = body.warnings,
		.n_warnings = body.n_warnings,
		.media = look->media,
		.n_media = look->n_media };
	return true;
}

bool article_render(struct store_tx *tx, struct article *a, struct rendered *r, struct arena *arena, struct error *err)
{
	struct lookup look = { .tx = tx, .err = err };
	return render(&look, a, r, arena, err);
}

bool article_relink(struct store_tx *tx, int64_t id, struct str *title, struct str **dead, size_t *n_dead,
    struct arena *arena, struct error *err)
{
	struct article a;
	struct rendered r = { 0 };
	struct lookup look = { .tx = tx, .err = err, .wanted = true };
	if (!article_get(tx->conn, id, &a, arena, err) || !render(&look, &a, &r, arena, err) ||
	    !rendered_write(tx, id, &r, err) || !change_add(tx, CHANGE_ARTICLE, id, err))
		return false;
	*title = a.title;
	*dead = look.dead;
	*n_dead = look.n_dead;
	return true;
}

static bool write_parts(struct store_tx *tx, int64_t id, const struct rendered *r, struct error *err)
{
	for (size_t i = 0; i < r->n_headings; i++) {
		if (!db_exec(tx->conn, err,
		        "INSERT INTO heading (article, position, level, anchor, text) VALUES ($1, $2, $3, $4, $5)", "iiiss", id,
		        (int64_t)i, (int64_t)r->headings[i].level, r->headings[i].id, r->headings[i].text))
			return false;
	}
	for (size_t i = 0; i < r->n_citations; i++) {
		const struct doc_citation *c = &r->citations[i];
		if (!db_exec(tx->conn, err,
		        "INSERT INTO citation (article, number, anchor, label, html, text, url, outlet, published, accessed, marks)"
		        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
		        "iissssssssi", id, (int64_t)c->number, c->id, c->label, c->html, c->text, c->url, c->outlet,
		        c->published, c->accessed, (int64_t)c->marks))
			return false;
	}
	for (size_t i = 0; i < r->n_warnings; i++) {
		if (!db_exec(tx->conn, err,
		        "INSERT INTO warning (article, position, kind, text, count) VALUES ($1, $2, $3, $4, $5)", "iiisi", id,
		        (int64_t)i, (int64_t)r->warnings[i].kind, r->warnings[i].text, (int64_t)r->warnings[i].count))
			return false;
	}
	return true;
}

bool rendered_write(struct store_tx *tx, int64_t id, const struct rendered *r, struct error *err)
{
	return db_exec(tx->conn, err, "DELETE FROM heading WHERE article = $1", "i", id) &&
	       db_exec(tx->conn, err, "DELETE FROM citation WHERE article = $1", "i", id) &&
	       db_exec(tx->conn, err, "DELETE FROM warning WHERE article = $1", "i", id) &&
	       db_exec(tx->conn, err,
	           "INSERT INTO rendered (article, html, preface_html, excerpt, text, preface_text, headings_text,"
	           " citations_heading, lead_image) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)"
	           " ON CONFLICT (article) DO UPDATE SET html = $2, preface_html = $3, excerpt = $4, text = $5,"
	           " preface_text = $6, headings_text = $7, citations_heading = $8, lead_image = $9",
	           "issssssss", id, r->html, r->preface_html, r->excerpt, r->text, r->preface_text, r->headings_text,
	           r->citations_heading, r->lead_image) &&
	       write_parts(tx, id, r, err) && media_used(tx, id, r, err) &&
	       sources_derive(tx, id, r->citations, r->n_citations, err);
}

/* ---- reading back ---- */

static bool read_headings(struct db_conn *conn, int64_t id, struct rendered *r, struct arena *arena, struct error *err)
{
	struct doc_heading *v = NULL;
	size_t cap = 0;
	struct db_rows *rows =
	    db_query(conn, err, "SELECT level, anchor, text FROM heading WHERE article = $1 ORDER BY position", "i", id);
	while (rows && db_next(rows)) {
		v = grow_array(arena, v, r->n_headings, &cap, sizeof *v);
		if (!v)
			break;
		v[r->n_headings++] =
		    (struct doc_heading){ (int)db_int(rows, 0), db_dup(rows, 1, arena), db_dup(rows, 2, arena) };
	}
	r->headings = v;
	return rows && db_done(rows);
}

bool rendered_citations(struct db_conn *conn, int64_t id, struct rendered *r, struct arena *arena, struct error *err)
{
	struct doc_citation *v = NULL;
	size_t cap = 0;
	struct db_rows *rows = db_query(conn, err,
	    "SELECT number, anchor, label, html, text, url, outlet, published, accessed, marks FROM citation"
	    " WHERE article = $1 ORDER BY number",
	    "i", id);
	while (rows && db_next(rows)) {
		v = grow_array(arena, v, r->n_citations, &cap, sizeof *v);
		if (!v)
			break;
		struct doc_citation *c = &v[r->n_citations++];
		*c = (struct doc_citation){ .number = (int)db_int(rows, 0),
			.id = db_dup(rows, 1, arena),
			.label = db_dup(rows, 2, arena),
			.html = db_dup(rows, 3, arena),
			.text = db_dup(rows, 4, arena),
			.url = db_dup(rows, 5, arena),
			.outlet = db_dup(rows, 6, arena),
			.published = db_dup(rows, 7, arena),
			.accessed = db_dup(rows, 8, arena),
			.marks = (int)db_int(rows, 9) };
	}
	r->citations = v;
	return rows && db_done(rows);
}

static bool read_warnings(struct db_conn *conn, int64_t id, struct rendered *r, struct arena *arena, struct error *err)
{
	struct doc_warning *v = NULL;
	size_t cap = 0;
	struct db_rows *rows =
	    db_query(conn, err, "SELECT kind, text, count FROM warning WHERE article = $1 ORDER BY position", "i", id);
	while (rows && db_next(rows)) {
		v = grow_array(arena, v, r->n_warnings, &cap, sizeof *v);
		if (!v)
			break;
		v[r->n_warnings++] = (struct doc_warning){ (enum doc_warning_kind)db_int(rows, 0), db_dup(rows, 1, arena),
			(size_t)db_int(rows, 2) };
	}
	r->warnings = v;
	return rows && db_done(rows);
}

bool article_rendered(struct store *store, int64_t id, struct rendered *r, struct arena *arena, struct error *err)
{
	struct db_conn *conn = db_reader(store->db, err);
	*r = (struct rendered){ 0 };
	struct db_rows *rows =
	    conn
	        ? db_query(conn, err,
	              "SELECT html, preface_html, excerpt, text, preface_text, headings_text, citations_heading, lead_image"
	              " FROM rendered WHERE article = $1",
	              "i", id)
	        : NULL;
	bool found = rows && db_next(rows);
	if (found) {
		r->html = db_dup(rows, 0, arena);
		r->preface_html = db_dup(rows, 1, arena);
		r->excerpt = db_dup(rows, 2, arena);
		r->text = db_dup(rows, 3, arena);
		r->preface_text = db_dup(rows, 4, arena);
		r->headings_text = db_dup(rows, 5, arena);
		r->citations_heading = db_dup(rows, 6, arena);
		r->lead_image = db_dup(rows, 7, arena);
	}
	if (!rows || !db_done(rows))
		return false;
	if (!found)
		return error_set(err, ERR_NOT_FOUND, "there is no article %lld", (long long)id);
	return read_headings(conn, id, r, arena, err) && rendered_citations(conn, id, r, arena, err) &&
	       read_warnings(conn, id, r, arena, err);
}

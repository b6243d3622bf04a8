#include "store/inner.h"

struct media_lookup {
	struct db_conn *conn;
	struct error *err;
};

static struct str keep_link(void *user, struct str url, struct arena *arena)
{
	(void)user;
	(void)arena;
	return url;
}

/* Our own images keep their place and get their size; all others become links. */
static struct str find_image(void *user, struct str url, int *width, int *height, struct arena *arena)
{
	struct media_lookup *look = user;
	(void)arena;
	if (!str_starts(url, STR("/media/")))
		return STR("");
	struct str rest = str_skip(url, 7), hash = str_split(&rest, '/');
	struct db_rows *rows = db_query(look->conn, look->err, "SELECT width, height FROM media WHERE hash = $1", "s", hash);
	bool found = rows && db_next(rows);
	if (found) {
		*width = (int)db_int(rows, 0);
		*height = (int)db_int(rows, 1);
	}
	if (rows)
		db_done(rows);
	return found ? url : STR("");
}

bool article_render(struct store_tx *tx, struct article *a, struct rendered *r, struct arena *arena, struct error *err)
{
	struct media_lookup look = { .conn = tx->conn, .err = err };
	struct doc_resolver resolver = { .link = keep_link, .image = find_image, .user = &look };
	struct doc_options options = { .format = a->format, .lang = a->lang, .resolver = &resolver };
	struct doc body, preface;
	if (!doc_render(&body, a->body, &options, arena, err))
		return error_context(err, "the body");
	options.no_citations = true;
	options.id_prefix = STR("preface-");
	if (!doc_render(&preface, a->preface, &options, arena, err))
		return error_context(err, "the preface");
	*r = (struct rendered){ .html = body.html, .preface_html = preface.html, .excerpt = body.excerpt, .text = body.text,
		.preface_text = preface.text, .headings_text = body.headings_text, .citations_heading = body.citations_heading,
		.lead_image = body.lead_image, .headings = body.headings, .n_headings = body.n_headings,
		.citations = body.citations, .n_citations = body.n_citations, .warnings = body.warnings,
		.n_warnings = body.n_warnings };
	return true;
}

static bool write_parts(struct store_tx *tx, int64_t id, const struct rendered *r, struct error *err)
{
	for (size_t i = 0; i < r->n_headings; i++) {
		if (!db_exec(tx->conn, err, "INSERT INTO heading (article, position, level, anchor, text) VALUES ($1, $2, $3, $4, $5)",
				"iiiss", id, (int64_t)i, (int64_t)r->headings[i].level, r->headings[i].id, r->headings[i].text))
			return false;
	}
	for (size_t i = 0; i < r->n_citations; i++) {
		const struct doc_citation *c = &r->citations[i];
		if (!db_exec(tx->conn, err,
				"INSERT INTO citation (article, number, anchor, label, html, text, url, outlet, published, accessed, marks)"
				" VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
				"iissssssssi", id, (int64_t)c->number, c->id, c->label, c->html, c->text,
				c->url, c->outlet, c->published, c->accessed, (int64_t)c->marks))
			return false;
	}
	for (size_t i = 0; i < r->n_warnings; i++) {
		if (!db_exec(tx->conn, err, "INSERT INTO warning (article, position, kind, text, count) VALUES ($1, $2, $3, $4, $5)",
				"iiisi", id, (int64_t)i, (int64_t)r->warnings[i].kind, r->warnings[i].text, (int64_t)r->warnings[i].count))
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
		write_parts(tx, id, r, err);
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
		v[r->n_headings++] = (struct doc_heading){ (int)db_int(rows, 0), db_dup(rows, 1, arena), db_dup(rows, 2, arena) };
	}
	r->headings = v;
	return rows && db_done(rows);
}

static bool read_citations(struct db_conn *conn, int64_t id, struct rendered *r, struct arena *arena, struct error *err)
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
		*c = (struct doc_citation){ .number = (int)db_int(rows, 0), .id = db_dup(rows, 1, arena),
			.label = db_dup(rows, 2, arena), .html = db_dup(rows, 3, arena), .text = db_dup(rows, 4, arena),
			.url = db_dup(rows, 5, arena), .outlet = db_dup(rows, 6, arena), .published = db_dup(rows, 7, arena),
			.accessed = db_dup(rows, 8, arena), .marks = (int)db_int(rows, 9) };
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
	struct db_rows *rows = conn ?
		db_query(conn, err,
			"SELECT html, preface_html, excerpt, text, preface_text, headings_text, citations_heading, lead_image"
			" FROM rendered WHERE article = $1",
			"i", id) :
		NULL;
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
	return read_headings(conn, id, r, arena, err) && read_citations(conn, id, r, arena, err) &&
		read_warnings(conn, id, r, arena, err);
}

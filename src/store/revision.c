#include "store/inner.h"

/* What an article said after each save at the desk, and saving without losing what another wrote. */

static void field(struct buf *out, struct str s)
{
	buf_printf(out, "%zu:", s.n);
	buf_add(out, s);
}

struct str article_state(const struct article *a, struct arena *arena)
{
	char hash[HASH_HEX_MAX];
	struct buf out = { 0 };
	const struct original *o = &a->original;
	const struct str texts[] = { a->lang, a->slug, a->title, a->preface, a->body, a->summary, a->author, a->translator,
		o->title, o->author, o->publisher, o->url, o->date, o->licence, o->lang };
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		field(&out, texts[i]);
	buf_printf(&out, "%d %d %d %lld %zu %zu ", (int)a->format, (int)a->status, (int)a->sticky,
	    (long long)a->published_at, a->n_categories, a->n_tags);
	for (size_t i = 0; i < a->n_categories; i++)
		buf_printf(&out, "%lld ", (long long)a->categories[i]);
	for (size_t i = 0; i < a->n_tags; i++)
		field(&out, a->tags[i]);
	if (out.failed) {
		buf_free(&out);
		return (struct str){ 0 };
	}
	hash_hex(buf_str(&out), 16, hash);
	buf_free(&out);
	return arena_dup(arena, str_from(hash));
}

/* The article as a reading transaction or a writing one sees it. */
bool article_whole_on(struct db_conn *conn, int64_t id, struct article *out, struct arena *arena, struct error *err)
{
	return article_get(conn, id, out, arena, err) && article_relations(conn, out, arena, err);
}

bool article_whole(struct store *store, int64_t id, struct article *out, struct arena *arena, struct error *err)
{
	struct db_conn *conn = db_reader(store->db, err);
	return conn && article_whole_on(conn, id, out, arena, err);
}

/* ---- keeping ---- */

static struct str lines_of_ids(const int64_t *ids, size_t n, struct arena *arena)
{
	struct buf out = { 0 };
	for (size_t i = 0; i < n; i++)
		buf_printf(&out, "%lld\n", (long long)ids[i]);
	return buf_take(&out, arena);
}

static struct str lines_of(const struct str *texts, size_t n, struct arena *arena)
{
	struct buf out = { 0 };
	for (size_t i = 0; i < n; i++) {
		buf_add(&out, texts[i]);
		buf_addc(&out, '\n');
	}
	return buf_take(&out, arena);
}

bool revision_keep(struct store_tx *tx, const struct article *a, int64_t at, const struct person *who,
    struct arena *arena, struct error *err)
{
	const struct original *o = &a->original;
	struct str name = !who ? STR("") : who->name.n ? who->name : who->login;
	struct str hash = article_state(a, arena), packed;
	int64_t base;
	struct str categories = lines_of_ids(a->categories, a->n_categories, arena),
	           tags = lines_of(a->tags, a->n_tags, arena);
	if (!hash.p || !categories.p || !tags.p)
		return error_memory(err);
	if (!revision_text_pack(tx, a, &packed, &base, arena, err))
		return error_context(err, "keeping what article %lld says", (long long)a->id);
	return db_exec(tx->conn, err,
	    "INSERT INTO revision (article, at, person, name, hash, lang, slug, title, preface, body, format, summary,"
	    " status, published_at, sticky, author, translator, original_title, original_author, original_publisher,"
	    " original_url, original_date, original_licence, original_lang, categories, tags, packed, base)"
	    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, '', '', $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20,"
	    " $21, $22, $23, $24, $25, $26)",
	    "iiisssssisiiisssssssssssbi", a->id, at, who ? who->id : (int64_t)0, name, hash, a->lang, a->slug, a->title,
	    (int64_t)a->format, a->summary, (int64_t)a->status, a->published_at, (int64_t)a->sticky, a->author,
	    a->translator, o->title, o->author, o->publisher, o->url, o->date, o->licence, o->lang, categories, tags,
	    packed, base);
}

bool revision_keep_new(struct store_tx *tx, const struct article *a, int64_t at, const struct person *who,
    struct arena *arena, struct error *err)
{
	struct str state = article_state(a, arena), last = STR("");
	struct db_rows *rows =
	    db_query(tx->conn, err, "SELECT hash FROM revision WHERE article = $1 ORDER BY id DESC LIMIT 1", "i", a->id);
	if (rows && db_next(rows))
		last = db_dup(rows, 0, arena);
	if (!rows || !db_done(rows))
		return false;
	if (!state.p || !last.p)
		return error_memory(err);
	return str_eq(state, last) || revision_keep(tx, a, at, who, arena, err);
}

/* An import or the shell may have changed it since the desk saw it last, or it was never here: that is kept as well. */
bool revision_keep_outside(struct store_tx *tx, const struct article *old, struct arena *arena, struct error *err)
{
	return revision_keep_new(tx, old, old->updated_at, NULL, arena, err);
}

static bool save_new(struct store_tx *tx, struct article *a, const struct person *who, bool *changed,
    struct arena *arena, struct error *err)
{
	return article_save(tx, a, changed, arena, err) &&
	       db_exec(tx->conn, err, "INSERT INTO writer (article, person) VALUES ($1, $2)", "ii", a->id, who->id);
}

static bool save_over(struct store_tx *tx, struct article *a, struct str base, struct article *theirs, bool *changed,
    struct arena *arena, struct error *err)
{
	if (!article_whole_on(tx->conn, a->id, theirs, arena, err))
		return false;
	struct str state = article_state(theirs, arena);
	if (!state.p)
		return error_memory(err);
	if (!str_eq(state, base))
		return error_set(err, ERR_CONFLICT, "the article was changed meanwhile");
	/* What the form does not show stays as it is. */
	a->group_id = theirs->group_id;
	a->created_at = theirs->created_at;
	a->other_title = theirs->other_title;
	a->source = theirs->source;
	a->import_key = theirs->import_key;
	a->import_hash = theirs->import_hash;
	return revision_keep_outside(tx, theirs, arena, err) && article_save(tx, a, changed, arena, err);
}

bool article_edit(struct store_tx *tx, struct article *a, const struct person *who, struct str base,
    struct article *theirs, bool *changed, struct arena *arena, struct error *err)
{
	struct article saved;
	bool fresh = a->id == 0;
	*changed = false;
	if (fresh ? !save_new(tx, a, who, changed, arena, err) : !save_over(tx, a, base, theirs, changed, arena, err))
		return false;
	if (!*changed)
		return true;
	if (a->status == ARTICLE_REVIEW && (fresh || theirs->status != ARTICLE_REVIEW) &&
	    !review_open(tx, a->id, who, 0, clock_now(), err))
		return false;
	struct str object = arena_printf(arena, "%lld %.*s", (long long)a->id, (int)a->title.n, a->title.p);
	return article_whole_on(tx->conn, a->id, &saved, arena, err) &&
	       revision_keep(tx, &saved, clock_now(), who, arena, err) &&
	       audit_add(tx, who, fresh ? STR("article.new") : STR("article.save"), object, err);
}

bool article_is_by(struct store *store, int64_t article, int64_t person, bool *out, struct error *err)
{
	int64_t n;
	struct db_conn *conn = db_reader(store->db, err);
	if (!conn || !db_get_int(conn, err, &n, "SELECT COUNT(*) FROM writer WHERE article = $1 AND person = $2", "ii",
	                 article, person))
		return false;
	*out = n > 0;
	return true;
}

/* ---- reading ---- */

bool revision_list(
    struct store *store, int64_t article, struct revision **out, size_t *n, struct arena *arena, struct error *err)
{
	size_t cap = 0;
	struct db_conn *conn = db_reader(store->db, err);
	*out = NULL;
	*n = 0;
	struct db_rows *rows =
	    !conn ? NULL
	          : db_query(conn, err,
	                "SELECT id, at, name, title, status FROM revision WHERE article = $1 ORDER BY id DESC LIMIT $2",
	                "ii", article, (int64_t)REVISIONS_SHOWN);
	while (rows && db_next(rows)) {
		*out = grow_array(arena, *out, *n, &cap, sizeof **out);
		if (!*out)
			break;
		struct revision *r = &(*out)[(*n)++];
		*r = (struct revision){ .id = db_int(rows, 0), .at = db_int(rows, 1), .name = db_dup(rows, 2, arena) };
		r->text.id = article;
		r->text.title = db_dup(rows, 3, arena);
		r->text.status = (enum article_status)db_int(rows, 4);
	}
	if (!rows || !db_done(rows))
		return false;
	return *out || *n == 0 ? true : error_memory(err);
}

static size_t count_lines(struct str s)
{
	size_t n = 0;
	for (size_t i = 0; i < s.n; i++)
		n += s.p[i] == '\n';
	return n;
}

static bool read_lists(
    struct article *a, struct str categories, struct str tags, struct arena *arena, struct error *err)
{
	size_t n_ids = count_lines(categories), n_tags = count_lines(tags);
	int64_t *ids = arena_array(arena, n_ids + 1, sizeof *ids);
	struct str *names = arena_array(arena, n_tags + 1, sizeof *names);
	if (!ids || !names)
		return error_memory(err);
	for (size_t i = 0; i < n_ids; i++)
		a->n_categories += str_to_int(str_split(&categories, '\n'), &ids[a->n_categories]);
	for (size_t i = 0; i < n_tags; i++)
		names[a->n_tags++] = str_split(&tags, '\n');
	a->categories = ids;
	a->tags = names;
	return true;
}

static void fill_text(struct db_rows *r, struct article *a, struct arena *arena)
{
	a->lang = db_dup(r, 2, arena);
	a->slug = db_dup(r, 3, arena);
	a->title = db_dup(r, 4, arena);
	a->preface = db_dup(r, 5, arena);
	a->body = db_dup(r, 6, arena);
	a->format = (enum doc_format)db_int(r, 7);
	a->summary = db_dup(r, 8, arena);
	a->status = (enum article_status)db_int(r, 9);
	a->published_at = db_int(r, 10);
	a->sticky = db_int(r, 11) != 0;
	a->author = db_dup(r, 12, arena);
	a->translator = db_dup(r, 13, arena);
	a->original = (struct original){ .title = db_dup(r, 14, arena),
		.author = db_dup(r, 15, arena),
		.publisher = db_dup(r, 16, arena),
		.url = db_dup(r, 17, arena),
		.date = db_dup(r, 18, arena),
		.licence = db_dup(r, 19, arena),
		.lang = db_dup(r, 20, arena) };
}

bool revision_get(
    struct store *store, int64_t article, int64_t id, struct revision *out, struct arena *arena, struct error *err)
{
	struct str categories = STR(""), tags = STR(""), packed = STR("");
	int64_t base = 0;
	struct db_conn *conn = db_reader(store->db, err);
	*out = (struct revision){ .text.id = article };
	struct db_rows *rows =
	    !conn
	        ? NULL
	        : db_query(conn, err,
	              "SELECT id, at, lang, slug, title, preface, body, format, summary, status, published_at, sticky, "
	              "author, translator,"
	              " original_title, original_author, original_publisher, original_url, original_date, original_licence,"
	              " original_lang, name, categories, tags, packed, base FROM revision WHERE article = $1 AND id = $2",
	              "ii", article, id);
	if (rows && db_next(rows)) {
		out->id = db_int(rows, 0);
		out->at = db_int(rows, 1);
		fill_text(rows, &out->text, arena);
		out->name = db_dup(rows, 21, arena);
		categories = db_dup(rows, 22, arena);
		tags = db_dup(rows, 23, arena);
		packed = db_dup(rows, 24, arena);
		base = db_int(rows, 25);
	}
	if (!rows || !db_done(rows))
		return false;
	if (out->id == 0)
		return error_set(
		    err, ERR_NOT_FOUND, "there is no revision %lld of article %lld", (long long)id, (long long)article);
	return revision_text_unpack(conn, base, packed, &out->text, arena, err) &&
	       read_lists(&out->text, categories, tags, arena, err);
}

bool revision_by_state(struct store *store, int64_t article, struct str state, struct revision *out,
    struct arena *arena, struct error *err)
{
	int64_t id;
	struct db_conn *conn = db_reader(store->db, err);
	return conn &&
	       db_get_int(conn, err, &id,
	           "SELECT id FROM revision WHERE article = $1 AND hash = $2 ORDER BY id DESC LIMIT 1", "is", article,
	           state) &&
	       revision_get(store, article, id, out, arena, err);
}

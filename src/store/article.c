#include "store/inner.h"

#define SLUG_TRIES 100000

static const char *const STATUS_NAMES[] = { "draft", "review", "scheduled", "published", "private", "archived",
	"trashed" };

struct str article_status_name(enum article_status status)
{
	return str_from(STATUS_NAMES[status]);
}

bool article_status_parse(struct str name, enum article_status *out)
{
	for (size_t i = 0; i < ARTICLE_TRASHED; i++) {
		if (str_eq(name, str_from(STATUS_NAMES[i]))) {
			*out = (enum article_status)i;
			return true;
		}
	}
	return false;
}

/* Is `slug` the wish itself, or the wish with a number? */
static bool slug_serves(struct str slug, struct str wish)
{
	int64_t n;
	if (str_eq(slug, wish))
		return true;
	return str_starts(slug, wish) && slug.n > wish.n + 1 && slug.p[wish.n] == '-' &&
	       str_to_int(str_skip(slug, wish.n + 1), &n) && n > 1;
}

/* What lies in the trash gives its address up to whoever wants it; "~" stands in no chosen slug. */
static bool yield_slug(struct store_tx *tx, int64_t id, bool *free, struct error *err)
{
	bool ok = db_exec(tx->conn, err,
	    "UPDATE article SET slug = slug || '~' || CAST(id AS TEXT) WHERE id = $1 AND status = $2", "ii", id,
	    (int64_t)ARTICLE_TRASHED);
	*free = db_changes(tx->conn) > 0;
	return ok;
}

bool slug_choose(
    struct store_tx *tx, struct article *a, const struct article *old, struct arena *arena, struct error *err)
{
	struct str wish = a->slug.n ? doc_slug_chosen(a->slug, arena) : doc_slug(a->title, arena);
	if (!wish.p)
		return error_memory(err);
	if (old && str_eq(old->lang, a->lang) && slug_serves(old->slug, wish)) {
		a->slug = old->slug;
		return true;
	}
	a->slug = wish;
	for (int n = 2; n < SLUG_TRIES; n++) {
		int64_t other;
		bool free = false;
		struct error none = { 0 };
		if (!db_get_int(tx->conn, &none, &other, "SELECT id FROM article WHERE lang = $1 AND slug = $2", "ss", a->lang,
		        a->slug))
			return none.code == ERR_NOT_FOUND || error_set(err, none.code, "%s", none.message);
		if (other != a->id && !yield_slug(tx, other, &free, err))
			return false;
		if (other == a->id || free)
			return true;
		a->slug = arena_printf(arena, "%.*s-%d", (int)wish.n, wish.p, n);
	}
	return error_set(err, ERR_EXISTS, "too many articles are called %.*s", (int)wish.n, wish.p);
}

static bool same_relations(const struct article *a, const struct article *b)
{
	if (a->n_categories != b->n_categories || a->n_tags != b->n_tags)
		return false;
	for (size_t i = 0; i < a->n_categories; i++) {
		if (a->categories[i] != b->categories[i])
			return false;
	}
	for (size_t i = 0; i < a->n_tags; i++) {
		if (!str_eq(a->tags[i], b->tags[i]))
			return false;
	}
	return true;
}

static bool same_original(const struct original *a, const struct original *b)
{
	return str_eq(a->title, b->title) && str_eq(a->author, b->author) && str_eq(a->publisher, b->publisher) &&
	       str_eq(a->url, b->url) && str_eq(a->date, b->date) && str_eq(a->licence, b->licence) &&
	       str_eq(a->lang, b->lang);
}

/* What decides in which listings its line stands, and where, but for the title. */
static bool same_place(const struct article *a, const struct article *b)
{
	return str_eq(a->lang, b->lang) && a->status == b->status && a->sticky == b->sticky &&
	       a->published_at == b->published_at && a->group_id == b->group_id && same_relations(a, b);
}

/* What a line of a listing shows. */
static bool same_item(const struct article *a, const struct article *b)
{
	return same_place(a, b) && str_eq(a->slug, b->slug) && str_eq(a->title, b->title) &&
	       str_eq(a->summary, b->summary) && str_eq(a->author, b->author) && str_eq(a->translator, b->translator);
}

static bool same_article(const struct article *a, const struct article *b)
{
	return same_item(a, b) && str_eq(a->preface, b->preface) && str_eq(a->other_title, b->other_title) &&
	       str_eq(a->body, b->body) && a->format == b->format && same_original(&a->original, &b->original) &&
	       a->created_at == b->created_at && a->updated_at == b->updated_at && str_eq(a->source, b->source) &&
	       str_eq(a->import_key, b->import_key) && str_eq(a->import_hash, b->import_hash);
}

static bool write_row(struct store_tx *tx, struct article *a, struct str shown, struct error *err)
{
	if (a->id == 0) {
		struct db_rows *rows = db_query(tx->conn, err,
		    "INSERT INTO article (group_id, lang, slug, title, summary, shown_summary, status, sticky, author, translator,"
		    " created_at, updated_at, published_at, source, import_key, import_hash)"
		    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16) RETURNING id",
		    "isssssiissiiisss", a->group_id, a->lang, a->slug, a->title, a->summary, shown, (int64_t)a->status,
		    (int64_t)a->sticky, a->author, a->translator, a->created_at, a->updated_at, a->published_at, a->source,
		    a->import_key, a->import_hash);
		if (rows && db_next(rows))
			a->id = db_int(rows, 0);
		if (!rows || !db_done(rows))
			return false;
		if (a->group_id)
			return true;
		a->group_id = a->id;
		return db_exec(tx->conn, err, "UPDATE article SET group_id = id WHERE id = $1", "i", a->id);
	}
	return db_exec(tx->conn, err,
	    "UPDATE article SET group_id = $1, lang = $2, slug = $3, title = $4, summary = $5, shown_summary = $6,"
	    " status = $7, sticky = $8, author = $9, translator = $10, created_at = $11, updated_at = $12,"
	    " published_at = $13, source = $14, import_key = $15, import_hash = $16 WHERE id = $17",
	    "isssssiissiiisssi", a->group_id, a->lang, a->slug, a->title, a->summary, shown, (int64_t)a->status,
	    (int64_t)a->sticky, a->author, a->translator, a->created_at, a->updated_at, a->published_at, a->source,
	    a->import_key, a->import_hash, a->id);
}

static bool write_texts(struct store_tx *tx, const struct article *a, struct error *err)
{
	return db_exec(tx->conn, err,
	    "INSERT INTO article_text (article, format, preface, body, original_title, original_author, original_publisher,"
	    " original_url, original_date, original_licence, original_lang, other_title)"
	    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)"
	    " ON CONFLICT (article) DO UPDATE SET format = $2, preface = $3, body = $4, original_title = $5,"
	    " original_author = $6, original_publisher = $7, original_url = $8, original_date = $9, original_licence = $10,"
	    " original_lang = $11, other_title = $12",
	    "iissssssssss", a->id, (int64_t)a->format, a->preface, a->body, a->original.title, a->original.author,
	    a->original.publisher, a->original.url, a->original.date, a->original.licence, a->original.lang,
	    a->other_title);
}

static bool write_relations(struct store_tx *tx, const struct article *a, struct error *err)
{
	if (!db_exec(tx->conn, err, "DELETE FROM article_category WHERE article = $1", "i", a->id) ||
	    !db_exec(tx->conn, err, "DELETE FROM article_tag WHERE article = $1", "i", a->id))
		return false;
	for (size_t i = 0; i < a->n_categories; i++) {
		if (!db_exec(tx->conn, err,
		        "INSERT INTO article_category (article, category, position) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
		        "iii", a->id, a->categories[i], (int64_t)i))
			return error_context(err, "category %lld", (long long)a->categories[i]);
	}
	for (size_t i = 0; i < a->n_tags; i++) {
		if (!db_exec(tx->conn, err,
		        "INSERT INTO article_tag (article, tag, position) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING", "isi",
		        a->id, a->tags[i], (int64_t)i))
			return false;
	}
	return true;
}

/* Every category that the article or a published version of it stands in, with ancestors: their pages show it (or their
 * feeds tell of it, by `kind`). */
static bool announce_places(struct store_tx *tx, const struct article *a, enum change_kind kind, struct error *err)
{
	struct db_rows *rows = db_query(tx->conn, err,
	    "WITH RECURSIVE place (id) AS (SELECT ac.category FROM article x JOIN article_category ac ON ac.article = x.id"
	    " WHERE x.id = $1 OR (x.group_id = $2 AND x.status = $3)"
	    " UNION SELECT c.parent FROM category c JOIN place ON c.id = place.id WHERE c.parent <> 0)"
	    " SELECT id FROM place",
	    "iii", a->id, a->group_id, (int64_t)ARTICLE_PUBLISHED);
	bool ok = rows != NULL;
	while (ok && db_next(rows))
		ok = change_add(tx, kind, db_int(rows, 0), err);
	return rows && db_done(rows) && ok;
}

/* The lists that it stands in as the database has it. */
static bool announce_lists(struct store_tx *tx, const struct article *a, struct error *err)
{
	return announce_places(tx, a, CHANGE_LISTING, err) && tags_announce(tx, a->id, err);
}

/* What of it changed, beside what its own page alone shows. */
struct shift {
	bool line;  /* what a line about it shows */
	bool order; /* where its line stands in lists */
	bool place; /* in which lists, for whom */
};

static bool announce(struct store_tx *tx, const struct article *a, bool seen, struct shift shift, struct error *err)
{
	if (!change_add(tx, CHANGE_ARTICLE, a->id, err))
		return false;
	if (!seen)
		return true;
	if (!change_add(tx, CHANGE_UPDATES, 0, err) || !announce_places(tx, a, CHANGE_UPDATES, err))
		return false;
	if ((shift.line && !change_add(tx, CHANGE_ITEM, a->id, err)) || (shift.order && !announce_lists(tx, a, err)))
		return false;
	return !shift.place || (change_add(tx, CHANGE_LISTS, 0, err) && change_add(tx, CHANGE_AROUND, a->group_id, err));
}

static bool seen_before(const struct article *old)
{
	return old && old->status == ARTICLE_PUBLISHED;
}

/* `shown`: the summary or excerpt that its line will have. */
static bool shift_of(struct store_tx *tx, const struct article *a, const struct article *old, struct str shown,
    struct shift *out, struct error *err)
{
	*out = (struct shift){ true, true, true };
	if (!old)
		return true;
	struct db_rows *rows = db_query(tx->conn, err, "SELECT shown_summary FROM article WHERE id = $1", "i", a->id);
	bool same_text = rows && db_next(rows) && str_eq(db_str(rows, 0), shown);
	out->line = !same_text || !same_item(a, old);
	out->place = !same_place(a, old);
	out->order = out->place || !str_eq(a->title, old->title);
	return rows && db_done(rows);
}

static bool leave_redirect(
    struct store_tx *tx, const struct article *a, const struct article *old, struct arena *arena, struct error *err)
{
	struct str path;
	if (!old || old->status != ARTICLE_PUBLISHED || (str_eq(a->slug, old->slug) && str_eq(a->lang, old->lang)))
		return true;
	return article_public_path(tx->conn, old->lang, old->slug, &path, arena, err) &&
	       redirect_save(tx, path, a->id, 0, STR(""), err);
}

static void fill_dates(struct article *a, const struct article *old)
{
	int64_t now = clock_now();
	if (a->created_at == 0)
		a->created_at = old ? old->created_at : now;
	if (a->published_at == 0)
		a->published_at = old && old->published_at ? old->published_at : a->status == ARTICLE_PUBLISHED ? now : 0;
	if (a->updated_at == 0)
		a->updated_at = old ? old->updated_at : a->published_at && a->published_at < now ? a->published_at : now;
}

static bool valid(struct article *a, struct error *err)
{
	a->title = str_trim(a->title);
	if (a->title.n == 0)
		return error_set(err, ERR_INVALID, "an article needs a title");
	if (a->title.n > ARTICLE_TITLE_MAX)
		return error_set(err, ERR_TOO_LARGE, "the title is longer than %zu bytes", ARTICLE_TITLE_MAX);
	if (a->lang.n == 0 || a->lang.n > 35)
		return error_set(err, ERR_INVALID, "an article needs a language, such as ja or en");
	if (a->id == 0 && a->status == ARTICLE_TRASHED)
		return error_set(err, ERR_INVALID, "a new article does not begin in the trash");
	return true;
}

static bool write_all(struct store_tx *tx, struct article *a, const struct article *old, struct shift *shift,
    struct arena *arena, struct error *err)
{
	struct rendered r;
	if (!article_render(tx, a, &r, arena, err))
		return false;
	struct str shown = a->summary.n ? a->summary : r.excerpt;
	return shift_of(tx, a, old, shown, shift, err) &&
	       /* Places that it leaves show it no longer. */
	       (!seen_before(old) || !shift->place || announce_lists(tx, old, err)) && write_row(tx, a, shown, err) &&
	       write_texts(tx, a, err) && write_relations(tx, a, err) && rendered_write(tx, a->id, &r, err) &&
	       leave_redirect(tx, a, old, arena, err);
}

bool article_save(struct store_tx *tx, struct article *a, bool *changed, struct arena *arena, struct error *err)
{
	struct article before = { 0 }, *old = NULL;
	struct shift shift;
	int64_t given_update = a->updated_at;
	if (changed)
		*changed = false;
	if (!valid(a, err))
		return false;
	if (a->id) {
		if (!article_get(tx->conn, a->id, &before, arena, err) || !article_relations(tx->conn, &before, arena, err))
			return false;
		old = &before;
		if (a->group_id == 0)
			a->group_id = old->group_id;
		/* Only article_restore takes it out: an import must not bring back what somebody threw away. */
		if (old->status == ARTICLE_TRASHED)
			a->status = ARTICLE_TRASHED;
	}
	fill_dates(a, old);
	if (!slug_choose(tx, a, old, arena, err))
		return false;
	if (old && same_article(a, old))
		return true;
	if (old && given_update == 0)
		a->updated_at = clock_now();
	if (!write_all(tx, a, old, &shift, arena, err))
		return error_context(
		    err, "saving \"%.*s\"", (int)(a->title.n > 90 ? utf8_floor(a->title, 90) : a->title.n), a->title.p);
	if (changed)
		*changed = true;
	if (old && old->group_id != a->group_id &&
	    (!listed_update(tx, old->group_id, err) || !change_add(tx, CHANGE_AROUND, old->group_id, err)))
		return false;
	return (!shift.place || listed_update(tx, a->group_id, err)) &&
	       announce(tx, a, a->status == ARTICLE_PUBLISHED || seen_before(old), shift, err) &&
	       (!old || translation_follow(tx, a, arena, err));
}

bool article_delete(struct store_tx *tx, int64_t id, struct error *err)
{
	struct arena *arena = arena_new();
	struct article a = { 0 };
	bool ok = arena ? article_get(tx->conn, id, &a, arena, err) : error_memory(err);
	/* Announced first: its places are read from what is deleted. */
	ok = ok && announce(tx, &a, a.status == ARTICLE_PUBLISHED, (struct shift){ true, true, true }, err) &&
	     translation_forget(tx, id, err) && sources_derive(tx, id, NULL, 0, err) &&
	     db_exec(tx->conn, err, "DELETE FROM article WHERE id = $1", "i", id) &&
	     db_exec(tx->conn, err, "DELETE FROM redirect WHERE article = $1", "i", id) &&
	     listed_update(tx, a.group_id, err);
	arena_free(arena);
	return ok;
}

bool status_write(
    struct store_tx *tx, const struct article *a, enum article_status status, int64_t published, struct error *err)
{
	bool seen = status == ARTICLE_PUBLISHED || a->status == ARTICLE_PUBLISHED;
	/* Feeds go by the last change: what appears is new there, however long ago it was written. */
	return db_exec(tx->conn, err,
	           "UPDATE article SET status = $1, published_at = $2,"
	           " updated_at = CASE WHEN $1 = $4 AND updated_at < $2 THEN $2 ELSE updated_at END WHERE id = $3",
	           "iiii", (int64_t)status, published, a->id, (int64_t)ARTICLE_PUBLISHED) &&
	       listed_update(tx, a->group_id, err) && announce(tx, a, seen, (struct shift){ true, true, true }, err);
}

static bool set_status(
    struct store_tx *tx, int64_t id, enum article_status status, struct arena *arena, struct error *err)
{
	struct article a;
	if (!article_get(tx->conn, id, &a, arena, err))
		return false;
	if (a.status == ARTICLE_TRASHED || status == ARTICLE_TRASHED)
		return error_set(err, ERR_CONFLICT,
		    "article %lld is in the trash, or is to go there: that is not a status to set", (long long)id);
	if (a.status == status)
		return true;
	int64_t published = a.published_at;
	if (status == ARTICLE_PUBLISHED && (published == 0 || published > clock_now()))
		published = clock_now();
	return status_write(tx, &a, status, published, err);
}

bool article_set_status(struct store_tx *tx, int64_t id, enum article_status status, struct error *err)
{
	struct arena *arena = arena_new();
	bool ok = arena ? set_status(tx, id, status, arena, err) : error_memory(err);
	arena_free(arena);
	return ok;
}

bool article_join(struct store_tx *tx, int64_t a, int64_t b, struct error *err)
{
	int64_t into = 0, from = 0, clash;
	struct error none = { 0 };
	if (!db_get_int(tx->conn, err, &into, "SELECT group_id FROM article WHERE id = $1", "i", a) ||
	    !db_get_int(tx->conn, err, &from, "SELECT group_id FROM article WHERE id = $1", "i", b))
		return error_context(err, "joining articles %lld and %lld", (long long)a, (long long)b);
	if (into == from)
		return true;
	if (db_get_int(tx->conn, &none, &clash,
	        "SELECT x.id FROM article x JOIN article y ON y.lang = x.lang AND y.group_id = $2 WHERE x.group_id = $1",
	        "ii", into, from))
		return error_set(
		    err, ERR_EXISTS, "article %lld and its translations have a version in that language already", (long long)a);
	/* Every version's page shows the others. */
	struct db_rows *rows =
	    db_query(tx->conn, err, "SELECT id FROM article WHERE group_id IN ($1, $2)", "ii", into, from);
	bool ok = rows != NULL;
	while (ok && db_next(rows)) {
		int64_t id = db_int(rows, 0);
		ok = change_add(tx, CHANGE_ARTICLE, id, err) && announce_lists(tx, &(struct article){ .id = id }, err);
	}
	ok = rows && db_done(rows) && ok;
	return ok && db_exec(tx->conn, err, "UPDATE article SET group_id = $1 WHERE group_id = $2", "ii", into, from) &&
	       listed_update(tx, from, err) && listed_update(tx, into, err) && change_add(tx, CHANGE_AROUND, from, err) &&
	       change_add(tx, CHANGE_AROUND, into, err) && change_add(tx, CHANGE_LISTS, 0, err) &&
	       change_add(tx, CHANGE_UPDATES, 0, err);
}

#include "transfer/inner.h"

#include "text/text.h"

bool import_begin(struct import *im, struct store *store, const struct import_options *options,
    struct import_summary *sum, struct arena *kept, struct error *err)
{
	*sum = (struct import_summary){ 0 };
	*im = (struct import){
		.store = store, .options = options, .sum = sum, .kept = kept, .err = err, .arena = arena_new()
	};
	if (!im->arena)
		return error_memory(err);
	im->tx = settings_read(store, &im->settings, kept, err) ? store_begin(store, err) : NULL;
	if (im->tx)
		return true;
	arena_free(im->arena);
	return false;
}

bool import_end(struct import *im, bool ok, uint64_t started)
{
	if (ok)
		ok = store_commit(im->tx, im->err);
	else
		store_rollback(im->tx);
	arena_free(im->arena);
	im->sum->seconds = (double)(clock_mono_us() - started) / 1e6;
	return ok;
}

#define NOTE_MAX 500 /* bytes of a title or an address in the summary */

static struct str shortened(struct str s)
{
	return s.n > NOTE_MAX ? str_sub(s, 0, utf8_floor(s, NOTE_MAX)) : s;
}

void import_note(struct import *im, struct str where, const char *what, struct str detail)
{
	if (im->sum->n_problems == PROBLEMS_MAX) {
		im->sum->more_problems++;
		return;
	}
	detail = shortened(detail);
	im->sum->problems[im->sum->n_problems++] = (struct import_problem){ arena_dup(im->kept, shortened(where)),
		arena_printf(im->kept, "%s%s%.*s", what, detail.n ? ": " : "", (int)detail.n, detail.p) };
}

static void add_part(struct buf *out, struct str s)
{
	buf_printf(out, "%zu:", s.n);
	buf_add(out, s);
}

/* What the source says of an article, as a hash. */
static bool source_hash(struct import *im, const struct article *a, struct str *hash)
{
	struct buf all = { 0 };
	char hex[HASH_HEX_MAX];
	const struct str parts[] = { a->lang, a->slug, a->title, a->preface, a->body, a->summary, a->author, a->translator,
		a->source, a->original.title, a->original.author, a->original.publisher, a->original.url, a->original.date,
		a->original.licence, a->original.lang, a->other_title };
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
		add_part(&all, parts[i]);
	for (size_t i = 0; i < a->n_tags; i++)
		add_part(&all, a->tags[i]);
	for (size_t i = 0; i < a->n_categories; i++)
		buf_printf(&all, "c%lld", (long long)a->categories[i]);
	buf_printf(&all, "/%d/%d/%d/%lld/%lld/%lld/%lld", (int)a->format, (int)a->status, (int)a->sticky,
	    (long long)a->group_id, (long long)a->created_at, (long long)a->updated_at, (long long)a->published_at);
	bool ok = !all.failed;
	if (ok)
		hash_hex(buf_str(&all), 16, hex);
	buf_free(&all);
	*hash = ok ? arena_dup(im->arena, str_from(hex)) : STR("");
	return ok && hash->p ? true : error_memory(im->err);
}

static bool served(const struct settings *s, struct str lang)
{
	for (size_t i = 0; i < s->n_langs; i++) {
		if (str_eq(s->langs[i], lang))
			return true;
	}
	return str_eq(s->default_lang, lang);
}

bool import_article(struct import *im, struct article *a)
{
	struct article old;
	struct error none = { 0 };
	bool changed;
	if (!served(&im->settings, a->lang))
		import_note(im, a->source, "not to be read before this is added to the site's languages", a->lang);
	if (!source_hash(im, a, &a->import_hash))
		return false;
	if (article_by_import_key(im->tx, a->import_key, &old, im->arena, &none)) {
		a->id = old.id;
		a->group_id = a->group_id ? a->group_id : old.group_id;
		if (str_eq(a->import_hash, old.import_hash)) {
			a->lang = old.lang;
			a->slug = old.slug;
			im->sum->same_articles++;
			return true;
		}
		/* What the source does not say stays as it is. */
		a->created_at = old.created_at;
		if (a->published_at == 0)
			a->published_at = old.published_at;
		if (a->updated_at == 0)
			a->updated_at = old.updated_at;
	} else if (none.code != ERR_NOT_FOUND) {
		return error_set(im->err, none.code, "%s", none.message);
	}
	bool is_new = a->id == 0;
	if (!article_save(im->tx, a, &changed, im->arena, im->err))
		return false;
	im->sum->new_articles += is_new;
	im->sum->changed_articles += !is_new && changed;
	im->sum->same_articles += !is_new && !changed;
	return true;
}

bool import_category(struct import *im, struct str slug, struct str name, int64_t parent, int64_t *id)
{
	struct category c;
	struct error none = { 0 };
	bool changed;
	slug = slug.n ? doc_slug(slug, im->arena) : slug;
	if (category_find_tx(im->tx, slug, STR(""), name, &c, im->arena, &none)) {
		*id = c.id;
		if (!parent || c.parent || (slug.n && !str_eq(c.slug, slug)))
			return true;
		c.parent = parent;
		return category_save(im->tx, &c, &changed, im->arena, im->err);
	}
	struct category_name names = { im->settings.default_lang, name.n ? name : slug, STR("") };
	c = (struct category){ .slug = slug, .parent = parent, .names = &names, .n_names = 1 };
	if (!category_save(im->tx, &c, &changed, im->arena, im->err))
		return false;
	im->sum->categories++;
	*id = c.id;
	return true;
}

/* The names that the export tells take the place of the old ones, other languages stay. */
static bool merge_names(struct import *im, struct category *old, const struct category *c)
{
	struct category_name *v = arena_array(im->arena, old->n_names + c->n_names, sizeof *v);
	size_t n = 0;
	if (!v)
		return error_memory(im->err);
	for (size_t i = 0; i < c->n_names; i++)
		v[n++] = c->names[i];
	for (size_t i = 0; i < old->n_names; i++) {
		bool told = false;
		for (size_t j = 0; j < c->n_names; j++)
			told = told || str_eq(c->names[j].lang, old->names[i].lang);
		if (!told)
			v[n++] = old->names[i];
	}
	old->names = v;
	old->n_names = n;
	return true;
}

static bool change_category(struct import *im, struct category *old, const struct category *c)
{
	bool changed;
	int64_t parent = old->parent;
	if (!merge_names(im, old, c))
		return false;
	old->parent = c->parent;
	if (c->position)
		old->position = c->position;
	if (category_save(im->tx, old, &changed, im->arena, im->err))
		return true;
	/* The tree was rearranged here, so that the export's place would be a circle. */
	if (im->err->code != ERR_INVALID)
		return false;
	*im->err = (struct error){ 0 };
	old->parent = parent;
	return category_save(im->tx, old, &changed, im->arena, im->err);
}

bool import_category_whole(struct import *im, struct category *c, bool declared)
{
	struct category old;
	struct error none = { 0 };
	bool changed;
	bool known = category_find_tx(im->tx, STR(""), c->import_key, STR(""), &old, im->arena, &none);
	bool found = known;
	if (!found &&
	    category_find_tx(im->tx, doc_slug_chosen(c->slug, im->arena), STR(""), STR(""), &old, im->arena, &none)) {
		/* Sections of two manuals may be called the same. */
		bool other = old.import_key.n && str_find(c->import_key, STR("?docs=")) >= 0;
		/* Renamed or merged here, since it was imported. */
		found = !str_eq(old.slug, doc_slug_chosen(c->slug, im->arena));
		for (size_t i = 0; i < old.n_names && !other; i++)
			found = found || str_eq(old.names[i].name, c->names[0].name);
	}
	if (found) {
		if (known && declared && !change_category(im, &old, c))
			return false;
		c->id = old.id;
		c->slug = old.slug;
		return true;
	}
	im->sum->categories++;
	return category_save(im->tx, c, &changed, im->arena, im->err);
}

bool import_redirect_to(struct import *im, struct str from, int64_t article, int64_t category, struct str path)
{
	struct redirect old;
	struct error none = { 0 };
	while (from.n > 1 && from.p[from.n - 1] == '/')
		from.n--;
	if (from.n < 2 || from.p[0] != '/' || from.n > URL_MAX || (path.n && !redirect_path_is_safe(path)))
		return true;
	if (redirect_find_tx(im->tx, from, &old, im->arena, &none)) {
		if (old.article == article && old.category == category && str_eq(old.path, path))
			return true;
		/* The same winner on every run, or a second run would change something. */
		if (old.article && old.article > article)
			return true;
	}
	im->sum->redirects++;
	return redirect_save(im->tx, from, article, category, path, im->err);
}

bool import_redirect(struct import *im, struct str from, int64_t article)
{
	return import_redirect_to(im, from, article, 0, STR(""));
}

struct str import_language(struct import *im, struct str text)
{
	struct str told = text_language(text);
	return told.n && served(&im->settings, told) ? told : im->settings.default_lang;
}

struct str import_image(struct import *im, const char *dir, struct str path)
{
	struct str data;
	struct media media;
	struct error none = { 0 };
	if (path.n == 0 || !file_text(dir, path, &data, im->arena, &none) ||
	    !media_save(im->tx, path, data, &media, im->arena, &none))
		return STR("");
	im->sum->media += media.is_new;
	return arena_printf(
	    im->arena, "/media/%.*s/%.*s", (int)media.hash.n, media.hash.p, (int)media.name.n, media.name.p);
}

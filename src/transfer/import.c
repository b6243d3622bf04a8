#include "transfer/inner.h"

#include "text/text.h"

bool import_begin(struct import *im, struct store *store, const struct import_options *options, struct import_summary *sum,
	struct arena *kept, struct error *err)
{
	*sum = (struct import_summary){ 0 };
	*im = (struct import){ .store = store, .options = options, .sum = sum, .kept = kept, .err = err, .arena = arena_new() };
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

void import_note(struct import *im, struct str where, const char *what, struct str detail)
{
	if (im->sum->n_problems == PROBLEMS_MAX) {
		im->sum->more_problems++;
		return;
	}
	im->sum->problems[im->sum->n_problems++] = (struct import_problem){ arena_dup(im->kept, where),
		arena_printf(im->kept, "%s%s%.*s", what, detail.n ? ": " : "", (int)detail.n, detail.p) };
}

bool import_article(struct import *im, struct article *a)
{
	struct article old;
	struct error none = { 0 };
	bool changed;
	if (article_by_import_key(im->tx, a->import_key, &old, im->arena, &none)) {
		a->id = old.id;
		a->group_id = a->group_id ? a->group_id : old.group_id;
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
		if (!parent || c.parent)
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

bool import_redirect(struct import *im, struct str from, int64_t article)
{
	struct redirect old;
	struct error none = { 0 };
	while (from.n > 1 && from.p[from.n - 1] == '/')
		from.n--;
	if (from.n < 2 || from.p[0] != '/')
		return true;
	if (redirect_find_tx(im->tx, from, &old, im->arena, &none) && old.article == article)
		return true;
	im->sum->redirects++;
	return redirect_save(im->tx, from, article, 0, STR(""), im->err);
}

struct str import_language(struct import *im, struct str declared, struct str text)
{
	struct str told = text_language(text);
	if (told.n)
		return told;
	if (declared.n)
		return str_split(&declared, '-');
	return im->settings.default_lang;
}

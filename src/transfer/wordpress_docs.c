#include "transfer/wordpress.h"

#include <stdlib.h>

/* weDocs has no categories: its documents stand below each other, a manual above its sections above their pages. What has
 * others below it becomes a category, with its own page in it. */

#define DOCS_MAX 20000
#define DOC_TITLE_MAX 300

static int by_id(const void *a, const void *b)
{
	const struct wp_doc *x = a, *y = b;
	return (x->id > y->id) - (x->id < y->id);
}

static struct wp_doc *find(const struct wordpress *w, int64_t id)
{
	struct wp_doc key = { .id = id };
	return w->n_docs ? bsearch(&key, w->docs, w->n_docs, sizeof key, by_id) : NULL;
}

bool wp_doc_add(struct wordpress *w, const struct wxr_item *it)
{
	struct wp_doc doc = { 0 };
	int64_t order;
	if (!str_eq(it->type, STR("docs")) || w->n_docs == DOCS_MAX || !str_to_int(it->id, &doc.id))
		return true;
	if (!str_to_int(it->parent, &doc.parent))
		doc.parent = 0;
	if (str_to_int(it->order, &order) && order > 0 && order < 100000)
		doc.order = (int)order;
	doc.title = wp_keep(w, wp_plain(it->title, w->im.arena), DOC_TITLE_MAX);
	struct wp_doc *v = wp_grow(w, w->docs, w->n_docs, &w->cap_docs, sizeof *v);
	if (!v)
		return false;
	w->docs = v;
	w->docs[w->n_docs++] = doc;
	return true;
}

void wp_docs_sort(struct wordpress *w)
{
	if (w->n_docs)
		qsort(w->docs, w->n_docs, sizeof *w->docs, by_id);
	for (size_t i = 0; i < w->n_docs; i++) {
		struct wp_doc *parent = find(w, w->docs[i].parent);
		if (parent)
			parent->section = true;
	}
}

static bool ensure(struct wordpress *w, struct wp_doc *doc, int depth)
{
	struct wp_doc *parent = depth + 1 < CATEGORY_DEPTH_MAX ? find(w, doc->parent) : NULL;
	struct category_name name = { w->im.settings.default_lang, doc->title, STR("") };
	struct category c = { .names = &name, .n_names = 1, .position = doc->order };
	if (doc->category || doc->busy || doc->title.n == 0)
		return true;
	doc->busy = true;
	bool ok = !parent || ensure(w, parent, depth + 1);
	doc->busy = false;
	c.parent = parent ? parent->category : 0;
	c.slug = doc_slug(doc->title, w->im.arena);
	c.import_key = arena_printf(w->im.arena, "wp:%.*s?docs=%lld", (int)w->base.n, w->base.p, (long long)doc->id);
	ok = ok && import_category_whole(&w->im, &c, true);
	doc->category = ok ? c.id : 0;
	return ok;
}

bool wp_doc_category(struct wordpress *w, int64_t *category)
{
	int64_t id;
	*category = 0;
	if (!str_eq(w->item->type, STR("docs")) || !str_to_int(w->item->id, &id))
		return true;
	struct wp_doc *doc = find(w, id);
	if (doc && !doc->section)
		doc = find(w, doc->parent);
	if (!doc)
		return true;
	if (!ensure(w, doc, 0))
		return false;
	*category = doc->category;
	return true;
}

#include "search/inner.h"

#include <stdlib.h>
#include <string.h>

/* What narrows an answer: language, category, dates, and the names an article bears. */

/* The category and all below it. */
static bool descendants(struct search *s, struct filter *f, struct arena *arena, struct error *err)
{
	struct category *all;
	size_t n;
	if (!category_list(s->store, &all, &n, arena, err))
		return false;
	int64_t *ids = arena_array(arena, n + 1, sizeof *ids);
	if (!ids)
		return error_memory(err);
	ids[f->n_categories++] = f->category;
	/* Parents stand before their children, so one pass is enough. */
	for (size_t i = 0; i < n; i++) {
		for (size_t j = 0; j < f->n_categories; j++) {
			if (all[i].parent != ids[j])
				continue;
			ids[f->n_categories++] = all[i].id;
			break;
		}
	}
	f->categories = ids;
	return true;
}

/* By slug, else by a name in any language. 0: none. */
static bool category_named(struct search *s, struct str wanted, int64_t *id, struct arena *arena, struct error *err)
{
	struct category *all;
	size_t n;
	*id = 0;
	if (!category_list(s->store, &all, &n, arena, err))
		return false;
	struct str folded = text_fold(wanted, arena);
	for (size_t i = 0; i < n && !*id; i++) {
		bool is = str_eq(all[i].slug, wanted);
		for (size_t k = 0; k < all[i].n_names && !is; k++)
			is = str_eq(text_fold(all[i].names[k].name, arena), folded);
		if (is)
			*id = all[i].id;
	}
	return true;
}

/* Leaves of the allowed articles those that bear the name: the whole of it for a tag, a part for the others. */
static bool keep_named(const struct view *v, struct filter *f, enum name_kind kind, struct str name,
    struct arena *arena, struct error *err)
{
	size_t bytes = (size_t)v->docs->n / 8 + 1;
	unsigned char *bits = arena_alloc(arena, bytes);
	struct str folded = text_fold(name, arena);
	if (!bits)
		return error_memory(err);
	struct db_rows *rows =
	    kind == NAME_TAG ? db_query(v->conn, err, "SELECT article FROM name WHERE kind = $1 AND name = $2", "is",
	                           (int64_t)kind, folded)
	                     : db_query(v->conn, err, "SELECT article FROM name WHERE kind = $1 AND instr(name, $2) > 0",
	                           "is", (int64_t)kind, folded);
	while (rows && db_next(rows)) {
		int64_t id = db_int(rows, 0);
		if (id >= 0 && id < v->docs->n && (!f->allowed || (f->allowed[id / 8] >> (id % 8) & 1)))
			bits[id / 8] |= (unsigned char)(1 << (id % 8));
	}
	f->allowed = bits;
	return rows && db_done(rows);
}

static int lang_number(const struct docs *d, struct str lang)
{
	for (size_t i = 0; i < d->n_langs; i++) {
		if (str_eq_ci(str_from(d->langs[i]), lang))
			return (int)i;
	}
	return -2;
}

int reader_lang_number(const struct docs *d, struct str lang)
{
	int n = lang.n ? lang_number(d, lang) : -1;
	return n < 0 ? -1 : n;
}

bool filter_make(struct filter *f, struct search *s, const struct view *v, const struct search_request *r,
    const struct query *q, struct arena *arena, struct error *err)
{
	const struct {
		enum name_kind kind;
		struct str name;
	} names[] = { { NAME_TAG, q->tag }, { NAME_AUTHOR, q->author }, { NAME_TRANSLATOR, q->translator },
		{ NAME_SOURCE, q->source } };
	struct str lang = q->lang.n ? q->lang : r->only_lang;
	*f = (struct filter){ .lang = lang.n ? lang_number(v->docs, lang) : -1,
		.category = r->category,
		.after = q->after,
		.before = q->before };
	if (q->category.n) {
		if (!category_named(s, q->category, &f->category, arena, err))
			return false;
		if (!f->category)
			f->lang = -2;
	}
	if (r->year) {
		f->after = civil_to_unix((struct civil){ .year = r->year, .month = 1, .day = 1 });
		f->before = civil_to_unix((struct civil){ .year = r->year + 1, .month = 1, .day = 1 });
	}
	if (f->category && !descendants(s, f, arena, err))
		return false;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		if (names[i].name.n && !keep_named(v, f, names[i].kind, names[i].name, arena, err))
			return false;
	}
	return true;
}

static bool in_categories(const struct filter *f, const struct doc_cold *c)
{
	for (size_t i = 0; i < c->n_categories; i++) {
		for (size_t j = 0; j < f->n_categories; j++) {
			if (c->categories[i] == f->categories[j])
				return true;
		}
	}
	return false;
}

bool filter_lets(const struct filter *f, const struct docs *d, int64_t id)
{
	const struct doc_hot *hot = &d->hot[id];
	if (f->lang != -1 && hot->lang != f->lang)
		return false;
	if ((f->after && hot->published_at < f->after) || (f->before && hot->published_at >= f->before))
		return false;
	if (f->allowed && !(f->allowed[id / 8] >> (id % 8) & 1))
		return false;
	return !f->category || in_categories(f, d->cold[id]);
}

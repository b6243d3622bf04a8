#include "search/inner.h"

#include <stdlib.h>
#include <string.h>

/* What narrows an answer: language, category, dates, and the names an article bears. */

/* The category and all below it, among all. */
static bool add_set(struct filter *f, int64_t category, bool without, const struct category *all, size_t n,
    struct arena *arena, struct error *err)
{
	struct category_set *set = &f->sets[f->n_sets];
	int64_t *ids = arena_array(arena, n + 1, sizeof *ids);
	if (!ids)
		return error_memory(err);
	*set = (struct category_set){ .ids = ids, .without = without };
	ids[set->n++] = category;
	/* Parents stand before their children, so one pass is enough. */
	for (size_t i = 0; i < n; i++) {
		for (size_t j = 0; j < set->n; j++) {
			if (all[i].parent != ids[j])
				continue;
			ids[set->n++] = all[i].id;
			break;
		}
	}
	f->n_sets++;
	return true;
}

/* By slug, else by a name in any language. 0: none. */
static int64_t category_named(const struct category *all, size_t n, struct str wanted, struct arena *arena)
{
	struct str folded = text_fold(wanted, arena);
	for (size_t i = 0; i < n; i++) {
		bool is = str_eq(all[i].slug, wanted);
		for (size_t k = 0; k < all[i].n_names && !is; k++)
			is = str_eq(text_fold(all[i].names[k].name, arena), folded);
		if (is)
			return all[i].id;
	}
	return 0;
}

/* What lets nothing through stands for a category that there is not. */
static bool keep_categories(
    struct filter *f, struct search *s, int64_t asked, const struct query *q, struct arena *arena, struct error *err)
{
	struct category *all;
	size_t n, wanted = asked != 0;
	for (size_t i = 0; i < q->n_filters; i++)
		wanted += q->filters[i].key == BY_CATEGORY;
	if (wanted == 0)
		return true;
	if (!category_list(s->store, &all, &n, arena, err) || (asked && !add_set(f, asked, false, all, n, arena, err)))
		return false;
	for (size_t i = 0; i < q->n_filters; i++) {
		const struct query_filter *by = &q->filters[i];
		int64_t id = by->key == BY_CATEGORY ? category_named(all, n, by->value, arena) : 0;
		if (id && !add_set(f, id, by->without, all, n, arena, err))
			return false;
		if (by->key == BY_CATEGORY && !id && !by->without)
			f->langs = 0;
	}
	return true;
}

/* Leaves of the allowed articles those that bear the name, or those that do not: the whole of it for a tag, a part for
 * the others. */
static bool keep_named(const struct view *v, struct filter *f, enum name_kind kind, const struct query_filter *by,
    struct arena *arena, struct error *err)
{
	size_t bytes = (size_t)v->docs->n / 8 + 1;
	unsigned char *bits = arena_alloc(arena, bytes);
	struct str folded = text_fold(by->value, arena);
	if (!bits)
		return error_memory(err);
	struct db_rows *rows =
	    kind == NAME_TAG ? db_query(v->conn, err, "SELECT article FROM name WHERE kind = $1 AND name = $2", "is",
	                           (int64_t)kind, folded)
	                     : db_query(v->conn, err, "SELECT article FROM name WHERE kind = $1 AND instr(name, $2) > 0",
	                           "is", (int64_t)kind, folded);
	while (rows && db_next(rows)) {
		int64_t id = db_int(rows, 0);
		if (id >= 0 && id < v->docs->n)
			bits[id / 8] |= (unsigned char)(1 << (id % 8));
	}
	for (size_t i = 0; i < bytes; i++) {
		unsigned char named = by->without ? (unsigned char)~bits[i] : bits[i];
		bits[i] = f->allowed ? named & f->allowed[i] : named;
	}
	f->allowed = bits;
	return rows && db_done(rows);
}

static bool keep_names(
    const struct view *v, struct filter *f, const struct query *q, struct arena *arena, struct error *err)
{
	static const enum name_kind kinds[] = {
		[BY_TAG] = NAME_TAG, [BY_AUTHOR] = NAME_AUTHOR, [BY_TRANSLATOR] = NAME_TRANSLATOR, [BY_SOURCE] = NAME_SOURCE
	};
	for (size_t i = 0; i < q->n_filters; i++) {
		const struct query_filter *by = &q->filters[i];
		if (by->key >= BY_TAG && !keep_named(v, f, kinds[by->key], by, arena, err))
			return false;
	}
	return true;
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

static uint64_t lang_bit(const struct docs *d, struct str lang)
{
	int n = lang_number(d, lang);
	return n < 0 ? 0 : (uint64_t)1 << n;
}

/* Of several languages any: an article has one. */
static uint64_t langs_of(const struct docs *d, struct str only, const struct query *q)
{
	uint64_t wanted = 0, unwanted = 0;
	bool asked = false;
	for (size_t i = 0; i < q->n_filters; i++) {
		if (q->filters[i].key != BY_LANG)
			continue;
		uint64_t bit = lang_bit(d, q->filters[i].value);
		asked = asked || !q->filters[i].without;
		*(q->filters[i].without ? &unwanted : &wanted) |= bit;
	}
	return (asked ? wanted : UINT64_MAX) & (only.n ? lang_bit(d, only) : UINT64_MAX) & ~unwanted;
}

bool filter_make(struct filter *f, struct search *s, const struct view *v, const struct search_request *r,
    const struct query *q, struct arena *arena, struct error *err)
{
	*f = (struct filter){ .langs = langs_of(v->docs, r->only_lang, q), .after = q->after, .before = q->before };
	if (r->year) {
		f->after = civil_to_unix((struct civil){ .year = r->year, .month = 1, .day = 1 });
		f->before = civil_to_unix((struct civil){ .year = r->year + 1, .month = 1, .day = 1 });
	}
	return keep_categories(f, s, r->category, q, arena, err) && keep_names(v, f, q, arena, err);
}

static bool in_set(const struct category_set *set, const struct doc_cold *c)
{
	for (size_t i = 0; i < c->n_categories; i++) {
		for (size_t j = 0; j < set->n; j++) {
			if (c->categories[i] == set->ids[j])
				return true;
		}
	}
	return false;
}

bool filter_lets(const struct filter *f, const struct docs *d, int64_t id)
{
	const struct doc_hot *hot = &d->hot[id];
	if (!(f->langs >> hot->lang & 1))
		return false;
	if ((f->after && hot->published_at < f->after) || (f->before && hot->published_at >= f->before))
		return false;
	if (f->allowed && !(f->allowed[id / 8] >> (id % 8) & 1))
		return false;
	for (size_t i = 0; i < f->n_sets; i++) {
		if (in_set(&f->sets[i], d->cold[id]) == f->sets[i].without)
			return false;
	}
	return true;
}

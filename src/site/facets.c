#include "site/find.h"

#include <stdlib.h>

#define FACET_VALUES 12

static struct str facet_value(
    struct page *p, const struct asked *a, enum asked_pair pair, const struct search_facet *f, struct str *name)
{
	if (pair == PAIR_LANG) {
		*name = page_lang_name(p, f->lang);
		return f->lang;
	}
	if (pair == PAIR_YEAR) {
		*name = arena_printf(p->arena, "%d", f->year);
		return *name;
	}
	const struct category *c = category_in(a->all, a->n_all, f->category);
	*name = c ? category_name_on(p, c) : STR("");
	return c ? c->slug : STR("");
}

static int newest_first(const void *a, const void *b)
{
	const struct search_facet *x = a, *y = b;
	return x->year < y->year ? 1 : x->year > y->year ? -1 : 0;
}

/* One filter: a value that is chosen links to the search without it. */
static void push_filter(struct page *p, struct view_value *filters, const struct asked *a, enum asked_pair pair,
    const char *label, const struct search_facet *facets, size_t n)
{
	struct url_pair pairs[PAIRS];
	asked_pairs(a, pairs);
	struct str chosen = pairs[pair].value, path = url_path(p, p->lang, "/search");
	if (n < 2 && chosen.n == 0)
		return;
	struct view_value *filter = view_push_object(filters);
	view_set_str(filter, "label", page_message(p, str_from(label)));
	struct view_value *values = view_set_list(filter, "values");
	for (size_t i = 0; i < n && i < FACET_VALUES; i++) {
		struct str name, value = facet_value(p, a, pair, &facets[i], &name);
		bool current = chosen.n && str_eq(value, chosen);
		if (value.n == 0)
			continue;
		pairs[pair].value = current ? STR("") : value;
		struct view_value *entry = view_push_object(values);
		view_set_str(entry, "name", name);
		view_set_str(entry, "url", url_query(p->arena, path, pairs, PAIRS));
		view_set_str(entry, "count_text", view_number(p->arena, p->lang, (int64_t)facets[i].count));
		view_set_bool(entry, "current", current);
	}
}

void facets_set(struct page *p, const struct asked *a, const struct search_result *found)
{
	struct view_value *filters = view_set_list(p->root, "filters");
	if (found->n_years)
		qsort(found->years, found->n_years, sizeof *found->years, newest_first);
	push_filter(p, filters, a, PAIR_CATEGORY, N_("Category"), found->categories, found->n_categories);
	push_filter(p, filters, a, PAIR_LANG, N_("Language"), found->langs, found->n_langs);
	push_filter(p, filters, a, PAIR_YEAR, N_("Year"), found->years, found->n_years);
	view_set_bool(p->root, "has_filters",
	    found->n_categories > 1 || found->n_langs > 1 || found->n_years > 1 || a->lang.n || a->category.n || a->year.n);
	if (a->lang.n || a->category.n || a->year.n) {
		const struct url_pair query = { "q", a->query };
		view_set_str(p->root, "clear_url", url_query(p->arena, url_path(p, p->lang, "/search"), &query, 1));
	}
}

#include "site/page.h"

#include <jansson.h>
#include <stdlib.h>

#define SUGGESTIONS 8
#define SNIPPET_CATEGORIES 12
#define FACET_VALUES 12

/* A search as its address says it. */
struct asked {
	struct str query, lang, category, year, order;
	struct category *all;
	size_t n_all;
};

enum { PAIR_QUERY, PAIR_LANG, PAIR_CATEGORY, PAIR_YEAR, PAIR_ORDER, PAIRS };

static void pairs_of(const struct asked *a, struct url_pair out[PAIRS])
{
	out[PAIR_QUERY] = (struct url_pair){ "q", a->query };
	out[PAIR_LANG] = (struct url_pair){ "lang", a->lang };
	out[PAIR_CATEGORY] = (struct url_pair){ "category", a->category };
	out[PAIR_YEAR] = (struct url_pair){ "year", a->year };
	out[PAIR_ORDER] = (struct url_pair){ "order", a->order };
}

static bool read_asked(struct page *p, struct asked *a, struct search_request *request)
{
	int64_t year;
	*a = (struct asked){ .query = str_trim(web_param_get(p->req, "q")), .lang = web_param_get(p->req, "lang"),
		.category = web_param_get(p->req, "category"), .year = web_param_get(p->req, "year") };
	if (str_eq(web_param_get(p->req, "order"), STR("newest")))
		a->order = STR("newest");
	if (!category_list(p->site->store, &a->all, &a->n_all, p->arena, p->err))
		return false;
	*request = (struct search_request){ .query = a->query, .lang = p->lang, .only_lang = a->lang, .snippets = true,
		.order = a->order.n ? SEARCH_NEWEST : SEARCH_RELEVANCE, .limit = p->settings.page_size,
		.offset = (page_number(p->req) - 1) * p->settings.page_size };
	for (size_t i = 0; i < a->n_all && a->category.n; i++) {
		if (str_eq(a->all[i].slug, a->category))
			request->category = a->all[i].id;
	}
	if (!request->category)
		a->category = STR("");
	if (str_to_int(a->year, &year) && year > 0 && year < 10000)
		request->year = (int)year;
	else
		a->year = STR("");
	if (request->limit > 100)
		request->limit = 100;
	return true;
}

static void push_hit(struct page *p, struct view_value *list, const struct asked *a, const struct search_hit *hit)
{
	struct view_value *entry = view_push_object(list);
	view_set_str(entry, "url", url_article(p, hit->lang, hit->slug));
	view_set_html(entry, "title_html", hit->title_html);
	view_set_html(entry, "snippet_html", hit->snippet_html);
	piece_date(p, entry, "date", hit->published_at);
	if (!str_eq(hit->lang, p->lang)) {
		view_set_str(entry, "lang", hit->lang);
		view_set_str(entry, "lang_name", view_lang_name(hit->lang));
	}
	const struct category *c = category_in(a->all, a->n_all, hit->main_category);
	if (!c)
		return;
	struct view_value *link = view_set_object(entry, "category");
	view_set_str(link, "url", url_category(p, p->lang, c->slug));
	view_set_str(link, "name", category_name_on(p, c));
}

static struct str facet_value(struct page *p, const struct asked *a, size_t pair, const struct search_facet *f, struct str *name)
{
	if (pair == PAIR_LANG) {
		*name = view_lang_name(f->lang);
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

/* One filter: a value that is chosen links to the search without it. */
static void push_filter(struct page *p, struct view_value *filters, const struct asked *a, size_t pair, const char *label,
	const struct search_facet *facets, size_t n)
{
	struct url_pair pairs[PAIRS];
	pairs_of(a, pairs);
	struct str chosen = pairs[pair].value;
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
		view_set_str(entry, "url", url_query(p->arena, url_path(p, p->lang, "/search"), pairs, PAIRS));
		view_set_str(entry, "count_text", view_number(p->arena, p->lang, (int64_t)facets[i].count));
		view_set_bool(entry, "current", current);
	}
}

static void set_filters(struct page *p, const struct asked *a, const struct search_result *found)
{
	struct view_value *filters = view_set_list(p->root, "filters");
	push_filter(p, filters, a, PAIR_CATEGORY, "Category", found->categories, found->n_categories);
	push_filter(p, filters, a, PAIR_LANG, "Language", found->langs, found->n_langs);
	push_filter(p, filters, a, PAIR_YEAR, "Year", found->years, found->n_years);
	if (a->lang.n || a->category.n || a->year.n) {
		const struct url_pair query = { "q", a->query };
		view_set_str(p->root, "clear_url", url_query(p->arena, url_path(p, p->lang, "/search"), &query, 1));
	}
}

static void set_way_out(struct page *p, const struct asked *a)
{
	struct view_value *list = view_set_list(p->root, "categories");
	size_t shown = 0;
	view_set_bool(p->root, "nothing", true);
	for (size_t i = 0; i < a->n_all && shown < SNIPPET_CATEGORIES; i++) {
		if (a->all[i].parent || a->all[i].articles == 0)
			continue;
		piece_category(p, list, &a->all[i]);
		shown++;
	}
}

static bool set_found(struct page *p, const struct asked *a, const struct search_request *request)
{
	static const char *const names[] = { "", "newest" };
	static const char *const labels[] = { "Best match first", "Newest first" };
	struct search_result found = { 0 };
	struct url_pair pairs[PAIRS];
	struct str path = url_path(p, p->lang, "/search");
	if (!search_query(p->site->search, request, &found, p->arena, p->err))
		return false;
	struct view_value *hits = view_set_list(p->root, "hits");
	for (size_t i = 0; i < found.n_hits; i++)
		push_hit(p, hits, a, &found.hits[i]);
	view_set_int(p->root, "total", (int64_t)found.total);
	view_set_str(p->root, "total_text", view_number(p->arena, p->lang, (int64_t)found.total));
	set_filters(p, a, &found);
	pairs_of(a, pairs);
	if (found.total == 0) {
		set_way_out(p, a);
		return true;
	}
	piece_orders(p, path, pairs, PAIRS, names, labels, 2, a->order.n ? 1 : 0);
	piece_pages(p, path, pairs, PAIRS, page_number(p->req), found.total);
	return true;
}

bool search_page(const struct web_request *req, struct web_response *res, struct error *err)
{
	struct page p;
	struct asked a;
	struct search_request request;
	if (!page_begin(&p, req, res, page_prefix(req, 0), err))
		return err->code == ERR_NOT_FOUND ? page_missing(req, res, err) : false;
	if (!read_asked(&p, &a, &request))
		return false;
	struct str *paths = arena_array(p.arena, p.settings.n_langs, sizeof *paths);
	const struct url_pair query = { "q", a.query };
	for (size_t i = 0; paths && i < p.settings.n_langs; i++)
		paths[i] = url_query(p.arena, url_path(&p, p.settings.langs[i], "/search"), &query, 1);
	page_head(&p, "page_search", page_message(&p, STR("Search")), paths);
	view_set_bool(p.root, "noindex", true);
	view_set_str(p.root, "query", a.query);
	view_set_bool(p.root, "searched", a.query.n > 0);
	if (a.query.n && !set_found(&p, &a, &request))
		return false;
	res->no_store = true;
	return page_render(&p, "search");
}

static struct str suggestion_url(const struct page *p, const struct suggestion *s)
{
	struct buf url = { 0 };
	if (s->kind == SUGGEST_CATEGORY)
		return url_category(p, p->lang, s->slug);
	if (s->kind == SUGGEST_TAG)
		return url_tag(p, p->lang, s->text);
	buf_add(&url, url_article(p, s->lang, s->slug));
	if (s->fragment.n) {
		buf_addc(&url, '#');
		buf_add_uri(&url, s->fragment, STR(""));
	}
	return buf_take(&url, p->arena);
}

static struct str suggestion_note(const struct page *p, const struct suggestion *s)
{
	if (s->kind == SUGGEST_CATEGORY)
		return page_message(p, STR("Category"));
	return s->kind == SUGGEST_TAG ? page_message(p, STR("Tag")) : s->context;
}

/* OpenSearch suggestions (opensearch.org, "Suggestions extension" 1.1): [typed, [texts], [notes], [addresses]]. */
bool suggest_json(const struct web_request *req, struct web_response *res, struct error *err)
{
	struct page p;
	struct suggestion *found;
	struct str typed = web_param_get(req, "q");
	size_t n = 0;
	if (!page_begin(&p, req, res, page_prefix(req, 0), err))
		return err->code == ERR_NOT_FOUND ? page_missing(req, res, err) : false;
	if (!search_suggest(p.site->search, typed, p.lang, SUGGESTIONS, &found, &n, p.arena, err))
		return false;
	json_t *texts = json_array(), *notes = json_array(), *urls = json_array();
	for (size_t i = 0; i < n; i++) {
		struct str url = suggestion_url(&p, &found[i]), note = suggestion_note(&p, &found[i]);
		json_array_append_new(texts, json_stringn(found[i].text.p, found[i].text.n));
		json_array_append_new(notes, json_stringn(note.p, note.n));
		json_array_append_new(urls, json_stringn(url.p, url.n));
	}
	json_t *all = json_pack("[s%,o,o,o]", typed.p ? typed.p : "", typed.n, texts, notes, urls);
	char *text = all ? json_dumps(all, JSON_COMPACT) : NULL;
	json_decref(all);
	if (!text)
		return error_memory(err);
	buf_adds(&res->body, text);
	free(text);
	res->type = STR("application/x-suggestions+json; charset=utf-8");
	res->no_store = true;
	return true;
}

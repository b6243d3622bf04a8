#include "site/find.h"

#define HITS_MAX 100
#define REACHABLE_MAX 1000 /* search gives no more hits, however many it counts */
#define MATCHING_MAX 6     /* categories above the results */

void asked_pairs(const struct asked *a, struct url_pair out[PAIRS])
{
	out[PAIR_QUERY] = (struct url_pair){ "q", a->query };
	out[PAIR_LANG] = (struct url_pair){ "lang", a->lang };
	out[PAIR_CATEGORY] = (struct url_pair){ "category", a->category };
	out[PAIR_YEAR] = (struct url_pair){ "year", a->year };
	out[PAIR_ORDER] = (struct url_pair){ "order", a->order };
}

bool asked_read(struct page *p, struct asked *a, struct search_request *request)
{
	int64_t year;
	*a = (struct asked){ .query = str_trim(web_param_get(p->req, "q")),
		.lang = web_param_get(p->req, "lang"),
		.category = web_param_get(p->req, "category"),
		.year = web_param_get(p->req, "year") };
	if (str_eq(web_param_get(p->req, "order"), STR("newest")))
		a->order = STR("newest");
	if (!category_list(p->site->store, &a->all, &a->n_all, p->arena, p->err))
		return false;
	*request = (struct search_request){ .query = a->query,
		.lang = p->lang,
		.only_lang = a->lang,
		.snippets = true,
		.order = a->order.n ? SEARCH_NEWEST : SEARCH_RELEVANCE,
		.limit = p->settings.page_size,
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
	if (request->limit > HITS_MAX)
		request->limit = HITS_MAX;
	return true;
}

/* Another spelling, with the filters left as they are. */
static void set_did_you_mean(struct page *p, const struct asked *a, const struct search_result *found)
{
	struct url_pair pairs[PAIRS];
	if (found->did_you_mean.n == 0)
		return;
	asked_pairs(a, pairs);
	pairs[PAIR_QUERY].value = found->did_you_mean;
	struct view_value *link = view_set_object(p->root, "did_you_mean");
	view_set_str(link, "url", url_query(p->arena, url_path(p, p->lang, "/search"), pairs, PAIRS));
	if (found->did_you_mean_html.n)
		view_set_html(link, "html", found->did_you_mean_html);
	else
		view_set_str(link, "html", found->did_you_mean);
}

static void set_matching_categories(struct page *p, const struct asked *a, const struct search_result *found)
{
	struct view_value *list = view_set_list(p->root, "matching");
	size_t shown = 0;
	for (size_t i = 0; i < found->n_found_categories && shown < MATCHING_MAX; i++) {
		const struct category *c = category_in(a->all, a->n_all, found->found_categories[i]);
		if (!c || c->articles == 0)
			continue;
		piece_category(p, list, c);
		shown++;
	}
	view_set_bool(p->root, "has_matching", shown > 0);
}

/* A search in vain is counted only as a reader typed it first: not narrowed, not on a later page. */
static void note_in_vain(struct page *p, const struct asked *a)
{
	if (!a->lang.n && !a->category.n && !a->year.n && page_number(p->req) == 1)
		unanswered_note(p->site->store, a->query, clock_now());
}

/* In the moments in which an index is made anew, at a first start or after an update. */
static bool set_building(struct page *p, const struct asked *a)
{
	*p->err = (struct error){ 0 };
	p->res->status = 503;
	web_header(p->res, STR("Retry-After"), STR("3"));
	view_set_bool(p->root, "building", true);
	piece_top_categories(p, a->all, a->n_all);
	return true;
}

static bool set_found(struct page *p, const struct asked *a, const struct search_request *request)
{
	static const char *const names[] = { "", "newest" };
	static const char *const labels[] = { N_("Best match first"), N_("Newest first") };
	struct search_result found = { 0 };
	struct url_pair pairs[PAIRS];
	struct str path = url_path(p, p->lang, "/search");
	if (!search_query(p->site->search, request, &found, p->arena, p->err))
		return p->err->code == ERR_UNAVAILABLE ? set_building(p, a) : false;
	if (found.n_hits == 0 && found.total > 0)
		return error_set(p->err, ERR_NOT_FOUND, "there is no page %zu", page_number(p->req));
	if (!hits_set(p, a, &found))
		return false;
	view_set_int(p->root, "total", (int64_t)found.total);
	view_set_str(p->root, "total_text", view_number(p->arena, p->lang, (int64_t)found.total));
	set_did_you_mean(p, a, &found);
	set_matching_categories(p, a, &found);
	facets_set(p, a, &found);
	if (found.total == 0) {
		note_in_vain(p, a);
		way_out_set(p, a);
		return true;
	}
	asked_pairs(a, pairs);
	view_set_str(
	    p->root, "results_feed_url", url_query(p->arena, url_path(p, p->lang, "/search.atom"), pairs, PAIR_ORDER));
	view_set_str(p->root, "ask_url", url_query(p->arena, url_path(p, p->lang, "/questions"), pairs, PAIR_QUERY + 1));
	piece_orders(p, path, pairs, PAIRS, names, labels, 2, a->order.n ? 1 : 0);
	piece_pages(p, path, pairs, PAIRS, page_number(p->req), found.total < REACHABLE_MAX ? found.total : REACHABLE_MAX);
	return true;
}

/* The same question in each language; the filters are other ones there. */
static bool set_head(struct page *p, const struct asked *a)
{
	struct str *paths = arena_array(p->arena, p->settings.n_langs, sizeof *paths);
	const struct url_pair query = { "q", a->query };
	if (!paths)
		return error_memory(p->err);
	for (size_t i = 0; i < p->settings.n_langs; i++)
		paths[i] = url_query(p->arena, url_path(p, p->settings.langs[i], "/search"), &query, 1);
	page_head(p, "page_search", a->query.n ? a->query : page_message(p, STR("Search")), paths);
	view_set_bool(p->root, "noindex", true);
	view_set_str(p->root, "query", a->query);
	view_set_bool(p->root, "searched", a->query.n > 0);
	return true;
}

bool search_page(const struct web_request *req, struct web_response *res, struct error *err)
{
	struct page p;
	struct asked a;
	struct search_request request;
	if (!page_begin(&p, req, res, page_prefix(req, 0), err))
		return err->code == ERR_NOT_FOUND ? page_missing(req, res, err) : false;
	if (!asked_read(&p, &a, &request) || !set_head(&p, &a))
		return false;
	if (a.query.n && !set_found(&p, &a, &request))
		return err->code == ERR_NOT_FOUND ? page_missing(req, res, err) : false;
	if (a.query.n == 0)
		piece_top_categories(&p, a.all, a.n_all);
	res->no_store = true;
	return page_render(&p, "search");
}

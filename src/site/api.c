#include "site/page.h"

#include <jansson.h>
#include <stdlib.h>

/* /api/v1, for reading: docs/api.md says what comes back. The default language's names are used where ?lang= names
 * no other. Answers are cached like pages. */

#define API_PAGE 30
#define API_PAGE_MAX 100

static json_t *text(struct str s)
{
	return s.n ? json_stringn(s.p, s.n) : json_string("");
}

static void set(json_t *object, const char *key, struct str s)
{
	json_object_set_new(object, key, text(s));
}

static json_t *date(struct page *p, int64_t t)
{
	return t > 0 ? text(time_rfc3339(p->arena, t)) : json_null();
}

static bool send_json(struct page *p, json_t *json)
{
	char *out = json ? json_dumps(json, JSON_COMPACT) : NULL;
	json_decref(json);
	if (!out)
		return error_memory(p->err);
	buf_adds(&p->res->body, out);
	buf_addc(&p->res->body, '\n');
	free(out);
	p->res->type = STR("application/json; charset=utf-8");
	return true;
}

static bool refuse(struct page *p, int status, const char *why)
{
	p->res->status = status;
	p->res->n_keys = 0;
	const char *title = status == 400 ? "Bad Request" : status == 404 ? "Not Found" : "Service Unavailable";
	bool sent = send_json(
	    p, json_pack("{s:s,s:s,s:i,s:s}", "type", "about:blank", "title", title, "status", status, "detail", why));
	p->res->type = STR("application/problem+json"); /* RFC 9457 */
	return sent;
}

/* A number in the query: absent gives `otherwise`; false for what is none or lies outside. */
static bool number(const struct web_request *req, const char *name, int64_t otherwise, int64_t max, int64_t *out)
{
	struct str value = web_param_get(req, name);
	*out = otherwise;
	return value.n == 0 || (str_to_int(value, out) && *out >= 1 && *out <= max);
}

static bool begin(struct page *p, const struct web_request *req, struct web_response *res, struct error *err)
{
	if (!page_begin(p, req, res, STR(""), err))
		return false;
	struct str lang = web_param_get(req, "lang");
	for (size_t i = 0; i < p->settings.n_langs; i++) {
		if (str_eq(p->settings.langs[i], lang))
			p->lang = p->settings.langs[i];
	}
	return true;
}

static json_t *item_json(struct page *p, const struct article_item *a)
{
	json_t *o = json_object();
	json_object_set_new(o, "id", json_integer(a->id));
	json_object_set_new(o, "group", json_integer(a->group_id));
	set(o, "lang", a->lang);
	set(o, "slug", a->slug);
	set(o, "title", a->title);
	set(o, "summary", a->summary);
	set(o, "author", a->author);
	set(o, "translator", a->translator);
	set(o, "url", url_absolute(p, url_article(p, a->lang, a->slug)));
	json_object_set_new(o, "published", date(p, a->published_at));
	json_object_set_new(o, "updated", date(p, a->updated_at));
	return o;
}

/* ?category= by slug. */
static bool filter_category(struct page *p, struct article_filter *filter)
{
	struct category c;
	struct str slug = web_param_get(p->req, "category");
	if (slug.n == 0)
		return true;
	if (!category_by_slug(p->site->store, slug, &c, p->arena, p->err))
		return false;
	filter->category = c.id;
	page_key(p, CHANGE_CATEGORY, c.id);
	return true;
}

bool api_articles(const struct web_request *req, struct web_response *res, struct error *err)
{
	struct page p;
	struct article_item *items;
	size_t n, total;
	int64_t page, per_page;
	if (!begin(&p, req, res, err))
		return false;
	if (!number(req, "page", 1, 1000000, &page) || !number(req, "per_page", API_PAGE, API_PAGE_MAX, &per_page))
		return refuse(&p, 400, "page must be 1 or more, per_page from 1 to 100");
	struct article_filter filter = { .only_lang = web_param_get(req, "lang"),
		.tag = web_param_get(req, "tag"),
		.no_pages = true,
		.status = ARTICLE_PUBLISHED,
		.limit = (size_t)per_page,
		.offset = (size_t)((page - 1) * per_page) };
	if (!filter_category(&p, &filter))
		return err->code == ERR_NOT_FOUND ? refuse(&p, 404, "there is no such category") : false;
	if (!article_list(p.site->store, &filter, &items, &n, &total, p.arena, err))
		return false;
	if (filter.tag.n)
		page_key(&p, CHANGE_TAG, tag_change_id(filter.tag));
	json_t *list = json_array();
	for (size_t i = 0; i < n; i++) {
		json_array_append_new(list, item_json(&p, &items[i]));
		page_key(&p, CHANGE_ARTICLE, items[i].id);
	}
	page_key(&p, CHANGE_LISTS, 0);
	return send_json(&p, json_pack("{s:I,s:I,s:I,s:o}", "total", (json_int_t)total, "page", (json_int_t)page,
	                         "per_page", (json_int_t)per_page, "articles", list));
}

static json_t *citations_json(const struct rendered *r)
{
	json_t *list = json_array();
	for (size_t i = 0; i < r->n_citations; i++) {
		const struct doc_citation *c = &r->citations[i];
		json_t *o = json_object();
		json_object_set_new(o, "number", json_integer(c->number));
		set(o, "text", c->text);
		set(o, "url", c->url);
		set(o, "outlet", c->outlet);
		set(o, "published", c->published);
		set(o, "accessed", c->accessed);
		json_array_append_new(list, o);
	}
	return list;
}

static json_t *original_json(const struct original *o)
{
	if (o->title.n == 0 && o->url.n == 0)
		return json_null();
	json_t *out = json_object();
	set(out, "title", o->title);
	set(out, "author", o->author);
	set(out, "publisher", o->publisher);
	set(out, "url", o->url);
	set(out, "date", o->date);
	set(out, "licence", o->licence);
	set(out, "lang", o->lang);
	return out;
}

/* Adds categories, tags and translations. */
static bool add_relations(struct page *p, json_t *out, const struct article *a)
{
	struct category *categories;
	struct article_item *translations;
	struct str *tags;
	size_t n_categories, n_translations, n_tags;
	if (!category_of_article(p->site->store, a->id, &categories, &n_categories, p->arena, p->err) ||
	    !tags_of_article(p->site->store, a->id, &tags, &n_tags, p->arena, p->err) ||
	    !article_translations(p->site->store, a->group_id, &translations, &n_translations, p->arena, p->err))
		return false;
	json_t *list = json_array();
	for (size_t i = 0; i < n_categories; i++)
		json_array_append_new(list, text(categories[i].slug));
	json_object_set_new(out, "categories", list);
	list = json_array();
	for (size_t i = 0; i < n_tags; i++)
		json_array_append_new(list, text(tags[i]));
	json_object_set_new(out, "tags", list);
	list = json_array();
	for (size_t i = 0; i < n_translations; i++) {
		page_key(p, CHANGE_ARTICLE, translations[i].id);
		if (translations[i].id != a->id)
			json_array_append_new(list, item_json(p, &translations[i]));
	}
	json_object_set_new(out, "translations", list);
	return true;
}

bool api_article(const struct web_request *req, struct web_response *res, struct error *err)
{
	struct page p;
	struct article a;
	struct rendered r;
	int64_t id;
	if (!begin(&p, req, res, err))
		return false;
	if (!str_to_int(req->captures[0], &id))
		return refuse(&p, 400, "the id of an article is a number");
	if (!article_by_id(p.site->store, id, &a, p.arena, err))
		return err->code == ERR_NOT_FOUND ? refuse(&p, 404, "there is no such article") : false;
	if (a.status != ARTICLE_PUBLISHED)
		return refuse(&p, 404, "there is no such article");
	if (!article_rendered(p.site->store, id, &r, p.arena, err))
		return false;
	struct article_item item = { .id = a.id,
		.group_id = a.group_id,
		.lang = a.lang,
		.slug = a.slug,
		.title = a.title,
		.summary = a.summary.n ? a.summary : r.excerpt,
		.author = a.author,
		.translator = a.translator,
		.published_at = a.published_at,
		.updated_at = a.updated_at };
	json_t *out = item_json(&p, &item);
	set(out, "preface_html", r.preface_html);
	set(out, "html", r.html);
	set(out, "text", r.text);
	json_object_set_new(out, "citations", citations_json(&r));
	json_object_set_new(out, "original", original_json(&a.original));
	page_key(&p, CHANGE_ARTICLE, id);
	page_key(&p, CHANGE_AROUND, a.group_id);
	if (!add_relations(&p, out, &a)) {
		json_decref(out);
		return false;
	}
	return send_json(&p, out);
}

bool api_categories(const struct web_request *req, struct web_response *res, struct error *err)
{
	struct page p;
	struct category *all;
	size_t n;
	if (!begin(&p, req, res, err) || !category_list(p.site->store, &all, &n, p.arena, err))
		return false;
	json_t *list = json_array();
	for (size_t i = 0; i < n; i++) {
		const struct category *parent = category_in(all, n, all[i].parent);
		const struct category_name *name = category_name_in(&all[i], p.lang, p.settings.default_lang);
		json_t *o = json_object();
		set(o, "slug", all[i].slug);
		set(o, "name", category_name_on(&p, &all[i]));
		set(o, "description", name ? name->description : STR(""));
		json_object_set_new(o, "parent", parent ? text(parent->slug) : json_null());
		json_object_set_new(o, "articles", json_integer(all[i].articles));
		set(o, "url", url_absolute(&p, url_category(&p, p.lang, all[i].slug)));
		json_array_append_new(list, o);
	}
	page_key(&p, CHANGE_LISTS, 0);
	return send_json(&p, json_pack("{s:o}", "categories", list));
}

static json_t *hit_json(struct page *p, const struct search_hit *hit)
{
	json_t *o = json_object();
	json_object_set_new(o, "id", json_integer(hit->article));
	set(o, "lang", hit->lang);
	set(o, "title", hit->title);
	set(o, "title_html", hit->title_html);
	set(o, "snippet_html", hit->snippet_html);
	set(o, "url", url_absolute(p, url_article(p, hit->lang, hit->slug)));
	json_object_set_new(o, "published", date(p, hit->published_at));
	json_object_set_new(o, "score", json_real(hit->score));
	json_object_set_new(o, "relaxed", json_boolean(hit->relaxed));
	json_object_set_new(o, "pinned", json_boolean(hit->pinned));
	return o;
}

bool api_missing(const struct web_request *req, struct web_response *res, struct error *err)
{
	struct page p;
	return begin(&p, req, res, err) && refuse(&p, 404, "there is nothing at this address");
}

bool api_search(const struct web_request *req, struct web_response *res, struct error *err)
{
	struct page p;
	struct search_result found = { 0 };
	int64_t page, per_page, year;
	if (!begin(&p, req, res, err))
		return false;
	res->no_store = true;
	if (!number(req, "page", 1, 1000000, &page) || !number(req, "per_page", API_PAGE, API_PAGE_MAX, &per_page) ||
	    !number(req, "year", 0, 9999, &year))
		return refuse(&p, 400, "page must be 1 or more, per_page from 1 to 100, year from 1 to 9999");
	struct search_request ask = { .query = web_param_get(req, "q"),
		.lang = p.lang,
		.snippets = true,
		.only_lang = web_param_get(req, "only_lang"),
		.limit = (size_t)per_page,
		.year = (int)year,
		.offset = (size_t)((page - 1) * per_page) };
	struct article_filter filter = { 0 };
	if (str_eq(web_param_get(req, "order"), STR("newest")))
		ask.order = SEARCH_NEWEST;
	if (!filter_category(&p, &filter))
		return err->code == ERR_NOT_FOUND ? refuse(&p, 404, "there is no such category") : false;
	ask.category = filter.category;
	res->n_keys = 0;
	if (!search_query(p.site->search, &ask, &found, p.arena, err))
		return err->code == ERR_UNAVAILABLE ? refuse(&p, 503, "the search index is being built; try again in a moment")
		                                    : false;
	json_t *hits = json_array();
	for (size_t i = 0; i < found.n_hits; i++)
		json_array_append_new(hits, hit_json(&p, &found.hits[i]));
	return send_json(
	    &p, json_pack("{s:o,s:I,s:f,s:o,s:o}", "query", text(ask.query), "total", (json_int_t)found.total, "ms",
	            found.ms, "did_you_mean", found.did_you_mean.n ? text(found.did_you_mean) : json_null(), "hits", hits));
}

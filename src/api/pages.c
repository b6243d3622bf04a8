#include "api/inner.h"

/* Pages that stand apart, such as About. They are articles: written, published and thrown away as such. */

static json_t *page_json(struct api_call *c, const struct page_item *p)
{
	json_t *o = api_object(c);
	api_int(c, o, "id", p->id);
	api_int(c, o, "group", p->group_id);
	api_str(c, o, "lang", p->lang);
	api_str(c, o, "slug", p->slug);
	api_str(c, o, "title", p->title);
	api_str(c, o, "status", article_status_name(p->status));
	api_time(c, o, "updated", p->updated_at);
	api_bool(c, o, "found", p->found);
	return o;
}

static bool list(struct api_call *c)
{
	struct page_item *all;
	size_t n, from, to;
	struct str next;
	if (!page_list(c->store, &all, &n, c->arena, c->err) || !api_slice(c, n, &from, &to, &next))
		return false;
	json_t *out = api_list(c);
	for (size_t i = from; i < to; i++)
		api_push(c, out, page_json(c, &all[i]));
	return api_page(c, out, next);
}

static bool answer(struct api_call *c, int64_t id)
{
	struct page_item *all;
	size_t n;
	if (!page_list(c->store, &all, &n, c->arena, c->err))
		return false;
	for (size_t i = 0; i < n && !c->answer; i++) {
		if (all[i].id == id)
			c->answer = page_json(c, &all[i]);
	}
	return c->answer || api_refuse(c, 404, "there is no such page");
}

static bool create(struct api_call *c)
{
	struct desk_work w = api_work(c);
	struct article a = { .lang = c->settings.default_lang, .status = ARTICLE_DRAFT };
	const char *problem = NULL;
	struct str kind = STR("empty");
	int64_t original = 0;
	bool known = false;
	api_get_str(c->body, "title", &a.title);
	api_get_str(c->body, "lang", &a.lang);
	api_get_str(c->body, "kind", &kind);
	api_get_int(c->body, "version_of", &original);
	a.title = str_trim(a.title);
	for (size_t i = 0; i < c->settings.n_langs; i++)
		known |= str_eq(a.lang, c->settings.langs[i]);
	if (!known)
		return api_refuse_field(c, "/lang", "must be one of the site's languages");
	struct store_tx *tx = api_begin(c);
	if (api_commit(c, tx, tx && desk_page_begin(&w, tx, &a, kind, original, &problem))) {
		api_location(c, DESK "/articles", a.id);
		return answer(c, a.id);
	}
	if (!problem)
		return c->err->code == ERR_NOT_FOUND ? api_refuse_field(c, "/version_of", "must be the id of a page") : false;
	return a.title.n == 0 ? api_refuse_field(c, "/title", "%s", problem) : api_refuse(c, 409, "%s", problem);
}

static bool change(struct api_call *c)
{
	int64_t id;
	bool found = false, is = false;
	if (!api_id(c, 0, &id) || !page_is(c->store, id, &is, c->err))
		return false;
	if (!is)
		return api_refuse(c, 404, "there is no such page");
	api_get_bool(c->body, "found", &found);
	struct store_tx *tx = api_begin(c);
	return api_commit(c, tx,
	           tx && page_set(tx, id, found, c->err) &&
	               api_audit(c, tx, found ? STR("page.found") : STR("page.hidden"),
	                   arena_printf(c->arena, "%lld", (long long)id))) &&
	       answer(c, id);
}

static const char *const KINDS[] = { "empty", "about", "contact", "privacy", NULL };
static const struct api_field NEW_FIELDS[] = {
	{ "title", API_LINE, API_REQUIRED, .max = CREDIT_MAX },
	{ "lang", API_LINE, .max = 35, .about = "One of the site's; left out: the first." },
	{ "kind", API_LINE, .max = 16, .values = KINDS, .about = "Which text it starts with." },
	{ "version_of", API_INTEGER, .about = "The id of the page that it is a translation of." },
};
API_SCHEMA(NEW, "PageNew", NEW_FIELDS);
static const struct api_field CHANGE_FIELDS[] = {
	{ "found", API_BOOLEAN, API_REQUIRED, .about = "By search." },
};
API_SCHEMA(CHANGE, "PageChange", CHANGE_FIELDS);
static const struct api_field PAGE_FIELDS[] = {
	{ "id", API_INTEGER, API_REQUIRED, .about = "Of the article that it is." },
	{ "group", API_INTEGER, API_REQUIRED, .about = "The same for translations of each other." },
	{ "lang", API_TEXT, .flags = API_REQUIRED },
	{ "slug", API_TEXT, .flags = API_REQUIRED },
	{ "title", API_TEXT, .flags = API_REQUIRED },
	{ "status", API_TEXT, .flags = API_REQUIRED },
	{ "updated", API_TIME, .flags = API_REQUIRED },
	{ "found", API_BOOLEAN, API_REQUIRED, .about = "By search." },
};
API_SCHEMA(PAGE, "Page", PAGE_FIELDS);
static const struct api_field LIST_FIELDS[] = { API_PAGE_ANSWER(PAGE) };
API_SCHEMA(LIST, "PageList", LIST_FIELDS);
static const struct api_field QUERY_FIELDS[] = { API_PAGE_FIELDS };
API_SCHEMA(QUERY, "PageQuery", QUERY_FIELDS);

static const struct api_action ACTIONS[] = {
	{ WEB_GET, DESK "/pages", "listPages", "Pages that stand apart", NULL, SCOPE_ARTICLES_READ, DESK_SEE, API_PAGED,
	    200, &QUERY, NULL, &LIST, 0, list },
	{ WEB_POST, DESK "/pages", "createPage", "Begins a page that stands apart, as a draft",
	    "It is written and published as the article of its id.", SCOPE_ARTICLES_PUBLISH, DESK_PUBLISH, 0, 201, NULL,
	    &NEW, &PAGE, 0, create },
	{ WEB_PATCH, DESK "/pages/:id", "changePage", "Lets search find a page, or not", NULL, SCOPE_ARTICLES_PUBLISH,
	    DESK_PUBLISH, 0, 200, NULL, &CHANGE, &PAGE, 0, change },
};
const struct api_group PAGES_GROUP = { "Pages", API_ACTIONS(ACTIONS) };

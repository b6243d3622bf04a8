#include "api/article.h"

/* What articles cite, and whether it still answers. */

static const char *const STATES[] = { "unchecked", "alive", "moved", "failing", "dead", NULL };

static json_t *source_json(struct api_call *c, const struct source_record *s)
{
	json_t *o = api_object(c);
	api_int(c, o, "id", s->id);
	api_str(c, o, "url", s->url);
	api_str(c, o, "title", s->title);
	api_str(c, o, "author", s->author);
	api_str(c, o, "outlet", s->outlet);
	api_str(c, o, "published", s->published);
	api_str(c, o, "accessed", s->accessed);
	api_str(c, o, "archive_url", s->archive_url);
	api_bool(c, o, "edited", s->edited);
	api_str(c, o, "state", str_from(STATES[s->state]));
	api_int(c, o, "status", s->status);
	api_str(c, o, "goal", s->goal);
	api_time(c, o, "checked", s->checked_at);
	api_int(c, o, "articles", s->articles);
	return o;
}

static bool list(struct api_call *c)
{
	struct source_record *all;
	size_t n, total;
	int64_t at = 0;
	struct str cursor = api_cursor(c), state = STR("");
	struct source_filter f = { .words = STR(""), .state = -1, .limit = api_limit(c) };
	if (cursor.n && (!str_to_int(cursor, &at) || at < 0))
		return api_refuse(c, 400, "the cursor is not one that a page gave");
	f.offset = (size_t)at;
	api_get_str(c->query, "text", &f.words);
	api_get_bool(c->query, "uncited", &f.uncited);
	api_get_str(c->query, "state", &state);
	for (int i = 0; STATES[i]; i++) {
		if (str_eq(state, str_from(STATES[i])))
			f.state = i;
	}
	if (!source_list(c->store, &f, &all, &n, &total, c->arena, c->err))
		return false;
	json_t *out = api_list(c);
	for (size_t i = 0; i < n; i++)
		api_push(c, out, source_json(c, &all[i]));
	bool more = n > 0 && f.offset + n < total;
	return api_page(c, out, more ? arena_printf(c->arena, "%zu", f.offset + n) : STR(""));
}

static bool find(struct api_call *c, struct source_record *s)
{
	int64_t id;
	return api_id(c, 0, &id) && source_get(c->store, id, s, c->arena, c->err);
}

static bool answer(struct api_call *c, int64_t id)
{
	struct source_record s = { 0 };
	struct article_item *items;
	size_t n;
	if (!source_get(c->store, id, &s, c->arena, c->err) || !source_citers(c->store, id, &items, &n, c->arena, c->err))
		return false;
	json_t *ids = api_list(c);
	for (size_t i = 0; i < n; i++)
		api_push(c, ids, json_integer(items[i].id));
	c->answer = source_json(c, &s);
	api_put(c, c->answer, "cited_by", ids);
	c->etag = api_etag(c, c->answer);
	return true;
}

static bool get(struct api_call *c)
{
	int64_t id;
	return api_id(c, 0, &id) && answer(c, id);
}

/* ---- made, changed ---- */

static void fields(struct api_call *c, struct source_record *s)
{
	api_get_str(c->body, "url", &s->url);
	api_get_str(c->body, "title", &s->title);
	api_get_str(c->body, "author", &s->author);
	api_get_str(c->body, "outlet", &s->outlet);
	api_get_str(c->body, "published", &s->published);
	api_get_str(c->body, "accessed", &s->accessed);
	api_get_str(c->body, "archive_url", &s->archive_url);
}

static struct str object_of(struct api_call *c, const struct source_record *s)
{
	return arena_printf(c->arena, "%lld %.*s", (long long)s->id, (int)utf8_floor(s->url, 200), s->url.p);
}

static bool save(struct api_call *c, struct source_record *s, const char *action)
{
	struct error why = { 0 };
	struct store_tx *tx = api_begin(c);
	bool ok = tx && source_save(tx, s, c->arena, &why);
	if (!ok && why.code == ERR_INVALID)
		api_refuse_field(c, "/url", "must start with https:// or http://");
	else if (!ok && why.code == ERR_EXISTS)
		api_refuse(c, 409, "this address has a record already: %lld", (long long)s->id);
	else if (!ok && why.code)
		*c->err = why;
	return api_commit(c, tx, ok && api_audit(c, tx, str_from(action), object_of(c, s))) && answer(c, s->id);
}

static bool read_page(struct api_call *c, struct source_record *s)
{
	const char *problem = NULL;
	struct desk_work w = api_work(c);
	bool asks = false;
	struct str html = STR("");
	api_get_text(c, c->body, "html", &html);
	if (!html.n && (!api_get_bool(c->body, "read", &asks) || !asks))
		return true;
	return source_read(&w, s, html, &problem) || (problem ? api_refuse_field(c, "/url", "%s", problem) : false);
}

static bool create(struct api_call *c)
{
	struct source_record s = { .url = STR("") };
	fields(c, &s);
	if (!read_page(c, &s) || !save(c, &s, "source.add"))
		return false;
	api_location(c, DESK "/sources", s.id);
	return true;
}

/* Shows on the pages of all that cite it. */
static bool may_change(struct api_call *c, const struct source_record *s)
{
	bool open = false;
	if (!source_is_public(c->store, s->id, &open, c->err))
		return false;
	return desk_may_shared(c->who.role, open) ||
	       api_refuse(c, 403, "the role does not allow to change a source that published articles cite");
}

static bool change(struct api_call *c)
{
	struct source_record s = { 0 };
	if (!find(c, &s) || !answer(c, s.id))
		return false;
	json_t *now = c->answer;
	bool same = api_match(c, c->etag);
	c->answer = NULL;
	if (c->refused == 412)
		c->current = json_incref(now);
	json_decref(now);
	if (!same || !may_change(c, &s))
		return false;
	fields(c, &s);
	return save(c, &s, "source.save");
}

static bool merge(struct api_call *c)
{
	struct source_record s = { 0 }, other = { 0 };
	struct error why = { 0 };
	int64_t from = 0;
	api_get_int(c->body, "other", &from);
	if (!find(c, &s))
		return false;
	if (from == s.id || !source_get(c->store, from, &other, c->arena, &why)) {
		if (why.code && why.code != ERR_NOT_FOUND)
			*c->err = why;
		return why.code && why.code != ERR_NOT_FOUND
		           ? false
		           : api_refuse_field(c, "/other", "must be the id of another source");
	}
	struct store_tx *tx = api_begin(c);
	return api_commit(c, tx,
	           tx && source_merge(tx, s.id, from, c->err) &&
	               api_audit(c, tx, STR("source.merge"),
	                   arena_printf(c->arena, "%lld into %lld", (long long)from, (long long)s.id))) &&
	       answer(c, s.id);
}

static bool check(struct api_call *c)
{
	struct source_record s = { 0 };
	if (!find(c, &s))
		return false;
	struct store_tx *tx = api_begin(c);
	return api_commit(c, tx, tx && link_check_again(tx, s.id, c->err)) && answer(c, s.id);
}

static bool drop(struct api_call *c)
{
	struct source_record s = { 0 };
	if (!find(c, &s))
		return false;
	struct store_tx *tx = api_begin(c);
	return api_commit(
	    c, tx, tx && source_delete(tx, s.id, c->err) && api_audit(c, tx, STR("source.delete"), object_of(c, &s)));
}

/* ---- the link check ---- */

static bool links(struct api_call *c)
{
	struct link_counts n;
	if (!link_counts(c->store, &n, c->err))
		return false;
	json_t *o = c->answer = api_object(c);
	api_bool(c, o, "check", str_eq(setting_value(c->store, STR("link_check"), c->arena), STR("on")));
	api_int(c, o, "sources", n.sources);
	api_int(c, o, "unchecked", n.unchecked);
	api_int(c, o, "alive", n.alive);
	api_int(c, o, "moved", n.moved);
	api_int(c, o, "failing", n.failing);
	api_int(c, o, "dead", n.dead);
	return true;
}

static bool switch_links(struct api_call *c)
{
	bool on = false;
	api_get_bool(c->body, "check", &on);
	struct str value = on ? STR("on") : STR("off");
	struct store_tx *tx = api_begin(c);
	return api_commit(c, tx,
	           tx && setting_set(tx, STR("link_check"), value, c->err) &&
	               api_audit(c, tx, STR("links.check"), value)) &&
	       links(c);
}

/* ---- the rows ---- */

#define DATE "An ISO date, as far as it is known."
#define CHANGES(required)                                                                     \
	{ "url", API_LINE, required, .max = URL_MAX }, { "title", API_LINE, .max = CREDIT_MAX },  \
	    { "author", API_LINE, .max = CREDIT_MAX }, { "outlet", API_LINE, .max = CREDIT_MAX }, \
	    { "published", API_LINE, .max = CREDIT_MAX, .about = DATE },                          \
	    { "accessed", API_LINE, .max = CREDIT_MAX, .about = DATE },                           \
	{                                                                                         \
		"archive_url", API_LINE, .max = URL_MAX, .about = "Of a kept copy."                   \
	}
static const struct api_field NEW_FIELDS[] = {
	CHANGES(API_REQUIRED),
	{ "read", API_BOOLEAN, .about = "Fills what is not said from the page at the address, which is asked now." },
	{ "html", API_TEXT, .max = ARTICLE_BODY_MAX, .about = "A saved page, to be read in its place." },
};
API_SCHEMA(NEW, "SourceNew", NEW_FIELDS);
static const struct api_field CHANGE_FIELDS[] = { CHANGES(0) };
API_SCHEMA(CHANGE, "SourceChange", CHANGE_FIELDS);
#define SOURCE_FIELDS                                                                                              \
	{ "id", API_INTEGER, .flags = API_REQUIRED }, { "url", API_TEXT, .flags = API_REQUIRED },                      \
	    { "title", API_TEXT, .flags = API_REQUIRED }, { "author", API_TEXT, .flags = API_REQUIRED },               \
	    { "outlet", API_TEXT, .flags = API_REQUIRED }, { "published", API_TEXT, API_REQUIRED, .about = DATE },     \
	    { "accessed", API_TEXT, API_REQUIRED, .about = DATE }, { "archive_url", API_TEXT, .flags = API_REQUIRED }, \
	    { "edited", API_BOOLEAN, API_REQUIRED, .about = "By somebody at the desk: it stays, cited or not." },      \
	    { "state", API_TEXT, API_REQUIRED, .values = STATES },                                                     \
	    { "status", API_INTEGER, API_REQUIRED, .about = "Of the last answer; 0: none came." },                     \
	    { "goal", API_TEXT, API_REQUIRED, .about = "Where a redirect leads for good." },                           \
	    { "checked", API_TIME, .flags = API_REQUIRED | API_NULLABLE },                                             \
	{                                                                                                              \
		"articles", API_INTEGER, API_REQUIRED, .about = "How many cite it."                                        \
	}
static const struct api_field ITEM_FIELDS[] = { SOURCE_FIELDS };
API_SCHEMA(ITEM, "SourceItem", ITEM_FIELDS);
static const struct api_field WHOLE_FIELDS[] = {
	SOURCE_FIELDS,
	{ "cited_by", API_LIST, API_REQUIRED, .item = API_INTEGER, .about = "Ids of articles, of any status." },
};
API_SCHEMA(SOURCE, "Source", WHOLE_FIELDS);
static const struct api_field PAGE_FIELDS[] = { API_PAGE_ANSWER(ITEM) };
API_SCHEMA(PAGE, "SourcePage", PAGE_FIELDS);
static const struct api_field QUERY_FIELDS[] = {
	API_PAGE_FIELDS,
	{ "text", API_LINE, .max = QUERY_MAX, .about = "Stands in address, title, author or outlet." },
	{ "state", API_LINE, .max = 16, .values = STATES },
	{ "uncited", API_BOOLEAN, .about = "Only those that no article cites." },
};
API_SCHEMA(QUERY, "SourceQuery", QUERY_FIELDS);
static const struct api_field MERGE_FIELDS[] = {
	{ "other", API_INTEGER, API_REQUIRED, .about = "The id of the one that becomes part of this." },
};
API_SCHEMA(MERGE, "SourceMerge", MERGE_FIELDS);
static const struct api_field LINKS_FIELDS[] = {
	{ "check", API_BOOLEAN, API_REQUIRED, .about = "Are links asked, slowly, in the background?" },
	{ "sources", API_INTEGER, API_REQUIRED, .about = "That articles cite." },
	{ "unchecked", API_INTEGER, .flags = API_REQUIRED },
	{ "alive", API_INTEGER, .flags = API_REQUIRED },
	{ "moved", API_INTEGER, .flags = API_REQUIRED },
	{ "failing", API_INTEGER, .flags = API_REQUIRED },
	{ "dead", API_INTEGER, .flags = API_REQUIRED },
};
API_SCHEMA(LINKS, "Links", LINKS_FIELDS);
static const struct api_field SWITCH_FIELDS[] = { { "check", API_BOOLEAN, .flags = API_REQUIRED } };
API_SCHEMA(SWITCH, "LinksChange", SWITCH_FIELDS);

static const struct api_action ACTIONS[] = {
	{ WEB_GET, DESK "/sources", "listSources", "What articles cite, the newest record first",
	    "With a state: the one checked last first.", SCOPE_SOURCES, DESK_SEE, API_PAGED, 200, &QUERY, NULL, &PAGE, 0,
	    list },
	{ WEB_POST, DESK "/sources", "createSource", "Adds a source by its address",
	    "The same work is one record, however its address is spelled.", SCOPE_SOURCES, DESK_CREATE, API_ETAG, 201, NULL,
	    &NEW, &SOURCE, ARTICLE_BODY_MAX + MIB, create },
	{ WEB_GET, DESK "/sources/:id", "getSource", "A source, with what cites it", NULL, SCOPE_SOURCES, DESK_SEE,
	    API_ETAG, 200, NULL, NULL, &SOURCE, 0, get },
	{ WEB_PATCH, DESK "/sources/:id", "changeSource", "Changes the fields that are named",
	    "It shows on the pages of all articles that cite it.", SCOPE_SOURCES, DESK_CREATE,
	    API_ETAG | API_MAY_MATCH | API_CONFLICTS, 200, NULL, &CHANGE, &SOURCE, 0, change },
	{ WEB_DELETE, DESK "/sources/:id", "deleteSource", "Deletes a source that nothing cites", NULL, SCOPE_SOURCES,
	    DESK_PUBLISH, API_CONFLICTS, 204, NULL, NULL, NULL, 0, drop },
	{ WEB_POST, DESK "/sources/:id/merge", "mergeSource", "Makes another source part of this", NULL, SCOPE_SOURCES,
	    DESK_PUBLISH, API_ETAG, 200, NULL, &MERGE, &SOURCE, 0, merge },
	{ WEB_POST, DESK "/sources/:id/check", "checkSource", "Lets its address be asked again soon", NULL, SCOPE_SOURCES,
	    DESK_CREATE, API_ETAG, 200, NULL, &API_NOTHING, &SOURCE, 0, check },
	{ WEB_GET, DESK "/links", "getLinks", "How the links of all sources stand", NULL, SCOPE_SOURCES, DESK_SEE, 0, 200,
	    NULL, NULL, &LINKS, 0, links },
	{ WEB_PATCH, DESK "/links", "changeLinks", "Switches the link check on or off", NULL, SCOPE_SOURCES, DESK_PUBLISH,
	    0, 200, NULL, &SWITCH, &LINKS, 0, switch_links },
};
const struct api_group SOURCES_GROUP = { "Sources", API_ACTIONS(ACTIONS) };

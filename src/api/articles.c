#include "api/article.h"

/* Articles of any status: listed, read, made, changed, published, previewed. */

static bool load(struct api_call *c, struct article *a, bool *own)
{
	int64_t id;
	return api_id(c, 0, &id) && article_whole(c->store, id, a, c->arena, c->err) &&
	       article_is_by(c->store, id, c->who.id, own, c->err);
}

static bool answer(struct api_call *c, int64_t id)
{
	struct article a;
	if (!article_whole(c->store, id, &a, c->arena, c->err))
		return false;
	c->answer = article_json(c, &a);
	/* What was sent need not be sent back. */
	if (c->req->method != WEB_GET) {
		json_object_del(c->answer, "body");
		json_object_del(c->answer, "preface");
	}
	c->etag = article_etag(c, &a);
	return true;
}

/* ---- listing ---- */

/* "1790000000-12": when the last entry was changed, and its id. */
static bool read_cursor(struct api_call *c, int64_t *at, int64_t *id)
{
	struct str cursor = api_cursor(c), rest = cursor;
	*at = *id = 0;
	if (cursor.n == 0)
		return true;
	struct str first = str_split(&rest, '-');
	return (str_to_int(first, at) && str_to_int(rest, id) && *id > 0) ||
	       api_refuse(c, 400, "the cursor is not one that a page gave");
}

static bool list(struct api_call *c)
{
	struct article_item *items;
	struct article_filter f = { .status = -1, .limit = api_limit(c) + 1 };
	struct str status = STR("");
	enum article_status s;
	int64_t at, id;
	size_t n;
	if (api_get_str(c->query, "status", &status) && article_status_parse(status, &s))
		f.status = (int)s;
	api_get_str(c->query, "lang", &f.only_lang);
	api_get_str(c->query, "tag", &f.tag);
	api_get_str(c->query, "title", &f.title);
	api_get_int(c->query, "category", &f.category);
	if (!read_cursor(c, &at, &id) || !article_list_after(c->store, &f, at, id, &items, &n, c->arena, c->err))
		return false;
	bool more = n == f.limit;
	n -= more;
	json_t *out = api_list(c);
	for (size_t i = 0; i < n; i++)
		api_push(c, out, article_item_json(c, &items[i]));
	return api_page(c, out,
	    more ? arena_printf(c->arena, "%lld-%lld", (long long)items[n - 1].updated_at, (long long)items[n - 1].id)
	         : STR(""));
}

static bool get(struct api_call *c)
{
	int64_t id;
	return api_id(c, 0, &id) && answer(c, id);
}

/* ---- changing ---- */

/* Somebody else's text is shown, so that nothing is lost on either side. */
static bool changed_meanwhile(struct api_call *c, const struct article *theirs)
{
	c->etag = article_etag(c, theirs);
	c->current = article_json(c, theirs);
	return api_refuse(c, 412, "it was changed meanwhile: `current` is what it says now");
}

static bool save(struct api_call *c, struct article *a, struct str base)
{
	struct article theirs = { 0 };
	struct error why = { 0 };
	bool changed;
	struct store_tx *tx = api_begin(c);
	if (!tx)
		return false;
	if (!article_edit(tx, a, &c->as, base, &theirs, &changed, c->arena, &why)) {
		store_rollback(tx);
		if (why.code == ERR_CONFLICT && theirs.id)
			return changed_meanwhile(c, &theirs);
		*c->err = why;
		return false;
	}
	return api_commit(c, tx, true) && answer(c, a->id);
}

static bool may(struct api_call *c, bool own, const struct article *old, enum article_status to)
{
	if (old->status == ARTICLE_TRASHED)
		return api_refuse(c, 409, "the article is in the trash: take it back first");
	if (api_may_edit(c, own, old->status, to))
		return true;
	return api_refuse(c, 403, "role and scopes do not allow to change this article so");
}

static bool create(struct api_call *c)
{
	struct article none = { 0 }, a = { .lang = c->settings.default_lang };
	if (!article_fields(c, &none, &a) || !may(c, true, &none, a.status) || !save(c, &a, STR("")))
		return false;
	api_location(c, DESK "/articles", a.id);
	return true;
}

/* The article that the sender means to change, as they know it. */
static bool open_state(struct api_call *c, struct article *old, bool *own)
{
	if (!load(c, old, own))
		return false;
	if (!api_match(c, article_etag(c, old))) {
		if (c->refused == 412)
			c->current = article_json(c, old);
		return false;
	}
	return true;
}

static bool change(struct api_call *c)
{
	struct article old;
	bool own;
	if (!open_state(c, &old, &own))
		return false;
	struct article a = old;
	a.updated_at = 0;
	return article_fields(c, &old, &a) && may(c, own, &old, a.status) && save(c, &a, article_state(&old, c->arena));
}

static bool publish(struct api_call *c)
{
	struct article old;
	bool own;
	int64_t at = 0;
	if (!open_state(c, &old, &own))
		return false;
	struct article a = old;
	a.updated_at = 0;
	a.status = ARTICLE_PUBLISHED;
	if (api_get_time(c->body, "at", &at) && at) {
		if (at <= c->now)
			return api_refuse_field(c, "/at", "must lie ahead");
		a.status = ARTICLE_SCHEDULED;
		a.published_at = at;
	} else if (old.published_at == 0 || old.published_at > c->now) {
		a.published_at = c->now;
	}
	return may(c, own, &old, a.status) && save(c, &a, article_state(&old, c->arena));
}

static bool preview(struct api_call *c)
{
	struct doc body, preface;
	struct doc_options options = { .lang = c->settings.default_lang, .id_prefix = STR("preview-") };
	struct str format = STR(""), body_text = STR(""), preface_text = STR("");
	api_get_str(c->body, "lang", &options.lang);
	if (api_get_str(c->body, "format", &format) && str_eq(format, STR("html")))
		options.format = DOC_HTML;
	struct doc_options plain = options;
	plain.id_prefix = STR("preface-");
	plain.no_citations = true;
	api_get_text(c, c->body, "body", &body_text);
	api_get_text(c, c->body, "preface", &preface_text);
	if (!doc_render(&body, body_text, &options, c->arena, c->err) ||
	    !doc_render(&preface, preface_text, &plain, c->arena, c->err))
		return false;
	c->answer = api_object(c);
	api_str(c, c->answer, "html", body.html);
	api_str(c, c->answer, "preface_html", preface.html);
	api_str(c, c->answer, "excerpt", body.excerpt);
	api_put(c, c->answer, "links", api_texts(c, body.links, body.n_links));
	return true;
}

/* As pasting at the desk. */
static bool convert(struct api_call *c)
{
	struct doc_options options = { .format = DOC_HTML, .lang = c->settings.default_lang };
	struct str html = STR(""), markdown;
	api_get_text(c, c->body, "html", &html);
	api_get_str(c->body, "lang", &options.lang);
	if (!doc_to_markdown(html, &options, &markdown, c->arena, c->err))
		return false;
	c->answer = api_object(c);
	api_str(c, c->answer, "markdown", markdown);
	return true;
}

/* ---- the rows ---- */

#define ARTICLE_BODY_ROUTE_MAX (10 * MIB) /* body and preface, and what escapes add */

static const struct api_field LIST_QUERY_FIELDS[] = {
	API_PAGE_FIELDS,
	{ "status", API_LINE, .max = 16, .values = ARTICLE_STATUSES },
	{ "lang", API_LINE, .max = 35, .about = "Only articles in this language." },
	{ "category", API_INTEGER, .about = "The id of one; those below it count." },
	{ "tag", API_LINE, .max = ARTICLE_TAG_MAX },
	{ "title", API_LINE, .max = QUERY_MAX, .about = "Stands in the title." },
};
API_SCHEMA(LIST_QUERY, "ArticleQuery", LIST_QUERY_FIELDS);

static const struct api_field LIST_FIELDS[] = { API_PAGE_ANSWER(ARTICLE_ITEM) };
API_SCHEMA(LIST, "ArticlePage", LIST_FIELDS);

static const struct api_field PUBLISH_FIELDS[] = {
	{ "at", API_TIME, .about = "When; left out: now." },
};
API_SCHEMA(PUBLISH, "Publish", PUBLISH_FIELDS);

static const char *const FORMATS[] = { "markdown", "html", NULL };
static const struct api_field PREVIEW_FIELDS[] = {
	{ "body", API_TEXT, API_REQUIRED, .max = ARTICLE_BODY_MAX },
	{ "preface", API_TEXT, .max = ARTICLE_BODY_MAX },
	{ "format", API_LINE, .max = 16, .values = FORMATS },
	{ "lang", API_LINE, .max = 35 },
};
API_SCHEMA(PREVIEW, "PreviewRequest", PREVIEW_FIELDS);
static const struct api_field PREVIEWED_FIELDS[] = {
	{ "html", API_TEXT, API_REQUIRED, .about = "Clean, as readers would be shown it." },
	{ "preface_html", API_TEXT, .flags = API_REQUIRED },
	{ "excerpt", API_TEXT, .flags = API_REQUIRED },
	{ "links", API_LIST, API_REQUIRED, .item = API_TEXT },
};
API_SCHEMA(PREVIEWED, "Preview", PREVIEWED_FIELDS);

static const struct api_field CONVERT_FIELDS[] = {
	{ "html", API_TEXT, API_REQUIRED, .max = ARTICLE_BODY_MAX, .about = "As a web page or a word processor has it." },
	{ "lang", API_LINE, .max = 35 },
};
API_SCHEMA(CONVERT, "MarkdownRequest", CONVERT_FIELDS);
static const struct api_field CONVERTED_FIELDS[] = { { "markdown", API_TEXT, .flags = API_REQUIRED } };
API_SCHEMA(CONVERTED, "Markdown", CONVERTED_FIELDS);

static const struct api_action ACTIONS[] = {
	{ WEB_GET, DESK "/articles", "listArticles", "Articles of any status, last changed first", NULL,
	    SCOPE_ARTICLES_READ, DESK_SEE, API_PAGED, 200, &LIST_QUERY, NULL, &LIST, 0, list },
	{ WEB_POST, DESK "/articles", "createArticle", "Makes an article", NULL, SCOPE_ARTICLES_WRITE, DESK_CREATE,
	    API_ETAG, 201, NULL, &ARTICLE_NEW, &ARTICLE_SAVED, ARTICLE_BODY_ROUTE_MAX, create },
	{ WEB_GET, DESK "/articles/:id", "getArticle", "An article, with its texts as they were written", NULL,
	    SCOPE_ARTICLES_READ, DESK_SEE, API_ETAG, 200, NULL, NULL, &ARTICLE, 0, get },
	{ WEB_PATCH, DESK "/articles/:id", "changeArticle", "Changes the fields that are named",
	    "What it said before stays among the revisions. The ETag of the answer is the new state.", SCOPE_ARTICLES_WRITE,
	    DESK_SEE, API_ETAG | API_MATCH | API_CONFLICTS, 200, NULL, &ARTICLE_CHANGE, &ARTICLE_SAVED,
	    ARTICLE_BODY_ROUTE_MAX, change },
	{ WEB_POST, DESK "/articles/:id/publish", "publishArticle", "Publishes an article, now or at a time", NULL,
	    SCOPE_ARTICLES_PUBLISH, DESK_PUBLISH, API_ETAG | API_MAY_MATCH, 200, NULL, &PUBLISH, &ARTICLE_SAVED, 0,
	    publish },
	{ WEB_POST, DESK "/preview", "previewArticle", "Renders a text and keeps nothing", NULL, SCOPE_ARTICLES_READ,
	    DESK_SEE, 0, 200, NULL, &PREVIEW, &PREVIEWED, ARTICLE_BODY_ROUTE_MAX, preview },
	{ WEB_POST, DESK "/markdown", "convertToMarkdown", "Makes clean Markdown of what was copied, and keeps nothing",
	    NULL, SCOPE_ARTICLES_READ, DESK_SEE, 0, 200, NULL, &CONVERT, &CONVERTED, ARTICLE_BODY_ROUTE_MAX, convert },
};
const struct api_group ARTICLES_GROUP = { "Articles", API_ACTIONS(ACTIONS) };

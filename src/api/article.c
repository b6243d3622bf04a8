#include "api/article.h"

/* An article as JSON: shown whole and as an entry of a list, made and changed. */

const char *const ARTICLE_STATUSES[] = { "draft", "review", "scheduled", "published", "private", "archived", NULL };
/* In an answer one more. */
static const char *const STATUSES_SEEN[] = { "draft", "review", "scheduled", "published", "private", "archived",
	"trashed", NULL };
static const char *const FORMATS[] = { "markdown", "html", NULL };

#define ADDRESS "Of the web (https://…) or of this site (/…)."

#define ORIGINAL_FIELDS(max_)                                                                           \
	{ "title", API_LINE, .max = (max_) }, { "author", API_LINE, .max = (max_) },                        \
	    { "publisher", API_LINE, .max = (max_) }, { "url", API_LINE, .max = (max_), .about = ADDRESS }, \
	    { "date", API_LINE, .max = (max_), .about = "As it was printed." },                             \
	    { "licence", API_LINE, .max = (max_), .about = "Such as CC BY 4.0." },                          \
	{                                                                                                   \
		"lang", API_LINE, .max = (max_)                                                                 \
	}

static const struct api_field ORIGINAL_IN_FIELDS[] = { ORIGINAL_FIELDS(CREDIT_MAX) };
API_SCHEMA(ORIGINAL_IN, "OriginalChange", ORIGINAL_IN_FIELDS);

static const struct api_field ORIGINAL_OUT_FIELDS[] = {
	{ "title", API_TEXT, .flags = API_REQUIRED },
	{ "author", API_TEXT, .flags = API_REQUIRED },
	{ "publisher", API_TEXT, .flags = API_REQUIRED },
	{ "url", API_TEXT, .flags = API_REQUIRED },
	{ "date", API_TEXT, .flags = API_REQUIRED },
	{ "licence", API_TEXT, .flags = API_REQUIRED },
	{ "lang", API_TEXT, .flags = API_REQUIRED },
};
API_SCHEMA(ORIGINAL_OUT, "Original", ORIGINAL_OUT_FIELDS);

#define CHANGES(required)                                                                                         \
	{ "title", API_LINE, required, .max = CREDIT_MAX },                                                           \
	    { "lang", API_LINE, .max = 35, .about = "BCP 47; one of the site's languages. New: the site's first." },  \
	    { "slug", API_LINE, .max = SLUG_MAX,                                                                      \
		    .about = "The name in the address; a number is added where it is taken. New: made from the title." }, \
	    { "format", API_LINE, .max = 16, .values = FORMATS, .about = "Of body and preface. New: markdown." },     \
	    { "body", API_TEXT, .max = ARTICLE_BODY_MAX },                                                            \
	    { "preface", API_TEXT, .max = ARTICLE_BODY_MAX, .about = "The translator's." },                           \
	    { "summary", API_LINE, .max = FORM_MAX, .about = "Empty: the beginning of the body serves." },            \
	    { "author", API_LINE, .max = CREDIT_MAX }, { "translator", API_LINE, .max = CREDIT_MAX },                 \
	    { "original", API_OBJECT, .of = &ORIGINAL_IN, .about = "The work that it is a translation of." },         \
	    { "categories", API_LIST, .max = PARAMS_MAX, .item = API_INTEGER,                                         \
		    .about = "Ids; the first is the main one." },                                                         \
	    { "tags", API_LIST, .max = ARTICLE_TAGS_MAX, .item = API_LINE, .item_max = ARTICLE_TAG_MAX },             \
	    { "sticky", API_BOOLEAN, .about = "Stands first in lists." },                                             \
	    { "status", API_LINE, .max = 16, .values = ARTICLE_STATUSES,                                              \
		    .about = "New: draft. All but draft and review need articles:publish." },                             \
	{                                                                                                             \
		"published", API_TIME, API_NULLABLE, .about = "Of one that is scheduled: when it will be."                \
	}

static const struct api_field NEW_FIELDS[] = { CHANGES(API_REQUIRED) };
const struct api_schema ARTICLE_NEW = { "ArticleNew", NEW_FIELDS, sizeof NEW_FIELDS / sizeof *NEW_FIELDS };
static const struct api_field CHANGE_FIELDS[] = { CHANGES(0) };
const struct api_schema ARTICLE_CHANGE = { "ArticleChange", CHANGE_FIELDS,
	sizeof CHANGE_FIELDS / sizeof *CHANGE_FIELDS };

#define TEXT_FIELDS                                                                                       \
	{ "lang", API_TEXT, .flags = API_REQUIRED }, { "slug", API_TEXT, .flags = API_REQUIRED },             \
	    { "title", API_TEXT, .flags = API_REQUIRED }, { "summary", API_TEXT, .flags = API_REQUIRED },     \
	    { "author", API_TEXT, .flags = API_REQUIRED }, { "translator", API_TEXT, .flags = API_REQUIRED }, \
	    { "status", API_TEXT, API_REQUIRED, .values = STATUSES_SEEN },                                    \
	    { "sticky", API_BOOLEAN, .flags = API_REQUIRED },                                                 \
	{                                                                                                     \
		"published", API_TIME, .flags = API_REQUIRED | API_NULLABLE                                       \
	}

#define ITEM_FIELDS                                                                                               \
	{ "id", API_INTEGER, .flags = API_REQUIRED },                                                                 \
	    { "group", API_INTEGER, API_REQUIRED, .about = "The same for translations of each other." }, TEXT_FIELDS, \
	    { "updated", API_TIME, .flags = API_REQUIRED | API_NULLABLE },                                            \
	{                                                                                                             \
		"url", API_TEXT, API_REQUIRED | API_NULLABLE, .about = "Where readers find it; null unless published."    \
	}

#define MORE_FIELDS                                                    \
	{ "format", API_TEXT, API_REQUIRED, .values = FORMATS },           \
	    { "original", API_OBJECT, API_REQUIRED, .of = &ORIGINAL_OUT }, \
	    { "categories", API_LIST, API_REQUIRED, .item = API_INTEGER }, \
	{                                                                  \
		"tags", API_LIST, API_REQUIRED, .item = API_TEXT               \
	}
#define BODY_FIELDS                                \
	{ "body", API_TEXT, .flags = API_REQUIRED },   \
	{                                              \
		"preface", API_TEXT, .flags = API_REQUIRED \
	}
#define CREATED_FIELD                                             \
	{                                                             \
		"created", API_TIME, .flags = API_REQUIRED | API_NULLABLE \
	}

static const struct api_field ITEM[] = { ITEM_FIELDS };
const struct api_schema ARTICLE_ITEM = { "ArticleItem", ITEM, sizeof ITEM / sizeof *ITEM };
static const struct api_field WHOLE[] = {
	ITEM_FIELDS,
	CREATED_FIELD,
	MORE_FIELDS,
	BODY_FIELDS,
};
static const struct api_field TEXT[] = { TEXT_FIELDS, MORE_FIELDS, BODY_FIELDS };
const struct api_schema ARTICLE_TEXT = { "ArticleText", TEXT, sizeof TEXT / sizeof *TEXT };
static const struct api_field SAVED[] = { ITEM_FIELDS, CREATED_FIELD, MORE_FIELDS };
const struct api_schema ARTICLE_SAVED = { "ArticleSaved", SAVED, sizeof SAVED / sizeof *SAVED };
const struct api_schema ARTICLE = { "Article", WHOLE, sizeof WHOLE / sizeof *WHOLE };

/* ---- shown ---- */

static void put_url(struct api_call *c, json_t *o, const struct article_item *a)
{
	struct str base = c->settings.base_url;
	if (a->status != ARTICLE_PUBLISHED) {
		api_null(c, o, "url");
		return;
	}
	struct str path = site_article_path(c->arena, c->settings.default_lang, a->lang, a->slug);
	api_str(c, o, "url",
	    arena_printf(c->arena, "%.*s%.*s", (int)base.n, base.p ? base.p : "", (int)path.n, path.p ? path.p : ""));
}

json_t *article_item_json(struct api_call *c, const struct article_item *a)
{
	json_t *o = api_object(c);
	api_int(c, o, "id", a->id);
	api_int(c, o, "group", a->group_id);
	api_str(c, o, "lang", a->lang);
	api_str(c, o, "slug", a->slug);
	api_str(c, o, "title", a->title);
	api_str(c, o, "summary", a->summary);
	api_str(c, o, "author", a->author);
	api_str(c, o, "translator", a->translator);
	api_str(c, o, "status", article_status_name(a->status));
	api_bool(c, o, "sticky", a->sticky);
	api_time(c, o, "published", a->published_at);
	api_time(c, o, "updated", a->updated_at);
	put_url(c, o, a);
	return o;
}

static json_t *original_json(struct api_call *c, const struct original *o)
{
	json_t *out = api_object(c);
	api_str(c, out, "title", o->title);
	api_str(c, out, "author", o->author);
	api_str(c, out, "publisher", o->publisher);
	api_str(c, out, "url", o->url);
	api_str(c, out, "date", o->date);
	api_str(c, out, "licence", o->licence);
	api_str(c, out, "lang", o->lang);
	return out;
}

json_t *article_json(struct api_call *c, const struct article *a)
{
	struct article_item item = { .id = a->id,
		.group_id = a->group_id,
		.lang = a->lang,
		.slug = a->slug,
		.title = a->title,
		.summary = a->summary,
		.author = a->author,
		.translator = a->translator,
		.status = a->status,
		.published_at = a->published_at,
		.updated_at = a->updated_at,
		.sticky = a->sticky };
	json_t *o = article_item_json(c, &item);
	api_str(c, o, "format", a->format == DOC_HTML ? STR("html") : STR("markdown"));
	api_str(c, o, "body", a->body);
	api_str(c, o, "preface", a->preface);
	api_put(c, o, "original", original_json(c, &a->original));
	api_put(c, o, "categories", api_ids(c, a->categories, a->n_categories));
	api_put(c, o, "tags", api_texts(c, a->tags, a->n_tags));
	api_time(c, o, "created", a->created_at);
	return o;
}

struct str article_etag(struct api_call *c, const struct article *a)
{
	struct str state = article_state(a, c->arena);
	struct str etag = arena_printf(c->arena, "\"%.*s\"", (int)state.n, state.p ? state.p : "");
	c->failed |= !state.p || !etag.p;
	return etag;
}

/* ---- made and changed ---- */

static bool is_address(struct str url)
{
	return str_starts_ci(url, STR("https://")) || str_starts_ci(url, STR("http://")) ||
	       (str_starts(url, STR("/")) && !str_starts(url, STR("//")));
}

static bool check_lang(struct api_call *c, const struct article *old, struct str lang)
{
	bool known = str_eq(lang, old->lang);
	for (size_t i = 0; i < c->settings.n_langs; i++)
		known |= str_eq(lang, c->settings.langs[i]);
	return known || api_refuse_field(c, "/lang", "must be one of the site's languages");
}

static bool check_categories(struct api_call *c, const struct article *a)
{
	struct category *all;
	size_t n;
	if (!category_list(c->store, &all, &n, c->arena, c->err))
		return false;
	for (size_t i = 0; i < a->n_categories; i++) {
		bool there = false;
		for (size_t k = 0; k < n; k++)
			there |= all[k].id == a->categories[i];
		for (size_t k = 0; k < i; k++)
			there &= a->categories[k] != a->categories[i];
		if (!there)
			return api_refuse_field(
			    c, arena_printf(c->arena, "/categories/%zu", i).p, "must be the id of a category, each once");
	}
	return true;
}

/* Each once, without the empty ones. */
static bool tidy_tags(struct api_call *c, struct article *a)
{
	struct str *tags = arena_array(c->arena, a->n_tags + 1, sizeof *tags);
	size_t n = 0;
	if (!tags)
		return error_memory(c->err);
	for (size_t i = 0; i < a->n_tags; i++) {
		struct str tag = str_trim(a->tags[i]);
		bool twice = tag.n == 0;
		for (size_t k = 0; k < n; k++)
			twice |= str_eq(tags[k], tag);
		if (!twice)
			tags[n++] = tag;
	}
	a->tags = tags;
	a->n_tags = n;
	return true;
}

static bool check(struct api_call *c, const struct article *old, struct article *a)
{
	a->title = str_trim(a->title);
	if (a->title.n == 0)
		return api_refuse_field(c, "/title", "must not be empty");
	if (a->original.url.n && !str_eq(a->original.url, old->original.url) && !is_address(a->original.url))
		return api_refuse_field(c, "/original/url", "must start with https://, http:// or /");
	if (a->status == ARTICLE_SCHEDULED && a->published_at <= c->now)
		return api_refuse_field(c, "/published", "must lie ahead to schedule the article");
	return check_lang(c, old, a->lang) && check_categories(c, a) && tidy_tags(c, a);
}

static void get_original(json_t *o, struct original *out)
{
	api_get_str(o, "title", &out->title);
	api_get_str(o, "author", &out->author);
	api_get_str(o, "publisher", &out->publisher);
	api_get_str(o, "url", &out->url);
	api_get_str(o, "date", &out->date);
	api_get_str(o, "licence", &out->licence);
	api_get_str(o, "lang", &out->lang);
}

bool article_fields(struct api_call *c, const struct article *old, struct article *a)
{
	json_t *b = c->body;
	struct str name = STR("");
	api_get_str(b, "title", &a->title);
	api_get_str(b, "lang", &a->lang);
	if (api_get_str(b, "slug", &a->slug) && a->slug.n && !str_eq(a->slug, old->slug))
		a->slug = doc_slug_chosen(a->slug, c->arena);
	if (api_get_str(b, "format", &name))
		a->format = str_eq(name, STR("html")) ? DOC_HTML : DOC_MARKDOWN;
	api_get_text(c, b, "body", &a->body);
	api_get_text(c, b, "preface", &a->preface);
	api_get_str(b, "summary", &a->summary);
	api_get_str(b, "author", &a->author);
	api_get_str(b, "translator", &a->translator);
	if (json_object_get(b, "original"))
		get_original(json_object_get(b, "original"), &a->original);
	api_get_ids(c, b, "categories", &a->categories, &a->n_categories);
	api_get_texts(c, b, "tags", &a->tags, &a->n_tags);
	api_get_bool(b, "sticky", &a->sticky);
	if (api_get_str(b, "status", &name))
		article_status_parse(name, &a->status);
	api_get_time(b, "published", &a->published_at);
	return check(c, old, a);
}

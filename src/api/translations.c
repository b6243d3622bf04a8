#include "api/translating.h"

/* Translations in the making: listed, started, their fields, put into articles, a new original. */

bool translating_load(struct api_call *c, struct translating *t)
{
	int64_t id;
	return api_id(c, 0, &id) && translation_get(c->store, id, &t->t, c->arena, c->err) &&
	       translation_blocks(c->store, id, &t->blocks, &t->n, c->arena, c->err);
}

bool translating_told(struct api_call *c, const char *problem, int status, const char *pointer)
{
	if (!problem)
		return false;
	*c->err = (struct error){ 0 };
	return pointer ? api_refuse_field(c, pointer, "%s", problem) : api_refuse(c, status, "%s", problem);
}

/* ---- shown ---- */

static void put_id(struct api_call *c, json_t *o, const char *key, int64_t id)
{
	if (id)
		api_int(c, o, key, id);
	else
		api_null(c, o, key);
}

static json_t *item_json(struct api_call *c, const struct translation *t)
{
	json_t *o = api_object(c);
	api_int(c, o, "id", t->id);
	api_str(c, o, "title", t->title);
	api_str(c, o, "from", t->original.lang);
	api_str(c, o, "lang", t->lang);
	put_id(c, o, "article", t->article);
	put_id(c, o, "source_article", t->source_article);
	api_int(c, o, "blocks", t->blocks);
	api_int(c, o, "done", t->done);
	api_int(c, o, "changed", t->changed);
	api_time(c, o, "behind", t->behind_at);
	api_str(c, o, "started_by", t->started_by);
	api_time(c, o, "created", t->created_at);
	api_time(c, o, "updated", t->updated_at);
	return o;
}

static struct str etag_of(struct api_call *c, const struct translation *t)
{
	struct str stamp = translation_stamp(t, c->arena);
	return arena_printf(c->arena, "\"%.*s\"", (int)stamp.n, stamp.p);
}

static json_t *whole_json(struct api_call *c, const struct translation *t)
{
	json_t *o = item_json(c, t), *original = api_object(c);
	api_str(c, original, "title", t->original.title);
	api_str(c, original, "author", t->original.author);
	api_str(c, original, "publisher", t->original.publisher);
	api_str(c, original, "url", t->original.url);
	api_str(c, original, "date", t->original.date);
	api_str(c, original, "licence", t->original.licence);
	api_str(c, original, "lang", t->original.lang);
	api_str(c, o, "preface", t->preface);
	api_str(c, o, "author", t->author);
	api_str(c, o, "translator", t->translator);
	api_put(c, o, "original", original);
	api_str(c, o, "etag", etag_of(c, t));
	return o;
}

static bool answer(struct api_call *c, int64_t id)
{
	struct translation t = { 0 };
	if (!translation_get(c->store, id, &t, c->arena, c->err))
		return false;
	c->answer = whole_json(c, &t);
	c->etag = STR("");
	return true;
}

static bool list(struct api_call *c)
{
	struct translation *all;
	size_t n, limit = api_limit(c);
	int64_t at = 0;
	bool behind = false;
	struct str cursor = api_cursor(c);
	if (cursor.n && (!str_to_int(cursor, &at) || at < 0))
		return api_refuse(c, 400, "the cursor is not one that a page gave");
	api_get_bool(c->query, "behind", &behind);
	if (behind && at == 0)
		limit = API_PAGE_MAX;
	if (behind ? !translations_behind(c->store, limit, &all, &n, c->arena, c->err)
	           : !translation_list(c->store, (size_t)at, limit + 1, &all, &n, c->arena, c->err))
		return false;
	bool more = !behind && n > limit;
	n -= more;
	json_t *out = api_list(c);
	for (size_t i = 0; i < n; i++)
		api_push(c, out, item_json(c, &all[i]));
	return api_page(c, out, more ? arena_printf(c->arena, "%lld", (long long)at + (long long)n) : STR(""));
}

static bool get(struct api_call *c)
{
	int64_t id;
	return api_id(c, 0, &id) && answer(c, id);
}

/* ---- started ---- */

struct original_asked translating_original(struct api_call *c, json_t *o)
{
	struct original_asked a = { .bytes = STR(""), .name = STR(""), .url = STR("") };
	struct str format = STR("");
	api_get_text(c, o, "text", &a.bytes);
	api_get_str(o, "name", &a.name);
	api_get_str(o, "url", &a.url);
	api_get_str(o, "format", &format);
	a.format = source_format_parse(format);
	return a;
}

static bool create(struct api_call *c)
{
	struct desk_work w = api_work(c);
	struct translation_asked asked = { .article = STR(""), .from = STR("") };
	struct translation_begun begun;
	const char *problem = NULL;
	int64_t article = 0;
	api_get_str(c->body, "lang", &asked.lang);
	api_get_str(c->body, "from", &asked.from);
	if (api_get_int(c->body, "article", &article))
		asked.article = arena_printf(c->arena, "%lld", (long long)article);
	asked.original = translating_original(c, json_object_get(c->body, "original"));
	if (!translation_prepare(&w, &asked, &begun, &problem)) {
		if (c->err->code == ERR_USAGE)
			return translating_told(c, "must be one of the site's languages", 422, "/lang");
		return translating_told(c, problem, 422, asked.article.n ? "/article" : "/original");
	}
	if (begun.known)
		return api_refuse(c, 409, "it is in the making already: translation %lld", (long long)begun.known);
	struct store_tx *tx = api_begin(c);
	if (!api_commit(c, tx, tx && translation_start(&w, tx, &begun)) || !answer(c, begun.t.id))
		return false;
	api_location(c, DESK "/translations", begun.t.id);
	return true;
}

/* ---- changed ---- */

static void get_original(json_t *o, struct original *out)
{
	api_get_str(o, "title", &out->title);
	api_get_str(o, "author", &out->author);
	api_get_str(o, "publisher", &out->publisher);
	api_get_str(o, "url", &out->url);
	api_get_str(o, "date", &out->date);
	api_get_str(o, "licence", &out->licence);
}

static bool change(struct api_call *c)
{
	struct translating w = { 0 };
	struct desk_work work = api_work(c);
	const char *problem;
	bool changed;
	size_t n_conflicts;
	int64_t conflicts[1];
	if (!translating_load(c, &w))
		return false;
	struct str stamp = translation_stamp(&w.t, c->arena);
	struct translation t = w.t;
	if (!api_match(c, etag_of(c, &w.t))) {
		if (c->refused == 412)
			c->current = whole_json(c, &w.t);
		return false;
	}
	api_get_text(c, c->body, "preface", &t.preface);
	api_get_str(c->body, "author", &t.author);
	api_get_str(c->body, "translator", &t.translator);
	get_original(json_object_get(c->body, "original"), &t.original);
	if (!translation_fields_fine(&t, &problem))
		return api_refuse_field(c, "/original/url", "%s", problem);
	struct store_tx *tx = api_begin(c);
	bool ok = tx && translation_save(tx, &t, stamp, NULL, 0, conflicts, &n_conflicts, &changed, c->arena, c->err) &&
	          (!changed || translation_note(&work, tx, &t));
	return api_commit(c, tx, ok) && answer(c, t.id);
}

/* Whoever published it must say so by a scope. */
static bool may_put(struct api_call *c, const struct translation *t)
{
	struct article a;
	bool own;
	if (!t->article)
		return desk_may(c->who.role, DESK_CREATE) || api_refuse(c, 403, "the role does not allow to make an article");
	if (!article_by_id(c->store, t->article, &a, c->arena, c->err) ||
	    !article_is_by(c->store, a.id, c->who.id, &own, c->err))
		return false;
	return api_may_edit(c, own, a.status, a.status) ||
	       api_refuse(c, 403, "role and scopes do not allow to change this article");
}

static bool put(struct api_call *c)
{
	struct translating w = { 0 };
	struct desk_work work = api_work(c);
	const char *problem = NULL;
	bool over = false;
	if (!translating_load(c, &w) || !may_put(c, &w.t))
		return false;
	api_get_bool(c->body, "over", &over);
	struct store_tx *tx = api_begin(c);
	if (api_commit(c, tx, tx && translation_into(&work, tx, &w.t, w.blocks, w.n, over, &problem)))
		return answer(c, w.t.id);
	return translating_told(c, problem, 409, NULL);
}

static bool take(struct api_call *c)
{
	struct translating w = { 0 };
	struct desk_work work = api_work(c);
	const char *problem = NULL;
	if (!translating_load(c, &w))
		return false;
	if (!w.t.article)
		return api_refuse(c, 409, "it was not put into an article yet");
	struct store_tx *tx = api_begin(c);
	if (api_commit(c, tx, tx && translation_take(&work, tx, &w.t, w.blocks, w.n, &problem)))
		return answer(c, w.t.id);
	return translating_told(c, problem, 409, NULL);
}

static bool settle(struct api_call *c)
{
	struct translating w = { 0 };
	if (!translating_load(c, &w))
		return false;
	struct store_tx *tx = api_begin(c);
	return api_commit(c, tx,
	           tx && translation_settle(tx, w.t.id, c->err) &&
	               api_audit(c, tx, STR("translation.settle"), translation_object(&w.t, c->arena))) &&
	       answer(c, w.t.id);
}

static bool renew(struct api_call *c)
{
	struct translating w = { 0 };
	struct desk_work work = api_work(c);
	struct original_asked asked = translating_original(c, c->body);
	struct source_text s;
	const char *problem = NULL;
	bool given;
	if (!translating_load(c, &w))
		return false;
	if (w.t.source_article)
		return api_refuse(c, 409, "its original is an article of this site: what that says is taken by itself");
	if (!original_take(&work, &asked, &s, &given, &problem))
		return translating_told(c, problem, 422, asked.bytes.n ? "/text" : "/url");
	if (!given)
		return api_refuse_field(c, "/text", "must be there, or an address");
	struct store_tx *tx = api_begin(c);
	return api_commit(c, tx,
	           tx && translation_renew(tx, w.t.id, &s.copy, s.blocks, s.n, c->arena, c->err) &&
	               api_audit(c, tx, STR("translation.original"), translation_object(&w.t, c->arena))) &&
	       answer(c, w.t.id);
}

static bool drop(struct api_call *c)
{
	struct translating w = { 0 };
	if (!translating_load(c, &w))
		return false;
	struct store_tx *tx = api_begin(c);
	return api_commit(c, tx,
	    tx && translation_delete(tx, w.t.id, c->err) &&
	        api_audit(c, tx, STR("translation.delete"), translation_object(&w.t, c->arena)));
}

/* ---- the rows ---- */

#define ITEM_FIELDS                                                                                               \
	{ "id", API_INTEGER, .flags = API_REQUIRED }, { "title", API_TEXT, .flags = API_REQUIRED },                   \
	    { "from", API_TEXT, API_REQUIRED, .about = "The language of the original." },                             \
	    { "lang", API_TEXT, .flags = API_REQUIRED },                                                              \
	    { "article", API_INTEGER, API_REQUIRED | API_NULLABLE, .about = "That it makes; null: none yet." },       \
	    { "source_article", API_INTEGER, API_REQUIRED | API_NULLABLE,                                             \
		    .about = "Of this site, that it is made from; null: from elsewhere." },                               \
	    { "blocks", API_INTEGER, .flags = API_REQUIRED }, { "done", API_INTEGER, .flags = API_REQUIRED },         \
	    { "changed", API_INTEGER, API_REQUIRED, .about = "Blocks whose original changed since they were done." }, \
	    { "behind", API_TIME, API_REQUIRED | API_NULLABLE,                                                        \
		    .about = "Since when readers are told that the original moved on." },                                 \
	    { "started_by", API_TEXT, .flags = API_REQUIRED }, { "created", API_TIME, .flags = API_REQUIRED },        \
	{                                                                                                             \
		"updated", API_TIME, .flags = API_REQUIRED                                                                \
	}
static const struct api_field ITEM_LIST[] = { ITEM_FIELDS };
API_SCHEMA(ITEM, "TranslationItem", ITEM_LIST);
static const struct api_field PAGE_FIELDS[] = { API_PAGE_ANSWER(ITEM) };
API_SCHEMA(PAGE, "TranslationPage", PAGE_FIELDS);
static const struct api_field QUERY_FIELDS[] = {
	API_PAGE_FIELDS,
	{ "behind", API_BOOLEAN,
	    .about = "Only those whose readers are told that the original moved on, longest first; in one page." },
};
API_SCHEMA(QUERY, "TranslationQuery", QUERY_FIELDS);

static const char *const FORMATS[] = { "html", "markdown", "plain", NULL };
static const struct api_field ORIGINAL_NEW_FIELDS[] = {
	{ "text", API_TEXT, .max = ARTICLE_BODY_MAX, .about = "A saved page, Markdown or plain text." },
	{ "name", API_LINE, .max = 255, .about = "Of its file." },
	{ "url", API_LINE, .max = CREDIT_MAX, .about = "Where it is from; without a text it is asked now." },
	{ "format", API_LINE, .max = 16, .values = FORMATS, .about = "Left out: told by the text." },
};
const struct api_schema ORIGINAL_NEW = { "OriginalNew", ORIGINAL_NEW_FIELDS,
	sizeof ORIGINAL_NEW_FIELDS / sizeof *ORIGINAL_NEW_FIELDS };
static const struct api_field NEW_FIELDS[] = {
	{ "lang", API_LINE, API_REQUIRED, .max = 35, .about = "Into which of the site's languages." },
	{ "article", API_INTEGER, .about = "The id of an article of this site; or:" },
	{ "original", API_OBJECT, .of = &ORIGINAL_NEW, .about = "From elsewhere." },
	{ "from", API_LINE, .max = 35, .about = "The language of the original; left out: told by the text." },
};
API_SCHEMA(NEW, "TranslationNew", NEW_FIELDS);

static const struct api_field CREDITS_IN_FIELDS[] = {
	{ "title", API_LINE, .max = CREDIT_MAX },
	{ "author", API_LINE, .max = CREDIT_MAX },
	{ "publisher", API_LINE, .max = CREDIT_MAX },
	{ "url", API_LINE, .max = CREDIT_MAX },
	{ "date", API_LINE, .max = CREDIT_MAX },
	{ "licence", API_LINE, .max = CREDIT_MAX },
};
API_SCHEMA(CREDITS_IN, "TranslationOriginalChange", CREDITS_IN_FIELDS);
static const struct api_field CHANGE_FIELDS[] = {
	{ "preface", API_TEXT, .max = ARTICLE_BODY_MAX },
	{ "author", API_LINE, .max = CREDIT_MAX },
	{ "translator", API_LINE, .max = CREDIT_MAX },
	{ "original", API_OBJECT, .of = &CREDITS_IN },
};
API_SCHEMA(CHANGE, "TranslationChange", CHANGE_FIELDS);
static const struct api_field CREDITS_FIELDS[] = {
	{ "title", API_TEXT, .flags = API_REQUIRED },
	{ "author", API_TEXT, .flags = API_REQUIRED },
	{ "publisher", API_TEXT, .flags = API_REQUIRED },
	{ "url", API_TEXT, .flags = API_REQUIRED },
	{ "date", API_TEXT, .flags = API_REQUIRED },
	{ "licence", API_TEXT, .flags = API_REQUIRED },
	{ "lang", API_TEXT, .flags = API_REQUIRED },
};
API_SCHEMA(CREDITS, "TranslationOriginal", CREDITS_FIELDS);
static const struct api_field WHOLE_FIELDS[] = {
	ITEM_FIELDS,
	{ "preface", API_TEXT, .flags = API_REQUIRED },
	{ "author", API_TEXT, .flags = API_REQUIRED },
	{ "translator", API_TEXT, .flags = API_REQUIRED },
	{ "original", API_OBJECT, API_REQUIRED, .of = &CREDITS },
	{ "etag", API_TEXT, API_REQUIRED, .about = "Of preface and credits, for If-Match." },
};
API_SCHEMA(TRANSLATION, "Translation", WHOLE_FIELDS);
static const struct api_field PUT_FIELDS[] = {
	{ "over", API_BOOLEAN, .about = "Also over a text that was changed in the article since." },
};
API_SCHEMA(PUT, "TranslationPut", PUT_FIELDS);

#define BODY_ROUTE_MAX (10 * MIB) /* an original, and what escapes add */

static const struct api_action ACTIONS[] = {
	{ WEB_GET, DESK "/translations", "listTranslations", "Translations in the making, last changed first", NULL,
	    SCOPE_TRANSLATIONS, DESK_TRANSLATE, API_PAGED, 200, &QUERY, NULL, &PAGE, 0, list },
	{ WEB_POST, DESK "/translations", "createTranslation", "Starts a translation",
	    "From an article of this site, a text, or an address, which is asked. The original is kept as a frozen copy and cut "
	    "into blocks.",
	    SCOPE_TRANSLATIONS, DESK_TRANSLATE, 0, 201, NULL, &NEW, &TRANSLATION, BODY_ROUTE_MAX, create },
	{ WEB_GET, DESK "/translations/:id", "getTranslation", "A translation, without its blocks", NULL,
	    SCOPE_TRANSLATIONS, DESK_TRANSLATE, 0, 200, NULL, NULL, &TRANSLATION, 0, get },
	{ WEB_PATCH, DESK "/translations/:id", "changeTranslation", "Changes preface and credits", NULL, SCOPE_TRANSLATIONS,
	    DESK_TRANSLATE, API_MAY_MATCH | API_CONFLICTS, 200, NULL, &CHANGE, &TRANSLATION, BODY_ROUTE_MAX, change },
	{ WEB_DELETE, DESK "/translations/:id", "deleteTranslation", "Deletes a translation; its article stays", NULL,
	    SCOPE_TRANSLATIONS, DESK_TRANSLATE, 0, 204, NULL, NULL, NULL, 0, drop },
	{ WEB_POST, DESK "/translations/:id/article", "putTranslation", "Puts what is translated into its article",
	    "A new draft where there is none. A published article needs articles:publish too.", SCOPE_TRANSLATIONS,
	    DESK_TRANSLATE, 0, 200, NULL, &PUT, &TRANSLATION, 0, put },
	{ WEB_POST, DESK "/translations/:id/take", "takeTranslation", "Takes what the article says by now into the blocks",
	    NULL, SCOPE_TRANSLATIONS, DESK_TRANSLATE, 0, 200, NULL, &API_NOTHING, &TRANSLATION, 0, take },
	{ WEB_POST, DESK "/translations/:id/settle", "settleTranslation",
	    "Declares that what changed in the original does not matter", "Readers are told nothing any more.",
	    SCOPE_TRANSLATIONS, DESK_TRANSLATE, 0, 200, NULL, &API_NOTHING, &TRANSLATION, 0, settle },
	{ WEB_POST, DESK "/translations/:id/original", "renewOriginal", "Takes in an original that says something else now",
	    "Blocks keep their translations; those whose original changed are marked.", SCOPE_TRANSLATIONS, DESK_TRANSLATE,
	    0, 200, NULL, &ORIGINAL_NEW, &TRANSLATION, BODY_ROUTE_MAX, renew },
};
const struct api_group TRANSLATIONS_GROUP = { "Translations", API_ACTIONS(ACTIONS) };

#include "api/inner.h"

/* The words that all translators agreed on. */

static json_t *term_json(struct api_call *c, const struct glossary_term *t)
{
	json_t *o = api_object(c);
	api_int(c, o, "id", t->id);
	api_str(c, o, "from", t->source_lang);
	api_str(c, o, "lang", t->lang);
	api_str(c, o, "term", t->term);
	api_str(c, o, "word", t->word);
	api_str(c, o, "forbidden", t->forbidden);
	api_str(c, o, "note", t->note);
	api_str(c, o, "category", t->category);
	return o;
}

static bool list(struct api_call *c)
{
	struct glossary_term *all;
	size_t n, total;
	int64_t at = 0;
	struct str cursor = api_cursor(c);
	struct term_filter f = { .source_lang = STR(""), .lang = STR(""), .words = STR(""), .limit = api_limit(c) };
	if (cursor.n && (!str_to_int(cursor, &at) || at < 0))
		return api_refuse(c, 400, "the cursor is not one that a page gave");
	f.offset = (size_t)at;
	api_get_str(c->query, "from", &f.source_lang);
	api_get_str(c->query, "lang", &f.lang);
	api_get_str(c->query, "text", &f.words);
	if (!term_list(c->store, &f, &all, &n, &total, c->arena, c->err))
		return false;
	json_t *out = api_list(c);
	for (size_t i = 0; i < n; i++)
		api_push(c, out, term_json(c, &all[i]));
	bool more = n > 0 && f.offset + n < total;
	return api_page(c, out, more ? arena_printf(c->arena, "%zu", f.offset + n) : STR(""));
}

static bool find(struct api_call *c, struct glossary_term *t)
{
	int64_t id;
	return api_id(c, 0, &id) && term_get(c->store, id, t, c->arena, c->err);
}

static bool answer(struct api_call *c, int64_t id)
{
	struct glossary_term t = { 0 };
	if (!term_get(c->store, id, &t, c->arena, c->err))
		return false;
	c->answer = term_json(c, &t);
	c->etag = api_etag(c, c->answer);
	return true;
}

static bool get(struct api_call *c)
{
	int64_t id;
	return api_id(c, 0, &id) && answer(c, id);
}

static bool fields(struct api_call *c, struct glossary_term *t)
{
	api_get_str(c->body, "from", &t->source_lang);
	api_get_str(c->body, "lang", &t->lang);
	api_get_str(c->body, "term", &t->term);
	api_get_str(c->body, "word", &t->word);
	api_get_str(c->body, "forbidden", &t->forbidden);
	api_get_str(c->body, "note", &t->note);
	api_get_str(c->body, "category", &t->category);
	for (size_t i = 0; i < c->settings.n_langs; i++) {
		if (str_eq(t->lang, c->settings.langs[i]))
			return true;
	}
	return api_refuse_field(c, "/lang", "must be one of the site's languages");
}

static bool save(struct api_call *c, struct glossary_term *t)
{
	struct error why = { 0 };
	struct store_tx *tx = api_begin(c);
	bool ok = tx && term_save(tx, t, c->arena, &why);
	if (!ok && why.code == ERR_INVALID)
		api_refuse_field(c, "/term", "must not be empty, nor its language and its word");
	else if (!ok && why.code)
		*c->err = why;
	return api_commit(c, tx, ok && api_audit(c, tx, STR("glossary.save"), t->term)) && answer(c, t->id);
}

static bool create(struct api_call *c)
{
	struct glossary_term t = { .source_lang = STR(""),
		.lang = STR(""),
		.term = STR(""),
		.word = STR(""),
		.forbidden = STR(""),
		.note = STR(""),
		.category = STR("") };
	if (!fields(c, &t) || !save(c, &t))
		return false;
	api_location(c, DESK "/glossary", t.id);
	return true;
}

static bool change(struct api_call *c)
{
	struct glossary_term t = { 0 };
	if (!find(c, &t))
		return false;
	json_t *now = term_json(c, &t);
	bool same = api_match(c, api_etag(c, now));
	if (c->refused == 412)
		c->current = json_incref(now);
	json_decref(now);
	return same && fields(c, &t) && save(c, &t);
}

static bool drop(struct api_call *c)
{
	struct glossary_term t = { 0 };
	if (!find(c, &t))
		return false;
	struct store_tx *tx = api_begin(c);
	return api_commit(c, tx, tx && term_delete(tx, t.id, c->err) && api_audit(c, tx, STR("glossary.remove"), t.term));
}

#define CHANGES(required)                                                                                    \
	{ "from", API_LINE, required, .max = 35, .about = "The language of the term." },                         \
	    { "lang", API_LINE, required, .max = 35, .about = "The language of the word." },                     \
	    { "term", API_LINE, required, .max = GLOSSARY_TERM_MAX },                                            \
	    { "word", API_LINE, required, .max = GLOSSARY_TERM_MAX,                                              \
		    .about = "The agreed translation; several that will do with | between them, the best first." },  \
	    { "forbidden", API_LINE, .max = GLOSSARY_TERM_MAX, .about = "Likewise: what must not be written." }, \
	    { "note", API_LINE, .max = GLOSSARY_NOTE_MAX },                                                      \
	{                                                                                                        \
		"category", API_LINE, .max = GLOSSARY_TERM_MAX                                                       \
	}
static const struct api_field NEW_FIELDS[] = { CHANGES(API_REQUIRED) };
API_SCHEMA(NEW, "TermNew", NEW_FIELDS);
static const struct api_field CHANGE_FIELDS[] = { CHANGES(0) };
API_SCHEMA(CHANGE, "TermChange", CHANGE_FIELDS);
static const struct api_field TERM_FIELDS[] = {
	{ "id", API_INTEGER, .flags = API_REQUIRED },
	{ "from", API_TEXT, .flags = API_REQUIRED },
	{ "lang", API_TEXT, .flags = API_REQUIRED },
	{ "term", API_TEXT, .flags = API_REQUIRED },
	{ "word", API_TEXT, .flags = API_REQUIRED },
	{ "forbidden", API_TEXT, .flags = API_REQUIRED },
	{ "note", API_TEXT, .flags = API_REQUIRED },
	{ "category", API_TEXT, .flags = API_REQUIRED },
};
API_SCHEMA(TERM, "Term", TERM_FIELDS);
static const struct api_field PAGE_FIELDS[] = { API_PAGE_ANSWER(TERM) };
API_SCHEMA(PAGE, "TermPage", PAGE_FIELDS);
static const struct api_field QUERY_FIELDS[] = {
	API_PAGE_FIELDS,
	{ "from", API_LINE, .max = 35 },
	{ "lang", API_LINE, .max = 35 },
	{ "text", API_LINE, .max = QUERY_MAX, .about = "Stands in term, word or note." },
};
API_SCHEMA(QUERY, "TermQuery", QUERY_FIELDS);

static const struct api_action ACTIONS[] = {
	{ WEB_GET, DESK "/glossary", "listTerms", "Agreed words, by term", NULL, SCOPE_TRANSLATIONS, DESK_TRANSLATE,
	    API_PAGED, 200, &QUERY, NULL, &PAGE, 0, list },
	{ WEB_POST, DESK "/glossary", "createTerm", "Adds a term", NULL, SCOPE_TRANSLATIONS, DESK_TRANSLATE, API_ETAG, 201,
	    NULL, &NEW, &TERM, 0, create },
	{ WEB_GET, DESK "/glossary/:id", "getTerm", "A term", NULL, SCOPE_TRANSLATIONS, DESK_TRANSLATE, API_ETAG, 200, NULL,
	    NULL, &TERM, 0, get },
	{ WEB_PATCH, DESK "/glossary/:id", "changeTerm", "Changes the fields that are named", NULL, SCOPE_TRANSLATIONS,
	    DESK_TRANSLATE, API_ETAG | API_MAY_MATCH | API_CONFLICTS, 200, NULL, &CHANGE, &TERM, 0, change },
	{ WEB_DELETE, DESK "/glossary/:id", "deleteTerm", "Takes a term out", NULL, SCOPE_TRANSLATIONS, DESK_TRANSLATE, 0,
	    204, NULL, NULL, NULL, 0, drop },
};
const struct api_group GLOSSARY_GROUP = { "Glossary", API_ACTIONS(ACTIONS) };

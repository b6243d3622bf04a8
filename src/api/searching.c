#include "api/inner.h"

/* What editors teach the search, and what readers asked. */

/* ---- synonyms ---- */

static json_t *synonym_json(struct api_call *c, const struct synonym *s)
{
	json_t *o = api_object(c);
	api_int(c, o, "id", s->id);
	api_str(c, o, "lang", s->lang);
	api_bool(c, o, "one_way", s->one_way);
	api_put(c, o, "words", api_texts(c, s->words, s->n_words));
	return o;
}

static bool synonyms(struct api_call *c)
{
	struct synonym *all;
	size_t n, from, to;
	struct str next;
	if (!synonym_list(c->store, &all, &n, c->arena, c->err) || !api_slice(c, n, &from, &to, &next))
		return false;
	json_t *out = api_list(c);
	for (size_t i = from; i < to; i++)
		api_push(c, out, synonym_json(c, &all[i]));
	return api_page(c, out, next);
}

static bool save_synonym(struct api_call *c, struct synonym *s)
{
	struct error why = { 0 };
	struct store_tx *tx = api_begin(c);
	bool ok = tx && synonym_save(tx, s, NULL, c->arena, &why) &&
	          api_audit(c, tx, STR("synonym.save"), synonym_text(s, c->arena));
	if (!ok && why.code == ERR_INVALID)
		api_refuse_field(c, "/words", "%s", why.message);
	else if (!ok && why.code)
		*c->err = why;
	if (!api_commit(c, tx, ok))
		return false;
	c->answer = synonym_json(c, s);
	return true;
}

static void synonym_fields(struct api_call *c, struct synonym *s)
{
	api_get_str(c->body, "lang", &s->lang);
	api_get_bool(c->body, "one_way", &s->one_way);
	api_get_texts(c, c->body, "words", &s->words, &s->n_words);
}

static bool synonym_new(struct api_call *c)
{
	struct synonym s = { .lang = STR("") };
	synonym_fields(c, &s);
	if (!save_synonym(c, &s))
		return false;
	api_location(c, DESK "/synonyms", s.id);
	return true;
}

static bool synonym_find(struct api_call *c, struct synonym *out)
{
	struct synonym *all;
	size_t n;
	int64_t id;
	if (!api_id(c, 0, &id) || !synonym_list(c->store, &all, &n, c->arena, c->err))
		return false;
	for (size_t i = 0; i < n; i++) {
		if (all[i].id != id)
			continue;
		*out = all[i];
		return true;
	}
	return api_refuse(c, 404, "there is no such synonym");
}

static bool synonym_get(struct api_call *c)
{
	struct synonym s = { 0 };
	if (!synonym_find(c, &s))
		return false;
	c->answer = synonym_json(c, &s);
	return true;
}

static bool synonym_change(struct api_call *c)
{
	struct synonym s = { 0 };
	if (!synonym_find(c, &s))
		return false;
	synonym_fields(c, &s);
	return save_synonym(c, &s);
}

static bool drop(struct api_call *c, bool (*by)(struct store_tx *, int64_t, struct error *), const char *action)
{
	int64_t id;
	if (!api_id(c, 0, &id))
		return false;
	struct store_tx *tx = api_begin(c);
	return api_commit(c, tx,
	    tx && by(tx, id, c->err) && api_audit(c, tx, str_from(action), arena_printf(c->arena, "%lld", (long long)id)));
}

static bool synonym_drop(struct api_call *c)
{
	return drop(c, synonym_delete, "synonym.delete");
}

/* ---- pinned answers ---- */

static json_t *pin_json(struct api_call *c, const struct pin *p)
{
	json_t *o = api_object(c);
	api_int(c, o, "id", p->id);
	api_str(c, o, "query", p->query);
	api_put(c, o, "articles", api_ids(c, p->articles, p->n_articles));
	return o;
}

static bool pins(struct api_call *c)
{
	struct pin *all;
	size_t n, from, to;
	struct str next;
	if (!pin_list(c->store, &all, &n, c->arena, c->err) || !api_slice(c, n, &from, &to, &next))
		return false;
	json_t *out = api_list(c);
	for (size_t i = from; i < to; i++)
		api_push(c, out, pin_json(c, &all[i]));
	return api_page(c, out, next);
}

static bool pin_put(struct api_call *c)
{
	struct pin p = { .query = STR("") };
	struct error why = { 0 };
	api_get_str(c->body, "query", &p.query);
	api_get_ids(c, c->body, "articles", &p.articles, &p.n_articles);
	struct store_tx *tx = api_begin(c);
	bool ok = tx && pin_save(tx, &p, c->arena, &why) && api_audit(c, tx, STR("pin.save"), p.query);
	if (!ok && (why.code == ERR_NOT_FOUND || why.code == ERR_INVALID))
		api_refuse_field(c, why.code == ERR_NOT_FOUND ? "/articles" : "/query", "%s", why.message);
	else if (!ok && why.code)
		*c->err = why;
	if (!api_commit(c, tx, ok))
		return false;
	c->answer = pin_json(c, &p);
	return true;
}

static bool pin_drop(struct api_call *c)
{
	return drop(c, pin_delete, "pin.delete");
}

/* ---- questions, searches in vain ---- */

static bool questions(struct api_call *c)
{
	struct question *all;
	size_t n, from, to;
	struct str next;
	if (!question_list(c->store, &all, &n, c->arena, c->err) || !api_slice(c, n, &from, &to, &next))
		return false;
	json_t *out = api_list(c);
	for (size_t i = from; i < to; i++) {
		json_t *o = api_object(c);
		api_int(c, o, "id", all[i].id);
		api_str(c, o, "lang", all[i].lang);
		api_str(c, o, "text", all[i].text);
		api_str(c, o, "day", all[i].day);
		api_int(c, o, "times", all[i].times);
		api_push(c, out, o);
	}
	return api_page(c, out, next);
}

static bool question_drop(struct api_call *c)
{
	return drop(c, question_delete, "question.delete");
}

static bool unanswered(struct api_call *c)
{
	struct unanswered *all;
	size_t n, from, to;
	struct str next;
	if (!unanswered_list(c->store, &all, &n, c->arena, c->err) || !api_slice(c, n, &from, &to, &next))
		return false;
	json_t *out = api_list(c);
	for (size_t i = from; i < to; i++) {
		json_t *o = api_object(c);
		api_str(c, o, "query", all[i].query);
		api_int(c, o, "searches", all[i].searches);
		api_str(c, o, "first_day", all[i].first_day);
		api_str(c, o, "last_day", all[i].last_day);
		api_push(c, out, o);
	}
	return api_page(c, out, next);
}

/* The log keeps no words: what was looked for is to be forgotten. */
static bool unanswered_drop(struct api_call *c)
{
	struct str query = STR("");
	if (!api_get_str(c->query, "query", &query))
		return api_refuse(c, 400, "the query: /query is missing");
	struct store_tx *tx = api_begin(c);
	return api_commit(
	    c, tx, tx && unanswered_dismiss(tx, query, c->err) && api_audit(c, tx, STR("search.dismiss"), STR("")));
}

/* ---- the rows ---- */

#define SYNONYM_CHANGES(required)                                                                             \
	{ "lang", API_LINE, .max = 35, .about = "Of the questions it counts for; empty: all." },                  \
	    { "one_way", API_BOOLEAN, .about = "The first word also finds what the others find, and not back." }, \
	{                                                                                                         \
		"words", API_LIST, required, .max = SYNONYM_WORDS_MAX, .item = API_LINE, .item_max = SYNONYM_WORD_MAX \
	}
static const struct api_field SYNONYM_NEW_FIELDS[] = { SYNONYM_CHANGES(API_REQUIRED) };
API_SCHEMA(SYNONYM_NEW, "SynonymNew", SYNONYM_NEW_FIELDS);
static const struct api_field SYNONYM_CHANGE_FIELDS[] = { SYNONYM_CHANGES(0) };
API_SCHEMA(SYNONYM_CHANGE, "SynonymChange", SYNONYM_CHANGE_FIELDS);
static const struct api_field SYNONYM_FIELDS[] = {
	{ "id", API_INTEGER, .flags = API_REQUIRED },
	{ "lang", API_TEXT, .flags = API_REQUIRED },
	{ "one_way", API_BOOLEAN, .flags = API_REQUIRED },
	{ "words", API_LIST, API_REQUIRED, .item = API_TEXT },
};
API_SCHEMA(SYNONYM, "Synonym", SYNONYM_FIELDS);
static const struct api_field SYNONYM_PAGE_FIELDS[] = { API_PAGE_ANSWER(SYNONYM) };
API_SCHEMA(SYNONYM_PAGE, "SynonymPage", SYNONYM_PAGE_FIELDS);

static const struct api_field PIN_PUT_FIELDS[] = {
	{ "query", API_LINE, API_REQUIRED, .max = QUERY_MAX },
	{ "articles", API_LIST, API_REQUIRED, .max = PIN_ARTICLES_MAX, .item = API_INTEGER,
	    .about = "Ids, in their order." },
};
API_SCHEMA(PIN_PUT, "PinPut", PIN_PUT_FIELDS);
static const struct api_field PIN_FIELDS[] = {
	{ "id", API_INTEGER, .flags = API_REQUIRED },
	{ "query", API_TEXT, .flags = API_REQUIRED },
	{ "articles", API_LIST, API_REQUIRED, .item = API_INTEGER },
};
API_SCHEMA(PIN, "Pin", PIN_FIELDS);
static const struct api_field PIN_PAGE_FIELDS[] = { API_PAGE_ANSWER(PIN) };
API_SCHEMA(PIN_PAGE, "PinPage", PIN_PAGE_FIELDS);

static const struct api_field QUESTION_FIELDS[] = {
	{ "id", API_INTEGER, .flags = API_REQUIRED },
	{ "lang", API_TEXT, .flags = API_REQUIRED },
	{ "text", API_TEXT, .flags = API_REQUIRED },
	{ "day", API_TEXT, API_REQUIRED, .about = "Of the last time it was sent." },
	{ "times", API_INTEGER, .flags = API_REQUIRED },
};
API_SCHEMA(QUESTION, "Question", QUESTION_FIELDS);
static const struct api_field QUESTION_PAGE_FIELDS[] = { API_PAGE_ANSWER(QUESTION) };
API_SCHEMA(QUESTION_PAGE, "QuestionPage", QUESTION_PAGE_FIELDS);
static const struct api_field UNANSWERED_FIELDS[] = {
	{ "query", API_TEXT, .flags = API_REQUIRED },
	{ "searches", API_INTEGER, .flags = API_REQUIRED },
	{ "first_day", API_TEXT, .flags = API_REQUIRED },
	{ "last_day", API_TEXT, .flags = API_REQUIRED },
};
API_SCHEMA(UNANSWERED, "Unanswered", UNANSWERED_FIELDS);
static const struct api_field UNANSWERED_PAGE_FIELDS[] = { API_PAGE_ANSWER(UNANSWERED) };
API_SCHEMA(UNANSWERED_PAGE, "UnansweredPage", UNANSWERED_PAGE_FIELDS);
static const struct api_field QUERY_FIELDS[] = { API_PAGE_FIELDS };
API_SCHEMA(QUERY, "SearchingQuery", QUERY_FIELDS);
static const struct api_field UNANSWERED_DROP_FIELDS[] = {
	{ "query", API_LINE, API_REQUIRED, .max = QUERY_MAX, .about = "As the list has it." },
};
API_SCHEMA(UNANSWERED_DROP, "UnansweredDeleteQuery", UNANSWERED_DROP_FIELDS);

static const struct api_action ACTIONS[] = {
	{ WEB_GET, DESK "/synonyms", "listSynonyms", "Words that mean the same", NULL, SCOPE_SEARCH, DESK_SEE, API_PAGED,
	    200, &QUERY, NULL, &SYNONYM_PAGE, 0, synonyms },
	{ WEB_POST, DESK "/synonyms", "createSynonym", "Adds words that mean the same", "What is there already stays one.",
	    SCOPE_SEARCH, DESK_SEARCH, 0, 201, NULL, &SYNONYM_NEW, &SYNONYM, 0, synonym_new },
	{ WEB_GET, DESK "/synonyms/:id", "getSynonym", "One group of them", NULL, SCOPE_SEARCH, DESK_SEE, 0, 200, NULL,
	    NULL, &SYNONYM, 0, synonym_get },
	{ WEB_PATCH, DESK "/synonyms/:id", "changeSynonym", "Changes the fields that are named", NULL, SCOPE_SEARCH,
	    DESK_SEARCH, 0, 200, NULL, &SYNONYM_CHANGE, &SYNONYM, 0, synonym_change },
	{ WEB_DELETE, DESK "/synonyms/:id", "deleteSynonym", "Deletes them", NULL, SCOPE_SEARCH, DESK_SEARCH, 0, 204, NULL,
	    NULL, NULL, 0, synonym_drop },
	{ WEB_GET, DESK "/pins", "listPins", "Answers that are put first", NULL, SCOPE_SEARCH, DESK_SEE, API_PAGED, 200,
	    &QUERY, NULL, &PIN_PAGE, 0, pins },
	{ WEB_PUT, DESK "/pins", "putPin", "Puts articles first for a question",
	    "It takes the place of what was there for it.", SCOPE_SEARCH, DESK_SEARCH, 0, 200, NULL, &PIN_PUT, &PIN, 0,
	    pin_put },
	{ WEB_DELETE, DESK "/pins/:id", "deletePin", "Takes them back", NULL, SCOPE_SEARCH, DESK_SEARCH, 0, 204, NULL, NULL,
	    NULL, 0, pin_drop },
	{ WEB_GET, DESK "/questions", "listQuestions", "What readers asked, newest first", NULL, SCOPE_SEARCH, DESK_SEE,
	    API_PAGED, 200, &QUERY, NULL, &QUESTION_PAGE, 0, questions },
	{ WEB_DELETE, DESK "/questions/:id", "deleteQuestion", "Deletes a question", NULL, SCOPE_SEARCH, DESK_SEARCH, 0,
	    204, NULL, NULL, NULL, 0, question_drop },
	{ WEB_GET, DESK "/unanswered", "listUnanswered", "What was often looked for in vain", NULL, SCOPE_SEARCH, DESK_SEE,
	    API_PAGED, 200, &QUERY, NULL, &UNANSWERED_PAGE, 0, unanswered },
	{ WEB_DELETE, DESK "/unanswered", "dismissUnanswered", "Takes one off that list for good", NULL, SCOPE_SEARCH,
	    DESK_SEARCH, API_GONE, 204, &UNANSWERED_DROP, NULL, NULL, 0, unanswered_drop },
};
const struct api_group SEARCHING_GROUP = { "Searching", API_ACTIONS(ACTIONS) };

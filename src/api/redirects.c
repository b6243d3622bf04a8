#include "api/inner.h"

/* Old addresses and where they lead. */

static json_t *redirect_json(struct api_call *c, struct str from, const struct redirect *to)
{
	json_t *o = api_object(c);
	api_str(c, o, "from", from);
	if (to->article)
		api_int(c, o, "article", to->article);
	else
		api_null(c, o, "article");
	if (to->category)
		api_int(c, o, "category", to->category);
	else
		api_null(c, o, "category");
	api_str(c, o, "path", to->path);
	return o;
}

static bool list(struct api_call *c)
{
	struct redirect_row *all;
	size_t n, total, limit = api_limit(c);
	int64_t at = 0;
	struct str cursor = api_cursor(c), text = STR("");
	api_get_str(c->query, "text", &text);
	if (cursor.n && (!str_to_int(cursor, &at) || at < 0))
		return api_refuse(c, 400, "the cursor is not one that a page gave");
	if (!redirect_list(c->store, text, (size_t)at, limit + 1, &all, &n, &total, c->arena, c->err))
		return false;
	bool more = n > limit;
	n -= more;
	json_t *out = api_list(c);
	for (size_t i = 0; i < n; i++)
		api_push(c, out, redirect_json(c, all[i].from, &all[i].to));
	return api_page(c, out, more ? arena_printf(c->arena, "%lld", (long long)at + (long long)n) : STR(""));
}

/* A chain leads to the goal all the same; a circle never does. */
static bool check(struct api_call *c, struct store_tx *tx, struct str from, const struct redirect *to)
{
	enum redirect_fault fault = REDIRECT_FINE;
	struct str where = STR("");
	struct error why = { 0 };
	if (!redirect_check(tx, from, to, &fault, &where, c->arena, &why)) {
		if (why.code == ERR_NOT_FOUND)
			return api_refuse_field(c, "/to", "must lead to something that is there");
		*c->err = why;
		return false;
	}
	return fault != REDIRECT_LOOP || api_refuse_field(c, "/to", "leads back to the old address");
}

static bool put(struct api_call *c)
{
	struct str from = STR(""), to = STR("");
	struct redirect goal = { 0 };
	struct error why = { 0 };
	api_get_str(c->body, "from", &from);
	api_get_str(c->body, "to", &to);
	struct str source = redirect_source(from, c->arena);
	if (source.n == 0)
		return api_refuse_field(c, "/from", "must be an address of this site, such as /old/page");
	struct store_tx *tx = api_begin(c);
	bool ok = tx && redirect_target(tx, to, &goal, c->arena, &why) && check(c, tx, source, &goal) &&
	          redirect_save(tx, source, goal.article, goal.category, goal.path, c->err) &&
	          api_audit(c, tx, STR("redirect.save"), source);
	if (!ok && why.code == ERR_INVALID)
		api_refuse_field(c, "/to", "must be an address of this site, such as /articles/vpn");
	else if (!ok && why.code)
		*c->err = why;
	if (!api_commit(c, tx, ok))
		return false;
	c->answer = redirect_json(c, source, &goal);
	return true;
}

static bool drop(struct api_call *c)
{
	struct str from = STR("");
	if (!api_get_str(c->query, "from", &from))
		return api_refuse(c, 400, "the query: /from is missing");
	struct store_tx *tx = api_begin(c);
	return api_commit(c, tx, tx && redirect_delete(tx, from, c->err) && api_audit(c, tx, STR("redirect.delete"), from));
}

static const struct api_field LIST_QUERY_FIELDS[] = {
	API_PAGE_FIELDS,
	{ "text", API_LINE, .max = QUERY_MAX, .about = "Stands in one of the two addresses." },
};
API_SCHEMA(LIST_QUERY, "RedirectQuery", LIST_QUERY_FIELDS);
static const struct api_field DROP_QUERY_FIELDS[] = {
	{ "from", API_LINE, API_REQUIRED, .max = URL_MAX, .about = "As the list has it." },
};
API_SCHEMA(DROP_QUERY, "RedirectDeleteQuery", DROP_QUERY_FIELDS);
static const struct api_field PUT_FIELDS[] = {
	{ "from", API_LINE, API_REQUIRED, .max = URL_MAX, .about = "The old address: a path, or as people copy it." },
	{ "to", API_LINE, API_REQUIRED, .max = URL_MAX,
	    .about = "An address of this site. An article or a category stays found when its own address changes." },
};
API_SCHEMA(PUT, "RedirectPut", PUT_FIELDS);
static const struct api_field REDIRECT_FIELDS[] = {
	{ "from", API_TEXT, API_REQUIRED, .about = NULL },
	{ "article", API_INTEGER, API_REQUIRED | API_NULLABLE, .about = "An id." },
	{ "category", API_INTEGER, API_REQUIRED | API_NULLABLE, .about = "An id." },
	{ "path", API_TEXT, API_REQUIRED, .about = "Empty where it leads to an article or a category." },
};
API_SCHEMA(REDIRECT, "Redirect", REDIRECT_FIELDS);
static const struct api_field PAGE_FIELDS[] = { API_PAGE_ANSWER(REDIRECT) };
API_SCHEMA(PAGE, "RedirectPage", PAGE_FIELDS);

static const struct api_action ACTIONS[] = {
	{ WEB_GET, DESK "/redirects", "listRedirects", "Old addresses, in their order", NULL, SCOPE_STRUCTURE, DESK_SEE,
	    API_PAGED, 200, &LIST_QUERY, NULL, &PAGE, 0, list },
	{ WEB_PUT, DESK "/redirects", "putRedirect", "Lets an old address lead somewhere",
	    "It takes the place of what was there for it.", SCOPE_STRUCTURE, DESK_STRUCTURE, 0, 200, NULL, &PUT, &REDIRECT,
	    0, put },
	{ WEB_DELETE, DESK "/redirects", "deleteRedirect", "Lets it lead nowhere", NULL, SCOPE_STRUCTURE, DESK_STRUCTURE,
	    API_GONE, 204, &DROP_QUERY, NULL, NULL, 0, drop },
};
const struct api_group REDIRECTS_GROUP = { "Old addresses", API_ACTIONS(ACTIONS) };

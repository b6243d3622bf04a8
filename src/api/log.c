#include "api/inner.h"

/* Who did what when. */

static bool list(struct api_call *c)
{
	struct audit *all;
	size_t n, limit = api_limit(c);
	int64_t before = 0;
	struct str cursor = api_cursor(c);
	if (cursor.n && (!str_to_int(cursor, &before) || before < 1))
		return api_refuse(c, 400, "the cursor is not one that a page gave");
	if (!audit_list(c->store, before, limit + 1, &all, &n, c->arena, c->err))
		return false;
	bool more = n > limit;
	n -= more;
	json_t *out = api_list(c);
	for (size_t i = 0; i < n; i++) {
		json_t *o = api_object(c);
		api_int(c, o, "id", all[i].id);
		api_time(c, o, "at", all[i].at);
		api_str(c, o, "by", all[i].name);
		api_str(c, o, "action", all[i].action);
		api_str(c, o, "object", all[i].object);
		api_push(c, out, o);
	}
	return api_page(c, out, more ? arena_printf(c->arena, "%lld", (long long)all[n - 1].id) : STR(""));
}

static const struct api_field ENTRY_FIELDS[] = {
	{ "id", API_INTEGER, .flags = API_REQUIRED },
	{ "at", API_TIME, .flags = API_REQUIRED },
	{ "by", API_TEXT, API_REQUIRED, .about = "With the token's name, where one was used; empty: from the shell." },
	{ "action", API_TEXT, API_REQUIRED, .about = "Such as article.save." },
	{ "object", API_TEXT, .flags = API_REQUIRED },
};
API_SCHEMA(ENTRY, "LogEntry", ENTRY_FIELDS);
static const struct api_field PAGE_FIELDS[] = { API_PAGE_ANSWER(ENTRY) };
API_SCHEMA(PAGE, "LogPage", PAGE_FIELDS);
static const struct api_field QUERY_FIELDS[] = { API_PAGE_FIELDS };
API_SCHEMA(QUERY, "LogQuery", QUERY_FIELDS);

static const struct api_action ACTIONS[] = {
	{ WEB_GET, DESK "/log", "listLog", "Who did what, newest first", NULL, SCOPE_LOG, DESK_LOG, API_PAGED, 200, &QUERY,
	    NULL, &PAGE, 0, list },
};
const struct api_group LOG_GROUP = { "Log", API_ACTIONS(ACTIONS) };

#include "api/inner.h"

/* The desk's first page, as numbers. */

#define MONTHS 12

static const struct {
	const char *name;
	store_count *count;
} COUNTS[] = {
	{ "drafts", overview_drafts },
	{ "in_review", overview_in_review },
	{ "scheduled", overview_scheduled },
	{ "published", overview_published },
	{ "questions", overview_questions },
	{ "translations_behind", overview_behind },
	{ "dead_links", overview_dead_links },
	{ "unanswered", overview_unanswered },
};

static bool put_months(struct api_call *c, json_t *o)
{
	struct month_count months[MONTHS];
	if (!published_by_month(c->store, c->now, c->settings.time_offset, months, MONTHS, c->err))
		return false;
	json_t *list = api_list(c);
	for (size_t i = 0; i < MONTHS; i++) {
		json_t *m = api_object(c);
		api_str(c, m, "month", arena_printf(c->arena, "%04d-%02d", months[i].year, months[i].month));
		api_int(c, m, "articles", months[i].articles);
		api_push(c, list, m);
	}
	api_put(c, o, "published_by_month", list);
	return true;
}

static bool get(struct api_call *c)
{
	int64_t n, backup, bytes, room;
	c->answer = api_object(c);
	for (size_t i = 0; i < sizeof COUNTS / sizeof *COUNTS; i++) {
		if (!COUNTS[i].count(c->store, &n, c->err))
			return false;
		api_int(c, c->answer, COUNTS[i].name, n);
	}
	if (!put_months(c, c->answer))
		return false;
	if (!desk_may(c->who.role, DESK_SETTINGS)) {
		api_null(c, c->answer, "state");
		return true;
	}
	if (!store_backup_time(c->store, &backup, c->err) || !store_space(c->store, &bytes, &room, c->err))
		return false;
	json_t *state = api_object(c);
	api_time(c, state, "backup", backup);
	api_int(c, state, "database_bytes", bytes);
	api_int(c, state, "free_bytes", room);
	api_put(c, c->answer, "state", state);
	return true;
}

static const struct api_field MONTH_FIELDS[] = {
	{ "month", API_TEXT, .flags = API_REQUIRED },
	{ "articles", API_INTEGER, .flags = API_REQUIRED },
};
API_SCHEMA(MONTH, "MonthCount", MONTH_FIELDS);
static const struct api_field STATE_FIELDS[] = {
	{ "backup", API_TIME, API_REQUIRED | API_NULLABLE, .about = "When the last one was made; null: never." },
	{ "database_bytes", API_INTEGER, .flags = API_REQUIRED },
	{ "free_bytes", API_INTEGER, .flags = API_REQUIRED },
};
API_SCHEMA(STATE, "SiteState", STATE_FIELDS);
static const struct api_field OVERVIEW_FIELDS[] = {
	{ "drafts", API_INTEGER, .flags = API_REQUIRED },
	{ "in_review", API_INTEGER, .flags = API_REQUIRED },
	{ "scheduled", API_INTEGER, .flags = API_REQUIRED },
	{ "published", API_INTEGER, .flags = API_REQUIRED },
	{ "questions", API_INTEGER, API_REQUIRED, .about = "Of readers, that nobody dismissed." },
	{ "translations_behind", API_INTEGER, .flags = API_REQUIRED },
	{ "dead_links", API_INTEGER, .flags = API_REQUIRED },
	{ "unanswered", API_INTEGER, API_REQUIRED, .about = "Searches that find nothing." },
	{ "published_by_month", API_LIST, API_REQUIRED, .of = &MONTH, .about = "The last twelve, the present one last." },
	{ "state", API_OBJECT, API_REQUIRED | API_NULLABLE, .of = &STATE, .about = "null: not this role's to see." },
};
API_SCHEMA(OVERVIEW, "Overview", OVERVIEW_FIELDS);

static const struct api_action ACTIONS[] = {
	{ WEB_GET, DESK "/overview", "getOverview", "What waits, how the site grows, whether it is well", NULL,
	    SCOPE_ARTICLES_READ, DESK_SEE, 0, 200, NULL, NULL, &OVERVIEW, 0, get },
};
const struct api_group OVERVIEW_GROUP = { "Overview", API_ACTIONS(ACTIONS) };

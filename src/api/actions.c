#include "api/inner.h"

#include <string.h>

/* All actions, in the order of the document. */

const struct api_schema API_NOTHING = { "Nothing", NULL, 0 };

static const struct api_group *const ALL[] = { &ACCOUNT_GROUP, &OVERVIEW_GROUP, &ARTICLES_GROUP, &REVISIONS_GROUP,
	&REVIEW_GROUP, &TRASH_GROUP, &TRANSLATIONS_GROUP, &BLOCKS_GROUP, &GLOSSARY_GROUP, &CATEGORIES_GROUP,
	&STRUCTURE_GROUP, &REDIRECTS_GROUP, &SOURCES_GROUP, &MEDIA_GROUP, &SEARCHING_GROUP, &PAGES_GROUP, &SETTINGS_GROUP,
	&PEOPLE_GROUP, &WEBHOOKS_GROUP, &LOG_GROUP, &READING_GROUP, NULL };

#define ACTIONS_MAX 256

const struct api_group *const *api_groups(void)
{
	return ALL;
}

/* NULL past the last. */
static const struct api_action *action_at(size_t i)
{
	for (size_t g = 0; ALL[g]; g++) {
		if (i < ALL[g]->n)
			return &ALL[g]->actions[i];
		i -= ALL[g]->n;
	}
	return NULL;
}

static const struct api_action *action_named(const char *name)
{
	for (size_t i = 0; action_at(i); i++) {
		if (strcmp(action_at(i)->name, name) == 0)
			return action_at(i);
	}
	return NULL;
}

const struct api_action *action_of_route(unsigned method, const char *path)
{
	for (size_t i = 0; action_at(i); i++) {
		if (action_at(i)->method == method && strcmp(action_at(i)->path, path) == 0)
			return action_at(i);
	}
	return NULL;
}

bool action_may(const struct api_action *a, enum role role, unsigned scopes)
{
	return ((a->flags & API_ANY_TOKEN) || (scopes & (1u << a->scope))) && desk_may(role, a->right);
}

bool api_may_edit(const struct api_call *c, bool own, enum article_status from, enum article_status to)
{
	return desk_may_edit(c->who.role, own, from, to) &&
	       (!desk_is_publishing(from, to) || (c->token.scopes & (1u << SCOPE_ARTICLES_PUBLISH)));
}

const struct web_route *api_routes(size_t *n)
{
	static struct web_route routes[ACTIONS_MAX];
	const struct api_action *a;
	*n = 0;
	for (size_t i = 0; (a = action_at(i)) && *n + 2 < ACTIONS_MAX; i++) {
		size_t body_max = !a->body ? 0 : a->body_max ? a->body_max : FORM_MAX;
		if (!(a->flags & API_PUBLIC))
			routes[(*n)++] = (struct web_route){ a->method | WEB_RAW_BODY | WEB_ANY_ORIGIN | WEB_PRIVATE, a->path,
				api_enter, WEB_WORKER, body_max };
	}
	routes[(*n)++] = (struct web_route){ WEB_GET, "/api/v1/openapi.json", openapi_json, WEB_MEMORY, 0 };
	routes[(*n)++] = (struct web_route){ WEB_GET, "/api/v1/docs", docs_page, WEB_MEMORY, 0 };
	return routes;
}

/* ---- for tests and fuzzing ---- */

const char *api_action_name(size_t i)
{
	const struct api_action *a = action_at(i);
	return a && !(a->flags & API_PUBLIC) ? a->name : NULL;
}

bool api_may(const char *name, enum role role, unsigned scopes)
{
	const struct api_action *a = action_named(name);
	return a && action_may(a, role, scopes);
}

bool api_check_body(const char *name, struct str body, struct arena *arena, struct error *err)
{
	const struct api_action *a = action_named(name);
	struct api_faults *faults = arena_alloc(arena, sizeof *faults);
	if (!faults)
		return error_memory(err);
	if (!a || !a->body || (a->flags & API_RAW))
		return error_set(err, ERR_NOT_FOUND, "no action %s takes JSON", name);
	json_t *json = json_read(body, err);
	if (!json)
		return err->code ? false : error_memory(err);
	schema_check(a->body, json, faults);
	json_decref(json);
	return faults->n == 0 || error_set(err, ERR_INVALID, "%s %s", faults->v[0].pointer, faults->v[0].detail);
}

#include "api/inner.h"

#include <stdio.h>

/* What the site says and shows. */

static json_t *settings_json(struct api_call *c)
{
	struct str *names, *values;
	size_t n;
	if (!setting_list(c->store, &names, &values, &n, c->arena, c->err))
		return NULL;
	json_t *out = api_object(c);
	for (size_t i = 0; i < n; i++) {
		const char *name = arena_cstr(c->arena, names[i]);
		c->failed |= !name;
		if (name)
			api_str(c, out, name, values[i]);
	}
	return out;
}

static bool get(struct api_call *c)
{
	json_t *all = settings_json(c);
	if (!all)
		return false;
	c->answer = api_object(c);
	api_put(c, c->answer, "settings", all);
	c->etag = api_etag(c, c->answer);
	return true;
}

/* The values are no business of the log's readers; the names are. */
static bool set_all(struct api_call *c, struct store_tx *tx)
{
	const char *name;
	json_t *value;
	struct error why = { 0 };
	json_object_foreach(json_object_get(c->body, "settings"), name, value)
	{
		struct str text = str_of(json_string_value(value), json_string_length(value));
		if (setting_set(tx, str_from(name), text, &why)) {
			if (!api_audit(c, tx, STR("setting.set"), str_from(name)))
				return false;
			continue;
		}
		if (why.code != ERR_INVALID && why.code != ERR_TOO_LARGE) {
			*c->err = why;
			return false;
		}
		char pointer[160];
		snprintf(pointer, sizeof pointer, "/settings/%.100s", name);
		pointer[utf8_floor(str_from(pointer), sizeof pointer - 1)] = '\0';
		return api_refuse_field(c, utf8_valid(str_from(pointer)) ? pointer : "/settings", "%s", why.message);
	}
	return true;
}

static bool change(struct api_call *c)
{
	if (!get(c))
		return false;
	bool same = api_match(c, c->etag);
	if (c->refused == 412)
		c->current = json_incref(c->answer);
	json_decref(c->answer);
	c->answer = NULL;
	if (!same)
		return false;
	struct store_tx *tx = api_begin(c);
	return api_commit(c, tx, tx && set_all(c, tx)) && get(c);
}

static const struct api_field SETTINGS_IN_FIELDS[] = {
	{ "settings", API_MAP, API_REQUIRED, .max = 200, .item_max = FORM_MAX,
	    .about = "By name, such as accent or name.ja; what is not named stays." },
};
API_SCHEMA(SETTINGS_IN, "SettingsChange", SETTINGS_IN_FIELDS);
static const struct api_field SETTINGS_FIELDS[] = { { "settings", API_MAP, .flags = API_REQUIRED } };
API_SCHEMA(SETTINGS, "Settings", SETTINGS_FIELDS);

static const struct api_action ACTIONS[] = {
	{ WEB_GET, DESK "/settings", "getSettings", "All settings, with those that were never set", NULL, SCOPE_SETTINGS,
	    DESK_PEOPLE, API_ETAG, 200, NULL, NULL, &SETTINGS, 0, get },
	{ WEB_PATCH, DESK "/settings", "changeSettings", "Changes settings, all of them or none", NULL, SCOPE_SETTINGS,
	    DESK_PEOPLE, API_ETAG | API_MAY_MATCH, 200, NULL, &SETTINGS_IN, &SETTINGS, MIB, change },
};
const struct api_group SETTINGS_GROUP = { "Settings", API_ACTIONS(ACTIONS) };

#include "api/inner.h"

#include "view/view.h"

#include <string.h>

/* The same table as a page for people. */

static void fields(struct view_value *action, const char *key, const struct api_schema *s)
{
	if (!s || s->n == 0)
		return;
	static const char *const types[] = { "line", "text", "number", "number", "true or false", "time", "object", "list",
		"object" };
	struct view_value *o = view_set_object(action, key), *list = view_set_list(o, "fields");
	view_set_str(o, "schema", str_from(s->name));
	for (size_t i = 0; i < s->n; i++) {
		struct view_value *f = view_push_object(list);
		view_set_str(f, "field", str_from(s->fields[i].name));
		view_set_str(f, "type", str_from(types[s->fields[i].type]));
		view_set_bool(f, "needed", (s->fields[i].flags & API_REQUIRED) != 0);
		view_set_str(f, "about", str_from(s->fields[i].about));
	}
}

static const char *method_name(unsigned method)
{
	return method == WEB_GET      ? "GET"
	       : method == WEB_POST   ? "POST"
	       : method == WEB_PUT    ? "PUT"
	       : method == WEB_DELETE ? "DELETE"
	                              : "PATCH";
}

static void action(struct view_value *list, const struct api_action *a)
{
	struct view_value *v = view_push_object(list);
	view_set_str(v, "id", str_from(a->name));
	view_set_str(v, "method", str_from(method_name(a->method)));
	view_set_str(v, "path", str_from(a->path));
	view_set_str(v, "about", str_from(a->about));
	view_set_str(v, "more", str_from(a->more));
	view_set_int(v, "status", a->status);
	if (!(a->flags & (API_PUBLIC | API_ANY_TOKEN)))
		view_set_str(v, "scope", scope_name(a->scope));
	view_set_bool(v, "must_match", (a->flags & API_MATCH) != 0);
	view_set_bool(v, "may_match", (a->flags & API_MAY_MATCH) != 0);
	fields(v, "query", a->query);
	fields(v, "body", a->body);
	if (a->answer)
		view_set_str(v, "answer", str_from(a->answer->name));
}

static void asset(struct site *site, struct view_value *root, const char *key, const char *name, struct arena *arena)
{
	const struct theme_asset *a = theme_asset(site_theme(site), str_from(name));
	if (a)
		view_set_str(root, key, arena_printf(arena, "/assets/%.*s/%s", (int)a->hash.n, a->hash.p, name));
}

bool docs_page(const struct web_request *req, struct web_response *res, struct error *err)
{
	struct site *site = req->user;
	struct view_value *root = view_object(req->arena);
	const struct api_group *const *groups = api_groups();
	if (!root)
		return error_memory(err);
	view_set_str(root, "name", setting_text(site_store(site), "name", STR("en"), req->arena));
	asset(site, root, "css", "style.css", req->arena);
	asset(site, root, "icon", "icon.svg", req->arena);
	struct view_value *list = view_set_list(root, "groups");
	for (size_t g = 0; groups[g]; g++) {
		struct view_value *v = view_push_object(list);
		view_set_str(v, "group", str_from(groups[g]->name));
		struct view_value *actions = view_set_list(v, "actions");
		for (size_t i = 0; i < groups[g]->n; i++)
			action(actions, &groups[g]->actions[i]);
	}
	web_key_add(res, WEB_KEY_ALL);
	if (view_failed(root))
		return error_memory(err);
	return theme_render(site_theme(site), "apidocs", root, site_catalog(site, STR("en")), &res->body, err);
}

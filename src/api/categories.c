#include "api/inner.h"

/* The tree of categories, and tags. */

static json_t *category_json(struct api_call *c, const struct category *k)
{
	json_t *o = api_object(c), *names = api_list(c);
	for (size_t i = 0; i < k->n_names; i++) {
		json_t *name = api_object(c);
		api_str(c, name, "lang", k->names[i].lang);
		api_str(c, name, "name", k->names[i].name);
		api_str(c, name, "description", k->names[i].description);
		api_push(c, names, name);
	}
	api_int(c, o, "id", k->id);
	if (k->parent)
		api_int(c, o, "parent", k->parent);
	else
		api_null(c, o, "parent");
	api_str(c, o, "slug", k->slug);
	api_int(c, o, "position", k->position);
	api_put(c, o, "names", names);
	return o;
}

static bool list(struct api_call *c)
{
	struct category *all;
	size_t n, from, to;
	struct str next, shape;
	if (!category_list(c->store, &all, &n, c->arena, c->err) || !api_slice(c, n, &from, &to, &next) ||
	    !category_shape(c->store, &shape, c->arena, c->err))
		return false;
	json_t *out = api_list(c);
	for (size_t i = from; i < to; i++) {
		json_t *o = category_json(c, &all[i]);
		api_int(c, o, "articles", all[i].articles);
		api_push(c, out, o);
	}
	if (!api_page(c, out, next))
		return false;
	api_str(c, c->answer, "shape", shape);
	return true;
}

static bool find(struct api_call *c, int64_t id, struct category *out)
{
	struct category *all;
	size_t n;
	if (!category_list(c->store, &all, &n, c->arena, c->err))
		return false;
	for (size_t i = 0; i < n; i++) {
		if (all[i].id != id)
			continue;
		*out = all[i];
		return true;
	}
	return api_refuse(c, 404, "there is no such category");
}

/* The ETag is of what can be changed, not of the number of articles. */
static bool answer(struct api_call *c, int64_t id)
{
	struct category k = { 0 };
	if (!find(c, id, &k))
		return false;
	c->answer = category_json(c, &k);
	c->etag = api_etag(c, c->answer);
	api_int(c, c->answer, "articles", k.articles);
	return true;
}

static bool get(struct api_call *c)
{
	int64_t id;
	return api_id(c, 0, &id) && answer(c, id);
}

static bool get_names(struct api_call *c, struct category *k)
{
	json_t *list = json_object_get(c->body, "names");
	if (!list)
		return true;
	if (json_array_size(list) == 0)
		return api_refuse_field(c, "/names", "must have a name");
	k->names = arena_array(c->arena, json_array_size(list), sizeof *k->names);
	if (!k->names)
		return error_memory(c->err);
	k->n_names = json_array_size(list);
	for (size_t i = 0; i < k->n_names; i++) {
		struct category_name *name = &k->names[i];
		*name = (struct category_name){ STR(""), STR(""), STR("") };
		api_get_str(json_array_get(list, i), "lang", &name->lang);
		api_get_str(json_array_get(list, i), "name", &name->name);
		api_get_text(c, json_array_get(list, i), "description", &name->description);
		bool known = false;
		for (size_t l = 0; l < c->settings.n_langs; l++)
			known |= str_eq(name->lang, c->settings.langs[l]);
		for (size_t l = 0; l < i; l++)
			known &= !str_eq(name->lang, k->names[l].lang);
		if (!known)
			return api_refuse_field(
			    c, arena_printf(c->arena, "/names/%zu/lang", i).p, "must be one of the site's languages, each once");
		if (str_trim(name->name).n == 0)
			return api_refuse_field(c, arena_printf(c->arena, "/names/%zu/name", i).p, "must not be empty");
	}
	return true;
}

static bool fields(struct api_call *c, struct category *k)
{
	struct category parent = { 0 };
	int64_t position = k->position;
	api_get_str(c->body, "slug", &k->slug);
	if (api_get_int(c->body, "parent", &k->parent) && k->parent && !find(c, k->parent, &parent))
		return c->refused ? api_refuse_field(c, "/parent", "must be the id of a category, or null") : false;
	api_get_int(c->body, "position", &position);
	k->position = (int)position;
	return get_names(c, k);
}

static bool save(struct api_call *c, struct category *k, const char *action)
{
	struct error why = { 0 };
	bool changed = false;
	struct store_tx *tx = api_begin(c);
	bool ok = tx && category_save(tx, k, &changed, c->arena, &why) &&
	          (!changed || api_audit(c, tx, str_from(action), k->slug));
	if (!ok && why.code == ERR_INVALID)
		api_refuse_field(c, "/parent", "%s", why.message);
	else if (!ok && why.code)
		*c->err = why;
	return api_commit(c, tx, ok) && answer(c, k->id);
}

static bool create(struct api_call *c)
{
	struct category k = { .slug = STR(""), .import_key = STR("") };
	if (!fields(c, &k) || !save(c, &k, "category.new"))
		return false;
	api_location(c, DESK "/categories", k.id);
	return true;
}

/* The category in the state that the sender knows. */
static bool open_state(struct api_call *c, struct category *k)
{
	int64_t id;
	if (!api_id(c, 0, &id) || !find(c, id, k))
		return false;
	json_t *now = category_json(c, k);
	bool same = api_match(c, api_etag(c, now));
	if (c->refused == 412) {
		api_int(c, now, "articles", k->articles);
		c->current = json_incref(now);
	}
	json_decref(now);
	return same;
}

static bool change(struct api_call *c)
{
	struct category k = { 0 };
	return open_state(c, &k) && fields(c, &k) && save(c, &k, "category.save");
}

static bool drop(struct api_call *c)
{
	size_t moved;
	int64_t into = 0;
	struct category k = { 0 }, heir;
	if (!open_state(c, &k))
		return false;
	c->etag = STR("");
	if (api_get_int(c->query, "into", &into) && (into == k.id || !find(c, into, &heir)))
		return c->refused || into == k.id ? api_refuse(c, 400, "the query: /into must be the id of another category")
		                                  : false;
	struct store_tx *tx = api_begin(c);
	return api_commit(c, tx,
	    tx && category_delete(tx, k.id, into, &moved, c->err) && api_audit(c, tx, STR("category.delete"), k.slug));
}

static bool tags(struct api_call *c)
{
	struct tag_use *all;
	size_t n, total;
	int64_t at = 0;
	struct str cursor = api_cursor(c);
	struct tag_filter f = { .text = STR(""), .by_use = true, .limit = api_limit(c) };
	if (cursor.n && (!str_to_int(cursor, &at) || at < 0))
		return api_refuse(c, 400, "the cursor is not one that a page gave");
	f.offset = (size_t)at;
	api_get_str(c->query, "text", &f.text);
	if (!tag_find(c->store, &f, &all, &n, &total, c->arena, c->err))
		return false;
	json_t *out = api_list(c);
	for (size_t i = 0; i < n; i++) {
		json_t *o = api_object(c);
		api_str(c, o, "name", all[i].name);
		api_int(c, o, "articles", all[i].articles);
		api_int(c, o, "uses", all[i].uses);
		api_push(c, out, o);
	}
	bool more = n > 0 && f.offset + n < total;
	return api_page(c, out, more ? arena_printf(c->arena, "%zu", f.offset + n) : STR(""));
}

/* ---- the rows ---- */

static const struct api_field NAME_IN_FIELDS[] = {
	{ "lang", API_LINE, API_REQUIRED, .max = 35 },
	{ "name", API_LINE, API_REQUIRED, .max = CREDIT_MAX },
	{ "description", API_TEXT, .max = FORM_MAX },
};
API_SCHEMA(NAME_IN, "CategoryNameChange", NAME_IN_FIELDS);
#define CHANGES(required)                                                                                 \
	{ "names", API_LIST, required, .max = 16, .of = &NAME_IN, .about = "One a language." },               \
	    { "parent", API_INTEGER, API_NULLABLE, .about = "The id of the one above; null at the top." },    \
	    { "slug", API_LINE, .max = SLUG_MAX, .about = "The name in the address; the old one leads on." }, \
	{                                                                                                     \
		"position", API_INTEGER, .max = 1000000, .about = "The order among those beside it."              \
	}
static const struct api_field NEW_FIELDS[] = { CHANGES(API_REQUIRED) };
API_SCHEMA(NEW, "CategoryNew", NEW_FIELDS);
static const struct api_field CHANGE_FIELDS[] = { CHANGES(0) };
API_SCHEMA(CHANGE, "CategoryChange", CHANGE_FIELDS);

static const struct api_field NAME_FIELDS[] = {
	{ "lang", API_TEXT, .flags = API_REQUIRED },
	{ "name", API_TEXT, .flags = API_REQUIRED },
	{ "description", API_TEXT, .flags = API_REQUIRED },
};
API_SCHEMA(NAME, "CategoryName", NAME_FIELDS);
static const struct api_field CATEGORY_FIELDS[] = {
	{ "id", API_INTEGER, .flags = API_REQUIRED },
	{ "parent", API_INTEGER, .flags = API_REQUIRED | API_NULLABLE },
	{ "slug", API_TEXT, .flags = API_REQUIRED },
	{ "position", API_INTEGER, .flags = API_REQUIRED },
	{ "names", API_LIST, API_REQUIRED, .of = &NAME },
	{ "articles", API_INTEGER, API_REQUIRED, .about = "Published, with those below it; translations once." },
};
API_SCHEMA(CATEGORY, "Category", CATEGORY_FIELDS);
static const struct api_field PAGE_FIELDS[] = {
	API_PAGE_ANSWER(CATEGORY),
	{ "shape", API_TEXT, API_REQUIRED, .about = "Names who stands below whom, in order." },
};
API_SCHEMA(PAGE, "CategoryPage", PAGE_FIELDS);
static const struct api_field QUERY_FIELDS[] = { API_PAGE_FIELDS };
API_SCHEMA(QUERY, "CategoryQuery", QUERY_FIELDS);
static const struct api_field DELETE_QUERY_FIELDS[] = {
	{ "into", API_INTEGER, .about = "The category that its articles go to; left out: to none." },
};
API_SCHEMA(DELETE_QUERY, "CategoryDeleteQuery", DELETE_QUERY_FIELDS);
static const struct api_field TAG_FIELDS[] = {
	{ "name", API_TEXT, .flags = API_REQUIRED },
	{ "articles", API_INTEGER, API_REQUIRED, .about = "Published, translations once." },
	{ "uses", API_INTEGER, API_REQUIRED, .about = "Articles of any status." },
};
API_SCHEMA(TAG, "Tag", TAG_FIELDS);
static const struct api_field TAG_QUERY_FIELDS[] = {
	API_PAGE_FIELDS,
	{ "text", API_LINE, .max = ARTICLE_TAG_MAX, .about = "Stands in the name." },
};
API_SCHEMA(TAG_QUERY, "TagQuery", TAG_QUERY_FIELDS);
static const struct api_field TAG_PAGE_FIELDS[] = { API_PAGE_ANSWER(TAG) };
API_SCHEMA(TAG_PAGE, "TagPage", TAG_PAGE_FIELDS);

static const struct api_action ACTIONS[] = {
	{ WEB_GET, DESK "/categories", "listCategories", "The tree, each before those below it", NULL, SCOPE_STRUCTURE,
	    DESK_SEE, API_PAGED, 200, &QUERY, NULL, &PAGE, 0, list },
	{ WEB_POST, DESK "/categories", "createCategory", "Makes a category", NULL, SCOPE_STRUCTURE, DESK_STRUCTURE,
	    API_ETAG, 201, NULL, &NEW, &CATEGORY, 0, create },
	{ WEB_GET, DESK "/categories/:id", "getCategory", "A category", NULL, SCOPE_STRUCTURE, DESK_SEE, API_ETAG, 200,
	    NULL, NULL, &CATEGORY, 0, get },
	{ WEB_PATCH, DESK "/categories/:id", "changeCategory", "Changes the fields that are named", NULL, SCOPE_STRUCTURE,
	    DESK_STRUCTURE, API_ETAG | API_MAY_MATCH, 200, NULL, &CHANGE, &CATEGORY, 0, change },
	{ WEB_DELETE, DESK "/categories/:id", "deleteCategory", "Deletes a category",
	    "Those below it move up; its articles stay.", SCOPE_STRUCTURE, DESK_STRUCTURE, API_MAY_MATCH, 204,
	    &DELETE_QUERY, NULL, NULL, 0, drop },
	{ WEB_GET, DESK "/tags", "listTags", "All tags, the most used first", NULL, SCOPE_STRUCTURE, DESK_SEE, API_PAGED,
	    200, &TAG_QUERY, NULL, &TAG_PAGE, 0, tags },
};
const struct api_group CATEGORIES_GROUP = { "Categories and tags", API_ACTIONS(ACTIONS) };

#include "api/inner.h"

#include <stdlib.h>
#include <string.h>

/* The OpenAPI 3.1 document, made from the table of actions. Nothing of it is written by hand a second time. */

struct making {
	json_t *schemas; /* by name, as they are met */
	bool failed;
};

static void put(struct making *m, json_t *object, const char *key, json_t *value)
{
	m->failed |= json_object_set_new(object, key, value) != 0;
}

static void push(struct making *m, json_t *list, json_t *value)
{
	m->failed |= json_array_append_new(list, value) != 0;
}

/* ---- schemas ---- */

static json_t *schema_ref(struct making *, const struct api_schema *);

static json_t *values_json(struct making *m, const char *const *values)
{
	json_t *list = json_array();
	for (; *values; values++)
		push(m, list, json_string(*values));
	return list;
}

static json_t *plain_schema(struct making *m, enum api_type type, size_t max, const char *const *values)
{
	static const char *const names[] = { [API_LINE] = "string",
		[API_TEXT] = "string",
		[API_TIME] = "string",
		[API_INTEGER] = "integer",
		[API_NUMBER] = "number",
		[API_BOOLEAN] = "boolean" };
	json_t *o = json_pack("{s:s}", "type", names[type]);
	if (type == API_TIME)
		put(m, o, "format", json_string("date-time"));
	if (type == API_INTEGER && max) {
		put(m, o, "minimum", json_integer(0));
		put(m, o, "maximum", json_integer((json_int_t)max));
	}
	/* Bytes are counted; this many characters never fit in fewer. */
	if ((type == API_LINE || type == API_TEXT) && max && !values)
		put(m, o, "maxLength", json_integer((json_int_t)max));
	if (type == API_LINE && !values)
		put(m, o, "pattern", json_string("^[^\\u0000-\\u001f\\u007f]*$"));
	if (values)
		put(m, o, "enum", values_json(m, values));
	return o;
}

static json_t *list_schema(struct making *m, const struct api_field *f)
{
	json_t *o = json_pack("{s:s}", "type", "array");
	put(m, o, "items", f->of ? schema_ref(m, f->of) : plain_schema(m, f->item, f->item_max, f->values));
	if (f->max)
		put(m, o, "maxItems", json_integer((json_int_t)f->max));
	return o;
}

static json_t *map_schema(struct making *m, const struct api_field *f)
{
	json_t *o = json_pack("{s:s}", "type", "object");
	put(m, o, "additionalProperties", plain_schema(m, API_TEXT, f->item_max, NULL));
	if (f->max)
		put(m, o, "maxProperties", json_integer((json_int_t)f->max));
	return o;
}

static json_t *or_null(struct making *m, json_t *schema)
{
	json_t *either = json_array();
	push(m, either, schema);
	push(m, either, json_pack("{s:s}", "type", "null"));
	return json_pack("{s:o}", "anyOf", either);
}

static json_t *field_schema(struct making *m, const struct api_field *f)
{
	json_t *o = f->type == API_OBJECT ? schema_ref(m, f->of)
	            : f->type == API_LIST ? list_schema(m, f)
	            : f->type == API_MAP  ? map_schema(m, f)
	                                  : plain_schema(m, f->type, f->max, f->values);
	if (f->flags & API_NULLABLE)
		o = or_null(m, o);
	if (f->about)
		put(m, o, "description", json_string(f->about));
	return o;
}

static json_t *object_schema(struct making *m, const struct api_schema *s)
{
	json_t *properties = json_object(), *required = json_array(), *o = json_pack("{s:s}", "type", "object");
	for (size_t i = 0; i < s->n; i++) {
		put(m, properties, s->fields[i].name, field_schema(m, &s->fields[i]));
		if (s->fields[i].flags & API_REQUIRED)
			push(m, required, json_string(s->fields[i].name));
	}
	put(m, o, "properties", properties);
	put(m, o, "required", required);
	put(m, o, "additionalProperties", json_false());
	return o;
}

static json_t *schema_ref(struct making *m, const struct api_schema *s)
{
	if (!json_object_get(m->schemas, s->name)) {
		put(m, m->schemas, s->name, json_object()); /* so that it is met once */
		put(m, m->schemas, s->name, object_schema(m, s));
	}
	json_t *path = json_sprintf("#/components/schemas/%s", s->name);
	return json_pack("{s:o}", "$ref", path);
}

/* ---- an operation ---- */

static json_t *parameter(
    struct making *m, const char *name, const char *in, bool required, const char *about, json_t *schema)
{
	json_t *o = json_pack("{s:s,s:s,s:b,s:o}", "name", name, "in", in, "required", required, "schema", schema);
	if (about)
		put(m, o, "description", json_string(about));
	return o;
}

/* "/articles/:id" is "/articles/{id}"; what is in braces are numbers, but for these. */
static json_t *path_schema(const char *name)
{
	static const char *const texts[] = { "login", "hash", "name", "lang" };
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		if (strcmp(name, texts[i]) == 0)
			return json_pack("{s:s}", "type", "string");
	}
	return json_pack("{s:s,s:i}", "type", "integer", "minimum", 1);
}

static void path_parameters(struct making *m, const char *path, json_t *list)
{
	struct str rest = str_from(path);
	while (rest.n) {
		struct str part = str_split(&rest, '/');
		char name[32] = "";
		if (part.n < 2 || part.p[0] != ':' || part.n > sizeof name)
			continue;
		memcpy(name, part.p + 1, part.n - 1);
		push(m, list, parameter(m, name, "path", true, NULL, path_schema(name)));
	}
}

static json_t *parameters(struct making *m, const struct api_action *a)
{
	json_t *list = json_array();
	path_parameters(m, a->path, list);
	for (size_t i = 0; a->query && i < a->query->n; i++) {
		const struct api_field *f = &a->query->fields[i];
		push(m, list,
		    parameter(m, f->name, "query", (f->flags & API_REQUIRED) != 0, f->about,
		        plain_schema(m, f->type, f->max, f->values)));
	}
	if (a->flags & (API_MATCH | API_MAY_MATCH))
		push(m, list,
		    parameter(m, "If-Match", "header", (a->flags & API_MATCH) != 0,
		        "The ETag of the state that is changed; * for whatever it is.", json_pack("{s:s}", "type", "string")));
	if (a->method == WEB_POST)
		push(m, list,
		    parameter(m, "Idempotency-Key", "header", false,
		        "A text of your own: the same request under it is done once, for a day.",
		        json_pack("{s:s,s:i}", "type", "string", "maxLength", ONCE_KEY_MAX)));
	return list;
}

static json_t *content(const char *type, json_t *schema)
{
	return json_pack("{s:{s:o}}", type, "schema", schema);
}

static json_t *request_body(struct making *m, const struct api_action *a)
{
	bool required = (a->flags & API_RAW) != 0;
	for (size_t i = 0; i < a->body->n; i++)
		required |= (a->body->fields[i].flags & API_REQUIRED) != 0;
	json_t *what = a->flags & API_RAW ? content("application/octet-stream", json_object())
	                                  : content("application/json", schema_ref(m, a->body));
	return json_pack("{s:b,s:o}", "required", required, "content", what);
}

static void header(struct making *m, json_t *headers, const char *name, const char *about)
{
	put(m, headers, name, json_pack("{s:s,s:{s:s}}", "description", about, "schema", "type", "string"));
}

static json_t *success(struct making *m, const struct api_action *a)
{
	json_t *o = json_pack("{s:s}", "description", a->answer ? a->answer->name : "Done"), *headers = json_object();
	if (a->flags & API_ETAG)
		header(m, headers, "ETag", "Names this state.");
	if (a->status == 201)
		header(m, headers, "Location", "Where it is now.");
	if (a->flags & API_PAGED)
		header(m, headers, "Link", "The next page, as rel=\"next\"; absent on the last.");
	if (json_object_size(headers))
		put(m, o, "headers", headers);
	else
		json_decref(headers);
	if (a->answer)
		put(m, o, "content", content("application/json", schema_ref(m, a->answer)));
	return o;
}

static void problem(struct making *m, json_t *responses, int status)
{
	char key[8] = { (char)('0' + status / 100), (char)('0' + status / 10 % 10), (char)('0' + status % 10) };
	put(m, responses, key,
	    json_pack("{s:s,s:o}", "description", problem_title(status), "content",
	        content("application/problem+json", json_pack("{s:s}", "$ref", "#/components/schemas/Problem"))));
}

static bool asks(const struct api_schema *query, const char *name, enum api_type type)
{
	for (size_t i = 0; query && i < query->n; i++) {
		if (query->fields[i].type == type && (!name || strcmp(query->fields[i].name, name) == 0))
			return true;
	}
	return false;
}

static json_t *responses(struct making *m, const struct api_action *a)
{
	char key[8] = { '2', '0', (char)('0' + a->status % 10) };
	json_t *o = json_object();
	bool secret = !(a->flags & API_PUBLIC), post = a->method == WEB_POST, one = strchr(a->path, ':') != NULL;
	/* The site passes over what it does not know in a query, but not a number that is none. */
	bool odd = secret || one || asks(a->query, NULL, API_INTEGER);
	const struct {
		int status;
		bool may;
	} problems[] = { { 400, odd }, { 401, secret }, { 403, secret },
		{ 404, one || (a->flags & API_GONE) || (!secret && asks(a->query, "category", API_LINE)) },
		{ 409, post || (a->flags & API_CONFLICTS) }, { 412, (a->flags & (API_MATCH | API_MAY_MATCH)) != 0 },
		{ 413, a->body != NULL }, { 415, a->body != NULL }, { 422, a->body || post },
		{ 428, (a->flags & API_MATCH) != 0 }, { 429, secret } };
	put(m, o, key, success(m, a));
	if (a->method == WEB_GET && (a->flags & API_ETAG))
		put(m, o, "304", json_pack("{s:s}", "description", "As If-None-Match says it is."));
	for (size_t i = 0; i < sizeof problems / sizeof *problems; i++) {
		if (problems[i].may)
			problem(m, o, problems[i].status);
	}
	put(m, o, "default",
	    json_pack("{s:s,s:o}", "description", "Any other failure", "content",
	        content("application/problem+json", json_pack("{s:s}", "$ref", "#/components/schemas/Problem"))));
	return o;
}

/* What it needs, in words. */
static json_t *description(const struct api_action *a)
{
	struct buf out = { 0 };
	if (a->more)
		buf_printf(&out, "%s ", a->more);
	if (!(a->flags & API_PUBLIC)) {
		if (!(a->flags & API_ANY_TOKEN))
			buf_printf(&out, "Scope: %s. ", scope_name(a->scope).p);
		buf_adds(&out, "Roles:");
		for (int r = 0, n = 0; r < ROLES; r++) {
			if (desk_may((enum role)r, a->right))
				buf_printf(&out, "%s %s", n++ ? "," : "", role_name((enum role)r).p);
		}
		buf_addc(&out, '.');
	}
	struct str s = str_trim(buf_str(&out));
	json_t *text = out.failed ? NULL : json_stringn(s.p ? s.p : "", s.n);
	buf_free(&out);
	return text;
}

static json_t *operation(struct making *m, const struct api_action *a, const char *group)
{
	json_t *o = json_pack("{s:s,s:s,s:o,s:[s]}", "operationId", a->name, "summary", a->about, "description",
	    description(a), "tags", group);
	put(m, o, "parameters", parameters(m, a));
	if (a->body && (a->body->n || (a->flags & API_RAW)))
		put(m, o, "requestBody", request_body(m, a));
	put(m, o, "responses", responses(m, a));
	if (a->flags & API_PUBLIC)
		put(m, o, "security", json_array());
	else if (a->flags & API_ANY_TOKEN)
		put(m, o, "security", json_pack("[{s:[]}]", "token"));
	else
		put(m, o, "security", json_pack("[{s:[s]}]", "token", scope_name(a->scope).p));
	return o;
}

static json_t *paths(struct making *m)
{
	const struct api_group *const *groups = api_groups();
	json_t *out = json_object();
	for (size_t g = 0; groups[g]; g++) {
		for (size_t i = 0; i < groups[g]->n; i++) {
			const struct api_action *a = &groups[g]->actions[i];
			static const char *const methods[] = { "get", "post", "put", "delete" };
			const char *method = "patch";
			for (unsigned bit = 0; bit < 4; bit++) {
				if (a->method == 1u << bit)
					method = methods[bit];
			}
			struct buf path = { 0 };
			for (struct str rest = str_skip(str_from(a->path), 1); rest.n;) {
				struct str part = str_split(&rest, '/');
				bool name = part.n && part.p[0] == ':';
				buf_adds(&path, name ? "/{" : "/");
				buf_add(&path, str_skip(part, name));
				buf_adds(&path, name ? "}" : "");
			}
			buf_addc(&path, '\0');
			m->failed |= path.failed;
			if (!path.failed && !json_object_get(out, path.p))
				put(m, out, path.p, json_object());
			if (!path.failed)
				put(m, json_object_get(out, path.p), method, operation(m, a, groups[g]->name));
			buf_free(&path);
		}
	}
	return out;
}

/* ---- the document ---- */

static json_t *problem_schema(void)
{
	return json_pack(
	    "{s:s,s:[sss],s:{s:{s:s},s:{s:s},s:{s:s},s:{s:s},s:{s:s,s:{s:s,s:[ss],s:{s:{s:s,s:s},s:{s:s}}}},s:{s:s,s:s}}}",
	    "type", "object", "required", "type", "title", "status", "properties", "type", "type", "string", "title",
	    "type", "string", "status", "type", "integer", "detail", "type", "string", "errors", "type", "array", "items",
	    "type", "object", "required", "pointer", "detail", "properties", "pointer", "type", "string", "description",
	    "Which field or parameter (RFC 6901).", "detail", "type", "string", "current", "type", "object", "description",
	    "Of a 412: what it says now.");
}

static json_t *tags(struct making *m)
{
	const struct api_group *const *groups = api_groups();
	json_t *list = json_array();
	for (size_t g = 0; groups[g]; g++)
		push(m, list, json_pack("{s:s}", "name", groups[g]->name));
	return list;
}

static json_t *document(struct making *m)
{
	m->schemas = json_object();
	json_t *o = json_pack("{s:s,s:{s:s,s:s,s:s},s:[{s:s}]}", "openapi", "3.1.0", "info", "title", "Kairan", "version",
	    "1", "description",
	    "What the desk does, for programs. A token is made at /desk/account/tokens or by `kairan token add`, and sent as "
	    "`Authorization: Bearer TOKEN`. It may do what its scopes and the role of its person both allow. Lengths are counted "
	    "in bytes of UTF-8. Unknown fields and parameters are refused.",
	    "servers", "url", "/");
	put(m, o, "tags", tags(m));
	put(m, o, "paths", paths(m));
	put(m, m->schemas, "Problem", problem_schema());
	json_t *token = json_pack("{s:{s:s,s:s}}", "token", "type", "http", "scheme", "bearer");
	put(m, o, "components", json_pack("{s:O,s:o}", "schemas", m->schemas, "securitySchemes", token));
	json_decref(m->schemas);
	return o;
}

bool api_document(struct buf *out, struct error *err)
{
	struct making m = { 0 };
	json_t *json = document(&m);
	char *text = m.failed ? NULL : json_dumps(json, JSON_COMPACT);
	json_decref(json);
	if (!text)
		return error_memory(err);
	buf_adds(out, text);
	buf_addc(out, '\n');
	free(text);
	return true;
}

bool openapi_json(const struct web_request *req, struct web_response *res, struct error *err)
{
	(void)req;
	res->type = STR("application/json");
	web_key_add(res, WEB_KEY_ALL);
	return api_document(&res->body, err);
}

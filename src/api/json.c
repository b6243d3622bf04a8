#include "api/inner.h"

void api_put(struct api_call *c, json_t *object, const char *key, json_t *value)
{
	if (json_object_set_new(object, key, value) != 0)
		c->failed = true;
}

void api_push(struct api_call *c, json_t *list, json_t *value)
{
	if (json_array_append_new(list, value) != 0)
		c->failed = true;
}

static json_t *text(struct str s)
{
	return json_stringn(s.p ? s.p : "", s.n);
}

void api_str(struct api_call *c, json_t *object, const char *key, struct str s)
{
	api_put(c, object, key, text(utf8_clean(c->arena, s)));
}

void api_int(struct api_call *c, json_t *object, const char *key, int64_t n)
{
	api_put(c, object, key, json_integer(n));
}

void api_bool(struct api_call *c, json_t *object, const char *key, bool b)
{
	api_put(c, object, key, json_boolean(b));
}

void api_null(struct api_call *c, json_t *object, const char *key)
{
	api_put(c, object, key, json_null());
}

void api_time(struct api_call *c, json_t *object, const char *key, int64_t t)
{
	api_put(c, object, key, t > 0 ? text(time_rfc3339(c->arena, t)) : json_null());
}

json_t *api_object(struct api_call *c)
{
	json_t *out = json_object();
	c->failed |= !out;
	return out;
}

json_t *api_list(struct api_call *c)
{
	json_t *out = json_array();
	c->failed |= !out;
	return out;
}

json_t *api_texts(struct api_call *c, const struct str *v, size_t n)
{
	json_t *out = api_list(c);
	for (size_t i = 0; i < n; i++)
		api_push(c, out, text(utf8_clean(c->arena, v[i])));
	return out;
}

json_t *api_ids(struct api_call *c, const int64_t *v, size_t n)
{
	json_t *out = api_list(c);
	for (size_t i = 0; i < n; i++)
		api_push(c, out, json_integer(v[i]));
	return out;
}

/* ---- reading; types are as the schema says ---- */

bool api_get_str(json_t *object, const char *key, struct str *out)
{
	json_t *v = json_object_get(object, key);
	if (json_is_string(v))
		*out = str_of(json_string_value(v), json_string_length(v));
	else if (json_is_null(v))
		*out = STR("");
	return v != NULL;
}

bool api_get_text(struct api_call *c, json_t *object, const char *key, struct str *out)
{
	struct buf plain = { 0 };
	if (!api_get_str(object, key, out))
		return false;
	if (str_find(*out, STR("\r")) < 0)
		return true;
	for (size_t i = 0; i < out->n; i++) {
		if (out->p[i] != '\r')
			buf_addc(&plain, out->p[i]);
		else if (i + 1 == out->n || out->p[i + 1] != '\n')
			buf_addc(&plain, '\n');
	}
	*out = buf_take(&plain, c->arena);
	c->failed |= !out->p;
	return true;
}

bool api_get_int(json_t *object, const char *key, int64_t *out)
{
	json_t *v = json_object_get(object, key);
	if (json_is_integer(v))
		*out = json_integer_value(v);
	else if (json_is_null(v))
		*out = 0;
	return v != NULL;
}

bool api_get_bool(json_t *object, const char *key, bool *out)
{
	json_t *v = json_object_get(object, key);
	if (v)
		*out = json_is_true(v);
	return v != NULL;
}

bool api_get_time(json_t *object, const char *key, int64_t *out)
{
	struct str s = STR("");
	if (!api_get_str(object, key, &s))
		return false;
	if (s.n == 0 || !time_parse(s, 0, out))
		*out = 0;
	return true;
}

bool api_get_ids(struct api_call *c, json_t *object, const char *key, const int64_t **out, size_t *n)
{
	json_t *v = json_object_get(object, key);
	if (!v)
		return false;
	int64_t *ids = arena_array(c->arena, json_array_size(v) + 1, sizeof *ids);
	*n = 0;
	for (size_t i = 0; ids && i < json_array_size(v); i++)
		ids[(*n)++] = json_integer_value(json_array_get(v, i));
	c->failed |= !ids;
	*out = ids;
	return true;
}

bool api_get_texts(struct api_call *c, json_t *object, const char *key, const struct str **out, size_t *n)
{
	json_t *v = json_object_get(object, key);
	if (!v)
		return false;
	struct str *texts = arena_array(c->arena, json_array_size(v) + 1, sizeof *texts);
	*n = 0;
	for (size_t i = 0; texts && i < json_array_size(v); i++) {
		json_t *one = json_array_get(v, i);
		texts[(*n)++] = str_of(json_string_value(one), json_string_length(one));
	}
	c->failed |= !texts;
	*out = texts;
	return true;
}

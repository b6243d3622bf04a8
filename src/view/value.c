#include "view/inner.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>

static struct view_value *make(struct arena *arena, enum value_kind kind, bool *failed)
{
	struct view_value *v = arena_alloc(arena, sizeof *v);
	if (!v) {
		if (failed)
			*failed = true;
		return NULL;
	}
	v->kind = kind;
	v->arena = arena;
	v->failed = failed ? failed : arena_alloc(arena, sizeof *v->failed);
	return v->failed ? v : NULL;
}

struct view_value *view_object(struct arena *arena)
{
	return make(arena, VALUE_OBJECT, NULL);
}

struct view_value *view_list(struct arena *arena)
{
	return make(arena, VALUE_LIST, NULL);
}

static void append(struct view_value *parent, struct view_value *child)
{
	if (parent->last)
		parent->last->next = child;
	else
		parent->first = child;
	parent->last = child;
}

void view_set(struct view_value *object, const char *key, struct view_value *value)
{
	if (!object || !value)
		return;
	value->key = key;
	append(object, value);
}

static void set_text(struct view_value *object, const char *key, enum value_kind kind, struct str text)
{
	struct view_value *v = object ? make(object->arena, kind, object->failed) : NULL;
	if (!v)
		return;
	v->text = text;
	view_set(object, key, v);
}

void view_set_str(struct view_value *object, const char *key, struct str text)
{
	set_text(object, key, VALUE_STR, text);
}

void view_set_html(struct view_value *object, const char *key, struct str html)
{
	set_text(object, key, VALUE_HTML, html);
}

void view_set_int(struct view_value *object, const char *key, int64_t n)
{
	if (object)
		set_text(object, key, VALUE_STR, arena_printf(object->arena, "%lld", (long long)n));
}

void view_set_bool(struct view_value *object, const char *key, bool b)
{
	struct view_value *v = object ? make(object->arena, VALUE_BOOL, object->failed) : NULL;
	if (!v)
		return;
	v->truth = b;
	v->text = b ? STR("true") : STR("false");
	view_set(object, key, v);
}

static struct view_value *set_new(struct view_value *object, const char *key, enum value_kind kind)
{
	struct view_value *v = object ? make(object->arena, kind, object->failed) : NULL;
	view_set(object, key, v);
	return v;
}

struct view_value *view_set_object(struct view_value *object, const char *key)
{
	return set_new(object, key, VALUE_OBJECT);
}

struct view_value *view_set_list(struct view_value *object, const char *key)
{
	return set_new(object, key, VALUE_LIST);
}

struct view_value *view_push_object(struct view_value *list)
{
	return set_new(list, NULL, VALUE_OBJECT);
}

void view_push_str(struct view_value *list, struct str text)
{
	set_text(list, NULL, VALUE_STR, text);
}

bool view_failed(const struct view_value *root)
{
	return !root || *root->failed;
}

/* The value set last under a key counts. */
const struct view_value *value_get(const struct view_value *object, struct str key)
{
	const struct view_value *found = NULL;
	if (object->kind != VALUE_OBJECT)
		return NULL;
	for (const struct view_value *v = object->first; v; v = v->next) {
		/* Most differ in their first letter. */
		if (key.n && v->key[0] == key.p[0] && str_eq(str_from(v->key), key))
			found = v;
	}
	return found;
}

bool value_truthy(const struct view_value *v)
{
	if (!v)
		return false;
	switch (v->kind) {
	case VALUE_BOOL:
		return v->truth;
	case VALUE_LIST:
		return v->first != NULL;
	case VALUE_STR:
	case VALUE_HTML:
		return v->text.n > 0;
	case VALUE_OBJECT:
		break;
	}
	return true;
}

/* ---- from JSON ---- */

#define JSON_DEPTH_MAX 64

static struct view_value *from_json(const json_t *json, struct arena *arena, bool *failed, int depth)
{
	struct view_value *v;
	size_t i;
	json_t *item;
	const char *key;
	if (depth > JSON_DEPTH_MAX)
		return NULL;
	if (json_is_object(json) || json_is_array(json)) {
		v = make(arena, json_is_object(json) ? VALUE_OBJECT : VALUE_LIST, failed);
		if (!v)
			return NULL;
		json_object_foreach((json_t *)(uintptr_t)json, key, item)
		    view_set(v, arena_cstr(arena, str_from(key)), from_json(item, arena, v->failed, depth + 1));
		json_array_foreach(json, i, item) view_set(v, NULL, from_json(item, arena, v->failed, depth + 1));
		return v;
	}
	v = make(arena, json_is_boolean(json) || json_is_null(json) ? VALUE_BOOL : VALUE_STR, failed);
	if (!v)
		return NULL;
	v->truth = json_is_true(json);
	if (json_is_string(json))
		v->text = arena_dup(arena, str_of(json_string_value(json), json_string_length(json)));
	else if (json_is_integer(json))
		v->text = arena_printf(arena, "%lld", (long long)json_integer_value(json));
	else if (json_is_real(json))
		v->text = arena_printf(arena, "%.15g", json_real_value(json));
	return v;
}

struct view_value *view_from_json(struct str text, struct arena *arena)
{
	json_t *json = json_loadb(text.p ? text.p : "", text.n, JSON_DECODE_ANY, NULL);
	struct view_value *v = json ? from_json(json, arena, NULL, 0) : NULL;
	json_decref(json);
	return v;
}

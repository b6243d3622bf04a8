#include "campaign/inner.h"

#include <jansson.h>
#include <string.h>

/* What a person typed, as the JSON that is encrypted. */

#define VERSION 1
#define LANG_MAX 35 /* bytes: BCP 47 */

/* ---- writing ---- */

static json_t *text(struct str s)
{
	bool fine = s.n == 0 || !memchr(s.p, 0, s.n);
	return fine ? json_stringn(s.n ? s.p : "", s.n) : NULL;
}

/* Steals the value; a NULL value makes the whole fail. */
static bool put(json_t *object, struct str name, json_t *value)
{
	return json_object_setn_new(object, name.n ? name.p : "", name.n, value) == 0;
}

static bool push(json_t *list, json_t *value)
{
	return json_array_append_new(list, value) == 0;
}

static json_t *fields_json(const struct signing *s)
{
	json_t *out = json_object();
	for (size_t i = 0; out && i < s->n_fields; i++) {
		if (!utf8_valid(s->fields[i].name) || !put(out, s->fields[i].name, text(s->fields[i].value))) {
			json_decref(out);
			return NULL;
		}
	}
	return out;
}

static json_t *consents_json(const struct signing *s)
{
	json_t *out = json_array();
	for (size_t i = 0; out && i < s->n_consents; i++) {
		json_t *one = json_object();
		bool ok = one && put(one, STR("name"), text(s->consents[i].name)) &&
		          put(one, STR("version"), json_integer(s->consents[i].version));
		if (!push(out, ok ? one : NULL)) {
			if (!ok)
				json_decref(one);
			json_decref(out);
			return NULL;
		}
	}
	return out;
}

static json_t *letters_json(const struct signing *s)
{
	json_t *out = json_array();
	for (size_t i = 0; out && i < s->n_letters; i++) {
		const struct signing_letter *l = &s->letters[i];
		json_t *one = json_object();
		bool ok = one && put(one, STR("target"), json_integer(l->target)) &&
		          put(one, STR("subject"), text(l->subject)) && put(one, STR("text"), text(l->text));
		if (!push(out, ok ? one : NULL)) {
			if (!ok)
				json_decref(one);
			json_decref(out);
			return NULL;
		}
	}
	return out;
}

static json_t *public_json(const struct signing *s)
{
	json_t *out = json_object();
	if (out && put(out, STR("name"), text(s->public_name)) && put(out, STR("town"), text(s->public_town)) &&
	    put(out, STR("comment"), text(s->public_comment)))
		return out;
	json_decref(out);
	return NULL;
}

static bool fill(json_t *out, const struct signing *s)
{
	return put(out, STR("v"), json_integer(VERSION)) && put(out, STR("lang"), text(s->lang)) &&
	       put(out, STR("mail"), text(s->mail)) && put(out, STR("fields"), fields_json(s)) &&
	       put(out, STR("consents"), consents_json(s)) && (!s->has_public || put(out, STR("public"), public_json(s))) &&
	       (s->region.n == 0 || put(out, STR("region"), text(s->region))) &&
	       (s->n_letters == 0 || put(out, STR("letters"), letters_json(s)));
}

static bool within_limits(const struct signing *s)
{
	return s->n_fields <= SIGNING_FIELDS_MAX && s->n_consents <= SIGNING_FIELDS_MAX &&
	       s->n_letters <= SIGNING_LETTERS_MAX && s->mail.n <= MAIL_ADDRESS_MAX + 2 && s->lang.n <= LANG_MAX &&
	       s->region.n <= REGION_MAX;
}

bool signing_encode(const struct signing *s, struct str *out, struct arena *arena, struct error *err)
{
	if (!within_limits(s))
		return error_set(err, ERR_TOO_LARGE, "too much was filled in");
	json_t *json = json_object();
	bool fine = json && fill(json, s);
	if (!fine)
		json_decref(json);
	*out = fine ? json_text(json, arena) : (struct str){ 0 };
	if (!fine)
		return error_set(err, ERR_INVALID, "what was filled in is no well-formed text");
	if (!out->p)
		return error_memory(err);
	return out->n <= SIGNING_MAX ? true : error_set(err, ERR_TOO_LARGE, "too much was filled in");
}

/* ---- reading ---- */

static bool get(const json_t *object, const char *name, struct str *out, struct arena *arena)
{
	const json_t *value = json_object_get(object, name);
	*out = STR("");
	if (!value)
		return true;
	if (!json_is_string(value))
		return false;
	*out = arena_dup(arena, str_of(json_string_value(value), json_string_length(value)));
	return out->p != NULL;
}

static bool get_number(const json_t *object, const char *name, int64_t *out)
{
	const json_t *value = json_object_get(object, name);
	*out = json_integer_value(value);
	return json_is_integer(value);
}

static bool read_fields(json_t *object, struct signing *out, struct arena *arena)
{
	const char *name;
	json_t *value;
	size_t n = json_object_size(object);
	if ((object && !json_is_object(object)) || n > SIGNING_FIELDS_MAX)
		return false;
	out->fields = arena_array(arena, n, sizeof *out->fields);
	if (!out->fields)
		return false;
	json_object_foreach(object, name, value)
	{
		struct signing_field *f = &out->fields[out->n_fields++];
		f->name = arena_dup(arena, str_from(name));
		f->value = arena_dup(arena, str_of(json_string_value(value), json_string_length(value)));
		if (!json_is_string(value) || !f->name.p || !f->value.p)
			return false;
	}
	return true;
}

static bool read_consents(const json_t *list, struct signing *out, struct arena *arena)
{
	out->n_consents = json_array_size(list);
	if ((list && !json_is_array(list)) || out->n_consents > SIGNING_FIELDS_MAX)
		return false;
	out->consents = arena_array(arena, out->n_consents, sizeof *out->consents);
	for (size_t i = 0; out->consents && i < out->n_consents; i++) {
		const json_t *one = json_array_get(list, i);
		if (!get(one, "name", &out->consents[i].name, arena) || !get_number(one, "version", &out->consents[i].version))
			return false;
	}
	return out->consents != NULL;
}

static bool read_letters(const json_t *list, struct signing *out, struct arena *arena)
{
	out->n_letters = json_array_size(list);
	if ((list && !json_is_array(list)) || out->n_letters > SIGNING_LETTERS_MAX)
		return false;
	out->letters = arena_array(arena, out->n_letters, sizeof *out->letters);
	for (size_t i = 0; out->letters && i < out->n_letters; i++) {
		const json_t *one = json_array_get(list, i);
		struct signing_letter *l = &out->letters[i];
		if (!get_number(one, "target", &l->target) || !get(one, "subject", &l->subject, arena) ||
		    !get(one, "text", &l->text, arena))
			return false;
	}
	return out->letters != NULL;
}

static bool read_public(const json_t *object, struct signing *out, struct arena *arena)
{
	if (!object)
		return true;
	out->has_public = true;
	return json_is_object(object) && get(object, "name", &out->public_name, arena) &&
	       get(object, "town", &out->public_town, arena) && get(object, "comment", &out->public_comment, arena);
}

static bool read_all(const json_t *json, struct signing *out, struct arena *arena)
{
	int64_t version;
	return get_number(json, "v", &version) && version == VERSION && get(json, "lang", &out->lang, arena) &&
	       get(json, "mail", &out->mail, arena) && read_fields(json_object_get(json, "fields"), out, arena) &&
	       read_consents(json_object_get(json, "consents"), out, arena) &&
	       read_public(json_object_get(json, "public"), out, arena) && get(json, "region", &out->region, arena) &&
	       read_letters(json_object_get(json, "letters"), out, arena) && within_limits(out);
}

bool signing_decode(struct str typed, struct signing *out, struct arena *arena, struct error *err)
{
	*out = (struct signing){ 0 };
	json_t *json =
	    typed.n <= SIGNING_MAX ? json_loadb(typed.p ? typed.p : "", typed.n, JSON_REJECT_DUPLICATES, NULL) : NULL;
	bool ok = json && read_all(json, out, arena);
	json_decref(json);
	return ok ? true : error_set(err, ERR_INVALID, "this is not what a signature holds");
}

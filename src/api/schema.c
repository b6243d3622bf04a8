#include "api/inner.h"

#include <stdio.h>
#include <string.h>

/* Is a JSON value what a schema says? Each fault is told with the place where it is. */

void api_fault(struct api_faults *faults, const char *pointer, const char *fmt, ...)
{
	va_list args;
	if (faults->n == API_ERRORS_MAX)
		return;
	struct api_fault *f = &faults->v[faults->n++];
	snprintf(f->pointer, sizeof f->pointer, "%s", pointer);
	va_start(args, fmt);
	vsnprintf(f->detail, sizeof f->detail, fmt, args);
	va_end(args);
}

struct place {
	char at[160];
};

/* One step further; a name's "~" and "/" are escaped (RFC 6901). What does not fit is cut at a character. */
static struct place step(const struct place *from, const char *name)
{
	struct place out = *from;
	size_t n = strlen(out.at), start = n;
	if (n < sizeof out.at - 1)
		out.at[n++] = '/';
	for (; *name && n < sizeof out.at - 2; name++) {
		bool escape = *name == '~' || *name == '/';
		if (escape)
			out.at[n++] = '~';
		out.at[n++] = !escape ? *name : *name == '~' ? '0' : '1';
	}
	if (*name)
		n = start + utf8_floor(str_of(out.at + start, n - start), n - start - 1);
	out.at[n] = '\0';
	return out;
}

static const struct api_field *field_of(const struct api_schema *s, const char *name)
{
	for (size_t i = 0; i < s->n; i++) {
		if (strcmp(s->fields[i].name, name) == 0)
			return &s->fields[i];
	}
	return NULL;
}

static bool has_controls(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		if ((unsigned char)s.p[i] < ' ' || s.p[i] == 127)
			return true;
	}
	return false;
}

static bool is_one_of(struct str s, const char *const *values)
{
	for (; *values; values++) {
		if (str_eq(s, str_from(*values)))
			return true;
	}
	return false;
}

/* RFC 3339 to the second, no less: "2026-05-01T09:00:00+09:00". */
static bool is_time(struct str s)
{
	int64_t t;
	bool zone = s.n > 19 && (s.p[s.n - 1] == 'Z' ||
	                            (s.n > 24 && s.p[s.n - 3] == ':' && (s.p[s.n - 6] == '+' || s.p[s.n - 6] == '-')));
	return s.n <= 40 && zone && s.p[10] == 'T' && time_parse(s, 0, &t) && t > 0;
}

static void check_text(
    enum api_type type, size_t max, const char *const *values, json_t *v, const struct place *at, struct api_faults *f)
{
	if (!json_is_string(v)) {
		api_fault(f, at->at, "must be a text");
		return;
	}
	struct str s = str_of(json_string_value(v), json_string_length(v));
	if (values && !is_one_of(s, values))
		api_fault(f, at->at, "must be one of the values that the document names");
	else if (type == API_TIME && !is_time(s))
		api_fault(f, at->at, "must be a time such as 2026-05-01T09:00:00+09:00");
	else if (max && s.n > max)
		api_fault(f, at->at, "must have at most %zu bytes", max);
	else if (type == API_LINE && has_controls(s))
		api_fault(f, at->at, "must be one line without control characters");
}

static void check_integer(size_t max, json_t *v, const struct place *at, struct api_faults *f)
{
	if (!json_is_integer(v))
		api_fault(f, at->at, "must be a whole number");
	else if (json_integer_value(v) < 0 || (max && (uint64_t)json_integer_value(v) > max))
		api_fault(f, at->at, "must lie between 0 and %zu", max ? max : (size_t)INT64_MAX);
}

static void check_object(const struct api_schema *, json_t *, const struct place *, struct api_faults *);

static void check_plain(
    enum api_type type, size_t max, const char *const *values, json_t *v, const struct place *at, struct api_faults *f)
{
	if (type == API_INTEGER)
		check_integer(max, v, at, f);
	else if (type == API_NUMBER && !json_is_number(v))
		api_fault(f, at->at, "must be a number");
	else if (type == API_BOOLEAN && !json_is_boolean(v))
		api_fault(f, at->at, "must be true or false");
	else if (type == API_LINE || type == API_TEXT || type == API_TIME)
		check_text(type, max, values, v, at, f);
}

static void check_list(const struct api_field *field, json_t *v, const struct place *at, struct api_faults *f)
{
	char number[24];
	if (!json_is_array(v)) {
		api_fault(f, at->at, "must be a list");
		return;
	}
	if (field->max && json_array_size(v) > field->max) {
		api_fault(f, at->at, "must have at most %zu entries", field->max);
		return;
	}
	for (size_t i = 0; i < json_array_size(v) && f->n < API_ERRORS_MAX; i++) {
		snprintf(number, sizeof number, "%zu", i);
		struct place here = step(at, number);
		if (field->of)
			check_object(field->of, json_array_get(v, i), &here, f);
		else
			check_plain(field->item, field->item_max, field->values, json_array_get(v, i), &here, f);
	}
}

static void check_map(const struct api_field *field, json_t *v, const struct place *at, struct api_faults *f)
{
	const char *name;
	json_t *value;
	if (!json_is_object(v)) {
		api_fault(f, at->at, "must be an object");
		return;
	}
	if (field->max && json_object_size(v) > field->max) {
		api_fault(f, at->at, "must have at most %zu entries", field->max);
		return;
	}
	json_object_foreach(v, name, value)
	{
		struct place here = step(at, name);
		check_text(API_TEXT, field->item_max, NULL, value, &here, f);
	}
}

static void check_field(const struct api_field *field, json_t *v, const struct place *at, struct api_faults *f)
{
	if (json_is_null(v)) {
		if (!(field->flags & API_NULLABLE))
			api_fault(f, at->at, "must not be null");
	} else if (field->type == API_OBJECT) {
		check_object(field->of, v, at, f);
	} else if (field->type == API_LIST) {
		check_list(field, v, at, f);
	} else if (field->type == API_MAP) {
		check_map(field, v, at, f);
	} else {
		check_plain(field->type, field->max, field->values, v, at, f);
	}
}

static void check_object(const struct api_schema *s, json_t *v, const struct place *at, struct api_faults *f)
{
	const char *name;
	json_t *value;
	if (!json_is_object(v)) {
		api_fault(f, at->at, "must be an object");
		return;
	}
	for (size_t i = 0; i < s->n; i++) {
		struct place here = step(at, s->fields[i].name);
		if ((s->fields[i].flags & API_REQUIRED) && !json_object_get(v, s->fields[i].name))
			api_fault(f, here.at, "is missing");
	}
	json_object_foreach(v, name, value)
	{
		const struct api_field *field = field_of(s, name);
		struct place here = step(at, name);
		if (field)
			check_field(field, value, &here, f);
		else
			api_fault(f, here.at, "is not a field of this");
	}
}

void schema_check(const struct api_schema *s, json_t *value, struct api_faults *faults)
{
	struct place root = { "" };
	check_object(s, value, &root, faults);
}

/* ---- queries ---- */

static json_t *param_value(const struct api_field *field, struct str value)
{
	int64_t n;
	if (field->type == API_INTEGER && str_to_int(value, &n))
		return json_integer(n);
	if (field->type == API_BOOLEAN && (str_eq(value, STR("true")) || str_eq(value, STR("false"))))
		return json_boolean(value.p[0] == 't');
	return json_stringn(value.p ? value.p : "", value.n);
}

json_t *schema_query(const struct api_schema *s, const struct web_param *params, size_t n, struct api_faults *faults)
{
	json_t *out = json_object();
	struct place root = { "" };
	for (size_t i = 0; i < n && out; i++) {
		char name[64];
		snprintf(name, sizeof name, "%.*s",
		    (int)(params[i].name.n < 60 ? params[i].name.n : utf8_floor(params[i].name, 60)),
		    params[i].name.p ? params[i].name.p : "");
		const struct api_field *field = s ? field_of(s, name) : NULL;
		struct place here = step(&root, name);
		if (!field) {
			api_fault(faults, here.at, "is not a parameter of this");
			continue;
		}
		if (json_object_get(out, name)) {
			api_fault(faults, here.at, "stands there twice");
			continue;
		}
		json_t *value = param_value(field, params[i].value);
		if (!value || json_object_set_new(out, field->name, value) != 0) {
			json_decref(out);
			return NULL;
		}
		check_field(field, value, &here, faults);
	}
	return out;
}

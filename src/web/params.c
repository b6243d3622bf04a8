#include "web/inner.h"

#include <string.h>

static int hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = (char)(c | 32);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool decode(struct str raw, bool plus, struct str *out, bool strict, struct arena *arena)
{
	struct buf text = { 0 };
	bool fine = true;
	for (size_t i = 0; i < raw.n; i++) {
		char c = raw.p[i];
		if (c == '+' && plus)
			c = ' ';
		if (c == '%' && i + 2 < raw.n && hex(raw.p[i + 1]) >= 0 && hex(raw.p[i + 2]) >= 0) {
			c = (char)(hex(raw.p[i + 1]) << 4 | hex(raw.p[i + 2]));
			i += 2;
		} else if (c == '%' && strict) {
			fine = false;
		}
		if (c == '\0' && strict)
			fine = false;
		buf_addc(&text, c == '\0' ? ' ' : c);
	}
	*out = utf8_clean(arena, buf_take(&text, arena));
	return fine && out->p;
}

static size_t count_params(struct str encoded)
{
	size_t n = 0;
	while (encoded.n)
		n += str_split(&encoded, '&').n > 0;
	return n;
}

bool params_parse(
    struct str encoded, size_t max, struct web_param **out, size_t *n, struct arena *arena, struct error *err)
{
	size_t room = count_params(encoded);
	*n = 0;
	*out = arena_array(arena, (room < max ? room : max) + 1, sizeof **out);
	if (!*out)
		return error_memory(err);
	while (encoded.n) {
		struct str value = str_split(&encoded, '&'), name = str_split(&value, '=');
		if (name.n == 0)
			continue;
		if (*n == max)
			return error_set(err, ERR_TOO_LARGE, "more than %zu fields", max);
		struct web_param *p = &(*out)[(*n)++];
		if (!decode(name, true, &p->name, false, arena) || !decode(value, true, &p->value, false, arena))
			return error_memory(err);
	}
	return true;
}

bool web_parse_params(struct str encoded, struct web_param **out, size_t *n, struct arena *arena, struct error *err)
{
	return params_parse(encoded, PARAMS_MAX, out, n, arena, err);
}

bool web_parse_path(struct str raw, struct str *out, struct arena *arena, struct error *err)
{
	/* The absolute form names the host again. */
	if (str_starts_ci(raw, STR("http://")) || str_starts_ci(raw, STR("https://"))) {
		raw = str_skip(raw, raw.p[4] == ':' ? 7 : 8);
		size_t slash = 0;
		while (slash < raw.n && raw.p[slash] != '/')
			slash++;
		raw = slash < raw.n ? str_skip(raw, slash) : STR("/");
	}
	if (raw.n == 0 || raw.p[0] != '/')
		return error_set(err, ERR_INVALID, "a path starts with a slash");
	if (!decode(raw, false, out, true, arena))
		return error_set(err, ERR_INVALID, "a percent sign must be followed by two hexadecimal digits, and not by 00");
	for (struct str rest = *out; rest.n;) {
		struct str part = str_split(&rest, '/');
		if (str_eq(part, STR(".")) || str_eq(part, STR("..")))
			return error_set(err, ERR_INVALID, "a path has no parts \".\" or \"..\"");
	}
	return true;
}

struct str web_param_get(const struct web_request *req, const char *name)
{
	for (size_t i = 0; i < req->n_params; i++) {
		if (str_eq(req->params[i].name, str_from(name)))
			return req->params[i].value;
	}
	return STR("");
}

struct str web_field_get(const struct web_request *req, const char *name)
{
	for (size_t i = 0; i < req->n_fields; i++) {
		if (str_eq(req->fields[i].name, str_from(name)))
			return req->fields[i].value;
	}
	return STR("");
}

struct str web_cookie_get(const struct web_request *req, const char *name)
{
	for (size_t i = 0; i < req->n_cookies; i++) {
		if (str_eq(req->cookies[i].name, str_from(name)))
			return req->cookies[i].value;
	}
	return STR("");
}

const struct web_file *web_file_get(const struct web_request *req, const char *name)
{
	for (size_t i = 0; i < req->n_files; i++) {
		if (str_eq(req->files[i].name, str_from(name)))
			return &req->files[i];
	}
	return NULL;
}

struct str target_name(struct str target, char room[static SHORT_NAME_MAX])
{
	if (target.n > SHORT_NAME_MAX || !memchr(target.p, '%', target.n))
		return target;
	size_t n = 0;
	for (size_t i = 0; i < target.n; i++) {
		int high = target.p[i] == '%' && i + 2 < target.n ? hex(target.p[i + 1]) : -1;
		int low = high >= 8 ? hex(target.p[i + 2]) : -1;
		room[n++] = (char)(low < 0 ? target.p[i] : high << 4 | low);
		i += low < 0 ? 0 : 2;
	}
	return str_of(room, n);
}

#include "web/inner.h"

#include <string.h>

#define BOUNDARY_MAX 70       /* RFC 2046, 5.1.1 */
#define PART_HEADERS_MAX 4096 /* of one part */

/* The value of a parameter such as `boundary` or `name` in "form-data; name=\"a\"; filename=b". Inside quotes only \" is
 * an escape, since older browsers send whole Windows paths. */
static bool parameter(struct str header, struct str name, struct buf *out)
{
	str_split(&header, ';');
	while (header.n) {
		size_t at = 0;
		while (at < header.n && header.p[at] != '=' && header.p[at] != ';')
			at++;
		struct str found = str_trim(str_sub(header, 0, at));
		bool wanted = at < header.n && header.p[at] == '=' && str_eq_ci(found, name);
		header = str_skip(header, at + (at < header.n && header.p[at] == '='));
		bool quoted = header.n && header.p[0] == '"';
		size_t i = quoted;
		for (; i < header.n && header.p[i] != (quoted ? '"' : ';'); i++) {
			if (quoted && header.p[i] == '\\' && i + 1 < header.n && header.p[i + 1] == '"')
				i++;
			if (wanted)
				buf_addc(out, header.p[i]);
		}
		if (wanted)
			return true;
		header = str_skip(header, i);
		while (header.n && header.p[0] != ';')
			header = str_skip(header, 1);
		header = str_skip(header, 1);
	}
	return false;
}

static bool type_is(struct str content_type, struct str name)
{
	return str_eq_ci(str_trim(str_split(&content_type, ';')), name);
}

bool web_form_type(struct str content_type)
{
	return type_is(content_type, STR("application/x-www-form-urlencoded")) ||
	       type_is(content_type, STR("multipart/form-data"));
}

struct part {
	struct str name, filename, type, bytes;
	bool is_file;
};

/* Browsers write a quote and line breaks inside names as %22, %0D and %0A, and nothing else. */
static struct str name_of(struct buf *raw, struct arena *arena)
{
	struct buf out = { 0 };
	struct str s = buf_str(raw);
	for (size_t i = 0; i < s.n; i++) {
		struct str escape = str_sub(s, i, i + 3);
		bool quote = str_eq(escape, STR("%22"));
		if (quote || str_eq_ci(escape, STR("%0D")) || str_eq_ci(escape, STR("%0A"))) {
			buf_addc(&out, quote ? '"' : ' ');
			i += 2;
		} else {
			buf_addc(&out, s.p[i] ? s.p[i] : ' ');
		}
	}
	buf_free(raw);
	return utf8_clean(arena, buf_take(&out, arena));
}

static struct str last_part(struct str path)
{
	size_t from = path.n;
	while (from > 0 && path.p[from - 1] != '/' && path.p[from - 1] != '\\')
		from--;
	return str_skip(path, from);
}

static void part_header(struct part *part, struct str line, struct arena *arena)
{
	struct buf raw = { 0 };
	struct str value = line, field = str_trim(str_split(&value, ':'));
	value = str_trim(value);
	if (str_eq_ci(field, STR("Content-Type"))) {
		part->type = utf8_clean(arena, value);
	} else if (str_eq_ci(field, STR("Content-Disposition"))) {
		if (parameter(value, STR("name"), &raw))
			part->name = name_of(&raw, arena);
		buf_clear(&raw);
		if (parameter(value, STR("filename"), &raw)) {
			part->is_file = true;
			part->filename = last_part(name_of(&raw, arena));
		}
	}
	buf_free(&raw);
}

static ptrdiff_t find(struct str s, struct str needle)
{
	const char *at = s.n >= needle.n ? memmem(s.p, s.n, needle.p, needle.n) : NULL;
	return at ? at - s.p : -1;
}

/* After a boundary: the line's end, the part's headers, an empty line; then what is up to the next boundary. */
static bool next_part(struct str *rest, struct str delimiter, struct part *part, struct arena *arena, struct error *err)
{
	*part = (struct part){ 0 };
	if (!str_starts(*rest, STR("\r\n")))
		return error_set(err, ERR_INVALID, "a form's boundary is not at the end of its line");
	struct str head = str_sub(*rest, 2, PART_HEADERS_MAX);
	ptrdiff_t end = str_starts(head, STR("\r\n")) ? 0 : find(head, STR("\r\n\r\n"));
	if (end < 0)
		return error_set(err, ERR_INVALID, "a form's part has no end of its headers within %d bytes", PART_HEADERS_MAX);
	*rest = str_skip(*rest, 2 + (size_t)end + (end ? 4 : 2));
	head = str_sub(head, 0, (size_t)end);
	while (head.n) {
		struct str line = str_split(&head, '\n');
		part_header(part, line, arena);
	}
	ptrdiff_t stop = find(*rest, delimiter);
	if (stop < 0)
		return error_set(err, ERR_INVALID, "a form is cut short");
	part->bytes = str_sub(*rest, 0, (size_t)stop);
	*rest = str_skip(*rest, (size_t)stop + delimiter.n);
	return true;
}

/* The parts of a form as they come. */
struct parts {
	struct web_param *fields;
	struct web_file *files;
	size_t fields_cap, files_cap;
};

static void *grown(struct arena *arena, void *items, size_t n, size_t *cap, size_t size)
{
	if (n < *cap)
		return items;
	*cap = *cap ? *cap * 2 : 32;
	void *bigger = arena_array(arena, *cap, size);
	if (bigger && n)
		memcpy(bigger, items, n * size);
	return bigger;
}

static bool take_part(struct web_request *req, struct parts *to, const struct part *part, struct error *err)
{
	if (part->name.n == 0)
		return error_set(err, ERR_INVALID, "a form's part has no name");
	if (req->n_fields + req->n_files == FIELDS_MAX)
		return error_set(err, ERR_TOO_LARGE, "more than %d fields", FIELDS_MAX);
	req->files = to->files = grown(req->arena, to->files, req->n_files, &to->files_cap, sizeof *to->files);
	req->fields = to->fields = grown(req->arena, to->fields, req->n_fields, &to->fields_cap, sizeof *to->fields);
	if (!to->files || !to->fields)
		return error_memory(err);
	if (part->is_file) {
		to->files[req->n_files++] = (struct web_file){ part->name, part->filename, part->type, part->bytes };
		return true;
	}
	if (part->bytes.n > FIELD_MAX)
		return error_set(err, ERR_TOO_LARGE, "a field has more than %zu bytes", FIELD_MAX);
	struct str value = arena_dup(req->arena, part->bytes);
	if (!value.p)
		return error_memory(err);
	for (char *p = memchr(value.p, '\0', value.n); p; p = memchr(p, '\0', value.n - (size_t)(p - value.p)))
		*p = ' ';
	to->fields[req->n_fields++] = (struct web_param){ part->name, utf8_clean(req->arena, value) };
	return true;
}

static bool parse_multipart(struct str boundary, struct str body, struct web_request *req, struct error *err)
{
	struct parts to = { 0 };
	struct str delimiter = arena_printf(req->arena, "\r\n--%.*s", (int)boundary.n, boundary.p);
	if (!delimiter.p)
		return error_memory(err);
	if (!str_starts(body, str_skip(delimiter, 2)))
		return error_set(err, ERR_INVALID, "a form does not start with its boundary");
	struct str rest = str_skip(body, delimiter.n - 2);
	while (!str_starts(rest, STR("--"))) {
		struct part part;
		if (!next_part(&rest, delimiter, &part, req->arena, err) || !take_part(req, &to, &part, err))
			return false;
	}
	return true;
}

bool web_parse_form(struct str content_type, struct str body, struct web_request *req, struct error *err)
{
	struct buf raw = { .max = BOUNDARY_MAX };
	if (!type_is(content_type, STR("multipart/form-data"))) {
		struct web_param *fields;
		if (!params_parse(body, FIELDS_MAX, &fields, &req->n_fields, req->arena, err))
			return false;
		req->fields = fields;
		return true;
	}
	bool found = parameter(content_type, STR("boundary"), &raw);
	bool fine = found && raw.n > 0 && !raw.failed;
	struct str boundary = buf_take(&raw, req->arena);
	if (!fine || !boundary.p)
		return error_set(err, ERR_INVALID, "a multipart form names its boundary, of 1 to %d characters", BOUNDARY_MAX);
	return parse_multipart(boundary, body, req, err);
}

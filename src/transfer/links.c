#include "transfer/source.h"

#include <stdlib.h>
#include <string.h>

#define BRACKETS_MAX 64 /* open at a time */
#define SPAN_MAX (16 * KIB)

/* ---- where code is ---- */

static size_t run_of(struct str s, size_t at)
{
	size_t n = 0;
	while (at + n < s.n && s.p[at + n] == s.p[at])
		n++;
	return n;
}

/* The fence at the start of a line: its length, or 0. */
static size_t fence_of(struct str line, char *c)
{
	size_t i = 0;
	while (i < line.n && i < 3 && line.p[i] == ' ')
		i++;
	if (i >= line.n || (line.p[i] != '`' && line.p[i] != '~'))
		return 0;
	*c = line.p[i];
	size_t n = run_of(line, i);
	return n >= 3 && (*c == '~' || !memchr(line.p + i + n, '`', line.n - i - n)) ? n : 0;
}

static void mark_spans(struct str body, bool *code)
{
	for (size_t at = 0; at < body.n;) {
		if (code[at] || body.p[at] != '`') {
			at += body.p[at] == '\\' ? 2 : 1;
			continue;
		}
		size_t n = run_of(body, at), end = at + n;
		while (end < body.n && end - at < SPAN_MAX && !code[end]) {
			if (body.p[end] == '\n' && end + 1 < body.n && body.p[end + 1] == '\n')
				break;
			size_t more = body.p[end] == '`' ? run_of(body, end) : 0;
			if (more == n) {
				memset(code + at, 1, end + n - at);
				n = end + n - at;
				break;
			}
			end += more ? more : 1;
		}
		at += n;
	}
}

bool *source_code(struct str body, struct arena *arena)
{
	bool *code = arena_array(arena, body.n + 1, sizeof *code);
	size_t open = 0;
	char with = 0, c = 0;
	for (struct str rest = body; code && rest.n;) {
		size_t from = (size_t)(rest.p - body.p);
		struct str line = str_split(&rest, '\n');
		size_t fence = fence_of(line, &c);
		bool closes = open && fence >= open && c == with && str_trim(line).n == fence;
		if (open || fence)
			memset(code + from, 1, line.n);
		if (closes)
			open = 0;
		else if (!open && fence) {
			open = fence;
			with = c;
		}
	}
	if (code)
		mark_spans(body, code);
	return code;
}

/* ---- files and their addresses ---- */

static int by_name(const void *a, const void *b)
{
	return str_cmp(*(const struct str *)a, *(const struct str *)b);
}

static struct str known(struct source *s, struct str path)
{
	struct str *found = path.n ? bsearch(&path, s->f->files, s->f->n, sizeof path, by_name) : NULL;
	return found ? *found : STR("");
}

/* As it stands, with an ending, as a bundle; in the language of the file that asks first. */
static struct str with_endings(struct source *s, struct str path)
{
	static const char *const endings[] = { "", ".md", "/index.md", "/_index.md", ".markdown" };
	struct str lang = folder_language(s->f, s->name);
	for (size_t i = 0; i < sizeof endings / sizeof *endings && path.n; i++) {
		struct str found = known(s, arena_printf(s->arena, "%.*s%s", (int)path.n, path.p, endings[i]));
		if (found.n)
			return found;
		if (!lang.n || !endings[i][0])
			continue;
		struct str stem = str_sub(str_from(endings[i]), 0, path_stem(str_from(endings[i])).n);
		stem = str_eq(stem, str_from(endings[i])) ? STR("") : stem;
		found = known(s,
		    arena_printf(s->arena, "%.*s%.*s.%.*s.md", (int)path.n, path.p, (int)stem.n, stem.p, (int)lang.n, lang.p));
		if (found.n)
			return found;
	}
	return STR("");
}

static struct str by_bare_name(struct source *s, struct str path)
{
	for (size_t i = 0; i < s->f->n; i++) {
		struct str base = path_base(s->f->files[i]);
		if (str_eq(base, path) || str_eq(path_stem(base), path))
			return s->f->files[i];
	}
	return STR("");
}

struct str source_file(struct source *s, struct str url, bool anywhere)
{
	struct str path = path_decoded(url, s->arena), found = STR("");
	while (path.n > 1 && path.p[path.n - 1] == '/')
		path.n--;
	if (path.n == 0)
		return found;
	if (path.p[0] != '/')
		found = with_endings(s, path_join(s->arena, s->name, path));
	struct str top = path_join(s->arena, STR(""), path);
	if (found.n == 0 && (path.p[0] == '/' || anywhere))
		found = with_endings(s, top);
	if (found.n == 0 && (path.p[0] == '/' || anywhere) && top.n)
		found = with_endings(s, arena_printf(s->arena, "content/%.*s", (int)top.n, top.p));
	return found.n || !anywhere ? found : by_bare_name(s, path_base(path));
}

struct str source_address(struct source *s, struct str file, struct str fragment)
{
	struct buf out = { 0 };
	buf_addc(&out, '/');
	buf_add_uri(&out, file, STR("/"));
	if (fragment.n) {
		buf_addc(&out, '#');
		buf_add(&out, fragment);
	}
	return buf_take(&out, s->arena);
}

static struct str better_link(struct source *s, struct str url)
{
	struct str fragment = url, file;
	str_split(&fragment, '#');
	if (!path_is_local(url))
		return url;
	file = source_file(s, url, false);
	return file.n ? source_address(s, file, fragment) : url;
}

/* Beside the file; from the site's top; where generators keep what they copy. */
static struct str better_image(struct source *s, struct str url)
{
	static const char *const places[] = { "", "static/", "public/", "assets/", "source/" };
	struct str path = path_decoded(url, s->arena), kept = STR("");
	if (!path_is_local(url) || path.n == 0)
		return url;
	if (path.p[0] != '/')
		kept = import_image(s->f->im, s->f->dir, path_join(s->arena, s->name, path));
	struct str top = path_join(s->arena, STR(""), path);
	for (size_t i = 0; i < sizeof places / sizeof *places && kept.n == 0 && top.n; i++)
		kept = import_image(s->f->im, s->f->dir, arena_printf(s->arena, "%s%.*s", places[i], (int)top.n, top.p));
	if (kept.n)
		return kept;
	import_note(s->f->im, s->name, "the image could not be read", url);
	return url;
}

/* ---- in the text ---- */

/* An address at `at`, behind "](" or "]:": its end; *url without angle brackets. */
static size_t destination(struct str body, size_t at, struct str *url)
{
	size_t end = at, depth = 0;
	if (at < body.n && body.p[at] == '<') {
		while (end < body.n && body.p[end] != '>' && body.p[end] != '\n')
			end++;
		*url = str_sub(body, at + 1, end);
		return end < body.n && body.p[end] == '>' ? end + 1 : end;
	}
	for (; end < body.n && (unsigned char)body.p[end] > ' '; end++) {
		if (body.p[end] == '(')
			depth++;
		if (body.p[end] == ')' && depth-- == 0)
			break;
	}
	*url = str_sub(body, at, end);
	return end;
}

static void add_destination(struct buf *out, struct str url)
{
	bool spaces = memchr(url.p ? url.p : "", ' ', url.n) != NULL;
	buf_adds(out, spaces ? "<" : "");
	buf_add(out, url);
	buf_adds(out, spaces ? ">" : "");
}

static bool is_image_name(struct str url)
{
	static const char *const endings[] = { ".png", ".jpg", ".jpeg", ".gif", ".webp", ".avif" };
	for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
		struct str end = str_from(endings[i]);
		if (url.n > end.n && str_eq_ci(str_skip(url, url.n - end.n), end))
			return true;
	}
	return false;
}

/* Zenn writes the width behind the address: ![](a.png =250x). */
static size_t past_size(struct str body, size_t at)
{
	size_t i = at;
	if (!str_starts(str_skip(body, at), STR(" =")))
		return at;
	for (i += 2; i < body.n && ((body.p[i] >= '0' && body.p[i] <= '9') || body.p[i] == 'x'); i++)
		;
	return i < body.n && (body.p[i] == ')' || body.p[i] == ' ') ? i : at;
}

/* The value of src or href in the tag at `at`; false when it is no such tag. */
static bool tag_address(struct str body, size_t at, bool *image, size_t *from, size_t *to)
{
	struct str tag = str_skip(body, at);
	*image = str_starts_ci(tag, STR("<img "));
	if (!*image && !str_starts_ci(tag, STR("<a ")))
		return false;
	const char *end = memchr(tag.p, '>', tag.n < 4000 ? tag.n : 4000);
	tag = end ? str_sub(tag, 0, (size_t)(end - tag.p)) : STR("");
	ptrdiff_t name = str_find_ci(tag, *image ? STR(" src=") : STR(" href="));
	size_t value = (size_t)name + (*image ? 5 : 6);
	if (name < 0 || value >= tag.n || (tag.p[value] != '"' && tag.p[value] != '\''))
		return false;
	const char *close = memchr(tag.p + value + 1, tag.p[value], tag.n - value - 1);
	if (!close)
		return false;
	*from = at + value + 1;
	*to = at + (size_t)(close - tag.p);
	return true;
}

struct scan {
	struct source *s;
	struct str body;
	struct buf out;
	size_t done; /* what is written */
	bool image[BRACKETS_MAX];
	size_t n;
};

static void replace(struct scan *c, size_t from, size_t to, struct str with)
{
	buf_add(&c->out, str_sub(c->body, c->done, from));
	buf_add(&c->out, with);
	c->done = to;
}

static size_t at_address(struct scan *c, size_t at, bool image)
{
	struct str url;
	struct buf written = { 0 };
	size_t end = destination(c->body, at, &url), after = image ? past_size(c->body, end) : end;
	struct str better = image ? better_image(c->s, url) : better_link(c->s, url);
	if (str_eq(better, url) && after == end)
		return end;
	add_destination(&written, better);
	replace(c, at, after, buf_take(&written, c->s->arena));
	return after;
}

static size_t at_bracket(struct scan *c, size_t at)
{
	struct str body = c->body;
	if (body.p[at] == '[') {
		if (c->n == BRACKETS_MAX)
			c->n = 0;
		c->image[c->n++] = at > 0 && body.p[at - 1] == '!';
		return at + 1;
	}
	bool open = c->n > 0, image = open && c->image[c->n - 1];
	c->n -= open;
	if (open && at + 1 < body.n && body.p[at + 1] == '(')
		return at_address(c, at + 2, image);
	return at + 1;
}

/* "[label]: address" at the start of a line. */
static size_t at_definition(struct scan *c, size_t at)
{
	struct str line = str_skip(c->body, at);
	const char *newline = memchr(line.p, '\n', line.n);
	line = newline ? str_sub(line, 0, (size_t)(newline - line.p)) : line;
	ptrdiff_t colon = str_find(line, STR("]: "));
	struct str url;
	if (colon < 0 || str_starts(line, STR("[^")))
		return at;
	destination(c->body, at + (size_t)colon + 3, &url);
	return at_address(c, at + (size_t)colon + 3, is_image_name(url));
}

struct str source_links(struct source *s, struct str body)
{
	struct scan c = { .s = s, .body = body };
	bool *code = source_code(body, s->arena), image;
	size_t from, to;
	for (size_t at = 0; code && at < body.n;) {
		char ch = body.p[at];
		size_t next = at + 1;
		if (code[at])
			next = at + 1;
		else if (ch == '\\')
			next = at + 2;
		else if (ch == '[' && (at == 0 || body.p[at - 1] == '\n') && (next = at_definition(&c, at)) > at)
			;
		else if (ch == '[' || ch == ']')
			next = at_bracket(&c, at);
		else if (ch == '<' && tag_address(body, at, &image, &from, &to)) {
			struct str url = str_sub(body, from, to);
			replace(&c, from, to, image ? better_image(s, url) : better_link(s, url));
			next = to;
		} else if (ch == '\n' && at + 1 < body.n && body.p[at + 1] == '\n')
			c.n = 0;
		at = next;
	}
	buf_add(&c.out, str_skip(body, c.done));
	return buf_take(&c.out, s->arena);
}

#include "view/inner.h"

#include <string.h>

/* Parses by the Mustache specification 1.3: sections, inverted sections, comments, partials, set delimiters, and the
 * rule that a tag alone on its line takes the line with it. */

struct parser {
	struct str text, name;
	size_t at, line;
	struct str open, close; /* the delimiters in force */
	struct arena *arena;
	struct error *err;
	int depth;
};

struct tag {
	char kind; /* '\0' for a value, else # ^ / > ! = & { */
	struct str name;
	size_t start, end; /* in the text */
};

static bool fail(struct parser *p, const char *what, struct str about)
{
	return error_set(p->err, ERR_INVALID, "%.*s, line %zu: %s%.*s", (int)p->name.n, p->name.p, p->line, what,
	    (int)(about.n > 80 ? 80 : about.n), about.p);
}

static bool blank(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] != ' ' && s.p[i] != '\t')
			return false;
	}
	return true;
}

/* The tag at or after p->at; *found false when there is none. */
static bool next_tag(struct parser *p, struct tag *tag, bool *found)
{
	ptrdiff_t open = str_find(str_skip(p->text, p->at), p->open);
	*found = open >= 0;
	if (!*found)
		return true;
	tag->start = p->at + (size_t)open;
	size_t inner = tag->start + p->open.n;
	for (size_t i = p->at; i < tag->start; i++)
		p->line += p->text.p[i] == '\n';
	char kind = inner < p->text.n ? p->text.p[inner] : '\0';
	tag->kind = kind && strchr("#^/>!=&{", kind) ? kind : '\0';
	struct str rest = str_skip(p->text, inner + (tag->kind ? 1 : 0));
	struct buf ending = { 0 };
	if (tag->kind == '{' || tag->kind == '=')
		buf_addc(&ending, tag->kind == '{' ? '}' : '=');
	buf_add(&ending, p->close);
	ptrdiff_t close = str_find(rest, buf_str(&ending));
	size_t length = ending.n;
	buf_free(&ending);
	if (close < 0)
		return fail(p, "a tag that does not end: ", str_sub(p->text, tag->start, tag->start + 40));
	tag->name = str_trim(str_sub(rest, 0, (size_t)close));
	tag->end = (size_t)(rest.p - p->text.p) + (size_t)close + length;
	return true;
}

/* A tag alone on its line: where the line starts and where the next one does. */
static bool standalone(const struct parser *p, const struct tag *tag, size_t *from, size_t *to)
{
	size_t start = tag->start, end = tag->end;
	while (start > 0 && p->text.p[start - 1] != '\n')
		start--;
	while (end < p->text.n && p->text.p[end] != '\n')
		end++;
	struct str after = str_sub(p->text, tag->end, end);
	if (str_ends(after, STR("\r")))
		after.n--;
	if (start < p->at || !blank(str_sub(p->text, start, tag->start)) || !blank(after))
		return false;
	*from = start;
	*to = end < p->text.n ? end + 1 : end;
	return true;
}

static struct part *add(struct parser *p, struct part ***tail, enum part_kind kind, struct str text)
{
	struct part *part = arena_alloc(p->arena, sizeof *part);
	if (!part) {
		error_memory(p->err);
		return NULL;
	}
	part->kind = kind;
	part->text = text;
	part->line = p->line;
	**tail = part;
	*tail = &part->next;
	return part;
}

static bool set_delimiters(struct parser *p, struct str name)
{
	struct str rest = name, open = str_split(&rest, ' ');
	rest = str_trim(rest);
	if (open.n == 0 || rest.n == 0 || memchr(rest.p, ' ', rest.n) || memchr(open.p, '=', open.n))
		return fail(p, "delimiters are set as {{=<% %>=}}, not ", name);
	p->open = open;
	p->close = rest;
	return true;
}

static bool parse(struct parser *p, struct part **out, struct str section);

/* {{#_}}text{{/_}}: the text between, untouched, is the message. */
static bool parse_message(struct parser *p, struct part ***tail, const struct tag *tag)
{
	struct str ending = str_eq(tag->name, STR("_")) ? STR("{{/_}}") : STR("{{/_n}}");
	ptrdiff_t end = str_find(str_skip(p->text, tag->end), ending);
	if (end < 0)
		return fail(p, "a message that does not end: ", tag->name);
	struct str text = str_sub(p->text, tag->end, tag->end + (size_t)end);
	p->at = tag->end + (size_t)end + ending.n;
	return add(p, tail, ending.n == 6 ? PART_MESSAGE : PART_PLURAL, text) != NULL;
}

static bool parse_tag(struct parser *p, struct part ***tail, const struct tag *tag, struct str indent)
{
	struct part *part;
	switch (tag->kind) {
	case '!':
		return true;
	case '=':
		return set_delimiters(p, tag->name);
	case '>':
		part = add(p, tail, PART_PARTIAL, tag->name);
		if (part)
			part->indent = indent;
		return part != NULL;
	case '#':
	case '^':
		part = add(p, tail, tag->kind == '#' ? PART_SECTION : PART_INVERTED, tag->name);
		return part && parse(p, &part->children, tag->name);
	default:
		return add(p, tail, tag->kind ? PART_RAW : PART_VALUE, tag->name) != NULL;
	}
}

static bool parse(struct parser *p, struct part **out, struct str section)
{
	struct part **tail = out;
	struct tag tag = { 0 };
	bool found;
	if (++p->depth > TEMPLATE_DEPTH_MAX)
		return fail(p, "sections stand too deep in each other: ", section);
	for (;;) {
		if (!next_tag(p, &tag, &found))
			return false;
		size_t from = found ? tag.start : p->text.n, to = found ? tag.end : p->text.n;
		bool message = found && tag.kind == '#' && (str_eq(tag.name, STR("_")) || str_eq(tag.name, STR("_n")));
		struct str indent = STR("");
		if (found && !message && tag.kind && tag.kind != '&' && tag.kind != '{' && standalone(p, &tag, &from, &to))
			indent = str_sub(p->text, from, tag.start);
		if (from > p->at && !add(p, &tail, PART_TEXT, str_sub(p->text, p->at, from)))
			return false;
		if (!found)
			break;
		if (message) {
			if (!parse_message(p, &tail, &tag))
				return false;
			continue;
		}
		p->at = to;
		if (tag.kind == '/') {
			p->depth--;
			return str_eq(tag.name, section) && section.n ? true : fail(p, "this closes no open section: ", tag.name);
		}
		if (!parse_tag(p, &tail, &tag, indent))
			return false;
	}
	p->at = p->text.n;
	p->depth--;
	return section.n == 0 ? true : fail(p, "a section that does not end: ", section);
}

struct part *template_parse(struct str text, struct str name, struct arena *arena, struct error *err)
{
	struct parser p = {
		.text = text, .name = name, .line = 1, .open = STR("{{"), .close = STR("}}"), .arena = arena, .err = err
	};
	struct part *parts = NULL;
	if (text.n > TEMPLATE_MAX) {
		error_set(err, ERR_TOO_LARGE, "%.*s is larger than %zu bytes", (int)name.n, name.p, TEMPLATE_MAX);
		return NULL;
	}
	if (!parse(&p, &parts, STR("")))
		return NULL;
	if (!parts)
		parts = arena_alloc(arena, sizeof *parts);
	return parts;
}

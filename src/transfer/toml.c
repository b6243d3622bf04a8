#include "transfer/front.h"

#include <string.h>

#define NESTED_MAX 8

struct toml {
	struct str s;
	size_t at, line;
	struct front_fields *fields;
	struct error *err;
};

static bool wrong(struct toml *t, const char *what)
{
	return error_set(t->err, ERR_INVALID, "front matter, line %zu: %s", t->line, what);
}

static char peek(const struct toml *t)
{
	return t->at < t->s.n ? t->s.p[t->at] : '\0';
}

static bool next_is(const struct toml *t, const char *text)
{
	return str_starts(str_skip(t->s, t->at), str_from(text));
}

/* White space; with `lines` also line breaks and comments. */
static void skip(struct toml *t, bool lines)
{
	for (; t->at < t->s.n; t->at++) {
		char c = t->s.p[t->at];
		if (c == '#') {
			while (t->at + 1 < t->s.n && t->s.p[t->at + 1] != '\n')
				t->at++;
		} else if (c == '\n' && lines) {
			t->line++;
		} else if (c != ' ' && c != '\t' && c != '\r') {
			return;
		}
	}
}

static bool code_point(struct toml *t, struct buf *out, size_t digits)
{
	uint32_t cp = 0;
	for (size_t i = 0; i < digits; i++, t->at++) {
		char c = peek(t);
		int n = c >= '0' && c <= '9' ? c - '0' : (c | 32) >= 'a' && (c | 32) <= 'f' ? (c | 32) - 'a' + 10 : -1;
		if (n < 0)
			return wrong(t, "an escape is not complete");
		cp = cp << 4 | (uint32_t)n;
	}
	buf_addcp(out, cp > 0x10FFFF || (cp >= 0xD800 && cp < 0xE000) || cp == 0 ? UTF8_REPLACEMENT : cp);
	return true;
}

/* After the backslash. */
static bool escape(struct toml *t, struct buf *out)
{
	static const char from[] = "btnfre\"\\", to[] = "\b\t\n\f\r\033\"\\";
	char c = peek(t);
	const char *known = c ? strchr(from, c) : NULL;
	if (c == 'u' || c == 'U') {
		t->at++;
		return code_point(t, out, c == 'u' ? 4 : 8);
	}
	if (known) {
		t->at++;
		buf_addc(out, to[known - from]);
		return true;
	}
	if (c == '\n' || c == ' ' || c == '\r') {
		/* At the end of a line: the break goes, with the white space after it. */
		while (peek(t) == ' ' || peek(t) == '\n' || peek(t) == '\r' || peek(t) == '\t') {
			t->line += peek(t) == '\n';
			t->at++;
		}
		return true;
	}
	return wrong(t, "there is no such escape");
}

static bool string(struct toml *t, struct str *out)
{
	struct buf text = { 0 };
	char quote = peek(t);
	const char *three = quote == '"' ? "\"\"\"" : "'''";
	bool many = next_is(t, three), ok = true;
	t->at += many ? 3 : 1;
	if (many && peek(t) == '\r')
		t->at++;
	if (many && peek(t) == '\n') {
		t->at++;
		t->line++;
	}
	for (;;) {
		char c = peek(t);
		if (t->at >= t->s.n || (c == '\n' && !many)) {
			ok = wrong(t, "a string does not end");
			break;
		}
		if (many ? next_is(t, three) : c == quote)
			break;
		t->at++;
		t->line += c == '\n';
		if (c != '\\' || quote == '\'')
			buf_addc(&text, c);
		else if (!(ok = escape(t, &text)))
			break;
	}
	if (ok)
		t->at += many ? 3 : 1;
	*out = buf_take(&text, t->fields->arena);
	return ok;
}

static bool is_bare(char c)
{
	return (c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'z') || c == '_' || c == '-' ||
	       (unsigned char)c >= 0x80;
}

/* "a.b" or "\"a b\".c", behind the path of the table. */
static bool key(struct toml *t, struct str table, struct str *path)
{
	struct arena *arena = t->fields->arena;
	*path = table;
	for (;;) {
		struct str part;
		skip(t, false);
		if (peek(t) == '"' || peek(t) == '\'') {
			if (!string(t, &part))
				return false;
		} else {
			size_t from = t->at;
			while (is_bare(peek(t)))
				t->at++;
			part = str_sub(t->s, from, t->at);
		}
		if (part.n == 0)
			return wrong(t, "a name is wanted");
		*path = arena_printf(arena, "%.*s%s%.*s", (int)path->n, path->p, path->n ? "." : "", (int)part.n, part.p);
		skip(t, false);
		if (peek(t) != '.')
			return true;
		t->at++;
	}
}

static bool value(struct toml *t, struct str path, int depth);

static bool pair(struct toml *t, struct str table, int depth)
{
	struct str path;
	if (!key(t, table, &path))
		return false;
	if (peek(t) != '=')
		return wrong(t, "a name and a value have = between them");
	t->at++;
	skip(t, false);
	return value(t, path, depth);
}

static bool array(struct toml *t, struct str path, int depth)
{
	for (t->at++;;) {
		skip(t, true);
		if (peek(t) == ']') {
			t->at++;
			return true;
		}
		if (!value(t, path, depth + 1))
			return false;
		skip(t, true);
		if (peek(t) == ',')
			t->at++;
		else if (peek(t) != ']')
			return wrong(t, "a list does not end");
	}
}

static bool inline_table(struct toml *t, struct str path, int depth)
{
	for (t->at++;;) {
		skip(t, true);
		if (peek(t) == '}') {
			t->at++;
			return true;
		}
		if (!pair(t, path, depth + 1))
			return false;
		skip(t, true);
		if (peek(t) == ',')
			t->at++;
		else if (peek(t) != '}')
			return wrong(t, "a table in braces does not end");
	}
}

static bool value(struct toml *t, struct str path, int depth)
{
	struct str text;
	char c = peek(t);
	if (depth > NESTED_MAX)
		return wrong(t, "lists and tables are too deep inside each other");
	if (c == '[')
		return array(t, path, depth);
	if (c == '{')
		return inline_table(t, path, depth);
	if (c == '"' || c == '\'') {
		if (!string(t, &text))
			return false;
	} else {
		size_t from = t->at;
		while (t->at < t->s.n && !strchr(",]}#\n\r", peek(t)))
			t->at++;
		text = str_trim(str_sub(t->s, from, t->at));
		if (text.n == 0)
			return wrong(t, "a value is wanted");
	}
	return front_add(t->fields, path, text) ||
	       error_set(t->err, ERR_TOO_LARGE, "the front matter has more than %d values", FRONT_FIELDS_MAX);
}

static bool table_name(struct toml *t, struct str *table)
{
	bool many = next_is(t, "[[");
	t->at += many ? 2 : 1;
	if (!key(t, STR(""), table))
		return false;
	if (!next_is(t, many ? "]]" : "]"))
		return wrong(t, "the name of a table does not end");
	t->at += many ? 2 : 1;
	return true;
}

bool toml_read(struct front_fields *fields, struct str text, size_t first_line, struct error *err)
{
	struct toml t = { .s = utf8_clean(fields->arena, text), .line = first_line, .fields = fields, .err = err };
	struct str table = STR("");
	for (;;) {
		skip(&t, true);
		if (t.at >= t.s.n)
			return true;
		if (!(peek(&t) == '[' ? table_name(&t, &table) : pair(&t, table, 0)))
			return false;
		skip(&t, false);
		if (t.at < t.s.n && peek(&t) != '\n')
			return wrong(&t, "the line should end here");
	}
}

#include "doc/doc.h"

#include <string.h>

/* The outermost elements of what write_html wrote: there "<" begins a tag and nothing else, and every tag is closed. */

static bool is_void(struct str name)
{
	static const char *const names[] = { "br", "hr", "img", "wbr", "input" };
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		if (str_eq(name, str_from(names[i])))
			return true;
	}
	return false;
}

static struct str name_at(struct str html, size_t at)
{
	size_t end = at;
	while (end < html.n && html.p[end] != '>' && html.p[end] != ' ')
		end++;
	return str_sub(html, at, end);
}

static size_t after_tag(struct str html, size_t at)
{
	while (at < html.n && html.p[at] != '>')
		at++;
	return at < html.n ? at + 1 : at;
}

/* The end of the block that begins at `at`; *depth 0 there, unless the text ends before. */
static size_t block_end(struct str html, size_t at)
{
	size_t depth = 0;
	while (at < html.n) {
		if (html.p[at] != '<') {
			at++;
			continue;
		}
		bool closes = at + 1 < html.n && html.p[at + 1] == '/';
		bool alone = !closes && is_void(name_at(html, at + 1));
		at = after_tag(html, at);
		if (closes)
			depth -= depth > 0;
		else if (!alone)
			depth++;
		if (depth == 0)
			return at;
	}
	return html.n;
}

bool doc_passages(struct str html, size_t max, struct str **out, size_t *n, struct arena *arena, struct error *err)
{
	size_t at = 0;
	*n = 0;
	*out = arena_array(arena, max, sizeof **out);
	if (!*out)
		return error_memory(err);
	while (at < html.n && *n < max) {
		size_t end = *n + 1 < max ? block_end(html, at) : html.n;
		struct str block = str_sub(html, at, end);
		if (str_trim(block).n)
			(*out)[(*n)++] = block;
		at = end;
	}
	return true;
}

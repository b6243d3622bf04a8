#include "doc/doc.h"

#include <string.h>

/* Elements that stand by themselves between paragraphs. */
static const char *const BLOCKS[] = { "table", "thead", "tfoot", "caption", "tbody", "tr", "td", "th", "div", "dl", "dd", "dt",
	"ul", "ol", "li", "pre", "form", "blockquote", "address", "p", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "section",
	"article", "aside", "header", "footer", "nav", "figure", "figcaption", "details", "summary", "script", "style", "iframe" };

/* Does the text start with a tag of a block, opening or closing? */
static bool starts_block(struct str s)
{
	if (s.n < 2 || s.p[0] != '<')
		return false;
	s = str_skip(s, s.p[1] == '/' ? 2 : 1);
	for (size_t i = 0; i < sizeof BLOCKS / sizeof *BLOCKS; i++) {
		struct str name = str_from(BLOCKS[i]);
		char end = s.n > name.n ? s.p[name.n] : '>';
		if (str_starts_ci(s, name) && (end == '>' || end == ' ' || end == '\n' || end == '/' || end == '\t'))
			return true;
	}
	return false;
}

/* Lines of a paragraph: a single break is <br>, but not beside a block's tag. */
static void add_lines(struct buf *out, struct str s)
{
	bool first = true, block = false;
	while (s.n) {
		struct str line = str_trim(str_split(&s, '\n'));
		bool is_block = starts_block(line);
		if (!first)
			buf_adds(out, block || is_block || line.n == 0 ? "\n" : "<br />\n");
		buf_add(out, line);
		first = false;
		block = is_block;
	}
}

static void add_paragraph(struct buf *out, struct str s)
{
	s = str_trim(s);
	if (s.n == 0)
		return;
	bool block = starts_block(s) || str_starts(s, STR("<!--"));
	if (!block)
		buf_adds(out, "<p>");
	add_lines(out, s);
	buf_adds(out, block ? "\n" : "</p>\n");
}

/* The end of a part that must not be touched (pre, script, style, a comment), or 0. */
static size_t untouched(struct str s)
{
	static const char *const ends[][2] = { { "<pre", "</pre>" }, { "<script", "</script>" }, { "<style", "</style>" },
		{ "<!--", "-->" } };
	for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
		if (!str_starts_ci(s, str_from(ends[i][0])))
			continue;
		ptrdiff_t end = str_find_ci(s, str_from(ends[i][1]));
		return end < 0 ? s.n : (size_t)end + strlen(ends[i][1]);
	}
	return 0;
}

struct str doc_autop(struct str text, struct arena *arena)
{
	struct buf out = { 0 };
	size_t from = 0;
	for (size_t i = 0; i < text.n;) {
		size_t skip = text.p[i] == '<' ? untouched(str_skip(text, i)) : 0;
		bool empty_line = text.p[i] == '\n' &&
			(str_starts(str_skip(text, i), STR("\n\n")) || str_starts(str_skip(text, i), STR("\n\r\n")));
		if (!skip && !empty_line) {
			i++;
			continue;
		}
		add_paragraph(&out, str_sub(text, from, i));
		if (skip) {
			buf_add(&out, str_sub(text, i, i + skip));
			buf_addc(&out, '\n');
		}
		i += skip ? skip : 2;
		from = i;
	}
	add_paragraph(&out, str_skip(text, from));
	return buf_take(&out, arena);
}

#include "doc/doc.h"

#include <string.h>

/* One pass over the text. Tags of blocks, blank lines and doubled <br> end a run of text; a run becomes a paragraph where
 * the element around it may hold one. Where WordPress leaves unbalanced tags behind, this leaves balanced ones. */

#define OPEN_MAX 256 /* open blocks that are followed; deeper ones are passed through */

/* What a block does with text directly in it. */
enum holds {
	PARAGRAPHS, /* always: the page itself, blockquote */
	MIXED,      /* paragraphs beside other blocks or blank lines, plain text alone */
	TEXT,       /* paragraphs between blank lines only */
	INLINE,     /* never: headings, captions */
	OWN,        /* p: a blank line splits it */
	PARTS,      /* other blocks only: lists, tables */
	NOTHING     /* hr */
};

static const struct block {
	const char *name;
	enum holds holds;
} BLOCKS[] = { { "p", OWN }, { "li", TEXT }, { "ul", PARTS }, { "ol", PARTS }, { "div", MIXED },
	{ "blockquote", PARAGRAPHS }, { "h1", INLINE }, { "h2", INLINE }, { "h3", INLINE }, { "h4", INLINE },
	{ "h5", INLINE }, { "h6", INLINE }, { "td", TEXT }, { "th", TEXT }, { "tr", PARTS }, { "table", PARTS },
	{ "thead", PARTS }, { "tbody", PARTS }, { "tfoot", PARTS }, { "caption", INLINE }, { "colgroup", PARTS },
	{ "col", NOTHING }, { "hr", NOTHING }, { "dl", PARTS }, { "dt", INLINE }, { "dd", TEXT }, { "figure", PARTS },
	{ "figcaption", INLINE }, { "section", MIXED }, { "article", MIXED }, { "aside", MIXED }, { "header", MIXED },
	{ "footer", MIXED }, { "nav", MIXED }, { "hgroup", MIXED }, { "address", INLINE }, { "form", MIXED },
	{ "fieldset", MIXED }, { "legend", INLINE }, { "details", MIXED }, { "summary", INLINE }, { "menu", PARTS },
	{ "map", PARTS }, { "area", NOTHING } };

/* What stands at either end of a run. */
enum edge { EDGE_TAG, EDGE_SIBLING, EDGE_BLANK };

struct autop {
	struct buf out;
	struct str s;
	size_t from; /* where the run starts */
	enum edge before;
	bool filled; /* the open <p> holds text already */
	const struct block *open[OPEN_MAX];
	size_t n_open;
};

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static bool ends_name(struct str s, size_t at)
{
	return at >= s.n || is_space(s.p[at]) || s.p[at] == '>' || s.p[at] == '/';
}

static const struct block *block_at(struct str s, bool *closing)
{
	*closing = s.n > 1 && s.p[1] == '/';
	s = str_skip(s, *closing ? 2 : 1);
	for (size_t i = 0; i < sizeof BLOCKS / sizeof *BLOCKS; i++) {
		size_t n = strlen(BLOCKS[i].name);
		if (s.n && (s.p[0] | 32) == BLOCKS[i].name[0] && str_starts_ci(s, str_of(BLOCKS[i].name, n)) && ends_name(s, n))
			return &BLOCKS[i];
	}
	return NULL;
}

/* The length of a tag, or of one character where none ends. */
static size_t tag_length(struct str s)
{
	size_t n = 1;
	char first = s.n > 1 ? s.p[1] : ' ';
	if (!((first | 32) >= 'a' && (first | 32) <= 'z') && first != '/' && first != '!' && first != '?')
		return 1;
	while (n < s.n && s.p[n] != '>' && s.p[n] != '<')
		n++;
	return n < s.n && s.p[n] == '>' ? n + 1 : 1;
}

/* The length of a part in which no line is a line: pre, script, style, a comment; else 0. */
static size_t untouched(struct str s, bool *block)
{
	static const struct {
		const char *start, *end;
		bool block;
	} parts[] = { { "<pre", "</pre>", true }, { "<style", "</style>", true }, { "<script", "</script>", false },
		{ "<svg", "</svg>", false }, { "<!--", "-->", false } };
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
		size_t n = strlen(parts[i].start);
		if (!str_starts_ci(s, str_from(parts[i].start)) || (s.p[1] != '!' && !ends_name(s, n)))
			continue;
		ptrdiff_t end = str_find_ci(s, str_from(parts[i].end));
		*block = parts[i].block;
		return end < 0 ? s.n : (size_t)end + strlen(parts[i].end);
	}
	return 0;
}

static size_t break_length(struct str s)
{
	return s.n > 3 && str_starts_ci(s, STR("<br")) && ends_name(s, 3) ? tag_length(s) : 0;
}

/* A blank line, or two breaks after each other, from here on: its length, or 0. */
static size_t blank_length(struct str s)
{
	size_t n = 0, lines = 0, breaks = 0, end = 0;
	while (n < s.n) {
		size_t br = s.p[n] == '<' ? break_length(str_skip(s, n)) : 0;
		if (!br && !is_space(s.p[n]))
			break;
		lines += !br && s.p[n] == '\n';
		breaks += br > 0;
		n += br ? br : 1;
		if (lines > 1 || breaks > 1)
			end = n;
	}
	return end;
}

/* A line's end is a break, but not inside of tags and parts that are no text. */
static void add_lines(struct buf *out, struct str s)
{
	bool broken = false, block;
	for (size_t i = 0; i < s.n;) {
		struct str rest = str_skip(s, i);
		size_t skip = rest.p[0] == '<' ? untouched(rest, &block) : 0, br = rest.p[0] == '<' ? break_length(rest) : 0;
		if (br) {
			buf_adds(out, "<br />");
			broken = true;
			i += br;
			continue;
		}
		if (rest.p[0] == '<' && !skip)
			skip = tag_length(rest);
		if (!skip && is_space(rest.p[0])) {
			size_t n = 0, lines = 0;
			for (; n < rest.n && is_space(rest.p[n]); n++)
				lines += rest.p[n] == '\n';
			buf_adds(out, lines == 0 ? " " : broken ? "\n" : "<br />\n");
			i += n;
			continue;
		}
		for (skip = skip ? skip : 1; skip < rest.n && rest.p[skip] != '<' && !is_space(rest.p[skip]);)
			skip++;
		buf_add(out, str_sub(rest, 0, skip));
		broken = false;
		i += skip;
	}
}

static enum holds around(const struct autop *a)
{
	return a->n_open == 0 ? PARAGRAPHS : a->n_open <= OPEN_MAX ? a->open[a->n_open - 1]->holds : INLINE;
}

/* White space and breaks off both ends. */
static struct str trimmed(struct str s)
{
	for (;;) {
		s = str_trim(s);
		size_t br = s.n && s.p[0] == '<' ? break_length(s) : 0;
		if (br == 0)
			return s;
		s = str_skip(s, br);
	}
}

static bool only_comments(struct str s)
{
	while (str_starts(s, STR("<!--"))) {
		ptrdiff_t end = str_find(s, STR("-->"));
		s = end < 0 ? STR("") : str_trim(str_skip(s, (size_t)end + 3));
	}
	return s.n == 0;
}

/* Ends the run before `to`. */
static void end_run(struct autop *a, size_t to, enum edge after)
{
	struct str run = trimmed(str_sub(a->s, a->from, to));
	enum holds holds = around(a);
	bool blank = a->before == EDGE_BLANK || after == EDGE_BLANK;
	bool beside = blank || a->before == EDGE_SIBLING || after == EDGE_SIBLING;
	if (run.n == 0)
		return;
	bool wrap = holds == PARAGRAPHS || (holds == MIXED && beside) || (holds == TEXT && blank);
	if (wrap && only_comments(run))
		wrap = false;
	if (holds == OWN && a->before == EDGE_BLANK && a->filled)
		buf_adds(&a->out, "</p>\n<p>");
	a->filled = true;
	buf_adds(&a->out, wrap ? "<p>" : "");
	add_lines(&a->out, run);
	buf_adds(&a->out, wrap ? "</p>\n" : "");
}

/* What HTML closes by itself: a paragraph before any block, a list's item before the next. */
static void close_implied(struct autop *a, const struct block *b)
{
	if (a->n_open == 0 || a->n_open > OPEN_MAX)
		return;
	const struct block *top = a->open[a->n_open - 1];
	bool cell = top->holds == TEXT && b->holds == TEXT;
	if (top->holds == OWN || (cell && top->name[0] == b->name[0]) ||
	    (top->name[0] == 'd' && top->name[1] != 'i' && cell))
		a->n_open--;
}

static void open_block(struct autop *a, const struct block *b)
{
	close_implied(a, b);
	if (b->holds == NOTHING)
		return;
	if (a->n_open < OPEN_MAX)
		a->open[a->n_open] = b;
	a->n_open++;
}

static void close_block(struct autop *a, const struct block *b)
{
	if (a->n_open > OPEN_MAX) {
		a->n_open--;
		return;
	}
	for (size_t i = a->n_open; i > 0; i--) {
		if (a->open[i - 1] == b) {
			a->n_open = i - 1;
			return;
		}
	}
}

static size_t add_tag(struct autop *a, size_t at, const struct block *b, bool closing)
{
	size_t n = tag_length(str_skip(a->s, at));
	end_run(a, at, closing ? EDGE_TAG : EDGE_SIBLING);
	if (closing)
		close_block(a, b);
	else
		open_block(a, b);
	buf_add(&a->out, str_sub(a->s, at, at + n));
	buf_adds(&a->out, closing || b->holds == NOTHING ? "\n" : "");
	a->filled = false;
	a->before = closing || b->holds == NOTHING ? EDGE_SIBLING : EDGE_TAG;
	a->from = at + n;
	return at + n;
}

/* Handles what starts at `at`; returns where to go on. */
static size_t step(struct autop *a, size_t at)
{
	struct str rest = str_skip(a->s, at);
	bool closing = false, block = false;
	size_t blank = rest.p[0] == '\n' || rest.p[0] == '<' ? blank_length(rest) : 0;
	if (blank) {
		end_run(a, at, EDGE_BLANK);
		a->before = EDGE_BLANK;
		return a->from = at + blank;
	}
	size_t skip = rest.p[0] == '<' ? untouched(rest, &block) : 0;
	if (skip && block) {
		end_run(a, at, EDGE_SIBLING);
		buf_add(&a->out, str_sub(rest, 0, skip));
		buf_addc(&a->out, '\n');
		a->before = EDGE_SIBLING;
		return a->from = at + skip;
	}
	const struct block *b = rest.p[0] == '<' && !skip ? block_at(rest, &closing) : NULL;
	if (b && tag_length(rest) > 1)
		return add_tag(a, at, b, closing);
	at += skip ? skip : rest.p[0] == '<' ? tag_length(rest) : 1;
	while (at < a->s.n && a->s.p[at] != '<' && a->s.p[at] != '\n')
		at++;
	return at;
}

struct str doc_autop(struct str text, struct arena *arena)
{
	struct autop a = { .s = text, .before = EDGE_BLANK };
	for (size_t i = 0; i < text.n;)
		i = step(&a, i);
	end_run(&a, text.n, EDGE_BLANK);
	return buf_take(&a.out, arena);
}

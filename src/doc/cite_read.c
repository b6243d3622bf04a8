#include "doc/cite.h"

#include <stdlib.h>
#include <string.h>

/* Reading numbers as marks of citations: ¹ [1] [1-3] ［１］ （1） ※1 注1 *1. */

static int digit_of(uint32_t cp)
{
	if (cp >= '0' && cp <= '9')
		return (int)(cp - '0');
	return cp >= 0xFF10 && cp <= 0xFF19 ? (int)(cp - 0xFF10) : -1;
}

static int raised_of(uint32_t cp)
{
	if (cp == 0xB9)
		return 1;
	if (cp == 0xB2 || cp == 0xB3)
		return cp == 0xB2 ? 2 : 3;
	return cp == 0x2070 || (cp >= 0x2074 && cp <= 0x2079) ? (int)(cp - 0x2070) : -1;
}

static size_t skip_spaces(struct str s, size_t at)
{
	while (at < s.n && s.p[at] == ' ')
		at++;
	return at;
}

/* A number at *at; 0 when there is none, or none that a source could have. */
static int number(struct str s, size_t *at, bool raised)
{
	int n = 0;
	size_t i = *at;
	while (i < s.n && n <= DOC_CITATIONS_MAX) {
		size_t from = i;
		uint32_t cp = utf8_next(s, &i);
		int digit = raised ? raised_of(cp) : digit_of(cp);
		if (digit < 0) {
			i = from;
			break;
		}
		n = n * 10 + digit;
	}
	if (n == 0 || n > DOC_CITATIONS_MAX)
		return 0;
	*at = i;
	return n;
}

static bool is_range(uint32_t cp)
{
	return cp == '-' || cp == '~' || (cp >= 0x2010 && cp <= 0x2014) || cp == 0x2212 || cp == 0x301C || cp == 0xFF5E ||
	       cp == 0xFF0D || cp == 0x207B;
}

static bool is_comma(uint32_t cp)
{
	return cp == ',' || cp == 0x3001 || cp == 0xFF0C || cp == ';' || cp == 0x30FB || cp == 0xB7;
}

static void add_number(struct cite_mark *m, int n, bool to)
{
	int from = to && m->n ? m->numbers[m->n - 1] + 1 : n;
	if (n - from >= CITE_NUMBERS_MAX)
		from = n;
	for (int i = from; i <= n && m->n < CITE_NUMBERS_MAX; i++)
		m->numbers[m->n++] = i;
}

/* "1", "1, 2", "1-3,5": the end, or 0. */
static size_t numbers(struct str s, size_t at, bool raised, struct cite_mark *m)
{
	bool to = false;
	m->n = 0;
	for (;;) {
		int n = number(s, &at, raised);
		if (!n)
			return 0;
		add_number(m, n, to);
		size_t end = at, next = raised ? at : skip_spaces(s, at);
		uint32_t cp = next < s.n ? utf8_next(s, &next) : 0;
		if (!is_range(cp) && !is_comma(cp))
			return end;
		to = is_range(cp);
		next = raised ? next : skip_spaces(s, next);
		size_t probe = next;
		if (!number(s, &probe, raised))
			return end;
		at = next;
	}
}

/* 注, 註, "注 ", "note ", ※, * before a number. */
static enum cite_style prefix(struct str s, size_t *at)
{
	static const struct {
		const char *text;
		enum cite_style style;
	} all[] = { { "※注", STYLE_NOTE }, { "*注", STYLE_NOTE }, { "※", STYLE_KOME }, { "脚注", STYLE_NOTE },
		{ "注釈", STYLE_NOTE }, { "注", STYLE_NOTE }, { "註", STYLE_NOTE }, { "＊", STYLE_STAR }, { "*", STYLE_STAR },
		{ "note ", STYLE_NOTE }, { "Note ", STYLE_NOTE } };
	for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
		if (str_starts(str_skip(s, *at), str_from(all[i].text))) {
			*at = skip_spaces(s, *at + strlen(all[i].text));
			return all[i].style;
		}
	}
	return STYLE_NONE;
}

static bool brackets(uint32_t open, uint32_t *close, enum cite_style *style)
{
	static const uint32_t pairs[][2] = { { '[', ']' }, { 0xFF3B, 0xFF3D }, { 0x3014, 0x3015 }, { 0x3010, 0x3011 },
		{ '(', ')' }, { 0xFF08, 0xFF09 } };
	for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
		if (open == pairs[i][0]) {
			*close = pairs[i][1];
			*style = i < 4 ? STYLE_BRACKET : STYLE_PAREN;
			return true;
		}
	}
	return false;
}

static bool read_raised(struct str s, struct cite_mark *m)
{
	size_t at = 0, end;
	bool paren = utf8_next(s, &at) == 0x207D;
	end = numbers(s, paren ? at : 0, true, m);
	if (!end)
		return false;
	at = end;
	if (paren && (end == s.n || utf8_next(s, &at) != 0x207E))
		return false;
	m->style = STYLE_RAISED;
	m->taken = paren ? at : end;
	return true;
}

static bool read_bracketed(struct str s, struct cite_mark *m)
{
	size_t at = 0, end;
	uint32_t close;
	if (!brackets(utf8_next(s, &at), &close, &m->style))
		return false;
	enum cite_style inner = prefix(s, &at);
	end = numbers(s, skip_spaces(s, at), false, m);
	end = end ? skip_spaces(s, end) : s.n;
	if (end >= s.n || utf8_next(s, &end) != close)
		return false;
	m->style = inner ? inner : m->style;
	m->taken = end;
	return true;
}

bool cite_read(struct str s, bool alone, struct cite_mark *m)
{
	size_t at = 0, end;
	*m = (struct cite_mark){ 0 };
	if (s.n == 0)
		return false;
	if (read_raised(s, m) || read_bracketed(s, m))
		return !alone || m->taken == s.n;
	m->style = prefix(s, &at);
	m->bare = m->style == STYLE_NOTE;
	if (!m->style && !alone)
		return false;
	end = numbers(s, at, false, m);
	if (!end)
		return false;
	m->style = m->style ? m->style : STYLE_PLAIN;
	/* Japanese journals write 1) in superscript. */
	if (alone && end < s.n && s.p[end] == ')')
		end++;
	m->taken = end;
	return !alone || end == s.n;
}

int cite_leading(struct str s, size_t *taken, enum cite_style *style)
{
	struct cite_mark m;
	size_t blank = 0, at = 0;
	while (blank < s.n && (s.p[blank] == ' ' || s.p[blank] == '\n' || s.p[blank] == '\t'))
		blank++;
	s = str_skip(s, blank);
	int n = 0;
	if (cite_read(s, false, &m) && m.n == 1) {
		n = m.numbers[0];
		at = m.taken;
		*style = m.style;
	} else {
		n = number(s, &at, false);
		*style = STYLE_PLAIN;
		uint32_t cp = n ? cp_after(s, at) : 0;
		/* "2024 was …" and "3.5 million" are no numbers of sources. */
		if (!n ||
		    !(cp == '.' || cp == ')' || cp == ':' || cp == 0xFF1A || cp == 0xFF0E || cp == 0xFF09 ||
		        (cp == ' ' && n < 1000)) ||
		    (cp == '.' && at + 1 < s.n && s.p[at + 1] >= '0' && s.p[at + 1] <= '9'))
			return 0;
		utf8_next(s, &at);
	}
	uint32_t cp = cp_after(s, at);
	if (m.style > STYLE_RAISED && (cp == ':' || cp == 0xFF1A || cp == '.' || cp == ')' || cp == 0xFF09))
		utf8_next(s, &at);
	while (cp_after(s, at) == ' ' || cp_after(s, at) == 0x3000)
		utf8_next(s, &at);
	*taken = blank + at;
	return n;
}

/* ---- footnotes without a reference ---- */

static int by_text(const void *a, const void *b)
{
	return str_cmp(*(const struct str *)a, *(const struct str *)b);
}

/* The label of "[^label]" at the start of s, or empty. */
static struct str label_at(struct str s)
{
	size_t i = 2;
	while (i < s.n && i < 200 && s.p[i] != ']' && s.p[i] != '[' && (unsigned char)s.p[i] > ' ')
		i++;
	return i > 2 && i < s.n && s.p[i] == ']' ? str_sub(s, 2, i) : STR("");
}

static bool starts_line(struct str body, size_t at)
{
	size_t i = at;
	while (i > 0 && at - i < 3 && body.p[i - 1] == ' ')
		i--;
	return i == 0 || body.p[i - 1] == '\n';
}

struct str cite_keep_unused(struct str body, struct arena *arena)
{
	struct buf out = { 0 };
	size_t count = 0, defined = 0, used = 0;
	for (struct str rest = body; str_find(rest, STR("[^")) >= 0; count++)
		rest = str_skip(rest, (size_t)str_find(rest, STR("[^")) + 2);
	struct str *definitions = count ? arena_array(arena, count, sizeof *definitions) : NULL;
	struct str *references = count ? arena_array(arena, count, sizeof *references) : NULL;
	if (!definitions || !references)
		return body;
	for (size_t at = 0; count--; at += 2) {
		at += (size_t)str_find(str_skip(body, at), STR("[^"));
		struct str label = label_at(str_skip(body, at));
		size_t end = at + label.n + 3;
		if (label.n && end < body.n && body.p[end] == ':' && starts_line(body, at))
			definitions[defined++] = label;
		else if (label.n)
			references[used++] = label;
	}
	qsort(references, used, sizeof *references, by_text);
	for (size_t i = 0; i < defined && i < DOC_CITATIONS_MAX; i++) {
		if (used && bsearch(&definitions[i], references, used, sizeof *references, by_text))
			continue;
		buf_adds(&out, out.n ? "[^" : "<i id=\"" UNUSED_NOTES "\"></i>[^");
		buf_add(&out, definitions[i]);
		buf_addc(&out, ']');
	}
	if (out.n == 0)
		return body;
	buf_adds(&out, "\n\n");
	buf_add(&out, body);
	return buf_take(&out, arena);
}

#include "doc/tree.h"

#include <string.h>
#include <utf8proc.h>

/* Kairan's own marks inside a paragraph: ruby {漢字|かんじ} and superscripts ^2^.
 *
 * Before cmark reads the text their brackets become noncharacters, so that a `|` of ruby splits no table cell and an
 * escaped bracket stays a bracket; afterwards they are looked for in texts, and turned back everywhere else. The same
 * noncharacters carry what cjk_run has to say. What the source itself holds of them is replaced first. */

enum { MARK_LETTER, MARK_PUNCTUATION, MARK_OPEN, MARK_BAR, MARK_CLOSE, MARK_CARET, MARK_BRACKET, MARK_AT };
static const char *const MEANT[] = { "", "", "{", "|", "}", "^", "[", "@" };

#define LEAD "\xEF\xB7" /* U+FDC0 to U+FDFF */
#define RUBY_MAX 240    /* bytes between the braces */
#define SUPERSCRIPT_MAX 40
#define READINGS_MAX 32
#define EM_DASH STR("\xE2\x80\x94") /* a punctuation character that goes with its mark */

static void add_mark(struct buf *out, int mark)
{
	buf_adds(out, LEAD);
	buf_addc(out, (char)(0x90 + mark));
}

/* The mark at the start of s, or -1. */
static int mark_at(struct str s)
{
	if (s.n < 3 || memcmp(s.p, LEAD, 2) != 0 || (unsigned char)s.p[2] < 0x90 || (unsigned char)s.p[2] > 0xAF)
		return -1;
	return (unsigned char)s.p[2] - 0x90;
}

void inline_literal(struct buf *out, char c)
{
	add_mark(out, c == '@' ? MARK_AT : MARK_BRACKET);
}

struct str inline_source(struct str s, struct arena *arena)
{
	struct buf out = { 0 };
	ptrdiff_t at = str_find(s, STR(LEAD));
	if (at < 0)
		return s;
	for (; at >= 0; at = str_find(s, STR(LEAD))) {
		bool ours = mark_at(str_skip(s, (size_t)at)) >= 0;
		buf_add(&out, str_sub(s, 0, (size_t)at + (ours ? 0 : 2)));
		if (ours)
			buf_addcp(&out, UTF8_REPLACEMENT);
		s = str_skip(s, (size_t)at + (ours ? 3 : 2));
	}
	buf_add(&out, s);
	return buf_take(&out, arena);
}

/* `{base|reading}` or `{base|reading|reading}` at the start of s: its length, or 0. */
static size_t ruby_length(struct str s)
{
	size_t bars = 0, last = 0;
	for (size_t i = 1; i < s.n && i <= RUBY_MAX; i++) {
		char c = s.p[i];
		bool empty = i == last + 1;
		if (c == '\n' || c == '{' || c == '`' || c == '\\' || (empty && (c == '|' || c == '}')))
			return 0;
		if (c == '|') {
			bars++;
			last = i;
		}
		if (c == '}')
			return bars ? i + 1 : 0;
	}
	return 0;
}

static void add_marked(struct buf *out, struct str ruby)
{
	for (size_t i = 0; i < ruby.n; i++) {
		int mark = ruby.p[i] == '{' ? MARK_OPEN : ruby.p[i] == '|' ? MARK_BAR : ruby.p[i] == '}' ? MARK_CLOSE : -1;
		if (mark < 0)
			buf_addc(out, ruby.p[i]);
		else
			add_mark(out, mark);
	}
}

/* `^2^`, but no face: (^o^) stands beside a bracket or a space, ^_^ holds no number or word. */
static size_t superscript_length(struct str s, size_t at)
{
	uint32_t previous = cp_before(s, at);
	if (previous <= ' ' || previous == '(' || previous == '[' || previous == '^' || previous == 0x3000 ||
	    previous == 0xFF08)
		return 0;
	uint32_t first = cp_after(s, at + 1);
	utf8proc_category_t category = utf8proc_category((utf8proc_int32_t)first);
	bool word = category >= UTF8PROC_CATEGORY_LU && category <= UTF8PROC_CATEGORY_NO;
	if (!word && first != '+' && first != '-' && first != 0x2212)
		return 0;
	for (size_t i = at + 1; i < s.n && i - at <= SUPERSCRIPT_MAX; i++) {
		char c = s.p[i];
		if (c == '^')
			return i == at + 2 && strchr("-oO", s.p[at + 1]) ? 0 : i + 1 - at;
		if (c == ' ' || c == '\n' || c == '\\' || c == '`')
			return 0;
	}
	return 0;
}

static size_t add_run(struct buf *out, struct str s, size_t at)
{
	size_t end = at;
	while (end < s.n && s.p[end] == s.p[at])
		end++;
	enum run_mark mark = cjk_run(s, at, end);
	if (mark == RUN_LETTER_BEFORE)
		add_mark(out, MARK_LETTER);
	if (mark == RUN_PUNCTUATION_BEFORE) {
		add_mark(out, MARK_PUNCTUATION);
		buf_add(out, EM_DASH);
	}
	buf_add(out, str_sub(s, at, end));
	if (mark == RUN_LETTER_AFTER)
		add_mark(out, MARK_LETTER);
	return end;
}

static size_t step(struct buf *out, struct str s, size_t at)
{
	size_t n;
	char c = s.p[at];
	if (c == '\\' && at + 1 < s.n) {
		buf_add(out, str_sub(s, at, at + 2));
		return at + 2;
	}
	if (c == '*' || c == '_' || c == '~')
		return add_run(out, s, at);
	if (c == '{' && (n = ruby_length(str_skip(s, at))) > 0) {
		add_marked(out, str_sub(s, at, at + n));
		return at + n;
	}
	if (c == '^' && (n = superscript_length(s, at)) > 0) {
		add_mark(out, MARK_CARET);
		buf_add(out, str_sub(s, at + 1, at + n - 1));
		add_mark(out, MARK_CARET);
		return at + n;
	}
	buf_addc(out, c);
	return at + 1;
}

struct str inline_prepare(struct str s, struct arena *arena)
{
	static const bool special[256] = {
		['\\'] = true, ['*'] = true, ['_'] = true, ['~'] = true, ['{'] = true, ['^'] = true
	};
	struct buf out = { 0 };
	for (size_t at = 0; at < s.n;) {
		size_t from = at;
		while (at < s.n && !special[(unsigned char)s.p[at]])
			at++;
		buf_add(&out, str_sub(s, from, at));
		if (at < s.n)
			at = step(&out, s, at);
	}
	return buf_take(&out, arena);
}

bool inline_has_marks(struct str s)
{
	return str_find(s, STR(LEAD)) >= 0;
}

struct str inline_restore(struct str s, struct arena *arena)
{
	struct buf out = { 0 };
	for (ptrdiff_t at; (at = str_find(s, STR(LEAD))) >= 0;) {
		int mark = mark_at(str_skip(s, (size_t)at));
		buf_add(&out, str_sub(s, 0, (size_t)at + (mark < 0 ? 2 : 0)));
		if (mark >= 0 && mark <= MARK_AT)
			buf_adds(&out, MEANT[mark]);
		s = str_skip(s, (size_t)at + (mark < 0 ? 2 : 3));
		if (mark == MARK_PUNCTUATION && str_starts(s, EM_DASH))
			s = str_skip(s, EM_DASH.n);
	}
	buf_add(&out, s);
	return buf_take(&out, arena);
}

/* Cuts s at the first mark of this kind; false when there is none. */
static bool cut(struct str *s, int mark, struct str *before)
{
	const char needle[] = { LEAD[0], LEAD[1], (char)(0x90 + mark) };
	ptrdiff_t at = str_find(*s, str_of(needle, sizeof needle));
	if (at < 0)
		return false;
	*before = str_sub(*s, 0, (size_t)at);
	*s = str_skip(*s, (size_t)at + sizeof needle);
	return true;
}

static void add_reading(struct buf *out, struct str base, struct str reading, struct arena *arena)
{
	buf_add_html(out, inline_restore(base, arena));
	buf_adds(out, "<rp>(</rp><rt>");
	buf_add_html(out, inline_restore(reading, arena));
	buf_adds(out, "</rt><rp>)</rp>");
}

/* One character with the selector that belongs to it. */
static size_t character(struct str s, size_t at)
{
	utf8_next(s, &at);
	for (size_t next = at; next < s.n; at = next) {
		if (!cjk_selector(utf8_next(s, &next)))
			break;
	}
	return at;
}

static size_t characters(struct str s)
{
	size_t n = 0;
	for (size_t at = 0; at < s.n; n++)
		at = character(s, at);
	return n;
}

/* As many readings as characters: each has its own. Else all of them stand over the whole. */
static bool add_ruby(struct buf *out, struct str *s, struct arena *arena)
{
	struct str rest, base, readings[READINGS_MAX], all = { 0 };
	size_t n = 0;
	struct str after = str_skip(*s, 3), inner;
	if (!cut(&after, MARK_CLOSE, &inner))
		return false;
	rest = inner;
	if (!cut(&rest, MARK_BAR, &base) || base.n == 0)
		return false;
	all = rest;
	while (n < READINGS_MAX - 1 && cut(&rest, MARK_BAR, &readings[n]))
		n++;
	readings[n++] = rest;
	buf_adds(out, "<ruby>");
	if (n > 1 && n == characters(base)) {
		for (size_t i = 0, at = 0; i < n; i++) {
			size_t end = character(base, at);
			add_reading(out, str_sub(base, at, end), readings[i], arena);
			at = end;
		}
	} else {
		struct buf joined = { 0 };
		for (struct str part; cut(&all, MARK_BAR, &part);)
			buf_add(&joined, part);
		buf_add(&joined, all);
		add_reading(out, base, buf_take(&joined, arena), arena);
	}
	buf_adds(out, "</ruby>");
	*s = after;
	return true;
}

struct str inline_plain(struct str s, struct arena *arena)
{
	struct buf out = { 0 };
	for (struct str part, ruby, base; cut(&s, MARK_OPEN, &part);) {
		buf_add(&out, part);
		if (cut(&s, MARK_CLOSE, &ruby) && cut(&ruby, MARK_BAR, &base))
			buf_add(&out, base);
	}
	buf_add(&out, s);
	return inline_restore(buf_take(&out, arena), arena);
}

static bool add_superscript(struct buf *out, struct str *s, struct arena *arena)
{
	struct str after = str_skip(*s, 3), inner;
	if (!cut(&after, MARK_CARET, &inner) || inner.n == 0)
		return false;
	buf_adds(out, "<sup>");
	buf_add_html(out, inline_restore(inner, arena));
	buf_adds(out, "</sup>");
	*s = after;
	return true;
}

struct str inline_html(struct str s, struct arena *arena)
{
	struct buf out = { 0 };
	while (s.n) {
		ptrdiff_t at = str_find(s, STR(LEAD));
		size_t plain = at < 0 ? s.n : (size_t)at;
		buf_add_html(&out, str_sub(s, 0, plain));
		s = str_skip(s, plain);
		int mark = mark_at(s);
		if ((mark == MARK_OPEN && add_ruby(&out, &s, arena)) ||
		    (mark == MARK_CARET && add_superscript(&out, &s, arena)))
			continue;
		size_t n = mark < 0 ? (s.n < 2 ? s.n : 2) : mark == MARK_PUNCTUATION ? 3 + EM_DASH.n : 3;
		buf_add_html(&out, inline_restore(str_sub(s, 0, n), arena));
		s = str_skip(s, n);
	}
	return buf_take(&out, arena);
}

#include "desk/translate.h"

#include <math.h>
#include <string.h>

/* What is easily lost in translating: numbers, links, marks of sources. */

#define THINGS_MAX 100 /* numbers, links or marks of one block that are looked at */

struct thing {
	struct str text;
	double value; /* of a number */
	bool local;   /* a link of this site */
};

struct things {
	struct thing v[THINGS_MAX];
	size_t n;
};

static void add(struct things *t, struct thing thing)
{
	if (t->n < THINGS_MAX)
		t->v[t->n++] = thing;
}

/* ---- numbers ---- */

/* A digit, as ASCII or full width; -1: none. */
static int digit(uint32_t cp)
{
	if (cp >= '0' && cp <= '9')
		return (int)(cp - '0');
	return cp >= 0xFF10 && cp <= 0xFF19 ? (int)(cp - 0xFF10) : -1;
}

/* What the word after a number makes of it. */
static double scale_at(struct str rest)
{
	static const struct {
		const char *word;
		double by;
	} words[] = { { "thousand", 1e3 }, { "million", 1e6 }, { "billion", 1e9 }, { "trillion", 1e12 }, { "千", 1e3 },
		{ "万", 1e4 }, { "億", 1e8 }, { "兆", 1e12 }, { "Tausend", 1e3 }, { "Million", 1e6 }, { "Milliarde", 1e9 } };
	while (rest.n && (rest.p[0] == ' ' || rest.p[0] == '-'))
		rest = str_skip(rest, 1);
	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		if (str_starts_ci(rest, str_from(words[i].word)))
			return words[i].by;
	}
	return 1;
}

/* Digits with marks between them: "1,702", "3.5", "１２". *at moves behind it. */
static double read_number(struct str s, size_t *at)
{
	double value = 0, fraction = 0;
	while (*at < s.n) {
		size_t next = *at, after;
		uint32_t cp = utf8_next(s, &next);
		int d = digit(cp);
		after = next;
		bool more = after < s.n && digit(utf8_next(s, &after)) >= 0;
		if (d >= 0) {
			value = fraction > 0 ? value + d * fraction : value * 10 + d;
			fraction /= 10;
		} else if ((cp == '.' || cp == 0xFF0E) && more && fraction == 0) {
			fraction = 0.1;
		} else if (!((cp == ',' || cp == 0xFF0C) && more && fraction == 0)) {
			break;
		}
		*at = next;
	}
	return value;
}

/* 2億5000万 is one number. */
static double read_scaled(struct str s, size_t *at)
{
	double sum = 0, last = 1e18;
	for (;;) {
		double value = read_number(s, at), by = scale_at(str_skip(s, *at));
		sum += value * by;
		size_t next = *at;
		if (by < 1e4 || by >= last || next >= s.n || (unsigned char)s.p[next] < 0x80)
			return sum;
		utf8_next(s, &next);
		size_t look = next;
		if (next >= s.n || digit(utf8_next(s, &look)) < 0)
			return sum;
		last = by;
		*at = next;
	}
}

static bool has_number(const struct things *t, double value)
{
	for (size_t i = 0; i < t->n; i++) {
		if (fabs(t->v[i].value - value) <= 1e-9 * fabs(value))
			return true;
	}
	return false;
}

/* Small ones may be written out: 二つ, two. */
static bool is_written_out(double value, struct str target)
{
	static const char *const kanji[] = { "〇", "一", "二", "三", "四", "五", "六", "七", "八", "九", "十" };
	static const char *const english[] = { "zero", "one", "two", "three", "four", "five", "six", "seven", "eight",
		"nine", "ten" };
	if (value < 0 || value > 10 || value != floor(value))
		return false;
	size_t i = (size_t)value;
	return str_find(target, str_from(kanji[i])) >= 0 || str_find_ci(target, str_from(english[i])) >= 0;
}

/* ---- a block's Markdown ---- */

static void add_link(struct things *links, struct str url)
{
	while (url.n && (url.p[0] == '<' || url.p[0] == ' '))
		url = str_skip(url, 1);
	size_t end = 0;
	while (end < url.n && url.p[end] != ' ' && url.p[end] != '>' && url.p[end] != '\n')
		end++;
	url = str_sub(url, 0, end);
	if (url.n && url.p[0] != '#')
		add(links, (struct thing){ .text = url, .local = url.p[0] == '/' });
}

static size_t link_end(struct str s, size_t from)
{
	int depth = 1;
	for (size_t i = from; i < s.n && s.p[i] != '\n'; i++) {
		depth += s.p[i] == '(';
		depth -= s.p[i] == ')';
		if (depth == 0)
			return i;
	}
	return s.n;
}

/* The length of an address that stands bare here, or 0. */
static size_t bare_address(struct str s)
{
	size_t n = 0;
	if (!str_starts(s, STR("https://")) && !str_starts(s, STR("http://")))
		return 0;
	while (n < s.n && (unsigned char)s.p[n] > ' ' && (unsigned char)s.p[n] < 0x80 && !strchr("<>()[]\"", s.p[n]))
		n++;
	while (n && strchr(".,;:!?", s.p[n - 1]))
		n--;
	return n;
}

struct found {
	struct things numbers, links, marks;
};

static void look_through(struct str s, struct found *f)
{
	f->numbers.n = f->links.n = f->marks.n = 0;
	for (size_t at = 0; at < s.n;) {
		/* Most characters start nothing. */
		char c = s.p[at];
		if (c != ']' && c != '[' && c != 'h' && !(c >= '0' && c <= '9') && (unsigned char)c != 0xEF) {
			at++;
			continue;
		}
		struct str rest = str_skip(s, at);
		size_t bare = bare_address(rest), next = at;
		if (str_starts(rest, STR("]("))) {
			size_t end = link_end(s, at + 2);
			add_link(&f->links, str_sub(s, at + 2, end));
			at = end;
		} else if (bare) {
			add_link(&f->links, str_sub(rest, 0, bare));
			at += bare;
		} else if (str_starts(rest, STR("[^"))) {
			ptrdiff_t end = str_find(rest, STR("]"));
			size_t n = end > 0 ? (size_t)end + 1 : rest.n;
			add(&f->marks, (struct thing){ .text = str_sub(rest, 0, n) });
			at += n;
		} else if (digit(utf8_next(s, &next)) >= 0) {
			size_t from = at;
			double value = read_scaled(s, &at);
			add(&f->numbers, (struct thing){ .text = str_sub(s, from, at), .value = value });
		} else {
			at = next;
		}
	}
}

static bool has_text(const struct things *t, struct str text)
{
	for (size_t i = 0; i < t->n; i++) {
		if (str_eq(t->v[i].text, text))
			return true;
	}
	return false;
}

static size_t count_local(const struct things *t)
{
	size_t n = 0;
	for (size_t i = 0; i < t->n; i++)
		n += t->v[i].local;
	return n;
}

size_t missing_in(struct str source, struct str target, struct missing out[MISSING_MAX])
{
	size_t n = 0, local = 0;
	struct found found[2], *has = &found[0], *got = &found[1]; /* 20 KiB */
	if (target.n == 0)
		return 0;
	look_through(source, has);
	look_through(target, got);
	for (size_t i = 0; i < has->marks.n && n < MISSING_MAX; i++) {
		if (!has_text(&got->marks, has->marks.v[i].text))
			out[n++] = (struct missing){ MISSING_MARK, has->marks.v[i].text };
	}
	for (size_t i = 0; i < has->links.n && n < MISSING_MAX; i++) {
		const struct thing *link = &has->links.v[i];
		local += link->local;
		if (link->local ? local > count_local(&got->links) : !has_text(&got->links, link->text))
			out[n++] = (struct missing){ MISSING_LINK, link->text };
	}
	for (size_t i = 0; i < has->numbers.n && n < MISSING_MAX; i++) {
		const struct thing *number = &has->numbers.v[i];
		if (!has_number(&got->numbers, number->value) && !is_written_out(number->value, target))
			out[n++] = (struct missing){ MISSING_NUMBER, number->text };
	}
	return n;
}

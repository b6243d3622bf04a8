#include "doc/tree.h"

#include <string.h>

/* Tags that stay open make the HTML parser's work grow with the square of their number: beyond any person's depth they
 * are taken out before it sees them. This follows the parser's stack closely enough to tell how deep it is. */

#define OPEN_MAX (2 * DOC_DEPTH_MAX)
#define NAMES 64 /* buckets of names */

struct depth {
	uint8_t stack[OPEN_MAX]; /* buckets of the names that are open */
	size_t n;
	unsigned open[NAMES];                     /* how often each is on the stack */
	unsigned formatting[NAMES], n_formatting; /* these live on when what is around them ends */
};

static bool name_is(struct str name, const char *const *names, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (name.n && names[i][0] == (name.p[0] | 32) && str_eq_ci(name, str_from(names[i])))
			return true;
	}
	return false;
}

/* Closed by themselves, or by what may follow them: they do not pile up. */
static bool is_harmless(struct str name)
{
	static const char *const names[] = { "br", "img", "hr", "p", "li", "input", "td", "tr", "th", "tbody", "thead",
		"tfoot", "dd", "dt", "link", "meta", "wbr", "base", "col", "embed", "area", "source", "track", "param",
		"option", "html", "head", "body" };
	return name_is(name, names, sizeof names / sizeof *names);
}

static bool is_formatting(struct str name)
{
	static const char *const names[] = { "a", "b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike",
		"strong", "tt", "u" };
	return name_is(name, names, sizeof names / sizeof *names);
}

static uint8_t bucket(struct str name)
{
	unsigned h = 0;
	for (size_t i = 0; i < name.n; i++)
		h = h * 31 + ((unsigned char)name.p[i] | 32);
	return (uint8_t)(h % NAMES);
}

static struct str name_at(struct str s)
{
	size_t n = 0;
	while (n < s.n && s.p[n] > ' ' && s.p[n] != '>' && s.p[n] != '/' && n < 32)
		n++;
	return str_sub(s, 0, n);
}

/* May the tag stay? */
static bool opened(struct depth *d, struct str name)
{
	uint8_t h = bucket(name);
	if (is_formatting(name)) {
		if (d->n_formatting == OPEN_MAX)
			return false;
		d->formatting[h]++;
		d->n_formatting++;
	} else if (!is_harmless(name)) {
		if (d->n == OPEN_MAX)
			return false;
		d->stack[d->n++] = h;
		d->open[h]++;
	}
	return true;
}

static void closed(struct depth *d, struct str name)
{
	uint8_t h = bucket(name);
	if (is_formatting(name)) {
		d->n_formatting -= d->formatting[h] > 0;
		d->formatting[h] -= d->formatting[h] > 0;
		return;
	}
	while (d->open[h] > 0) {
		uint8_t top = d->stack[--d->n];
		d->open[top]--;
		if (top == h)
			return;
	}
}

/* The end of a part at `at` in which tags are no tags, or `at`. */
static size_t past_raw(struct str html, size_t at)
{
	static const char *const parts[][2] = { { "<!--", "-->" }, { "<script", "</script" }, { "<style", "</style" } };
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
		if (!str_starts_ci(str_skip(html, at), str_from(parts[i][0])))
			continue;
		ptrdiff_t end = str_find_ci(str_skip(html, at), str_from(parts[i][1]));
		return end < 0 ? html.n : at + (size_t)end + strlen(parts[i][1]);
	}
	return at;
}

struct str html_bounded(struct str html, bool *cut, struct arena *arena)
{
	struct depth d = { 0 };
	struct buf out = { 0 };
	size_t kept = 0;
	*cut = false;
	for (size_t at = 0; at < html.n;) {
		const char *found = memchr(html.p + at, '<', html.n - at);
		if (!found)
			break;
		size_t tag = (size_t)(found - html.p);
		bool end = tag + 1 < html.n && html.p[tag + 1] == '/';
		struct str name = name_at(str_skip(html, tag + (end ? 2 : 1)));
		at = past_raw(html, tag);
		if (at > tag)
			continue;
		at = tag + 1;
		if (name.n == 0 || (name.p[0] | 32) < 'a' || (name.p[0] | 32) > 'z')
			continue;
		if (end) {
			closed(&d, name);
		} else if (!opened(&d, name)) {
			const char *close = memchr(html.p + at, '>', html.n - at);
			buf_add(&out, str_sub(html, kept, tag));
			kept = at = close ? (size_t)(close - html.p) + 1 : html.n;
			*cut = true;
		}
	}
	if (!*cut)
		return html;
	buf_add(&out, str_skip(html, kept));
	return buf_take(&out, arena);
}

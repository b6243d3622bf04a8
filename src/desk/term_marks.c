#include "desk/desk.h"

#include <string.h>

/* Agreed words marked in a block's HTML. The text between the tags is read as one, with the place of each of its bytes; the
 * terms are looked for in its key, and what was found is put around the text, a piece between two tags each. */

#define MARKS_MAX 200 /* of a block */

struct mark {
	size_t from, to; /* bytes of the text */
	struct str word;
};
struct marking {
	struct mark marks[MARKS_MAX];
	size_t n;
};

/* ---- HTML as text ---- */

struct piece {
	size_t end;      /* in the HTML */
	bool tag;        /* a tag; else a character or a reference, which is: */
	struct str text; /* empty for a tag */
};

static struct piece piece_at(struct str html, size_t at)
{
	static const struct {
		const char *name, *text;
	} references[] = { { "&amp;", "&" }, { "&lt;", "<" }, { "&gt;", ">" }, { "&quot;", "\"" }, { "&#39;", "'" } };
	struct str rest = str_skip(html, at);
	ptrdiff_t close = rest.p[0] == '<' ? str_find(rest, STR(">")) : -1;
	if (close > 0)
		return (struct piece){ at + (size_t)close + 1, true, STR("") };
	for (size_t i = 0; rest.p[0] == '&' && i < sizeof references / sizeof *references; i++) {
		struct str name = str_from(references[i].name);
		if (str_starts(rest, name))
			return (struct piece){ at + name.n, false, str_from(references[i].text) };
	}
	size_t end = at;
	utf8_next(html, &end);
	return (struct piece){ end, false, str_sub(html, at, end) };
}

/* Words do not run on from one cell or line to the next, and do from one inline tag to the next. */
static bool parts_words(struct str tag)
{
	static const char *const inline_tags[] = { "a", "b", "i", "em", "strong", "code", "sup", "sub", "span", "mark", "u",
		"s", "del", "ins", "abbr", "cite", "q", "small", "kbd", "ruby", "rt", "rp" };
	size_t from = tag.n > 1 && tag.p[1] == '/' ? 2 : 1, to = from;
	while (to < tag.n && tag.p[to] != ' ' && tag.p[to] != '>')
		to++;
	for (size_t i = 0; i < sizeof inline_tags / sizeof *inline_tags; i++) {
		if (str_eq(str_sub(tag, from, to), str_from(inline_tags[i])))
			return false;
	}
	return true;
}

/* The text has as many bytes as the walk over the pieces counts: a parting tag counts one. */
static struct str text_of(struct str html, struct arena *arena)
{
	struct buf out = { 0 };
	for (size_t at = 0; at < html.n;) {
		struct piece p = piece_at(html, at);
		if (p.tag && parts_words(str_sub(html, at, p.end)))
			buf_addc(&out, '\n');
		buf_add(&out, p.text);
		at = p.end;
	}
	return buf_take(&out, arena);
}

/* ---- where terms stand ---- */

/* Of two that overlap the longer one stays. */
static void add_mark(struct marking *m, struct mark mark)
{
	size_t at;
	for (size_t i = 0; i < m->n; i++) {
		const struct mark *k = &m->marks[i];
		if (mark.from >= k->to || k->from >= mark.to)
			continue;
		if (mark.to - mark.from <= k->to - k->from)
			return;
		memmove(&m->marks[i], &m->marks[i + 1], (m->n - i - 1) * sizeof *m->marks);
		m->n--;
		i--;
	}
	if (m->n == MARKS_MAX)
		return;
	for (at = m->n; at > 0 && m->marks[at - 1].from > mark.from; at--)
		m->marks[at] = m->marks[at - 1];
	m->marks[at] = mark;
	m->n++;
}

static void find_marks(struct marking *m, const struct term_places *p, const struct term_hit *hit)
{
	struct str key = hit->term->key, words = hit->term->word, word = str_trim(str_split(&words, '|'));
	for (size_t at = 0; key.n && at + key.n <= p->key.n;) {
		ptrdiff_t found = str_find(str_skip(p->key, at), key);
		if (found < 0)
			return;
		at += (size_t)found;
		struct mark mark = { p->from[at], p->to[at + key.n - 1], word };
		if (mark.from < mark.to)
			add_mark(m, mark);
		at++;
	}
}

/* ---- the marks written ---- */

static void open_mark(struct buf *out, const struct mark *m)
{
	buf_adds(out, "<mark class=\"agreed\" title=\"");
	buf_add_html(out, m->word);
	buf_adds(out, "\">");
}

static void close_mark(struct buf *out, const struct mark *m, size_t at, struct str to)
{
	if (at >= m->to) {
		buf_adds(out, "<span class=\"hidden\" lang=\"");
		buf_add_html(out, to);
		buf_adds(out, "\"> (");
		buf_add_html(out, m->word);
		buf_adds(out, ")</span>");
	}
	buf_adds(out, "</mark>");
}

static struct str write_marks(const struct marking *m, struct str html, struct str to, struct arena *arena)
{
	struct buf out = { 0 };
	const struct mark *next = m->marks, *last = m->marks + m->n, *open = NULL;
	size_t text = 0;
	for (size_t at = 0; at < html.n;) {
		struct piece p = piece_at(html, at);
		if (open && (p.tag || text >= open->to)) {
			close_mark(&out, open, text, to);
			open = NULL;
		}
		while (next < last && text >= next->to)
			next++;
		if (!p.tag && !open && next < last && text >= next->from) {
			open = next;
			open_mark(&out, open);
		}
		buf_add(&out, str_sub(html, at, p.end));
		text += p.tag ? parts_words(str_sub(html, at, p.end)) : p.text.n;
		at = p.end;
	}
	if (open)
		close_mark(&out, open, text, to);
	return buf_take(&out, arena);
}

bool terms_mark(struct str html, struct str from, struct str to, const struct term_hit *hits, size_t n, struct str *out,
    struct arena *arena, struct error *err)
{
	struct term_places places;
	struct marking *m;
	*out = html;
	if (n == 0 || html.n == 0)
		return true;
	m = arena_alloc(arena, sizeof *m);
	if (!m)
		return error_memory(err);
	if (!term_key_places(text_of(html, arena), from, &places, arena, err))
		return false;
	for (size_t i = 0; i < n; i++)
		find_marks(m, &places, &hits[i]);
	if (m->n == 0)
		return true;
	*out = write_marks(m, html, to, arena);
	return out->p ? true : error_memory(err);
}

#include "site/page.h"

/* What the records of sources add to the citations of an article: the words of a citation that is an address alone, and where
 * a copy is kept. */

const struct source_record *citation_source(const struct cited_source *all, size_t n, int number)
{
	for (size_t i = 0; i < n; i++) {
		if (all[i].number == number)
			return &all[i].source;
	}
	return NULL;
}

static bool is_address_alone(const struct doc_citation *c)
{
	struct str text = str_trim(c->text);
	return c->url.n &&
	       (str_eq(text, c->url) || (str_ends(c->url, STR("/")) && str_eq(text, str_sub(c->url, 0, c->url.n - 1))));
}

static void add_part(struct buf *out, const char *comma, struct str text)
{
	if (text.n == 0)
		return;
	buf_adds(out, comma);
	buf_add_html(out, text);
}

void citation_complete(struct page *p, struct doc_citation *c, const struct source_record *s, struct str lang)
{
	struct buf out = { 0 };
	bool ja = str_starts(lang, STR("ja"));
	const char *comma = ja ? "、" : ", ";
	if (!s || s->title.n == 0 || !is_address_alone(c))
		return;
	buf_adds(&out, "<a href=\"");
	buf_add_html(&out, c->url);
	buf_adds(&out, "\" rel=\"noopener noreferrer\">");
	buf_add_html(&out, s->title);
	buf_adds(&out, "</a>");
	add_part(&out, comma, s->author);
	add_part(&out, comma, s->outlet);
	add_part(&out, comma, view_partial_date(p->arena, lang, s->published));
	if (s->accessed.n) {
		buf_adds(&out, ja ? "（" : " (accessed ");
		buf_add_html(&out, view_partial_date(p->arena, lang, s->accessed));
		buf_adds(&out, ja ? "閲覧）" : ")");
	}
	struct str html = buf_take(&out, p->arena);
	if (!html.p)
		return;
	c->html = html;
	c->text = doc_plain(html, p->arena);
}

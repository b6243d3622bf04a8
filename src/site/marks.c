#include "site/page.h"

#define TITLE_MAX 300 /* bytes of a source shown beside its mark */
#define MARK STR("<a href=\"#")

static const struct doc_citation *citation_of(const struct rendered *r, struct str id)
{
	for (size_t i = 0; i < r->n_citations; i++) {
		if (str_eq(r->citations[i].id, id))
			return &r->citations[i];
	}
	return NULL;
}

static void add_title(struct buf *out, struct str text)
{
	size_t end = utf8_floor(text, text.n > TITLE_MAX ? TITLE_MAX : text.n);
	buf_adds(out, " title=\"");
	buf_add_html(out, str_sub(text, 0, end));
	buf_adds(out, end < text.n ? "…\"" : "\"");
}

/* Marks are written by doc as <sup class="cite"><a href="#cite-3" id="cite-3-ref-1">3</a></sup>: the title goes behind the
 * address, so that pointing at a mark shows its source without any script. */
struct str citation_titles(struct page *p, struct str html, const struct rendered *r)
{
	const struct str sup = STR("<sup class=\"cite\">");
	struct buf out = { 0 };
	if (r->n_citations == 0)
		return html;
	for (ptrdiff_t at; (at = str_find(html, sup)) >= 0;) {
		struct str rest = str_skip(html, (size_t)at + sup.n);
		size_t head = (size_t)at + sup.n;
		if (str_starts(rest, MARK)) {
			struct str id = str_skip(rest, MARK.n);
			id = str_split(&id, '"');
			const struct doc_citation *c = citation_of(r, id);
			head += MARK.n + id.n + 1;
			buf_add(&out, str_sub(html, 0, head));
			if (c && c->text.n)
				add_title(&out, c->text);
		} else {
			buf_add(&out, str_sub(html, 0, head));
		}
		html = str_skip(html, head);
	}
	buf_add(&out, html);
	return buf_take(&out, p->arena);
}

/* Is `s` this tag, as doc writes tags: "<table>" or "<table " with attributes? */
static bool is_tag(struct str s, struct str open)
{
	return str_starts(s, open) && s.n > open.n && (s.p[open.n] == '>' || s.p[open.n] == ' ');
}

/* Writes what stands for the tag at the start of `s`, and says how much of it that was. */
static size_t add_reachable(struct page *p, struct buf *out, struct str s)
{
	const struct str table = STR("<table"), end = STR("</table>"), pre = STR("<pre");
	if (is_tag(s, table)) {
		buf_adds(out, "<div class=\"wide\" role=\"group\" tabindex=\"0\" aria-label=\"");
		buf_add_html(out, page_message(p, STR("Table")));
		buf_adds(out, "\"><table");
		return table.n;
	}
	if (is_tag(s, pre)) {
		buf_adds(out, "<pre tabindex=\"0\"");
		return pre.n;
	}
	if (str_starts(s, end)) {
		buf_adds(out, "</table></div>");
		return end.n;
	}
	buf_addc(out, '<');
	return 1;
}

struct str reachable_parts(struct page *p, struct str html)
{
	struct buf out = { 0 };
	if (str_find(html, STR("<table")) < 0 && str_find(html, STR("<pre")) < 0)
		return html;
	for (ptrdiff_t at; (at = str_find(html, STR("<"))) >= 0;) {
		buf_add(&out, str_sub(html, 0, (size_t)at));
		html = str_skip(html, (size_t)at);
		html = str_skip(html, add_reachable(p, &out, html));
	}
	buf_add(&out, html);
	return buf_take(&out, p->arena);
}

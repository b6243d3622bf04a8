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

#include "desk/editor.h"

/* What was copied from a web page or a word processor, as clean Markdown. */

static bool to_markdown(struct desk_page *p, struct str html, enum doc_format format, struct str *out)
{
	struct doc doc;
	struct doc_options options = { .format = DOC_HTML, .lang = p->lang };
	if (format == DOC_MARKDOWN)
		return doc_to_markdown(html, &options, out, p->arena, p->err);
	options.no_citations = true;
	if (!doc_render(&doc, html, &options, p->arena, p->err))
		return false;
	*out = doc.html;
	return true;
}

/* Without script: a field or a file in the form, put at the end of the text. */
bool paste_add(struct desk_page *p, struct article *a)
{
	struct str added;
	struct buf out = { .max = ARTICLE_BODY_MAX };
	const struct web_file *file = web_file_get(p->req, "paste_file");
	struct str html = web_field_get(p->req, "paste_html");
	if (html.n == 0 && file)
		html = utf8_clean(p->arena, file->bytes);
	if (!to_markdown(p, html, a->format, &added))
		return false;
	buf_add(&out, a->body);
	while (out.n && out.p[out.n - 1] == '\n')
		out.n--;
	if (out.n && added.n)
		buf_adds(&out, "\n\n");
	buf_add(&out, added);
	if (out.failed) {
		buf_free(&out);
		return error_set(p->err, ERR_TOO_LARGE, "with what was pasted the text is too large");
	}
	a->body = buf_take(&out, p->arena);
	return a->body.p || a->body.n == 0 ? true : error_memory(p->err);
}

/* With it: what the clipboard holds, and back the text to put in its place. */
bool paste_send(struct desk_page *p)
{
	struct str out;
	bool html = str_eq(web_field_get(p->req, "format"), STR("html"));
	if (!to_markdown(p, web_field_get(p->req, "html"), html ? DOC_HTML : DOC_MARKDOWN, &out))
		return false;
	p->res->type = STR("text/plain; charset=utf-8");
	buf_add(&p->res->body, out);
	return true;
}

#include "desk/editor.h"

/* An article as readers will see it, in its form's page or alone. */

static void show_citations(struct desk_page *p, const struct doc *doc)
{
	struct view_value *list = view_set_list(p->root, "citations");
	for (size_t i = 0; i < doc->n_citations; i++) {
		struct view_value *c = view_push_object(list);
		view_set_str(c, "anchor", doc->citations[i].id);
		view_set_int(c, "number", doc->citations[i].number);
		view_set_html(c, "html", doc->citations[i].html);
	}
	view_set_bool(p->root, "has_citations", doc->n_citations > 0);
}

bool preview_show(struct desk_page *p, const struct article *a)
{
	struct doc body, preface;
	struct doc_options options = { .format = a->format, .lang = a->lang, .id_prefix = STR("preview-") };
	struct doc_options plain = {
		.format = a->format, .lang = a->lang, .id_prefix = STR("preface-"), .no_citations = true
	};
	if (!doc_render(&body, a->body, &options, p->arena, p->err) ||
	    !doc_render(&preface, a->preface, &plain, p->arena, p->err))
		return false;
	struct view_value *v = view_set_object(p->root, "preview");
	view_set_html(v, "body_html", body.html);
	view_set_html(v, "preface_html", preface.html);
	view_set_str(v, "preview_lang", a->lang);
	view_set_str(v, "preview_title", a->title);
	show_citations(p, &body);
	return true;
}

/* The sheet alone, for the script: what is not right yet is shown all the same. */
bool article_preview(struct desk_page *p)
{
	struct article a, old = { .lang = p->settings.default_lang };
	const char *problem;
	if (!fields_read(p, &old, &a, &problem) && !problem)
		return false;
	*p->err = (struct error){ 0 };
	if (a.body.n > ARTICLE_BODY_MAX || a.preface.n > ARTICLE_BODY_MAX)
		return error_set(p->err, ERR_TOO_LARGE, "the text is too large to be shown");
	return preview_show(p, &a) &&
	       theme_render(site_theme(p->site), "desk/sheet", p->root, p->catalog, &p->res->body, p->err);
}

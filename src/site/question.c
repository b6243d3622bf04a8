#include "site/find.h"

/* What a search in vain leads to: categories, and a form that sends the question to the editors. The form needs no
 * script and no cookie; what keeps machines out is a field that no person sees, the server's refusal of forms that stood
 * on another site, and the store's allowance for all senders together. */

/* has_form: under the pages' no-referrer a browser hides where a form comes from ("Origin: null"), and one that sends no
 * Sec-Fetch-Site, as all do over plain HTTP, would be refused. So the theme's head loosens it, on pages with this form, to
 * same-origin: this site is told, others never. */
static void set_form(struct page *p)
{
	view_set_bool(p->root, "has_form", true);
	view_set_int(p->root, "question_max", QUESTION_MAX / 4);
}

void way_out_set(struct page *p, const struct asked *a)
{
	view_set_bool(p->root, "nothing", true);
	set_form(p);
	piece_top_categories(p, a->all, a->n_all);
}

static bool begin(struct page *p, const struct web_request *req, struct web_response *res, struct error *err)
{
	if (!page_begin(p, req, res, page_prefix(req, 0), err))
		return false;
	struct str *paths = arena_array(p->arena, p->settings.n_langs, sizeof *paths);
	if (!paths)
		return error_memory(err);
	page_head(p, "page_question", page_message(p, STR("A question to the editors")), paths);
	view_set_bool(p->root, "noindex", true);
	res->no_store = true;
	return true;
}

/* Shown again with what was written, and why it was not taken. */
static bool form_again(struct page *p, int status, const char *problem)
{
	p->res->status = status;
	view_set_str(p->root, "problem", page_message(p, str_from(problem)));
	view_set_str(p->root, "question", web_field_get(p->req, "question"));
	set_form(p);
	return page_render(p, "question");
}

static bool keep(struct page *p, struct str text, enum error_code *why)
{
	struct error refused = { 0 };
	struct store_tx *tx = store_begin(p->site->store, &refused);
	bool ok = tx && question_add(tx, text, p->lang, clock_now(), &refused);
	if (ok)
		ok = store_commit(tx, &refused);
	else
		store_rollback(tx);
	*why = refused.code;
	if (!ok && refused.code != ERR_INVALID && refused.code != ERR_TOO_LARGE && refused.code != ERR_CONFLICT)
		*p->err = refused;
	return ok;
}

static bool send(struct page *p)
{
	enum error_code why;
	struct str text = web_field_get(p->req, "question");
	/* A machine gets thanks as well: it need not learn that it was found out. */
	bool machine = web_field_get(p->req, "website").n > 0;
	if (machine || keep(p, text, &why)) {
		web_redirect(p->res, 303, url_path(p, p->lang, "/questions/thanks"));
		return true;
	}
	switch (why) {
	case ERR_INVALID:
		return form_again(p, 422, N_("Please write your question first."));
	case ERR_TOO_LARGE:
		return form_again(p, 413, N_("The question is too long. Please shorten it."));
	case ERR_CONFLICT:
		return form_again(p, 429, N_("Many questions are coming in just now. Please try again in a minute."));
	default:
		return false;
	}
}

bool question_send(const struct web_request *req, struct web_response *res, struct error *err)
{
	struct page p;
	if (!begin(&p, req, res, err))
		return err->code == ERR_NOT_FOUND ? page_missing(req, res, err) : false;
	return send(&p);
}

bool question_page(const struct web_request *req, struct web_response *res, struct error *err)
{
	struct page p;
	if (!begin(&p, req, res, err))
		return err->code == ERR_NOT_FOUND ? page_missing(req, res, err) : false;
	view_set_str(p.root, "question", web_param_get(req, "q"));
	set_form(&p);
	return page_render(&p, "question");
}

bool question_thanks(const struct web_request *req, struct web_response *res, struct error *err)
{
	struct page p;
	struct category *all;
	size_t n;
	if (!begin(&p, req, res, err))
		return err->code == ERR_NOT_FOUND ? page_missing(req, res, err) : false;
	if (!category_list(p.site->store, &all, &n, p.arena, err))
		return false;
	view_set_bool(p.root, "sent", true);
	piece_top_categories(&p, all, n);
	return page_render(&p, "question");
}

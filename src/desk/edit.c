#include "desk/flow.h"
#include "desk/media.h"
#include "desk/sources.h"

/* The form of an article: shown, previewed, saved; and what happens when somebody else saved in between. */

struct editing {
	struct article old; /* as it is in the store; zeroes for a new one */
	bool own;
};

static bool load(struct desk_page *p, struct editing *e)
{
	int64_t id;
	*e = (struct editing){ 0 };
	return desk_capture_id(p, 0, &id) && article_whole(p->store, id, &e->old, p->arena, p->err) &&
	       article_is_by(p->store, id, p->who.id, &e->own, p->err);
}

static void fresh(struct desk_page *p, struct editing *e)
{
	*e = (struct editing){ .own = true };
	e->old.lang = p->settings.default_lang;
}

static void show_statuses(struct desk_page *p, const struct editing *e, enum article_status now)
{
	struct view_value *list = view_set_list(p->root, "statuses");
	bool any = false;
	for (int i = ARTICLE_DRAFT; i <= ARTICLE_ARCHIVED; i++) {
		enum article_status s = (enum article_status)i;
		bool may = desk_may_edit(p->who.role, e->own, e->old.status, s);
		any |= may;
		if (may || s == now)
			desk_choice(list, article_status_name(s), desk_message(p, desk_status_label(s)), s == now);
	}
	view_set_bool(p->root, "may_edit", any);
}

static void show_places(struct desk_page *p, const struct article *old)
{
	if (old->id == 0)
		return;
	view_set_str(p->root, "revisions_url", arena_printf(p->arena, "/desk/articles/%lld/revisions", (long long)old->id));
	if (old->status == ARTICLE_PUBLISHED)
		view_set_str(
		    p->root, "public_url", site_article_path(p->arena, p->settings.default_lang, old->lang, old->slug));
}

static bool show(struct desk_page *p, const struct editing *e, const struct article *a, struct str base)
{
	view_set_str(p->root, "action",
	    e->old.id ? arena_printf(p->arena, "/desk/articles/%lld", (long long)e->old.id) : STR("/desk/articles/new"));
	view_set_str(p->root, "base", base);
	view_set_bool(p->root, "is_new", e->old.id == 0);
	show_statuses(p, e, a->status);
	show_places(p, &e->old);
	if (!fields_show(p, a) || !flow_state(p, &e->old, e->own) || !media_notices(p, e->old.id) || !source_notices(p, e->old.id))
		return false;
	return desk_render(p, e->old.id ? N_("Edit the article") : N_("New article"), "desk/edit");
}

/* ---- preview ---- */

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

static bool preview(struct desk_page *p, const struct article *a)
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

/* ---- handlers ---- */

bool article_new_form(struct desk_page *p)
{
	struct editing e;
	fresh(p, &e);
	struct article a = e.old;
	/* A question that a reader asked may be what it is to be called. */
	a.title = str_trim(str_sub(web_param_get(p->req, "title"), 0, CREDIT_MAX));
	return show(p, &e, &a, STR(""));
}

/* The text of an old revision in the form, to be saved or not; where and whether it is published stays. */
static bool take_revision(struct desk_page *p, const struct editing *e, struct article *a)
{
	int64_t id;
	struct revision r;
	struct str asked = web_param_get(p->req, "revision");
	if (asked.n == 0)
		return true;
	if (!str_to_int(asked, &id))
		return error_set(p->err, ERR_NOT_FOUND, "there is no such revision");
	if (!revision_get(p->store, e->old.id, id, &r, p->arena, p->err))
		return false;
	*a = r.text;
	a->lang = e->old.lang;
	a->slug = e->old.slug;
	a->status = e->old.status;
	a->sticky = e->old.sticky;
	a->published_at = e->old.published_at;
	view_set_str(p->root, "restoring", desk_time(p, r.at));
	return true;
}

bool article_form(struct desk_page *p)
{
	struct editing e;
	if (!load(p, &e))
		return false;
	struct article a = e.old;
	view_set_bool(p->root, "saved", web_param_get(p->req, "saved").n > 0);
	return take_revision(p, &e, &a) && show(p, &e, &a, article_state(&e.old, p->arena));
}

static bool conflict(struct desk_page *p, struct editing *e, const struct article *mine, const struct article *theirs)
{
	struct view_value *v = view_set_object(p->root, "conflict");
	p->res->status = 409;
	view_set_str(v, "theirs_body", theirs->body);
	e->old = *theirs;
	return differences(p, v, theirs, mine) && show(p, e, mine, article_state(theirs, p->arena));
}

static bool save(struct desk_page *p, struct editing *e, struct article *mine, struct str base)
{
	struct article a = *mine, theirs = { 0 };
	bool changed;
	struct error why = { 0 };
	struct store_tx *tx = store_begin(p->store, p->err);
	if (!tx)
		return false;
	if (article_edit(tx, &a, &p->who, base, &theirs, &changed, p->arena, &why))
		return store_commit(tx, p->err) &&
		       desk_go(p, arena_printf(p->arena, "/desk/articles/%lld?saved=1", (long long)a.id).p);
	store_rollback(tx);
	if (why.code == ERR_CONFLICT && theirs.id)
		return conflict(p, e, mine, &theirs);
	*p->err = why;
	return false;
}

static bool send(struct desk_page *p, struct editing *e)
{
	struct article a;
	const char *problem;
	struct str base = web_field_get(p->req, "base");
	if (!fields_read(p, &e->old, &a, &problem)) {
		if (!problem)
			return false;
		desk_problem(p, p->err->code == ERR_TOO_LARGE ? 413 : 422, problem);
		*p->err = (struct error){ 0 };
		return show(p, e, &a, base);
	}
	if (!desk_may_edit(p->who.role, e->own, e->old.status, a.status))
		return error_set(p->err, ERR_DENIED, "the role may not change this article so");
	bool about_images;
	if (!media_form(p, &a, &about_images))
		return false;
	if (about_images)
		return show(p, e, &a, base);
	if (str_eq(web_field_get(p->req, "do"), STR("preview")))
		return preview(p, &a) && show(p, e, &a, base);
	return save(p, e, &a, base);
}

bool article_new_send(struct desk_page *p)
{
	struct editing e;
	fresh(p, &e);
	return send(p, &e);
}

bool article_send(struct desk_page *p)
{
	struct editing e;
	return load(p, &e) && send(p, &e);
}

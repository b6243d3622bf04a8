#include "desk/editor.h"
#include "desk/flow.h"
#include "desk/media.h"
#include "desk/sources.h"

/* The form of an article: shown, previewed, saved; and what happens when somebody else saved in between. */

#define MERGE_ROUNDS 4

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
	struct str token = web_param_get(p->req, "draft").n ? web_param_get(p->req, "draft") : draft_token(p);
	view_set_str(p->root, "base", base);
	view_set_str(p->root, "draft", token);
	view_set_str(p->root, "draft_user", p->who.login);
	if (e->old.id)
		view_set_int(p->root, "draft_article", e->old.id);
	view_set_bool(p->root, "is_new", e->old.id == 0);
	show_statuses(p, e, a->status);
	show_places(p, &e->old);
	if (!fields_show(p, a) || !flow_state(p, &e->old, e->own) || !media_notices(p, e->old.id) ||
	    !source_notices(p, e->old.id))
		return false;
	return desk_render(p, e->old.id ? N_("Edit the article") : N_("New article"), "desk/edit");
}

/* ---- handlers ---- */

bool article_new_form(struct desk_page *p)
{
	struct editing e;
	fresh(p, &e);
	struct article a = e.old;
	/* A question that a reader asked may be what it is to be called. */
	a.title = str_trim(str_sub(web_param_get(p->req, "title"), 0, CREDIT_MAX));
	struct str base = STR("");
	return drafts_offer(p, 0) && draft_take(p, &e.old, &a, &base) && show(p, &e, &a, base);
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
	struct str base = article_state(&e.old, p->arena);
	view_set_bool(p->root, "saved", web_param_get(p->req, "saved").n > 0);
	view_set_bool(p->root, "merged", web_param_get(p->req, "merged").n > 0);
	return take_revision(p, &e, &a) && drafts_offer(p, e.old.id) && draft_take(p, &e.old, &a, &base) &&
	       show(p, &e, &a, base);
}

/* What it was made from is not known any more: the whole texts stand beside each other. */
static bool conflict(struct desk_page *p, struct editing *e, const struct article *mine)
{
	struct view_value *v = view_set_object(p->root, "conflict");
	p->res->status = 409;
	view_set_str(v, "theirs_body", e->old.body);
	return differences(p, v, &e->old, mine) && show(p, e, mine, article_state(&e->old, p->arena));
}

static bool may_not(struct desk_page *p, struct editing *e, const struct article *a, struct str base)
{
	desk_problem(p, 403,
	    N_("You may not change this article so. Nothing was saved; your text stands below, so that you can copy it."));
	return show(p, e, a, base);
}

static bool save(struct desk_page *p, struct editing *e, struct article *mine, struct str base, int round);

/* e->old is what the article says now, `base` the state that *mine was made from. */
static bool settle(struct desk_page *p, struct editing *e, struct article *mine, struct str base, int round)
{
	struct revision r;
	struct error why = { 0 };
	struct str state = article_state(&e->old, p->arena);
	struct collision *c = arena_alloc(p->arena, sizeof *c);
	if (!c || !state.p)
		return error_memory(p->err);
	if (!revision_by_state(p->store, e->old.id, base, &r, p->arena, &why)) {
		if (why.code == ERR_NOT_FOUND)
			return conflict(p, e, mine);
		*p->err = why;
		return false;
	}
	if (!collide(p, &r.text, mine, &e->old, state, c))
		return false;
	if (c->open)
		return collision_page(p, c, state);
	if (str_eq(web_field_get(p->req, "do"), STR("edit"))) {
		view_set_bool(p->root, "brought_together", true);
		return show(p, e, &c->merged, state);
	}
	return save(p, e, &c->merged, state, round + 1);
}

/* Each round brings together what somebody else saved since the one before. */
static bool save(struct desk_page *p, struct editing *e, struct article *mine, struct str base, int round)
{
	struct article a = *mine, theirs = { 0 };
	bool changed;
	struct error why = { 0 };
	if (!desk_may_edit(p->who.role, e->own, e->old.status, mine->status))
		return may_not(p, e, mine, base);
	struct store_tx *tx = store_begin(p->store, p->err);
	if (!tx)
		return false;
	if (article_edit(tx, &a, &p->who, base, &theirs, &changed, p->arena, &why) && draft_saved(p, tx))
		return store_commit(tx, p->err) && desk_go(p, arena_printf(p->arena, "/desk/articles/%lld?saved=1%s",
		                                                  (long long)a.id, round ? "&merged=1" : "")
		                                                  .p);
	store_rollback(tx);
	if (why.code == ERR_CONFLICT && theirs.id) {
		e->old = theirs;
		return round < MERGE_ROUNDS ? settle(p, e, mine, base, round) : conflict(p, e, mine);
	}
	if (why.code)
		*p->err = why;
	return false;
}

static bool send(struct desk_page *p, struct editing *e)
{
	struct article a;
	const char *problem;
	struct str base = web_field_get(p->req, "base"), what = web_field_get(p->req, "do");
	bool only_show = str_eq(what, STR("preview")) || str_eq(what, STR("paste"));
	if (!fields_read(p, &e->old, &a, &problem)) {
		if (!problem)
			return false;
		/* What is not right yet is told when it is to be saved. */
		if (only_show && p->err->code == ERR_INVALID) {
			*p->err = (struct error){ 0 };
			return (str_eq(what, STR("paste")) ? paste_add(p, &a) : preview_show(p, &a)) && show(p, e, &a, base);
		}
		desk_problem(p, p->err->code == ERR_TOO_LARGE ? 413 : 422, problem);
		*p->err = (struct error){ 0 };
		return show(p, e, &a, base);
	}
	if (!desk_may_edit(p->who.role, e->own, e->old.status, a.status))
		return may_not(p, e, &a, base);
	bool about_images;
	if (!media_form(p, &a, &about_images))
		return false;
	if (about_images)
		return show(p, e, &a, base);
	if (str_eq(what, STR("preview")))
		return preview_show(p, &a) && show(p, e, &a, base);
	if (str_eq(what, STR("paste")))
		return paste_add(p, &a) && show(p, e, &a, base);
	if (str_eq(what, STR("edit")) && e->old.id)
		return settle(p, e, &a, base, 0);
	return save(p, e, &a, base, 0);
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

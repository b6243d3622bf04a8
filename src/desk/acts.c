#include "desk/flow.h"

/* One click on one article or on many, and taking it back. */

static bool allowed(const struct desk_page *p, enum act act, bool own, enum article_status from)
{
	switch (act) {
	case ACT_PUBLISH:
		return desk_may_edit(p->who.role, own, from, ARTICLE_PUBLISHED);
	case ACT_ARCHIVE:
		return desk_may_edit(p->who.role, own, from, ARTICLE_ARCHIVED);
	case ACT_TRASH:
		return desk_may_trash(p->who.role, own, from);
	default:
		return desk_may_edit(p->who.role, own, from, from);
	}
}

/* Those of the form that there are and that the role may change so; *left: how many others. */
static bool chosen(struct desk_page *p, enum act act, struct act_article *out, size_t *n, size_t *left)
{
	*n = *left = 0;
	for (size_t i = 0; i < p->req->n_fields; i++) {
		int64_t id;
		struct article a;
		bool own;
		struct error none = { 0 };
		if (!str_eq(p->req->fields[i].name, STR("article")) || *n == ACT_ARTICLES_MAX)
			continue;
		if (!str_to_int(p->req->fields[i].value, &id) || id <= 0)
			return error_set(p->err, ERR_USAGE, "an article has a number");
		if (!article_by_id(p->store, id, &a, p->arena, &none)) {
			if (none.code != ERR_NOT_FOUND)
				return error_set(p->err, none.code, "%s", none.message);
			continue;
		}
		if (!article_is_by(p->store, id, p->who.id, &own, p->err))
			return false;
		if (allowed(p, act, own, a.status))
			out[(*n)++] = (struct act_article){ id, a.status };
		else
			*left += 1;
	}
	return true;
}

static bool read_act(struct desk_page *p, enum act *act, int64_t *category)
{
	static const char *const names[ACTS] = { "publish", "archive", "trash", "category" };
	struct str what = web_field_get(p->req, "do"), number = web_field_get(p->req, "add");
	struct category *all;
	size_t n;
	*category = 0;
	*act = ACTS;
	for (int i = 0; i < ACTS; i++) {
		if (str_eq(what, str_from(names[i])))
			*act = (enum act)i;
	}
	if (*act == ACTS)
		return error_set(p->err, ERR_USAGE, "the form does not say what to do");
	if (*act != ACT_CATEGORY)
		return true;
	if (!category_list(p->store, &all, &n, p->arena, p->err))
		return false;
	for (size_t i = 0; i < n && str_to_int(number, category); i++) {
		if (all[i].id == *category)
			return true;
	}
	return error_set(p->err, ERR_USAGE, "choose the category to be added");
}

/* Back to where the button stood, with the notice. */
static bool go_back(struct desk_page *p, const struct act_article *one, enum act act, struct str extra)
{
	struct list_asked q;
	if (act != ACT_TRASH && one && str_eq(web_field_get(p->req, "from"), STR("article")))
		return desk_go(
		    p, arena_printf(p->arena, "/desk/articles/%lld?%.*s", (long long)one->id, (int)extra.n, extra.p).p);
	list_asked(&q, web_field_get, p->req);
	return desk_go(p, list_url(p, &q, q.page, extra).p);
}

bool acts_send(struct desk_page *p)
{
	enum act act;
	int64_t category, undo = 0;
	size_t n, left, done = 0;
	struct act_article *articles = arena_array(p->arena, ACT_ARTICLES_MAX, sizeof *articles);
	if (!articles)
		return error_memory(p->err);
	if (!read_act(p, &act, &category) || !chosen(p, act, articles, &n, &left))
		return false;
	if (n == 0 && left > 0)
		return error_set(p->err, ERR_DENIED, "the role may not do this to these articles");
	if (n == 0)
		return go_back(p, NULL, act, STR("none=1"));
	struct store_tx *tx = store_begin(p->store, p->err);
	bool ok = tx && act_do(tx, act, articles, n, category, &p->who, p->now, &undo, &done, p->arena, p->err);
	if (!desk_commit(p, tx, ok))
		return false;
	struct str extra = arena_printf(p->arena, "undo=%lld&left=%zu", (long long)undo, left);
	return go_back(p, &articles[0], act, extra);
}

/* ---- taking back ---- */

bool flow_undo(struct desk_page *p)
{
	static const char *const keys[ACTS] = { "published", "archived", "trashed", "categorised" };
	int64_t id, n;
	struct act_done done;
	struct error none = { 0 };
	if (str_to_int(web_param_get(p->req, "undone"), &n))
		view_set_bool(p->root, n > 0 ? "taken_back" : "not_taken_back", true);
	view_set_bool(p->root, "none_chosen", web_param_get(p->req, "none").n > 0);
	if (str_to_int(web_param_get(p->req, "left"), &n) && n > 0) {
		view_set_bool(p->root, "has_left", true);
		view_set_int(p->root, "left", n);
	}
	if (!str_to_int(web_param_get(p->req, "undo"), &id) || id <= 0)
		return true;
	if (!act_find(p->store, id, &p->who, p->now, &done, p->arena, &none))
		return none.code == ERR_NOT_FOUND || error_set(p->err, none.code, "%s", none.message);
	struct view_value *v = view_set_object(p->root, "undo");
	view_set_int(v, "undo_id", id);
	view_set_int(v, "undo_n", (int64_t)done.n);
	if (done.n == 1)
		view_set_str(v, "undo_title", done.title);
	view_set_bool(v, keys[done.act], true);
	return true;
}

bool undo_send(struct desk_page *p)
{
	int64_t id;
	size_t n = 0;
	if (!str_to_int(web_field_get(p->req, "undo"), &id) || id <= 0)
		return error_set(p->err, ERR_USAGE, "the form does not say what to take back");
	struct store_tx *tx = store_begin(p->store, p->err);
	bool ok = tx && act_undo(tx, id, &p->who, p->now, &n, p->arena, p->err);
	return desk_commit(p, tx, ok) && desk_go(p, arena_printf(p->arena, "/desk/articles?undone=%zu", n).p);
}

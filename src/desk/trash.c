#include "desk/flow.h"

/* What was thrown away: taken out again, or deleted for good. */

#define TRASH_PAGE 50

static bool show_item(struct desk_page *p, struct view_value *list, const struct trashed *t)
{
	bool own;
	if (!article_is_by(p->store, t->item.id, p->who.id, &own, p->err))
		return false;
	struct view_value *v = view_push_object(list);
	view_set_int(v, "id", t->item.id);
	view_set_str(v, "url", arena_printf(p->arena, "/desk/articles/%lld", (long long)t->item.id));
	view_set_str(v, "title", t->item.title);
	view_set_str(v, "item_lang", t->item.lang);
	view_set_str(v, "before", desk_message(p, desk_status_label(t->before)));
	view_set_str(v, "at", desk_time(p, t->at));
	view_set_str(v, "who", t->name.n ? t->name : desk_message(p, N_("(from the shell)")));
	view_set_str(v, "until", desk_time(p, t->at + TRASH_SECONDS));
	view_set_bool(v, "may_restore", desk_may_trash(p->who.role, own, t->before));
	view_set_bool(v, "may_delete", desk_may(p->who.role, DESK_DELETE));
	return true;
}

bool trash_page(struct desk_page *p)
{
	struct trashed *all;
	size_t n, total;
	int64_t page = 1;
	bool everything = desk_may(p->who.role, DESK_PUBLISH);
	if (!str_to_int(web_param_get(p->req, "page"), &page) || page < 1 || page > 100000)
		page = 1;
	size_t offset = (size_t)(page - 1) * TRASH_PAGE;
	if (!trash_list(p->store, everything ? 0 : p->who.id, offset, TRASH_PAGE, &all, &n, &total, p->arena, p->err))
		return false;
	struct view_value *list = view_set_list(p->root, "articles");
	for (size_t i = 0; i < n; i++) {
		if (!show_item(p, list, &all[i]))
			return false;
	}
	view_set_bool(p->root, "has_articles", n > 0);
	view_set_bool(p->root, "restored", web_param_get(p->req, "restored").n > 0);
	view_set_bool(p->root, "deleted", web_param_get(p->req, "deleted").n > 0);
	if (page > 1)
		view_set_str(p->root, "previous_url", arena_printf(p->arena, "/desk/trash?page=%lld", (long long)page - 1));
	if (offset + n < total && n > 0)
		view_set_str(p->root, "next_url", arena_printf(p->arena, "/desk/trash?page=%lld", (long long)page + 1));
	return desk_render(p, N_("Trash"), "desk/trash");
}

static bool find(struct desk_page *p, struct trashed *t)
{
	int64_t id;
	if (!str_to_int(web_field_get(p->req, "article"), &id) || id <= 0)
		return error_set(p->err, ERR_USAGE, "an article has a number");
	return trash_find(p->store, id, t, p->arena, p->err);
}

bool trash_send(struct desk_page *p)
{
	struct trashed t = { 0 };
	bool own;
	if (!find(p, &t) || !article_is_by(p->store, t.item.id, p->who.id, &own, p->err))
		return false;
	if (!desk_may_trash(p->who.role, own, t.before))
		return error_set(p->err, ERR_DENIED, "the role may not take this article out of the trash");
	struct store_tx *tx = store_begin(p->store, p->err);
	bool ok = tx && article_restore(tx, t.item.id, &p->who, p->now, p->arena, p->err);
	return desk_commit(p, tx, ok) &&
	       desk_go(p, arena_printf(p->arena, "/desk/articles/%lld?restored=1", (long long)t.item.id).p);
}

bool trash_delete_send(struct desk_page *p)
{
	struct trashed t = { 0 };
	if (!find(p, &t))
		return false;
	struct store_tx *tx = store_begin(p->store, p->err);
	bool ok = tx && trash_delete(tx, t.item.id, &p->who, p->arena, p->err);
	return desk_commit(p, tx, ok) && desk_go(p, "/desk/trash?deleted=1");
}

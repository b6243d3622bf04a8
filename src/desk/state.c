#include "desk/flow.h"

/* What stands above an article's form: how its review stands, what its comments ask, what can be done to it at once. */

#define COMMENTS_SHOWN 5

struct str flow_review_text(struct desk_page *p, const struct review *r)
{
	static const char *const texts[] = { NULL, N_("waits for a reviewer"), N_("approved"), N_("sent back") };
	struct str text = texts[r->state] ? desk_message(p, texts[r->state]) : STR("");
	if (r->state == REVIEW_OPEN && r->reviewer_name.n)
		text = arena_printf(p->arena, "%.*s (%.*s)", (int)text.n, text.p, (int)r->reviewer_name.n, r->reviewer_name.p);
	return text;
}

static bool show_comments(struct desk_page *p, int64_t article, struct view_value *v)
{
	struct comment *all;
	size_t n, open = 0;
	struct view_value *list = view_set_list(v, "open_comments");
	if (!comment_list(p->store, article, &all, &n, p->arena, p->err))
		return false;
	for (size_t i = 0; i < n; i++) {
		if (all[i].parent || all[i].resolved_at || open++ >= COMMENTS_SHOWN)
			continue;
		struct view_value *c = view_push_object(list);
		view_set_str(c, "comment_name", all[i].name);
		view_set_str(c, "comment_text", all[i].text);
		view_set_str(c, "comment_quote", all[i].quote);
	}
	view_set_bool(v, "has_open", open > 0);
	view_set_int(v, "open", (int64_t)open);
	return true;
}

static bool show_acts(struct desk_page *p, const struct article *a, bool own, struct view_value *v)
{
	enum role role = p->who.role;
	struct trashed t;
	bool here = a->status != ARTICLE_TRASHED, some = false;
	const struct {
		const char *key;
		bool may;
	} acts[] = {
		{ "act_publish",
		    here && a->status != ARTICLE_PUBLISHED && desk_may_edit(role, own, a->status, ARTICLE_PUBLISHED) },
		{ "act_archive",
		    here && a->status != ARTICLE_ARCHIVED && desk_may_edit(role, own, a->status, ARTICLE_ARCHIVED) },
		{ "act_trash", here && desk_may_trash(role, own, a->status) },
	};
	for (size_t i = 0; i < sizeof acts / sizeof *acts; i++) {
		view_set_bool(v, acts[i].key, acts[i].may);
		some |= acts[i].may;
	}
	view_set_bool(v, "has_acts", some);
	if (here)
		return true;
	if (!trash_find(p->store, a->id, &t, p->arena, p->err))
		return false;
	view_set_bool(v, "in_trash", true);
	view_set_bool(v, "may_restore", desk_may_trash(role, own, t.before));
	view_set_str(v, "trash_until", desk_time(p, t.at + TRASH_SECONDS));
	return true;
}

bool flow_state(struct desk_page *p, const struct article *a, bool own)
{
	struct review r;
	if (a->id == 0)
		return true;
	struct view_value *v = view_set_object(p->root, "state");
	if (!review_find(p->store, a, &r, p->arena, p->err))
		return false;
	view_set_int(v, "state_id", a->id);
	view_set_str(v, "review_url", arena_printf(p->arena, "/desk/articles/%lld/review", (long long)a->id));
	view_set_str(v, "review_says", flow_review_text(p, &r));
	view_set_bool(v, "review_changed", r.changed);
	if (a->status == ARTICLE_SCHEDULED)
		view_set_str(v, "appears", desk_time(p, a->published_at));
	view_set_bool(p->root, "restored", web_param_get(p->req, "restored").n > 0);
	return show_comments(p, a->id, v) && show_acts(p, a, own, v) && flow_undo(p);
}

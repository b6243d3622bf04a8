#include "desk/structure.h"

/* The questions that editors have pinned answers to. */

static bool show_pin(struct desk_page *p, struct view_value *list, const struct pin *pin)
{
	struct view_value *v = view_push_object(list), *articles = view_set_list(v, "articles");
	view_set_str(v, "query", pin->query);
	view_set_str(v, "url", with_number(p, "/desk/pins/pin?id=", pin->id));
	for (size_t i = 0; i < pin->n_articles; i++) {
		struct article_item item;
		if (!article_item_by_id(p->store, pin->articles[i], &item, p->arena, p->err))
			return false;
		struct view_value *a = view_push_object(articles);
		view_set_str(a, "title", item.title);
		view_set_str(a, "item_lang", item.lang);
		view_set_bool(a, "unseen", item.status != ARTICLE_PUBLISHED);
	}
	/* Its articles were deleted one after the other. */
	view_set_bool(v, "empty", pin->n_articles == 0);
	return true;
}

bool pins_page(struct desk_page *p)
{
	static const char *const keep[] = { "q" };
	struct pin *all;
	size_t n, found = 0;
	struct paging paging = paging_of(p, ROWS_PAGE);
	struct str q = query_normal(web_param_get(p->req, "q"), p->arena);
	struct view_value *list = view_set_list(p->root, "pins");
	if (!pin_list(p->store, &all, &n, p->arena, p->err))
		return false;
	for (size_t i = 0; i < n; i++) {
		if (q.n && str_find(query_normal(all[i].query, p->arena), q) < 0)
			continue;
		if (found++ < paging.offset || found > paging.offset + paging.limit)
			continue;
		if (!show_pin(p, list, &all[i]))
			return false;
	}
	view_set_bool(p->root, "has_pins", found > 0);
	view_set_bool(p->root, "saved", web_param_get(p->req, "saved").n > 0);
	view_set_str(p->root, "q", web_param_get(p->req, "q"));
	paging_show(p, &paging, found, "/desk/pins", keep, 1);
	return structure_render(p, N_("Pinned answers"), "desk/pins", "pins");
}

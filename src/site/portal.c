#include "site/page.h"

#define NEWEST_MAX 12

/* Addresses of WordPress without permalinks: "/?p=12", "/?page_id=12". */
static bool old_query(const struct web_request *req)
{
	return web_param_get(req, "p").n || web_param_get(req, "page_id").n || web_param_get(req, "attachment_id").n ||
	       web_param_get(req, "cat").n;
}

/* Those without an article lead nowhere: they wait until they have one. */
static bool set_categories(struct page *p)
{
	struct category *all;
	size_t n;
	if (!category_list(p->site->store, &all, &n, p->arena, p->err))
		return false;
	struct view_value *list = view_set_list(p->root, "categories");
	for (size_t i = 0; i < n; i++) {
		if (all[i].parent || all[i].articles == 0)
			continue;
		struct view_value *link = view_push_object(list);
		view_set_str(link, "url", url_category(p, p->lang, all[i].slug));
		view_set_str(link, "name", category_name_on(p, &all[i]));
		view_set_int(link, "count", all[i].articles);
		view_set_str(link, "count_text", view_number(p->arena, p->lang, all[i].articles));
		struct view_value *children = view_set_list(link, "children");
		size_t shown = 0;
		for (size_t j = 0; j < n; j++) {
			if (all[j].parent != all[i].id || all[j].articles == 0)
				continue;
			piece_category(p, children, &all[j]);
			shown++;
		}
		view_set_bool(link, "has_children", shown > 0);
		view_set_bool(p->root, "has_categories", true);
	}
	return true;
}

static bool set_newest(struct page *p)
{
	struct article_filter filter = { .lang = p->lang, .status = ARTICLE_PUBLISHED, .limit = NEWEST_MAX };
	struct article_item *items;
	size_t n, total;
	if (!article_list(p->site->store, &filter, &items, &n, &total, p->arena, p->err))
		return false;
	struct view_value *list = view_set_list(p->root, "newest");
	for (size_t i = 0; i < n; i++) {
		piece_item(p, list, &items[i]);
		page_key(p, CHANGE_ITEM, items[i].id);
	}
	view_set_bool(p->root, "has_newest", n > 0);
	view_set_str(p->root, "newest_url", url_path(p, p->lang, "/feed.atom"));
	view_set_int(p->root, "total", (int64_t)total);
	view_set_str(p->root, "total_text", view_number(p->arena, p->lang, (int64_t)total));
	return true;
}

bool portal_page(const struct web_request *req, struct web_response *res, struct error *err)
{
	struct page p;
	struct str prefix = page_prefix(req, 0);
	if (prefix.n == 0 && old_query(req))
		return page_missing(req, res, err);
	if (!page_begin(&p, req, res, prefix, err))
		return err->code == ERR_NOT_FOUND ? page_missing(req, res, err) : false;
	struct str *paths = arena_array(p.arena, p.settings.n_langs, sizeof *paths);
	if (!paths)
		return error_memory(err);
	for (size_t i = 0; i < p.settings.n_langs; i++)
		paths[i] = url_path(&p, p.settings.langs[i], "/");
	page_head(&p, "page_portal", STR(""), paths);
	view_set_str(p.root, "canonical", url_absolute(&p, url_path(&p, p.lang, "/")));
	view_set_str(p.root, "description", setting_text(p.site->store, "description", p.lang, p.arena));
	if (!set_categories(&p) || !set_newest(&p) || !campaign_section(&p))
		return false;
	page_key(&p, CHANGE_LISTS, 0);
	return page_render(&p, "portal");
}

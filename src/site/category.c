#include "site/page.h"

static const char *const ORDER_NAMES[] = { "", "oldest", "title" };
static const char *const ORDER_LABELS[] = { N_("Newest first"), N_("Oldest first"), N_("By title") };
static const enum article_order ORDERS[] = { ORDER_NEWEST, ORDER_OLDEST, ORDER_TITLE };

static size_t chosen_order(const struct web_request *req)
{
	struct str wanted = web_param_get(req, "order");
	for (size_t i = 1; i < sizeof ORDERS / sizeof *ORDERS; i++) {
		if (str_eq(wanted, str_from(ORDER_NAMES[i])))
			return i;
	}
	return 0;
}

/* The articles of the filter, with orders and pages. A page past the end does not exist. */
static bool set_items(struct page *p, struct article_filter *filter, struct str path, size_t *total)
{
	struct article_item *items;
	size_t n, order = chosen_order(p->req), number = page_number(p->req);
	filter->lang = p->lang;
	filter->status = ARTICLE_PUBLISHED;
	filter->order = ORDERS[order];
	filter->limit = p->settings.page_size;
	filter->offset = (number - 1) * p->settings.page_size;
	if (!article_list(p->site->store, filter, &items, &n, total, p->arena, p->err))
		return false;
	if (n == 0 && number > 1)
		return error_set(p->err, ERR_NOT_FOUND, "there is no page %zu", number);
	struct view_value *list = view_set_list(p->root, "items");
	for (size_t i = 0; i < n; i++) {
		piece_item(p, list, &items[i]);
		page_key(p, CHANGE_ITEM, items[i].id);
	}
	view_set_bool(p->root, "has_items", n > 0);
	const struct url_pair pair = { "order", order ? str_from(ORDER_NAMES[order]) : STR("") };
	piece_orders(p, path, &pair, 1, ORDER_NAMES, ORDER_LABELS, sizeof ORDERS / sizeof *ORDERS, order);
	piece_pages(p, path, &pair, 1, number, *total);
	return true;
}

static void set_count(struct page *p, size_t total)
{
	view_set_int(p->root, "count", (int64_t)total);
	view_set_str(p->root, "count_text", view_number(p->arena, p->lang, (int64_t)total));
}

/* An old slug may have a redirect. */
static bool or_missing(const struct web_request *req, struct web_response *res, struct error *err)
{
	return err->code == ERR_NOT_FOUND ? page_missing(req, res, err) : false;
}

static bool fill_category(struct page *p, const struct category *c, const struct category *all, size_t n)
{
	struct article_filter filter = { .category = c->id };
	const struct category_name *name = category_name_in(c, p->lang, p->settings.default_lang);
	struct str path = url_category(p, p->lang, c->slug);
	size_t total;
	if (!set_items(p, &filter, path, &total))
		return false;
	set_count(p, total);
	view_set_str(p->root, "name", category_name_on(p, c));
	view_set_str(p->root, "description", name ? name->description : STR(""));
	view_set_str(p->root, "feed_url", arena_printf(p->arena, "%.*s/feed.atom", (int)path.n, path.p));
	view_set_str(p->root, "canonical", url_absolute(p, path));
	piece_crumbs(p, all, n, c->parent);
	struct view_value *children = view_set_list(p->root, "children");
	size_t shown = 0;
	for (size_t i = 0; i < n; i++) {
		if (all[i].parent != c->id || all[i].articles == 0)
			continue;
		piece_category(p, children, &all[i]);
		page_key(p, CHANGE_CATEGORY, all[i].id);
		shown++;
	}
	view_set_bool(p->root, "has_children", shown > 0);
	page_key(p, CHANGE_CATEGORY, c->id);
	page_key(p, CHANGE_LISTING, c->id);
	return true;
}

bool category_page(const struct web_request *req, struct web_response *res, struct error *err)
{
	struct page p;
	struct category *all;
	struct category found;
	size_t n;
	if (!page_begin(&p, req, res, page_prefix(req, 1), err) ||
	    !category_by_slug(p.site->store, page_capture(req, 1, 0), &found, p.arena, err))
		return or_missing(req, res, err);
	if (!category_list(p.site->store, &all, &n, p.arena, err))
		return false;
	const struct category *c = category_in(all, n, found.id);
	if (!c)
		c = &found;
	struct str *paths = arena_array(p.arena, p.settings.n_langs, sizeof *paths);
	if (!paths)
		return error_memory(err);
	for (size_t i = 0; i < p.settings.n_langs; i++)
		paths[i] = url_category(&p, p.settings.langs[i], c->slug);
	page_head(&p, "page_category", category_name_on(&p, c), paths);
	if (!fill_category(&p, c, all, n))
		return or_missing(req, res, err);
	return page_render(&p, "category");
}

bool tag_page(const struct web_request *req, struct web_response *res, struct error *err)
{
	struct page p;
	size_t total;
	if (!page_begin(&p, req, res, page_prefix(req, 1), err))
		return or_missing(req, res, err);
	struct str tag = page_capture(req, 1, 0);
	struct str path = url_tag(&p, p.lang, tag);
	struct article_filter filter = { .tag = tag };
	page_head(&p, "page_tag", tag, NULL);
	if (!set_items(&p, &filter, path, &total))
		return or_missing(req, res, err);
	if (total == 0) {
		error_set(err, ERR_NOT_FOUND, "no article has this tag");
		return or_missing(req, res, err);
	}
	set_count(&p, total);
	view_set_str(p.root, "name", tag);
	view_set_str(p.root, "canonical", url_absolute(&p, path));
	page_key(&p, CHANGE_TAG, tag_change_id(tag));
	return page_render(&p, "tag");
}

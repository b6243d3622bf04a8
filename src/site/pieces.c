#include "site/page.h"

#define PAGES_AROUND 2 /* links on each side of the current page */

void piece_date(struct page *p, struct view_value *object, const char *key, int64_t t)
{
	if (t <= 0)
		return;
	struct view_value *date = view_set_object(object, key);
	int offset = settings_offset(&p->settings, t);
	struct civil c = civil_from_unix(t + offset);
	view_set_str(date, "iso", arena_printf(p->arena, "%04d-%02d-%02d", c.year, c.month, c.day));
	view_set_str(date, "text", view_date(p->arena, p->lang, t, offset));
}

static void fill_item(struct page *p, struct view_value *item, const struct article_item *a)
{
	view_set_str(item, "url", url_item(p, a));
	view_set_str(item, "title", a->title);
	view_set_str(item, "summary", a->summary);
	view_set_str(item, "author", a->author);
	view_set_str(item, "translator", a->translator);
	view_set_bool(item, "sticky", a->sticky);
	if (!str_eq(a->lang, p->lang)) {
		view_set_str(item, "item_lang", a->lang);
		view_set_str(item, "lang_name", view_lang_name(a->lang));
	}
	piece_date(p, item, "date", a->published_at);
}

void piece_item(struct page *p, struct view_value *list, const struct article_item *a)
{
	fill_item(p, view_push_object(list), a);
}

void piece_item_at(struct page *p, struct view_value *object, const char *key, const struct article_item *a)
{
	if (a->id)
		fill_item(p, view_set_object(object, key), a);
}

const struct category *category_in(const struct category *all, size_t n, int64_t id)
{
	for (size_t i = 0; i < n; i++) {
		if (all[i].id == id)
			return &all[i];
	}
	return NULL;
}

struct str category_name_on(const struct page *p, const struct category *c)
{
	const struct category_name *name = category_name_in(c, p->lang, p->settings.default_lang);
	return name ? name->name : c->slug;
}

void piece_category(struct page *p, struct view_value *list, const struct category *c)
{
	struct view_value *link = view_push_object(list);
	view_set_str(link, "url", url_category(p, p->lang, c->slug));
	view_set_str(link, "name", category_name_on(p, c));
	view_set_int(link, "count", c->articles);
	view_set_str(link, "count_text", view_number(p->arena, p->lang, c->articles));
}

void piece_top_categories(struct page *p, const struct category *all, size_t n)
{
	struct view_value *list = view_set_list(p->root, "categories");
	for (size_t i = 0; i < n; i++) {
		if (!all[i].parent && all[i].articles > 0)
			piece_category(p, list, &all[i]);
	}
}

void piece_crumbs(struct page *p, const struct category *all, size_t n, int64_t id)
{
	const struct category *path[CATEGORY_DEPTH_MAX];
	size_t depth = 0;
	for (const struct category *c = category_in(all, n, id); c && depth < CATEGORY_DEPTH_MAX;
	     c = category_in(all, n, c->parent))
		path[depth++] = c;
	struct view_value *crumbs = view_set_list(p->root, "crumbs");
	while (depth > 0) {
		struct view_value *crumb = view_push_object(crumbs);
		view_set_str(crumb, "url", url_category(p, p->lang, path[--depth]->slug));
		view_set_str(crumb, "name", category_name_on(p, path[depth]));
		page_key(p, CHANGE_CATEGORY, path[depth]->id);
	}
}

/* The address of page `number`: the first has no parameter. */
static struct str page_url(struct page *p, struct str path, const struct url_pair *pairs, size_t n, size_t number)
{
	struct url_pair all[12];
	if (n > 11)
		n = 11;
	for (size_t i = 0; i < n; i++)
		all[i] = pairs[i];
	all[n].name = "page";
	all[n].value = number > 1 ? arena_printf(p->arena, "%zu", number) : STR("");
	return url_query(p->arena, path, all, n + 1);
}

static void push_page(struct page *p, struct view_value *list, struct str path, const struct url_pair *pairs, size_t n,
    size_t i, bool current)
{
	struct view_value *entry = view_push_object(list);
	view_set_int(entry, "n", (int64_t)i);
	view_set_str(entry, "url", page_url(p, path, pairs, n, i));
	view_set_bool(entry, "current", current);
}

void piece_pages(
    struct page *p, struct str path, const struct url_pair *pairs, size_t n_pairs, size_t number, size_t total)
{
	size_t last = (total + p->settings.page_size - 1) / p->settings.page_size;
	if (last < 2)
		return;
	struct view_value *pages = view_set_object(p->root, "pages");
	struct view_value *list = view_set_list(pages, "list");
	if (number > 1)
		view_set_str(pages, "previous_url", page_url(p, path, pairs, n_pairs, number - 1));
	if (number < last)
		view_set_str(pages, "next_url", page_url(p, path, pairs, n_pairs, number + 1));
	view_set_str(pages, "position_text", arena_printf(p->arena, "%zu / %zu", number, last));
	for (size_t i = 1; i <= last; i++) {
		bool near = i + PAGES_AROUND >= number && i <= number + PAGES_AROUND;
		if (near || i == 1 || i == last) {
			push_page(p, list, path, pairs, n_pairs, i, i == number);
			continue;
		}
		view_set_bool(view_push_object(list), "gap", true);
		i = i < number ? number - PAGES_AROUND - 1 : last - 1;
	}
}

void piece_orders(struct page *p, struct str path, const struct url_pair *pairs, size_t n_pairs,
    const char *const *names, const char *const *labels, size_t n, size_t current)
{
	struct view_value *orders = view_set_list(p->root, "orders");
	view_set_bool(p->root, "has_orders", n > 1);
	struct url_pair all[12];
	if (n_pairs > 11)
		n_pairs = 11;
	for (size_t i = 0; i < n; i++) {
		struct view_value *order = view_push_object(orders);
		size_t used = 0;
		for (size_t j = 0; j < n_pairs; j++) {
			if (!str_eq(str_from(pairs[j].name), STR("order")))
				all[used++] = pairs[j];
		}
		all[used].name = "order";
		all[used].value = i ? str_from(names[i]) : STR("");
		view_set_str(order, "url", url_query(p->arena, path, all, used + 1));
		view_set_str(order, "label", page_message(p, str_from(labels[i])));
		view_set_bool(order, "current", i == current);
	}
}

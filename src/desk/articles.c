#include "desk/page.h"

/* The list of articles, with its filters. */

#define LIST_PAGE 50

struct asked {
	struct str title, status, lang, category;
	size_t page; /* from 1 */
};

static struct str page_url(struct desk_page *p, const struct asked *q, size_t page)
{
	struct buf out = { 0 };
	const struct {
		const char *name;
		struct str value;
	} pairs[] = { { "q", q->title }, { "status", q->status }, { "lang", q->lang }, { "category", q->category } };
	buf_printf(&out, "/desk/articles?page=%zu", page);
	for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
		if (pairs[i].value.n == 0)
			continue;
		buf_addc(&out, '&');
		buf_adds(&out, pairs[i].name);
		buf_addc(&out, '=');
		buf_add_uri(&out, pairs[i].value, STR(""));
	}
	return buf_take(&out, p->arena);
}

static bool show_filters(struct desk_page *p, const struct asked *q, struct article_filter *f)
{
	struct category *all;
	size_t n;
	enum article_status status;
	struct view_value *statuses = view_set_list(p->root, "statuses"), *langs = view_set_list(p->root, "langs"),
	                  *categories = view_set_list(p->root, "categories");
	if (!category_list(p->store, &all, &n, p->arena, p->err))
		return false;
	if (article_status_parse(q->status, &status))
		f->status = (int)status;
	for (int s = ARTICLE_DRAFT; s <= ARTICLE_ARCHIVED; s++)
		desk_choice(statuses, article_status_name((enum article_status)s),
		    desk_message(p, desk_status_label((enum article_status)s)), s == f->status);
	for (size_t i = 0; i < p->settings.n_langs; i++) {
		struct str lang = p->settings.langs[i];
		desk_choice(langs, lang, view_lang_name(lang), str_eq(lang, q->lang));
	}
	for (size_t i = 0; i < n; i++) {
		bool chosen = str_eq(all[i].slug, q->category);
		if (chosen)
			f->category = all[i].id;
		desk_choice(
		    categories, all[i].slug, category_name_in(&all[i], p->lang, p->settings.default_lang)->name, chosen);
	}
	view_set_str(p->root, "q", q->title);
	return true;
}

static void show_item(struct desk_page *p, struct view_value *list, const struct article_item *item)
{
	struct view_value *v = view_push_object(list);
	view_set_str(v, "url", arena_printf(p->arena, "/desk/articles/%lld", (long long)item->id));
	view_set_str(v, "title", item->title);
	view_set_str(v, "item_lang", item->lang);
	view_set_str(v, "lang_name", view_lang_name(item->lang));
	view_set_str(v, "status", desk_message(p, desk_status_label(item->status)));
	view_set_bool(v, "strong", item->status != ARTICLE_PUBLISHED);
	view_set_str(v, "updated", desk_time(p, item->updated_at));
	view_set_str(v, "by", item->translator.n ? item->translator : item->author);
}

bool articles_page(struct desk_page *p)
{
	struct article_item *items;
	size_t n, total;
	int64_t page = 1;
	struct asked q = { .title = str_trim(web_param_get(p->req, "q")),
		.status = web_param_get(p->req, "status"),
		.lang = web_param_get(p->req, "lang"),
		.category = web_param_get(p->req, "category"),
		.page = 1 };
	if (str_to_int(web_param_get(p->req, "page"), &page) && page > 0 && page < 1000000)
		q.page = (size_t)page;
	struct article_filter f = { .only_lang = q.lang,
		.title = q.title,
		.status = -1,
		.order = ORDER_UPDATED,
		.offset = (q.page - 1) * LIST_PAGE,
		.limit = LIST_PAGE };
	if (!show_filters(p, &q, &f) || !article_list(p->store, &f, &items, &n, &total, p->arena, p->err))
		return false;
	struct view_value *list = view_set_list(p->root, "articles");
	for (size_t i = 0; i < n; i++)
		show_item(p, list, &items[i]);
	view_set_int(p->root, "total", (int64_t)total);
	view_set_str(p->root, "total_text", view_number(p->arena, p->lang, (int64_t)total));
	view_set_bool(p->root, "has_articles", n > 0);
	view_set_bool(p->root, "filtered", q.title.n || q.status.n || q.lang.n || q.category.n);
	if (q.page > 1)
		view_set_str(p->root, "previous_url", page_url(p, &q, q.page - 1));
	if (f.offset + n < total && n > 0)
		view_set_str(p->root, "next_url", page_url(p, &q, q.page + 1));
	return desk_render(p, N_("Articles"), "desk/list");
}

#include "desk/flow.h"

/* The list of articles, with its filters and what can be done to many at once. */

#define LIST_PAGE 50

void list_asked(
    struct list_asked *q, struct str (*get)(const struct web_request *, const char *), const struct web_request *req)
{
	int64_t page = 1;
	*q = (struct list_asked){ .title = str_trim(get(req, "q")),
		.status = get(req, "status"),
		.lang = get(req, "lang"),
		.category = get(req, "category"),
		.by = str_trim(get(req, "by")),
		.whose = get(req, "whose"),
		.page = 1 };
	if (str_to_int(get(req, "page"), &page) && page > 0 && page < 1000000)
		q->page = (size_t)page;
}

static bool is_filtered(const struct list_asked *q)
{
	return q->title.n || q->status.n || q->lang.n || q->category.n || q->by.n || q->whose.n;
}

struct str list_url(struct desk_page *p, const struct list_asked *q, size_t page, struct str extra)
{
	struct buf out = { 0 };
	const struct {
		const char *name;
		struct str value;
	} pairs[] = { { "q", q->title }, { "status", q->status }, { "lang", q->lang }, { "category", q->category },
		{ "by", q->by }, { "whose", q->whose } };
	buf_printf(&out, "/desk/articles?page=%zu", page);
	for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
		if (pairs[i].value.n == 0)
			continue;
		buf_addc(&out, '&');
		buf_adds(&out, pairs[i].name);
		buf_addc(&out, '=');
		buf_add_uri(&out, pairs[i].value, STR(""));
	}
	buf_adds(&out, extra.n ? "&" : "");
	buf_add(&out, extra);
	return buf_take(&out, p->arena);
}

static void show_whose(struct desk_page *p, const struct list_asked *q, struct article_filter *f)
{
	bool mine = str_eq(q->whose, STR("mine")), waiting = str_eq(q->whose, STR("waiting"));
	struct view_value *list = view_set_list(p->root, "whose");
	desk_choice(list, STR("mine"), desk_message(p, N_("mine")), mine);
	desk_choice(list, STR("waiting"), desk_message(p, N_("waiting for me")), waiting);
	f->writer = mine ? p->who.id : 0;
	f->waiting = waiting ? p->who.id : 0;
	f->judges = desk_may(p->who.role, DESK_REVIEW);
	f->publishes = desk_may(p->who.role, DESK_PUBLISH);
}

static void show_statuses(struct desk_page *p, const struct list_asked *q, struct article_filter *f)
{
	enum article_status status;
	struct view_value *statuses = view_set_list(p->root, "statuses");
	if (article_status_parse(q->status, &status))
		f->status = (int)status;
	for (int s = ARTICLE_DRAFT; s <= ARTICLE_ARCHIVED; s++)
		desk_choice(statuses, article_status_name((enum article_status)s),
		    desk_message(p, desk_status_label((enum article_status)s)), s == f->status);
}

static bool show_filters(struct desk_page *p, const struct list_asked *q, struct article_filter *f)
{
	struct category *all;
	size_t n;
	struct view_value *langs = view_set_list(p->root, "langs"), *categories = view_set_list(p->root, "categories"),
	                  *adding = view_set_list(p->root, "adding");
	if (!category_list(p->store, &all, &n, p->arena, p->err))
		return false;
	show_statuses(p, q, f);
	show_whose(p, q, f);
	for (size_t i = 0; i < p->settings.n_langs; i++) {
		struct str lang = p->settings.langs[i];
		desk_choice(langs, lang, view_lang_name(lang), str_eq(lang, q->lang));
	}
	for (size_t i = 0; i < n; i++) {
		bool chosen = str_eq(all[i].slug, q->category);
		struct str name = category_name_in(&all[i], p->lang, p->settings.default_lang)->name;
		if (chosen)
			f->category = all[i].id;
		desk_choice(categories, all[i].slug, name, chosen);
		desk_choice(adding, arena_printf(p->arena, "%lld", (long long)all[i].id), name, false);
	}
	view_set_bool(p->root, "has_adding", n > 0);
	view_set_str(p->root, "q", q->title);
	view_set_str(p->root, "by_name", q->by);
	return true;
}

/* What the form of the actions brings back. */
static void show_asked(struct desk_page *p, const struct list_asked *q)
{
	struct view_value *v = view_set_object(p->root, "asked");
	view_set_str(v, "asked_q", q->title);
	view_set_str(v, "asked_status", q->status);
	view_set_str(v, "asked_lang", q->lang);
	view_set_str(v, "asked_category", q->category);
	view_set_str(v, "asked_by", q->by);
	view_set_str(v, "asked_whose", q->whose);
	view_set_int(v, "asked_page", (int64_t)q->page);
}

static bool show_item(struct desk_page *p, struct view_value *list, const struct article_item *item)
{
	struct review review;
	size_t open;
	struct view_value *v = view_push_object(list);
	if (!review_brief(p->store, item, &review, &open, p->arena, p->err))
		return false;
	view_set_int(v, "id", item->id);
	view_set_str(v, "url", arena_printf(p->arena, "/desk/articles/%lld", (long long)item->id));
	view_set_str(v, "title", item->title);
	view_set_str(v, "item_lang", item->lang);
	view_set_str(v, "lang_name", view_lang_name(item->lang));
	view_set_str(v, "status", desk_message(p, desk_status_label(item->status)));
	view_set_bool(v, "strong", item->status != ARTICLE_PUBLISHED);
	if (item->status == ARTICLE_SCHEDULED)
		view_set_str(v, "appears", desk_time(p, item->published_at));
	view_set_str(v, "review", flow_review_text(p, &review));
	view_set_bool(v, "has_comments", open > 0);
	view_set_int(v, "comments", (int64_t)open);
	view_set_str(v, "comments_url", arena_printf(p->arena, "/desk/articles/%lld/review", (long long)item->id));
	view_set_str(v, "updated", desk_time(p, item->updated_at));
	view_set_str(v, "by", item->translator.n ? item->translator : item->author);
	return true;
}

static void show_rights(struct desk_page *p)
{
	bool publishes = desk_may(p->who.role, DESK_PUBLISH), trashes = publishes || desk_may(p->who.role, DESK_EDIT_OWN);
	view_set_bool(p->root, "may_publish", publishes);
	view_set_bool(p->root, "may_trash", trashes);
}

bool articles_page(struct desk_page *p)
{
	struct article_item *items;
	struct list_asked q;
	size_t n, total;
	list_asked(&q, web_param_get, p->req);
	struct article_filter f = { .only_lang = q.lang,
		.title = q.title,
		.by = q.by,
		.status = -1,
		.order = ORDER_UPDATED,
		.offset = (q.page - 1) * LIST_PAGE,
		.limit = LIST_PAGE };
	if (!show_filters(p, &q, &f) || !flow_undo(p) || !article_list(p->store, &f, &items, &n, &total, p->arena, p->err))
		return false;
	struct view_value *list = view_set_list(p->root, "articles");
	for (size_t i = 0; i < n; i++) {
		if (!show_item(p, list, &items[i]))
			return false;
	}
	show_asked(p, &q);
	show_rights(p);
	view_set_int(p->root, "total", (int64_t)total);
	view_set_str(p->root, "total_text", view_number(p->arena, p->lang, (int64_t)total));
	view_set_bool(p->root, "has_articles", n > 0);
	view_set_bool(p->root, "filtered", is_filtered(&q));
	view_set_bool(p->root, "quiet", f.waiting && n == 0);
	if (q.page > 1)
		view_set_str(p->root, "previous_url", list_url(p, &q, q.page - 1, STR("")));
	if (f.offset + n < total && n > 0)
		view_set_str(p->root, "next_url", list_url(p, &q, q.page + 1, STR("")));
	return desk_render(p, N_("Articles"), "desk/list");
}

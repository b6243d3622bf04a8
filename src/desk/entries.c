#include "desk/structure.h"

/* The articles of one category, to be moved elsewhere in bulk: into another category, or a new one (a split). */

struct place {
	int64_t id; /* 0: those without a category */
	struct category category;
	struct str title; /* filter */
};

static bool load(struct desk_page *p, struct place *at)
{
	*at =
	    (struct place){ .title = str_trim(p->req->method == WEB_GET ? web_param_get(p->req, "q") : form_line(p, "q")) };
	if (str_eq(p->req->captures[0], STR("none")))
		return true;
	return desk_capture_id(p, 0, &at->id) && category_by_id(p->store, at->id, &at->category, p->arena, p->err);
}

static struct str path_of(struct desk_page *p, const struct place *at)
{
	return at->id ? arena_printf(p->arena, "/desk/categories/%lld/articles", (long long)at->id)
	              : STR("/desk/categories/none/articles");
}

static bool is_chosen(const struct desk_page *p, int64_t article)
{
	int64_t id;
	for (size_t i = 0; i < p->req->n_fields; i++) {
		if (str_eq(p->req->fields[i].name, STR("article")) && str_to_int(p->req->fields[i].value, &id) && id == article)
			return true;
	}
	return false;
}

static void show_entry(struct desk_page *p, struct view_value *list, const struct article_item *item)
{
	struct view_value *v = view_push_object(list);
	view_set_int(v, "id", item->id);
	view_set_str(v, "url", with_number(p, "/desk/articles/", item->id));
	view_set_str(v, "title", item->title);
	view_set_str(v, "item_lang", item->lang);
	view_set_str(v, "status", desk_message(p, desk_status_label(item->status)));
	view_set_bool(v, "strong", item->status != ARTICLE_PUBLISHED);
	view_set_bool(v, "chosen", is_chosen(p, item->id));
}

static bool show(struct desk_page *p, const struct place *at)
{
	static const char *const keep[] = { "q" };
	struct article_item *items;
	size_t n, total;
	struct paging paging = paging_of(p, FORM_BOXES);
	struct category_filter f = {
		.category = at->id, .lang = p->lang, .title = at->title, .offset = paging.offset, .limit = paging.limit
	};
	struct view_value *list = view_set_list(p->root, "entries");
	if (!category_entries(p->store, &f, &items, &n, &total, p->arena, p->err) ||
	    !category_choices(p, "targets", 0, 0) || !category_choices(p, "parents", at->category.parent, 0))
		return false;
	for (size_t i = 0; i < n; i++)
		show_entry(p, list, &items[i]);
	view_set_bool(p->root, "has_entries", n > 0);
	view_set_bool(p->root, "more_than_shown", total > n);
	view_set_str(p->root, "q", at->title);
	view_set_str(p->root, "action", path_of(p, at));
	view_set_str(p->root, "new_name", form_line(p, "new_name"));
	view_set_bool(p->root, "in_category", at->id != 0);
	if (at->id) {
		view_set_str(p->root, "category", category_label(p, &at->category));
		view_set_str(p->root, "category_url", with_number(p, "/desk/categories/", at->id));
	}
	paging_show(p, &paging, total, path_of(p, at).p, keep, 1);
	return structure_render(
	    p, at->id ? N_("Articles of a category") : N_("Articles without a category"), "desk/entries", "categories");
}

bool entries_page(struct desk_page *p)
{
	struct place at;
	int64_t moved;
	if (!load(p, &at))
		return false;
	if (str_to_int(web_param_get(p->req, "moved"), &moved) && moved >= 0) {
		view_set_bool(p->root, "was_moved", true);
		view_set_int(p->root, "moved", moved);
		view_set_str(p->root, "moved_text", view_number(p->arena, p->lang, moved));
	}
	return show(p, &at);
}

/* ---- moving ---- */

/* Those that are ticked, or all that the filter finds. */
static bool read_chosen(struct desk_page *p, const struct place *at, int64_t **ids, size_t *n)
{
	struct article_item *items;
	size_t found = 0, total;
	struct category_filter f = { .category = at->id, .lang = p->lang, .title = at->title };
	bool all = web_field_get(p->req, "all").n > 0;
	if (all && !category_entries(p->store, &f, &items, &found, &total, p->arena, p->err))
		return false;
	*n = 0;
	*ids = arena_array(p->arena, all ? found + 1 : p->req->n_fields + 1, sizeof **ids);
	if (!*ids)
		return error_memory(p->err);
	for (size_t i = 0; i < found; i++)
		(*ids)[(*n)++] = items[i].id;
	for (size_t i = 0; !all && i < p->req->n_fields; i++) {
		if (str_eq(p->req->fields[i].name, STR("article")) && str_to_int(p->req->fields[i].value, &(*ids)[*n]))
			*n += 1;
	}
	return true;
}

/* The category that they go to, made first where it is a new one; 0: none. */
static bool target_of(struct desk_page *p, struct store_tx *tx, int64_t *into, struct str *name, struct error *why)
{
	struct category_name text = { p->settings.default_lang, form_line(p, "new_name"), STR("") };
	struct category c = { .names = &text, .n_names = 1 };
	struct str where = web_field_get(p->req, "into");
	*into = 0;
	*name = STR("–");
	if (str_eq(where, STR("none")))
		return true;
	if (!str_eq(where, STR("new"))) {
		if (!str_to_int(where, into) || *into <= 0)
			return error_set(why, ERR_USAGE, "no category is chosen");
		if (!category_by_id(p->store, *into, &c, p->arena, why))
			return false;
		*name = category_label(p, &c);
		return true;
	}
	str_to_int(web_field_get(p->req, "new_parent"), &c.parent);
	if (text.name.n > CATEGORY_NAME_MAX)
		return error_set(why, ERR_TOO_LARGE, "the name is too long");
	*name = text.name;
	if (!category_save(tx, &c, NULL, p->arena, why) || !category_place(tx, c.id, c.parent, 0, why))
		return false;
	*into = c.id;
	return true;
}

static bool send(struct desk_page *p, const struct place *at, const int64_t *ids, size_t n)
{
	static const struct mend mends[] = {
		{ ERR_USAGE, N_("Choose where the articles go.") },
		{ ERR_INVALID, N_("Choose another category than this one, or give the new one a name.") },
		{ ERR_TOO_LARGE, N_("The name is too long, or the category would stand too deep.") },
		{ ERR_NOT_FOUND, N_("The category that the articles should go to is gone. Choose another one.") },
	};
	struct error why = { 0 };
	struct str name;
	int64_t into;
	size_t moved = 0;
	struct store_tx *tx = store_begin(p->store, p->err);
	if (!tx)
		return false;
	if (!target_of(p, tx, &into, &name, &why) || !category_move_articles(tx, ids, n, at->id, into, &moved, &why))
		return undo(p, tx, &why, mends, sizeof mends / sizeof *mends) && show(p, at);
	struct str from = at->id ? category_label(p, &at->category) : STR("–");
	return finish(p, tx, "category.articles",
	    arena_printf(p->arena, "%.*s → %.*s (%zu)", (int)from.n, from.p, (int)name.n, name.p, moved),
	    arena_printf(p->arena, "%s?moved=%zu", path_of(p, at).p, moved));
}

bool entries_send(struct desk_page *p)
{
	struct place at;
	int64_t *ids;
	size_t n;
	if (!load(p, &at) || !read_chosen(p, &at, &ids, &n))
		return false;
	if (n == 0) {
		desk_problem(p, 422, N_("Tick the articles that are to be moved."));
		return show(p, &at);
	}
	return send(p, &at, ids, n);
}

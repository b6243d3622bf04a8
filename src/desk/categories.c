#include "desk/structure.h"

/* The tree of categories: seen, moved by buttons, grown. A script lets it be dragged; it sends the same forms. */

/* The siblings beside it; 0: none. */
static void siblings_of(
    const struct category *all, size_t n, size_t at, int64_t *previous, int64_t *next, int64_t *after)
{
	*previous = *next = *after = 0;
	for (size_t i = 0; i < n; i++) {
		if (all[i].parent != all[at].parent || i == at)
			continue;
		if (i < at)
			*previous = all[i].id;
		else if (!*next)
			*next = all[i].id;
		else if (!*after)
			*after = all[i].id;
	}
}

/* Without script the button that was pressed has the focus again, so that it can be pressed again. */
static void show_buttons(
    struct desk_page *p, struct view_value *v, const struct category *c, int64_t previous, int64_t next)
{
	int64_t moved = 0;
	struct str by = web_param_get(p->req, "by");
	bool here = str_to_int(web_param_get(p->req, "moved"), &moved) && moved == c->id;
	const struct {
		const char *off, *focus, *name;
		bool may;
	} buttons[] = { { "up_off", "up_focus", "up", previous != 0 }, { "down_off", "down_focus", "down", next != 0 },
		{ "in_off", "in_focus", "in", previous != 0 }, { "out_off", "out_focus", "out", c->parent != 0 } };
	for (size_t i = 0; i < sizeof buttons / sizeof *buttons; i++) {
		view_set_bool(v, buttons[i].off, !buttons[i].may);
		view_set_bool(v, buttons[i].focus, here && buttons[i].may && str_eq(by, str_from(buttons[i].name)));
	}
	if (here)
		view_set_str(p->root, "moved_name", category_label(p, c));
}

/* A tree of lists, in a template that knows no recursion: each item says what opens and closes before it. */
static void show_nesting(struct view_value *v, size_t depth, size_t before, bool first)
{
	view_set_bool(v, "opens", first || depth > before);
	view_set_bool(v, "ends", !first && depth <= before);
	struct view_value *closes = view_set_list(v, "closes");
	for (size_t d = depth; !first && d < before; d++)
		view_set_bool(view_push_object(closes), "close", true);
}

static bool show_tree(struct desk_page *p)
{
	struct category *all;
	size_t n, before = 0, depth = 0;
	int64_t above[CATEGORY_DEPTH_MAX + 1];
	struct view_value *list = view_set_list(p->root, "tree");
	if (!category_list(p->store, &all, &n, p->arena, p->err))
		return false;
	for (size_t i = 0; i < n; i++) {
		struct view_value *v = view_push_object(list);
		int64_t previous, next, after;
		while (depth && above[depth - 1] != all[i].parent)
			depth--;
		siblings_of(all, n, i, &previous, &next, &after);
		show_nesting(v, depth, before, i == 0);
		view_set_int(v, "id", all[i].id);
		view_set_str(v, "category", category_label(p, &all[i]));
		view_set_int(v, "count", all[i].articles);
		view_set_str(v, "count_text", view_number(p->arena, p->lang, all[i].articles));
		show_buttons(p, v, &all[i], previous, next);
		before = depth;
		above[depth] = all[i].id;
		depth += depth < CATEGORY_DEPTH_MAX;
	}
	struct view_value *closes = view_set_list(p->root, "last_closes");
	for (size_t d = 0; n && d < before; d++)
		view_set_bool(view_push_object(closes), "close", true);
	view_set_bool(p->root, "has_tree", n > 0);
	return true;
}

static bool show_homeless(struct desk_page *p)
{
	struct article_item *items;
	size_t n, total;
	struct category_filter f = { .lang = p->lang, .title = STR(""), .limit = 1 };
	if (!category_entries(p->store, &f, &items, &n, &total, p->arena, p->err))
		return false;
	view_set_int(p->root, "homeless", (int64_t)total);
	view_set_str(p->root, "homeless_text", view_number(p->arena, p->lang, (int64_t)total));
	view_set_bool(p->root, "has_homeless", total > 0);
	return true;
}

static bool show(struct desk_page *p)
{
	struct str shape;
	int64_t parent = 0;
	str_to_int(web_field_get(p->req, "parent"), &parent);
	if (!category_shape(p->store, &shape, p->arena, p->err) || !show_tree(p) || !show_homeless(p) ||
	    !category_choices(p, "parents", form_do(p, "add") ? parent : 0, 0))
		return false;
	view_set_str(p->root, "base", shape);
	view_set_str(p->root, "new_name", form_line(p, "name"));
	desk_script(p, "tree.js");
	return structure_render(p, N_("Categories"), "desk/categories", "categories");
}

bool categories_page(struct desk_page *p)
{
	view_set_bool(p->root, "saved", web_param_get(p->req, "saved").n > 0);
	return show(p);
}

/* ---- moving ---- */

struct move {
	int64_t id, parent, before;
	struct str by;
};

/* "up 12": by one place, in the tree as it is now. False where there is nothing to do. */
static bool one_step(const struct category *all, size_t n, struct move *m)
{
	size_t at = 0;
	int64_t previous, next, after, beyond;
	while (at < n && all[at].id != m->id)
		at++;
	if (at == n)
		return false;
	siblings_of(all, n, at, &previous, &next, &after);
	m->parent = all[at].parent;
	if (str_eq(m->by, STR("up"))) {
		m->before = previous;
		return previous != 0;
	}
	if (str_eq(m->by, STR("down"))) {
		m->before = after;
		return next != 0;
	}
	if (str_eq(m->by, STR("in"))) {
		m->parent = previous;
		return previous != 0;
	}
	if (!str_eq(m->by, STR("out")) || m->parent == 0)
		return false;
	for (at = 0; at < n && all[at].id != m->parent; at++)
		;
	siblings_of(all, n, at, &previous, &beyond, &after);
	m->parent = all[at].parent;
	m->before = beyond;
	return true;
}

static bool read_move(struct desk_page *p, struct move *m)
{
	struct category *all;
	size_t n;
	struct str rest = web_field_get(p->req, "move");
	if (rest.n == 0)
		return str_to_int(web_field_get(p->req, "id"), &m->id) &&
		       str_to_int(web_field_get(p->req, "parent"), &m->parent) &&
		       str_to_int(web_field_get(p->req, "before"), &m->before);
	m->by = str_split(&rest, ' ');
	return str_to_int(rest, &m->id) && category_list(p->store, &all, &n, p->arena, p->err) && one_step(all, n, m);
}

static const struct mend MOVE_MENDS[] = {
	{ ERR_CONFLICT,
	    N_("Somebody else changed the categories meanwhile. Nothing was done; here they are as they are now.") },
	{ ERR_INVALID, N_("A category cannot stand below itself.") },
	{ ERR_TOO_LARGE, N_("Categories cannot be nested that deep.") },
	{ ERR_NOT_FOUND, N_("This category is gone. Here is the tree as it is now.") },
};

static struct str name_of(struct desk_page *p, int64_t id)
{
	struct category c;
	struct error none = { 0 };
	return category_by_id(p->store, id, &c, p->arena, &none) ? category_label(p, &c) : STR("");
}

static bool move(struct desk_page *p)
{
	struct move m = { .by = STR("drag") };
	struct error why = { 0 };
	struct str name = STR("");
	struct store_tx *tx = store_begin(p->store, p->err);
	if (!tx)
		return false;
	/* Nobody else writes meanwhile, so what is read here is what the shape speaks of. */
	bool ok = category_shape_is(tx, web_field_get(p->req, "base"), p->arena, &why);
	if (ok && !read_move(p, &m))
		ok = error_set(&why, p->err->code ? p->err->code : ERR_USAGE, "the form does not say what to move where");
	if (ok) {
		name = name_of(p, m.id);
		ok = category_place(tx, m.id, m.parent, m.before, &why);
	}
	if (!ok)
		return undo(p, tx, &why, MOVE_MENDS, sizeof MOVE_MENDS / sizeof *MOVE_MENDS) && show(p);
	/* No fragment: with one, browsers give no button the focus. */
	return finish(p, tx, "category.move", name,
	    arena_printf(p->arena, "/desk/categories?moved=%lld&by=%.*s", (long long)m.id, (int)m.by.n, m.by.p));
}

static bool add(struct desk_page *p)
{
	static const struct mend mends[] = { { ERR_INVALID, N_("A category needs a name.") },
		{ ERR_TOO_LARGE, N_("Categories cannot be nested that deep.") },
		{ ERR_NOT_FOUND, N_("This category is gone. Here is the tree as it is now.") } };
	struct category_name name = { p->settings.default_lang, form_line(p, "name"), STR("") };
	struct category c = { .names = &name, .n_names = 1 };
	struct error why = { 0 };
	str_to_int(web_field_get(p->req, "parent"), &c.parent);
	if (name.name.n > CATEGORY_NAME_MAX) {
		desk_problem(p, 413, N_("A field is too long."));
		return show(p);
	}
	struct store_tx *tx = store_begin(p->store, p->err);
	if (!tx)
		return false;
	if (!category_save(tx, &c, NULL, p->arena, &why) || !category_place(tx, c.id, c.parent, 0, &why))
		return undo(p, tx, &why, mends, sizeof mends / sizeof *mends) && show(p);
	return finish(
	    p, tx, "category.add", name.name, arena_printf(p->arena, "/desk/categories?saved=1#c%lld", (long long)c.id));
}

bool categories_send(struct desk_page *p)
{
	return form_do(p, "add") ? add(p) : move(p);
}

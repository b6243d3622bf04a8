#include "desk/structure.h"

/* One category: its names and descriptions, its address, where it stands; merged into another, or deleted. */

static struct str state_of(struct desk_page *p, const struct category *c)
{
	struct buf out = { 0 };
	buf_printf(&out, "%lld ", (long long)c->parent);
	buf_add(&out, c->slug);
	for (size_t i = 0; i < c->n_names; i++) {
		const struct str parts[] = { c->names[i].lang, c->names[i].name, c->names[i].description };
		for (size_t k = 0; k < 3; k++) {
			buf_printf(&out, "\n%zu ", parts[k].n);
			buf_add(&out, parts[k]);
		}
	}
	return form_state(p, buf_take(&out, p->arena));
}

static struct str url_of(struct desk_page *p, int64_t id)
{
	return with_number(p, "/desk/categories/", id);
}

static bool load(struct desk_page *p, struct category *c)
{
	int64_t id;
	return desk_capture_id(p, 0, &id) && category_by_id(p->store, id, c, p->arena, p->err);
}

static const struct category_name *name_in(const struct category *c, struct str lang)
{
	for (size_t i = 0; i < c->n_names; i++) {
		if (str_eq(c->names[i].lang, lang))
			return &c->names[i];
	}
	return NULL;
}

/* The texts a language: those of the form (`mine`), which a mistake must not lose. */
static void show_texts(struct desk_page *p, const struct category *mine)
{
	struct view_value *list = view_set_list(p->root, "texts");
	for (size_t i = 0; i < p->settings.n_langs; i++) {
		struct view_value *v = view_push_object(list);
		struct str lang = p->settings.langs[i];
		const struct category_name *name = name_in(mine, lang);
		view_set_str(v, "text_lang", lang);
		view_set_str(v, "lang_label", desk_message(p, arena_cstr(p->arena, view_lang_name(lang))));
		view_set_str(v, "name", name ? name->name : STR(""));
		view_set_str(v, "description", name ? name->description : STR(""));
	}
}

static bool show(struct desk_page *p, const struct category *now, const struct category *mine, struct str base)
{
	struct str shape;
	if (!category_shape(p->store, &shape, p->arena, p->err) || !category_choices(p, "parents", mine->parent, now->id) ||
	    !category_choices(p, "targets", 0, now->id) || !category_choices(p, "heirs", now->parent, now->id))
		return false;
	show_texts(p, mine);
	view_set_str(p->root, "base", base);
	view_set_str(p->root, "shape", shape);
	view_set_str(p->root, "slug", mine->slug);
	view_set_str(p->root, "name_now", category_label(p, now));
	view_set_str(p->root, "action", url_of(p, now->id));
	view_set_str(p->root, "entries_url", arena_printf(p->arena, "/desk/categories/%lld/articles", (long long)now->id));
	view_set_str(p->root, "public_url", site_category_path(p->arena, p->settings.default_lang, p->lang, now->slug));
	view_set_int(p->root, "count", now->articles);
	view_set_str(p->root, "count_text", view_number(p->arena, p->lang, now->articles));
	return structure_render(p, N_("Category"), "desk/category", "categories");
}

bool category_form(struct desk_page *p)
{
	struct category c;
	view_set_bool(p->root, "saved", web_param_get(p->req, "saved").n > 0);
	return load(p, &c) && show(p, &c, &c, state_of(p, &c));
}

/* ---- saving ---- */

/* What the form says; languages that it does not show stay as they are. */
static bool read_texts(struct desk_page *p, const struct category *now, struct category *mine)
{
	struct category_name *names = arena_array(p->arena, now->n_names + p->settings.n_langs, sizeof *names);
	if (!names)
		return error_memory(p->err);
	mine->names = names;
	mine->n_names = 0;
	for (size_t i = 0; i < p->settings.n_langs; i++) {
		struct str lang = p->settings.langs[i];
		struct str name = form_line(p, arena_printf(p->arena, "name_%.*s", (int)lang.n, lang.p).p);
		struct str text = form_line(p, arena_printf(p->arena, "description_%.*s", (int)lang.n, lang.p).p);
		if (name.n || text.n)
			names[mine->n_names++] = (struct category_name){ lang, name, text };
	}
	for (size_t i = 0; i < now->n_names; i++) {
		bool shown = false;
		for (size_t k = 0; k < p->settings.n_langs; k++)
			shown |= str_eq(now->names[i].lang, p->settings.langs[k]);
		if (!shown)
			names[mine->n_names++] = now->names[i];
	}
	return true;
}

/* Empty when all is well, else a msgid. */
static const char *fault_of(struct desk_page *p, const struct category *mine, int *status)
{
	struct category other;
	struct error none = { 0 };
	*status = 422;
	if (mine->n_names == 0)
		return N_("A category needs a name.");
	for (size_t i = 0; i < mine->n_names; i++) {
		if (mine->names[i].name.n == 0)
			return N_("A language with a description needs a name as well.");
		*status =
		    mine->names[i].name.n > CATEGORY_NAME_MAX || mine->names[i].description.n > CATEGORY_TEXT_MAX ? 413 : 422;
		if (*status == 413)
			return N_("A field is too long.");
	}
	*status = 409;
	if (mine->slug.n && category_by_slug(p->store, mine->slug, &other, p->arena, &none) && other.id != mine->id)
		return N_("Another category has this name in its address. Choose another one.");
	return "";
}

static const struct mend MENDS[] = {
	{ ERR_INVALID, N_("A category cannot stand below itself, nor be merged into one below it.") },
	{ ERR_TOO_LARGE, N_("Categories cannot be nested that deep.") },
	{ ERR_CONFLICT, N_("Somebody else changed the categories meanwhile. Nothing was done: look again first.") },
};
#define N_MENDS (sizeof MENDS / sizeof *MENDS)

static bool conflict(struct desk_page *p, const struct category *now, const struct category *mine)
{
	desk_problem(p, 409, N_("Somebody else changed this category meanwhile. Bring both texts together and save."));
	struct view_value *list = view_set_list(p->root, "theirs");
	for (size_t i = 0; i < now->n_names; i++) {
		struct view_value *v = view_push_object(list);
		view_set_str(v, "their_lang", now->names[i].lang);
		view_set_str(v, "their_name", now->names[i].name);
		view_set_str(v, "their_text", now->names[i].description);
	}
	view_set_bool(p->root, "has_theirs", true);
	view_set_str(p->root, "their_slug", now->slug);
	return show(p, now, mine, state_of(p, now));
}

static bool save(struct desk_page *p, const struct category *now)
{
	struct category mine = *now, saved;
	struct error why = { 0 };
	int status;
	struct str base = web_field_get(p->req, "base"), slug = form_line(p, "slug");
	if (!str_to_int(web_field_get(p->req, "parent"), &mine.parent) || !read_texts(p, now, &mine))
		return p->err->code ? false : error_set(p->err, ERR_USAGE, "the form does not say where the category stands");
	if (!str_eq(slug, now->slug))
		mine.slug = slug.n ? doc_slug_chosen(slug, p->arena) : STR("");
	if (!str_eq(base, state_of(p, now)))
		return conflict(p, now, &mine);
	const char *fault = fault_of(p, &mine, &status);
	if (fault[0]) {
		desk_problem(p, status, fault);
		return show(p, now, &mine, base);
	}
	struct store_tx *tx = store_begin(p->store, p->err);
	if (!tx)
		return false;
	/* What was looked at before the writer's turn came may be past. */
	bool ok =
	    category_by_id(p->store, now->id, &saved, p->arena, &why) &&
	    (str_eq(base, state_of(p, &saved)) || error_set(&why, ERR_CONFLICT, "the category was changed meanwhile"));
	int64_t parent = mine.parent;
	mine.parent = now->parent;
	ok = ok && category_save(tx, &mine, NULL, p->arena, &why) &&
	     (parent == now->parent || category_place(tx, now->id, parent, 0, &why));
	if (!ok)
		return undo(p, tx, &why, MENDS, N_MENDS) && show(p, now, &mine, base);
	return finish(p, tx, "category.save", category_label(p, &mine),
	    arena_printf(p->arena, "/desk/categories/%lld?saved=1", (long long)now->id));
}

/* ---- merging, deleting ---- */

static bool away(struct desk_page *p, const struct category *now, bool merge)
{
	int64_t into;
	size_t moved;
	struct error why = { 0 };
	struct category other = { 0 };
	if (!str_to_int(web_field_get(p->req, "into"), &into) || (merge && into == 0)) {
		desk_problem(p, 422, N_("Choose the category that the articles go to."));
		return show(p, now, now, state_of(p, now));
	}
	struct store_tx *tx = store_begin(p->store, p->err);
	if (!tx)
		return false;
	bool ok =
	    category_shape_is(tx, web_field_get(p->req, "shape"), p->arena, &why) &&
	    (into == 0 || category_by_id(p->store, into, &other, p->arena, &why)) &&
	    (merge ? category_merge(tx, now->id, into, &moved, &why) : category_delete(tx, now->id, into, &moved, &why));
	if (!ok)
		return undo(p, tx, &why, MENDS, N_MENDS) && show(p, now, now, state_of(p, now));
	struct str from = category_label(p, now), to = into ? category_label(p, &other) : STR("–");
	return finish(p, tx, merge ? "category.merge" : "category.delete",
	    arena_printf(p->arena, "%.*s → %.*s (%zu)", (int)from.n, from.p, (int)to.n, to.p, moved),
	    STR("/desk/categories?saved=1"));
}

bool category_send(struct desk_page *p)
{
	struct category c;
	if (!load(p, &c))
		return false;
	if (form_do(p, "merge") || form_do(p, "delete"))
		return away(p, &c, form_do(p, "merge"));
	return save(p, &c);
}

#include "desk/settings.h"

/* Pages that stand apart, such as About: a list, and how one is begun. They are written in the same form as articles. */

static const char *const KINDS[] = { "empty", "about", "contact", "privacy" };
static const char *const LABELS[] = { N_("An empty page"), N_("About: what to say"), N_("Contact: what to say"),
	N_("Privacy: true of this program") };

static void show_page(struct desk_page *p, struct view_value *list, const struct page_item *page)
{
	struct view_value *v = view_push_object(list);
	view_set_int(v, "id", page->id);
	view_set_str(v, "url", arena_printf(p->arena, "/desk/articles/%lld", (long long)page->id));
	view_set_str(v, "title", page->title);
	view_set_str(v, "item_lang", page->lang);
	view_set_str(v, "lang_name", view_lang_name(page->lang));
	view_set_str(v, "status", desk_message(p, desk_status_label(page->status)));
	view_set_bool(v, "strong", page->status != ARTICLE_PUBLISHED);
	view_set_bool(v, "found", page->found);
	if (page->status == ARTICLE_PUBLISHED)
		view_set_str(v, "public_url", site_page_path(p->arena, p->settings.default_lang, page->lang, page->slug));
}

static bool show(struct desk_page *p)
{
	struct page_item *pages;
	size_t n;
	struct view_value *list = view_set_list(p->root, "pages"), *langs = view_set_list(p->root, "langs"),
	                  *kinds = view_set_list(p->root, "kinds"), *of = view_set_list(p->root, "originals");
	if (!page_list(p->store, &pages, &n, p->arena, p->err))
		return false;
	for (size_t i = 0; i < n; i++) {
		show_page(p, list, &pages[i]);
		desk_choice(of, arena_printf(p->arena, "%lld", (long long)pages[i].id), pages[i].title, false);
	}
	for (size_t i = 0; i < p->settings.n_langs; i++)
		desk_choice(langs, p->settings.langs[i], view_lang_name(p->settings.langs[i]), i == 0);
	for (size_t i = 0; i < sizeof KINDS / sizeof *KINDS; i++)
		desk_choice(kinds, str_from(KINDS[i]), desk_message(p, LABELS[i]), i == 0);
	view_set_bool(p->root, "has_pages", n > 0);
	view_set_bool(p->root, "may_menus", desk_may(p->who.role, DESK_SETTINGS));
	return desk_render(p, N_("Pages that stand apart"), "desk/pages");
}

bool pages_page(struct desk_page *p)
{
	view_set_bool(p->root, "saved", web_param_get(p->req, "saved").n > 0);
	return show(p);
}

/* A text to start from, in that language or else in English: built in as sample/pages/LANG/KIND.md. */
static struct str starting_text(struct str kind, struct str lang, struct arena *arena)
{
	const struct str langs[] = { lang, STR("en") };
	for (size_t i = 0; i < 2; i++) {
		struct str path =
		    arena_printf(arena, "sample/pages/%.*s/%.*s.md", (int)langs[i].n, langs[i].p, (int)kind.n, kind.p);
		const struct embedded_file *file = path.p ? embedded_find(path) : NULL;
		if (file)
			return file->data;
	}
	return STR("");
}

/* The kind makes a short name for the address. */
bool desk_page_begin(const struct desk_work *w, struct store_tx *tx, struct article *a, struct str kind,
    int64_t original, const char **problem)
{
	struct article theirs;
	bool changed, is = true;
	*problem = NULL;
	if (original && !page_is(w->store, original, &is, w->err))
		return false;
	if (!is)
		return error_set(w->err, ERR_NOT_FOUND, "there is no such page");
	if (a->title.n == 0 || a->title.n > CREDIT_MAX) {
		*problem = N_("A page needs a title, and not a very long one.");
		return error_set(w->err, ERR_INVALID, "no title, or a long one");
	}
	if (!str_eq(kind, STR("empty"))) {
		a->slug = kind;
		a->body = starting_text(kind, a->lang, w->arena);
	}
	if (article_edit(tx, a, w->who, STR(""), &theirs, &changed, w->arena, w->err) &&
	    (!original || article_join(tx, original, a->id, w->err)) && page_set(tx, a->id, true, w->err))
		return true;
	if (w->err->code == ERR_CONFLICT || w->err->code == ERR_EXISTS || w->err->code == ERR_INVALID)
		*problem = N_("That page has a version in this language already.");
	return false;
}

static bool add(struct desk_page *p)
{
	int64_t original = 0;
	bool known = false, is = false;
	const char *problem = NULL;
	struct str kind = web_field_get(p->req, "kind");
	struct article a = { .title = desk_line(p, "title"),
		.lang = web_field_get(p->req, "lang"),
		.format = DOC_MARKDOWN,
		.status = ARTICLE_DRAFT };
	for (size_t i = 0; i < p->settings.n_langs; i++)
		known |= str_eq(p->settings.langs[i], a.lang);
	for (size_t i = 0; i < sizeof KINDS / sizeof *KINDS; i++)
		is |= str_eq(str_from(KINDS[i]), kind);
	if (!known || !is)
		return error_set(p->err, ERR_USAGE, "there is no such language, or no such kind of page");
	str_to_int(web_field_get(p->req, "original"), &original);
	struct desk_work w = desk_work(p);
	struct store_tx *tx = store_begin(p->store, p->err);
	if (desk_commit(p, tx, tx && desk_page_begin(&w, tx, &a, kind, original, &problem)))
		return desk_go(p, arena_printf(p->arena, "/desk/articles/%lld", (long long)a.id).p);
	if (!problem)
		return false;
	desk_problem(p, a.title.n == 0 || a.title.n > CREDIT_MAX ? 422 : 409, problem);
	*p->err = (struct error){ 0 };
	return show(p);
}

static bool set_found(struct desk_page *p, bool found)
{
	int64_t id;
	bool is = false;
	if (!str_to_int(web_field_get(p->req, "id"), &id) || !page_is(p->store, id, &is, p->err) || !is)
		return p->err->code ? false : error_set(p->err, ERR_NOT_FOUND, "there is no such page");
	struct store_tx *tx = store_begin(p->store, p->err);
	bool ok = tx && page_set(tx, id, found, p->err) &&
	          audit_add(tx, &p->who, found ? STR("page.found") : STR("page.hidden"),
	              arena_printf(p->arena, "%lld", (long long)id), p->err);
	return desk_commit(p, tx, ok) && desk_go(p, "/desk/pages?saved=1");
}

bool pages_send(struct desk_page *p)
{
	struct str what = web_field_get(p->req, "do");
	if (str_eq(what, STR("add")))
		return add(p);
	if (str_eq(what, STR("find")) || str_eq(what, STR("hide")))
		return set_found(p, str_eq(what, STR("find")));
	return error_set(p->err, ERR_USAGE, "the form does not say what to do");
}

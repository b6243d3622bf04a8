#include "desk/structure.h"

/* One redirect: an old address, and the article, category or page of this site that it leads to. */

#define FOUND_MAX 8 /* articles offered for some words */

struct form {
	struct str old; /* the address under which it is kept; empty: a new one */
	struct str from, kind, path, find;
	int64_t article, category;
};

static struct str url_of(struct desk_page *p, struct str from)
{
	struct buf out = { 0 };
	buf_adds(&out, "/desk/redirects/redirect?from=");
	buf_add_uri(&out, from, STR("/"));
	return buf_take(&out, p->arena);
}

static struct str state_of(struct desk_page *p, const struct redirect *r)
{
	return form_state(p, arena_printf(p->arena, "%lld %lld %.*s", (long long)r->article, (long long)r->category,
	                         (int)r->path.n, r->path.p ? r->path.p : ""));
}

static bool push_article(struct desk_page *p, struct view_value *list, int64_t id, bool chosen)
{
	struct article_item item;
	struct error none = { 0 };
	if (!article_item_by_id(p->store, id, &item, p->arena, &none))
		return none.code == ERR_NOT_FOUND || error_set(p->err, none.code, "%s", none.message);
	struct view_value *v = view_push_object(list);
	view_set_int(v, "id", id);
	view_set_str(v, "title", item.title);
	view_set_str(v, "item_lang", item.lang);
	view_set_str(v, "status", desk_message(p, desk_status_label(item.status)));
	view_set_bool(v, "strong", item.status != ARTICLE_PUBLISHED);
	view_set_bool(v, "chosen", chosen);
	return true;
}

/* The chosen article, and those whose titles have the words. */
static bool show_articles(struct desk_page *p, const struct form *f)
{
	struct article_item *items;
	size_t n = 0;
	struct view_value *list = view_set_list(p->root, "articles");
	struct article_filter filter = { .status = -1, .title = f->find, .order = ORDER_UPDATED, .limit = FOUND_MAX };
	if (f->article && !push_article(p, list, f->article, true))
		return false;
	if (f->find.n && !article_list(p->store, &filter, &items, &n, NULL, p->arena, p->err))
		return false;
	for (size_t i = 0; i < n; i++) {
		if (items[i].id != f->article && !push_article(p, list, items[i].id, false))
			return false;
	}
	view_set_bool(p->root, "found_none", f->find.n && n == 0);
	view_set_bool(p->root, "has_articles", f->article || n);
	return true;
}

static bool show(struct desk_page *p, const struct form *f, struct str base)
{
	if (!show_articles(p, f) || !category_choices(p, "targets", f->category, 0))
		return false;
	view_set_str(p->root, "old", f->old);
	view_set_str(p->root, "from", f->from);
	view_set_str(p->root, "path", f->path);
	view_set_str(p->root, "find", f->find);
	view_set_bool(p->root, "to_category", str_eq(f->kind, STR("category")));
	view_set_bool(p->root, "to_path", str_eq(f->kind, STR("path")));
	view_set_bool(p->root, "to_article", !str_eq(f->kind, STR("category")) && !str_eq(f->kind, STR("path")));
	view_set_str(p->root, "base", base);
	return structure_render(p, f->old.n ? N_("Redirect") : N_("New redirect"), "desk/redirect", "redirects");
}

bool redirect_form(struct desk_page *p)
{
	struct redirect r;
	struct str from = web_param_get(p->req, "from");
	struct form f = { .kind = STR("article"), .from = web_param_get(p->req, "new") };
	if (from.n == 0)
		return show(p, &f, STR(""));
	if (!redirect_find(p->store, from, &r, p->arena, p->err))
		return false;
	f = (struct form){ .old = from, .from = from, .path = r.path, .article = r.article, .category = r.category };
	f.kind = r.article ? STR("article") : r.category ? STR("category") : STR("path");
	return show(p, &f, state_of(p, &r));
}

/* ---- saving ---- */

static bool problem_at(struct desk_page *p, int status, const char *msgid, struct str where)
{
	desk_problem(p, status, msgid);
	view_set_str(p->root, "where", where);
	if (where.n && where.p[0] == '/')
		view_set_str(p->root, "where_url", url_of(p, where));
	return true;
}

/* Reads the goal. *told: it is none, and the page says why. */
static bool read_target(
    struct desk_page *p, struct store_tx *tx, const struct form *f, struct redirect *out, bool *told)
{
	struct error why = { 0 };
	*out = (struct redirect){ .path = STR("") };
	*told = true;
	if (str_eq(f->kind, STR("path"))) {
		if (redirect_target(tx, f->path, out, p->arena, &why))
			*told = false;
		else if (why.code == ERR_INVALID)
			desk_problem(p, 422,
			    N_("The goal is no address of this site. Write the part from the first slash on: /search?q=VPN"));
		else
			return error_set(p->err, why.code, "%s", why.message);
		return true;
	}
	*out = str_eq(f->kind, STR("category")) ? (struct redirect){ .category = f->category, .path = STR("") }
	                                        : (struct redirect){ .article = f->article, .path = STR("") };
	if (out->article || out->category)
		*told = false;
	else
		desk_problem(p, 422, N_("Choose where the old address is to lead."));
	return true;
}

static bool tell_fault(struct desk_page *p, enum redirect_fault fault, struct str where)
{
	switch (fault) {
	case REDIRECT_LOOP:
		return problem_at(p, 422, N_("This would lead back to itself. Choose another goal."), STR(""));
	case REDIRECT_CHAIN:
		return problem_at(p, 422, N_("The goal is an old address itself. Choose where that one leads instead:"), where);
	case REDIRECT_LINKED:
		return problem_at(
		    p, 422, N_("Another redirect leads to this old address. Give that one its new goal first:"), where);
	default:
		return false;
	}
}

/* Whoever looks at the site decides: is there a page at the old address, and is there one at the goal? */
static bool tell_pages(struct desk_page *p, struct str key, const struct redirect *to, bool *told)
{
	int status;
	struct str location, path = to->path;
	*told = false;
	bool of_entry = str_find(key, STR("?")) >= 0;
	if (!of_entry && !probe(p, key, &status, &location))
		return false;
	if (!of_entry && status == 200) {
		*told = true;
		desk_problem(p, 409,
		    N_("There is a page at this address, which readers see instead. Give that page another name first."));
		return true;
	}
	if (path.n == 0 || to->article || to->category)
		return true;
	if (!probe(p, str_split(&path, '#'), &status, &location))
		return false;
	*told = status >= 300;
	if (*told)
		desk_problem(p, 422, N_("There is no page at the goal. Choose one that readers can see."));
	return true;
}

/* Has nobody changed it since the form was made? */
static bool is_current(struct desk_page *p, struct store_tx *tx, const struct form *f, struct str key, bool *told)
{
	struct redirect r = { 0 };
	struct error why = { 0 };
	struct str base = web_field_get(p->req, "base");
	bool there = redirect_find_tx(tx, f->old.n ? f->old : key, &r, p->arena, &why);
	if (!there && why.code != ERR_NOT_FOUND)
		return error_set(p->err, why.code, "%s", why.message);
	*told = true;
	if (f->old.n && (!there || !str_eq(base, state_of(p, &r))))
		desk_problem(p, 409, N_("Somebody else changed this redirect meanwhile. Look at the list and begin again."));
	else if (f->old.n ? !str_eq(key, f->old) && redirect_find_tx(tx, key, &r, p->arena, &why) : there)
		problem_at(p, 409, N_("There is a redirect from this address already:"), key);
	else
		*told = false;
	return true;
}

static bool write(
    struct desk_page *p, struct store_tx *tx, const struct form *f, struct str key, const struct redirect *to)
{
	bool moved = f->old.n && !str_eq(f->old, key);
	if ((moved && !redirect_delete(tx, f->old, p->err)) ||
	    !redirect_save(tx, key, to->article, to->category, to->path, p->err)) {
		store_rollback(tx);
		return false;
	}
	return finish(p, tx, "redirect.save", key, STR("/desk/redirects?saved=1"));
}

static bool save(struct desk_page *p, const struct form *f)
{
	struct redirect to;
	enum redirect_fault fault = REDIRECT_FINE;
	bool told = false;
	struct str where = STR(""), key = redirect_source(f->from, p->arena), base = web_field_get(p->req, "base");
	if (key.n == 0 || str_starts(key, STR("/desk"))) {
		desk_problem(p, 422,
		    N_("An old address is the part from the first slash on, such as /2019/05/vpn, and not the front page."));
		return show(p, f, base);
	}
	struct store_tx *tx = store_begin(p->store, p->err);
	bool ok = tx && is_current(p, tx, f, key, &told) && (told || read_target(p, tx, f, &to, &told)) &&
	          (told || redirect_check(tx, key, &to, &fault, &where, p->arena, p->err));
	told = told || tell_fault(p, fault, where);
	ok = ok && (told || tell_pages(p, key, &to, &told));
	if (ok && !told)
		return write(p, tx, f, key, &to);
	store_rollback(tx);
	return ok && show(p, f, base);
}

static bool delete (struct desk_page *p, const struct form *f)
{
	struct store_tx *tx = store_begin(p->store, p->err);
	if (!tx || !redirect_delete(tx, f->old, p->err)) {
		store_rollback(tx);
		return false;
	}
	return finish(p, tx, "redirect.delete", f->old, STR("/desk/redirects?saved=1"));
}

bool redirect_send(struct desk_page *p)
{
	struct form f = { .old = web_field_get(p->req, "old"),
		.from = form_line(p, "from"),
		.kind = web_field_get(p->req, "kind"),
		.path = form_line(p, "path"),
		.find = form_line(p, "find") };
	str_to_int(web_field_get(p->req, "article"), &f.article);
	str_to_int(web_field_get(p->req, "category"), &f.category);
	if (form_do(p, "delete"))
		return delete (p, &f);
	if (form_do(p, "find")) {
		f.kind = STR("article");
		return show(p, &f, web_field_get(p->req, "base"));
	}
	return save(p, &f);
}

#include "desk/structure.h"

/* What lists and forms on structure and search have in common. */

struct paging paging_of(const struct desk_page *p, size_t limit)
{
	int64_t page;
	if (!str_to_int(web_param_get(p->req, "page"), &page) || page < 1 || page > 1000000)
		page = 1;
	return (struct paging){ .page = (size_t)page, .offset = ((size_t)page - 1) * limit, .limit = limit };
}

static struct str page_url(struct desk_page *p, size_t page, const char *path, const char *const *keep, size_t n)
{
	struct buf out = { 0 };
	buf_printf(&out, "%s?page=%zu", path, page);
	for (size_t i = 0; i < n; i++) {
		struct str value = web_param_get(p->req, keep[i]);
		if (value.n == 0)
			continue;
		buf_printf(&out, "&%s=", keep[i]);
		buf_add_uri(&out, value, STR(""));
	}
	return buf_take(&out, p->arena);
}

void paging_show(
    struct desk_page *p, const struct paging *at, size_t total, const char *path, const char *const *keep, size_t n)
{
	view_set_int(p->root, "total", (int64_t)total);
	view_set_str(p->root, "total_text", view_number(p->arena, p->lang, (int64_t)total));
	if (at->page > 1)
		view_set_str(p->root, "previous_url", page_url(p, at->page - 1, path, keep, n));
	if (at->offset + at->limit < total)
		view_set_str(p->root, "next_url", page_url(p, at->page + 1, path, keep, n));
}

struct str form_line(const struct desk_page *p, const char *name)
{
	struct buf out = { 0 };
	struct str s = web_field_get(p->req, name);
	for (size_t i = 0; i < s.n; i++)
		buf_addc(&out, (unsigned char)s.p[i] < ' ' || s.p[i] == 127 ? ' ' : s.p[i]);
	return str_trim(buf_take(&out, p->arena));
}

struct str form_state(struct desk_page *p, struct str text)
{
	char hash[HASH_HEX_MAX];
	hash_hex(text, 16, hash);
	return arena_dup(p->arena, str_from(hash));
}

bool form_do(const struct desk_page *p, const char *what)
{
	return str_eq(web_field_get(p->req, "do"), str_from(what));
}

struct str with_number(struct desk_page *p, const char *path, int64_t n)
{
	return arena_printf(p->arena, "%s%lld", path, (long long)n);
}

bool search_is_away(struct desk_page *p)
{
	if (p->err->code != ERR_UNAVAILABLE)
		return false;
	*p->err = (struct error){ 0 };
	return true;
}

bool finish(struct desk_page *p, struct store_tx *tx, const char *action, struct str object, struct str path)
{
	if (!path.p || !audit_add(tx, &p->who, str_from(action), object, p->err)) {
		store_rollback(tx);
		return p->err->code ? false : error_memory(p->err);
	}
	return store_commit(tx, p->err) && desk_go(p, path.p);
}

bool undo(struct desk_page *p, struct store_tx *tx, const struct error *why, const struct mend *mends, size_t n)
{
	store_rollback(tx);
	for (size_t i = 0; i < n; i++) {
		if (mends[i].code != why->code)
			continue;
		bool theirs = why->code == ERR_CONFLICT || why->code == ERR_EXISTS;
		desk_problem(p, theirs ? 409 : why->code == ERR_TOO_LARGE ? 413 : 422, mends[i].msgid);
		return true;
	}
	*p->err = *why;
	return false;
}

/* ---- categories to choose from ---- */

struct str category_label(const struct desk_page *p, const struct category *c)
{
	const struct category_name *name = category_name_in(c, p->lang, p->settings.default_lang);
	return name ? name->name : c->slug;
}

bool category_choices(struct desk_page *p, const char *key, int64_t chosen, int64_t but)
{
	struct category *all;
	size_t n, depth = 0;
	int64_t above[CATEGORY_DEPTH_MAX + 1];
	struct view_value *list = view_set_list(p->root, key);
	if (!category_list(p->store, &all, &n, p->arena, p->err))
		return false;
	for (size_t i = 0; i < n; i++) {
		struct buf label = { 0 };
		bool out = all[i].id == but;
		while (depth && above[depth - 1] != all[i].parent)
			depth--;
		for (size_t d = 0; d < depth; d++) {
			out = out || above[d] == but;
			buf_adds(&label, "– ");
		}
		if (depth < CATEGORY_DEPTH_MAX)
			above[depth++] = all[i].id;
		buf_add(&label, category_label(p, &all[i]));
		struct str text = buf_take(&label, p->arena);
		if (!out)
			desk_choice(list, with_number(p, "", all[i].id), text, all[i].id == chosen);
	}
	return true;
}

/* ---- what a reader would be shown ---- */

static void page_of_error(
    const struct web_request *req, int status, const struct error *cause, struct web_response *res)
{
	(void)req;
	(void)cause;
	res->status = status;
}

bool probe(struct desk_page *p, struct str path, int *status, struct str *location)
{
	struct web_options site = { .user = p->site, .error_page = page_of_error };
	struct web_response *res = arena_alloc(p->arena, sizeof *res);
	struct buf target = { 0 };
	struct error why = { 0 };
	buf_add_uri(&target, path, STR("/?&=!$()*+,;:@%"));
	struct str encoded = buf_take(&target, p->arena);
	if (!res || !encoded.p)
		return error_memory(p->err);
	site.routes = site_routes(&site.n_routes);
	bool ok = web_answer(&site, encoded, res, p->arena, &why);
	*status = ok ? res->status : 404;
	*location = res->location;
	buf_free(&res->body);
	if (ok || why.code == ERR_NOT_FOUND || why.code == ERR_INVALID || why.code == ERR_USAGE || why.code == ERR_NONE)
		return true;
	*p->err = why;
	return false;
}

bool structure_render(struct desk_page *p, const char *title, const char *template, const char *at)
{
	static const char *const parts[] = { "at_categories", "at_tags", "at_redirects", "at_questions", "at_searches",
		"at_pins", "at_synonyms" };
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
		view_set_bool(p->root, parts[i], str_eq(str_from(parts[i] + 3), str_from(at)));
	return desk_render(p, title, template);
}

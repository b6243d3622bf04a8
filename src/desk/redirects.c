#include "desk/structure.h"

/* Old addresses that lead on: listed, tried, and read from a file. */

static struct str shown_target(
    struct desk_page *p, const struct category *all, size_t n, const struct redirect_row *row)
{
	if (row->to.article)
		return row->title;
	for (size_t i = 0; i < n; i++) {
		if (all[i].id == row->to.category)
			return category_label(p, &all[i]);
	}
	return row->to.path;
}

static bool show_list(struct desk_page *p)
{
	static const char *const keep[] = { "q" };
	struct redirect_row *rows;
	struct category *all;
	size_t n, n_all, total;
	struct paging paging = paging_of(p, ROWS_PAGE);
	struct str q = str_trim(web_param_get(p->req, "q"));
	struct view_value *list = view_set_list(p->root, "redirects");
	if (!redirect_list(p->store, q, paging.offset, paging.limit, &rows, &n, &total, p->arena, p->err) ||
	    !category_list(p->store, &all, &n_all, p->arena, p->err))
		return false;
	for (size_t i = 0; i < n; i++) {
		struct view_value *v = view_push_object(list);
		struct buf url = { 0 };
		buf_adds(&url, "/desk/redirects/redirect?from=");
		buf_add_uri(&url, rows[i].from, STR("/"));
		view_set_str(v, "url", buf_take(&url, p->arena));
		view_set_str(v, "from", rows[i].from);
		view_set_str(v, "to", shown_target(p, all, n_all, &rows[i]));
		view_set_bool(v, "is_article", rows[i].to.article != 0);
		view_set_bool(v, "is_category", rows[i].to.category != 0);
	}
	view_set_bool(p->root, "has_redirects", n > 0);
	view_set_str(p->root, "q", q);
	paging_show(p, &paging, total, "/desk/redirects", keep, 1);
	return true;
}

/* ---- where does this address lead? ---- */

#define HOPS_MAX 8 /* as far as browsers go, more or less */

static bool show_test(struct desk_page *p)
{
	struct str asked = str_trim(web_param_get(p->req, "test")), at = asked, location;
	int status = 0;
	if (asked.n == 0)
		return true;
	struct view_value *test = view_set_object(p->root, "tested"), *hops = view_set_list(test, "hops");
	view_set_str(p->root, "test", asked);
	if (str_starts_ci(at, STR("http://")) || str_starts_ci(at, STR("https://"))) {
		at = str_skip(at, at.p[4] == ':' ? 7 : 8);
		while (at.n && at.p[0] != '/')
			at = str_skip(at, 1);
	}
	at = str_split(&at, '#');
	if (!redirect_path_is_safe(at)) {
		view_set_bool(test, "malformed", true);
		return true;
	}
	for (int i = 0; i < HOPS_MAX; i++) {
		if (!probe(p, at, &status, &location))
			return false;
		if (status < 300 || status >= 400 || !redirect_path_is_safe(location))
			break;
		at = location;
		struct view_value *hop = view_push_object(hops);
		view_set_str(hop, "hop", uri_decode(p->arena, at));
	}
	view_set_str(test, "end", uri_decode(p->arena, at));
	view_set_str(test, "end_url", at);
	view_set_bool(test, "found", status == 200);
	view_set_bool(test, "missing", status >= 400);
	view_set_bool(test, "endless", status >= 300 && status < 400);
	return true;
}

static bool show(struct desk_page *p)
{
	return show_list(p) && show_test(p) && structure_render(p, N_("Redirects"), "desk/redirects", "redirects");
}

bool redirects_page(struct desk_page *p)
{
	int64_t added;
	view_set_bool(p->root, "saved", web_param_get(p->req, "saved").n > 0);
	if (str_to_int(web_param_get(p->req, "added"), &added) && added >= 0) {
		view_set_bool(p->root, "was_read", true);
		view_set_int(p->root, "added", added);
		view_set_str(p->root, "added_text", view_number(p->arena, p->lang, added));
	}
	return show(p);
}

/* ---- a file ---- */

struct reading {
	struct store_tx *tx;
	struct view_value *faults;
	size_t n_faults, line, added;
};

static void tell(struct desk_page *p, struct reading *r, const char *msgid, struct str what)
{
	if (r->n_faults++ >= REDIRECT_FAULTS_MAX)
		return;
	struct view_value *v = view_push_object(r->faults);
	view_set_int(v, "line", (int64_t)r->line);
	view_set_str(v, "fault", desk_message(p, msgid));
	view_set_str(v, "what", what);
}

static bool take_line(struct desk_page *p, struct reading *r, struct str from, struct str to)
{
	struct redirect target, old;
	struct error why = { 0 };
	enum redirect_fault fault;
	struct str where, key = redirect_source(from, p->arena);
	if (key.n == 0 || str_starts(key, STR("/desk"))) {
		tell(p, r, N_("This is no old address of a page: it starts with one slash."), from);
		return true;
	}
	if (!redirect_target(r->tx, to, &target, p->arena, &why)) {
		tell(p, r, N_("The goal is no address of this site: it starts with one slash."), to);
		return why.code == ERR_INVALID || error_set(p->err, why.code, "%s", why.message);
	}
	if (redirect_find_tx(r->tx, key, &old, p->arena, &why) && old.article == target.article &&
	    old.category == target.category && str_eq(old.path, target.path))
		return true;
	if (!redirect_check(r->tx, key, &target, &fault, &where, p->arena, p->err))
		return false;
	if (fault == REDIRECT_LOOP)
		tell(p, r, N_("The address would lead back to itself."), from);
	else if (fault == REDIRECT_CHAIN)
		tell(p, r, N_("The goal is an old address itself. Write where that one leads."), to);
	else if (fault == REDIRECT_LINKED)
		tell(p, r, N_("Another redirect leads to this old address. Change that one first."), where);
	else
		r->added++;
	return fault != REDIRECT_FINE || redirect_save(r->tx, key, target.article, target.category, target.path, p->err);
}

static bool take_file(struct desk_page *p, struct reading *r, struct str text)
{
	char separator = csv_separator(text);
	while (text.n && r->line < REDIRECT_LINES_MAX) {
		struct str fields[2] = { { "", 0 }, { "", 0 } };
		size_t n;
		r->line++;
		if (!csv_row(&text, separator, fields, 2, &n, p->arena)) {
			tell(p, r, N_("A quotation mark opens a field here and does not close it."), STR(""));
			return true;
		}
		struct str from = str_trim(fields[0]), to = str_trim(fields[1]);
		bool heading = r->line == 1 && str_find(from, STR("/")) < 0;
		if (heading || (from.n == 0 && to.n == 0))
			continue;
		if (!take_line(p, r, from, to))
			return false;
	}
	if (text.n)
		tell(p, r, N_("The file has too many lines. Cut it into several files."), STR(""));
	return true;
}

static struct str without_bom(struct str text)
{
	return str_starts(text, STR("\xEF\xBB\xBF")) ? str_skip(text, 3) : text;
}

/* Whole or not at all, so that a file can be mended and sent again. */
bool redirects_import(struct desk_page *p)
{
	const struct web_file *file = web_file_get(p->req, "file");
	struct reading r = { .faults = view_set_list(p->root, "faults") };
	if (!file || file->bytes.n == 0 || file->bytes.n > REDIRECT_FILE_MAX || !utf8_valid(file->bytes)) {
		bool large = file && file->bytes.n > REDIRECT_FILE_MAX, there = file && file->bytes.n;
		desk_problem(p, large ? 413 : 422,
		    large   ? N_("The file is too large. Cut it into several files.")
		    : there ? N_("The file is not UTF-8. Save it as “CSV UTF-8” and send it again.")
		            : N_("Choose a file first."));
		return show(p);
	}
	r.tx = store_begin(p->store, p->err);
	if (!r.tx)
		return false;
	if (!take_file(p, &r, without_bom(file->bytes))) {
		store_rollback(r.tx);
		return false;
	}
	if (r.n_faults) {
		store_rollback(r.tx);
		desk_problem(p, 422, N_("Nothing was taken from the file. Mend these lines and send it again."));
		view_set_bool(p->root, "has_faults", true);
		view_set_bool(p->root, "more_faults", r.n_faults > REDIRECT_FAULTS_MAX);
		return show(p);
	}
	return finish(p, r.tx, "redirect.import", with_number(p, "", (int64_t)r.added),
	    arena_printf(p->arena, "/desk/redirects?added=%zu", r.added));
}

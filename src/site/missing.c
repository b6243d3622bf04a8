#include "site/page.h"

#include <string.h>

#define HELP_MAX 5

/* A redirect that was found for an address, and what was taken off the address to find it. */
struct found {
	struct redirect to;
	bool other_lang; /* the language before it */
	struct str tail; /* "/feed.atom" behind it */
};

/* Where a redirect leads; empty when its article is not to be seen. */
static struct str target_of(struct page *p, const struct found *f)
{
	const struct redirect *r = &f->to;
	struct error ignored = { 0 };
	if (r->article) {
		struct article a;
		if (!article_by_id(p->site->store, r->article, &a, p->arena, &ignored) || a.status != ARTICLE_PUBLISHED)
			return STR("");
		return url_article(p, a.lang, a.slug);
	}
	if (r->category) {
		struct category *all;
		size_t n;
		if (!category_list(p->site->store, &all, &n, p->arena, &ignored))
			return STR("");
		const struct category *c = category_in(all, n, r->category);
		struct str path = c ? url_category(p, p->lang, c->slug) : STR("");
		return c ? arena_printf(p->arena, "%.*s%.*s", (int)path.n, path.p, (int)f->tail.n, f->tail.p) : path;
	}
	if (!redirect_path_is_safe(r->path))
		return STR("");
	struct buf out = { 0 };
	if (f->other_lang)
		buf_add(&out, url_prefix(p, p->lang));
	buf_add_uri(&out, r->path, STR("/?&=#!$()*+,;:@%"));
	return buf_take(&out, p->arena);
}

/* One slash at the start (two would name a host) and none at the end. */
static struct str without_slash(struct page *p, struct str path)
{
	while (path.n > 1 && path.p[path.n - 1] == '/')
		path.n--;
	while (path.n > 1 && path.p[1] == '/')
		path = str_skip(path, 1);
	struct buf out = { 0 };
	buf_add_uri(&out, path, STR("/!$()*+,;=:@"));
	if (p->req->query.n) {
		buf_addc(&out, '?');
		buf_add(&out, p->req->query);
	}
	return buf_take(&out, p->arena);
}

/* The ending of a file says nothing of what it holds. */
static struct str without_ending(struct str path)
{
	static const char *const endings[] = { ".html", ".htm", ".php", ".xhtml", ".asp", ".aspx", ".md" };
	for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
		if (str_ends(path, str_from(endings[i])))
			return str_sub(path, 0, path.n - strlen(endings[i]));
	}
	return path;
}

static void add_words(struct buf *out, struct str path)
{
	for (size_t i = 0; i < path.n; i++) {
		char c = path.p[i];
		bool joint = c == '/' || c == '-' || c == '_' || c == '.' || c == '+';
		buf_addc(out, joint ? ' ' : c);
	}
}

/* What the words of the address find. The last part says most, so it is asked alone. */
static void set_help(struct page *p)
{
	struct buf words = { 0 };
	struct str path = p->req->path, last = path;
	struct error ignored = { 0 };
	while (last.n) {
		struct str part = str_split(&last, '/');
		path = part.n ? part : path;
	}
	add_words(&words, without_ending(path));
	struct search_request ask = {
		.query = buf_take(&words, p->arena), .lang = p->lang, .limit = HELP_MAX, .snippets = true
	};
	struct search_result found = { 0 };
	struct view_value *hits = view_set_list(p->root, "hits");
	if (str_trim(ask.query).n == 0 || !search_query(p->site->search, &ask, &found, p->arena, &ignored))
		return;
	for (size_t i = 0; i < found.n_hits; i++) {
		struct view_value *hit = view_push_object(hits);
		view_set_str(hit, "url", url_article(p, found.hits[i].lang, found.hits[i].slug));
		view_set_html(hit, "title_html", found.hits[i].title_html);
		view_set_str(hit, "title", found.hits[i].title);
		view_set_html(hit, "snippet_html", found.hits[i].snippet_html);
		if (!str_eq(found.hits[i].lang, p->lang))
			view_set_str(hit, "hit_lang", found.hits[i].lang);
	}
	view_set_bool(p->root, "has_hits", found.n_hits > 0);
	view_set_str(p->root, "query", str_trim(ask.query));
}

static const char *status_message(int status)
{
	switch (status) {
	case 400:
		return N_("The request could not be understood");
	case 403:
		return N_("This is not for everybody");
	case 404:
		return N_("This page does not exist");
	case 405:
		return N_("This address does not take that");
	case 413:
	case 414:
	case 431:
		return N_("That was too long");
	case 503:
		return N_("The site is busy");
	default:
		return N_("Something went wrong");
	}
}

static const char *status_advice(int status)
{
	switch (status) {
	case 404:
		return N_("It may have moved. Search for it, or start from the front page.");
	case 413:
	case 414:
	case 431:
		return N_("Shorten it and try again.");
	case 503:
		return N_("Try again in a minute.");
	case 500:
		return N_("It is not your fault, and it has been noted. Try again in a minute.");
	default:
		return N_("Go back, or start from the front page.");
	}
}

static bool error_page_in(struct page *p, int status)
{
	p->res->status = status;
	page_head(p, "page_error", page_message(p, str_from(status_message(status))), NULL);
	view_set_bool(p->root, "noindex", true);
	view_set_int(p->root, "status", status);
	view_set_str(p->root, "message", page_message(p, str_from(status_message(status))));
	view_set_str(p->root, "advice", page_message(p, str_from(status_advice(status))));
	if (status == 404)
		set_help(p);
	return page_render(p, "error");
}

/* The language of an address that has no page: its first part, where that is a language of the site. */
static bool begin_anyhow(struct page *p, const struct web_request *req, struct web_response *res, struct error *err)
{
	struct str rest = str_skip(req->path, 1), first = str_split(&rest, '/');
	struct error ignored = { 0 };
	if (first.n && page_begin(p, req, res, first, &ignored))
		return true;
	return page_begin(p, req, res, STR(""), err);
}

/* What a category or a tag was called before, it was called in every language, and its feed was. */
static bool find_in_other_lang(struct page *p, struct found *f, struct error *err)
{
	struct str path = redirect_key(p->arena, p->req->path, STR("")), feed = STR("/feed.atom");
	f->other_lang = !str_eq(p->lang, p->settings.default_lang);
	if (f->other_lang)
		path = str_skip(path, url_prefix(p, p->lang).n);
	if (str_starts(path, STR("/categories/")) && str_ends(path, feed)) {
		f->tail = feed;
		path.n -= feed.n;
	}
	bool may = str_starts(path, STR("/tags/")) || str_starts(path, STR("/categories/"));
	if (!may || (!f->other_lang && f->tail.n == 0))
		return error_set(err, ERR_NOT_FOUND, "there is no such redirect");
	if (!redirect_find(p->site->store, path, &f->to, p->arena, err))
		return false;
	bool here = f->to.category || str_starts(f->to.path, STR("/tags/")) || str_starts(f->to.path, STR("/search?"));
	return here ? true : error_set(err, ERR_NOT_FOUND, "there is no such redirect");
}

/* By the query where it names an old entry ("/?p=12"), then by the path. */
static bool find_redirect(struct page *p, struct found *f, struct error *err)
{
	const struct web_request *req = p->req;
	struct str key = req->query.n ? redirect_key(p->arena, req->path, req->query) : STR("");
	*f = (struct found){ 0 };
	if (key.n && redirect_find(p->site->store, key, &f->to, p->arena, err))
		return true;
	if (key.n && err->code != ERR_NOT_FOUND)
		return false;
	if (redirect_find(p->site->store, redirect_key(p->arena, req->path, STR("")), &f->to, p->arena, err))
		return true;
	return err->code == ERR_NOT_FOUND && find_in_other_lang(p, f, err);
}

/* The default language has no prefix: what was looked for under one is where it is without. */
static struct str without_default_lang(struct page *p)
{
	struct str rest = str_skip(p->req->path, 1), first = str_split(&rest, '/');
	if (!str_eq_ci(first, p->settings.default_lang))
		return STR("");
	return without_slash(p, arena_printf(p->arena, "/%.*s", (int)rest.n, rest.p));
}

bool page_missing(const struct web_request *req, struct web_response *res, struct error *err)
{
	struct page p;
	struct found f;
	*err = (struct error){ 0 };
	res->n_keys = 0;
	buf_clear(&res->body);
	if (!begin_anyhow(&p, req, res, err))
		return false;
	if (find_redirect(&p, &f, err)) {
		struct str target = target_of(&p, &f);
		if (target.n) {
			web_redirect(res, 301, target);
			return true;
		}
	} else if (err->code != ERR_NOT_FOUND) {
		return false;
	}
	if (req->path.n > 1 && req->path.p[req->path.n - 1] == '/') {
		web_redirect(res, 301, without_slash(&p, req->path));
		return true;
	}
	struct str elsewhere = without_default_lang(&p);
	if (elsewhere.n) {
		web_redirect(res, 301, elsewhere);
		return true;
	}
	return error_page_in(&p, 404);
}

bool missing_page(const struct web_request *req, struct web_response *res, struct error *err)
{
	return page_missing(req, res, err);
}

void site_error_page(const struct web_request *req, int status, const struct error *cause, struct web_response *res)
{
	struct page p;
	struct error err = { 0 };
	(void)cause;
	if (begin_anyhow(&p, req, res, &err) && error_page_in(&p, status))
		return;
	/* The database itself is in trouble: say so without it. */
	res->status = status;
	res->type = STR("text/plain; charset=utf-8");
	buf_clear(&res->body);
	buf_adds(&res->body, status_message(status));
	buf_addc(&res->body, '\n');
}

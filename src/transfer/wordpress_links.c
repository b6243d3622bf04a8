#include "transfer/wordpress.h"

#include <string.h>

/* Addresses of the old site. A body keeps them as paths ("/2020/05/a/", "/?p=12"): the form that stays true whatever
 * becomes of slugs, and that the store resolves when it renders. */

#define URL_KEPT_MAX 2048
#define DEAD_NOTES_MAX 20 /* of one article */

/* What follows "http://", "https://" or "//"; false for anything else. */
static bool without_scheme(struct str url, struct str *rest)
{
	static const char *const starts[] = { "http://", "https://", "//" };
	for (size_t i = 0; i < sizeof starts / sizeof *starts; i++) {
		if (str_starts_ci(url, str_from(starts[i]))) {
			*rest = str_skip(url, strlen(starts[i]));
			return true;
		}
	}
	return false;
}

/* Cuts the host off; what stays starts with "/", "?", "#" or is empty. */
static struct str cut_host(struct str *s)
{
	size_t n = 0;
	while (n < s->n && !strchr("/?#", s->p[n]))
		n++;
	struct str host = str_sub(*s, 0, n);
	*s = str_skip(*s, n);
	return str_starts_ci(host, STR("www.")) ? str_skip(host, 4) : host;
}

void wp_site(struct wordpress *w, struct str url)
{
	struct str rest, host;
	while (url.n && url.p[url.n - 1] == '/')
		url.n--;
	if (!without_scheme(url, &rest) || url.n > URL_KEPT_MAX)
		return;
	host = cut_host(&rest);
	w->base = wp_keep(w, url, URL_KEPT_MAX);
	w->host = wp_keep(w, host, URL_KEPT_MAX);
	w->folder = wp_keep(w, rest, URL_KEPT_MAX);
}

static bool is_below(struct str path, struct str folder)
{
	return str_starts(path, folder) && (path.n == folder.n || strchr("/?#", path.p[folder.n]));
}

bool wp_is_here(const struct wordpress *w, struct str url, struct str *rest)
{
	struct str path;
	if (w->host.n == 0)
		return false;
	if (url.n && url.p[0] == '/' && !str_starts(url, STR("//"))) {
		path = url;
	} else {
		if (!without_scheme(url, &path) || !str_eq_ci(cut_host(&path), w->host))
			return false;
	}
	if (!is_below(path, w->folder))
		return false;
	*rest = path;
	return true;
}

static bool is_known(struct wordpress *w, struct str path, struct arena *arena)
{
	struct redirect r;
	struct error none = { 0 };
	return redirect_find_url(w->im.tx, path, &r, arena, &none);
}

/* A file that is no image is not taken over: its link goes on leading to the old site. */
static struct str upload_link(
    struct wordpress *w, struct str url, struct str rest, struct str path, struct arena *arena)
{
	struct str media = wp_is_image(path) ? wp_upload(w, path) : STR("");
	if (media.n)
		return media;
	/* Of images without --uploads the summary tells as images. */
	if (!wp_is_image(path) || w->im.options->uploads)
		import_note(&w->im, w->label, "a linked file stays on the old site", url);
	if (url.p[0] != '/' || str_starts(url, STR("//")))
		return url;
	return arena_printf(arena, "%.*s%.*s", (int)(w->base.n - w->folder.n), w->base.p, (int)rest.n, rest.p);
}

struct str wp_link(void *user, struct str url, struct arena *arena)
{
	struct wordpress *w = user;
	struct str rest;
	url = str_trim(url);
	if (!wp_is_here(w, url, &rest))
		return url;
	struct str path = wp_upload_path(rest, arena);
	if (path.n)
		return upload_link(w, url, rest, path, arena);
	if (rest.n == 0 || rest.p[0] != '/')
		rest = arena_printf(arena, "/%.*s", (int)rest.n, rest.p);
	/* Two slashes would name a host. */
	while (str_starts(rest, STR("//")))
		rest = str_skip(rest, 1);
	struct str inside = str_skip(rest, w->folder.n);
	if (inside.n < 2)
		return STR("/");
	w->forward = w->forward || !is_known(w, rest, arena);
	return rest;
}

/* ---- redirects ---- */

bool wp_redirect(struct wordpress *w, struct str url, int64_t article)
{
	struct str path, query;
	struct arena *arena = w->im.arena;
	if (!wp_is_here(w, url, &path))
		return true;
	query = str_split(&path, '#');
	path = str_split(&query, '?');
	struct str key = redirect_key(arena, path.n ? uri_decode(arena, path) : STR("/"), query);
	return import_redirect(&w->im, key, article);
}

/* The address with its last part exchanged. */
static struct str with_slug(struct arena *arena, struct str url, struct str slug)
{
	size_t n = url.n;
	if (str_find(url, STR("?")) >= 0)
		return STR("");
	while (n && url.p[n - 1] == '/')
		n--;
	while (n && url.p[n - 1] != '/')
		n--;
	return arena_printf(arena, "%.*s%.*s/", (int)n, url.p, (int)slug.n, slug.p);
}

bool wp_redirects_of_item(struct wordpress *w, int64_t article)
{
	const struct wxr_item *it = w->item;
	struct arena *arena = w->im.arena;
	int64_t id;
	if (str_to_int(it->id, &id) && id > 0) {
		bool page = str_eq(it->type, STR("page"));
		struct str by_id = arena_printf(arena, "%.*s/?p=%lld", (int)w->folder.n, w->folder.p, (long long)id);
		if (!import_redirect(&w->im, by_id, article) ||
		    (page &&
		        !import_redirect(&w->im,
		            arena_printf(arena, "%.*s/?page_id=%lld", (int)w->folder.n, w->folder.p, (long long)id), article)))
			return false;
	}
	for (size_t i = 0; i < it->n_old_slugs; i++) {
		struct str old = it->old_slugs[i].n ? with_slug(arena, it->link, it->old_slugs[i]) : STR("");
		if (old.n && !wp_redirect(w, old, article))
			return false;
	}
	return wp_redirect(w, it->link, article);
}

/* ---- what led to later articles ---- */

static bool relink(struct wordpress *w, int64_t id)
{
	struct str *dead, title;
	size_t n;
	arena_reset(w->im.arena);
	if (!article_relink(w->im.tx, id, &title, &dead, &n, w->im.arena, w->im.err))
		return false;
	for (size_t i = 0; i < n && i < DEAD_NOTES_MAX; i++)
		import_note(&w->im, title, "a link to the old site leads nowhere", dead[i]);
	w->im.sum->more_problems += n > DEAD_NOTES_MAX ? n - DEAD_NOTES_MAX : 0;
	return true;
}

bool wp_links_finish(struct wordpress *w)
{
	for (size_t i = 0; i < w->n_again; i++) {
		if (!relink(w, w->again[i]))
			return error_context(w->im.err, "links between the articles");
	}
	return true;
}

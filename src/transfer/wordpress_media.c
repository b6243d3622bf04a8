#include "transfer/wordpress.h"

#include <stdlib.h>
#include <string.h>

/* Attachments: what the export lists of them, and their images from a copy of wp-content/uploads. */

#define ATTACHMENTS_MAX 1000000
#define ATTACHMENT_TEXT_MAX 1024

static int by_id(const void *a, const void *b)
{
	const struct wp_attachment *x = a, *y = b;
	return (x->id > y->id) - (x->id < y->id);
}

bool wp_is_image(struct str path)
{
	static const char *const endings[] = { ".png", ".jpg", ".jpeg", ".gif", ".webp", ".avif" };
	for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
		size_t n = strlen(endings[i]);
		if (path.n > n && str_eq_ci(str_skip(path, path.n - n), str_from(endings[i])))
			return true;
	}
	return false;
}

struct str wp_upload_path(struct str url, struct arena *arena)
{
	ptrdiff_t at = str_find(url, STR("/wp-content/uploads/"));
	if (at < 0)
		return STR("");
	struct str path = str_skip(url, (size_t)at + 20);
	path = str_split(&path, '#');
	path = str_split(&path, '?');
	return path_join(arena, STR(""), uri_decode(arena, path));
}

bool wp_attachment_add(struct wordpress *w, const struct wxr_item *it)
{
	struct wp_attachment a = { 0 };
	w->im.sum->attachments++;
	if (!str_to_int(it->id, &a.id) || w->n_attachments == ATTACHMENTS_MAX)
		return true;
	struct wp_attachment *v = wp_grow(w, w->attachments, w->n_attachments, &w->cap_attachments, sizeof *v);
	if (!v)
		return false;
	if (!str_to_int(it->parent, &a.parent))
		a.parent = 0;
	a.url = wp_keep(w, it->attachment, ATTACHMENT_TEXT_MAX);
	struct str path =
	    it->file.n ? path_join(w->im.arena, STR(""), it->file) : wp_upload_path(it->attachment, w->im.arena);
	a.path = wp_keep(w, path, ATTACHMENT_TEXT_MAX);
	a.alt = wp_keep(w, it->alt, ATTACHMENT_TEXT_MAX);
	a.caption = wp_keep(w, it->excerpt, ATTACHMENT_TEXT_MAX);
	a.title = wp_keep(w, wp_plain(it->title, w->im.arena), ATTACHMENT_TEXT_MAX);
	a.link = wp_keep(w, it->link, ATTACHMENT_TEXT_MAX);
	w->attachments = v;
	w->attachments[w->n_attachments++] = a;
	return true;
}

void wp_attachments_sort(struct wordpress *w)
{
	if (w->n_attachments)
		qsort(w->attachments, w->n_attachments, sizeof *w->attachments, by_id);
}

const struct wp_attachment *wp_attachment_find(const struct wordpress *w, int64_t id)
{
	struct wp_attachment key = { .id = id };
	return w->n_attachments ? bsearch(&key, w->attachments, w->n_attachments, sizeof key, by_id) : NULL;
}

/* ---- images ---- */

/* pic-300x169.png and pic-scaled.jpg are other forms of pic.png, pic.jpg. */
static struct str original_of(struct arena *arena, struct str path)
{
	size_t dot = path.n, dash;
	while (dot && path.p[dot - 1] != '.' && path.p[dot - 1] != '/')
		dot--;
	if (dot < 2 || path.p[dot - 1] != '.')
		return STR("");
	for (dash = --dot; dash && path.p[dash - 1] != '-' && path.p[dash - 1] != '/'; dash--)
		;
	if (dash < 2 || path.p[dash - 1] != '-')
		return STR("");
	struct str height = str_sub(path, dash, dot), width = str_split(&height, 'x'), end = str_skip(path, dot);
	int64_t n;
	if (!str_eq(width, STR("scaled")) && !(str_to_int(width, &n) && str_to_int(height, &n)))
		return STR("");
	return arena_printf(arena, "%.*s%.*s", (int)dash - 1, path.p, (int)end.n, end.p);
}

struct str wp_upload(struct wordpress *w, struct str path)
{
	const char *uploads = w->im.options->uploads;
	struct str media = STR(""), original = original_of(w->im.arena, path);
	if (!uploads || path.n == 0)
		return media;
	/* The whole picture where there is one: it is scaled where it is shown. */
	if (original.n)
		media = import_image(&w->im, uploads, original);
	return media.n ? media : import_image(&w->im, uploads, path);
}

struct str wp_image(void *user, struct str url, int *width, int *height, struct arena *arena)
{
	struct wordpress *w = user;
	(void)width;
	(void)height;
	if (str_starts(url, STR("/media/")))
		return url;
	struct str rest, path = wp_upload_path(url, arena), media = wp_upload(w, path);
	if (media.n || (path.n == 0 && !wp_is_here(w, url, &rest)))
		return media;
	if (w->im.options->uploads)
		import_note(&w->im, w->label, "the image is not there", url);
	else
		wp_count(w, "became links to the old site (--uploads brings them in)", STR("images"));
	return media;
}

void wp_figure(struct wordpress *w, struct buf *out, const struct wp_attachment *a)
{
	struct str alt = a->alt.n ? a->alt : a->caption.n ? STR("") : a->title, media = wp_upload(w, a->path);
	buf_adds(out, "\n\n<figure><img src=\"");
	buf_add_html(out, media.n ? media : a->url);
	buf_adds(out, "\" alt=\"");
	buf_add_html(out, alt);
	buf_adds(out, "\" />");
	if (a->caption.n) {
		buf_adds(out, "<figcaption>");
		buf_add(out, a->caption);
		buf_adds(out, "</figcaption>");
	}
	buf_adds(out, "</figure>\n\n");
}

static struct str without_ending(struct str path)
{
	for (size_t i = path.n; i > 1 && path.p[i - 1] != '/'; i--) {
		if (path.p[i - 1] == '.')
			return str_sub(path, 0, i - 1);
	}
	return path;
}

struct str wp_featured(struct wordpress *w, struct str body)
{
	int64_t id;
	if (!str_to_int(w->item->thumbnail, &id) || id <= 0)
		return body;
	const struct wp_attachment *a = wp_attachment_find(w, id);
	if (!a || a->path.n == 0) {
		import_note(&w->im, w->label, "the featured image is not in the export", w->item->thumbnail);
		return body;
	}
	struct str original = original_of(w->im.arena, a->path);
	if (str_find(body, without_ending(original.n ? original : a->path)) >= 0)
		return body;
	struct str media = wp_upload(w, a->path);
	if (media.n && str_find(body, media) >= 0)
		return body;
	if (media.n == 0) {
		import_note(&w->im, w->label, "the featured image was left out", a->url);
		return body;
	}
	struct buf out = { 0 };
	wp_figure(w, &out, a);
	buf_add(&out, body);
	return buf_take(&out, w->im.arena);
}

/* Their pages led to the article that they stood in. */
bool wp_attachments_redirect(struct wordpress *w)
{
	for (size_t i = 0; i < w->n_attachments; i++) {
		const struct wp_attachment *a = &w->attachments[i];
		struct redirect r;
		struct error none = { 0 };
		struct arena *arena = w->im.arena;
		arena_reset(arena);
		struct str parent = arena_printf(arena, "%.*s/?p=%lld", (int)w->folder.n, w->folder.p, (long long)a->parent);
		if (a->parent <= 0 || !redirect_find_tx(w->im.tx, parent, &r, arena, &none) || !r.article)
			continue;
		struct str by_id =
		    arena_printf(arena, "%.*s/?attachment_id=%lld", (int)w->folder.n, w->folder.p, (long long)a->id);
		if (!import_redirect(&w->im, by_id, r.article) || !wp_redirect(w, a->link, r.article))
			return false;
	}
	return true;
}

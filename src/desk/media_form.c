#include "desk/media.h"

/* Images in the form of an article: one is added or looked for without leaving it, and what stands for it is shown to be put
 * where it belongs; after a save, those that lack words are told. */

#define FOUND_MAX 12

/* An article in HTML wants an element. */
static struct str written(struct desk_page *p, const struct article *a, const struct media *m, struct str alt)
{
	struct buf out = { 0 };
	if (a->format == DOC_MARKDOWN)
		return media_markdown(p->arena, m, alt);
	buf_adds(&out, "<img src=\"/media/");
	buf_add(&out, m->hash);
	buf_addc(&out, '/');
	buf_add(&out, m->name);
	buf_adds(&out, "\" alt=\"");
	buf_add_html(&out, alt);
	buf_adds(&out, "\">");
	return buf_take(&out, p->arena);
}

static bool add(struct desk_page *p, const struct article *a)
{
	struct str lang = a->lang;
	struct media m;
	struct media_about about;
	const char *problem;
	struct str alt = str_trim(web_field_get(p->req, "image_alt"));
	const struct web_file *f = web_file_get(p->req, "image");
	if (!f || !media_take(p, f, alt, lang, &m, &problem)) {
		if (f && !problem)
			return false;
		desk_problem(p, 422, f ? problem : N_("Choose an image first."));
		return true;
	}
	if (!media_about(p->store, m.hash, &about, p->arena, p->err))
		return false;
	struct view_value *v = view_set_object(p->root, "added_image");
	view_set_str(v, "markdown", written(p, a, &m, alt.n ? alt : media_alt(&about, lang)));
	view_set_bool(v, "wordless", alt.n == 0 && media_alt(&about, lang).n == 0 && !about.decorative);
	view_set_str(v, "image_url", arena_printf(p->arena, "/desk/media/%.*s", (int)m.hash.n, m.hash.p));
	return true;
}

static bool look(struct desk_page *p)
{
	struct media_about *all;
	size_t n, total;
	struct media_filter f = {
		.words = str_trim(web_field_get(p->req, "image_q")), .lang = p->lang, .limit = FOUND_MAX
	};
	if (!media_list(p->store, &f, &all, &n, &total, p->arena, p->err))
		return false;
	struct view_value *v = view_set_object(p->root, "found_images"), *list = view_set_list(v, "images");
	for (size_t i = 0; i < n; i++)
		media_show(p, list, &all[i]);
	view_set_bool(v, "none", n == 0);
	return true;
}

bool media_form(struct desk_page *p, const struct article *a, bool *done)
{
	struct str what = web_field_get(p->req, "do");
	view_set_str(p->root, "image_q", web_field_get(p->req, "image_q"));
	*done = true;
	if (str_eq(what, STR("image")) && !desk_may(p->who.role, DESK_CREATE))
		return error_set(p->err, ERR_DENIED, "the role may not add images");
	if (str_eq(what, STR("image")))
		return add(p, a);
	if (str_eq(what, STR("images")))
		return look(p);
	*done = false;
	return true;
}

bool media_notices(struct desk_page *p, int64_t article)
{
	struct rendered r;
	struct view_value *list = view_set_list(p->root, "wordless_images");
	bool any = false;
	if (article == 0)
		return true;
	if (!article_rendered(p->store, article, &r, p->arena, p->err))
		return false;
	for (size_t i = 0; i < r.n_warnings; i++) {
		struct str rest = r.warnings[i].text;
		if (r.warnings[i].kind != DOC_WARN_IMAGE_WITHOUT_TEXT || !str_starts(rest, STR("/media/")))
			continue;
		rest = str_skip(rest, 7);
		struct str hash = str_split(&rest, '/');
		struct view_value *v = view_push_object(list);
		view_set_str(v, "url", arena_printf(p->arena, "/desk/media/%.*s", (int)hash.n, hash.p));
		view_set_str(v, "name", rest);
		any = true;
	}
	view_set_bool(p->root, "has_wordless_images", any);
	return true;
}

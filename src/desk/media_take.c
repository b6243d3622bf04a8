#include "desk/media.h"

#include "image/image.h"

static const char *refusal(struct str kind)
{
	if (str_eq(kind, STR("SVG")))
		return N_("This is an SVG image, which can hold scripts. Save it as PNG or WebP and add that.");
	if (str_eq(kind, STR("HEIC")))
		return N_(
		    "This photograph is in the HEIC format, which most browsers cannot show. Save it as JPEG and add that.");
	return N_("This is no image that can be shown here. Images are PNG, JPEG, GIF, WebP or AVIF.");
}

static const char *problem_of(const struct error *why, const struct web_file *f)
{
	struct str type;
	int width, height;
	switch (why->code) {
	case ERR_INVALID:
		return image_read(f->bytes, &type, &width, &height)
		           ? N_("This image is broken. Open it in an image program, save it anew and add that.")
		           : refusal(image_other_kind(f->bytes));
	case ERR_TOO_LARGE:
		return N_(
		    "This image is too large. At most 32 MiB, 100 million pixels and 500 frames can be added; make it smaller.");
	case ERR_UNAVAILABLE:
		return N_("The server cannot read images now. Whoever runs it finds out why with: kairan check");
	default:
		return NULL;
	}
}

static bool keep(struct desk_page *p, const struct web_file *f, const struct image_set *made, struct str alt,
    struct str lang, struct media *out)
{
	struct media_words words = { lang, alt, STR("") };
	struct store_tx *tx = store_begin(p->store, p->err);
	bool ok = tx && media_add(tx, f->filename, f->bytes, made, out, p->arena, p->err);
	struct media_about about = { .words = &words, .n_words = 1 };
	if (ok)
		about.media = *out;
	/* One that was there already keeps what is known of it. */
	if (ok && out->is_new)
		ok = (alt.n == 0 || media_describe(tx, &about, p->err)) &&
		     audit_add(tx, &p->who, STR("media.add"),
		         arena_printf(p->arena, "%.*s %.*s", (int)out->hash.n, out->hash.p, (int)out->name.n, out->name.p),
		         p->err);
	return desk_commit(p, tx, ok);
}

bool media_take(struct desk_page *p, const struct web_file *f, struct str alt, struct str lang, struct media *out,
    const char **problem)
{
	struct image_set made;
	struct error why = { 0 };
	alt = str_sub(alt, 0, utf8_floor(alt, MEDIA_TEXT_MAX));
	*problem = NULL;
	if (f->bytes.n == 0) {
		*problem = N_("Choose an image first.");
		return false;
	}
	if (image_make(f->bytes, IMAGE_WHOLE, &made, p->arena, &why))
		return keep(p, f, &made, alt, lang, out);
	*problem = problem_of(&why, f);
	if (!*problem)
		*p->err = why;
	return false;
}

struct str media_markdown(struct arena *arena, const struct media *m, struct str alt)
{
	struct buf out = { 0 };
	buf_adds(&out, "![");
	for (size_t i = 0; i < alt.n; i++) {
		char c = alt.p[i];
		if (c == '[' || c == ']' || c == '\\' || c == '*' || c == '_' || c == '`' || c == '<')
			buf_addc(&out, '\\');
		buf_addc(&out, c == '\n' || c == '\r' ? ' ' : c);
	}
	buf_adds(&out, "](/media/");
	buf_add(&out, m->hash);
	buf_addc(&out, '/');
	buf_add(&out, m->name);
	buf_addc(&out, ')');
	return buf_take(&out, arena);
}

static struct str thumbnail(struct desk_page *p, const struct media_about *m)
{
	const struct media *f = &m->media;
	for (size_t i = 0; i < m->n_sizes; i++) {
		if (str_eq(m->sizes[i].type, STR("image/webp")))
			return arena_printf(p->arena, "/media/%.*s/%d/image.webp", (int)f->hash.n, f->hash.p, m->sizes[i].width);
	}
	return arena_printf(p->arena, "/media/%.*s/%.*s", (int)f->hash.n, f->hash.p, (int)f->name.n, f->name.p);
}

void media_show(struct desk_page *p, struct view_value *list, const struct media_about *m)
{
	struct view_value *v = view_push_object(list);
	const struct media *f = &m->media;
	struct str alt = media_alt(m, p->lang);
	view_set_str(v, "hash", f->hash);
	view_set_str(v, "url", arena_printf(p->arena, "/desk/media/%.*s", (int)f->hash.n, f->hash.p));
	view_set_str(v, "thumbnail", thumbnail(p, m));
	view_set_int(v, "width", f->width);
	view_set_int(v, "height", f->height);
	view_set_str(v, "name", f->name);
	view_set_str(v, "alt", alt);
	view_set_str(v, "markdown", media_markdown(p->arena, f, alt));
	view_set_bool(v, "wordless", !m->decorative && alt.n == 0);
	view_set_bool(v, "unused", m->articles == 0);
}

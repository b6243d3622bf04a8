#include "desk/settings.h"

/* Colours with their contrast, the icon, and the site's own CSS. */

struct look {
	struct str accent, dark, css; /* dark empty: made from the accent */
};

static struct look kept(struct desk_page *p)
{
	return (struct look){ p->settings.accent, p->settings.accent_dark, setting_value(p->store, STR("css"), p->arena) };
}

static struct look sent(struct desk_page *p)
{
	bool own = web_field_get(p->req, "own_dark").n > 0;
	return (struct look){ desk_line(p, "accent"), own ? desk_line(p, "accent_dark") : STR(""), desk_text(p, "css") };
}

static struct str hex_of(struct desk_page *p, const unsigned rgb[3])
{
	return arena_printf(p->arena, "#%02x%02x%02x", rgb[0], rgb[1], rgb[2]);
}

/* What a colour comes to on the grounds, and the nearest that would do. */
static void show_contrast(struct desk_page *p, struct view_value *list, const char *label, struct str colour, bool dark)
{
	unsigned rgb[3];
	if (!site_colour(colour, rgb))
		return;
	struct view_value *v = view_push_object(list);
	double contrast = site_accent_contrast(rgb, dark);
	bool passes = site_accent_passes(rgb, dark);
	view_set_str(v, "label", desk_message(p, label));
	view_set_str(v, "colour", colour);
	/* Cut, not rounded: 4.49 is not 4.5. */
	view_set_str(v, "ratio", arena_printf(p->arena, "%d.%02d", (int)contrast, (int)(contrast * 100) % 100));
	view_set_bool(v, "passes", passes);
	if (passes)
		return;
	site_accent_mend(rgb, dark);
	view_set_str(v, "nearest", hex_of(p, rgb));
	view_set_bool(p->root, "may_mend", true);
}

static bool show(struct desk_page *p, const struct look *look)
{
	unsigned light[3], dark[3];
	struct settings s = { .accent = look->accent, .accent_dark = look->dark };
	struct view_value *list = view_set_list(p->root, "contrasts");
	site_accents(&s, light, dark);
	struct str shown_dark = look->dark.n ? look->dark : hex_of(p, dark);
	view_set_str(p->root, "accent", look->accent);
	view_set_str(p->root, "accent_dark", shown_dark);
	view_set_bool(p->root, "own_dark", look->dark.n > 0);
	view_set_str(p->root, "own_css", look->css);
	view_set_str(p->root, "own_icon", p->settings.icon);
	show_contrast(p, list, N_("On light pages"), look->accent, false);
	show_contrast(p, list, N_("On dark pages"), shown_dark, true);
	view_set_str(p->root, "preview_css",
	    arena_printf(p->arena, "/desk/settings/preview.css?light=%02x%02x%02x&dark=%.6s", light[0], light[1], light[2],
	        hex_of(p, dark).p + 1));
	desk_script(p, "look.js");
	view_set_bool(p->root, "on_look", true);
	return settings_render(p, N_("Looks"), "desk/look");
}

bool look_page(struct desk_page *p)
{
	struct look look = kept(p);
	return show(p, &look);
}

bool look_css(struct desk_page *p)
{
	unsigned light[3] = { 0 }, dark[3] = { 0 };
	struct settings s = { .accent =
		                      arena_printf(p->arena, "#%.6s", arena_cstr(p->arena, web_param_get(p->req, "light"))),
		.accent_dark = arena_printf(p->arena, "#%.6s", arena_cstr(p->arena, web_param_get(p->req, "dark"))) };
	site_accents(&s, light, dark);
	buf_printf(&p->res->body, ".sample.light{--link:#%02x%02x%02x}\n.sample.dark{--link:#%02x%02x%02x}\n", light[0],
	    light[1], light[2], dark[0], dark[1], dark[2]);
	p->res->type = STR("text/css; charset=utf-8");
	return true;
}

/* ---- what is sent ---- */

static const char *css_problem(enum doc_css_problem problem)
{
	static const char *const texts[] = {
		[DOC_CSS_TOO_LONG] = N_("It is longer than 64 KiB. Shorten it."),
		[DOC_CSS_UNCLOSED] = N_("A bracket, a string or a comment is not closed, or one is closed that was not open."),
		[DOC_CSS_RULE] = N_("This @-rule is not allowed here: @import and the like load from elsewhere. Leave it out."),
		[DOC_CSS_ADDRESS] = N_("An address in url() must be a path of this site, such as /media/…"),
		[DOC_CSS_FUNCTION] =
		    N_("This function can load or run something and is not allowed. Use url() with a path of this site."),
		[DOC_CSS_PROPERTY] = N_("This property can run something and is not allowed. Leave it out."),
		[DOC_CSS_CHARACTER] = N_("A character stands here that CSS does not know."),
	};
	return texts[problem];
}

static bool css_fine(struct desk_page *p, struct str css)
{
	size_t line;
	enum doc_css_problem problem = doc_css_check(css, &line);
	if (problem == DOC_CSS_FINE)
		return true;
	desk_problem(p, 422, N_("Nothing was saved: the CSS is not right. What and where stands below it."));
	view_set_str(p->root, "css_problem", desk_message(p, css_problem(problem)));
	view_set_int(p->root, "css_line", (int64_t)line);
	return false;
}

static bool colour_fine(struct desk_page *p, struct str colour, bool dark)
{
	unsigned rgb[3];
	if (!site_colour(colour, rgb)) {
		desk_problem(p, 422, N_("A colour is a # and six digits from 0 to 9 and a to f, such as #0b5a6f."));
		return false;
	}
	if (site_accent_passes(rgb, dark))
		return true;
	desk_problem(p, 422,
	    N_("Nothing was saved: with this colour some could not read links and buttons. A near one that does is named below."));
	return false;
}

/* *path is empty when there is nothing to change. */
static bool icon_fine(struct desk_page *p, struct str *path, struct store_tx *tx, bool *fine)
{
	const struct web_file *file = web_file_get(p->req, "icon");
	struct media media;
	struct error why = { 0 };
	*fine = true;
	*path = p->settings.icon;
	if (web_field_get(p->req, "no_icon").n)
		*path = STR("");
	if (!file || file->bytes.n == 0)
		return true;
	*fine = false;
	if (file->bytes.n > ICON_MAX) {
		desk_problem(p, 413, N_("The icon is larger than 256 KiB. Choose a smaller one."));
		return true;
	}
	/* Its name says nothing to readers, and is theirs to see. */
	if (!media_save(tx, STR("icon"), file->bytes, &media, p->arena, &why) && why.code != ERR_INVALID) {
		*p->err = why;
		return false;
	}
	*fine = why.code == ERR_NONE && (str_eq(media.type, STR("image/png")) || str_eq(media.type, STR("image/webp"))) &&
	        media.width >= 32 && media.height >= 32 && media.width <= 1024 && media.height <= 1024;
	if (*fine)
		*path = arena_printf(
		    p->arena, "/media/%.*s/%.*s", (int)media.hash.n, media.hash.p, (int)media.name.n, media.name.p);
	else
		desk_problem(p, 422, N_("The icon must be a PNG or WebP image from 32 to 1024 pixels wide and high."));
	return true;
}

static bool save(struct desk_page *p, const struct look *look)
{
	struct setting_changes c = { .n = 0 };
	struct str icon;
	bool fine = false;
	struct store_tx *tx = store_begin(p->store, p->err);
	if (!tx)
		return false;
	bool ok = icon_fine(p, &icon, tx, &fine);
	if (ok && fine) {
		setting_want(p, &c, STR("accent"), look->accent);
		setting_want(p, &c, STR("accent_dark"), look->dark);
		setting_want(p, &c, STR("css"), look->css);
		setting_want(p, &c, STR("icon"), icon);
		ok = settings_write(p, &c, tx, p->err);
	}
	if (ok && fine)
		return store_commit(tx, p->err) && desk_go(p, "/desk/settings/look?saved=1");
	store_rollback(tx);
	return ok && show(p, look);
}

static struct look mended(struct desk_page *p, struct look look)
{
	unsigned light[3], dark[3];
	struct settings s = { .accent = look.accent, .accent_dark = look.dark };
	site_accents(&s, light, dark);
	look.accent = hex_of(p, light);
	if (look.dark.n)
		look.dark = hex_of(p, dark);
	return look;
}

bool look_send(struct desk_page *p)
{
	struct str what = web_field_get(p->req, "do");
	struct look look = sent(p);
	bool same = false;
	if (str_eq(what, STR("mend"))) {
		look = mended(p, look);
		return show(p, &look);
	}
	if (str_eq(what, STR("preview")))
		return show(p, &look);
	/* All that is wrong is told at once; the colours' message goes on top. */
	bool css = css_fine(p, look.css), light = colour_fine(p, look.accent, false),
	     dark = look.dark.n == 0 || colour_fine(p, look.dark, true);
	if (!css || !light || !dark)
		return show(p, &look);
	if (!settings_unchanged(p, &same))
		return false;
	return same ? save(p, &look) : show(p, &look);
}

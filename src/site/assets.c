#include "site/page.h"

#include <math.h>

/* Relative luminance and contrast as WCAG 2.2 defines them. */
static double channel(unsigned v)
{
	double c = v / 255.0;
	return c <= 0.04045 ? c / 12.92 : pow((c + 0.055) / 1.055, 2.4);
}

static double luminance(const unsigned rgb[3])
{
	return 0.2126 * channel(rgb[0]) + 0.7152 * channel(rgb[1]) + 0.0722 * channel(rgb[2]);
}

static double contrast(const unsigned a[3], const unsigned b[3])
{
	double x = luminance(a), y = luminance(b);
	return x > y ? (x + 0.05) / (y + 0.05) : (y + 0.05) / (x + 0.05);
}

static bool parse_colour(struct str s, unsigned rgb[3])
{
	if (s.n != 7 || s.p[0] != '#')
		return false;
	for (size_t i = 0; i < 3; i++) {
		rgb[i] = 0;
		for (size_t j = 1; j <= 2; j++) {
			char c = s.p[i * 2 + j];
			bool digit = c >= '0' && c <= '9', lower = c >= 'a' && c <= 'f', upper = c >= 'A' && c <= 'F';
			if (!digit && !lower && !upper)
				return false;
			rgb[i] = rgb[i] * 16 + (unsigned)(digit ? c - '0' : lower ? c - 'a' + 10 : c - 'A' + 10);
		}
	}
	return true;
}

/* Mixes towards white (or black) until the colour can carry text on `ground`. */
static void readable(unsigned rgb[3], const unsigned ground[3], unsigned towards)
{
	for (int step = 0; step < 40 && contrast(rgb, ground) < 5.0; step++) {
		for (size_t i = 0; i < 3; i++)
			rgb[i] = (rgb[i] * 15 + towards) / 16;
	}
}

bool site_css(const struct web_request *req, struct web_response *res, struct error *err)
{
	static const unsigned white[] = { 255, 255, 255 }, night[] = { 32, 34, 38 };
	struct page p;
	unsigned light[3], dark[3];
	if (!page_begin(&p, req, res, STR(""), err))
		return false;
	if (!parse_colour(p.settings.accent, light))
		parse_colour(STR("#0b5a6f"), light);
	for (size_t i = 0; i < 3; i++)
		dark[i] = light[i];
	readable(light, white, 0);
	readable(dark, night, 255);
	buf_printf(&res->body, ":root{--accent:#%02x%02x%02x;--accent-dark:#%02x%02x%02x}\n", light[0], light[1], light[2],
		dark[0], dark[1], dark[2]);
	res->type = STR("text/css; charset=utf-8");
	page_key(&p, CHANGE_SETTINGS, 0);
	return true;
}

bool asset_file(const struct web_request *req, struct web_response *res, struct error *err)
{
	struct site *site = req->user;
	const struct theme_asset *asset = theme_asset(atomic_load(&site->theme), req->captures[1]);
	if (!asset || !str_eq(asset->hash, req->captures[0]))
		return page_missing(req, res, err);
	buf_add(&res->body, asset->data);
	res->type = asset->type;
	res->immutable = true;
	web_key_add(res, web_key_of(CHANGE_SETTINGS, 0));
	return true;
}

static struct str media_path(struct arena *arena, const struct media *media)
{
	struct buf out = { 0 };
	buf_adds(&out, "/media/");
	buf_add(&out, media->hash);
	buf_addc(&out, '/');
	buf_add_uri(&out, media->name, STR(""));
	return buf_take(&out, arena);
}

bool media_narrow(const struct web_request *req, struct web_response *res, struct error *err)
{
	static const char *const types[] = { "image/webp", "image/avif" };
	struct site *site = req->user;
	struct str data = STR(""), type = STR("");
	int64_t width;
	for (size_t i = 0; i < 2; i++) {
		if (str_ends(req->captures[2], arena_printf(req->arena, ".%s", image_extension(str_from(types[i])))))
			type = str_from(types[i]);
	}
	bool known = type.n && str_to_int(req->captures[1], &width) && width > 0 && width <= IMAGE_SIDE;
	if (!known || !media_size_find(site->store, req->captures[0], (int)width, type, &data, req->arena, err))
		return !known || err->code == ERR_NOT_FOUND ? page_missing(req, res, err) : false;
	buf_add(&res->body, data);
	res->type = type;
	res->immutable = true;
	res->untrusted = true;
	return true;
}

bool media_file(const struct web_request *req, struct web_response *res, struct error *err)
{
	struct site *site = req->user;
	struct media media;
	if (!media_find(site->store, req->captures[0], true, &media, req->arena, err))
		return err->code == ERR_NOT_FOUND ? page_missing(req, res, err) : false;
	if (!str_eq(media.hash, req->captures[0])) {
		/* Another took its place; for a while only, as that one may be replaced too. */
		web_redirect(res, 302, media_path(req->arena, &media));
		return true;
	}
	/* The hash says what it is; the name is for the person who saves it, so one name alone is right. */
	if (!str_eq(media.name, req->captures[1]))
		return page_missing(req, res, err);
	buf_add(&res->body, media.data);
	res->type = media.type;
	res->immutable = true;
	res->untrusted = true;
	return true;
}

bool healthz(const struct web_request *req, struct web_response *res, struct error *err)
{
	struct site *site = req->user;
	int64_t seq;
	if (!change_last(site->store, &seq, err))
		return false;
	buf_adds(&res->body, "ok\n");
	res->type = STR("text/plain; charset=utf-8");
	res->no_store = true;
	return true;
}

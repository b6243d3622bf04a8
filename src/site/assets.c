#include "site/page.h"

/* The site's colours and, for readers, its own CSS. The desk has the colours alone: no style sheet of a site can take its
 * buttons away. */

static void add_colours(struct page *p, struct buf *out)
{
	unsigned l[3], d[3];
	site_accents(&p->settings, l, d);
	buf_printf(out, ":root{--accent:#%02x%02x%02x;--accent-dark:#%02x%02x%02x}\n", l[0], l[1], l[2], d[0], d[1], d[2]);
}

/* Of what the colours are made from: making them takes as long as the rest of a small page. */
struct str site_css_hash(struct page *p)
{
	char hash[HASH_HEX_MAX];
	struct buf text = { 0 };
	buf_adds(&text, "1 " KAIRAN_VERSION " ");
	buf_add(&text, p->settings.accent);
	buf_addc(&text, ' ');
	buf_add(&text, p->settings.accent_dark);
	buf_addc(&text, ' ');
	buf_add(&text, p->settings.css_hash);
	hash_hex(buf_str(&text), 16, hash);
	buf_free(&text);
	return arena_dup(p->arena, str_of(hash, 16));
}

bool site_colours(const struct web_request *req, struct web_response *res, struct error *err)
{
	struct page p;
	if (!page_begin(&p, req, res, STR(""), err))
		return false;
	add_colours(&p, &res->body);
	res->type = STR("text/css; charset=utf-8");
	page_key(&p, CHANGE_SETTINGS, 0);
	return true;
}

/* An old address gives what is there now: a page that was kept somewhere still looks right. */
static bool site_css(const struct web_request *req, struct web_response *res, struct error *err)
{
	struct page p;
	size_t line;
	if (!page_begin(&p, req, res, STR(""), err))
		return false;
	struct str css = setting_value(p.site->store, STR("css"), p.arena);
	add_colours(&p, &res->body);
	/* Checked when it was saved, and again here: an older program may have known less. */
	if (doc_css_check(css, &line) == DOC_CSS_FINE)
		buf_add(&res->body, css);
	res->type = STR("text/css; charset=utf-8");
	res->immutable = str_eq(req->captures[0], site_css_hash(&p));
	if (res->immutable)
		page_key(&p, CHANGE_SETTINGS, 0);
	return true;
}

bool asset_file(const struct web_request *req, struct web_response *res, struct error *err)
{
	struct site *site = req->user;
	if (str_eq(req->captures[1], STR("site.css")))
		return site_css(req, res, err);
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

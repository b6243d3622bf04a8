#include "api/inner.h"
#include "image/image.h"

/* Images. */

static json_t *media_json(struct api_call *c, const struct media *m)
{
	json_t *o = api_object(c);
	struct buf url = { 0 };
	buf_printf(&url, "/media/%.*s/", (int)m->hash.n, m->hash.p);
	buf_add_uri(&url, m->name, STR(""));
	api_str(c, o, "hash", m->hash);
	api_str(c, o, "name", m->name);
	api_str(c, o, "type", m->type);
	api_int(c, o, "width", m->width);
	api_int(c, o, "height", m->height);
	api_str(c, o, "url", buf_take(&url, c->arena));
	return o;
}

/* Decoded and written anew first, as at the desk: what is served holds no place, camera or name. */
static bool upload(struct api_call *c)
{
	struct media m = { 0 };
	struct image_set made;
	struct media_words words = { c->settings.default_lang, STR(""), STR("") };
	struct media_about about = { .words = &words, .n_words = 1 };
	struct str name = STR("image");
	api_get_str(c->query, "name", &name);
	api_get_str(c->query, "alt", &words.alt);
	api_get_str(c->query, "lang", &words.lang);
	if (!image_make(c->req->body, IMAGE_WHOLE, &made, c->arena, c->err))
		return c->err->code == ERR_INVALID ? api_refuse(c, 415, "%s", c->err->message) : false;
	struct store_tx *tx = api_begin(c);
	bool ok = tx && media_add(tx, name, c->req->body, &made, &m, c->arena, c->err);
	about.media = m;
	/* One that was there already keeps what is known of it. */
	if (ok && m.is_new)
		ok = (words.alt.n == 0 || media_describe(tx, &about, c->err)) &&
		     api_audit(c, tx, STR("media.add"),
		         arena_printf(c->arena, "%.*s %.*s", (int)m.hash.n, m.hash.p, (int)m.name.n, m.name.p));
	if (!api_commit(c, tx, ok))
		return false;
	c->answer = media_json(c, &m);
	c->res->location = arena_printf(c->arena, DESK "/media/%.*s", (int)m.hash.n, m.hash.p);
	return true;
}

static bool get(struct api_call *c)
{
	struct media m = { 0 };
	if (!media_find(c->store, c->req->captures[0], false, &m, c->arena, c->err))
		return false;
	c->answer = media_json(c, &m);
	return true;
}

static const struct api_field UPLOAD_FIELDS[] = {
	{ "name", API_LINE, .max = 255, .about = "The file's name; it stands at the end of the address." },
	{ "alt", API_LINE, .max = MEDIA_TEXT_MAX, .about = "What it shows, for those who do not see it." },
	{ "lang", API_LINE, .max = 35, .about = "Of that text; else the site's first." },
};
API_SCHEMA(UPLOAD, "MediaQuery", UPLOAD_FIELDS);
static const struct api_field MEDIA_FIELDS[] = {
	{ "hash", API_TEXT, .flags = API_REQUIRED },
	{ "name", API_TEXT, .flags = API_REQUIRED },
	{ "type", API_TEXT, API_REQUIRED, .about = "By the content." },
	{ "width", API_INTEGER, API_REQUIRED, .about = "Pixels; 0: not known." },
	{ "height", API_INTEGER, .flags = API_REQUIRED },
	{ "url", API_TEXT, API_REQUIRED, .about = "As it is written into an article." },
};
API_SCHEMA(MEDIA, "Media", MEDIA_FIELDS);

static const struct api_action ACTIONS[] = {
	{ WEB_POST, DESK "/media", "uploadMedia", "Keeps an image; the body is the file",
	    "PNG, JPEG, GIF, WebP or AVIF, told by its content; it is written anew without place, camera and names. The same image "
	    "is kept once.",
	    SCOPE_MEDIA, DESK_CREATE, API_RAW, 201, &UPLOAD, &API_NOTHING, &MEDIA, MEDIA_MAX, upload },
	{ WEB_GET, DESK "/media/:hash", "getMedia", "What an image is", NULL, SCOPE_MEDIA, DESK_SEE, 0, 200, NULL, NULL,
	    &MEDIA, 0, get },
};
const struct api_group MEDIA_GROUP = { "Media", API_ACTIONS(ACTIONS) };

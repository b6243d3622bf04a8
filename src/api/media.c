#include "api/inner.h"

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

static bool upload(struct api_call *c)
{
	struct media m = { 0 };
	struct str name = STR("image");
	api_get_str(c->query, "name", &name);
	struct store_tx *tx = api_begin(c);
	bool ok = tx && media_save(tx, name, c->req->body, &m, c->arena, c->err) &&
	          (!m.is_new || api_audit(c, tx, STR("media.add"), m.name));
	if (!ok && c->err->code == ERR_INVALID)
		api_refuse(c, 415, "%s", c->err->message);
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
	    "PNG, JPEG, GIF, WebP or AVIF, told by its content. The same image is kept once.", SCOPE_MEDIA, DESK_CREATE, API_RAW, 201,
	    &UPLOAD, &API_NOTHING, &MEDIA, MEDIA_MAX, upload },
	{ WEB_GET, DESK "/media/:hash", "getMedia", "What an image is", NULL, SCOPE_MEDIA, DESK_SEE, 0, 200, NULL, NULL, &MEDIA, 0,
	    get },
};
const struct api_group MEDIA_GROUP = { "Media", API_ACTIONS(ACTIONS) };

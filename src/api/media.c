#include "api/inner.h"
#include "image/image.h"

/* Images. */

static json_t *words_json(struct api_call *c, const struct media_about *m)
{
	json_t *list = api_list(c);
	for (size_t i = 0; i < m->n_words; i++) {
		json_t *o = api_object(c);
		api_str(c, o, "lang", m->words[i].lang);
		api_str(c, o, "alt", m->words[i].alt);
		api_str(c, o, "caption", m->words[i].caption);
		api_push(c, list, o);
	}
	return list;
}

static const char *const STATES[] = { "raw", "clean", "ready", "broken", NULL };

static json_t *media_json(struct api_call *c, const struct media_about *about)
{
	const struct media *m = &about->media;
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
	api_str(c, o, "state", str_from(STATES[about->state]));
	api_bool(c, o, "decorative", about->decorative);
	api_str(c, o, "credit", about->credit);
	api_str(c, o, "licence", about->licence);
	api_put(c, o, "words", words_json(c, about));
	api_int(c, o, "articles", about->articles);
	return o;
}

static bool answer(struct api_call *c, struct str hash)
{
	struct media_about m = { 0 };
	if (!media_about(c->store, hash, &m, c->arena, c->err))
		return false;
	c->answer = media_json(c, &m);
	return true;
}

static bool list(struct api_call *c)
{
	struct media_about *all;
	size_t n, total;
	int64_t at = 0;
	struct str cursor = api_cursor(c);
	struct media_filter f = { .words = STR(""), .lang = c->settings.default_lang, .limit = api_limit(c) };
	if (cursor.n && (!str_to_int(cursor, &at) || at < 0))
		return api_refuse(c, 400, "the cursor is not one that a page gave");
	f.offset = (size_t)at;
	api_get_str(c->query, "text", &f.words);
	api_get_bool(c->query, "unused", &f.unused);
	api_get_str(c->query, "wordless", &f.lang);
	f.wordless = json_object_get(c->query, "wordless") != NULL;
	if (!media_list(c->store, &f, &all, &n, &total, c->arena, c->err))
		return false;
	json_t *out = api_list(c);
	for (size_t i = 0; i < n; i++)
		api_push(c, out, media_json(c, &all[i]));
	bool more = n > 0 && f.offset + n < total;
	return api_page(c, out, more ? arena_printf(c->arena, "%zu", f.offset + n) : STR(""));
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
	c->res->location = arena_printf(c->arena, DESK "/media/%.*s", (int)m.hash.n, m.hash.p);
	return answer(c, m.hash);
}

static bool get(struct api_call *c)
{
	return answer(c, c->req->captures[0]);
}

static struct str object_of(struct api_call *c, const struct media *m)
{
	return arena_printf(c->arena, "%.*s %.*s", (int)m->hash.n, m->hash.p, (int)m->name.n, m->name.p);
}

/* Its words show on the pages of all articles that have it. */
static bool find(struct api_call *c, struct media_about *m)
{
	bool open = false;
	if (!media_about(c->store, c->req->captures[0], m, c->arena, c->err) ||
	    !media_is_public(c->store, m->media.hash, &open, c->err))
		return false;
	return desk_may_shared(c->who.role, open) ||
	       api_refuse(c, 403, "the role does not allow to change an image that published articles show");
}

/* What is not named stays; a language that is named is taken whole. */
static bool read_words(struct api_call *c, struct media_about *m)
{
	json_t *list = json_object_get(c->body, "words");
	size_t n = json_array_size(list);
	struct media_words *words = arena_array(c->arena, m->n_words + n + 1, sizeof *words);
	if (!words)
		return error_memory(c->err);
	for (size_t i = 0; i < m->n_words; i++)
		words[i] = m->words[i];
	for (size_t i = 0; i < n; i++) {
		struct media_words w = { STR(""), STR(""), STR("") };
		size_t at = 0;
		api_get_str(json_array_get(list, i), "lang", &w.lang);
		api_get_str(json_array_get(list, i), "alt", &w.alt);
		api_get_str(json_array_get(list, i), "caption", &w.caption);
		bool known = false;
		for (size_t l = 0; l < c->settings.n_langs; l++)
			known |= str_eq(w.lang, c->settings.langs[l]);
		if (!known)
			return api_refuse_field(
			    c, arena_printf(c->arena, "/words/%zu/lang", i).p, "must be one of the site's languages");
		while (at < m->n_words && !str_eq(words[at].lang, w.lang))
			at++;
		words[at] = w;
		m->n_words += at == m->n_words;
	}
	m->words = words;
	return true;
}

static bool describe(struct api_call *c)
{
	struct media_about m = { 0 };
	if (!find(c, &m) || !read_words(c, &m))
		return false;
	api_get_str(c->body, "credit", &m.credit);
	api_get_str(c->body, "licence", &m.licence);
	api_get_bool(c->body, "decorative", &m.decorative);
	struct store_tx *tx = api_begin(c);
	return api_commit(c, tx,
	           tx && media_describe(tx, &m, c->err) &&
	               api_audit(c, tx, STR("media.describe"), object_of(c, &m.media))) &&
	       answer(c, m.media.hash);
}

static bool replace(struct api_call *c)
{
	struct media_about m = { 0 };
	struct media with;
	struct error why = { 0 };
	struct str hash = STR("");
	if (!find(c, &m))
		return false;
	api_get_str(c->body, "with", &hash);
	if (!media_find(c->store, hash, false, &with, c->arena, &why) || str_eq(with.hash, m.media.hash)) {
		if (why.code && why.code != ERR_NOT_FOUND)
			*c->err = why;
		return why.code && why.code != ERR_NOT_FOUND
		           ? false
		           : api_refuse_field(c, "/with", "must be the hash of another image");
	}
	struct store_tx *tx = api_begin(c);
	return api_commit(c, tx,
	           tx && media_replace(tx, m.media.hash, with.hash, c->err) &&
	               api_audit(c, tx, STR("media.replace"), object_of(c, &m.media))) &&
	       answer(c, with.hash);
}

static bool drop(struct api_call *c)
{
	struct media_about m = { 0 };
	if (!find(c, &m))
		return false;
	struct store_tx *tx = api_begin(c);
	return api_commit(c, tx,
	    tx && media_delete(tx, m.media.hash, c->err) && api_audit(c, tx, STR("media.delete"), object_of(c, &m.media)));
}

static const struct api_field UPLOAD_FIELDS[] = {
	{ "name", API_LINE, .max = 255, .about = "The file's name; it stands at the end of the address." },
	{ "alt", API_LINE, .max = MEDIA_TEXT_MAX, .about = "What it shows, for those who do not see it." },
	{ "lang", API_LINE, .max = 35, .about = "Of that text; else the site's first." },
};
API_SCHEMA(UPLOAD, "MediaQuery", UPLOAD_FIELDS);
static const struct api_field WORDS_FIELDS[] = {
	{ "lang", API_TEXT, .flags = API_REQUIRED },
	{ "alt", API_TEXT, API_REQUIRED, .about = "What it shows, for those who do not see it." },
	{ "caption", API_TEXT, .flags = API_REQUIRED },
};
API_SCHEMA(WORDS, "MediaWords", WORDS_FIELDS);
static const struct api_field MEDIA_FIELDS[] = {
	{ "hash", API_TEXT, .flags = API_REQUIRED },
	{ "name", API_TEXT, .flags = API_REQUIRED },
	{ "type", API_TEXT, API_REQUIRED, .about = "By the content." },
	{ "width", API_INTEGER, API_REQUIRED, .about = "Pixels; 0: not known." },
	{ "height", API_INTEGER, .flags = API_REQUIRED },
	{ "url", API_TEXT, API_REQUIRED, .about = "As it is written into an article." },
	{ "state", API_TEXT, API_REQUIRED, .values = STATES },
	{ "decorative", API_BOOLEAN, API_REQUIRED, .about = "It says nothing that the text around it does not say." },
	{ "credit", API_TEXT, .flags = API_REQUIRED },
	{ "licence", API_TEXT, .flags = API_REQUIRED },
	{ "words", API_LIST, API_REQUIRED, .of = &WORDS },
	{ "articles", API_INTEGER, API_REQUIRED, .about = "How many show it." },
};
API_SCHEMA(MEDIA, "Media", MEDIA_FIELDS);
static const struct api_field PAGE_FIELDS[] = { API_PAGE_ANSWER(MEDIA) };
API_SCHEMA(PAGE, "MediaPage", PAGE_FIELDS);
static const struct api_field LIST_QUERY_FIELDS[] = {
	API_PAGE_FIELDS,
	{ "text", API_LINE, .max = QUERY_MAX, .about = "Stands in name, texts or credit." },
	{ "unused", API_BOOLEAN, .about = "Only those that no article shows." },
	{ "wordless", API_LINE, .max = 35, .about = "Only those that lack an alternative text in this language." },
};
API_SCHEMA(LIST_QUERY, "MediaListQuery", LIST_QUERY_FIELDS);
static const struct api_field WORDS_IN_FIELDS[] = {
	{ "lang", API_LINE, API_REQUIRED, .max = 35 },
	{ "alt", API_LINE, .max = MEDIA_TEXT_MAX },
	{ "caption", API_LINE, .max = MEDIA_TEXT_MAX },
};
API_SCHEMA(WORDS_IN, "MediaWordsChange", WORDS_IN_FIELDS);
static const struct api_field CHANGE_FIELDS[] = {
	{ "words", API_LIST, .max = 16, .of = &WORDS_IN, .about = "One a language; what is not named stays." },
	{ "decorative", API_BOOLEAN, .about = NULL },
	{ "credit", API_LINE, .max = MEDIA_TEXT_MAX },
	{ "licence", API_LINE, .max = MEDIA_TEXT_MAX },
};
API_SCHEMA(CHANGE, "MediaChange", CHANGE_FIELDS);
static const struct api_field REPLACE_FIELDS[] = {
	{ "with", API_LINE, API_REQUIRED, .max = 64, .about = "The hash of the image that takes its place." },
};
API_SCHEMA(REPLACE, "MediaReplace", REPLACE_FIELDS);

static const struct api_action ACTIONS[] = {
	{ WEB_POST, DESK "/media", "uploadMedia", "Keeps an image; the body is the file",
	    "PNG, JPEG, GIF, WebP or AVIF, told by its content; it is written anew without place, camera and names. The same image "
	    "is kept once.",
	    SCOPE_MEDIA, DESK_CREATE, API_RAW, 201, &UPLOAD, &API_NOTHING, &MEDIA, MEDIA_MAX, upload },
	{ WEB_GET, DESK "/media", "listMedia", "Images, newest first", NULL, SCOPE_MEDIA, DESK_SEE, API_PAGED, 200,
	    &LIST_QUERY, NULL, &PAGE, 0, list },
	{ WEB_PATCH, DESK "/media/:hash", "describeMedia", "Changes what is known of an image",
	    "It shows on the pages of all articles that have it.", SCOPE_MEDIA, DESK_CREATE, 0, 200, NULL, &CHANGE, &MEDIA,
	    0, describe },
	{ WEB_POST, DESK "/media/:hash/replace", "replaceMedia", "Puts another image in its place everywhere",
	    "Its bytes are forgotten; its address leads to the other.", SCOPE_MEDIA, DESK_PUBLISH, 0, 200, NULL, &REPLACE,
	    &MEDIA, 0, replace },
	{ WEB_DELETE, DESK "/media/:hash", "deleteMedia", "Deletes an image that nothing shows", NULL, SCOPE_MEDIA,
	    DESK_PUBLISH, API_CONFLICTS, 204, NULL, NULL, NULL, 0, drop },
	{ WEB_GET, DESK "/media/:hash", "getMedia", "What an image is", NULL, SCOPE_MEDIA, DESK_SEE, 0, 200, NULL, NULL,
	    &MEDIA, 0, get },
};
const struct api_group MEDIA_GROUP = { "Media", API_ACTIONS(ACTIONS) };

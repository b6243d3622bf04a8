#include "desk/media.h"

/* One image: its words, whose it is, where it is shown; another in its place; its end. */

static bool find(struct desk_page *p, struct media_about *out)
{
	return media_about(p->store, p->req->captures[0], out, p->arena, p->err);
}

/* What an image says shows on the pages of all that have it: who may not change what is published may not change it there. */
static bool may_change(struct desk_page *p, const struct media_about *m, bool *may)
{
	bool open = false;
	if (!media_is_public(p->store, m->media.hash, &open, p->err))
		return false;
	*may = desk_may_shared(p->who.role, open);
	return true;
}

static const struct media_words *words_in(const struct media_about *m, struct str lang)
{
	static const struct media_words none;
	for (size_t i = 0; i < m->n_words; i++) {
		if (str_eq(m->words[i].lang, lang))
			return &m->words[i];
	}
	return &none;
}

static void show_words(struct desk_page *p, const struct media_about *m)
{
	struct view_value *list = view_set_list(p->root, "words");
	for (size_t i = 0; i < p->settings.n_langs; i++) {
		struct str lang = p->settings.langs[i];
		const struct media_words *w = words_in(m, lang);
		struct view_value *v = view_push_object(list);
		view_set_str(v, "words_lang", lang);
		view_set_str(v, "lang_name", view_lang_name(lang));
		view_set_str(v, "alt", w->alt);
		view_set_str(v, "caption", w->caption);
		view_set_str(v, "markdown", media_markdown(p->arena, &m->media, w->alt));
		view_set_bool(v, "lacking", !m->decorative && w->alt.n == 0);
	}
}

static bool show_users(struct desk_page *p, const struct media_about *m)
{
	struct article_item *items;
	size_t n;
	if (!media_users(p->store, m->media.hash, &items, &n, p->arena, p->err))
		return false;
	struct view_value *list = view_set_list(p->root, "articles");
	for (size_t i = 0; i < n; i++) {
		struct view_value *v = view_push_object(list);
		view_set_str(v, "url", arena_printf(p->arena, "/desk/articles/%lld", (long long)items[i].id));
		view_set_str(v, "title", items[i].title);
		view_set_str(v, "item_lang", items[i].lang);
		view_set_str(v, "status", desk_message(p, desk_status_label(items[i].status)));
	}
	view_set_bool(p->root, "used", n > 0);
	return true;
}

static bool show(struct desk_page *p, const struct media_about *m)
{
	bool may;
	const struct media *f = &m->media;
	static const char *const states[] = { N_("Narrower forms are still to be made."),
		N_("Narrower forms are still to be made."), N_("Ready."),
		N_("This image could not be read; it is shown as it was brought.") };
	if (!may_change(p, m, &may) || !show_users(p, m))
		return false;
	struct view_value *v = view_set_object(p->root, "image");
	view_set_str(v, "name", f->name);
	view_set_str(
	    v, "src", arena_printf(p->arena, "/media/%.*s/%.*s", (int)f->hash.n, f->hash.p, (int)f->name.n, f->name.p));
	view_set_str(v, "alt", media_alt(m, p->lang));
	view_set_int(v, "width", f->width);
	view_set_int(v, "height", f->height);
	view_set_str(v, "kib", view_number(p->arena, p->lang, (m->bytes + 1023) / 1024));
	view_set_str(v, "type", f->type);
	view_set_str(v, "state", desk_message(p, states[m->state]));
	view_set_str(v, "credit", m->credit);
	view_set_str(v, "licence", m->licence);
	view_set_bool(v, "decorative", m->decorative);
	view_set_str(p->root, "action", arena_printf(p->arena, "/desk/media/%.*s", (int)f->hash.n, f->hash.p));
	view_set_bool(p->root, "may_change", may);
	view_set_bool(p->root, "may_replace", desk_may(p->who.role, DESK_PUBLISH));
	show_words(p, m);
	return desk_render(p, N_("Image"), "desk/image");
}

bool image_page(struct desk_page *p)
{
	struct media_about m;
	view_set_bool(p->root, "saved", web_param_get(p->req, "saved").n > 0);
	return find(p, &m) && show(p, &m);
}

static struct str field(struct desk_page *p, const char *name, struct str lang)
{
	return str_trim(web_field_get(p->req, arena_printf(p->arena, "%s_%.*s", name, (int)lang.n, lang.p).p));
}

static bool read_words(struct desk_page *p, struct media_about *m)
{
	const struct media_about old = *m;
	struct media_words *words = arena_array(p->arena, old.n_words + p->settings.n_langs, sizeof *words);
	if (!words)
		return error_memory(p->err);
	m->words = words;
	m->n_words = 0;
	/* Words in a language that the form does not show stay. */
	for (size_t i = 0; i < old.n_words; i++) {
		bool shown = false;
		for (size_t j = 0; j < p->settings.n_langs; j++)
			shown |= str_eq(old.words[i].lang, p->settings.langs[j]);
		if (!shown)
			words[m->n_words++] = old.words[i];
	}
	for (size_t j = 0; j < p->settings.n_langs; j++) {
		struct str lang = p->settings.langs[j];
		words[m->n_words++] = (struct media_words){ lang, field(p, "alt", lang), field(p, "caption", lang) };
	}
	m->credit = str_trim(web_field_get(p->req, "credit"));
	m->licence = str_trim(web_field_get(p->req, "licence"));
	m->decorative = web_field_get(p->req, "decorative").n > 0;
	return true;
}

static struct str object_of(struct desk_page *p, const struct media *m)
{
	return arena_printf(p->arena, "%.*s %.*s", (int)m->hash.n, m->hash.p, (int)m->name.n, m->name.p);
}

static bool describe(struct desk_page *p, struct media_about *m)
{
	struct error why = { 0 };
	if (!read_words(p, m))
		return false;
	struct store_tx *tx = store_begin(p->store, p->err);
	if (!tx)
		return false;
	if (media_describe(tx, m, &why) && audit_add(tx, &p->who, STR("media.describe"), object_of(p, &m->media), &why))
		return store_commit(tx, p->err) &&
		       desk_go(p, arena_printf(p->arena, "/desk/media/%.*s?saved=1", (int)m->media.hash.n, m->media.hash.p).p);
	store_rollback(tx);
	if (why.code == ERR_TOO_LARGE) {
		desk_problem(p, 413, N_("A text is too long. Shorten it and save again."));
		return show(p, m);
	}
	*p->err = why;
	return false;
}

static bool replace(struct desk_page *p, const struct media_about *m)
{
	struct media new_one;
	const char *problem;
	const struct web_file *f = web_file_get(p->req, "file");
	if (!f || !media_take(p, f, STR(""), p->lang, &new_one, &problem)) {
		if (f && !problem)
			return false;
		desk_problem(p, 422, f ? problem : N_("Choose an image first."));
		return show(p, m);
	}
	if (str_eq(new_one.hash, m->media.hash)) {
		desk_problem(p, 422, N_("This is the same image. Choose another."));
		return show(p, m);
	}
	struct store_tx *tx = store_begin(p->store, p->err);
	bool ok = tx && media_replace(tx, m->media.hash, new_one.hash, p->err) &&
	          audit_add(tx, &p->who, STR("media.replace"), object_of(p, &m->media), p->err);
	return desk_commit(p, tx, ok) &&
	       desk_go(p, arena_printf(p->arena, "/desk/media/%.*s?saved=1", (int)new_one.hash.n, new_one.hash.p).p);
}

static bool delete (struct desk_page *p, const struct media_about *m)
{
	struct error why = { 0 };
	struct store_tx *tx = store_begin(p->store, p->err);
	if (!tx)
		return false;
	if (media_delete(tx, m->media.hash, &why) &&
	    audit_add(tx, &p->who, STR("media.delete"), object_of(p, &m->media), &why))
		return store_commit(tx, p->err) && desk_go(p, "/desk/media?saved=1");
	store_rollback(tx);
	if (why.code == ERR_CONFLICT) {
		desk_problem(p, 409, N_("This image is still shown somewhere. Take it out of there first."));
		return show(p, m);
	}
	*p->err = why;
	return false;
}

bool image_send(struct desk_page *p)
{
	struct media_about m;
	bool may;
	struct str what = web_field_get(p->req, "do");
	if (!find(p, &m) || !may_change(p, &m, &may))
		return false;
	bool all = desk_may(p->who.role, DESK_PUBLISH);
	if (!may || (!all && !str_eq(what, STR("describe"))))
		return error_set(p->err, ERR_DENIED, "the role may not change this image");
	if (str_eq(what, STR("replace")))
		return replace(p, &m);
	if (str_eq(what, STR("delete")))
		return delete (p, &m);
	return describe(p, &m);
}

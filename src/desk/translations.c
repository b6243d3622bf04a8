#include "desk/translate.h"

/* The list of translations, and how one is started. */

static void show_item(struct desk_page *p, struct view_value *list, const struct translation *t)
{
	struct view_value *v = view_push_object(list);
	view_set_str(v, "url", arena_printf(p->arena, "/desk/translate/%lld", (long long)t->id));
	view_set_str(v, "title", t->title);
	view_set_str(v, "from", lang_name(p, t->original.lang));
	view_set_str(v, "to", lang_name(p, t->lang));
	view_set_int(v, "done", t->done);
	view_set_int(v, "all", t->blocks);
	view_set_int(v, "changed", t->changed);
	view_set_bool(v, "has_changed", t->changed > 0);
	view_set_bool(v, "whole", t->done == t->blocks);
	view_set_str(v, "since", t->behind_at ? desk_time(p, t->behind_at) : STR(""));
	view_set_str(v, "updated", desk_time(p, t->updated_at));
	view_set_str(v, "by", t->started_by);
}

bool translations_page(struct desk_page *p)
{
	struct translation *all, *late;
	size_t n, n_late;
	if (!translation_list(p->store, 0, TRANSLATIONS_SHOWN, &all, &n, p->arena, p->err) ||
	    !translations_behind(p->store, TRANSLATIONS_SHOWN, &late, &n_late, p->arena, p->err))
		return false;
	struct view_value *behind = view_set_list(p->root, "late"), *list = view_set_list(p->root, "translations");
	for (size_t i = 0; i < n_late; i++)
		show_item(p, behind, &late[i]);
	for (size_t i = 0; i < n; i++)
		show_item(p, list, &all[i]);
	view_set_bool(p->root, "has_late", n_late > 0);
	view_set_bool(p->root, "has_translations", n > 0);
	view_set_bool(p->root, "deleted", web_param_get(p->req, "deleted").n > 0);
	return desk_render(p, N_("Translations"), "desk/translations");
}

/* ---- starting ---- */

static void show_langs(struct desk_page *p, const char *key, struct str chosen)
{
	struct view_value *list = view_set_list(p->root, key);
	for (size_t i = 0; i < p->settings.n_langs; i++)
		desk_choice(
		    list, p->settings.langs[i], view_lang_name(p->settings.langs[i]), str_eq(p->settings.langs[i], chosen));
}

static bool show_form(struct desk_page *p)
{
	struct str article =
	    web_param_get(p->req, "article").n ? web_param_get(p->req, "article") : web_field_get(p->req, "article");
	struct str lang = web_field_get(p->req, "lang"), format = web_field_get(p->req, "format");
	struct article a;
	struct error none = { 0 };
	int64_t id;
	view_set_str(p->root, "article", article);
	if (str_to_int(article, &id) && article_by_id(p->store, id, &a, p->arena, &none)) {
		view_set_str(p->root, "article_title", a.title);
		view_set_str(p->root, "article_lang", a.lang);
		/* Into the first language that it is not in. */
		for (size_t i = 0; i < p->settings.n_langs && lang.n == 0; i++)
			lang = str_eq(p->settings.langs[i], a.lang) ? lang : p->settings.langs[i];
	}
	show_langs(p, "langs", lang.n ? lang : p->lang);
	view_set_str(p->root, "from", web_field_get(p->req, "from"));
	view_set_str(p->root, "url", web_field_get(p->req, "url"));
	view_set_str(p->root, "text", web_field_get(p->req, "text"));
	struct view_value *formats = view_set_list(p->root, "formats");
	desk_choice(formats, STR(""), desk_message(p, N_("as it looks")), format.n == 0);
	desk_choice(formats, STR("html"), STR("HTML"), str_eq(format, STR("html")));
	desk_choice(formats, STR("markdown"), STR("Markdown"), str_eq(format, STR("markdown")));
	desk_choice(formats, STR("plain"), desk_message(p, N_("plain text")), str_eq(format, STR("plain")));
	return desk_render(p, N_("New translation"), "desk/translate_new");
}

bool translate_new_form(struct desk_page *p)
{
	return show_form(p);
}

static bool refuse(struct desk_page *p, const char *msgid)
{
	desk_problem(p, p->err->code == ERR_TOO_LARGE ? 413 : 422, msgid);
	*p->err = (struct error){ 0 };
	return show_form(p);
}

struct original_asked original_sent(const struct desk_page *p)
{
	const struct web_file *file = web_file_get(p->req, "file");
	bool sent = file && file->bytes.n;
	return (struct original_asked){ .bytes = sent ? file->bytes : web_field_get(p->req, "text"),
		.name = sent ? file->filename : STR(""),
		.url = str_trim(web_field_get(p->req, "url")),
		.format = source_format_parse(str_trim(web_field_get(p->req, "format"))) };
}

bool translate_new_send(struct desk_page *p)
{
	struct translation_asked asked = { .article = str_trim(web_field_get(p->req, "article")),
		.lang = web_field_get(p->req, "lang"),
		.from = str_trim(web_field_get(p->req, "from")),
		.original = original_sent(p) };
	struct translation_begun begun;
	const char *problem = NULL;
	struct desk_work w = desk_work(p);
	if (!translation_prepare(&w, &asked, &begun, &problem))
		return problem ? refuse(p, problem) : false;
	int64_t id = begun.known;
	if (!id) {
		struct store_tx *tx = store_begin(p->store, p->err);
		if (!desk_commit(p, tx, tx && translation_start(&w, tx, &begun)))
			return p->err->code == ERR_TOO_LARGE ? refuse(p, N_("The original is too large.")) : false;
		id = begun.t.id;
	}
	return desk_go(p, arena_printf(p->arena, "/desk/translate/%lld", (long long)id).p);
}

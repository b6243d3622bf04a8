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

/* An article as a person names it: its number, its path, its address. */
static bool find_article(struct desk_page *p, struct str named, struct article *out, const char **problem)
{
	int64_t id;
	struct str base = p->settings.base_url, path = str_trim(named);
	struct error none = { 0 };
	if (base.n && str_starts(path, base))
		path = str_skip(path, base.n);
	bool found = str_to_int(path, &id) || article_of_path(p->store, uri_decode(p->arena, path), &id, p->arena, &none);
	if (found && article_whole(p->store, id, out, p->arena, &none))
		return true;
	if (none.code && none.code != ERR_NOT_FOUND) {
		*p->err = none;
		return false;
	}
	*problem = N_("There is no such article here. Give its address on this site, or its number.");
	return error_set(p->err, ERR_INVALID, "no such article");
}

static bool known_lang(const struct desk_page *p, struct str lang)
{
	for (size_t i = 0; i < p->settings.n_langs; i++) {
		if (str_eq(lang, p->settings.langs[i]))
			return true;
	}
	return false;
}

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

/* "en", "zh-Hant"; nothing else. */
static bool is_lang(struct str s)
{
	bool fine = s.n >= 2 && s.n <= 35;
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];
		fine = fine && ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || (c == '-' && i));
	}
	return fine;
}

/* Of an article of this site the credits are known. */
static void credits_of(struct desk_page *p, const struct article *a, struct translation *t)
{
	struct civil c = civil_from_unix(a->published_at + p->settings.time_offset);
	t->source_article = a->id;
	t->author = a->author;
	t->original = (struct original){ .title = a->title,
		.author = a->author,
		.publisher = setting_text(p->store, "name", a->lang, p->arena),
		.url = site_article_path(p->arena, p->settings.default_lang, a->lang, a->slug),
		.licence = a->original.licence,
		.lang = a->lang };
	if (a->published_at)
		t->original.date = arena_printf(p->arena, "%04d-%02d-%02d", c.year, c.month, c.day);
}

static void credits_from(const struct source_text *s, struct str from, struct translation *t)
{
	t->original = s->copy.about;
	t->original.url = s->copy.url;
	t->author = s->copy.about.author;
	if (from.n)
		t->original.lang = from;
}

/* The version that the site has already: its text is laid beside the original, as drafts, and nothing of it is lost. What
 * belongs to what is told by the kinds of the blocks alone, since the words are of two languages. */
static bool adopt(struct desk_page *p, struct store_tx *tx, const struct translation *t, const struct article *own,
    const struct translation_block *blocks, size_t n)
{
	struct doc_block *theirs;
	size_t m;
	struct doc_options options = { .format = own->format, .lang = own->lang };
	if (!doc_blocks(&theirs, &m, own->body, &options, p->arena, p->err))
		return false;
	struct str *kinds = arena_array(p->arena, n + 1, sizeof *kinds),
	           *there = arena_array(p->arena, m + 1, sizeof *there);
	size_t *from = arena_array(p->arena, m + 1, sizeof *from);
	struct block_edit *edits = arena_array(p->arena, n + 1, sizeof *edits);
	struct buf *texts = arena_array(p->arena, n + 1, sizeof *texts);
	int64_t *conflicts = arena_array(p->arena, n + 1, sizeof *conflicts);
	size_t n_conflicts, last = 1;
	bool changed;
	if (!kinds || !there || !from || !edits || !texts || !conflicts)
		return error_memory(p->err);
	for (size_t i = 0; i < n; i++)
		kinds[i] = arena_printf(p->arena, "%d %d", (int)blocks[i].source.kind, blocks[i].source.level);
	for (size_t j = 0; j < m; j++)
		there[j] = arena_printf(p->arena, "%d %d", (int)theirs[j].kind, theirs[j].level);
	if (!align_texts(kinds, n, there, m, from, p->arena, p->err))
		return false;
	buf_add(&texts[0], own->title);
	for (size_t j = 0; j < m; j++) {
		size_t to = from[j] == ALIGN_NEW || from[j] < last ? last : from[j];
		if (to >= n)
			to = n - 1;
		struct str one =
		    from[j] == to ? theirs[j].markdown : doc_blocks_join(&theirs[j], &theirs[j].markdown, 1, p->arena);
		buf_adds(&texts[to], texts[to].n ? "\n\n" : "");
		buf_add(&texts[to], str_trim(one));
		last = to;
	}
	for (size_t i = 0; i < n; i++)
		edits[i] = (struct block_edit){ blocks[i].id, block_stamp(&blocks[i], p->arena), buf_take(&texts[i], p->arena),
			blocks[i].source.kind == DOC_RULE };
	return translation_save(tx, t, STR(""), edits, n, conflicts, &n_conflicts, &changed, p->arena, p->err) &&
	       translation_put(tx, t->id, own->id, article_made(own, p->arena), p->err);
}

static bool start(struct desk_page *p, struct translation *t, const struct source_text *s, const struct article *own)
{
	struct store_tx *tx = store_begin(p->store, p->err);
	struct translation_block *blocks;
	size_t n;
	t->translator = own && own->translator.n ? own->translator : p->who.name.n ? p->who.name : p->who.login;
	t->started_by = p->who.name.n ? p->who.name : p->who.login;
	if (own)
		t->preface = own->preface;
	bool ok = tx && translation_new(tx, t, &s->copy, s->blocks, s->n, p->arena, p->err);
	ok = ok &&
	     (!own || (translation_blocks_in(tx, t->id, &blocks, &n, p->arena, p->err) && adopt(p, tx, t, own, blocks, n)));
	struct str object =
	    arena_printf(p->arena, "%lld %.*s", (long long)t->id, (int)t->original.title.n, t->original.title.p);
	return desk_commit(p, tx, ok && audit_add(tx, &p->who, STR("translation.new"), object, p->err)) &&
	       desk_go(p, arena_printf(p->arena, "/desk/translate/%lld", (long long)t->id).p);
}

static bool refuse(struct desk_page *p, const char *msgid)
{
	desk_problem(p, p->err->code == ERR_TOO_LARGE ? 413 : 422, msgid);
	*p->err = (struct error){ 0 };
	return show_form(p);
}

static bool start_from_article(struct desk_page *p, struct str named, struct str lang)
{
	struct translation t = { .lang = lang };
	struct source_text s = { 0 };
	struct article a = { 0 }, own = { 0 };
	const char *problem = NULL;
	int64_t version = 0, known = 0;
	if (!find_article(p, named, &a, &problem))
		return problem ? refuse(p, problem) : false;
	if (str_eq(a.lang, lang))
		return refuse(p, N_("The original is in this language. Choose another to translate into."));
	credits_of(p, &a, &t);
	if (!translation_source(&a, &s.copy, &s.blocks, &s.n, p->arena, p->err) ||
	    !article_version(p->store, a.group_id, lang, &version, p->err))
		return false;
	if (version && !translation_of_article(p->store, version, &known, p->err))
		return false;
	/* It is in the making already. */
	if (known)
		return desk_go(p, arena_printf(p->arena, "/desk/translate/%lld", (long long)known).p);
	if (version && !article_whole(p->store, version, &own, p->arena, p->err))
		return false;
	return start(p, &t, &s, version ? &own : NULL);
}

bool translate_new_send(struct desk_page *p)
{
	struct str named = str_trim(web_field_get(p->req, "article")), lang = web_field_get(p->req, "lang");
	struct str from = str_trim(web_field_get(p->req, "from"));
	struct source_text s;
	struct translation t = { .lang = lang };
	const char *problem = NULL;
	bool given;
	if (!known_lang(p, lang))
		return error_set(p->err, ERR_USAGE, "the site has no such language");
	if (named.n)
		return start_from_article(p, named, lang);
	if (!original_sent(p, &s, &given, &problem))
		return problem ? refuse(p, problem) : false;
	if (!given)
		return refuse(p, N_("Give an article, a file, a text or an address: one of them is the original."));
	credits_from(&s, from, &t);
	if (!is_lang(t.original.lang))
		return refuse(p, N_("Say which language the original is in: it could not be told."));
	if (str_eq_ci(t.original.lang, lang))
		return refuse(p, N_("The original is in this language. Choose another to translate into."));
	bool ok = start(p, &t, &s, NULL);
	return ok || p->err->code != ERR_TOO_LARGE ? ok : refuse(p, N_("The original is too large."));
}

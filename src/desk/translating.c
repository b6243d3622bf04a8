#include "desk/translate.h"

/* A translation is started, put into its article, and what became of that elsewhere is taken in: for pages and programs. */

/* An article as a person names it: its number, its path, its address. */
static bool find_article(const struct desk_work *w, struct str named, struct article *out, const char **problem)
{
	int64_t id;
	struct str base = w->settings->base_url, path = str_trim(named);
	struct error none = { 0 };
	if (base.n && str_starts(path, base))
		path = str_skip(path, base.n);
	bool found = str_to_int(path, &id) || article_of_path(w->store, uri_decode(w->arena, path), &id, w->arena, &none);
	if (found && article_whole(w->store, id, out, w->arena, &none))
		return true;
	if (none.code && none.code != ERR_NOT_FOUND) {
		*w->err = none;
		return false;
	}
	*problem = N_("There is no such article here. Give its address on this site, or its number.");
	return error_set(w->err, ERR_INVALID, "no such article");
}

static bool known_lang(const struct settings *s, struct str lang)
{
	for (size_t i = 0; i < s->n_langs; i++) {
		if (str_eq(lang, s->langs[i]))
			return true;
	}
	return false;
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
static void credits_of(const struct desk_work *w, const struct article *a, struct translation *t)
{
	struct civil c = civil_from_unix(a->published_at + w->settings->time_offset);
	t->source_article = a->id;
	t->author = a->author;
	t->original = (struct original){ .title = a->title,
		.author = a->author,
		.publisher = setting_text(w->store, "name", a->lang, w->arena),
		.url = site_article_path(w->arena, w->settings->default_lang, a->lang, a->slug),
		.licence = a->original.licence,
		.lang = a->lang };
	if (a->published_at)
		t->original.date = arena_printf(w->arena, "%04d-%02d-%02d", c.year, c.month, c.day);
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
static bool adopt(const struct desk_work *w, struct store_tx *tx, const struct translation *t,
    const struct article *own, const struct translation_block *blocks, size_t n)
{
	struct doc_block *theirs;
	size_t m;
	struct doc_options options = { .format = own->format, .lang = own->lang };
	if (!doc_blocks(&theirs, &m, own->body, &options, w->arena, w->err))
		return false;
	struct str *kinds = arena_array(w->arena, n + 1, sizeof *kinds),
	           *there = arena_array(w->arena, m + 1, sizeof *there);
	size_t *from = arena_array(w->arena, m + 1, sizeof *from);
	struct block_edit *edits = arena_array(w->arena, n + 1, sizeof *edits);
	struct buf *texts = arena_array(w->arena, n + 1, sizeof *texts);
	int64_t *conflicts = arena_array(w->arena, n + 1, sizeof *conflicts);
	size_t n_conflicts, last = 1;
	bool changed;
	if (!kinds || !there || !from || !edits || !texts || !conflicts)
		return error_memory(w->err);
	for (size_t i = 0; i < n; i++)
		kinds[i] = arena_printf(w->arena, "%d %d", (int)blocks[i].source.kind, blocks[i].source.level);
	for (size_t j = 0; j < m; j++)
		there[j] = arena_printf(w->arena, "%d %d", (int)theirs[j].kind, theirs[j].level);
	if (!align_texts(kinds, n, there, m, from, w->arena, w->err))
		return false;
	buf_add(&texts[0], own->title);
	for (size_t j = 0; j < m; j++) {
		size_t to = from[j] == ALIGN_NEW || from[j] < last ? last : from[j];
		if (to >= n)
			to = n - 1;
		struct str one =
		    from[j] == to ? theirs[j].markdown : doc_blocks_join(&theirs[j], &theirs[j].markdown, 1, w->arena);
		buf_adds(&texts[to], texts[to].n ? "\n\n" : "");
		buf_add(&texts[to], str_trim(one));
		last = to;
	}
	for (size_t i = 0; i < n; i++)
		edits[i] = (struct block_edit){ blocks[i].id, block_stamp(&blocks[i], w->arena), buf_take(&texts[i], w->arena),
			blocks[i].source.kind == DOC_RULE };
	return translation_save(tx, t, STR(""), edits, n, conflicts, &n_conflicts, &changed, w->arena, w->err) &&
	       translation_put(tx, t->id, own->id, article_made(own, w->arena), w->err);
}

static bool refuse(const struct desk_work *w, const char **problem, const char *msgid)
{
	*problem = msgid;
	return error_set(w->err, ERR_INVALID, "%s", msgid);
}

static bool prepare_article(const struct desk_work *w, const struct translation_asked *asked,
    struct translation_begun *out, const char **problem)
{
	struct article a = { 0 };
	struct source_text *s = &out->s;
	int64_t version = 0;
	if (!find_article(w, asked->article, &a, problem))
		return false;
	if (str_eq(a.lang, asked->lang))
		return refuse(w, problem, N_("The original is in this language. Choose another to translate into."));
	credits_of(w, &a, &out->t);
	if (!translation_source(&a, &s->copy, &s->blocks, &s->n, w->arena, w->err) ||
	    !article_version(w->store, a.group_id, asked->lang, &version, w->err))
		return false;
	if (version && !translation_of_article(w->store, version, &out->known, w->err))
		return false;
	return !version || out->known || article_whole(w->store, version, &out->own, w->arena, w->err);
}

bool translation_prepare(const struct desk_work *w, const struct translation_asked *asked,
    struct translation_begun *out, const char **problem)
{
	bool given;
	*out = (struct translation_begun){ .t.lang = asked->lang };
	*problem = NULL;
	if (!known_lang(w->settings, asked->lang))
		return error_set(w->err, ERR_USAGE, "the site has no such language");
	if (asked->article.n)
		return prepare_article(w, asked, out, problem);
	if (!original_take(w, &asked->original, &out->s, &given, problem))
		return false;
	if (!given)
		return refuse(w, problem, N_("Give an article, a file, a text or an address: one of them is the original."));
	credits_from(&out->s, asked->from, &out->t);
	if (!is_lang(out->t.original.lang))
		return refuse(w, problem, N_("Say which language the original is in: it could not be told."));
	if (str_eq_ci(out->t.original.lang, asked->lang))
		return refuse(w, problem, N_("The original is in this language. Choose another to translate into."));
	return true;
}

struct str translation_object(const struct translation *t, struct arena *arena)
{
	struct str title = t->title.n ? t->title : t->original.title;
	return arena_printf(arena, "%lld %.*s", (long long)t->id, (int)title.n, title.p ? title.p : "");
}

bool translation_start(const struct desk_work *w, struct store_tx *tx, struct translation_begun *b)
{
	struct translation_block *blocks;
	size_t n;
	const struct article *own = &b->own;
	b->t.translator = own->translator.n ? own->translator : w->name;
	b->t.started_by = w->name;
	if (own->id)
		b->t.preface = own->preface;
	if (!translation_new(tx, &b->t, &b->s.copy, b->s.blocks, b->s.n, w->arena, w->err))
		return false;
	if (own->id &&
	    (!translation_blocks_in(tx, b->t.id, &blocks, &n, w->arena, w->err) || !adopt(w, tx, &b->t, own, blocks, n)))
		return false;
	return audit_add(tx, w->who, STR("translation.new"), translation_object(&b->t, w->arena), w->err);
}

bool translation_note(const struct desk_work *w, struct store_tx *tx, const struct translation *t)
{
	struct audit *last;
	size_t n;
	struct str object = translation_object(t, w->arena);
	struct str name = w->who->name.n ? w->who->name : w->who->login;
	if (!audit_list(w->store, 0, 1, &last, &n, w->arena, w->err))
		return false;
	if (n && str_eq(last->action, STR("translation.save")) && str_eq(last->object, object) && str_eq(last->name, name))
		return true;
	return audit_add(tx, w->who, STR("translation.save"), object, w->err);
}

bool translation_fields_fine(const struct translation *t, const char **problem)
{
	const struct original *o = &t->original;
	const struct str lines[] = { t->author, t->translator, o->title, o->author, o->publisher, o->url, o->date,
		o->licence };
	*problem = NULL;
	for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
		if (lines[i].n > CREDIT_MAX)
			*problem = N_("A field is too long.");
	}
	if (o->url.n && !str_starts_ci(o->url, STR("https://")) && !str_starts_ci(o->url, STR("http://")) &&
	    !(str_starts(o->url, STR("/")) && !str_starts(o->url, STR("//"))))
		*problem = N_("The address of the original starts with https:// or http://.");
	return *problem == NULL;
}

/* ---- the article that a translation makes ---- */

struct str article_made(const struct article *a, struct arena *arena)
{
	char hash[HASH_HEX_MAX];
	struct buf all = { 0 };
	const struct str fields[] = { a->title, a->preface, a->body };
	for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
		buf_printf(&all, "%zu:", fields[i].n);
		buf_add(&all, fields[i]);
	}
	hash_hex(buf_str(&all), 16, hash);
	buf_free(&all);
	return arena_dup(arena, str_from(hash));
}

static struct str title_of(const struct translation *t, const struct translation_block *blocks, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (blocks[i].source.kind == DOC_TITLE && blocks[i].target.n)
			return blocks[i].target;
	}
	return t->original.title;
}

/* A new one stands where its original stands. */
static bool begin_article(const struct desk_work *w, const struct translation *t, struct article *a)
{
	struct article source;
	int64_t version;
	*a = (struct article){ .lang = t->lang, .status = ARTICLE_DRAFT };
	if (t->source_article == 0)
		return true;
	if (!article_whole(w->store, t->source_article, &source, w->arena, w->err) ||
	    !article_version(w->store, source.group_id, t->lang, &version, w->err))
		return false;
	a->group_id = version ? 0 : source.group_id;
	a->categories = source.categories;
	a->n_categories = source.n_categories;
	return true;
}

static bool open_article(const struct desk_work *w, const struct translation *t, struct article *a)
{
	bool own = true;
	if (t->article ? !article_whole(w->store, t->article, a, w->arena, w->err) ||
	                     !article_is_by(w->store, t->article, w->who->id, &own, w->err)
	               : !begin_article(w, t, a))
		return false;
	bool may =
	    t->article ? desk_may_edit(w->who->role, own, a->status, a->status) : desk_may(w->who->role, DESK_CREATE);
	return may || error_set(w->err, ERR_DENIED, "the role may not change this article");
}

bool translation_into(const struct desk_work *w, struct store_tx *tx, struct translation *t,
    const struct translation_block *blocks, size_t n, bool over, const char **problem)
{
	struct article a, theirs = { 0 };
	bool changed;
	*problem = NULL;
	if (!open_article(w, t, &a))
		return false;
	if (t->article && !over && !str_eq(article_made(&a, w->arena), t->made))
		return refuse(w, problem, N_("The article was changed elsewhere. Take its text in, or leave it."));
	struct str base = t->article ? article_state(&a, w->arena) : STR("");
	a.title = title_of(t, blocks, n);
	a.body = blocks_text(blocks, n, w->arena);
	a.format = DOC_MARKDOWN;
	a.preface = t->preface;
	a.author = t->author;
	a.translator = t->translator;
	a.original = t->original;
	if (a.body.n > ARTICLE_BODY_MAX || a.title.n > CREDIT_MAX)
		return refuse(w, problem, N_("A field is too long."));
	if (!article_edit(tx, &a, w->who, base, &theirs, &changed, w->arena, w->err) ||
	    !translation_put(tx, t->id, a.id, article_made(&a, w->arena), w->err))
		return false;
	t->article = a.id;
	struct str object = arena_printf(w->arena, "%lld %.*s", (long long)t->id, (int)a.title.n, a.title.p);
	return audit_add(tx, w->who, STR("translation.put"), object, w->err);
}

bool translation_take(const struct desk_work *w, struct store_tx *tx, const struct translation *now,
    const struct translation_block *blocks, size_t n, const char **problem)
{
	struct article a;
	size_t differ, n_conflicts;
	bool changed;
	struct str *texts = arena_array(w->arena, n + 1, sizeof *texts);
	struct block_edit *edits = arena_array(w->arena, n + 1, sizeof *edits);
	int64_t *conflicts = arena_array(w->arena, n + 1, sizeof *conflicts);
	struct translation t = *now;
	*problem = NULL;
	if (!texts || !edits || !conflicts)
		return error_memory(w->err);
	if (!article_whole(w->store, t.article, &a, w->arena, w->err))
		return false;
	/* One that came as HTML has no lines that could be laid beside the blocks. */
	if (a.format != DOC_MARKDOWN)
		return refuse(w, problem, N_("The article is HTML by now, and cannot be taken in. Leave it."));
	if (!take_in(blocks, n, a.body, texts, &differ, w->arena, w->err))
		return false;
	for (size_t i = 0; i < n; i++) {
		const struct translation_block *b = &blocks[i];
		edits[i] = (struct block_edit){ b->id, block_stamp(b, w->arena),
			b->source.kind == DOC_TITLE ? a.title : texts[i], b->state == BLOCK_DONE };
	}
	t.preface = a.preface;
	return translation_save(tx, &t, translation_stamp(now, w->arena), edits, n, conflicts, &n_conflicts, &changed,
	           w->arena, w->err) &&
	       translation_put(tx, t.id, a.id, article_made(&a, w->arena), w->err) &&
	       audit_add(tx, w->who, STR("translation.take"), translation_object(now, w->arena), w->err);
}

#include "desk/translate.h"

/* The workbench: original and translation side by side. */

static const char *kind_label(enum doc_block_kind kind)
{
	static const char *const labels[] = { [DOC_PARAGRAPH] = N_("Paragraph"),
		[DOC_HEADING] = N_("Heading"),
		[DOC_ITEM] = N_("List item"),
		[DOC_QUOTE] = N_("Quote"),
		[DOC_TABLE] = N_("Table"),
		[DOC_FIGURE] = N_("Image"),
		[DOC_CODE] = N_("Code"),
		[DOC_RULE] = N_("Dividing line"),
		[DOC_SOURCE] = N_("Source"),
		[DOC_TITLE] = N_("Title") };
	return labels[kind];
}

static const char *state_label(enum block_state state)
{
	static const char *const labels[] = { N_("not begun"), N_("draft"), N_("done"), N_("original changed") };
	return labels[state];
}

static void show_terms(struct view_value *object, const struct term_hit *hits, size_t n)
{
	if (n == 0)
		return;
	struct view_value *list = view_set_list(object, "terms");
	for (size_t i = 0; i < n; i++) {
		struct view_value *v = view_push_object(list);
		struct str words = hits[i].term->word, first = str_trim(str_split(&words, '|'));
		view_set_str(v, "term", hits[i].term->term);
		view_set_str(v, "word", first);
		view_set_str(v, "others", str_trim(words));
		view_set_str(v, "note", hits[i].term->note);
		view_set_bool(v, "lacks", hits[i].missing && !hits[i].forbidden.n);
		view_set_str(v, "forbidden", hits[i].forbidden);
	}
}

static void show_missing(struct desk_page *p, struct view_value *object, const struct translation_block *b)
{
	static const char *const kinds[] = { N_("Missing number"), N_("Missing link"), N_("Missing mark of a source") };
	struct missing missing[MISSING_MAX];
	size_t n = missing_in(b->source.markdown, b->target, missing);
	struct view_value *list = n ? view_set_list(object, "missing") : NULL;
	for (size_t i = 0; i < n; i++) {
		struct view_value *v = view_push_object(list);
		view_set_str(v, "what", desk_message(p, kinds[missing[i].kind]));
		view_set_str(v, "text", missing[i].text);
	}
}

static bool show_parts(struct desk_page *p, struct view_value *object, const char *key, struct str old, struct str now)
{
	static const char *const kinds[] = { "same", "old", "new", "gap" };
	struct diff_part *parts;
	size_t n;
	struct view_value *list = view_set_list(object, key);
	if (!diff_texts(old, now, true, &parts, &n, p->arena, p->err))
		return false;
	for (size_t i = 0; i < n; i++) {
		struct view_value *v = view_push_object(list);
		view_set_bool(v, kinds[parts[i].kind], true);
		view_set_str(v, "text", parts[i].text);
	}
	return true;
}

static void show_notes(
    struct desk_page *p, struct view_value *v, const struct translation_block *b, const struct term_hit *hits, size_t n)
{
	struct str state = block_state_name(b->state);
	view_set_int(v, "id", b->id);
	view_set_str(v, "state", state);
	view_set_str(v, "state_label", desk_message(p, state_label(b->state)));
	view_set_str(v, "stamp", block_stamp(b, p->arena));
	view_set_bool(v, "is_done", b->state == BLOCK_DONE);
	view_set_bool(v, "left_out", b->state == BLOCK_DONE && b->target.n == 0);
	show_terms(v, hits, n);
	show_missing(p, v, b);
}

void show_block(struct desk_page *p, struct view_value *v, const struct translation_block *b, const struct terms *terms)
{
	struct term_hit hits[TERM_HITS_MAX];
	show_notes(p, v, b, hits, terms_in(terms, b->source_key, b->target_key, hits));
}

/* ---- one row ---- */

/* As many lines as the text will fill; the browser and the person may make it larger. */
static int rows_of(const struct translation_block *b)
{
	size_t n = utf8_count(b->source.markdown), own = utf8_count(b->target) * 2;
	n = own > n ? own : n;
	int rows = (int)(n / 62) + 2;
	return rows > 14 ? 14 : rows;
}

static const struct block_edit *edit_of(const struct workbench *w, int64_t id)
{
	for (size_t i = 0; i < w->n_edits; i++) {
		if (w->edits[i].id == id)
			return &w->edits[i];
	}
	return NULL;
}

static bool is_conflict(const struct workbench *w, int64_t id)
{
	for (size_t i = 0; i < w->n_conflicts; i++) {
		if (w->conflicts[i] == id)
			return true;
	}
	return false;
}

static bool is_shown_as_itself(enum doc_block_kind kind)
{
	return kind == DOC_TABLE || kind == DOC_FIGURE || kind == DOC_CODE || kind == DOC_RULE;
}

static bool show_row(
    struct desk_page *p, struct view_value *list, const struct workbench *w, size_t i, const struct terms *terms)
{
	const struct translation_block *b = &w->blocks[i];
	/* Where others wrote too, what is sent next is sent knowingly; all else was saved, or is what the form was made from. */
	bool clash = is_conflict(w, b->id);
	const struct block_edit *mine = clash || w->n_conflicts == 0 ? edit_of(w, b->id) : NULL;
	struct view_value *v = view_push_object(list);
	struct term_hit hits[TERM_HITS_MAX];
	size_t n_hits = terms_in(terms, b->source_key, b->target_key, hits);
	struct str html;
	if (!terms_mark(b->source.html, w->t.original.lang, w->t.lang, hits, n_hits, &html, p->arena, p->err))
		return false;
	show_notes(p, v, b, hits, n_hits);
	view_set_int(v, "number", (int64_t)i + 1);
	view_set_str(v, "kind", desk_message(p, kind_label(b->source.kind)));
	view_set_bool(v, "is_title", b->source.kind == DOC_TITLE);
	view_set_bool(v, "is_heading", b->source.kind == DOC_HEADING || b->source.kind == DOC_TITLE);
	view_set_bool(v, "is_inline", !is_shown_as_itself(b->source.kind));
	view_set_html(v, "html", html);
	view_set_bool(v, "gone", b->source.markdown.n == 0);
	view_set_str(v, "markdown", b->source.markdown);
	view_set_str(v, "target", mine ? mine->target : b->target);
	view_set_int(v, "rows", rows_of(b));
	view_set_bool(v, "may_copy", b->target.n == 0 && b->source.markdown.n > 0);
	if (mine) {
		view_set_bool(v, "is_done", mine->done);
		view_set_bool(v, "is_conflict", clash);
		view_set_str(v, "theirs", b->target);
		if (!clash)
			view_set_str(v, "stamp", mine->stamp);
	}
	if (b->was.n == 0)
		return true;
	view_set_bool(v, "has_was", true);
	return show_parts(p, v, "parts", b->was, b->source.markdown);
}

/* ---- around the blocks ---- */

struct str lang_name(const struct desk_page *p, struct str lang)
{
	return catalog_get(p->catalog, view_lang_name(lang));
}

static void show_licence(struct desk_page *p, const struct translation *t)
{
	struct licence l;
	if (t->original.licence.n == 0) {
		view_set_bool(p->root, "licence_unknown", true);
		return;
	}
	if (!licence_read(t->original.licence, &l, p->arena))
		return;
	view_set_str(p->root, "licence_name", desk_message(p, l.name));
	view_set_str(p->root, "licence_code", l.code);
	view_set_str(p->root, "licence_url", l.url);
	view_set_bool(p->root, "licence_reserved", l.reserved);
	view_set_bool(p->root, "licence_no_changes", l.forbids_changes && !l.reserved);
}

static void show_fields(struct desk_page *p, const struct translation *t)
{
	const struct original *o = &t->original;
	struct view_value *v = view_set_object(p->root, "f");
	view_set_str(v, "preface", t->preface);
	view_set_str(v, "author", t->author);
	view_set_str(v, "translator", t->translator);
	view_set_str(v, "original_title", o->title);
	view_set_str(v, "original_author", o->author);
	view_set_str(v, "original_publisher", o->publisher);
	view_set_str(v, "original_url", o->url);
	view_set_str(v, "original_date", o->date);
	view_set_str(v, "original_licence", o->licence);
	view_set_str(p->root, "head", translation_stamp(t, p->arena));
	show_licence(p, t);
}

static bool show_copies(struct desk_page *p, const struct translation *t)
{
	struct original_copy *copies;
	size_t n;
	struct view_value *list = view_set_list(p->root, "copies");
	if (!translation_copies(p->store, t->id, &copies, &n, p->arena, p->err))
		return false;
	for (size_t i = 0; i < n; i++) {
		struct view_value *v = view_push_object(list);
		view_set_str(v, "copy_url",
		    arena_printf(p->arena, "/desk/translate/%lld/copies/%lld", (long long)t->id, (long long)copies[i].id));
		view_set_str(v, "at", desk_time(p, copies[i].at));
		view_set_str(v, "hash", copies[i].hash);
		view_set_str(v, "type", copies[i].type);
		view_set_str(v, "size", view_number(p->arena, p->lang, copies[i].size));
	}
	return true;
}

/* The article, and whether somebody changed its text since the blocks were put into it. */
static bool show_article(struct desk_page *p, const struct workbench *w)
{
	struct article a;
	bool own;
	const struct translation *t = &w->t;
	if (t->article == 0) {
		view_set_bool(p->root, "may_put", desk_may(p->who.role, DESK_CREATE));
		return true;
	}
	if (!article_whole(p->store, t->article, &a, p->arena, p->err) ||
	    !article_is_by(p->store, a.id, p->who.id, &own, p->err))
		return false;
	view_set_str(p->root, "article_url", arena_printf(p->arena, "/desk/articles/%lld", (long long)a.id));
	view_set_str(p->root, "article_status", desk_message(p, desk_status_label(a.status)));
	view_set_bool(p->root, "may_put", desk_may_edit(p->who.role, own, a.status, a.status));
	view_set_bool(p->root, "is_public", a.status == ARTICLE_PUBLISHED);
	if (str_eq(article_made(&a, p->arena), t->made))
		return true;
	struct view_value *v = view_set_object(p->root, "elsewhere");
	view_set_str(v, "updated", desk_time(p, a.updated_at));
	return show_parts(p, v, "parts", blocks_text(w->blocks, w->n, p->arena), a.body);
}

static void show_counts(struct desk_page *p, const struct workbench *w)
{
	size_t counts[4] = { 0 };
	int64_t next = 0;
	for (size_t i = 0; i < w->n; i++) {
		counts[w->blocks[i].state]++;
		if (!next && w->blocks[i].state != BLOCK_DONE)
			next = w->blocks[i].id;
	}
	view_set_int(p->root, "done", (int64_t)counts[BLOCK_DONE]);
	view_set_int(p->root, "all", (int64_t)w->n);
	view_set_int(p->root, "drafts", (int64_t)counts[BLOCK_DRAFT]);
	view_set_int(p->root, "open", (int64_t)counts[BLOCK_OPEN]);
	view_set_int(p->root, "changed", (int64_t)counts[BLOCK_CHANGED]);
	view_set_bool(p->root, "has_changed", counts[BLOCK_CHANGED] > 0);
	view_set_bool(p->root, "is_whole", counts[BLOCK_DONE] == w->n);
	view_set_int(p->root, "next", next);
	view_set_bool(p->root, "has_next", next > 0);
}

bool workbench_load(struct desk_page *p, struct workbench *w)
{
	int64_t id;
	*w = (struct workbench){ 0 };
	return desk_capture_id(p, 0, &id) && translation_get(p->store, id, &w->t, p->arena, p->err) &&
	       translation_blocks(p->store, id, &w->blocks, &w->n, p->arena, p->err);
}

bool workbench_show(struct desk_page *p, const struct workbench *w)
{
	struct terms *terms;
	const struct translation *t = &w->t;
	struct view_value *rows = view_set_list(p->root, "rows");
	if (!translation_terms(p->store, t, &terms, p->arena, p->err))
		return false;
	for (size_t i = 0; i < w->n; i++) {
		if (!show_row(p, rows, w, i, terms))
			return false;
	}
	view_set_int(p->root, "translation", t->id);
	view_set_str(p->root, "work_title", t->title);
	view_set_str(p->root, "from_lang", t->original.lang);
	view_set_str(p->root, "to_lang", t->lang);
	view_set_str(p->root, "from_name", lang_name(p, t->original.lang));
	view_set_str(p->root, "to_name", lang_name(p, t->lang));
	view_set_str(p->root, "behind_since", t->behind_at ? desk_time(p, t->behind_at) : STR(""));
	view_set_bool(p->root, "from_here", t->source_article > 0);
	if (t->source_article)
		view_set_str(
		    p->root, "source_url", arena_printf(p->arena, "/desk/articles/%lld", (long long)t->source_article));
	view_set_bool(p->root, "has_conflicts", w->n_conflicts > 0);
	show_counts(p, w);
	show_fields(p, t);
	if (w->head.n)
		view_set_str(p->root, "head", w->head);
	desk_script(p, "translate.js");
	return show_copies(p, t) && show_article(p, w) && desk_render(p, N_("Translate"), "desk/translate");
}

bool translate_page(struct desk_page *p)
{
	struct workbench w;
	view_set_bool(p->root, "saved", web_param_get(p->req, "saved").n > 0);
	view_set_bool(p->root, "put", web_param_get(p->req, "put").n > 0);
	return workbench_load(p, &w) && workbench_show(p, &w);
}

bool translate_copy(struct desk_page *p)
{
	int64_t id, copy;
	struct original_copy c;
	if (!desk_capture_id(p, 0, &id) || !desk_capture_id(p, 1, &copy) ||
	    !translation_copy_get(p->store, id, copy, &c, p->arena, p->err))
		return false;
	/* Whatever it is, no browser shows it here. */
	p->res->type = STR("application/octet-stream");
	p->res->untrusted = true;
	const char *ending = str_eq(c.type, STR("text/html")) ? "html" : str_eq(c.type, STR("text/plain")) ? "txt" : "md";
	web_header(p->res, STR("Content-Disposition"),
	    arena_printf(
	        p->arena, "attachment; filename=\"original-%lld-%lld.%s\"", (long long)id, (long long)copy, ending));
	buf_add(&p->res->body, c.data);
	return true;
}

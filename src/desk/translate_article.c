#include "desk/translate.h"

/* The article that a translation makes: put together, and what became of it elsewhere taken in. */

static struct str title_of(const struct workbench *w)
{
	for (size_t i = 0; i < w->n; i++) {
		if (w->blocks[i].source.kind == DOC_TITLE && w->blocks[i].target.n)
			return w->blocks[i].target;
	}
	return w->t.original.title;
}

/* A new one stands where its original stands. */
static bool begin_article(struct desk_page *p, const struct workbench *w, struct article *a)
{
	struct article source;
	int64_t version;
	*a = (struct article){ .lang = w->t.lang, .status = ARTICLE_DRAFT };
	if (w->t.source_article == 0)
		return true;
	if (!article_whole(p->store, w->t.source_article, &source, p->arena, p->err) ||
	    !article_version(p->store, source.group_id, w->t.lang, &version, p->err))
		return false;
	a->group_id = version ? 0 : source.group_id;
	a->categories = source.categories;
	a->n_categories = source.n_categories;
	return true;
}

static void fill(struct desk_page *p, const struct workbench *w, struct article *a)
{
	a->title = title_of(w);
	a->body = blocks_text(w->blocks, w->n, p->arena);
	a->format = DOC_MARKDOWN;
	a->preface = w->t.preface;
	a->author = w->t.author;
	a->translator = w->t.translator;
	a->original = w->t.original;
}

static bool save(struct desk_page *p, const struct workbench *w, struct article *a, struct str base)
{
	struct article theirs = { 0 };
	bool changed;
	struct store_tx *tx = store_begin(p->store, p->err);
	struct str object = arena_printf(p->arena, "%lld %.*s", (long long)w->t.id, (int)a->title.n, a->title.p);
	bool ok = tx && article_edit(tx, a, &p->who, base, &theirs, &changed, p->arena, p->err) &&
	          translation_put(tx, w->t.id, a->id, article_made(a, p->arena), p->err) &&
	          audit_add(tx, &p->who, STR("translation.put"), object, p->err);
	return desk_commit(p, tx, ok) &&
	       desk_go(p, arena_printf(p->arena, "/desk/translate/%lld?put=1", (long long)w->t.id).p);
}

static bool refuse(struct desk_page *p, const struct workbench *w, const char *problem)
{
	desk_problem(p, 409, problem);
	return workbench_show(p, w);
}

static bool put(struct desk_page *p, const struct workbench *w, bool over)
{
	struct article a;
	struct str base = STR("");
	bool own = true;
	if (w->t.article ? !article_whole(p->store, w->t.article, &a, p->arena, p->err) ||
	                       !article_is_by(p->store, w->t.article, p->who.id, &own, p->err)
	                 : !begin_article(p, w, &a))
		return false;
	if (w->t.article ? !desk_may_edit(p->who.role, own, a.status, a.status) : !desk_may(p->who.role, DESK_CREATE))
		return error_set(p->err, ERR_DENIED, "the role may not change this article");
	if (w->t.article && !over && !str_eq(article_made(&a, p->arena), w->t.made))
		return refuse(p, w, N_("The article was changed elsewhere. Take its text in, or leave it."));
	if (w->t.article)
		base = article_state(&a, p->arena);
	fill(p, w, &a);
	if (a.body.n > ARTICLE_BODY_MAX || a.title.n > CREDIT_MAX)
		return refuse(p, w, N_("A field is too long."));
	return save(p, w, &a, base);
}

static bool take(struct desk_page *p, const struct workbench *w)
{
	struct article a;
	size_t differ, n_conflicts;
	bool changed;
	struct str *texts = arena_array(p->arena, w->n + 1, sizeof *texts);
	struct block_edit *edits = arena_array(p->arena, w->n + 1, sizeof *edits);
	int64_t *conflicts = arena_array(p->arena, w->n + 1, sizeof *conflicts);
	struct translation t = w->t;
	if (!texts || !edits || !conflicts)
		return error_memory(p->err);
	if (!article_whole(p->store, w->t.article, &a, p->arena, p->err))
		return false;
	/* One that came as HTML has no lines that could be laid beside the blocks. */
	if (a.format != DOC_MARKDOWN)
		return refuse(p, w, N_("The article is HTML by now, and cannot be taken in. Leave it."));
	if (!take_in(w->blocks, w->n, a.body, texts, &differ, p->arena, p->err))
		return false;
	for (size_t i = 0; i < w->n; i++) {
		const struct translation_block *b = &w->blocks[i];
		edits[i] = (struct block_edit){ b->id, block_stamp(b, p->arena),
			b->source.kind == DOC_TITLE ? a.title : texts[i], b->state == BLOCK_DONE };
	}
	t.preface = a.preface;
	struct store_tx *tx = store_begin(p->store, p->err);
	struct str object = arena_printf(p->arena, "%lld %.*s", (long long)t.id, (int)t.title.n, t.title.p);
	bool ok = tx &&
	          translation_save(tx, &t, translation_stamp(&w->t, p->arena), edits, w->n, conflicts, &n_conflicts,
	              &changed, p->arena, p->err) &&
	          translation_put(tx, t.id, a.id, article_made(&a, p->arena), p->err) &&
	          audit_add(tx, &p->who, STR("translation.take"), object, p->err);
	return desk_commit(p, tx, ok) &&
	       desk_go(p, arena_printf(p->arena, "/desk/translate/%lld?saved=1", (long long)t.id).p);
}

bool translate_article_send(struct desk_page *p)
{
	struct workbench w;
	struct str what = web_field_get(p->req, "do");
	if (!workbench_load(p, &w))
		return false;
	if (str_eq(what, STR("take")) && w.t.article)
		return take(p, &w);
	if (str_eq(what, STR("put")) || str_eq(what, STR("over")))
		return put(p, &w, str_eq(what, STR("over")));
	return error_set(p->err, ERR_USAGE, "the form does not say what to do");
}

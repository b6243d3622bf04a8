#include "store/translating.h"

#include <stdlib.h>

/* An original, at the start and each time that it says something else: kept as it came, cut into blocks, laid beside the
 * blocks of before, so that what was written stays with what it translates. */

static struct doc_block title_block(struct str title, struct arena *arena)
{
	struct buf html = { 0 };
	buf_add_html(&html, title);
	return (struct doc_block){
		.kind = DOC_TITLE, .before = STR("\n\n"), .markdown = title, .html = buf_take(&html, arena), .text = title
	};
}

bool translation_source(const struct article *a, struct original_copy *copy, struct doc_block **blocks, size_t *n,
    struct arena *arena, struct error *err)
{
	struct doc_options options = { .format = a->format, .lang = a->lang };
	*copy = (struct original_copy){
		.at = clock_now(), .data = a->body, .type = a->format == DOC_HTML ? STR("text/html") : STR("text/markdown")
	};
	copy->about = (struct original){ .title = a->title, .author = a->author, .lang = a->lang };
	return doc_blocks(blocks, n, a->body, &options, arena, err);
}

/* ---- the copy ---- */

static bool keep_copy(struct store_tx *tx, int64_t id, const struct original_copy *c, struct error *err)
{
	char hash[HASH_HEX_MAX];
	const struct original *o = &c->about;
	hash_hex(c->data, 32, hash);
	return db_exec(tx->conn, err,
	           "INSERT INTO translation_copy (translation, at, url, type, name, hash, size, title, author, publisher, date,"
	           " licence, lang, data) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
	           "iissssissssssb", id, c->at, c->url, c->type, c->name, str_from(hash), (int64_t)c->data.n, o->title,
	           o->author, o->publisher, o->date, o->licence, o->lang, c->data) &&
	       db_exec(tx->conn, err,
	           "DELETE FROM translation_copy WHERE translation = $1 AND id NOT IN (SELECT id FROM translation_copy WHERE"
	           " translation = $1 ORDER BY id DESC LIMIT $2) AND id <> (SELECT MIN(id) FROM translation_copy WHERE translation = $1)",
	           "ii", id, (int64_t)TRANSLATION_COPIES - 1);
}

/* ---- the blocks ---- */

struct renewal {
	struct store_tx *tx;
	const struct translation *t;
	struct arena *arena;
	struct error *err;
	struct translation_block *old;
	size_t n_old;
	const struct doc_block *blocks; /* with the title */
	size_t n;
	size_t *from;
};

#define STEP 4096 /* of positions: what the original lost stands between what it has */

/* What holds nothing to be put into words is there already; sources mostly stay as they are, but are looked at. */
static void begin_target(const struct doc_block *b, struct str *target, enum block_state *state)
{
	bool done = b->kind == DOC_RULE || b->kind == DOC_CODE;
	*target = done || b->kind == DOC_SOURCE ? b->markdown : STR("");
	*state = done ? BLOCK_DONE : target->n ? BLOCK_DRAFT : BLOCK_OPEN;
}

static bool add_block(struct renewal *r, size_t j)
{
	const struct doc_block *b = &r->blocks[j];
	enum block_state state;
	struct str target;
	begin_target(b, &target, &state);
	struct str key = term_key(b->text, r->t->original.lang, r->arena);
	struct str own = target_key(b->kind, target, r->t->lang, r->arena, r->err);
	if (!key.p || !own.p)
		return r->err->code ? false : error_memory(r->err);
	return db_exec(r->tx->conn, r->err,
	    "INSERT INTO translation_block (translation, position, kind, level, gap, lead, rest, source, html, source_key, was,"
	    " target, target_key, state) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, '', $11, $12, $13)",
	    "iiiissssssssi", r->t->id, (int64_t)(j + 1) * STEP, (int64_t)b->kind, (int64_t)b->level, b->before, b->lead,
	    b->rest, b->markdown, b->html, key, target, own, (int64_t)state);
}

/* The state of a block whose original says something else now. */
static void change(const struct translation_block *old, struct str now, struct translation_block *out)
{
	struct str was = old->was.n ? old->was : old->source.markdown;
	*out = *old;
	if (old->state == BLOCK_OPEN)
		return;
	/* A copy of the original that nobody touched goes along. */
	if (str_eq(old->target, old->source.markdown)) {
		out->target = now;
		return;
	}
	bool back = str_eq(was, now);
	out->was = back ? STR("") : was;
	if (old->state != BLOCK_DRAFT)
		out->state = back ? BLOCK_DONE : BLOCK_CHANGED;
}

static bool move_block(struct renewal *r, size_t j)
{
	const struct doc_block *b = &r->blocks[j];
	const struct translation_block *old = &r->old[r->from[j]];
	struct translation_block next = *old;
	if (!str_eq(old->source.markdown, b->markdown))
		change(old, b->markdown, &next);
	struct str key = term_key(b->text, r->t->original.lang, r->arena);
	struct str own = target_key(b->kind, next.target, r->t->lang, r->arena, r->err);
	if (!key.p || !own.p)
		return r->err->code ? false : error_memory(r->err);
	return db_exec(r->tx->conn, r->err,
	    "UPDATE translation_block SET position = $1, kind = $2, level = $3, gap = $4, lead = $5, rest = $6, source = $7,"
	    " html = $8, source_key = $9, was = $10, target = $11, target_key = $12, state = $13 WHERE id = $14",
	    "iiisssssssssii", (int64_t)(j + 1) * STEP, (int64_t)b->kind, (int64_t)b->level, b->before, b->lead, b->rest,
	    b->markdown, b->html, key, next.was, next.target, own, (int64_t)next.state, old->id);
}

/* What the original lost: with a translation of its own it stays, for somebody to decide. */
static bool lose_block(struct renewal *r, size_t i, int64_t position)
{
	struct translation_block next;
	const struct translation_block *old = &r->old[i];
	if (old->target.n == 0 || str_eq(old->target, old->source.markdown))
		return db_exec(r->tx->conn, r->err, "DELETE FROM translation_block WHERE id = $1", "i", old->id);
	change(old, STR(""), &next);
	return db_exec(r->tx->conn, r->err,
	    "UPDATE translation_block SET position = $1, source = '', html = '', source_key = '', was = $2, state = $3 WHERE id = $4",
	    "isii", position, next.was, (int64_t)next.state, old->id);
}

static bool lose_blocks(struct renewal *r)
{
	int64_t *place = arena_array(r->arena, r->n_old + 1, sizeof *place), at = 1;
	if (!place)
		return error_memory(r->err);
	for (size_t j = 0; j < r->n; j++) {
		if (r->from[j] != ALIGN_NEW)
			place[r->from[j]] = (int64_t)(j + 1) * STEP;
	}
	for (size_t i = 0; i < r->n_old; i++) {
		at = place[i] ? place[i] : at + 1;
		if (!place[i] && !lose_block(r, i, at))
			return false;
	}
	return true;
}

static bool align(struct renewal *r)
{
	struct str *old = arena_array(r->arena, r->n_old + 1, sizeof *old),
	           *now = arena_array(r->arena, r->n + 1, sizeof *now);
	r->from = arena_array(r->arena, r->n + 1, sizeof *r->from);
	if (!old || !now || !r->from)
		return error_memory(r->err);
	for (size_t i = 0; i < r->n_old; i++)
		old[i] = r->old[i].source.markdown.n ? r->old[i].source.markdown : r->old[i].was;
	for (size_t j = 0; j < r->n; j++)
		now[j] = r->blocks[j].markdown;
	/* The title continues the title, whatever it says. */
	size_t skip = r->n_old > 0;
	r->from[0] = skip ? 0 : ALIGN_NEW;
	if (!align_texts(old + skip, r->n_old - skip, now + 1, r->n - 1, r->from + 1, r->arena, r->err))
		return false;
	for (size_t j = 1; j < r->n; j++)
		r->from[j] += r->from[j] == ALIGN_NEW ? 0 : skip;
	return true;
}

static bool write_blocks(struct renewal *r)
{
	if (!align(r))
		return false;
	for (size_t j = 0; j < r->n; j++) {
		if (r->from[j] == ALIGN_NEW ? !add_block(r, j) : !move_block(r, j))
			return false;
	}
	return lose_blocks(r);
}

static struct doc_block *with_title(struct str title, const struct doc_block *blocks, size_t n, struct arena *arena)
{
	struct doc_block *all = arena_array(arena, n + 1, sizeof *all);
	if (!all)
		return NULL;
	all[0] = title_block(title, arena);
	for (size_t i = 0; i < n; i++)
		all[i + 1] = blocks[i];
	return all;
}

/* Names what the blocks say. */
static struct str hash_of(const struct doc_block *blocks, size_t n, struct arena *arena)
{
	char hash[HASH_HEX_MAX];
	struct buf all = { 0 };
	for (size_t i = 0; i < n; i++) {
		buf_printf(&all, "%d %d %zu:", (int)blocks[i].kind, blocks[i].level, blocks[i].markdown.n);
		buf_add(&all, blocks[i].markdown);
	}
	hash_hex(buf_str(&all), 16, hash);
	buf_free(&all);
	return arena_dup(arena, str_from(hash));
}

static bool renew(struct store_tx *tx, const struct translation *t, const struct original_copy *copy,
    const struct doc_block *blocks, size_t n, struct arena *arena, struct error *err)
{
	struct renewal r = { .tx = tx, .t = t, .arena = arena, .err = err, .n = n + 1 };
	struct str title = copy->about.title.n ? copy->about.title : t->original.title;
	int64_t is_same;
	if (n + 1 > TRANSLATION_BLOCKS_MAX)
		return error_set(err, ERR_TOO_LARGE, "the original has more than %d paragraphs", TRANSLATION_BLOCKS_MAX);
	r.blocks = with_title(title.n ? title : STR("–"), blocks, n, arena);
	if (!r.blocks)
		return error_memory(err);
	struct str hash = hash_of(r.blocks, r.n, arena);
	if (!db_get_int(tx->conn, err, &is_same, "SELECT hash = $1 FROM translation WHERE id = $2", "si", hash, t->id))
		return false;
	if (is_same)
		return true;
	return keep_copy(tx, t->id, copy, err) && translation_blocks_on(tx->conn, t->id, &r.old, &r.n_old, arena, err) &&
	       write_blocks(&r) &&
	       db_exec(tx->conn, err, "UPDATE translation SET hash = $1 WHERE id = $2", "si", hash, t->id) &&
	       translation_count(tx, t->id, err) && translation_judge(tx, t->id, err);
}

bool translation_renew(struct store_tx *tx, int64_t id, const struct original_copy *copy,
    const struct doc_block *blocks, size_t n, struct arena *arena, struct error *err)
{
	struct translation t;
	return translation_on(tx->conn, id, &t, arena, err) && renew(tx, &t, copy, blocks, n, arena, err);
}

/* ---- an article of this site that is translated ---- */

bool translation_follow(struct store_tx *tx, const struct article *a, struct arena *arena, struct error *err)
{
	struct original_copy copy;
	struct doc_block *blocks;
	size_t n_blocks, n = 0, cap = 0;
	int64_t *ids = NULL;
	struct db_rows *rows = db_query(
	    tx->conn, err, "SELECT id FROM translation WHERE source_article = $1 AND source_article <> 0", "i", a->id);
	while (rows && db_next(rows)) {
		ids = grow_array(arena, ids, n, &cap, sizeof *ids);
		if (!ids)
			break;
		ids[n++] = db_int(rows, 0);
	}
	if (!rows || !db_done(rows))
		return false;
	if (n == 0)
		return true;
	if (!ids || !translation_source(a, &copy, &blocks, &n_blocks, arena, err))
		return ids ? false : error_memory(err);
	for (size_t i = 0; i < n; i++) {
		if (!translation_renew(tx, ids[i], &copy, blocks, n_blocks, arena, err))
			return error_context(err, "the translation of \"%.*s\"",
			    (int)(a->title.n > 90 ? utf8_floor(a->title, 90) : a->title.n), a->title.p);
	}
	return true;
}

bool translation_forget(struct store_tx *tx, int64_t article, struct error *err)
{
	return db_exec(tx->conn, err,
	           "UPDATE translation SET source_article = 0 WHERE source_article = $1 AND source_article <> 0", "i",
	           article) &&
	       db_exec(tx->conn, err,
	           "UPDATE translation SET article = 0, made = '', behind_at = 0 WHERE article = $1 AND article <> 0", "i",
	           article);
}

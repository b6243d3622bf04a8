#include "store/translating.h"

#include <string.h>

/* Saving what a form changed of a translation, while others may be at it too. */

#define DIGEST 8 /* hex digits: two texts are told apart, nobody is kept from making two alike */

static void digest(struct str text, char out[DIGEST + 1])
{
	char hash[HASH_HEX_MAX];
	hash_hex(text, 16, hash);
	memcpy(out, hash, DIGEST);
	out[DIGEST] = '\0';
}

struct str block_stamp(const struct translation_block *b, struct arena *arena)
{
	char target[DIGEST + 1], source[DIGEST + 1];
	digest(b->target, target);
	digest(b->source.markdown, source);
	return arena_printf(arena, "%s-%s-%d", target, source, b->state == BLOCK_DONE);
}

struct str translation_stamp(const struct translation *t, struct arena *arena)
{
	const struct original *o = &t->original;
	const struct str fields[] = { t->preface, t->author, t->translator, o->title, o->author, o->publisher, o->url,
		o->date, o->licence };
	struct buf all = { 0 };
	char out[DIGEST + 1];
	for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
		buf_printf(&all, "%zu:", fields[i].n);
		buf_add(&all, fields[i]);
	}
	digest(buf_str(&all), out);
	buf_free(&all);
	return arena_dup(arena, str_from(out));
}

struct str target_key(
    enum doc_block_kind kind, struct str markdown, struct str lang, struct arena *arena, struct error *err)
{
	struct doc doc;
	struct doc_options options = { .format = DOC_MARKDOWN, .lang = lang, .no_citations = true };
	if (kind == DOC_TITLE || markdown.n == 0)
		return term_key(markdown, lang, arena);
	if (!doc_render(&doc, markdown, &options, arena, err))
		return (struct str){ 0 };
	return term_key(doc.text, lang, arena);
}

/* What the form had before it, and what it says. */
struct judged {
	bool text, done;      /* changed here */
	bool conflict;        /* and elsewhere to something else */
	bool source_is_other; /* the original moved on since */
};

static struct judged judge(const struct block_edit *e, const struct translation_block *now)
{
	char mine[DIGEST + 1], theirs[DIGEST + 1], source[DIGEST + 1];
	struct judged j = { 0 };
	struct str seen = str_sub(e->stamp, 0, DIGEST), seen_source = str_sub(e->stamp, DIGEST + 1, 2 * DIGEST + 1);
	bool was_done = e->stamp.n > 0 && e->stamp.p[e->stamp.n - 1] == '1';
	digest(e->target, mine);
	digest(now->target, theirs);
	digest(now->source.markdown, source);
	j.text = !str_eq(str_from(mine), seen) && !str_eq(e->target, now->target);
	j.done = e->done != was_done;
	j.conflict = j.text && !str_eq(str_from(theirs), seen);
	j.source_is_other = !str_eq(str_from(source), seen_source);
	return j;
}

static enum block_state next_state(
    const struct block_edit *e, const struct translation_block *now, const struct judged *j)
{
	struct str target = j->text ? e->target : now->target;
	/* Done is said of what the original said then. */
	if (e->done && j->done && !j->source_is_other)
		return BLOCK_DONE;
	if (now->state == BLOCK_DONE && !(j->done && !e->done))
		return BLOCK_DONE;
	if (now->state == BLOCK_CHANGED)
		return BLOCK_CHANGED;
	return target.n ? BLOCK_DRAFT : BLOCK_OPEN;
}

static bool write_block(struct store_tx *tx, const struct translation *t, const struct translation_block *b,
    enum block_state state, struct arena *arena, struct error *err)
{
	bool settled = state == BLOCK_DONE;
	/* Done, without text and without an original: it is gone. */
	if (settled && b->target.n == 0 && b->source.markdown.n == 0)
		return db_exec(tx->conn, err, "DELETE FROM translation_block WHERE id = $1", "i", b->id);
	struct str key = target_key(b->source.kind, b->target, t->lang, arena, err);
	if (!key.p)
		return err->code ? false : error_memory(err);
	return db_exec(tx->conn, err,
	    "UPDATE translation_block SET target = $1, target_key = $2, state = $3, was = $4 WHERE id = $5", "ssisi",
	    b->target, key, (int64_t)state, settled ? STR("") : b->was, b->id);
}

/* Blocks by id, as forms name them. */
static struct translation_block *find_block(struct translation_block *blocks, size_t n, int64_t id, size_t hint)
{
	for (size_t i = 0; i < n; i++) {
		size_t at = (hint + i) % n;
		if (blocks[at].id == id)
			return &blocks[at];
	}
	return NULL;
}

static bool save_blocks(struct store_tx *tx, const struct translation *t, const struct block_edit *edits, size_t n,
    int64_t *conflicts, size_t *n_conflicts, bool *changed, struct arena *arena, struct error *err)
{
	struct translation_block *blocks;
	size_t n_blocks;
	if (!translation_blocks_on(tx->conn, t->id, &blocks, &n_blocks, arena, err))
		return false;
	for (size_t i = 0; i < n; i++) {
		/* One that is gone has nothing to be written to; what was written stays in the form. */
		struct translation_block *b = find_block(blocks, n_blocks, edits[i].id, i);
		if (!b) {
			conflicts[(*n_conflicts)++] = edits[i].id;
			continue;
		}
		if (edits[i].target.n > ARTICLE_BODY_MAX)
			return error_set(err, ERR_TOO_LARGE, "a block is too long");
		struct judged j = judge(&edits[i], b);
		if (j.conflict) {
			conflicts[(*n_conflicts)++] = b->id;
			continue;
		}
		enum block_state state = next_state(&edits[i], b, &j);
		if (!j.text && state == b->state)
			continue;
		if (j.text)
			b->target = edits[i].target;
		if (!write_block(tx, t, b, state, arena, err))
			return false;
		*changed = true;
	}
	return true;
}

static bool save_fields(struct store_tx *tx, const struct translation *t, struct str stamp, bool *changed,
    struct arena *arena, struct error *err)
{
	const struct original *o = &t->original;
	struct translation now;
	if (!translation_on(tx->conn, t->id, &now, arena, err))
		return false;
	struct str theirs = translation_stamp(&now, arena), mine = translation_stamp(t, arena);
	if (str_eq(mine, stamp) || str_eq(mine, theirs))
		return true;
	if (!str_eq(theirs, stamp))
		return error_set(err, ERR_CONFLICT, "somebody else changed the preface or the credits meanwhile");
	*changed = true;
	return db_exec(tx->conn, err,
	    "UPDATE translation SET preface = $1, author = $2, translator = $3, original_title = $4, original_author = $5,"
	    " original_publisher = $6, original_url = $7, original_date = $8, original_licence = $9 WHERE id = $10",
	    "sssssssssi", t->preface, t->author, t->translator, o->title, o->author, o->publisher, o->url, o->date,
	    o->licence, t->id);
}

bool translation_save(struct store_tx *tx, const struct translation *t, struct str stamp,
    const struct block_edit *edits, size_t n, int64_t *conflicts, size_t *n_conflicts, bool *changed,
    struct arena *arena, struct error *err)
{
	*n_conflicts = 0;
	*changed = false;
	if (stamp.n && !save_fields(tx, t, stamp, changed, arena, err))
		return false;
	return save_blocks(tx, t, edits, n, conflicts, n_conflicts, changed, arena, err) &&
	       (!*changed || translation_count(tx, t->id, err));
}

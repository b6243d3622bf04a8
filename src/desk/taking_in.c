#include "desk/translate.h"

/* A text that the blocks made, and that was changed by hand since: which block says what now? Both are cut into pieces, a
 * paragraph or a list's line each, and laid beside each other. What was written anew belongs to the block before it. */

struct str blocks_text(const struct translation_block *blocks, size_t n, struct arena *arena)
{
	struct doc_block *sources = arena_array(arena, n + 1, sizeof *sources);
	struct str *texts = arena_array(arena, n + 1, sizeof *texts);
	if (!sources || !texts)
		return (struct str){ 0 };
	for (size_t i = 0; i < n; i++) {
		sources[i] = blocks[i].source;
		texts[i] = blocks[i].source.kind == DOC_TITLE ? STR("") : blocks[i].target;
	}
	struct str text = doc_blocks_join(sources, texts, n, arena);
	return text.p || text.n ? text : arena_dup(arena, STR(""));
}

struct piece {
	struct str text;
	size_t owner; /* a block */
};

struct pieces {
	struct piece *v;
	size_t n, cap, owner; /* of the next ones */
};

static struct str line_at(struct str s, size_t from, size_t *end)
{
	size_t i = from;
	while (i < s.n && s.p[i] != '\n')
		i++;
	*end = i < s.n ? i + 1 : i;
	return str_sub(s, from, i);
}

/* The text of a line behind what quotes put before it. */
static struct str inner(struct str line)
{
	while (line.n && (line.p[0] == ' ' || line.p[0] == '>' || line.p[0] == '\t'))
		line = str_skip(line, 1);
	return line;
}

static bool starts_item(struct str text)
{
	size_t digits = 0;
	if (str_starts(text, STR("- ")) || str_starts(text, STR("* ")) || str_starts(text, STR("+ ")) ||
	    str_starts(text, STR("[^")))
		return true;
	while (digits < text.n && digits < 9 && text.p[digits] >= '0' && text.p[digits] <= '9')
		digits++;
	return digits && digits + 1 < text.n && (text.p[digits] == '.' || text.p[digits] == ')') &&
	       text.p[digits + 1] == ' ';
}

static bool put(struct pieces *out, struct str piece, struct arena *arena)
{
	while (piece.n && (piece.p[piece.n - 1] == '\n' || piece.p[piece.n - 1] == ' '))
		piece.n--;
	while (piece.n && piece.p[0] == '\n')
		piece = str_skip(piece, 1);
	if (inner(piece).n == 0)
		return true;
	if (out->n == out->cap) {
		size_t cap = out->cap ? out->cap * 2 : 64;
		struct piece *more = arena_array(arena, cap, sizeof *more);
		if (!more)
			return false;
		for (size_t i = 0; i < out->n; i++)
			more[i] = out->v[i];
		out->v = more;
		out->cap = cap;
	}
	out->v[out->n++] = (struct piece){ piece, out->owner };
	return true;
}

static bool cut(struct str text, struct pieces *out, struct arena *arena)
{
	size_t from = 0, end;
	bool in_code = false;
	for (size_t at = 0; at < text.n; at = end) {
		struct str line = line_at(text, at, &end), words = inner(line);
		bool fence = str_starts(words, STR("```")) || str_starts(words, STR("~~~"));
		/* A fence belongs to the list's line that it stands on. */
		if (!in_code && (words.n == 0 || starts_item(words) || (fence && words.p == line.p))) {
			if (!put(out, str_sub(text, from, at), arena))
				return false;
			from = at;
		}
		in_code ^= fence;
		if (!in_code && starts_item(words) && str_find(words, STR("```")) >= 0)
			in_code = true;
	}
	return put(out, str_skip(text, from), arena);
}

/* Without the beginnings of lines that the block puts there. */
static struct str without_leads(const struct doc_block *b, struct str text, struct arena *arena)
{
	struct buf out = { 0 };
	bool first = true;
	for (; text.n; first = false) {
		struct str line = str_split(&text, '\n'), lead = first ? b->lead : b->rest;
		while (lead.n && lead.p[lead.n - 1] == ' ' && !str_starts(line, lead))
			lead.n--;
		if (!first)
			buf_addc(&out, '\n');
		buf_add(&out, lead.n && str_starts(line, lead) ? str_skip(line, lead.n) : line);
	}
	return str_trim(buf_take(&out, arena));
}

struct taking {
	const struct translation_block *blocks;
	size_t n;
	struct pieces old, now;
	struct arena *arena;
};

/* The pieces of each block as it stands in the text, one block after the other. */
static bool cut_blocks(struct taking *t)
{
	for (size_t i = 0; i < t->n; i++) {
		struct str text = blocks_text(&t->blocks[i], 1, t->arena);
		t->old.owner = i;
		if (!text.p || !cut(text, &t->old, t->arena))
			return false;
	}
	return true;
}

static void gather(struct taking *t, const size_t *from, struct str *texts, bool *moved)
{
	size_t last = 0;
	struct buf *parts = arena_array(t->arena, t->n + 1, sizeof *parts);
	while (last < t->n && t->blocks[last].source.kind == DOC_TITLE)
		last++;
	for (size_t j = 0; parts && j < t->now.n; j++) {
		if (from[j] != ALIGN_NEW && from[j] >= t->old.n)
			break;
		size_t block = from[j] == ALIGN_NEW ? last : t->old.v[from[j]].owner;
		if (block >= t->n)
			break;
		moved[block] |= from[j] == ALIGN_NEW || !str_eq(t->now.v[j].text, t->old.v[from[j]].text);
		if (parts[block].n)
			buf_adds(&parts[block], starts_item(inner(t->now.v[j].text)) ? "\n" : "\n\n");
		buf_add(&parts[block], t->now.v[j].text);
		last = block;
	}
	for (size_t i = 0; parts && i < t->n; i++)
		texts[i] = buf_take(&parts[i], t->arena);
}

static struct str *texts_of(const struct pieces *p, struct arena *arena)
{
	struct str *texts = arena_array(arena, p->n + 1, sizeof *texts);
	for (size_t i = 0; texts && i < p->n; i++)
		texts[i] = p->v[i].text;
	return texts;
}

bool take_in(const struct translation_block *blocks, size_t n, struct str body, struct str *texts, size_t *changed,
    struct arena *arena, struct error *err)
{
	struct taking t = { .blocks = blocks, .n = n, .arena = arena };
	*changed = 0;
	if (!cut_blocks(&t) || !cut(body, &t.now, arena))
		return error_memory(err);
	size_t *from = arena_array(arena, t.now.n + 1, sizeof *from), *left = arena_array(arena, n + 1, sizeof *left);
	bool *moved = arena_array(arena, n + 1, sizeof *moved);
	struct str *old = texts_of(&t.old, arena), *now = texts_of(&t.now, arena);
	if (!from || !moved || !left || !old || !now || (t.old.n && !t.old.v))
		return error_memory(err);
	if (!align_texts(old, t.old.n, now, t.now.n, from, arena, err))
		return false;
	gather(&t, from, texts, moved);
	/* A piece that is there no longer. */
	for (size_t k = 0; k < t.old.n; k++)
		left[t.old.v[k].owner]++;
	for (size_t j = 0; j < t.now.n; j++)
		left[from[j] == ALIGN_NEW || !t.old.v ? n : t.old.v[from[j]].owner]--;
	for (size_t i = 0; i < n; i++) {
		if (!moved[i] && left[i] == 0) {
			texts[i] = blocks[i].target;
			continue;
		}
		texts[i] = without_leads(&blocks[i].source, texts[i], arena);
		*changed += !str_eq(texts[i], blocks[i].target);
	}
	return true;
}

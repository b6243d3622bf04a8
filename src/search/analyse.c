#include "search/inner.h"

#include <brotli/decode.h>
#include <brotli/encode.h>
#include <string.h>

/* An article becomes its terms, each with the passages that hold it. */

#define PACKING 5 /* quality: what more costs more than it saves */
#define UNPACKED_MAX (16 * MIB)

static bool is_sentence_end(struct str s, size_t at)
{
	struct str rest = str_skip(s, at);
	return str_starts(rest, STR("。")) || str_starts(rest, STR("！")) || str_starts(rest, STR("？")) ||
	       str_starts(rest, STR(". "));
}

/* Where a line longer than a passage is cut: after the last sentence that fits, else at a space, else anywhere. */
static size_t cut_at(struct str line)
{
	size_t space = 0;
	for (size_t at = SEGMENT_BYTES; at > SEGMENT_BYTES / 3; at--) {
		if (((unsigned char)line.p[at] & 0xC0) == 0x80)
			continue;
		if (is_sentence_end(line, at)) {
			size_t next = at;
			utf8_next(line, &next);
			return next;
		}
		if (!space && line.p[at] == ' ')
			space = at;
	}
	return space ? space : utf8_floor(line, SEGMENT_BYTES);
}

bool segment_next(struct str text, size_t *at, struct str *out)
{
	while (*at < text.n && (text.p[*at] == '\n' || text.p[*at] == ' '))
		++*at;
	if (*at >= text.n)
		return false;
	const char *end = memchr(text.p + *at, '\n', text.n - *at);
	struct str line = str_sub(text, *at, end ? (size_t)(end - text.p) : text.n);
	*out = line.n > SEGMENT_BYTES + 3 ? str_sub(line, 0, cut_at(line)) : line;
	*at += out->n;
	return true;
}

/* ---- the terms of one article: a table by hash ---- */

struct slot_of_term {
	struct str term;
	struct buf segments;
	int64_t last;
};

struct table {
	struct slot_of_term *v;
	size_t size, n; /* size: a power of two */
	struct arena *arena;
};

static bool grow(struct table *t)
{
	struct table bigger = { .size = t->size * 2, .arena = t->arena, .n = t->n };
	bigger.v = arena_array(t->arena, bigger.size, sizeof *bigger.v);
	if (!bigger.v)
		return false;
	for (size_t i = 0; i < t->size; i++) {
		if (!t->v[i].term.n)
			continue;
		size_t at = str_hash(t->v[i].term) & (bigger.size - 1);
		while (bigger.v[at].term.n)
			at = (at + 1) & (bigger.size - 1);
		bigger.v[at] = t->v[i];
	}
	*t = bigger;
	return true;
}

static bool note(struct table *t, struct str term, int64_t segment)
{
	if (t->n * 2 >= t->size && !grow(t))
		return false;
	size_t at = str_hash(term) & (t->size - 1);
	while (t->v[at].term.n && !str_eq(t->v[at].term, term))
		at = (at + 1) & (t->size - 1);
	struct slot_of_term *slot = &t->v[at];
	if (!slot->term.n) {
		slot->term = term;
		slot->last = -1;
		t->n++;
	}
	if (slot->last != segment)
		segments_add(&slot->segments, slot->last, segment);
	slot->last = segment;
	return !slot->segments.failed;
}

/* One tokenizer run over the whole text; each token belongs to the passage in which it starts. A title is one passage,
 * however long. */
static bool note_field(
    struct table *t, struct str text, struct str lang, int64_t *segment, uint32_t *n_tokens, struct error *err)
{
	struct text_tokens tokens;
	size_t at = 0, token = 0;
	struct str passage;
	if (!text_tokenize(&tokens, text, lang, t->arena, err))
		return false;
	*n_tokens = (uint32_t)tokens.n;
	while (segment_next(text, &at, &passage)) {
		if (*segment == 0)
			at = text.n;
		for (; token < tokens.n && tokens.v[token].start < at; token++) {
			if (!note(t, tokens.v[token].term, *segment))
				return error_memory(err);
		}
		++*segment;
	}
	return true;
}

static void free_segments(struct table *t)
{
	for (size_t i = 0; i < t->size; i++)
		buf_free(&t->v[i].segments);
}

static bool collect(struct table *t, struct analysed *out)
{
	out->terms = arena_array(t->arena, t->n + 1, sizeof *out->terms);
	for (size_t i = 0; out->terms && i < t->size; i++) {
		if (!t->v[i].term.n)
			continue;
		struct str kept = arena_dup(t->arena, buf_str(&t->v[i].segments));
		if (!kept.p)
			return false;
		out->terms[out->n++] = (struct doc_term){ t->v[i].term, kept };
	}
	return out->terms != NULL;
}

bool analyse(struct analysed *out, const struct doc_texts *texts, struct arena *arena, struct error *err)
{
	struct table t = { .size = 1024, .arena = arena };
	int64_t segment = 0;
	*out = (struct analysed){ 0 };
	t.v = arena_array(arena, t.size, sizeof *t.v);
	if (!t.v)
		return error_memory(err);
	bool ok = true;
	for (size_t f = 0; ok && f < FIELDS; f++) {
		ok = note_field(&t, texts->field[f], texts->lang, &segment, &out->shape.tokens[f], err);
		/* The title is always passage 0, even one without a letter. */
		if (f == FIELD_TITLE)
			segment = 1;
		out->shape.end[f] = (uint32_t)segment;
	}
	if (ok && !collect(&t, out))
		ok = error_memory(err);
	free_segments(&t);
	return ok;
}

/* ---- the texts of an article ---- */

static struct str one_line(struct str s, struct arena *arena)
{
	struct str copy = arena_dup(arena, s);
	for (size_t i = 0; i < copy.n; i++) {
		if (copy.p[i] == '\n')
			((char *)(uintptr_t)copy.p)[i] = ' ';
	}
	return copy;
}

void texts_of(struct doc_texts *out, const struct article_text *t, struct str links, struct arena *arena)
{
	const struct article *a = &t->article;
	struct buf meta = { 0 }, citations = { 0 };
	buf_add(&meta, a->summary);
	buf_addc(&meta, '\n');
	buf_add(&meta, t->rendered.preface_text);
	for (size_t i = 0; i < a->n_tags; i++) {
		buf_addc(&meta, '\n');
		buf_add(&meta, a->tags[i]);
	}
	buf_addc(&meta, '\n');
	buf_add(&meta, a->original.title);
	for (size_t i = 0; i < t->rendered.n_citations; i++) {
		buf_add(&citations, t->rendered.citations[i].text);
		buf_addc(&citations, '\n');
	}
	*out = (struct doc_texts){ .lang = a->lang };
	out->field[FIELD_TITLE] = one_line(a->title, arena);
	out->field[FIELD_HEADINGS] = t->rendered.headings_text;
	out->field[FIELD_NAMES] = a->other_title.n ? arena_printf(arena, "%.*s\n%.*s", (int)a->other_title.n,
	                                                 a->other_title.p, (int)links.n, links.p)
	                                           : links;
	out->field[FIELD_META] = buf_take(&meta, arena);
	out->field[FIELD_BODY] = t->rendered.text;
	out->field[FIELD_CITATIONS] = buf_take(&citations, arena);
}

/* Layout: the length of the whole, then each part ended by a NUL, which no text holds. */
bool texts_pack(const struct doc_texts *t, struct str *out, struct arena *arena, struct error *err)
{
	struct buf all = { 0 };
	buf_add(&all, t->lang);
	for (size_t f = 0; f < FIELDS; f++) {
		buf_addc(&all, '\0');
		buf_add(&all, t->field[f]);
	}
	size_t n = BrotliEncoderMaxCompressedSize(all.n) + 64;
	unsigned char *packed = arena_alloc(arena, n + 4);
	bool ok = packed && !all.failed &&
	          BrotliEncoderCompress(
	              PACKING, BROTLI_DEFAULT_WINDOW, BROTLI_MODE_TEXT, all.n, (const uint8_t *)all.p, &n, packed + 4);
	if (ok) {
		uint32_t size = (uint32_t)all.n;
		memcpy(packed, &size, 4);
		*out = str_of((const char *)packed, n + 4);
	}
	buf_free(&all);
	return ok || error_memory(err);
}

bool texts_unpack(struct str packed, struct doc_texts *out, struct arena *arena, struct error *err)
{
	uint32_t size = 0;
	*out = (struct doc_texts){ 0 };
	if (packed.n >= 4)
		memcpy(&size, packed.p, 4);
	size_t n = size;
	char *all = size && size <= UNPACKED_MAX ? arena_alloc(arena, size + 1) : NULL;
	if (!all ||
	    BrotliDecoderDecompress(packed.n - 4, (const uint8_t *)packed.p + 4, &n, (uint8_t *)all) !=
	        BROTLI_DECODER_RESULT_SUCCESS ||
	    n != size)
		return error_set(err, ERR_DB, "the search index is damaged: an article's text cannot be read");
	struct str rest = str_of(all, size);
	out->lang = str_split(&rest, '\0');
	for (size_t f = 0; f < FIELDS; f++)
		out->field[f] = str_split(&rest, '\0');
	return true;
}

bool texts_read(struct db_conn *conn, int64_t article, struct doc_texts *out, struct arena *arena, struct error *err)
{
	struct db_rows *rows = db_query(conn, err, "SELECT texts FROM doc WHERE article = $1", "i", article);
	bool there = rows && db_next(rows);
	bool ok = !there || texts_unpack(db_str(rows, 0), out, arena, err);
	if (!there)
		*out = (struct doc_texts){ 0 };
	return rows && db_done(rows) && ok;
}

#include "search/inner.h"

#define SNIPPET_BYTES 300
#define BEFORE_BYTES 90 /* of what stands before the passage */

static bool is_match(const struct terms *terms, const struct token *t, bool title)
{
	for (size_t i = 0; i < terms->n; i++) {
		const struct term *term = &terms->v[i];
		if (term->weight > 0 && (title || !term->title_only) && str_eq(term->term, t->term))
			return true;
	}
	return false;
}

static struct str mark(struct str text, struct str lang, const struct terms *terms, bool title, struct arena *arena)
{
	struct text_tokens tokens;
	struct error ignored = { 0 };
	struct buf out = { 0 };
	size_t at = 0;
	if (!text_tokenize(&tokens, text, lang, arena, &ignored))
		return STR("");
	for (size_t i = 0; i < tokens.n; i++) {
		if (!is_match(terms, &tokens.v[i], title) || tokens.v[i].end <= at)
			continue;
		size_t start = tokens.v[i].start > at ? tokens.v[i].start : at, end = tokens.v[i].end;
		/* Overlapping pairs make one mark. */
		for (; i + 1 < tokens.n && tokens.v[i + 1].start <= end && is_match(terms, &tokens.v[i + 1], title); i++)
			end = tokens.v[i + 1].end > end ? tokens.v[i + 1].end : end;
		buf_add_html(&out, str_sub(text, at, start));
		buf_adds(&out, "<mark>");
		buf_add_html(&out, str_sub(text, start, end));
		buf_adds(&out, "</mark>");
		at = end;
	}
	buf_add_html(&out, str_skip(text, at));
	return out.n ? buf_take(&out, arena) : STR("");
}

struct str mark_title(struct str title, struct str lang, const struct terms *terms, struct arena *arena)
{
	return mark(title, lang, terms, true, arena);
}

/* Where the passage lies: its field's text, and its bytes in it. */
static bool find_passage(const struct doc_texts *texts, uint32_t wanted, struct str *text, size_t *from, size_t *to)
{
	uint32_t segment = 1;
	for (int f = FIELD_HEADINGS; f < FIELDS; f++) {
		struct str passage;
		size_t at = 0;
		while (segment_next(texts->field[f], &at, &passage)) {
			if (segment++ != wanted)
				continue;
			*text = texts->field[f];
			*from = (size_t)(passage.p - text->p);
			*to = at;
			return true;
		}
	}
	return false;
}

static size_t grapheme_before(struct str text, size_t at)
{
	at = utf8_floor(text, at);
	/* From a little before, cluster by cluster. */
	size_t from = utf8_floor(text, at > 64 ? at - 64 : 0);
	for (;;) {
		size_t next = text_grapheme_end(text, from);
		if (next > at || next >= text.n)
			return from;
		from = next;
	}
}

struct str snippet_make(const struct doc_texts *texts, uint32_t segment, const struct terms *terms, struct arena *arena)
{
	struct str text = texts->field[FIELD_BODY];
	size_t from = 0, to = 0;
	struct buf out = { 0 };
	if (segment == 0 || !find_passage(texts, segment, &text, &from, &to))
		to = text.n < SNIPPET_BYTES ? text.n : SNIPPET_BYTES;
	/* A short passage is shown with what follows it, and a little of what stands before. */
	if (to - from < SNIPPET_BYTES)
		from = from > BEFORE_BYTES && to - from < SNIPPET_BYTES - BEFORE_BYTES
		           ? grapheme_before(text, from - BEFORE_BYTES)
		       : from < BEFORE_BYTES ? 0
		                             : from;
	if (from + SNIPPET_BYTES < text.n)
		to = grapheme_before(text, from + SNIPPET_BYTES);
	else
		to = text.n;
	struct str shown = str_sub(text, from, to);
	if (from)
		buf_adds(&out, "…");
	buf_add(&out, mark(str_trim(shown), texts->lang, terms, false, arena));
	if (to < text.n)
		buf_adds(&out, "…");
	return out.n ? buf_take(&out, arena) : STR("");
}

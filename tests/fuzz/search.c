#include "search/inner.h"

#include <stdlib.h>
#include <string.h>

/* The analyser and the query language: any bytes are a question and a text. */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void check_tokens(struct str text, struct arena *arena)
{
	struct text_tokens tokens;
	struct error err = { 0 };
	if (!text_tokenize(&tokens, text, STR("ja"), arena, &err))
		return;
	for (size_t i = 0; i < tokens.n; i++) {
		if (!utf8_valid(tokens.v[i].term) || tokens.v[i].start >= tokens.v[i].end || tokens.v[i].end > text.n)
			abort();
	}
}

static void check_query(struct str text, struct arena *arena)
{
	struct query q;
	query_parse(&q, text, arena);
	for (size_t i = 0; i < q.n; i++) {
		if (q.words[i].text.n == 0 || !utf8_valid(q.words[i].text))
			abort();
	}
}

static void check_analysis(struct str text, struct arena *arena)
{
	struct doc_texts texts = { .lang = STR("ja") }, back;
	struct analysed made;
	struct str packed, passage;
	struct error err = { 0 };
	size_t at = 0, before = 0;
	texts.field[FIELD_TITLE] = str_sub(text, 0, utf8_floor(text, 40));
	texts.field[FIELD_BODY] = text;
	if (analyse(&made, &texts, arena, &err)) {
		for (size_t i = 0; i < made.n; i++) {
			struct segments s = segments_of(made.terms[i].segments);
			while (segments_next(&s)) {
				if (s.at >= (int64_t)made.shape.end[FIELD_CITATIONS])
					abort();
			}
		}
	}
	for (; segment_next(text, &at, &passage); before = at) {
		if (at <= before || passage.n == 0)
			abort();
	}
	if (text.n < 4096 && texts_pack(&texts, &packed, arena, &err) && texts_unpack(packed, &back, arena, &err) &&
	    memchr(text.p ? text.p : "", '\0', text.n) == NULL && !str_eq(back.field[FIELD_BODY], text))
		abort();
	/* Bytes from a damaged file. */
	texts_unpack(text, &back, arena, &err);
	struct posting p;
	posting_start(&p, text, 0);
	while (posting_next(&p)) {
		struct segments s = segments_of(p.segments);
		while (segments_next(&s))
			;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct arena *arena = arena_new();
	if (!arena)
		return 0;
	struct str raw = str_of((const char *)data, n), text = utf8_clean(arena, raw);
	struct str once = text_fold(text, arena);
	if (!str_eq(once, text_fold(once, arena)))
		abort();
	check_tokens(text, arena);
	check_query(raw, arena);
	check_analysis(text, arena);
	arena_free(arena);
	return 0;
}

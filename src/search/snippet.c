#include "search/inner.h"

#include <string.h>

static bool has(const struct terms *t, struct str term)
{
	for (size_t i = 0; i < t->n; i++) {
		if (str_eq(t->v[i], term))
			return true;
	}
	return false;
}

bool is_tail(const struct text_tokens *tokens, size_t i)
{
	const struct token *t = &tokens->v[i];
	return t->kind == TOKEN_UNIGRAM && i > 0 && t[-1].kind == TOKEN_BIGRAM && t[-1].end == t->end;
}

bool terms_of(struct terms *out, struct str query, struct str lang, struct arena *arena, struct error *err)
{
	struct text_tokens tokens;
	out->n = 0;
	query = str_sub(query, 0, utf8_floor(query, QUERY_MAX));
	if (!text_tokenize(&tokens, query, lang, arena, err))
		return false;
	/* Words that only ask count for nothing, unless there are no others. */
	for (int strict = 1; strict >= 0 && out->n == 0; strict--) {
		for (size_t i = 0; i < tokens.n && out->n < QUERY_TERMS_MAX; i++) {
			struct token *t = &tokens.v[i];
			if (is_tail(&tokens, i) || has(out, t->term) || (strict && text_is_stopword(t->term, lang)))
				continue;
			out->v[out->n++] = t->term;
		}
	}
	return true;
}

struct str terms_expression(const struct terms *t, struct arena *arena)
{
	struct buf out = { 0 };
	for (size_t i = 0; i < t->n; i++) {
		if (i)
			buf_adds(&out, " OR ");
		/* Terms are letters and digits alone, so a quotation mark cannot occur. A single character means any pair that
		 * starts with it. */
		buf_addc(&out, '"');
		buf_add(&out, t->v[i]);
		buf_adds(&out, utf8_count(t->v[i]) == 1 ? "\"*" : "\"");
	}
	return buf_take(&out, arena);
}

static bool token_matches(const struct terms *terms, const struct token *t)
{
	for (size_t i = 0; i < terms->n; i++) {
		bool prefix = utf8_count(terms->v[i]) == 1 && str_starts(t->term, terms->v[i]);
		if (prefix || str_eq(terms->v[i], t->term))
			return true;
	}
	return false;
}

/* Where the window of `width` bytes with most different matches starts. */
static size_t best_start(const struct text_tokens *tokens, const bool *hit, size_t width)
{
	size_t best = 0, best_count = 0, left = 0, count = 0;
	for (size_t right = 0; right < tokens->n; right++) {
		count += hit[right];
		while (left < right && tokens->v[right].end - tokens->v[left].start > width)
			count -= hit[left++];
		if (count > best_count) {
			best_count = count;
			best = tokens->v[left].start;
		}
	}
	return best;
}

struct str snippet_make(struct str text, struct str lang, const struct terms *terms, size_t width, struct arena *arena)
{
	struct text_tokens tokens;
	struct error ignored = { 0 };
	struct buf out = { 0 };
	bool *hit = NULL;
	if (text_tokenize(&tokens, text, lang, arena, &ignored))
		hit = arena_array(arena, tokens.n + 1, sizeof *hit);
	if (!hit)
		return STR("");
	for (size_t i = 0; i < tokens.n; i++)
		hit[i] = token_matches(terms, &tokens.v[i]);
	size_t from = width ? best_start(&tokens, hit, width) : 0, to = text.n;
	/* A little of what stands before. */
	if (from > 30)
		from = utf8_floor(text, from - 30);
	else
		from = 0;
	if (width && to - from > width)
		to = utf8_floor(text, from + width);
	if (from)
		buf_adds(&out, "…");
	size_t at = from;
	for (size_t i = 0; i < tokens.n; i++) {
		size_t start = tokens.v[i].start, end = tokens.v[i].end;
		if (!hit[i] || start < at || end > to)
			continue;
		/* Overlapping pairs make one mark. */
		for (size_t j = i + 1; j < tokens.n && tokens.v[j].start <= end; j++) {
			if (hit[j] && tokens.v[j].end > end && tokens.v[j].end <= to)
				end = tokens.v[j].end;
		}
		buf_add_html(&out, str_sub(text, at, start));
		buf_adds(&out, "<mark>");
		buf_add_html(&out, str_sub(text, start, end));
		buf_adds(&out, "</mark>");
		at = end;
	}
	buf_add_html(&out, str_sub(text, at, to));
	if (to < text.n)
		buf_adds(&out, "…");
	return buf_take(&out, arena);
}

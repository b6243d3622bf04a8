#include "search/inner.h"

#include <math.h>

/* The second look at the best candidates: bm25 counts pairs of characters, and cannot tell a page that is about the
 * question from one that holds the same pairs strewn about. What tells them apart: how much of the question stands in
 * the title, how much of the title is the question, and whether the question's words stand whole in the text. */

#define WORDS_MAX 16
#define BEST_LINE 0.20
#define LENGTH 0.09 /* bm25 as FTS5 has it takes too much off long pages */
#define USUAL_LENGTH 3000.0 /* bytes of text */
#define ASKED_IN_TITLE 0.30
#define TITLE_IN_ASKED 0.20
#define WHOLE_WORDS 0.45

struct words {
	struct str v[WORDS_MAX];
	size_t n, bytes;
};

enum script { SCRIPT_OTHER, SCRIPT_LATIN, SCRIPT_HAN, SCRIPT_KATAKANA };

static enum script script_of(uint32_t cp)
{
	if (cp_is_han(cp))
		return SCRIPT_HAN;
	if ((cp >= 0x30A1 && cp <= 0x30FC && cp != 0x30FB) || (cp >= 0xFF66 && cp <= 0xFF9F))
		return SCRIPT_KATAKANA;
	return (cp >= '0' && cp <= '9') || ((cp | 32) >= 'a' && (cp | 32) <= 'z') || cp >= 0xFF10 ? SCRIPT_LATIN : SCRIPT_OTHER;
}

/* Words as far as the script shows them: runs of kanji, of katakana, of Latin. Hiragana mostly joins words. */
static void words_of(struct words *out, struct str query)
{
	out->n = out->bytes = 0;
	for (size_t at = 0; at < query.n && out->n < WORDS_MAX;) {
		size_t from = at;
		enum script script = script_of(utf8_next(query, &at));
		for (size_t next = at; next < query.n && script != SCRIPT_OTHER; at = next) {
			if (script_of(utf8_next(query, &next)) != script)
				break;
		}
		if (script == SCRIPT_OTHER)
			continue;
		out->v[out->n] = str_sub(query, from, at);
		out->bytes += out->v[out->n++].n;
	}
}

/* Bytes of the words that stand in one of the two. */
static size_t words_in(const struct words *words, struct str text, struct str or)
{
	size_t found = 0;
	for (size_t i = 0; i < words->n; i++) {
		if (str_find(text, words->v[i]) >= 0 || str_find(or, words->v[i]) >= 0)
			found += words->v[i].n;
	}
	return found;
}

/* Of the words, those that the best line holds together. */
static size_t words_in_best_line(const struct words *words, struct str text)
{
	size_t best = 0;
	while (text.n && best < words->bytes) {
		size_t found = words_in(words, str_split(&text, '\n'), STR(""));
		best = found > best ? found : best;
	}
	return best;
}

static double score_of(const struct words *words, const struct terms *terms, struct str title, struct str text, struct str lang, struct arena *arena)
{
	struct text_tokens tokens;
	struct error none = { 0 };
	size_t of_title = 0, of_terms = 0, n_tokens = 0;
	bool seen[QUERY_TERMS_MAX] = { false };
	if (!text_tokenize(&tokens, title, lang, arena, &none))
		return 0;
	for (size_t i = 0; i < tokens.n; i++) {
		bool tail = is_tail(&tokens, i);
		n_tokens += !tail;
		for (size_t t = 0; t < terms->n; t++) {
			if (!str_eq(terms->v[t], tokens.v[i].term))
				continue;
			of_terms += !seen[t];
			of_title += !tail;
			seen[t] = true;
			break;
		}
	}
	double asked = terms->n ? (double)of_terms / (double)terms->n : 0;
	double title_part = n_tokens ? (double)of_title / (double)n_tokens : 0;
	double length = log(((double)text.n + USUAL_LENGTH / 6) / USUAL_LENGTH);
	double all = words->bytes ? (double)words->bytes : 1;
	return ASKED_IN_TITLE * asked + TITLE_IN_ASKED * title_part * asked +
		WHOLE_WORDS * (double)words_in(words, title, text) / all +
		BEST_LINE * (double)words_in_best_line(words, text) / all + LENGTH * length;
}

bool rank_again(struct search *s, struct str query, const struct terms *terms, struct candidate *c, size_t n, struct arena *arena, struct error *err)
{
	struct words words;
	struct db_conn *conn = db_reader(s->db, err);
	double best = n ? c[0].score : 0;
	words_of(&words, query);
	for (size_t i = 0; conn && i < n && i < RANKED_AGAIN; i++) {
		struct db_rows *rows = db_query(conn, err, "SELECT title, text FROM doc WHERE article = $1", "i", c[i].article);
		if (rows && db_next(rows))
			c[i].score += best * score_of(&words, terms, db_str(rows, 0), db_str(rows, 1), c[i].lang, arena);
		if (!rows || !db_done(rows))
			return false;
	}
	return conn != NULL;
}

/*
 * text: what search must know of languages: folding, segmentation by script, stems, the language of a passage.
 *
 * Folding is NFKC with case folded, accents off Latin, Greek and Cyrillic, and the spelling variants of kana and
 * kanji joined. It is idempotent, and every token knows the bytes of the original text that it stands for, so that
 * a match can be marked where the reader sees it.
 *
 * Everything returned lives in the arena given. Safe from any thread.
 */
#ifndef KAIRAN_TEXT_H
#define KAIRAN_TEXT_H

#include "base/base.h"

/* NFKC, case, width and variants folded; ill-formed UTF-8 replaced. text_fold(text_fold(x)) equals text_fold(x). */
struct str text_fold(struct str s, struct arena *);

enum token_kind {
	TOKEN_WORD,   /* a word of a script that writes spaces, stemmed */
	TOKEN_NUMBER,
	TOKEN_BIGRAM, /* two overlapping characters of a run of Han, kana, Thai, … */
	TOKEN_UNIGRAM /* a run's last character (so that every single character starts a token), or a lone one */
};

struct token {
	struct str term;   /* folded (and stemmed) */
	size_t start, end; /* bytes of the original text */
	uint32_t position; /* counts words and characters; a phrase is a run of consecutive positions */
	enum token_kind kind;
};

struct text_tokens {
	struct token *v;
	size_t n;
};

/* Segments the text. `lang` (BCP 47, may be empty) chooses the stemmer for Latin and Cyrillic words. */
bool text_tokenize(struct text_tokens *out, struct str text, struct str lang, struct arena *, struct error *);

/* The language of a passage by script and, among Latin-script languages, by its commonest words: "ja", "en", "zh",
 * "ko", "de", … or an empty slice when there is not enough to tell. */
struct str text_language(struct str text);

/* Words that ask rather than name (の, とは, ですか, how do I …): true for a folded term that a query may do without. */
bool text_is_stopword(struct str folded, struct str lang);

/* The end of the grapheme cluster that starts at `at` (UAX 29). */
size_t text_grapheme_end(struct str s, size_t at);
/* At most n grapheme clusters of s. */
struct str text_truncate(struct str s, size_t n_graphemes);

#endif

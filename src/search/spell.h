/* Private to the parts of search that correct spelling. */
#ifndef KAIRAN_SEARCH_SPELL_H
#define KAIRAN_SEARCH_SPELL_H

#include "search/inner.h"

#define SPELL_CHARACTERS_MAX 40 /* of a word that is corrected */

struct speller {
	struct db_conn *conn;
	struct text_reader *reader;
	struct arena *arena;
	struct error *err;
};

/* A word of the site that may be meant. */
struct spelling {
	struct str word; /* empty: none */
	int64_t articles;
	int distance; /* 0: sounds the same */
};

/* What a word is looked up by when it may be misspelt: its reading; the word itself in scripts that show the sound. */
struct str spell_key(struct text_reader *, struct str word, struct arena *);

/* Runs of one script: the words of a text as far as it shows them. */
enum run { RUN_NONE, RUN_SPACE, RUN_LATIN, RUN_HAN, RUN_KATAKANA, RUN_HIRAGANA, RUN_DIGITS };
/* The run at *at, which is moved behind it. */
enum run run_next(struct str text, size_t *at);

/* How many articles have the folded word. */
bool spell_known(struct speller *, struct str folded, int64_t *articles);
/* The commonest word with this key; `like` (may be empty): rather one that shares characters with it. */
bool spell_by_key(struct speller *, struct str key, struct str like, struct spelling *out);
/* The nearest word by what is inserted, left out, mistaken or swapped in its key; the commonest of the nearest. */
bool spell_near(struct speller *, struct str key, struct spelling *out);
/* The word of kanji that differs in one, and may be read as this one. */
bool spell_near_han(struct speller *, struct str word, struct spelling *out);
/* A key that is all kana, in the site's words: かんしかめら gives 監視カメラ; empty when some of it is none. */
bool spell_by_reading(struct speller *, struct str key, struct str *out);

#endif

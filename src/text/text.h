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

/* Bytes of a file as UTF-8, by its marks, by what an HTML or XML head declares, else as they are. *from names the character
 * set when it was another; *bad is how many bytes could not be read, which became U+FFFD. */
struct str text_utf8(struct str raw, struct str *from, size_t *bad, struct arena *);

/* NFKC and case alone; spellings stay as they are. Idempotent. */
struct str text_normal(struct str s, struct arena *);
/* NFKC, case, width and variants folded; ill-formed UTF-8 replaced. text_fold(text_fold(x)) equals text_fold(x). */
struct str text_fold(struct str s, struct arena *);

/* The same, and for each byte of it which bytes of the text it stands for: text[from[i], to[i]). */
struct text_places {
	struct str folded;
	uint32_t *from, *to;
};
bool text_fold_places(struct text_places *out, struct str s, struct arena *, struct error *);

enum token_kind {
	TOKEN_WORD, /* a word of a script that writes spaces, stemmed */
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

/* ---- kana and readings ---- */

/* In normal form, katakana turned into hiragana, iteration marks (ゝ ゞ) written out. Idempotent. */
struct str text_hiragana(struct str s, struct arena *);
/* What readings are compared by: text_hiragana without long-vowel marks (サーバー = サーバ), small kana written large,
 * ヴァ = バ, ぢ = じ, づ = ず; おう and おお stay apart. Only letters and digits are left, and one space between two
 * words that are written with spaces; kanji stay as they are. Idempotent, and a prefix of a text has (but for its
 * last character or two) a prefix of the text's key. */
struct str text_reading_key(struct str s, struct arena *);

/* Romaji as it is typed, in the manner of Hepburn, of Kunrei or of an input method: kanshi, kansi, kan'i, xtu, ō. */
#define ROMAJI_NEXT_MAX 12
struct romaji {
	struct str kana; /* the text with its Latin words that can be read as romaji in hiragana */
	/* What an unfinished syllable at the end ("kans") may become, a hiragana each, to be put after `kana`; n_next 0
	 * when nothing is unfinished. */
	struct str next[ROMAJI_NEXT_MAX];
	size_t n_next;
	bool whole; /* no Latin word was left as it is */
};
/* False when there is nothing in it that could be romaji, or memory is out. At most QUERY_MAX bytes are read. */
bool text_romaji(struct romaji *out, struct str typed, struct arena *);

/* The other way: the keys that gave these kana, for what was typed in the wrong mode (とp for top). */
struct str text_typed(struct str kana, struct arena *);

/* Readings by MeCab and the IPADIC dictionary, both looked for at run time: libmecab.so.2 is neither linked nor
 * needed. Safe from any number of threads at once. */
struct text_reader;
struct text_reader *text_reader_new(void); /* NULL when library or dictionary are absent, or memory is out */
void text_reader_free(struct text_reader *);

struct text_word {
	size_t start, end;  /* bytes of the text given */
	struct str reading; /* hiragana; empty when there is none to be had */
	bool content;       /* no particle, ending or mark: something may be looked for from here on */
};
/* The words of a text in order, white space left out. Without a reader (NULL), and of more than READING_MAX bytes,
 * words end where the script changes, and only kana have a reading. */
bool text_words(
    struct text_reader *, struct str text, struct text_word **out, size_t *n, struct arena *, struct error *);
/* The text with all that can be read in hiragana: 監視カメラ gives かんしかめら. */
struct str text_reading(struct text_reader *, struct str text, struct arena *);

#endif

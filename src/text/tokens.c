#include "text/inner.h"

#include <libstemmer.h>
#include <string.h>
#include <utf8proc.h>

/* What a character is to the index: scripts that write no spaces are cut into overlapping pairs. */
enum char_class { CLASS_NONE, CLASS_WORD, CLASS_RUN, CLASS_MARK };

#define WORD_LONGEST 64 /* characters: what is longer is no word, and is cut there */

static bool writes_no_spaces(uint32_t cp)
{
	return cp_is_han(cp) || cp_is_kana(cp) || (cp >= 0x0E00 && cp <= 0x0EFF) || (cp >= 0x1000 && cp <= 0x109F) ||
	       (cp >= 0x1780 && cp <= 0x17FF) || (cp >= 0x3100 && cp <= 0x312F);
}

static enum char_class class_of(uint32_t cp)
{
	if ((cp >= 'a' && cp <= 'z') || (cp >= '0' && cp <= '9'))
		return CLASS_WORD;
	if (cp < 0x80)
		return CLASS_NONE;
	if ((cp >= 0x3041 && cp <= 0x3096) || (cp >= 0x30A1 && cp <= 0x30FA) || (cp >= 0x4E00 && cp <= 0x9FFF))
		return CLASS_RUN;
	utf8proc_category_t c = utf8proc_category((utf8proc_int32_t)cp);
	if (c == UTF8PROC_CATEGORY_MN || c == UTF8PROC_CATEGORY_MC)
		return CLASS_MARK;
	if ((c < UTF8PROC_CATEGORY_LU || c > UTF8PROC_CATEGORY_NO) && cp != 0x30FC)
		return CLASS_NONE;
	return writes_no_spaces(cp) ? CLASS_RUN : CLASS_WORD;
}

struct tokenizer {
	struct arena *arena;
	struct units units;
	struct sb_stemmer *stemmer;
	struct text_tokens *out;
	size_t cap;
	uint32_t position;
	bool failed;
};

static void add(struct tokenizer *t, struct str term, size_t first, size_t last, enum token_kind kind)
{
	if (t->out->n == t->cap) {
		size_t cap = t->cap ? t->cap * 2 : t->units.n + 16;
		struct token *more = arena_array(t->arena, cap, sizeof *more);
		if (!more) {
			t->failed = true;
			return;
		}
		if (t->out->n)
			memcpy(more, t->out->v, t->out->n * sizeof *more);
		t->out->v = more;
		t->cap = cap;
	}
	if (term.n && term.n <= TOKEN_MAX)
		t->out->v[t->out->n++] =
		    (struct token){ term, t->units.v[first].start, t->units.v[last].end, t->position, kind };
}

/* The characters from first to last, as a term. */
static struct str term_of(struct tokenizer *t, size_t first, size_t last)
{
	char bytes[4 * WORD_LONGEST];
	size_t n = 0;
	for (size_t i = first; i <= last && i - first < WORD_LONGEST; i++)
		n += utf8_put(t->units.v[i].cp, bytes + n);
	return arena_dup(t->arena, str_of(bytes, n));
}

static struct str stem(struct tokenizer *t, struct str word)
{
	if (!t->stemmer)
		return word;
	const sb_symbol *s = sb_stemmer_stem(t->stemmer, (const sb_symbol *)word.p, (int)word.n);
	return s ? arena_dup(t->arena, str_of((const char *)s, (size_t)sb_stemmer_length(t->stemmer))) : word;
}

static void add_word(struct tokenizer *t, size_t first, size_t last)
{
	struct str word = term_of(t, first, last);
	bool number = word.n > 0;
	for (size_t i = 0; i < word.n; i++)
		number = number && word.p[i] >= '0' && word.p[i] <= '9';
	add(t, number ? word : stem(t, word), first, last, number ? TOKEN_NUMBER : TOKEN_WORD);
	t->position++;
}

/* The last unit of the character at `at`: itself and its marks (Thai and Khmer vowels). */
static size_t with_marks(const struct tokenizer *t, size_t at, size_t last)
{
	while (at < last && class_of(t->units.v[at + 1].cp) == CLASS_MARK)
		at++;
	return at;
}

/* Pairs over the characters of a run, and its last character alone, so that every character starts a token. */
static void add_run(struct tokenizer *t, size_t first, size_t last)
{
	/* The rest of a word whose first vowel is long: elsewhere the mark is folded away. */
	while (first < last && t->units.v[first].cp == 0x30FC)
		first++;
	for (size_t at = first; at <= last && !t->failed;) {
		size_t end = with_marks(t, at, last), next = end + 1;
		bool pair = next <= last;
		size_t to = pair ? with_marks(t, next, last) : end;
		add(t, term_of(t, at, to), at, to, pair ? TOKEN_BIGRAM : TOKEN_UNIGRAM);
		t->position++;
		at = next;
	}
}

static struct sb_stemmer *stemmer_for(struct str lang)
{
	static const char *const known[] = { "en", "de", "fr", "es", "pt", "it", "nl", "ru", "sv", "da", "fi", "hu", "ro",
		"tr", "no", "ca", "el", "ar", "id" };
	for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
		if (str_starts(lang, str_from(known[i])))
			return sb_stemmer_new(known[i], "UTF_8");
	}
	/* Latin words in a Japanese text are mostly English. */
	return sb_stemmer_new("en", "UTF_8");
}

bool text_tokenize(struct text_tokens *out, struct str text, struct str lang, struct arena *arena, struct error *err)
{
	struct tokenizer t = { .arena = arena, .out = out };
	*out = (struct text_tokens){ 0 };
	if (!fold_units(&t.units, text, arena))
		return error_memory(err);
	t.stemmer = stemmer_for(lang);
	for (size_t at = 0; at < t.units.n && !t.failed;) {
		size_t first = at;
		enum char_class class = class_of(t.units.v[at++].cp);
		if (class == CLASS_NONE || class == CLASS_MARK)
			continue;
		while (at < t.units.n && (class != CLASS_WORD || at - first < WORD_LONGEST)) {
			enum char_class next = class_of(t.units.v[at].cp);
			if (next != class && next != CLASS_MARK)
				break;
			at++;
		}
		if (class == CLASS_WORD)
			add_word(&t, first, at - 1);
		else
			add_run(&t, first, at - 1);
	}
	sb_stemmer_delete(t.stemmer);
	return t.failed ? error_memory(err) : true;
}

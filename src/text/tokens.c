#include "text/text.h"

#include <libstemmer.h>
#include <string.h>
#include <utf8proc.h>

/* What a character is to the index: scripts that write no spaces are cut into overlapping pairs. */
enum class { CLASS_NONE, CLASS_WORD, CLASS_RUN };

static enum class class_of(uint32_t cp)
{
	utf8proc_category_t c = utf8proc_category((utf8proc_int32_t)cp);
	bool letter = c >= UTF8PROC_CATEGORY_LU && c <= UTF8PROC_CATEGORY_NO;
	if (!letter && cp != 0x30FC)
		return CLASS_NONE;
	bool no_spaces = cp_is_han(cp) || cp_is_kana(cp) || (cp >= 0x0E00 && cp <= 0x0EFF) || (cp >= 0x1000 && cp <= 0x109F) ||
		(cp >= 0x1780 && cp <= 0x17FF) || (cp >= 0x3100 && cp <= 0x312F);
	return no_spaces ? CLASS_RUN : CLASS_WORD;
}

struct tokenizer {
	struct arena *arena;
	struct str text;
	struct sb_stemmer *stemmer;
	struct text_tokens *out;
	size_t cap;
	uint32_t position;
	bool failed;
};

static void add(struct tokenizer *t, struct str term, size_t start, size_t end, enum token_kind kind)
{
	if (t->out->n == t->cap) {
		size_t cap = t->cap ? t->cap * 2 : 64;
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
		t->out->v[t->out->n++] = (struct token){ term, start, end, t->position, kind };
}

static struct str stem(struct tokenizer *t, struct str word)
{
	if (!t->stemmer)
		return word;
	const sb_symbol *s = sb_stemmer_stem(t->stemmer, (const sb_symbol *)word.p, (int)word.n);
	return s ? arena_dup(t->arena, str_of((const char *)s, (size_t)sb_stemmer_length(t->stemmer))) : word;
}

static void add_word(struct tokenizer *t, size_t from, size_t to)
{
	struct str word = text_fold(str_sub(t->text, from, to), t->arena);
	bool number = word.n > 0;
	for (size_t i = 0; i < word.n; i++)
		number = number && word.p[i] >= '0' && word.p[i] <= '9';
	add(t, number ? word : stem(t, word), from, to, number ? TOKEN_NUMBER : TOKEN_WORD);
	t->position++;
}

/* Sound marks written by themselves and the long-vowel mark belong to the character before: サーバー and サーバ are one. */
static bool is_attached(struct str rest)
{
	return str_starts(rest, STR("ﾞ")) || str_starts(rest, STR("ﾟ")) || str_starts(rest, STR("ー")) || str_starts(rest, STR("ｰ"));
}

static size_t character_end(struct str text, size_t at, size_t to)
{
	utf8_next(text, &at);
	while (at < to && is_attached(str_skip(text, at)))
		utf8_next(text, &at);
	return at;
}

static struct str without_long_vowels(struct str s, struct arena *arena)
{
	struct buf out = { 0 };
	ptrdiff_t at = str_find(s, STR("ー"));
	/* At the start it has no vowel to lengthen, and stands for itself. */
	if (at < 0 || (at == 0 && s.n == 3))
		return s;
	for (; at >= 0; at = str_find(s, STR("ー"))) {
		buf_add(&out, str_sub(s, 0, (size_t)at));
		s = str_skip(s, (size_t)at + 3);
	}
	buf_add(&out, s);
	return buf_take(&out, arena);
}

/* Pairs over the characters of a run, and its last character alone, so that every character starts a token. */
static void add_run(struct tokenizer *t, size_t from, size_t to)
{
	for (size_t at = from; at < to && !t->failed;) {
		size_t second = character_end(t->text, at, to);
		size_t end = second < to ? character_end(t->text, second, to) : second;
		struct str term = without_long_vowels(text_fold(str_sub(t->text, at, end), t->arena), t->arena);
		add(t, term, at, end, second < to ? TOKEN_BIGRAM : TOKEN_UNIGRAM);
		t->position++;
		at = second;
	}
}

static struct sb_stemmer *stemmer_for(struct str lang)
{
	static const char *const known[] = { "en", "de", "fr", "es", "pt", "it", "nl", "ru", "sv", "da", "fi", "hu", "ro", "tr" };
	for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
		if (str_starts(lang, str_from(known[i])))
			return sb_stemmer_new(known[i], "UTF_8");
	}
	/* Latin words in a Japanese text are mostly English. */
	return sb_stemmer_new("en", "UTF_8");
}

bool text_tokenize(struct text_tokens *out, struct str text, struct str lang, struct arena *arena, struct error *err)
{
	*out = (struct text_tokens){ 0 };
	struct tokenizer t = { .arena = arena, .text = text, .out = out, .stemmer = stemmer_for(lang) };
	for (size_t at = 0; at < text.n && !t.failed;) {
		size_t from = at;
		enum class class = class_of(utf8_next(text, &at));
		if (class == CLASS_NONE)
			continue;
		while (at < text.n) {
			size_t next = at;
			uint32_t cp = utf8_next(text, &next);
			utf8proc_category_t c = utf8proc_category((utf8proc_int32_t)cp);
			bool mark = c == UTF8PROC_CATEGORY_MN || c == UTF8PROC_CATEGORY_MC;
			if (!mark && class_of(cp) != class)
				break;
			at = next;
		}
		if (class == CLASS_WORD)
			add_word(&t, from, at);
		else
			add_run(&t, from, at);
	}
	sb_stemmer_delete(t.stemmer);
	return t.failed ? error_memory(err) : true;
}

#include "desk/translate.h"

#include <stdlib.h>

/* Finding thousands of terms in hundreds of blocks. The terms stand in the order of their keys, and each knows the longest
 * other one that its own key begins with. Of all keys that a text begins with, the longest is the last key that does not come
 * after the text, or one that this begins with; so one search and a walk along those finds all of them. Most places of a
 * text need no search: a table of bits says which beginnings there are. */

#define LONG_START 6 /* bytes: two characters of Japanese, or a space and five letters */
#define SHORT_START 3
#define BITS 8192u

struct entry {
	const struct glossary_term *term;
	const struct entry *within; /* the longest other key that this one begins with, or the same key; NULL: none */
};

struct terms {
	struct entry *all;
	size_t n;
	uint8_t long_ones[BITS / 8], short_ones[BITS / 8];
};

static uint32_t bit_of(const char *p, size_t n)
{
	uint32_t h = 2166136261u;
	for (size_t i = 0; i < n; i++)
		h = (h ^ (unsigned char)p[i]) * 16777619u;
	return (h ^ h >> 15) & (BITS - 1);
}

static bool is_set(const uint8_t bits[BITS / 8], struct str text, size_t start)
{
	uint32_t bit = text.n < start ? 0 : bit_of(text.p, start);
	return text.n >= start && (bits[bit / 8] >> bit % 8 & 1);
}

static void set(uint8_t bits[BITS / 8], uint32_t bit)
{
	bits[bit / 8] = (uint8_t)(bits[bit / 8] | 1u << bit % 8);
}

static int by_key(const void *a, const void *b)
{
	return str_cmp(((const struct entry *)a)->term->key, ((const struct entry *)b)->term->key);
}

struct terms *terms_new(const struct glossary_term *list, size_t n, struct arena *arena)
{
	struct terms *t = arena_alloc(arena, sizeof *t);
	if (!t || !(t->all = arena_array(arena, n + 1, sizeof *t->all)))
		return NULL;
	for (size_t i = 0; i < n; i++) {
		struct str key = list[i].key;
		if (key.n < SHORT_START)
			continue;
		t->all[t->n++].term = &list[i];
		if (key.n >= LONG_START)
			set(t->long_ones, bit_of(key.p, LONG_START));
		else
			set(t->short_ones, bit_of(key.p, SHORT_START));
	}
	qsort(t->all, t->n, sizeof *t->all, by_key);
	for (size_t i = 1; i < t->n; i++) {
		const struct entry *e = &t->all[i - 1];
		while (e && !str_starts(t->all[i].term->key, e->term->key))
			e = e->within;
		t->all[i].within = e;
	}
	return t;
}

/* The last key that does not come after this text; NULL: all do. */
static const struct entry *last_before(const struct terms *t, struct str text)
{
	size_t from = 0, to = t->n;
	while (from < to) {
		size_t middle = from + (to - from) / 2;
		if (str_cmp(t->all[middle].term->key, text) <= 0)
			from = middle + 1;
		else
			to = middle;
	}
	return from ? &t->all[from - 1] : NULL;
}

/* One of the keys, a line each, in the text; empty when none is. */
static struct str key_in(struct str text, struct str keys)
{
	while (keys.n) {
		struct str key = str_split(&keys, '\n');
		if (key.n && str_find(text, key) >= 0)
			return key;
	}
	return STR("");
}

static bool stands_in(const struct term_hit *hits, size_t n, const struct glossary_term *term)
{
	for (size_t i = 0; i < n; i++) {
		if (hits[i].term == term)
			return true;
	}
	return false;
}

/* What is written of a key: the word of the list whose key it is. */
static struct str word_of(struct str words, struct str keys, struct str key)
{
	while (words.n) {
		struct str word = str_trim(str_split(&words, '|'));
		if (word.n && str_eq(str_split(&keys, '\n'), key))
			return word;
	}
	return key;
}

static void judge(struct term_hit *hit, struct str target_key)
{
	struct str bad = target_key.n ? key_in(target_key, hit->term->forbidden_keys) : STR("");
	hit->missing = target_key.n && key_in(target_key, hit->term->word_keys).n == 0;
	hit->forbidden = bad.n ? word_of(hit->term->forbidden, hit->term->forbidden_keys, bad) : STR("");
}

size_t terms_in(const struct terms *t, struct str source_key, struct str target_key, struct term_hit out[TERM_HITS_MAX])
{
	size_t n = 0;
	for (size_t at = 0; at + SHORT_START <= source_key.n && n < TERM_HITS_MAX; at++) {
		/* Terms start with a character, or a space. */
		if (((unsigned char)source_key.p[at] & 0xC0) == 0x80)
			continue;
		struct str rest = str_skip(source_key, at);
		if (!is_set(t->long_ones, rest, LONG_START) && !is_set(t->short_ones, rest, SHORT_START))
			continue;
		for (const struct entry *e = last_before(t, rest); e && n < TERM_HITS_MAX; e = e->within) {
			if (str_starts(rest, e->term->key) && !stands_in(out, n, e->term)) {
				out[n] = (struct term_hit){ .term = e->term };
				judge(&out[n++], target_key);
			}
		}
	}
	return n;
}

bool translation_terms(
    struct store *store, const struct translation *t, struct terms **out, struct arena *arena, struct error *err)
{
	struct glossary_term *list;
	size_t n;
	struct str whole = t->original.lang, main_part = str_split(&whole, '-');
	struct term_filter filter = { .source_lang = main_part, .lang = t->lang };
	if (!term_list(store, &filter, &list, &n, NULL, arena, err))
		return false;
	*out = terms_new(list, n, arena);
	return *out ? true : error_memory(err);
}

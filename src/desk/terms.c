#include "desk/translate.h"

#include <string.h>

/* Finding thousands of terms in hundreds of blocks: each is filed under the first bytes of its key, so that one walk over a
 * block looks a place up and compares what is filed there. */

#define LONG_START 6 /* bytes: two characters of Japanese, or a space and five letters */
#define SHORT_START 3
#define BUCKETS 8192u

struct filed {
	const struct glossary_term *term;
	struct filed *next;
};

struct terms {
	struct filed *long_ones[BUCKETS], *short_ones[BUCKETS];
};

static uint32_t bucket(const char *p, size_t n)
{
	uint32_t h = 2166136261u;
	for (size_t i = 0; i < n; i++)
		h = (h ^ (unsigned char)p[i]) * 16777619u;
	return (h ^ h >> 15) & (BUCKETS - 1);
}

struct terms *terms_new(const struct glossary_term *list, size_t n, struct arena *arena)
{
	struct terms *t = arena_alloc(arena, sizeof *t);
	struct filed *filed = arena_array(arena, n + 1, sizeof *filed);
	if (!t || !filed)
		return NULL;
	for (size_t i = n; i-- > 0;) {
		struct str key = list[i].key;
		if (key.n < SHORT_START)
			continue;
		bool is_long = key.n >= LONG_START;
		struct filed **at =
		    is_long ? &t->long_ones[bucket(key.p, LONG_START)] : &t->short_ones[bucket(key.p, SHORT_START)];
		filed[i] = (struct filed){ &list[i], *at };
		*at = &filed[i];
	}
	return t;
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
		struct filed *lists[] = { rest.n >= LONG_START ? t->long_ones[bucket(rest.p, LONG_START)] : NULL,
			t->short_ones[bucket(rest.p, SHORT_START)] };
		for (size_t l = 0; l < 2; l++) {
			for (const struct filed *f = lists[l]; f && n < TERM_HITS_MAX; f = f->next) {
				if (str_starts(rest, f->term->key) && !stands_in(out, n, f->term)) {
					out[n] = (struct term_hit){ .term = f->term };
					judge(&out[n++], target_key);
				}
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

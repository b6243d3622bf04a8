#include "search/inner.h"

#include <stdlib.h>
#include <string.h>

/* The editors' synonyms, in memory: each word with what else it stands for. */

#define LOADED_MAX 20000 /* pairs */

static bool add_pairs(struct synonyms *out, const struct synonym *s, struct arena *scratch)
{
	for (size_t i = 0; i < s->n_words && (i == 0 || !s->one_way); i++) {
		struct str word = arena_dup(out->arena, text_fold(s->words[i], scratch));
		for (size_t k = 0; k < s->n_words; k++) {
			if (k == i || out->n == LOADED_MAX || word.n == 0)
				continue;
			struct synonym_pair pair = { arena_dup(out->arena, s->lang), word, arena_dup(out->arena, s->words[k]) };
			if (!pair.lang.p || !pair.word.p || !pair.other.p)
				return false;
			out->v[out->n++] = pair;
		}
	}
	return true;
}

struct synonyms *synonyms_load(struct store *store, struct error *err)
{
	struct arena *scratch = arena_new();
	struct synonyms *out = calloc(1, sizeof *out);
	struct synonym *all = NULL;
	size_t n = 0, pairs = 0;
	if (!out || !scratch || !(out->arena = arena_new())) {
		error_memory(err);
		goto failed;
	}
	if (!synonym_list(store, &all, &n, scratch, err))
		goto failed;
	for (size_t i = 0; i < n; i++)
		pairs += all[i].n_words * all[i].n_words;
	out->v = arena_array(out->arena, (pairs < LOADED_MAX ? pairs : LOADED_MAX) + 1, sizeof *out->v);
	if (!out->v) {
		error_memory(err);
		goto failed;
	}
	for (size_t i = 0; i < n; i++) {
		if (!add_pairs(out, &all[i], scratch)) {
			error_memory(err);
			goto failed;
		}
	}
	arena_free(scratch);
	return out;
failed:
	arena_free(scratch);
	synonyms_free(out);
	return NULL;
}

void synonyms_free(struct synonyms *s)
{
	if (!s)
		return;
	arena_free(s->arena);
	free(s);
}

static bool is_latin(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

/* In scripts with spaces only a whole word counts: "art" is not in "start". */
bool synonym_stands_in(struct str text, struct str word)
{
	for (size_t from = 0; from < text.n;) {
		ptrdiff_t at = str_find(str_skip(text, from), word);
		if (at < 0)
			return false;
		size_t start = from + (size_t)at, end = start + word.n;
		bool before = start > 0 && is_latin(text.p[start - 1]) && is_latin(word.p[0]);
		bool after = end < text.n && is_latin(text.p[end]) && is_latin(word.p[word.n - 1]);
		if (!before && !after)
			return true;
		from = start + 1;
	}
	return false;
}

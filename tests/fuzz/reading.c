#include "text/text.h"

#include <stdlib.h>

/* Kana, romaji and readings of anything, with the dictionary where it is installed and without. */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void must(bool holds)
{
	if (!holds)
		abort();
}

static void check_key(struct str text, struct arena *arena)
{
	struct str kana = text_hiragana(text, arena), key = text_reading_key(text, arena);
	must(utf8_valid(kana) && utf8_valid(key));
	must(str_eq(text_hiragana(kana, arena), kana));
	must(str_eq(text_reading_key(key, arena), key));
	must(utf8_valid(text_typed(kana, arena)));
}

static void check_romaji(struct str text, struct arena *arena)
{
	struct romaji r;
	if (!text_romaji(&r, text, arena))
		return;
	must(utf8_valid(r.kana) && r.n_next <= ROMAJI_NEXT_MAX);
	for (size_t i = 0; i < r.n_next; i++)
		must(utf8_count(r.next[i]) == 1);
}

static void check_words(struct text_reader *reader, struct str text, struct arena *arena)
{
	struct text_word *words;
	struct error err = { 0 };
	size_t n, at = 0;
	must(text_words(reader, text, &words, &n, arena, &err));
	for (size_t i = 0; i < n; i++) {
		must(words[i].start >= at && words[i].end > words[i].start && words[i].end <= text.n);
		must(utf8_valid(words[i].reading));
		at = words[i].end;
	}
	text_reading(reader, text, arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static struct text_reader *reader;
	static bool looked;
	struct str text = str_of((const char *)data, n);
	struct arena *arena = arena_new();
	if (!looked)
		reader = text_reader_new();
	looked = true;
	if (arena) {
		check_key(text, arena);
		check_romaji(text, arena);
		check_words(NULL, text, arena);
		check_words(reader, text, arena);
	}
	arena_free(arena);
	return 0;
}

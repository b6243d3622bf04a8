#include "search/inner.h"

/* The words of an entry, as written and as read, and how they are kept: the text shows most of it. */

/* How many characters a word has is kept as a letter: a reading holds none of these. */
#define LENGTH_0 '@'
#define LENGTH_MAX 60 /* '|'; longer words are kept in pieces */
#define NOT_A_START '-'

/* One letter for the length, and the reading where the word does not show it: "B" and かんし for 監視. */
static void pack_word(struct buf *out, struct str surface, struct str reading, bool start)
{
	size_t n = utf8_count(surface);
	if (!start)
		buf_addc(out, NOT_A_START);
	for (; n > LENGTH_MAX; n -= LENGTH_MAX)
		buf_adds(out, "|-");
	buf_addc(out, (char)(LENGTH_0 + n));
	buf_add(out, reading);
}

static bool has_key(struct str key)
{
	for (size_t i = 0; i < key.n; i++) {
		if (key.p[i] < '0' || key.p[i] > '9')
			return true;
	}
	return false;
}

bool entry_pack(struct str *out, struct text_reader *reader, struct str folded, struct arena *arena, struct error *err)
{
	struct text_word *words;
	struct buf packed = { 0 };
	size_t n;
	if (!text_words(reader, folded, &words, &n, arena, err))
		return false;
	for (size_t i = 0; i < n && i < ENTRY_WORDS_MAX; i++) {
		struct str surface = str_sub(folded, words[i].start, words[i].end), key = text_reading_key(surface, arena);
		struct str reading = text_reading_key(words[i].reading, arena);
		bool start = words[i].content && has_key(key) && !text_is_stopword(key, STR("en"));
		pack_word(&packed, surface, str_eq(reading, key) ? STR("") : reading, start || i == 0);
	}
	*out = buf_take(&packed, arena);
	return out->p ? true : error_memory(err);
}

static size_t skip_space(struct str s, size_t at)
{
	for (size_t next = at; next < s.n; at = next) {
		uint32_t cp = utf8_next(s, &next);
		if (cp > ' ' && cp != 0x3000 && cp != 0xA0)
			break;
	}
	return at;
}

/* Takes one packed word off, and its characters from the text. */
static struct entry_word unpack_word(struct str *packed, struct str folded, size_t *at, struct arena *arena)
{
	struct entry_word w = { .start = packed->p[0] != NOT_A_START };
	size_t i = w.start ? 0 : 1, from;
	*at = from = skip_space(folded, *at);
	for (int n = i < packed->n ? packed->p[i++] - LENGTH_0 : 0; n > 0 && *at < folded.n; n--)
		utf8_next(folded, at);
	*packed = str_skip(*packed, i);
	for (i = 0; i < packed->n && (packed->p[i] & 0x80);)
		i++;
	w.surface = text_reading_key(str_sub(folded, from, *at), arena);
	w.reading = i ? str_sub(*packed, 0, i) : w.surface;
	*packed = str_skip(*packed, i);
	return w;
}

bool entry_words(struct entry_words *out, struct str text, struct str packed, struct arena *arena, struct error *err)
{
	struct str folded = text_normal(text, arena);
	size_t at = 0;
	out->n = 0;
	if (packed.n == 0 && !entry_pack(&packed, NULL, folded, arena, err))
		return false;
	while (packed.n && out->n < ENTRY_WORDS_MAX)
		out->v[out->n++] = unpack_word(&packed, folded, &at, arena);
	return true;
}

/* Do two words beside each other keep a space? Not where one of them is of a script without. */
static bool spaced(const struct buf *before, struct str word)
{
	struct str s = buf_str(before);
	size_t last = s.n ? utf8_floor(s, s.n - 1) : 0, first = 0;
	if (s.n == 0 || word.n == 0)
		return false;
	uint32_t a = utf8_next(s, &last), b = utf8_next(word, &first);
	return !cp_is_han(a) && !cp_is_kana(a) && !cp_is_han(b) && !cp_is_kana(b);
}

struct str entry_key(const struct entry_words *words, size_t from, bool reading, size_t max, struct arena *arena)
{
	struct buf out = { 0 };
	for (size_t i = from; i < words->n && out.n < max; i++) {
		struct str word = reading ? words->v[i].reading : words->v[i].surface;
		if (spaced(&out, word))
			buf_addc(&out, ' ');
		buf_add(&out, word);
	}
	struct str key = buf_take(&out, arena);
	return str_sub(key, 0, utf8_floor(key, max));
}

struct str key_end(struct str prefix, struct arena *arena)
{
	struct str end = arena_dup(arena, prefix);
	/* No byte of UTF-8 is the last of its kind. */
	if (end.p && end.n)
		((char *)end.p)[end.n - 1]++;
	return prefix.n ? end : STR("\xFF");
}

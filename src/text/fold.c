#include "text/inner.h"

#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

/* NFKC with case folded, accents off letters that are words without them, and the spelling variants of Japanese:
 *
 *   long vowels    サーバー = サーバ           the mark after kana is dropped
 *   small kana     ウィルス = ウイルス         katakana, and the small vowels of hiragana
 *   ヴ             ヴァイオリン = バイオリン
 *   iteration      人々 = 人人, こゝろ = こころ
 *   old kanji      國 = 国                     kanji.c
 */

#define FOLDS_MAX 4
#define FOLD (UTF8PROC_STABLE | UTF8PROC_COMPAT | UTF8PROC_COMPOSE | UTF8PROC_CASEFOLD | UTF8PROC_IGNORE)

static bool is_hiragana(uint32_t cp)
{
	return cp >= 0x3041 && cp <= 0x3096;
}

static bool is_katakana(uint32_t cp)
{
	return cp >= 0x30A1 && cp <= 0x30FA;
}

/* Latin, Greek and Cyrillic: their letters are the same words with and without accents. */
static bool takes_accents(uint32_t cp)
{
	return cp < 0x0530 || (cp >= 0x1E00 && cp <= 0x1FFF);
}

static uint32_t large_kana(uint32_t cp)
{
	switch (cp) {
	case 0x3041:
	case 0x3043:
	case 0x3045:
	case 0x3047:
	case 0x3049: /* ぁぃぅぇぉ */
	case 0x30A1:
	case 0x30A3:
	case 0x30A5:
	case 0x30A7:
	case 0x30A9: /* ァィゥェォ */
	case 0x30C3:
	case 0x30E3:
	case 0x30E5:
	case 0x30E7:
	case 0x30EE: /* ッャュョヮ */
		return cp + 1;
	case 0x30F5: /* ヵ */
		return 0x30AB;
	case 0x30F6: /* ヶ */
		return 0x30B1;
	}
	return cp;
}

/* か → が: the voiced forms follow the plain ones, but for は, which has two. */
static uint32_t voiced(uint32_t cp)
{
	uint32_t hiragana = is_katakana(cp) ? cp - 0x60 : cp;
	bool pairs = (hiragana >= 0x304B && hiragana <= 0x3061 && (hiragana & 1)) ||
	             (hiragana >= 0x3064 && hiragana <= 0x3068 && !(hiragana & 1)) ||
	             (hiragana >= 0x306F && hiragana <= 0x307B && hiragana % 3 == 0);
	return pairs ? cp + 1 : cp;
}

static void push(struct units *u, uint32_t cp, size_t start, size_t end)
{
	if (u->n == u->cap) {
		size_t cap = u->cap ? u->cap * 2 : 64;
		struct unit *more = arena_array(u->arena, cap, sizeof *more);
		if (!more) {
			u->failed = true;
			return;
		}
		if (u->n)
			memcpy(more, u->v, u->n * sizeof *more);
		u->v = more;
		u->cap = cap;
	}
	u->v[u->n++] = (struct unit){ cp, (uint32_t)start, (uint32_t)end };
}

/* A small vowel after ヴ: ヴァ is バ. */
static bool joins_vu(struct units *u, uint32_t cp, size_t end)
{
	static const uint32_t joined[] = { 0x30D0, 0x30D3, 0x30D6, 0x30D9, 0x30DC }; /* バビブベボ */
	if (!u->after_vu || cp < 0x30A1 || cp > 0x30A9 || !(cp & 1))
		return false;
	u->v[u->n - 1].cp = joined[(cp - 0x30A1) / 2];
	u->v[u->n - 1].end = (uint32_t)end;
	return true;
}

/* What an iteration mark repeats, or the mark itself. */
static uint32_t repeated(const struct units *u, uint32_t mark)
{
	uint32_t last = u->n ? u->v[u->n - 1].cp : 0;
	bool kana = is_hiragana(last) || is_katakana(last);
	if ((mark == 0x3005 || mark == 0x303B) && cp_is_han(last))
		return last;
	if ((mark == 0x309D || mark == 0x30FD) && kana)
		return last;
	if ((mark == 0x309E || mark == 0x30FE) && kana)
		return voiced(last);
	return mark;
}

static void push_japanese(struct units *u, uint32_t cp, size_t start, size_t end)
{
	uint32_t last = u->n ? u->v[u->n - 1].cp : 0;
	if (cp == 0x30FC && (is_hiragana(last) || is_katakana(last))) {
		u->v[u->n - 1].end = (uint32_t)end;
		return;
	}
	bool joined = joins_vu(u, cp, end);
	u->after_vu = cp == 0x30F4;
	if (!joined)
		push(u, cp == 0x30F4 ? 0x30D6 : large_kana(repeated(u, cp)), start, end);
}

/* One character that NFKC and case folding have made. */
static void push_folded(struct units *u, uint32_t cp, size_t start, size_t end)
{
	bool japanese = (cp >= 0x3000 && cp <= 0x30FF);
	if (japanese) {
		push_japanese(u, cp, start, end);
		return;
	}
	u->after_vu = false;
	push(u, cp >= 0x3400 ? kanji_standard(cp) : cp, start, end);
}

static size_t map_once(const char *in, size_t n, char **out)
{
	utf8proc_uint8_t *made = NULL;
	utf8proc_ssize_t length =
	    utf8proc_map((const utf8proc_uint8_t *)in, (utf8proc_ssize_t)n, &made, (utf8proc_option_t)FOLD);
	*out = (char *)made;
	return length > 0 ? (size_t)length : 0;
}

static bool is_accent(uint32_t cp)
{
	return utf8proc_category((utf8proc_int32_t)cp) == UTF8PROC_CATEGORY_MN;
}

/* The letter without its accents; others as they are. */
static uint32_t unaccented(uint32_t cp)
{
	utf8proc_int32_t parts[8];
	if (cp < 0x80 || !takes_accents(cp))
		return cp;
	utf8proc_ssize_t n = utf8proc_decompose_char((utf8proc_int32_t)cp, parts, 8, UTF8PROC_DECOMPOSE, NULL);
	for (utf8proc_ssize_t i = 1; i < n && i < 8; i++) {
		if (!is_accent((uint32_t)parts[i]))
			return cp;
	}
	return n > 1 ? (uint32_t)parts[0] : cp;
}

/* A cluster through utf8proc. Case folding can undo a composition, so once is not always enough; the second time is. */
static void push_cluster(struct units *u, struct str cluster, size_t start)
{
	char *once = NULL, *twice = NULL;
	size_t n = map_once(cluster.p, cluster.n, &once);
	n = map_once(once ? once : "", n, &twice);
	struct str folded = str_of(twice, n);
	uint32_t base = 0;
	for (size_t at = 0; at < n;) {
		uint32_t cp = utf8_next(folded, &at);
		if (base && takes_accents(base) && is_accent(cp))
			continue;
		base = cp;
		push_folded(u, unaccented(cp), start, start + cluster.n);
	}
	free(once);
	free(twice);
}

/* Most of all text is of these, and needs no library: *folded is what the character becomes. */
static bool is_quick(uint32_t cp, uint32_t *folded)
{
	*folded = cp;
	if (cp >= 'A' && cp <= 'Z')
		*folded = cp | 32;
	else if (cp >= 0xFF21 && cp <= 0xFF3A) /* full-width capitals */
		*folded = cp - 0xFEE0 + 32;
	else if (cp > 0xFF00 && cp < 0xFF5F)
		*folded = cp - 0xFEE0;
	else
		return (cp >= ' ' && cp <= '~') || cp == '\n' || (cp >= 0x3001 && cp <= 0x3020) || is_hiragana(cp) ||
		       is_katakana(cp) || (cp >= 0x30FB && cp <= 0x30FE) || cp == 0x309D || cp == 0x309E ||
		       (cp >= 0x4E00 && cp <= 0x9FFF);
	return true;
}

/* Does what follows belong to the character before it? Among the quick ones nothing does. */
static bool combines(uint32_t cp, struct str s, size_t at)
{
	uint32_t folded, next = utf8_next(s, &at);
	return !is_quick(next, &folded) && !utf8proc_grapheme_break((utf8proc_int32_t)cp, (utf8proc_int32_t)next);
}

bool fold_units(struct units *out, struct str s, struct arena *arena)
{
	*out = (struct units){ .arena = arena };
	/* About three bytes a character of Japanese. */
	out->cap = s.n / 3 + 16;
	out->v = arena_array(arena, out->cap, sizeof *out->v);
	if (!out->v)
		return false;
	for (size_t at = 0; at < s.n && !out->failed;) {
		size_t start = at;
		uint32_t folded, cp = utf8_next(s, &at);
		if (is_quick(cp, &folded) && (at == s.n || !combines(cp, s, at))) {
			push_folded(out, folded, start, at);
			continue;
		}
		at = text_grapheme_end(s, start);
		out->slow = true;
		push_cluster(out, utf8_clean(arena, str_sub(s, start, at)), start);
	}
	return !out->failed;
}

static struct str fold_once(struct str s, bool *slow, struct arena *arena)
{
	struct units units;
	struct buf out = { 0 };
	if (!fold_units(&units, s, arena))
		return STR("");
	for (size_t i = 0; i < units.n; i++)
		buf_addcp(&out, units.v[i].cp);
	*slow = units.slow;
	struct str folded = out.n ? buf_take(&out, arena) : STR("");
	return folded.p ? folded : STR("");
}

/* What a cluster became may join its new neighbours (jamo, marks without a letter): then once more. */
struct str text_fold(struct str s, struct arena *arena)
{
	bool slow = false;
	struct str folded = fold_once(s, &slow, arena);
	for (int again = 0; slow && again < FOLDS_MAX; again++) {
		struct str before = folded;
		folded = fold_once(before, &slow, arena);
		slow = slow && !str_eq(before, folded);
	}
	return folded;
}

/* Once is enough here: what takes a second look are clusters that join their neighbours. */
bool text_fold_places(struct text_places *out, struct str s, struct arena *arena, struct error *err)
{
	struct units units = { 0 };
	*out = (struct text_places){ .folded = STR("") };
	if (!fold_units(&units, s, arena))
		return error_memory(err);
	char *bytes = arena_alloc(arena, units.n * 4 + 1);
	out->from = arena_array(arena, units.n * 4 + 1, sizeof *out->from);
	out->to = arena_array(arena, units.n * 4 + 1, sizeof *out->to);
	if (!bytes || !out->from || !out->to)
		return error_memory(err);
	size_t n = 0;
	for (size_t i = 0; i < units.n; i++) {
		for (size_t end = n + utf8_put(units.v[i].cp, bytes + n); n < end; n++) {
			out->from[n] = units.v[i].start;
			out->to[n] = units.v[i].end;
		}
	}
	out->folded = str_of(bytes, n);
	return true;
}

/* ---- normal form, with spellings as they are ---- */

/* What normalising leaves alone, and nearly all there is. */
static bool is_plain(struct str s)
{
	for (size_t at = 0; at < s.n;) {
		uint32_t folded, cp = utf8_next(s, &at);
		if (!is_quick(cp, &folded) || folded != cp)
			return false;
	}
	return true;
}

struct str text_normal(struct str s, struct arena *arena)
{
	char *once = NULL, *twice = NULL;
	if (is_plain(s))
		return arena_dup(arena, s);
	s = utf8_clean(arena, s);
	size_t n = map_once(s.p, s.n, &once);
	n = map_once(once ? once : "", n, &twice);
	struct str normal = arena_dup(arena, str_of(twice, n));
	free(once);
	free(twice);
	return normal.p ? normal : STR("");
}

size_t text_grapheme_end(struct str s, size_t at)
{
	utf8proc_int32_t state = 0;
	if (at >= s.n)
		return s.n;
	uint32_t previous = utf8_next(s, &at);
	while (at < s.n) {
		size_t next = at;
		uint32_t cp = utf8_next(s, &next);
		if (utf8proc_grapheme_break_stateful((utf8proc_int32_t)previous, (utf8proc_int32_t)cp, &state))
			break;
		previous = cp;
		at = next;
	}
	return at;
}

struct str text_truncate(struct str s, size_t n)
{
	size_t at = 0;
	while (n-- > 0 && at < s.n)
		at = text_grapheme_end(s, at);
	return str_sub(s, 0, at);
}

#include "text/text.h"

#include <utf8proc.h>

/* Hiragana of a katakana; others as they are. Both blocks have the same order, 0x60 apart. */
static uint32_t hiragana_of(uint32_t cp)
{
	if ((cp >= 0x30A1 && cp <= 0x30F6) || cp == 0x30FD || cp == 0x30FE)
		return cp - 0x60;
	if (cp >= 0x30F7 && cp <= 0x30FA) { /* ヷ ヸ ヹ ヺ */
		static const uint32_t v[] = { 0x308F, 0x3090, 0x3091, 0x3092 };
		return v[cp - 0x30F7];
	}
	return cp;
}

/* The voiced twin of か … ほ; others as they are. */
static uint32_t voiced(uint32_t cp)
{
	bool k_to_chi = cp >= 0x304B && cp <= 0x3061 && cp % 2 == 1;
	bool tsu_to_to = cp == 0x3064 || cp == 0x3066 || cp == 0x3068;
	bool h = cp >= 0x306F && cp <= 0x307D && (cp - 0x306F) % 3 == 0;
	return k_to_chi || tsu_to_to || h ? cp + 1 : cp;
}

struct str text_hiragana(struct str s, struct arena *arena)
{
	struct buf out = { 0 };
	struct str folded = text_normal(s, arena);
	uint32_t previous = 0;
	for (size_t at = 0; at < folded.n;) {
		uint32_t cp = hiragana_of(utf8_next(folded, &at));
		bool again = cp == 0x309D || cp == 0x309E; /* ゝ ゞ */
		if (again && previous >= 0x3041 && previous <= 0x3096)
			cp = cp == 0x309E ? voiced(previous) : previous;
		buf_addcp(&out, cp);
		previous = cp;
	}
	struct str kana = buf_take(&out, arena);
	return kana.p ? kana : STR("");
}

/* ぁ→あ … ゎ→わ, and the sounds that two signs write. 0 for the long-vowel mark, and
 * for sound and iteration marks that belong to nothing, which are dropped. */
static uint32_t plain_kana(uint32_t cp)
{
	static const struct {
		uint16_t from, to;
	} pairs[] = {
		{ 0x3041, 0x3042 },
		{ 0x3043, 0x3044 },
		{ 0x3045, 0x3046 },
		{ 0x3047, 0x3048 },
		{ 0x3049, 0x304A },
		{ 0x3063, 0x3064 },
		{ 0x3083, 0x3084 },
		{ 0x3085, 0x3086 },
		{ 0x3087, 0x3088 },
		{ 0x308E, 0x308F },
		{ 0x3095, 0x304B },
		{ 0x3096, 0x3051 },
		{ 0x3062, 0x3058 },
		{ 0x3065, 0x305A },
		{ 0x3090, 0x3044 },
		{ 0x3091, 0x3048 },
		{ 0x3094, 0x3076 },
		{ 0x30FC, 0 },
		{ 0x3099, 0 },
		{ 0x309A, 0 },
		{ 0x309D, 0 },
		{ 0x309E, 0 },
	};
	for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
		if (pairs[i].from == cp)
			return pairs[i].to;
	}
	return cp;
}

/* ば び べ ぼ for ヴ with a small vowel after it; 0 for anything else. */
static uint32_t after_vu(uint32_t small)
{
	switch (small) {
	case 0x3041:
		return 0x3070;
	case 0x3043:
		return 0x3073;
	case 0x3047:
		return 0x3079;
	case 0x3049:
		return 0x307C;
	}
	return 0;
}

/* What is compared, and how it is written: words beside each other or with spaces between. */
enum sort { SORT_NONE, SORT_SPACED, SORT_RUN };

static enum sort sort_of(uint32_t cp)
{
	utf8proc_category_t c = utf8proc_category((utf8proc_int32_t)cp);
	if (cp_is_han(cp) || (cp_is_kana(cp) && c >= UTF8PROC_CATEGORY_LU && c <= UTF8PROC_CATEGORY_LO))
		return SORT_RUN;
	bool mark = c == UTF8PROC_CATEGORY_MN || c == UTF8PROC_CATEGORY_MC;
	return mark || (c >= UTF8PROC_CATEGORY_LU && c <= UTF8PROC_CATEGORY_NO) ? SORT_SPACED : SORT_NONE;
}

struct str text_reading_key(struct str s, struct arena *arena)
{
	struct buf out = { 0 };
	struct str kana = text_hiragana(s, arena);
	enum sort last = SORT_NONE;
	bool apart = false;
	for (size_t at = 0; at < kana.n;) {
		uint32_t cp = utf8_next(kana, &at);
		size_t next = at;
		uint32_t vu = cp == 0x3094 && at < kana.n ? after_vu(utf8_next(kana, &next)) : 0;
		if (vu)
			at = next;
		cp = vu ? vu : plain_kana(cp);
		enum sort sort = cp ? sort_of(cp) : SORT_NONE;
		apart = apart || sort == SORT_NONE;
		if (sort == SORT_NONE)
			continue;
		if (apart && last == SORT_SPACED && sort == SORT_SPACED)
			buf_addc(&out, ' ');
		buf_addcp(&out, cp);
		last = sort;
		apart = false;
	}
	struct str key = buf_take(&out, arena);
	return key.p ? key : STR("");
}

#include "doc/tree.h"

#include <utf8proc.h>

/* What the CJK-friendly amendment to CommonMark (tats-u/markdown-cjk-friendly) calls a CJK character: East Asian Width
 * W, F or H without the emoji, and all of Hangul. Ranges of Unicode 17. */
static const uint32_t WIDE[][2] = { { 0x1100, 0x11FF }, { 0x20A9, 0x20A9 }, { 0x2329, 0x232A }, { 0x2630, 0x2637 },
	{ 0x268A, 0x268F }, { 0x2E80, 0x303E }, { 0x3041, 0x3247 }, { 0x3250, 0xA4C6 }, { 0xA960, 0xA97C },
	{ 0xAC00, 0xD7FB }, { 0xF900, 0xFAFF }, { 0xFE10, 0xFE19 }, { 0xFE30, 0xFE6B }, { 0xFF01, 0xFFEE },
	{ 0x16FE0, 0x18DF2 }, { 0x1AFF0, 0x1B2FB }, { 0x1D300, 0x1D376 }, { 0x1F200, 0x1F200 }, { 0x1F202, 0x1F202 },
	{ 0x1F210, 0x1F219 }, { 0x1F21B, 0x1F22E }, { 0x1F230, 0x1F231 }, { 0x1F237, 0x1F237 }, { 0x1F23B, 0x1F23B },
	{ 0x1F240, 0x1F248 }, { 0x1F260, 0x1F265 }, { 0x20000, 0x3FFFD } };

bool cjk_wide(uint32_t cp)
{
	if (cp < WIDE[0][0])
		return false;
	for (size_t i = 0; i < sizeof WIDE / sizeof *WIDE && cp >= WIDE[i][0]; i++) {
		if (cp <= WIDE[i][1])
			return true;
	}
	return false;
}

static bool is_hangul(uint32_t cp)
{
	return (cp >= 0x1100 && cp <= 0x11FF) || (cp >= 0x3131 && cp <= 0x318E) || (cp >= 0xA960 && cp <= 0xA97C) ||
	       (cp >= 0xAC00 && cp <= 0xD7FB) || (cp >= 0xFFA0 && cp <= 0xFFDC);
}

/* Quotes, dashes and dots that are as wide as the text around them. */
static bool is_ambiguous(uint32_t cp)
{
	return cp == 0x2014 || cp == 0x2015 || cp == 0x2018 || cp == 0x2019 || cp == 0x201C || cp == 0x201D ||
	       cp == 0x2025 || cp == 0x2026 || cp == 0xB7 || cp == 0xD7;
}

/* Variation selectors belong to the character before them. */
bool cjk_selector(uint32_t cp)
{
	return (cp >= 0xFE00 && cp <= 0xFE0F) || (cp >= 0xE0100 && cp <= 0xE01EF);
}

bool cjk_joins(uint32_t left, uint32_t right)
{
	bool l = cjk_wide(left) && !is_hangul(left), r = cjk_wide(right) && !is_hangul(right);
	return (l && r) || (l && is_ambiguous(right)) || (r && is_ambiguous(left));
}

uint32_t cp_before(struct str s, size_t at)
{
	if (at == 0)
		return 0;
	size_t from = utf8_floor(s, at - 1);
	return utf8_next(s, &from);
}

uint32_t cp_after(struct str s, size_t at)
{
	return at < s.n ? utf8_next(s, &at) : 0;
}

static bool is_punctuation(uint32_t cp)
{
	utf8proc_category_t c = utf8proc_category((utf8proc_int32_t)cp);
	return (c >= UTF8PROC_CATEGORY_PC && c <= UTF8PROC_CATEGORY_PO) ||
	       (c >= UTF8PROC_CATEGORY_SM && c <= UTF8PROC_CATEGORY_SO);
}

static bool is_space(uint32_t cp)
{
	return cp == 0 || cp == ' ' || (cp >= '\t' && cp <= '\r') || cp == 0xA0 || cp == 0x3000 ||
	       utf8proc_category((utf8proc_int32_t)cp) == UTF8PROC_CATEGORY_ZS;
}

/* CommonMark decides by the neighbours of a run of * _ ~ whether it opens or closes; Japanese punctuation, which has no
 * spaces around it, defeats that. By the amendment CJK punctuation counts as a letter, and other punctuation too where
 * the other side is CJK. A mark beside the run says just that to cmark. `_` follows the old rule, but for punctuation
 * that hides behind a variation selector. */
enum run_mark cjk_run(struct str s, size_t from, size_t to)
{
	uint32_t previous = cp_before(s, from), next = cp_after(s, to), base = previous;
	if (is_space(previous) || is_space(next))
		return RUN_AS_IT_IS;
	bool general = previous >= 0xFE00 && previous <= 0xFE0E, selector = general || cjk_selector(previous);
	if (general)
		base = cp_before(s, utf8_floor(s, from - 1));
	bool quote = previous == 0xFE01 && (base == 0x2018 || base == 0x2019 || base == 0x201C || base == 0x201D);
	bool cjk_before = quote || cjk_wide(base) || (selector && !general), cjk_after = cjk_wide(next);
	bool punctuation_before = is_punctuation(base), punctuation_after = is_punctuation(next);
	if (s.p[from] == '_')
		return general && punctuation_before ? RUN_PUNCTUATION_BEFORE : RUN_AS_IT_IS;
	bool opens = !punctuation_after || cjk_after || cjk_before || punctuation_before;
	bool closes = !punctuation_before || cjk_before || cjk_after || punctuation_after;
	if (opens && closes && punctuation_before && !punctuation_after && !selector)
		return RUN_LETTER_BEFORE;
	if (opens && closes && punctuation_after && (!punctuation_before || selector))
		return RUN_LETTER_AFTER;
	return opens && !closes && selector ? RUN_PUNCTUATION_BEFORE : RUN_AS_IT_IS;
}

enum side { SIDE_SPACE, SIDE_LETTER, SIDE_PUNCTUATION, SIDE_CJK, SIDE_ODD };

/* Symbols, which not all versions of CommonMark count as punctuation, and selectors are odd. */
static enum side side_of(uint32_t cp)
{
	utf8proc_category_t c = utf8proc_category((utf8proc_int32_t)cp);
	if (is_space(cp))
		return SIDE_SPACE;
	if (cjk_selector(cp) || (cp >= 0xFDD0 && cp <= 0xFDEF) ||
	    (cp >= 0x80 && c >= UTF8PROC_CATEGORY_SM && c <= UTF8PROC_CATEGORY_SO) || c == UTF8PROC_CATEGORY_CF ||
	    c == UTF8PROC_CATEGORY_CN || c == UTF8PROC_CATEGORY_CC)
		return SIDE_ODD;
	if (cjk_wide(cp))
		return SIDE_CJK;
	return is_punctuation(cp) ? SIDE_PUNCTUATION : SIDE_LETTER;
}

/* By CommonMark and the amendment, where both agree. */
bool cjk_sure_to_open(uint32_t previous, uint32_t next)
{
	enum side before = side_of(previous), after = side_of(next);
	if (after == SIDE_SPACE || after == SIDE_ODD || before == SIDE_ODD)
		return false;
	return after != SIDE_PUNCTUATION || before != SIDE_LETTER;
}

bool cjk_sure_to_close(uint32_t previous, uint32_t next)
{
	return cjk_sure_to_open(next, previous);
}

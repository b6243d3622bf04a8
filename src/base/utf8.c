#include "base/base.h"

/* Length and allowed range of the second byte for a lead byte (Unicode 15, table 3-7); 0: not a lead byte. */
static size_t lead(unsigned char c, unsigned char *low, unsigned char *high)
{
	*low = 0x80;
	*high = 0xBF;
	if (c < 0x80)
		return 1;
	if (c >= 0xC2 && c <= 0xDF)
		return 2;
	if (c >= 0xE0 && c <= 0xEF) {
		if (c == 0xE0)
			*low = 0xA0;
		if (c == 0xED)
			*high = 0x9F;
		return 3;
	}
	if (c >= 0xF0 && c <= 0xF4) {
		if (c == 0xF0)
			*low = 0x90;
		if (c == 0xF4)
			*high = 0x8F;
		return 4;
	}
	return 0;
}

uint32_t utf8_next(struct str s, size_t *at)
{
	static const unsigned char mask[] = { 0, 0x7F, 0x1F, 0x0F, 0x07 };
	unsigned char c = (unsigned char)s.p[*at], low, high;
	size_t n = lead(c, &low, &high);
	*at += 1;
	if (n == 1)
		return c;
	if (n == 0)
		return UTF8_REPLACEMENT;
	uint32_t cp = c & mask[n];
	for (size_t i = 1; i < n; i++) {
		unsigned char next = *at < s.n ? (unsigned char)s.p[*at] : 0;
		if (next < low || next > high)
			return UTF8_REPLACEMENT;
		cp = (cp << 6) | (next & 0x3Fu);
		*at += 1;
		low = 0x80;
		high = 0xBF;
	}
	return cp;
}

size_t utf8_put(uint32_t cp, char out[4])
{
	if (cp > 0x10FFFF || (cp >= 0xD800 && cp <= 0xDFFF))
		cp = UTF8_REPLACEMENT;
	if (cp < 0x80) {
		out[0] = (char)cp;
		return 1;
	}
	if (cp < 0x800) {
		out[0] = (char)(0xC0 | (cp >> 6));
		out[1] = (char)(0x80 | (cp & 0x3F));
		return 2;
	}
	if (cp < 0x10000) {
		out[0] = (char)(0xE0 | (cp >> 12));
		out[1] = (char)(0x80 | ((cp >> 6) & 0x3F));
		out[2] = (char)(0x80 | (cp & 0x3F));
		return 3;
	}
	out[0] = (char)(0xF0 | (cp >> 18));
	out[1] = (char)(0x80 | ((cp >> 12) & 0x3F));
	out[2] = (char)(0x80 | ((cp >> 6) & 0x3F));
	out[3] = (char)(0x80 | (cp & 0x3F));
	return 4;
}

bool utf8_valid(struct str s)
{
	for (size_t at = 0; at < s.n;) {
		size_t from = at;
		if ((unsigned char)s.p[at] < 0x80) {
			at++;
			continue;
		}
		/* A real U+FFFD is the three bytes EF BF BD. */
		if (utf8_next(s, &at) == UTF8_REPLACEMENT && !str_eq(str_sub(s, from, at), STR("\xEF\xBF\xBD")))
			return false;
	}
	return true;
}

struct str utf8_clean(struct arena *a, struct str s)
{
	if (utf8_valid(s))
		return s;
	struct buf out = { 0 };
	for (size_t at = 0; at < s.n;)
		buf_addcp(&out, utf8_next(s, &at));
	return buf_take(&out, a);
}

size_t utf8_floor(struct str s, size_t at)
{
	if (at >= s.n)
		return s.n;
	size_t i = at;
	while (i > 0 && at - i < 3 && ((unsigned char)s.p[i] & 0xC0) == 0x80)
		i--;
	size_t end = i;
	utf8_next(s, &end);
	return end > at ? i : at;
}

size_t utf8_count(struct str s)
{
	size_t n = 0;
	for (size_t at = 0; at < s.n; n++)
		utf8_next(s, &at);
	return n;
}

bool cp_is_han(uint32_t cp)
{
	return (cp >= 0x4E00 && cp <= 0x9FFF) || (cp >= 0x3400 && cp <= 0x4DBF) || (cp >= 0xF900 && cp <= 0xFAFF) ||
	       (cp >= 0x20000 && cp <= 0x323AF) || cp == 0x3005 || cp == 0x3007 || cp == 0x303B;
}

bool cp_is_kana(uint32_t cp)
{
	return (cp >= 0x3041 && cp <= 0x3096) || (cp >= 0x3099 && cp <= 0x309F) || (cp >= 0x30A1 && cp <= 0x30FA) ||
	       (cp >= 0x30FC && cp <= 0x30FF) || (cp >= 0x31F0 && cp <= 0x31FF) || (cp >= 0xFF66 && cp <= 0xFF9F) ||
	       (cp >= 0x1B000 && cp <= 0x1B16F);
}

bool cp_is_cjk(uint32_t cp)
{
	return cp_is_han(cp) || cp_is_kana(cp) || (cp >= 0x3000 && cp <= 0x303F) || (cp >= 0x30FB && cp <= 0x318F) ||
	       (cp >= 0x2E80 && cp <= 0x2FDF) || (cp >= 0x31A0 && cp <= 0x33FF) || (cp >= 0xAC00 && cp <= 0xD7A3) ||
	       (cp >= 0x1100 && cp <= 0x11FF) || (cp >= 0xFE30 && cp <= 0xFE4F) || (cp >= 0xFF01 && cp <= 0xFFEE);
}

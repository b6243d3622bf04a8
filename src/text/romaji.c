#include "text/text.h"

#include <string.h>
#include <utf8proc.h>

#define LETTERS_MAX 6 /* of one syllable with its vowel, and room */

/* A row of the table of syllables: what a head gives with a, i, u, e, o. An empty head is the vowels alone. Of rows that give
 * the same kana, the most usual is the first. */
static const struct row {
	const char *head, *kana[5];
} ROWS[] = {
	{ "", { "あ", "い", "う", "え", "お" } },
	{ "k", { "か", "き", "く", "け", "こ" } },
	{ "ky", { "きゃ", "きぃ", "きゅ", "きぇ", "きょ" } },
	{ "kw", { "くぁ", "くぃ", "くぅ", "くぇ", "くぉ" } },
	{ "s", { "さ", "し", "す", "せ", "そ" } },
	{ "sh", { "しゃ", "し", "しゅ", "しぇ", "しょ" } },
	{ "sy", { "しゃ", "しぃ", "しゅ", "しぇ", "しょ" } },
	{ "t", { "た", "ち", "つ", "て", "と" } },
	{ "ch", { "ちゃ", "ち", "ちゅ", "ちぇ", "ちょ" } },
	{ "cy", { "ちゃ", "ちぃ", "ちゅ", "ちぇ", "ちょ" } },
	{ "ty", { "ちゃ", "ちぃ", "ちゅ", "ちぇ", "ちょ" } },
	{ "ts", { "つぁ", "つぃ", "つ", "つぇ", "つぉ" } },
	{ "th", { "てゃ", "てぃ", "てゅ", "てぇ", "てょ" } },
	{ "tw", { "とぁ", "とぃ", "とぅ", "とぇ", "とぉ" } },
	{ "n", { "な", "に", "ぬ", "ね", "の" } },
	{ "ny", { "にゃ", "にぃ", "にゅ", "にぇ", "にょ" } },
	{ "h", { "は", "ひ", "ふ", "へ", "ほ" } },
	{ "hy", { "ひゃ", "ひぃ", "ひゅ", "ひぇ", "ひょ" } },
	{ "f", { "ふぁ", "ふぃ", "ふ", "ふぇ", "ふぉ" } },
	{ "fy", { "ふゃ", "ふぃ", "ふゅ", "ふぇ", "ふょ" } },
	{ "m", { "ま", "み", "む", "め", "も" } },
	{ "my", { "みゃ", "みぃ", "みゅ", "みぇ", "みょ" } },
	{ "y", { "や", "い", "ゆ", "いぇ", "よ" } },
	{ "r", { "ら", "り", "る", "れ", "ろ" } },
	{ "ry", { "りゃ", "りぃ", "りゅ", "りぇ", "りょ" } },
	{ "w", { "わ", "うぃ", "う", "うぇ", "を" } },
	{ "wh", { "うぁ", "うぃ", "う", "うぇ", "うぉ" } },
	{ "g", { "が", "ぎ", "ぐ", "げ", "ご" } },
	{ "gy", { "ぎゃ", "ぎぃ", "ぎゅ", "ぎぇ", "ぎょ" } },
	{ "gw", { "ぐぁ", "ぐぃ", "ぐぅ", "ぐぇ", "ぐぉ" } },
	{ "z", { "ざ", "じ", "ず", "ぜ", "ぞ" } },
	{ "zy", { "じゃ", "じぃ", "じゅ", "じぇ", "じょ" } },
	{ "j", { "じゃ", "じ", "じゅ", "じぇ", "じょ" } },
	{ "jy", { "じゃ", "じぃ", "じゅ", "じぇ", "じょ" } },
	{ "d", { "だ", "ぢ", "づ", "で", "ど" } },
	{ "dy", { "ぢゃ", "ぢぃ", "ぢゅ", "ぢぇ", "ぢょ" } },
	{ "dh", { "でゃ", "でぃ", "でゅ", "でぇ", "でょ" } },
	{ "dw", { "どぁ", "どぃ", "どぅ", "どぇ", "どぉ" } },
	{ "dz", { "ざ", "じ", "づ", "ぜ", "ぞ" } },
	{ "b", { "ば", "び", "ぶ", "べ", "ぼ" } },
	{ "by", { "びゃ", "びぃ", "びゅ", "びぇ", "びょ" } },
	{ "p", { "ぱ", "ぴ", "ぷ", "ぺ", "ぽ" } },
	{ "py", { "ぴゃ", "ぴぃ", "ぴゅ", "ぴぇ", "ぴょ" } },
	{ "v", { "ゔぁ", "ゔぃ", "ゔ", "ゔぇ", "ゔぉ" } },
	{ "vy", { "ゔゃ", "ゔぃ", "ゔゅ", "ゔぇ", "ゔょ" } },
	{ "q", { "くぁ", "くぃ", "く", "くぇ", "くぉ" } },
	{ "c", { "か", "し", "く", "せ", "こ" } },
	{ "x", { "ぁ", "ぃ", "ぅ", "ぇ", "ぉ" } },
	{ "l", { "ぁ", "ぃ", "ぅ", "ぇ", "ぉ" } },
	{ "xy", { "ゃ", "ぃ", "ゅ", "ぇ", "ょ" } },
	{ "ly", { "ゃ", "ぃ", "ゅ", "ぇ", "ょ" } },
	{ "xt", { NULL, NULL, "っ", NULL, NULL } },
	{ "lt", { NULL, NULL, "っ", NULL, NULL } },
	{ "xts", { NULL, NULL, "っ", NULL, NULL } },
	{ "lts", { NULL, NULL, "っ", NULL, NULL } },
	{ "xw", { "ゎ", NULL, NULL, NULL, NULL } },
	{ "lw", { "ゎ", NULL, NULL, NULL, NULL } },
	{ "xk", { "ゕ", NULL, NULL, "ゖ", NULL } },
	{ "lk", { "ゕ", NULL, NULL, "ゖ", NULL } },
};
#define N_ROWS (sizeof ROWS / sizeof *ROWS)

static int vowel_of(char c)
{
	const char *at = c ? strchr("aiueo", c) : NULL;
	return at ? (int)(at - "aiueo") : -1;
}

static bool is_letter(char c)
{
	return c >= 'a' && c <= 'z';
}

/* The syllable that s begins with: its letters (0: none) and its kana. */
static size_t syllable(struct str s, const char **kana)
{
	size_t head = 0;
	while (head < s.n && head < LETTERS_MAX && is_letter(s.p[head]) && vowel_of(s.p[head]) < 0)
		head++;
	int vowel = head < s.n ? vowel_of(s.p[head]) : -1;
	for (size_t i = 0; vowel >= 0 && i < N_ROWS; i++) {
		if (!str_eq(str_from(ROWS[i].head), str_sub(s, 0, head)) || !ROWS[i].kana[vowel])
			continue;
		*kana = ROWS[i].kana[vowel];
		return head + 1;
	}
	return 0;
}

static void add_next(struct romaji *r, const char *kana)
{
	size_t at = 0;
	struct str s = str_from(kana);
	utf8_next(s, &at);
	struct str first = str_sub(s, 0, at);
	for (size_t i = 0; i < r->n_next; i++) {
		if (str_eq(r->next[i], first))
			return;
	}
	if (r->n_next < ROMAJI_NEXT_MAX)
		r->next[r->n_next++] = first;
}

/* What consonants at the very end may become; false when no syllable begins with them. */
static bool unfinished(struct romaji *r, struct str tail, struct buf *out)
{
	r->n_next = 0;
	if (tail.n >= 2 && tail.p[0] == tail.p[1] && tail.p[0] != 'n') {
		buf_adds(out, "っ");
		tail = str_skip(tail, 1);
	}
	for (size_t i = 0; i < N_ROWS; i++) {
		for (size_t v = 0; v < 5 && str_starts(str_from(ROWS[i].head), tail); v++) {
			if (ROWS[i].kana[v])
				add_next(r, ROWS[i].kana[v]);
		}
	}
	if (r->n_next && str_eq(tail, STR("n")))
		add_next(r, "ん");
	return r->n_next > 0;
}

/* ん, or the small っ of a doubled consonant, before the rest of a word; the letters used, 0 when it is neither. */
static size_t before_consonant(struct str s, struct buf *out)
{
	char c = s.p[0], next = s.n > 1 ? s.p[1] : '\0';
	if (vowel_of(c) >= 0 || !next)
		return 0;
	if (c == 'n' && (next == '\'' || (next != 'y' && vowel_of(next) < 0))) {
		buf_adds(out, "ん");
		/* nn is ん alone where no vowel follows (honn), else ん and the beginning of な (konnichi). */
		bool alone = next == 'n' && (s.n == 2 || (vowel_of(s.p[2]) < 0 && s.p[2] != 'y'));
		return next == '\'' || alone ? 2 : 1;
	}
	if (c == 'm' && (next == 'b' || next == 'p' || next == 'm')) {
		buf_adds(out, "ん");
		return 1;
	}
	if (c == next || (c == 't' && str_starts(s, STR("tch")))) {
		buf_adds(out, "っ");
		return 1;
	}
	return 0;
}

/* One word in Latin letters; false, and nothing written, when it is no romaji. */
static bool read_word(struct romaji *r, struct str word, bool last, struct buf *out)
{
	size_t from = out->n;
	r->n_next = 0;
	for (size_t at = 0; at < word.n;) {
		struct str rest = str_skip(word, at);
		const char *kana = NULL;
		size_t used = syllable(rest, &kana);
		bool tail = true;
		for (size_t i = 0; i < rest.n; i++)
			tail = tail && is_letter(rest.p[i]) && vowel_of(rest.p[i]) < 0;
		if (used)
			buf_adds(out, kana);
		else if (str_eq(rest, STR("nn")) || (str_eq(rest, STR("n")) && !last))
			used = (buf_adds(out, "ん"), rest.n);
		else if (tail && last && rest.n < LETTERS_MAX && unfinished(r, rest, out))
			return true;
		else
			used = before_consonant(rest, out);
		if (used == 0) {
			out->n = from;
			return false;
		}
		at += used;
	}
	return true;
}

/* The vowel that a letter with a macron or a circumflex stands for; 0 for others. */
static char long_vowel(uint32_t cp)
{
	switch (utf8proc_tolower((utf8proc_int32_t)cp)) {
	case 0x101:
	case 0xE2:
		return 'a';
	case 0x12B:
	case 0xEE:
		return 'i';
	case 0x16B:
	case 0xFB:
		return 'u';
	case 0x113:
	case 0xEA:
		return 'e';
	case 0x14D:
	case 0xF4:
		return 'o';
	}
	return '\0';
}

/* Folded, with ō and ū (written in one sign or two) as an input method wants them typed: ou, uu. */
static struct str letters_of(struct str typed, struct arena *arena)
{
	struct buf out = { 0 };
	typed = str_sub(typed, 0, utf8_floor(typed, QUERY_MAX));
	for (size_t at = 0; at < typed.n;) {
		uint32_t cp = utf8_next(typed, &at);
		bool mark = cp == 0x304 || cp == 0x302;
		char vowel = long_vowel(cp), before = vowel ? vowel : mark && out.n ? (char)(out.p[out.n - 1] | 32) : '\0';
		if (vowel)
			buf_addc(&out, vowel);
		else if (!mark)
			buf_addcp(&out, cp == 0x2019 ? '\'' : cp);
		if (before == 'o' || before == 'u')
			buf_addc(&out, 'u');
	}
	struct str plain = buf_take(&out, arena);
	return plain.p ? text_normal(plain, arena) : STR("");
}

bool text_romaji(struct romaji *r, struct str typed, struct arena *arena)
{
	struct buf out = { 0 };
	struct str s = letters_of(typed, arena);
	bool any = false;
	*r = (struct romaji){ .whole = true };
	for (size_t at = 0; at < s.n;) {
		size_t from = at;
		while (at < s.n && (is_letter(s.p[at]) || (at > from && s.p[at] == '\'')))
			at++;
		if (at == from) {
			buf_addc(&out, s.p[at++]);
			continue;
		}
		struct str word = str_sub(s, from, at);
		if (read_word(r, word, at == s.n, &out)) {
			any = true;
		} else {
			buf_add(&out, word);
			r->whole = false;
			r->n_next = 0;
		}
	}
	r->kana = buf_take(&out, arena);
	return any && r->kana.p;
}

/* The keys for the syllable that s begins with; its bytes, 0 for none. */
static size_t keys_of(struct str s, struct buf *out)
{
	size_t best = 0, row = 0, vowel = 0;
	for (size_t i = 0; i < N_ROWS; i++) {
		for (size_t v = 0; v < 5; v++) {
			size_t n = ROWS[i].kana[v] ? strlen(ROWS[i].kana[v]) : 0;
			if (n > best && str_starts(s, str_from(ROWS[i].kana[v]))) {
				best = n;
				row = i;
				vowel = v;
			}
		}
	}
	if (best) {
		buf_adds(out, ROWS[row].head);
		buf_addc(out, "aiueo"[vowel]);
	}
	return best;
}

struct str text_typed(struct str kana, struct arena *arena)
{
	struct buf out = { 0 };
	struct str s = text_hiragana(kana, arena);
	for (size_t at = 0; at < s.n;) {
		struct str rest = str_skip(s, at);
		struct buf next = { 0 };
		size_t used;
		if (str_starts(rest, STR("ん"))) {
			buf_addc(&out, 'n');
			used = 3;
		} else if (str_starts(rest, STR("っ")) && keys_of(str_skip(rest, 3), &next)) {
			buf_addc(&out, next.p[0]);
			used = 3;
		} else {
			used = keys_of(rest, &out);
		}
		buf_free(&next);
		if (used == 0)
			buf_addc(&out, s.p[at]);
		at += used ? used : 1;
	}
	struct str typed = buf_take(&out, arena);
	return typed.p ? typed : STR("");
}

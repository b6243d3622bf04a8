#include "mail/mail.h"

/* RFC 3676 with DelSp=yes: a line that ends in a space goes on in the next one, and that space is not part of the text. So a
 * line can be broken between any two Japanese characters. */

#define COLUMNS 72
#define LINE_BYTES_MAX 900 /* RFC 5322 allows 998 */

static int columns_of(uint32_t cp)
{
	return cp_is_cjk(cp) ? 2 : 1;
}

/* May a line begin with it? Of Japanese rules only the plainest: no closing mark, no small kana, no long vowel mark. */
static bool may_begin(uint32_t cp)
{
	static const uint32_t never[] = { 0x3001, 0x3002, 0xFF0C, 0xFF0E, 0x300D, 0x300F, 0xFF09, 0x3011, 0x3015, 0x30FC,
		0x3063, 0x3083, 0x3085, 0x3087, 0x30C3, 0x30E3, 0x30E5, 0x30E7, 0xFF01, 0xFF1F, 0x30FB, 0x3005, 0xFF1A };
	for (size_t i = 0; i < sizeof never / sizeof *never; i++) {
		if (cp == never[i])
			return false;
	}
	return cp_is_cjk(cp);
}

/* Where a line that begins at `from` ends: at the paragraph's end, after a space, or before a Japanese character. */
static size_t line_end(struct str p, size_t from)
{
	size_t at = from, best = 0;
	int columns = 0;
	uint32_t before = 0;
	while (at < p.n) {
		size_t here = at;
		uint32_t cp = utf8_next(p, &at);
		if (here > from && (before == ' ' || may_begin(cp)) && before != 0x300C && before != 0xFF08 && cp != ' ')
			best = here;
		columns += columns_of(cp);
		if ((columns > COLUMNS && best) || at - from > LINE_BYTES_MAX)
			return best ? best : here > from ? here : at;
		before = cp;
	}
	return p.n;
}

static bool wants_stuffing(struct str line)
{
	return str_starts(line, STR(" ")) || str_starts(line, STR(">")) || str_starts(line, STR("From "));
}

static struct str without_end(struct str p)
{
	while (p.n && (p.p[p.n - 1] == ' ' || p.p[p.n - 1] == '\r'))
		p.n--;
	return p;
}

void mail_flow(struct str text, struct buf *out)
{
	while (text.n) {
		struct str p = str_split(&text, '\n');
		if (!str_eq(p, STR("-- "))) /* a signature's mark keeps its space */
			p = without_end(p);
		size_t at = 0;
		do {
			size_t end = line_end(p, at);
			struct str line = str_sub(p, at, end);
			if (wants_stuffing(line))
				buf_addc(out, ' ');
			buf_add(out, line);
			buf_adds(out, end < p.n ? " \r\n" : "\r\n");
			at = end;
		} while (at < p.n);
	}
}

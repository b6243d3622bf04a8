#include "text/text.h"

#include <errno.h>
#include <iconv.h>
#include <string.h>

#define HEAD_BYTES 4096 /* of a page in which its character set must be declared */

/* What browsers understand under these names (WHATWG Encoding), in iconv's words. */
static const char *iconv_name(struct str label)
{
	static const char *const names[][2] = { { "shift_jis", "CP932" }, { "shift-jis", "CP932" }, { "sjis", "CP932" },
		{ "x-sjis", "CP932" }, { "windows-31j", "CP932" }, { "cp932", "CP932" }, { "ms932", "CP932" },
		{ "ms_kanji", "CP932" }, { "euc-jp", "EUC-JP-MS" }, { "x-euc-jp", "EUC-JP-MS" }, { "eucjp", "EUC-JP-MS" },
		{ "iso-2022-jp", "ISO-2022-JP-3" }, { "iso-8859-1", "CP1252" }, { "latin1", "CP1252" }, { "ascii", "CP1252" },
		{ "us-ascii", "CP1252" }, { "windows-1250", "CP1250" }, { "windows-1251", "CP1251" },
		{ "windows-1252", "CP1252" }, { "windows-1253", "CP1253" }, { "windows-1254", "CP1254" },
		{ "windows-1255", "CP1255" }, { "windows-1256", "CP1256" }, { "windows-1257", "CP1257" },
		{ "windows-1258", "CP1258" }, { "iso-8859-2", "ISO-8859-2" }, { "iso-8859-5", "ISO-8859-5" },
		{ "iso-8859-7", "ISO-8859-7" }, { "iso-8859-9", "CP1254" }, { "iso-8859-15", "ISO-8859-15" },
		{ "koi8-r", "KOI8-R" }, { "koi8-u", "KOI8-U" }, { "gb2312", "GB18030" }, { "gbk", "GB18030" },
		{ "gb18030", "GB18030" }, { "big5", "BIG5-HKSCS" }, { "euc-kr", "CP949" }, { "ks_c_5601-1987", "CP949" },
		{ "utf-16", "UTF-16LE" }, { "utf-16le", "UTF-16LE" }, { "utf-16be", "UTF-16BE" } };
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		if (str_eq_ci(label, str_from(names[i][0])))
			return names[i][1];
	}
	return NULL;
}

/* The name after "charset=" or encoding=" in the first bytes. */
static struct str declared(struct str raw)
{
	static const char *const keys[] = { "charset", "encoding" };
	struct str head = str_sub(raw, 0, HEAD_BYTES);
	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
		for (struct str rest = head; str_find_ci(rest, str_from(keys[i])) >= 0;) {
			rest = str_skip(rest, (size_t)str_find_ci(rest, str_from(keys[i])) + strlen(keys[i]));
			struct str at = str_trim(str_sub(rest, 0, 80));
			if (at.n == 0 || at.p[0] != '=')
				continue;
			at = str_trim(str_skip(at, 1));
			size_t n = 0;
			while (at.n && (at.p[0] == '"' || at.p[0] == '\''))
				at = str_skip(at, 1);
			while (n < at.n && (at.p[n] == '_' || at.p[n] == '-' || (at.p[n] >= '0' && at.p[n] <= '9') ||
			                       ((at.p[n] | 32) >= 'a' && (at.p[n] | 32) <= 'z')))
				n++;
			if (n)
				return str_sub(at, 0, n);
		}
	}
	return STR("");
}

static struct str guessed(struct str raw)
{
	if (str_starts(raw, STR("\xFF\xFE")))
		return STR("utf-16le");
	if (str_starts(raw, STR("\xFE\xFF")))
		return STR("utf-16be");
	struct str label = declared(raw);
	/* ISO-2022-JP is all ASCII bytes: its escape tells it where nothing else does. */
	if (label.n == 0 && (str_find(raw, STR("\x1B$B")) >= 0 || str_find(raw, STR("\x1B$@")) >= 0))
		return STR("iso-2022-jp");
	return label;
}

/* Converts what it can; each byte that it cannot becomes U+FFFD. */
static struct str convert(iconv_t cd, struct str raw, size_t step, size_t *bad, struct arena *arena)
{
	struct buf out = { 0 };
	char chunk[4096], *in = (char *)(uintptr_t)raw.p;
	size_t left = raw.n;
	while (left > 0) {
		char *to = chunk;
		size_t room = sizeof chunk;
		size_t done = iconv(cd, &in, &left, &to, &room);
		buf_add(&out, str_of(chunk, sizeof chunk - room));
		if (done != (size_t)-1 || errno == E2BIG)
			continue;
		size_t skip = left < step ? left : step;
		in += skip;
		left -= skip;
		buf_addcp(&out, UTF8_REPLACEMENT);
		*bad += skip;
	}
	return buf_take(&out, arena);
}

static size_t count_replaced(struct str raw, struct str clean)
{
	size_t n = 0;
	const struct str mark = STR("\xEF\xBF\xBD");
	for (ptrdiff_t at; (at = str_find(clean, mark)) >= 0; n++)
		clean = str_skip(clean, (size_t)at + mark.n);
	for (ptrdiff_t at; n && (at = str_find(raw, mark)) >= 0; n--)
		raw = str_skip(raw, (size_t)at + mark.n);
	return n;
}

struct str text_utf8(struct str raw, struct str *from, size_t *bad, struct arena *arena)
{
	*from = STR("");
	*bad = 0;
	if (str_starts(raw, STR("\xEF\xBB\xBF")))
		raw = str_skip(raw, 3);
	bool wide = str_starts(raw, STR("\xFF\xFE")) || str_starts(raw, STR("\xFE\xFF"));
	bool escapes = memchr(raw.p ? raw.p : "", 0x1B, raw.n) != NULL;
	/* Well-formed UTF-8 is what it is, whatever an old header says. */
	if (!wide && !escapes && utf8_valid(raw))
		return raw;
	struct str label = guessed(raw);
	const char *name = iconv_name(label);
	iconv_t cd = name ? iconv_open("UTF-8", name) : (iconv_t)-1;
	struct str text;
	if (cd == (iconv_t)-1) {
		text = utf8_clean(arena, raw);
		*bad = count_replaced(raw, text);
		return text;
	}
	*from = label;
	text = convert(cd, wide ? str_skip(raw, 2) : raw, wide ? 2 : 1, bad, arena);
	iconv_close(cd);
	return utf8_clean(arena, text);
}

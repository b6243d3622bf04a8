#include "doc/doc.h"

#include <stdlib.h>
#include <utf8proc.h>

static bool is_word(uint32_t cp)
{
	utf8proc_category_t c = utf8proc_category((utf8proc_int32_t)cp);
	return (c >= UTF8PROC_CATEGORY_LU && c <= UTF8PROC_CATEGORY_NO) || cp == '_' || cp == 0x30FC;
}

struct str doc_slug(struct str title, struct arena *arena)
{
	struct buf out = { 0 };
	utf8proc_uint8_t *folded = NULL;
	title = utf8_clean(arena, uri_decode(arena, str_sub(title, 0, ARTICLE_TITLE_MAX)));
	utf8proc_ssize_t n = utf8proc_map((const utf8proc_uint8_t *)title.p, (utf8proc_ssize_t)title.n, &folded,
	    UTF8PROC_STABLE | UTF8PROC_COMPAT | UTF8PROC_COMPOSE | UTF8PROC_CASEFOLD);
	struct str s = n > 0 ? str_of((const char *)folded, (size_t)n) : STR("");
	for (size_t at = 0; at < s.n;) {
		size_t from = at;
		bool word = is_word(utf8_next(s, &at));
		if (out.n + (at - from) > SLUG_MAX)
			break;
		if (word)
			buf_add(&out, str_sub(s, from, at));
		else if (out.n && out.p[out.n - 1] != '-')
			buf_addc(&out, '-');
	}
	free(folded);
	while (out.n && out.p[out.n - 1] == '-')
		out.n--;
	if (out.n == 0)
		buf_adds(&out, "article");
	return buf_take(&out, arena);
}

/* What can stand in an address and be read there: no white space, no control or format characters, no ASCII signs. */
static bool keeps(uint32_t cp)
{
	if (cp < 0x80)
		return (cp >= 'a' && cp <= 'z') || (cp >= '0' && cp <= '9') || cp == '-' || cp == '_';
	utf8proc_category_t c = utf8proc_category((utf8proc_int32_t)cp);
	return cp != UTF8_REPLACEMENT && c >= UTF8PROC_CATEGORY_LU && c <= UTF8PROC_CATEGORY_SO;
}

struct str doc_slug_chosen(struct str slug, struct arena *arena)
{
	struct str decoded = uri_decode(arena, str_sub(slug, 0, ARTICLE_TITLE_MAX));
	bool fine = decoded.n > 0 && decoded.n <= SLUG_MAX && decoded.p[0] != '-' && decoded.p[decoded.n - 1] != '-' &&
	            utf8_valid(decoded);
	for (size_t at = 0; fine && at < decoded.n;)
		fine = keeps(utf8_next(decoded, &at));
	return fine ? decoded : doc_slug(slug, arena);
}

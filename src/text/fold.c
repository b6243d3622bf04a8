#include "text/text.h"

#include <stdlib.h>
#include <utf8proc.h>

#define FOLD (UTF8PROC_STABLE | UTF8PROC_COMPAT | UTF8PROC_COMPOSE | UTF8PROC_CASEFOLD | UTF8PROC_IGNORE)

static struct str fold_once(struct str s, struct arena *arena)
{
	utf8proc_uint8_t *out = NULL;
	utf8proc_ssize_t n =
		utf8proc_map((const utf8proc_uint8_t *)(s.p ? s.p : ""), (utf8proc_ssize_t)s.n, &out, (utf8proc_option_t)FOLD);
	struct str folded = n >= 0 ? arena_dup(arena, str_of((const char *)out, (size_t)n)) : STR("");
	free(out);
	return folded;
}

/* Printable ASCII without capitals, kana as they are usually written, unified kanji: folding leaves them alone, and they
 * are nearly all there is. */
static bool is_plain(struct str s)
{
	for (size_t at = 0; at < s.n;) {
		uint32_t cp = utf8_next(s, &at);
		bool ascii = (cp >= ' ' && cp <= '~' && (cp < 'A' || cp > 'Z')) || cp == '\n';
		bool kana = (cp >= 0x3041 && cp <= 0x3096) || (cp >= 0x30A1 && cp <= 0x30FA) || cp == 0x30FC;
		if (!ascii && !kana && !(cp >= 0x4E00 && cp <= 0x9FFF))
			return false;
	}
	return true;
}

/* Case folding can undo a composition, so once is not always enough; the second time is. */
struct str text_fold(struct str s, struct arena *arena)
{
	return is_plain(s) ? arena_dup(arena, s) : fold_once(fold_once(utf8_clean(arena, s), arena), arena);
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

#include "search/inner.h"

#include <string.h>

/* The query language: words, "a phrase", -without, this OR that, begin*, and key:value. Whatever makes no sense as an
 * operator is a word, so that there is no wrong question. Operators may be typed in full width, as Japanese input gives
 * them. */

static bool is_space(struct str s, size_t at, size_t *next)
{
	*next = at;
	uint32_t cp = utf8_next(s, next);
	return cp == ' ' || cp == '\t' || cp == '\n' || cp == '\r' || cp == 0x3000 || cp == 0xA0;
}

/* A straight, curly or full-width quotation mark; 「」 stay text, since titles are written in them. */
static bool is_quote(struct str s, size_t at, size_t *next)
{
	*next = at;
	uint32_t cp = utf8_next(s, next);
	return cp == '"' || cp == 0x201C || cp == 0x201D || cp == 0xFF02;
}

static size_t skip_space(struct str s, size_t at)
{
	size_t next;
	while (at < s.n && is_space(s, at, &next))
		at = next;
	return at;
}

/* Up to white space, or to the closing quotation mark when one opens here. */
static struct str piece(struct str s, size_t *at, bool *quoted)
{
	size_t next, from;
	*quoted = false;
	if (*at < s.n && is_quote(s, *at, &next)) {
		for (from = next; next < s.n;) {
			size_t end = next;
			if (is_quote(s, end, &next)) {
				*quoted = true;
				*at = next;
				return str_sub(s, from, end);
			}
		}
		/* Never closed: as if it did not stand there. */
		*at = from;
	}
	from = *at;
	while (*at < s.n && !is_space(s, *at, &next) && !(is_quote(s, *at, &next) && *at > from))
		*at = next;
	return str_sub(s, from, *at);
}

/* "2024", "2024-05" or "2024-05-01": when it begins, or with `after_it` when the next begins. */
static bool date_of(struct str s, bool after_it, int64_t *out)
{
	int64_t part[3] = { 0, 1, 1 };
	size_t n = 0;
	while (s.n && n < 3) {
		if (!str_to_int(str_split(&s, '-'), &part[n++]))
			return false;
	}
	if (s.n || n == 0 || part[0] < 1000 || part[0] > 9999 || part[1] < 1 || part[1] > 12 || part[2] < 1 || part[2] > 31)
		return false;
	if (after_it)
		part[n - 1]++;
	if (part[1] > 12) {
		part[1] = 1;
		part[0]++;
	}
	*out =
	    civil_to_unix((struct civil){ .year = (int)part[0], .month = (int)part[1], .day = 1 }) + (part[2] - 1) * 86400;
	return true;
}

/* key:value, when the key is one of ours and the value is there. What is not after a day is before it. */
static bool take_filter(struct query *q, struct str key, struct str value, bool without)
{
	static const char *const keys[] = { [BY_LANG] = "lang",
		[BY_CATEGORY] = "category",
		[BY_TAG] = "tag",
		[BY_AUTHOR] = "author",
		[BY_TRANSLATOR] = "translator",
		[BY_SOURCE] = "source" };
	if (value.n == 0)
		return false;
	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
		if (!str_eq_ci(key, str_from(keys[i])))
			continue;
		if (q->n_filters < FILTERS_MAX)
			q->filters[q->n_filters++] = (struct query_filter){ (enum filter_key)i, value, without };
		return true;
	}
	if (str_eq_ci(key, STR("after")))
		return date_of(value, false, without ? &q->before : &q->after);
	return str_eq_ci(key, STR("before")) && date_of(value, false, without ? &q->after : &q->before);
}

/* Splits at the first colon, also a full-width one. */
static bool split_key(struct str word, struct str *key, struct str *value)
{
	ptrdiff_t colon = str_find(word, STR(":")), wide = str_find(word, STR("："));
	size_t width = 1;
	if (wide >= 0 && (colon < 0 || wide < colon)) {
		colon = wide;
		width = 3;
	}
	if (colon <= 0)
		return false;
	*key = str_sub(word, 0, (size_t)colon);
	*value = str_skip(word, (size_t)colon + width);
	return true;
}

static void add_word(struct query *q, struct query_word w)
{
	if (w.text.n && q->n < SLOTS_MAX)
		q->words[q->n++] = w;
}

static struct str without_minus(struct str word)
{
	if (str_starts(word, STR("-")))
		return str_skip(word, 1);
	return str_starts(word, STR("－")) ? str_skip(word, 3) : word;
}

static struct str without_star(struct str word)
{
	if (str_ends(word, STR("*")))
		return str_sub(word, 0, word.n - 1);
	return str_ends(word, STR("＊")) ? str_sub(word, 0, word.n - 3) : word;
}

/* A word with its signs; `or_before` is what OR before it left. */
static void read_word(struct query *q, struct str s, size_t *at, bool or_before)
{
	bool quoted;
	struct query_word w = { .or_before = or_before };
	struct str key, value, bare = str_skip(s, *at);
	size_t skipped = bare.n - without_minus(bare).n, next;
	/* A minus alone, or before white space, takes nothing away. */
	if (skipped && *at + skipped < s.n && !is_space(s, *at + skipped, &next)) {
		w.without = true;
		*at += skipped;
	}
	w.text = piece(s, at, &quoted);
	w.phrase = quoted;
	if (!quoted && split_key(w.text, &key, &value)) {
		/* title:"…" and the like: the value may be quoted. */
		if (value.n == 0 && *at < s.n && is_quote(s, *at, &next)) {
			value = piece(s, at, &quoted);
			w.phrase = quoted && !w.without && str_eq_ci(key, STR("title"));
		}
		if (str_eq_ci(key, STR("title")) && value.n) {
			w.title = true;
			w.text = value;
		} else if (take_filter(q, key, value, w.without)) {
			return;
		}
	}
	if (!w.phrase) {
		struct str bare_word = without_star(w.text);
		w.prefix = bare_word.n < w.text.n && bare_word.n > 0;
		w.text = bare_word;
	}
	add_word(q, w);
}

void query_parse(struct query *q, struct str typed, struct arena *arena)
{
	bool or_before = false;
	struct str s = utf8_clean(arena, str_sub(typed, 0, utf8_floor(typed, QUERY_MAX)));
	*q = (struct query){ 0 };
	for (size_t at = skip_space(s, 0); at < s.n; at = skip_space(s, at)) {
		struct str rest = str_skip(s, at);
		bool is_or = str_starts(rest, STR("OR ")) || str_starts(rest, STR("OR　")) || str_starts(rest, STR("| "));
		if (is_or && q->n) {
			or_before = true;
			at += rest.p[0] == '|' ? 1 : 2;
			continue;
		}
		read_word(q, s, &at, or_before);
		or_before = false;
	}
}

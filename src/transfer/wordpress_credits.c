#include "transfer/wordpress.h"

/* The translator's preface and the original of a translation, where the text itself names them beyond doubt: a first
 * paragraph that starts with the words "translator's preface", a paragraph that is nothing but "original:" and one link. */

#define LABEL_WITHIN 2048 /* bytes from the start or the end */

/* The longer of two that start alike stands first. */
static const char *const PREFACES[] = { "訳者前書き", "訳者まえがき", "訳者による前書き", "訳者序文", "翻訳者前書き",
	"翻訳者まえがき", "Translator's preface", "Translator’s preface", "Translator's foreword",
	"Translator’s foreword" };
static const char *const ORIGINALS[] = { "原文リンク", "原文記事", "原文", "元記事", "翻訳元", "Original article",
	"Original text", "Original" };

static bool take(struct str *s, struct str what)
{
	if (!str_starts_ci(*s, what))
		return false;
	*s = str_skip(*s, what.n);
	return true;
}

static bool take_any(struct str *s, const char *const *names, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (take(s, str_from(names[i])))
			return true;
	}
	return false;
}

static bool take_open(struct str *s)
{
	static const char *const opens[] = { "(", "（", "[", "【", "《", "〔" };
	return take_any(s, opens, sizeof opens / sizeof *opens);
}

static bool take_close(struct str *s)
{
	static const char *const closes[] = { ")", "）", "]", "】", "》", "〕" };
	return take_any(s, closes, sizeof closes / sizeof *closes);
}

static bool take_colon(struct str *s)
{
	*s = str_trim(*s);
	return take(s, STR(":")) || take(s, STR("："));
}

/* What stands before the first word: comments of blocks and the tag of the paragraph. */
static struct str at_first_word(struct str s)
{
	for (s = str_trim(s); s.n;) {
		ptrdiff_t end = str_starts(s, STR("<!--")) ? str_find(s, STR("-->")) + 3 : 0;
		if (end <= 2 && (str_starts(s, STR("<p>")) || str_starts(s, STR("<p "))))
			end = str_find(s, STR(">")) + 1;
		if (end <= 0)
			break;
		s = str_trim(str_skip(s, (size_t)end));
	}
	return s;
}

static size_t paragraph_end(struct str s)
{
	static const char *const ends[] = { "</p>", "\n\n", "\r\n\r\n", "<!--" };
	size_t end = s.n;
	for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
		ptrdiff_t at = str_find(str_sub(s, 0, end), str_from(ends[i]));
		end = at >= 0 ? (size_t)at : end;
	}
	return end;
}

/* The two parts of the content around a paragraph, which starts at `from` and ends before `to`. */
static struct str without(struct str s, const char *from, const char *to, struct arena *arena)
{
	size_t start = (size_t)(from - s.p), end = (size_t)(to - s.p);
	if (str_ends(str_sub(s, 0, start), STR("<p>")) && str_starts(str_skip(s, end), STR("</p>"))) {
		start -= 3;
		end += 4;
	}
	return arena_printf(arena, "%.*s%.*s", (int)start, s.p, (int)(s.n - end), s.p + end);
}

static struct str cut_preface(struct wp_credits *c, struct str s, struct arena *arena)
{
	struct str first = at_first_word(s), rest = first;
	bool open = take_open(&rest);
	if (!take_any(&rest, PREFACES, sizeof PREFACES / sizeof *PREFACES))
		return s;
	if (open ? !take_close(&rest) : !take_colon(&rest))
		return s;
	size_t end = paragraph_end(rest);
	struct str text = str_trim(str_sub(rest, 0, end));
	if (text.n == 0)
		return s;
	c->preface = arena_printf(arena, "<p>%.*s</p>", (int)text.n, text.p);
	return without(s, first.p, rest.p + end, arena);
}

static bool is_web(struct str url)
{
	return str_starts_ci(url, STR("http://")) || str_starts_ci(url, STR("https://"));
}

/* "<a href="…">…</a>" or a bare address, and nothing else. */
static bool only_link(struct str s, struct str *url, struct str *title)
{
	ptrdiff_t href = str_find(s, STR("href=\"")), open = str_find(s, STR(">")), close = str_find(s, STR("</a>"));
	*title = STR("");
	if (is_web(s)) {
		*url = s;
		return str_find(s, STR(" ")) < 0 && str_find(s, STR("<")) < 0 && str_find(s, STR("\n")) < 0;
	}
	if (!str_starts(s, STR("<a ")) || href < 0 || open < href || close < open || (size_t)close + 4 != s.n)
		return false;
	struct str rest = str_skip(s, (size_t)href + 6);
	*url = str_split(&rest, '"');
	*title = str_sub(s, (size_t)open + 1, (size_t)close);
	if (is_web(str_trim(*title)))
		*title = STR("");
	return is_web(*url);
}

/* Does a paragraph start at `at`? */
static bool starts_paragraph(struct str s, size_t at)
{
	while (at && (s.p[at - 1] == ' ' || s.p[at - 1] == '\t'))
		at--;
	if (at == 0 || s.p[at - 1] == '\n')
		return true;
	size_t tag = at;
	while (tag && s.p[tag - 1] != '<' && at - tag < 200)
		tag--;
	struct str before = str_sub(s, tag, at);
	return s.p[at - 1] == '>' &&
	       (str_eq(before, STR("p>")) || str_starts(before, STR("p ")) || str_ends(before, STR("-->")));
}

/* The first place of `label` at the start of a paragraph in the first or the last bytes of a text, or NULL. */
static const char *find_label(struct str s, struct str label)
{
	const struct str places[] = { str_sub(s, 0, LABEL_WITHIN),
		str_skip(s, s.n > LABEL_WITHIN ? s.n - LABEL_WITHIN : s.n) };
	for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
		ptrdiff_t at = str_find(places[i], label);
		const char *found = at < 0 ? NULL : places[i].p + at;
		if (found && starts_paragraph(s, (size_t)(found - s.p)))
			return found;
	}
	return NULL;
}

static struct str cut_original(struct wp_credits *c, struct str s, struct arena *arena)
{
	for (size_t i = 0; i < sizeof ORIGINALS / sizeof *ORIGINALS; i++) {
		const char *found = find_label(s, str_from(ORIGINALS[i]));
		if (!found)
			continue;
		struct str rest = str_skip(s, (size_t)(found - s.p) + str_from(ORIGINALS[i]).n);
		if (!take_colon(&rest))
			continue;
		size_t end = paragraph_end(rest);
		if (only_link(str_trim(str_sub(rest, 0, end)), &c->original_url, &c->original_title))
			return without(s, found, rest.p + end, arena);
		c->original_url = c->original_title = STR("");
	}
	return s;
}

struct str wp_credits(struct wp_credits *c, struct str content, struct arena *arena)
{
	*c = (struct wp_credits){ STR(""), STR(""), STR("") };
	return cut_original(c, cut_preface(c, content, arena), arena);
}

#include "doc/tree.h"

#include <cmark-gfm-core-extensions.h>
#include <cmark-gfm.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

/* U+FDD0, a noncharacter: neither space nor punctuation to cmark. */
#define MARKER STR("\xEF\xB7\x90")
#define NESTING_MAX 200 /* block quotes and lists inside each other, and brackets on a line */

static bool is_punctuation(uint32_t cp)
{
	utf8proc_category_t c = utf8proc_category((utf8proc_int32_t)cp);
	return (c >= UTF8PROC_CATEGORY_PC && c <= UTF8PROC_CATEGORY_PO) || (c >= UTF8PROC_CATEGORY_SM && c <= UTF8PROC_CATEGORY_SO);
}

static bool is_space(uint32_t cp)
{
	return cp == 0 || cp == ' ' || (cp >= '\t' && cp <= '\r') || cp == 0xA0 || cp == 0x3000 ||
		utf8proc_category((utf8proc_int32_t)cp) == UTF8PROC_CATEGORY_ZS;
}

static uint32_t before(struct str s, size_t at)
{
	if (at == 0)
		return 0;
	size_t from = utf8_floor(s, at - 1);
	return utf8_next(s, &from);
}

static uint32_t after(struct str s, size_t at)
{
	return at < s.n ? utf8_next(s, &at) : 0;
}

/* CommonMark decides by the neighbours of a run of * _ ~ whether it opens or closes; Japanese punctuation, which has no
 * spaces around it, defeats that. The CJK-friendly amendment (tats-u/markdown-cjk-friendly) lets CJK punctuation count
 * as a letter, and other punctuation too where the other side is CJK. A marker beside the run says just that to cmark;
 * it never stands at the start of a line or before a space, so blocks are not changed. */
static void add_run(struct buf *out, struct str s, size_t from, size_t to)
{
	uint32_t previous = before(s, from), next = after(s, to);
	bool punctuation_before = is_punctuation(previous), punctuation_after = is_punctuation(next);
	bool mark_before = punctuation_before && !is_space(next) && (cp_is_cjk(previous) || cp_is_cjk(next));
	bool mark_after = punctuation_after && !is_space(previous) && (cp_is_cjk(next) || cp_is_cjk(previous));
	/* A closing run at the end of a line, or an opening one at its start, needs help only beside CJK punctuation. */
	if (punctuation_before && cp_is_cjk(previous) && is_space(next))
		mark_before = true;
	if (mark_before)
		buf_add(out, MARKER);
	buf_add(out, str_sub(s, from, to));
	if (mark_after)
		buf_add(out, MARKER);
}

static struct str friendly(struct str s, struct arena *arena)
{
	struct buf out = { 0 };
	for (size_t at = 0; at < s.n;) {
		char c = s.p[at];
		if (c == '\\' && at + 1 < s.n) {
			buf_add(&out, str_sub(s, at, at + 2));
			at += 2;
			continue;
		}
		if (c == '*' || c == '_' || c == '~') {
			size_t end = at;
			while (end < s.n && s.p[end] == c)
				end++;
			add_run(&out, s, at, end);
			at = end;
			continue;
		}
		if (str_starts(str_skip(s, at), MARKER)) {
			buf_addcp(&out, UTF8_REPLACEMENT);
			at += MARKER.n;
			continue;
		}
		buf_addc(&out, c);
		at++;
	}
	return buf_take(&out, arena);
}

/* Deep nesting costs cmark time that grows with the square of the depth: what stands deeper than any person writes is
 * not indented further. */
static struct str bounded(struct str s, struct arena *arena)
{
	struct buf out = { 0 };
	bool changed = false;
	for (struct str rest = s; rest.n;) {
		struct str line = str_split(&rest, '\n');
		size_t depth = 0, open = 0, i = 0;
		for (; i < line.n && (line.p[i] == '>' || line.p[i] == ' ' || line.p[i] == '-' || line.p[i] == '*' || line.p[i] == '+' ||
							  line.p[i] == '\t'); i++) {
			if (line.p[i] != ' ' && line.p[i] != '\t')
				depth++;
			if (depth <= NESTING_MAX)
				buf_addc(&out, line.p[i]);
		}
		changed |= depth > NESTING_MAX;
		for (; i < line.n; i++) {
			if (line.p[i] == '[' && ++open > NESTING_MAX) {
				buf_adds(&out, "\\");
				changed = true;
			}
			buf_addc(&out, line.p[i]);
		}
		buf_addc(&out, '\n');
	}
	struct str kept = buf_take(&out, arena);
	return changed ? kept : s;
}

static struct str without_marker(struct str s, struct arena *arena)
{
	struct buf out = { 0 };
	for (ptrdiff_t at; (at = str_find(s, MARKER)) >= 0; s = str_skip(s, (size_t)at + MARKER.n))
		buf_add(&out, str_sub(s, 0, (size_t)at));
	buf_add(&out, s);
	return buf_take(&out, arena);
}

/* `{漢字|かんじ}` and `^2^` in a text. */
static bool add_ruby(struct buf *out, struct str *s)
{
	ptrdiff_t bar = str_find(*s, STR("|")), end = str_find(*s, STR("}"));
	if (bar < 2 || end < bar + 2 || end > 200)
		return false;
	struct str base = str_sub(*s, 1, (size_t)bar), reading = str_sub(*s, (size_t)bar + 1, (size_t)end);
	if (str_find(base, STR("{")) >= 0 || str_find(reading, STR("|")) >= 0)
		return false;
	buf_adds(out, "<ruby>");
	buf_add_html(out, base);
	buf_adds(out, "<rp>(</rp><rt>");
	buf_add_html(out, reading);
	buf_adds(out, "</rt><rp>)</rp></ruby>");
	*s = str_skip(*s, (size_t)end + 1);
	return true;
}

static bool add_superscript(struct buf *out, struct str *s)
{
	ptrdiff_t end = str_find(str_skip(*s, 1), STR("^"));
	if (end < 1 || end > 40)
		return false;
	struct str inner = str_sub(*s, 1, (size_t)end + 1);
	if (str_find(inner, STR(" ")) >= 0)
		return false;
	buf_adds(out, "<sup>");
	buf_add_html(out, inner);
	buf_adds(out, "</sup>");
	*s = str_skip(*s, (size_t)end + 2);
	return true;
}

static bool own_syntax(struct str s, struct buf *out)
{
	bool found = false;
	while (s.n) {
		if ((s.p[0] == '{' && add_ruby(out, &s)) || (s.p[0] == '^' && add_superscript(out, &s))) {
			found = true;
			continue;
		}
		buf_add_html(out, str_sub(s, 0, 1));
		s = str_skip(s, 1);
	}
	return found;
}

static void visit_text(cmark_node *node, struct arena *arena)
{
	struct str text = without_marker(str_from(cmark_node_get_literal(node)), arena);
	struct buf html = { 0 };
	if (!text.p)
		return;
	if (cmark_node_get_type(node) == CMARK_NODE_TEXT && (memchr(text.p, '{', text.n) || memchr(text.p, '^', text.n)) &&
		own_syntax(text, &html)) {
		cmark_node *raw = cmark_node_new(CMARK_NODE_HTML_INLINE);
		struct str kept = buf_take(&html, arena);
		if (raw && kept.p && cmark_node_set_literal(raw, kept.p) && cmark_node_insert_before(node, raw)) {
			cmark_node_set_literal(node, "");
			return;
		}
		cmark_node_free(raw);
	}
	buf_free(&html);
	cmark_node_set_literal(node, text.p);
}

static struct str literal_of(cmark_node *node)
{
	return node && cmark_node_get_type(node) == CMARK_NODE_TEXT ? str_from(cmark_node_get_literal(node)) : STR("");
}

/* A line break between two CJK characters is no space. */
static bool joins_cjk(cmark_node *softbreak)
{
	cmark_node *left = cmark_node_previous(softbreak), *right = cmark_node_next(softbreak);
	while (left && cmark_node_last_child(left))
		left = cmark_node_last_child(left);
	while (right && cmark_node_first_child(right))
		right = cmark_node_first_child(right);
	struct str l = literal_of(left), r = literal_of(right);
	return l.n && r.n && cp_is_cjk(before(l, l.n)) && cp_is_cjk(after(r, 0));
}

static void visit(cmark_node *node, struct arena *arena)
{
	switch (cmark_node_get_type(node)) {
	case CMARK_NODE_TEXT:
	case CMARK_NODE_CODE:
	case CMARK_NODE_CODE_BLOCK:
	case CMARK_NODE_HTML_BLOCK:
	case CMARK_NODE_HTML_INLINE:
		visit_text(node, arena);
		break;
	case CMARK_NODE_LINK:
	case CMARK_NODE_IMAGE: {
		struct str url = without_marker(str_from(cmark_node_get_url(node)), arena);
		struct str title = without_marker(str_from(cmark_node_get_title(node)), arena);
		cmark_node_set_url(node, url.p ? url.p : "");
		cmark_node_set_title(node, title.p ? title.p : "");
		break;
	}
	default:
		break;
	}
}

static void finish_tree(cmark_node *document, struct arena *arena)
{
	cmark_consolidate_text_nodes(document);
	cmark_iter *iter = cmark_iter_new(document);
	for (cmark_event_type event; (event = cmark_iter_next(iter)) != CMARK_EVENT_DONE;) {
		if (event == CMARK_EVENT_ENTER)
			visit(cmark_iter_get_node(iter), arena);
	}
	cmark_iter_free(iter);
	iter = cmark_iter_new(document);
	for (cmark_event_type event; (event = cmark_iter_next(iter)) != CMARK_EVENT_DONE;) {
		cmark_node *node = cmark_iter_get_node(iter);
		if (event == CMARK_EVENT_ENTER && cmark_node_get_type(node) == CMARK_NODE_SOFTBREAK && joins_cjk(node))
			cmark_node_free(node);
	}
	cmark_iter_free(iter);
}

static void register_extensions(void)
{
	cmark_gfm_core_extensions_ensure_registered();
}

struct str markdown_to_html(struct str body, struct arena *arena, struct error *err)
{
	static const char *const names[] = { "table", "strikethrough", "tasklist", "autolink" };
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	const int options = CMARK_OPT_UNSAFE | CMARK_OPT_FOOTNOTES | CMARK_OPT_VALIDATE_UTF8 | CMARK_OPT_STRIKETHROUGH_DOUBLE_TILDE;
	struct str none = { 0 };
	pthread_once(&once, register_extensions);
	body = friendly(bounded(body, arena), arena);
	cmark_parser *parser = body.p ? cmark_parser_new(options) : NULL;
	if (!parser) {
		error_memory(err);
		return none;
	}
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		cmark_parser_attach_syntax_extension(parser, cmark_find_syntax_extension(names[i]));
	cmark_parser_feed(parser, body.p, body.n);
	cmark_node *document = cmark_parser_finish(parser);
	finish_tree(document, arena);
	char *html = cmark_render_html(document, options, cmark_parser_get_syntax_extensions(parser));
	none = html ? arena_dup(arena, str_from(html)) : none;
	free(html);
	cmark_node_free(document);
	cmark_parser_free(parser);
	if (!none.p)
		error_memory(err);
	return none;
}

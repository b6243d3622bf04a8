#include "doc/cite.h"

#include <cmark-gfm-core-extensions.h>
#include <cmark-gfm.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#define NESTING_MAX 200 /* block quotes and lists inside each other, and brackets on a line */
#define NOTE_MAX 1000   /* bytes from "[^" to its "]" */
#define MAILS_MAX 50    /* addresses in a paragraph that become links: each copies what follows it */

static bool is_container(char c)
{
	return c == '>' || c == '-' || c == '*' || c == '+';
}

/* Does "[^" stand at i without its "]" on the same line? cmark then loses what is between. */
static bool is_broken_note(struct str line, size_t i)
{
	int open = 0;
	if (i + 1 >= line.n || line.p[i + 1] != '^')
		return false;
	for (size_t end = i + NOTE_MAX; i < line.n && i < end; i++) {
		if (line.p[i] == '\\')
			i++;
		else if (line.p[i] == '[')
			open++;
		else if (line.p[i] == ']' && --open == 0)
			return false;
	}
	return true;
}

static bool is_literal(struct str line, size_t i, size_t *open, size_t *mails)
{
	if (line.p[i] == '[')
		return ++*open > NESTING_MAX || is_broken_note(line, i);
	return line.p[i] == '@' && ++*mails > MAILS_MAX;
}

/* Deep nesting, and many addresses in a paragraph, cost cmark time that grows with the square of their number: what stands
 * deeper than any person writes is not indented further, and further brackets and @ are only text. */
static void bound_line(struct buf *out, struct str line, size_t *mails)
{
	size_t depth = 0, open = 0, i = 0;
	for (; i < line.n && (is_container(line.p[i]) || line.p[i] == ' ' || line.p[i] == '\t'); i++) {
		depth += is_container(line.p[i]);
		if (depth <= NESTING_MAX)
			buf_addc(out, line.p[i]);
	}
	if (i == line.n || (depth && i && line.p[i - 1] == ' ' && line.p[0] != '>'))
		*mails = 0;
	for (size_t from = i; i <= line.n; i++) {
		if (i < line.n && !is_literal(line, i, &open, mails))
			continue;
		buf_add(out, str_sub(line, from, i));
		if (i < line.n)
			inline_literal(out, line.p[i]);
		from = i + 1;
	}
}

static struct str bounded(struct str s, struct arena *arena)
{
	struct buf out = { 0 };
	size_t mails = 0;
	while (s.n) {
		bound_line(&out, str_split(&s, '\n'), &mails);
		buf_addc(&out, '\n');
	}
	return buf_take(&out, arena);
}

static cmark_node *html_before(cmark_node *node, cmark_node_type type, struct str html)
{
	cmark_node *raw = html.p ? cmark_node_new(type) : NULL;
	if (raw && cmark_node_set_literal(raw, html.p) && cmark_node_insert_before(node, raw))
		return raw;
	cmark_node_free(raw);
	return NULL;
}

static void visit_text(cmark_node *node, bool in_image, struct arena *arena)
{
	struct str text = str_from(cmark_node_get_literal(node));
	if (!inline_has_marks(text))
		return;
	if (cmark_node_get_type(node) == CMARK_NODE_TEXT && !in_image &&
	    html_before(node, CMARK_NODE_HTML_INLINE, inline_html(text, arena))) {
		cmark_node_set_literal(node, "");
		return;
	}
	struct str restored = in_image ? inline_plain(text, arena) : inline_restore(text, arena);
	cmark_node_set_literal(node, restored.p ? restored.p : "");
}

static void visit_link(cmark_node *node, struct arena *arena)
{
	struct str url = str_from(cmark_node_get_url(node)), title = str_from(cmark_node_get_title(node));
	if (inline_has_marks(url))
		cmark_node_set_url(node, inline_restore(url, arena).p);
	if (inline_has_marks(title))
		cmark_node_set_title(node, inline_restore(title, arena).p);
}

/* "```js:app.js", as Zenn and Qiita write it: the name of the file becomes a caption. */
static void visit_code(cmark_node *node, struct arena *arena)
{
	struct str info = inline_restore(str_from(cmark_node_get_fence_info(node)), arena), name = info;
	struct str language = str_split(&name, ':');
	struct buf html = { 0 };
	name = str_trim(name);
	if (language.n == info.n || name.n == 0) {
		cmark_node_set_fence_info(node, info.p ? info.p : "");
		return;
	}
	cmark_node_set_fence_info(node, arena_dup(arena, language).p);
	buf_adds(&html, "<figure><figcaption><code>");
	buf_add_html(&html, name);
	buf_adds(&html, "</code></figcaption>");
	cmark_node *after = cmark_node_new(CMARK_NODE_HTML_BLOCK);
	if (html_before(node, CMARK_NODE_HTML_BLOCK, buf_take(&html, arena)) && after &&
	    cmark_node_set_literal(after, "</figure>\n") && cmark_node_insert_after(node, after))
		return;
	cmark_node_free(after);
}

static void visit(cmark_node *node, bool in_image, struct arena *arena)
{
	cmark_node_type type = cmark_node_get_type(node);
	if (type == CMARK_NODE_CODE_BLOCK)
		visit_code(node, arena);
	if (type == CMARK_NODE_TEXT || type == CMARK_NODE_CODE || type == CMARK_NODE_CODE_BLOCK ||
	    type == CMARK_NODE_HTML_BLOCK || type == CMARK_NODE_HTML_INLINE)
		visit_text(node, in_image, arena);
	if (type == CMARK_NODE_LINK || type == CMARK_NODE_IMAGE)
		visit_link(node, arena);
}

static void finish_tree(cmark_node *document, struct arena *arena)
{
	int images = 0;
	cmark_consolidate_text_nodes(document);
	cmark_iter *iter = cmark_iter_new(document);
	for (cmark_event_type event; (event = cmark_iter_next(iter)) != CMARK_EVENT_DONE;) {
		cmark_node *node = cmark_iter_get_node(iter);
		if (cmark_node_get_type(node) == CMARK_NODE_IMAGE)
			images += event == CMARK_EVENT_ENTER ? 1 : -1;
		if (event == CMARK_EVENT_ENTER)
			visit(node, images > 0, arena);
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
	const int options = CMARK_OPT_UNSAFE | CMARK_OPT_FOOTNOTES | CMARK_OPT_STRIKETHROUGH_DOUBLE_TILDE;
	struct str none = { 0 };
	pthread_once(&once, register_extensions);
	body = inline_prepare(bounded(cite_keep_unused(inline_source(body, arena), arena), arena), arena);
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
	/* A footnote mark that goes on in the next line makes cmark cut inside a character. */
	none = html ? utf8_clean(arena, arena_dup(arena, str_from(html))) : none;
	free(html);
	cmark_node_free(document);
	cmark_parser_free(parser);
	if (!none.p)
		error_memory(err);
	return none;
}

#include "doc/md.h"

#include <string.h>

/* A line of text as Markdown. It is cut into tokens first: where emphasis opens and closes is known only when the spaces
 * at its edges stand outside, and whether asterisks can say it depends on their neighbours. Where they cannot, it is
 * said in HTML. */

#define BRACKETS_MAX 150 /* links in a paragraph; our reader takes no more than NESTING_MAX brackets of a line */
#define RAISED_MAX 20
#define MERGED_MAX 64 /* bytes: longer tokens are not made longer */
#define RUBY_BYTES_MAX 200

static bool is_blank(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

static struct token *add(struct inline_md *in, struct token token)
{
	if (!in->tokens || in->n == in->cap) {
		size_t cap = in->cap ? in->cap * 2 : 32;
		struct token *more = arena_array(in->m->b->arena, cap, sizeof *more);
		if (!more) {
			in->m->b->failed = true;
			return NULL;
		}
		if (in->tokens)
			memcpy(more, in->tokens, in->n * sizeof *more);
		in->tokens = more;
		in->cap = cap;
	}
	in->tokens[in->n] = token;
	return &in->tokens[in->n++];
}

static struct token *last(struct inline_md *in)
{
	return in->n ? &in->tokens[in->n - 1] : NULL;
}

static void add_text(struct inline_md *in, struct str text, bool literal)
{
	struct token *before = last(in);
	if (text.n == 0)
		return;
	if (before && before->kind == TOKEN_TEXT && before->literal && literal && before->text.n < MERGED_MAX) {
		before->text =
		    arena_printf(in->m->b->arena, "%.*s%.*s", (int)before->text.n, before->text.p, (int)text.n, text.p);
		return;
	}
	add(in, (struct token){ .kind = TOKEN_TEXT, .literal = literal, .text = text });
}

/* ASCII white space is one space; others stay. */
static void add_space(struct inline_md *in, struct str space)
{
	struct token *before = last(in);
	bool ascii = str_eq(space, STR(" "));
	if (!before || before->kind != TOKEN_SPACE || before->text.n > MERGED_MAX)
		add(in, (struct token){ .kind = TOKEN_SPACE, .text = space });
	else if (!ascii || !str_ends(before->text, STR(" ")))
		before->text =
		    arena_printf(in->m->b->arena, "%.*s%.*s", (int)before->text.n, before->text.p, (int)space.n, space.p);
}

/* ---- what people wrote ---- */

static bool is_word(char c)
{
	char low = (char)(c | 32);
	return (low >= 'a' && low <= 'z') || (c >= '0' && c <= '9');
}

/* "[1]" and the like, which nothing makes a link: they stay as they are. */
static bool is_plain_bracket(struct str s, size_t at)
{
	size_t end = at + 1;
	while (end < s.n && is_word(s.p[end]))
		end++;
	if (at == 0 || end == at + 1 || end + 1 >= s.n || s.p[end] != ']')
		return false;
	char next = s.p[end + 1];
	return next != '(' && next != '[' && next != ':';
}

static bool must_escape(const struct inline_md *in, struct str s, size_t at)
{
	char c = s.p[at], before = at ? s.p[at - 1] : '\0', next = at + 1 < s.n ? s.p[at + 1] : '\0';
	switch (c) {
	case '\\':
	case '`':
	case '*':
	case '<':
	case '{':
	case '^':
		return true;
	case '_':
		return !is_word(before) || !is_word(next);
	case '[':
		return in->links > 0 || !is_plain_bracket(s, at);
	case ']':
		return in->links > 0;
	case '&':
		return next == '\0' || next == '#' || is_word(next);
	case '~':
		return next == '\0' || next == '~' || before == '~' || before == '\0';
	case '!':
		return next == '\0' || next == '[';
	case '|':
		return in->place == MD_CELL;
	default:
		return false;
	}
}

static struct str escaped(const struct inline_md *in, struct str s, size_t from, size_t to)
{
	struct buf out = { 0 };
	for (size_t at = from; at < to;) {
		size_t next = at;
		uint32_t cp = utf8_next(s, &next);
		if (cp < 0x80 && must_escape(in, s, at))
			buf_addc(&out, '\\');
		/* The reader's own marks. */
		if (cp >= 0xFDD0 && cp <= 0xFDEF)
			buf_addcp(&out, UTF8_REPLACEMENT);
		else
			buf_add(&out, str_sub(s, at, next));
		at = next;
	}
	return buf_take(&out, in->m->b->arena);
}

static bool is_wide_space(uint32_t cp)
{
	return cp == 0xA0 || cp == 0x3000 || cp == 0x1680 || (cp >= 0x2000 && cp <= 0x200A) || cp == 0x202F || cp == 0x205F;
}

static void add_literal(struct inline_md *in, struct str s)
{
	for (size_t at = 0; at < s.n;) {
		size_t from = at, next = at;
		uint32_t cp = 0;
		while (at < s.n) {
			next = at;
			cp = utf8_next(s, &next);
			if (is_blank(s.p[at]) || is_wide_space(cp))
				break;
			at = next;
		}
		add_text(in, escaped(in, s, from, at), true);
		if (at < s.n)
			add_space(in, is_blank(s.p[at]) ? STR(" ") : str_sub(s, at, next));
		at = at < s.n ? next : at;
	}
}

/* ---- elements ---- */

static bool mark_of(const struct node *n, enum mark *out)
{
	static const char *const tags[][3] = { { "strong", "b", "b" }, { "em", "i", "i" }, { "del", "s", "s" } };
	for (size_t i = 0; i < MARKS; i++) {
		for (size_t k = 0; k < 3; k++) {
			*out = (enum mark)i;
			if (node_is(n, tags[i][k]))
				return true;
		}
	}
	return false;
}

static void add_html_text(struct inline_md *in, const char *tag, struct str text)
{
	struct buf out = { 0 };
	buf_addc(&out, '<');
	buf_adds(&out, tag);
	buf_addc(&out, '>');
	for (size_t i = 0; i < text.n; i++) {
		char c = text.p[i];
		if ((c >= 'A' && c <= 'Z') || is_word(c) || c == ' ' || (unsigned char)c >= 0x80)
			buf_addc(&out, c);
		else
			buf_printf(&out, "&#%d;", c);
	}
	buf_adds(&out, "</");
	buf_adds(&out, tag);
	buf_addc(&out, '>');
	add_text(in, buf_take(&out, in->m->b->arena), false);
}

static struct str without_marks(struct inline_md *in, struct str s)
{
	struct buf out = { 0 };
	for (size_t at = 0; at < s.n;) {
		uint32_t cp = utf8_next(s, &at);
		buf_addcp(&out, cp >= 0xFDD0 && cp <= 0xFDEF ? UTF8_REPLACEMENT : cp);
	}
	return buf_take(&out, in->m->b->arena);
}

static void add_code(struct inline_md *in, const struct node *n)
{
	struct str text = without_marks(in, node_plain(in->m->b, n));
	size_t run = 0, longest = 0;
	struct buf out = { 0 };
	if (text.n == 0)
		return;
	if (in->place == MD_CELL && memchr(text.p, '|', text.n)) {
		add_html_text(in, "code", text);
		return;
	}
	for (size_t i = 0; i < text.n; i++) {
		run = text.p[i] == '`' ? run + 1 : 0;
		longest = run > longest ? run : longest;
	}
	bool pad = text.p[0] == '`' || text.p[text.n - 1] == '`';
	for (size_t i = 0; i <= longest; i++)
		buf_addc(&out, '`');
	buf_adds(&out, pad ? " " : "");
	buf_add(&out, text);
	buf_adds(&out, pad ? " " : "");
	for (size_t i = 0; i <= longest; i++)
		buf_addc(&out, '`');
	add_text(in, buf_take(&out, in->m->b->arena), false);
}

static struct str address(struct inline_md *in, struct str url)
{
	struct buf out = { 0 };
	for (size_t i = 0; i < url.n; i++) {
		char c = url.p[i];
		if (c > 0 && (c <= ' ' || c == 127 || strchr("()<>\\\"`|{}^*[]~", c)))
			buf_printf(&out, "%%%02X", c);
		else if (c == '&')
			buf_adds(&out, memchr(url.p + i, ';', url.n - i) ? "&amp;" : "&");
		else
			buf_addc(&out, c);
	}
	return without_marks(in, buf_take(&out, in->m->b->arena));
}

static void add_nodes(struct inline_md *in, const struct node *from, const struct node *to);

static void add_link(struct inline_md *in, const struct node *n)
{
	struct str url = node_attr(n, "href");
	bool bare = in->links > 0 || url.n == 0 || url.p[0] == '#' || ++in->brackets > BRACKETS_MAX;
	if (bare) {
		add_nodes(in, n->first, NULL);
		return;
	}
	size_t from = in->n;
	add_text(in, STR("["), false);
	in->links++;
	add_nodes(in, n->first, NULL);
	in->links--;
	bool holds = false;
	for (size_t i = from + 1; i < in->n; i++)
		holds = holds || in->tokens[i].kind == TOKEN_TEXT;
	struct str to = address(in, url);
	if (!holds && from < in->n)
		in->tokens[from].text = STR("");
	else
		add_text(in, arena_printf(in->m->b->arena, "](%.*s)", (int)to.n, to.p), false);
}

static void add_image(struct inline_md *in, const struct node *n)
{
	struct str to = address(in, node_attr(n, "src"));
	in->links++;
	struct str text = node_attr(n, "alt"), alt = escaped(in, text, 0, text.n);
	in->links--;
	struct buf out = { 0 };
	for (size_t i = 0; i < alt.n; i++)
		buf_addc(&out, is_blank(alt.p[i]) ? ' ' : alt.p[i]);
	alt = str_trim(buf_take(&out, in->m->b->arena));
	in->brackets++;
	add_text(in, arena_printf(in->m->b->arena, "![%.*s](%.*s)", (int)alt.n, alt.p, (int)to.n, to.p), false);
}

/* ^2^ where our reader takes it for a superscript. */
static bool is_simple_raised(struct inline_md *in, struct str text)
{
	const struct token *before = last(in);
	if (text.n == 0 || text.n > RAISED_MAX || !before || before->kind != TOKEN_TEXT || before->text.n == 0 ||
	    (text.n == 1 && (text.p[0] | 32) == 'o'))
		return false;
	for (size_t i = 0; i < text.n; i++) {
		if (!is_word(text.p[i]))
			return false;
	}
	size_t at = utf8_floor(before->text, before->text.n - 1);
	uint32_t cp = utf8_next(before->text, &at);
	return cp > ' ' && cp != '(' && cp != '[' && cp != '^' && cp != 0xFF08;
}

static void add_raised(struct inline_md *in, const struct node *n)
{
	struct str text = node_plain(in->m->b, n);
	if (str_eq(node_attr(n, "class"), STR("cite")) && n->made) {
		add_text(in, arena_printf(in->m->b->arena, "[^%.*s]", (int)text.n, text.p), false);
		return;
	}
	bool only_text = n->first && !n->first->tag && !n->first->next;
	if (only_text && is_simple_raised(in, text)) {
		add_text(in, arena_printf(in->m->b->arena, "^%.*s^", (int)text.n, text.p), false);
		return;
	}
	add_text(in, STR("<sup>"), false);
	add_nodes(in, n->first, NULL);
	add_text(in, STR("</sup>"), false);
}

static bool simple_ruby(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];
		if ((unsigned char)c < 0x80 && !is_word(c))
			return false;
	}
	return s.n > 0 && s.n <= RUBY_BYTES_MAX / 2;
}

static void add_ruby_part(struct inline_md *in, struct str base, struct str reading)
{
	struct arena *arena = in->m->b->arena;
	if (reading.n == 0) {
		add_literal(in, base);
		return;
	}
	if (simple_ruby(base) && simple_ruby(reading)) {
		add_text(in, arena_printf(arena, "{%.*s|%.*s}", (int)base.n, base.p, (int)reading.n, reading.p), false);
		return;
	}
	add_text(in, STR("<ruby>"), false);
	add_literal(in, base);
	add_html_text(in, "rt", reading);
	add_text(in, STR("</ruby>"), false);
}

static void add_ruby(struct inline_md *in, const struct node *n)
{
	struct buf base = { 0 };
	for (const struct node *c = n->first; c; c = c->next) {
		if (node_is(c, "rp"))
			continue;
		if (node_is(c, "rt")) {
			struct str reading = without_marks(in, node_plain(in->m->b, c));
			add_ruby_part(in, without_marks(in, buf_take(&base, in->m->b->arena)), reading);
			continue;
		}
		struct node *whole = node_new(in->m->b, "div");
		if (!c->tag)
			buf_add(&base, c->text);
		else if (whole)
			write_text(&base, c, true);
		while (base.n && base.p[base.n - 1] == '\n')
			base.n--;
	}
	add_ruby_part(in, without_marks(in, buf_take(&base, in->m->b->arena)), STR(""));
}

static void add_break(struct inline_md *in)
{
	struct token *before = last(in);
	if (before && before->kind == TOKEN_SPACE && str_eq(before->text, STR(" "))) {
		in->n--;
		before = last(in);
	}
	/* Two in a row are what a paragraph is for. */
	if (before && (before->kind == TOKEN_BREAK || before->kind == TOKEN_PARAGRAPH)) {
		if (in->open == 0 && in->links == 0)
			before->kind = TOKEN_PARAGRAPH;
		return;
	}
	add(in, (struct token){ .kind = TOKEN_BREAK });
}

static void add_marked(struct inline_md *in, const struct node *n, enum mark mark)
{
	bool says = in->within[mark]++ == 0 && !(mark == MARK_STRONG && in->place == MD_HEADING);
	size_t from = in->n;
	const struct token *before = last(in);
	/* Neighbours of one kind are one: word processors cut everywhere. */
	bool joins = says && before && before->kind == TOKEN_CLOSE && before->mark == mark;
	if (joins) {
		from = before->partner;
		in->n--;
	} else if (says) {
		add(in, (struct token){ .kind = TOKEN_OPEN, .mark = mark });
	}
	in->open += says;
	add_nodes(in, n->first, NULL);
	in->open -= says;
	if (says)
		add(in, (struct token){ .kind = TOKEN_CLOSE, .mark = mark, .partner = from });
	in->within[mark]--;
}

static void add_tagged(struct inline_md *in, const struct node *n, const char *open, const char *close)
{
	add_text(in, str_from(open), false);
	add_nodes(in, n->first, NULL);
	add_text(in, str_from(close), false);
}

static void add_box(struct inline_md *in, const struct node *n)
{
	bool checked = false;
	for (const struct attr *a = n->attrs; a; a = a->next)
		checked = checked || strcmp(a->name, "checked") == 0;
	add_text(in, checked ? STR("[x]") : STR("[ ]"), false);
	add_space(in, STR(" "));
}

static void add_node(struct inline_md *in, const struct node *n)
{
	enum mark mark;
	if (!n->tag)
		add_literal(in, n->text);
	else if (mark_of(n, &mark))
		add_marked(in, n, mark);
	else if (node_is(n, "a"))
		add_link(in, n);
	else if (node_is(n, "code") || node_is(n, "samp"))
		add_code(in, n);
	else if (node_is(n, "br"))
		add_break(in);
	else if (node_is(n, "img"))
		add_image(in, n);
	else if (node_is(n, "sup"))
		add_raised(in, n);
	else if (node_is(n, "sub"))
		add_tagged(in, n, "<sub>", "</sub>");
	else if (node_is(n, "kbd"))
		add_tagged(in, n, "<kbd>", "</kbd>");
	else if (node_is(n, "mark"))
		add_tagged(in, n, "<mark>", "</mark>");
	else if (node_is(n, "q"))
		add_tagged(in, n, "<q>", "</q>");
	else if (node_is(n, "ruby"))
		add_ruby(in, n);
	else if (node_is(n, "input") && in->m->box && in->n == 0)
		add_box(in, n);
	else if (!node_is(n, "rt") && !node_is(n, "rp"))
		add_nodes(in, n->first, NULL);
}

static void add_nodes(struct inline_md *in, const struct node *from, const struct node *to)
{
	for (const struct node *n = from; n && n != to && !in->m->b->failed; n = n->next)
		add_node(in, n);
}

/* A heading's own marks at its end would be taken for its end. */
static void guard_end(struct buf *out, size_t from)
{
	if (out->n > from && out->p[out->n - 1] == '#') {
		out->n--;
		buf_adds(out, "\\#");
	}
}

bool md_inline(
    struct md *m, const struct node *from, const struct node *to, enum md_place place, const char *lead, bool strong)
{
	struct inline_md in = { .m = m, .place = place };
	if (strong)
		add(&in, (struct token){ .kind = TOKEN_OPEN, .mark = MARK_STRONG });
	in.within[MARK_STRONG] = strong;
	in.open = strong;
	add_nodes(&in, from, to);
	if (strong)
		add(&in, (struct token){ .kind = TOKEN_CLOSE, .mark = MARK_STRONG });
	if (!md_settle(&in))
		return false;
	m->box = false;
	if (place != MD_CELL) {
		md_gap(m);
		md_line(m);
	}
	buf_adds(&m->out, lead);
	size_t start = m->out.n;
	md_write_tokens(&in);
	if (place == MD_HEADING)
		guard_end(&m->out, start);
	return true;
}

#include "doc/md.h"

#include <string.h>

/* Where emphasis opens and closes, and writing the tokens of a line. */

static bool is_white(const struct token *t)
{
	return t->kind == TOKEN_SPACE || t->kind == TOKEN_BREAK;
}

/* White space at the edges of emphasis moves out of it. */
static void move_out(struct inline_md *in)
{
	for (size_t i = in->n; i-- > 0;) {
		for (size_t k = i; k + 1 < in->n && in->tokens[k].kind == TOKEN_OPEN && is_white(&in->tokens[k + 1]); k++) {
			struct token white = in->tokens[k + 1];
			in->tokens[k + 1] = in->tokens[k];
			in->tokens[k] = white;
		}
	}
	for (size_t i = 0; i < in->n; i++) {
		for (size_t k = i; k > 0 && in->tokens[k].kind == TOKEN_CLOSE && is_white(&in->tokens[k - 1]); k--) {
			struct token white = in->tokens[k - 1];
			in->tokens[k - 1] = in->tokens[k];
			in->tokens[k] = white;
		}
	}
}

static bool is_nothing(const struct token *t)
{
	return t->kind == TOKEN_TEXT && t->text.n == 0;
}

/* Emphasis around nothing goes; the places of partners are set. */
static void pair_up(struct inline_md *in)
{
	size_t n = 0;
	size_t *stack = arena_array(in->m->b->arena, in->n + 1, sizeof *stack), depth = 0;
	if (!stack) {
		in->m->b->failed = true;
		return;
	}
	for (size_t i = 0; i < in->n; i++) {
		struct token t = in->tokens[i];
		if (is_nothing(&t))
			continue;
		if (t.kind == TOKEN_CLOSE && depth) {
			size_t open = stack[--depth];
			if (open + 1 == n) {
				n = open;
				continue;
			}
			t.partner = open;
			in->tokens[open].partner = n;
		}
		if (t.kind == TOKEN_OPEN)
			stack[depth++] = n;
		in->tokens[n++] = t;
	}
	in->n = n;
}

static uint32_t last_of(struct str s)
{
	size_t at = s.n ? utf8_floor(s, s.n - 1) : 0;
	return s.n ? utf8_next(s, &at) : 0;
}

static uint32_t first_of(struct str s)
{
	size_t at = 0;
	return s.n ? utf8_next(s, &at) : 0;
}

/* What stands beside a mark: of emphasis that is said in HTML, a bracket. */
static uint32_t beside(const struct inline_md *in, size_t i, bool before)
{
	if (i >= in->n)
		return 0;
	const struct token *t = &in->tokens[i];
	if (t->kind == TOKEN_TEXT)
		return before ? last_of(t->text) : first_of(t->text);
	if (t->kind == TOKEN_OPEN || t->kind == TOKEN_CLOSE)
		return t->html ? (before ? '>' : '<') : '*';
	return 0;
}

/* Marks of one kind of asterisk side by side are one run for the reader. */
static bool same_run(const struct token *a, const struct token *b)
{
	return a->kind == b->kind && !a->html && !b->html && (a->mark == MARK_DEL) == (b->mark == MARK_DEL);
}

static bool is_sure(const struct inline_md *in, size_t i)
{
	const struct token *t = &in->tokens[i];
	size_t from = i, to = i;
	while (from > 0 && same_run(&in->tokens[from - 1], t))
		from--;
	while (to + 1 < in->n && same_run(&in->tokens[to + 1], t))
		to++;
	uint32_t previous = from ? beside(in, from - 1, true) : 0, next = beside(in, to + 1, false);
	bool run_before = from && !in->tokens[from - 1].html && in->tokens[from - 1].kind == TOKEN_CLOSE;
	/* What opens right after something closed gives way. */
	if (t->kind == TOKEN_OPEN)
		return !run_before && cjk_sure_to_open(previous, next);
	return cjk_sure_to_close(previous, next);
}

static void choose(struct inline_md *in)
{
	bool again = true;
	for (int round = 0; again && round < 8; round++) {
		again = false;
		for (size_t i = 0; i < in->n; i++) {
			struct token *t = &in->tokens[i];
			if ((t->kind != TOKEN_OPEN && t->kind != TOKEN_CLOSE) || t->html || (round < 7 && is_sure(in, i)))
				continue;
			t->html = in->tokens[t->partner].html = again = true;
		}
	}
}

/* ---- writing ---- */

/* What would make the line something else than text. */
static void guard(struct buf *out, struct str text)
{
	char c = text.n ? text.p[0] : '\0', next = text.n > 1 ? text.p[1] : '\0';
	size_t digits = 0;
	while (digits < text.n && text.p[digits] >= '0' && text.p[digits] <= '9')
		digits++;
	if (digits && digits < text.n && digits < 10 && (text.p[digits] == '.' || text.p[digits] == ')') &&
	    digits + 1 == text.n) {
		buf_add(out, str_sub(text, 0, digits));
		buf_addc(out, '\\');
		buf_add(out, str_skip(text, digits));
		return;
	}
	if (c == '#' || c == '>' || c == '=' || c == '|' || c == ':' ||
	    ((c == '-' || c == '+') && (next == '\0' || next == c)))
		buf_addc(out, '\\');
	buf_add(out, text);
}

static void write_mark(struct buf *out, const struct token *t)
{
	static const char *const marks[] = { "**", "*", "~~" }, *const tags[] = { "strong", "em", "del" };
	if (!t->html) {
		buf_adds(out, marks[t->mark]);
		return;
	}
	buf_adds(out, t->kind == TOKEN_OPEN ? "<" : "</");
	buf_adds(out, tags[t->mark]);
	buf_addc(out, '>');
}

static void trim_end(struct buf *out)
{
	while (out->n && out->p[out->n - 1] == ' ')
		out->n--;
}

static void write_break(struct inline_md *in, bool paragraph)
{
	struct md *m = in->m;
	trim_end(&m->out);
	if (in->place != MD_PARAGRAPH) {
		buf_adds(&m->out, "<br>");
		return;
	}
	buf_adds(&m->out, paragraph ? "\n" : "\\\n");
	m->gap = paragraph;
	md_gap(m);
	md_line(m);
}

void md_write_tokens(struct inline_md *in)
{
	struct buf *out = &in->m->out;
	bool start = in->place == MD_PARAGRAPH;
	for (size_t i = 0; i < in->n; i++) {
		const struct token *t = &in->tokens[i];
		struct str space = t->text;
		switch (t->kind) {
		case TOKEN_TEXT:
			if (start && t->literal)
				guard(out, t->text);
			else
				buf_add(out, t->text);
			break;
		case TOKEN_SPACE:
			while ((start || i == 0) && space.n && space.p[0] == ' ')
				space = str_skip(space, 1);
			buf_add(out, space);
			break;
		case TOKEN_BREAK:
		case TOKEN_PARAGRAPH:
			write_break(in, t->kind == TOKEN_PARAGRAPH);
			break;
		default:
			write_mark(out, t);
		}
		start = in->place == MD_PARAGRAPH && (t->kind == TOKEN_BREAK || t->kind == TOKEN_PARAGRAPH ||
		                                         (start && t->kind == TOKEN_SPACE && space.n == 0));
	}
	trim_end(out);
}

/* White space and breaks at both ends go. Anything left? */
static bool trim(struct inline_md *in)
{
	size_t from = 0;
	while (in->n > from && (is_white(&in->tokens[in->n - 1]) || in->tokens[in->n - 1].kind == TOKEN_PARAGRAPH) &&
	       (in->tokens[in->n - 1].kind != TOKEN_SPACE || str_trim(in->tokens[in->n - 1].text).n == 0))
		in->n--;
	while (from < in->n && (is_white(&in->tokens[from]) || in->tokens[from].kind == TOKEN_PARAGRAPH) &&
	       (in->tokens[from].kind != TOKEN_SPACE || str_trim(in->tokens[from].text).n == 0))
		from++;
	in->tokens += from;
	in->n -= from;
	bool box = in->m->box && in->n == 1 && !in->tokens[0].literal && str_starts(in->tokens[0].text, STR("["));
	return in->n > 0 && !box;
}

bool md_settle(struct inline_md *in)
{
	if (in->m->b->failed || in->n == 0)
		return false;
	move_out(in);
	pair_up(in);
	if (in->m->b->failed || !trim(in))
		return false;
	pair_up(in);
	choose(in);
	return !in->m->b->failed;
}

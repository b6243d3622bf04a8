#include "doc/doc.h"

#include <string.h>

/* The tokens of CSS Syntax Level 3, section 4.3, as far as they decide what a style sheet can reach. Escapes are read before
 * names are compared, so that "@\69mport" is what it is. */

#define NAME_MAX_KEPT 32 /* of a name, in small letters; a longer one is none that matters */
#define DEPTH_MAX 64

struct reader {
	struct str css;
	size_t at;
	enum doc_css_problem problem;
	size_t problem_at;
	char name[NAME_MAX_KEPT]; /* the last that was read */
	size_t name_n;
	char open[DEPTH_MAX]; /* the brackets that close what is open */
	size_t depth;
};

static bool refuse(struct reader *r, enum doc_css_problem problem)
{
	if (!r->problem) {
		r->problem = problem;
		r->problem_at = r->at < r->css.n ? r->at : r->css.n;
	}
	return false;
}

static int peek(const struct reader *r, size_t ahead)
{
	return r->at + ahead < r->css.n ? (unsigned char)r->css.p[r->at + ahead] : -1;
}

static bool is_break(int c)
{
	return c == '\n' || c == '\r' || c == '\f';
}

static bool is_space(int c)
{
	return c == ' ' || c == '\t' || is_break(c);
}

static bool is_digit(int c)
{
	return c >= '0' && c <= '9';
}

static int hex_of(int c)
{
	int low = c | 32;
	return is_digit(c) ? c - '0' : c > 0 && low >= 'a' && low <= 'f' ? low - 'a' + 10 : -1;
}

static bool starts_name(int c)
{
	int low = c | 32;
	return c >= 0x80 || c == '_' || (c > 0 && low >= 'a' && low <= 'z');
}

static bool is_escape(const struct reader *r, size_t ahead)
{
	int next = peek(r, ahead + 1);
	return peek(r, ahead) == '\\' && next >= 0 && !is_break(next);
}

/* Would an identifier begin here? */
static bool at_name(const struct reader *r, size_t ahead)
{
	int c = peek(r, ahead);
	if (c == '-')
		return starts_name(peek(r, ahead + 1)) || peek(r, ahead + 1) == '-' || is_escape(r, ahead + 1);
	return starts_name(c) || is_escape(r, ahead);
}

/* Past the backslash. The characters of ASCII are what names are compared by; any other is as good as 0x80. */
static int read_escape(struct reader *r)
{
	int c = peek(r, 0);
	unsigned value = 0;
	if (hex_of(c) < 0) {
		r->at++;
		return c;
	}
	for (int i = 0; i < 6 && hex_of(peek(r, 0)) >= 0; i++, r->at++)
		value = value * 16 + (unsigned)hex_of(peek(r, 0));
	if (peek(r, 0) == '\r' && peek(r, 1) == '\n')
		r->at++;
	if (is_space(peek(r, 0)))
		r->at++;
	return value > 0 && value < 0x80 ? (int)value : 0x80;
}

static void read_name(struct reader *r)
{
	r->name_n = 0;
	for (;;) {
		int c = peek(r, 0);
		if (is_escape(r, 0)) {
			r->at++;
			c = read_escape(r);
		} else if (starts_name(c) || is_digit(c) || c == '-') {
			r->at++;
		} else {
			return;
		}
		if (r->name_n < NAME_MAX_KEPT)
			r->name[r->name_n++] = (char)(c >= 'A' && c <= 'Z' ? c | 32 : c);
	}
}

static bool name_among(const struct reader *r, const char *const *names, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (str_eq(str_of(r->name, r->name_n), str_from(names[i])))
			return true;
	}
	return false;
}

/* ---- what a style sheet can reach ---- */

/* A path of this site, or a part of the page. What browsers drop from an address, or read as a slash, must hide no host. */
static bool own_address(struct str url)
{
	if (url.n == 0 || url.p[0] == '#')
		return true;
	for (size_t i = 0; i < url.n; i++) {
		if ((unsigned char)url.p[i] <= ' ' || url.p[i] == '\\' || url.p[i] == 127)
			return false;
	}
	return url.p[0] == '/' && !(url.n > 1 && url.p[1] == '/');
}

/* A string or an address from here to `end` (-1: white space or the bracket). Its first 1,023 bytes, unescaped, are in `out`;
 * a longer one is no address of ours. */
struct text {
	char bytes[1024];
	size_t n;
};

static void text_add(struct text *t, int c)
{
	if (t->n < sizeof t->bytes)
		t->bytes[t->n++] = (char)c;
}

static bool read_string(struct reader *r, struct text *t)
{
	int quote = peek(r, 0);
	t->n = 0;
	for (r->at++;; r->at++) {
		int c = peek(r, 0);
		if (c < 0)
			return refuse(r, DOC_CSS_UNCLOSED);
		if (is_break(c))
			return refuse(r, DOC_CSS_UNCLOSED);
		if (c == quote) {
			r->at++;
			return true;
		}
		if (c != '\\') {
			text_add(t, c);
			continue;
		}
		r->at++;
		if (is_break(peek(r, 0))) {
			r->at += peek(r, 0) == '\r' && peek(r, 1) == '\n';
			continue;
		}
		if (peek(r, 0) < 0)
			return refuse(r, DOC_CSS_UNCLOSED);
		text_add(t, read_escape(r));
		r->at--;
	}
}

static bool check_address(struct reader *r, const struct text *t)
{
	if (t->n < sizeof t->bytes && own_address(str_of(t->bytes, t->n)))
		return true;
	return refuse(r, DOC_CSS_ADDRESS);
}

/* Past "url(": a quoted address with its bracket, or a bare one (4.3.6). */
static bool read_url(struct reader *r)
{
	struct text t = { .n = 0 };
	while (is_space(peek(r, 0)))
		r->at++;
	if (peek(r, 0) == '"' || peek(r, 0) == '\'') {
		if (!read_string(r, &t) || !check_address(r, &t))
			return false;
		while (is_space(peek(r, 0)))
			r->at++;
		/* Modifiers of an address are not needed by anybody. */
		if (peek(r, 0) != ')')
			return refuse(r, DOC_CSS_ADDRESS);
		r->at++;
		return true;
	}
	for (;; r->at++) {
		int c = peek(r, 0);
		if (c < 0)
			return refuse(r, DOC_CSS_UNCLOSED);
		if (c == ')' || is_space(c))
			break;
		if (c == '"' || c == '\'' || c == '(' || c == '\\' || c < ' ' || c == 127)
			return refuse(r, DOC_CSS_ADDRESS);
		text_add(&t, c);
	}
	while (is_space(peek(r, 0)))
		r->at++;
	if (peek(r, 0) != ')')
		return refuse(r, DOC_CSS_ADDRESS);
	if (!check_address(r, &t))
		return false;
	r->at++;
	return true;
}

static bool open_bracket(struct reader *r, char close)
{
	if (r->depth == DEPTH_MAX)
		return refuse(r, DOC_CSS_UNCLOSED);
	r->open[r->depth++] = close;
	return true;
}

/* Functions take their addresses as strings too, or from variables: those that load something are refused whole. */
static bool read_function(struct reader *r)
{
	static const char *const refused[] = { "expression", "src", "image", "image-set", "-webkit-image-set", "cross-fade",
		"-webkit-cross-fade", "element", "-moz-element", "paint", "-webkit-canvas", "url-prefix", "domain", "document",
		"media-document", "regexp" };
	if (name_among(r, refused, sizeof refused / sizeof *refused))
		return refuse(r, DOC_CSS_FUNCTION);
	r->at++;
	if (str_eq(str_of(r->name, r->name_n), STR("url")))
		return read_url(r);
	return open_bracket(r, ')');
}

/* A name that is no function. */
static bool read_word(struct reader *r)
{
	static const char *const refused[] = { "behavior", "-ms-behavior", "-moz-binding", "progid" };
	size_t ahead = 0;
	while (is_space(peek(r, ahead)))
		ahead++;
	if (peek(r, ahead) == ':' && name_among(r, refused, sizeof refused / sizeof *refused))
		return refuse(r, DOC_CSS_PROPERTY);
	return true;
}

static bool read_at_rule(struct reader *r)
{
	static const char *const known[] = { "media", "supports", "layer", "container", "scope", "starting-style",
		"font-face", "keyframes", "-webkit-keyframes", "page", "property", "counter-style" };
	size_t start = r->at++;
	if (!at_name(r, 0))
		return true;
	read_name(r);
	if (name_among(r, known, sizeof known / sizeof *known))
		return true;
	r->at = start;
	return refuse(r, DOC_CSS_RULE);
}

static bool read_comment(struct reader *r)
{
	ptrdiff_t end = str_find(str_skip(r->css, r->at + 2), STR("*/"));
	if (end < 0)
		return refuse(r, DOC_CSS_UNCLOSED);
	r->at += (size_t)end + 4;
	return true;
}

static bool at_number(const struct reader *r)
{
	size_t sign = peek(r, 0) == '+' || peek(r, 0) == '-';
	return is_digit(peek(r, sign)) || (peek(r, sign) == '.' && is_digit(peek(r, sign + 1)));
}

/* With its unit, which is never a function's name. */
static void read_number(struct reader *r)
{
	r->at += !is_digit(peek(r, 0)) && peek(r, 0) != '.';
	while (is_digit(peek(r, 0)))
		r->at++;
	if (peek(r, 0) == '.' && is_digit(peek(r, 1))) {
		for (r->at++; is_digit(peek(r, 0)); r->at++)
			;
	}
	size_t sign = peek(r, 1) == '+' || peek(r, 1) == '-';
	if ((peek(r, 0) | 32) == 'e' && is_digit(peek(r, 1 + sign))) {
		for (r->at += 1 + sign; is_digit(peek(r, 0)); r->at++)
			;
	}
	if (at_name(r, 0))
		read_name(r);
}

static bool close_bracket(struct reader *r, int c)
{
	if (r->depth == 0 || r->open[r->depth - 1] != (char)c)
		return refuse(r, DOC_CSS_UNCLOSED);
	r->depth--;
	r->at++;
	return true;
}

static bool read_sign(struct reader *r, int c)
{
	static const char opening[] = "{[(", closing[] = "}])";
	const char *bracket = c > 0 ? strchr(opening, c) : NULL;
	if (bracket) {
		r->at++;
		return open_bracket(r, closing[bracket - opening]);
	}
	if (c == '}' || c == ']' || c == ')')
		return close_bracket(r, c);
	if (c == '\\' || c == 127 || (c < ' ' && !is_space(c)))
		return refuse(r, DOC_CSS_CHARACTER);
	/* "<!--" and "-->" are for style sheets inside a page. */
	if (c == '<' && peek(r, 1) == '!')
		return refuse(r, DOC_CSS_CHARACTER);
	r->at++;
	return true;
}

static bool read_token(struct reader *r)
{
	struct text ignored;
	int c = peek(r, 0);
	if (c == '/' && peek(r, 1) == '*')
		return read_comment(r);
	if (c == '"' || c == '\'')
		return read_string(r, &ignored);
	if (c == '@')
		return read_at_rule(r);
	if (at_number(r)) {
		read_number(r);
		return true;
	}
	if (c == '#') {
		/* The name of an id: "#url(" is no function. */
		r->at++;
		read_name(r);
		return true;
	}
	if (!at_name(r, 0))
		return read_sign(r, c);
	read_name(r);
	return peek(r, 0) == '(' ? read_function(r) : read_word(r);
}

enum doc_css_problem doc_css_check(struct str css, size_t *line)
{
	struct reader r = { .css = css };
	*line = 1;
	if (css.n > CSS_MAX)
		return DOC_CSS_TOO_LONG;
	while (r.at < css.n && read_token(&r))
		;
	if (!r.problem && r.depth)
		refuse(&r, DOC_CSS_UNCLOSED);
	for (size_t i = 0; r.problem && i < r.problem_at; i++)
		*line += css.p[i] == '\n';
	return r.problem;
}

const char *doc_css_problem_text(enum doc_css_problem problem)
{
	static const char *const texts[] = {
		[DOC_CSS_FINE] = "nothing is wrong with it",
		[DOC_CSS_TOO_LONG] = "it is longer than 64 KiB",
		[DOC_CSS_UNCLOSED] = "a bracket, a string or a comment is not closed, or closed too often",
		[DOC_CSS_RULE] = "this @-rule is not allowed (@import and the like load from elsewhere)",
		[DOC_CSS_ADDRESS] = "an address in url() must be a path of this site, such as /media/…",
		[DOC_CSS_FUNCTION] = "this function can load or run something and is not allowed",
		[DOC_CSS_PROPERTY] = "this property can run something and is not allowed",
		[DOC_CSS_CHARACTER] = "a character stands here that CSS does not know",
	};
	return texts[problem];
}

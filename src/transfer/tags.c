#include "transfer/source.h"

#include <string.h>

#define TAG_MAX (4 * KIB)
#define ARGS_MAX 24

/* What stands in a tag: name="value" or "value". */
struct tag {
	struct str name;
	struct str keys[ARGS_MAX], values[ARGS_MAX];
	size_t n;
};

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static struct str word(struct str *s)
{
	size_t n = 0;
	*s = str_trim(*s);
	while (n < s->n && !is_blank(s->p[n]) && s->p[n] != '=' && s->p[n] != '"')
		n++;
	struct str w = str_sub(*s, 0, n);
	*s = str_skip(*s, n);
	return w;
}

static struct str quoted_or_word(struct str *s)
{
	char quote = s->n ? s->p[0] : 0;
	if (quote != '"' && quote != '\'' && quote != '`')
		return word(s);
	const char *end = memchr(s->p + 1, quote, s->n - 1);
	struct str value = end ? str_sub(*s, 1, (size_t)(end - s->p)) : str_skip(*s, 1);
	*s = end ? str_skip(*s, value.n + 2) : STR("");
	return value;
}

static void parse(struct tag *t, struct str s)
{
	*t = (struct tag){ .name = word(&s) };
	while ((s = str_trim(s)).n && t->n < ARGS_MAX) {
		struct str key = STR(""), value = quoted_or_word(&s);
		if (s.n && s.p[0] == '=') {
			s = str_skip(s, 1);
			key = value;
			value = quoted_or_word(&s);
		} else if (value.n == 0) {
			s = str_skip(s, 1);
			continue;
		}
		t->keys[t->n] = key;
		t->values[t->n++] = value;
	}
}

static struct str named(const struct tag *t, const char *key)
{
	for (size_t i = 0; i < t->n; i++) {
		if (str_eq(t->keys[i], str_from(key)))
			return t->values[i];
	}
	return STR("");
}

static struct str first(const struct tag *t)
{
	return t->n ? t->values[0] : STR("");
}

/* Text that may stand between [ and ], or in a title. */
static void add_plain(struct buf *out, struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		buf_addc(out, strchr("[]\"\n", s.p[i]) && s.p[i] ? ' ' : s.p[i]);
}

static void add_figure(struct buf *out, const struct tag *t)
{
	struct str caption = named(t, "caption"), alt = named(t, "alt"), src = named(t, "src");
	if (caption.n == 0)
		caption = named(t, "title");
	buf_adds(out, "![");
	add_plain(out, alt.n ? alt : caption);
	buf_adds(out, "](");
	buf_add(out, src.n ? src : first(t));
	if (caption.n) {
		buf_adds(out, " \"");
		add_plain(out, caption);
		buf_addc(out, '"');
	}
	buf_addc(out, ')');
}

static void add_ref(struct source *s, struct buf *out, struct str target)
{
	struct str fragment = target;
	str_split(&fragment, '#');
	struct str file = source_file(s, target, true);
	if (file.n == 0) {
		if (target.n && target.p[0] != '#')
			import_note(s->f->im, s->name, "a reference leads to no file", target);
		buf_add(out, target);
		return;
	}
	buf_add(out, source_address(s, file, fragment));
}

static bool add_video(struct buf *out, const struct tag *t)
{
	static const char *const sites[][2] = { { "youtube", "https://www.youtube.com/watch?v=" },
		{ "vimeo", "https://vimeo.com/" }, { "tweet", "https://twitter.com/i/status/" },
		{ "gist", "https://gist.github.com/" } };
	struct str id = named(t, "id").n ? named(t, "id") : first(t);
	for (size_t i = 0; i < sizeof sites / sizeof *sites; i++) {
		if (!str_eq(t->name, str_from(sites[i][0])) || id.n == 0)
			continue;
		buf_addc(out, '<');
		buf_adds(out, sites[i][1]);
		buf_add_uri(out, id, STR("/"));
		if (i == 3 && t->n > 1) {
			buf_addc(out, '/');
			buf_add_uri(out, t->values[1], STR(""));
		}
		buf_addc(out, '>');
		return true;
	}
	return false;
}

static void add_shortcode(struct source *s, struct buf *out, struct str inner)
{
	struct tag t;
	parse(&t, inner);
	if (str_eq(t.name, STR("ref")) || str_eq(t.name, STR("relref"))) {
		add_ref(s, out, named(&t, "path").n ? named(&t, "path") : first(&t));
	} else if (str_eq(t.name, STR("figure")) || str_eq(t.name, STR("img")) || str_eq(t.name, STR("image"))) {
		add_figure(out, &t);
	} else if (str_eq(t.name, STR("details"))) {
		struct str title = named(&t, "summary").n ? named(&t, "summary")
		                   : named(&t, "title").n ? named(&t, "title")
		                                          : first(&t);
		buf_adds(out, "\n<details><summary>");
		buf_add_html(out, title);
		buf_adds(out, "</summary>\n\n");
	} else if (str_starts(t.name, STR("/details"))) {
		buf_adds(out, "\n\n</details>\n");
	} else if (!add_video(out, &t) && !str_starts(t.name, STR("/"))) {
		/* What it stood around stays. */
		s->f->im->sum->shortcodes_dropped++;
	}
}

/* {% … %}: the end of what belongs to it. */
static size_t add_liquid(struct source *s, struct buf *out, struct str body, size_t end, struct str inner)
{
	struct tag t;
	while (inner.n && (inner.p[0] == '-' || inner.p[inner.n - 1] == '-'))
		inner = inner.p[0] == '-' ? str_skip(inner, 1) : str_sub(inner, 0, inner.n - 1);
	parse(&t, inner);
	bool raw = str_eq(t.name, STR("raw")), comment = str_eq(t.name, STR("comment"));
	if (raw || comment) {
		struct str rest = str_skip(body, end);
		ptrdiff_t close = str_find(rest, raw ? STR("endraw") : STR("endcomment"));
		ptrdiff_t open = -1;
		for (ptrdiff_t i = close; i >= 0 && open < 0; i--)
			open = str_starts(str_skip(rest, (size_t)i), STR("{%")) ? i : -1;
		if (open < 0)
			return end;
		buf_add(out, raw ? str_sub(rest, 0, (size_t)open) : STR(""));
		ptrdiff_t after = str_find(str_skip(rest, (size_t)close), STR("%}"));
		return after < 0 ? body.n : end + (size_t)close + (size_t)after + 2;
	}
	if (str_eq(t.name, STR("post_url")) || str_eq(t.name, STR("link")))
		add_ref(s, out, first(&t));
	else if (!str_starts(t.name, STR("end")))
		s->f->im->sum->shortcodes_dropped++;
	return end;
}

/* {{ site.baseurl }}, {{ "/a" | relative_url }}; another one stays as it is. */
static bool add_variable(struct buf *out, struct str inner)
{
	inner = str_trim(inner);
	if (str_eq(inner, STR("site.baseurl")) || str_eq(inner, STR("site.url")) || str_eq(inner, STR("site.baseUrl")))
		return true;
	if ((str_find(inner, STR("relative_url")) < 0 && str_find(inner, STR("absolute_url")) < 0) || inner.n == 0 ||
	    (inner.p[0] != '"' && inner.p[0] != '\''))
		return false;
	buf_add(out, quoted_or_word(&inner));
	return true;
}

/* @[youtube](id), @[card](url) of Zenn. */
static size_t add_embed(struct buf *out, struct str s)
{
	ptrdiff_t middle = str_find(str_sub(s, 0, 64), STR("]("));
	if (middle < 3)
		return 0;
	struct str kind = str_sub(s, 2, (size_t)middle), rest = str_skip(s, (size_t)middle + 2);
	const char *end = memchr(rest.p ? rest.p : "", ')', rest.n < URL_MAX ? rest.n : URL_MAX);
	if (!end)
		return 0;
	struct tag t = { .name = kind, .values = { str_sub(rest, 0, (size_t)(end - rest.p)) }, .n = 1 };
	if (!add_video(out, &t)) {
		buf_addc(out, '<');
		buf_add(out, t.values[0]);
		buf_addc(out, '>');
	}
	return (size_t)middle + 3 + t.values[0].n;
}

/* Opening and closing of each kind of tag. */
static const char *const KINDS[][2] = { { "{{<", ">}}" }, { "{{%", "%}}" }, { "{%", "%}" }, { "{{", "}}" } };

/* The tag at `at`: writes what it means and returns where to go on; `at` when it is none. */
static size_t at_tag(struct source *s, struct buf *out, struct str body, size_t at)
{
	struct str rest = str_skip(body, at);
	for (size_t kind = 0; kind < sizeof KINDS / sizeof *KINDS; kind++) {
		struct str open = str_from(KINDS[kind][0]), close = str_from(KINDS[kind][1]);
		if (!str_starts(rest, open))
			continue;
		ptrdiff_t n = str_find(str_sub(rest, open.n, TAG_MAX), close);
		if (n < 0)
			return at;
		struct str inner = str_trim(str_sub(rest, open.n, open.n + (size_t)n));
		size_t end = at + open.n + (size_t)n + close.n;
		if (kind == 3)
			return add_variable(out, inner) ? end : at;
		if (kind == 2)
			return add_liquid(s, out, body, end, inner);
		if (str_starts(inner, STR("/*")) && str_ends(inner, STR("*/"))) {
			buf_add(out, open);
			buf_add(out, str_sub(inner, 2, inner.n - 2));
			buf_add(out, close);
		} else {
			add_shortcode(s, out, inner);
		}
		return end;
	}
	return at;
}

struct str source_tags(struct source *s, struct str body)
{
	struct buf out = { 0 };
	bool *code = source_code(body, s->arena);
	size_t done = 0;
	for (size_t at = 0; code && at + 1 < body.n;) {
		bool tag = body.p[at] == '{' && (body.p[at + 1] == '{' || body.p[at + 1] == '%');
		bool embed = body.p[at] == '@' && body.p[at + 1] == '[' && (at == 0 || body.p[at - 1] == '\n');
		if (code[at] || (!tag && !embed)) {
			at++;
			continue;
		}
		buf_add(&out, str_sub(body, done, at));
		size_t embedded = embed ? add_embed(&out, str_skip(body, at)) : 0;
		size_t next = embed ? at + embedded : at_tag(s, &out, body, at);
		done = next;
		at = next > at ? next : at + 1;
	}
	buf_add(&out, str_skip(body, done));
	return buf_take(&out, s->arena);
}

#include "transfer/wordpress.h"

#include <string.h>

/* Shortcodes, [name key="value"]…[/name], as WordPress reads them: what it knows itself becomes HTML, what a plug-in knew
 * loses its brackets, keeps the text inside and is counted. A text in brackets is a shortcode only if it can be told. */

#define CODE_MAX 4096         /* bytes of one opening shortcode */
#define SEARCH_MAX (32 * MIB) /* bytes that are searched for closing shortcodes in one body */
#define OPEN_MAX 64           /* names whose closing shortcodes are known to be such */
#define GALLERY_MAX 500

struct scan {
	struct wordpress *w;
	struct str s;
	size_t kept; /* what is before is written */
	struct buf out;
	size_t searched;
	struct str open[OPEN_MAX];
	size_t n_open;
};

struct code {
	struct str name, attributes;
	bool closing;
	size_t end; /* after the bracket */
};

static bool is_any(struct str s, const char *const *names, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (str_eq(s, str_from(names[i])))
			return true;
	}
	return false;
}

static bool is_builtin(struct str name)
{
	static const char *const names[] = { "caption", "wp_caption", "gallery", "embed", "audio", "video", "playlist" };
	return is_any(name, names, sizeof names / sizeof *names);
}

/* Those of well-known plug-ins that come without attributes. */
static bool is_common(struct str name)
{
	static const char *const names[] = { "toc", "ez-toc", "contact-form", "contact-form-7", "wpforms", "sitemap",
		"wp_sitemap_page", "rev_slider", "subscribe", "newsletter", "recent_posts", "list-pages", "wpdatatable",
		"simple-sitemap" };
	return is_any(name, names, sizeof names / sizeof *names);
}

static bool is_name_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
}

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* The next key="value", key='value' or key=value; false where something else stands. */
static bool next_attribute(struct str *s, struct str *key, struct str *value)
{
	size_t n = 0;
	*s = str_trim(*s);
	while (n < s->n && is_name_char(s->p[n]))
		n++;
	*key = str_sub(*s, 0, n);
	if (n == 0 || n + 1 >= s->n || s->p[n] != '=')
		return false;
	char quote = s->p[n + 1];
	*s = str_skip(*s, n + 1);
	if (quote == '"' || quote == '\'') {
		*s = str_skip(*s, 1);
		*value = str_split(s, quote);
		return true;
	}
	for (n = 0; n < s->n && !is_space(s->p[n]);)
		n++;
	*value = str_sub(*s, 0, n);
	*s = str_skip(*s, n);
	return value->n > 0;
}

static struct str attribute(const struct code *code, const char *name)
{
	struct str rest = code->attributes, key, value;
	while (next_attribute(&rest, &key, &value)) {
		if (str_eq(key, str_from(name)))
			return value;
	}
	return STR("");
}

/* Does it look like one? `at` is that of the bracket. */
static bool read_code(const struct scan *x, size_t at, struct code *code)
{
	struct str s = str_sub(x->s, at + 1, at + 1 + CODE_MAX);
	size_t n = 0, end = 0;
	code->closing = s.n && s.p[0] == '/';
	if (code->closing)
		s = str_skip(s, 1);
	while (n < s.n && is_name_char(s.p[n]))
		n++;
	while (end < s.n && s.p[end] != ']' && s.p[end] != '[')
		end++;
	if (n < 2 || end < n || end >= s.n || s.p[end] != ']')
		return false;
	if (end > n && !is_space(s.p[n]) && s.p[n] != '/')
		return false;
	code->name = str_sub(s, 0, n);
	code->attributes = str_trim(str_sub(s, n, end));
	if (str_ends(code->attributes, STR("/")))
		code->attributes.n--;
	code->end = at + 1 + (size_t)(s.p - (x->s.p + at + 1)) + end + 1;
	return (s.p[0] | 32) >= 'a' && (s.p[0] | 32) <= 'z';
}

/* Where [/name] stands after `from`, or -1. What may be searched in one body is bounded. */
static ptrdiff_t closing(struct scan *x, struct str name, size_t from)
{
	char text[80];
	if (name.n > 70 || x->searched > SEARCH_MAX)
		return -1;
	text[0] = '[';
	text[1] = '/';
	memcpy(text + 2, name.p, name.n);
	text[name.n + 2] = ']';
	ptrdiff_t at = str_find(str_skip(x->s, from), str_of(text, name.n + 3));
	x->searched += at < 0 ? x->s.n - from : (size_t)at;
	return at < 0 ? -1 : at + (ptrdiff_t)from;
}

static bool was_opened(const struct scan *x, struct str name)
{
	for (size_t i = 0; i < x->n_open; i++) {
		if (str_eq(x->open[i], name))
			return true;
	}
	return false;
}

/* [As typename] and [255] are text. */
static bool is_shortcode(struct scan *x, const struct code *code)
{
	struct str rest = code->attributes, key, value;
	if (code->closing)
		return is_builtin(code->name) || was_opened(x, code->name);
	if (is_builtin(code->name))
		return true;
	if (code->attributes.n)
		return next_attribute(&rest, &key, &value);
	return is_common(code->name) || closing(x, code->name, code->end) >= 0;
}

static void flush(struct scan *x, size_t to, size_t next)
{
	buf_add(&x->out, str_sub(x->s, x->kept, to));
	x->kept = next;
}

/* ---- those that WordPress knows itself ---- */

static void add_link(struct scan *x, struct str url, struct str text)
{
	buf_adds(&x->out, "\n\n<p><a href=\"");
	buf_add_html(&x->out, url);
	buf_adds(&x->out, "\">");
	buf_add_html(&x->out, text);
	buf_adds(&x->out, "</a></p>\n\n");
}

static void add_listed(struct scan *x, struct str ids, bool figures)
{
	for (size_t n = 0; ids.n && n < GALLERY_MAX; n++) {
		int64_t id;
		struct str number = str_trim(str_split(&ids, ','));
		const struct wp_attachment *a = str_to_int(number, &id) ? wp_attachment_find(x->w, id) : NULL;
		if (!a)
			import_note(&x->w->im, x->w->label, "a gallery or playlist names what is not in the export", number);
		else if (figures)
			wp_figure(x->w, &x->out, a);
		else
			add_link(x, a->url, a->title.n ? a->title : a->url);
	}
}

/* Without a list, a gallery shows all images that were added in its article. */
static void add_own(struct scan *x)
{
	int64_t item;
	if (!x->w->item || !str_to_int(x->w->item->id, &item) || x->searched > SEARCH_MAX)
		return;
	x->searched += x->w->n_attachments * sizeof *x->w->attachments;
	for (size_t i = 0; i < x->w->n_attachments; i++) {
		if (x->w->attachments[i].parent == item && wp_is_image(x->w->attachments[i].url))
			wp_figure(x->w, &x->out, &x->w->attachments[i]);
	}
}

static void add_gallery(struct scan *x, const struct code *code)
{
	struct str ids = attribute(code, "ids");
	ids = ids.n ? ids : attribute(code, "include");
	if (ids.n)
		add_listed(x, ids, true);
	else
		add_own(x);
}

static void add_media(struct scan *x, const struct code *code)
{
	static const char *const names[] = { "src", "mp3", "m4a", "ogg", "wav", "mp4", "m4v", "webm", "ogv", "flv", "wmv" };
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		struct str url = attribute(code, names[i]);
		if (url.n) {
			add_link(x, url, url);
			return;
		}
	}
	x->w->im.sum->shortcodes_dropped++;
	wp_count(x->w, "this shortcode was dropped", code->name);
}

static void add_image_tag(struct scan *x, struct str tag);

/* The picture, with the link around it where there is one, and what is left: its caption. */
static void add_caption(struct scan *x, const struct code *code, struct str inside)
{
	ptrdiff_t img = str_find_ci(inside, STR("<img")),
	          end = img < 0 ? -1 : str_find(str_skip(inside, (size_t)img), STR(">"));
	if (end < 0) {
		buf_add(&x->out, inside);
		return;
	}
	size_t after = (size_t)(img + end) + 1;
	struct str rest = str_skip(inside, after), caption = attribute(code, "caption");
	ptrdiff_t close =
	    str_starts(str_trim(str_sub(inside, 0, (size_t)img)), STR("<a ")) ? str_find(rest, STR("</a>")) : -1;
	buf_adds(&x->out, "\n\n<figure>");
	buf_add(&x->out, str_trim(str_sub(inside, 0, (size_t)img)));
	add_image_tag(x, str_sub(inside, (size_t)img, after));
	if (close >= 0) {
		buf_adds(&x->out, "</a>");
		rest = str_skip(rest, (size_t)close + 4);
	}
	if (str_trim(rest).n)
		caption = str_trim(rest);
	if (caption.n) {
		buf_adds(&x->out, "<figcaption>");
		buf_add(&x->out, caption);
		buf_adds(&x->out, "</figcaption>");
	}
	buf_adds(&x->out, "</figure>\n\n");
}

/* Returns where to go on. */
static size_t add_builtin(struct scan *x, const struct code *code)
{
	ptrdiff_t close = code->closing || str_eq(code->name, STR("gallery")) || str_eq(code->name, STR("playlist"))
	                      ? -1
	                      : closing(x, code->name, code->end);
	struct str inside = close < 0 ? STR("") : str_sub(x->s, code->end, (size_t)close);
	size_t next = close < 0 ? code->end : (size_t)close + code->name.n + 3;
	if (code->closing)
		return next;
	if (str_ends(code->name, STR("caption"))) {
		if (close >= 0)
			add_caption(x, code, inside);
	} else if (str_eq(code->name, STR("gallery"))) {
		add_gallery(x, code);
	} else if (str_eq(code->name, STR("playlist"))) {
		add_listed(x, attribute(code, "ids"), false);
	} else if (str_eq(code->name, STR("embed"))) {
		struct str url = str_trim(inside.n ? inside : attribute(code, "src"));
		if (url.n)
			add_link(x, url, url);
	} else {
		add_media(x, code);
	}
	return next;
}

/* ---- the scan ---- */

/* "[[name …]]", also around its content, stands for itself without the outer brackets. */
static size_t escaped(struct scan *x, size_t at)
{
	struct code code;
	if (at + 1 >= x->s.n || x->s.p[at + 1] != '[' || !read_code(x, at + 1, &code) || code.closing)
		return 0;
	size_t end = code.end;
	if (end >= x->s.n || x->s.p[end] != ']') {
		ptrdiff_t close = closing(x, code.name, end);
		end = close < 0 ? x->s.n : (size_t)close + code.name.n + 3;
	}
	if (end >= x->s.n || x->s.p[end] != ']')
		return 0;
	/* Of other text in double brackets nothing goes. */
	if (!is_shortcode(x, &code))
		return 0;
	flush(x, at, at + 1);
	flush(x, end, end + 1);
	return end + 1;
}

static size_t read_bracket(struct scan *x, size_t at)
{
	struct code code;
	size_t next = escaped(x, at);
	if (next)
		return next;
	if (!read_code(x, at, &code) || !is_shortcode(x, &code))
		return at + 1;
	flush(x, at, code.end);
	if (is_builtin(code.name)) {
		x->kept = add_builtin(x, &code);
		return x->kept;
	}
	if (code.closing)
		return code.end;
	x->w->im.sum->shortcodes_dropped++;
	wp_count(x->w, "this shortcode was dropped", code.name);
	if (x->n_open < OPEN_MAX && !was_opened(x, code.name))
		x->open[x->n_open++] = code.name;
	return code.end;
}

/* An image whose alternative text the export keeps with the attachment alone. */
static void add_image_tag(struct scan *x, struct str tag)
{
	ptrdiff_t at = str_find(tag, STR("wp-image-")), alt = str_find_ci(tag, STR(" alt=\""));
	size_t from = at < 0 ? tag.n : (size_t)at + 9, to = from;
	int64_t id;
	while (to < tag.n && tag.p[to] >= '0' && tag.p[to] <= '9')
		to++;
	bool has_alt = alt >= 0 && (size_t)alt + 6 < tag.n && tag.p[alt + 6] != '"';
	const struct wp_attachment *a =
	    !has_alt && str_to_int(str_sub(tag, from, to), &id) ? wp_attachment_find(x->w, id) : NULL;
	if (!a || a->alt.n == 0) {
		buf_add(&x->out, tag);
		return;
	}
	/* Of two the first counts. */
	buf_adds(&x->out, "<img alt=\"");
	buf_add_html(&x->out, a->alt);
	buf_adds(&x->out, "\"");
	buf_add(&x->out, str_skip(tag, 4));
}

/* In code nothing is a shortcode, in a tag neither. */
static size_t read_tag(struct scan *x, size_t at)
{
	static const char *const whole[][2] = { { "<pre", "</pre>" }, { "<code", "</code>" }, { "<script", "</script>" },
		{ "<style", "</style>" }, { "<textarea", "</textarea>" } };
	struct str s = str_skip(x->s, at);
	size_t end = 1;
	for (size_t i = 0; i < sizeof whole / sizeof *whole; i++) {
		if (!str_starts_ci(s, str_from(whole[i][0])))
			continue;
		ptrdiff_t close = str_find_ci(s, str_from(whole[i][1]));
		return close < 0 ? x->s.n : at + (size_t)close + strlen(whole[i][1]);
	}
	while (end < s.n && s.p[end] != '>' && s.p[end] != '<')
		end++;
	if (end < s.n && s.p[end] == '>' && str_starts_ci(s, STR("<img"))) {
		flush(x, at, at + end + 1);
		add_image_tag(x, str_sub(s, 0, end + 1));
	}
	return at + end + (end < s.n && s.p[end] == '>');
}

/* An address alone on its line, or in its paragraph, was shown as what it leads to; here it is a link. */
static size_t read_address(struct scan *x, size_t at)
{
	struct str s = str_skip(x->s, at);
	size_t n = 0, before = at;
	if (!str_starts(s, STR("http://")) && !str_starts(s, STR("https://")))
		return at + 1;
	while (before && (x->s.p[before - 1] == ' ' || x->s.p[before - 1] == '\t'))
		before--;
	if (before && x->s.p[before - 1] != '\n' && !(before >= 3 && str_eq(str_sub(x->s, before - 3, before), STR("<p>"))))
		return at + 1;
	while (n < s.n && !is_space(s.p[n]) && !strchr("<>\"[]", s.p[n]))
		n++;
	struct str rest = str_skip(s, n), url = str_sub(s, 0, n);
	while (rest.n && (rest.p[0] == ' ' || rest.p[0] == '\t' || rest.p[0] == '\r'))
		rest = str_skip(rest, 1);
	if (rest.n && rest.p[0] != '\n' && !str_starts(rest, STR("</p>")))
		return at + n;
	flush(x, at, at + n);
	buf_adds(&x->out, "<a href=\"");
	buf_add(&x->out, url);
	buf_adds(&x->out, "\">");
	buf_add(&x->out, url);
	buf_adds(&x->out, "</a>");
	return at + n;
}

struct str wp_shortcodes(struct wordpress *w, struct str text)
{
	struct scan x = { .w = w, .s = text };
	if (str_find(text, STR("[")) < 0 && str_find(text, STR("://")) < 0 && str_find(text, STR("<img")) < 0)
		return text;
	for (size_t i = 0; i < text.n;) {
		char c = text.p[i];
		if (c == '<')
			i = read_tag(&x, i);
		else if (c == '[')
			i = read_bracket(&x, i);
		else if (c == 'h')
			i = read_address(&x, i);
		else
			i++;
	}
	flush(&x, text.n, text.n);
	return buf_take(&x.out, w->im.arena);
}

#include "transfer/source.h"

#include <string.h>

#define OPEN_MAX 16

enum box { BOX_QUOTE, BOX_DETAILS, BOX_NOTHING };

struct boxes {
	struct source *s;
	struct buf out;
	enum box open[OPEN_MAX];
	size_t n;
};

static void add_line(struct boxes *b, struct str line)
{
	for (size_t i = 0; i < b->n; i++)
		buf_adds(&b->out, b->open[i] == BOX_QUOTE ? "> " : "");
	buf_add(&b->out, line);
	buf_addc(&b->out, '\n');
}

static void close_box(struct boxes *b)
{
	enum box box = b->open[b->n - 1];
	if (box == BOX_DETAILS) {
		add_line(b, STR(""));
		add_line(b, STR("</details>"));
	}
	b->n--;
	if (box != BOX_NOTHING)
		add_line(b, STR(""));
}

static void add_summary(struct boxes *b, struct str title)
{
	struct buf line = { 0 };
	buf_adds(&line, "<details><summary>");
	buf_add_html(&line, title.n ? title : STR("…"));
	buf_adds(&line, "</summary>");
	add_line(b, buf_str(&line));
	add_line(b, STR(""));
	buf_free(&line);
}

/* Zenn: message, details; Qiita: note; Docusaurus and VitePress: tip, info, warning … with a title. */
static void open_box(struct boxes *b, struct str what)
{
	static const char *const quotes[] = { "message", "note", "tip", "info", "warning", "caution", "danger", "important",
		"alert", "success", "hint" };
	struct str title = what, name = str_split(&title, ' ');
	enum box box = BOX_NOTHING;
	title = str_trim(title);
	for (size_t i = 0; i < sizeof quotes / sizeof *quotes; i++) {
		if (str_eq(name, str_from(quotes[i])))
			box = BOX_QUOTE;
	}
	if (str_eq(name, STR("details")) || str_eq(name, STR("collapse")))
		box = BOX_DETAILS;
	if (box == BOX_NOTHING)
		b->s->f->im->sum->shortcodes_dropped++;
	add_line(b, STR(""));
	if (box == BOX_DETAILS)
		add_summary(b, title);
	b->open[b->n++] = box;
	/* Qiita's and Zenn's second word is a colour, not a title. */
	bool colour = str_eq(title, STR("alert")) || str_eq(title, STR("info")) || str_eq(title, STR("warn"));
	if (box == BOX_QUOTE && title.n && !colour) {
		add_line(b, arena_printf(b->s->arena, "**%.*s**", (int)title.n, title.p));
		add_line(b, STR(""));
	}
}

static bool box_line(struct boxes *b, struct str line)
{
	struct str trimmed = str_trim(line);
	size_t colons = 0;
	while (colons < trimmed.n && trimmed.p[colons] == ':')
		colons++;
	if (colons < 3)
		return false;
	struct str what = str_trim(str_skip(trimmed, colons));
	if (what.n == 0 && b->n == 0)
		return false;
	if (what.n == 0)
		close_box(b);
	else if (b->n < OPEN_MAX)
		open_box(b, what);
	return true;
}

/* {% highlight ruby linenos %} and {{< highlight ruby >}} are fences. */
static bool highlight_line(struct boxes *b, struct str line)
{
	static const char *const starts[] = { "{% highlight ", "{%- highlight ", "{{< highlight ", "{{<highlight " };
	static const char *const ends[] = { "{% endhighlight", "{%- endhighlight", "{{< /highlight", "{{</ highlight",
		"{{</highlight" };
	line = str_trim(line);
	for (size_t i = 0; i < sizeof starts / sizeof *starts; i++) {
		if (!str_starts(line, str_from(starts[i])))
			continue;
		struct str language = str_skip(line, strlen(starts[i]));
		language = str_split(&language, ' ');
		while (language.n && (language.p[0] == '"' || language.p[0] == '\''))
			language =
			    str_sub(language, 1, language.n - (str_ends(language, STR("\"")) || str_ends(language, STR("'"))));
		add_line(b, arena_printf(b->s->arena, "```%.*s", (int)language.n, language.p));
		return true;
	}
	for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
		if (str_starts(line, str_from(ends[i]))) {
			add_line(b, STR("```"));
			return true;
		}
	}
	return false;
}

/* Lines that only tell a generator something: {: .class} of kramdown, tables of contents. */
static bool is_instruction(struct str line)
{
	line = str_trim(line);
	return (str_starts(line, STR("{:")) && str_ends(line, STR("}"))) || str_eq_ci(line, STR("[[toc]]")) ||
	       str_eq_ci(line, STR("[toc]")) || str_eq(line, STR("* TOC")) || str_eq(line, STR("- TOC"));
}

/* ![](a.png) and *a caption* on the next line. */
static struct str with_caption(struct boxes *b, struct str image, struct str caption)
{
	struct str line = str_trim(image), text = str_trim(caption);
	if (!str_starts(line, STR("![")) || !str_ends(line, STR(")")) || str_find(line, STR("\"")) >= 0 ||
	    str_find(str_skip(line, 2), STR("![")) >= 0 || text.n < 3 || text.p[0] != '*' || text.p[1] == '*' ||
	    text.p[1] == ' ' || text.p[text.n - 1] != '*' || str_find(str_sub(text, 1, text.n - 1), STR("*")) >= 0 ||
	    str_find(text, STR("\"")) >= 0)
		return STR("");
	return arena_printf(b->s->arena, "%.*s \"%.*s\")", (int)(line.n - 1), line.p, (int)(text.n - 2), text.p + 1);
}

struct str source_blocks(struct source *s, struct str body)
{
	struct boxes b = { .s = s };
	bool *code = source_code(body, s->arena), in_highlight = false;
	for (struct str rest = body; code && rest.n;) {
		size_t at = (size_t)(rest.p - body.p);
		struct str line = str_split(&rest, '\n'), peek = rest, joined;
		if (line.n && line.p[line.n - 1] == '\r')
			line.n--;
		bool is_code = line.n && code[at];
		if (!is_code && highlight_line(&b, line)) {
			in_highlight = !in_highlight;
			continue;
		}
		if (is_code || in_highlight) {
			add_line(&b, line);
			continue;
		}
		if (box_line(&b, line) || is_instruction(line))
			continue;
		joined = with_caption(&b, line, str_split(&peek, '\n'));
		if (joined.n)
			rest = peek;
		add_line(&b, joined.n ? joined : line);
	}
	if (in_highlight)
		add_line(&b, STR("```"));
	while (b.n)
		close_box(&b);
	return buf_take(&b.out, s->arena);
}

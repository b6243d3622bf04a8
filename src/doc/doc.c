#include "doc/doc.h"

#include "doc/tree.h"

#include <string.h>

#define EXCERPT_WIDTH 160 /* Latin characters; a CJK character is as wide as two */

static bool list_images_and_links(struct builder *b, struct node *root, struct doc *d)
{
	size_t images = 0, links = 0;
	for (struct node *n = root->first; n; n = node_following(n, root)) {
		images += node_is(n, "img");
		links += node_is(n, "a");
	}
	d->images = arena_array(b->arena, images + 1, sizeof *d->images);
	d->links = arena_array(b->arena, links + 1, sizeof *d->links);
	if (!d->images || !d->links)
		return false;
	for (struct node *n = root->first; n; n = node_following(n, root)) {
		struct str href = node_is(n, "a") ? node_attr(n, "href") : STR("");
		if (node_is(n, "img"))
			d->images[d->n_images++] = (struct doc_image){ node_attr(n, "src"), node_attr(n, "alt") };
		if (href.n && href.p[0] != '#')
			d->links[d->n_links++] = href;
	}
	if (d->n_images)
		d->lead_image = d->images[0].url;
	return true;
}

/* Cut at a sentence's end where one lies in the second half, else at a word. */
static struct str excerpt(struct builder *b, struct str text)
{
	size_t at = 0, sentence = 0, word = 0;
	int width = 0;
	struct buf out = { 0 };
	for (size_t i = 0; i < text.n; i++)
		buf_addc(&out, text.p[i] == '\n' ? ' ' : text.p[i]);
	text = str_trim(buf_take(&out, b->arena));
	while (at < text.n && width < EXCERPT_WIDTH) {
		uint32_t cp = utf8_next(text, &at);
		width += cp_is_cjk(cp) ? 2 : 1;
		if (cp == 0x3002 || cp == 0xFF01 || cp == 0xFF1F ||
		    ((cp == '.' || cp == '!' || cp == '?') && at < text.n && text.p[at] == ' '))
			sentence = at;
		if (cp == ' ' || cp_is_cjk(cp))
			word = at;
	}
	if (at >= text.n)
		return text;
	if (sentence * 2 > at)
		return str_sub(text, 0, sentence);
	struct str cut = str_trim(str_sub(text, 0, word ? word : at));
	return arena_printf(b->arena, "%.*s…", (int)cut.n, cut.p);
}

static bool fill(struct builder *b, struct node *root, struct doc *out)
{
	struct buf html = { 0 }, text = { 0 };
	lines_join(b, root);
	if (b->options->format == DOC_MARKDOWN)
		lines_figures(b, root);
	pictures(b, root);
	shortcodes(b, root);
	if ((!b->options->no_citations && !cite(b, root, out)) || !ids_and_outline(b, root, out) ||
	    !list_images_and_links(b, root, out))
		return false;
	write_html(&html, root);
	write_text(&text, root, false);
	out->html = buf_take(&html, b->arena);
	out->text = buf_take(&text, b->arena);
	out->excerpt = excerpt(b, out->text);
	out->warnings = b->warnings;
	out->n_warnings = b->n_warnings;
	return out->html.p && out->text.p && out->headings_text.p && out->excerpt.p && !b->failed;
}

bool doc_render(
    struct doc *out, struct str body, const struct doc_options *options, struct arena *arena, struct error *err)
{
	struct builder b = { .arena = arena, .options = options };
	*out = (struct doc){ 0 };
	if (body.n > ARTICLE_BODY_MAX)
		return error_set(err, ERR_TOO_LARGE, "the text is larger than %zu MiB", ARTICLE_BODY_MAX / MIB);
	body = utf8_clean(arena, body);
	if (options->format == DOC_MARKDOWN) {
		body = markdown_to_html(body, arena, err);
		if (!body.p)
			return false;
	}
	struct node *root = html_clean(&b, body);
	return root && fill(&b, root, out) ? true : error_memory(err);
}

bool doc_render_page(struct doc *out, const struct doc_page *page, const struct doc_options *options,
    struct arena *arena, struct error *err)
{
	struct builder b = { .arena = arena, .options = options, .page = page };
	*out = (struct doc){ 0 };
	struct node *root = html_clean_page(&b);
	return root && fill(&b, root, out) ? true : error_memory(err);
}

struct str doc_plain(struct str html, struct arena *arena)
{
	struct doc_options options = { .format = DOC_HTML };
	struct builder b = { .arena = arena, .options = &options };
	struct node *root = html_clean(&b, utf8_clean(arena, html));
	return root ? node_plain(&b, root) : STR("");
}

#include "doc/tree.h"

#include <string.h>

/* A document paragraph by paragraph. What stands around a block (list, quote) becomes the beginnings of its lines, so that
 * the blocks, one under the other, are the document's Markdown again. */

struct walk {
	struct builder *b;
	struct doc doc;
	struct doc_block *v;
	size_t n, cap;
};

/* Where a block stands. */
struct place {
	struct str lead, rest; /* the start of its first line, and of the others */
	struct str gap;        /* the line between it and the block before */
	bool tight;            /* none */
	bool item, quote;
};

static void walk(struct walk *w, struct node *parent, struct place place);

static struct str joined(struct walk *w, struct str a, const char *b)
{
	return arena_printf(w->b->arena, "%.*s%s", (int)a.n, a.p ? a.p : "", b);
}

static struct str without_end(struct str s)
{
	while (s.n && s.p[s.n - 1] == ' ')
		s.n--;
	return s;
}

static bool is_blank(const struct node *n)
{
	return !n->tag && str_trim(n->text).n == 0;
}

/* For the page that shows it: nothing in it is a target, and a mark is no link. */
static void make_still(struct node *root)
{
	node_unset(root, "id");
	for (struct node *n = root->first; n; n = node_following(n, root)) {
		if (!n->tag)
			continue;
		node_unset(n, "id");
		if (node_is(n, "a") && (n->made || str_starts(node_attr(n, "href"), STR("#")))) {
			n->tag = "span";
			n->attrs = NULL;
		}
	}
}

static struct doc_block *add(struct walk *w, enum doc_block_kind kind, struct str markdown, const struct place *at)
{
	if (markdown.n == 0)
		return NULL;
	if (w->n == w->cap) {
		size_t cap = w->cap ? w->cap * 2 : 64;
		struct doc_block *more = arena_array(w->b->arena, cap, sizeof *more);
		if (!more) {
			w->b->failed = true;
			return NULL;
		}
		if (w->n)
			memcpy(more, w->v, w->n * sizeof *more);
		w->v = more;
		w->cap = cap;
	}
	struct doc_block *block = &w->v[w->n++];
	*block = (struct doc_block){ .kind = kind, .markdown = markdown, .lead = at->lead, .rest = at->rest };
	block->before = at->tight   ? STR("\n")
	                : at->gap.n ? arena_printf(w->b->arena, "\n%.*s\n", (int)at->gap.n, at->gap.p)
	                            : STR("\n\n");
	return block;
}

static void finish(struct walk *w, struct doc_block *block, struct node *n)
{
	struct buf text = { 0 }, html = { 0 };
	if (!block)
		return;
	write_text(&text, n, false);
	block->text = str_trim(buf_take(&text, w->b->arena));
	make_still(n);
	write_html(&html, n);
	block->html = buf_take(&html, w->b->arena);
	w->b->failed |= !block->text.p || !block->html.p;
}

static void add_leaf(struct walk *w, struct node *n, const struct place *at)
{
	enum doc_block_kind kind = at->item ? DOC_ITEM : at->quote ? DOC_QUOTE : DOC_PARAGRAPH;
	const struct node *only = n->first && !n->first->next ? n->first : NULL;
	if (node_is(only, "img"))
		kind = DOC_FIGURE;
	finish(w, add(w, kind, markdown_inline(w->b, n, &w->doc, MARKDOWN_PARAGRAPH), at), n);
}

static void add_heading(struct walk *w, struct node *n, const struct place *at)
{
	struct place own = *at;
	int level = n->tag[1] - '0';
	struct str text = markdown_inline(w->b, n, &w->doc, MARKDOWN_HEADING);
	own.lead = joined(w, at->lead, &"###### "[6 - level]);
	struct doc_block *block = add(w, DOC_HEADING, text, &own);
	if (block)
		block->level = level;
	finish(w, block, n);
}

/* The subtree alone under a root of its own, for what is shown with its own element. */
static struct node *lifted(struct walk *w, struct node *n)
{
	struct node *root = node_new(w->b, "div");
	if (!root)
		return n;
	node_remove(n);
	node_append(root, n);
	return root;
}

static void add_code(struct walk *w, struct node *n, const struct place *at)
{
	struct buf out = { 0 }, raw = { 0 };
	struct str language = STR("");
	size_t run = 0, fence = 3;
	for (const struct node *c = n->first; c; c = node_following(c, n)) {
		if (!c->tag)
			buf_add(&raw, c->text);
		else if (node_is(c, "code") && str_starts(node_attr(c, "class"), STR("language-")))
			language = str_skip(node_attr(c, "class"), 9);
		else if (node_is(c, "br"))
			buf_addc(&raw, '\n');
	}
	struct str code = buf_take(&raw, w->b->arena);
	while (code.n && code.p[code.n - 1] == '\n')
		code.n--;
	for (size_t i = 0; i < code.n; i++) {
		run = code.p[i] == '`' ? run + 1 : 0;
		fence = run >= fence ? run + 1 : fence;
	}
	for (size_t i = 0; i < fence; i++)
		buf_addc(&out, '`');
	buf_add(&out, language);
	buf_addc(&out, '\n');
	buf_add(&out, code);
	buf_addc(&out, '\n');
	for (size_t i = 0; i < fence; i++)
		buf_addc(&out, '`');
	struct doc_block *block = add(w, DOC_CODE, code.n ? buf_take(&out, w->b->arena) : STR(""), at);
	buf_free(&out);
	finish(w, block, lifted(w, n));
}

/* An image with its caption is one block; what else a figure holds is read as any text. */
static void add_figure(struct walk *w, struct node *n, const struct place *at)
{
	const struct node *img = NULL, *caption = NULL;
	size_t others = 0;
	struct buf out = { 0 };
	for (const struct node *c = n->first; c; c = node_following(c, n)) {
		if (node_is(c, "img") && !img)
			img = c;
		else if (node_is(c, "figcaption"))
			caption = c;
		else if (c->tag && node_is_block(c))
			others++;
	}
	if (!img || others) {
		walk(w, n, *at);
		return;
	}
	markdown_image(w->b, &out, img, caption ? node_plain(w->b, caption) : node_attr(img, "title"));
	finish(w, add(w, DOC_FIGURE, buf_take(&out, w->b->arena), at), lifted(w, n));
}

/* One whose cells cannot be written with bars stays HTML, on one line: an empty line would end it. */
static void add_table(struct walk *w, struct node *n, const struct place *at)
{
	struct str text = markdown_table(w->b, n, &w->doc);
	struct node *root = lifted(w, n);
	if (text.n == 0) {
		struct buf out = { 0 };
		make_still(root);
		write_html(&out, root);
		for (size_t i = 0; i < out.n; i++) {
			if (out.p[i] == '\n')
				out.p[i] = ' ';
		}
		text = buf_take(&out, w->b->arena);
	}
	finish(w, add(w, DOC_TABLE, text, at), root);
}

static void add_list(struct walk *w, struct node *list, struct place place)
{
	int64_t number = 1;
	bool ordered = node_is(list, "ol"), first = true;
	str_to_int(node_attr(list, "start"), &number);
	for (struct node *li = list->first, *next; li; li = next) {
		next = li->next;
		if (is_blank(li))
			continue;
		if (!node_is(li, "li"))
			li = lifted(w, li); /* what was flattened, or misplaced */
		struct str mark = ordered ? arena_printf(w->b->arena, "%lld. ", (long long)number++) : STR("- ");
		bool loose = false;
		for (const struct node *c = li->first; c; c = c->next)
			loose |= node_is(c, "p");
		struct place inside = { .quote = place.quote, .item = true };
		inside.lead = joined(w, first ? place.lead : place.rest, mark.p);
		inside.rest =
		    arena_printf(w->b->arena, "%.*s%*s", (int)place.rest.n, place.rest.p ? place.rest.p : "", (int)mark.n, "");
		inside.gap = first ? place.gap : without_end(place.rest);
		inside.tight = first ? place.tight : !loose;
		walk(w, li, inside);
		first = false;
	}
}

static void add_quote(struct walk *w, struct node *n, struct place place)
{
	place.lead = joined(w, place.lead, "> ");
	place.rest = joined(w, place.rest, "> ");
	place.quote = true;
	place.item = false;
	walk(w, n, place);
}

static bool is_leaf(const struct node *n)
{
	return node_is(n, "p") || node_is(n, "dd") || node_is(n, "dt") || node_is(n, "summary") ||
	       node_is(n, "figcaption") || node_is(n, "caption");
}

static bool holds_blocks(const struct node *n)
{
	for (const struct node *c = n->first; c; c = c->next) {
		if (c->tag && node_is_block(c))
			return true;
	}
	return false;
}

static void add_block(struct walk *w, struct node *n, const struct place *at)
{
	if (node_is_heading(n))
		add_heading(w, n, at);
	else if (node_is(n, "ul") || node_is(n, "ol"))
		add_list(w, n, *at);
	else if (node_is(n, "blockquote"))
		add_quote(w, n, *at);
	else if (node_is(n, "pre"))
		add_code(w, n, at);
	else if (node_is(n, "hr"))
		finish(w, add(w, DOC_RULE, STR("---"), at), lifted(w, n));
	else if (node_is(n, "table"))
		add_table(w, n, at);
	else if (node_is(n, "figure"))
		add_figure(w, n, at);
	else if (is_leaf(n) && !holds_blocks(n))
		add_leaf(w, n, at);
	else
		walk(w, n, *at);
}

/* Takes the run of inline nodes that starts here into a paragraph of its own. */
static struct node *gather(struct walk *w, struct node *from, struct node **next)
{
	struct node *p = node_new(w->b, "p");
	while (p && from && !(from->tag && node_is_block(from))) {
		struct node *after = from->next;
		node_remove(from);
		node_append(p, from);
		from = after;
	}
	*next = p ? from : NULL;
	return p;
}

/* Depth is bounded by the cleaner. */
static void walk(struct walk *w, struct node *parent, struct place place)
{
	for (struct node *n = parent->first, *next; n && !w->b->failed; n = next) {
		size_t before = w->n;
		next = n->next;
		if (is_blank(n))
			continue;
		if (n->tag && node_is_block(n)) {
			add_block(w, n, &place);
		} else {
			struct node *p = gather(w, n, &next);
			if (p)
				add_leaf(w, p, &place);
		}
		if (w->n == before)
			continue;
		/* What follows in the same list item, quote or text. A list within a line's item stays close to it. */
		place.tight = place.item && next && (node_is(next, "ul") || node_is(next, "ol")) && !node_is(n, "p");
		place.item = false;
		place.lead = place.rest;
		place.gap = without_end(place.rest);
	}
}

/* The sources, one a block, as Markdown's footnotes. */
static void add_sources(struct walk *w)
{
	for (size_t i = 0; i < w->doc.n_citations && !w->b->failed; i++) {
		struct place at = { .rest = STR("    ") };
		struct node *root = html_clean(w->b, w->doc.citations[i].html);
		struct node *only = root && root->first && !root->first->next && node_is(root->first, "p") ? root->first : root;
		struct str label = cite_label(&w->doc, i, w->b->arena);
		if (!only)
			continue;
		at.lead = arena_printf(w->b->arena, "[^%.*s]: ", (int)label.n, label.p);
		finish(w, add(w, DOC_SOURCE, markdown_inline(w->b, only, NULL, MARKDOWN_PARAGRAPH), &at), only);
	}
}

static bool read_blocks(struct walk *w, struct node *root, struct doc_block **out, size_t *n, struct error *err)
{
	if (root)
		lines_join(w->b, root);
	if (root && w->b->options->format == DOC_MARKDOWN)
		lines_figures(w->b, root);
	if (!root || !cite(w->b, root, &w->doc))
		return error_memory(err);
	walk(w, root, (struct place){ 0 });
	add_sources(w);
	*out = w->v;
	*n = w->n;
	return w->b->failed ? error_memory(err) : true;
}

bool doc_blocks(struct doc_block **out, size_t *n, struct str body, const struct doc_options *options,
    struct arena *arena, struct error *err)
{
	struct builder b = { .arena = arena, .options = options };
	struct walk w = { .b = &b };
	if (body.n > ARTICLE_BODY_MAX)
		return error_set(err, ERR_TOO_LARGE, "the text is larger than %zu MiB", ARTICLE_BODY_MAX / MIB);
	body = utf8_clean(arena, body);
	if (options->format == DOC_MARKDOWN) {
		body = markdown_to_html(body, arena, err);
		if (!body.p)
			return false;
	}
	return read_blocks(&w, html_clean(&b, body), out, n, err);
}

bool doc_blocks_page(struct doc_block **out, size_t *n, const struct doc_page *page, const struct doc_options *options,
    struct arena *arena, struct error *err)
{
	struct builder b = { .arena = arena, .options = options, .page = page };
	struct walk w = { .b = &b };
	return read_blocks(&w, html_clean_page(&b), out, n, err);
}

static void put_lines(struct buf *out, const struct doc_block *block, struct str text)
{
	bool first = true;
	for (text = str_trim(text); text.n; first = false) {
		struct str line = str_split(&text, '\n');
		if (!first)
			buf_adds(out, block->kind == DOC_HEADING ? " " : "\n");
		if (first)
			buf_add(out, block->lead);
		else if (block->kind == DOC_ITEM && block->rest.n >= 2 && str_starts(line, STR("- ")))
			buf_add(out, str_sub(block->rest, 0, block->rest.n - 2)); /* another item beside this one */
		else if (block->kind != DOC_HEADING)
			buf_add(out, line.n ? block->rest : without_end(block->rest));
		buf_add(out, line);
	}
}

struct str doc_blocks_join(const struct doc_block *blocks, const struct str *texts, size_t n, struct arena *arena)
{
	struct buf out = { 0 };
	struct str gap = STR("");
	for (size_t i = 0; i < n; i++) {
		/* Of a block that is left out, the wider gap counts for the next. */
		if (blocks[i].before.n > gap.n)
			gap = blocks[i].before;
		if (str_trim(texts[i]).n == 0)
			continue;
		if (out.n)
			buf_add(&out, gap);
		gap = STR("");
		put_lines(&out, &blocks[i], texts[i]);
	}
	if (out.n)
		buf_addc(&out, '\n');
	return buf_take(&out, arena);
}

#include "doc/tree.h"

/* What a site knows of its images, put where they stand: their sizes for the browser to choose from, alternative text
 * where the body has none, caption and credit. */

static struct node *around(struct node *image)
{
	return node_is(image->parent, "a") ? image->parent : image;
}

/* Is it all that its paragraph holds? */
static bool is_alone(const struct node *image, const struct node *p)
{
	for (const struct node *n = p->first; n; n = node_following(n, p)) {
		if ((!n->tag && str_trim(n->text).n) || (n->tag && n != image && n != image->parent))
			return false;
	}
	return true;
}

static struct node *caption_of(const struct node *figure)
{
	for (struct node *n = figure->first; n; n = n->next) {
		if (node_is(n, "figcaption"))
			return n;
	}
	return NULL;
}

static void add_text(struct builder *b, struct node *caption, struct str text, const char *tag)
{
	struct node *holder = tag ? node_new(b, tag) : caption;
	if (!caption || !holder || text.n == 0)
		return;
	if (caption->first)
		node_append(caption, node_text(b, STR(" ")));
	node_append(holder, node_text(b, text));
	if (tag)
		node_append(caption, holder);
}

/* A caption that the body has stays; the credit stands in any case, where there is a place for it. */
static void add_caption(struct builder *b, struct node *image, const struct doc_picture *known)
{
	struct node *place = around(image)->parent;
	if (known->caption.n == 0 && known->credit.n == 0)
		return;
	if (node_is(place, "p") && is_alone(image, place))
		place->tag = "figure";
	if (!node_is(place, "figure"))
		return;
	struct node *caption = caption_of(place);
	bool own = caption != NULL;
	if (!caption && (caption = node_new(b, "figcaption")))
		node_append(place, caption);
	if (!own)
		add_text(b, caption, known->caption, NULL);
	add_text(b, caption, known->credit, "small");
}

static void add_sources(struct builder *b, struct node *image, const struct doc_picture *known)
{
	struct node *picture = known->n_sources ? node_new(b, "picture") : NULL;
	if (!picture)
		return;
	node_before(image, picture);
	node_remove(image);
	for (size_t i = 0; i < known->n_sources; i++) {
		struct node *source = node_new(b, "source");
		if (!source)
			return;
		node_set(b, source, "type", known->sources[i].type);
		node_set(b, source, "srcset", known->sources[i].srcset);
		/* A column of text: 38em of the reader's size of letters, and all of a narrow window but its margins. */
		node_set(b, source, "sizes", STR("(max-width: 44em) calc(100vw - 2em), 40em"));
		node_append(picture, source);
	}
	node_append(picture, image);
}

static void complete(struct builder *b, struct node *image)
{
	const struct doc_resolver *r = b->options->resolver;
	struct doc_picture known = { 0 };
	struct str url = node_attr(image, "src");
	if (!r->picture(r->user, url, &known, b->arena))
		return;
	if (str_trim(node_attr(image, "alt")).n == 0 && known.alt.n)
		node_set(b, image, "alt", known.alt);
	if (str_trim(node_attr(image, "alt")).n == 0 && !known.decorative)
		doc_warn(b, DOC_WARN_IMAGE_WITHOUT_TEXT, url);
	node_set(b, image, "decoding", STR("async"));
	add_caption(b, image, &known);
	add_sources(b, image, &known);
}

void pictures(struct builder *b, struct node *root)
{
	if (!b->options->resolver || !b->options->resolver->picture)
		return;
	for (struct node *n = root->first, *next; n && !b->failed; n = next) {
		next = node_following(n, root);
		if (node_is(n, "img"))
			complete(b, n);
	}
}

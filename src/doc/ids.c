#include "doc/tree.h"

#include <string.h>

/* Ids and the outline. Within a document an id stands once, none is one that the page itself uses, each heading has one,
 * and links inside the document follow where an id had to change. */

struct entry {
	struct str wish, id; /* what the source says, what it became */
	int next;            /* number to try for the next one with this wish */
};

struct ids {
	struct entry *v;
	size_t mask;
};

static bool is_reserved(struct str id)
{
	static const char *const taken[] = { "main", "search", "q", "sources", "outline", "top", "related", "new-title",
		"categories-title", "suggestions", "results", "menu", "preface", "body" };
	for (size_t i = 0; i < sizeof taken / sizeof *taken; i++) {
		if (str_eq(id, str_from(taken[i])))
			return true;
	}
	return str_starts(id, STR("cite-"));
}

static struct entry *entry_of(const struct ids *ids, struct str id)
{
	size_t at = (size_t)str_hash(id) & ids->mask;
	while (ids->v[at].wish.n && !str_eq(ids->v[at].wish, id))
		at = (at + 1) & ids->mask;
	return &ids->v[at];
}

/* A free id for the wish, noted. The first of a wish keeps it. */
static struct str take(struct builder *b, const struct ids *ids, struct str wish)
{
	struct entry *e = entry_of(ids, wish), *other;
	struct str id;
	if (e->wish.n == 0) {
		*e = (struct entry){ .wish = wish, .id = wish, .next = 2 };
		return wish;
	}
	do {
		id = arena_printf(b->arena, "%.*s-%d", (int)wish.n, wish.p, e->next++);
		other = entry_of(ids, id);
	} while (other->wish.n);
	*other = (struct entry){ .wish = id, .id = id, .next = 2 };
	return id;
}

static struct str safe_id(struct builder *b, struct str id)
{
	struct str prefix = b->options->id_prefix;
	if (prefix.n)
		return arena_printf(b->arena, "%.*s%.*s", (int)prefix.n, prefix.p, (int)id.n, id.p);
	return is_reserved(id) ? arena_printf(b->arena, "s-%.*s", (int)id.n, id.p) : id;
}

static struct str id_from_text(struct builder *b, struct str text)
{
	struct str id = arena_printf(b->arena, "%.*ss-%.*s", (int)b->options->id_prefix.n, b->options->id_prefix.p,
	    (int)(text.n > 60 ? utf8_floor(text, 60) : text.n), text.p);
	char *p = (char *)(uintptr_t)id.p;
	for (size_t i = 0; i < id.n; i++) {
		if ((unsigned char)p[i] <= ' ' || strchr("\"'<>&#%`", p[i]))
			p[i] = '-';
	}
	return id;
}

bool node_is_heading(const struct node *n)
{
	return n && n->tag && n->tag[0] == 'h' && n->tag[1] >= '2' && n->tag[1] <= '6' && n->tag[2] == '\0';
}

static bool add_heading(struct builder *b, const struct ids *ids, struct node *n, struct doc *d, size_t cap)
{
	struct doc_heading h = { .level = n->tag[1] - '0', .text = node_plain(b, n), .id = node_attr(n, "id") };
	if (h.text.n == 0 || d->n_headings >= cap)
		return true;
	if (h.id.n == 0) {
		h.id = take(b, ids, id_from_text(b, h.text));
		node_set(b, n, "id", h.id);
	}
	d->headings[d->n_headings++] = h;
	return h.id.p != NULL;
}

static void follow_link(struct builder *b, const struct ids *ids, struct node *a)
{
	struct str href = node_attr(a, "href");
	if (href.n < 2 || href.p[0] != '#')
		return;
	struct str id = safe_id(b, str_skip(href, 1));
	if (!str_eq(id, str_skip(href, 1)) && entry_of(ids, id)->wish.n)
		node_set(b, a, "href", arena_printf(b->arena, "#%.*s", (int)id.n, id.p));
}

static bool make_table(struct builder *b, const struct node *root, struct ids *ids, size_t *headings)
{
	size_t wanted = 0, size = 16;
	for (const struct node *n = root->first; n; n = node_following(n, root)) {
		*headings += node_is_heading(n);
		wanted += n->tag && (node_is_heading(n) || node_attr(n, "id").n);
	}
	/* Each may need a second entry, for the number behind it. */
	while (size < wanted * 4)
		size *= 2;
	ids->mask = size - 1;
	ids->v = arena_array(b->arena, size, sizeof *ids->v);
	return ids->v != NULL;
}

bool ids_and_outline(struct builder *b, struct node *root, struct doc *d)
{
	struct ids ids;
	struct buf text = { 0 };
	size_t headings = 0;
	if (!make_table(b, root, &ids, &headings))
		return false;
	if (headings > DOC_HEADINGS_MAX)
		headings = DOC_HEADINGS_MAX;
	d->headings = arena_array(b->arena, headings + 1, sizeof *d->headings);
	if (!d->headings)
		return false;
	for (struct node *n = root->first; n; n = node_following(n, root)) {
		struct str id = n->tag ? node_attr(n, "id") : STR("");
		if (id.n && !n->made)
			node_set(b, n, "id", take(b, &ids, safe_id(b, id)));
	}
	for (struct node *n = root->first; n; n = node_following(n, root)) {
		if (node_is_heading(n) && !add_heading(b, &ids, n, d, headings))
			return false;
		if (node_is(n, "a") && !n->made)
			follow_link(b, &ids, n);
	}
	for (size_t i = 0; i < d->n_headings; i++) {
		buf_add(&text, d->headings[i].text);
		buf_addc(&text, '\n');
	}
	d->headings_text = buf_take(&text, b->arena);
	return d->headings_text.p != NULL;
}

#include "transfer/wordpress.h"

#include <string.h>

/* The block editor marks its blocks by comments: <!-- wp:name {json} -->…<!-- /wp:name -->, or <!-- wp:name {json} /-->
 * for one that WordPress makes anew at each view. What stands outside of blocks is the classic editor's. */

#define BLOCKS_DEEP 4 /* reusable blocks inside each other */

struct blocks {
	struct wordpress *w;
	struct buf out;
	int depth;    /* blocks that are open */
	bool classic; /* the open one holds classic text */
	int reused;   /* reusable blocks around */
};

static void add_blocks(struct blocks *b, struct str content);

static void add_text(struct blocks *b, struct str s)
{
	if (s.n == 0)
		return;
	s = wp_shortcodes(b->w, s);
	buf_add(&b->out, b->depth == 0 || b->classic ? doc_autop(s, b->w->im.arena) : s);
}

/* {"ref":12} */
static const struct wp_block *reusable(const struct wordpress *w, struct str json)
{
	ptrdiff_t at = str_find(json, STR("\"ref\":"));
	struct str rest = str_skip(json, at < 0 ? json.n : (size_t)at + 6);
	size_t n = 0;
	int64_t id;
	while (n < rest.n && rest.p[n] >= '0' && rest.p[n] <= '9')
		n++;
	if (!str_to_int(str_sub(rest, 0, n), &id))
		return NULL;
	for (size_t i = 0; i < w->n_blocks; i++) {
		if (w->blocks[i].id == id)
			return &w->blocks[i];
	}
	return NULL;
}

/* A block that stands for what WordPress would make of it. */
static void add_empty(struct blocks *b, struct str name, struct str json)
{
	static const char *const harmless[] = { "spacer", "separator", "more", "nextpage" };
	const struct wp_block *block = str_eq(name, STR("block")) ? reusable(b->w, json) : NULL;
	if (block && b->reused < BLOCKS_DEEP) {
		struct blocks inner = { .w = b->w, .reused = b->reused + 1, .depth = 0 };
		add_blocks(&inner, block->content);
		buf_add(&b->out, buf_str(&inner.out));
		buf_free(&inner.out);
		return;
	}
	for (size_t i = 0; i < sizeof harmless / sizeof *harmless; i++) {
		if (str_eq(name, str_from(harmless[i])))
			return;
	}
	b->w->im.sum->blocks_dropped++;
	wp_count(b->w, "this block of the editor left nothing", name);
}

static void read_comment(struct blocks *b, struct str inner)
{
	inner = str_trim(inner);
	if (str_starts(inner, STR("/wp:"))) {
		b->depth -= b->depth > 0;
		b->classic = false;
		return;
	}
	if (!str_starts(inner, STR("wp:")))
		return;
	struct str json = str_skip(inner, 3), name = str_split(&json, ' ');
	if (str_starts(name, STR("core/")))
		name = str_skip(name, 5);
	if (str_ends(inner, STR("/"))) {
		add_empty(b, name.n && name.p[name.n - 1] == '/' ? str_sub(name, 0, name.n - 1) : name, json);
		return;
	}
	b->classic = b->depth == 0 && (str_eq(name, STR("freeform")) || str_eq(name, STR("shortcode")));
	b->depth++;
}

static void add_blocks(struct blocks *b, struct str s)
{
	for (ptrdiff_t at; (at = str_find(s, STR("<!--"))) >= 0;) {
		ptrdiff_t end = str_find(str_skip(s, (size_t)at + 4), STR("-->"));
		add_text(b, str_sub(s, 0, (size_t)at));
		if (end < 0)
			return;
		read_comment(b, str_sub(s, (size_t)at + 4, (size_t)(at + 4 + end)));
		s = str_skip(s, (size_t)(at + 4 + end) + 3);
	}
	add_text(b, s);
}

static struct str without_comments(struct str s, struct arena *arena)
{
	struct buf out = { 0 };
	if (str_find(s, STR("<!--")) < 0)
		return s;
	for (ptrdiff_t at; (at = str_find(s, STR("<!--"))) >= 0;) {
		ptrdiff_t end = str_find(str_skip(s, (size_t)at), STR("-->"));
		buf_add(&out, str_sub(s, 0, (size_t)at));
		s = end < 0 ? STR("") : str_skip(s, (size_t)(at + end) + 3);
	}
	buf_add(&out, s);
	return buf_take(&out, arena);
}

struct str wp_body(struct wordpress *w, struct str content)
{
	struct blocks b = { .w = w };
	if (str_find(content, STR("<!-- wp:")) < 0)
		return doc_autop(wp_shortcodes(w, without_comments(content, w->im.arena)), w->im.arena);
	add_blocks(&b, content);
	return buf_take(&b.out, w->im.arena);
}

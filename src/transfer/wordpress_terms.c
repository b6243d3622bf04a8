#include "transfer/wordpress.h"

#include <stdlib.h>
#include <string.h>

/* Taxonomies: which hold categories and which tags, the tree of categories, what stands on an item. */

#define TERMS_MAX 50000
#define TERM_TEXT_MAX (64 * KIB) /* a description */
#define TERM_NAME_MAX 1024

static bool ends_with_any(struct str s, const char *const *ends)
{
	for (; *ends; ends++) {
		if (str_ends(s, str_from(*ends)))
			return true;
	}
	return false;
}

static bool is_any(struct str s, const char *const *names)
{
	for (; *names; names++) {
		if (str_eq(s, str_from(*names)))
			return true;
	}
	return false;
}

/* The plug-ins' own: epkb_post_type_1_category, doc_category, doc_tag, ht_kb_category, ht_kb_tag, knowledgebase_cat,
 * knowledgebase_tag, and BetterDocs' knowledge_base, which stands above its categories. */
enum wp_taxonomy wp_taxonomy_of(struct str domain)
{
	static const char *const ignored[] = { "post_format", "nav_menu", "link_category", "wp_theme",
		"wp_template_part_area", "wp_pattern_category", "term_language", "term_translations", "product_type",
		"product_visibility", NULL };
	static const char *const categories[] = { "category", "_cat", "-cat", "_categories", "-categories", "categories",
		"knowledge_base", NULL };
	static const char *const tags[] = { "_tag", "-tag", "_tags", "-tags", NULL };
	if (domain.n == 0)
		return WP_CATEGORY;
	if (is_any(domain, ignored))
		return WP_IGNORED;
	if (str_eq(domain, STR("language")))
		return WP_LANGUAGE;
	if (str_eq(domain, STR("post_translations")))
		return WP_TRANSLATIONS;
	if (str_eq(domain, STR("author")))
		return WP_AUTHOR;
	if (str_eq(domain, STR("tag")) || str_eq(domain, STR("tags")) || ends_with_any(domain, tags))
		return WP_TAG;
	return ends_with_any(domain, categories) ? WP_CATEGORY : WP_UNKNOWN;
}

/* ---- the table ---- */

static size_t slot_of(const struct wordpress *w, struct str taxonomy, struct str slug)
{
	size_t at = (size_t)(str_hash(slug) ^ (str_hash(taxonomy) * 31)) & (w->n_term_slots - 1);
	for (; w->term_slots[at]; at = (at + 1) & (w->n_term_slots - 1)) {
		const struct wp_term *t = &w->terms[w->term_slots[at] - 1];
		if (str_eq(t->slug, slug) && str_eq(t->taxonomy, taxonomy))
			break;
	}
	return at;
}

static bool grow_slots(struct wordpress *w)
{
	if (w->n_terms * 2 < w->n_term_slots)
		return true;
	size_t n = w->n_term_slots ? w->n_term_slots * 2 : 256;
	size_t *slots = arena_array(w->im.kept, n, sizeof *slots);
	if (!slots)
		return error_memory(w->im.err);
	w->term_slots = slots;
	w->n_term_slots = n;
	for (size_t i = 0; i < w->n_terms; i++)
		w->term_slots[slot_of(w, w->terms[i].taxonomy, w->terms[i].slug)] = i + 1;
	return true;
}

static struct wp_term *find(struct wordpress *w, struct str taxonomy, struct str slug)
{
	if (w->n_terms == 0)
		return NULL;
	size_t place = w->term_slots[slot_of(w, taxonomy, slug)];
	return place ? &w->terms[place - 1] : NULL;
}

static struct wp_term *add(struct wordpress *w, struct str taxonomy, struct str slug)
{
	struct wp_term *there = find(w, taxonomy, slug);
	if (there)
		return there;
	struct wp_term *v = w->n_terms < TERMS_MAX ? wp_grow(w, w->terms, w->n_terms, &w->cap_terms, sizeof *v) : NULL;
	if (!v) {
		error_set(w->im.err, ERR_TOO_LARGE, "the export has more than %d categories", TERMS_MAX);
		return NULL;
	}
	w->terms = v;
	if (!grow_slots(w))
		return NULL;
	v = &w->terms[w->n_terms];
	*v = (struct wp_term){
		.taxonomy = wp_keep(w, taxonomy, TERM_NAME_MAX), .slug = wp_keep(w, slug, TERM_NAME_MAX), .leader = w->n_terms
	};
	w->term_slots[slot_of(w, v->taxonomy, v->slug)] = ++w->n_terms;
	return v;
}

static struct str plain_name(struct wordpress *w, struct str name)
{
	return wp_keep(w, wp_plain(name, w->im.arena), TERM_NAME_MAX);
}

bool wp_term_add(struct wordpress *w, const struct wxr_term *term)
{
	/* Descriptions of Polylang's groups of categories say which terms are translations of each other. */
	bool group = str_eq(term->taxonomy, STR("term_translations"));
	if (term->slug.n == 0 ||
	    (wp_taxonomy_of(term->taxonomy) != WP_CATEGORY && wp_taxonomy_of(term->taxonomy) != WP_TAG && !group))
		return true;
	struct wp_term *t = add(w, term->taxonomy, str_sub(term->slug, 0, TERM_NAME_MAX));
	if (!t)
		return false;
	t->declared = true;
	t->name = plain_name(w, term->name.n ? term->name : term->slug);
	t->description = group ? wp_keep(w, term->description, TERM_TEXT_MAX)
	                       : wp_keep(w, doc_plain(term->description, w->im.arena), TERM_TEXT_MAX);
	t->parent = wp_keep(w, term->parent, TERM_NAME_MAX);
	t->id = wp_keep(w, term->id, 20);
	t->order = term->order;
	return true;
}

/* WXR 1.0 writes each term twice, once with its name alone. */
static struct str mark_slug(const struct wxr_mark *m)
{
	return str_sub(m->slug.n ? m->slug : m->name, 0, TERM_NAME_MAX);
}

bool wp_term_add_mark(struct wordpress *w, const struct wxr_mark *m)
{
	struct str taxonomy = m->taxonomy.n ? m->taxonomy : STR("category"), slug = mark_slug(m);
	enum wp_taxonomy kind = wp_taxonomy_of(taxonomy);
	if (slug.n == 0 || m->slug.n == 0 || (kind != WP_CATEGORY && kind != WP_TAG))
		return true;
	struct wp_term *t = add(w, taxonomy, slug);
	if (!t)
		return false;
	if (t->name.n == 0)
		t->name = plain_name(w, m->name.n ? m->name : m->slug);
	return t->name.p ? true : error_memory(w->im.err);
}

/* ---- translations of categories (Polylang) ---- */

static struct str quoted(struct str *s)
{
	ptrdiff_t open = str_find(*s, STR("\""));
	*s = str_skip(*s, open < 0 ? s->n : (size_t)open + 1);
	return str_split(s, '"');
}

bool wp_serialized_next(struct str *s, struct str *lang, struct str *id)
{
	ptrdiff_t number;
	while (s->n) {
		*lang = quoted(s);
		number = str_starts(*s, STR(";i:")) ? 3 : -1;
		if (number < 0 || lang->n == 0)
			continue;
		*s = str_skip(*s, (size_t)number);
		*id = str_split(s, ';');
		return true;
	}
	return false;
}

struct numbered {
	int64_t id;
	size_t at;
};

static int by_id(const void *a, const void *b)
{
	const struct numbered *x = a, *y = b;
	return (x->id > y->id) - (x->id < y->id);
}

/* The categories by their number in the old site. */
static struct numbered *numbers(const struct wordpress *w, size_t *n)
{
	struct numbered *v = arena_array(w->im.arena, w->n_terms + 1, sizeof *v);
	*n = 0;
	for (size_t i = 0; v && i < w->n_terms; i++) {
		if (wp_taxonomy_of(w->terms[i].taxonomy) == WP_CATEGORY && str_to_int(w->terms[i].id, &v[*n].id))
			v[(*n)++].at = i;
	}
	if (*n)
		qsort(v, *n, sizeof *v, by_id);
	return v;
}

static struct wp_term *numbered_term(struct wordpress *w, const struct numbered *v, size_t n, struct str id)
{
	struct numbered key = { 0, 0 };
	const struct numbered *found = n && str_to_int(id, &key.id) ? bsearch(&key, v, n, sizeof key, by_id) : NULL;
	return found ? &w->terms[found->at] : NULL;
}

/* The one in the site's language leads, else the first: the others are its names in their languages. */
static void join_translations(struct wordpress *w, struct str group, const struct numbered *v, size_t n)
{
	struct str rest = group, lang, id;
	struct wp_term *leader = NULL;
	while (wp_serialized_next(&rest, &lang, &id)) {
		struct wp_term *t = numbered_term(w, v, n, id);
		if (t && !t->lang.n && (!leader || str_eq(lang, w->im.settings.default_lang)))
			leader = t;
	}
	for (rest = group; leader && wp_serialized_next(&rest, &lang, &id);) {
		struct wp_term *t = numbered_term(w, v, n, id);
		if (!t || t->lang.n)
			continue;
		t->lang = lang;
		t->leader = (size_t)(leader - w->terms);
		if (t == leader)
			continue;
		t->next = leader->next;
		leader->next = (size_t)(t - w->terms) + 1;
	}
}

/* ---- making categories ---- */

static struct wp_term *parent_of(struct wordpress *w, const struct wp_term *t)
{
	struct wp_term *parent = t->parent.n ? find(w, t->taxonomy, t->parent) : NULL;
	if (parent || t->parent.n == 0)
		return parent;
	/* The earliest exports name the parent rather than its slug. */
	for (size_t i = 0; i < w->n_terms; i++) {
		if (str_eq(w->terms[i].taxonomy, t->taxonomy) && str_eq(w->terms[i].name, t->parent))
			return &w->terms[i];
	}
	return NULL;
}

static bool ensure(struct wordpress *w, struct wp_term *t, int depth);

static bool place(struct wordpress *w, const struct wp_term *t, int depth, int64_t *parent)
{
	struct wp_term *up = parent_of(w, t);
	*parent = 0;
	if (!up)
		return true;
	if (up->busy || depth + 1 >= CATEGORY_DEPTH_MAX) {
		import_note(&w->im, t->name, "the category was put at the top: it stands below itself or too deep", STR(""));
		return true;
	}
	if (!ensure(w, up, depth + 1))
		return false;
	*parent = up->category;
	return true;
}

static size_t names_of(const struct wordpress *w, const struct wp_term *t, struct category_name *names, size_t max)
{
	size_t n = 0;
	names[n++] = (struct category_name){ t->lang.n ? t->lang : w->im.settings.default_lang, t->name, t->description };
	for (size_t at = t->next; at && n < max; at = w->terms[at - 1].next)
		names[n++] =
		    (struct category_name){ w->terms[at - 1].lang, w->terms[at - 1].name, w->terms[at - 1].description };
	return n;
}

static bool ensure(struct wordpress *w, struct wp_term *t, int depth)
{
	struct category_name names[32];
	struct category c = { .names = names, .slug = t->slug, .position = t->order };
	size_t at = (size_t)(t - w->terms);
	if (t->category)
		return true;
	if (t->leader != at) {
		struct wp_term *leader = &w->terms[t->leader];
		if (leader->busy || !ensure(w, leader, depth))
			return leader->busy;
		t->category = leader->category;
		t->here = leader->here;
		return true;
	}
	t->busy = true;
	bool ok = place(w, t, depth, &c.parent);
	t->busy = false;
	if (!ok)
		return false;
	c.n_names = names_of(w, t, names, sizeof names / sizeof *names);
	c.import_key = arena_printf(w->im.arena, "wp:%.*s?%.*s=%.*s", (int)w->base.n, w->base.p, (int)t->taxonomy.n,
	    t->taxonomy.p, (int)t->slug.n, t->slug.p);
	if (!import_category_whole(&w->im, &c, t->declared))
		return false;
	t->category = c.id;
	t->here = wp_keep(w, c.slug, SLUG_MAX + 16);
	return true;
}

bool wp_terms_save(struct wordpress *w)
{
	size_t n;
	const struct numbered *v = numbers(w, &n);
	for (size_t i = 0; v && i < w->n_terms; i++) {
		if (str_eq(w->terms[i].taxonomy, STR("term_translations")))
			join_translations(w, w->terms[i].description, v, n);
	}
	for (size_t i = 0; i < w->n_terms; i++) {
		if (wp_taxonomy_of(w->terms[i].taxonomy) == WP_CATEGORY && !ensure(w, &w->terms[i], 0))
			return error_context(w->im.err, "the category %.*s", (int)w->terms[i].slug.n, w->terms[i].slug.p);
	}
	return true;
}

/* ---- old addresses ---- */

static void add_path(struct wordpress *w, struct buf *out, const struct wp_term *t, int depth)
{
	const struct wp_term *up = depth < CATEGORY_DEPTH_MAX ? parent_of(w, t) : NULL;
	if (up)
		add_path(w, out, up, depth + 1);
	buf_addc(out, '/');
	buf_add(out, t->slug);
}

static bool redirect_path(struct wordpress *w, const struct wp_term *t, struct str path)
{
	struct arena *arena = w->im.arena;
	struct str from = uri_decode(arena, arena_printf(arena, "%.*s/%.*s%.*s", (int)w->folder.n, w->folder.p,
	                                        (int)t->taxonomy.n, t->taxonomy.p, (int)path.n, path.p));
	return import_redirect_to(&w->im, from, 0, t->category, STR("")) &&
	       import_redirect_to(&w->im, arena_printf(arena, "%.*s/feed", (int)from.n, from.p), 0, 0,
	           arena_printf(arena, "/categories/%.*s/feed.atom", (int)t->here.n, t->here.p));
}

/* Both the full path and the slug alone led there. */
static bool redirect_category(struct wordpress *w, const struct wp_term *t)
{
	struct buf out = { 0 };
	struct arena *arena = w->im.arena;
	add_path(w, &out, t, 0);
	struct str path = buf_take(&out, arena), alone = arena_printf(arena, "/%.*s", (int)t->slug.n, t->slug.p);
	if (!redirect_path(w, t, path) || (!str_eq(path, alone) && !redirect_path(w, t, alone)))
		return false;
	return t->id.n == 0 || !str_eq(t->taxonomy, STR("category")) ||
	       import_redirect_to(&w->im,
	           arena_printf(arena, "%.*s/?cat=%.*s", (int)w->folder.n, w->folder.p, (int)t->id.n, t->id.p), 0,
	           t->category, STR(""));
}

static bool redirect_tag(struct wordpress *w, struct str slug, struct str name)
{
	struct buf target = { 0 };
	buf_adds(&target, "/tags/");
	buf_add_uri(&target, name, STR(""));
	struct str from = arena_printf(w->im.arena, "%.*s/tag/%.*s", (int)w->folder.n, w->folder.p, (int)slug.n, slug.p);
	return import_redirect_to(&w->im, uri_decode(w->im.arena, from), 0, 0, buf_take(&target, w->im.arena));
}

bool wp_terms_redirect(struct wordpress *w)
{
	static const char *const feeds[] = { "/feed", "/feed/atom", "/feed/rss", "/feed/rss2", "/rss", "/atom", "/rdf" };
	for (size_t i = 0; i < w->n_terms; i++) {
		const struct wp_term *t = &w->terms[i];
		enum wp_taxonomy kind = wp_taxonomy_of(t->taxonomy);
		if ((kind == WP_CATEGORY && t->category && !redirect_category(w, t)) ||
		    (kind == WP_TAG && str_eq(t->taxonomy, STR("post_tag")) && !redirect_tag(w, t->slug, t->name)))
			return false;
		arena_reset(w->im.arena);
	}
	for (size_t i = 0; i < sizeof feeds / sizeof *feeds; i++) {
		struct str from = arena_printf(w->im.arena, "%.*s%s", (int)w->folder.n, w->folder.p, feeds[i]);
		if (!import_redirect_to(&w->im, from, 0, 0, STR("/feed.atom")))
			return false;
	}
	return true;
}

/* ---- on an item ---- */

static void add_category(struct article *a, int64_t *ids, int64_t id)
{
	for (size_t i = 0; i < a->n_categories; i++) {
		if (ids[i] == id)
			return;
	}
	ids[a->n_categories++] = id;
}

static void add_tag(struct article *a, struct str *tags, struct str name)
{
	for (size_t i = 0; i < a->n_tags; i++) {
		if (str_eq(tags[i], name))
			return;
	}
	if (name.n)
		tags[a->n_tags++] = name;
}

/* A mark without a slug is the second writing of one that has it, or stands alone in the earliest exports. */
static bool stands_twice(const struct wxr_item *it, const struct wxr_mark *m)
{
	for (size_t i = 0; m->slug.n == 0 && i < it->n_marks; i++) {
		if (it->marks[i].slug.n && str_eq(it->marks[i].name, m->name))
			return true;
	}
	return false;
}

static bool add_mark(struct wordpress *w, struct article *a, const struct wxr_mark *m, int64_t *ids, struct str *tags)
{
	struct str taxonomy = m->taxonomy.n ? m->taxonomy : STR("category");
	enum wp_taxonomy kind = wp_taxonomy_of(taxonomy);
	if (stands_twice(w->item, m))
		return true;
	if (kind == WP_UNKNOWN)
		wp_count(w, "terms of this taxonomy were left out", taxonomy);
	if (kind != WP_CATEGORY && kind != WP_TAG)
		return true;
	const struct wp_term *t = m->slug.n ? find(w, taxonomy, mark_slug(m)) : NULL;
	struct str name = t ? t->name : wp_plain(m->name, w->im.arena);
	int64_t id = t ? t->category : 0;
	if (kind == WP_TAG)
		add_tag(a, tags, name);
	else if (id || (name.n && import_category(&w->im, STR(""), name, 0, &id)))
		add_category(a, ids, id);
	else
		return name.n == 0;
	return true;
}

bool wp_terms_of_item(struct wordpress *w, struct article *a)
{
	const struct wxr_item *it = w->item;
	int64_t *ids = arena_array(w->im.arena, it->n_marks + 1, sizeof *ids);
	struct str *tags = arena_array(w->im.arena, it->n_marks + 1, sizeof *tags);
	if (!ids || !tags)
		return error_memory(w->im.err);
	for (size_t i = 0; i < it->n_marks; i++) {
		if (!add_mark(w, a, &it->marks[i], ids, tags))
			return false;
	}
	int64_t section = 0;
	if (a->n_categories == 0 && !wp_doc_category(w, &section))
		return false;
	if (a->n_categories == 0 && section)
		add_category(a, ids, section);
	if (it->more_marks)
		import_note(&w->im, w->label, "has too many terms; left out", arena_printf(w->im.arena, "%zu", it->more_marks));
	a->categories = ids;
	a->tags = tags;
	return true;
}

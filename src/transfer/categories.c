#include "transfer/inner.h"

/* categories.yaml, at the top of a folder of Markdown: the categories in their order, with slug, parent, and names and
 * descriptions a language. Either may be a plain string, which is then of the site's default language.
 *
 *   - slug: mail
 *     parent: tools
 *     name: {ja: メール, en: Mail}
 *     description: {ja: …, en: …}
 */

#define CATEGORIES_FILE "categories.yaml"
#define NAMES_MAX 16

struct list {
	struct import *im;
	yaml_document_t doc;
};

static struct str text_of(struct list *l, int id)
{
	return yaml_text(&l->doc, id, l->im->arena);
}

static int value_of(struct list *l, yaml_node_t *map, const char *key)
{
	for (yaml_node_pair_t *p = map->data.mapping.pairs.start; p < map->data.mapping.pairs.top; p++) {
		if (str_eq(text_of(l, p->key), str_from(key)))
			return p->value;
	}
	return 0;
}

static struct category_name *name_in(struct category *c, struct str lang)
{
	for (size_t i = 0; i < c->n_names; i++) {
		if (str_eq(c->names[i].lang, lang))
			return &c->names[i];
	}
	if (c->n_names == NAMES_MAX)
		return NULL;
	c->names[c->n_names] = (struct category_name){ .lang = lang, .name = STR(""), .description = STR("") };
	return &c->names[c->n_names++];
}

static void set_text(struct category *c, struct str lang, bool description, struct str text)
{
	struct category_name *name = name_in(c, lang);
	if (name && description)
		name->description = text;
	else if (name)
		name->name = text;
}

static void read_texts(struct list *l, struct category *c, int id, bool description)
{
	yaml_node_t *n = yaml_document_get_node(&l->doc, id);
	if (n && n->type == YAML_SCALAR_NODE)
		set_text(c, l->im->settings.default_lang, description, text_of(l, id));
	if (!n || n->type != YAML_MAPPING_NODE)
		return;
	for (yaml_node_pair_t *p = n->data.mapping.pairs.start; p < n->data.mapping.pairs.top; p++)
		set_text(c, text_of(l, p->key), description, text_of(l, p->value));
}

/* A language that has a description but no name could not be shown. */
static void drop_nameless(struct category *c)
{
	size_t kept = 0;
	for (size_t i = 0; i < c->n_names; i++) {
		if (c->names[i].name.n)
			c->names[kept++] = c->names[i];
	}
	c->n_names = kept;
}

static bool wrong(struct list *l, yaml_node_t *n, const char *what)
{
	return error_set(l->im->err, ERR_INVALID, CATEGORIES_FILE ", line %zu: %s", n->start_mark.line + 1, what);
}

static bool read_one(struct list *l, yaml_node_t *n, int position)
{
	struct import *im = l->im;
	struct category_name names[NAMES_MAX];
	struct category old, parent, c = { .names = names, .position = position };
	struct error none = { 0 };
	bool changed;
	if (n->type != YAML_MAPPING_NODE)
		return wrong(l, n, "a category is a map with slug, name and description");
	read_texts(l, &c, value_of(l, n, "name"), false);
	read_texts(l, &c, value_of(l, n, "description"), true);
	drop_nameless(&c);
	if (c.n_names == 0)
		return wrong(l, n, "the category has no name");
	c.slug = doc_slug(text_of(l, value_of(l, n, "slug")), im->arena);
	struct str above = text_of(l, value_of(l, n, "parent"));
	if (above.n && !category_find_tx(im->tx, above, STR(""), STR(""), &parent, im->arena, &none))
		return wrong(l, n, "the parent is no category that stands before");
	c.parent = above.n ? parent.id : 0;
	if (category_find_tx(im->tx, c.slug, STR(""), names[0].name, &old, im->arena, &none)) {
		/* Renamed or merged at the desk: what stands there now is what counts. */
		if (!str_eq(old.slug, c.slug))
			return true;
		c.id = old.id;
		c.import_key = old.import_key;
	}
	im->sum->categories += c.id == 0;
	return category_save(im->tx, &c, &changed, im->arena, im->err);
}

static bool read_list(struct list *l)
{
	yaml_node_t *root = yaml_document_get_root_node(&l->doc);
	int position = 1;
	if (!root)
		return true;
	if (root->type != YAML_SEQUENCE_NODE)
		return wrong(l, root, "a list of categories is wanted");
	for (yaml_node_item_t *i = root->data.sequence.items.start; i < root->data.sequence.items.top; i++) {
		if (!read_one(l, yaml_document_get_node(&l->doc, *i), position++))
			return false;
	}
	return true;
}

bool import_categories(struct import *im, const char *dir)
{
	struct list l = { .im = im };
	struct str text;
	struct error none = { 0 };
	if (!file_text(dir, STR(CATEGORIES_FILE), &text, im->arena, &none))
		return none.code == ERR_NOT_FOUND ? true : error_set(im->err, none.code, "%s", none.message);
	if (!yaml_read(&l.doc, text, CATEGORIES_FILE, 1, im->err))
		return false;
	bool ok = read_list(&l);
	yaml_document_delete(&l.doc);
	return ok;
}

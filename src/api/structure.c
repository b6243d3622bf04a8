#include "api/article.h"

/* The care of structure: categories moved, merged, split; what stands in them; tags renamed, merged, taken off. */

/* ---- categories ---- */

static bool find(struct api_call *c, int64_t id, struct category *out, const char *pointer)
{
	struct error why = { 0 };
	if (category_by_id(c->store, id, out, c->arena, &why))
		return true;
	if (why.code == ERR_NOT_FOUND && pointer)
		return api_refuse_field(c, pointer, "must be the id of a category");
	*c->err = why;
	return false;
}

static struct str label(struct api_call *c, const struct category *k)
{
	return category_name_in(k, c->settings.default_lang, c->settings.default_lang)->name;
}

/* Where the sender names a shape of the tree, it must be the one that there is. */
static bool same_shape(struct api_call *c, struct store_tx *tx)
{
	struct error why = { 0 };
	struct str shape = STR("");
	if (!api_get_str(c->body, "shape", &shape) || category_shape_is(tx, shape, c->arena, &why))
		return true;
	if (why.code == ERR_CONFLICT)
		return api_refuse(c, 409, "the tree has another shape by now: list it again first");
	*c->err = why;
	return false;
}

static bool move(struct api_call *c)
{
	struct category k = { 0 }, other = { 0 };
	struct error why = { 0 };
	int64_t id, parent, before = 0;
	if (!api_id(c, 0, &id) || !find(c, id, &k, NULL))
		return false;
	parent = k.parent;
	if (api_get_int(c->body, "parent", &parent) && parent && !find(c, parent, &other, "/parent"))
		return false;
	if (api_get_int(c->body, "before", &before) && before && !find(c, before, &other, "/before"))
		return false;
	struct store_tx *tx = api_begin(c);
	bool ok = tx && same_shape(c, tx);
	if (ok && !category_place(tx, id, parent, before, &why)) {
		ok = false;
		if (why.code == ERR_CONFLICT)
			api_refuse_field(c, "/before", "must stand right below the parent");
		else if (why.code == ERR_INVALID || why.code == ERR_TOO_LARGE)
			api_refuse_field(c, "/parent", "%s", why.message);
		else
			*c->err = why;
	}
	ok = ok && api_audit(c, tx, STR("category.move"), label(c, &k));
	if (!api_commit(c, tx, ok) || !category_by_id(c->store, id, &k, c->arena, c->err))
		return false;
	struct str shape;
	c->answer = api_object(c);
	if (!category_shape(c->store, &shape, c->arena, c->err))
		return false;
	if (k.parent)
		api_int(c, c->answer, "parent", k.parent);
	else
		api_null(c, c->answer, "parent");
	api_int(c, c->answer, "position", k.position);
	api_str(c, c->answer, "shape", shape);
	return true;
}

static bool moved_answer(struct api_call *c, size_t moved)
{
	c->answer = api_object(c);
	api_int(c, c->answer, "articles", (int64_t)moved);
	return true;
}

static bool merge(struct api_call *c)
{
	struct category from = { 0 }, into = { 0 };
	struct error why = { 0 };
	int64_t id, other = 0;
	size_t moved = 0;
	if (!api_id(c, 0, &id) || !find(c, id, &from, NULL))
		return false;
	api_get_int(c->body, "into", &other);
	if (!find(c, other, &into, "/into"))
		return false;
	struct store_tx *tx = api_begin(c);
	bool ok = tx && same_shape(c, tx);
	if (ok && !category_merge(tx, id, other, &moved, &why)) {
		ok = false;
		if (why.code == ERR_INVALID)
			api_refuse_field(c, "/into", "%s", why.message);
		else
			*c->err = why;
	}
	struct str a = label(c, &from), b = label(c, &into);
	ok = ok && api_audit(c, tx, STR("category.merge"),
	               arena_printf(c->arena, "%.*s → %.*s (%zu)", (int)a.n, a.p, (int)b.n, b.p, moved));
	return api_commit(c, tx, ok) && moved_answer(c, moved);
}

/* ---- what stands in a category ---- */

static bool entries(struct api_call *c)
{
	struct article_item *items;
	size_t n, total;
	int64_t at = 0;
	struct str cursor = api_cursor(c);
	struct category k = { 0 };
	struct category_filter f = { .lang = c->settings.default_lang, .title = STR(""), .limit = api_limit(c) };
	if (cursor.n && (!str_to_int(cursor, &at) || at < 0))
		return api_refuse(c, 400, "the cursor is not one that a page gave");
	api_get_int(c->query, "category", &f.category);
	api_get_str(c->query, "title", &f.title);
	f.offset = (size_t)at;
	if (f.category && !find(c, f.category, &k, NULL))
		return false;
	if (!category_entries(c->store, &f, &items, &n, &total, c->arena, c->err))
		return false;
	json_t *out = api_list(c);
	for (size_t i = 0; i < n; i++)
		api_push(c, out, article_item_json(c, &items[i]));
	bool more = n > 0 && f.offset + n < total;
	return api_page(c, out, more ? arena_printf(c->arena, "%zu", f.offset + n) : STR(""));
}

static bool move_entries(struct api_call *c)
{
	struct category from = { 0 }, into = { 0 };
	struct error why = { 0 };
	const int64_t *ids = NULL;
	int64_t a = 0, b = 0;
	size_t n = 0, moved = 0;
	api_get_int(c->body, "from", &a);
	api_get_int(c->body, "into", &b);
	api_get_ids(c, c->body, "articles", &ids, &n);
	if ((a && !find(c, a, &from, "/from")) || (b && !find(c, b, &into, "/into")))
		return false;
	if (a == b)
		return api_refuse_field(c, "/into", "must be another than where they stand");
	struct store_tx *tx = api_begin(c);
	bool ok = tx && category_move_articles(tx, ids, n, a, b, &moved, &why);
	if (!ok && why.code)
		*c->err = why;
	struct str x = a ? label(c, &from) : STR("–"), y = b ? label(c, &into) : STR("–");
	ok = ok && (moved == 0 || api_audit(c, tx, STR("category.articles"),
	                              arena_printf(c->arena, "%.*s → %.*s (%zu)", (int)x.n, x.p, (int)y.n, y.p, moved)));
	return api_commit(c, tx, ok) && moved_answer(c, moved);
}

/* ---- tags ---- */

static bool rename_tag(struct api_call *c)
{
	struct tag_use tag = { 0 };
	struct error why = { 0 };
	struct str from = STR(""), to = STR("");
	bool together = false;
	size_t articles = 0;
	api_get_str(c->body, "from", &from);
	api_get_str(c->body, "to", &to);
	api_get_bool(c->body, "merge", &together);
	to = str_trim(to);
	if (!tag_get(c->store, from, &tag, &why)) {
		if (why.code == ERR_NOT_FOUND)
			return api_refuse_field(c, "/from", "must be a tag that an article bears");
		*c->err = why;
		return false;
	}
	struct store_tx *tx = api_begin(c);
	bool ok = tx && tag_rename(tx, from, to, together, &articles, c->arena, &why);
	if (!ok && why.code == ERR_INVALID)
		api_refuse_field(c, "/to", "%s", why.message);
	else if (!ok && why.code == ERR_EXISTS)
		api_refuse(c, 409, "there is a tag of this name: with merge both become one, which cannot be undone");
	else if (!ok && why.code)
		*c->err = why;
	ok = ok && api_audit(c, tx, together ? STR("tag.merge") : STR("tag.rename"),
	               arena_printf(c->arena, "%.*s → %.*s (%zu)", (int)from.n, from.p, (int)to.n, to.p, articles));
	return api_commit(c, tx, ok) && moved_answer(c, articles);
}

static bool drop_tag(struct api_call *c)
{
	struct tag_use tag = { 0 };
	struct str name = STR("");
	size_t articles = 0;
	if (!api_get_str(c->query, "name", &name))
		return api_refuse(c, 400, "the query: /name is missing");
	if (!tag_get(c->store, name, &tag, c->err))
		return false;
	struct store_tx *tx = api_begin(c);
	return api_commit(c, tx,
	    tx && tag_delete(tx, name, &articles, c->arena, c->err) &&
	        api_audit(c, tx, STR("tag.delete"), arena_printf(c->arena, "%.*s (%zu)", (int)name.n, name.p, articles)));
}

/* ---- the rows ---- */

#define SHAPE_FIELD                                                                                                \
	{                                                                                                              \
		"shape", API_LINE, .max = HASH_HEX_MAX, .about = "Of the list that this was decided by; another now: 409." \
	}

static const struct api_field MOVE_FIELDS[] = {
	{ "parent", API_INTEGER, API_NULLABLE, .about = "Below which; null: at the top; left out: where it stands." },
	{ "before", API_INTEGER, API_NULLABLE, .about = "Before which of those there; null or left out: last." },
	SHAPE_FIELD,
};
API_SCHEMA(MOVE, "CategoryMove", MOVE_FIELDS);
static const struct api_field MOVED_TO_FIELDS[] = {
	{ "parent", API_INTEGER, .flags = API_REQUIRED | API_NULLABLE },
	{ "position", API_INTEGER, .flags = API_REQUIRED },
	{ "shape", API_TEXT, API_REQUIRED, .about = "Of the tree as it is now." },
};
API_SCHEMA(MOVED_TO, "CategoryMoved", MOVED_TO_FIELDS);
static const struct api_field MERGE_FIELDS[] = {
	{ "into", API_INTEGER, API_REQUIRED, .about = "The id of the one that stays." },
	SHAPE_FIELD,
};
API_SCHEMA(MERGE, "CategoryMerge", MERGE_FIELDS);
static const struct api_field MOVED_FIELDS[] = {
	{ "articles", API_INTEGER, API_REQUIRED, .about = "To how many it made a difference." },
};
API_SCHEMA(MOVED, "Moved", MOVED_FIELDS);

static const struct api_field ENTRIES_QUERY_FIELDS[] = {
	API_PAGE_FIELDS,
	{ "category", API_INTEGER, .about = "An id; left out: articles that stand in none." },
	{ "title", API_LINE, .max = QUERY_MAX, .about = "Words of the title." },
};
API_SCHEMA(ENTRIES_QUERY, "EntryQuery", ENTRIES_QUERY_FIELDS);
static const struct api_field ENTRIES_FIELDS[] = { API_PAGE_ANSWER(ARTICLE_ITEM) };
API_SCHEMA(ENTRIES, "EntryPage", ENTRIES_FIELDS);
static const struct api_field MOVE_ENTRIES_FIELDS[] = {
	{ "articles", API_LIST, API_REQUIRED, .max = API_IDS_MAX, .item = API_INTEGER,
	    .about = "Ids; translations go along. Those that do not stand in `from` are left alone." },
	{ "from", API_INTEGER, API_REQUIRED | API_NULLABLE, .about = "null: those that stand in none." },
	{ "into", API_INTEGER, API_REQUIRED | API_NULLABLE, .about = "null: into none." },
};
API_SCHEMA(MOVE_ENTRIES, "EntryMove", MOVE_ENTRIES_FIELDS);

static const struct api_field RENAME_FIELDS[] = {
	{ "from", API_LINE, API_REQUIRED, .max = ARTICLE_TAG_MAX },
	{ "to", API_LINE, API_REQUIRED, .max = ARTICLE_TAG_MAX, .about = "Without commas." },
	{ "merge", API_BOOLEAN, .about = "Also where there is one of this name: both become one." },
};
API_SCHEMA(RENAME, "TagRename", RENAME_FIELDS);
static const struct api_field DROP_FIELDS[] = {
	{ "name", API_LINE, API_REQUIRED, .max = ARTICLE_TAG_MAX, .about = NULL },
};
API_SCHEMA(DROP, "TagDeleteQuery", DROP_FIELDS);

static const struct api_action ACTIONS[] = {
	{ WEB_POST, DESK "/categories/:id/move", "moveCategory", "Puts a category elsewhere in the tree", NULL,
	    SCOPE_STRUCTURE, DESK_STRUCTURE, 0, 200, NULL, &MOVE, &MOVED_TO, 0, move },
	{ WEB_POST, DESK "/categories/:id/merge", "mergeCategory", "Lets a category become part of another",
	    "Its articles, those below it and its address go over.", SCOPE_STRUCTURE, DESK_STRUCTURE, 0, 200, NULL, &MERGE,
	    &MOVED, 0, merge },
	{ WEB_GET, DESK "/entries", "listEntries", "What stands right in a category, drafts as well", NULL, SCOPE_STRUCTURE,
	    DESK_STRUCTURE, API_PAGED | API_GONE, 200, &ENTRIES_QUERY, NULL, &ENTRIES, 0, entries },
	{ WEB_POST, DESK "/entries/move", "moveEntries", "Moves articles from one category to another",
	    "A category is split by making one and moving some articles there.", SCOPE_STRUCTURE, DESK_STRUCTURE, 0, 200,
	    NULL, &MOVE_ENTRIES, &MOVED, 0, move_entries },
	{ WEB_POST, DESK "/tags/rename", "renameTag", "Gives a tag another name, or merges it into another",
	    "Its page leads on.", SCOPE_STRUCTURE, DESK_STRUCTURE, 0, 200, NULL, &RENAME, &MOVED, 0, rename_tag },
	{ WEB_DELETE, DESK "/tags", "deleteTag", "Takes a tag off all articles", "Its page leads to a search for it.",
	    SCOPE_STRUCTURE, DESK_STRUCTURE, API_GONE, 204, &DROP, NULL, NULL, 0, drop_tag },
};
const struct api_group STRUCTURE_GROUP = { "Care of structure", API_ACTIONS(ACTIONS) };

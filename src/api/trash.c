#include "api/article.h"

/* Articles that were thrown away, for as long as they can come back. */

static bool load(struct api_call *c, struct article *a, bool *own)
{
	int64_t id;
	return api_id(c, 0, &id) && article_whole(c->store, id, a, c->arena, c->err) &&
	       article_is_by(c->store, id, c->who.id, own, c->err);
}

/* As the desk's rights say it, and the scope for what readers notice. */
static bool may(struct api_call *c, bool own, enum article_status status)
{
	bool scope = !desk_is_publishing(status, ARTICLE_DRAFT) || (c->token.scopes & (1u << SCOPE_ARTICLES_PUBLISH));
	return (desk_may_trash(c->who.role, own, status) && scope) ||
	       api_refuse(c, 403, "role and scopes do not allow to throw this article away, or to take it back");
}

static bool throw_away(struct api_call *c)
{
	struct article a = { 0 };
	bool own = false;
	if (!load(c, &a, &own) || !api_match(c, article_etag(c, &a))) {
		if (c->refused == 412)
			c->current = article_json(c, &a);
		return false;
	}
	c->etag = STR("");
	if (a.status == ARTICLE_TRASHED)
		return true;
	if (!may(c, own, a.status))
		return false;
	struct store_tx *tx = api_begin(c);
	return api_commit(c, tx, tx && article_trash(tx, a.id, &c->as, c->now, c->arena, c->err));
}

static bool list(struct api_call *c)
{
	struct trashed *all;
	size_t n, limit = api_limit(c);
	int64_t at = 0;
	struct str cursor = api_cursor(c);
	if (cursor.n && (!str_to_int(cursor, &at) || at < 0))
		return api_refuse(c, 400, "the cursor is not one that a page gave");
	if (!trash_list(c->store, 0, (size_t)at, limit + 1, &all, &n, NULL, c->arena, c->err))
		return false;
	bool more = n > limit;
	n -= more;
	json_t *out = api_list(c);
	for (size_t i = 0; i < n; i++) {
		json_t *o = api_object(c);
		api_int(c, o, "id", all[i].item.id);
		api_str(c, o, "lang", all[i].item.lang);
		api_str(c, o, "title", all[i].item.title);
		api_time(c, o, "at", all[i].at);
		api_str(c, o, "by", all[i].name);
		api_str(c, o, "before", article_status_name(all[i].before));
		api_push(c, out, o);
	}
	return api_page(c, out, more ? arena_printf(c->arena, "%lld", (long long)at + (long long)n) : STR(""));
}

static bool find(struct api_call *c, struct trashed *t)
{
	int64_t id;
	bool own = false;
	return api_id(c, 0, &id) && trash_find(c->store, id, t, c->arena, c->err) &&
	       article_is_by(c->store, id, c->who.id, &own, c->err) && may(c, own, t->before);
}

static bool restore(struct api_call *c)
{
	struct trashed t = { 0 };
	struct article a;
	if (!find(c, &t))
		return false;
	struct store_tx *tx = api_begin(c);
	if (!api_commit(c, tx, tx && article_restore(tx, t.item.id, &c->as, c->now, c->arena, c->err)) ||
	    !article_whole(c->store, t.item.id, &a, c->arena, c->err))
		return false;
	c->answer = article_json(c, &a);
	c->etag = article_etag(c, &a);
	return true;
}

static bool drop(struct api_call *c)
{
	struct trashed t = { 0 };
	if (!find(c, &t))
		return false;
	struct store_tx *tx = api_begin(c);
	return api_commit(c, tx, tx && trash_delete(tx, t.item.id, &c->as, c->arena, c->err));
}

static const struct api_field ITEM_FIELDS[] = {
	{ "id", API_INTEGER, API_REQUIRED, .about = "Of the article." },
	{ "lang", API_TEXT, API_REQUIRED, .about = NULL },
	{ "title", API_TEXT, API_REQUIRED, .about = NULL },
	{ "at", API_TIME, API_REQUIRED, .about = NULL },
	{ "by", API_TEXT, API_REQUIRED, .about = "Who threw it away; empty: from the shell." },
	{ "before", API_TEXT, API_REQUIRED, .about = "The status it had." },
};
API_SCHEMA(ITEM, "TrashItem", ITEM_FIELDS);
static const struct api_field PAGE_FIELDS[] = { API_PAGE_ANSWER(ITEM) };
API_SCHEMA(PAGE, "TrashPage", PAGE_FIELDS);
static const struct api_field QUERY_FIELDS[] = { API_PAGE_FIELDS };
API_SCHEMA(QUERY, "TrashQuery", QUERY_FIELDS);

static const struct api_action ACTIONS[] = {
	{ WEB_DELETE, DESK "/articles/:id", "trashArticle", "Throws an article away",
	    "It can be taken back for thirty days.", SCOPE_ARTICLES_WRITE, DESK_SEE, API_MAY_MATCH, 204, NULL, NULL, NULL,
	    0, throw_away },
	{ WEB_GET, DESK "/trash", "listTrash", "What was thrown away, newest first", NULL, SCOPE_ARTICLES_READ, DESK_SEE,
	    API_PAGED, 200, &QUERY, NULL, &PAGE, 0, list },
	{ WEB_POST, DESK "/trash/:id/restore", "restoreFromTrash", "Takes an article back",
	    "It gets the status that it had.", SCOPE_ARTICLES_WRITE, DESK_SEE, API_ETAG, 200, NULL, &API_NOTHING, &ARTICLE,
	    0, restore },
	{ WEB_DELETE, DESK "/trash/:id", "deleteFromTrash", "Deletes an article for good", NULL, SCOPE_ARTICLES_WRITE,
	    DESK_DELETE, 0, 204, NULL, NULL, NULL, 0, drop },
};
const struct api_group TRASH_GROUP = { "Trash", API_ACTIONS(ACTIONS) };

#include "api/article.h"

/* What articles said. */

static json_t *entry_json(struct api_call *c, const struct revision *r)
{
	json_t *o = api_object(c);
	api_int(c, o, "id", r->id);
	api_time(c, o, "at", r->at);
	api_str(c, o, "by", r->name);
	api_str(c, o, "title", r->text.title);
	api_str(c, o, "status", article_status_name(r->text.status));
	return o;
}

static bool list(struct api_call *c)
{
	struct article a;
	struct revision *all;
	size_t n, from, to;
	struct str next;
	int64_t id;
	if (!api_id(c, 0, &id) || !article_by_id(c->store, id, &a, c->arena, c->err) ||
	    !revision_list(c->store, id, &all, &n, c->arena, c->err) || !api_slice(c, n, &from, &to, &next))
		return false;
	json_t *out = api_list(c);
	for (size_t i = from; i < to; i++)
		api_push(c, out, entry_json(c, &all[i]));
	return api_page(c, out, next);
}

static bool find(struct api_call *c, struct revision *r)
{
	int64_t article, id;
	return api_id(c, 0, &article) && api_id(c, 1, &id) && revision_get(c->store, article, id, r, c->arena, c->err);
}

static bool get(struct api_call *c)
{
	struct revision r;
	if (!find(c, &r))
		return false;
	c->answer = entry_json(c, &r);
	json_t *text = article_json(c, &r.text);
	static const char *const of_the_article[] = { "id", "group", "created", "updated", "url" };
	for (size_t i = 0; i < sizeof of_the_article / sizeof *of_the_article; i++)
		json_object_del(text, of_the_article[i]);
	api_put(c, c->answer, "text", text);
	return true;
}

/* Its text; where and whether the article is published stays. A category that is gone since is left out. */
static bool take(struct api_call *c, const struct article *old, const struct revision *r, struct article *out)
{
	struct category *all;
	size_t n;
	int64_t *ids = arena_array(c->arena, r->text.n_categories + 1, sizeof *ids);
	if (!ids)
		return error_memory(c->err);
	if (!category_list(c->store, &all, &n, c->arena, c->err))
		return false;
	*out = r->text;
	out->lang = old->lang;
	out->slug = old->slug;
	out->status = old->status;
	out->sticky = old->sticky;
	out->published_at = old->published_at;
	out->categories = ids;
	out->n_categories = 0;
	for (size_t i = 0; i < r->text.n_categories; i++) {
		for (size_t k = 0; k < n; k++) {
			if (all[k].id == r->text.categories[i])
				ids[out->n_categories++] = all[k].id;
		}
	}
	return true;
}

static bool restore(struct api_call *c)
{
	struct revision r;
	struct article old, a, theirs = { 0 };
	bool own, changed;
	if (!find(c, &r) || !article_whole(c->store, r.text.id, &old, c->arena, c->err) ||
	    !article_is_by(c->store, old.id, c->who.id, &own, c->err) || !api_match(c, article_etag(c, &old)) ||
	    !take(c, &old, &r, &a))
		return false;
	if (old.status == ARTICLE_TRASHED)
		return api_refuse(c, 409, "the article is in the trash: take it back first");
	if (!api_may_edit(c, own, old.status, old.status))
		return api_refuse(c, 403, "role and scopes do not allow to change this article so");
	struct store_tx *tx = api_begin(c);
	if (!api_commit(c, tx,
	        tx && article_edit(tx, &a, &c->as, article_state(&old, c->arena), &theirs, &changed, c->arena, c->err)) ||
	    !article_whole(c->store, old.id, &a, c->arena, c->err))
		return false;
	c->answer = article_json(c, &a);
	c->etag = article_etag(c, &a);
	return true;
}

#define ENTRY_FIELDS                                                                                      \
	{ "id", API_INTEGER, .flags = API_REQUIRED }, { "at", API_TIME, .flags = API_REQUIRED },              \
	    { "by", API_TEXT, API_REQUIRED, .about = "Who saved it; empty: it came from outside the desk." }, \
	    { "title", API_TEXT, .flags = API_REQUIRED },                                                     \
	{                                                                                                     \
		"status", API_TEXT, API_REQUIRED, .about = "Of the article then."                                 \
	}

static const struct api_field ENTRY_LIST[] = { ENTRY_FIELDS };
API_SCHEMA(ENTRY, "RevisionItem", ENTRY_LIST);
static const struct api_field PAGE_FIELDS[] = { API_PAGE_ANSWER(ENTRY) };
API_SCHEMA(PAGE, "RevisionPage", PAGE_FIELDS);
static const struct api_field REVISION_FIELDS[] = {
	ENTRY_FIELDS,
	{ "text", API_OBJECT, API_REQUIRED, .of = &ARTICLE_TEXT },
};
API_SCHEMA(REVISION, "Revision", REVISION_FIELDS);
static const struct api_field QUERY_FIELDS[] = { API_PAGE_FIELDS };
API_SCHEMA(QUERY, "RevisionQuery", QUERY_FIELDS);

static const struct api_action ACTIONS[] = {
	{ WEB_GET, DESK "/articles/:id/revisions", "listRevisions", "What an article said, newest first", NULL,
	    SCOPE_ARTICLES_READ, DESK_SEE, API_PAGED, 200, &QUERY, NULL, &PAGE, 0, list },
	{ WEB_GET, DESK "/articles/:id/revisions/:revision", "getRevision", "One of them, whole", NULL, SCOPE_ARTICLES_READ,
	    DESK_SEE, 0, 200, NULL, NULL, &REVISION, 0, get },
	{ WEB_POST, DESK "/articles/:id/revisions/:revision/restore", "restoreRevision", "Makes an article say it again",
	    "Language, address, status and date stay.", SCOPE_ARTICLES_WRITE, DESK_SEE, API_ETAG | API_MAY_MATCH, 200, NULL,
	    &API_NOTHING, &ARTICLE, 0, restore },
};
const struct api_group REVISIONS_GROUP = { "Revisions", API_ACTIONS(ACTIONS) };

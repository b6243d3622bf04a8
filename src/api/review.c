#include "api/article.h"

/* The review of an article: asked for, judged; what is said about its passages. */

struct reviewing {
	struct article a;
	bool own;
};

static bool load(struct api_call *c, struct reviewing *r)
{
	int64_t id;
	return api_id(c, 0, &id) && article_whole(c->store, id, &r->a, c->arena, c->err) &&
	       article_is_by(c->store, id, c->who.id, &r->own, c->err);
}

/* ---- shown ---- */

static const char *const STATES[] = { "none", "open", "approved", "back", NULL };

static json_t *comment_json(struct api_call *c, const struct comment *k)
{
	json_t *o = api_object(c);
	api_int(c, o, "id", k->id);
	if (k->parent)
		api_int(c, o, "parent", k->parent);
	else
		api_null(c, o, "parent");
	api_time(c, o, "at", k->at);
	api_str(c, o, "by", k->name);
	api_str(c, o, "quote", k->quote);
	api_str(c, o, "text", k->text);
	api_time(c, o, "resolved", k->resolved_at);
	api_str(c, o, "resolved_by", k->resolved_name);
	return o;
}

static bool put_comments(struct api_call *c, json_t *o, int64_t article)
{
	struct comment *all;
	size_t n;
	json_t *list = api_list(c);
	api_put(c, o, "comments", list);
	if (!comment_list(c->store, article, &all, &n, c->arena, c->err))
		return false;
	for (size_t i = 0; i < n; i++)
		api_push(c, list, comment_json(c, &all[i]));
	return true;
}

/* Who can be asked. */
static bool put_reviewers(struct api_call *c, json_t *o)
{
	struct person *all;
	size_t n;
	json_t *list = api_list(c);
	api_put(c, o, "reviewers", list);
	if (!person_list(c->store, &all, &n, c->arena, c->err))
		return false;
	for (size_t i = 0; i < n; i++) {
		if (desk_may(all[i].role, DESK_REVIEW))
			api_push(c, list, json_stringn(all[i].login.p, all[i].login.n));
	}
	return true;
}

static bool answer(struct api_call *c, int64_t id)
{
	struct article a;
	struct review r;
	if (!article_whole(c->store, id, &a, c->arena, c->err) || !review_find(c->store, &a, &r, c->arena, c->err))
		return false;
	json_t *o = c->answer = api_object(c);
	api_str(c, o, "status", article_status_name(a.status));
	api_str(c, o, "state", str_from(STATES[r.state]));
	api_bool(c, o, "changed", r.changed);
	api_str(c, o, "asked_by", r.asker_name);
	api_time(c, o, "asked", r.asked_at);
	api_str(c, o, "reviewer", r.reviewer_name);
	api_str(c, o, "judged_by", r.judge_name);
	api_time(c, o, "judged", r.judged_at);
	return put_reviewers(c, o) && put_comments(c, o, id);
}

static bool get(struct api_call *c)
{
	int64_t id;
	return api_id(c, 0, &id) && answer(c, id);
}

/* ---- asked, judged ---- */

/* A word with it, on the whole article; empty: none. */
static bool add_note(struct api_call *c, struct store_tx *tx, int64_t article)
{
	struct comment k = { .article = article, .quote = STR(""), .text = STR("") };
	api_get_text(c, c->body, "text", &k.text);
	return str_trim(k.text).n == 0 || comment_add(tx, &k, &c->as, c->now, c->arena, c->err);
}

static bool ask(struct api_call *c)
{
	struct reviewing r = { 0 };
	struct person reviewer = { 0 };
	struct error why = { 0 };
	struct str login = STR("");
	if (!load(c, &r))
		return false;
	if (api_get_str(c->body, "reviewer", &login) && login.n &&
	    !person_by_login(c->store, login, &reviewer, c->arena, &why)) {
		if (why.code == ERR_NOT_FOUND)
			return api_refuse_field(c, "/reviewer", "must be the login of somebody who works here");
		*c->err = why;
		return false;
	}
	if (reviewer.id && !desk_may(reviewer.role, DESK_REVIEW))
		return api_refuse_field(c, "/reviewer", "must be somebody who may review");
	if (r.a.status != ARTICLE_DRAFT && r.a.status != ARTICLE_REVIEW)
		return api_refuse(c, 409, "only a draft is sent for review");
	if (!api_may_edit(c, r.own, r.a.status, ARTICLE_REVIEW))
		return api_refuse(c, 403, "role and scopes do not allow to send this article for review");
	struct store_tx *tx = api_begin(c);
	return api_commit(c, tx,
	           tx && review_ask(tx, r.a.id, &c->as, reviewer.id, c->now, c->arena, c->err) &&
	               add_note(c, tx, r.a.id)) &&
	       answer(c, r.a.id);
}

static bool judge(struct api_call *c)
{
	struct reviewing r = { 0 };
	bool good = false;
	struct str text = STR("");
	if (!load(c, &r))
		return false;
	api_get_bool(c->body, "approve", &good);
	api_get_str(c->body, "text", &text);
	/* Nobody can mend what nobody explained. */
	if (!good && str_trim(text).n == 0)
		return api_refuse_field(c, "/text", "must say why it is sent back");
	struct store_tx *tx = api_begin(c);
	return api_commit(c, tx,
	           tx && review_judge(tx, r.a.id, &c->as, good, c->now, c->arena, c->err) && add_note(c, tx, r.a.id)) &&
	       answer(c, r.a.id);
}

/* ---- comments ---- */

static bool may_comment(struct api_call *c, const struct reviewing *r)
{
	if (r->a.status == ARTICLE_TRASHED)
		return api_refuse(c, 409, "the article is in the trash: take it back first");
	return desk_may_comment(c->who.role, r->own) ||
	       api_refuse(c, 403, "the role does not allow to comment on this article");
}

/* The passage of that number becomes the beginning of its text. */
static bool read_passage(struct api_call *c, int64_t article, struct str *quote)
{
	struct rendered text;
	struct str *blocks;
	size_t n;
	int64_t number = 0;
	if (!api_get_int(c->body, "passage", &number))
		return true;
	if (!article_rendered(c->store, article, &text, c->arena, c->err) ||
	    !doc_passages(text.html, PASSAGES_MAX, &blocks, &n, c->arena, c->err))
		return false;
	if (number >= 1 && (size_t)number <= n)
		*quote = review_quote(blocks[number - 1], c->arena);
	return quote->n > 0 || api_refuse_field(c, "/passage", "must be the number of a passage with text");
}

static bool find_comment(struct api_call *c, int64_t article, int64_t id, struct comment *out)
{
	struct comment *all;
	size_t n;
	if (!comment_list(c->store, article, &all, &n, c->arena, c->err))
		return false;
	for (size_t i = 0; i < n; i++) {
		if (all[i].id != id)
			continue;
		*out = all[i];
		return true;
	}
	return api_refuse(c, 404, "there is no such comment");
}

static bool answer_comment(struct api_call *c, int64_t article, int64_t id)
{
	struct comment k = { 0 };
	if (!find_comment(c, article, id, &k))
		return false;
	c->answer = comment_json(c, &k);
	return true;
}

static bool add(struct api_call *c)
{
	struct reviewing r = { 0 };
	struct error why = { 0 };
	struct comment k = { .quote = STR(""), .text = STR("") };
	if (!load(c, &r) || !may_comment(c, &r) || !read_passage(c, r.a.id, &k.quote))
		return false;
	k.article = r.a.id;
	api_get_text(c, c->body, "text", &k.text);
	api_get_int(c->body, "parent", &k.parent);
	struct store_tx *tx = api_begin(c);
	bool ok = tx && comment_add(tx, &k, &c->as, c->now, c->arena, &why);
	if (!ok && why.code == ERR_INVALID)
		api_refuse_field(c, "/text", "must say something");
	else if (!ok && why.code == ERR_NOT_FOUND)
		api_refuse_field(c, "/parent", "must be the id of a comment on this article");
	else if (!ok && why.code)
		*c->err = why;
	if (!api_commit(c, tx, ok) || !answer_comment(c, r.a.id, k.id))
		return false;
	api_location(c, arena_printf(c->arena, DESK "/articles/%lld/comments", (long long)r.a.id).p, k.id);
	return true;
}

static bool settle(struct api_call *c)
{
	struct reviewing r = { 0 };
	struct comment k = { 0 };
	int64_t id;
	bool resolved = false;
	if (!load(c, &r) || !api_id(c, 1, &id) || !may_comment(c, &r) || !find_comment(c, r.a.id, id, &k))
		return false;
	api_get_bool(c->body, "resolved", &resolved);
	struct store_tx *tx = api_begin(c);
	return api_commit(c, tx, tx && comment_resolve(tx, r.a.id, id, resolved, &c->as, c->now, c->arena, c->err)) &&
	       answer_comment(c, r.a.id, id);
}

/* ---- the rows ---- */

static const struct api_field ASK_FIELDS[] = {
	{ "reviewer", API_LINE, .max = LOGIN_MAX, .about = "The login of who is asked; left out: whoever may." },
	{ "text", API_TEXT, .max = COMMENT_MAX, .about = "A comment on the whole article." },
};
API_SCHEMA(ASK, "ReviewRequest", ASK_FIELDS);
static const struct api_field JUDGE_FIELDS[] = {
	{ "approve", API_BOOLEAN, API_REQUIRED, .about = "false sends it back: it is a draft again." },
	{ "text", API_TEXT, .max = COMMENT_MAX, .about = "A comment on the whole article; says why it is sent back." },
};
API_SCHEMA(JUDGE, "Judgement", JUDGE_FIELDS);
static const struct api_field COMMENT_NEW_FIELDS[] = {
	{ "text", API_TEXT, API_REQUIRED, .max = COMMENT_MAX },
	{ "parent", API_INTEGER, .about = "The id of the comment that it answers." },
	{ "passage", API_INTEGER, .max = PASSAGES_MAX,
	    .about = "The number of the passage that it is about, from 1; left out: all of the article." },
};
API_SCHEMA(COMMENT_NEW, "CommentNew", COMMENT_NEW_FIELDS);
static const struct api_field SETTLE_FIELDS[] = { { "resolved", API_BOOLEAN, .flags = API_REQUIRED } };
API_SCHEMA(SETTLE, "CommentChange", SETTLE_FIELDS);
static const struct api_field COMMENT_FIELDS[] = {
	{ "id", API_INTEGER, .flags = API_REQUIRED },
	{ "parent", API_INTEGER, API_REQUIRED | API_NULLABLE, .about = "The comment that it answers." },
	{ "at", API_TIME, .flags = API_REQUIRED },
	{ "by", API_TEXT, .flags = API_REQUIRED },
	{ "quote", API_TEXT, API_REQUIRED, .about = "The beginning of its passage; empty: all of the article." },
	{ "text", API_TEXT, .flags = API_REQUIRED },
	{ "resolved", API_TIME, .flags = API_REQUIRED | API_NULLABLE },
	{ "resolved_by", API_TEXT, .flags = API_REQUIRED },
};
API_SCHEMA(COMMENT, "Comment", COMMENT_FIELDS);
static const struct api_field REVIEW_FIELDS[] = {
	{ "status", API_TEXT, API_REQUIRED, .about = "Of the article." },
	{ "state", API_TEXT, API_REQUIRED, .values = STATES },
	{ "changed", API_BOOLEAN, API_REQUIRED, .about = "The text, since it was approved." },
	{ "asked_by", API_TEXT, .flags = API_REQUIRED },
	{ "asked", API_TIME, .flags = API_REQUIRED | API_NULLABLE },
	{ "reviewer", API_TEXT, API_REQUIRED, .about = "Who is asked; empty: whoever may." },
	{ "judged_by", API_TEXT, .flags = API_REQUIRED },
	{ "judged", API_TIME, .flags = API_REQUIRED | API_NULLABLE },
	{ "reviewers", API_LIST, API_REQUIRED, .item = API_TEXT, .about = "Logins of those who can be asked." },
	{ "comments", API_LIST, API_REQUIRED, .of = &COMMENT, .about = "Oldest first." },
};
API_SCHEMA(REVIEW, "Review", REVIEW_FIELDS);

static const struct api_action ACTIONS[] = {
	{ WEB_GET, DESK "/articles/:id/review", "getReview", "How an article's review stands, with all comments", NULL,
	    SCOPE_ARTICLES_READ, DESK_SEE, 0, 200, NULL, NULL, &REVIEW, 0, get },
	{ WEB_POST, DESK "/articles/:id/review", "askForReview", "Sends a draft for review", NULL, SCOPE_ARTICLES_WRITE,
	    DESK_SEE, 0, 200, NULL, &ASK, &REVIEW, 0, ask },
	{ WEB_POST, DESK "/articles/:id/judgement", "judgeArticle", "Approves an article in review, or sends it back", NULL,
	    SCOPE_ARTICLES_WRITE, DESK_REVIEW, 0, 200, NULL, &JUDGE, &REVIEW, 0, judge },
	{ WEB_POST, DESK "/articles/:id/comments", "addComment", "Comments on an article, or answers a comment", NULL,
	    SCOPE_ARTICLES_WRITE, DESK_SEE, 0, 201, NULL, &COMMENT_NEW, &COMMENT, 0, add },
	{ WEB_PATCH, DESK "/articles/:id/comments/:comment", "settleComment", "Settles a comment, or opens it again", NULL,
	    SCOPE_ARTICLES_WRITE, DESK_SEE, API_CONFLICTS, 200, NULL, &SETTLE, &COMMENT, 0, settle },
};
const struct api_group REVIEW_GROUP = { "Review", API_ACTIONS(ACTIONS) };

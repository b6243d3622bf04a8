#include "desk/flow.h"

/* The review of an article: its text by passage, what is said about each, asking, approving, sending back. */

struct reviewing {
	struct article a;
	struct review review;
	bool own;
	struct comment *comments;
	size_t n;
	int64_t passage; /* that a comment is being written on, from 1; 0: all of the article; -1: none */
};

static bool load(struct desk_page *p, struct reviewing *r)
{
	int64_t id;
	*r = (struct reviewing){ 0 };
	return desk_capture_id(p, 0, &id) && article_whole(p->store, id, &r->a, p->arena, p->err) &&
	       article_is_by(p->store, id, p->who.id, &r->own, p->err);
}

static const char *page_path(struct desk_page *p, int64_t article, const char *end)
{
	return arena_printf(p->arena, "/desk/articles/%lld/review%s", (long long)article, end).p;
}

/* ---- the page ---- */

static void show_comment(struct desk_page *p, struct view_value *v, const struct comment *c)
{
	view_set_int(v, "comment_id", c->id);
	view_set_str(v, "comment_name", c->name);
	view_set_str(v, "comment_at", desk_time(p, c->at));
	view_set_str(v, "comment_text", c->text);
	view_set_str(v, "comment_quote", c->quote);
	view_set_bool(v, "resolved", c->resolved_at > 0);
	view_set_str(v, "resolved_name", c->resolved_name);
}

static void show_thread(
    struct desk_page *p, const struct reviewing *r, struct view_value *list, const struct comment *c)
{
	struct view_value *v = view_push_object(list);
	show_comment(p, v, c);
	struct view_value *answers = view_set_list(v, "answers");
	for (size_t i = 0; i < r->n; i++) {
		if (r->comments[i].parent == c->id)
			show_comment(p, view_push_object(answers), &r->comments[i]);
	}
}

struct str review_quote(struct str html, struct arena *arena)
{
	struct buf out = { 0 };
	struct str text = str_trim(doc_plain(html, arena));
	for (size_t i = 0; i < text.n; i++)
		buf_addc(&out, (unsigned char)text.p[i] < ' ' ? ' ' : text.p[i]);
	text = buf_take(&out, arena);
	return text.n > QUOTE_MAX / 2 ? str_sub(text, 0, utf8_floor(text, QUOTE_MAX / 2)) : text;
}

static bool show_passages(struct desk_page *p, struct reviewing *r, bool *placed)
{
	struct rendered text;
	struct str *blocks;
	size_t n;
	struct view_value *list = view_set_list(p->root, "passages");
	if (!article_rendered(p->store, r->a.id, &text, p->arena, p->err) ||
	    !doc_passages(text.html, PASSAGES_MAX, &blocks, &n, p->arena, p->err))
		return false;
	for (size_t i = 0; i < n; i++) {
		struct str quote = review_quote(blocks[i], p->arena);
		struct view_value *v = view_push_object(list), *threads = view_set_list(v, "threads");
		view_set_html(v, "passage_html", blocks[i]);
		view_set_int(v, "passage_number", (int64_t)i + 1);
		view_set_str(v, "passage_quote", quote);
		view_set_bool(v, "passage_text", quote.n > 0);
		view_set_bool(v, "writing", r->passage == (int64_t)i + 1);
		bool has = false;
		for (size_t c = 0; c < r->n; c++) {
			if (placed[c] || r->comments[c].parent || quote.n == 0 || !str_eq(r->comments[c].quote, quote))
				continue;
			placed[c] = has = true;
			show_thread(p, r, threads, &r->comments[c]);
		}
		view_set_bool(v, "has_threads", has);
	}
	return true;
}

/* On the whole, and on passages that say something else by now. */
static void show_rest(struct desk_page *p, const struct reviewing *r, const bool *placed)
{
	struct view_value *whole = view_set_list(p->root, "whole"), *lost = view_set_list(p->root, "lost");
	bool has_lost = false, has_whole = false;
	for (size_t i = 0; i < r->n; i++) {
		if (placed[i] || r->comments[i].parent)
			continue;
		bool on_whole = r->comments[i].quote.n == 0;
		has_lost |= !on_whole;
		has_whole |= on_whole;
		show_thread(p, r, on_whole ? whole : lost, &r->comments[i]);
	}
	view_set_bool(p->root, "has_lost", has_lost);
	view_set_bool(p->root, "has_whole", has_whole);
}

static bool show_reviewers(struct desk_page *p, const struct reviewing *r)
{
	struct person *all;
	size_t n;
	struct view_value *list = view_set_list(p->root, "reviewers");
	if (!person_list(p->store, &all, &n, p->arena, p->err))
		return false;
	for (size_t i = 0; i < n; i++) {
		if (desk_may(all[i].role, DESK_REVIEW) && all[i].id != p->who.id)
			desk_choice(list, all[i].login, all[i].name.n ? all[i].name : all[i].login,
			    r->review.state == REVIEW_OPEN && r->review.reviewer == all[i].id);
	}
	return true;
}

static void show_standing(struct desk_page *p, const struct reviewing *r)
{
	const struct review *review = &r->review;
	view_set_str(p->root, "standing", flow_review_text(p, review));
	view_set_bool(p->root, "standing_changed", review->changed);
	if (review->state == REVIEW_OPEN && review->asker_name.n) {
		view_set_str(p->root, "asker", review->asker_name);
		view_set_str(p->root, "asked_at", desk_time(p, review->asked_at));
	}
	if (review->state == REVIEW_APPROVED || review->state == REVIEW_BACK) {
		view_set_str(p->root, "judge", review->judge_name);
		view_set_str(p->root, "judged_at", desk_time(p, review->judged_at));
	}
}

static bool show(struct desk_page *p, struct reviewing *r)
{
	enum role role = p->who.role;
	if (!review_find(p->store, &r->a, &r->review, p->arena, p->err) ||
	    !comment_list(p->store, r->a.id, &r->comments, &r->n, p->arena, p->err))
		return false;
	bool *placed = arena_array(p->arena, r->n + 1, sizeof *placed);
	if (!placed)
		return error_memory(p->err);
	bool drafted = r->a.status == ARTICLE_DRAFT || r->a.status == ARTICLE_REVIEW;
	view_set_str(p->root, "article_title", r->a.title);
	view_set_str(p->root, "article_lang", r->a.lang);
	view_set_str(p->root, "article_url", arena_printf(p->arena, "/desk/articles/%lld", (long long)r->a.id));
	view_set_str(p->root, "review_url", str_from(page_path(p, r->a.id, "")));
	view_set_str(p->root, "status", desk_message(p, desk_status_label(r->a.status)));
	view_set_bool(p->root, "may_ask", drafted && desk_may_edit(role, r->own, r->a.status, ARTICLE_REVIEW));
	view_set_bool(p->root, "may_judge", r->a.status == ARTICLE_REVIEW && desk_may(role, DESK_REVIEW));
	view_set_bool(p->root, "may_comment", desk_may_comment(role, r->own) && r->a.status != ARTICLE_TRASHED);
	view_set_bool(p->root, "again", r->review.state == REVIEW_OPEN || r->review.state == REVIEW_APPROVED);
	show_standing(p, r);
	if (!show_passages(p, r, placed) || !show_reviewers(p, r))
		return false;
	show_rest(p, r, placed);
	return desk_render(p, N_("Review"), "desk/review");
}

bool review_page(struct desk_page *p)
{
	struct reviewing r;
	if (!load(p, &r))
		return false;
	if (!str_to_int(web_param_get(p->req, "passage"), &r.passage))
		r.passage = -1;
	view_set_bool(p->root, "saved", web_param_get(p->req, "saved").n > 0);
	return show(p, &r);
}

/* ---- what is sent ---- */

/* What the sender can mend is said on the page; what they wrote stays in the form. */
static bool told(struct desk_page *p, struct reviewing *r, const struct error *why)
{
	if (why->code == ERR_INVALID)
		desk_problem(p, 422, N_("Write something first."));
	else if (why->code == ERR_TOO_LARGE)
		desk_problem(p, 413, N_("That is too long, or there are too many comments."));
	else if (why->code == ERR_CONFLICT)
		desk_problem(p, 409, N_("Meanwhile the article is no longer in review. Nothing was changed."));
	else {
		*p->err = *why;
		return false;
	}
	view_set_str(p->root, "written", web_field_get(p->req, "text"));
	r->passage = -1;
	return show(p, r);
}

static bool finish(
    struct desk_page *p, struct reviewing *r, struct store_tx *tx, bool ok, const struct error *why, const char *end)
{
	if (ok && tx)
		return store_commit(tx, p->err) && desk_go(p, page_path(p, r->a.id, end));
	store_rollback(tx);
	return told(p, r, why);
}

/* A word with it, on the whole article; empty: none. */
static bool add_note(struct desk_page *p, struct store_tx *tx, int64_t article, struct error *err)
{
	struct comment c = { .article = article, .quote = STR(""), .text = web_field_get(p->req, "text") };
	return str_trim(c.text).n == 0 || comment_add(tx, &c, &p->who, p->now, p->arena, err);
}

bool ask_send(struct desk_page *p)
{
	struct reviewing r;
	struct error why = { 0 };
	struct person reviewer = { 0 };
	struct str login = web_field_get(p->req, "reviewer");
	if (!load(p, &r) || (login.n && !person_by_login(p->store, login, &reviewer, p->arena, p->err)))
		return false;
	if (!desk_may_edit(p->who.role, r.own, r.a.status, ARTICLE_REVIEW) ||
	    (reviewer.id && !desk_may(reviewer.role, DESK_REVIEW)))
		return error_set(p->err, ERR_DENIED, "the role may not send this article for review, or not to them");
	struct store_tx *tx = store_begin(p->store, &why);
	bool ok =
	    tx && review_ask(tx, r.a.id, &p->who, reviewer.id, p->now, p->arena, &why) && add_note(p, tx, r.a.id, &why);
	return finish(p, &r, tx, ok, &why, "?saved=1");
}

bool judge_send(struct desk_page *p)
{
	struct reviewing r;
	struct error why = { 0 };
	bool good = str_eq(web_field_get(p->req, "do"), STR("approve"));
	if (!good && !str_eq(web_field_get(p->req, "do"), STR("back")))
		return error_set(p->err, ERR_USAGE, "the form does not say what to do");
	if (!load(p, &r))
		return false;
	/* Nobody can mend what nobody explained. */
	if (!good && str_trim(web_field_get(p->req, "text")).n == 0) {
		desk_problem(p, 422, N_("Say why you send it back: the author reads it."));
		r.passage = -1;
		return show(p, &r);
	}
	struct store_tx *tx = store_begin(p->store, &why);
	bool ok = tx && review_judge(tx, r.a.id, &p->who, good, p->now, p->arena, &why) && add_note(p, tx, r.a.id, &why);
	return finish(p, &r, tx, ok, &why, "?saved=1");
}

static bool number_field(const struct desk_page *p, const char *name, int64_t *out)
{
	return str_to_int(web_field_get(p->req, name), out) && *out > 0;
}

bool comment_send(struct desk_page *p)
{
	struct reviewing r;
	struct error why = { 0 };
	struct str what = web_field_get(p->req, "do");
	bool adds = str_eq(what, STR("comment")), answers = str_eq(what, STR("answer"));
	bool resolves = str_eq(what, STR("resolve")), reopens = str_eq(what, STR("reopen"));
	int64_t id = 0;
	if (!load(p, &r))
		return false;
	if (!desk_may_comment(p->who.role, r.own) || r.a.status == ARTICLE_TRASHED)
		return error_set(p->err, ERR_DENIED, "the role may not comment on this article");
	if ((!adds && !answers && !resolves && !reopens) || (!adds && !number_field(p, "comment", &id)))
		return error_set(p->err, ERR_USAGE, "the form does not say what to do");
	struct comment c = { .article = r.a.id,
		.parent = answers ? id : 0,
		.quote = web_field_get(p->req, "quote"),
		.text = web_field_get(p->req, "text") };
	struct store_tx *tx = store_begin(p->store, &why);
	bool ok = tx && (adds || answers ? comment_add(tx, &c, &p->who, p->now, p->arena, &why)
	                                 : comment_resolve(tx, r.a.id, id, resolves, &p->who, p->now, p->arena, &why));
	const char *end = arena_printf(p->arena, "?saved=1#comment-%lld", (long long)(adds ? c.id : id)).p;
	return finish(p, &r, tx, ok, &why, end);
}

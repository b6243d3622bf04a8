#include "desk/editor.h"

#include <string.h>

/* Every few seconds the form's script sends what is typed; it is kept apart from the article until it is saved. */

/* Fields as "LENGTH:name LENGTH:value …", without the spaces. */
static bool is_packed(struct str name)
{
	return !str_eq(name, STR("csrf")) && !str_eq(name, STR("do")) && !str_eq(name, STR("draft")) &&
	       !str_starts(name, STR("paste")) && !str_starts(name, STR("choice-")) && !str_eq(name, STR("resolving"));
}

static void add_counted(struct buf *out, struct str s)
{
	buf_printf(out, "%zu:", s.n);
	buf_add(out, s);
}

static struct str pack(struct desk_page *p)
{
	struct buf out = { .max = DRAFT_MAX + 1 };
	for (size_t i = 0; i < p->req->n_fields; i++) {
		if (!is_packed(p->req->fields[i].name))
			continue;
		add_counted(&out, p->req->fields[i].name);
		add_counted(&out, p->req->fields[i].value);
	}
	return buf_take(&out, p->arena);
}

static bool take_counted(struct str *from, struct str *out)
{
	int64_t n;
	struct str count = str_split(from, ':');
	if (!str_to_int(count, &n) || n < 0 || (uint64_t)n > from->n)
		return false;
	*out = str_sub(*from, 0, (size_t)n);
	*from = str_skip(*from, (size_t)n);
	return true;
}

/* The request as if the draft's form had been sent. */
static bool unpack(struct desk_page *p, struct str packed)
{
	struct web_request *req = arena_alloc(p->arena, sizeof *req);
	struct web_param *fields = arena_array(p->arena, FIELDS_MAX, sizeof *fields);
	if (!req || !fields)
		return error_memory(p->err);
	*req = *p->req;
	req->fields = fields;
	for (req->n_fields = 0; packed.n && req->n_fields < FIELDS_MAX; req->n_fields++) {
		struct web_param *f = &fields[req->n_fields];
		if (!take_counted(&packed, &f->name) || !take_counted(&packed, &f->value))
			return error_set(p->err, ERR_INTERNAL, "a draft is damaged");
	}
	p->req = req;
	return true;
}

struct str draft_token(struct desk_page *p)
{
	struct str token = web_field_get(p->req, "draft");
	return draft_token_fits(token) ? token : random_token(p->arena, 18);
}

bool drafts_offer(struct desk_page *p, int64_t article)
{
	struct draft_form *all;
	size_t n;
	struct view_value *list = view_set_list(p->root, "drafts");
	struct str form =
	    article ? arena_printf(p->arena, "/desk/articles/%lld", (long long)article) : STR("/desk/articles/new");
	if (!draft_list(p->store, p->who.id, article, &all, &n, p->arena, p->err))
		return false;
	for (size_t i = 0; i < n; i++) {
		struct view_value *v = view_push_object(list);
		view_set_str(v, "token", all[i].token);
		view_set_str(v, "draft_title", all[i].title);
		view_set_str(v, "draft_at", desk_time(p, all[i].at));
		view_set_str(v, "draft_url",
		    arena_printf(p->arena, "%.*s?draft=%.*s", (int)form.n, form.p, (int)all[i].token.n, all[i].token.p));
	}
	view_set_bool(p->root, "has_drafts", n > 0);
	return true;
}

bool draft_take(struct desk_page *p, const struct article *old, struct article *a, struct str *base)
{
	struct draft_form draft;
	const char *problem;
	struct str token = web_param_get(p->req, "draft");
	if (token.n == 0)
		return true;
	if (!draft_get(p->store, p->who.id, token, &draft, p->arena, p->err))
		return false;
	if (draft.article != old->id)
		return error_set(p->err, ERR_NOT_FOUND, "the draft is of another article");
	if (!unpack(p, draft.fields))
		return false;
	if (!fields_read(p, old, a, &problem) && !problem)
		return false;
	*p->err = (struct error){ 0 }; /* what is not right yet is told when it is saved */
	*base = draft.base;
	view_set_str(p->root, "restored_at", desk_time(p, draft.at));
	view_set_str(p->root, "draft", token);
	return true;
}

bool draft_saved(struct desk_page *p, struct store_tx *tx)
{
	struct str token = web_field_get(p->req, "draft");
	return token.n == 0 || draft_drop(tx, p->who.id, token, p->err);
}

/* ---- what the script sends ---- */

/* An article that this person may change, or 0; *state is what it says now. */
static bool target(struct desk_page *p, int64_t *id, struct str *state)
{
	struct article now;
	bool own;
	struct str asked = web_field_get(p->req, "article");
	*id = 0;
	*state = STR("");
	if (asked.n == 0)
		return desk_may(p->who.role, DESK_CREATE) ? true
		                                          : error_set(p->err, ERR_DENIED, "the role makes no new articles");
	if (!str_to_int(asked, id) || *id <= 0)
		return error_set(p->err, ERR_USAGE, "an article has a number");
	if (!article_whole(p->store, *id, &now, p->arena, p->err) || !article_is_by(p->store, *id, p->who.id, &own, p->err))
		return false;
	if (!desk_may(p->who.role, DESK_EDIT_ANY) && !(own && desk_may(p->who.role, DESK_EDIT_OWN)))
		return error_set(p->err, ERR_DENIED, "the role does not change this article");
	*state = article_state(&now, p->arena);
	return state->p ? true : error_memory(p->err);
}

bool draft_autosave(struct desk_page *p)
{
	struct draft_form draft = { .token = web_field_get(p->req, "draft"),
		.base = web_field_get(p->req, "base"),
		.title = web_field_get(p->req, "title"),
		.at = p->now };
	enum article_status status;
	struct str state;
	if (!draft_token_fits(draft.token) || !article_status_parse(web_field_get(p->req, "status"), &status))
		return error_set(p->err, ERR_USAGE, "this is no article's form");
	if (!target(p, &draft.article, &state))
		return false;
	draft.title = str_sub(draft.title, 0, utf8_floor(draft.title, draft.title.n < 300 ? draft.title.n : 300));
	draft.fields = pack(p);
	if (!draft.fields.p)
		return error_set(p->err, ERR_TOO_LARGE, "the form is too large to be kept");
	struct store_tx *tx = store_begin(p->store, p->err);
	if (!desk_commit(p, tx, tx && draft_keep(tx, p->who.id, &draft, p->err)))
		return false;
	struct str at = desk_time(p, p->now);
	p->res->type = STR("application/json");
	buf_printf(&p->res->body, "{\"at\":\"%.*s\",\"changed\":%s}\n", (int)(at.n > 5 ? 5 : at.n),
	    at.n > 5 ? at.p + at.n - 5 : at.p, draft.article && !str_eq(state, draft.base) ? "true" : "false");
	return true;
}

bool draft_drop_send(struct desk_page *p)
{
	struct draft_form draft;
	struct str token = web_field_get(p->req, "draft");
	if (!draft_get(p->store, p->who.id, token, &draft, p->arena, p->err))
		return false;
	struct str form = draft.article ? arena_printf(p->arena, "/desk/articles/%lld", (long long)draft.article)
	                                : STR("/desk/articles/new");
	struct str object =
	    arena_printf(p->arena, "%lld %.*s", (long long)draft.article, (int)draft.title.n, draft.title.p);
	struct store_tx *tx = store_begin(p->store, p->err);
	return desk_commit(p, tx,
	           tx && draft_drop(tx, p->who.id, token, p->err) &&
	               audit_add(tx, &p->who, STR("draft.drop"), object, p->err)) &&
	       form.p && desk_go(p, form.p);
}

#include "desk/structure.h"

/* Tags: listed, renamed, put together, taken off. */

static struct str tag_url(struct desk_page *p, const char *before, struct str name)
{
	struct buf out = { 0 };
	buf_adds(&out, before);
	buf_add_uri(&out, name, STR(""));
	return buf_take(&out, p->arena);
}

bool tags_page(struct desk_page *p)
{
	static const char *const keep[] = { "q", "order" };
	struct tag_use *tags;
	size_t n, total;
	struct paging paging = paging_of(p, ROWS_PAGE);
	struct tag_filter f = { .text = str_trim(web_param_get(p->req, "q")),
		.by_use = str_eq(web_param_get(p->req, "order"), STR("use")),
		.offset = paging.offset,
		.limit = paging.limit };
	struct view_value *list = view_set_list(p->root, "tags");
	if (!tag_find(p->store, &f, &tags, &n, &total, p->arena, p->err))
		return false;
	for (size_t i = 0; i < n; i++) {
		struct view_value *v = view_push_object(list);
		view_set_str(v, "tag", tags[i].name);
		view_set_str(v, "url", tag_url(p, "/desk/tags/tag?name=", tags[i].name));
		view_set_int(v, "count", tags[i].articles);
		view_set_str(v, "count_text", view_number(p->arena, p->lang, tags[i].articles));
		view_set_bool(v, "unseen", tags[i].articles == 0);
	}
	view_set_bool(p->root, "has_tags", n > 0);
	view_set_str(p->root, "q", f.text);
	view_set_bool(p->root, "by_use", f.by_use);
	view_set_bool(p->root, "saved", web_param_get(p->req, "saved").n > 0);
	paging_show(p, &paging, total, "/desk/tags", keep, 2);
	return structure_render(p, N_("Tags"), "desk/tags", "tags");
}

static bool show(struct desk_page *p, const struct tag_use *tag)
{
	view_set_str(p->root, "tag", tag->name);
	view_set_str(p->root, "wish", p->req->method == WEB_GET ? tag->name : form_line(p, "to"));
	view_set_int(p->root, "count", tag->articles);
	view_set_str(p->root, "count_text", view_number(p->arena, p->lang, tag->articles));
	view_set_int(p->root, "uses", tag->uses);
	view_set_str(p->root, "uses_text", view_number(p->arena, p->lang, tag->uses));
	if (tag->articles)
		view_set_str(p->root, "public_url", tag_url(p, "/tags/", tag->name));
	return structure_render(p, N_("Tag"), "desk/tag", "tags");
}

bool tag_form(struct desk_page *p)
{
	struct tag_use tag;
	return tag_get(p->store, web_param_get(p->req, "name"), &tag, p->err) && show(p, &tag);
}

/* There is one of that name: putting both together is asked for once more, since it cannot be undone. */
static bool offer_merge(struct desk_page *p, const struct tag_use *tag, struct str to)
{
	struct tag_use other;
	if (!tag_get(p->store, to, &other, p->err))
		return false;
	p->res->status = 409;
	view_set_bool(p->root, "asks_merge", true);
	view_set_str(p->root, "other", to);
	view_set_int(p->root, "others", other.articles);
	view_set_str(p->root, "others_text", view_number(p->arena, p->lang, other.articles));
	return show(p, tag);
}

bool tag_send(struct desk_page *p)
{
	static const struct mend mends[] = {
		{ ERR_INVALID, N_("Write another name: one line without commas, and not too long.") },
	};
	struct tag_use tag;
	struct error why = { 0 };
	size_t articles;
	struct str name = web_field_get(p->req, "name"), to = form_line(p, "to");
	bool delete = form_do(p, "delete"), merge = form_do(p, "merge");
	if (!tag_get(p->store, name, &tag, p->err))
		return false;
	struct store_tx *tx = store_begin(p->store, p->err);
	if (!tx)
		return false;
	bool ok = delete ? tag_delete(tx, name, &articles, p->arena, &why)
	                 : tag_rename(tx, name, to, merge, &articles, p->arena, &why);
	if (!ok && why.code == ERR_EXISTS) {
		store_rollback(tx);
		return offer_merge(p, &tag, to);
	}
	if (!ok)
		return undo(p, tx, &why, mends, 1) && show(p, &tag);
	struct str object =
	    delete ? arena_printf(p->arena, "%.*s (%zu)", (int)name.n, name.p, articles)
	           : arena_printf(p->arena, "%.*s → %.*s (%zu)", (int)name.n, name.p, (int)to.n, to.p, articles);
	return finish(p, tx, delete ? "tag.delete" : merge ? "tag.merge" : "tag.rename", object, STR("/desk/tags?saved=1"));
}

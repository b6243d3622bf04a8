#include "desk/structure.h"

/* What readers asked: questions that they sent, and searches that found nothing again and again. */

#define TITLE_BYTES 200  /* of a question that becomes a title to begin with */
#define SEARCHES_PAGE 15 /* each is searched for again, which takes most of the page's time */

/* Both lists offer the same two answers: an article, or a pin. */
static void show_answers(struct desk_page *p, struct view_value *v, struct str text, const char *pin, struct str value)
{
	struct buf out = { 0 }, pins = { 0 };
	struct str rest = text, line = str_trim(str_split(&rest, '\n'));
	buf_adds(&out, "/desk/articles/new?title=");
	buf_add_uri(&out, str_sub(line, 0, utf8_floor(line, TITLE_BYTES)), STR(""));
	view_set_str(v, "write_url", buf_take(&out, p->arena));
	buf_adds(&pins, pin);
	buf_add_uri(&pins, value, STR(""));
	view_set_str(v, "pin_url", buf_take(&pins, p->arena));
	view_set_str(v, "text", text);
}

/* Does a search for it find something by now? Nobody knows while the index is being made. */
static bool show_now(struct desk_page *p, struct view_value *v, struct str query)
{
	struct search_result found = { 0 };
	struct search_request ask = { .query = query, .lang = p->lang, .limit = 1 };
	if (!search_query(site_search(p->site), &ask, &found, p->arena, p->err))
		return search_is_away(p);
	view_set_bool(v, "answered", found.n_hits > 0 && (found.hits[0].pinned || !found.hits[0].relaxed));
	return true;
}

static void show_shared(struct desk_page *p)
{
	view_set_bool(p->root, "saved", web_param_get(p->req, "saved").n > 0);
	view_set_bool(p->root, "may_write", desk_may(p->who.role, DESK_CREATE));
}

bool questions_page(struct desk_page *p)
{
	struct question *all;
	size_t n;
	struct paging paging = paging_of(p, ROWS_PAGE);
	struct view_value *list = view_set_list(p->root, "questions");
	if (!question_list(p->store, &all, &n, p->arena, p->err))
		return false;
	for (size_t i = paging.offset; i < n && i < paging.offset + paging.limit; i++) {
		struct view_value *v = view_push_object(list);
		show_answers(p, v, all[i].text, "/desk/pins/pin?question=", with_number(p, "", all[i].id));
		view_set_int(v, "id", all[i].id);
		view_set_str(v, "question_lang", all[i].lang);
		view_set_str(v, "lang_name", view_lang_name(all[i].lang));
		view_set_str(v, "day", all[i].day);
		view_set_bool(v, "often", all[i].times > 1);
		view_set_int(v, "times", all[i].times);
		view_set_str(v, "times_text", view_number(p->arena, p->lang, all[i].times));
	}
	view_set_bool(p->root, "has_questions", n > 0);
	show_shared(p);
	paging_show(p, &paging, n, "/desk/questions", NULL, 0);
	return structure_render(p, N_("Questions from readers"), "desk/questions", "questions");
}

/* What one of two people has dismissed, the other may dismiss as well. */
static bool dismissed(struct desk_page *p, struct store_tx *tx, bool ok, const struct error *why, const char *action,
    struct str object, struct str path)
{
	if (ok)
		return finish(p, tx, action, object, path);
	store_rollback(tx);
	if (why->code == ERR_NOT_FOUND)
		return desk_go(p, path.p);
	*p->err = *why;
	return false;
}

bool questions_send(struct desk_page *p)
{
	int64_t id;
	struct error why = { 0 };
	if (!str_to_int(web_field_get(p->req, "id"), &id))
		return error_set(p->err, ERR_USAGE, "the form does not say which question");
	struct store_tx *tx = store_begin(p->store, p->err);
	/* The log keeps the number alone: what was asked is to be forgotten. */
	return tx && dismissed(p, tx, question_delete(tx, id, &why), &why, "question.dismiss", with_number(p, "", id),
	                 STR("/desk/questions?saved=1"));
}

bool searches_page(struct desk_page *p)
{
	struct unanswered *all;
	size_t n;
	struct paging paging = paging_of(p, SEARCHES_PAGE);
	struct view_value *list = view_set_list(p->root, "searches");
	if (!unanswered_list(p->store, &all, &n, p->arena, p->err))
		return false;
	for (size_t i = paging.offset; i < n && i < paging.offset + paging.limit; i++) {
		struct view_value *v = view_push_object(list);
		show_answers(p, v, all[i].query, "/desk/pins/pin?searched=", all[i].query);
		view_set_int(v, "times", all[i].searches);
		view_set_str(v, "times_text", view_number(p->arena, p->lang, all[i].searches));
		view_set_str(v, "first_day", all[i].first_day);
		view_set_str(v, "last_day", all[i].last_day);
		if (!show_now(p, v, all[i].query))
			return false;
	}
	view_set_bool(p->root, "has_searches", n > 0);
	show_shared(p);
	paging_show(p, &paging, n, "/desk/searches", NULL, 0);
	return structure_render(p, N_("Searches in vain"), "desk/searches", "searches");
}

bool searches_send(struct desk_page *p)
{
	struct error why = { 0 };
	struct str query = web_field_get(p->req, "query");
	struct store_tx *tx = store_begin(p->store, p->err);
	return tx && dismissed(p, tx, unanswered_dismiss(tx, query, &why), &why, "search.dismiss", STR(""),
	                 STR("/desk/searches?saved=1"));
}

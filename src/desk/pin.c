#include "desk/structure.h"

/* A pinned answer in the making: a question, the articles in their order, and what readers would see. Nothing is kept until
 * it is saved: the form carries all of it from page to page. */

#define FOUND_MAX 8    /* articles offered for some words */
#define PREVIEW_HITS 5 /* shown of each language's answer */

struct draft {
	int64_t id; /* 0: new */
	struct str query, find;
	int64_t articles[PIN_ARTICLES_MAX];
	size_t n;
	int64_t question;    /* a reader's question that this answers, or */
	struct str searched; /* what was searched for in vain; both leave their list */
};

static bool pin_by(struct desk_page *p, int64_t id, struct str query, struct pin *out, bool *found)
{
	struct pin *all;
	size_t n;
	struct str normal = query_normal(query, p->arena);
	*found = false;
	if (!pin_list(p->store, &all, &n, p->arena, p->err))
		return false;
	for (size_t i = 0; i < n && !*found; i++) {
		*found = id ? all[i].id == id : normal.n && str_eq(query_normal(all[i].query, p->arena), normal);
		if (*found)
			*out = all[i];
	}
	return true;
}

static struct str state_of(struct desk_page *p, const struct pin *pin)
{
	struct buf out = { 0 };
	for (size_t i = 0; i < pin->n_articles; i++)
		buf_printf(&out, "%lld ", (long long)pin->articles[i]);
	buf_add(&out, pin->query);
	return form_state(p, buf_take(&out, p->arena));
}

/* ---- showing ---- */

static bool push_item(struct desk_page *p, struct view_value *list, const struct article_item *item, size_t i, size_t n)
{
	struct view_value *v = view_push_object(list);
	view_set_int(v, "id", item->id);
	view_set_str(v, "title", item->title);
	view_set_str(v, "item_lang", item->lang);
	view_set_str(v, "status", desk_message(p, desk_status_label(item->status)));
	view_set_bool(v, "unseen", item->status != ARTICLE_PUBLISHED);
	view_set_int(v, "number", (int64_t)i + 1);
	view_set_bool(v, "is_first", i == 0);
	view_set_bool(v, "is_last", i + 1 == n);
	return true;
}

static bool show_chosen(struct desk_page *p, struct draft *d)
{
	struct view_value *list = view_set_list(p->root, "chosen");
	size_t kept = 0;
	for (size_t i = 0; i < d->n; i++) {
		struct article_item item;
		struct error none = { 0 };
		if (article_item_by_id(p->store, d->articles[i], &item, p->arena, &none)) {
			d->articles[kept++] = d->articles[i];
			continue;
		}
		/* It was deleted meanwhile. */
		if (none.code != ERR_NOT_FOUND)
			return error_set(p->err, none.code, "%s", none.message);
	}
	d->n = kept;
	for (size_t i = 0; i < d->n; i++) {
		struct article_item item;
		if (!article_item_by_id(p->store, d->articles[i], &item, p->arena, p->err) ||
		    !push_item(p, list, &item, i, d->n))
			return false;
	}
	view_set_bool(p->root, "has_chosen", d->n > 0);
	view_set_bool(p->root, "is_full", d->n == PIN_ARTICLES_MAX);
	return true;
}

static bool among(const struct draft *d, int64_t id)
{
	for (size_t i = 0; i < d->n; i++) {
		if (d->articles[i] == id)
			return true;
	}
	return false;
}

/* Articles to choose from: as readers would find them. */
static bool show_found(struct desk_page *p, const struct draft *d)
{
	struct search_result found = { 0 };
	struct search_request ask = { .query = d->find, .lang = p->lang, .limit = FOUND_MAX, .as_if = true };
	struct view_value *list = view_set_list(p->root, "found");
	size_t shown = 0;
	if (d->find.n == 0)
		return true;
	if (!search_query(site_search(p->site), &ask, &found, p->arena, p->err))
		return false;
	for (size_t i = 0; i < found.n_hits; i++) {
		struct article_item item = { .id = found.hits[i].article,
			.title = found.hits[i].title,
			.lang = found.hits[i].lang,
			.status = ARTICLE_PUBLISHED };
		if (!among(d, item.id) && !push_item(p, list, &item, shown++, FOUND_MAX))
			return false;
	}
	view_set_bool(p->root, "has_found", shown > 0);
	view_set_bool(p->root, "found_none", shown == 0);
	return true;
}

static bool preview_in(struct desk_page *p, struct view_value *list, const struct draft *d, struct str lang)
{
	struct search_result found = { 0 };
	struct search_request ask = { .query = d->query,
		.lang = lang,
		.limit = PREVIEW_HITS,
		.as_if = true,
		.pinned = d->articles,
		.n_pinned = d->n,
		.snippets = true };
	/* The form is there also while the index is being made; what readers will see is not. */
	if (!search_query(site_search(p->site), &ask, &found, p->arena, p->err))
		return search_is_away(p);
	struct view_value *v = view_push_object(list), *hits = view_set_list(v, "hits");
	view_set_str(v, "lang_name", view_lang_name(lang));
	for (size_t i = 0; i < found.n_hits; i++) {
		struct view_value *hit = view_push_object(hits);
		view_set_html(hit, "title_html", found.hits[i].title_html);
		view_set_html(hit, "snippet_html", found.hits[i].snippet_html);
		view_set_str(hit, "hit_lang", found.hits[i].lang);
		view_set_bool(hit, "pinned", found.hits[i].pinned);
	}
	view_set_bool(v, "nothing", found.n_hits == 0);
	return true;
}

static bool show_preview(struct desk_page *p, const struct draft *d)
{
	struct view_value *list = view_set_list(p->root, "previews");
	bool shown = query_normal(d->query, p->arena).n > 0;
	for (size_t i = 0; shown && i < p->settings.n_langs; i++) {
		if (!preview_in(p, list, d, p->settings.langs[i]))
			return false;
	}
	view_set_bool(p->root, "has_preview", shown);
	return true;
}

static bool show(struct desk_page *p, struct draft *d, struct str base)
{
	if (!show_chosen(p, d) || !show_found(p, d) || !show_preview(p, d))
		return false;
	view_set_int(p->root, "id", d->id);
	view_set_bool(p->root, "is_new", d->id == 0);
	view_set_str(p->root, "query", d->query);
	view_set_str(p->root, "find", d->find);
	view_set_str(p->root, "base", base);
	view_set_int(p->root, "question", d->question);
	view_set_str(p->root, "searched", d->searched);
	view_set_bool(p->root, "answers_one", d->question || d->searched.n);
	return structure_render(p, d->id ? N_("Pinned answer") : N_("New pinned answer"), "desk/pin", "pins");
}

static bool question_by_id(struct desk_page *p, int64_t id, struct str *text)
{
	struct question *all;
	size_t n;
	if (!question_list(p->store, &all, &n, p->arena, p->err))
		return false;
	for (size_t i = 0; i < n; i++) {
		if (all[i].id == id) {
			*text = all[i].text;
			return true;
		}
	}
	return error_set(p->err, ERR_NOT_FOUND, "there is no such question");
}

/* A question may be a whole letter; what is searched for is a line. */
static struct str first_line(struct str text)
{
	struct str line = str_trim(str_split(&text, '\n'));
	return str_sub(line, 0, utf8_floor(line, QUERY_MAX));
}

bool pin_form(struct desk_page *p)
{
	struct draft d = { .query = str_trim(web_param_get(p->req, "query")),
		.searched = web_param_get(p->req, "searched") };
	struct pin pin;
	bool found = false;
	str_to_int(web_param_get(p->req, "id"), &d.id);
	str_to_int(web_param_get(p->req, "question"), &d.question);
	if (d.question && !question_by_id(p, d.question, &d.query))
		return false;
	d.query = d.searched.n ? d.searched : first_line(d.query);
	if (!pin_by(p, d.id, d.query, &pin, &found))
		return false;
	if (d.id && !found)
		return error_set(p->err, ERR_NOT_FOUND, "there is no such pinned answer");
	if (!found) {
		d.find = d.query;
		return show(p, &d, STR(""));
	}
	d.id = pin.id;
	d.query = pin.query;
	for (; d.n < pin.n_articles; d.n++)
		d.articles[d.n] = pin.articles[d.n];
	return show(p, &d, state_of(p, &pin));
}

/* ---- changing ---- */

static void read_draft(struct desk_page *p, struct draft *d)
{
	*d = (struct draft){
		.query = form_line(p, "query"), .find = form_line(p, "find"), .searched = web_field_get(p->req, "searched")
	};
	str_to_int(web_field_get(p->req, "id"), &d->id);
	str_to_int(web_field_get(p->req, "question"), &d->question);
	for (size_t i = 0; i < p->req->n_fields && d->n < PIN_ARTICLES_MAX; i++) {
		int64_t id;
		if (str_eq(p->req->fields[i].name, STR("article")) && str_to_int(p->req->fields[i].value, &id) && !among(d, id))
			d->articles[d->n++] = id;
	}
}

/* "add 12", "up 12", "down 12", "remove 12". */
static void apply(struct draft *d, struct str step)
{
	int64_t id;
	size_t at = 0;
	struct str what = str_split(&step, ' ');
	if (!str_to_int(step, &id))
		return;
	while (at < d->n && d->articles[at] != id)
		at++;
	if (at == d->n) {
		if (str_eq(what, STR("add")) && d->n < PIN_ARTICLES_MAX)
			d->articles[d->n++] = id;
	} else if (str_eq(what, STR("up")) && at > 0) {
		d->articles[at] = d->articles[at - 1];
		d->articles[at - 1] = id;
	} else if (str_eq(what, STR("down")) && at + 1 < d->n) {
		d->articles[at] = d->articles[at + 1];
		d->articles[at + 1] = id;
	} else if (str_eq(what, STR("remove"))) {
		for (d->n--; at < d->n; at++)
			d->articles[at] = d->articles[at + 1];
	}
}

static const struct mend MENDS[] = {
	{ ERR_INVALID, N_("A pinned answer needs a question and an article at least.") },
	{ ERR_TOO_LARGE, N_("There are too many pinned answers. Remove one that is no longer needed.") },
	{ ERR_CONFLICT, N_("Somebody else changed this pinned answer meanwhile. Nothing was saved; open it again.") },
	{ ERR_EXISTS, N_("There is a pinned answer to this question already. Change that one.") },
};

/* What was asked is answered, and leaves its list. Somebody may have taken it off already. */
static bool leave_lists(struct desk_page *p, struct store_tx *tx, const struct draft *d, struct error *why)
{
	struct error none = { 0 };
	if (web_field_get(p->req, "answered").n == 0)
		return true;
	if (d->question && !question_delete(tx, d->question, &none) && none.code != ERR_NOT_FOUND)
		return error_set(why, none.code, "%s", none.message);
	if (d->searched.n && !unanswered_dismiss(tx, d->searched, &none) && none.code != ERR_NOT_FOUND)
		return error_set(why, none.code, "%s", none.message);
	return true;
}

static bool write(struct desk_page *p, struct store_tx *tx, const struct draft *d, struct error *why)
{
	struct pin now, pin = { .query = d->query, .articles = d->articles, .n_articles = d->n };
	bool found, delete = form_do(p, "delete");
	if (d->id) {
		if (!pin_by(p, d->id, STR(""), &now, &found))
			return error_set(why, p->err->code, "%s", p->err->message);
		if (!found || !str_eq(web_field_get(p->req, "base"), state_of(p, &now)))
			return error_set(why, ERR_CONFLICT, "the pinned answer was changed meanwhile");
		if (!pin_delete(tx, d->id, why))
			return false;
	}
	if (delete)
		return true;
	if (!pin_by(p, 0, d->query, &now, &found))
		return error_set(why, p->err->code, "%s", p->err->message);
	if (found && now.id != d->id)
		return error_set(why, ERR_EXISTS, "the question has a pinned answer");
	return pin_save(tx, &pin, p->arena, why) && leave_lists(p, tx, d, why);
}

bool pin_send(struct desk_page *p)
{
	struct draft d;
	struct error why = { 0 };
	bool delete = form_do(p, "delete");
	read_draft(p, &d);
	if (!form_do(p, "save") && !delete) {
		apply(&d, web_field_get(p->req, "do"));
		return show(p, &d, web_field_get(p->req, "base"));
	}
	struct store_tx *tx = store_begin(p->store, p->err);
	if (!tx)
		return false;
	if (!write(p, tx, &d, &why))
		return undo(p, tx, &why, MENDS, sizeof MENDS / sizeof *MENDS) && show(p, &d, web_field_get(p->req, "base"));
	return finish(p, tx, delete ? "pin.delete" : "pin.save", d.query, STR("/desk/pins?saved=1"));
}

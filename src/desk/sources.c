#include "desk/sources.h"

/* What articles cite: found, seen at a glance; and the links among them that are dead. */

#define SOURCES_PAGE 50

const char *source_state_label(enum source_state state)
{
	static const char *const labels[] = { N_("not checked"), N_("answers"), N_("moved"), N_("did not answer"),
		N_("dead link") };
	return labels[state];
}

void source_line(struct desk_page *p, struct view_value *list, const struct source_record *s)
{
	struct view_value *v = view_push_object(list);
	view_set_str(v, "url", arena_printf(p->arena, "/desk/sources/%lld", (long long)s->id));
	view_set_str(v, "address", s->url);
	view_set_str(v, "title", s->title.n ? s->title : s->url);
	view_set_bool(v, "titled", s->title.n > 0);
	view_set_str(v, "outlet", s->outlet);
	view_set_str(v, "published", view_partial_date(p->arena, p->lang, s->published));
	view_set_str(v, "state", desk_message(p, source_state_label(s->state)));
	view_set_bool(v, "strong", s->state >= SOURCE_FAILING);
	view_set_bool(v, "checked", s->state != SOURCE_UNCHECKED);
	view_set_int(v, "count", s->articles);
	view_set_str(v, "count_text", view_number(p->arena, p->lang, s->articles));
	view_set_str(
	    v, "archive_url", s->archive_url.n ? s->archive_url : source_archive_guess(s->url, s->accessed, p->arena));
	view_set_str(v, "goal", s->goal);
	view_set_str(v, "checked_at", s->checked_at ? desk_time(p, s->checked_at) : STR(""));
	if (s->status)
		view_set_int(v, "status", s->status);
}

static struct str page_url(struct desk_page *p, const char *path, const struct source_filter *f, size_t page)
{
	struct buf out = { 0 };
	buf_printf(&out, "%s?page=%zu", path, page);
	if (f->state >= 0)
		buf_printf(&out, "&state=%d", f->state);
	if (f->uncited)
		buf_adds(&out, "&state=uncited");
	if (f->words.n) {
		buf_adds(&out, "&q=");
		buf_add_uri(&out, f->words, STR(""));
	}
	return buf_take(&out, p->arena);
}

static bool show_list(struct desk_page *p, const char *path, struct source_filter *f)
{
	struct source_record *all;
	size_t n, total;
	int64_t page = 1;
	if (!str_to_int(web_param_get(p->req, "page"), &page) || page < 1 || page > 1000000)
		page = 1;
	f->limit = SOURCES_PAGE;
	f->offset = (size_t)(page - 1) * SOURCES_PAGE;
	if (!source_list(p->store, f, &all, &n, &total, p->arena, p->err))
		return false;
	struct view_value *list = view_set_list(p->root, "sources");
	for (size_t i = 0; i < n; i++)
		source_line(p, list, &all[i]);
	view_set_bool(p->root, "has_sources", n > 0);
	view_set_int(p->root, "total", (int64_t)total);
	view_set_str(p->root, "total_text", view_number(p->arena, p->lang, (int64_t)total));
	view_set_str(p->root, "q", f->words);
	if (page > 1)
		view_set_str(p->root, "previous_url", page_url(p, path, f, (size_t)page - 1));
	if (f->offset + n < total && n > 0)
		view_set_str(p->root, "next_url", page_url(p, path, f, (size_t)page + 1));
	return true;
}

bool sources_page(struct desk_page *p)
{
	int64_t state;
	struct str asked = web_param_get(p->req, "state");
	struct source_filter f = {
		.words = str_trim(web_param_get(p->req, "q")), .state = -1, .uncited = str_eq(asked, STR("uncited"))
	};
	if (str_to_int(asked, &state) && state >= SOURCE_UNCHECKED && state <= SOURCE_DEAD)
		f.state = (int)state;
	struct view_value *states = view_set_list(p->root, "states");
	for (int i = SOURCE_UNCHECKED; i <= SOURCE_DEAD; i++)
		desk_choice(states, arena_printf(p->arena, "%d", i), desk_message(p, source_state_label((enum source_state)i)),
		    i == f.state);
	desk_choice(states, STR("uncited"), desk_message(p, N_("cited nowhere")), f.uncited);
	view_set_bool(p->root, "filtered", f.words.n || f.state >= 0 || f.uncited);
	view_set_bool(p->root, "saved", web_param_get(p->req, "saved").n > 0);
	return show_list(p, "/desk/sources", &f) && desk_render(p, N_("Sources"), "desk/sources");
}

/* ---- links ---- */

bool links_page(struct desk_page *p)
{
	int64_t state = SOURCE_DEAD;
	struct link_counts c;
	struct source_filter f = { .words = STR("") };
	if (!str_to_int(web_param_get(p->req, "state"), &state) || state < SOURCE_UNCHECKED || state > SOURCE_DEAD)
		state = SOURCE_DEAD;
	f.state = (int)state;
	if (!link_counts(p->store, &c, p->err) || !show_list(p, "/desk/links", &f))
		return false;
	const int64_t counts[] = { c.unchecked, c.alive, c.moved, c.failing, c.dead };
	struct view_value *tabs = view_set_list(p->root, "tabs");
	for (int i = SOURCE_DEAD; i >= SOURCE_UNCHECKED; i--) {
		struct view_value *t = view_push_object(tabs);
		view_set_str(t, "url", arena_printf(p->arena, "/desk/links?state=%d", i));
		view_set_str(t, "label", desk_message(p, source_state_label((enum source_state)i)));
		view_set_str(t, "count_text", view_number(p->arena, p->lang, counts[i]));
		view_set_bool(t, "current", i == f.state);
	}
	view_set_bool(p->root, "on", str_eq(setting_value(p->store, STR("link_check"), p->arena), STR("on")));
	view_set_bool(p->root, "may_switch", desk_may(p->who.role, DESK_PUBLISH));
	view_set_bool(p->root, "saved", web_param_get(p->req, "saved").n > 0);
	view_set_bool(p->root, "dead_shown", f.state == SOURCE_DEAD || f.state == SOURCE_FAILING);
	return desk_render(p, N_("Links"), "desk/links");
}

bool links_send(struct desk_page *p)
{
	struct str what = web_field_get(p->req, "do");
	if (!str_eq(what, STR("on")) && !str_eq(what, STR("off")))
		return error_set(p->err, ERR_USAGE, "the form does not say what to do");
	struct store_tx *tx = store_begin(p->store, p->err);
	bool ok = tx && setting_set(tx, STR("link_check"), what, p->err) &&
	          audit_add(tx, &p->who, STR("links.check"), what, p->err);
	return desk_commit(p, tx, ok) && desk_go(p, "/desk/links?saved=1");
}

bool source_notices(struct desk_page *p, int64_t article)
{
	struct cited_source *cited;
	size_t n;
	bool any = false;
	struct view_value *list = view_set_list(p->root, "dead_links");
	if (article == 0)
		return true;
	if (!source_of_article(p->store, article, &cited, &n, p->arena, p->err))
		return false;
	for (size_t i = 0; i < n; i++) {
		if (cited[i].source.state != SOURCE_DEAD || cited[i].source.archive_url.n)
			continue;
		source_line(p, list, &cited[i].source);
		any = true;
	}
	view_set_bool(p->root, "has_dead_links", any);
	return true;
}

#include "desk/settings.h"

#include "search/search.h"

/* The desk's first page: what waits, how the site grows, whether it is well. */

#define MONTHS 12
#define WAITING_SHOWN 5
#define SEARCHES_SHOWN 8
#define LABEL_CHARS 12 /* of a search beside its bar; the table has all of it */
#define BACKUP_OLD_DAYS 8

/* A number with a link. One more is one more row. */
static const struct tile {
	const char *label;
	store_count *count;
	const char *url;       /* NULL: no link */
	enum desk_right right; /* who is shown it */
	bool waits;            /* more than none asks for somebody */
} TILES[] = {
	{ N_("Drafts"), overview_drafts, "/desk/articles?status=draft", DESK_SEE, false },
	{ N_("Waiting for review"), overview_in_review, "/desk/articles?status=review", DESK_SEE, true },
	{ N_("Scheduled"), overview_scheduled, "/desk/articles?status=scheduled", DESK_SEE, false },
	{ N_("Public articles"), overview_published, "/desk/articles?status=published", DESK_SEE, false },
	{ N_("Questions of readers"), overview_questions, "/desk/questions", DESK_SEARCH, true },
	{ N_("Translations behind"), overview_behind, "/desk/translate", DESK_TRANSLATE, true },
	{ N_("Dead links"), overview_dead_links, "/desk/links", DESK_SEE, true },
	{ N_("Searches that find nothing"), overview_unanswered, "#searches", DESK_SEE, true },
};

static bool show_tiles(struct desk_page *p)
{
	struct view_value *list = view_set_list(p->root, "tiles");
	for (size_t i = 0; i < sizeof TILES / sizeof *TILES; i++) {
		int64_t n;
		if (!desk_may(p->who.role, TILES[i].right))
			continue;
		if (!TILES[i].count(p->store, &n, p->err))
			return false;
		struct view_value *v = view_push_object(list);
		view_set_str(v, "label", desk_message(p, TILES[i].label));
		view_set_str(v, "number", view_number(p->arena, p->lang, n));
		view_set_str(v, "url", str_from(TILES[i].url));
		view_set_bool(v, "waits", TILES[i].waits && n > 0);
	}
	return true;
}

static bool show_waiting(struct desk_page *p, const char *key, enum article_status status)
{
	struct article_item *items;
	size_t n;
	if (!article_waiting(p->store, status, WAITING_SHOWN, &items, &n, p->arena, p->err))
		return false;
	struct view_value *section = n ? view_set_object(p->root, key) : NULL, *list = view_set_list(section, "articles");
	for (size_t i = 0; i < n; i++) {
		struct view_value *v = view_push_object(list);
		view_set_str(v, "url", arena_printf(p->arena, "/desk/articles/%lld", (long long)items[i].id));
		view_set_str(v, "title", items[i].title);
		view_set_str(v, "item_lang", items[i].lang);
		view_set_str(v, "at", desk_time(p, status == ARTICLE_SCHEDULED ? items[i].published_at : items[i].updated_at));
	}
	return true;
}

static bool plot_months(struct desk_page *p)
{
	struct month_count months[MONTHS];
	struct plot_bar bars[MONTHS];
	if (!published_by_month(p->store, p->now, p->settings.time_offset, months, MONTHS, p->err))
		return false;
	for (size_t i = 0; i < MONTHS; i++)
		bars[i] = (struct plot_bar){ arena_printf(p->arena, "%02d/%02d", months[i].year % 100, months[i].month),
			view_number(p->arena, p->lang, months[i].articles), months[i].articles };
	plot_columns(p, "months", bars, MONTHS);
	return true;
}

static struct str cut(struct desk_page *p, struct str s)
{
	size_t end = 0, count = 0;
	while (end < s.n && count++ < LABEL_CHARS)
		utf8_next(s, &end);
	return end == s.n ? s : arena_printf(p->arena, "%.*s…", (int)end, s.p);
}

static bool plot_searches(struct desk_page *p)
{
	struct unanswered top[SEARCHES_SHOWN];
	struct plot_bar bars[SEARCHES_SHOWN];
	size_t n;
	if (!unanswered_top(p->store, SEARCHES_SHOWN, top, &n, p->arena, p->err))
		return false;
	struct view_value *rows = view_set_list(p->root, "searches_rows");
	for (size_t i = 0; i < n; i++) {
		struct str times = view_number(p->arena, p->lang, top[i].searches);
		bars[i] = (struct plot_bar){ cut(p, top[i].query), times, top[i].searches };
		struct view_value *row = view_push_object(rows);
		view_set_str(row, "query", top[i].query);
		view_set_str(row, "times", times);
	}
	plot_rows(p, "searches", bars, n);
	return true;
}

static struct str size_text(struct desk_page *p, int64_t bytes)
{
	const int64_t mib = 1024 * 1024, gib = mib * 1024;
	if (bytes >= gib)
		return arena_printf(p->arena, "%lld.%lld GiB", (long long)(bytes / gib), (long long)(bytes % gib * 10 / gib));
	return arena_printf(p->arena, "%lld.%lld MiB", (long long)(bytes / mib), (long long)(bytes % mib * 10 / mib));
}

static bool show_state(struct desk_page *p)
{
	int64_t backup, bytes, room, days;
	struct search_stats index = { 0 };
	struct error unready = { 0 };
	struct view_value *v = view_set_object(p->root, "state");
	if (!store_backup_time(p->store, &backup, p->err) || !store_space(p->store, &bytes, &room, p->err))
		return false;
	days = (p->now - backup) / 86400;
	if (backup)
		view_set_str(v, "backup", desk_time(p, backup));
	view_set_int(v, "days", days);
	view_set_bool(v, "backup_old", !backup || days >= BACKUP_OLD_DAYS);
	view_set_str(v, "database", size_text(p, bytes));
	view_set_str(v, "room", size_text(p, room));
	view_set_bool(v, "room_short", room < bytes + (int64_t)(64 * MIB));
	struct search *search = site_search(p->site);
	view_set_bool(v, "index_building", search_stale(search));
	if (!search_stale(search) && search_stats(search, &index, &unready)) {
		view_set_str(v, "index_articles", view_number(p->arena, p->lang, index.articles));
		view_set_str(v, "index_size", size_text(p, index.bytes));
	}
	return true;
}

bool overview_page(struct desk_page *p)
{
	if (!show_tiles(p) || !show_waiting(p, "in_review", ARTICLE_REVIEW) ||
	    !show_waiting(p, "scheduled", ARTICLE_SCHEDULED) || !plot_months(p) || !plot_searches(p))
		return false;
	if (desk_may(p->who.role, DESK_SETTINGS) && !show_state(p))
		return false;
	return desk_render(p, N_("Overview"), "desk/overview");
}

#include "desk/settings.h"

#include <stdio.h>

/* The links at the head and the foot of each page, in each language: a form each. Without script, each button saves what the
 * form says and does what it is for. */

static const char *const PLACES[] = { "menu_header", "menu_footer" };
static const char *const LABELS[] = { N_("At the head of each page"), N_("At the foot of each page") };

struct menu {
	struct str name; /* of the setting */
	struct menu_link links[MENU_LINKS_MAX + 1];
	size_t n;
};

static void show_links(struct desk_page *p, struct view_value *v, const struct menu *menu)
{
	struct view_value *list = view_set_list(v, "links");
	for (size_t i = 0; i < menu->n; i++) {
		struct view_value *link = view_push_object(list);
		view_set_int(link, "i", (int64_t)i);
		view_set_int(link, "nth", (int64_t)i + 1);
		view_set_str(link, "url", menu->links[i].url);
		view_set_str(link, "link_label", menu->links[i].label);
		view_set_bool(link, "not_first", i > 0);
		view_set_bool(link, "not_last", i + 1 < menu->n);
	}
	view_set_bool(v, "has_links", menu->n > 0);
	view_set_bool(v, "full", menu->n >= MENU_LINKS_MAX);
	(void)p;
}

/* The published pages of a language, to be chosen. */
static bool show_pages(struct desk_page *p, struct view_value *v, struct str lang)
{
	struct page_item *pages;
	size_t n;
	struct view_value *list = view_set_list(v, "choices");
	if (!page_list(p->store, &pages, &n, p->arena, p->err))
		return false;
	for (size_t i = 0; i < n; i++) {
		if (str_eq(pages[i].lang, lang) && pages[i].status == ARTICLE_PUBLISHED) {
			desk_choice(list, arena_printf(p->arena, "%lld", (long long)pages[i].id), pages[i].title, false);
			view_set_bool(v, "has_choices", true);
		}
	}
	return true;
}

static bool kept(struct desk_page *p, struct menu *menu)
{
	struct menu_link *links;
	size_t line;
	menu->n = 0;
	if (!menu_parse(setting_value(p->store, menu->name, p->arena), &links, &menu->n, &line, p->arena, p->err))
		return false;
	for (size_t i = 0; i < menu->n; i++)
		menu->links[i] = links[i];
	return true;
}

/* `sent`: what a form said that could not be saved, in the place of what is kept; or NULL. */
static bool show(struct desk_page *p, const struct menu *sent)
{
	struct view_value *list = view_set_list(p->root, "menus");
	for (size_t l = 0; l < p->settings.n_langs; l++) {
		for (size_t i = 0; i < sizeof PLACES / sizeof *PLACES; i++) {
			struct str lang = p->settings.langs[l];
			struct menu menu = { .name = arena_printf(p->arena, "%s.%.*s", PLACES[i], (int)lang.n, lang.p) };
			struct view_value *v = view_push_object(list);
			bool this_one = sent && str_eq(sent->name, menu.name);
			view_set_str(v, "menu", menu.name);
			view_set_str(v, "place", desk_message(p, LABELS[i]));
			view_set_str(v, "menu_lang", lang);
			view_set_str(v, "lang_name", view_lang_name(lang));
			view_set_bool(v, "first_of_lang", i == 0);
			if (!this_one && !kept(p, &menu))
				return false;
			show_links(p, v, this_one ? sent : &menu);
			if (!show_pages(p, v, lang))
				return false;
		}
	}
	view_set_bool(p->root, "on_menus", true);
	return settings_render(p, N_("Menus"), "desk/menus");
}

bool menus_page(struct desk_page *p)
{
	return show(p, NULL);
}

/* ---- what is sent ---- */

static bool known_menu(const struct desk_page *p, struct str name, struct str *lang)
{
	for (size_t i = 0; i < sizeof PLACES / sizeof *PLACES; i++) {
		struct str place = str_from(PLACES[i]);
		*lang = str_skip(name, place.n + 1);
		if (!str_starts(name, place) || name.n <= place.n + 1 || name.p[place.n] != '.')
			continue;
		for (size_t l = 0; l < p->settings.n_langs; l++) {
			if (str_eq(p->settings.langs[l], *lang))
				return true;
		}
	}
	return false;
}

/* An empty row is one that was not filled in. */
static void read_links(struct desk_page *p, struct menu *menu)
{
	for (size_t i = 0; i <= MENU_LINKS_MAX; i++) {
		char url[24], label[24];
		snprintf(url, sizeof url, "url%zu", i);
		snprintf(label, sizeof label, "label%zu", i);
		struct menu_link link = { .url = desk_line(p, url), .label = desk_line(p, label) };
		if (link.url.n || link.label.n)
			menu->links[menu->n++] = link;
	}
}

static void swap_links(struct menu *menu, size_t a, size_t b)
{
	struct menu_link link = menu->links[a];
	menu->links[a] = menu->links[b];
	menu->links[b] = link;
}

/* "up 2", "down 0", "remove 1": the rows as the form counts them. */
static void act(struct menu *menu, struct str what)
{
	int64_t n;
	struct str rest = what, verb = str_split(&rest, ' ');
	if (!str_to_int(rest, &n) || n < 0 || (size_t)n >= menu->n)
		return;
	size_t i = (size_t)n;
	if (str_eq(verb, STR("up")) && i > 0)
		swap_links(menu, i, i - 1);
	if (str_eq(verb, STR("down")) && i + 1 < menu->n)
		swap_links(menu, i, i + 1);
	if (!str_eq(verb, STR("remove")))
		return;
	for (menu->n--; i < menu->n; i++)
		menu->links[i] = menu->links[i + 1];
}

/* A page that was chosen goes to the end, with its title. */
static bool add_page(struct desk_page *p, struct menu *menu)
{
	int64_t id;
	struct page_item *pages;
	size_t n;
	if (!str_to_int(web_field_get(p->req, "page"), &id) || menu->n > MENU_LINKS_MAX)
		return true;
	if (!page_list(p->store, &pages, &n, p->arena, p->err))
		return false;
	for (size_t i = 0; i < n; i++) {
		if (pages[i].id == id)
			menu->links[menu->n++] =
			    (struct menu_link){ site_page_path(p->arena, p->settings.default_lang, pages[i].lang, pages[i].slug),
				    pages[i].title };
	}
	return true;
}

bool menus_send(struct desk_page *p)
{
	struct setting_changes c = { .n = 0 };
	struct error why = { 0 };
	struct menu menu = { .name = web_field_get(p->req, "menu") };
	struct str lang;
	bool same = false;
	if (!known_menu(p, menu.name, &lang))
		return error_set(p->err, ERR_USAGE, "there is no such menu");
	read_links(p, &menu);
	act(&menu, web_field_get(p->req, "do"));
	if (!add_page(p, &menu) || !settings_unchanged(p, &same))
		return false;
	if (!same)
		return show(p, &menu);
	setting_want(p, &c, menu.name, menu_text(menu.links, menu.n, p->arena));
	struct store_tx *tx = store_begin(p->store, p->err);
	if (!tx)
		return false;
	if (settings_write(p, &c, tx, &why))
		return store_commit(tx, p->err) &&
		       desk_go(p, arena_printf(p->arena, "/desk/settings/menus?saved=1#%.*s", (int)menu.name.n, menu.name.p).p);
	store_rollback(tx);
	if (why.code != ERR_INVALID && why.code != ERR_TOO_LARGE) {
		*p->err = why;
		return false;
	}
	desk_problem(p, 422,
	    why.code == ERR_TOO_LARGE
	        ? N_("Nothing was saved: a menu has at most 20 links.")
	        : N_("Nothing was saved: each link needs a short label, and an address that starts with / or https:// or mailto:."));
	return show(p, &menu);
}

#include "desk/settings.h"

/* What the site is called and says, its languages, time and address; and what all forms of settings share. */

enum kind { LINE, TEXT };
struct field {
	const char *name, *label, *note, *problem;
	enum kind kind;
};

static const struct field EACH_LANG[] = {
	{ "name", N_("Name of the site"), NULL, NULL, LINE },
	{ "greeting", N_("Greeting on the front page"), NULL, NULL, LINE },
	{ "description", N_("Description of the site"), N_("Stands below the search field, and in search engines."), NULL,
	    LINE },
	{ "footer", N_("Text at the foot of each page"), N_("Markdown: [words](https://…) makes a link."), NULL, TEXT },
};
static const struct field SITE[] = {
	{ "languages", N_("Languages of the pages"),
	    N_("Their codes with spaces between them, the main one first, such as: ja en. The main one has the short addresses."),
	    N_("Write codes of languages such as ja, en or zh-Hant, with spaces between them, twelve at most."), LINE },
	{ "time_zone", N_("Time zone"), N_("A place such as Asia/Tokyo, or hours from UTC such as +09:00."),
	    N_("There is no such time zone. Write a place such as Asia/Tokyo, or hours such as +09:00."), LINE },
	{ "base_url", N_("Address of the site"),
	    N_("Such as https://help.example.org, without a slash at its end. Feeds, invitations and search engines need it."),
	    N_("Write the address from https:// to the name of the site, without a slash at its end."), LINE },
	{ "page_size", N_("Articles on a page of a list"), NULL, N_("Write a number from 1 to 100."), LINE },
};
#define COUNT(array) (sizeof(array) / sizeof *(array))

/* ---- shared ---- */

void setting_want(struct desk_page *p, struct setting_changes *c, struct str name, struct str value)
{
	if (c->n < PARAMS_MAX && !str_eq(setting_value(p->store, name, p->arena), value))
		c->items[c->n++] = (struct setting_change){ name, value };
}

bool settings_unchanged(struct desk_page *p, bool *same)
{
	struct str state = settings_state(p->store, p->arena, p->err);
	if (state.n == 0)
		return false;
	*same = str_eq(state, web_field_get(p->req, "base"));
	if (!*same)
		desk_problem(p, 409,
		    N_("Somebody else changed the settings meanwhile. Nothing was saved: your values stand below; save again to keep them."));
	return true;
}

bool settings_write(struct desk_page *p, struct setting_changes *c, struct store_tx *tx, struct error *err)
{
	struct buf names = { 0 };
	for (c->failed = 0; c->failed < c->n; c->failed++) {
		const struct setting_change *change = &c->items[c->failed];
		if (!setting_set(tx, change->name, change->value, err)) {
			buf_free(&names);
			return false;
		}
		buf_adds(&names, c->failed ? ", " : "");
		buf_add(&names, change->name);
	}
	struct str all = buf_take(&names, p->arena);
	if (!all.p)
		return error_memory(err);
	return c->n == 0 || audit_add(tx, &p->who, STR("settings.save"), all, err);
}

bool settings_render(struct desk_page *p, const char *title, const char *template)
{
	struct str state = settings_state(p->store, p->arena, p->err);
	if (state.n == 0)
		return false;
	view_set_str(p->root, "base", state);
	view_set_bool(p->root, "saved", p->req->method == WEB_GET && web_param_get(p->req, "saved").n > 0);
	return desk_render(p, title, template);
}

/* ---- this page ---- */

/* One setting for people, two in the store. */
static struct str languages(struct desk_page *p)
{
	struct buf out = { 0 };
	for (size_t i = 0; i < p->settings.n_langs; i++) {
		buf_adds(&out, i ? " " : "");
		buf_add(&out, p->settings.langs[i]);
	}
	return buf_take(&out, p->arena);
}

static struct str field_name(struct desk_page *p, const struct field *f, struct str lang)
{
	struct str name = str_from(f->name);
	return lang.n ? arena_printf(p->arena, "%s.%.*s", f->name, (int)lang.n, lang.p) : name;
}

static struct str sent(struct desk_page *p, const struct field *f, struct str name)
{
	char *key = arena_cstr(p->arena, name);
	return !key ? STR("") : f->kind == TEXT ? desk_text(p, key) : desk_line(p, key);
}

static struct str kept(struct desk_page *p, const struct field *f, struct str name)
{
	return f == &SITE[0] ? languages(p) : setting_value(p->store, name, p->arena);
}

/* `failed`: the name of the setting that was refused. */
static void show_field(
    struct desk_page *p, struct view_value *list, const struct field *f, struct str lang, struct str failed)
{
	struct view_value *v = view_push_object(list);
	struct str name = field_name(p, f, lang);
	view_set_str(v, "name", name);
	view_set_str(v, "label", desk_message(p, f->label));
	view_set_str(v, "value", p->req->method == WEB_POST ? sent(p, f, name) : kept(p, f, name));
	view_set_str(v, "note", f->note ? desk_message(p, f->note) : STR(""));
	view_set_str(v, "value_lang", lang);
	view_set_bool(v, "is_text", f->kind == TEXT);
	view_set_bool(v, "is_zone", str_eq(name, STR("time_zone")));
	if (failed.n && str_eq(failed, name))
		view_set_str(v, "wrong", desk_message(p, f->problem ? f->problem : N_("A field is too long.")));
}

static bool show(struct desk_page *p, struct str failed)
{
	struct str *names;
	size_t n;
	struct view_value *groups = view_set_list(p->root, "groups"), *site = view_set_list(p->root, "site_fields"),
	                  *zones = view_set_list(p->root, "zones");
	for (size_t i = 0; i < p->settings.n_langs; i++) {
		struct view_value *group = view_push_object(groups), *list = view_set_list(group, "fields");
		view_set_str(group, "name", view_lang_name(p->settings.langs[i]));
		for (size_t f = 0; f < COUNT(EACH_LANG); f++)
			show_field(p, list, &EACH_LANG[f], p->settings.langs[i], failed);
	}
	for (size_t f = 0; f < COUNT(SITE); f++)
		show_field(p, site, &SITE[f], STR(""), failed);
	if (!zone_names(&names, &n, p->arena))
		return error_memory(p->err);
	for (size_t i = 0; i < n; i++)
		view_push_str(zones, names[i]);
	view_set_bool(p->root, "on_settings", true);
	return settings_render(p, N_("Settings"), "desk/settings");
}

bool settings_page(struct desk_page *p)
{
	return show(p, STR(""));
}

static void want_languages(struct desk_page *p, struct setting_changes *c, struct str list)
{
	struct str rest = list, first = str_split(&rest, ' ');
	if (str_eq(list, languages(p)))
		return;
	setting_want(p, c, STR("languages"), list);
	setting_want(p, c, STR("default_lang"), first);
}

static void gather(struct desk_page *p, struct setting_changes *c)
{
	for (size_t f = 0; f < COUNT(SITE); f++) {
		struct str name = str_from(SITE[f].name), value = sent(p, &SITE[f], name);
		if (f == 0)
			want_languages(p, c, value);
		else
			setting_want(p, c, name, value);
	}
	for (size_t i = 0; i < p->settings.n_langs; i++) {
		for (size_t f = 0; f < COUNT(EACH_LANG); f++) {
			struct str name = field_name(p, &EACH_LANG[f], p->settings.langs[i]);
			setting_want(p, c, name, sent(p, &EACH_LANG[f], name));
		}
	}
}

bool settings_send(struct desk_page *p)
{
	struct setting_changes c = { .n = 0 };
	struct error why = { 0 };
	bool same = false;
	gather(p, &c);
	if (!settings_unchanged(p, &same))
		return false;
	if (!same)
		return show(p, STR(""));
	struct store_tx *tx = store_begin(p->store, p->err);
	if (!tx)
		return false;
	if (settings_write(p, &c, tx, &why))
		return store_commit(tx, p->err) && desk_go(p, "/desk/settings?saved=1");
	store_rollback(tx);
	if (why.code != ERR_INVALID && why.code != ERR_TOO_LARGE) {
		*p->err = why;
		return false;
	}
	struct str failed = c.items[c.failed].name;
	desk_problem(p, 422, N_("Nothing was saved: one value is not right. It is marked below."));
	return show(p, str_eq(failed, STR("default_lang")) ? STR("languages") : failed);
}

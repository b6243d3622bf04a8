#include "desk/page.h"

#include <string.h>

#define SESSION_COOKIE "kairan_desk"
#define FORM_COOKIE "kairan_form"
#define DEVICE_COOKIE "kairan_device"
#define PATH STR("/desk")

static struct str choose_lang(const struct desk_page *p)
{
	struct str asked = p->in ? p->who.lang : STR("");
	for (size_t i = 0; i < p->settings.n_langs; i++) {
		if (str_eq(asked, p->settings.langs[i]))
			return asked;
	}
	asked = web_accept_language(p->req->accept_language, p->settings.langs, p->settings.n_langs);
	return asked.n ? asked : p->settings.default_lang;
}

/* The token of a form, from the cookie of its sender: who can read neither cannot make one. */
static struct str form_token(struct desk_page *p, struct str cookie)
{
	char hash[HASH_HEX_MAX];
	struct str text = arena_printf(p->arena, "form of %.*s", (int)cookie.n, cookie.p);
	if (!text.p || cookie.n == 0)
		return STR("");
	hash_hex(text, 32, hash);
	return arena_dup(p->arena, str_from(hash));
}

static bool read_session(struct desk_page *p)
{
	struct error none = { 0 };
	struct str token = web_cookie_get(p->req, SESSION_COOKIE);
	if (token.n && session_find(p->store, token, p->now, &p->session, &p->who, p->arena, &none)) {
		p->in = true;
		p->csrf = form_token(p, token);
		return true;
	}
	if (token.n && none.code != ERR_NOT_FOUND) {
		*p->err = none;
		return false;
	}
	p->csrf = form_token(p, web_cookie_get(p->req, FORM_COOKIE));
	return true;
}

bool desk_begin(struct desk_page *p, const struct web_request *req, struct web_response *res, struct error *err)
{
	*p = (struct desk_page){
		.site = req->user, .req = req, .res = res, .arena = req->arena, .err = err, .now = clock_now()
	};
	p->store = site_store(p->site);
	res->no_store = true;
	if (!settings_read(p->store, &p->settings, p->arena, err) || !read_session(p))
		return false;
	p->lang = choose_lang(p);
	p->catalog = site_catalog(p->site, p->lang);
	p->root = view_object(p->arena);
	return p->root ? true : error_memory(err);
}

bool desk_form_is_ours(const struct desk_page *p)
{
	struct str got = web_field_get(p->req, "csrf");
	unsigned char differs = 0;
	if (p->csrf.n == 0 || got.n != p->csrf.n)
		return false;
	for (size_t i = 0; i < got.n; i++)
		differs = (unsigned char)(differs | (got.p[i] ^ p->csrf.p[i]));
	return differs == 0;
}

static bool set_cookie(struct desk_page *p, const char *name, struct str value, int64_t age)
{
	bool secure = str_starts_ci(p->settings.base_url, STR("https://"));
	return web_set_cookie(p->res, str_from(name), value, PATH, age, secure, p->arena, p->err);
}

bool desk_form_cookie(struct desk_page *p)
{
	if (p->csrf.n)
		return true;
	struct str token = random_token(p->arena, 32);
	if (!token.p)
		return error_memory(p->err);
	p->csrf = form_token(p, token);
	return set_cookie(p, FORM_COOKIE, token, 86400);
}

bool desk_session_cookie(struct desk_page *p, struct str token)
{
	return set_cookie(p, SESSION_COOKIE, token, token.n ? SESSION_SECONDS : 0);
}

static void set_asset(struct desk_page *p, const char *key, const char *name)
{
	const struct theme_asset *asset = theme_asset(site_theme(p->site), str_from(name));
	if (asset)
		view_set_str(p->root, key, arena_printf(p->arena, "/assets/%.*s/%s", (int)asset->hash.n, asset->hash.p, name));
}

struct str desk_device(const struct desk_page *p)
{
	return web_cookie_get(p->req, DEVICE_COOKIE);
}

bool desk_device_cookie(struct desk_page *p, struct str device)
{
	return device.n == 0 || set_cookie(p, DEVICE_COOKIE, device, SIGNIN_DEVICE_SECONDS);
}

void desk_script(struct desk_page *p, const char *name)
{
	set_asset(p, "script", name);
}

struct str desk_message(const struct desk_page *p, const char *msgid)
{
	return catalog_get(p->catalog, str_from(msgid));
}

bool desk_enter(struct desk_page *p, struct str token)
{
	p->in = session_find(p->store, token, p->now, &p->session, &p->who, p->arena, p->err);
	p->csrf = form_token(p, token);
	return p->in && desk_session_cookie(p, token);
}

void desk_problem(struct desk_page *p, int status, const char *msgid)
{
	p->res->status = status;
	view_set_str(p->root, "problem", desk_message(p, msgid));
}

bool desk_render(struct desk_page *p, const char *title_msgid, const char *template)
{
	struct view_value *site = view_set_object(p->root, "site");
	view_set_str(site, "name", setting_text(p->store, "name", p->lang, p->arena));
	view_set_str(p->root, "lang", p->lang);
	view_set_str(p->root, "page_title", desk_message(p, title_msgid));
	view_set_str(p->root, "csrf", p->csrf);
	set_asset(p, "css", "style.css");
	set_asset(p, "desk_css", "desk.css");
	set_asset(p, "editor_js", "editor.js");
	set_asset(p, "icon", "icon.svg");
	if (p->in) {
		struct view_value *me = view_set_object(p->root, "me");
		view_set_str(me, "name", p->who.name.n ? p->who.name : p->who.login);
		view_set_str(me, "login", p->who.login);
		view_set_str(me, "role", desk_message(p, desk_role_label(p->who.role)));
		view_set_bool(p->root, "may_create", desk_may(p->who.role, DESK_CREATE));
		view_set_bool(p->root, "may_translate", desk_may(p->who.role, DESK_TRANSLATE));
		view_set_bool(p->root, "may_people", desk_may(p->who.role, DESK_PEOPLE));
		view_set_bool(p->root, "may_structure", desk_may(p->who.role, DESK_STRUCTURE));
		view_set_bool(p->root, "may_search", desk_may(p->who.role, DESK_SEARCH));
		view_set_bool(p->root, "may_webhooks", desk_may(p->who.role, DESK_WEBHOOKS));
		view_set_bool(p->root, "may_publish", desk_may(p->who.role, DESK_PUBLISH));
		view_set_bool(p->root, "may_settings", desk_may(p->who.role, DESK_SETTINGS));
		view_set_bool(p->root, "may_log", desk_may(p->who.role, DESK_LOG));
	}
	if (view_failed(p->root))
		return error_memory(p->err);
	return theme_render(site_theme(p->site), template, p->root, p->catalog, &p->res->body, p->err);
}

bool desk_go(struct desk_page *p, const char *path)
{
	web_redirect(p->res, 303, str_from(path));
	return true;
}

struct str desk_time(const struct desk_page *p, int64_t t)
{
	struct civil c = civil_from_unix(t + settings_offset(&p->settings, t));
	return arena_printf(p->arena, "%04d-%02d-%02d %02d:%02d", c.year, c.month, c.day, c.hour, c.minute);
}

void desk_choice(struct view_value *list, struct str value, struct str label, bool chosen)
{
	struct view_value *entry = view_push_object(list);
	view_set_str(entry, "value", value);
	view_set_str(entry, "label", label);
	view_set_bool(entry, "chosen", chosen);
}

const char *desk_role_label(enum role role)
{
	static const char *const labels[ROLES] = { N_("Owner"), N_("Editor"), N_("Translator"), N_("Author"),
		N_("Reviewer") };
	return labels[role];
}

const char *desk_status_label(enum article_status status)
{
	static const char *const labels[] = { N_("Draft"), N_("In review"), N_("Scheduled"), N_("Public"), N_("Private"),
		N_("Archived"), N_("In the trash") };
	return labels[status];
}

bool desk_capture_id(const struct desk_page *p, size_t i, int64_t *id)
{
	if (str_to_int(p->req->captures[i], id) && *id > 0)
		return true;
	return error_set(p->err, ERR_NOT_FOUND, "there is no such page");
}

struct desk_work desk_work(struct desk_page *p)
{
	return (struct desk_work){ .site = p->site,
		.store = p->store,
		.settings = &p->settings,
		.who = &p->who,
		.name = p->who.name.n ? p->who.name : p->who.login,
		.now = p->now,
		.arena = p->arena,
		.err = p->err };
}

bool desk_commit(struct desk_page *p, struct store_tx *tx, bool ok)
{
	if (ok && tx)
		return store_commit(tx, p->err);
	store_rollback(tx);
	return false;
}

#include "store/inner.h"

#include <stdio.h>
#include <string.h>

/* Every setting with its default; a name with a language after the dot exists for each language. */
static const struct default_setting {
	const char *name, *value;
} DEFAULTS[] = {
	{ "default_lang", "ja" },
	{ "languages", "ja en" },
	{ "base_url", "" },
	{ "accent", "#0b5a6f" },
	{ "accent_dark", "" }, /* empty: made from the other */
	{ "css", "" },
	{ "icon", "" }, /* the path of an image; empty: the theme's */
	{ "time_zone", "+09:00" },
	{ "page_size", "30" },
	{ "disposable", "" }, /* mail domains, beside the built-in list */
	{ "link_check", "off" },
	{ "link_archive", "" },
	{ "name.ja", "ヘルプセンター" },
	{ "name.en", "Help centre" },
	{ "greeting.ja", "こんにちは。何をお探しですか？" },
	{ "greeting.en", "Howdy! How can we help you?" },
	{ "description.ja", "プライバシー、監視、検閲についての解説と資料" },
	{ "description.en", "Guides and sources on privacy, surveillance and censorship" },
	{ "footer.ja", "" },
	{ "footer.en", "" },
	{ "menu_header.ja", "" },
	{ "menu_header.en", "" },
	{ "menu_footer.ja", "" },
	{ "menu_footer.en", "" },
};
static const char *const TEXTS[] = { "name", "greeting", "description", "footer" };
static const char *const MENUS[] = { "menu_header", "menu_footer" };
#define CSS_HASH STR("css_hash") /* kept beside "css", so that no page hashes it; not a setting of its own */

static struct str default_of(struct str name)
{
	for (size_t i = 0; i < sizeof DEFAULTS / sizeof *DEFAULTS; i++) {
		if (str_eq(name, str_from(DEFAULTS[i].name)))
			return str_from(DEFAULTS[i].value);
	}
	return (struct str){ 0 };
}

/* p is NULL where the setting is neither kept nor known. */
static bool read_one(struct db_conn *conn, struct str name, struct str *out, struct arena *arena, struct error *err)
{
	struct db_rows *rows = db_query(conn, err, "SELECT value FROM setting WHERE name = $1", "s", name);
	*out = default_of(name);
	if (rows && db_next(rows))
		*out = db_dup(rows, 0, arena);
	return rows && db_done(rows);
}

/* Hours from UTC, or a name. */
static bool parse_zone(struct str value, const struct zone **zone, int *offset)
{
	int64_t t;
	char date[64];
	struct error ignored = { 0 };
	if ((*zone = zone_find(value, &ignored))) {
		*offset = zone_offset(*zone, clock_now());
		return true;
	}
	if (value.n == 0 || value.n > 8)
		return false;
	int n = snprintf(date, sizeof date, "1970-01-02T00:00:00%.*s", (int)value.n, value.p);
	if (n < 0 || !time_parse(str_of(date, (size_t)n), 0, &t))
		return false;
	*offset = (int)(86400 - t);
	return true;
}

static bool parse_langs(struct settings *s, struct str list, struct arena *arena)
{
	s->langs = arena_array(arena, SITE_LANGS_MAX, sizeof *s->langs);
	if (!s->langs)
		return false;
	s->langs[s->n_langs++] = s->default_lang;
	while (list.n) {
		struct str lang = str_split(&list, ' ');
		if (lang.n && !str_eq(lang, s->default_lang) && s->n_langs < SITE_LANGS_MAX)
			s->langs[s->n_langs++] = lang;
	}
	return true;
}

/* All that pages ask for, in one statement. */
static const char READ[] = "SELECT name, value FROM setting WHERE name IN ('default_lang', 'languages', 'base_url',"
                           " 'accent', 'accent_dark', 'time_zone', 'page_size', 'icon', 'css_hash')";

bool settings_read_on(struct db_conn *conn, struct settings *s, struct arena *arena, struct error *err)
{
	struct str langs, zone, size;
	int64_t n;
	*s = (struct settings){ .page_size = 30, .time_offset = 9 * 3600 };
	const struct {
		struct str name, *value;
	} wanted[] = { { STR("default_lang"), &s->default_lang }, { STR("languages"), &langs },
		{ STR("base_url"), &s->base_url }, { STR("accent"), &s->accent }, { STR("accent_dark"), &s->accent_dark },
		{ STR("time_zone"), &zone }, { STR("page_size"), &size }, { STR("icon"), &s->icon },
		{ CSS_HASH, &s->css_hash } };
	for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++)
		*wanted[i].value = default_of(wanted[i].name);
	struct db_rows *rows = db_query(conn, err, READ, "");
	while (rows && db_next(rows)) {
		for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++) {
			if (str_eq(db_str(rows, 0), wanted[i].name))
				*wanted[i].value = db_dup(rows, 1, arena);
		}
	}
	if (!rows || !db_done(rows))
		return false;
	parse_zone(zone, &s->zone, &s->time_offset);
	if (str_to_int(size, &n) && n > 0 && n <= PAGE_SIZE_MAX)
		s->page_size = (size_t)n;
	return parse_langs(s, langs, arena) ? true : error_memory(err);
}

int settings_offset(const struct settings *s, int64_t t)
{
	return s->zone ? zone_offset(s->zone, t) : s->time_offset;
}

bool settings_parse_time(const struct settings *s, struct str text, int64_t *out)
{
	int64_t near;
	/* Of the hour that comes twice, the one that is as now. */
	return time_parse(text, s->time_offset, &near) && time_parse(text, settings_offset(s, near), out);
}

bool settings_read(struct store *store, struct settings *out, struct arena *arena, struct error *err)
{
	struct db_conn *conn = db_reader(store->db, err);
	return conn && settings_read_on(conn, out, arena, err);
}

struct str setting_text(struct store *store, const char *key, struct str lang, struct arena *arena)
{
	struct error ignored = { 0 };
	struct settings s;
	struct str value = { 0 };
	struct db_conn *conn = db_reader(store->db, &ignored);
	if (!conn)
		return STR("");
	/* A site has a name and a greeting in each language: left empty, another's serve. */
	bool needed = str_eq(str_from(key), STR("name")) || str_eq(str_from(key), STR("greeting"));
	struct str name = arena_printf(arena, "%s.%.*s", key, (int)lang.n, lang.p);
	if (read_one(conn, name, &value, arena, &ignored) && (needed ? value.n > 0 : value.p != NULL))
		return value;
	if (!settings_read_on(conn, &s, arena, &ignored))
		return STR("");
	name = arena_printf(arena, "%s.%.*s", key, (int)s.default_lang.n, s.default_lang.p);
	if (read_one(conn, name, &value, arena, &ignored) && (needed ? value.n > 0 : value.p != NULL))
		return value;
	return default_of(arena_printf(arena, "%s.en", key));
}

struct str setting_value(struct store *store, struct str name, struct arena *arena)
{
	struct error ignored = { 0 };
	struct str value = { 0 };
	struct db_conn *conn = db_reader(store->db, &ignored);
	return conn && read_one(conn, name, &value, arena, &ignored) ? value : STR("");
}

/* ---- checks ---- */

static bool valid_lang(struct str lang)
{
	if (lang.n < 2 || lang.n > 35)
		return false;
	for (size_t i = 0; i < lang.n; i++) {
		char c = lang.p[i];
		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-'))
			return false;
	}
	return true;
}

static bool valid_langs(struct str list)
{
	size_t n = 0;
	while (list.n) {
		struct str lang = str_split(&list, ' ');
		if (lang.n && (!valid_lang(lang) || ++n > SITE_LANGS_MAX))
			return false;
	}
	return n > 0;
}

static bool valid_colour(struct str s)
{
	if (s.n != 7 || s.p[0] != '#')
		return false;
	for (size_t i = 1; i < s.n; i++) {
		char c = s.p[i];
		if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F')))
			return false;
	}
	return true;
}

static bool valid_base(struct str s)
{
	if (s.n == 0)
		return true;
	if (!(str_starts(s, STR("https://")) || str_starts(s, STR("http://"))) || str_ends(s, STR("/")))
		return false;
	for (size_t i = 0; i < s.n; i++) {
		if ((unsigned char)s.p[i] <= ' ' || s.p[i] == '"' || s.p[i] == '<' || s.p[i] == '>')
			return false;
	}
	return true;
}

/* One of these with a language after it? */
static bool is_one_of(struct str name, const char *const *texts, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct str text = str_from(texts[i]);
		if (str_starts(name, text) && name.n > text.n && name.p[text.n] == '.')
			return valid_lang(str_skip(name, text.n + 1));
	}
	return false;
}

static bool valid_icon(struct str path)
{
	static const struct str start = { "/media/", 7 };
	if (path.n == 0)
		return true;
	struct str rest = str_skip(path, start.n), hash = str_split(&rest, '/');
	bool fine = str_starts(path, start) && hash.n == 32 && rest.n > 0;
	for (size_t i = 0; i < path.n; i++)
		fine = fine && (unsigned char)path.p[i] > ' ' && !strchr("\"'<>\\?#", path.p[i]);
	return fine;
}

static bool check_css(struct str css, struct error *err)
{
	size_t line;
	enum doc_css_problem problem = doc_css_check(css, &line);
	if (problem == DOC_CSS_FINE)
		return true;
	return error_set(err, problem == DOC_CSS_TOO_LONG ? ERR_TOO_LARGE : ERR_INVALID, "css, line %zu: %s", line,
	    doc_css_problem_text(problem));
}

static bool check_menu(struct str value, struct error *err)
{
	struct arena *arena = arena_new();
	struct menu_link *links;
	size_t n, line;
	bool ok = arena ? menu_parse(value, &links, &n, &line, arena, err) : error_memory(err);
	arena_free(arena);
	return ok;
}

static bool check(struct str name, struct str value, struct error *err)
{
	int offset;
	const struct zone *zone;
	int64_t n;
	if (is_one_of(name, TEXTS, sizeof TEXTS / sizeof *TEXTS))
		return value.n <= SETTING_MAX || error_set(err, ERR_TOO_LARGE, "the text is longer than 64 KiB");
	if (is_one_of(name, MENUS, sizeof MENUS / sizeof *MENUS))
		return check_menu(value, err);
	if (str_eq(name, STR("css")))
		return check_css(value, err);
	if (str_eq(name, STR("icon")))
		return valid_icon(value) || error_set(err, ERR_INVALID, "icon wants the path of an image, /media/…");
	if (str_eq(name, STR("default_lang")))
		return valid_lang(value) || error_set(err, ERR_INVALID, "default_lang wants a language such as ja");
	if (str_eq(name, STR("languages")))
		return valid_langs(value) || error_set(err, ERR_INVALID, "languages wants a list such as \"ja en\"");
	if (str_eq(name, STR("base_url")))
		return valid_base(value) ||
		       error_set(err, ERR_INVALID,
		           "base_url wants an address such as https://help.example.org, without a slash at its end");
	if (str_eq(name, STR("accent")) || (str_eq(name, STR("accent_dark")) && value.n))
		return valid_colour(value) || error_set(err, ERR_INVALID, "an accent wants a colour such as #0b5a6f");
	if (str_eq(name, STR("accent_dark")))
		return true;
	if (str_eq(name, STR("time_zone")))
		return parse_zone(value, &zone, &offset) ||
		       error_set(err, ERR_INVALID, "time_zone wants a name such as Asia/Tokyo or an offset such as +09:00");
	if (str_eq(name, STR("disposable")))
		return value.n <= SETTING_MAX || error_set(err, ERR_TOO_LARGE, "the list is longer than 64 KiB");
	if (str_eq(name, STR("link_check")))
		return str_eq(value, STR("on")) || str_eq(value, STR("off")) ||
		       error_set(err, ERR_INVALID, "link_check is on or off");
	if (str_eq(name, STR("link_archive")))
		return valid_base(value) ||
		       error_set(err, ERR_INVALID,
		           "link_archive wants an address such as https://archive.org/wayback/available, or nothing");
	if (str_eq(name, STR("page_size")))
		return (str_to_int(value, &n) && n >= 1 && n <= PAGE_SIZE_MAX) ||
		       error_set(err, ERR_INVALID, "page_size wants a number from 1 to %d", PAGE_SIZE_MAX);
	return error_set(err, ERR_INVALID, "there is no setting \"%.*s\"; `kairan setting list` shows them",
	    (int)(name.n > 60 ? 60 : name.n), name.p);
}

static bool write(struct store_tx *tx, struct str name, struct str value, struct error *err)
{
	return db_exec(tx->conn, err,
	    "INSERT INTO setting (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = $2", "ss", name,
	    value);
}

static bool write_css_hash(struct store_tx *tx, struct str css, struct error *err)
{
	char hash[HASH_HEX_MAX] = "";
	if (css.n)
		hash_hex(css, 16, hash);
	return write(tx, CSS_HASH, str_from(hash), err);
}

bool setting_set(struct store_tx *tx, struct str name, struct str value, struct error *err)
{
	if (!utf8_valid(value))
		return error_set(err, ERR_INVALID, "the value is not UTF-8");
	if (!check(name, value, err) || !write(tx, name, value, err) ||
	    (str_eq(name, STR("css")) && !write_css_hash(tx, value, err)) || !change_add(tx, CHANGE_SETTINGS, 0, err))
		return false;
	tx->has_settings = false;
	/* Who is shown which version depends on the languages. */
	if (str_eq(name, STR("languages")) || str_eq(name, STR("default_lang")))
		return listed_rebuild(tx, err);
	return true;
}

bool setting_list(
    struct store *store, struct str **names, struct str **values, size_t *n, struct arena *arena, struct error *err)
{
	const size_t known = sizeof DEFAULTS / sizeof *DEFAULTS;
	size_t cap = known;
	struct db_conn *conn = db_reader(store->db, err);
	*names = arena_array(arena, cap, sizeof **names);
	*values = arena_array(arena, cap, sizeof **values);
	if (!conn || !*names || !*values)
		return conn ? error_memory(err) : false;
	for (*n = 0; *n < known; *n += 1) {
		(*names)[*n] = str_from(DEFAULTS[*n].name);
		if (!read_one(conn, (*names)[*n], &(*values)[*n], arena, err))
			return false;
	}
	struct db_rows *rows = db_query(conn, err, "SELECT name, value FROM setting ORDER BY name", "");
	while (rows && db_next(rows)) {
		if (default_of(db_str(rows, 0)).p || str_eq(db_str(rows, 0), CSS_HASH))
			continue;
		size_t cap_values = cap;
		*names = grow_array(arena, *names, *n, &cap, sizeof **names);
		*values = grow_array(arena, *values, *n, &cap_values, sizeof **values);
		if (!*names || !*values)
			break;
		(*names)[*n] = db_dup(rows, 0, arena);
		(*values)[(*n)++] = db_dup(rows, 1, arena);
	}
	return rows && db_done(rows);
}

struct str settings_state(struct store *store, struct arena *arena, struct error *err)
{
	struct str *names, *values;
	char hash[HASH_HEX_MAX];
	size_t n = 0;
	struct buf all = { 0 };
	if (!setting_list(store, &names, &values, &n, arena, err))
		return STR("");
	for (size_t i = 0; i < n; i++) {
		buf_printf(&all, "%zu %zu ", names[i].n, values[i].n);
		buf_add(&all, names[i]);
		buf_add(&all, values[i]);
	}
	hash_hex(buf_str(&all), 16, hash);
	bool failed = all.failed;
	buf_free(&all);
	if (failed)
		error_memory(err);
	return failed ? STR("") : arena_dup(arena, str_from(hash));
}

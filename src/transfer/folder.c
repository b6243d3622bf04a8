#include "transfer/folder.h"

#include <string.h>

#define LANGS_MAX 8

struct folder_group {
	struct str key;
	int64_t id;
	struct str langs[LANGS_MAX];
	size_t n_langs;
};

bool path_is_local(struct str url)
{
	if (url.n == 0 || url.p[0] == '#' || str_starts(url, STR("//")))
		return false;
	for (size_t i = 0; i < url.n && url.p[i] != '/' && url.p[i] != '?' && url.p[i] != '#'; i++) {
		if (url.p[i] == ':')
			return false;
	}
	return true;
}

struct str path_folder(struct str name)
{
	while (name.n && name.p[name.n - 1] != '/')
		name.n--;
	return name.n ? str_sub(name, 0, name.n - 1) : name;
}

struct str path_base(struct str name)
{
	struct str folder = path_folder(name);
	return folder.n ? str_skip(name, folder.n + 1) : name;
}

struct str path_stem(struct str base)
{
	for (size_t i = base.n; i > 1; i--) {
		if (base.p[i - 1] == '.')
			return str_sub(base, 0, i - 1);
	}
	return base;
}

struct str path_decoded(struct str url, struct arena *arena)
{
	size_t n = 0;
	while (n < url.n && url.p[n] != '#' && url.p[n] != '?')
		n++;
	struct str path = uri_decode(arena, str_sub(url, 0, n));
	return utf8_valid(path) && !memchr(path.p ? path.p : "", 0, path.n) ? path : STR("");
}

/* ---- languages ---- */

/* ISO 639-1, and a region behind it. */
static bool is_language(struct str s)
{
	static const char codes[] =
	    " aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co cr cs cu cv cy da "
	    "de dv dz ee el en eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz "
	    "ia id ie ig ii ik io is it iu ja jv ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln "
	    "lo lt lu lv mg mh mi mk ml mn mr ms mt my na nb nd ne ng nl nn no nr nv ny oc oj om or os pa pi "
	    "pl ps pt qu rm rn ro ru rw sa sc sd se sg si sk sl sm sn so sq sr ss st su sv sw ta te tg th ti "
	    "tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu ";
	char code[] = { ' ', 0, 0, ' ' };
	if (s.n < 2 || (s.n > 2 && s.p[2] != '-' && s.p[2] != '_') || s.n > 10 || s.n == 3)
		return false;
	code[1] = (char)(s.p[0] | 32);
	code[2] = (char)(s.p[1] | 32);
	return str_find(str_from(codes), str_of(code, sizeof code)) >= 0;
}

static struct str normal_language(struct folder *f, struct str s)
{
	for (size_t i = 0; i < f->im->settings.n_langs; i++) {
		if (str_eq_ci(s, f->im->settings.langs[i]))
			return f->im->settings.langs[i];
	}
	return str_sub(s, 0, 2);
}

/* "vpn.en" of "vpn.en.md": the language and how long the stem is without it. */
static struct str suffix_language(struct str stem, size_t *n)
{
	struct str without = path_stem(stem);
	*n = stem.n;
	if (without.n == stem.n || !is_language(str_skip(stem, without.n + 1)))
		return STR("");
	*n = without.n;
	return str_skip(stem, without.n + 1);
}

/* A folder called by a language is one only at the top, or right below what holds the site. */
static bool is_language_folder(struct str part, int depth)
{
	return depth < 3 && is_language(part);
}

struct str folder_language(struct folder *f, struct str name)
{
	size_t n;
	int depth = 0;
	struct str told = suffix_language(path_stem(path_base(name)), &n);
	for (struct str rest = path_folder(name); rest.n && told.n == 0;) {
		struct str part = str_split(&rest, '/');
		if (is_language_folder(part, depth++))
			told = part;
	}
	return told.n ? normal_language(f, told) : told;
}

struct str folder_key(struct folder *f, struct str name)
{
	struct buf out = { 0 };
	size_t n;
	int depth = 0;
	struct str stem = path_stem(path_base(name));
	for (struct str rest = path_folder(name); rest.n;) {
		struct str part = str_split(&rest, '/');
		if (!is_language_folder(part, depth++)) {
			buf_add(&out, part);
			buf_addc(&out, '/');
		}
	}
	suffix_language(stem, &n);
	buf_add(&out, str_sub(stem, 0, n));
	return buf_take(&out, f->im->arena);
}

/* ---- groups ---- */

static struct folder_group *group_of(struct folder *f, struct str key)
{
	size_t at = (size_t)str_hash(key) & f->mask;
	while (f->groups[at].key.n && !str_eq(f->groups[at].key, key))
		at = (at + 1) & f->mask;
	return &f->groups[at];
}

void folder_group(struct folder *f, struct str key, struct article *a)
{
	struct folder_group *g = key.n ? group_of(f, key) : NULL;
	for (size_t i = 0; g && i < g->n_langs; i++) {
		if (str_eq(g->langs[i], a->lang)) {
			import_note(f->im, a->source, "another file is this article's version in the same language", key);
			return;
		}
	}
	if (g && g->n_langs < LANGS_MAX)
		a->group_id = g->id;
}

void folder_grouped(struct folder *f, struct str key, const struct article *a)
{
	struct folder_group *g = key.n ? group_of(f, key) : NULL;
	if (!g || g->n_langs == LANGS_MAX || (g->id && g->id != a->group_id))
		return;
	if (g->key.n == 0)
		g->key = arena_dup(f->im->kept, key);
	g->id = a->group_id;
	g->langs[g->n_langs++] = arena_dup(f->im->kept, a->lang);
}

/* ---- categories ---- */

static bool only_holds_the_site(struct str part, int depth)
{
	static const char *const names[] = { "content", "contents", "posts", "_posts", "_drafts", "articles", "pages",
		"docs", "blog", "html", "public", "site", "src", "www", "public_html", "htdocs", "entries" };
	bool digits = true;
	for (size_t i = 0; i < part.n; i++)
		digits = digits && part.p[i] >= '0' && part.p[i] <= '9';
	if (digits || is_language_folder(part, depth))
		return true;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		if (str_eq_ci(part, str_from(names[i])))
			return true;
	}
	return false;
}

bool folder_is_bundle(const struct folder *f, struct str name)
{
	size_t n;
	struct str folder = path_folder(name), stem = path_stem(path_base(name));
	suffix_language(stem, &n);
	if (!str_eq(str_sub(stem, 0, n), STR("index")) || folder.n == 0)
		return false;
	for (size_t i = f->at; i > 0 && str_starts(f->files[i - 1], folder); i--) {
		if (str_eq(path_folder(f->files[i - 1]), folder) && !str_starts(path_base(f->files[i - 1]), STR("index.")))
			return false;
	}
	for (size_t i = f->at + 1; i < f->n && str_starts(f->files[i], folder); i++) {
		if (str_eq(path_folder(f->files[i]), folder) && !str_starts(path_base(f->files[i]), STR("index.")))
			return false;
	}
	return true;
}

bool folder_category(struct folder *f, struct str name, int64_t *id)
{
	struct str folder = path_folder(name);
	int depth = 0;
	if (folder_is_bundle(f, name))
		folder = path_folder(folder);
	*id = f->last_category;
	if (f->last.p && str_eq(f->last, folder))
		return true;
	*id = 0;
	for (struct str rest = folder; rest.n;) {
		struct str part = str_split(&rest, '/');
		if (only_holds_the_site(part, depth++))
			continue;
		int64_t parent = *id;
		if (!import_category(f->im, part, part, parent, id))
			return false;
	}
	f->last = arena_dup(f->im->kept, folder);
	f->last_category = *id;
	return true;
}

/* ---- redirects ---- */

bool folder_redirects(struct folder *f, struct str name, int64_t article)
{
	struct import *im = f->im;
	size_t n;
	struct str folder = path_folder(name), stem = path_stem(path_base(name));
	suffix_language(stem, &n);
	bool index = str_eq(str_sub(stem, 0, n), STR("index"));
	if (!import_redirect(im, arena_printf(im->arena, "/%.*s", (int)name.n, name.p), article))
		return false;
	if (index)
		return import_redirect(im, arena_printf(im->arena, "/%.*s", (int)folder.n, folder.p), article);
	return true;
}

/* ---- the loop ---- */

static bool make_groups(struct folder *f)
{
	size_t size = 16;
	/* A file may have a key of its own and one that it names. */
	while (size < f->n * 4)
		size *= 2;
	f->groups = arena_array(f->im->kept, size, sizeof *f->groups);
	f->mask = size - 1;
	return f->groups ? true : error_memory(f->im->err);
}

/* A file that cannot be read or understood is listed; a fault of memory or database ends the import. */
static bool import_one(const struct folder_format *format, struct folder *f, const struct ahead_file *file)
{
	struct import *im = f->im;
	struct str name = f->files[f->at];
	if (file->bad)
		import_note(im, name, "bytes that are no text became \xEF\xBF\xBD",
		    arena_printf(im->arena, "%zu (%.*s)", file->bad, (int)(file->charset.n ? file->charset.n : 5),
		        file->charset.n ? file->charset.p : "UTF-8"));
	bool ready = file->read && (file->parsed || !format->parse);
	if (ready && format->file(f, name, file->text, file->parsed))
		return true;
	if (!ready)
		*im->err = file->err;
	if (im->err->code == ERR_MEMORY || im->err->code == ERR_DB || (file->read && im->err->code == ERR_IO))
		return false;
	import_note(im, name, im->err->message, STR(""));
	*im->err = (struct error){ 0 };
	return true;
}

static bool import_files(const struct folder_format *format, struct folder *f)
{
	struct import *im = f->im;
	struct ahead *ahead = ahead_new(format, f->dir, f->files, f->n, im->err);
	bool ok = ahead != NULL;
	for (f->at = 0; ok && f->at < f->n; f->at++) {
		arena_reset(im->arena);
		ok = import_one(format, f, ahead_next(ahead));
		if (im->options->progress)
			im->options->progress(im->options->user, f->at + 1, (double)(f->at + 1) / (double)f->n);
	}
	ahead_free(ahead);
	return ok;
}

bool folder_import(const struct folder_format *format, struct store *store, const char *dir,
    const struct import_options *options, struct import_summary *sum, struct arena *kept, struct error *err)
{
	struct import im;
	struct folder f = { .im = &im, .dir = dir };
	uint64_t started = clock_mono_us();
	if (!files_below(dir, format->endings, &f.files, &f.n, kept, err) ||
	    !import_begin(&im, store, options, sum, kept, err))
		return false;
	bool ok = make_groups(&f) && (!format->before || format->before(&f)) && import_files(format, &f);
	return import_end(&im, ok, started);
}

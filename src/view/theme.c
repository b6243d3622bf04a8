#include "view/inner.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define FILES_MAX 128
#define BUILT_IN "themes/default/"
#define ENDING STR(".mustache")

struct theme {
	struct arena *arena;
	char *dir; /* of overrides, or NULL */
	uint64_t stamp;
	struct template_source templates[FILES_MAX];
	size_t n_templates;
	struct theme_asset assets[FILES_MAX];
	size_t n_assets;
};

static struct str type_of(struct str name)
{
	static const char *const types[][2] = { { ".css", "text/css; charset=utf-8" },
		{ ".js", "text/javascript; charset=utf-8" }, { ".svg", "image/svg+xml" }, { ".png", "image/png" },
		{ ".jpg", "image/jpeg" }, { ".webp", "image/webp" }, { ".woff2", "font/woff2" },
		{ ".txt", "text/plain; charset=utf-8" } };
	for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
		if (str_ends(name, str_from(types[i][0])))
			return str_from(types[i][1]);
	}
	return STR("application/octet-stream");
}

/* Adds a file, or puts it in the place of its namesake. */
static bool add_file(struct theme *t, struct str name, struct str data, struct error *err)
{
	char hash[HASH_HEX_MAX];
	if (str_ends(name, ENDING)) {
		struct str short_name = str_sub(name, 0, name.n - ENDING.n);
		size_t i = 0;
		while (i < t->n_templates && !str_eq(t->templates[i].name, short_name))
			i++;
		if (i == FILES_MAX)
			return error_set(err, ERR_TOO_LARGE, "a theme has at most %d templates", FILES_MAX);
		t->n_templates += i == t->n_templates;
		t->templates[i] = (struct template_source){ .name = short_name, .text = data };
		return true;
	}
	size_t i = 0;
	while (i < t->n_assets && !str_eq(t->assets[i].name, name))
		i++;
	if (i == FILES_MAX)
		return error_set(err, ERR_TOO_LARGE, "a theme has at most %d files", FILES_MAX);
	t->n_assets += i == t->n_assets;
	hash_hex(data, 16, hash);
	t->assets[i] = (struct theme_asset){ name, data, type_of(name), arena_dup(t->arena, str_of(hash, 16)) };
	return true;
}

static bool add_built_in(struct theme *t, struct error *err)
{
	size_t n;
	const struct embedded_file *files = embedded_all(&n);
	for (size_t i = 0; i < n; i++) {
		struct str path = str_from(files[i].path);
		if (str_starts(path, STR(BUILT_IN)) && !add_file(t, str_skip(path, sizeof BUILT_IN - 1), files[i].data, err))
			return false;
	}
	return true;
}

static bool add_override(struct theme *t, const char *name, struct error *err)
{
	struct buf data = { 0 };
	struct str path = arena_printf(t->arena, "%s/%s", t->dir, name);
	bool ok = path.p && file_read(path.p, TEMPLATE_MAX, &data, err);
	struct str kept = ok ? arena_dup(t->arena, buf_str(&data)) : STR("");
	buf_free(&data);
	return ok && add_file(t, arena_dup(t->arena, str_from(name)), kept, err);
}

/* Names, sizes and times of the override folder, mixed into one number. */
static uint64_t stamp_of(const char *path)
{
	uint64_t stamp = 1;
	DIR *dir = path ? opendir(path) : NULL;
	for (struct dirent *entry; dir && (entry = readdir(dir));) {
		struct stat info;
		char full[4096];
		int n = snprintf(full, sizeof full, "%s/%s", path, entry->d_name);
		if (entry->d_name[0] == '.' || n < 0 || (size_t)n >= sizeof full || stat(full, &info) != 0)
			continue;
		stamp += str_hash(str_from(entry->d_name)) ^ ((uint64_t)info.st_mtim.tv_sec * 1000003u) ^
		         ((uint64_t)info.st_mtim.tv_nsec * 31u) ^ (uint64_t)info.st_size;
	}
	if (dir)
		closedir(dir);
	return stamp;
}

static bool add_overrides(struct theme *t, struct error *err)
{
	DIR *dir = t->dir ? opendir(t->dir) : NULL;
	bool ok = true;
	for (struct dirent *entry; dir && ok && (entry = readdir(dir));) {
		if (entry->d_name[0] != '.' && entry->d_type == DT_REG)
			ok = add_override(t, entry->d_name, err);
	}
	if (dir)
		closedir(dir);
	return ok;
}

static bool known(const struct theme *t, struct str name)
{
	for (size_t i = 0; i < t->n_templates; i++) {
		if (str_eq(t->templates[i].name, name))
			return true;
	}
	return false;
}

static bool check_partials(
    const struct theme *t, const struct template_source *in, const struct part *part, struct error *err)
{
	for (; part; part = part->next) {
		if (part->kind == PART_PARTIAL && !known(t, part->text))
			return error_set(err, ERR_INVALID, "%.*s.mustache, line %zu: there is no partial %.*s", (int)in->name.n,
			    in->name.p, part->line, (int)part->text.n, part->text.p);
		if (part->children && !check_partials(t, in, part->children, err))
			return false;
	}
	return true;
}

static bool compile(struct theme *t, struct error *err)
{
	for (size_t i = 0; i < t->n_templates; i++) {
		struct template_source *s = &t->templates[i];
		struct str name = arena_printf(t->arena, "%.*s.mustache", (int)s->name.n, s->name.p);
		s->parts = template_parse(s->text, name, t->arena, err);
		if (!s->parts)
			return false;
	}
	for (size_t i = 0; i < t->n_templates; i++) {
		if (!check_partials(t, &t->templates[i], t->templates[i].parts, err))
			return false;
	}
	return true;
}

struct theme *theme_load(const char *override_dir, struct error *err)
{
	struct theme *t = calloc(1, sizeof *t);
	if (t)
		t->arena = arena_new();
	if (t && override_dir)
		t->dir = strdup(override_dir);
	if (!t || !t->arena || (override_dir && !t->dir)) {
		theme_free(t);
		error_memory(err);
		return NULL;
	}
	t->stamp = stamp_of(t->dir);
	if (add_built_in(t, err) && add_overrides(t, err) && compile(t, err))
		return t;
	theme_free(t);
	return NULL;
}

void theme_free(struct theme *t)
{
	if (!t)
		return;
	arena_free(t->arena);
	free(t->dir);
	free(t);
}

bool theme_render(const struct theme *t, const char *name, const struct view_value *data, const struct catalog *catalog,
    struct buf *out, struct error *err)
{
	struct renderer r = {
		.catalog = catalog, .templates = t->templates, .n_templates = t->n_templates, .out = out, .err = err
	};
	r.stack[r.depth++] = data;
	for (size_t i = 0; i < t->n_templates; i++) {
		if (str_eq(t->templates[i].name, str_from(name)))
			return render_parts(&r, t->templates[i].parts);
	}
	return error_set(err, ERR_INTERNAL, "the theme has no template \"%s\"", name);
}

const struct theme_asset *theme_asset(const struct theme *t, struct str name)
{
	for (size_t i = 0; i < t->n_assets; i++) {
		if (str_eq(t->assets[i].name, name))
			return &t->assets[i];
	}
	return NULL;
}

bool theme_changed(const struct theme *t)
{
	return t->dir && stamp_of(t->dir) != t->stamp;
}

#include "transfer/inner.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define FILES_MAX 1000000
#define FOLDERS_DEEP 32

struct listing {
	struct str *v;
	size_t n, cap;
	struct arena *arena;
	const char *const *endings;
	struct error *err;
};

static bool wanted(const struct listing *l, struct str name)
{
	for (size_t i = 0; l->endings[i]; i++) {
		if (name.n >= strlen(l->endings[i]) &&
		    str_eq_ci(str_skip(name, name.n - strlen(l->endings[i])), str_from(l->endings[i])))
			return true;
	}
	return false;
}

static bool keep(struct listing *l, struct str name)
{
	if (l->n == l->cap) {
		size_t cap = l->cap ? l->cap * 2 : 256;
		struct str *more = arena_array(l->arena, cap, sizeof *more);
		if (!more || cap > FILES_MAX)
			return error_memory(l->err);
		if (l->n)
			memcpy(more, l->v, l->n * sizeof *more);
		l->v = more;
		l->cap = cap;
	}
	l->v[l->n++] = name;
	return true;
}

static bool walk(struct listing *l, const char *dir, struct str below, int depth)
{
	struct str full = arena_printf(l->arena, "%s%s%.*s", dir, below.n ? "/" : "", (int)below.n, below.p);
	DIR *d = full.p ? opendir(full.p) : NULL;
	bool ok = true;
	if (!d)
		return error_set(
		    l->err, ERR_NOT_FOUND, "cannot open the folder %s: %s", full.p ? full.p : dir, strerror(errno));
	for (struct dirent *entry; ok && (entry = readdir(d));) {
		struct stat info;
		if (entry->d_name[0] == '.')
			continue;
		struct str name = arena_printf(l->arena, "%.*s%s%s", (int)below.n, below.p, below.n ? "/" : "", entry->d_name);
		struct str path = arena_printf(l->arena, "%s/%.*s", dir, (int)name.n, name.p);
		/* A link may lead out of the folder. */
		if (!path.p || lstat(path.p, &info) != 0 || !utf8_valid(name))
			continue;
		if (S_ISDIR(info.st_mode) && depth < FOLDERS_DEEP)
			ok = walk(l, dir, name, depth + 1);
		else if (S_ISREG(info.st_mode) && wanted(l, name))
			ok = keep(l, name);
	}
	closedir(d);
	return ok;
}

static int by_name(const void *a, const void *b)
{
	return str_cmp(*(const struct str *)a, *(const struct str *)b);
}

bool files_below(
    const char *dir, const char *const *endings, struct str **out, size_t *n, struct arena *arena, struct error *err)
{
	struct listing l = { .arena = arena, .endings = endings, .err = err };
	if (!walk(&l, dir, STR(""), 0))
		return false;
	if (l.n)
		qsort(l.v, l.n, sizeof *l.v, by_name);
	*out = l.v;
	*n = l.n;
	return true;
}

bool file_text(const char *dir, struct str name, struct str *out, struct arena *arena, struct error *err)
{
	struct buf data = { 0 };
	struct str path = arena_printf(arena, "%s/%.*s", dir, (int)name.n, name.p);
	bool ok = path.p && file_read(path.p, IMPORT_FILE_MAX, &data, err);
	*out = ok ? arena_dup(arena, buf_str(&data)) : STR("");
	buf_free(&data);
	return ok;
}

struct str path_join(struct arena *arena, struct str base, struct str relative)
{
	struct str parts[64], rest;
	size_t n = 0;
	while (base.n && base.p[base.n - 1] != '/')
		base.n--;
	rest = arena_printf(arena, "%.*s%.*s", (int)base.n, base.p, (int)relative.n, relative.p);
	while (rest.n) {
		struct str part = str_split(&rest, '/');
		if (part.n == 0 || str_eq(part, STR(".")))
			continue;
		if (str_eq(part, STR(".."))) {
			if (n == 0)
				return STR("");
			n--;
		} else if (n < 64) {
			parts[n++] = part;
		}
	}
	struct buf out = { 0 };
	for (size_t i = 0; i < n; i++) {
		if (i)
			buf_addc(&out, '/');
		buf_add(&out, parts[i]);
	}
	return buf_take(&out, arena);
}

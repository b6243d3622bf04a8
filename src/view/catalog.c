#include "view/inner.h"

#include <stdlib.h>

/* A .po file (GNU gettext manual, "The Format of PO Files"). Plural forms: the first for one, the last for others, which
 * fits the languages of the interface; a language with a single form has one. */

struct message {
	struct str id, one, many;
	struct message *next;
};

#define SLOTS 1024

struct catalog {
	struct arena *arena;
	struct message *slots[SLOTS];
	size_t n;
};

struct po {
	struct str rest;
	const char *name;
	size_t line;
	struct catalog *catalog;
	struct error *err;
	struct str id, one, many;
	bool has_id, fuzzy;
};

static bool fail(struct po *po, const char *what)
{
	return error_set(po->err, ERR_INVALID, "%s, line %zu: %s", po->name, po->line, what);
}

/* The text of `"…"` with its escapes, appended. */
static bool quoted(struct po *po, struct str s, struct str *out)
{
	struct buf text = { 0 };
	s = str_trim(s);
	if (s.n < 2 || s.p[0] != '"' || s.p[s.n - 1] != '"')
		return fail(po, "a text stands between double quotes");
	buf_add(&text, *out);
	for (size_t i = 1; i + 1 < s.n; i++) {
		char c = s.p[i];
		if (c == '\\' && i + 2 < s.n) {
			c = s.p[++i];
			c = c == 'n' ? '\n' : c == 't' ? '\t' : c;
		}
		buf_addc(&text, c);
	}
	*out = buf_take(&text, po->catalog->arena);
	return out->p ? true : error_memory(po->err);
}

static bool finish(struct po *po)
{
	if (po->has_id && po->id.n && po->one.n && !po->fuzzy) {
		struct message *m = arena_alloc(po->catalog->arena, sizeof *m);
		if (!m)
			return error_memory(po->err);
		struct message **slot = &po->catalog->slots[str_hash(po->id) % SLOTS];
		*m = (struct message){ po->id, po->one, po->many.n ? po->many : po->one, *slot };
		*slot = m;
		po->catalog->n++;
	}
	po->id = po->one = po->many = STR("");
	po->has_id = po->fuzzy = false;
	return true;
}

static bool parse_line(struct po *po, struct str line, struct str **into, struct str *unused)
{
	static const struct {
		const char *word;
		int which;
	} words[] = { { "msgid_plural", 3 }, { "msgid", 0 }, { "msgstr[0]", 1 }, { "msgstr[1]", 2 }, { "msgstr", 1 },
		{ "msgctxt", 3 } };
	if (line.n == 0)
		return true;
	if (line.p[0] == '#') {
		if (str_starts(line, STR("#,")) && str_find(line, STR("fuzzy")) >= 0)
			po->fuzzy = true;
		return true;
	}
	if (line.p[0] == '"')
		return *into ? quoted(po, line, *into) : fail(po, "a text that belongs to nothing");
	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		if (!str_starts(line, str_from(words[i].word)))
			continue;
		if (words[i].which == 0 && po->has_id && !finish(po))
			return false;
		po->has_id = po->has_id || words[i].which == 0;
		struct str *const targets[] = { &po->id, &po->one, &po->many, unused };
		*into = targets[words[i].which];
		**into = STR("");
		return quoted(po, str_skip(line, str_from(words[i].word).n), *into);
	}
	return fail(po, "this is no msgid, msgstr or comment");
}

struct catalog *catalog_load(struct str text, const char *name, struct error *err)
{
	struct catalog *catalog = calloc(1, sizeof *catalog);
	struct str unused = STR(""), *into = NULL;
	if (!catalog || !(catalog->arena = arena_new())) {
		free(catalog);
		error_memory(err);
		return NULL;
	}
	struct po po = { .rest = text, .name = name, .catalog = catalog, .err = err };
	bool ok = text.n <= CATALOG_MAX && utf8_valid(text) ? true : fail(&po, "this is no UTF-8, or too large");
	while (ok && po.rest.n) {
		po.line++;
		ok = parse_line(&po, str_trim(str_split(&po.rest, '\n')), &into, &unused);
	}
	if (ok && finish(&po))
		return catalog;
	catalog_free(catalog);
	return NULL;
}

void catalog_free(struct catalog *catalog)
{
	if (!catalog)
		return;
	arena_free(catalog->arena);
	free(catalog);
}

static const struct message *find(const struct catalog *catalog, struct str id)
{
	const struct message *m = catalog ? catalog->slots[str_hash(id) % SLOTS] : NULL;
	while (m && !str_eq(m->id, id))
		m = m->next;
	return m;
}

struct str catalog_get(const struct catalog *catalog, struct str id)
{
	const struct message *m = find(catalog, id);
	return m ? m->one : id;
}

struct str catalog_plural(const struct catalog *catalog, struct str one, struct str many, int64_t n)
{
	const struct message *m = find(catalog, one);
	if (m)
		return n == 1 ? m->one : m->many;
	return n == 1 ? one : many;
}

size_t catalog_count(const struct catalog *catalog)
{
	return catalog ? catalog->n : 0;
}

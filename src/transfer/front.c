#include "transfer/front.h"

#include <string.h>

#define DEPTH_MAX 8

bool front_add(struct front_fields *f, struct str path, struct str value)
{
	struct buf lower = { 0 };
	if (f->n == FRONT_FIELDS_MAX)
		return false;
	for (size_t i = 0; i < path.n; i++)
		buf_addc(&lower, path.p[i] >= 'A' && path.p[i] <= 'Z' ? (char)(path.p[i] | 32) : path.p[i]);
	f->v[f->n++] = (struct front_field){ buf_take(&lower, f->arena), value };
	return true;
}

/* ---- YAML, and JSON, which is YAML too ---- */

static bool add_node(struct front_fields *f, yaml_document_t *doc, int id, struct str path, int depth)
{
	yaml_node_t *n = yaml_document_get_node(doc, id);
	if (!n || depth > DEPTH_MAX)
		return true;
	if (n->type == YAML_SCALAR_NODE) {
		struct str value = yaml_text(doc, id, f->arena);
		bool null =
		    n->data.scalar.style == YAML_PLAIN_SCALAR_STYLE && (str_eq(value, STR("null")) || str_eq(value, STR("~")));
		return front_add(f, path, null ? STR("") : value);
	}
	if (n->type == YAML_SEQUENCE_NODE) {
		for (yaml_node_item_t *i = n->data.sequence.items.start; i < n->data.sequence.items.top; i++) {
			if (!add_node(f, doc, *i, path, depth + 1))
				return false;
		}
		return true;
	}
	for (yaml_node_pair_t *p = n->data.mapping.pairs.start; p < n->data.mapping.pairs.top; p++) {
		struct str key = yaml_text(doc, p->key, f->arena);
		struct str inner =
		    arena_printf(f->arena, "%.*s%s%.*s", (int)path.n, path.p, path.n ? "." : "", (int)key.n, key.p);
		if (!add_node(f, doc, p->value, inner, depth + 1))
			return false;
	}
	return true;
}

static bool read_yaml(struct front_fields *f, struct str text, size_t first_line, struct error *err)
{
	yaml_document_t doc;
	if (!yaml_read(&doc, text, "front matter", first_line, err))
		return false;
	yaml_node_t *root = yaml_document_get_root_node(&doc);
	bool ok = !root || root->type != YAML_MAPPING_NODE || add_node(f, &doc, 1, STR(""), 0);
	bool wrong = root && root->type != YAML_MAPPING_NODE;
	yaml_document_delete(&doc);
	if (wrong)
		return error_set(err, ERR_INVALID, "front matter, line %zu: names with values are wanted", first_line);
	return ok || error_set(err, ERR_TOO_LARGE, "the front matter has more than %d values", FRONT_FIELDS_MAX);
}

/* ---- what the fields mean ---- */

static void list_add(struct front_list *l, struct str value)
{
	value = str_trim(value);
	if (value.n && l->n < FRONT_LIST_MAX)
		l->v[l->n++] = value;
}

/* A single string may hold several, with commas between. */
static void list_add_split(struct front_list *l, struct str value)
{
	while (value.n) {
		ptrdiff_t narrow = str_find(value, STR(",")), wide = str_find(value, STR("、"));
		bool by_wide = wide >= 0 && (narrow < 0 || wide < narrow);
		size_t end = by_wide ? (size_t)wide : narrow >= 0 ? (size_t)narrow : value.n;
		list_add(l, str_sub(value, 0, end));
		value = str_skip(value, end + (by_wide ? 3 : 1));
	}
}

static bool is_true(struct str s)
{
	return str_eq_ci(s, STR("true")) || str_eq_ci(s, STR("yes")) || str_eq_ci(s, STR("on")) || str_eq(s, STR("1"));
}

static bool is_false(struct str s)
{
	return str_eq_ci(s, STR("false")) || str_eq_ci(s, STR("no")) || str_eq_ci(s, STR("off")) || str_eq(s, STR("0"));
}

static bool set_text(struct front *f, struct str path, struct str value)
{
	const struct {
		const char *path;
		struct str *to;
	} texts[] = { { "title", &f->title }, { "slug", &f->slug }, { "date", &f->date }, { "published_at", &f->date },
		{ "publishdate", &f->date }, { "pubdate", &f->date }, { "created_at", &f->date }, { "created", &f->date },
		{ "lastmod", &f->updated }, { "updated", &f->updated }, { "updated_at", &f->updated },
		{ "modified", &f->updated }, { "last_modified_at", &f->updated }, { "expirydate", &f->expiry },
		{ "summary", &f->summary }, { "description", &f->summary }, { "excerpt", &f->summary },
		{ "translator", &f->translator }, { "preface", &f->preface }, { "lang", &f->lang }, { "language", &f->lang },
		{ "locale", &f->lang }, { "status", &f->status }, { "translationkey", &f->key }, { "translation_of", &f->key },
		{ "translation-of", &f->key }, { "group", &f->key }, { "ref", &f->key },
		{ "original.title", &f->original.title }, { "original.author", &f->original.author },
		{ "original.publisher", &f->original.publisher }, { "original.url", &f->original.url },
		{ "original.date", &f->original.date }, { "original.licence", &f->original.licence },
		{ "original.license", &f->original.licence }, { "original.lang", &f->original.lang } };
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		if (!str_eq(path, str_from(texts[i].path)))
			continue;
		/* The first name of several for one thing wins. */
		if (texts[i].to->n == 0)
			*texts[i].to = value;
		return true;
	}
	return false;
}

static bool set_list(struct front *f, struct str path, struct str value, bool alone)
{
	const struct {
		const char *path;
		struct front_list *to;
		bool split;
	} lists[] = { { "author", &f->authors, false }, { "authors", &f->authors, false },
		{ "author.name", &f->authors, false }, { "authors.name", &f->authors, false },
		{ "translators", &f->translators, false }, { "categories", &f->categories, true },
		{ "category", &f->categories, true }, { "tags", &f->tags, true }, { "tag", &f->tags, true },
		{ "topics", &f->tags, true }, { "tags.name", &f->tags, false }, { "keywords", &f->tags, true },
		{ "aliases", &f->aliases, true }, { "alias", &f->aliases, true }, { "redirect_from", &f->aliases, true },
		{ "url", &f->aliases, false }, { "permalink", &f->aliases, false } };
	for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
		if (!str_eq(path, str_from(lists[i].path)))
			continue;
		if (alone && lists[i].split)
			list_add_split(lists[i].to, value);
		else
			list_add(lists[i].to, value);
		return true;
	}
	return false;
}

static void set_flag(struct front *f, struct str path, struct str value)
{
	int64_t n;
	if (str_eq(path, STR("draft")) && is_true(value))
		f->draft = true;
	/* Zenn, Jekyll: false is a draft. Qiita: not to be published at all. */
	if (str_eq(path, STR("published")) && is_false(value))
		f->draft = true;
	if (str_eq(path, STR("ignorepublish")) && is_true(value))
		f->draft = true;
	if (str_eq(path, STR("private")) && is_true(value))
		f->hidden = true;
	if (str_eq(path, STR("headless")) && is_true(value))
		f->headless = true;
	if ((str_eq(path, STR("sticky")) || str_eq(path, STR("pinned")) || str_eq(path, STR("pin"))) && is_true(value))
		f->sticky = true;
	if ((str_eq(path, STR("weight")) || str_eq(path, STR("nav_order"))) && str_to_int(value, &n) && n > 0 &&
	    n < 1000000)
		f->weight = (int)n;
	/* Qiita knows an item by its id. */
	if (str_eq(path, STR("published")) && !is_true(value) && !is_false(value) && f->date.n == 0)
		f->date = value;
}

static void understand(struct front *f, const struct front_fields *fields)
{
	for (size_t i = 0; i < fields->n; i++) {
		struct str path = fields->v[i].path, value = fields->v[i].value;
		bool alone = (i == 0 || !str_eq(fields->v[i - 1].path, path)) &&
		             (i + 1 == fields->n || !str_eq(fields->v[i + 1].path, path));
		/* Hugo lets a site's own parameters stand below. */
		if (str_starts(path, STR("params.")))
			path = str_skip(path, 7);
		if (value.n && !set_text(f, path, value) && !set_list(f, path, value, alone))
			set_flag(f, path, value);
	}
}

/* ---- where it begins and ends ---- */

/* Cuts the text before a line that is `fence`. */
static bool cut_fenced(struct str *body, const char *fence, struct str *inner)
{
	struct str rest = *body;
	struct str first = str_split(&rest, '\n');
	if (!str_eq(str_trim(first), str_from(fence)))
		return false;
	inner->p = rest.p;
	while (rest.n) {
		struct str line = str_split(&rest, '\n'), trimmed = str_trim(line);
		bool dots = fence[0] == '-' && str_eq(trimmed, STR("..."));
		if (line.n && line.p[0] != ' ' && (str_eq(trimmed, str_from(fence)) || dots)) {
			inner->n = (size_t)(line.p - inner->p);
			*body = rest;
			return true;
		}
	}
	inner->p = NULL;
	return true;
}

/* A JSON object at the very start, up to its closing brace. */
static bool cut_object(struct str *body, struct str *inner)
{
	size_t depth = 0;
	bool quoted = false;
	if (body->n < 2 || body->p[0] != '{' ||
	    !(body->p[1] == '\n' || body->p[1] == '\r' || body->p[1] == '"' || body->p[1] == ' '))
		return false;
	for (size_t i = 0; i < body->n && i <= FRONT_MATTER_MAX; i++) {
		char c = body->p[i];
		if (quoted && c == '\\')
			i++;
		else if (c == '"')
			quoted = !quoted;
		else if (!quoted && (c == '{' || c == '}'))
			depth += c == '{' ? 1 : (size_t)-1;
		if (depth == 0 && !quoted) {
			*inner = str_sub(*body, 0, i + 1);
			/* {漢字|かんじ} may begin a text, too. */
			if (str_find(*inner, STR("\"")) < 0)
				return false;
			*body = str_skip(*body, i + 1);
			return true;
		}
	}
	return false;
}

/* YAML wants no tabs, and knows no \/. */
static struct str json_as_yaml(struct str json, struct arena *arena)
{
	struct buf out = { 0 };
	for (size_t i = 0; i < json.n; i++) {
		if (json.p[i] == '\\' && i + 1 < json.n) {
			if (json.p[i + 1] != '/')
				buf_addc(&out, '\\');
			buf_addc(&out, json.p[++i]);
		} else {
			buf_addc(&out, json.p[i] == '\t' ? ' ' : json.p[i]);
		}
	}
	return buf_take(&out, arena);
}

bool front_read(struct front *f, struct str *body, struct arena *arena, struct error *err)
{
	struct front_fields fields = { .arena = arena, .v = arena_array(arena, FRONT_FIELDS_MAX, sizeof *fields.v) };
	struct str inner = STR("");
	if (!fields.v)
		return error_memory(err);
	if (str_starts(*body, STR("\xEF\xBB\xBF")))
		*body = str_skip(*body, 3);
	bool toml = cut_fenced(body, "+++", &inner), yaml = !toml && cut_fenced(body, "---", &inner);
	bool json = !toml && !yaml && cut_object(body, &inner);
	if (!toml && !yaml && !json)
		return true;
	if (!inner.p) {
		/* A text may begin with a line across. */
		struct str second = *body;
		str_split(&second, '\n');
		second = str_trim(str_split(&second, '\n'));
		return !(toml || str_find(second, STR(":")) > 0) ||
		       error_set(err, ERR_INVALID, "front matter, line 1: it does not end");
	}
	if (inner.n > FRONT_MATTER_MAX)
		return error_set(err, ERR_TOO_LARGE, "the front matter is larger than %zu KiB", FRONT_MATTER_MAX / KIB);
	bool ok = toml ? toml_read(&fields, inner, 2, err)
	               : read_yaml(&fields, json ? json_as_yaml(inner, arena) : inner, json ? 1 : 2, err);
	if (ok)
		understand(f, &fields);
	return ok;
}

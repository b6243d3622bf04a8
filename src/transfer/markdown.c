#include "transfer/inner.h"

#include <string.h>

#define LIST_MAX 64

/* Front matter as far as articles know it. */
struct front {
	struct str title, slug, date, updated, summary, author, translator, preface, lang, status, key;
	struct str categories[LIST_MAX], tags[LIST_MAX], aliases[LIST_MAX];
	size_t n_categories, n_tags, n_aliases;
	struct original original;
	bool draft, sticky;
};

struct file {
	struct import *im;
	const char *dir;
	struct str name;
};

static void add_all(yaml_document_t *doc, int id, struct str *list, size_t *count, struct arena *arena)
{
	yaml_node_t *n = yaml_document_get_node(doc, id);
	if (n && n->type == YAML_SCALAR_NODE && *count < LIST_MAX && n->data.scalar.length)
		list[(*count)++] = yaml_text(doc, id, arena);
	if (!n || n->type != YAML_SEQUENCE_NODE)
		return;
	for (yaml_node_item_t *i = n->data.sequence.items.start; i < n->data.sequence.items.top && *count < LIST_MAX; i++) {
		struct str s = yaml_text(doc, *i, arena);
		if (s.n)
			list[(*count)++] = s;
	}
}

static void set_original(yaml_document_t *doc, int id, struct original *o, struct arena *arena)
{
	yaml_node_t *n = yaml_document_get_node(doc, id);
	if (!n || n->type != YAML_MAPPING_NODE)
		return;
	for (yaml_node_pair_t *p = n->data.mapping.pairs.start; p < n->data.mapping.pairs.top; p++) {
		struct str key = yaml_text(doc, p->key, arena), value = yaml_text(doc, p->value, arena);
		struct {
			const char *name;
			struct str *to;
		} fields[] = { { "title", &o->title }, { "author", &o->author }, { "publisher", &o->publisher }, { "url", &o->url },
			{ "date", &o->date }, { "licence", &o->licence }, { "lang", &o->lang } };
		for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
			if (str_eq(key, str_from(fields[i].name)))
				*fields[i].to = value;
		}
	}
}

static void set_field(struct front *f, yaml_document_t *doc, struct str key, int value, struct arena *arena)
{
	struct {
		const char *name;
		struct str *to;
	} texts[] = { { "title", &f->title }, { "slug", &f->slug }, { "date", &f->date }, { "published_at", &f->date },
		{ "lastmod", &f->updated }, { "updated", &f->updated }, { "last_modified_at", &f->updated },
		{ "summary", &f->summary }, { "description", &f->summary }, { "excerpt", &f->summary }, { "author", &f->author },
		{ "translator", &f->translator }, { "preface", &f->preface }, { "lang", &f->lang }, { "language", &f->lang },
		{ "status", &f->status }, { "translationKey", &f->key }, { "translation_of", &f->key } };
	struct str text = yaml_text(doc, value, arena);
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		if (str_eq(key, str_from(texts[i].name)))
			*texts[i].to = text;
	}
	if (str_eq(key, STR("categories")) || str_eq(key, STR("category")))
		add_all(doc, value, f->categories, &f->n_categories, arena);
	if (str_eq(key, STR("tags")) || str_eq(key, STR("topics")))
		add_all(doc, value, f->tags, &f->n_tags, arena);
	if (str_eq(key, STR("aliases")) || str_eq(key, STR("redirect_from")))
		add_all(doc, value, f->aliases, &f->n_aliases, arena);
	if (str_eq(key, STR("original")))
		set_original(doc, value, &f->original, arena);
	if (str_eq(key, STR("sticky")))
		f->sticky = str_eq(text, STR("true"));
	if (str_eq(key, STR("draft")))
		f->draft = str_eq(text, STR("true"));
	if (str_eq(key, STR("published")) && str_eq(text, STR("false")))
		f->draft = true;
}

static bool parse_yaml(struct front *f, struct str yaml, struct arena *arena, struct error *err)
{
	yaml_document_t doc;
	/* The line of "---" was taken off. */
	if (!yaml_read(&doc, yaml, "front matter", 2, err))
		return false;
	yaml_node_t *root = yaml_document_get_root_node(&doc);
	if (root && root->type == YAML_MAPPING_NODE) {
		for (yaml_node_pair_t *p = root->data.mapping.pairs.start; p < root->data.mapping.pairs.top; p++)
			set_field(f, &doc, yaml_text(&doc, p->key, arena), p->value, arena);
	}
	yaml_document_delete(&doc);
	return true;
}

/* Takes "---" … "---" off the start. */
static bool read_front(struct front *f, struct str *body, struct arena *arena, struct error *err)
{
	if (str_starts(*body, STR("\xEF\xBB\xBF")))
		*body = str_skip(*body, 3);
	if (!str_starts(*body, STR("---\n")) && !str_starts(*body, STR("---\r\n")))
		return true;
	struct str rest = *body;
	str_split(&rest, '\n');
	struct str yaml = rest;
	while (rest.n) {
		struct str line = str_split(&rest, '\n');
		if (!str_eq(str_trim(line), STR("---")))
			continue;
		yaml.n = (size_t)(line.p - yaml.p);
		*body = rest;
		if (yaml.n > FRONT_MATTER_MAX)
			return error_set(err, ERR_TOO_LARGE, "the front matter is larger than %zu KiB", FRONT_MATTER_MAX / KIB);
		return parse_yaml(f, yaml, arena, err);
	}
	return error_set(err, ERR_INVALID, "line 1: the front matter does not end");
}

static bool is_local(struct str url)
{
	return url.n && url.p[0] != '#' && url.p[0] != '/' && str_find(str_sub(url, 0, 12), STR(":")) < 0;
}

/* "vpn.en.md" → stem "vpn", language "en". */
static struct str stem_of(struct str name, struct str *lang)
{
	struct str rest = name, base = name;
	while (rest.n)
		base = str_split(&rest, '/');
	base = str_sub(base, 0, base.n - (str_ends(base, STR(".markdown")) ? 9 : 3));
	*lang = STR("");
	if (base.n > 3 && base.p[base.n - 3] == '.') {
		*lang = str_skip(base, base.n - 2);
		base = str_sub(base, 0, base.n - 3);
	}
	/* Jekyll writes the day first. */
	int64_t t;
	if (base.n > 11 && base.p[10] == '-' && time_parse(str_sub(base, 0, 10), 0, &t))
		base = str_skip(base, 11);
	return base;
}

static struct str file_link(void *user, struct str url, struct arena *arena)
{
	struct file *f = user;
	struct str rest = url, file = str_split(&rest, '#');
	if (!is_local(file) || !str_ends(file, STR(".md")))
		return url;
	struct str path = path_join(arena, f->name, file);
	return path.n ? arena_printf(arena, "/%.*s", (int)path.n, path.p) : url;
}

/* Links and images are rewritten in the Markdown itself, so that what is kept stays Markdown. */
static struct str rewrite(struct file *f, struct str body)
{
	struct buf out = { 0 };
	struct arena *arena = f->im->arena;
	for (ptrdiff_t at; (at = str_find(body, STR("]("))) >= 0;) {
		size_t start = (size_t)at + 2, end = start, bracket = (size_t)at;
		while (end < body.n && body.p[end] != ')' && body.p[end] != ' ' && body.p[end] != '\n')
			end++;
		while (bracket > 0 && body.p[bracket] != '[' && body.p[bracket] != '\n')
			bracket--;
		struct str url = str_sub(body, start, end), better = url;
		bool image = bracket > 0 && body.p[bracket] == '[' && body.p[bracket - 1] == '!';
		if (image && is_local(url)) {
			better = import_image(f->im, f->dir, path_join(arena, f->name, url));
			if (better.n == 0) {
				import_note(f->im, f->name, "the image could not be read", url);
				better = url;
			}
		} else if (!image) {
			better = file_link(f, url, arena);
		}
		buf_add(&out, str_sub(body, 0, start));
		buf_add(&out, better);
		body = str_skip(body, end);
	}
	buf_add(&out, body);
	return buf_take(&out, arena);
}

static bool add_categories(struct import *im, const struct front *f, struct str name, struct article *a)
{
	int64_t *ids = arena_array(im->arena, LIST_MAX, sizeof *ids);
	struct str folder = name;
	if (!ids)
		return error_memory(im->err);
	for (size_t i = 0; i < f->n_categories; i++) {
		if (!import_category(im, STR(""), f->categories[i], 0, &ids[a->n_categories++]))
			return false;
	}
	while (folder.n && folder.p[folder.n - 1] != '/')
		folder.n--;
	if (a->n_categories == 0 && folder.n > 1) {
		folder.n--;
		for (struct str rest = folder; rest.n;)
			folder = str_split(&rest, '/');
		if (!import_category(im, STR(""), folder, 0, &ids[a->n_categories++]))
			return false;
	}
	a->categories = ids;
	return true;
}

/* Joins versions with one key, or one stem in the same folder. */
static bool join_group(struct import *im, const struct front *f, struct str name, struct str stem, struct article *a)
{
	struct article other;
	struct str folder = name;
	struct error none = { 0 };
	while (folder.n && folder.p[folder.n - 1] != '/')
		folder.n--;
	for (size_t i = 0; i < im->settings.n_langs; i++) {
		struct str lang = im->settings.langs[i];
		struct str key = f->key.n ?
			arena_printf(im->arena, "md:%.*s", (int)f->key.n, f->key.p) :
			arena_printf(im->arena, "md:%.*s%.*s.%.*s.md", (int)folder.n, folder.p, (int)stem.n, stem.p, (int)lang.n, lang.p);
		if (str_eq(lang, a->lang) || !article_by_import_key(im->tx, key, &other, im->arena, &none) ||
			other.group_id == a->group_id)
			continue;
		return article_join(im->tx, other.id, a->id, im->err);
	}
	return true;
}

static bool import_file(struct import *im, const char *dir, struct str name)
{
	struct front *f = arena_alloc(im->arena, sizeof *f);
	struct str body, lang, stem = stem_of(name, &lang);
	enum article_status status = ARTICLE_PUBLISHED;
	if (!f)
		return error_memory(im->err);
	if (!file_text(dir, name, &body, im->arena, im->err) || !read_front(f, &body, im->arena, im->err))
		return false;
	struct file file = { im, dir, name };
	body = rewrite(&file, utf8_clean(im->arena, body));
	if (f->draft)
		status = ARTICLE_DRAFT;
	if (f->status.n && !article_status_parse(f->status, &status))
		import_note(im, name, "there is no such status; the article is published", f->status);
	struct article a = { .title = f->title.n ? f->title : stem, .slug = f->slug.n ? f->slug : stem, .body = body,
		.preface = f->preface, .format = DOC_MARKDOWN, .status = status, .sticky = f->sticky, .summary = f->summary,
		.author = f->author, .translator = f->translator, .original = f->original, .tags = f->tags, .n_tags = f->n_tags,
		.source = name, .import_key = arena_printf(im->arena, "md:%.*s", (int)name.n, name.p) };
	a.lang = f->lang.n ? f->lang : lang.n ? lang : import_language(im, STR(""), body);
	time_parse(f->date, im->settings.time_offset, &a.published_at);
	time_parse(f->updated, im->settings.time_offset, &a.updated_at);
	if (!add_categories(im, f, name, &a) || !import_article(im, &a) ||
		!import_redirect(im, arena_printf(im->arena, "/%.*s", (int)name.n, name.p), a.id) ||
		!join_group(im, f, name, stem, &a))
		return false;
	for (size_t i = 0; i < f->n_aliases; i++) {
		if (!import_redirect(im, f->aliases[i], a.id))
			return false;
	}
	return true;
}

bool import_markdown(struct store *store, const char *dir, const struct import_options *options, struct import_summary *sum,
	struct arena *kept, struct error *err)
{
	static const char *const endings[] = { ".md", ".markdown", NULL };
	struct import im;
	struct str *files;
	size_t n;
	uint64_t started = clock_mono_us();
	if (!files_below(dir, endings, &files, &n, kept, err) || !import_begin(&im, store, options, sum, kept, err))
		return false;
	bool ok = import_categories(&im, dir);
	for (size_t i = 0; ok && i < n; i++) {
		arena_reset(im.arena);
		ok = import_file(&im, dir, files[i]);
		if (!ok && err->code != ERR_MEMORY && err->code != ERR_DB && err->code != ERR_IO) {
			import_note(&im, files[i], err->message, STR(""));
			*err = (struct error){ 0 };
			ok = true;
		}
		if (options->progress)
			options->progress(options->user, i + 1, (double)(i + 1) / (double)n);
	}
	return import_end(&im, ok, started);
}

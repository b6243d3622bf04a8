#include "transfer/front.h"
#include "transfer/source.h"

#include <string.h>

#define DESCRIPTION_MAX 1000 /* bytes of a category's text */

struct file {
	struct folder *f;
	struct str name, stem, lang; /* the stem without language and Jekyll's day */
	struct str day;              /* "2024-05-01" of Jekyll's file names, or empty */
	struct front *front;
};

static struct str joined(const struct front_list *l, struct str lang, struct arena *arena)
{
	struct buf out = { 0 };
	for (size_t i = 0; i < l->n; i++) {
		if (i)
			buf_add(&out, str_eq(lang, STR("ja")) ? STR("、") : STR(", "));
		buf_add(&out, l->v[i]);
	}
	return buf_take(&out, arena);
}

/* "posts/2024-05-01-vpn.en.md": stem "vpn", day and language. A bundle is called like its folder. */
static void read_name(struct file *file)
{
	struct folder *f = file->f;
	struct str key = folder_key(f, file->name), base = path_base(key);
	int64_t t;
	file->lang = folder_language(f, file->name);
	if (str_eq(base, STR("index")) && path_folder(key).n)
		base = path_base(path_folder(key));
	if (base.n > 11 && base.p[10] == '-' && time_parse(str_sub(base, 0, 10), 0, &t)) {
		file->day = str_sub(base, 0, 10);
		base = str_skip(base, 11);
	}
	file->stem = base;
}

static enum article_status status_of(const struct file *file, const struct article *a)
{
	const struct front *front = file->front;
	enum article_status status = ARTICLE_PUBLISHED;
	int64_t expiry;
	if (a->published_at > clock_now())
		status = ARTICLE_SCHEDULED;
	if (settings_parse_time(&file->f->im->settings, front->expiry, &expiry) && expiry < clock_now())
		status = ARTICLE_ARCHIVED;
	if (front->hidden)
		status = ARTICLE_PRIVATE;
	if (front->draft || str_find(file->name, STR("_drafts/")) == 0 || str_find(file->name, STR("/_drafts/")) > 0)
		status = ARTICLE_DRAFT;
	if (front->status.n && !article_status_parse(front->status, &status))
		import_note(file->f->im, file->name, "there is no such status; the article is published", front->status);
	return status;
}

static void read_time(struct file *file, const char *what, struct str text, int64_t *out)
{
	if (text.n && !settings_parse_time(&file->f->im->settings, text, out))
		import_note(file->f->im, file->name, what, text);
}

/* A category that is there by its address or its name; else a new one. */
static bool find_category(struct import *im, struct str name, int64_t *id)
{
	struct category c;
	struct error none = { 0 };
	if (category_find_tx(im->tx, STR(""), STR(""), name, &c, im->arena, &none) ||
	    category_find_tx(im->tx, doc_slug(name, im->arena), STR(""), STR(""), &c, im->arena, &none)) {
		*id = c.id;
		return true;
	}
	return import_category(im, STR(""), name, 0, id);
}

static bool add_categories(struct file *file, struct article *a)
{
	const struct front_list *list = &file->front->categories;
	int64_t *ids = arena_array(file->f->im->arena, list->n + 1, sizeof *ids), id = 0;
	if (!ids)
		return error_memory(file->f->im->err);
	for (size_t i = 0; i < list->n; i++) {
		if (!find_category(file->f->im, list->v[i], &ids[a->n_categories++]))
			return false;
	}
	if (a->n_categories == 0 && !folder_category(file->f, file->name, &id))
		return false;
	if (id)
		ids[a->n_categories++] = id;
	a->categories = ids;
	return true;
}

/* What the front matter names as translation: a key of its own, or another file. */
static struct str group_key(const struct file *file)
{
	struct str key = file->front->key;
	struct source s = { file->f, file->name, file->f->im->arena };
	if (key.n == 0)
		return folder_key(file->f, file->name);
	struct str other = source_file(&s, key, true);
	if (other.n && !str_eq(other, file->name))
		return folder_key(file->f, other);
	return arena_printf(s.arena, ":%.*s", (int)key.n, key.p);
}

/* An address that the text had elsewhere, as a path on this site. */
static struct str old_path(const struct file *file, struct str alias)
{
	struct arena *arena = file->f->im->arena;
	ptrdiff_t host = str_find(alias, STR("://"));
	if (host >= 0) {
		alias = str_skip(alias, (size_t)host + 3);
		str_split(&alias, '/');
		return arena_printf(arena, "/%.*s", (int)alias.n, alias.p);
	}
	/* Patterns of Jekyll's permalinks are no addresses. */
	if (alias.n == 0 || str_find(alias, STR(":")) >= 0)
		return STR("");
	if (alias.p[0] == '/')
		return path_decoded(alias, arena);
	struct str folder = path_folder(file->name);
	if (str_starts(folder, STR("content/")))
		folder = str_skip(folder, 8);
	return arena_printf(arena, "/%.*s%s%.*s", (int)folder.n, folder.p, folder.n ? "/" : "", (int)alias.n, alias.p);
}

/* Where the generators served it: Hugo by its path without the ending, Jekyll by the day. */
static bool usual_redirects(const struct file *file, int64_t article)
{
	struct import *im = file->f->im;
	struct str path = path_stem(file->name), folder = path_folder(file->name);
	if (str_starts(path, STR("content/")))
		path = str_skip(path, 8);
	if (!str_starts(path, STR("articles/")) && !str_eq(path_base(path), STR("index")) &&
	    !import_redirect(im, arena_printf(im->arena, "/%.*s", (int)path.n, path.p), article))
		return false;
	if (str_starts(file->name, STR("content/")) && str_eq(path_base(path), STR("index")) &&
	    !import_redirect(im, arena_printf(im->arena, "/%.*s", (int)path_folder(path).n, path.p), article))
		return false;
	if (file->day.n == 0 || !str_eq(path_base(folder), STR("_posts")))
		return true;
	struct buf day = { 0 };
	for (size_t i = 0; i < file->day.n; i++)
		buf_addc(&day, file->day.p[i] == '-' ? '/' : file->day.p[i]);
	struct str above = path_folder(folder), d = buf_take(&day, im->arena);
	return import_redirect(im,
	    arena_printf(im->arena, "/%.*s%s%.*s/%.*s.html", (int)above.n, above.p, above.n ? "/" : "", (int)d.n, d.p,
	        (int)file->stem.n, file->stem.p),
	    article);
}

static bool add_redirects(const struct file *file, int64_t article)
{
	struct import *im = file->f->im;
	const struct front_list *aliases = &file->front->aliases;
	if (!folder_redirects(file->f, file->name, article) || !usual_redirects(file, article))
		return false;
	for (size_t i = 0; i < aliases->n; i++) {
		if (!import_redirect(im, old_path(file, aliases->v[i]), article))
			return false;
	}
	return true;
}

/* "# Title" as the first line, where the front matter gives none. */
static struct str heading_title(struct str *body)
{
	struct str rest = *body, line = STR("");
	while (rest.n && line.n == 0)
		line = str_trim(str_split(&rest, '\n'));
	if (!str_starts(line, STR("# ")))
		return STR("");
	*body = rest;
	struct str title = str_trim(str_skip(line, 2));
	while (title.n && title.p[title.n - 1] == '#')
		title.n--;
	return str_trim(title);
}

static struct str prepared(struct file *file, struct str body)
{
	struct source s = { file->f, file->name, file->f->im->arena };
	return source_links(&s, source_tags(&s, source_blocks(&s, body)));
}

/* ---- _index.md: the text of a section is its category's ---- */

static struct category_name *name_in(struct category *c, struct str lang, struct arena *arena)
{
	for (size_t i = 0; i < c->n_names; i++) {
		if (str_eq(c->names[i].lang, lang))
			return &c->names[i];
	}
	struct category_name *more = arena_array(arena, c->n_names + 1, sizeof *more);
	if (!more)
		return NULL;
	memcpy(more, c->names, c->n_names * sizeof *more);
	c->names = more;
	c->names[c->n_names] = (struct category_name){ lang, STR(""), STR("") };
	return &c->names[c->n_names++];
}

static bool import_section(struct file *file, struct str body)
{
	struct import *im = file->f->im;
	const struct front *front = file->front;
	struct str folder = path_base(path_folder(file->name)), text = front->summary;
	struct category c;
	int64_t id;
	bool changed;
	if (!folder_category(file->f, file->name, &id))
		return false;
	if (!id) {
		if (str_trim(body).n)
			import_note(im, file->name, "the text of the front page was left out", STR(""));
		return true;
	}
	struct str slug = doc_slug(folder, im->arena);
	if (!category_find_tx(im->tx, slug, STR(""), STR(""), &c, im->arena, im->err))
		return false;
	/* Renamed or merged at the desk: the section's texts are those of the past. */
	if (!str_eq(c.slug, slug))
		return true;
	struct doc doc;
	struct doc_options options = { .format = DOC_MARKDOWN, .no_citations = true };
	if (text.n == 0 && doc_render(&doc, body, &options, im->arena, im->err))
		text = str_trim(str_sub(doc.text, 0, utf8_floor(doc.text, DESCRIPTION_MAX)));
	struct str lang = front->lang.n ? front->lang : file->lang.n ? file->lang : im->settings.default_lang;
	struct category_name *name = name_in(&c, lang, im->arena);
	if (!name)
		return error_memory(im->err);
	name->name = front->title.n ? front->title : name->name.n ? name->name : folder;
	name->description = text;
	if (front->weight)
		c.position = front->weight;
	return category_save(im->tx, &c, &changed, im->arena, im->err);
}

/* ---- one file ---- */

static bool save(struct file *file, struct article *a)
{
	struct str key = group_key(file);
	folder_group(file->f, key, a);
	if (!add_categories(file, a) || !import_article(file->f->im, a))
		return false;
	folder_grouped(file->f, key, a);
	return add_redirects(file, a->id);
}

static bool import_file(struct folder *f, struct str name, struct str text, const void *parsed)
{
	(void)parsed;
	struct import *im = f->im;
	struct front *front = arena_alloc(im->arena, sizeof *front);
	struct file file = { .f = f, .name = name, .front = front };
	struct str body = text, title;
	if (!front)
		return error_memory(im->err);
	if (!front_read(front, &body, im->arena, im->err))
		return false;
	read_name(&file);
	if (front->headless)
		return true;
	if (str_starts(path_base(name), STR("_index.")))
		return import_section(&file, body);
	body = utf8_clean(im->arena, body);
	title = front->title.n ? front->title : heading_title(&body);
	body = prepared(&file, body);
	if (!body.p)
		return error_memory(im->err);
	struct article a = { .title = title.n ? title : file.stem,
		.slug = front->slug.n ? front->slug : file.stem,
		.body = body,
		.preface = front->preface,
		.format = DOC_MARKDOWN,
		.sticky = front->sticky,
		.summary = front->summary,
		.original = front->original,
		.tags = front->tags.v,
		.n_tags = front->tags.n,
		.source = name,
		.import_key = arena_printf(im->arena, "md:%.*s", (int)name.n, name.p) };
	a.lang = front->lang.n ? front->lang : file.lang.n ? file.lang : import_language(im, body);
	a.author = joined(&front->authors, a.lang, im->arena);
	a.translator = front->translator.n ? front->translator : joined(&front->translators, a.lang, im->arena);
	read_time(&file, "the date is none that is known", front->date.n ? front->date : file.day, &a.published_at);
	read_time(&file, "the date of the last change is none that is known", front->updated, &a.updated_at);
	a.status = status_of(&file, &a);
	return save(&file, &a);
}

static bool before_files(struct folder *f)
{
	return import_categories(f->im, f->dir);
}

bool import_markdown(struct store *store, const char *dir, const struct import_options *options,
    struct import_summary *sum, struct arena *kept, struct error *err)
{
	static const char *const endings[] = { ".md", ".markdown", NULL };
	static const struct folder_format format = { .endings = endings, .before = before_files, .file = import_file };
	return folder_import(&format, store, dir, options, sum, kept, err);
}

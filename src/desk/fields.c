#include "desk/page.h"

/* An article as a form has it: read from the request, shown in the page. */

/* Browsers send line breaks as CR LF. */
static struct str text_field(struct desk_page *p, const char *name)
{
	struct buf out = { 0 };
	struct str s = web_field_get(p->req, name);
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] != '\r')
			buf_addc(&out, s.p[i]);
		else if (i + 1 == s.n || s.p[i + 1] != '\n')
			buf_addc(&out, '\n');
	}
	return buf_take(&out, p->arena);
}

/* Of one line: controls are white space. */
static struct str line_field(struct desk_page *p, const char *name)
{
	struct buf out = { 0 };
	struct str s = web_field_get(p->req, name);
	for (size_t i = 0; i < s.n; i++)
		buf_addc(&out, (unsigned char)s.p[i] < ' ' || s.p[i] == 127 ? ' ' : s.p[i]);
	return str_trim(buf_take(&out, p->arena));
}

struct str desk_text(struct desk_page *p, const char *name)
{
	return text_field(p, name);
}

struct str desk_line(struct desk_page *p, const char *name)
{
	return line_field(p, name);
}

static bool refuse(const char **problem, enum error_code code, const char *msgid, struct error *err)
{
	*problem = msgid;
	return error_set(err, code, "%s", msgid);
}

/* Between commas, Western or Japanese. */
static bool read_tags(struct desk_page *p, struct article *a, const char **problem)
{
	struct str rest = line_field(p, "tags");
	struct str *tags = arena_array(p->arena, rest.n / 2 + 1, sizeof *tags);
	bool fine = true;
	if (!tags)
		return error_memory(p->err);
	a->tags = tags;
	while (rest.n) {
		size_t at = 0, next = 0;
		bool comma = false;
		while (next < rest.n && !comma) {
			at = next;
			uint32_t cp = utf8_next(rest, &next);
			comma = cp == ',' || cp == 0x3001 || cp == 0xFF0C;
		}
		if (!comma)
			at = rest.n;
		struct str tag = str_trim(str_sub(rest, 0, at));
		rest = str_skip(rest, next);
		if (tag.n == 0)
			continue;
		fine = fine && a->n_tags < ARTICLE_TAGS_MAX && tag.n <= ARTICLE_TAG_MAX;
		bool twice = false;
		for (size_t i = 0; i < a->n_tags && i < ARTICLE_TAGS_MAX; i++)
			twice |= str_eq(tags[i], tag);
		if (!twice)
			tags[a->n_tags++] = tag;
	}
	/* What is too much stays in the form. */
	return fine || refuse(problem, ERR_TOO_LARGE, N_("There are too many tags, or one is too long."), p->err);
}

static bool read_categories(struct desk_page *p, struct article *a)
{
	struct category *all;
	size_t n;
	int64_t main_id = 0, id;
	int64_t *ids = arena_array(p->arena, p->req->n_fields + 2, sizeof *ids);
	if (!ids)
		return error_memory(p->err);
	if (!category_list(p->store, &all, &n, p->arena, p->err))
		return false;
	str_to_int(web_field_get(p->req, "main"), &main_id);
	for (size_t i = 0; i < n && main_id; i++) {
		if (all[i].id == main_id)
			ids[a->n_categories++] = main_id;
	}
	for (size_t f = 0; f < p->req->n_fields; f++) {
		if (!str_eq(p->req->fields[f].name, STR("category")) || !str_to_int(p->req->fields[f].value, &id) ||
		    id == main_id)
			continue;
		for (size_t i = 0; i < n; i++) {
			if (all[i].id == id)
				ids[a->n_categories++] = id;
		}
	}
	a->categories = ids;
	return true;
}

/* Day and minute, in the site's time zone. One that was not touched keeps the seconds that it had. */
static bool read_date(struct desk_page *p, const struct article *old, struct article *a, const char **problem)
{
	struct str date = line_field(p, "published_date"), time = line_field(p, "published_time");
	if (date.n && time.n)
		date = arena_printf(p->arena, "%.*s %.*s", (int)date.n, date.p, (int)time.n, time.p);
	a->published_at = old->published_at;
	if (date.n && (!old->published_at || !str_eq(date, desk_time(p, old->published_at))) &&
	    !settings_parse_time(&p->settings, date, &a->published_at))
		return refuse(
		    problem, ERR_INVALID, N_("The date or the time is not one. Write them as 2026-05-01 and 09:00."), p->err);
	if (a->status == ARTICLE_SCHEDULED && a->published_at <= p->now)
		return refuse(
		    problem, ERR_INVALID, N_("Choose a day and a time that lie ahead to schedule the article."), p->err);
	return true;
}

static bool known_lang(const struct desk_page *p, struct str lang)
{
	for (size_t i = 0; i < p->settings.n_langs; i++) {
		if (str_eq(lang, p->settings.langs[i]))
			return true;
	}
	return false;
}

/* Of the web, or of this site. */
static bool is_address(struct str url)
{
	return str_starts_ci(url, STR("https://")) || str_starts_ci(url, STR("http://")) ||
	       (str_starts(url, STR("/")) && !str_starts(url, STR("//")));
}

static bool check(struct desk_page *p, const struct article *old, const struct article *a, const char **problem)
{
	const struct original *o = &a->original;
	const struct str lines[] = { a->author, a->translator, o->title, o->author, o->publisher, o->url, o->date,
		o->licence, o->lang };
	if (a->title.n == 0)
		return refuse(problem, ERR_INVALID, N_("An article needs a title."), p->err);
	if (!known_lang(p, a->lang) && !str_eq(a->lang, old->lang))
		return refuse(problem, ERR_INVALID, N_("The site has no such language."), p->err);
	if (o->url.n && !is_address(o->url) && !str_eq(o->url, old->original.url))
		return refuse(problem, ERR_INVALID, N_("The address of the original starts with https:// or http://."), p->err);
	for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
		if (lines[i].n > CREDIT_MAX)
			return refuse(problem, ERR_TOO_LARGE, N_("A field is too long."), p->err);
	}
	if (a->title.n > CREDIT_MAX || a->slug.n > SLUG_MAX || a->summary.n > FORM_MAX || a->body.n > ARTICLE_BODY_MAX ||
	    a->preface.n > ARTICLE_BODY_MAX)
		return refuse(problem, ERR_TOO_LARGE, N_("A field is too long."), p->err);
	return true;
}

bool fields_read(struct desk_page *p, const struct article *old, struct article *out, const char **problem)
{
	struct str slug = line_field(p, "slug");
	*problem = NULL;
	*out = (struct article){ .id = old->id,
		.group_id = old->group_id,
		.lang = line_field(p, "lang"),
		.title = line_field(p, "title"),
		.preface = text_field(p, "preface"),
		.body = text_field(p, "body"),
		.summary = line_field(p, "summary"),
		.author = line_field(p, "author"),
		.translator = line_field(p, "translator"),
		.sticky = web_field_get(p->req, "sticky").n > 0,
		.created_at = old->created_at };
	out->format = str_eq(web_field_get(p->req, "format"), STR("html")) ? DOC_HTML : DOC_MARKDOWN;
	out->slug = slug.n && !str_eq(slug, old->slug) ? doc_slug_chosen(slug, p->arena) : slug;
	out->original = (struct original){ .title = line_field(p, "original_title"),
		.author = line_field(p, "original_author"),
		.publisher = line_field(p, "original_publisher"),
		.url = line_field(p, "original_url"),
		.date = line_field(p, "original_date"),
		.licence = line_field(p, "original_licence"),
		.lang = line_field(p, "original_lang") };
	if (!article_status_parse(web_field_get(p->req, "status"), &out->status))
		return error_set(p->err, ERR_USAGE, "the form lacks a status");
	return read_categories(p, out) && read_tags(p, out, problem) && read_date(p, old, out, problem) &&
	       check(p, old, out, problem);
}

/* ---- showing ---- */

static size_t depth_of(const struct category *all, size_t i)
{
	size_t depth = 0, at = i;
	while (all[at].parent && depth < CATEGORY_DEPTH_MAX) {
		int64_t parent = all[at].parent;
		while (at > 0 && all[at].id != parent)
			at--;
		depth++;
	}
	return depth;
}

static bool show_categories(struct desk_page *p, const struct article *a)
{
	struct category *all;
	size_t n;
	struct view_value *boxes = view_set_list(p->root, "categories"), *mains = view_set_list(p->root, "mains");
	if (!category_list(p->store, &all, &n, p->arena, p->err))
		return false;
	desk_choice(mains, STR(""), STR("–"), a->n_categories == 0);
	for (size_t i = 0; i < n; i++) {
		struct buf label = { 0 };
		struct str id = arena_printf(p->arena, "%lld", (long long)all[i].id);
		bool in = false;
		for (size_t k = 0; k < a->n_categories; k++)
			in |= a->categories[k] == all[i].id;
		for (size_t d = depth_of(all, i); d > 0; d--)
			buf_adds(&label, "– ");
		buf_add(&label, category_name_in(&all[i], p->lang, p->settings.default_lang)->name);
		struct str text = buf_take(&label, p->arena);
		desk_choice(boxes, id, text, in);
		desk_choice(mains, id, text, a->n_categories && a->categories[0] == all[i].id);
	}
	view_set_bool(p->root, "has_categories", n > 0);
	return true;
}

static void show_languages(struct desk_page *p, const struct article *a)
{
	struct view_value *langs = view_set_list(p->root, "langs");
	for (size_t i = 0; i < p->settings.n_langs; i++) {
		struct str lang = p->settings.langs[i];
		desk_choice(langs, lang, view_lang_name(lang), str_eq(lang, a->lang));
	}
	if (a->lang.n && !known_lang(p, a->lang))
		desk_choice(langs, a->lang, view_lang_name(a->lang), true);
}

static struct str tags_line(struct desk_page *p, const struct article *a)
{
	struct buf out = { 0 };
	for (size_t i = 0; i < a->n_tags; i++) {
		buf_adds(&out, i ? ", " : "");
		buf_add(&out, a->tags[i]);
	}
	return buf_take(&out, p->arena);
}

bool fields_show(struct desk_page *p, const struct article *a)
{
	struct view_value *v = view_set_object(p->root, "a");
	const struct original *o = &a->original;
	view_set_str(v, "title", a->title);
	view_set_str(v, "slug", a->slug);
	view_set_str(v, "preface", a->preface);
	view_set_str(v, "body", a->body);
	view_set_str(v, "summary", a->summary);
	view_set_str(v, "author", a->author);
	view_set_str(v, "translator", a->translator);
	view_set_str(v, "original_title", o->title);
	view_set_str(v, "original_author", o->author);
	view_set_str(v, "original_publisher", o->publisher);
	view_set_str(v, "original_url", o->url);
	view_set_str(v, "original_date", o->date);
	view_set_str(v, "original_licence", o->licence);
	view_set_str(v, "original_lang", o->lang);
	view_set_bool(v, "has_original", o->title.n || o->url.n || o->author.n || o->licence.n);
	view_set_bool(v, "sticky", a->sticky);
	view_set_bool(v, "is_html", a->format == DOC_HTML);
	view_set_str(v, "body_lang", a->lang);
	view_set_str(v, "tags", tags_line(p, a));
	struct str when = a->published_at ? desk_time(p, a->published_at) : STR("");
	int minutes = p->settings.time_offset / 60, east = minutes < 0 ? -minutes : minutes;
	view_set_str(v, "published_date", str_sub(when, 0, 10));
	view_set_str(v, "published_time", str_skip(when, 11));
	view_set_str(v, "zone", arena_printf(p->arena, "UTC%c%02d:%02d", minutes < 0 ? '-' : '+', east / 60, east % 60));
	show_languages(p, a);
	return show_categories(p, a);
}

#include "transfer/wordpress.h"

#include <string.h>

/* One item of an export becomes one article. */

#define TITLE_FROM_BODY 90 /* bytes of the text that stand in for a missing title */
#define GROUPS_MAX 200000

/* ---- plain text of titles and names ---- */

/* A tag that only formats, as people put it into titles: its length, or 0. */
static size_t formatting_tag(struct str s)
{
	static const char *const names[] = { "em", "strong", "i", "b", "u", "s", "br", "span", "sup", "sub", "small",
		"mark", "code", "wbr", "a", "font", "del", "ins", "ruby", "rt", "rp" };
	ptrdiff_t end = str_find(s, STR(">"));
	size_t at = s.n > 1 && s.p[1] == '/' ? 2 : 1, n = at;
	while (n < s.n && ((s.p[n] | 32) >= 'a' && (s.p[n] | 32) <= 'z'))
		n++;
	struct str name = str_sub(s, at, n);
	if (end < 0 || n >= s.n || !strchr(" >/\n", s.p[n]))
		return 0;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		if (str_eq_ci(name, str_from(names[i])))
			return (size_t)end + 1;
	}
	return 0;
}

struct str wp_plain(struct str s, struct arena *arena)
{
	struct buf out = { 0 };
	if (s.n == 0 || (!memchr(s.p, '<', s.n) && !memchr(s.p, '&', s.n)))
		return str_trim(s);
	for (size_t i = 0; i < s.n;) {
		size_t tag = s.p[i] == '<' ? formatting_tag(str_skip(s, i)) : 0;
		if (s.p[i] == '<' && tag == 0)
			buf_adds(&out, "&lt;");
		else if (tag == 0)
			buf_addc(&out, s.p[i]);
		i += tag ? tag : 1;
	}
	return str_trim(doc_plain(buf_take(&out, arena), arena));
}

static struct str title_of(struct wordpress *w, const struct doc *doc)
{
	struct str title = w->title;
	if (title.n > ARTICLE_TITLE_MAX) {
		import_note(&w->im, str_sub(title, 0, utf8_floor(title, TITLE_FROM_BODY)), "the title was cut", STR(""));
		title = str_sub(title, 0, utf8_floor(title, ARTICLE_TITLE_MAX));
	}
	if (title.n == 0 && doc->excerpt.n)
		title = str_sub(doc->excerpt, 0, utf8_floor(doc->excerpt, TITLE_FROM_BODY));
	if (title.n)
		return title;
	return str_eq(w->im.settings.default_lang, STR("ja")) ? STR("無題") : STR("Untitled");
}

/* ---- kind, status, dates ---- */

bool wp_holds_articles(const struct wordpress *w, struct str type)
{
	static const char *const known[] = { "post", "page", "docs", "ht_kb", "knowledgebase", "manual_kb", "kb" };
	struct str more = str_from(w->im.options->types);
	if (str_starts(type, STR("epkb_post_type_")))
		return true;
	for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
		if (str_eq(type, str_from(known[i])))
			return true;
	}
	while (more.n) {
		if (str_eq(str_trim(str_split(&more, ',')), type))
			return true;
	}
	return false;
}

/* What WordPress keeps for itself: nothing of it was ever an article. */
static bool is_internal(struct str type)
{
	static const char *const types[] = { "attachment", "nav_menu_item", "revision", "wp_block", "wp_navigation",
		"wp_template", "wp_template_part", "wp_global_styles", "wp_font_family", "wp_font_face", "custom_css",
		"customize_changeset", "oembed_cache", "user_request", "acf-field", "acf-field-group", "polylang_mo" };
	for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
		if (str_eq(type, str_from(types[i])))
			return true;
	}
	return false;
}

static bool status_of(struct wordpress *w, enum article_status *out)
{
	static const struct {
		const char *name;
		enum article_status status;
	} known[] = { { "publish", ARTICLE_PUBLISHED }, { "draft", ARTICLE_DRAFT }, { "auto-draft", ARTICLE_DRAFT },
		{ "pending", ARTICLE_REVIEW }, { "future", ARTICLE_SCHEDULED }, { "private", ARTICLE_PRIVATE } };
	const struct wxr_item *it = w->item;
	for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
		if (!str_eq(it->status, str_from(known[i].name)))
			continue;
		*out = known[i].status;
		if (it->password.n && *out == ARTICLE_PUBLISHED) {
			*out = ARTICLE_PRIVATE;
			import_note(&w->im, w->label, "was behind a password; it is private now", STR(""));
		}
		return true;
	}
	return false;
}

/* A date of the old site's clock, and of Greenwich's, which drafts have not ("0000-00-00 00:00:00"). Where both are told,
 * their difference is the old site's time zone. */
bool wp_dates(const struct wxr_item *it, int default_offset, int *offset, int64_t *date)
{
	const int64_t quarter = 900, most = 14 * 3600;
	int64_t local, gmt;
	bool has_local = time_parse(it->date, 0, &local), has_gmt = time_parse(it->date_gmt, 0, &gmt);
	if (has_local && has_gmt && local - gmt >= -most && local - gmt <= most && (local - gmt) % quarter == 0)
		*offset = (int)(local - gmt);
	*date = has_gmt ? gmt : has_local ? local - default_offset : 0;
	return has_gmt || has_local;
}

static void set_dates(struct wordpress *w, struct article *a)
{
	const struct wxr_item *it = w->item;
	int64_t date, modified;
	int offset;
	if (wp_dates(it, w->time_offset, &offset, &date)) {
		a->created_at = date;
		/* A draft's date is that of its writing: it is published when it is published. */
		if (a->status != ARTICLE_DRAFT && a->status != ARTICLE_REVIEW)
			a->published_at = date;
	}
	if (time_parse(it->modified_gmt, 0, &modified) || time_parse(it->modified, w->time_offset, &modified))
		a->updated_at = modified;
}

/* ---- who, and in which language ---- */

static struct str author_name(const struct wordpress *w, struct str login)
{
	for (size_t i = 0; i < w->n_authors; i++) {
		if (str_eq(w->authors[i].login, login))
			return w->authors[i].name;
	}
	return login;
}

/* Co-Authors Plus tells the authors as terms: a nicename "cap-login", and the login as the name. */
static struct str author_of(const struct wordpress *w)
{
	const struct wxr_item *it = w->item;
	struct buf out = { 0 };
	for (size_t i = 0; i < it->n_marks; i++) {
		if (wp_taxonomy_of(it->marks[i].taxonomy) != WP_AUTHOR || it->marks[i].name.n == 0)
			continue;
		if (out.n)
			buf_adds(&out, ", ");
		buf_add(&out, author_name(w, it->marks[i].name));
	}
	return out.n ? buf_take(&out, w->im.arena) : author_name(w, it->creator);
}

static struct str mark_of(const struct wxr_item *it, enum wp_taxonomy kind)
{
	for (size_t i = 0; i < it->n_marks; i++) {
		if (wp_taxonomy_of(it->marks[i].taxonomy) == kind && it->marks[i].slug.n)
			return it->marks[i].slug;
	}
	return STR("");
}

/* "pt-br" and "ja" as Polylang and WPML name them; Chinese keeps its script. */
static struct str language_of(struct wordpress *w, struct str text)
{
	struct str told = w->item->lang.n ? w->item->lang : mark_of(w->item, WP_LANGUAGE), rest = told;
	if (told.n == 0 || told.n > 12)
		return import_language(&w->im, text);
	for (size_t i = 0; i < told.n; i++) {
		char c = told.p[i];
		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (i > 1 && (c == '-' || c == '_'))))
			return import_language(&w->im, text);
	}
	return str_starts_ci(told, STR("zh-")) ? told : str_split(&rest, str_find(told, STR("_")) > 0 ? '_' : '-');
}

static bool join_group(struct wordpress *w, const struct article *a)
{
	struct str group = w->item->group.n ? w->item->group : mark_of(w->item, WP_TRANSLATIONS);
	uint64_t hash = str_hash(group);
	if (group.n == 0 || w->n_groups == GROUPS_MAX)
		return true;
	/* Translations mostly stand close to each other, the newest last. */
	for (size_t i = w->n_groups; i > 0; i--) {
		if (w->groups[i - 1].group != hash)
			continue;
		if (article_join(w->im.tx, w->groups[i - 1].article, a->id, w->im.err))
			return true;
		if (w->im.err->code != ERR_EXISTS)
			return false;
		import_note(&w->im, w->label, "could not be tied to its translations", str_from(w->im.err->message));
		*w->im.err = (struct error){ 0 };
		return true;
	}
	w->groups = wp_grow(w, w->groups, w->n_groups, &w->cap_groups, sizeof *w->groups);
	if (!w->groups)
		return false;
	w->groups[w->n_groups].group = hash;
	w->groups[w->n_groups++].article = a->id;
	return true;
}

/* ---- the item ---- */

static bool remember_forward(struct wordpress *w, int64_t article)
{
	int64_t *v = wp_grow(w, w->again, w->n_again, &w->cap_again, sizeof *v);
	if (!v)
		return false;
	w->again = v;
	w->again[w->n_again++] = article;
	return true;
}

static bool render(struct wordpress *w, struct str html, struct doc *doc)
{
	struct doc_resolver resolver = { .link = wp_link, .image = wp_image, .user = w };
	struct doc_options options = { .format = DOC_HTML, .resolver = &resolver, .no_citations = true };
	return doc_render(doc, html, &options, w->im.arena, w->im.err);
}

static bool bring_in(struct wordpress *w, enum article_status status)
{
	const struct wxr_item *it = w->item;
	struct import *im = &w->im;
	struct article a = { .format = DOC_HTML,
		.status = status,
		.slug = it->name,
		.source = it->link,
		.sticky = str_eq(it->sticky, STR("1")) };
	struct doc doc, preface = { 0 };
	struct wp_credits credits = { 0 };
	struct str body = wp_featured(w, wp_body(w, wp_credits(&credits, it->content, im->arena)));
	if ((credits.preface.n && !render(w, credits.preface, &preface)) || !render(w, body, &doc))
		return false;
	a.body = doc.html;
	a.preface = preface.html;
	a.original.url = credits.original_url;
	a.original.title = wp_plain(credits.original_title, im->arena);
	a.title = title_of(w, &doc);
	if (it->excerpt.n)
		a.summary = doc_plain(wp_shortcodes(w, it->excerpt), im->arena);
	a.author = author_of(w);
	a.lang = language_of(w, doc.text.n ? doc.text : a.title);
	a.import_key = arena_printf(
	    im->arena, "wp:%.*s?p=%.*s", (int)w->base.n, w->base.p, (int)(it->id.n < 20 ? it->id.n : 20), it->id.p);
	set_dates(w, &a);
	size_t same = im->sum->same_articles;
	if (!wp_terms_of_item(w, &a) || !import_article(im, &a))
		return false;
	if (w->forward && same == im->sum->same_articles && !remember_forward(w, a.id))
		return false;
	return join_group(w, &a) && wp_redirects_of_item(w, a.id);
}

bool wp_item(struct wordpress *w)
{
	const struct wxr_item *it = w->item;
	enum article_status status;
	w->title = wp_plain(it->title, w->im.arena);
	w->label = w->title.n ? w->title : it->link;
	w->forward = false;
	w->im.sum->comments_left_out += it->comments;
	if (is_internal(it->type))
		return true;
	if (!wp_holds_articles(w, it->type)) {
		wp_count(w, "this post type holds no articles (--type brings it in)", it->type);
		return true;
	}
	if (!status_of(w, &status)) {
		import_note(&w->im, w->label, "was left out: its status is", it->status);
		return true;
	}
	if (it->cut) {
		import_note(&w->im, w->label, "was left out", STR("a field is larger than it may be"));
		return true;
	}
	return bring_in(w, status);
}

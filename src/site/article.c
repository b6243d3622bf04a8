#include "site/page.h"

#define DAY 86400
#define OUTLINE_MIN 3
#define OUTLINE_MAX 24 /* entries: a longer outline shows the upper headings alone, where these are enough */

/* Of a licence that is known the name in the reader's language, and where it can be read. */
static void set_licence(struct page *p, struct view_value *credit, struct str text)
{
	struct licence l;
	if (!licence_read(text, &l, p->arena))
		return;
	struct str name = page_message(p, str_from(l.name));
	view_set_str(credit, "text", l.code.n ? l.code : l.reserved ? text : name);
	view_set_str(credit, "credit_url", l.url);
	if (l.code.n)
		view_set_str(credit, "credit_note", name);
}

static void set_original(struct page *p, const struct original *o)
{
	if (o->title.n == 0 && o->url.n == 0 && o->author.n == 0)
		return;
	struct view_value *v = view_set_object(p->root, "original");
	view_set_str(v, "title", o->title.n ? o->title : o->url);
	if (str_starts_ci(o->url, STR("https://")) || str_starts_ci(o->url, STR("http://")) || str_starts(o->url, STR("/")))
		view_set_str(v, "url", o->url);
	view_set_str(v, "lang", o->lang);
	const struct {
		const char *label;
		struct str text, lang;
	} credits[] = { { N_("Author"), o->author, o->lang }, { N_("Publisher"), o->publisher, o->lang },
		{ N_("Published"), view_partial_date(p->arena, p->lang, o->date), { 0 } },
		{ N_("Licence"), o->licence, { 0 } } };
	struct view_value *list = view_set_list(v, "credits");
	for (size_t i = 0; i < sizeof credits / sizeof *credits; i++) {
		if (credits[i].text.n == 0)
			continue;
		struct view_value *credit = view_push_object(list);
		view_set_str(credit, "label", page_message(p, str_from(credits[i].label)));
		view_set_str(credit, "text", credits[i].text);
		view_set_str(credit, "credit_lang", credits[i].lang);
		view_set_str(credit, "credit_url", STR(""));
		view_set_str(credit, "credit_note", STR(""));
		if (i == 3)
			set_licence(p, credit, o->licence);
	}
}

/* A translation whose original has moved on says so. */
static bool set_behind(struct page *p, const struct article *a)
{
	struct translation_notice n;
	if (!translation_notice(p->site->store, a->id, &n, p->arena, p->err))
		return false;
	if (n.behind_at == 0)
		return true;
	struct view_value *v = view_set_object(p->root, "behind");
	piece_date(p, v, "since", n.behind_at);
	bool here = n.source_slug.n > 0;
	bool elsewhere =
	    n.source_article == 0 && (str_starts_ci(n.url, STR("https://")) || str_starts_ci(n.url, STR("http://")));
	view_set_str(v, "original_url", here ? url_article(p, n.source_lang, n.source_slug) : elsewhere ? n.url : STR(""));
	if (n.source_article)
		page_key(p, CHANGE_ARTICLE, n.source_article);
	return true;
}

static int outline_depth(const struct rendered *r)
{
	size_t upper = 0, all = 0;
	for (size_t i = 0; i < r->n_headings; i++) {
		upper += r->headings[i].level <= 2;
		all += r->headings[i].level <= 3;
	}
	return all > OUTLINE_MAX && upper >= OUTLINE_MIN ? 2 : 3;
}

static void set_outline(struct page *p, const struct rendered *r)
{
	struct view_value *outline = view_set_list(p->root, "outline");
	size_t shown = 0;
	int depth = outline_depth(r);
	for (size_t i = 0; i < r->n_headings; i++) {
		if (r->headings[i].level > depth)
			continue;
		struct view_value *entry = view_push_object(outline);
		view_set_str(entry, "id", r->headings[i].id);
		view_set_str(entry, "text", r->headings[i].text);
		view_set_int(entry, "level", r->headings[i].level);
		view_set_bool(entry, "sub", r->headings[i].level > 2);
		shown++;
	}
	view_set_bool(p->root, "has_outline", shown >= OUTLINE_MIN);
}

/* Also puts the words of records into *r, where citations are addresses alone. */
static bool set_citations(struct page *p, const struct article *a, struct rendered *r)
{
	struct cited_source *sources = NULL;
	size_t n_sources = 0;
	if (r->n_citations && !source_of_article(p->site->store, a->id, &sources, &n_sources, p->arena, p->err))
		return false;
	struct doc_citation *own = arena_array(p->arena, r->n_citations + 1, sizeof *own);
	if (!own)
		return error_memory(p->err);
	struct view_value *list = view_set_list(p->root, "citations");
	for (size_t i = 0; i < r->n_citations; i++) {
		struct doc_citation *c = &own[i];
		*c = r->citations[i];
		struct view_value *entry = view_push_object(list);
		view_set_str(entry, "id", c->id);
		view_set_int(entry, "number", c->number);
		const struct source_record *s = citation_source(sources, n_sources, c->number);
		citation_complete(p, c, s, a->lang);
		view_set_html(entry, "html", c->html);
		/* A copy that the citation itself names needs no second link. */
		if (s && s->archive_url.n && str_find(c->html, STR("web.archive.org")) < 0)
			view_set_str(entry, "archive_url", s->archive_url);
		view_set_str(entry, "url", c->url);
		view_set_str(entry, "outlet", c->outlet);
		view_set_str(entry, "published_text", view_partial_date(p->arena, p->lang, c->published));
		view_set_str(entry, "accessed_text", view_partial_date(p->arena, p->lang, c->accessed));
		struct view_value *backs = view_set_list(entry, "backs");
		for (int n = 1; n <= c->marks; n++) {
			struct view_value *back = view_push_object(backs);
			view_set_str(back, "id", arena_printf(p->arena, "%.*s-ref-%d", (int)c->id.n, c->id.p, n));
			view_set_int(back, "n", n);
			view_set_bool(back, "only", c->marks == 1);
		}
	}
	view_set_str(p->root, "citations_heading", r->citations_heading);
	view_set_bool(p->root, "citations_list", r->n_citations > 0);
	r->citations = own;
	return true;
}

static bool set_places(struct page *p, const struct article *a)
{
	struct category *all, *own;
	size_t n_all, n_own, n_tags;
	struct str *tags;
	if (!category_list(p->site->store, &all, &n_all, p->arena, p->err) ||
	    !category_of_article(p->site->store, a->id, &own, &n_own, p->arena, p->err) ||
	    !tags_of_article(p->site->store, a->id, &tags, &n_tags, p->arena, p->err))
		return false;
	struct view_value *list = view_set_list(p->root, "categories");
	for (size_t i = 0; i < n_own; i++) {
		piece_category(p, list, &own[i]);
		page_key(p, CHANGE_CATEGORY, own[i].id);
	}
	piece_crumbs(p, all, n_all, n_own ? own[0].id : 0);
	view_set_bool(p->root, "has_places", n_own + n_tags > 0);
	list = view_set_list(p->root, "tags");
	for (size_t i = 0; i < n_tags; i++) {
		struct view_value *tag = view_push_object(list);
		view_set_str(tag, "name", tags[i]);
		view_set_str(tag, "url", url_tag(p, p->lang, tags[i]));
	}
	struct article_item previous = { 0 }, next = { 0 };
	if (n_own && !article_neighbours(p->site->store, a->id, own[0].id, p->lang, &previous, &next, p->arena, p->err))
		return false;
	piece_item_at(p, p->root, "previous", &previous);
	piece_item_at(p, p->root, "next", &next);
	view_set_bool(p->root, "has_neighbours", previous.id || next.id);
	if (previous.id)
		page_key(p, CHANGE_ITEM, previous.id);
	if (next.id)
		page_key(p, CHANGE_ITEM, next.id);
	return true;
}

/* The translations also make the language switch: *paths has an address a language of the interface. */
static bool set_translations(struct page *p, const struct article *a, struct str *paths)
{
	struct article_item *items;
	size_t n;
	if (!article_translations(p->site->store, a->group_id, &items, &n, p->arena, p->err))
		return false;
	struct view_value *list = view_set_list(p->root, "translations");
	for (size_t i = 0; i < n; i++) {
		struct str url = url_item(p, &items[i]);
		page_key(p, CHANGE_ITEM, items[i].id);
		for (size_t j = 0; j < p->settings.n_langs; j++) {
			if (str_eq(p->settings.langs[j], items[i].lang))
				paths[j] = url;
		}
		/* The original, when it stands on this site, is linked already. */
		if (items[i].id == a->id || str_eq(url, a->original.url))
			continue;
		struct view_value *entry = view_push_object(list);
		view_set_str(entry, "url", url);
		view_set_str(entry, "lang", items[i].lang);
		view_set_str(entry, "lang_name", page_lang_name(p, items[i].lang));
		view_set_bool(p->root, "has_translations", true);
		view_set_str(entry, "title", items[i].title);
	}
	return true;
}

/* An index that is being rebuilt must not take the page away: what has not been found yet is left out. */
static void set_related(struct page *p, const struct article *a)
{
	struct article_item *items;
	struct error ignored = { 0 };
	size_t n;
	bool ready = false;
	if (!search_related(p->site->search, a->id, &items, &n, &ready, p->arena, &ignored)) {
		if (ignored.code != ERR_UNAVAILABLE)
			log_error(&ignored, "related articles");
		p->unfinished = true;
		return;
	}
	p->unfinished = p->unfinished || !ready;
	web_key_add(p->res, web_key_of(KEY_RELATED, a->id));
	struct view_value *list = view_set_list(p->root, "related");
	view_set_bool(p->root, "has_related", n > 0);
	for (size_t i = 0; i < n; i++) {
		piece_item(p, list, &items[i]);
		page_key(p, CHANGE_ITEM, items[i].id);
	}
}

/* What says who wrote it, and when. */
static void set_byline(struct page *p, const struct article *a)
{
	view_set_str(p->root, "author", a->author);
	view_set_str(p->root, "translator", a->translator);
	piece_date(p, p->root, "published", a->published_at);
	if (a->updated_at / DAY > a->published_at / DAY)
		piece_date(p, p->root, "updated", a->updated_at);
	if (str_starts_ci(a->source, STR("http://")) || str_starts_ci(a->source, STR("https://")))
		view_set_str(p->root, "source_url", a->source);
	set_original(p, &a->original);
}

static void set_text(struct page *p, const struct article *a, const struct rendered *r)
{
	view_set_str(p->root, "article_lang", a->lang);
	view_set_html(p->root, "preface_html", reachable_parts(p, citation_titles(p, r->preface_html, r)));
	view_set_str(
	    p->root, "preface_label", page_message(p, a->translator.n ? STR("Translator's preface") : STR("Preface")));
	view_set_html(p->root, "body_html", campaign_boxes(p, reachable_parts(p, citation_titles(p, r->html, r))));
	view_set_str(p->root, "description", a->summary.n ? a->summary : r->excerpt);
	set_outline(p, r);
}

/* A page that stands apart has no by-line, no place among others, and no company. */
static bool render_article(struct page *p, const struct article *a, bool standing)
{
	struct rendered r;
	struct str *paths = arena_array(p->arena, p->settings.n_langs, sizeof *paths);
	if (!paths)
		return error_memory(p->err);
	if (!article_rendered(p->site->store, a->id, &r, p->arena, p->err) || (!standing && !set_places(p, a)) ||
	    !set_translations(p, a, paths) || !set_behind(p, a))
		return false;
	page_head(p, "page_article", a->title, paths);
	if (!set_citations(p, a, &r))
		return false;
	set_text(p, a, &r);
	struct str path = standing ? url_standing(p, a->lang, a->slug) : url_article(p, a->lang, a->slug);
	view_set_str(p->root, "canonical", url_absolute(p, path));
	if (!standing) {
		set_byline(p, a);
		set_related(p, a);
		view_set_html(p->root, "json_ld", article_json_ld(p, a, &r));
	}
	page_key(p, CHANGE_ARTICLE, a->id);
	page_key(p, CHANGE_AROUND, a->group_id);
	page_key(p, CHANGE_AROUND, 0);
	p->content_lang = a->lang;
	return page_render(p, "article");
}

/* The article of this name in another language, for an address under the wrong one. */
static bool elsewhere(struct page *p, struct str slug, struct str not_lang, bool standing)
{
	for (size_t i = 0; i < p->settings.n_langs; i++) {
		struct article a;
		struct error ignored = { 0 };
		if (str_eq(p->settings.langs[i], not_lang) ||
		    !article_by_slug(p->site->store, p->settings.langs[i], slug, &a, p->arena, &ignored) ||
		    a.status != ARTICLE_PUBLISHED)
			continue;
		web_redirect(p->res, 302, standing ? url_standing(p, a.lang, a.slug) : url_article(p, a.lang, a.slug));
		return true;
	}
	return false;
}

/* Each of both kinds has one address: under the other's, it leads there. */
static bool show(struct page *p, const struct article *a, bool standing)
{
	bool is = false;
	if (!page_is(p->site->store, a->id, &is, p->err))
		return false;
	if (is == standing)
		return render_article(p, a, standing);
	web_redirect(p->res, 301, is ? url_standing(p, a->lang, a->slug) : url_article(p, a->lang, a->slug));
	return true;
}

static bool page_of(const struct web_request *req, struct web_response *res, struct error *err, bool standing)
{
	struct page p;
	struct article a;
	struct str lang = page_prefix(req, 1), slug = page_capture(req, 1, 0);
	if (!page_begin(&p, req, res, lang, err)) {
		/* An article may be in a language that the interface has not; its page then speaks the default one. */
		if (err->code != ERR_NOT_FOUND || str_eq(lang, p.settings.default_lang) ||
		    !page_begin(&p, req, res, STR(""), err))
			return err->code == ERR_NOT_FOUND ? page_missing(req, res, err) : false;
	}
	if (lang.n == 0)
		lang = p.settings.default_lang;
	if (article_by_slug(p.site->store, lang, slug, &a, p.arena, err) && a.status == ARTICLE_PUBLISHED)
		return show(&p, &a, standing);
	if (err->code != ERR_NONE && err->code != ERR_NOT_FOUND)
		return false;
	return elsewhere(&p, slug, lang, standing) ? true : page_missing(req, res, err);
}

bool article_page(const struct web_request *req, struct web_response *res, struct error *err)
{
	return page_of(req, res, err, false);
}

bool standing_page(const struct web_request *req, struct web_response *res, struct error *err)
{
	return page_of(req, res, err, true);
}

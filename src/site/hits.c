#include "site/find.h"

static bool among_hits(const struct search_result *found, int64_t article)
{
	for (size_t i = 0; i < found->n_hits; i++) {
		if (found->hits[i].article == article)
			return true;
	}
	return false;
}

/* Versions in other languages, but for those that are hits themselves. */
static bool set_versions(
    struct page *p, struct view_value *entry, const struct search_hit *hit, const struct search_result *found)
{
	struct article_item *versions;
	size_t n;
	if (!article_versions(p->site->store, hit->article, &versions, &n, p->arena, p->err))
		return false;
	struct view_value *list = view_set_list(entry, "versions");
	for (size_t i = 0; i < n; i++) {
		if (among_hits(found, versions[i].id))
			continue;
		struct view_value *version = view_push_object(list);
		view_set_str(version, "url", url_item(p, &versions[i]));
		view_set_str(version, "title", versions[i].title);
		view_set_str(version, "lang", versions[i].lang);
		view_set_str(version, "lang_name", page_lang_name(p, versions[i].lang));
	}
	return true;
}

static bool push_hit(struct page *p, struct view_value *list, const struct asked *a, const struct search_hit *hit,
    const struct search_result *found)
{
	struct view_value *entry = view_push_object(list);
	bool page = false;
	/* The index does not know; but what has a category is none. */
	if (hit->main_category == 0 && !page_is(p->site->store, hit->article, &page, p->err))
		return false;
	view_set_str(entry, "url", page ? url_standing(p, hit->lang, hit->slug) : url_article(p, hit->lang, hit->slug));
	view_set_html(entry, "title_html", hit->title_html);
	view_set_html(entry, "snippet_html", hit->snippet_html);
	view_set_bool(entry, "relaxed", hit->relaxed && !hit->pinned);
	view_set_bool(entry, "pinned", hit->pinned);
	piece_date(p, entry, "date", hit->published_at);
	if (!str_eq(hit->lang, p->lang)) {
		view_set_str(entry, "hit_lang", hit->lang);
		view_set_str(entry, "lang_name", page_lang_name(p, hit->lang));
	}
	const struct category *c = category_in(a->all, a->n_all, hit->main_category);
	if (c) {
		struct view_value *link = view_set_object(entry, "category");
		view_set_str(link, "url", url_category(p, p->lang, c->slug));
		view_set_str(link, "name", category_name_on(p, c));
	}
	return set_versions(p, entry, hit, found);
}

bool hits_set(struct page *p, const struct asked *a, const struct search_result *found)
{
	struct view_value *list = view_set_list(p->root, "hits");
	bool all_relaxed = found->n_hits > 0;
	for (size_t i = 0; i < found->n_hits; i++) {
		all_relaxed = all_relaxed && found->hits[i].relaxed && !found->hits[i].pinned;
		if (!push_hit(p, list, a, &found->hits[i], found))
			return false;
	}
	view_set_bool(p->root, "all_relaxed", all_relaxed);
	return true;
}

#include "site/campaign.h"
#include "site/find.h"

#define ENTRIES_MAX 30

/* Atom (RFC 4287). Addresses are relative where the site knows none of its own: readers resolve them. */

void feed_element(struct buf *out, const char *name, struct str text)
{
	if (text.n == 0)
		return;
	buf_addc(out, '<');
	buf_adds(out, name);
	buf_addc(out, '>');
	/* XML has no way to write most control characters. */
	for (size_t from = 0, i = 0; i <= text.n; i++) {
		bool control = i < text.n && (unsigned char)text.p[i] < ' ' && text.p[i] != '\n' && text.p[i] != '\t';
		if (i < text.n && !control)
			continue;
		buf_add_html(out, str_sub(text, from, i));
		from = i + 1;
	}
	buf_adds(out, "</");
	buf_adds(out, name);
	buf_adds(out, ">\n");
}

void feed_link(struct page *p, struct buf *out, const char *rel, const char *type, struct str path)
{
	buf_adds(out, "<link rel=\"");
	buf_adds(out, rel);
	buf_adds(out, "\" type=\"");
	buf_adds(out, type);
	buf_adds(out, "\" href=\"");
	buf_add_html(out, url_absolute(p, path));
	buf_adds(out, "\"/>\n");
}

/* Identifiers must outlive a change of address, so they are made of the database's own name (RFC 8141 form). */
struct str feed_id(struct page *p, const char *kind, int64_t id)
{
	struct str identity = store_identity(p->site->store, p->arena);
	return arena_printf(p->arena, "urn:x-kairan:%.*s:%s:%lld", (int)identity.n, identity.p, kind, (long long)id);
}

static void add_entry(struct page *p, struct buf *out, const struct article_item *a)
{
	buf_adds(out, "<entry xml:lang=\"");
	buf_add_html(out, a->lang);
	buf_adds(out, "\">\n");
	feed_element(out, "id", feed_id(p, "article", a->id));
	feed_element(out, "title", a->title.n ? a->title : a->slug);
	feed_link(p, out, "alternate", "text/html", url_article(p, a->lang, a->slug));
	feed_element(out, "published", time_rfc3339(p->arena, a->published_at));
	feed_element(out, "updated", time_rfc3339(p->arena, a->updated_at ? a->updated_at : a->published_at));
	if (a->author.n) {
		buf_adds(out, "<author>");
		feed_element(out, "name", a->author);
		buf_adds(out, "</author>\n");
	}
	if (a->translator.n) {
		buf_adds(out, "<contributor>");
		feed_element(out, "name", a->translator);
		buf_adds(out, "</contributor>\n");
	}
	feed_element(out, "summary", a->summary);
	buf_adds(out, "</entry>\n");
}

static int64_t newest_change(const struct article_item *items, size_t n)
{
	int64_t newest = 0;
	for (size_t i = 0; i < n; i++) {
		int64_t t = items[i].updated_at ? items[i].updated_at : items[i].published_at;
		if (t > newest)
			newest = t;
	}
	return newest;
}

void feed_head(struct page *p, struct buf *out, struct str id, struct str title, struct str self, struct str home)
{
	struct str name = setting_text(p->site->store, "name", p->lang, p->arena);
	buf_adds(
	    out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<feed xmlns=\"http://www.w3.org/2005/Atom\" xml:lang=\"");
	buf_add_html(out, p->lang);
	buf_adds(out, "\">\n");
	feed_element(out, "id", id);
	feed_element(out, "title",
	    title.n ? arena_printf(p->arena, "%.*s – %.*s", (int)title.n, title.p, (int)name.n, name.p) : name);
	buf_adds(out, "<author>");
	feed_element(out, "name", name);
	buf_adds(out, "</author>\n");
	feed_link(p, out, "self", "application/atom+xml", self);
	feed_link(p, out, "alternate", "text/html", home);
}

static bool write_feed(struct page *p, int64_t category, struct str title, struct str self, struct str home)
{
	struct article_filter filter = {
		.lang = p->lang, .category = category, .status = ARTICLE_PUBLISHED, .order = ORDER_UPDATED, .limit = ENTRIES_MAX
	};
	struct article_item *items;
	size_t n;
	struct buf *out = &p->res->body;
	if (!article_list(p->site->store, &filter, &items, &n, NULL, p->arena, p->err))
		return false;
	feed_head(p, out, feed_id(p, str_eq(p->lang, p->settings.default_lang) ? "feed" : "feed-translated", category),
	    title, self, home);
	feed_element(out, "updated", time_rfc3339(p->arena, newest_change(items, n)));
	for (size_t i = 0; i < n; i++) {
		add_entry(p, out, &items[i]);
		page_key(p, CHANGE_ARTICLE, items[i].id);
	}
	buf_adds(out, "</feed>\n");
	p->res->type = STR("application/atom+xml; charset=utf-8");
	page_key(p, CHANGE_UPDATES, category);
	return true;
}

bool feed_atom(const struct web_request *req, struct web_response *res, struct error *err)
{
	struct page p;
	if (!page_begin(&p, req, res, page_prefix(req, 0), err))
		return err->code == ERR_NOT_FOUND ? page_missing(req, res, err) : false;
	return write_feed(&p, 0, STR(""), url_path(&p, p.lang, "/feed.atom"), url_path(&p, p.lang, "/"));
}

bool category_feed(const struct web_request *req, struct web_response *res, struct error *err)
{
	struct page p;
	struct category c;
	if (!page_begin(&p, req, res, page_prefix(req, 1), err) ||
	    !category_by_slug(p.site->store, page_capture(req, 1, 0), &c, p.arena, err))
		return err->code == ERR_NOT_FOUND ? page_missing(req, res, err) : false;
	struct str home = url_category(&p, p.lang, c.slug);
	struct str self = arena_printf(p.arena, "%.*s/feed.atom", (int)home.n, home.p);
	page_key(&p, CHANGE_CATEGORY, c.id);
	return write_feed(&p, c.id, category_name_on(&p, &c), self, home);
}

/* The articles that a search finds, without those that match only in part. */
static bool found_items(struct page *p, const struct search_result *found, struct article_item *items, size_t *n)
{
	for (size_t i = 0; i < found->n_hits; i++) {
		struct article a;
		struct error gone = { 0 };
		if (found->hits[i].relaxed)
			continue;
		if (!article_by_id(p->site->store, found->hits[i].article, &a, p->arena, &gone)) {
			if (gone.code == ERR_NOT_FOUND)
				continue;
			*p->err = gone;
			return false;
		}
		if (a.status != ARTICLE_PUBLISHED)
			continue;
		items[(*n)++] = (struct article_item){ .id = a.id,
			.lang = a.lang,
			.slug = a.slug,
			.title = a.title,
			.author = a.author,
			.summary = a.summary,
			.translator = a.translator,
			.published_at = a.published_at,
			.updated_at = a.updated_at };
	}
	return true;
}

/* One search has one name: that of its address, which says all about it. */
static struct str search_id(struct page *p, struct str address)
{
	char hash[HASH_HEX_MAX];
	struct str identity = store_identity(p->site->store, p->arena);
	hash_hex(address, 16, hash);
	return arena_printf(p->arena, "urn:x-kairan:%.*s:search:%s", (int)identity.n, identity.p, hash);
}

bool search_feed(const struct web_request *req, struct web_response *res, struct error *err)
{
	struct page p;
	struct asked a;
	struct search_request ask;
	struct search_result found = { 0 };
	struct url_pair pairs[PAIRS];
	struct article_item items[ENTRIES_MAX];
	size_t n = 0;
	if (!page_begin(&p, req, res, page_prefix(req, 0), err))
		return err->code == ERR_NOT_FOUND ? page_missing(req, res, err) : false;
	if (!asked_read(&p, &a, &ask))
		return false;
	ask.order = SEARCH_NEWEST;
	ask.offset = 0;
	ask.limit = ENTRIES_MAX;
	ask.snippets = false;
	if (a.query.n && !search_query(p.site->search, &ask, &found, p.arena, err)) {
		if (err->code != ERR_UNAVAILABLE)
			return false;
		site_error_page(req, 503, err, res);
		return true;
	}
	if (!found_items(&p, &found, items, &n))
		return false;
	asked_pairs(&a, pairs);
	struct str self = url_query(p.arena, url_path(&p, p.lang, "/search.atom"), pairs, PAIR_ORDER);
	feed_head(&p, &res->body, search_id(&p, self), a.query.n ? a.query : page_message(&p, STR("Search")), self,
	    url_query(p.arena, url_path(&p, p.lang, "/search"), pairs, PAIR_ORDER));
	feed_element(&res->body, "updated", time_rfc3339(p.arena, newest_change(items, n)));
	for (size_t i = 0; i < n; i++)
		add_entry(&p, &res->body, &items[i]);
	buf_adds(&res->body, "</feed>\n");
	res->type = STR("application/atom+xml; charset=utf-8");
	res->no_store = true;
	return true;
}

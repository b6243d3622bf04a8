#include "site/page.h"

#include <jansson.h>
#include <stdlib.h>

#define SUGGESTIONS 8

/* An empty slice may have no bytes at all, and a list with a hole would put notes beside the wrong texts. */
static void push(json_t *list, struct str s)
{
	json_array_append_new(list, json_stringn(s.p ? s.p : "", s.n));
}

static struct str suggestion_url(const struct page *p, const struct suggestion *s)
{
	struct buf url = { 0 };
	if (s->kind == SUGGEST_CATEGORY)
		return url_category(p, p->lang, s->slug);
	if (s->kind == SUGGEST_TAG)
		return url_tag(p, p->lang, s->text);
	buf_add(&url, url_article(p, s->lang, s->slug));
	if (s->fragment.n) {
		buf_addc(&url, '#');
		buf_add_uri(&url, s->fragment, STR(""));
	}
	return buf_take(&url, p->arena);
}

static struct str suggestion_note(const struct page *p, const struct suggestion *s)
{
	if (s->kind == SUGGEST_CATEGORY)
		return page_message(p, STR("Category"));
	return s->kind == SUGGEST_TAG ? page_message(p, STR("Tag")) : s->context;
}

/* OpenSearch suggestions (opensearch.org, "Suggestions extension" 1.1): [typed, [texts], [notes], [addresses]]. */
bool suggest_json(const struct web_request *req, struct web_response *res, struct error *err)
{
	struct page p;
	struct suggestion *found;
	struct str typed = web_param_get(req, "q");
	size_t n = 0;
	if (!page_begin(&p, req, res, page_prefix(req, 0), err))
		return err->code == ERR_NOT_FOUND ? page_missing(req, res, err) : false;
	/* While the index is made anew there is nothing to suggest. */
	if (!search_suggest(p.site->search, typed, p.lang, SUGGESTIONS, &found, &n, p.arena, err) &&
	    err->code != ERR_UNAVAILABLE)
		return false;
	json_t *texts = json_array(), *notes = json_array(), *urls = json_array();
	for (size_t i = 0; i < n; i++) {
		struct str url = suggestion_url(&p, &found[i]), note = suggestion_note(&p, &found[i]);
		push(texts, found[i].text);
		push(notes, note);
		push(urls, url);
	}
	json_t *all = json_pack("[s%,o,o,o]", typed.p ? typed.p : "", typed.n, texts, notes, urls);
	char *text = all ? json_dumps(all, JSON_COMPACT) : NULL;
	json_decref(all);
	if (!text)
		return error_memory(err);
	buf_adds(&res->body, text);
	free(text);
	res->type = STR("application/x-suggestions+json; charset=utf-8");
	res->no_store = true;
	return true;
}

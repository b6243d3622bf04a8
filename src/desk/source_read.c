#include "desk/sources.h"

#include "doc/doc.h"
#include "text/text.h"

/* What a page says of itself becomes the fields of a source: from its address, or from a copy that the editor saved. */

static void offer(struct str *field, struct str found, struct arena *arena)
{
	found = str_trim(found);
	if (field->n == 0 && found.n && found.n <= CREDIT_MAX)
		*field = arena_dup(arena, found);
}

/* The day alone: "2024-05-01T09:00:00+09:00" is 2024-05-01. */
static struct str day_of(const struct desk_work *w, struct str written)
{
	int64_t t;
	written = str_trim(written);
	if (!time_parse(written, w->settings->time_offset, &t))
		return written.n <= 10 ? written : STR("");
	if (written.n <= 10)
		return written;
	struct civil c = civil_from_unix(t + w->settings->time_offset);
	return arena_printf(w->arena, "%04d-%02d-%02d", c.year, c.month, c.day);
}

static struct str host_of(struct str url)
{
	struct str rest = url;
	str_split(&rest, '/');
	str_split(&rest, '/');
	struct str host = str_split(&rest, '/');
	return str_starts(host, STR("www.")) ? str_skip(host, 4) : host;
}

/* What JSON-LD and the marks for libraries say counts first, then what the page says for those who share it. */
static bool read_html(const struct desk_work *w, struct str bytes, struct source_record *s)
{
	struct doc_page page;
	struct doc_about about;
	struct str charset;
	size_t bad;
	struct str html = text_utf8(bytes, &charset, &bad, w->arena);
	if (!doc_read_page(&page, html, w->arena, w->err) || !doc_read_about(&about, html, w->arena, w->err))
		return false;
	if (s->url.n == 0 && source_key(page.canonical, w->arena).n)
		s->url = page.canonical;
	offer(&s->title, about.title, w->arena);
	offer(&s->title, page.title, w->arena);
	offer(&s->author, about.author, w->arena);
	offer(&s->author, page.author, w->arena);
	/* A whole time is told in the site's zone; JSON-LD is read as a day. */
	offer(&s->published, day_of(w, page.published), w->arena);
	offer(&s->published, day_of(w, about.published), w->arena);
	offer(&s->outlet, about.publisher, w->arena);
	offer(&s->outlet, page.site, w->arena);
	offer(&s->outlet, host_of(s->url), w->arena);
	return true;
}

static bool fetched(const struct desk_work *w, struct source_record *s, struct str *html, const char **problem)
{
	struct fetch_request request = { .url = s->url, .body_max = ARTICLE_BODY_MAX, .redirects = 5, .cut = true };
	struct fetch_answer answer;
	struct error why = { 0 };
	if (s->url.n == 0 || source_key(s->url, w->arena).n == 0) {
		*problem = N_("The address must start with https:// or http://.");
		return false;
	}
	bool ok = fetch(site_fetch_policy(w->site), &request, &answer, w->arena, &why);
	if (!ok && why.code == ERR_DENIED)
		*problem = N_("This address leads into a private network, which is not asked.");
	else if (!ok || answer.status != 200)
		*problem = N_(
		    "The address did not answer with a page. Fill in the fields yourself, or save the page in your browser and send the file.");
	else if (str_find_ci(answer.type, STR("html")) < 0)
		*problem = N_("What is at this address is no page that can be read. Fill in the fields yourself.");
	else
		*html = answer.body;
	return *problem == NULL;
}

bool source_read(const struct desk_work *w, struct source_record *s, struct str html, const char **problem)
{
	*problem = NULL;
	if (s->accessed.n == 0) {
		struct civil c = civil_from_unix(w->now + w->settings->time_offset);
		s->accessed = arena_printf(w->arena, "%04d-%02d-%02d", c.year, c.month, c.day);
	}
	if (html.n == 0 && !fetched(w, s, &html, problem))
		return false;
	if (read_html(w, html, s))
		return true;
	if (w->err->code == ERR_TOO_LARGE) {
		*w->err = (struct error){ 0 };
		*problem = N_("The page is too large to be read. Fill in the fields yourself.");
	}
	return false;
}

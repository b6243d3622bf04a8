#include "desk/sources.h"

#include "doc/doc.h"

/* What a page says of itself becomes the fields of a source: from its address, or from a copy that the editor saved. */

static void offer(struct str *field, struct str found, struct arena *arena)
{
	if (field->n == 0 && found.n && found.n <= CREDIT_MAX)
		*field = arena_dup(arena, found);
}

/* The day alone: "2024-05-01T09:00:00+09:00" is 2024-05-01. */
static struct str day_of(struct desk_page *p, struct str written)
{
	int64_t t;
	written = str_trim(written);
	if (!time_parse(written, p->settings.time_offset, &t))
		return written.n <= 10 ? written : STR("");
	if (written.n <= 10)
		return written;
	struct civil c = civil_from_unix(t + p->settings.time_offset);
	return arena_printf(p->arena, "%04d-%02d-%02d", c.year, c.month, c.day);
}

static struct str host_of(struct str url)
{
	struct str rest = url;
	str_split(&rest, '/');
	str_split(&rest, '/');
	struct str host = str_split(&rest, '/');
	return str_starts(host, STR("www.")) ? str_skip(host, 4) : host;
}

static bool read_html(struct desk_page *p, struct str html, struct source_record *s)
{
	struct doc_page page;
	if (!doc_read_page(&page, html, p->arena, p->err))
		return false;
	if (s->url.n == 0 && source_key(page.canonical, p->arena).n)
		s->url = page.canonical;
	offer(&s->title, page.title, p->arena);
	offer(&s->author, page.author, p->arena);
	offer(&s->published, day_of(p, page.published), p->arena);
	offer(&s->outlet, page.site, p->arena);
	offer(&s->outlet, host_of(s->url), p->arena);
	return true;
}

static bool fetched(struct desk_page *p, struct source_record *s, struct str *html, const char **problem)
{
	struct fetch_request request = { .url = s->url, .body_max = ARTICLE_BODY_MAX, .redirects = 5, .cut = true };
	struct fetch_answer answer;
	struct error why = { 0 };
	if (s->url.n == 0 || source_key(s->url, p->arena).n == 0) {
		*problem = N_("The address must start with https:// or http://.");
		return false;
	}
	bool ok = fetch(site_fetch_policy(p->site), &request, &answer, p->arena, &why);
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

bool source_read(struct desk_page *p, struct source_record *s, const char **problem)
{
	const struct web_file *f = web_file_get(p->req, "page");
	struct str html = STR("");
	*problem = NULL;
	if (s->accessed.n == 0)
		s->accessed = str_sub(desk_time(p, p->now), 0, 10);
	if (f && f->bytes.n)
		html = f->bytes;
	else if (!fetched(p, s, &html, problem))
		return false;
	if (read_html(p, html, s))
		return true;
	if (p->err->code == ERR_TOO_LARGE) {
		*p->err = (struct error){ 0 };
		*problem = N_("The page is too large to be read. Fill in the fields yourself.");
	}
	return false;
}

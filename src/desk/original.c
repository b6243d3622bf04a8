#include "desk/translate.h"

#include "fetch/fetch.h"
#include "text/text.h"

#include <string.h>

/* Originals as they come: a saved page, a Markdown file, a plain text, or an address that is asked. */

/* ---- addresses ---- */

static size_t scheme_length(struct str url)
{
	size_t n = 0;
	while (n < url.n && ((url.p[n] | 32) >= 'a' && (url.p[n] | 32) <= 'z'))
		n++;
	return n && n < url.n && url.p[n] == ':' ? n : 0;
}

/* RFC 3986, 5.2.4, on a whole path. */
static void put_path(struct buf *out, struct str path)
{
	size_t root = out->n;
	while (path.n) {
		bool more = str_find(path, STR("/")) >= 0;
		struct str part = str_split(&path, '/');
		if (str_eq(part, STR("..")) || str_eq(part, STR("."))) {
			if (part.n == 2 && out->n > root + 1) {
				out->n--;
				while (out->n > root && out->p[out->n - 1] != '/')
					out->n--;
			}
			continue;
		}
		buf_add(out, part);
		if (more)
			buf_addc(out, '/');
	}
}

struct str address_in(struct str base, struct str url, struct arena *arena)
{
	struct buf out = { 0 };
	size_t scheme = scheme_length(base);
	url = str_trim(url);
	if (url.n == 0 || url.p[0] == '#' || scheme_length(url) || scheme == 0 ||
	    !str_starts(str_skip(base, scheme), STR("://")))
		return url;
	struct str rest = str_skip(base, scheme + 3);
	size_t host = 0, path;
	while (host < rest.n && !strchr("/?#", rest.p[host]))
		host++;
	for (path = host; path < rest.n && rest.p[path] != '?' && rest.p[path] != '#';)
		path++;
	if (str_starts(url, STR("//")))
		return arena_printf(arena, "%.*s:%.*s", (int)scheme, base.p, (int)url.n, url.p);
	buf_add(&out, str_sub(base, 0, scheme + 3 + host));
	struct str own = str_sub(rest, host, path);
	size_t to = own.n;
	while (to && own.p[to - 1] != '/')
		to--;
	size_t end = 0;
	while (end < url.n && url.p[end] != '?' && url.p[end] != '#')
		end++;
	struct buf whole = { 0 };
	if (url.p[0] != '/')
		buf_add(&whole, url.p[0] == '?' ? own : to ? str_sub(own, 0, to) : STR("/"));
	buf_add(&whole, str_sub(url, 0, end));
	put_path(&out, buf_str(&whole));
	buf_free(&whole);
	buf_add(&out, str_skip(url, end));
	return buf_take(&out, arena);
}

/* ---- bytes ---- */

struct reading {
	struct str base;
	struct arena *arena;
};

static struct str link_of(void *user, struct str url, struct arena *arena)
{
	const struct reading *r = user;
	return address_in(r->base, url, arena);
}

/* An image of elsewhere becomes a link to it. */
static struct str no_image(void *user, struct str url, int *width, int *height, struct arena *arena)
{
	(void)user;
	(void)url;
	(void)width;
	(void)height;
	(void)arena;
	return STR("");
}

static bool ends(struct str name, const char *const *endings, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct str end = str_from(endings[i]);
		if (name.n > end.n && str_eq_ci(str_skip(name, name.n - end.n), end))
			return true;
	}
	return false;
}

static enum source_format guess(struct str name, struct str text)
{
	static const char *const html[] = { ".html", ".htm", ".xhtml" }, *const markdown[] = { ".md", ".markdown" };
	struct str start = str_trim(str_sub(text, 0, 400));
	if (ends(name, html, 3))
		return SOURCE_HTML;
	if (ends(name, markdown, 2))
		return SOURCE_MARKDOWN;
	if (str_starts_ci(start, STR("<!doctype")) || str_starts_ci(start, STR("<html")) ||
	    str_find_ci(start, STR("<body")) >= 0 || str_find_ci(start, STR("<head")) >= 0 ||
	    str_starts_ci(start, STR("<p")) || str_starts_ci(start, STR("<div")) || str_starts_ci(start, STR("<h1")) ||
	    str_starts_ci(start, STR("<h2")) || str_starts_ci(start, STR("<article")))
		return SOURCE_HTML;
	const char *const plain[] = { ".txt" };
	return ends(name, plain, 1) ? SOURCE_PLAIN : SOURCE_MARKDOWN;
}

/* What a plain text says is no markup: an escaped paragraph between empty lines. */
static struct str plain_html(struct str text, struct arena *arena)
{
	struct buf out = { 0 };
	buf_adds(&out, "<p>");
	while (text.n) {
		struct str line = str_split(&text, '\n');
		if (str_trim(line).n == 0)
			buf_adds(&out, "</p><p>");
		else
			buf_add_html(&out, line);
		buf_addc(&out, '\n');
	}
	buf_adds(&out, "</p>");
	return buf_take(&out, arena);
}

static bool read_page(struct str text, struct str url, struct source_text *out, struct arena *arena, struct error *err)
{
	struct doc_page page;
	struct doc_about about;
	if (!doc_read_page(&page, text, arena, err) || !doc_read_about(&about, text, arena, err))
		return false;
	/* A page that was saved says itself where it is from. */
	struct str base = url.n ? url : page.canonical;
	if (page.base.n)
		base = address_in(base, page.base, arena);
	struct reading r = { base, arena };
	struct doc_resolver resolver = { .link = link_of, .image = no_image, .user = &r };
	struct doc_options options = { .format = DOC_HTML, .lang = about.lang, .resolver = &resolver };
	out->copy.url = url.n ? url : page.canonical;
	out->copy.about = (struct original){ .title = page.title.n ? page.title : about.title,
		.author = about.author.n ? about.author : page.author,
		.publisher = about.publisher,
		.date = about.published,
		.licence = about.licence,
		.lang = about.lang };
	return doc_blocks_page(&out->blocks, &out->n, &page, &options, arena, err);
}

/* A first heading is the title. */
static void take_title(struct source_text *out)
{
	if (out->copy.about.title.n || out->n == 0 || out->blocks[0].kind != DOC_HEADING)
		return;
	out->copy.about.title = out->blocks[0].text;
	out->blocks++;
	out->n--;
}

bool original_read(struct str bytes, struct str name, struct str url, enum source_format format, int64_t now,
    struct source_text *out, struct arena *arena, struct error *err)
{
	struct str charset;
	size_t bad;
	*out = (struct source_text){ 0 };
	if (bytes.n > ARTICLE_BODY_MAX)
		return error_set(err, ERR_TOO_LARGE, "the original is larger than %zu MiB", ARTICLE_BODY_MAX / MIB);
	struct str text = text_utf8(bytes, &charset, &bad, arena);
	if (format == SOURCE_GUESS)
		format = guess(name, text);
	struct reading r = { url, arena };
	struct doc_resolver resolver = { .link = link_of, .image = no_image, .user = &r };
	struct doc_options options = {
		.format = format == SOURCE_PLAIN ? DOC_HTML : DOC_MARKDOWN, .lang = STR(""), .resolver = &resolver
	};
	out->copy.url = url;
	if (format == SOURCE_HTML ? !read_page(text, url, out, arena, err)
	                          : !doc_blocks(&out->blocks, &out->n,
	                                format == SOURCE_PLAIN ? plain_html(text, arena) : text, &options, arena, err))
		return false;
	take_title(out);
	out->copy.at = now;
	out->copy.name = name;
	out->copy.data = bytes;
	out->copy.type = format == SOURCE_HTML    ? STR("text/html")
	                 : format == SOURCE_PLAIN ? STR("text/plain")
	                                          : STR("text/markdown");
	if (out->n == 0)
		return error_set(err, ERR_INVALID, "there is no text in it");
	if (out->copy.about.lang.n == 0) {
		struct buf all = { 0 };
		for (size_t i = 0; i < out->n && all.n < 4000; i++)
			buf_add(&all, out->blocks[i].text);
		out->copy.about.lang = arena_dup(arena, text_language(buf_str(&all)));
		buf_free(&all);
	}
	return true;
}

/* ---- what is sent ---- */

enum source_format source_format_parse(struct str name)
{
	return str_eq(name, STR("html"))       ? SOURCE_HTML
	       : str_eq(name, STR("markdown")) ? SOURCE_MARKDOWN
	       : str_eq(name, STR("plain"))    ? SOURCE_PLAIN
	                                       : SOURCE_GUESS;
}

static bool fetch_page(const struct desk_work *w, struct str url, struct source_text *out, const char **problem)
{
	struct fetch_request request = { .url = url, .body_max = ARTICLE_BODY_MAX, .redirects = 5 };
	struct fetch_answer answer;
	struct error why = { 0 };
	if (!fetch(site_fetch_policy(w->site), &request, &answer, w->arena, &why)) {
		*problem = why.code == ERR_DENIED    ? N_("This address leads into a private network, which is not asked.")
		           : why.code == ERR_INVALID ? N_("This is no address of the web. It starts with https:// or http://.")
		           : why.code == ERR_TOO_LARGE
		               ? N_("The original is too large.")
		               : N_("The address gave no answer. Save the page in your browser and send the file instead.");
		return error_set(w->err, ERR_INVALID, "%s", why.message);
	}
	if (answer.status != 200 ||
	    (!str_starts_ci(answer.type, STR("text/")) && !str_starts_ci(answer.type, STR("application/xhtml")))) {
		*problem = N_("The address gave no page. Save it in your browser and send the file instead.");
		return error_set(w->err, ERR_INVALID, "the answer was %d", answer.status);
	}
	bool html = str_find_ci(answer.type, STR("html")) >= 0;
	return original_read(
	    answer.body, STR(""), answer.url, html ? SOURCE_HTML : SOURCE_GUESS, w->now, out, w->arena, w->err);
}

static bool told(const struct desk_work *w, bool ok, const char **problem)
{
	if (ok || *problem)
		return ok;
	if (w->err->code == ERR_TOO_LARGE)
		*problem = N_("The original is too large.");
	else if (w->err->code == ERR_INVALID)
		*problem = N_("There is no text in it.");
	return false;
}

bool original_take(const struct desk_work *w, const struct original_asked *a, struct source_text *out, bool *given,
    const char **problem)
{
	*problem = NULL;
	*given = true;
	if (a->url.n && !str_starts_ci(a->url, STR("https://")) && !str_starts_ci(a->url, STR("http://"))) {
		*problem = N_("This is no address of the web. It starts with https:// or http://.");
		return error_set(w->err, ERR_INVALID, "no address");
	}
	if (a->url.n > CREDIT_MAX) {
		*problem = N_("A field is too long.");
		return error_set(w->err, ERR_TOO_LARGE, "a field is too long");
	}
	if (str_trim(a->bytes).n)
		return told(w, original_read(a->bytes, a->name, a->url, a->format, w->now, out, w->arena, w->err), problem);
	if (a->url.n)
		return told(w, fetch_page(w, a->url, out, problem), problem);
	*given = false;
	return true;
}

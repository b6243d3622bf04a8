#include "search/inner.h"

#include <stdlib.h>
#include <string.h>

/* What other articles call an article when they link to it is often what its readers call it. The texts of links within
 * the site are kept by the path they lead to, and become a field of the article that is found there. So an edit may touch
 * articles that it only links to: links_changed names them. */

#define LINKS_MAX 500  /* read of an article */
#define TEXTS_MAX 12   /* kept of those that lead to one, the commonest first */
#define TEXT_BYTES 160 /* longer ones are no names */

/* "/a/b?p=1#part" as the truth knows it: percent-decoded, without fragment and without a slash at its end. */
static struct str path_of(struct str href, struct arena *arena)
{
	struct str path = uri_decode(arena, str_split(&href, '#'));
	while (path.n > 1 && path.p[path.n - 1] == '/')
		path.n--;
	return path;
}

static struct str text_of(struct str html, struct arena *arena)
{
	bool plain = str_find(html, STR("<")) < 0 && str_find(html, STR("&")) < 0;
	struct str text = str_trim(plain ? html : doc_plain(html, arena));
	return text.n <= TEXT_BYTES && str_find(text, STR("\n")) < 0 ? text : STR("");
}

/* The next link within the site in a rendered article. Its HTML is our own, so that looking for `<a … href="/` is enough. */
static bool link_next(struct str *html, struct str *path, struct str *text, struct arena *arena)
{
	for (ptrdiff_t at; (at = str_find(*html, STR("<a "))) >= 0;) {
		*html = str_skip(*html, (size_t)at + 3);
		ptrdiff_t close = str_find(*html, STR(">")), end = str_find(*html, STR("</a>"));
		if (close < 0 || end < close)
			return false;
		struct str tag = str_sub(*html, 0, (size_t)close);
		ptrdiff_t href = str_find(tag, STR("href=\"/"));
		if (href < 0)
			continue;
		struct str rest = str_skip(tag, (size_t)href + 6);
		*path = path_of(str_split(&rest, '"'), arena);
		*text = text_of(str_sub(*html, (size_t)close + 1, (size_t)end), arena);
		*html = str_skip(*html, (size_t)end);
		if (path->n && text->n)
			return true;
	}
	return false;
}

/* A path as a number that is the same in every process. */
static int64_t hash_of(struct str path)
{
	char hex[HASH_HEX_MAX];
	hash_hex(path, 16, hex);
	hex[16] = '\0';
	return (int64_t)strtoull(hex, NULL, 16);
}

struct link {
	int64_t path;
	struct str text;
};

static int by_path_and_text(const void *a, const void *b)
{
	const struct link *x = a, *y = b;
	if (x->path != y->path)
		return x->path < y->path ? -1 : 1;
	return str_cmp(x->text, y->text);
}

/* The links of an article (NULL: gone) in order, each once. */
static bool links_of(
    const struct article_text *text, struct link **out, size_t *n, struct arena *arena, struct error *err)
{
	struct str html = text ? text->rendered.html : STR(""), path, name;
	size_t kept = 0;
	*n = 0;
	*out = arena_array(arena, LINKS_MAX, sizeof **out);
	if (!*out)
		return error_memory(err);
	while (*n < LINKS_MAX && link_next(&html, &path, &name, arena))
		(*out)[(*n)++] = (struct link){ hash_of(path), name };
	if (*n)
		qsort(*out, *n, sizeof **out, by_path_and_text);
	for (size_t i = 0; i < *n; i++) {
		if (kept == 0 || by_path_and_text(&(*out)[kept - 1], &(*out)[i]) != 0)
			(*out)[kept++] = (*out)[i];
	}
	*n = kept;
	return true;
}

static size_t count_of(struct str paths)
{
	return paths.n / sizeof(int64_t);
}

static int64_t path_at(struct str paths, size_t i)
{
	int64_t path;
	memcpy(&path, paths.p + i * sizeof path, sizeof path);
	return path;
}

static bool read_paths(
    struct db_conn *conn, const char *sql, int64_t article, struct str *out, struct arena *arena, struct error *err)
{
	struct db_rows *rows = db_query(conn, err, sql, "i", article);
	*out = rows && db_next(rows) ? db_dup(rows, 0, arena) : STR("");
	return rows && db_done(rows);
}

static bool insert_links(struct db_conn *conn, int64_t article, const struct link *links, size_t n, struct error *err)
{
	struct buf paths = { 0 };
	bool ok = true;
	for (size_t i = 0; ok && i < n; i++) {
		if (i == 0 || links[i].path != links[i - 1].path)
			buf_add(&paths, str_of((const char *)&links[i].path, sizeof links[i].path));
		ok = db_exec(conn, err, "INSERT INTO link (path, source, text) VALUES ($1, $2, $3)", "iis", links[i].path,
		    article, links[i].text);
	}
	if (ok && n)
		ok = db_exec(conn, err, "INSERT INTO links_of (source, paths) VALUES ($1, $2)", "ib", article, buf_str(&paths));
	buf_free(&paths);
	return ok;
}

bool links_put(
    struct db_conn *conn, int64_t article, const struct article_text *text, struct arena *arena, struct error *err)
{
	struct link *links;
	size_t n;
	return links_of(text, &links, &n, arena, err) && insert_links(conn, article, links, n, err);
}

/* Takes away what the rows say of the article; *same when it was just these links, and then nothing was taken. */
static bool remove_links(struct db_conn *conn, int64_t article, struct str paths, const struct link *now, size_t n,
    bool *same, struct error *err)
{
	size_t at = 0;
	*same = true;
	for (size_t i = 0; i < count_of(paths); i++) {
		struct db_rows *rows = db_query(conn, err,
		    "SELECT text FROM link WHERE path = $1 AND source = $2 ORDER BY text", "ii", path_at(paths, i), article);
		while (rows && db_next(rows)) {
			*same = *same && at < n && now[at].path == path_at(paths, i) && str_eq(now[at].text, db_str(rows, 0));
			at++;
		}
		if (!rows || !db_done(rows))
			return false;
	}
	*same = *same && at == n;
	for (size_t i = 0; !*same && i < count_of(paths); i++) {
		if (!db_exec(conn, err, "DELETE FROM link WHERE path = $1 AND source = $2", "ii", path_at(paths, i), article))
			return false;
	}
	return *same || db_exec(conn, err, "DELETE FROM links_of WHERE source = $1", "i", article);
}

static bool add_targets(struct db_conn *conn, int64_t path, int64_t *ids, size_t *n, size_t max, struct error *err)
{
	struct db_rows *rows = db_query(conn, err, "SELECT article FROM address WHERE path = $1", "i", path);
	while (rows && *n < max && db_next(rows))
		ids[(*n)++] = db_int(rows, 0);
	return rows && db_done(rows);
}

bool links_changed(struct db_conn *conn, int64_t article, const struct article_text *text, int64_t *ids, size_t *n,
    size_t max, struct arena *arena, struct error *err)
{
	struct link *links;
	struct str before;
	size_t n_links;
	bool same;
	if (!links_of(text, &links, &n_links, arena, err) ||
	    !read_paths(conn, "SELECT paths FROM links_of WHERE source = $1", article, &before, arena, err) ||
	    !remove_links(conn, article, before, links, n_links, &same, err))
		return false;
	if (same)
		return true;
	for (size_t i = 0; i < count_of(before); i++) {
		if (!add_targets(conn, path_at(before, i), ids, n, max, err))
			return false;
	}
	for (size_t i = 0; i < n_links; i++) {
		if (!add_targets(conn, links[i].path, ids, n, max, err))
			return false;
	}
	return insert_links(conn, article, links, n_links, err);
}

/* ---- the addresses of an article, and what stands on the links to them ---- */

bool addresses_forget(struct db_conn *conn, int64_t article, struct arena *arena, struct error *err)
{
	struct str paths;
	if (!read_paths(conn, "SELECT paths FROM addresses_of WHERE article = $1", article, &paths, arena, err))
		return false;
	for (size_t i = 0; i < count_of(paths); i++) {
		if (!db_exec(
		        conn, err, "DELETE FROM address WHERE path = $1 AND article = $2", "ii", path_at(paths, i), article))
			return false;
	}
	return db_exec(conn, err, "DELETE FROM addresses_of WHERE article = $1", "i", article);
}

static bool put_addresses(struct db_conn *conn, int64_t article, const int64_t *paths, size_t n, struct error *err)
{
	for (size_t i = 0; i < n; i++) {
		if (!db_exec(conn, err, "INSERT INTO address (path, article) VALUES ($1, $2) ON CONFLICT DO NOTHING", "ii",
		        paths[i], article))
			return false;
	}
	return db_exec(conn, err, "INSERT INTO addresses_of (article, paths) VALUES ($1, $2)", "ib", article,
	    str_of((const char *)paths, n * sizeof *paths));
}

static bool add_texts(struct db_conn *conn, int64_t path, int64_t article, struct str title, struct buf *out,
    size_t *kept, struct arena *arena, struct error *err)
{
	struct db_rows *rows = db_query(conn, err,
	    "SELECT text, COUNT(*) FROM link WHERE path = $1 AND source <> $2 GROUP BY text ORDER BY 2 DESC, text LIMIT $3",
	    "iii", path, article, (int64_t)TEXTS_MAX);
	while (rows && *kept < TEXTS_MAX && db_next(rows)) {
		struct str text = db_dup(rows, 0, arena), line = arena_printf(arena, "%.*s\n", (int)text.n, text.p);
		if (str_find(buf_str(out), line) >= 0 || str_eq(text_fold(text, arena), title))
			continue;
		buf_add(out, line);
		++*kept;
	}
	return rows && db_done(rows);
}

bool links_to(struct search *s, struct db_conn *conn, const struct article *a, struct str *out, struct arena *arena,
    struct error *err)
{
	struct str *paths, title = text_fold(a->title, arena);
	int64_t hashes[ARTICLE_PATHS_MAX];
	struct buf texts = { 0 };
	size_t n, kept = 0;
	*out = STR("");
	if (!article_paths(s->store, a, &paths, &n, arena, err))
		return false;
	bool ok = true;
	for (size_t i = 0; ok && i < n; i++) {
		hashes[i] = hash_of(paths[i]);
		ok = add_texts(conn, hashes[i], a->id, title, &texts, &kept, arena, err);
	}
	ok = ok && put_addresses(conn, a->id, hashes, n, err);
	if (ok && texts.n)
		*out = buf_take(&texts, arena);
	buf_free(&texts);
	return ok;
}

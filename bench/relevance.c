/* See bench/relevance, the script that builds and calls this. */
#include "base/base.h"
#include "search/search.h"
#include "store/store.h"
#include "transfer/transfer.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define QUERIES_MAX 100000
#define HITS 10
#define WORDS_MAX 16

struct judged {
	struct str query, relevant;
};

struct bench {
	struct store *store;
	struct search *search;
	sqlite3 *other;
	struct judged *queries;
	size_t n;
	struct str lang;
	struct arena *arena; /* for one query */
};

/* The sources of the best pages for a query. */
typedef size_t way(struct bench *, struct str query, struct str out[HITS]);

static struct str words_of(struct str *rest)
{
	while (rest->n && rest->p[0] == ' ')
		*rest = str_skip(*rest, 1);
	return str_split(rest, ' ');
}

static size_t ask_kairan(struct bench *b, struct str query, struct str out[HITS])
{
	struct search_result found;
	struct search_request ask = { .query = query, .lang = b->lang, .limit = HITS };
	struct error err = { 0 };
	if (!search_query(b->search, &ask, &found, b->arena, &err)) {
		fprintf(stderr, "%s\n", err.message);
		exit(1);
	}
	for (size_t i = 0; i < found.n_hits; i++)
		out[i] = found.hits[i].source;
	return found.n_hits;
}

static bool is_relevant(struct str relevant, struct str source)
{
	while (relevant.n) {
		if (str_eq(str_trim(str_split(&relevant, ',')), source))
			return true;
	}
	return false;
}

/* A line a candidate: the query's number, 1 or 0 for relevant, its features. For bench/fit.py. */
struct watching {
	struct bench *b;
	FILE *out;
	size_t query;
};

static void write_features(void *user, int64_t article, const double *features, size_t n)
{
	struct watching *w = user;
	struct article a;
	struct error err = { 0 };
	bool known = article_by_id(w->b->store, article, &a, w->b->arena, &err);
	fprintf(w->out, "%zu %d", w->query, known && is_relevant(w->b->queries[w->query].relevant, a.source));
	for (size_t i = 0; i < n; i++)
		fprintf(w->out, " %.6g", features[i]);
	fputc('\n', w->out);
}

static bool write_all_features(struct bench *b, const char *file)
{
	struct watching w = { .b = b, .out = fopen(file, "w") };
	const struct search_watch watch = { write_features, &w };
	struct search_result found;
	struct error err = { 0 };
	for (; w.out && w.query < b->n; w.query++) {
		struct search_request ask = {
			.query = b->queries[w.query].query, .lang = b->lang, .limit = 1, .watch = &watch
		};
		arena_reset(b->arena);
		if (!search_query(b->search, &ask, &found, b->arena, &err))
			break;
	}
	bool ok = w.out && w.query == b->n;
	return w.out && fclose(w.out) == 0 && ok;
}

static size_t run(struct bench *b, sqlite3_stmt *stmt, struct str out[HITS])
{
	size_t n = 0;
	while (n < HITS && sqlite3_step(stmt) == SQLITE_ROW)
		out[n++] = arena_dup(b->arena, str_from((const char *)sqlite3_column_text(stmt, 0)));
	sqlite3_finalize(stmt);
	return n;
}

static sqlite3_stmt *prepared(struct bench *b, const char *sql)
{
	sqlite3_stmt *stmt = NULL;
	if (sqlite3_prepare_v2(b->other, sql, -1, &stmt, NULL) == SQLITE_OK)
		return stmt;
	fprintf(stderr, "%s\n", sqlite3_errmsg(b->other));
	exit(1);
}

/* All words, as FTS5 takes them. */
static size_t ask_trigram(struct bench *b, struct str query, struct str out[HITS])
{
	struct buf match = { 0 };
	for (struct str word; (word = words_of(&query)).n;) {
		buf_addc(&match, '"');
		for (size_t i = 0; i < word.n; i++) {
			if (word.p[i] == '"')
				buf_addc(&match, '"');
			buf_addc(&match, word.p[i]);
		}
		buf_adds(&match, "\" ");
	}
	sqlite3_stmt *stmt = prepared(b, "SELECT source FROM trigram WHERE trigram MATCH ? ORDER BY rank LIMIT 10");
	sqlite3_bind_text(stmt, 1, match.p, (int)match.n, SQLITE_TRANSIENT);
	buf_free(&match);
	return run(b, stmt, out);
}

/* Every word LIKE, in title or text; ordered as WP_Query does: the whole question in the title, all words in it, any of
 * them, the whole question in the text, then the newest. */
static size_t ask_like(struct bench *b, struct str query, struct str out[HITS])
{
	struct str words[WORDS_MAX], whole = query;
	size_t n = 0;
	struct buf sql = { 0 };
	for (struct str word; n < WORDS_MAX && (word = words_of(&query)).n;)
		words[n++] = word;
	buf_adds(&sql, "SELECT source FROM page WHERE 1");
	for (size_t i = 0; i < n; i++)
		buf_printf(&sql, " AND (title LIKE ?%zu OR text LIKE ?%zu)", i + 1, i + 1);
	buf_printf(&sql, " ORDER BY CASE WHEN title LIKE ?%zu THEN 1", n + 1);
	for (int any = 0; any < 2 && n > 1; any++) {
		buf_adds(&sql, " WHEN (");
		for (size_t i = 0; i < n; i++)
			buf_printf(&sql, "%stitle LIKE ?%zu", i == 0 ? "" : any ? " OR " : " AND ", i + 1);
		buf_printf(&sql, ") THEN %d", any + 2);
	}
	buf_printf(&sql, " WHEN text LIKE ?%zu THEN 5 ELSE 6 END, id DESC LIMIT 10", n + 1);
	buf_addc(&sql, '\0');
	sqlite3_stmt *stmt = prepared(b, sql.p);
	buf_free(&sql);
	for (size_t i = 0; i <= n; i++) {
		struct str word = i < n ? words[i] : whole;
		struct str pattern = arena_printf(b->arena, "%%%.*s%%", (int)word.n, word.p);
		sqlite3_bind_text(stmt, (int)i + 1, pattern.p, (int)pattern.n, SQLITE_TRANSIENT);
	}
	return run(b, stmt, out);
}

/* ---- measuring ---- */

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

static void measure(struct bench *b, const char *name, way *ask)
{
	double sum = 0, *ms = calloc(b->n + 1, sizeof *ms);
	size_t hit = 0, empty = 0;
	for (size_t i = 0; ms && i < b->n; i++) {
		struct str sources[HITS];
		arena_reset(b->arena);
		uint64_t began = clock_mono_us();
		size_t n = ask(b, b->queries[i].query, sources);
		ms[i] = (double)(clock_mono_us() - began) / 1000;
		empty += n == 0;
		for (size_t k = 0; k < n; k++) {
			if (!is_relevant(b->queries[i].relevant, sources[k]))
				continue;
			sum += 1.0 / (double)(k + 1);
			hit++;
			break;
		}
	}
	qsort(ms, b->n, sizeof *ms, by_value);
	double n = (double)b->n;
	printf("%-16s %8.4f %8.4f %8.2f %% %10.2f %10.2f\n", name, sum / n, (double)hit / n, 100.0 * (double)empty / n,
	    ms[b->n / 2], ms[b->n * 99 / 100]);
	free(ms);
}

/* ---- setting up ---- */

static bool read_queries(struct bench *b, const char *file, struct arena *arena, struct error *err)
{
	struct buf bytes = { 0 };
	if (!file_read(file, IMPORT_FILE_MAX, &bytes, err))
		return false;
	struct str text = buf_take(&bytes, arena);
	b->queries = arena_array(arena, QUERIES_MAX, sizeof *b->queries);
	while (b->queries && text.n && b->n < QUERIES_MAX) {
		struct str line = str_split(&text, '\n'), query = str_split(&line, '\t');
		if (query.n && line.n)
			b->queries[b->n++] = (struct judged){ query, line };
	}
	return b->n ? true : error_set(err, ERR_INVALID, "%s holds no query with judgements", file);
}

static bool fill_others(struct bench *b, struct error *err)
{
	struct arena *arena = arena_new();
	struct article_text *texts;
	size_t found = 1;
	int64_t after = 0;
	if (!arena || sqlite3_open(":memory:", &b->other) != SQLITE_OK ||
	    sqlite3_exec(b->other,
	        "CREATE TABLE page (id INTEGER PRIMARY KEY, source TEXT, title TEXT, text TEXT);"
	        "CREATE VIRTUAL TABLE trigram USING fts5 (title, text, source UNINDEXED, tokenize = 'trigram')",
	        NULL, NULL, NULL) != SQLITE_OK)
		return error_set(err, ERR_DB, "cannot make the tables of the other ways");
	while (found) {
		arena_reset(arena);
		if (!article_texts(b->store, after, 200, &texts, &found, arena, err))
			return false;
		for (size_t i = 0; i < found; i++) {
			const struct str values[] = { texts[i].article.source, texts[i].article.title, texts[i].rendered.text };
			static const char *const inserts[] = { "INSERT INTO page (source, title, text) VALUES (?1, ?2, ?3)",
				"INSERT INTO trigram (source, title, text) VALUES (?1, ?2, ?3)" };
			for (size_t k = 0; k < 2; k++) {
				sqlite3_stmt *stmt = prepared(b, inserts[k]);
				for (int v = 0; v < 3; v++)
					sqlite3_bind_text(stmt, v + 1, values[v].p, (int)values[v].n, SQLITE_STATIC);
				sqlite3_step(stmt);
				sqlite3_finalize(stmt);
			}
			after = texts[i].article.id;
		}
	}
	arena_free(arena);
	return true;
}

static bool prepare(struct bench *b, const char *dir, const char *corpus, struct arena *arena, struct error *err)
{
	static struct import_summary sum;
	struct import_options options = { 0 };
	struct search_stats stats;
	struct str store = arena_printf(arena, "%s/kairan.db", dir), index = arena_printf(arena, "%s/index.db", dir);
	b->store = store_open(store.p, true, err);
	if (!b->store || !import_html(b->store, corpus, &options, &sum, arena, err))
		return false;
	b->search = search_open(index.p, b->store, err);
	uint64_t began = clock_mono_us();
	if (!b->search || !search_follow(b->search, NULL, err) || !search_stats(b->search, &stats, err))
		return false;
	printf("%zu pages, indexed in %.2f s, index of %.1f MB; %zu queries\n\n", sum.new_articles + sum.same_articles,
	    (double)(clock_mono_us() - began) / 1e6, (double)stats.bytes / 1e6, b->n);
	return fill_others(b, err);
}

static void clean(const char *dir)
{
	static const char *const names[] = { "kairan.db", "kairan.db-wal", "kairan.db-shm", "index.db", "index-1.db",
		"index-1.db-wal", "index-1.db-shm" };
	char path[4200];
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		snprintf(path, sizeof path, "%s/%s", dir, names[i]);
		unlink(path);
	}
	rmdir(dir);
}

int main(int argc, char **argv)
{
	struct bench b = { .lang = argc > 3 ? str_from(argv[3]) : STR("ja") };
	struct error err = { 0 };
	char dir[] = "/tmp/kairan-relevance-XXXXXX";
	struct arena *arena = arena_new();
	b.arena = arena_new();
	if (argc < 3 || !arena || !b.arena || !mkdtemp(dir))
		return 2;
	bool ok = read_queries(&b, argv[2], arena, &err) && prepare(&b, dir, argv[1], arena, &err);
	const char *features = getenv("FEATURES");
	if (ok && features) {
		ok = write_all_features(&b, features);
	} else if (ok) {
		printf("%-16s %8s %8s %10s %10s %10s\n", "", "MRR@10", "hit@10", "empty", "median ms", "p99 ms");
		measure(&b, "Kairan", ask_kairan);
		measure(&b, "FTS5 trigram", ask_trigram);
		measure(&b, "LIKE", ask_like);
	} else {
		fprintf(stderr, "relevance: %s\n", err.message);
	}
	sqlite3_close(b.other);
	search_close(b.search);
	store_close(b.store);
	clean(dir);
	arena_free(b.arena);
	arena_free(arena);
	return ok ? 0 : 1;
}

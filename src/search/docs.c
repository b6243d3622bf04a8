#include "search/inner.h"

#include <stdlib.h>
#include <string.h>

/* What ranking must know of every article, in memory. A snapshot never changes; an edit makes the next one, which shares
 * all but what was edited. Some 100 bytes and the title an article. */

#define ROW "SELECT article, group_id, lang, published_at, categories, shape, title FROM doc"

static void average(struct docs *d)
{
	double sum[FIELDS] = { 0 };
	d->live = 0;
	for (int64_t id = 0; id < d->n; id++) {
		if (!d->hot[id].live)
			continue;
		d->live++;
		for (int f = 0; f < FIELDS; f++)
			sum[f] += d->hot[id].shape.tokens[f];
	}
	for (int f = 0; f < FIELDS; f++)
		d->average[f] = d->live && sum[f] > 0 ? sum[f] / (double)d->live : 1;
}

/* Languages beyond the last place share it: they would only not be told apart. */
static uint8_t lang_number(struct docs *d, struct str lang)
{
	size_t i = 0;
	lang = str_sub(lang, 0, sizeof d->langs[0] - 1);
	while (i < d->n_langs && !str_eq(str_from(d->langs[i]), lang))
		i++;
	if (i == d->n_langs && i < LANGS_MAX) {
		memcpy(d->langs[i], lang.p, lang.n);
		d->langs[i][lang.n] = '\0';
		d->n_langs++;
	}
	return (uint8_t)(i < LANGS_MAX ? i : LANGS_MAX - 1);
}

struct str docs_lang(const struct docs *d, int64_t id)
{
	return str_from(d->langs[d->hot[id].lang]);
}

/* Folding joins characters here: a part of what is written may then be no part of what is folded. */
static bool joins_characters(struct str title)
{
	static const char *const marks[] = { "々", "〻", "ゝ", "ゞ", "ヽ", "ヾ", "ヴ" };
	for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
		if (str_find(title, str_from(marks[i])) >= 0)
			return true;
	}
	return false;
}

bool title_holds(const struct doc_cold *c, struct str folded, struct str written)
{
	return folded.n && (str_find(c->title, folded) >= 0 || (c->written.n && str_find(c->written, written) >= 0));
}

/* One block: the struct, the categories, the title. */
static struct doc_cold *cold_of(int64_t group, struct str categories, struct str title, struct str written)
{
	size_t n = 0;
	for (size_t i = 0; i < categories.n; i++)
		n += categories.p[i] == ' ';
	struct doc_cold *c = calloc(1, sizeof *c + n * sizeof(int64_t) + title.n + written.n + 1);
	if (!c)
		return NULL;
	int64_t *ids = (int64_t *)(c + 1);
	char *copy = (char *)(ids + n);
	while (categories.n && c->n_categories < n) {
		if (str_to_int(str_split(&categories, ' '), &ids[c->n_categories]))
			c->n_categories++;
	}
	if (title.n)
		memcpy(copy, title.p, title.n);
	c->group = group;
	c->categories = ids;
	if (written.n)
		memcpy(copy + title.n, written.p, written.n);
	c->title = str_of(copy, title.n);
	c->written = str_of(copy + title.n, written.n);
	return c;
}

static bool read_row(struct docs *d, struct db_rows *rows, int64_t id)
{
	struct doc_hot *hot = &d->hot[id];
	struct str shape = db_str(rows, 5);
	if (shape.n != sizeof hot->shape)
		return false;
	memcpy(&hot->shape, shape.p, sizeof hot->shape);
	hot->published_at = db_int(rows, 3);
	hot->lang = lang_number(d, db_str(rows, 2));
	struct arena *arena = arena_new();
	struct str written = db_str(rows, 6), title = arena ? text_fold(written, arena) : STR("");
	d->cold[id] = cold_of(db_int(rows, 1), db_str(rows, 4), title, joins_characters(written) ? written : STR(""));
	arena_free(arena);
	hot->live = d->cold[id] != NULL;
	return hot->live;
}

static struct docs *docs_of_size(int64_t n)
{
	struct docs *d = calloc(1, sizeof *d);
	if (!d)
		return NULL;
	d->n = n;
	d->hot = calloc((size_t)n + 1, sizeof *d->hot);
	d->cold = calloc((size_t)n + 1, sizeof(struct doc_cold *));
	if (d->hot && d->cold)
		return d;
	free(d->hot);
	free(d->cold);
	free(d);
	return NULL;
}

static bool damaged(struct error *err)
{
	return err->code ? false : error_set(err, ERR_DB, "the search index is damaged: an article's row makes no sense");
}

struct docs *docs_load(struct db_conn *conn, struct error *err)
{
	int64_t last = 0;
	if (!db_get_int(conn, err, &last, "SELECT COALESCE(MAX(article), 0) FROM doc", ""))
		return NULL;
	struct docs *d = docs_of_size(last + 1);
	if (!d) {
		error_memory(err);
		return NULL;
	}
	struct db_rows *rows = db_query(conn, err, ROW, "");
	bool ok = rows != NULL;
	while (ok && db_next(rows)) {
		int64_t id = db_int(rows, 0);
		ok = (id >= 0 && id <= last && read_row(d, rows, id)) || damaged(err);
	}
	if (rows && !db_done(rows))
		ok = false;
	if (ok) {
		average(d);
		return d;
	}
	docs_free(d);
	return NULL;
}

static void free_shell(struct docs *d)
{
	for (size_t i = 0; i < d->n_dead; i++)
		free(d->dead[i]);
	free(d->dead);
	free(d->hot);
	free(d->cold);
	free(d);
}

static bool reread(struct docs *d, struct db_conn *conn, int64_t id, struct error *err)
{
	if (id < 0 || id >= d->n)
		return true;
	if (d->cold[id])
		d->dead[d->n_dead++] = d->cold[id];
	d->cold[id] = NULL;
	d->hot[id].live = false;
	struct db_rows *rows = db_query(conn, err, ROW " WHERE article = $1", "i", id);
	bool ok = rows && (!db_next(rows) || read_row(d, rows, id) || damaged(err));
	return rows && db_done(rows) && ok;
}

struct docs *docs_update(struct docs *old, struct db_conn *conn, const int64_t *ids, size_t n, struct error *err)
{
	int64_t last = 0;
	if (!db_get_int(conn, err, &last, "SELECT COALESCE(MAX(article), 0) FROM doc", ""))
		return NULL;
	struct docs *d = docs_of_size(last + 1 > old->n ? last + 1 : old->n);
	if (!d || !(d->dead = calloc(n + 1, sizeof(struct doc_cold *)))) {
		error_memory(err);
		goto failed;
	}
	memcpy(d->hot, old->hot, (size_t)old->n * sizeof *d->hot);
	memcpy(d->cold, old->cold, (size_t)old->n * sizeof(struct doc_cold *));
	memcpy(d->langs, old->langs, sizeof d->langs);
	d->n_langs = old->n_langs;
	for (size_t i = 0; i < n; i++) {
		if (!reread(d, conn, ids[i], err))
			goto failed;
	}
	average(d);
	return d;
failed:
	/* What is shared stays with the old one. */
	if (d) {
		for (int64_t id = 0; id < d->n && d->cold; id++) {
			if (d->cold[id] && (id >= old->n || d->cold[id] != old->cold[id]))
				free(d->cold[id]);
		}
		d->n_dead = 0;
		free_shell(d);
	}
	return NULL;
}

void docs_forget(struct docs *old, struct docs *now)
{
	for (size_t i = 0; i < now->n_dead; i++)
		free(now->dead[i]);
	now->n_dead = 0;
	free_shell(old);
}

void docs_free(struct docs *d)
{
	if (!d)
		return;
	for (int64_t id = 0; id < d->n; id++)
		free(d->cold[id]);
	free_shell(d);
}

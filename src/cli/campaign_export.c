#include "cli/campaign.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Opens sealed signatures with the organiser's key: some at a time on each processor, written in their order. */

#define BLOCK 500
#define THREADS_MAX 64
#define HEAD_MAX (256 * KIB)

struct exporting {
	enum export_format format;
	struct sealed_head head;
	unsigned char public_key[SEAL_KEY_BYTES], secret_key[SEAL_KEY_BYTES];
	/* Where they come from: the site, or a file. */
	struct store *store;
	int64_t campaign, after;
	FILE *in;
	FILE *out;
	pthread_mutex_t lock; /* of the source and of what follows */
	pthread_cond_t turn;
	uint64_t next_read, next_write;
	bool at_end, failed;
	struct error err;
	int64_t end; /* how many the file says that it had; -1: it has not said so */
	int64_t read, written, unreadable, left_out;
	uint64_t began;
	bool terminal;
};

bool find_campaign(struct cli *cli, const char *slug, struct store **store, struct campaign *out, struct arena *arena,
    struct error *err)
{
	struct place place;
	*store = NULL;
	return place_of(cli->dir, &place, err) && (*store = place_store(&place, err)) &&
	       campaign_find(*store, str_from(slug), out, arena, err);
}

void sealed_head_of(const struct campaign *c, int64_t count, struct sealed_head *out, struct arena *arena)
{
	*out = (struct sealed_head){ .slug = c->slug, .public_key = c->public_key, .count = count };
	memcpy(out->campaign, c->public_id, CAMPAIGN_ID_BYTES);
	out->fields = arena_array(arena, c->n_fields, sizeof *out->fields);
	for (size_t i = 0; out->fields && i < c->n_fields; i++)
		out->fields[out->n_fields++] = (struct sealed_field){ c->fields[i].name, c->fields[i].kind };
}

FILE *private_file(const char *path, struct error *err)
{
	if (!path || strcmp(path, "-") == 0)
		return stdout;
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	FILE *file = fd >= 0 && fchmod(fd, 0600) == 0 ? fdopen(fd, "w") : NULL;
	if (!file) {
		error_set(err, ERR_IO, "cannot write %s: %s", path, strerror(errno));
		if (fd >= 0)
			close(fd);
	}
	return file;
}

/* ---- reading, under the lock ---- */

static bool read_lines(struct exporting *e, struct signature *rows, size_t *n, struct arena *arena, struct error *err)
{
	char *line = NULL;
	size_t cap = 0;
	ssize_t length;
	while (*n < BLOCK && (length = getline(&line, &cap, e->in)) > 0) {
		struct str text = arena_dup(arena, str_trim(str_of(line, (size_t)length)));
		if (str_starts(text, STR("end ")) && str_to_int(str_skip(text, 4), &e->end))
			break;
		if (!text.p || !sealed_line_read(text, &rows[*n], arena)) {
			free(line);
			long long at = e->read + (long long)*n + 1;
			return error_set(err, ERR_INVALID, "line %lld of the sealed signatures is damaged", at);
		}
		*n += 1;
	}
	free(line);
	return true;
}

static bool read_block(struct exporting *e, struct signature **rows, size_t *n, struct arena *arena, struct error *err)
{
	*n = 0;
	if (e->store) {
		if (!signature_list(e->store, e->campaign, e->after, BLOCK, rows, n, arena, err))
			return false;
		e->after = *n ? (*rows)[*n - 1].id : e->after;
	} else {
		*rows = arena_array(arena, BLOCK, sizeof **rows);
		if (!*rows)
			return error_memory(err);
		if (!read_lines(e, *rows, n, arena, err))
			return false;
	}
	e->at_end = *n < BLOCK;
	e->read += (int64_t)*n;
	return true;
}

/* ---- opening, on each processor ---- */

struct block {
	uint64_t number;
	struct signature *rows;
	size_t n;
	struct buf text;
	int64_t written, unreadable, left_out;
};

static bool open_block(struct exporting *e, struct block *b, struct arena *arena, struct error *err)
{
	struct str between = export_between(e->format);
	for (size_t i = 0; i < b->n; i++) {
		struct str plain;
		struct signing s;
		bool left_out;
		if (!box_open(e->public_key, e->secret_key, b->rows[i].sealed, &plain, arena) ||
		    !signing_decode(plain, &s, arena, err)) {
			b->unreadable++;
			continue;
		}
		size_t before = b->text.n;
		buf_add(&b->text, between);
		if (!export_one(e->format, &e->head, &b->rows[i], &s, &b->text, &left_out, arena))
			return error_memory(err);
		if (left_out)
			b->text.n = before;
		b->left_out += left_out;
		b->written += !left_out;
	}
	*err = (struct error){ 0 };
	return true;
}

static void show_progress(const struct exporting *e)
{
	char line[160];
	double seconds = (double)(clock_mono_us() - e->began) / 1e6;
	double part = e->head.count > 0 ? (double)e->read / (double)e->head.count : -1;
	if (!e->terminal)
		return;
	long long done = e->written + e->left_out;
	snprintf(line, sizeof line, "%lld signatures, %.0f a second, %.0f %%", done,
	    seconds > 0 ? (double)done / seconds : 0.0, part >= 0 ? 100 * part : 0.0);
	fprintf(stderr, "\r%s", line);
}

/* Under the lock. */
static bool write_block(struct exporting *e, const struct block *b)
{
	struct str text = buf_str(&b->text);
	if (e->written == 0 && b->written > 0)
		text = str_skip(text, export_between(e->format).n);
	e->written += b->written;
	e->unreadable += b->unreadable;
	e->left_out += b->left_out;
	if (text.n && fwrite(text.p, 1, text.n, e->out) != text.n)
		return error_set(&e->err, ERR_IO, "cannot write: %s", strerror(errno));
	if (b->number % 20 == 0)
		show_progress(e);
	return true;
}

static bool one_block(struct exporting *e, struct block *b, struct arena *arena)
{
	struct error err = { 0 };
	pthread_mutex_lock(&e->lock);
	bool more = !e->at_end && !e->failed;
	bool ok = !more || read_block(e, &b->rows, &b->n, arena, &err);
	if (more)
		b->number = e->next_read++;
	pthread_mutex_unlock(&e->lock);
	if (!more)
		return false;
	ok = ok && open_block(e, b, arena, &err);
	pthread_mutex_lock(&e->lock);
	while (e->next_write != b->number)
		pthread_cond_wait(&e->turn, &e->lock);
	if (!ok && !e->failed)
		e->err = err;
	if (!ok || (!e->failed && !write_block(e, b)))
		e->failed = true;
	e->next_write++;
	pthread_cond_broadcast(&e->turn);
	pthread_mutex_unlock(&e->lock);
	return true;
}

static void *work(void *arg)
{
	struct exporting *e = arg;
	struct arena *arena = arena_secret(arena_new());
	struct block b = { 0 };
	while (arena && one_block(e, &b, arena)) {
		arena_reset(arena);
		struct buf text = b.text;
		buf_clear(&text);
		b = (struct block){ .text = text };
	}
	buf_wipe(&b.text);
	arena_free(arena);
	return NULL;
}

static bool run_all(struct exporting *e, struct error *err)
{
	pthread_t threads[THREADS_MAX];
	long processors = sysconf(_SC_NPROCESSORS_ONLN);
	size_t n = 0, wanted = processors < 1 ? 1 : processors > THREADS_MAX ? THREADS_MAX : (size_t)processors;
	struct buf edge = { 0 };
	export_begin(e->format, &e->head, &edge);
	fwrite(edge.p ? edge.p : "", 1, edge.n, e->out);
	while (n < wanted && pthread_create(&threads[n], NULL, work, e) == 0)
		n++;
	for (size_t i = 0; i < n; i++)
		pthread_join(threads[i], NULL);
	buf_clear(&edge);
	export_end(e->format, &edge);
	fwrite(edge.p ? edge.p : "", 1, edge.n, e->out);
	buf_free(&edge);
	if (e->terminal)
		fputc('\n', stderr);
	if (n == 0)
		return error_set(err, ERR_INTERNAL, "cannot start a thread");
	if (e->failed)
		*err = e->err;
	return !e->failed;
}

/* ---- the commands ---- */

static bool read_head(struct exporting *e, const char *path, struct arena *arena, struct error *err)
{
	struct buf text = { .max = HEAD_MAX };
	char *line = NULL;
	size_t cap = 0;
	ssize_t length;
	e->in = fopen(path, "re");
	if (!e->in)
		return error_set(err, ERR_IO, "cannot read %s: %s", path, strerror(errno));
	while (!text.failed && (length = getline(&line, &cap, e->in)) > 1)
		buf_add(&text, str_of(line, (size_t)length));
	free(line);
	bool ok = !text.failed && sealed_head_read(buf_str(&text), &e->head, arena, err);
	buf_free(&text);
	return ok || (err->code ? false : error_set(err, ERR_INVALID, "%s is no file of sealed signatures", path));
}

static bool open_source(struct exporting *e, struct cli *cli, const char *slug, const struct export_options *o,
    struct arena *arena, struct error *err)
{
	struct campaign c;
	int64_t count;
	if (o->sealed)
		return read_head(e, o->sealed, arena, err);
	if (!find_campaign(cli, slug, &e->store, &c, arena, err) || !signature_count(e->store, c.id, &count, err))
		return false;
	e->campaign = c.id;
	sealed_head_of(&c, count, &e->head, arena);
	return true;
}

static bool key_fits(struct exporting *e, const char *path, struct error *err)
{
	unsigned char wanted[SEAL_KEY_BYTES];
	if (!key_file_read(path, e->secret_key, err) || !public_key_read(e->head.public_key, wanted, err))
		return false;
	key_public_of(e->secret_key, e->public_key);
	return memcmp(wanted, e->public_key, sizeof wanted) == 0
	           ? true
	           : error_set(err, ERR_DENIED, "%s is the key of another campaign", path);
}

static bool whole(const struct exporting *e, struct error *err)
{
	if (e->in && e->read != e->end)
		return error_set(err, ERR_INVALID, "the file is cut short after %lld signatures", (long long)e->read);
	return e->unreadable == 0 ? true
	                          : error_set(err, ERR_INVALID, "%lld signatures are not of this key, or damaged",
	                                (long long)e->unreadable);
}

int campaign_export(struct cli *cli, const char *slug, const struct export_options *o)
{
	struct error err = { 0 };
	struct exporting e = { .began = clock_mono_us(), .end = -1, .terminal = isatty(2) };
	struct arena *arena = arena_new();
	pthread_mutex_init(&e.lock, NULL);
	pthread_cond_init(&e.turn, NULL);
	bool ok = arena && (export_format_read(o->format, &e.format) ||
	                       error_set(&err, ERR_USAGE, "the formats are csv, json, actionnetwork, osdi"));
	ok = ok && open_source(&e, cli, slug, o, arena, &err) && key_fits(&e, o->key, &err) &&
	     (e.out = private_file(o->out, &err)) && run_all(&e, &err) && whole(&e, &err);
	if (e.out && (fflush(e.out) != 0 || ferror(e.out)) && ok)
		ok = error_set(&err, ERR_IO, "cannot write: %s", strerror(errno));
	if (e.out && e.out != stdout && fclose(e.out) != 0 && ok)
		ok = error_set(&err, ERR_IO, "cannot write: %s", strerror(errno));
	if (e.out)
		fprintf(stderr, "%lld signatures written", (long long)e.written);
	if (e.left_out)
		fprintf(stderr, ", %lld left out who did not ask for news", (long long)e.left_out);
	if (e.out)
		fputc('\n', stderr);
	if (e.in)
		fclose(e.in);
	sodium_memzero(e.secret_key, sizeof e.secret_key);
	store_close(e.store);
	arena_free(arena);
	return ok ? EXIT_DONE : fail(&err, "exporting");
}

static bool flush_text(struct buf *text, FILE *out, struct error *err)
{
	bool ok = !text->failed && fwrite(text->p, 1, text->n, out) == text->n;
	buf_clear(text);
	return ok ? true : error_set(err, ERR_IO, "cannot write: %s", strerror(errno));
}

static bool write_sealed(
    struct store *store, const struct campaign *c, FILE *out, int64_t *total, struct arena *arena, struct error *err)
{
	struct sealed_head head;
	struct buf text = { 0 };
	int64_t after = 0;
	size_t n = BLOCK;
	sealed_head_of(c, *total, &head, arena);
	sealed_head_write(&head, &text);
	struct arena *page = arena_new();
	bool ok = page != NULL || error_memory(err);
	for (*total = 0; ok && n == BLOCK; *total += (int64_t)n) {
		struct signature *rows;
		arena_reset(page);
		ok = signature_list(store, c->id, after, BLOCK, &rows, &n, page, err);
		for (size_t i = 0; ok && i < n; i++)
			sealed_line_write(&rows[i], &text);
		after = ok && n ? rows[n - 1].id : after;
		ok = ok && flush_text(&text, out, err);
	}
	buf_printf(&text, "end %lld\n", (long long)*total);
	ok = ok && flush_text(&text, out, err);
	buf_free(&text);
	arena_free(page);
	return ok;
}

int campaign_sealed(struct cli *cli, const char *slug, const char *path)
{
	struct error err = { 0 };
	struct campaign c;
	struct store *store = NULL;
	FILE *out = NULL;
	int64_t n = 0;
	struct arena *arena = arena_new();
	bool ok = arena && find_campaign(cli, slug, &store, &c, arena, &err) && signature_count(store, c.id, &n, &err) &&
	          (out = private_file(path, &err)) && write_sealed(store, &c, out, &n, arena, &err);
	if (out && fclose(out) != 0 && ok)
		ok = error_set(&err, ERR_IO, "cannot write %s: %s", path, strerror(errno));
	if (ok)
		fprintf(stderr, "%lld sealed signatures written\n", (long long)n);
	store_close(store);
	arena_free(arena);
	return ok ? EXIT_DONE : fail(&err, "writing the sealed signatures");
}

#include "transfer/folder.h"

#include "text/text.h"

#include <pthread.h>
#include <stdlib.h>

/* A ring of files: the reader fills the place behind the last one that is ready, who saves holds the oldest. A place is
 * touched by one of the two at a time; the counts, under the lock, say by whom. */

struct ahead {
	const struct folder_format *format;
	const char *dir;
	const struct str *files;
	size_t n;
	struct ahead_file ring[IMPORT_AHEAD];
	size_t bytes[IMPORT_AHEAD]; /* that a ready file takes */
	pthread_mutex_t lock;
	pthread_cond_t come, gone;
	size_t ready, done; /* files that were read; of these, saved */
	size_t waiting;     /* bytes of what is ready and not done */
	bool holds, stop;   /* a file was handed out; the import ends early */
	pthread_t thread;
};

static void read_file(const struct ahead *a, size_t at, struct ahead_file *file)
{
	struct str raw;
	struct arena *arena = file->arena;
	arena_reset(arena);
	*file = (struct ahead_file){ .arena = arena };
	file->read = file_text(a->dir, a->files[at], &raw, arena, &file->err);
	if (!file->read)
		return;
	file->text = text_utf8(raw, &file->charset, &file->bad, arena);
	if (a->format->parse)
		file->parsed = a->format->parse(file->text, arena, &file->err);
}

static bool wait_for_room(struct ahead *a)
{
	pthread_mutex_lock(&a->lock);
	while (!a->stop && (a->ready - a->done == IMPORT_AHEAD || (a->ready > a->done && a->waiting > IMPORT_AHEAD_BYTES)))
		pthread_cond_wait(&a->gone, &a->lock);
	bool go_on = !a->stop;
	pthread_mutex_unlock(&a->lock);
	return go_on;
}

static void *read_files(void *user)
{
	struct ahead *a = user;
	for (size_t i = 0; i < a->n && wait_for_room(a); i++) {
		size_t place = i % IMPORT_AHEAD;
		read_file(a, i, &a->ring[place]);
		pthread_mutex_lock(&a->lock);
		a->bytes[place] = arena_used(a->ring[place].arena);
		a->waiting += a->bytes[place];
		a->ready = i + 1;
		pthread_cond_signal(&a->come);
		pthread_mutex_unlock(&a->lock);
	}
	return NULL;
}

static void free_ring(struct ahead *a)
{
	for (size_t i = 0; i < IMPORT_AHEAD; i++)
		arena_free(a->ring[i].arena);
	pthread_cond_destroy(&a->come);
	pthread_cond_destroy(&a->gone);
	pthread_mutex_destroy(&a->lock);
	free(a);
}

struct ahead *ahead_new(
    const struct folder_format *format, const char *dir, const struct str *files, size_t n, struct error *err)
{
	struct ahead *a = calloc(1, sizeof *a);
	bool ok = a != NULL;
	if (!a) {
		error_memory(err);
		return NULL;
	}
	a->format = format;
	a->dir = dir;
	a->files = files;
	a->n = n;
	pthread_mutex_init(&a->lock, NULL);
	pthread_cond_init(&a->come, NULL);
	pthread_cond_init(&a->gone, NULL);
	for (size_t i = 0; i < IMPORT_AHEAD && ok; i++)
		ok = (a->ring[i].arena = arena_new()) != NULL;
	if (ok && pthread_create(&a->thread, NULL, read_files, a) == 0)
		return a;
	error_set(err, ERR_MEMORY, "there is no memory or no thread left to read the files");
	free_ring(a);
	return NULL;
}

const struct ahead_file *ahead_next(struct ahead *a)
{
	if (a->holds)
		arena_reset(a->ring[a->done % IMPORT_AHEAD].arena);
	pthread_mutex_lock(&a->lock);
	if (a->holds) {
		a->waiting -= a->bytes[a->done % IMPORT_AHEAD];
		a->done++;
		pthread_cond_signal(&a->gone);
	}
	while (a->ready == a->done)
		pthread_cond_wait(&a->come, &a->lock);
	a->holds = true;
	pthread_mutex_unlock(&a->lock);
	return &a->ring[a->done % IMPORT_AHEAD];
}

void ahead_free(struct ahead *a)
{
	if (!a)
		return;
	pthread_mutex_lock(&a->lock);
	a->stop = true;
	pthread_cond_signal(&a->gone);
	pthread_mutex_unlock(&a->lock);
	pthread_join(a->thread, NULL);
	free_ring(a);
}

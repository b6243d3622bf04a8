#include "campaign/inner.h"

#include <sodium.h>
#include <stdlib.h>

#define STACK_WIPED (64 * KIB)

/* One thread commits for all: it takes what waits, does it in one transaction, and wakes those whose work is on the disk.
 * While it writes, the next ones gather. What spoils a transaction spoils itself alone: then each is tried apart. */

bool job_run(struct campaigns *c, struct job *job, struct error *err)
{
	job->next = NULL;
	job->ok = false;
	sem_init(&job->done, 0, 0);
	pthread_mutex_lock(&c->lock);
	bool taken = !c->stop;
	if (taken) {
		*c->last = job;
		c->last = &job->next;
		pthread_cond_signal(&c->work);
	}
	pthread_mutex_unlock(&c->lock);
	while (taken && sem_wait(&job->done) != 0)
		;
	sem_destroy(&job->done);
	if (!taken)
		return error_set(err, ERR_UNAVAILABLE, "the server is ending");
	if (!job->ok && err)
		*err = job->err;
	return job->ok;
}

/* Under the lock: at most COMMIT_BATCH, cut off from the queue. */
static struct job *take(struct campaigns *c)
{
	struct job *first = c->first, *last = first;
	if (!first)
		return NULL;
	for (size_t n = 1; n < COMMIT_BATCH && last->next; n++)
		last = last->next;
	c->first = last->next;
	if (!c->first)
		c->last = &c->first;
	last->next = NULL;
	return first;
}

static void fail_all(struct job *first, const struct error *err)
{
	for (struct job *job = first; job; job = job->next) {
		job->ok = false;
		job->err = *err;
	}
}

static void work_on(struct campaigns *c, struct job *first, struct arena *arena)
{
	struct error err = { 0 };
	arena_reset(arena);
	if (batch_commit(c, first, arena, &err))
		return;
	if (!first->next) {
		fail_all(first, &err);
		return;
	}
	for (struct job *job = first, *next; job; job = next) {
		next = job->next;
		job->next = NULL;
		work_on(c, job, arena);
		job->next = next;
	}
}

static void wake_all(struct job *first)
{
	for (struct job *job = first, *next; job; job = next) {
		next = job->next; /* once done it is the waiting thread's again */
		sem_post(&job->done);
	}
}

void *commit_thread(void *arg)
{
	struct campaigns *c = arg;
	struct arena *arena = arena_secret(arena_new());
	struct error memory = { 0 };
	error_memory(&memory);
	pthread_mutex_lock(&c->lock);
	for (;;) {
		struct job *batch = take(c);
		if (!batch && c->stop)
			break;
		if (!batch) {
			pthread_cond_wait(&c->work, &c->lock);
			continue;
		}
		pthread_mutex_unlock(&c->lock);
		if (arena)
			work_on(c, batch, arena);
		else
			fail_all(batch, &memory);
		sodium_stackzero(STACK_WIPED); /* what letters and names left there */
		wake_all(batch);
		pthread_mutex_lock(&c->lock);
	}
	pthread_mutex_unlock(&c->lock);
	arena_free(arena);
	return NULL;
}

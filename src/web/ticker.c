#include "web/inner.h"

#include <stdlib.h>
#include <time.h>

struct ticker {
	struct web *web;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t wake;
	bool stop;
};

static void *tick(void *arg)
{
	struct ticker *t = arg;
	struct timespec next;
	clock_gettime(CLOCK_MONOTONIC, &next);
	pthread_mutex_lock(&t->lock);
	while (!t->stop) {
		next.tv_nsec += (long)TICK_MS * 1000000;
		if (next.tv_nsec >= 1000000000) {
			next.tv_nsec -= 1000000000;
			next.tv_sec++;
		}
		while (!t->stop && pthread_cond_timedwait(&t->wake, &t->lock, &next) == 0)
			;
		conns_tick(t->web->conns);
		conns_sweep(t->web->conns, false);
		cache_collect(t->web->cache);
	}
	pthread_mutex_unlock(&t->lock);
	return NULL;
}

struct ticker *ticker_new(struct web *web)
{
	pthread_condattr_t attr;
	struct ticker *t = calloc(1, sizeof *t);
	if (!t)
		return NULL;
	t->web = web;
	pthread_mutex_init(&t->lock, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&t->wake, &attr);
	pthread_condattr_destroy(&attr);
	if (pthread_create(&t->thread, NULL, tick, t) == 0)
		return t;
	pthread_cond_destroy(&t->wake);
	pthread_mutex_destroy(&t->lock);
	free(t);
	return NULL;
}

void ticker_stop(struct ticker *t)
{
	if (!t)
		return;
	pthread_mutex_lock(&t->lock);
	t->stop = true;
	pthread_cond_signal(&t->wake);
	pthread_mutex_unlock(&t->lock);
	pthread_join(t->thread, NULL);
	pthread_cond_destroy(&t->wake);
	pthread_mutex_destroy(&t->lock);
	free(t);
}

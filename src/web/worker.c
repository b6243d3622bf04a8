#include "web/inner.h"

#include <pthread.h>
#include <stdlib.h>

struct workers {
	pthread_mutex_t lock;
	pthread_cond_t wake;
	struct call *first, **last;
	unsigned queued, busy, n;
	bool closed;
	void (*run)(void *, struct call *);
	void *cls;
	pthread_t threads[];
};

static struct call *take(struct workers *w)
{
	struct call *call = w->first;
	if (!call)
		return NULL;
	w->first = call->next;
	if (!w->first)
		w->last = &w->first;
	call->next = NULL;
	w->queued--;
	return call;
}

static void *work(void *arg)
{
	struct workers *w = arg;
	pthread_mutex_lock(&w->lock);
	for (;;) {
		struct call *call = take(w);
		if (!call && w->closed)
			break;
		if (!call) {
			pthread_cond_wait(&w->wake, &w->lock);
			continue;
		}
		w->busy++;
		pthread_mutex_unlock(&w->lock);
		w->run(w->cls, call);
		pthread_mutex_lock(&w->lock);
		w->busy--;
	}
	pthread_mutex_unlock(&w->lock);
	return NULL;
}

struct workers *workers_new(unsigned n, size_t stack, void (*run)(void *, struct call *), void *cls)
{
	pthread_attr_t attr;
	struct workers *w = calloc(1, sizeof *w + n * sizeof *w->threads);
	if (!w)
		return NULL;
	pthread_mutex_init(&w->lock, NULL);
	pthread_cond_init(&w->wake, NULL);
	w->last = &w->first;
	w->run = run;
	w->cls = cls;
	pthread_attr_init(&attr);
	if (stack)
		pthread_attr_setstacksize(&attr, stack);
	while (w->n < n && pthread_create(&w->threads[w->n], &attr, work, w) == 0)
		w->n++;
	pthread_attr_destroy(&attr);
	if (w->n > 0)
		return w;
	workers_stop(w, NULL);
	return NULL;
}

bool workers_take(struct workers *w, struct call *call)
{
	pthread_mutex_lock(&w->lock);
	bool fits = !w->closed && w->queued < WORKER_QUEUE_MAX;
	if (fits) {
		MHD_suspend_connection(call->mhd);
		call->next = NULL;
		*w->last = call;
		w->last = &call->next;
		w->queued++;
		pthread_cond_signal(&w->wake);
	}
	pthread_mutex_unlock(&w->lock);
	return fits;
}

bool workers_idle(struct workers *w)
{
	pthread_mutex_lock(&w->lock);
	bool idle = w->queued == 0 && w->busy == 0;
	pthread_mutex_unlock(&w->lock);
	return idle;
}

void workers_stop(struct workers *w, void (*drop)(void *, struct call *))
{
	if (!w)
		return;
	pthread_mutex_lock(&w->lock);
	w->closed = true;
	struct call *left;
	while (drop && (left = take(w)))
		drop(w->cls, left);
	pthread_cond_broadcast(&w->wake);
	pthread_mutex_unlock(&w->lock);
	for (unsigned i = 0; i < w->n; i++)
		pthread_join(w->threads[i], NULL);
	pthread_cond_destroy(&w->wake);
	pthread_mutex_destroy(&w->lock);
	free(w);
}

#include "web/inner.h"

#include <pthread.h>
#include <stdlib.h>

/* Pages in the making. Only who finds a page missing comes here, so one mutex does; it is never held over a render. */

#define BUCKETS 64

struct flight {
	struct flight *next;
	struct str key; /* of the call that makes it */
	struct call *waiting;
};

struct flights {
	pthread_mutex_t lock;
	struct flight *buckets[BUCKETS];
};

struct flights *flights_new(void)
{
	struct flights *f = calloc(1, sizeof *f);
	if (f)
		pthread_mutex_init(&f->lock, NULL);
	return f;
}

void flights_free(struct flights *f)
{
	if (!f)
		return;
	pthread_mutex_destroy(&f->lock);
	free(f);
}

enum flight_role flights_join(struct flights *all, struct call *call)
{
	struct flight **head = &all->buckets[str_hash(call->key) % BUCKETS], *f;
	struct flight *mine = malloc(sizeof *mine);
	pthread_mutex_lock(&all->lock);
	for (f = *head; f && !str_eq(f->key, call->key); f = f->next)
		;
	if (f) {
		/* Suspended before it can be found, so that it is never woken too early. */
		MHD_suspend_connection(call->mhd);
		call->next = f->waiting;
		f->waiting = call;
	} else if (mine) {
		*mine = (struct flight){ *head, call->key, NULL };
		*head = call->flight = mine;
	}
	pthread_mutex_unlock(&all->lock);
	if (f)
		free(mine);
	return f ? FLIGHT_WAITS : mine ? FLIGHT_MAKES : FLIGHT_FAILED;
}

/* Who joined after a purge must not get what was made before it: so the entry is asked for once none can join. */
static bool current(struct cache *cache, struct page_entry *e)
{
	struct page_entry *now = e ? cache_get(cache, e->key) : NULL;
	bool same = now && now == e;
	entry_release(now);
	return same;
}

void flights_done(struct flights *all, struct flight *done, struct cache *cache, struct page_entry *e)
{
	pthread_mutex_lock(&all->lock);
	struct flight **at = &all->buckets[str_hash(done->key) % BUCKETS];
	while (*at != done)
		at = &(*at)->next;
	*at = done->next;
	struct call *call = done->waiting;
	pthread_mutex_unlock(&all->lock);
	free(done);
	if (!current(cache, e))
		e = NULL;
	while (call) {
		struct call *next = call->next;
		call->next = NULL;
		call->alone = !e;
		call->ready = e;
		if (e)
			entry_keep(e);
		MHD_resume_connection(call->mhd);
		call = next;
	}
}

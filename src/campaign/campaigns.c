#include "campaign/inner.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

/* The process's one struct campaigns: the thread that commits, and each campaign's counts in memory. */

struct campaigns *campaigns_new(struct store *store, struct error *err)
{
	struct campaigns *c = calloc(1, sizeof *c);
	if (!c || sodium_init() < 0) {
		free(c);
		error_memory(err);
		return NULL;
	}
	c->store = store;
	c->post.store = store;
	c->last = &c->first;
	c->has_key = log_key_of(store, &c->key, &c->key_error);
	pthread_mutex_init(&c->lock, NULL);
	pthread_cond_init(&c->work, NULL);
	bool counted = pending_count(store, &c->pending, err);
	if (counted && pthread_create(&c->thread, NULL, commit_thread, c) == 0)
		return c;
	if (counted)
		error_set(err, ERR_INTERNAL, "cannot start a thread");
	pthread_cond_destroy(&c->work);
	pthread_mutex_destroy(&c->lock);
	sodium_memzero(&c->key, sizeof c->key);
	free(c);
	return NULL;
}

void campaigns_mail(struct campaigns *c, struct str from)
{
	c->post = (struct letters_post){ c->store, from };
}

void campaigns_free(struct campaigns *c)
{
	if (!c)
		return;
	pthread_mutex_lock(&c->lock);
	c->stop = true;
	pthread_cond_broadcast(&c->work);
	pthread_mutex_unlock(&c->lock);
	pthread_join(c->thread, NULL);
	while (c->states) {
		struct log_state *next = c->states->next;
		free(c->states);
		c->states = next;
	}
	pthread_cond_destroy(&c->work);
	pthread_mutex_destroy(&c->lock);
	sodium_memzero(&c->key, sizeof c->key);
	free(c);
}

static bool state_read(struct campaigns *c, struct log_state *state, struct error *err)
{
	struct tally t;
	struct arena *arena = arena_new();
	if (!arena)
		return error_memory(err);
	bool ok = tally_get(c->store, state->campaign, &t, arena, err);
	if (ok && !frontier_read((uint64_t)t.size, t.frontier, &state->frontier))
		ok = error_set(err, ERR_DB, "the log of campaign %lld is damaged", (long long)state->campaign);
	arena_free(arena);
	if (ok)
		state->counts = (struct campaign_counts){ t.size, t.signed_, t.withdrawn, t.held, t.signed_ - t.withdrawn };
	return ok;
}

struct log_state *state_find(struct campaigns *c, int64_t campaign, struct error *err)
{
	for (struct log_state *state = c->states; state; state = state->next) {
		if (state->campaign == campaign)
			return state;
	}
	struct log_state *state = calloc(1, sizeof *state);
	if (!state) {
		error_memory(err);
		return NULL;
	}
	state->campaign = campaign;
	if (!state_read(c, state, err)) {
		free(state);
		return NULL;
	}
	state->next = c->states;
	c->states = state;
	return state;
}

bool campaign_counts(struct campaigns *c, int64_t campaign, struct campaign_counts *out, struct error *err)
{
	pthread_mutex_lock(&c->lock);
	struct log_state *state = state_find(c, campaign, err);
	if (state)
		*out = state->counts;
	pthread_mutex_unlock(&c->lock);
	return state != NULL;
}

size_t campaigns_changed(struct campaigns *c, int64_t *ids, size_t max)
{
	size_t n = 0;
	pthread_mutex_lock(&c->lock);
	for (struct log_state *state = c->states; state && n < max; state = state->next) {
		if (state->changed)
			ids[n++] = state->campaign;
		state->changed = false;
	}
	pthread_mutex_unlock(&c->lock);
	return n;
}

/* Sealed signatures past their time go, a part at a time, so that who signs meanwhile need not wait for all. Log and counts
 * stay. */
static bool forget(struct campaigns *c, const struct campaign *campaign, struct error *err)
{
	struct job job = { .kind = JOB_TEND, .campaign = campaign };
	bool any;
	if (!signature_any(c->store, campaign->id, &any, err))
		return false;
	while (any) {
		if (!job_run(c, &job, err))
			return false;
		any = job.n > 0;
	}
	return true;
}

static bool forget_due(struct campaigns *c, int64_t now, struct arena *arena, struct error *err)
{
	struct campaign *all;
	size_t n;
	if (!campaign_list(c->store, -1, &all, &n, arena, err))
		return false;
	for (size_t i = 0; i < n; i++) {
		if (all[i].delete_at > 0 && all[i].delete_at <= now && !forget(c, &all[i], err))
			return false;
	}
	return true;
}

bool campaigns_tend(struct campaigns *c, int64_t now, struct error *err)
{
	struct job job = { .kind = JOB_TEND, .now = now };
	struct arena *arena = arena_new();
	bool ok = arena != NULL || error_memory(err);
	do {
		ok = ok && job_run(c, &job, err);
	} while (ok && job.n > 0);
	ok = ok && forget_due(c, now, arena, err);
	arena_free(arena);
	return ok;
}

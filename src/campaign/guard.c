#include "campaign/guard.h"

#include "campaign/guarding.h"

#include <math.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#define HOUR 3600
#define MINUTE 60.0

struct guard *guard_new(struct error *err)
{
	struct guard *g = calloc(1, sizeof *g);
	if (!g || sodium_init() < 0) {
		free(g);
		error_memory(err);
		return NULL;
	}
	g->an_hour = BURST_HOUR;
	pthread_mutex_init(&g->lock, NULL);
	random_bytes(g->key, sizeof g->key);
	g->used = calloc(1, TICKETS_REMEMBERED / 8);
	if (g->used && domains_load(g))
		return g;
	guard_free(g);
	error_memory(err);
	return NULL;
}

void guard_free(struct guard *g)
{
	if (!g)
		return;
	pthread_mutex_destroy(&g->lock);
	free(g->used);
	free(g->domains);
	sodium_memzero(g, sizeof *g);
	free(g);
}

/* ---- counting without writing down ---- */

/* Without the key the places mean nothing, and the key lasts an hour. */
static void forget_old(struct sketch *s, int64_t now)
{
	if (s->hour == now / HOUR)
		return;
	sodium_memzero(s, sizeof *s);
	random_bytes(s->key, sizeof s->key);
	s->hour = now / HOUR;
}

static void places(
    const struct sketch *s, const char *what, int64_t campaign, struct str thing, uint32_t out[SKETCH_ROWS])
{
	crypto_generichash_state state;
	crypto_generichash_init(&state, s->key, sizeof s->key, SKETCH_ROWS * sizeof *out);
	crypto_generichash_update(&state, (const unsigned char *)what, strlen(what) + 1);
	crypto_generichash_update(&state, (const unsigned char *)&campaign, sizeof campaign);
	crypto_generichash_update(&state, (const unsigned char *)(thing.p ? thing.p : ""), thing.n);
	crypto_generichash_final(&state, (unsigned char *)out, SKETCH_ROWS * sizeof *out);
	sodium_memzero(&state, sizeof state);
	for (size_t i = 0; i < SKETCH_ROWS; i++)
		out[i] &= SKETCH_COLUMNS - 1;
}

static unsigned least(const struct sketch *s, const uint32_t at[SKETCH_ROWS])
{
	unsigned n = UINT16_MAX;
	for (size_t i = 0; i < SKETCH_ROWS; i++) {
		if (s->counts[i][at[i]] < n)
			n = s->counts[i][at[i]];
	}
	return n;
}

unsigned sketch_count(struct sketch *s, int64_t now, const char *what, int64_t campaign, struct str thing)
{
	uint32_t at[SKETCH_ROWS];
	forget_old(s, now);
	places(s, what, campaign, thing, at);
	return least(s, at);
}

/* Only the rows that have the least are raised: the others count somebody else already. */
unsigned sketch_add(struct sketch *s, int64_t now, const char *what, int64_t campaign, struct str thing)
{
	uint32_t at[SKETCH_ROWS];
	forget_old(s, now);
	places(s, what, campaign, thing, at);
	unsigned n = least(s, at);
	for (size_t i = 0; i < SKETCH_ROWS; i++) {
		uint16_t *count = &s->counts[i][at[i]];
		if (*count == n && n < UINT16_MAX)
			++*count;
	}
	return n < UINT16_MAX ? n + 1 : n;
}

void rate_add(struct rate *r, int64_t now)
{
	r->n = rate_now(r, now) + 1;
	r->at = now;
}

double rate_now(const struct rate *r, int64_t now)
{
	return now <= r->at ? r->n : r->n * exp(-(double)(now - r->at) / MINUTE);
}

bool guard_network(struct guard *g, int64_t campaign, struct str network, int64_t now)
{
	pthread_mutex_lock(&g->lock);
	rate_add(&g->sent, now);
	bool fine = network.n == 0 || sketch_add(&g->sketch, now, "network", campaign, network) <= NETWORK_FORMS_MAX;
	pthread_mutex_unlock(&g->lock);
	return fine;
}

bool guard_mail(struct guard *g, struct str address, int64_t now)
{
	pthread_mutex_lock(&g->lock);
	bool fine = sketch_add(&g->sketch, now, "mail", 0, address) <= ADDRESS_MAILS_MAX;
	pthread_mutex_unlock(&g->lock);
	return fine;
}

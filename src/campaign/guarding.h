/* Private to campaign: what the files of the guard share. */
#ifndef KAIRAN_CAMPAIGN_GUARDING_H
#define KAIRAN_CAMPAIGN_GUARDING_H

#include "campaign/guard.h"

#include <pthread.h>

#define SKETCH_ROWS 4
#define SKETCH_COLUMNS (1 << 18) /* a power of two; 2 MiB in all */

/* Counts of what is never written down: each thing adds one in every row, at a place that a keyed hash names; the least of them
 * is its count. */
struct sketch {
	int64_t hour;
	unsigned char key[KEY_BYTES];
	uint16_t counts[SKETCH_ROWS][SKETCH_COLUMNS];
};
/* Adds one and returns the count with it. */
unsigned sketch_add(struct sketch *, int64_t now, const char *what, int64_t campaign, struct str thing);
unsigned sketch_count(struct sketch *, int64_t now, const char *what, int64_t campaign, struct str thing);

/* How many a minute, weighted towards now. */
struct rate {
	double n;
	int64_t at;
};
void rate_add(struct rate *, int64_t now);
double rate_now(const struct rate *, int64_t now);

/* What bursts.c knows of a campaign: how many confirmed in this hour, and in the fullest hour before. */
struct burst {
	int64_t campaign, hour;
	unsigned now, most;
};

struct guard {
	pthread_mutex_t lock;
	unsigned char key[KEY_BYTES]; /* of tickets; lives as long as the process */
	uint64_t issued;              /* tickets are numbered */
	unsigned char *used;          /* a bit for each of the last TICKETS_REMEMBERED */
	struct sketch sketch;
	struct rate sent;
	unsigned an_hour; /* signatures of a campaign that are no burst */
	struct burst bursts[BURST_CAMPAIGNS];
	struct str *domains; /* disposable ones, sorted; slices of the embedded file */
	size_t n_domains;
};

bool domains_load(struct guard *);

#endif

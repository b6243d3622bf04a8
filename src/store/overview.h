/* Part of store.h: what the desk's first page counts (overview.c). */
#ifndef KAIRAN_STORE_OVERVIEW_H
#define KAIRAN_STORE_OVERVIEW_H

#include "base/base.h"

struct store;

typedef bool store_count(struct store *, int64_t *n, struct error *);
store_count overview_drafts, overview_in_review, overview_scheduled, overview_published; /* each version of a group */
store_count overview_questions, overview_unanswered;
store_count overview_behind, overview_dead_links; /* translations of an older original; addresses cited */
struct month_count {
	int year, month;
	int64_t articles;
};
/* Of the last n months, the present one last; months of the zone. */
bool published_by_month(struct store *, int64_t now, int offset, struct month_count *out, size_t n, struct error *);

#endif

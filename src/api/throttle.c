#include "api/inner.h"

#include <pthread.h>

/* How many calls each token has left: so many at once, and then some a second. Two tokens may share a slot by chance, and
 * then share its calls. */

#define CALL_US (1000000u / API_CALLS_A_SECOND)

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
/* When the slot would be empty of calls made, in microseconds: each call moves it on. */
static uint64_t busy_until[API_GATES];

bool throttle_take(int64_t token, uint64_t now, int *wait)
{
	uint64_t *slot = &busy_until[(uint64_t)token % API_GATES];
	const uint64_t ahead = (uint64_t)API_CALLS_AT_ONCE * CALL_US;
	pthread_mutex_lock(&lock);
	uint64_t until = (*slot > now ? *slot : now) + CALL_US;
	bool may = until <= now + ahead;
	if (may)
		*slot = until;
	else
		*wait = (int)((until - now - ahead) / 1000000u) + 1;
	pthread_mutex_unlock(&lock);
	return may;
}

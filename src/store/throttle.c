#include "store/inner.h"

/* Doors are found by hash: two accounts may share one, and then share its counts, which costs them a wait and no more.
 * Those of browsers that are known are apart, so that no stranger can reach them. */

static int64_t wait_after(int failures)
{
	int64_t wait = SIGNIN_WAIT_SECONDS;
	for (int i = SIGNIN_FREE; i < failures && wait < SIGNIN_WAIT_MAX_SECONDS; i++)
		wait *= 2;
	return failures < SIGNIN_FREE ? 0 : wait > SIGNIN_WAIT_MAX_SECONDS ? SIGNIN_WAIT_MAX_SECONDS : wait;
}

/* What all strangers share. */
static bool allowance_left(struct store *store, int64_t now)
{
	int64_t gained = now > store->signins_at ? (now - store->signins_at) / SIGNIN_SECONDS : 0;
	store->signins_at += gained * SIGNIN_SECONDS;
	if (gained >= SIGNINS_AT_ONCE - store->signins_left) {
		gained = SIGNINS_AT_ONCE - store->signins_left;
		store->signins_at = now;
	}
	store->signins_left += (int)gained;
	return store->signins_left > 0;
}

/* Counts the try before it is made, so that many at once gain nothing; a good one takes it back. */
bool door_try(struct store *store, struct str login, struct str device, int64_t now, struct pass *pass)
{
	bool known = device.n > 0;
	pthread_mutex_lock(&store->doors);
	struct door *door =
	    known ? &store->known[str_hash(device) % SIGNIN_SLOTS] : &store->strangers[str_hash(login) % SIGNIN_SLOTS];
	if (now > door->last + 4 * SIGNIN_WAIT_MAX_SECONDS)
		door->failures = 0;
	bool may = now >= door->until && (known || allowance_left(store, now));
	if (may) {
		store->signins_left -= !known;
		door->failures += door->failures < 1000;
		door->last = now;
		door->until = now + wait_after(door->failures);
	}
	pthread_mutex_unlock(&store->doors);
	pass->door = door;
	return may;
}

void door_good(struct store *store, const struct pass *pass)
{
	pthread_mutex_lock(&store->doors);
	pass->door->failures = 0;
	pass->door->until = 0;
	pthread_mutex_unlock(&store->doors);
}

bool hash_enter(struct store *store, bool known)
{
	pthread_mutex_lock(&store->doors);
	while (known && store->hashing_known >= SIGNIN_HASHES)
		pthread_cond_wait(&store->hashed, &store->doors);
	bool may = known || store->hashing_strangers == 0;
	store->hashing_known += known;
	store->hashing_strangers += !known && may;
	pthread_mutex_unlock(&store->doors);
	return may;
}

void hash_leave(struct store *store, bool known)
{
	pthread_mutex_lock(&store->doors);
	store->hashing_known -= known;
	store->hashing_strangers -= !known;
	pthread_cond_signal(&store->hashed);
	pthread_mutex_unlock(&store->doors);
}

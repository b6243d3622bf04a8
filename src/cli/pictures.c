#include "cli/cli.h"

#include "image/image.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

/* Narrower forms of images are made one after the other, beside the serving; what an import brought is made bare too. */

#define IDLE_MS 1000
#define RETRY_S 3600 /* after libvips was found missing */

static bool keep(struct store *store, struct str hash, const struct image_set *made, bool broken, struct error *err)
{
	struct store_tx *tx = store_begin(store, err);
	bool ok = tx && (broken ? media_set_broken(tx, hash, err) : media_set_pictures(tx, hash, made, err));
	if (ok)
		return store_commit(tx, err);
	store_rollback(tx);
	return false;
}

static bool make(struct store *store, struct str hash, enum media_state state, struct arena *arena, struct error *err)
{
	struct media m;
	struct image_set made;
	struct error why = { 0 };
	bool raw = state == MEDIA_RAW;
	if (!media_find(store, hash, true, &m, arena, err))
		return false;
	if (image_make(m.data, IMAGE_SIZES | (raw ? IMAGE_WHOLE | IMAGE_LATER : 0), &made, arena, &why))
		return keep(store, hash, &made, false, err);
	if (why.code != ERR_INVALID && why.code != ERR_TOO_LARGE) {
		*err = why;
		return false;
	}
	/* An animation may be too much for several forms and not for one. */
	bool whole = raw && image_make(m.data, IMAGE_WHOLE | IMAGE_LATER, &made, arena, &why);
	if (!whole)
		made = (struct image_set){ 0 };
	return keep(store, hash, &made, raw && !whole, err);
}

bool pictures_next(struct store *store, bool *found, struct error *err)
{
	struct arena *arena = arena_new();
	struct str hash;
	enum media_state state;
	*found = false;
	bool ok = arena ? media_waiting(store, &hash, &state, found, arena, err) : error_memory(err);
	if (ok && *found)
		ok = make(store, hash, state, arena, err);
	arena_free(arena);
	return ok;
}

struct pictures {
	struct store *store;
	pthread_t thread;
	atomic_bool stop;
};

static void *work(void *arg)
{
	struct pictures *p = arg;
	int64_t signal = 0, quiet_until = 0;
	while (!atomic_load(&p->stop)) {
		struct error err = { 0 };
		bool found = false;
		if (clock_now() >= quiet_until && !pictures_next(p->store, &found, &err) && !atomic_load(&p->stop)) {
			log_error(&err, "making the forms of images");
			quiet_until = clock_now() + RETRY_S;
			found = false;
		}
		if (!found)
			signal = store_wait(p->store, signal, IDLE_MS);
	}
	return NULL;
}

struct pictures *pictures_start(struct store *store, struct error *err)
{
	struct pictures *p = calloc(1, sizeof *p);
	if (!p) {
		error_memory(err);
		return NULL;
	}
	p->store = store;
	if (pthread_create(&p->thread, NULL, work, p) == 0)
		return p;
	free(p);
	error_set(err, ERR_INTERNAL, "cannot start a thread");
	return NULL;
}

void pictures_stop(struct pictures *p)
{
	if (!p)
		return;
	atomic_store(&p->stop, true);
	image_give_up();
	pthread_join(p->thread, NULL);
	free(p);
}

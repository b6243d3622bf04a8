#include "mail/inner.h"

#include <pthread.h>
#include <sodium.h>
#include <stdlib.h>

/* The thread that sends what waits while the site is served. */

#define LOOK_MS 1000
#define REST_SECONDS 30 /* after a server that could not be reached */
#define TIDY_SECONDS 3600
#define STACK_WIPED (128 * KIB)

struct mail_worker {
	struct store *store;
	struct mail_settings settings;
	struct mailer *mailer; /* NULL while nothing is due: a connection at rest would remember the last message */
	pthread_t thread;
	atomic_bool stop;
};

static bool is_due(struct mail_worker *w)
{
	int64_t at = 0;
	struct error err = { 0 };
	if (!outbox_next(w->store, &at, &err))
		log_error(&err, "looking into the queue of mail");
	return at > 0 && at <= clock_now();
}

static void tidy(struct mail_worker *w)
{
	struct error err = { 0 };
	if (!outbox_tidy(w->store, clock_now(), &err))
		log_error(&err, "tidying the queue of mail");
}

static bool open_mailer(struct mail_worker *w, struct error *err)
{
	w->mailer = mailer_new(&w->settings, err);
	if (w->mailer)
		mailer_obey(w->mailer, &w->stop);
	return w->mailer != NULL;
}

/* What libraries left of a message in their buffers goes with the connection, and what lies on the stack is overwritten. */
static void close_mailer(struct mail_worker *w)
{
	mailer_free(w->mailer);
	w->mailer = NULL;
	sodium_stackzero(STACK_WIPED);
}

/* Returns when to look again. */
static int64_t work_once(struct mail_worker *w)
{
	struct error err = { 0 };
	struct mail_sum sum = { 0 };
	if (!w->mailer && !open_mailer(w, &err)) {
		log_error(&err, "sending mail");
		return clock_now() + REST_SECONDS;
	}
	if (!mail_deliver(w->store, w->mailer, &w->settings, &w->stop, &sum, &err)) {
		log_error(&err, "sending mail");
		return clock_now() + REST_SECONDS;
	}
	return clock_now() + (sum.later > 0 && sum.sent == 0 ? REST_SECONDS : 0);
}

static void *work(void *arg)
{
	struct mail_worker *w = arg;
	int64_t signal = store_signal(w->store), rest = 0, tidied = 0;
	while (!atomic_load(&w->stop)) {
		int64_t now = clock_now();
		if (now >= rest && is_due(w))
			rest = work_once(w);
		if (w->mailer && !is_due(w))
			close_mailer(w);
		if (now >= tidied + TIDY_SECONDS) {
			tidy(w);
			tidied = now;
		}
		signal = store_wait(w->store, signal, LOOK_MS);
	}
	return NULL;
}

struct mail_worker *mail_start(struct store *store, const struct mail_settings *settings, struct error *err)
{
	struct mail_worker *w = calloc(1, sizeof *w);
	if (!w) {
		error_memory(err);
		return NULL;
	}
	w->store = store;
	w->settings = *settings;
	/* Opened now as well, so that what is wrong with the settings is said at the start. */
	if (open_mailer(w, err)) {
		if (pthread_create(&w->thread, NULL, work, w) == 0)
			return w;
		error_set(err, ERR_INTERNAL, "cannot start a thread");
	}
	mailer_free(w->mailer);
	free(w);
	return NULL;
}

void mail_stop(struct mail_worker *w)
{
	if (!w)
		return;
	atomic_store(&w->stop, true);
	pthread_join(w->thread, NULL);
	mailer_free(w->mailer);
	free(w);
}

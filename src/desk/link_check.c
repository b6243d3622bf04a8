#include "desk/desk.h"

#include <jansson.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

/* Asks for what articles cite, slowly: one request at a time, a host at most once in LINK_HOST_SECONDS, HEAD first, and GET
 * where a server knows no HEAD. The setting "link_check" turns it on. */

#define IDLE_MS 1000
#define PAUSE_MS 500
#define HOSTS 64
#define OUTAGE 5 /* hosts without an answer in a row: then it is our own network that is out */
#define OUTAGE_SECONDS 3600
#define PROBE_MAX (64 * KIB) /* of a page that is only asked whether it is there */
#define RETRY_MAX (7 * 86400)

struct links {
	struct store *store;
	const struct fetch_policy *policy;
	pthread_t thread;
	atomic_bool stop;
	volatile bool stop_fetch; /* the same, as fetch wants it */
	struct {
		uint64_t host;
		int64_t at;
	} asked[HOSTS];
	int silent; /* hosts without an answer, in a row */
	int64_t quiet_until;
};

static struct str host_of(struct str url)
{
	struct str rest = url;
	str_split(&rest, '/');
	str_split(&rest, '/');
	return str_split(&rest, '/');
}

/* Waits for a host's turn, in small steps. */
static void await_turn(struct links *l, struct str url)
{
	uint64_t host = str_hash(host_of(url));
	size_t slot = (size_t)(host % HOSTS);
	int64_t signal = 0;
	while (!atomic_load(&l->stop) && l->asked[slot].host == host && clock_now() < l->asked[slot].at + LINK_HOST_SECONDS)
		signal = store_wait(l->store, signal, PAUSE_MS);
	l->asked[slot].host = host;
	l->asked[slot].at = clock_now();
}

static bool ask(
    struct links *l, const char *method, struct str url, int redirects, struct fetch_answer *out, struct arena *arena)
{
	struct error why = { 0 };
	struct fetch_request request = {
		.method = method, .url = url, .redirects = redirects, .body_max = PROBE_MAX, .cut = true, .stop = &l->stop_fetch
	};
	*out = (struct fetch_answer){ 0 };
	return fetch(l->policy, &request, out, arena, &why);
}

static bool is_redirect(int status)
{
	return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

/* Many servers answer HEAD with what they would not say to GET. */
static bool wants_get(const struct fetch_answer *a)
{
	return a->status == 0 || (a->status >= 400 && a->status != 429 && a->status != 503 && a->status != 410);
}

static int64_t retry_at(struct str after)
{
	int64_t seconds;
	if (after.n == 0 || !str_to_int(after, &seconds) || seconds < 0)
		return 0;
	return clock_now() + (seconds > RETRY_MAX ? RETRY_MAX : seconds);
}

static void look(struct links *l, const struct source_record *s, struct link_result *r, struct arena *arena)
{
	struct fetch_answer first, last;
	ask(l, "HEAD", s->url, 0, &first, arena);
	if (wants_get(&first))
		ask(l, "GET", s->url, 0, &first, arena);
	last = first;
	if (is_redirect(first.status)) {
		ask(l, "HEAD", s->url, 5, &last, arena);
		if (wants_get(&last))
			ask(l, "GET", s->url, 5, &last, arena);
	}
	r->status = last.status;
	r->next_at = last.status == 429 || last.status == 503 ? retry_at(last.retry_after) : 0;
	bool for_good = first.status == 301 || first.status == 308;
	struct str here = source_key(s->url, arena), there = source_key(last.url, arena);
	if (for_good && last.status == 200 && there.n && last.url.n <= URL_MAX && !str_eq(here, there))
		r->goal = last.url;
}

/* What the Archive says it has, where the site wants it asked: {"archived_snapshots":{"closest":{"url":…}}}. */
static struct str archived(struct links *l, const struct source_record *s, struct arena *arena)
{
	struct fetch_answer answer;
	struct buf url = { 0 };
	struct str api = setting_value(l->store, STR("link_archive"), arena), found = STR("");
	if (api.n == 0)
		return STR("");
	buf_add(&url, api);
	buf_adds(&url, "?url=");
	buf_add_uri(&url, s->url, STR(""));
	buf_adds(&url, "&timestamp=");
	for (size_t i = 0; i < s->accessed.n; i++) {
		if (s->accessed.p[i] >= '0' && s->accessed.p[i] <= '9')
			buf_addc(&url, s->accessed.p[i]);
	}
	if (!ask(l, "GET", buf_take(&url, arena), 2, &answer, arena) || answer.status != 200)
		return STR("");
	json_t *json = json_loadb(answer.body.p ? answer.body.p : "", answer.body.n, 0, NULL);
	const char *copy = NULL;
	if (json && json_unpack(json, "{s:{s:{s:s}}}", "archived_snapshots", "closest", "url", &copy) == 0 &&
	    source_archived(str_from(copy)).n && strlen(copy) <= URL_MAX)
		found = arena_dup(arena, str_from(copy));
	json_decref(json);
	return found;
}

static bool note(struct links *l, const struct source_record *s, const struct link_result *r, struct error *err)
{
	struct store_tx *tx = store_begin(l->store, err);
	if (tx && link_note(tx, s->id, r, clock_now(), err))
		return store_commit(tx, err);
	store_rollback(tx);
	return false;
}

/* *found: there was one to ask for. */
static bool step(struct links *l, bool *found, struct arena *arena, struct error *err)
{
	struct source_record s;
	struct link_result r = { .goal = STR(""), .archive_url = STR("") };
	if (!link_due(l->store, clock_now(), &s, found, arena, err) || !*found)
		return err->code == ERR_NONE;
	await_turn(l, s.url);
	if (atomic_load(&l->stop))
		return true;
	look(l, &s, &r, arena);
	if (atomic_load(&l->stop))
		return true;
	l->silent = r.status == 0 ? l->silent + 1 : 0;
	if (l->silent >= OUTAGE) {
		l->quiet_until = clock_now() + OUTAGE_SECONDS;
		l->silent = 0;
		return true;
	}
	if (s.archive_url.n == 0 && s.state >= SOURCE_FAILING && r.status != 200)
		r.archive_url = archived(l, &s, arena);
	return note(l, &s, &r, err);
}

static void *work(void *arg)
{
	struct links *l = arg;
	struct arena *arena = arena_new();
	int64_t signal = 0;
	while (arena && !atomic_load(&l->stop)) {
		struct error err = { 0 };
		bool found = false;
		arena_reset(arena);
		bool on = str_eq(setting_value(l->store, STR("link_check"), arena), STR("on")) && clock_now() >= l->quiet_until;
		if (on && !step(l, &found, arena, &err)) {
			log_error(&err, "checking links");
			found = false;
		}
		if (!atomic_load(&l->stop))
			signal = store_wait(l->store, signal, found ? PAUSE_MS : IDLE_MS);
	}
	arena_free(arena);
	return NULL;
}

struct links *links_start(struct store *store, const struct fetch_policy *policy, struct error *err)
{
	struct links *l = calloc(1, sizeof *l);
	if (!l) {
		error_memory(err);
		return NULL;
	}
	l->store = store;
	l->policy = policy;
	if (pthread_create(&l->thread, NULL, work, l) == 0)
		return l;
	free(l);
	error_set(err, ERR_INTERNAL, "cannot start a thread");
	return NULL;
}

void links_stop(struct links *l)
{
	if (!l)
		return;
	l->stop_fetch = true;
	atomic_store(&l->stop, true);
	pthread_join(l->thread, NULL);
	free(l);
}

#include "cli/cli.h"

#include "api/api.h"
#include "campaign/campaign.h"
#include "desk/desk.h"
#include "mail/mail.h"
#include "site/site.h"
#include "web/web.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#define CHANGES_AT_ONCE 1000
#define RELATE_MS 40 /* at once for related articles: so long may a change wait meanwhile */
#define WAIT_MS 250  /* longest sleep of the follower: how late a scheduled article or a changed theme may be */
#define DRAIN_MS 10000
#define ROUTES_MAX 512
#define CAMPAIGNS_AT_ONCE 64 /* whose counts changed within a second */
#define CAMPAIGNS_SECONDS 60 /* between two looks at what has expired */

/* The follower: the one thread that carries changes of the truth into what is derived from it. */
struct follower {
	const struct server_options *options;
	struct site *site;
	struct web *web;
	struct campaigns *campaigns;
	int64_t seq; /* of the last change applied to the page cache */
	int64_t signal;
	atomic_bool stop;
};

static void tend(struct follower *f)
{
	struct error err = { 0 };
	if (!store_tend(f->options->store, clock_now(), NULL, &err))
		log_error(&err, "publishing what is due, and emptying the trash");
}

static void keep_unanswered(struct follower *f)
{
	struct error err = { 0 };
	if (!unanswered_flush(f->options->store, &err))
		log_error(&err, "keeping what was searched in vain");
}

/* Counts of signatures reach the pages once a second, however many come: not by the feed, which would take a row each. */
static void show_counts(struct follower *f)
{
	int64_t ids[CAMPAIGNS_AT_ONCE];
	struct change changes[CAMPAIGNS_AT_ONCE];
	size_t n = campaigns_changed(f->campaigns, ids, CAMPAIGNS_AT_ONCE);
	for (size_t i = 0; i < n; i++)
		changes[i] = (struct change){ .kind = CHANGE_CAMPAIGN, .id = ids[i] };
	site_purge(f->web, changes, n);
}

static void tend_campaigns(struct follower *f)
{
	struct error err = { 0 };
	if (!campaigns_tend(f->campaigns, clock_now(), &err))
		log_error(&err, "removing what is past its time");
}

/* First the index, then the pages: a page made in between would show the old index for ever. */
static void apply_changes(struct follower *f, struct arena *arena)
{
	struct error err = { 0 };
	struct change *changes;
	size_t n;
	bool stale = search_stale(f->options->search);
	if (!search_follow(f->options->search, NULL, &err))
		log_error(&err, "following the changes into the index");
	/* Pages made without an index lack what it tells. */
	if (stale && !search_stale(f->options->search))
		web_purge_all(f->web);
	do {
		arena_reset(arena);
		if (!change_list(f->options->store, f->seq, CHANGES_AT_ONCE, &changes, &n, arena, &err)) {
			log_error(&err, "reading the change feed");
			return;
		}
		site_purge(f->web, changes, n);
		if (n)
			f->seq = changes[n - 1].seq;
	} while (n == CHANGES_AT_ONCE);
}

/* After what readers wait for. False: nothing is left to do. */
static bool relate(struct follower *f, struct arena *arena)
{
	struct error err = { 0 };
	struct search_relating done;
	arena_reset(arena);
	if (!search_relate(f->options->search, RELATE_MS, &done, arena, &err)) {
		log_error(&err, "finding related articles");
		return false;
	}
	site_purge_related(f->web, done.articles, done.n);
	return done.more;
}

static void *follow(void *arg)
{
	struct follower *f = arg;
	struct arena *arena = arena_new();
	int64_t last_due = 0;
	struct error damage = { 0 };
	if (arena) {
		/* What became due while the site was down waits for nothing. */
		tend(f);
		apply_changes(f, arena);
		if (!search_verify(f->options->search, &damage))
			log_error(&damage, "looking through the search index");
	}
	while (arena && !atomic_load(&f->stop)) {
		int64_t now = clock_now();
		if (now != last_due) {
			tend(f);
			keep_unanswered(f);
			show_counts(f);
			site_campaigns_tick(f->site, f->web, now);
			if (now / CAMPAIGNS_SECONDS != last_due / CAMPAIGNS_SECONDS)
				tend_campaigns(f);
			last_due = now;
		}
		apply_changes(f, arena);
		site_reload(f->site, f->web);
		f->signal = store_wait(f->options->store, f->signal, relate(f, arena) ? 1 : WAIT_MS);
	}
	arena_free(arena);
	return NULL;
}

/* ---- the process ---- */

static struct web *start_site(const struct server_options *o, struct site *site, struct error *err)
{
	const struct conf *c = o->conf;
	struct web_options options = { .listen = c->listen,
		.threads = (unsigned)c->threads,
		.workers = (unsigned)c->workers,
		.connections_max = (unsigned)c->connections,
		.connections_per_address = (unsigned)c->connections_per_address,
		.timeout_s = (unsigned)c->timeout,
		.cache_bytes = (size_t)c->cache_mib * MIB,
		.forwarded_by = *c->forwarded_by ? c->forwarded_by : NULL,
		.user = site,
		.error_page = api_error_page };
	/* The site last: its last routes catch all. */
	static struct web_route routes[ROUTES_MAX];
	static const struct web_route *(*const tables[])(size_t *) = { api_routes, desk_routes, site_routes };
	for (size_t i = 0, n; i < sizeof tables / sizeof *tables; i++) {
		const struct web_route *some = tables[i](&n);
		if (options.n_routes + n > ROUTES_MAX) {
			error_set(err, ERR_INTERNAL, "more than %d routes", ROUTES_MAX);
			return NULL;
		}
		memcpy(routes + options.n_routes, some, n * sizeof *routes);
		options.n_routes += n;
	}
	options.routes = routes;
	return web_start(&options, err);
}

static void wait_for_end(const sigset_t *signals)
{
	int signal;
	while (sigwait(signals, &signal) != 0)
		;
	log_msg(LOG_INFO, "ending: running requests are answered first");
}

static bool run(
    const struct server_options *o, struct site *site, struct campaigns *campaigns, struct web *web, struct error *err)
{
	sigset_t signals;
	pthread_t thread;
	struct follower follower = { .options = o, .site = site, .web = web, .campaigns = campaigns };
	struct metrics metrics = { .site_web = web, .search = o->search, .began = clock_now() };
	struct web *metrics_web = o->conf->metrics[0] ? metrics_start(&metrics, o->conf->metrics, err) : NULL;
	if (o->conf->metrics[0] && !metrics_web)
		return false;
	sigemptyset(&signals);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGINT);
	if (!change_last(o->store, &follower.seq, err) || pthread_create(&thread, NULL, follow, &follower) != 0) {
		web_stop(metrics_web, 0);
		return err->code ? false : error_set(err, ERR_INTERNAL, "cannot start a thread");
	}
	struct links *links = links_start(o->store, site_fetch_policy(site), err);
	if (!links)
		log_error(err, "checking links");
	struct pictures *pictures = pictures_start(o->store, err);
	if (!pictures)
		log_error(err, "making the forms of images");
	struct str address = web_address(web);
	printf("%.*s\n", (int)address.n, address.p);
	fflush(stdout);
	wait_for_end(&signals);
	atomic_store(&follower.stop, true);
	pthread_join(thread, NULL);
	links_stop(links);
	pictures_stop(pictures);
	web_stop(metrics_web, 0);
	return true;
}

bool server_run(const struct server_options *o, struct error *err)
{
	/* Blocked before any thread starts, so that all inherit it and the main thread alone takes them. */
	sigset_t signals;
	sigemptyset(&signals);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGINT);
	pthread_sigmask(SIG_BLOCK, &signals, NULL);
	struct mail_settings mail;
	conf_mail(o->conf, &mail);
	struct campaigns *campaigns = campaigns_new(o->store, err);
	struct guard *guard = campaigns ? guard_new(err) : NULL;
	if (guard)
		guard_an_hour(guard, (unsigned)o->conf->signatures_an_hour);
	struct site_options site_options = { .theme_dir = o->theme_dir,
		.dev = o->dev,
		.campaigns = campaigns,
		.guard = guard,
		.mail_from = mail.from,
		.fetch = { .allow = o->conf->fetch_allow, .proxy = *o->conf->fetch_proxy ? o->conf->fetch_proxy : NULL } };
	struct site *site = guard ? site_new(o->store, o->search, &site_options, err) : NULL;
	if (campaigns)
		campaigns_mail(campaigns, str_from(mail.from));
	struct mail_worker *postman = mail.from[0] ? mail_start(o->store, &mail, err) : NULL;
	bool may = site && (postman || !mail.from[0]);
	struct web *web = may ? start_site(o, site, err) : NULL;
	struct hooks *hooks = web ? hooks_start(o->store, site_fetch_policy(site), err) : NULL;
	bool ok = hooks && run(o, site, campaigns, web, err);
	hooks_stop(hooks);
	if (web)
		web_stop(web, DRAIN_MS);
	mail_stop(postman);
	campaigns_free(campaigns);
	site_free(site);
	guard_free(guard);
	return ok;
}

#include "site/campaign.h"

/* What pages of campaigns show changes by the clock, without a row in the change feed. */

#define CLOCK_SECONDS 10 /* how late a page may say that a campaign opens or ends */

static void purge(struct web *web, int64_t id)
{
	web_key key = web_key_of(CHANGE_CAMPAIGN, id);
	web_purge(web, &key, 1);
}

static bool between(int64_t t, int64_t from, int64_t to)
{
	return t > from && t <= to;
}

static void purge_by_clock(struct site *site, struct web *web, int64_t now)
{
	struct campaign *all;
	struct error why = { 0 };
	size_t n = 0;
	int64_t since = site->campaigns_seen;
	struct arena *arena = arena_new();
	bool read = arena && campaign_list(site->store, CAMPAIGN_OPEN, &all, &n, arena, &why);
	if (!read)
		log_error(&why, "looking for campaigns that open or end");
	for (size_t i = 0; i < n; i++) {
		if (between(all[i].starts_at, since, now) || between(all[i].ends_at, since, now))
			purge(web, all[i].id);
	}
	if (read)
		site->campaigns_seen = now;
	arena_free(arena);
}

void site_campaigns_tick(struct site *site, struct web *web, int64_t now)
{
	if (site->campaigns_seen == 0)
		site->campaigns_seen = now;
	if (now - site->campaigns_seen >= CLOCK_SECONDS)
		purge_by_clock(site, web, now);
}

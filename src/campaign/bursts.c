#include "campaign/guarding.h"

/* What comes in an unusual lot is held until somebody has looked: many confirmed from one mail domain within an hour, where it
 * is no large provider; or many at all, far more than in the fullest hour so far. */

#define HOUR 3600

/* Half of the people have their mail here, so that many from one of them mean nothing. */
static bool large_provider(struct str domain)
{
	static const char *const names[] = { "gmail.com", "googlemail.com", "outlook.com", "outlook.jp", "hotmail.com",
		"hotmail.co.jp", "live.com", "live.jp", "msn.com", "yahoo.co.jp", "yahoo.ne.jp", "ymail.ne.jp", "yahoo.com",
		"icloud.com", "me.com", "mac.com", "docomo.ne.jp", "ezweb.ne.jp", "au.com", "softbank.ne.jp", "i.softbank.jp",
		"vodafone.ne.jp", "rakuten.jp", "nifty.com", "ocn.ne.jp", "so-net.ne.jp", "biglobe.ne.jp", "plala.or.jp",
		"dion.ne.jp", "eonet.ne.jp", "jcom.home.ne.jp", "ybb.ne.jp", "uqmobile.jp", "ymobile.ne.jp", "proton.me",
		"protonmail.com", "aol.com", "gmx.de", "gmx.net", "web.de", "t-online.de", "mail.ru", "qq.com", "163.com",
		"naver.com" };
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		if (str_eq_ci(domain, str_from(names[i])))
			return true;
	}
	return false;
}

/* The campaign's counts; the one that was quiet for longest makes room. */
static struct burst *burst_of(struct guard *g, int64_t campaign, int64_t hour)
{
	struct burst *oldest = &g->bursts[0];
	for (size_t i = 0; i < BURST_CAMPAIGNS; i++) {
		struct burst *b = &g->bursts[i];
		if (b->campaign == campaign)
			return b;
		if (b->hour < oldest->hour)
			oldest = b;
	}
	*oldest = (struct burst){ .campaign = campaign, .hour = hour };
	return oldest;
}

static bool crowded(struct guard *g, int64_t campaign, int64_t hour)
{
	struct burst *b = burst_of(g, campaign, hour);
	if (b->hour != hour) {
		if (b->now > b->most)
			b->most = b->now;
		b->now = 0;
		b->hour = hour;
	}
	b->now++;
	unsigned usual = b->most * BURST_TIMES;
	return b->now > (usual > g->an_hour ? usual : g->an_hour);
}

void guard_an_hour(struct guard *g, unsigned n)
{
	g->an_hour = n;
}

bool guard_burst(struct guard *g, int64_t campaign, struct str domain, int64_t now)
{
	pthread_mutex_lock(&g->lock);
	bool lot = !large_provider(domain) && sketch_add(&g->sketch, now, "domain", campaign, domain) > BURST_DOMAIN;
	bool hold = crowded(g, campaign, now / HOUR) || lot;
	pthread_mutex_unlock(&g->lock);
	return hold;
}

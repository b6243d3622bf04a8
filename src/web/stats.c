#include "web/inner.h"

const double WEB_LATENCY_BOUNDS[WEB_LATENCIES] = { 0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025,
	0.1, 0.5, 2.5 };

struct counters *counters_mine(struct web *web)
{
	return &web->counters[slot_mine()];
}

void counters_latency(struct counters *c, uint64_t us)
{
	size_t i = 0;
	while (i < WEB_LATENCIES && (double)us > WEB_LATENCY_BOUNDS[i] * 1e6)
		i++;
	atomic_fetch_add_explicit(&c->latencies[i], 1, memory_order_relaxed);
	atomic_fetch_add_explicit(&c->latency_us, us, memory_order_relaxed);
}

void web_stats(const struct web *web, struct web_stats *out)
{
	*out = (struct web_stats){ .purged = web->purged };
	for (size_t i = 0; i < SLOTS; i++) {
		const struct counters *c = &web->counters[i];
		out->requests += c->requests;
		out->hits += c->hits;
		out->misses += c->misses;
		out->renders += c->renders;
		out->rejected += c->rejected;
		out->latency_us += c->latency_us;
		for (size_t j = 0; j <= WEB_LATENCIES; j++)
			out->latencies[j] += c->latencies[j];
	}
	out->connections = conns_count(web->conns, &out->cut_off);
	cache_stats(web->cache, &out->cached_pages, &out->cached_bytes);
}

#include "cli/cli.h"

#include "web/web.h"

#include <stdio.h>
#include <unistd.h>

static void head(struct buf *out, const char *name, const char *type, const char *help)
{
	buf_printf(out, "# HELP kairan_%s %s\n# TYPE kairan_%s %s\n", name, help, name, type);
}

static void metric(struct buf *out, const char *name, const char *type, const char *help, uint64_t value)
{
	head(out, name, type, help);
	buf_printf(out, "kairan_%s %llu\n", name, (unsigned long long)value);
}

/* From /proc, where there is one: the second number of this file is in pages. */
static uint64_t resident_bytes(void)
{
	char line[128] = "";
	int64_t pages = 0;
	FILE *in = fopen("/proc/self/statm", "r");
	if (in && fgets(line, sizeof line, in)) {
		struct str rest = str_from(line);
		str_split(&rest, ' ');
		if (!str_to_int(str_split(&rest, ' '), &pages))
			pages = 0;
	}
	if (in)
		fclose(in);
	return (uint64_t)pages * (uint64_t)sysconf(_SC_PAGESIZE);
}

static void latencies(struct buf *out, const struct web_stats *web)
{
	uint64_t n = 0;
	head(out, "answer_seconds", "histogram",
	    "From a complete request to its answer, where no cached page was it at once.");
	for (size_t i = 0; i < WEB_LATENCIES; i++) {
		n += web->latencies[i];
		buf_printf(out, "kairan_answer_seconds_bucket{le=\"%g\"} %llu\n", WEB_LATENCY_BOUNDS[i], (unsigned long long)n);
	}
	n += web->latencies[WEB_LATENCIES];
	buf_printf(out, "kairan_answer_seconds_bucket{le=\"+Inf\"} %llu\n", (unsigned long long)n);
	buf_printf(out, "kairan_answer_seconds_sum %.6f\nkairan_answer_seconds_count %llu\n", (double)web->latency_us / 1e6,
	    (unsigned long long)n);
}

static bool metrics_page(const struct web_request *req, struct web_response *res, struct error *err)
{
	struct error index_err = { 0 };
	const struct metrics *m = req->user;
	struct web_stats web;
	struct search_stats index;
	struct buf *out = &res->body;
	web_stats(m->site_web, &web);
	metric(out, "requests_total", "counter", "Requests whose headers came.", web.requests);
	metric(out, "cache_hits_total", "counter", "Requests answered from the page cache.", web.hits);
	metric(out, "cache_misses_total", "counter", "Requests whose page was not in the cache.", web.misses);
	metric(out, "renders_total", "counter", "Pages made.", web.renders);
	metric(out, "purged_total", "counter", "Pages dropped from the cache by a change.", web.purged);
	metric(out, "rejected_total", "counter", "Requests and connections refused as malformed, too large or too many.",
	    web.rejected);
	metric(out, "cut_off_total", "counter", "Connections closed for being too slow.", web.cut_off);
	metric(out, "connections", "gauge", "Connections open now.", web.connections);
	metric(out, "cached_pages", "gauge", "Pages in the cache.", web.cached_pages);
	metric(out, "cached_bytes", "gauge", "Bytes in the cache.", web.cached_bytes);
	latencies(out, &web);
	metric(out, "uptime_seconds", "gauge", "Since the server started.", (uint64_t)(clock_now() - m->began));
	metric(out, "resident_memory_bytes", "gauge", "Memory of the process.", resident_bytes());
	(void)err;
	if (search_stats(m->search, &index, &index_err)) {
		metric(out, "index_articles", "gauge", "Articles in the search index.", (uint64_t)index.articles);
		metric(out, "index_bytes", "gauge", "Size of the search index.", (uint64_t)index.bytes);
	} else {
		log_error(&index_err, "the index's part of the metrics");
	}
	res->type = STR("text/plain; version=0.0.4; charset=utf-8");
	res->no_store = true;
	return true;
}

static const struct web_route ROUTES[] = { { WEB_GET, "/metrics", metrics_page, WEB_MEMORY, 0 } };

struct web *metrics_start(struct metrics *m, const char *listen, struct error *err)
{
	struct web_options options = {
		.listen = listen, .threads = 1, .workers = 1, .routes = ROUTES, .n_routes = 1, .user = m, .cache_bytes = 4 * KIB
	};
	return web_start(&options, err);
}

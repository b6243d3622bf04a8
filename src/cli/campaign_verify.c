#include "cli/campaign.h"

#include "fetch/fetch.h"

#include <sodium.h>
#include <string.h>

/* `campaign verify`: from the key, the signed head and the entries, as anybody can have them. */

#define LEAVES_MAX (192 * MIB) /* of a file of entries */
#define HEX_MAX (2 * LEAF_ENTRY_MAX)

struct source {
	const char *where;
	bool is_url;
	struct arena *arena;
	struct error *err;
};

static bool read_url(struct source *s, const char *name, struct str *out)
{
	/* Whoever runs this names the host: it may be their own. */
	static const struct fetch_policy policy = { .allow = "0.0.0.0/0 ::/0" };
	struct str base = str_from(s->where);
	while (str_ends(base, STR("/")))
		base.n--;
	struct fetch_request request = { .url = arena_printf(s->arena, "%.*s/log/%s", (int)base.n, base.p, name),
		.redirects = 3 };
	struct fetch_answer answer;
	if (!request.url.p)
		return error_memory(s->err);
	if (!fetch(&policy, &request, &answer, s->arena, s->err))
		return false;
	if (answer.status != 200)
		return error_set(s->err, ERR_UNAVAILABLE, "%.*s answered %d", (int)request.url.n, request.url.p, answer.status);
	*out = answer.body;
	return true;
}

static bool read_file(struct source *s, const char *path, size_t max, struct str *out)
{
	struct buf text = { 0 };
	if (!file_read(path, max, &text, s->err))
		return false;
	*out = buf_take(&text, s->arena);
	return out->p ? true : error_memory(s->err);
}

static bool read_part(struct source *s, const char *name, struct str *out)
{
	if (s->is_url)
		return read_url(s, name, out);
	struct str path = arena_printf(s->arena, "%s/%s", s->where, name);
	return path.p ? read_file(s, path.p, LEAVES_MAX, out) : error_memory(s->err);
}

/* ---- the entries ---- */

struct checking {
	struct source *source;
	unsigned char key[32], campaign[CAMPAIGN_ID_BYTES];
	struct str head, since;
	int64_t size, since_size; /* -1: no earlier head is asked for */
	const struct receipt *receipt;
	struct log_check *log;
};

static bool check_entry(struct checking *c, struct str hex, struct error *err)
{
	unsigned char entry[LEAF_ENTRY_MAX];
	size_t n = 0;
	int64_t at = (int64_t)log_check_size(c->log);
	if (hex.n > HEX_MAX || sodium_hex2bin(entry, sizeof entry, hex.p, hex.n, NULL, &n, NULL) != 0 || 2 * n != hex.n)
		return error_set(err, ERR_INVALID, "entry %lld is not written in hexadecimal", (long long)at);
	struct str bytes = str_of((const char *)entry, n);
	if (c->since_size == at && !log_check_head(c->log, c->since, c->key, err))
		return error_context(err, "the earlier head");
	if (c->receipt && c->receipt->index == at && !receipt_is_entry(c->receipt, bytes))
		return error_set(err, ERR_DENIED, "entry %lld is not the signature of the receipt", (long long)at);
	return log_check_add(c->log, bytes, err);
}

static bool check_lines(struct checking *c, struct str text, struct error *err)
{
	while (text.n && (int64_t)log_check_size(c->log) < c->size) {
		if (!check_entry(c, str_split(&text, '\n'), err))
			return false;
	}
	return true;
}

/* A page after the other; a server that says nothing new is not asked again. */
static bool check_leaves(struct checking *c, struct error *err)
{
	struct str text = { 0 };
	if (!c->source->is_url)
		return read_part(c->source, "leaves", &text) && check_lines(c, text, err);
	struct source page = *c->source;
	page.arena = arena_new();
	bool ok = page.arena != NULL || error_memory(err);
	while (ok && (int64_t)log_check_size(c->log) < c->size) {
		uint64_t before = log_check_size(c->log);
		arena_reset(page.arena);
		struct str name = arena_printf(page.arena, "leaves?from=%llu", (unsigned long long)before);
		ok = name.p && read_url(&page, name.p, &text) && check_lines(c, text, err);
		if (ok && log_check_size(c->log) == before)
			break;
	}
	arena_free(page.arena);
	return ok;
}

static bool check_all(struct checking *c, struct error *err)
{
	if (!check_leaves(c, err))
		return false;
	if ((int64_t)log_check_size(c->log) != c->size)
		return error_set(err, ERR_DENIED, "the head says %lld entries, and only %llu are to be had", (long long)c->size,
		    (unsigned long long)log_check_size(c->log));
	if (c->since_size == c->size && !log_check_head(c->log, c->since, c->key, err))
		return error_context(err, "the earlier head");
	return log_check_head(c->log, c->head, c->key, err);
}

/* ---- what is beside it ---- */

static bool read_since(struct checking *c, const char *path, struct error *err)
{
	unsigned char campaign[CAMPAIGN_ID_BYTES];
	int64_t count;
	c->since_size = -1;
	if (!path)
		return true;
	if (!read_file(c->source, path, CHECKPOINT_MAX, &c->since) ||
	    !log_head_size(c->since, c->key, campaign, &c->since_size, &count, err))
		return error_context(err, "the earlier head");
	if (memcmp(campaign, c->campaign, sizeof campaign) != 0)
		return error_set(err, ERR_DENIED, "the earlier head is of another campaign");
	return c->since_size <= c->size
	           ? true
	           : error_set(err, ERR_DENIED, "the log had %lld entries, and has fewer now", (long long)c->since_size);
}

static bool read_receipt(struct checking *c, const char *path, struct receipt *room, struct error *err)
{
	struct str text;
	if (!path)
		return true;
	if (!read_file(c->source, path, RECEIPT_MAX, &text) || !receipt_read(text, room, c->source->arena, err) ||
	    !receipt_good(room, c->key, err))
		return error_context(err, "the receipt");
	if (memcmp(room->campaign, c->campaign, sizeof c->campaign) != 0)
		return error_set(err, ERR_DENIED, "the receipt is of another campaign");
	if (room->index >= c->size)
		return error_set(err, ERR_DENIED, "the log ends before the signature of the receipt");
	c->receipt = room;
	return true;
}

static bool prepare(struct checking *c, const char *receipt, const char *since, struct receipt *room, struct error *err)
{
	struct str key = { 0 };
	unsigned char campaign[CAMPAIGN_ID_BYTES];
	int64_t count;
	if (!read_part(c->source, "key", &key) || !log_key_read(key, c->campaign, c->key, err) ||
	    !read_part(c->source, "checkpoint", &c->head) ||
	    !log_head_size(c->head, c->key, campaign, &c->size, &count, err))
		return false;
	if (memcmp(campaign, c->campaign, sizeof campaign) != 0)
		return error_set(err, ERR_DENIED, "the key and the head are of different campaigns");
	return read_since(c, since, err) && read_receipt(c, receipt, room, err) &&
	       ((c->log = log_check_new(c->campaign)) || error_memory(err));
}

static void tell(const struct checking *c)
{
	unsigned char campaign[CAMPAIGN_ID_BYTES];
	char hex[65];
	int64_t size, count;
	struct error none = { 0 };
	log_head_size(c->head, c->key, campaign, &size, &count, &none);
	printf(
	    "%lld signatures; the log of %lld entries is whole and as its head says\n", (long long)count, (long long)size);
	if (c->since_size >= 0)
		printf("it goes on from the head of %lld entries: none of them vanished\n", (long long)c->since_size);
	if (c->receipt)
		printf("the signature of the receipt is entry %lld%s\n", (long long)c->receipt->index,
		    log_check_withdrawn(c->log, (uint64_t)c->receipt->index) ? ", withdrawn since" : ", and counted");
	printf("log key %s\n", sodium_bin2hex(hex, sizeof hex, c->key, sizeof c->key));
}

int campaign_verify(const char *where, const char *receipt, const char *since)
{
	struct error err = { 0 };
	struct receipt room;
	struct source source = { .where = where, .arena = arena_new(), .err = &err };
	struct checking c = { .source = &source };
	if (!source.arena)
		return EXIT_FAILED;
	source.is_url = str_starts(str_from(where), STR("http://")) || str_starts(str_from(where), STR("https://"));
	bool ok = prepare(&c, receipt, since, &room, &err) && check_all(&c, &err);
	if (ok)
		tell(&c);
	log_check_free(c.log);
	arena_free(source.arena);
	return ok ? EXIT_DONE : fail(&err, "verifying");
}

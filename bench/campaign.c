/*
 * bench_campaign: what bench/campaign.mjs and the tests want that no command of the program does.
 *
 *   make DIR SLUG PUBLIC-KEY [LETTERS]  an open campaign in the site of DIR; LETTERS: with one target to write to
 *   tokens DIR SLUG FROM N              N people who wait for their click; a token a line
 *   confirm DIR SLUG THREADS < TOKENS   the last click for each, in this process: signatures a second
 *   post HOST PORT PATH CLIENTS < TOKENS  the same over HTTP: POST PATH/TOKEN by so many clients at once
 *   get HOST PORT PATH CLIENTS SECONDS  a page, over and over
 *   bare DIR N                          plain SQLite, the same rows, in transactions of 100
 */
#include "drive.h"

#include "bench.h"

#include <pthread.h>
#include <sodium.h>
#include <sqlite3.h>
#include <stdatomic.h>

static int make(const char *dir, const char *slug, const char *key, bool letters)
{
	static struct campaign_text texts[] = {
		{ .lang = STR("ja"), .title = STR("水を守る"), .body = STR("水は命です。"), .demands = STR("水を売らない") }
	};
	static struct campaign_field_text label[] = { { STR("ja"), STR("お名前"), STR(""), STR("") } };
	static struct campaign_field fields[] = { { STR("name"), FIELD_NAME, true, label, 1 },
		{ STR("comment"), FIELD_COMMENT, false, label, 1 } };
	static struct campaign_consent_text words[] = { { STR("ja"), STR("お知らせを受け取る") } };
	static struct campaign_consent consents[] = { { STR("news"), 0, false, words, 1 } };
	static struct campaign_target targets[] = {
		{ .name = STR("知事"), .address = STR("chiji@example.com"), .lang = STR("ja") }
	};
	static struct campaign_letter letter[] = { { 0, STR(""), STR("ja"), STR("水について"), STR("お願いします。"),
		STR("") } };
	struct campaign c = { .kind = letters ? CAMPAIGN_BOTH : CAMPAIGN_PETITION,
		.state = CAMPAIGN_OPEN,
		.slug = str_from(slug),
		.public_key = str_from(key),
		.organiser = STR("会"),
		.goal = 1000000,
		.days = 127,
		.hour_to = 24,
		.texts = texts,
		.n_texts = 1,
		.fields = fields,
		.n_fields = 2,
		.consents = consents,
		.n_consents = 1,
		.targets = targets,
		.n_targets = letters,
		.letters = letter,
		.n_letters = letters };
	struct drive d = { 0 };
	struct error err = { 0 };
	struct campaign_fault fault = { 0 };
	drive_open(&d, dir, NULL);
	struct store_tx *tx = store_begin(d.store, &err);
	if (!tx || !campaign_save(tx, &c, &fault, d.arena, &err)) {
		fprintf(stderr, "%.*s\n", (int)campaign_fault_text(&fault, d.arena).n, campaign_fault_text(&fault, d.arena).p);
		drive_stop(&err, "making the campaign");
	}
	if (!store_commit(tx, &err))
		drive_stop(&err, "making the campaign");
	drive_close(&d);
	return 0;
}

/* ---- people who wait ---- */

struct beginning {
	struct campaigns *campaigns;
	const struct campaign *campaign;
	atomic_long next;
	long end;
	pthread_mutex_t lock; /* of standard output */
};

static void *begin(void *arg)
{
	struct beginning *b = arg;
	struct arena *arena = arena_new();
	long n;
	while ((n = atomic_fetch_add(&b->next, 1)) < b->end) {
		struct error err = { 0 };
		struct str token;
		struct drive_person room;
		struct signing s = drive_form(&room, n);
		arena_reset(arena);
		if (!signing_begin(b->campaigns, b->campaign, &s, &token, arena, &err))
			drive_stop(&err, "signing");
		pthread_mutex_lock(&b->lock);
		printf("%.*s\n", (int)token.n, token.p);
		pthread_mutex_unlock(&b->lock);
	}
	arena_free(arena);
	return NULL;
}

#define BEGINNERS 256

static int tokens(const char *dir, const char *slug, long from, long n)
{
	struct drive d = { 0 };
	struct error err = { 0 };
	pthread_t threads[BEGINNERS];
	drive_open(&d, dir, slug);
	struct beginning b = { .campaigns = campaigns_new(d.store, &err), .campaign = &d.campaign, .end = from + n };
	if (!b.campaigns)
		drive_stop(&err, "opening");
	atomic_init(&b.next, from);
	pthread_mutex_init(&b.lock, NULL);
	for (int i = 0; i < BEGINNERS; i++)
		pthread_create(&threads[i], NULL, begin, &b);
	for (int i = 0; i < BEGINNERS; i++)
		pthread_join(threads[i], NULL);
	campaigns_free(b.campaigns);
	drive_close(&d);
	return 0;
}

/* ---- the click ---- */

struct confirming {
	struct campaigns *campaigns;
	const struct campaign *campaign;
	atomic_long done;
};

static void *confirm(void *arg)
{
	struct confirming *c = arg;
	struct arena *arena = arena_new();
	char token[128];
	while (next_token(token, sizeof token)) {
		struct error err = { 0 };
		struct receipt receipt;
		arena_reset(arena);
		if (!signing_confirm(c->campaigns, c->campaign, str_from(token), false, &receipt, arena, &err))
			drive_stop(&err, "confirming");
		atomic_fetch_add(&c->done, 1);
	}
	arena_free(arena);
	return NULL;
}

static int confirm_all(const char *dir, const char *slug, int n)
{
	struct drive d = { 0 };
	struct error err = { 0 };
	pthread_t threads[256];
	drive_open(&d, dir, slug);
	struct confirming c = { .campaigns = campaigns_new(d.store, &err), .campaign = &d.campaign };
	if (!c.campaigns || n > 256)
		drive_stop(&err, "opening");
	uint64_t began = clock_mono_us();
	for (int i = 0; i < n; i++)
		pthread_create(&threads[i], NULL, confirm, &c);
	for (int i = 0; i < n; i++)
		pthread_join(threads[i], NULL);
	double seconds = (double)(clock_mono_us() - began) / 1e6;
	printf("{\"done\":%ld,\"seconds\":%.3f,\"rate\":%.0f}\n", atomic_load(&c.done), seconds,
	    (double)atomic_load(&c.done) / seconds);
	campaigns_free(c.campaigns);
	drive_close(&d);
	return 0;
}

/* ---- plain SQLite ---- */

static void must(sqlite3 *db, const char *sql)
{
	if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK) {
		fprintf(stderr, "%s: %s\n", sql, sqlite3_errmsg(db));
		exit(1);
	}
}

/* A row of each table that a signature touches, of the same sizes; the waiting one goes. */
static void bare_one(sqlite3_stmt *const s[3], long n, const unsigned char id[16])
{
	unsigned char noise[512];
	randombytes_buf(noise, sizeof noise);
	sqlite3_bind_blob(s[0], 1, id, 16, SQLITE_STATIC);
	sqlite3_bind_int64(s[1], 1, n);
	sqlite3_bind_blob(s[1], 2, noise, 32, SQLITE_STATIC);
	sqlite3_bind_blob(s[1], 3, noise + 32, 304, SQLITE_STATIC);
	sqlite3_bind_blob(s[1], 4, noise + 340, 32, SQLITE_STATIC);
	sqlite3_bind_int64(s[2], 1, n);
	sqlite3_bind_blob(s[2], 2, noise, 49, SQLITE_STATIC);
	for (int i = 0; i < 3; i++) {
		if (sqlite3_step(s[i]) != SQLITE_DONE)
			exit(1);
		sqlite3_reset(s[i]);
	}
}

static int bare(const char *dir, long total)
{
	static const char *const sql[] = { "DELETE FROM signing_pending WHERE id = ?1",
		"INSERT INTO signature (campaign, leaf, signer, sealed, nonce, lang, day) VALUES (1, ?1, ?2, ?3, ?4, 'ja', 20000)",
		"INSERT INTO campaign_leaf (campaign, n, entry) VALUES (1, ?1, ?2)" };
	char path[4096];
	struct error err = { 0 };
	sqlite3 *db;
	sqlite3_stmt *s[3], *wait;
	unsigned char(*ids)[16] = malloc((size_t)total * 16);
	snprintf(path, sizeof path, "%s/bare.db", dir);
	store_close(store_open(path, true, &err)); /* the same tables */
	if (!ids || sqlite3_open(path, &db) != SQLITE_OK)
		return 1;
	must(db, "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-4096;");
	must(db, "BEGIN");
	sqlite3_prepare_v2(db, "INSERT INTO signing_pending VALUES (?1, 1, randomblob(296), 2000000000)", -1, &wait, NULL);
	for (long i = 0; i < total; i++) {
		randombytes_buf(ids[i], 16);
		sqlite3_bind_blob(wait, 1, ids[i], 16, SQLITE_STATIC);
		sqlite3_step(wait);
		sqlite3_reset(wait);
	}
	must(db, "COMMIT");
	must(db, "PRAGMA wal_checkpoint(TRUNCATE)");
	for (int i = 0; i < 3; i++)
		sqlite3_prepare_v2(db, sql[i], -1, &s[i], NULL);
	uint64_t began = clock_mono_us();
	for (long i = 0; i < total; i++) {
		if (i % 100 == 0)
			must(db, "BEGIN IMMEDIATE");
		bare_one(s, i, ids[i]);
		if (i % 100 == 99 || i + 1 == total)
			must(db, "COMMIT");
	}
	double seconds = (double)(clock_mono_us() - began) / 1e6;
	printf("{\"done\":%ld,\"seconds\":%.3f,\"rate\":%.0f}\n", total, seconds, (double)total / seconds);
	free(ids);
	return 0;
}

int main(int argc, char **argv)
{
	const char *verb = argc > 1 ? argv[1] : "";
	if (sodium_init() < 0)
		return 1;
	if (strcmp(verb, "make") == 0 && argc >= 5)
		return make(argv[2], argv[3], argv[4], argc > 5);
	if (strcmp(verb, "tokens") == 0 && argc == 6)
		return tokens(argv[2], argv[3], atol(argv[4]), atol(argv[5]));
	if (strcmp(verb, "confirm") == 0 && argc == 5)
		return confirm_all(argv[2], argv[3], atoi(argv[4]));
	if (strcmp(verb, "post") == 0 && argc == 6)
		return post_all(argv[2], argv[3], argv[4], atoi(argv[5]));
	if (strcmp(verb, "get") == 0 && argc == 7)
		return get_all(argv[2], argv[3], argv[4], atoi(argv[5]), atof(argv[6]));
	if (strcmp(verb, "bare") == 0 && argc == 4)
		return bare(argv[2], atol(argv[3]));
	fputs("bench_campaign: see the head of bench/campaign.c\n", stderr);
	return 2;
}

/*
 * fault_signing: people who sign and withdraw without pause, until the process is killed; and the look at what is left.
 *
 *   run DIR SLUG FROM      says on standard output, each line in one write: "b N" before N confirms, "s N" after; "w N"
 *                          before N withdraws, "g N" after
 *   check DIR SLUG < LOG   holds the site against all that was said: nothing lost, nothing twice, the log whole
 *
 * tests/http/campaign_fault.test.mjs kills and checks.
 */
#include "../../bench/drive.h"

#include <pthread.h>
#include <sodium.h>
#include <stdatomic.h>
#include <unistd.h>

#define THREADS 16

struct crowd {
	struct drive d;
	struct campaigns *campaigns;
	atomic_long next;
};

static void say(char what, long n)
{
	char line[32];
	int length = snprintf(line, sizeof line, "%c %ld\n", what, n);
	if (write(1, line, (size_t)length) != length)
		_exit(0);
}

static struct signing form_of(struct crowd *c, struct drive_person *room, struct signing_letter *letter, long n)
{
	struct signing s = drive_form(room, n);
	*letter = (struct signing_letter){ c->d.campaign.targets[0].id, STR("水について"), STR("お願いします。") };
	s.letters = letter;
	s.n_letters = 1;
	return s;
}

static void sign_one(struct crowd *c, long n, struct arena *arena)
{
	struct error err = { 0 };
	struct drive_person room;
	struct signing_letter letter;
	struct receipt receipt;
	struct str token;
	struct signing s = form_of(c, &room, &letter, n);
	if (!signing_begin(c->campaigns, &c->d.campaign, &s, &token, arena, &err))
		drive_stop(&err, "signing");
	say('b', n);
	if (!signing_confirm(c->campaigns, &c->d.campaign, token, false, &receipt, arena, &err))
		drive_stop(&err, "confirming");
	say('s', n);
	if (n % 3)
		return;
	int64_t id;
	if (!signature_of(c->campaigns, &c->d.campaign, s.mail, &id, &err))
		drive_stop(&err, "finding");
	say('w', n);
	if (!signature_withdraw(c->campaigns, &c->d.campaign, id, &err))
		drive_stop(&err, "withdrawing");
	say('g', n);
}

static void *people(void *arg)
{
	struct crowd *c = arg;
	struct arena *arena = arena_new();
	for (;;) {
		arena_reset(arena);
		sign_one(c, atomic_fetch_add(&c->next, 1), arena);
	}
	return NULL;
}

static void open_crowd(struct crowd *c, const char *dir, const char *slug)
{
	struct error err = { 0 };
	drive_open(&c->d, dir, slug);
	c->campaigns = campaigns_new(c->d.store, &err);
	if (!c->campaigns || c->d.campaign.n_targets == 0)
		drive_stop(&err, "opening");
	campaigns_mail(c->campaigns, STR("letters@example.org"));
}

static int run(const char *dir, const char *slug, long from)
{
	struct crowd c = { 0 };
	pthread_t threads[THREADS];
	open_crowd(&c, dir, slug);
	atomic_init(&c.next, from);
	say('r', from);
	for (int i = 0; i < THREADS; i++)
		pthread_create(&threads[i], NULL, people, &c);
	for (int i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	return 0;
}

/* ---- afterwards ---- */

struct told {
	bool began, signed_, leaving, gone;
};

static size_t read_told(struct told **out)
{
	size_t cap = 1 << 20, last = 0;
	struct told *all = calloc(cap, sizeof *all);
	char what;
	long n;
	while (all && scanf(" %c %ld", &what, &n) == 2) {
		if (n < 0 || (size_t)n >= cap)
			exit(3);
		last = (size_t)n > last ? (size_t)n : last;
		all[n].began |= what == 'b';
		all[n].signed_ |= what == 's';
		all[n].leaving |= what == 'w';
		all[n].gone |= what == 'g';
	}
	*out = all;
	return last + 1;
}

static int wrong;
static void fault(const char *what, long n)
{
	printf("%s: person %ld\n", what, n);
	wrong = 1;
}

/* What was said to be on the disk is there; what was never begun is not. *rows: people who are there. */
static void check_people(struct crowd *c, const struct told *told, size_t n, int64_t *rows)
{
	*rows = 0;
	for (size_t i = 0; i < n; i++) {
		struct error err = { 0 };
		struct drive_person room;
		struct signing s = drive_form(&room, (long)i);
		int64_t id;
		bool there = signature_of(c->campaigns, &c->d.campaign, s.mail, &id, &err);
		*rows += there;
		if (!there && told[i].signed_ && !told[i].leaving)
			fault("a confirmed signature is lost", (long)i);
		if (there && told[i].gone)
			fault("a withdrawn signature is there", (long)i);
		if (there && !told[i].began)
			fault("a signature that nobody confirmed", (long)i);
	}
}

static void check_log(struct crowd *c, int64_t size)
{
	struct error err = { 0 };
	struct str key, note, *rows;
	size_t n;
	unsigned char campaign[CAMPAIGN_ID_BYTES], public_key[32];
	struct log_check *log = log_check_new(c->d.campaign.public_id);
	bool ok = log && log_key(c->campaigns, &c->d.campaign, &key, c->d.arena, &err) &&
	          log_key_read(key, campaign, public_key, &err) &&
	          log_checkpoint(c->campaigns, &c->d.campaign, &note, c->d.arena, &err) &&
	          leaf_list(c->d.store, c->d.campaign.id, 0, (size_t)size + 10, &rows, &n, c->d.arena, &err);
	for (size_t i = 0; ok && i < n; i++)
		ok = log_check_add(log, rows[i], &err);
	ok = ok && log_check_head(log, note, public_key, &err);
	if (!ok) {
		printf("the log: %s\n", err.message);
		wrong = 1;
	}
	log_check_free(log);
}

static int check(const char *dir, const char *slug)
{
	struct crowd c = { 0 };
	struct told *told;
	struct error err = { 0 };
	struct campaign_counts counts;
	int64_t rows, kept, queued = 0;
	size_t n = read_told(&told);
	open_crowd(&c, dir, slug);
	check_people(&c, told, n, &rows);
	if (!campaign_counts(c.campaigns, c.d.campaign.id, &counts, &err) ||
	    !signature_count(c.d.store, c.d.campaign.id, &kept, &err))
		drive_stop(&err, "counting");
	for (size_t i = 0; i < c.d.campaign.n_targets; i++)
		queued += c.d.campaign.targets[i].queued;
	printf("%lld signatures, counted %lld, letters made %lld, entries %lld\n", (long long)rows, (long long)counts.count,
	    (long long)queued, (long long)counts.size);
	if (rows != counts.count || kept != counts.count)
		wrong = printf("the count is not the number of signatures\n");
	/* A letter each; none has gone out, so those who withdrew took theirs back. */
	if (queued != rows)
		wrong = printf("the letters are not one a signature\n");
	check_log(&c, counts.size);
	campaigns_free(c.campaigns);
	drive_close(&c.d);
	free(told);
	return wrong ? 1 : 0;
}

int main(int argc, char **argv)
{
	if (sodium_init() < 0)
		return 1;
	if (argc == 5 && strcmp(argv[1], "run") == 0)
		return run(argv[2], argv[3], atol(argv[4]));
	if (argc == 4 && strcmp(argv[1], "check") == 0)
		return check(argv[2], argv[3]);
	return 2;
}

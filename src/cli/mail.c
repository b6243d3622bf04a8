#include "cli/cli.h"

#include "mail/mail.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define SHOWN 100

struct posting {
	struct store *store;
	struct conf conf;
	struct mail_settings mail;
	struct arena *arena;
	bool queued, json;
};

/* ---- a test ---- */

static void test_message(
    const struct posting *p, const struct settings *settings, struct str to, struct mail_message *m)
{
	bool japanese = str_eq(settings->default_lang, STR("ja"));
	struct str name = setting_text(p->store, "name", settings->default_lang, p->arena);
	*m = (struct mail_message){
		.from = { name, STR("") }, .to = { STR(""), to }, .lang = settings->default_lang, .at = clock_now()
	};
	m->subject =
	    arena_printf(p->arena, japanese ? "「%.*s」からのテストメール" : "A test mail from %.*s", (int)name.n, name.p);
	m->text =
	    japanese
	        ? STR("このメールは、サイトからメールが届くことを確かめるために送られました。題名と差出人の名前、それからこの文章が"
	              "正しく読めれば、設定は終わりです。返信の必要はありません。\n\n心当たりがなければ、そのまま削除してください。\n")
	        : STR("This was sent to see whether mail from the site arrives. If subject, sender and this text read "
	              "well, all is set up. No answer is needed.\n\nIf you did not ask for it, just delete it.\n");
}

static int send_now(const struct posting *p, const struct mail_message *m)
{
	struct error err = { 0 };
	struct buf text = { 0 };
	struct mail_report report;
	struct mailer *mailer = mailer_new(&p->mail, &err);
	bool ok = mailer && mail_compose(m, &text, &err) &&
	          mailer_send(mailer, m->from.address, m->to.address, buf_str(&text), &report, p->arena, &err);
	mailer_free(mailer);
	buf_free(&text);
	if (!ok)
		return fail(&err, "sending a test");
	if (report.result == MAIL_SENT) {
		fputs("The mail server took it. Look whether it arrives, and not among the unwanted.\n", stderr);
		return EXIT_DONE;
	}
	fprintf(stderr, "kairan: it was not sent: %s%s\n", report.why,
	    report.result == MAIL_LATER ? " (a queued message would be tried again)" : "");
	return EXIT_FAILED;
}

static int send_queued(const struct posting *p, const struct mail_message *m)
{
	struct error err = { 0 };
	struct store_tx *tx = store_begin(p->store, &err);
	if (!tx || !mail_queue(p->store, tx, m, STR(""), p->arena, &err)) {
		store_rollback(tx);
		return fail(&err, "queueing a test");
	}
	if (!store_commit(tx, &err))
		return fail(&err, "queueing a test");
	fputs("It is queued: `kairan serve` sends it, or `kairan mail deliver`.\n", stderr);
	return EXIT_DONE;
}

static int test(const struct posting *p, const char *address)
{
	struct error err = { 0 };
	struct settings settings;
	struct str to;
	struct mail_message m;
	if (!mail_address(str_from(address), &to, p->arena, &err) || !settings_read(p->store, &settings, p->arena, &err))
		return fail(&err, NULL);
	test_message(p, &settings, to, &m);
	if (!p->mail.from[0]) {
		error_set(&err, ERR_INVALID, "kairan.conf must say mail_from (kairan.conf(5))");
		return fail(&err, NULL);
	}
	if (!mail_address(str_from(p->mail.from), &m.from.address, p->arena, &err))
		return fail(&err, NULL);
	return p->queued ? send_queued(p, &m) : send_now(p, &m);
}

/* ---- the queue ---- */

static void print_item(const struct posting *p, const struct outbox_item *item)
{
	struct str state = outbox_state_name(item->state), made = time_rfc3339(p->arena, item->created_at);
	struct str next = item->state == OUTBOX_WAITING ? time_rfc3339(p->arena, item->next_at) : STR("-");
	printf("%-8lld %-9.*s  %.*s  tries %lld  next %.*s", (long long)item->id, (int)state.n, state.p, (int)made.n,
	    made.p, (long long)item->tries, (int)next.n, next.p);
	if (item->code)
		printf("  said %lld %.*s", (long long)item->code, (int)item->status.n, item->status.p);
	putchar('\n');
}

static json_t *item_json(const struct outbox_item *item)
{
	struct str state = outbox_state_name(item->state);
	return json_pack("{s:I,s:s%,s:I,s:I,s:I,s:I,s:s%}", "id", (json_int_t)item->id, "state", state.p, state.n,
	    "created", (json_int_t)item->created_at, "tries", (json_int_t)item->tries, "next",
	    (json_int_t)(item->state == OUTBOX_WAITING ? item->next_at : 0), "code", (json_int_t)item->code, "status",
	    item->status.p ? item->status.p : "", item->status.n);
}

static int queue_json(const struct outbox_item *all, size_t n, const int64_t counts[OUTBOX_STATES])
{
	json_t *items = json_array(), *sums = json_object();
	for (size_t i = 0; i < n; i++)
		json_array_append_new(items, item_json(&all[i]));
	for (int s = 0; s < OUTBOX_STATES; s++)
		json_object_set_new(sums, outbox_state_name((enum outbox_state)s).p, json_integer(counts[s]));
	return print_json(json_pack("{s:o,s:o}", "counts", sums, "newest", items)) ? EXIT_DONE : EXIT_FAILED;
}

static int queue(const struct posting *p)
{
	struct error err = { 0 };
	struct outbox_item *all;
	size_t n;
	int64_t counts[OUTBOX_STATES];
	if (!outbox_list(p->store, SHOWN, &all, &n, counts, p->arena, &err))
		return fail(&err, "reading the queue");
	if (p->json)
		return queue_json(all, n, counts);
	for (size_t i = 0; i < n; i++)
		print_item(p, &all[i]);
	printf("%lld waiting, %lld sent, %lld refused, %lld given up, %lld bounced\n", (long long)counts[OUTBOX_WAITING],
	    (long long)counts[OUTBOX_SENT], (long long)counts[OUTBOX_REFUSED], (long long)counts[OUTBOX_GIVEN_UP],
	    (long long)counts[OUTBOX_BOUNCED]);
	return EXIT_DONE;
}

static bool hurry(struct store *store, struct error *err)
{
	struct store_tx *tx = store_begin(store, err);
	if (tx && outbox_hurry(tx, clock_now(), err))
		return store_commit(tx, err);
	store_rollback(tx);
	return false;
}

static int deliver(const struct posting *p)
{
	struct error err = { 0 };
	struct mail_sum sum = { 0 };
	struct mailer *mailer = mailer_new(&p->mail, &err);
	bool ok = mailer && hurry(p->store, &err) && mail_deliver(p->store, mailer, &p->mail, NULL, &sum, &err);
	mailer_free(mailer);
	if (!ok)
		return fail(&err, "sending mail");
	fprintf(stderr, "%zu sent, %zu to be tried again, %zu refused\n", sum.sent, sum.later, sum.refused);
	return EXIT_DONE;
}

/* ---- what comes back ---- */

static bool read_stdin(struct buf *out, struct error *err)
{
	char chunk[8192];
	ssize_t n;
	while ((n = read(STDIN_FILENO, chunk, sizeof chunk)) > 0) {
		if (out->n + (size_t)n > MAIL_MESSAGE_MAX)
			return error_set(err, ERR_TOO_LARGE, "a bounce of more than %zu bytes is not read", MAIL_MESSAGE_MAX);
		buf_add(out, str_of(chunk, (size_t)n));
	}
	if (n < 0)
		return error_set(err, ERR_IO, "cannot read the message");
	return out->failed ? error_memory(err) : true;
}

/* A mail server bounces what a command refuses, and a bounce must not bounce: what is no report of ours is left alone. */
static int bounce(const struct posting *p, const char *to)
{
	struct error err = { 0 };
	struct buf text = { 0 };
	struct mail_bounce b = { 0 };
	bool ok = read_stdin(&text, &err) && mail_bounce_read(p->store, buf_str(&text), str_from(to), &b, p->arena, &err) &&
	          (!b.final || outbox_bounced(p->store, b.id, b.status, clock_now(), &err));
	buf_free(&text);
	if (ok) {
		fprintf(stderr,
		    b.final ? "message %lld came back for good: its recipient gets no more\n" : "message %lld is only late\n",
		    (long long)b.id);
		return EXIT_DONE;
	}
	bool ours = err.code != ERR_INVALID && err.code != ERR_NOT_FOUND && err.code != ERR_TOO_LARGE;
	fprintf(stderr, "kairan: %s%s\n", err.message, ours ? "" : "; left alone");
	return ours ? EXIT_FAILED : EXIT_DONE;
}

/* ---- the command ---- */

static int run(const struct posting *p, const struct cli *cli, size_t left)
{
	const char *verb = cli->argv[1];
	if (strcmp(verb, "test") == 0 && left == 2)
		return test(p, cli->argv[2]);
	if (strcmp(verb, "queue") == 0 && left == 1)
		return queue(p);
	if (strcmp(verb, "deliver") == 0 && left == 1)
		return deliver(p);
	if (strcmp(verb, "bounce") == 0)
		return bounce(p, left == 2 ? cli->argv[2] : NULL);
	fputs("usage: kairan [-C DIR] mail test ADDRESS | queue | deliver | bounce [ADDRESS]\n", stderr);
	return EXIT_USAGE;
}

int command_mail(struct cli *cli)
{
	struct posting p = { 0 };
	struct error err = { 0 };
	struct place place;
	size_t left;
	int status;
	const struct option_spec specs[] = {
		{ "--queue", NULL, &p.queued, "test: by the queue, as the site's own mail goes" },
		{ "--json", NULL, &p.json, "queue: one object with counts and the newest 100" },
	};
	if (!options_read(cli, specs, sizeof specs / sizeof *specs, "test ADDRESS | queue | deliver | bounce [ADDRESS]",
	        "Sends a test, at once; shows what waits, without any address; sends what waits now; reads a message that came\n"
	        "back, on standard input, and stops mail to its recipient when it failed for good. kairan.conf(5) has the settings.",
	        1, 2, &left, &status))
		return status;
	p.arena = arena_new();
	bool ok = p.arena && place_of(cli->dir, &place, &err) && conf_read(place.conf, &p.conf, &err);
	conf_mail(&p.conf, &p.mail);
	p.store = ok ? place_store(&place, &err) : NULL;
	status = p.store ? run(&p, cli, left) : fail(&err, NULL);
	store_close(p.store);
	arena_free(p.arena);
	return status;
}

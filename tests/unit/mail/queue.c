#include "../store/site.h"

#include "mail/mail.h"

#include <unistd.h>

/* The queue: what lies on disk, once and never twice, rates, leases, bounces. */

static const struct mail_settings SETTINGS = { .from = "letters@example.org", .bounces = "bounces@example.org" };

static enum error_code queue(struct site *s, const char *to, const char *once)
{
	struct error err = { 0 };
	struct mail_message m = { .from = { STR("会"), STR("letters@example.org") },
		.to = { STR("山田花子"), str_from(to) },
		.subject = STR("Very secret subject"),
		.text = STR("Very secret text\n"),
		.lang = STR("ja"),
		.at = 1800000000 };
	struct store_tx *tx = store_begin(s->store, &err);
	assert_non_null(tx);
	if (mail_queue(s->store, tx, &m, str_from(once), s->arena, &err)) {
		assert_true(store_commit(tx, &err));
		return ERR_NONE;
	}
	store_rollback(tx);
	return err.code;
}

static bool claim(struct site *s, int64_t now, int64_t rate, struct outbox_item *out)
{
	struct error err = { 0 };
	bool ok = outbox_claim(s->store, now, rate, out, s->arena, &err);
	assert_true(ok || err.code == ERR_NOT_FOUND);
	return ok;
}

static bool on_disk(struct site *s, struct str what)
{
	static const char *const ends[] = { "", "-wal" };
	bool found = false;
	for (size_t i = 0; i < 2; i++) {
		struct error err = { 0 };
		struct buf bytes = { 0 };
		if (file_read(arena_printf(s->arena, "%s%s", s->path, ends[i]).p, 64 * MIB, &bytes, &err))
			found |= str_find(buf_str(&bytes), what) >= 0;
		buf_free(&bytes);
	}
	return found;
}

static void what_waits_cannot_be_read_and_is_wiped_when_it_is_out(void **state)
{
	struct site *s = *state;
	struct error err = { 0 };
	struct outbox_item item, *all;
	size_t n;
	int64_t counts[OUTBOX_STATES], at = clock_now();
	assert_int_equal(queue(s, "hanako@example.jp", ""), ERR_NONE);
	assert_true(claim(s, at, 10, &item));
	assert_true(item.sealed.n > 300);
	static const char *const secrets[] = { "hanako", "example.jp", "secret subject", "secret text", "山田花子",
		"Subject:", "5bGx55Sw6Iqx5a2Q" };
	for (size_t i = 0; i < sizeof secrets / sizeof *secrets; i++)
		assert_false(on_disk(s, str_from(secrets[i])));
	assert_true(on_disk(s, str_sub(item.sealed, 0, 60)));
	assert_true(outbox_tried(s->store, &item, OUTBOX_SENT, &err));
	assert_true(outbox_list(s->store, 10, &all, &n, counts, s->arena, &err));
	assert_int_equal(counts[OUTBOX_SENT], 1);
	assert_int_equal(counts[OUTBOX_WAITING], 0);
	assert_false(claim(s, at + 100000, 10, &item));
	assert_true(outbox_tidy(s->store, at + MAIL_KEPT_SECONDS + 2, &err));
	assert_true(outbox_list(s->store, 10, &all, &n, counts, s->arena, &err));
	assert_int_equal(n, 0);
}

static void once_is_once_even_when_it_is_long_forgotten(void **state)
{
	struct site *s = *state;
	struct error err = { 0 };
	struct outbox_item item;
	assert_int_equal(queue(s, "minister@example.go.jp", "letter 7 of hana"), ERR_NONE);
	assert_int_equal(queue(s, "minister@example.go.jp", "letter 7 of hana"), ERR_EXISTS);
	assert_int_equal(queue(s, "minister@example.go.jp", "letter 7 of jiro"), ERR_NONE);
	assert_true(claim(s, clock_now(), 10, &item));
	assert_true(outbox_tried(s->store, &item, OUTBOX_SENT, &err));
	assert_true(outbox_tidy(s->store, clock_now() + MAIL_KEPT_SECONDS + 2, &err));
	assert_int_equal(queue(s, "minister@example.go.jp", "letter 7 of hana"), ERR_EXISTS);
	assert_false(on_disk(s, STR("letter 7")));
}

static void a_domain_gets_its_rate_and_a_claim_is_a_lease(void **state)
{
	struct site *s = *state;
	struct error err = { 0 };
	struct outbox_item item, other;
	int64_t now = clock_now() + 1;
	for (int i = 0; i < 5; i++)
		assert_int_equal(queue(s, arena_printf(s->arena, "a%d@big.example", i).p, ""), ERR_NONE);
	assert_int_equal(queue(s, "b@small.example", ""), ERR_NONE);
	assert_true(claim(s, now, 2, &item));
	assert_true(claim(s, now, 2, &other));
	assert_int_not_equal(item.id, other.id);
	assert_true(claim(s, now, 2, &other)); /* the third is the other domain's, though it came last */
	assert_int_equal(other.id, 6);
	assert_false(claim(s, now, 2, &other));
	assert_false(claim(s, now + 59, 2, &other));
	assert_true(claim(s, now + 60, 2, &other));
	assert_int_equal(other.id, 3);
	/* Whoever claimed and died holds it for the time of the lease. */
	assert_true(claim(s, now + MAIL_LEASE_SECONDS, 100, &other));
	assert_int_equal(other.id, 4);
	bool again = false;
	while (claim(s, now + MAIL_LEASE_SECONDS, 100, &other))
		again |= other.id == item.id && other.tries == 2;
	assert_true(again);
	item.next_at = now + 90000;
	item.code = 451;
	item.status = STR("4.7.1");
	assert_true(outbox_tried(s->store, &item, OUTBOX_WAITING, &err));
	int64_t next;
	assert_true(outbox_next(s->store, &next, &err));
	assert_true(next > 0);
}

static struct str bounce_of(struct site *s, int64_t id, const char *action, const char *status)
{
	struct error err = { 0 };
	struct str to;
	assert_true(mail_return_path(s->store, &SETTINGS, id, &to, s->arena, &err));
	return arena_printf(s->arena,
	    "Return-Path: <>\r\nDelivered-To: %s\r\nFrom: MAILER-DAEMON@mx.example.jp\r\nTo: %s\r\nSubject: Undelivered\r\n"
	    "MIME-Version: 1.0\r\nContent-Type: multipart/report; report-type=delivery-status; boundary=\"b\"\r\n\r\n"
	    "--b\r\nContent-Type: text/plain\r\n\r\nI am sorry.\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\n"
	    "Reporting-MTA: dns; mx.example.jp\r\n\r\nFinal-Recipient: rfc822; hanako@example.jp\r\nAction: %s\r\n"
	    "Status: %s (bad)\r\n\r\n--b\r\nContent-Type: text/rfc822-headers\r\n\r\nSubject: x\r\n--b--\r\n",
	    to.p, to.p, action, status);
}

static void a_bounce_suppresses_its_recipient_and_a_forged_one_nobody(void **state)
{
	struct site *s = *state;
	struct error err = { 0 };
	struct outbox_item item;
	struct mail_bounce b;
	struct str path, wrong;
	assert_int_equal(queue(s, "Hanako@example.jp", ""), ERR_NONE);
	assert_true(claim(s, clock_now(), 10, &item));
	assert_true(outbox_tried(s->store, &item, OUTBOX_SENT, &err));
	assert_true(mail_return_path(s->store, &SETTINGS, item.id, &path, s->arena, &err));
	assert_true(str_starts(path, STR("bounces+b-1-")) && str_ends(path, STR("@example.org")));
	assert_true(mail_bounce_read(s->store, bounce_of(s, 1, "delayed", "4.4.1"), STR(""), &b, s->arena, &err));
	assert_false(b.final);
	assert_true(mail_bounce_read(s->store, bounce_of(s, 1, "failed", "5.1.1"), STR(""), &b, s->arena, &err));
	assert_true(b.final);
	assert_int_equal(b.id, 1);
	check_str(b.status, "5.1.1");
	char *forged = arena_cstr(s->arena, path);
	forged[14] = forged[14] == '0' ? '1' : '0';
	wrong = str_from(forged);
	static const char *const others[] = { "bounces@example.org", "bounces+b-2-0123456789abcdef@example.org",
		"bounces+b--@example.org", "bounces+b-1-@example.org", "bounces+b-99999999999999999999-0@example.org" };
	assert_false(mail_bounce_read(s->store, bounce_of(s, 1, "failed", "5.1.1"), wrong, &b, s->arena, &err));
	for (size_t i = 0; i < sizeof others / sizeof *others; i++)
		assert_false(
		    mail_bounce_read(s->store, bounce_of(s, 1, "failed", "5.1.1"), str_from(others[i]), &b, s->arena, &err));
	err = (struct error){ 0 };
	assert_false(mail_bounce_read(s->store, STR("Subject: hello\r\n\r\nout of office\r\n"), path, &b, s->arena, &err));
	assert_int_equal(err.code, ERR_INVALID);
	assert_true(outbox_bounced(s->store, b.id ? b.id : 1, STR("5.1.1"), clock_now(), &err));
	assert_int_equal(queue(s, "hanako@example.jp", ""), ERR_DENIED);
	assert_int_equal(queue(s, "other@example.jp", ""), ERR_NONE);
	assert_false(outbox_bounced(s->store, 999, STR("5.1.1"), clock_now(), &err));
}

static void without_the_key_nothing_is_queued(void **state)
{
	struct site *s = *state;
	struct error err = { 0 };
	assert_int_equal(queue(s, "hanako@example.jp", ""), ERR_NONE);
	unlink(s->key);
	assert_false(store_use_key(s->store, s->key, &err));
	assert_int_equal(queue(s, "jiro@example.jp", ""), ERR_UNAVAILABLE);
}

int main(void)
{
#define CASE(f) cmocka_unit_test_setup_teardown(f, open_keyed_site, close_site)
	const struct CMUnitTest tests[] = {
		CASE(what_waits_cannot_be_read_and_is_wiped_when_it_is_out),
		CASE(once_is_once_even_when_it_is_long_forgotten),
		CASE(a_domain_gets_its_rate_and_a_claim_is_a_lease),
		CASE(a_bounce_suppresses_its_recipient_and_a_forged_one_nobody),
		CASE(without_the_key_nothing_is_queued),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

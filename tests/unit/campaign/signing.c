#include "site.h"

#include <pthread.h>
#include <sodium.h>
#include <stdatomic.h>

/* From the form to the box that only the organiser opens: once, never twice, and the log says so. */

static struct signing_field FIELDS[] = { { { "name", 4 }, { "Hanako", 6 } }, { { "town", 4 }, { "Nerima", 6 } } };
static struct signing_consent CONSENTS[] = { { { "news", 4 }, 2 } };

static struct signing typed(const char *mail)
{
	return (struct signing){ .lang = STR("ja"),
		.mail = str_from(mail),
		.fields = FIELDS,
		.n_fields = 2,
		.consents = CONSENTS,
		.n_consents = 1,
		.region = STR("13") };
}

static struct str begin(struct site *s, const char *mail)
{
	struct error err = { 0 };
	struct str token;
	struct signing form = typed(mail);
	assert_true(signing_begin(s->campaigns, &s->campaign, &form, &token, s->arena, &err));
	assert_int_equal(token.n, TOKEN_TEXT);
	return token;
}

static enum error_code confirm(struct site *s, struct str token, bool hold, struct receipt *receipt)
{
	struct error err = { 0 };
	signing_confirm(s->campaigns, &s->campaign, token, hold, receipt, s->arena, &err);
	return err.code;
}

static struct campaign_counts counts(struct site *s)
{
	struct campaign_counts out = { 0 };
	struct error err = { 0 };
	assert_true(campaign_counts(s->campaigns, s->campaign.id, &out, &err));
	return out;
}

static void check_receipt(struct site *s, const struct receipt *r)
{
	struct error err = { 0 };
	struct log_key key;
	struct receipt again;
	assert_true(log_key_of(s->store, &key, &err));
	assert_true(receipt_read(receipt_json(r, s->arena), &again, s->arena, &err));
	if (!receipt_good(&again, key.public_key, &err))
		fail_msg("%s", err.message);
	again.nonce[0] ^= 1;
	assert_false(receipt_good(&again, key.public_key, &err));
}

static void test_once(void **state)
{
	struct site *s = *state;
	struct receipt receipt;
	struct error err = { 0 };
	struct signing back;
	struct str token = begin(s, "hanako@example.org");
	assert_true(signing_open(s->campaigns, &s->campaign, token, &back, s->arena, &err));
	check_str(back.mail, "hanako@example.org");
	check_str(back.fields[1].value, "Nerima");
	assert_int_equal(back.consents[0].version, 2);
	assert_int_equal(confirm(s, token, false, &receipt), ERR_NONE);
	assert_int_equal(receipt.index, 0);
	check_receipt(s, &receipt);
	assert_int_equal(counts(s).count, 1);
	assert_int_equal(confirm(s, token, false, &receipt), ERR_NOT_FOUND);
	assert_false(signing_open(s->campaigns, &s->campaign, token, &back, s->arena, &err));
	/* The same mailbox in another spelling. */
	token = begin(s, "Hanako+x@EXAMPLE.org");
	assert_int_equal(confirm(s, token, false, &receipt), ERR_EXISTS);
	assert_int_equal(confirm(s, token, false, &receipt), ERR_NOT_FOUND);
	assert_int_equal(counts(s).count, 1);
	assert_int_equal(confirm(s, STR("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"), false, &receipt), ERR_NOT_FOUND);
	assert_int_equal(confirm(s, STR("short"), false, &receipt), ERR_NOT_FOUND);
}

static void test_other_campaign(void **state)
{
	struct site *s = *state;
	struct receipt receipt;
	struct error err = { 0 };
	struct campaign other = s->campaign;
	struct str token = begin(s, "hanako@example.org");
	other.id = 8;
	random_bytes(other.public_id, sizeof other.public_id);
	assert_false(signing_confirm(s->campaigns, &other, token, false, &receipt, s->arena, &err));
	assert_int_equal(err.code, ERR_NOT_FOUND);
	assert_int_equal(confirm(s, token, false, &receipt), ERR_NONE);
}

static void test_sealed(void **state)
{
	struct site *s = *state;
	struct receipt receipt;
	struct error err = { 0 };
	struct signature *rows;
	struct signing back;
	struct str plain;
	size_t n;
	assert_int_equal(confirm(s, begin(s, "hanako@example.org"), false, &receipt), ERR_NONE);
	assert_true(signature_list(s->store, s->campaign.id, 0, 10, &rows, &n, s->arena, &err));
	assert_int_equal(n, 1);
	assert_int_equal(rows[0].sealed.n % SIGNING_STEP, crypto_box_SEALBYTES);
	assert_true(box_open(s->public_key, s->secret_key, rows[0].sealed, &plain, s->arena));
	assert_true(signing_decode(plain, &back, s->arena, &err));
	check_str(back.mail, "hanako@example.org");
	check_str(back.region, "13");
	((char *)(uintptr_t)rows[0].sealed.p)[40] ^= 1;
	assert_false(box_open(s->public_key, s->secret_key, rows[0].sealed, &plain, s->arena));
}

static void test_withdraw(void **state)
{
	struct site *s = *state;
	struct receipt receipt;
	struct error err = { 0 };
	struct held held;
	int64_t id, from_ticket;
	assert_int_equal(confirm(s, begin(s, "a@example.org"), false, &receipt), ERR_NONE);
	assert_int_equal(confirm(s, begin(s, "b@example.org"), false, &receipt), ERR_NONE);
	assert_true(signature_of(s->campaigns, &s->campaign, STR("A@example.org"), &id, &err));
	struct str ticket = signature_ticket(s->campaigns, &s->campaign, id, 2000, s->arena, &err);
	assert_true(signature_from_ticket(s->campaigns, &s->campaign, ticket, 1999, &from_ticket, s->arena, &err));
	assert_int_equal(from_ticket, id);
	assert_false(signature_from_ticket(s->campaigns, &s->campaign, ticket, 2000, &from_ticket, s->arena, &err));
	struct str forged = arena_dup(s->arena, ticket);
	((char *)(uintptr_t)forged.p)[0] ^= 3;
	assert_false(signature_from_ticket(s->campaigns, &s->campaign, forged, 1999, &from_ticket, s->arena, &err));
	assert_true(signature_held(s->campaigns, id, &held, s->arena, &err));
	assert_int_equal(held.leaf, 0);
	assert_true(signature_withdraw(s->campaigns, &s->campaign, id, &err));
	assert_int_equal(counts(s).count, 1);
	assert_int_equal(counts(s).size, 3);
	assert_false(signature_withdraw(s->campaigns, &s->campaign, id, &err));
	assert_int_equal(err.code, ERR_NOT_FOUND);
	assert_int_equal(counts(s).size, 3);
	assert_false(signature_of(s->campaigns, &s->campaign, STR("a@example.org"), &id, &err));
	/* Again is a new signature. */
	assert_int_equal(confirm(s, begin(s, "a@example.org"), false, &receipt), ERR_NONE);
	assert_int_equal(receipt.index, 3);
	check_receipt(s, &receipt);
	assert_int_equal(counts(s).count, 2);
}

static void test_held(void **state)
{
	struct site *s = *state;
	struct receipt receipt;
	struct error err = { 0 };
	struct region_count *regions;
	size_t n;
	for (int i = 0; i < 20; i++) {
		char mail[32];
		snprintf(mail, sizeof mail, "h%d@example.org", i);
		assert_int_equal(confirm(s, begin(s, mail), true, &receipt), ERR_NONE);
		assert_int_equal(receipt.index, LEAF_NONE);
	}
	assert_int_equal(counts(s).held, 20);
	assert_int_equal(counts(s).count, 0);
	assert_true(region_list(s->store, s->campaign.id, &regions, &n, s->arena, &err));
	assert_int_equal(n, 0);
	assert_true(signatures_release_held(s->campaigns, &s->campaign, &n, &err));
	assert_int_equal(n, 20);
	assert_int_equal(counts(s).held, 0);
	assert_int_equal(counts(s).count, 20);
	assert_true(region_list(s->store, s->campaign.id, &regions, &n, s->arena, &err));
	assert_int_equal(n, 1);
	assert_int_equal(regions[0].n, 20);
	assert_int_equal(confirm(s, begin(s, "x@example.org"), true, &receipt), ERR_NONE);
	assert_true(signatures_drop_held(s->campaigns, &s->campaign, &n, &err));
	assert_int_equal(n, 1);
	assert_int_equal(counts(s).count, 20);
	assert_int_equal(confirm(s, begin(s, "x@example.org"), false, &receipt), ERR_NONE);
	check_receipt(s, &receipt);
}

static void test_public_names(void **state)
{
	struct site *s = *state;
	struct receipt receipt;
	struct error err = { 0 };
	struct public_signature *names;
	struct str token;
	size_t n;
	int64_t id;
	struct signing form = typed("p@example.org");
	form.has_public = true;
	form.public_name = STR("花子");
	form.public_town = STR("練馬区");
	assert_true(signing_begin(s->campaigns, &s->campaign, &form, &token, s->arena, &err));
	assert_int_equal(confirm(s, token, false, &receipt), ERR_NONE);
	assert_true(public_list(s->store, s->campaign.id, PUBLIC_SHOWN, 0, 10, &names, &n, s->arena, &err));
	assert_int_equal(n, 1);
	check_str(names[0].name, "花子");
	assert_true(signature_of(s->campaigns, &s->campaign, STR("p@example.org"), &id, &err));
	assert_true(signature_withdraw(s->campaigns, &s->campaign, id, &err));
	assert_true(public_list(s->store, s->campaign.id, PUBLIC_SHOWN, 0, 10, &names, &n, s->arena, &err));
	assert_int_equal(n, 0);
}

static void test_expiry(void **state)
{
	struct site *s = *state;
	struct error err = { 0 };
	struct receipt receipt;
	struct str token = begin(s, "late@example.org");
	assert_true(campaigns_tend(s->campaigns, clock_now(), &err));
	struct signing back;
	assert_true(signing_open(s->campaigns, &s->campaign, token, &back, s->arena, &err));
	assert_true(campaigns_tend(s->campaigns, clock_now() + PENDING_SECONDS + 3601, &err));
	assert_int_equal(confirm(s, token, false, &receipt), ERR_NOT_FOUND);
	token = begin(s, "no@example.org");
	assert_true(signing_discard(s->campaigns, &s->campaign, token, &err));
	assert_false(signing_discard(s->campaigns, &s->campaign, token, &err));
}

/* ---- many at once ---- */

#define THREADS 16
#define EACH 40

struct flood {
	struct site *s;
	int who;
	atomic_int *good, *twice;
};

static void *flood(void *arg)
{
	struct flood *f = arg;
	struct arena *arena = arena_new();
	struct log_key key;
	struct error err = { 0 };
	assert_true(log_key_of(f->s->store, &key, &err));
	for (int i = 0; i < EACH; i++) {
		char mail[40];
		struct str token;
		struct receipt r;
		struct error why = { 0 };
		/* Each address is tried by two threads. */
		snprintf(mail, sizeof mail, "m%d-%d@example.org", f->who / 2, i);
		struct signing form = typed(mail);
		arena_reset(arena);
		assert_true(signing_begin(f->s->campaigns, &f->s->campaign, &form, &token, arena, &why));
		if (signing_confirm(f->s->campaigns, &f->s->campaign, token, false, &r, arena, &why)) {
			atomic_fetch_add(f->good, 1);
			assert_true(receipt_good(&r, key.public_key, &why));
		} else if (why.code == ERR_EXISTS) {
			atomic_fetch_add(f->twice, 1);
		}
	}
	arena_free(arena);
	return NULL;
}

static void test_flood(void **state)
{
	struct site *s = *state;
	pthread_t threads[THREADS];
	struct flood floods[THREADS];
	atomic_int good = 0, twice = 0;
	for (int i = 0; i < THREADS; i++) {
		floods[i] = (struct flood){ s, i, &good, &twice };
		assert_int_equal(pthread_create(&threads[i], NULL, flood, &floods[i]), 0);
	}
	for (int i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	assert_int_equal(good, THREADS / 2 * EACH);
	assert_int_equal(twice, THREADS / 2 * EACH);
	assert_int_equal(counts(s).count, THREADS / 2 * EACH);
	/* What is on the disk says the same after a new start. */
	end_site(s);
	start_site(s);
	assert_int_equal(counts(s).count, THREADS / 2 * EACH);
	struct receipt receipt;
	assert_int_equal(confirm(s, begin(s, "after@example.org"), false, &receipt), ERR_NONE);
	assert_int_equal(receipt.index, THREADS / 2 * EACH);
	check_receipt(s, &receipt);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_once, open_site, close_site),
		cmocka_unit_test_setup_teardown(test_other_campaign, open_site, close_site),
		cmocka_unit_test_setup_teardown(test_sealed, open_site, close_site),
		cmocka_unit_test_setup_teardown(test_withdraw, open_site, close_site),
		cmocka_unit_test_setup_teardown(test_held, open_site, close_site),
		cmocka_unit_test_setup_teardown(test_public_names, open_site, close_site),
		cmocka_unit_test_setup_teardown(test_expiry, open_site, close_site),
		cmocka_unit_test_setup_teardown(test_flood, open_site, close_site),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

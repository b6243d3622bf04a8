#include "../unit.h"

#include "campaign/guard.h"

#include <sodium.h>
#include <stdio.h>

/* Work and questions are good once; counts hold back one network and nobody else, and are forgotten; domains. */

#define NOW 1800000000

static struct guard *g;
static struct arena *arena;

static int begin(void **state)
{
	struct error err = { 0 };
	(void)state;
	arena = arena_new();
	g = guard_new(&err);
	assert_non_null(g);
	return 0;
}

static int end(void **state)
{
	(void)state;
	guard_free(g);
	arena_free(arena);
	return 0;
}

/* What themes/default/sign.js does. */
static struct str solve(const struct guard_work *w)
{
	unsigned char hash[32];
	for (unsigned n = 0;; n++) {
		struct str said = arena_printf(arena, "%.*s.%u", (int)w->ticket.n, w->ticket.p, n);
		crypto_hash_sha256(hash, (const unsigned char *)said.p, said.n);
		unsigned zero = 0;
		while (zero < 256 && !(hash[zero / 8] & (0x80u >> (zero % 8))))
			zero++;
		if (zero >= w->bits)
			return arena_printf(arena, "%u", n);
	}
}

static void work_is_good_once(void **state)
{
	(void)state;
	struct guard_work w;
	assert_true(guard_work(g, 7, STR("net"), NOW, &w, arena));
	assert_int_equal(w.bits, WORK_BITS);
	struct str n = solve(&w);
	assert_int_equal(guard_worked(g, 8, w.ticket, n, NOW, arena), GUARD_LATE);
	assert_int_equal(guard_worked(g, 7, w.ticket, STR("x"), NOW, arena), GUARD_WRONG);
	assert_int_equal(guard_worked(g, 7, w.ticket, n, NOW + TICKET_SECONDS + 1, arena), GUARD_LATE);
	assert_int_equal(guard_worked(g, 7, w.ticket, n, NOW, arena), GUARD_FINE);
	assert_int_equal(guard_worked(g, 7, w.ticket, n, NOW, arena), GUARD_LATE);
	/* Nobody makes it lighter, or makes one. */
	assert_true(guard_work(g, 7, STR(""), NOW, &w, arena));
	struct str lighter = arena_printf(arena, "w1%.*s", (int)w.ticket.n - 3, w.ticket.p + 3);
	assert_int_equal(guard_worked(g, 7, lighter, solve(&(struct guard_work){ lighter, 1 }), NOW, arena), GUARD_LATE);
	static const char *const forged[] = { "", "w", "w0", "w0.1.1800003600.", "w.1.2", "q0.1.1800003600.x", "...",
		"w15.9999999999999999999.1.x", "w15.-1.1800003600.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA" };
	for (size_t i = 0; i < sizeof forged / sizeof *forged; i++) {
		assert_int_equal(guard_worked(g, 7, str_from(forged[i]), STR("1"), NOW, arena), GUARD_LATE);
		assert_int_equal(guard_answered(g, 7, STR("a|b"), str_from(forged[i]), STR("1"), NOW, arena), GUARD_LATE);
	}
	struct guard *other = guard_new(NULL);
	assert_int_equal(guard_worked(other, 7, w.ticket, solve(&w), NOW, arena), GUARD_LATE);
	guard_free(other);
}

static void old_tickets_make_room(void **state)
{
	(void)state;
	struct guard_work first, w;
	assert_true(guard_work(g, 1, STR(""), NOW, &first, arena));
	struct str n = solve(&first);
	/* Not so many that the first is forgotten, and then so many. */
	struct arena *some = arena_new();
	for (unsigned i = 0; i < 5000; i++) {
		assert_true(guard_work(g, 1, STR(""), NOW, &w, some));
		arena_reset(some);
	}
	arena_free(some);
	assert_int_equal(guard_worked(g, 1, first.ticket, n, NOW, arena), GUARD_FINE);
	assert_int_equal(guard_worked(g, 1, first.ticket, n, NOW, arena), GUARD_LATE);
}

static void load_makes_it_harder(void **state)
{
	(void)state;
	struct guard_work w;
	for (unsigned i = 0; i < 1000; i++)
		guard_network(g, 1, STR(""), NOW);
	assert_true(guard_work(g, 1, STR(""), NOW, &w, arena));
	assert_int_equal(w.bits, WORK_BITS + 4);
	assert_true(guard_work(g, 1, STR(""), NOW + 600, &w, arena));
	assert_int_equal(w.bits, WORK_BITS);
	for (unsigned i = 0; i < 100000; i++)
		guard_network(g, 1, STR(""), NOW + 600);
	assert_true(guard_work(g, 1, STR(""), NOW + 600, &w, arena));
	assert_in_range(w.bits, WORK_BITS + 5, WORK_BITS_MAX);
}

static void one_network_waits_and_no_other(void **state)
{
	(void)state;
	struct guard_work w;
	for (unsigned i = 0; i < NETWORK_FORMS_MAX; i++)
		assert_true(guard_network(g, 1, STR("school"), NOW));
	assert_false(guard_network(g, 1, STR("school"), NOW));
	assert_true(guard_network(g, 2, STR("school"), NOW));
	assert_true(guard_network(g, 1, STR("home"), NOW));
	assert_true(guard_work(g, 1, STR("school"), NOW + 300, &w, arena));
	assert_int_equal(w.bits, WORK_BITS + 4);
	assert_true(guard_work(g, 1, STR("home"), NOW + 300, &w, arena));
	assert_int_equal(w.bits, WORK_BITS);
	/* The next hour knows nothing of it. */
	assert_true(guard_network(g, 1, STR("school"), NOW + 3600));
	/* Who cannot be told apart is not counted. */
	for (unsigned i = 0; i < 2 * NETWORK_FORMS_MAX; i++)
		assert_true(guard_network(g, 1, STR(""), NOW));
}

static void counts_stay_near_the_truth(void **state)
{
	(void)state;
	unsigned wrong = 0;
	for (unsigned i = 0; i < 50000; i++) {
		char name[32];
		int n = snprintf(name, sizeof name, "net %u", i);
		guard_network(g, 1, str_of(name, (size_t)n), NOW);
	}
	for (unsigned i = 0; i < 1000; i++) {
		char name[32];
		int n = snprintf(name, sizeof name, "mail %u@example.org", i);
		for (unsigned j = 0; j < ADDRESS_MAILS_MAX; j++)
			wrong += !guard_mail(g, str_of(name, (size_t)n), NOW);
		assert_false(guard_mail(g, str_of(name, (size_t)n), NOW));
	}
	assert_in_range(wrong, 0, 20);
}

static void a_sum_is_answered(void **state)
{
	(void)state;
	struct guard_question q;
	char digits[8];
	assert_true(guard_question(g, 3, STR(""), NOW, &q, arena));
	assert_int_equal(q.text.n, 0);
	int n = snprintf(digits, sizeof digits, " %d ", q.a + q.b);
	assert_int_equal(guard_answered(g, 3, STR(""), q.ticket, str_of(digits, (size_t)n), NOW, arena), GUARD_FINE);
	assert_int_equal(guard_answered(g, 3, STR(""), q.ticket, str_of(digits, (size_t)n), NOW, arena), GUARD_LATE);
	/* A wrong answer uses it up, so that nobody tries them all. */
	assert_true(guard_question(g, 3, STR(""), NOW, &q, arena));
	assert_int_equal(guard_answered(g, 3, STR(""), q.ticket, STR("99"), NOW, arena), GUARD_WRONG);
	n = snprintf(digits, sizeof digits, "%d", q.a + q.b);
	assert_int_equal(guard_answered(g, 3, STR(""), q.ticket, str_of(digits, (size_t)n), NOW, arena), GUARD_LATE);
	/* Only what was given out can be used up. */
	assert_true(guard_question(g, 3, STR(""), NOW, &q, arena));
	struct str forged = arena_printf(arena, "%.*sAAAA", (int)q.ticket.n - 68, q.ticket.p);
	assert_int_equal(guard_answered(g, 3, STR(""), forged, STR("2"), NOW, arena), GUARD_LATE);
	n = snprintf(digits, sizeof digits, "%d", q.a + q.b);
	assert_int_equal(guard_answered(g, 3, STR(""), q.ticket, str_of(digits, (size_t)n), NOW, arena), GUARD_FINE);
}

static void numbers_are_read_as_people_write_them(void **state)
{
	(void)state;
	static const char *const written[][3] = { { "２", "二", "Two" }, { "１０", "十", "TEN" },
		{ "18", "十八", "eighteen" } };
	static const int sums[] = { 2, 10, 18 };
	for (unsigned seen = 0, tries = 0; seen != 7 && tries < 20000; tries++) {
		struct guard_question q;
		assert_true(guard_question(g, 3, STR(""), NOW, &q, arena));
		for (unsigned i = 0; i < 3; i++) {
			if (q.a + q.b != sums[i])
				continue;
			struct str said = str_from(written[i][tries % 3]);
			assert_int_equal(guard_answered(g, 3, STR(""), q.ticket, said, NOW, arena), GUARD_FINE);
			seen |= 1u << i;
		}
	}
}

static void the_organisers_question_is_answered(void **state)
{
	(void)state;
	struct guard_question q;
	struct str own = STR("no answer\n 何県の話ですか。 | 長野 | ナガノ県\n\nWho?|Hana\n");
	bool first = false, second = false;
	for (int i = 0; i < 200; i++) {
		assert_true(guard_question(g, 3, own, NOW, &q, arena));
		bool where = str_eq(q.text, STR("何県の話ですか。"));
		assert_true(where || str_eq(q.text, STR("Who?")));
		first |= where;
		second |= !where;
		struct str answer = !where ? STR("ｈａｎａ") : i % 2 ? STR(" 長野 ") : STR("ﾅｶﾞﾉ県");
		assert_int_equal(guard_answered(g, 3, own, q.ticket, answer, NOW, arena), GUARD_FINE);
	}
	assert_true(first && second);
	assert_true(guard_question(g, 3, own, NOW, &q, arena));
	assert_int_equal(guard_answered(g, 3, own, q.ticket, STR(""), NOW, arena), GUARD_WRONG);
}

static void domains(void **state)
{
	(void)state;
	const struct str none = STR("");
	assert_int_equal(guard_domain(g, STR("example.jp"), none, none, none), DOMAIN_FINE);
	assert_int_equal(guard_domain(g, STR("mailinator.com"), none, none, none), DOMAIN_DISPOSABLE);
	assert_int_equal(guard_domain(g, STR("x.mailinator.com"), none, none, none), DOMAIN_DISPOSABLE);
	assert_int_equal(guard_domain(g, STR("notmailinator.com.example"), none, none, none), DOMAIN_FINE);
	assert_int_equal(
	    guard_domain(g, STR("a.bad.example"), none, none, STR("one.example, bad.example")), DOMAIN_DISPOSABLE);
	assert_int_equal(guard_domain(g, STR("docomo.ne.jp"), none, none, none), DOMAIN_FINE);
	struct str list = STR("*.ac.jp\nexample.org,*.lg.jp");
	assert_int_equal(guard_domain(g, STR("cs.u-tokyo.ac.jp"), list, none, none), DOMAIN_FINE);
	assert_int_equal(guard_domain(g, STR("ac.jp"), list, none, none), DOMAIN_NOT_ALLOWED);
	assert_int_equal(guard_domain(g, STR("sub.example.org"), list, none, none), DOMAIN_NOT_ALLOWED);
	assert_int_equal(guard_domain(g, STR("pref.nagano.lg.jp"), none, list, none), DOMAIN_BLOCKED);
	/* Whom the organiser names is in, whatever the list says. */
	assert_int_equal(guard_domain(g, STR("mailinator.com"), STR("*"), none, none), DOMAIN_FINE);
	assert_true(guard_pattern(STR("*a*b*"), STR("xxaxxbxx")));
	assert_false(guard_pattern(STR("*a*b"), STR("xxbxxa")));
	assert_true(guard_pattern(STR("Example.ORG"), STR("example.org")));
	assert_false(guard_pattern(STR(""), STR("x")));
}

static void bursts(void **state)
{
	(void)state;
	for (unsigned i = 0; i < BURST_DOMAIN; i++)
		assert_false(guard_burst(g, 1, STR("firm.example"), NOW));
	assert_true(guard_burst(g, 1, STR("firm.example"), NOW));
	assert_false(guard_burst(g, 1, STR("other.example"), NOW));
	assert_false(guard_burst(g, 2, STR("firm.example"), NOW));
	assert_false(guard_burst(g, 1, STR("firm.example"), NOW + 3600));
	for (unsigned i = 0; i < BURST_HOUR; i++)
		assert_false(guard_burst(g, 3, STR("gmail.com"), NOW));
	assert_true(guard_burst(g, 3, STR("gmail.com"), NOW));
	/* What grows as it grew before is no burst. */
	for (unsigned i = 0; i < BURST_HOUR * 5; i++)
		assert_false(guard_burst(g, 3, STR("gmail.com"), NOW + 3600));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(work_is_good_once, begin, end),
		cmocka_unit_test_setup_teardown(old_tickets_make_room, begin, end),
		cmocka_unit_test_setup_teardown(load_makes_it_harder, begin, end),
		cmocka_unit_test_setup_teardown(one_network_waits_and_no_other, begin, end),
		cmocka_unit_test_setup_teardown(counts_stay_near_the_truth, begin, end),
		cmocka_unit_test_setup_teardown(a_sum_is_answered, begin, end),
		cmocka_unit_test_setup_teardown(numbers_are_read_as_people_write_them, begin, end),
		cmocka_unit_test_setup_teardown(the_organisers_question_is_answered, begin, end),
		cmocka_unit_test_setup_teardown(domains, begin, end),
		cmocka_unit_test_setup_teardown(bursts, begin, end),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

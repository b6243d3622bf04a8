#include "site.h"

/* One record for each work, wherever it is cited; and what a link check makes of it. */

#define DAY 86400

static void write_article(struct site *s, struct article *a, const char *body)
{
	struct error err = { 0 };
	a->body = str_from(body);
	a->lang = STR("ja");
	a->status = ARTICLE_PUBLISHED;
	struct store_tx *tx = store_begin(s->store, &err);
	assert_true(tx && article_save(tx, a, NULL, s->arena, &err) && store_commit(tx, &err));
}

static size_t list(struct site *s, const char *words, struct source_record **all)
{
	struct error err = { 0 };
	size_t n, total;
	struct source_filter f = { .words = str_from(words), .state = -1 };
	assert_true(source_list(s->store, &f, all, &n, &total, s->arena, &err));
	assert_int_equal(n, total);
	return n;
}

static void many_spellings_are_one_address(void **state)
{
	struct site *s = *state;
	static const char *const same[][2] = { { "http://Example.ORG/a?x=1#top", "https://example.org/a?x=1" },
		{ "https://example.org:443/", "https://example.org" },
		{ "https://example.org/%E6%83%85%E5%A0%B1", "https://example.org/情報" },
		{ "https://example.org/a?utm_source=x&b=2&fbclid=3", "https://example.org/a?b=2" },
		{ "https://web.archive.org/web/20200501000000/http://example.org/a", "https://example.org/a" },
		{ "mailto:a@b", "" }, { "https://user@example.org/", "" }, { "https://", "" }, { "", "" },
		{ "https://example.org/A", "https://example.org/A" } };
	for (size_t i = 0; i < sizeof same / sizeof *same; i++)
		check_str(source_key(str_from(same[i][0]), s->arena), same[i][1]);
	check_str(source_archive_guess(STR("https://example.org/a"), STR("2024-05-01"), s->arena),
	    "https://web.archive.org/web/20240501/https://example.org/a");
	check_str(source_archive_guess(STR("https://example.org/a"), STR(""), s->arena),
	    "https://web.archive.org/web/2/https://example.org/a");
}

static void a_work_is_one_record_wherever_it_is_cited(void **state)
{
	struct site *s = *state;
	struct error err = { 0 };
	struct source_record *all;
	struct cited_source *cited;
	size_t n;
	struct article a = { .title = STR("甲") }, b = { .title = STR("乙") };
	write_article(s, &a, "x[^1] y[^2]\n\n[^1]: <http://example.org/report?utm_source=x>\n[^2]: 紙の本、2020年\n");
	write_article(s, &b,
	    "x[^1]\n\n[^1]: [監視の報告](https://example.org/report)、朝日新聞、2024年5月1日（2024年6月2日閲覧）、"
	    "[写し](https://web.archive.org/web/2024/https://example.org/report)\n");
	assert_int_equal(list(s, "", &all), 1);
	check_str(all[0].title, "監視の報告");
	check_str(all[0].published, "2024-05-01");
	check_str(all[0].accessed, "2024-06-02");
	check_str(all[0].archive_url, "https://web.archive.org/web/2024/https://example.org/report");
	assert_int_equal(all[0].articles, 2);
	assert_false(all[0].edited);
	assert_true(source_of_article(s->store, a.id, &cited, &n, s->arena, &err));
	assert_int_equal(n, 1);
	assert_int_equal(cited[0].number, 1);
	assert_int_equal(list(s, "監視", &all), 1);
	assert_int_equal(list(s, "100%", &all), 0);
	write_article(s, &b, "nothing is cited any more");
	assert_int_equal(list(s, "", &all), 1);
	struct store_tx *tx = store_begin(s->store, &err);
	assert_true(tx && article_delete(tx, a.id, &err) && store_commit(tx, &err));
	assert_int_equal(list(s, "", &all), 0);
}

static void what_is_edited_stays_and_is_announced(void **state)
{
	struct site *s = *state;
	struct error err = { 0 };
	struct source_record *all;
	struct change *changes;
	size_t n;
	int64_t seq;
	bool told = false;
	struct article a = { .title = STR("甲") };
	write_article(s, &a, "x[^1]\n\n[^1]: <https://example.org/a>\n");
	assert_int_equal(list(s, "", &all), 1);
	struct source_record r = all[0];
	r.title = STR("Own title");
	r.outlet = STR("Outlet");
	assert_true(change_last(s->store, &seq, &err));
	struct store_tx *tx = store_begin(s->store, &err);
	assert_true(tx && source_save(tx, &r, s->arena, &err) && store_commit(tx, &err));
	assert_true(change_list(s->store, seq, 100, &changes, &n, s->arena, &err));
	for (size_t i = 0; i < n; i++)
		told |= changes[i].kind == CHANGE_ARTICLE && changes[i].id == a.id;
	assert_true(told);
	write_article(s, &a, "x[^1]\n\n[^1]: [Other title](https://example.org/a)\n");
	assert_int_equal(list(s, "", &all), 1);
	check_str(all[0].title, "Own title");
	tx = store_begin(s->store, &err);
	struct source_record other = { .url = STR("http://example.org/a#x") }, none = { .url = STR("ftp://x/") };
	assert_false(source_save(tx, &other, s->arena, &err));
	assert_int_equal(err.code, ERR_EXISTS);
	assert_int_equal(other.id, r.id);
	assert_false(source_save(tx, &none, s->arena, &err));
	assert_int_equal(err.code, ERR_INVALID);
	assert_false(source_delete(tx, r.id, &err));
	assert_int_equal(err.code, ERR_CONFLICT);
	err = (struct error){ 0 };
	assert_true(article_delete(tx, a.id, &err) && store_commit(tx, &err));
	assert_int_equal(list(s, "", &all), 1);
}

static void two_become_one_and_stay_one(void **state)
{
	struct site *s = *state;
	struct error err = { 0 };
	struct source_record *all, one;
	struct article a = { .title = STR("甲") };
	write_article(
	    s, &a, "x[^1] y[^2]\n\n[^1]: <https://example.org/a>\n[^2]: [A title](https://example.org/index.php?id=1)\n");
	assert_int_equal(list(s, "", &all), 2);
	assert_true(source_by_url(s->store, STR("https://example.org/a"), &one, s->arena, &err));
	struct source_record second;
	assert_true(source_by_url(s->store, STR("https://example.org/index.php?id=1"), &second, s->arena, &err));
	struct store_tx *tx = store_begin(s->store, &err);
	assert_false(source_merge(tx, one.id, one.id, &err));
	err = (struct error){ 0 };
	assert_true(source_merge(tx, one.id, second.id, &err) && store_commit(tx, &err));
	write_article(
	    s, &a, "x[^1] z[^2]\n\n[^1]: <https://example.org/a>\n[^2]: [A title](https://example.org/index.php?id=1)\n");
	assert_int_equal(list(s, "", &all), 1);
	check_str(all[0].title, "A title");
	check_str(all[0].url, "https://example.org/a");
	assert_int_equal(all[0].articles, 1);
}

static void note(struct site *s, int64_t id, int status, const char *goal, int64_t now)
{
	struct error err = { 0 };
	struct link_result r = { .status = status, .goal = str_from(goal) };
	struct store_tx *tx = store_begin(s->store, &err);
	assert_true(tx && link_note(tx, id, &r, now, &err) && store_commit(tx, &err));
}

static void a_link_is_dead_after_two_days_and_may_come_back(void **state)
{
	struct site *s = *state;
	struct error err = { 0 };
	struct source_record due, *dead;
	struct link_counts counts;
	size_t n, total;
	bool found;
	int64_t now = 1000 * DAY;
	struct article a = { .title = STR("甲") };
	write_article(s, &a, "x[^1]\n\n[^1]: <https://example.org/a>\n");
	assert_true(link_due(s->store, now, &due, &found, s->arena, &err) && found);
	note(s, due.id, 404, "", now);
	note(s, due.id, 0, "", now + 3600);
	assert_true(link_counts(s->store, &counts, &err));
	assert_int_equal(counts.failing, 1);
	assert_int_equal(counts.dead, 0);
	assert_true(link_due(s->store, now + DAY, &due, &found, s->arena, &err) && !found);
	assert_true(link_due(s->store, now + 3 * DAY, &due, &found, s->arena, &err) && found);
	note(s, due.id, 500, "", now + 3 * DAY);
	assert_true(links_dead(s->store, 10, &dead, &n, &total, s->arena, &err));
	assert_int_equal(n, 1);
	assert_int_equal(total, 1);
	assert_int_equal(dead[0].articles, 1);
	note(s, due.id, 403, "", now + 20 * DAY);
	assert_true(link_counts(s->store, &counts, &err));
	assert_int_equal(counts.alive, 1);
	note(s, due.id, 200, "https://example.org/b", now + 60 * DAY);
	assert_true(source_get(s->store, due.id, &due, s->arena, &err));
	assert_int_equal(due.state, SOURCE_MOVED);
	check_str(due.goal, "https://example.org/b");
}

int main(void)
{
#define CASE(f) cmocka_unit_test_setup_teardown(f, open_site, close_site)
	const struct CMUnitTest tests[] = {
		CASE(many_spellings_are_one_address),
		CASE(a_work_is_one_record_wherever_it_is_cited),
		CASE(what_is_edited_stays_and_is_announced),
		CASE(two_become_one_and_stay_one),
		CASE(a_link_is_dead_after_two_days_and_may_come_back),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

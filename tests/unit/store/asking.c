#include "site.h"

/* Synonyms, pinned answers, readers' questions, searches in vain. */

static void questions_are_compared_by_what_they_say(void **state)
{
	struct site *s = *state;
	check_str(query_normal(STR("　ＶＰＮ  とは？ "), s->arena), "vpn とは");
	check_str(query_normal(STR("VPNとは。"), s->arena), "vpnとは");
	check_str(query_normal(STR("node.js を使う"), s->arena), "node.js を使う");
	check_str(query_normal(STR("?!。 、"), s->arena), "");
	struct str once = query_normal(STR("サーバー\tの 設定…"), s->arena);
	check_str(query_normal(once, s->arena), arena_cstr(s->arena, once));
}

static void lines_of_synonyms(void **state)
{
	struct site *s = *state;
	struct error err = { 0 };
	struct synonym out = { 0 };
	bool found;
	assert_true(synonym_parse(
	    STR(" VPN, 仮想プライベートネットワーク、 virtual private network ,"), &out, &found, s->arena, &err));
	assert_true(found && !out.one_way);
	assert_int_equal(out.n_words, 3);
	check_str(synonym_text(&out, s->arena), "VPN, 仮想プライベートネットワーク, virtual private network");
	assert_true(synonym_parse(STR("スマホ => 携帯電話, 電話\r"), &out, &found, s->arena, &err));
	assert_true(found && out.one_way);
	check_str(synonym_text(&out, s->arena), "スマホ => 携帯電話, 電話");
	assert_true(synonym_parse(STR("# a, b"), &out, &found, s->arena, &err) && !found);
	assert_true(synonym_parse(STR("  "), &out, &found, s->arena, &err) && !found);
	static const char *const bad[] = { "alone", "a =>", "=> b", "a, b => c", "," };
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		assert_false(synonym_parse(str_from(bad[i]), &out, &found, s->arena, &err));
		assert_int_equal(err.code, ERR_INVALID);
	}
}

static void synonyms_are_kept_once_and_followed(void **state)
{
	struct site *s = *state;
	struct error err = { 0 };
	int64_t before, after;
	struct synonym *all, again;
	size_t n;
	bool changed;
	const struct str words[] = { STR("暗号化"), STR(" encryption "), STR("暗号化") }, one[] = { STR("a"), STR(" a") };
	struct synonym syn = { .words = words, .n_words = 3 };
	struct store_tx *tx = begin(s);
	assert_true(synonym_save(tx, &syn, &changed, s->arena, &err) && changed);
	again = (struct synonym){ .words = words, .n_words = 2 };
	assert_true(synonym_save(tx, &again, &changed, s->arena, &err));
	assert_false(changed);
	assert_int_equal(again.id, syn.id);
	again = (struct synonym){ .words = one, .n_words = 2 };
	assert_false(synonym_save(tx, &again, NULL, s->arena, &err));
	commit(tx);
	assert_true(synonym_list(s->store, &all, &n, s->arena, &err));
	assert_int_equal(n, 1);
	assert_int_equal(all[0].n_words, 2);
	check_str(all[0].words[1], "encryption");
	assert_true(change_last(s->store, &before, &err));
	tx = begin(s);
	assert_true(synonym_delete(tx, syn.id, &err));
	assert_false(synonym_delete(tx, syn.id, &err));
	assert_int_equal(err.code, ERR_NOT_FOUND);
	commit(tx);
	struct change *changes;
	assert_true(change_list(s->store, before, 10, &changes, &n, s->arena, &err));
	assert_int_equal(n, 1);
	assert_int_equal(changes[0].kind, CHANGE_SYNONYMS);
	assert_true(change_last(s->store, &after, &err) && after > before);
}

static int64_t article(
    struct site *s, struct store_tx *tx, const char *lang, const char *title, enum article_status status)
{
	struct error err = { 0 };
	struct article a = { .lang = str_from(lang), .title = str_from(title), .body = STR("x"), .status = status };
	assert_true(article_save(tx, &a, NULL, s->arena, &err));
	return a.id;
}

static void pins_give_each_reader_their_version(void **state)
{
	struct site *s = *state;
	struct error err = { 0 };
	int64_t *found;
	size_t n;
	struct store_tx *tx = begin(s);
	int64_t ja = article(s, tx, "ja", "VPN", ARTICLE_PUBLISHED), en = article(s, tx, "en", "VPN", ARTICLE_PUBLISHED);
	int64_t other = article(s, tx, "ja", "Tor", ARTICLE_PUBLISHED),
	        draft = article(s, tx, "ja", "draft", ARTICLE_DRAFT);
	assert_true(article_join(tx, ja, en, &err));
	const int64_t articles[] = { other, draft, ja, en }, one[] = { en }, wrong[] = { 4711 };
	struct pin pin = { .query = STR("匿名になるには？"), .articles = articles, .n_articles = 4 };
	assert_true(pin_save(tx, &pin, s->arena, &err));
	commit(tx);
	assert_true(pin_find(s->store, STR("匿名になるには"), STR("ja"), &found, &n, s->arena, &err));
	assert_int_equal(n, 2);
	assert_int_equal(found[0], other);
	assert_int_equal(found[1], ja);
	assert_true(pin_find(s->store, STR(" 匿名になるには。"), STR("en"), &found, &n, s->arena, &err));
	assert_int_equal(n, 2);
	assert_int_equal(found[1], en);
	assert_true(pin_find(s->store, STR("匿名"), STR("ja"), &found, &n, s->arena, &err));
	assert_int_equal(n, 0);
	/* Saved again: what was there gives way. A wrong article: all stays as it was. */
	tx = begin(s);
	struct pin again = { .query = STR("匿名になるには"), .articles = one, .n_articles = 1 };
	assert_true(pin_save(tx, &again, s->arena, &err));
	assert_int_equal(again.id, pin.id);
	commit(tx);
	tx = begin(s);
	again.articles = wrong;
	assert_false(pin_save(tx, &again, s->arena, &err));
	assert_int_equal(err.code, ERR_NOT_FOUND);
	store_rollback(tx);
	struct pin *all;
	assert_true(pin_list(s->store, &all, &n, s->arena, &err));
	assert_int_equal(n, 1);
	assert_int_equal(all[0].n_articles, 1);
	assert_int_equal(all[0].articles[0], en);
	/* An article that goes takes its pin along. */
	tx = begin(s);
	assert_true(article_delete(tx, en, &err));
	commit(tx);
	assert_true(pin_find(s->store, STR("匿名になるには"), STR("en"), &found, &n, s->arena, &err));
	assert_int_equal(n, 0);
	tx = begin(s);
	assert_true(pin_delete(tx, pin.id, &err));
	commit(tx);
}

static bool ask(struct site *s, struct str text, int64_t now, struct error *err)
{
	*err = (struct error){ 0 };
	struct store_tx *tx = begin(s);
	bool ok = question_add(tx, text, STR("ja"), now, err);
	if (ok)
		commit(tx);
	else
		store_rollback(tx);
	return ok;
}

static void questions_are_bounded_in_length_and_rate(void **state)
{
	struct site *s = *state;
	struct error err;
	struct question *all;
	size_t n;
	int64_t now = 1777593600; /* 2026-05-01 */
	char *long_text = arena_alloc(s->arena, QUESTION_MAX + 1);
	memset(long_text, 'a', QUESTION_MAX + 1);
	assert_false(ask(s, str_of(long_text, QUESTION_MAX + 1), now, &err));
	assert_int_equal(err.code, ERR_TOO_LARGE);
	assert_false(ask(s, STR(" \x01　"), now, &err));
	assert_int_equal(err.code, ERR_INVALID);
	assert_true(ask(s, STR("どうすれば\x1b[2J消せますか\r\n二行目"), now, &err));
	assert_true(ask(s, STR("同じ質問"), now, &err));
	assert_true(ask(s, STR("同じ質問"), now + 86400, &err));
	assert_true(question_list(s->store, &all, &n, s->arena, &err));
	assert_int_equal(n, 2);
	check_str(all[0].text, "同じ質問");
	check_str(all[0].day, "2026-05-02");
	assert_int_equal(all[0].times, 2);
	check_str(all[1].text, "どうすれば [2J消せますか\n二行目");
	now += 2 * 86400;
	for (int i = 0; i < QUESTIONS_AT_ONCE; i++)
		assert_true(ask(s, arena_printf(s->arena, "q%d", i), now, &err));
	assert_false(ask(s, STR("one too many"), now, &err));
	assert_int_equal(err.code, ERR_CONFLICT);
	assert_false(ask(s, STR("too soon"), now + QUESTION_SECONDS - 1, &err));
	assert_true(ask(s, STR("in time"), now + QUESTION_SECONDS, &err));
	assert_false(ask(s, STR("again too soon"), now + QUESTION_SECONDS + 1, &err));
	struct store_tx *tx = begin(s);
	assert_true(question_delete(tx, all[0].id, &err));
	assert_false(question_delete(tx, all[0].id, &err));
	commit(tx);
}

static size_t kept(struct site *s, struct unanswered **all)
{
	struct error err = { 0 };
	size_t n;
	assert_true(unanswered_flush(s->store, &err));
	assert_true(unanswered_list(s->store, all, &n, s->arena, &err));
	return n;
}

static void a_search_in_vain_is_kept_from_the_fifth_hour_on(void **state)
{
	struct site *s = *state;
	struct unanswered *all;
	int64_t hour = 1777593600;
	for (int i = 0; i < UNANSWERED_HOURS - 1; i++) {
		for (int j = 0; j < 3; j++)
			unanswered_note(s->store, STR("山田太郎の住所"), hour + i * 3600 + j);
	}
	/* However often within these hours: nothing is written. */
	for (int j = 0; j < 100; j++)
		unanswered_note(s->store, STR("山田太郎の住所"), hour + (UNANSWERED_HOURS - 2) * 3600 + j);
	assert_int_equal(kept(s, &all), 0);
	/* Spelled otherwise, but the same. */
	unanswered_note(s->store, STR(" 山田太郎の住所？"), hour + (UNANSWERED_HOURS - 1) * 3600);
	assert_int_equal(kept(s, &all), 1);
	check_str(all[0].query, "山田太郎の住所");
	check_str(all[0].last_day, "2026-05-01");
	assert_int_equal(all[0].searches, 3 * (UNANSWERED_HOURS - 1) + 100 + 1);
	unanswered_note(s->store, STR("山田太郎の住所"), hour + 86400);
	assert_int_equal(kept(s, &all), 1);
	assert_int_equal(all[0].searches, 3 * (UNANSWERED_HOURS - 1) + 100 + 2);
	check_str(all[0].first_day, "2026-05-01");
	check_str(all[0].last_day, "2026-05-02");
}

/* A flood of questions that come once pushes out others of their kind, not what came back in a second hour. */
static void searches_in_vain_are_bounded(void **state)
{
	struct site *s = *state;
	struct unanswered *all;
	unanswered_note(s->store, STR("wanted"), 0);
	unanswered_note(s->store, STR("wanted"), 3600);
	for (int i = 2; i < UNANSWERED_HOURS; i++) {
		for (int j = 0; j < UNANSWERED_WATCHED + 10; j++)
			unanswered_note(s->store, arena_printf(s->arena, "flood %d %d", i, j), 3600 * i);
		unanswered_note(s->store, STR("wanted"), 3600 * i);
	}
	assert_int_equal(kept(s, &all), 1);
	check_str(all[0].query, "wanted");
	/* And the table has an end. */
	for (int i = 0; i < UNANSWERED_HOURS; i++) {
		for (int j = 0; j < UNANSWERED_KEPT + 50; j++)
			unanswered_note(s->store, arena_printf(s->arena, "often %d", j), 3600 * (100 + i));
	}
	assert_int_equal(kept(s, &all), UNANSWERED_KEPT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(questions_are_compared_by_what_they_say, open_site, close_site),
		cmocka_unit_test_setup_teardown(lines_of_synonyms, open_site, close_site),
		cmocka_unit_test_setup_teardown(synonyms_are_kept_once_and_followed, open_site, close_site),
		cmocka_unit_test_setup_teardown(pins_give_each_reader_their_version, open_site, close_site),
		cmocka_unit_test_setup_teardown(questions_are_bounded_in_length_and_rate, open_site, close_site),
		cmocka_unit_test_setup_teardown(a_search_in_vain_is_kept_from_the_fifth_hour_on, open_site, close_site),
		cmocka_unit_test_setup_teardown(searches_in_vain_are_bounded, open_site, close_site),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "site.h"

#include <stdio.h>
/* Translations in the making: what was written stays with what it translates, two people lose nothing, and readers are
 * told when the original moved on. */

static struct article save_article(struct site *s, int64_t id, const char *title, const char *body)
{
	struct error err = { 0 };
	struct article a = {
		.id = id, .lang = STR("en"), .title = str_from(title), .body = str_from(body), .status = ARTICLE_PUBLISHED
	};
	struct store_tx *tx = begin(s);
	if (!article_save(tx, &a, NULL, s->arena, &err))
		fail_msg("%s", err.message);
	commit(tx);
	return a;
}

static int64_t translate(struct site *s, const struct article *a)
{
	struct error err = { 0 };
	struct original_copy copy;
	struct doc_block *blocks;
	size_t n;
	struct translation t = { .source_article = a->id, .lang = STR("ja") };
	t.original = (struct original){ .lang = a->lang, .title = a->title };
	struct store_tx *tx = begin(s);
	assert_true(translation_source(a, &copy, &blocks, &n, s->arena, &err));
	if (!translation_new(tx, &t, &copy, blocks, n, s->arena, &err))
		fail_msg("%s", err.message);
	commit(tx);
	return t.id;
}

static struct translation get(struct site *s, int64_t id)
{
	struct error err = { 0 };
	struct translation t;
	assert_true(translation_get(s->store, id, &t, s->arena, &err));
	return t;
}

static size_t blocks_of(struct site *s, int64_t id, struct translation_block **out)
{
	struct error err = { 0 };
	size_t n;
	assert_true(translation_blocks(s->store, id, out, &n, s->arena, &err));
	return n;
}

/* Saves one block as it was seen; the number of conflicts. */
static size_t set_block(struct site *s, int64_t id, const struct translation_block *seen, const char *target, bool done)
{
	struct error err = { 0 };
	struct translation t = get(s, id);
	struct block_edit e = { seen->id, block_stamp(seen, s->arena), str_from(target), done };
	int64_t conflicts[1];
	size_t n;
	bool changed;
	struct store_tx *tx = begin(s);
	assert_true(translation_save(tx, &t, STR(""), &e, 1, conflicts, &n, &changed, s->arena, &err));
	commit(tx);
	return n;
}

static void write_all(struct site *s, int64_t id)
{
	struct translation_block *b;
	size_t n = blocks_of(s, id, &b);
	for (size_t i = 0; i < n; i++)
		assert_int_equal(set_block(s, id, &b[i],
		                     arena_cstr(s->arena, arena_printf(s->arena, "訳:%.*s", (int)b[i].source.markdown.n,
		                                              b[i].source.markdown.p)),
		                     true),
		    0);
}

static void put(struct site *s, int64_t id, int64_t article)
{
	struct error err = { 0 };
	struct store_tx *tx = begin(s);
	assert_true(translation_put(tx, id, article, STR("made"), &err));
	commit(tx);
}

static int64_t behind(struct site *s, int64_t article)
{
	struct error err = { 0 };
	struct translation_notice notice;
	assert_true(translation_notice(s->store, article, &notice, s->arena, &err));
	return notice.behind_at;
}

static const char BODY[] =
    "First paragraph about cameras.\n\nSecond paragraph about laws and courts.\n\n- an item\n- another\n\n"
    "---\n\nThe last paragraph says what to do[^1].\n\n[^1]: A source, 2024.\n";

static void a_new_one_has_its_blocks(void **state)
{
	struct site *s = *state;
	struct translation_block *b;
	struct article a = save_article(s, 0, "Cameras & laws", BODY);
	int64_t id = translate(s, &a);
	size_t n = blocks_of(s, id, &b);
	assert_int_equal(n, 8);
	assert_int_equal(b[0].source.kind, DOC_TITLE);
	check_str(b[0].source.html, "Cameras &amp; laws");
	assert_int_equal(b[5].source.kind, DOC_RULE);
	assert_int_equal(b[5].state, BLOCK_DONE);
	assert_int_equal(b[7].source.kind, DOC_SOURCE);
	assert_int_equal(b[7].state, BLOCK_DRAFT);
	struct translation t = get(s, id);
	assert_int_equal(t.blocks, 8);
	assert_int_equal(t.done, 1);
	check_str(t.title, "Cameras & laws");
	struct original_copy *copies, whole;
	struct error err = { 0 };
	assert_true(translation_copies(s->store, id, &copies, &n, s->arena, &err));
	assert_int_equal(n, 1);
	assert_int_equal(copies[0].hash.n, 64);
	assert_true(translation_copy_get(s->store, id, copies[0].id, &whole, s->arena, &err));
	check_str(whole.data, BODY);
	assert_false(translation_copy_get(s->store, id + 1, copies[0].id, &whole, s->arena, &err));
}

static void two_at_one_translation_lose_nothing(void **state)
{
	struct site *s = *state;
	struct translation_block *b, *now;
	struct article a = save_article(s, 0, "A", BODY);
	int64_t id = translate(s, &a);
	blocks_of(s, id, &b);
	assert_int_equal(set_block(s, id, &b[1], "花の訳", false), 0);
	blocks_of(s, id, &now);
	check_str(now[1].target, "花の訳");
	assert_int_equal(now[1].state, BLOCK_DRAFT);
	/* The other's form is older: what it left alone stays, what it wrote meets hers. */
	assert_int_equal(set_block(s, id, &b[1], "", false), 0);
	assert_int_equal(set_block(s, id, &b[1], "二郎の訳", true), 1);
	assert_int_equal(set_block(s, id, &b[2], "二段目", true), 0);
	blocks_of(s, id, &now);
	check_str(now[1].target, "花の訳");
	assert_int_equal(now[2].state, BLOCK_DONE);
	/* The same text twice is no quarrel; done is said by either. */
	assert_int_equal(set_block(s, id, &b[1], "花の訳", true), 0);
	blocks_of(s, id, &now);
	assert_int_equal(now[1].state, BLOCK_DONE);
	assert_int_equal(set_block(s, id, &now[1], "花の訳", false), 0);
	assert_int_equal(set_block(s, id, &now[2], "", false), 0);
	blocks_of(s, id, &now);
	assert_int_equal(now[1].state, BLOCK_DRAFT);
	assert_int_equal(now[2].state, BLOCK_OPEN);
}

static void an_edit_of_the_original_marks_what_it_touched(void **state)
{
	struct site *s = *state;
	struct translation_block *b;
	struct article a = save_article(s, 0, "Title", BODY), made = save_article(s, 0, "Made", "made");
	int64_t id = translate(s, &a);
	write_all(s, id);
	put(s, id, made.id);
	assert_int_equal(behind(s, made.id), 0);
	/* Something that is no text of it. */
	struct error err = { 0 };
	struct store_tx *tx = begin(s);
	a.summary = STR("A summary");
	assert_true(article_save(tx, &a, NULL, s->arena, &err));
	commit(tx);
	assert_int_equal(behind(s, made.id), 0);
	save_article(s, a.id, "Title",
	    "A new first paragraph, of nothing said before.\n\nFirst paragraph about cameras.\n\n"
	    "Second paragraph about new laws and courts.\n\n- an item\n\n---\n\nThe last paragraph says what to do[^1].\n\n"
	    "[^1]: A source, 2024.\n");
	assert_true(behind(s, made.id) > 0);
	size_t n = blocks_of(s, id, &b);
	assert_int_equal(n, 9);
	assert_int_equal(b[1].state, BLOCK_OPEN);
	check_str(b[2].target, "訳:First paragraph about cameras.");
	assert_int_equal(b[2].state, BLOCK_DONE);
	assert_int_equal(b[3].state, BLOCK_CHANGED);
	check_str(b[3].was, "Second paragraph about laws and courts.");
	check_str(b[3].target, "訳:Second paragraph about laws and courts.");
	check_str(b[5].target, "訳:another");
	check_str(b[5].source.markdown, "");
	assert_int_equal(b[5].state, BLOCK_CHANGED);
	struct translation *late;
	size_t n_late;
	assert_true(translations_behind(s->store, 10, &late, &n_late, s->arena, &err));
	assert_int_equal(n_late, 1);
	assert_int_equal(late[0].changed, 2);
	/* Done again, but for one: readers are still told. */
	assert_int_equal(set_block(s, id, &b[1], "新しい段落", true), 0);
	assert_int_equal(set_block(s, id, &b[3], "新しい法律", true), 0);
	put(s, id, made.id);
	assert_true(behind(s, made.id) > 0);
	assert_int_equal(set_block(s, id, &b[5], "", true), 0);
	assert_true(behind(s, made.id) > 0);
	put(s, id, made.id);
	assert_int_equal(behind(s, made.id), 0);
	assert_int_equal(blocks_of(s, id, &b), 8);
}

static void an_edit_taken_back_leaves_nothing(void **state)
{
	struct site *s = *state;
	struct translation_block *b;
	struct article a = save_article(s, 0, "Title", BODY), made = save_article(s, 0, "Made", "made");
	int64_t id = translate(s, &a);
	write_all(s, id);
	put(s, id, made.id);
	save_article(s, a.id, "Another title", "First paragraph about no cameras.\n");
	assert_true(behind(s, made.id) > 0);
	save_article(s, a.id, "Title", BODY);
	assert_int_equal(behind(s, made.id), 0);
	size_t n = blocks_of(s, id, &b);
	assert_int_equal(n, 8);
	for (size_t i = 0; i < n; i++) {
		assert_int_equal(b[i].state, BLOCK_DONE);
		check_str(b[i].was, "");
		assert_true(str_starts(b[i].target, STR("訳:")));
	}
}

static void a_difference_can_be_declared_unimportant(void **state)
{
	struct site *s = *state;
	struct error err = { 0 };
	struct translation_block *b;
	struct article a = save_article(s, 0, "Title", BODY), made = save_article(s, 0, "Made", "made");
	int64_t id = translate(s, &a), seq;
	struct change *changes;
	write_all(s, id);
	put(s, id, made.id);
	save_article(s, a.id, "Title", "First paragraph about cameras!\n");
	assert_int_equal(get(s, id).changed, 7);
	assert_true(change_last(s->store, &seq, &err));
	struct store_tx *tx = begin(s);
	assert_true(translation_settle(tx, id, &err));
	commit(tx);
	assert_int_equal(behind(s, made.id), 0);
	assert_int_equal(get(s, id).changed, 0);
	/* The page that said so is dropped, and no other. */
	size_t n;
	assert_true(change_list(s->store, seq, 100, &changes, &n, s->arena, &err));
	assert_int_equal(n, 1);
	assert_int_equal(changes[0].kind, CHANGE_ARTICLE);
	assert_int_equal(changes[0].id, made.id);
	blocks_of(s, id, &b);
	assert_int_equal(b[1].state, BLOCK_DONE);
	tx = begin(s);
	assert_true(article_delete(tx, made.id, &err) && article_delete(tx, a.id, &err));
	commit(tx);
	assert_int_equal(get(s, id).article, 0);
	assert_int_equal(get(s, id).source_article, 0);
	tx = begin(s);
	assert_true(translation_delete(tx, id, &err));
	assert_false(translation_delete(tx, id, &err));
	commit(tx);
}

static void done_is_said_of_what_was_seen(void **state)
{
	struct site *s = *state;
	struct translation_block *b, *now;
	struct article a = save_article(s, 0, "Title", BODY);
	int64_t id = translate(s, &a);
	write_all(s, id);
	blocks_of(s, id, &b);
	save_article(s, a.id, "Title", "First paragraph about cameras, and microphones.\n");
	/* The form is from before: its text counts, its tick does not. */
	assert_int_equal(set_block(s, id, &b[1], "カメラについて", true), 0);
	blocks_of(s, id, &now);
	check_str(now[1].target, "カメラについて");
	assert_int_equal(now[1].state, BLOCK_CHANGED);
	assert_int_equal(set_block(s, id, &now[1], "カメラとマイクについて", true), 0);
	blocks_of(s, id, &now);
	assert_int_equal(now[1].state, BLOCK_DONE);
	check_str(now[1].was, "");
}

/* ---- alignment ---- */

static uint32_t seed = 1;
static uint32_t chance(uint32_t n)
{
	seed = seed * 1664525u + 1013904223u;
	return (seed >> 8) % n;
}

static void alignment_after_random_edits(void **state)
{
	struct site *s = *state;
	struct error err = { 0 };
	for (int round = 0; round < 200; round++) {
		struct str old[60], now[80];
		size_t truth[80], from[80], n = 1 + chance(40), m = 0;
		for (size_t i = 0; i < n; i++)
			old[i] = arena_printf(s->arena, "Sentence %u of the %zuth block, about matter %u and %u more words.",
			    chance(100000), i, chance(9999), chance(9999));
		for (size_t i = 0; i < n; i++) {
			uint32_t fate = chance(10);
			if (fate == 0)
				continue;
			if (fate == 1) {
				truth[m] = ALIGN_NEW;
				now[m++] = arena_printf(s->arena, "まったく新しい段落 %u", chance(100000));
			}
			truth[m] = i;
			now[m++] = fate == 2 ? arena_printf(s->arena, "%.*s And a little more.", (int)old[i].n, old[i].p) : old[i];
		}
		assert_true(align_texts(old, n, now, m, from, s->arena, &err));
		bool used[60] = { 0 };
		for (size_t j = 0; j < m; j++) {
			if (from[j] != ALIGN_NEW) {
				assert_true(from[j] < n && !used[from[j]]);
				used[from[j]] = true;
			}
			assert_int_equal(from[j], truth[j]);
		}
	}
}

static void alignment_of_moved_and_of_many(void **state)
{
	struct site *s = *state;
	struct error err = { 0 };
	const struct str old[] = { STR("one"), STR("two is here"), STR("three"), STR("four") },
	                 now[] = { STR("four"), STR("one"), STR("two is there"), STR("three") };
	size_t from[2000];
	assert_true(align_texts(old, 4, now, 4, from, s->arena, &err));
	assert_int_equal(from[0], 3);
	assert_int_equal(from[1], 0);
	assert_int_equal(from[2], 1);
	assert_int_equal(from[3], 2);
	assert_true(align_texts(old, 0, now, 4, from, s->arena, &err));
	assert_int_equal(from[0], ALIGN_NEW);
	assert_true(align_texts(old, 4, now, 0, from, s->arena, &err));
	struct str *many = arena_array(s->arena, 2000, sizeof *many), *others = arena_array(s->arena, 2000, sizeof *others);
	for (size_t i = 0; i < 2000; i++) {
		many[i] = arena_printf(s->arena, "old text %zu", i * 7919);
		others[i] = arena_printf(s->arena, "ほかの文章 %zu", i * 104729);
	}
	assert_true(align_texts(many, 2000, others, 2000, from, s->arena, &err));
}

/* ---- glossary ---- */

static void terms_are_kept_once_and_found(void **state)
{
	struct site *s = *state;
	struct error err = { 0 };
	struct glossary_term *all, t = { .source_lang = STR("en"),
		.lang = STR("ja"),
		.term = STR("Wiretapping"),
		.word = STR("盗聴|通信傍受"),
		.forbidden = STR("盗み聞き"),
		.note = STR("法律の用語") };
	size_t n, total;
	bool changed;
	struct store_tx *tx = begin(s);
	assert_true(term_save(tx, &t, s->arena, &err));
	struct glossary_term twice = {
		.source_lang = STR("en"), .lang = STR("ja"), .term = STR("wiretapping"), .word = STR("x")
	};
	assert_false(term_save(tx, &twice, s->arena, &err));
	assert_int_equal(err.code, ERR_EXISTS);
	err = (struct error){ 0 };
	struct glossary_term bad = { .source_lang = STR("en"), .lang = STR("ja"), .term = STR("…"), .word = STR("x") };
	assert_false(term_save(tx, &bad, s->arena, &err));
	assert_int_equal(err.code, ERR_INVALID);
	err = (struct error){ 0 };
	struct glossary_term again = t;
	assert_true(term_import(tx, &again, &changed, s->arena, &err));
	assert_false(changed);
	again.note = STR("別の注");
	assert_true(term_import(tx, &again, &changed, s->arena, &err));
	assert_true(changed);
	assert_int_equal(again.id, t.id);
	struct glossary_term other = {
		.source_lang = STR("en"), .lang = STR("de"), .term = STR("100%_sure"), .word = STR("sicher")
	};
	assert_true(term_save(tx, &other, s->arena, &err));
	commit(tx);
	const struct {
		struct term_filter filter;
		size_t n;
	} cases[] = { { { .limit = 0 }, 2 }, { { .lang = STR("ja") }, 1 }, { { .words = STR("傍受") }, 1 },
		{ { .words = STR("%_") }, 1 }, { { .words = STR("WIRE") }, 1 }, { { .words = STR("_") }, 1 },
		{ { .words = STR("nothing") }, 0 } };
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		assert_true(term_list(s->store, &cases[i].filter, &all, &n, &total, s->arena, &err));
		assert_int_equal(n, cases[i].n);
		assert_int_equal(total, cases[i].n);
	}
	tx = begin(s);
	assert_true(term_delete(tx, t.id, &err));
	assert_false(term_delete(tx, t.id, &err));
	commit(tx);
}

/* A term's key stands in the key of every text that has the word, however it is written there. */
static void keys_find_words(void **state)
{
	struct site *s = *state;
	static const struct {
		const char *term, *text, *lang;
		bool found;
	} cases[] = { { "wiretap", "They were WIRETAPPED.", "en", true }, { "tap", "They were wiretapped", "en", false },
		{ "end-to-end encryption", "End to end encryption, everywhere", "en", true },
		{ "VPN", "ＶＰＮを使う", "ja", true }, { "サーバー", "そのサーバは", "ja", true },
		{ "監視カメラ", "監視\nカメラ", "ja", true }, { "監視", "監督", "ja", false },
		{ "data protection", "protection of data", "en", false } };
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct str term = term_key(str_from(cases[i].term), str_from(cases[i].lang), s->arena);
		struct str text = term_key(str_from(cases[i].text), str_from(cases[i].lang), s->arena);
		if ((str_find(text, term) >= 0) != cases[i].found)
			fail_msg("%s in %s", cases[i].term, cases[i].text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_new_one_has_its_blocks, open_site, close_site),
		cmocka_unit_test_setup_teardown(two_at_one_translation_lose_nothing, open_site, close_site),
		cmocka_unit_test_setup_teardown(an_edit_of_the_original_marks_what_it_touched, open_site, close_site),
		cmocka_unit_test_setup_teardown(an_edit_taken_back_leaves_nothing, open_site, close_site),
		cmocka_unit_test_setup_teardown(a_difference_can_be_declared_unimportant, open_site, close_site),
		cmocka_unit_test_setup_teardown(done_is_said_of_what_was_seen, open_site, close_site),
		cmocka_unit_test_setup_teardown(alignment_after_random_edits, open_site, close_site),
		cmocka_unit_test_setup_teardown(alignment_of_moved_and_of_many, open_site, close_site),
		cmocka_unit_test_setup_teardown(terms_are_kept_once_and_found, open_site, close_site),
		cmocka_unit_test_setup_teardown(keys_find_words, open_site, close_site),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

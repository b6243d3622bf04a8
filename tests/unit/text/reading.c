#include "../unit.h"

#include "text/text.h"

#include <pthread.h>
#include <stdio.h>

/* "surface/reading" of each word, '-' before those that nobody looks for, a space between. */
static struct str shown(struct text_reader *reader, const char *text, struct arena *arena)
{
	struct text_word *words;
	struct error err = { 0 };
	struct buf out = { 0 };
	size_t n;
	assert_true(text_words(reader, str_from(text), &words, &n, arena, &err));
	for (size_t i = 0; i < n; i++) {
		buf_adds(&out, i ? " " : "");
		buf_adds(&out, words[i].content ? "" : "-");
		buf_add(&out, str_sub(str_from(text), words[i].start, words[i].end));
		buf_addc(&out, '/');
		buf_add(&out, words[i].reading);
	}
	return buf_take(&out, arena);
}

static void without_a_dictionary(void **state)
{
	(void)state;
	struct arena *arena = arena_new();
	check_str(shown(NULL, "監視カメラの設置", arena), "監視/ カメラ/かめら -の/の 設置/");
	check_str(shown(NULL, "かんたん設定 (VPN2)", arena), "かんたん/かんたん 設定/ -(/ VPN2/ -)/");
	check_str(shown(NULL, "", arena), "");
	check_str(shown(NULL, "らーめん", arena), "らーめん/らーめん");
	check_str(text_reading(NULL, STR("監視 カメラ"), arena), "監視 かめら");
	arena_free(arena);
}

static struct text_reader *reader_or_skip(void)
{
	struct text_reader *reader = text_reader_new();
	if (!reader) {
		puts("skipped: MeCab with IPADIC is not installed");
		skip();
	}
	return reader;
}

static void by_dictionary(void **state)
{
	(void)state;
	struct text_reader *reader = reader_or_skip();
	struct arena *arena = arena_new();
	check_str(shown(reader, "監視カメラの設置", arena), "監視/かんし カメラ/かめら -の/の 設置/せっち");
	check_str(shown(reader, "LibreOffice 7.4 の設定", arena), "LibreOffice/ 7/ -./ 4/ -の/の 設定/せってい");
	check_str(text_reading(reader, STR("個人情報保護"), arena), "こじんじょうほうほご");
	check_str(text_reading(reader, STR("plain words"), arena), "plain words");
	arena_free(arena);
	text_reader_free(reader);
}

/* Whatever comes in, words lie in order inside the text, and their readings are well-formed. */
static void hostile_text(void **state)
{
	(void)state;
	struct text_reader *reader = text_reader_new();
	struct arena *arena = arena_new();
	struct error err = { 0 };
	struct buf lines = { 0 };
	for (int i = 0; i < 3000; i++)
		buf_adds(&lines, i % 7 ? "監視\n" : "カメラ\r\n");
	const struct str texts[] = { STR("監視\0カメラ"), STR("監視\nカメラ\nEOS\n設置"), STR("\xe7\x9b監視"), STR("EOS"),
		STR("監視\tカメラ,の"), STR("　　監視"), STR("\"監視\""), buf_str(&lines), STR("EOS\tカメラ") };
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		struct text_word *words;
		size_t n, at = 0;
		assert_true(text_words(reader, texts[i], &words, &n, arena, &err));
		assert_true(n > 0);
		for (size_t w = 0; w < n; w++) {
			assert_true(words[w].start >= at && words[w].end > words[w].start && words[w].end <= texts[i].n);
			assert_true(utf8_valid(words[w].reading));
			at = words[w].end;
		}
	}
	buf_free(&lines);
	arena_free(arena);
	text_reader_free(reader);
}

static void *read_often(void *reader)
{
	struct arena *arena = arena_new();
	bool same = arena != NULL;
	for (int i = 0; i < 300 && same; i++) {
		same = str_eq(text_reading(reader, STR("監視カメラの設置"), arena), STR("かんしかめらのせっち")) &&
		       str_eq(text_reading(reader, STR("東京"), arena), STR("とうきょう"));
		arena_reset(arena);
	}
	arena_free(arena);
	return same ? reader : NULL;
}

static void many_threads_read_at_once(void **state)
{
	(void)state;
	struct text_reader *reader = reader_or_skip();
	pthread_t threads[4];
	void *result;
	for (int i = 0; i < 4; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, read_often, reader), 0);
	for (int i = 0; i < 4; i++) {
		pthread_join(threads[i], &result);
		assert_non_null(result);
	}
	text_reader_free(reader);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(without_a_dictionary),
		cmocka_unit_test(by_dictionary),
		cmocka_unit_test(hostile_text),
		cmocka_unit_test(many_threads_read_at_once),
	};
	return cmocka_run_group_tests_name("text/reading", tests, NULL, NULL);
}

#include "site.h"

#include <sodium.h>

/* Keys, addresses, padding, what is refused. */

static void test_keys(void **state)
{
	unsigned char public_key[32], secret_key[32], back[32];
	char text[CAMPAIGN_KEY_TEXT], secret[CAMPAIGN_KEY_TEXT];
	struct error err = { 0 };
	(void)state;
	key_pair_new(public_key, secret_key);
	public_key_write(public_key, text);
	secret_key_write(secret_key, secret);
	assert_true(public_key_read(str_from(text), back, &err));
	assert_memory_equal(back, public_key, 32);
	assert_true(secret_key_read(str_from(secret), back, &err));
	assert_memory_equal(back, secret_key, 32);
	assert_false(public_key_read(str_from(secret), back, &err));
	assert_non_null(strstr(err.message, "never leave"));
	text[10] = text[10] == 'A' ? 'B' : 'A';
	assert_false(public_key_read(str_from(text), back, &err));
	memset(public_key, 0, sizeof public_key); /* of small order */
	public_key_write(public_key, text);
	assert_false(public_key_read(str_from(text), back, &err));
	assert_false(public_key_read(STR(""), back, &err));
	assert_false(public_key_read(STR("kcp1.AAAA"), back, &err));
}

static void test_key_file(void **state)
{
	char path[64] = "/tmp/kairan-key-XXXXXX";
	unsigned char public_key[32], secret_key[32], back[32];
	struct error err = { 0 };
	(void)state;
	int fd = mkstemp(path);
	close(fd);
	key_pair_new(public_key, secret_key);
	assert_false(key_file_write(path, secret_key, &err));
	assert_int_equal(err.code, ERR_EXISTS);
	unlink(path);
	assert_true(key_file_write(path, secret_key, &err));
	assert_true(key_file_read(path, back, &err));
	assert_memory_equal(back, secret_key, 32);
	unlink(path);
}

static void test_addresses(void **state)
{
	static const char *const pairs[][2] = {
		{ "Hanako@Example.ORG", "hanako@example.org" },
		{ "hanako+news@example.org", "hanako@example.org" },
		{ "ha.na.ko@example.org", "ha.na.ko@example.org" },
		{ "ha.na.ko+x+y@GoogleMail.com", "hanako@gmail.com" },
		{ "ha.nako@gmail.com", "hanako@gmail.com" },
		{ "+lead@example.org", "+lead@example.org" },
		{ "\"a..b.\"@docomo.ne.jp", "a..b.@docomo.ne.jp" },
	};
	struct arena *arena = arena_new();
	(void)state;
	for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
		check_str(address_canonical(str_from(pairs[i][0]), arena), pairs[i][1]);
	check_str(address_canonical(STR("no address"), arena), "");
	arena_free(arena);
}

static void test_padding(void **state)
{
	struct arena *arena = arena_new();
	char text[600] = { 0 };
	(void)state;
	for (size_t n = 0; n < sizeof text; n += 51) {
		struct str back, padded = pad_text(str_of(text, n), arena);
		assert_int_equal(padded.n % SIGNING_STEP, 0);
		assert_true(padded.n > n && padded.n <= n + SIGNING_STEP);
		assert_true(unpad_text(padded, &back));
		assert_int_equal(back.n, n);
	}
	struct str back;
	assert_false(unpad_text(STR(""), &back));
	assert_false(unpad_text(str_of(text, SIGNING_STEP), &back));
	arena_free(arena);
}

static void test_payload(void **state)
{
	struct arena *arena = arena_new();
	struct error err = { 0 };
	struct str json;
	struct signing back;
	struct signing_letter letters[] = { { 3, STR("件名"), STR("本文\n\"引用\"") } };
	struct signing s = { .lang = STR("ja"),
		.mail = STR("a@example.org"),
		.has_public = true,
		.public_name = STR("花子"),
		.letters = letters,
		.n_letters = 1 };
	(void)state;
	assert_true(signing_encode(&s, &json, arena, &err));
	assert_true(signing_decode(json, &back, arena, &err));
	check_str(back.letters[0].text, "本文\n\"引用\"");
	assert_int_equal(back.letters[0].target, 3);
	check_str(back.public_name, "花子");
	assert_int_equal(back.n_fields, 0);
	s.mail = str_of("a\0b", 3);
	assert_false(signing_encode(&s, &json, arena, &err));
	s.mail = STR("\xff\xfe");
	assert_false(signing_encode(&s, &json, arena, &err));
	static const char *const bad[] = { "", "{}", "[]", "{\"v\":2,\"mail\":\"a\"}", "{\"v\":1,\"mail\":5}",
		"{\"v\":1,\"fields\":[]}", "{\"v\":1,\"fields\":{\"a\":1}}", "{\"v\":1,\"letters\":[{}]}",
		"{\"v\":1,\"consents\":[7]}", "{\"v\":1,\"v\":1}" };
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_false(signing_decode(str_from(bad[i]), &back, arena, &err));
	arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_keys), cmocka_unit_test(test_key_file),
		cmocka_unit_test(test_addresses), cmocka_unit_test(test_padding), cmocka_unit_test(test_payload) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}

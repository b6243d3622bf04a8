#include "../unit.h"

#include "mail/mail.h"

/* Addresses, headers that nothing can be put into, text that flows. */

static int open_arena(void **state)
{
	*state = arena_new();
	return 0;
}

static int close_arena(void **state)
{
	arena_free(*state);
	return 0;
}

static void addresses_are_of_a_strict_form(void **state)
{
	static const struct {
		const char *typed, *out;
	} good[] = { { " Hana@Example.ORG ", "Hana@example.org" },
		{ "a+b_c@mail.example.co.jp", "a+b_c@mail.example.co.jp" },
		{ "abc..def@docomo.ne.jp", "\"abc..def\"@docomo.ne.jp" }, { "abc.@ezweb.ne.jp", "\"abc.\"@ezweb.ne.jp" },
		{ "x@localhost", "x@localhost" }, { "o'neil@xn--wgv71a.jp", "o'neil@xn--wgv71a.jp" } };
	static const char *const bad[] = { "", "hana", "@example.org", "hana@", "a b@example.org", "a@b@example.org",
		"a@example..org", "a@.example.org", "a@example.org.", "a@-x.org", "a@x-.org", "a@example", "a@[127.0.0.1]",
		"a@127.0.0.1", "\"a\"@example.org", "a@example.org\r\nBcc: b@example.org", "a\n@example.org", "a@exa\nmple.org",
		"a@example.org,b@example.org", "<a@example.org>", "花@example.org", "a@例え.jp", "a@example.org>",
		"a\\b@example.org", "a(b)@example.org",
		"12345678901234567890123456789012345678901234567890123456789012345@example.org" };
	struct arena *arena = *state;
	struct str out;
	for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
		struct error err = { 0 };
		assert_true(mail_address(str_from(good[i].typed), &out, arena, &err));
		check_str(out, good[i].out);
	}
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct error err = { 0 };
		if (mail_address(str_from(bad[i]), &out, arena, &err))
			fail_msg("accepted: %s", bad[i]);
		assert_int_equal(err.code, ERR_INVALID);
	}
	struct error err = { 0 };
	assert_false(mail_address(str_of("a@b.org\0c", 9), &out, arena, &err));
	check_str(mail_same(STR("\"Abc..D\"@docomo.ne.jp"), arena), "abc..d@docomo.ne.jp");
	check_str(mail_domain(STR("\"a@b\"@example.org")), "example.org");
}

static struct mail_message message(void)
{
	return (struct mail_message){ .from = { STR("会"), STR("letters@example.org") },
		.to = { STR(""), STR("hana@example.jp") },
		.subject = STR("題"),
		.text = STR("本文\n"),
		.lang = STR("ja"),
		.at = 1800000000 };
}

static bool compose(struct arena *arena, const struct mail_message *m, struct str *out)
{
	struct error err = { 0 };
	struct buf text = { 0 };
	bool ok = mail_compose(m, &text, &err);
	*out = buf_take(&text, arena);
	return ok;
}

/* No header of a name that we did not give, and no line that is too long. */
static void check_headers(struct str text)
{
	static const char *const known[] = { "Date", "From", "To", "Reply-To", "Subject", "Message-Id", "Content-Language",
		"Auto-Submitted", "List-Unsubscribe", "List-Unsubscribe-Post", "MIME-Version", "Content-Type",
		"Content-Transfer-Encoding" };
	while (text.n) {
		struct str line = str_split(&text, '\n');
		bool found = false;
		assert_true(str_ends(line, STR("\r")));
		assert_true(line.n <= 200);
		if (line.n == 1)
			return;
		for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
			struct str name = str_from(known[i]);
			found |= str_starts(line, name) && line.p[name.n] == ':';
		}
		assert_true(found || line.p[0] == ' ' || line.p[0] == '\t');
		for (ptrdiff_t at = str_find(line, STR("=?")); at >= 0;) {
			struct str word = str_skip(line, (size_t)at);
			ptrdiff_t end = str_find(str_skip(word, 10), STR("?="));
			assert_true(end >= 0 && end + 12 <= 75);
			line = str_skip(word, (size_t)end + 12);
			at = str_find(line, STR("=?"));
		}
	}
	fail_msg("there is no end of the headers");
}

static void nothing_can_be_put_into_a_header(void **state)
{
	static const char *const evil[] = { "a\r\nBcc: x@example.org", "a\nBcc: x@example.org", "a\rb", "a\tb", "a\x7f",
		"\x1b[2J",
		"a\xe2\x80\xa8"
		"b",
		"\xff",
		"a\xc2\x85"
		"b" };
	struct arena *arena = *state;
	struct str out;
	for (size_t i = 0; i < sizeof evil / sizeof *evil; i++) {
		struct str text = str_from(evil[i]);
		for (int field = 0; field < 9; field++) {
			struct mail_message m = message();
			m.reply_to = (struct mail_party){ STR("n"), STR("n@example.org") };
			struct str *const fields[] = { &m.subject, &m.from.name, &m.to.name, &m.reply_to.name, &m.from.address,
				&m.to.address, &m.reply_to.address, &m.lang, &m.unsubscribe };
			*fields[field] = text;
			if (compose(arena, &m, &out))
				fail_msg("field %d took text %zu", field, i);
		}
	}
	struct mail_message m = message();
	m.subject = str_of("a\0b", 3);
	assert_false(compose(arena, &m, &out));
	m = message();
	m.text = str_of("a\0b", 3);
	assert_false(compose(arena, &m, &out));
	/* What only looks like something stays text. */
	static const char *const odd[] = { "\"x\" <a@example.org>", "a, b@example.org", "=?UTF-8?Q?x?=", "<b@example.org>",
		"(x)", "\\", "a;b:c", "日本\"<>" };
	for (size_t i = 0; i < sizeof odd / sizeof *odd; i++) {
		m = message();
		m.to.name = m.subject = str_from(odd[i]);
		assert_true(compose(arena, &m, &out));
		check_headers(out);
	}
}

static void long_japanese_headers_are_of_lawful_words(void **state)
{
	struct arena *arena = *state;
	struct str out;
	struct buf text = { 0 };
	struct mail_message m = message();
	for (int i = 0; i < 60; i++)
		buf_adds(&text, "通信");
	m.subject = buf_take(&text, arena);
	m.from.name = STR("日本の通信の秘密を守るためのとても長い名前を持つ会 \"と\" その仲間たち");
	m.to.name = STR("Plain \"Name\"");
	m.reply_to = (struct mail_party){ STR("山田　花子"), STR("hana@example.jp") };
	m.unsubscribe = STR("https://example.org/unsubscribe?token=abc");
	assert_true(compose(arena, &m, &out));
	check_headers(out);
	assert_true(str_find(out, STR("List-Unsubscribe: <https://example.org/unsubscribe?token=abc>\r\n")) >= 0);
	assert_true(str_find(out, STR("List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n")) >= 0);
	assert_true(str_find(out, STR("To: \"Plain \\\"Name\\\"\" <hana@example.jp>\r\n")) >= 0);
	assert_true(str_find(out, STR("\n <letters@example.org>\r\n")) >= 0);
	m.unsubscribe = STR("http://example.org/x");
	assert_false(compose(arena, &m, &out));
}

/* As RFC 3676 section 4.2 with DelSp=yes reads it. */
static struct str unflow(struct arena *arena, struct str body)
{
	struct buf out = { 0 };
	while (body.n) {
		struct str line = str_split(&body, '\n');
		assert_true(str_ends(line, STR("\r")));
		line.n--;
		if (str_starts(line, STR(" ")))
			line = str_skip(line, 1);
		bool soft = str_ends(line, STR(" ")) && !str_eq(line, STR("-- "));
		buf_add(&out, soft ? str_sub(line, 0, line.n - 1) : line);
		if (!soft)
			buf_addc(&out, '\n');
	}
	return buf_take(&out, arena);
}

static void text_flows_and_comes_back_as_it_was(void **state)
{
	static const char *const texts[] = { "", "短い\n", "> not a quote\n From here\nFrom there\n\n-- \nsignature\n",
		"A long line of English that certainly goes on beyond seventy-two columns, because it has to be broken somewhere.\n",
		"とても長い日本語の段落です。句点や読点が行のはじめに来ないように、また、どの文字の間でも折り返せるように、ここまで書き続けます。さらにEnglish wordsも混ぜます。\n",
		"https://example.org/a-very-long-address-without-any-space-in-it-that-cannot-be-broken-anywhere-so-it-stays-whole\n",
		"no end", "\n\n\n", "あ     い\n" };
	struct arena *arena = *state;
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		struct buf out = { 0 };
		struct str text = str_from(texts[i]);
		mail_flow(text, &out);
		struct str flowed = buf_str(&out);
		for (struct str rest = flowed; rest.n;) {
			struct str line = str_split(&rest, '\n');
			assert_true(line.n <= 230);
			assert_false(str_starts(line, STR(">")) || str_starts(line, STR("From ")) || str_starts(line, STR("。")) ||
			             str_starts(line, STR("、")));
		}
		struct str back = unflow(arena, flowed);
		if (text.n && !str_ends(text, STR("\n")))
			back.n--;
		assert_true(str_eq(back, text));
		buf_free(&out);
	}
	/* A line without a place to break is broken where it must be. */
	struct buf longest = { 0 }, out = { 0 };
	for (int i = 0; i < 3000; i++)
		buf_addc(&longest, 'x');
	mail_flow(buf_str(&longest), &out);
	struct str back = unflow(arena, buf_str(&out));
	assert_int_equal(back.n, 3001);
	for (struct str rest = buf_str(&out); rest.n;)
		assert_true(str_split(&rest, '\n').n < 998);
	buf_free(&longest);
	buf_free(&out);
}

static void settings_are_looked_at_before_they_count(void **state)
{
	static const char *const bad[] = { "mail.example.org", "http://mail.example.org",
		"smtp://user:secret@mail.example.org", "smtp://", "file:///etc/passwd" };
	static const char *const good[] = { "smtp://mail.example.org", "smtps://user@mail.example.org:465",
		"smtp://127.0.0.1:2525", "smtp://hana%40example.org@mail.example.org:587" };
	struct error err = { 0 };
	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_false(mail_settings_check(&(struct mail_settings){ .from = "a@example.org", .smtp = bad[i] }, &err));
	for (size_t i = 0; i < sizeof good / sizeof *good; i++)
		assert_true(mail_settings_check(&(struct mail_settings){ .from = "a@example.org", .smtp = good[i] }, &err));
	assert_false(mail_settings_check(&(struct mail_settings){ .from = "a@example" }, &err));
	assert_false(mail_settings_check(&(struct mail_settings){ .from = "a@example.org", .sendmail = "sendmail" }, &err));
	assert_null(mailer_new(&(struct mail_settings){ .from = "a@example.org" }, &err));
	assert_null(
	    mailer_new(&(struct mail_settings){ .from = "a@example.org", .smtp = "smtps://user@mail.example.org" }, &err));
	assert_non_null(strstr(err.message, "mail_password"));
}

int main(void)
{
#define CASE(f) cmocka_unit_test_setup_teardown(f, open_arena, close_arena)
	const struct CMUnitTest tests[] = {
		CASE(addresses_are_of_a_strict_form),
		CASE(nothing_can_be_put_into_a_header),
		CASE(long_japanese_headers_are_of_lawful_words),
		CASE(text_flows_and_comes_back_as_it_was),
		CASE(settings_are_looked_at_before_they_count),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

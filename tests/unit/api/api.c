#include "../unit.h"

#include "api/inner.h"

#include <stdio.h>

/* What the API takes, who may, the throttle, the document, the signature. */

static enum error_code checked(const char *action, const char *body, char *message)
{
	struct arena *arena = arena_new();
	struct error err = { 0 };
	bool ok = api_check_body(action, str_from(body), arena, &err);
	assert_int_equal(ok, err.code == ERR_NONE);
	if (message)
		snprintf(message, 200, "%.199s", err.message);
	arena_free(arena);
	return err.code;
}

static void a_body_is_what_its_schema_says(void **state)
{
	static const struct {
		const char *body;
		enum error_code code;
		const char *message; /* NULL: whatever */
	} cases[] = {
		{ "{\"title\":\"a\"}", ERR_NONE, NULL },
		{ "", ERR_INVALID, "/title is missing" },
		{ "null", ERR_INVALID, NULL },
		{ "[1]", ERR_INVALID, " must be an object" },
		{ "{\"title\":1}", ERR_INVALID, "/title must be a text" },
		{ "{\"title\":null}", ERR_INVALID, "/title must not be null" },
		{ "{\"title\":\"a\\nb\"}", ERR_INVALID, "/title must be one line without control characters" },
		{ "{\"title\":\"a\",\"body\":\"a\\nb\"}", ERR_NONE, NULL },
		{ "{\"title\":\"a\",\"x~/y\":1}", ERR_INVALID, "/x~0~1y is not a field of this" },
		{ "{\"title\":\"a\",\"original\":{\"licence\":5}}", ERR_INVALID, "/original/licence must be a text" },
		{ "{\"title\":\"a\",\"categories\":[1,-1]}", ERR_INVALID, NULL },
		{ "{\"title\":\"a\",\"categories\":[1,1.5]}", ERR_INVALID, "/categories/1 must be a whole number" },
		{ "{\"title\":\"a\",\"categories\":1}", ERR_INVALID, "/categories must be a list" },
		{ "{\"title\":\"a\",\"published\":null}", ERR_NONE, NULL },
		{ "{\"title\":\"a\",\"published\":\"2026-05-01T09:00:00+09:00\"}", ERR_NONE, NULL },
		{ "{\"title\":\"a\",\"published\":\"2026-05-01 09:00\"}", ERR_INVALID, NULL },
		{ "{\"title\":\"a\",\"published\":\"2026-05-01T09:00:00\"}", ERR_INVALID, NULL },
		{ "{\"title\":\"a\",\"status\":\"trashed\"}", ERR_INVALID, NULL },
		{ "{\"title\":\"a\",\"title\":\"b\"}", ERR_INVALID, NULL },
		{ "{\"title\":\"\\u0000\"}", ERR_INVALID, NULL },
		{ "{\"title\":\"\xff\"}", ERR_INVALID, NULL },
		{ "{\"title\":\"a\"} x", ERR_INVALID, NULL },
		{ "{\"title\":\"a\"", ERR_INVALID, NULL },
		{ "[[[[[[[[[]]]]]]]]]", ERR_TOO_LARGE, NULL },
		{ "{\"title\":\"[[[[[[[[[[[[[[[[[[\"}", ERR_NONE, NULL },
		{ "{\"title\":\"\\\"[[[[[[[[[[[[\"}", ERR_NONE, NULL },
	};
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		char message[200];
		enum error_code code = checked("createArticle", cases[i].body, message);
		if (code != cases[i].code)
			print_message("%s: %s\n", cases[i].body, message);
		assert_int_equal(code, cases[i].code);
		if (cases[i].message)
			assert_string_equal(message, cases[i].message);
	}
	assert_int_equal(checked("getMe", "{}", NULL), ERR_NOT_FOUND);
	assert_int_equal(checked("nothing", "{}", NULL), ERR_NOT_FOUND);
}

static void many_values_are_too_many(void **state)
{
	struct arena *arena = arena_new();
	struct error err = { 0 };
	struct buf body = { 0 };
	(void)state;
	buf_adds(&body, "{\"words\":[");
	for (int i = 0; i < API_VALUES_MAX; i++)
		buf_adds(&body, "1,");
	buf_adds(&body, "1]}");
	assert_false(api_check_body("createSynonym", buf_str(&body), arena, &err));
	assert_int_equal(err.code, ERR_TOO_LARGE);
	buf_free(&body);
	arena_free(arena);
}

/* Faults are cut at a character, however long the names are. */
static void long_names_make_well_formed_pointers(void **state)
{
	(void)state;
	for (size_t n = 100; n < 220; n++) {
		struct api_faults faults = { 0 };
		struct buf name = { 0 };
		while (name.n < n)
			buf_adds(&name, name.n % 2 ? "あ" : "~");
		buf_addc(&name, '\0');
		json_t *o = json_object();
		json_object_set_new(o, name.p, json_integer(1));
		schema_check(&API_NOTHING, o, &faults);
		assert_int_equal(faults.n, 1);
		assert_true(utf8_valid(str_from(faults.v[0].pointer)));
		assert_int_equal(faults.v[0].pointer[0], '/');
		json_decref(o);
		buf_free(&name);
	}
}

static void scope_and_role_are_both_needed(void **state)
{
	size_t n = 0;
	(void)state;
	for (; api_action_name(n); n++) {
		const char *name = api_action_name(n);
		bool any = false;
		for (int role = 0; role < ROLES; role++) {
			unsigned all = (1u << SCOPES) - 1;
			any |= api_may(name, (enum role)role, all);
			int alone = 0;
			for (int s = 0; s < SCOPES; s++)
				alone += api_may(name, (enum role)role, 1u << s);
			/* One scope opens it, or every one does; and none where the role does not. */
			bool free_to_all = api_may(name, (enum role)role, 0);
			assert_int_equal(alone, !api_may(name, (enum role)role, all) ? 0 : free_to_all ? SCOPES : 1);
		}
		assert_true(any);
		assert_true(api_may(name, ROLE_OWNER, (1u << SCOPES) - 1));
	}
	assert_true(n > 30);
	assert_false(api_may("nothing", ROLE_OWNER, ~0u));
	assert_false(api_may("readArticles", ROLES, 0));
}

static void a_token_has_so_many_calls(void **state)
{
	int wait = 0, taken = 0;
	uint64_t now = 5000000;
	(void)state;
	while (throttle_take(7, now, &wait))
		taken++;
	assert_int_equal(taken, API_CALLS_AT_ONCE);
	assert_int_equal(wait, 1);
	assert_true(throttle_take(8, now, &wait));
	assert_false(throttle_take(7, now + 1000000 / API_CALLS_A_SECOND - 1, &wait));
	assert_true(throttle_take(7, now + 1000000 / API_CALLS_A_SECOND, &wait));
	assert_false(throttle_take(7, now + 1000000 / API_CALLS_A_SECOND, &wait));
	for (taken = 0; throttle_take(7, now + 60000000, &wait); taken++)
		;
	assert_int_equal(taken, API_CALLS_AT_ONCE);
}

/* The example of the Standard Webhooks specification. */
static void a_message_is_signed_as_the_specification_says(void **state)
{
	struct arena *arena = arena_new();
	struct error err = { 0 };
	struct str out;
	(void)state;
	assert_true(hook_sign(STR("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"), STR("msg_p5jXN8AQM9LWM0D4loKWxJek"),
	    1614265330, STR("{\"test\": 2432232314}"), &out, arena, &err));
	check_str(out, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
	assert_false(hook_sign(STR("whsec_?"), STR("a"), 1, STR("{}"), &out, arena, &err));
	assert_false(hook_sign(STR("secret"), STR("a"), 1, STR("{}"), &out, arena, &err));
	arena_free(arena);
}

static void the_document_is_json_without_holes(void **state)
{
	struct error err = { 0 };
	struct buf out = { 0 };
	json_error_t why;
	(void)state;
	assert_true(api_document(&out, &err));
	json_t *json = json_loadb(out.p, out.n, JSON_REJECT_DUPLICATES, &why);
	assert_non_null(json);
	assert_string_equal(json_string_value(json_object_get(json, "openapi")), "3.1.0");
	json_decref(json);
	buf_free(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_body_is_what_its_schema_says),
		cmocka_unit_test(many_values_are_too_many),
		cmocka_unit_test(long_names_make_well_formed_pointers),
		cmocka_unit_test(scope_and_role_are_both_needed),
		cmocka_unit_test(a_token_has_so_many_calls),
		cmocka_unit_test(a_message_is_signed_as_the_specification_says),
		cmocka_unit_test(the_document_is_json_without_holes),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "site.h"

/* Who is written to, what is written, and how it comes into the mail. */

static struct campaign_target TARGETS[] = {
	{ .id = 1, .name = STR("大臣"), .office = STR("総務省"), .address = STR("m@example.go.jp"), .lang = STR("ja") },
	{ .id = 2,
	    .name = STR("Tokyo"),
	    .address = STR("t@example.jp"),
	    .lang = STR("en"),
	    .areas = STR("13"),
	    .group = STR("local") },
	{ .id = 3,
	    .name = STR("Chiyoda"),
	    .address = STR("c@example.jp"),
	    .lang = STR("en"),
	    .areas = STR("100 101"),
	    .group = STR("local") },
	{ .id = 4,
	    .name = STR("Marunouchi"),
	    .address = STR("d@example.jp"),
	    .lang = STR("en"),
	    .areas = STR("100-00"),
	    .group = STR("local") },
};
static struct campaign_letter LETTERS[] = {
	{ 11, STR(""), STR("ja"), STR("{target}への手紙"), STR("一つ目"), STR("") },
	{ 12, STR(""), STR("ja"), STR("件名"), STR("二つ目"), STR("") },
	{ 13, STR(""), STR("en"), STR("Other"), STR("language"), STR("") },
	{ 14, STR("local"), STR("en"), STR("To {target}"), STR("From {name} of {town}: {unknown}"), STR("Yours,\n{name}") },
};
static struct campaign_field_text LABEL[] = { { STR("ja"), STR("x"), STR(""), STR("") } };
static struct campaign_field FIELDS_OF[] = { { STR("who"), FIELD_NAME, true, LABEL, 1 },
	{ STR("town"), FIELD_TOWN, false, LABEL, 1 } };

static struct campaign letters_campaign(void)
{
	return (struct campaign){ .kind = CAMPAIGN_LETTER,
		.editing = LETTER_FREE,
		.organiser = STR("会"),
		.targets = TARGETS,
		.n_targets = 4,
		.letters = LETTERS,
		.n_letters = 4,
		.fields = FIELDS_OF,
		.n_fields = 2 };
}

static void check_targets(const char *prefecture, const char *postcode, const int64_t *want, size_t n_want)
{
	struct campaign c = letters_campaign();
	const struct campaign_target *out[SIGNING_LETTERS_MAX];
	size_t n;
	letter_targets(&c, str_from(prefecture), str_from(postcode), 0, out, &n);
	assert_int_equal(n, n_want);
	for (size_t i = 0; i < n; i++)
		assert_int_equal(out[i]->id, want[i]);
}

static void the_nearest_are_written_to(void **state)
{
	(void)state;
	check_targets("", "", (int64_t[]){ 1 }, 1);
	check_targets("13", "", (int64_t[]){ 1, 2 }, 2);
	check_targets("13", "101-0001", (int64_t[]){ 1, 3 }, 2);
	check_targets("13", "1000001", (int64_t[]){ 1, 4 }, 2);
	check_targets("13", "160-0001", (int64_t[]){ 1, 2 }, 2);
	check_targets("27", "530-0001", (int64_t[]){ 1 }, 1);
}

static void variants_are_drawn_by_lot(void **state)
{
	struct campaign c = letters_campaign();
	(void)state;
	assert_int_equal(letter_for(&c, &TARGETS[0], 0)->id, 11);
	assert_int_equal(letter_for(&c, &TARGETS[0], 1)->id, 12);
	assert_int_equal(letter_for(&c, &TARGETS[0], 2)->id, 11);
	assert_int_equal(letter_for(&c, &TARGETS[1], 7)->id, 14);
	struct campaign_target french = { .lang = STR("fr") };
	assert_int_equal(letter_for(&c, &french, 0)->id, 11); /* the first language there is */
	french.group = STR("none");
	assert_null(letter_for(&c, &french, 0));
}

static void an_edit_counts_as_far_as_it_may(void **state)
{
	struct site *s = *state;
	struct error err = { 0 };
	struct campaign c = letters_campaign();
	struct signing form = { 0 };
	struct letter_edit edits[] = { { 11, STR("自分の件名"), STR("自分の言葉") } };
	assert_true(letters_choose(&c, &form, STR("13"), STR(""), 0, edits, 1, s->arena, &err));
	assert_int_equal(form.n_letters, 2);
	check_str(form.letters[0].text, "自分の言葉");
	check_str(form.letters[0].subject, "自分の件名");
	check_str(form.letters[1].text, "From {name} of {town}: {unknown}");
	c.editing = LETTER_ABOVE;
	assert_true(letters_choose(&c, &form, STR(""), STR(""), 0, edits, 1, s->arena, &err));
	check_str(form.letters[0].text, "自分の言葉\n\n一つ目");
	check_str(form.letters[0].subject, "{target}への手紙");
	c.editing = LETTER_FIXED;
	assert_true(letters_choose(&c, &form, STR(""), STR(""), 0, edits, 1, s->arena, &err));
	check_str(form.letters[0].text, "一つ目");
	/* Several with one letter: its text is written once. */
	TARGETS[2].areas = STR("13");
	assert_true(letters_choose(&c, &form, STR("13"), STR(""), 0, NULL, 0, s->arena, &err));
	assert_int_equal(form.n_letters, 3);
	assert_int_equal(form.letters[2].text.n, 0);
	TARGETS[2].areas = STR("100 101");
	c.kind = CAMPAIGN_PETITION;
	assert_true(letters_choose(&c, &form, STR("13"), STR(""), 0, NULL, 0, s->arena, &err));
	assert_int_equal(form.n_letters, 0);
}

static struct signing_field TYPED[] = { { STR("who"), STR("山田 花子\r\nBcc: x@example.org") },
	{ STR("town"), STR("練馬区") } };
static struct signing_consent REPLY[] = { { STR("reply"), 1 } };

static struct signing by_hanako(struct signing_letter *letters, size_t n)
{
	return (struct signing){ .lang = STR("ja"),
		.mail = STR("hanako@example.org"),
		.fields = TYPED,
		.n_fields = 2,
		.consents = REPLY,
		.n_consents = 1,
		.letters = letters,
		.n_letters = n };
}

static void a_letter_is_whole(void **state)
{
	struct site *s = *state;
	struct error err = { 0 };
	struct letter_whole whole;
	struct campaign c = letters_campaign();
	struct signing form = by_hanako(NULL, 0);
	assert_true(letter_whole(&c, &TARGETS[0], &form, LETTERS[0].subject, LETTERS[0].body, &whole, s->arena, &err));
	check_str(whole.subject, "大臣への手紙");
	check_str(
	    whole.text, "総務省\n大臣 様\n\n一つ目\n\nどうぞよろしくお願い申し上げます。\n山田 花子  Bcc: x@example.org\n");
	assert_true(letter_whole(&c, &TARGETS[1], &form, LETTERS[3].subject, LETTERS[3].body, &whole, s->arena, &err));
	check_str(whole.subject, "To Tokyo");
	check_str(whole.text,
	    "Dear Tokyo,\n\nFrom 山田 花子  Bcc: x@example.org of 練馬区: {unknown}\n\nYours,\n山田 花子  Bcc: x@example.org\n");
}

/* ---- into the mail ---- */

static void save_campaign(struct site *s, struct campaign *c)
{
	struct error err = { 0 };
	struct campaign_text text = { .lang = STR("ja"), .title = STR("C") };
	struct store_tx *tx = store_begin(s->store, &err);
	c->texts = &text;
	c->n_texts = 1;
	c->days = 127;
	c->hour_to = 24;
	c->public_key = s->campaign.public_key;
	for (size_t i = 0; i < c->n_targets; i++)
		c->targets[i].id = 0;
	for (size_t i = 0; i < c->n_letters; i++)
		c->letters[i].id = 0;
	if (!campaign_save(tx, c, NULL, s->arena, &err))
		fail_msg("%s", err.message);
	assert_true(store_commit(tx, &err));
}

static enum error_code queue(struct site *s, const struct campaign *c, const struct signing *form, bool hold)
{
	struct error err = { 0 };
	struct letters_post post = { s->store, STR("letters@site.example") };
	struct store_tx *tx = store_begin(s->store, &err);
	if (letters_queue(&post, tx, c, STR("signer"), form, hold, &err))
		assert_true(store_commit(tx, &err));
	else
		store_rollback(tx);
	return err.code;
}

static size_t claim_all(struct site *s, struct str texts[8])
{
	struct error err = { 0 };
	struct outbox_item item;
	size_t n = 0;
	unsigned char key[KEY_BYTES];
	assert_true(parked_release(s->store, clock_now(), &err));
	assert_true(store_key(s->store, KEY_MAIL, key, &err));
	while (n < 8 && outbox_claim(s->store, clock_now(), 30, &item, s->arena, &err)) {
		struct str about = arena_printf(s->arena, "mail for %.*s", (int)item.recipient.n, item.recipient.p);
		assert_true(unseal(s->arena, key, about, item.sealed, &texts[n++]));
		assert_true(outbox_tried(s->store, &item, OUTBOX_SENT, &err));
	}
	return n;
}

static bool holds(struct str text, const char *what)
{
	return str_find(text, str_from(what)) >= 0;
}

static void a_letter_goes_once_to_each_target(void **state)
{
	struct site *s = *state;
	struct error err = { 0 };
	struct str texts[8];
	struct campaign c = letters_campaign();
	c.reply_to = true;
	save_campaign(s, &c);
	struct signing form = by_hanako(NULL, 0);
	assert_true(letters_choose(&c, &form, STR("13"), STR(""), 0, NULL, 0, s->arena, &err));
	assert_int_equal(queue(s, &c, &form, false), ERR_NONE);
	assert_int_equal(queue(s, &c, &form, false), ERR_NONE);
	assert_int_equal(claim_all(s, texts), 2);
	assert_true(holds(texts[0], "<letters@site.example>") && holds(texts[0], "Reply-To:"));
	assert_true(holds(texts[0], "hanako@example.org"));
	assert_false(holds(texts[0], "\nBcc:"));
	assert_int_equal(claim_all(s, texts), 0);
	/* Without the consent nobody learns the address. */
	form.n_consents = 0;
	form.letters[0].text = STR("again");
	struct campaign_target other = { .name = STR("E"), .address = STR("e@example.jp"), .lang = STR("en") };
	struct campaign d = letters_campaign();
	d.targets = &other;
	d.n_targets = 1;
	d.reply_to = true;
	save_campaign(s, &d);
	assert_true(letters_choose(&d, &form, STR(""), STR(""), 0, NULL, 0, s->arena, &err));
	assert_int_equal(queue(s, &d, &form, false), ERR_NONE);
	assert_int_equal(claim_all(s, texts), 1);
	assert_false(holds(texts[0], "Reply-To:") || holds(texts[0], "hanako"));
}

static void a_digest_mails_nothing(void **state)
{
	struct site *s = *state;
	struct error err = { 0 };
	struct str texts[8];
	struct campaign c = letters_campaign();
	c.digest_only = true;
	save_campaign(s, &c);
	struct signing form = by_hanako(NULL, 0);
	assert_true(letters_choose(&c, &form, STR("13"), STR(""), 0, NULL, 0, s->arena, &err));
	assert_int_equal(form.n_letters, 2);
	assert_int_equal(queue(s, &c, &form, false), ERR_NONE);
	assert_int_equal(claim_all(s, texts), 0);
}

/* Through the whole way: signing, withdrawing, holding. */
static int64_t sign(struct site *s, const struct campaign *c, struct signing *form, bool hold)
{
	struct error err = { 0 };
	struct receipt receipt;
	struct str token;
	int64_t id = 0;
	assert_true(signing_begin(s->campaigns, c, form, &token, s->arena, &err));
	if (!signing_confirm(s->campaigns, c, token, hold, &receipt, s->arena, &err))
		fail_msg("%s", err.message);
	assert_true(signature_of(s->campaigns, c, form->mail, &id, &err));
	return id;
}

static void who_withdraws_sends_nothing(void **state)
{
	struct site *s = *state;
	struct error err = { 0 };
	struct str texts[8];
	size_t n;
	struct campaign c = letters_campaign();
	save_campaign(s, &c);
	campaigns_mail(s->campaigns, STR("letters@site.example"));
	struct signing form = by_hanako(NULL, 0);
	assert_true(letters_choose(&c, &form, STR("13"), STR(""), 0, NULL, 0, s->arena, &err));
	int64_t id = sign(s, &c, &form, false);
	form.mail = STR("taro@example.org");
	sign(s, &c, &form, false);
	assert_true(signature_withdraw(s->campaigns, &c, id, &err));
	assert_int_equal(claim_all(s, texts), 2);
	/* What is held waits, until somebody looked at the counts. */
	form.mail = STR("jiro@example.org");
	sign(s, &c, &form, true);
	assert_int_equal(claim_all(s, texts), 0);
	assert_true(signatures_release_held(s->campaigns, &c, &n, &err));
	assert_int_equal(n, 1);
	assert_int_equal(claim_all(s, texts), 2);
	form.mail = STR("saburo@example.org");
	sign(s, &c, &form, true);
	assert_true(signatures_drop_held(s->campaigns, &c, &n, &err));
	assert_int_equal(claim_all(s, texts), 0);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, open_site, close_site)
	const struct CMUnitTest tests[] = { cmocka_unit_test(the_nearest_are_written_to),
		cmocka_unit_test(variants_are_drawn_by_lot), T(an_edit_counts_as_far_as_it_may), T(a_letter_is_whole),
		T(a_letter_goes_once_to_each_target), T(a_digest_mails_nothing), T(who_withdraws_sends_nothing) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}

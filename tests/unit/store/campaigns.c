#include "site.h"

#include <stdio.h>

#define KEY "kcp1.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
#define COUNT(array) (sizeof(array) / sizeof *(array))

/* A campaign with every part; texts are what a round trip must bring back. */
static struct campaign whole(struct arena *arena)
{
	static struct campaign_text texts[] = {
		{ .lang = STR("ja"), .title = STR("通信の自由を"), .body = STR("本文") },
		{ .lang = STR("en"), .title = STR("Free communication"), .body = STR("Body"), .questions = STR("1+1?|2|two") }
	};
	static struct campaign_field_text labels[] = { { STR("ja"), STR("お名前"), STR(""), STR("") },
		{ STR("en"), STR("Name"), STR("As printed"), STR("") } };
	static struct campaign_field fields[] = { { STR("name"), FIELD_NAME, true, labels, 2 },
		{ STR("pref"), FIELD_PREFECTURE, false, labels, 1 } };
	static struct campaign_consent_text words[] = { { STR("ja"), STR("お知らせを受け取る") } };
	static struct campaign_consent consents[] = { { STR("news"), 0, false, words, 1 } };
	static struct campaign_target targets[] = { { .name = STR("総務大臣"),
		                                            .office = STR("総務省"),
		                                            .address = STR("minister@example.go.jp"),
		                                            .lang = STR("ja"),
		                                            .areas = STR("13 27"),
		                                            .group = STR("gov") },
		{ .name = STR("Company"), .address = STR("ceo@example.com"), .lang = STR("en") } };
	static struct campaign_letter letters[] = {
		{ 0, STR("gov"), STR("ja"), STR("件名"), STR("手紙"), STR("") },
		{ 0, STR(""), STR("en"), STR("Subject"), STR("Letter"), STR("Yours") },
	};
	static struct campaign_update updates[] = { { 0, 5000, STR("ja"), STR("提出しました"), STR("**本文**") } };
	static struct campaign_milestone_text promises[] = { { STR("ja"), STR("回答する"), STR("") } };
	static struct campaign_milestone milestones[] = { { 0, 1000, 0, promises, 1 } };
	struct campaign c = { .kind = CAMPAIGN_BOTH,
		.slug = STR("tsushin"),
		.public_key = STR(KEY),
		.organiser = STR("会"),
		.organiser_url = STR("https://example.org/"),
		.goal = 1000,
		.starts_at = 100,
		.ends_at = 4000000000,
		.days = 31,
		.hour_from = 9,
		.hour_to = 18,
		.rate = 50,
		.regions = REGIONS_PREFECTURE,
		.editing = LETTER_FREE,
		.moderated = true,
		.embed_hosts = STR("example.org"),
		.domains_blocked = STR("*.example.net") };
	(void)arena;
	for (size_t i = 0; i < COUNT(targets); i++)
		targets[i].id = letters[i].id = 0;
	updates[0].id = milestones[0].id = 0;
	words[0].text = STR("お知らせを受け取る");
	c.texts = texts, c.n_texts = COUNT(texts);
	c.fields = fields, c.n_fields = COUNT(fields);
	c.consents = consents, c.n_consents = COUNT(consents);
	c.targets = targets, c.n_targets = COUNT(targets);
	c.letters = letters, c.n_letters = COUNT(letters);
	c.updates = updates, c.n_updates = COUNT(updates);
	c.milestones = milestones, c.n_milestones = COUNT(milestones);
	return c;
}

static enum error_code save(struct site *s, struct campaign *c, struct campaign_fault *fault)
{
	struct error err = { 0 };
	struct store_tx *tx = store_begin(s->store, &err);
	assert_non_null(tx);
	if (campaign_save(tx, c, fault, s->arena, &err))
		assert_true(store_commit(tx, &err));
	else
		store_rollback(tx);
	if (err.code && err.code != ERR_INVALID && err.code != ERR_CONFLICT && err.code != ERR_DENIED)
		fprintf(stderr, "%s\n", err.message);
	return err.code;
}

#define assert_str(a, b) assert_true(str_eq((a), (b)))

static void a_campaign_comes_back_as_it_was_saved(void **state)
{
	struct site *s = *state;
	struct error err = { 0 };
	struct campaign c = whole(s->arena), got;
	assert_int_equal(save(s, &c, NULL), ERR_NONE);
	assert_true(campaign_find(s->store, STR("tsushin"), &got, s->arena, &err));
	assert_int_equal(got.id, c.id);
	assert_int_equal(got.revision, 1);
	assert_memory_equal(got.public_id, c.public_id, CAMPAIGN_ID_BYTES);
	assert_int_equal(got.kind, CAMPAIGN_BOTH);
	assert_int_equal(got.ends_at, 4000000000);
	assert_int_equal(got.rate, 50);
	assert_int_equal(got.regions, REGIONS_PREFECTURE);
	assert_int_equal(got.editing, LETTER_FREE);
	assert_true(got.moderated && !got.reply_to && !got.digest_only);
	assert_str(got.domains_blocked, STR("*.example.net"));
	assert_int_equal(got.n_texts, 2);
	assert_str(got.texts[0].title, STR("通信の自由を"));
	assert_str(got.texts[1].questions, STR("1+1?|2|two"));
	assert_int_equal(got.n_fields, 2);
	assert_int_equal(got.fields[0].n_texts, 2);
	assert_true(got.fields[0].required && got.fields[1].kind == FIELD_PREFECTURE);
	assert_str(campaign_field_text(&got.fields[0], STR("en"))->help, STR("As printed"));
	assert_int_equal(got.consents[0].version, 1);
	assert_str(got.targets[0].areas, STR("13 27"));
	assert_str(got.targets[1].address, STR("ceo@example.com"));
	assert_str(got.letters[1].sign_off, STR("Yours"));
	assert_str(got.updates[0].title, STR("提出しました"));
	assert_int_equal(got.milestones[0].count, 1000);
	assert_str(got.milestones[0].texts[0].promise, STR("回答する"));
	assert_true(campaign_by_public_id(s->store, c.public_id, &got, s->arena, &err));
	assert_false(campaign_find(s->store, STR("other"), &got, s->arena, &err));
	assert_int_equal(err.code, ERR_NOT_FOUND);
}

static void parts_keep_their_ids_and_go_when_left_out(void **state)
{
	struct site *s = *state;
	struct error err = { 0 };
	struct campaign c = whole(s->arena), got;
	assert_int_equal(save(s, &c, NULL), ERR_NONE);
	assert_true(campaign_get(s->store, c.id, &got, s->arena, &err));
	int64_t company = got.targets[1].id;
	got.targets++;
	got.n_targets = 1;
	got.n_updates = 0;
	got.n_milestones = 0;
	got.targets[0].name = STR("Company, Inc.");
	assert_int_equal(save(s, &got, NULL), ERR_NONE);
	assert_true(campaign_get(s->store, c.id, &got, s->arena, &err));
	assert_int_equal(got.n_targets, 1);
	assert_int_equal(got.targets[0].id, company);
	assert_str(got.targets[0].name, STR("Company, Inc."));
	assert_int_equal(got.n_updates + got.n_milestones, 0);
	/* A part of another campaign is none of this one's. */
	got.targets[0].id = 4711;
	assert_int_equal(save(s, &got, NULL), ERR_CONFLICT);
}

static void who_saves_an_old_state_is_told(void **state)
{
	struct site *s = *state;
	struct campaign c = whole(s->arena), other;
	assert_int_equal(save(s, &c, NULL), ERR_NONE);
	other = c;
	assert_int_equal(save(s, &c, NULL), ERR_NONE);
	assert_int_equal(save(s, &other, NULL), ERR_CONFLICT);
}

static void a_changed_consent_is_a_new_version_once_it_was_open(void **state)
{
	struct site *s = *state;
	struct error err = { 0 };
	struct campaign c = whole(s->arena);
	struct str text;
	assert_int_equal(save(s, &c, NULL), ERR_NONE);
	c.consents[0].texts[0].text = STR("before the opening");
	assert_int_equal(save(s, &c, NULL), ERR_NONE);
	assert_int_equal(c.consents[0].version, 1);
	c.state = CAMPAIGN_OPEN;
	assert_int_equal(save(s, &c, NULL), ERR_NONE);
	assert_true(c.opened_at > 0);
	c.consents[0].texts[0].text = STR("after it");
	assert_int_equal(save(s, &c, NULL), ERR_NONE);
	assert_int_equal(c.consents[0].version, 2);
	assert_int_equal(save(s, &c, NULL), ERR_NONE);
	assert_int_equal(c.consents[0].version, 2);
	assert_true(campaign_consent_at(s->store, c.id, STR("news"), 1, STR("en"), &text, s->arena, &err));
	assert_str(text, STR("before the opening"));
	/* What is not asked any more can still be read, and comes back as a new version. */
	c.n_consents = 0;
	assert_int_equal(save(s, &c, NULL), ERR_NONE);
	assert_true(campaign_consent_at(s->store, c.id, STR("news"), 2, STR("ja"), &text, s->arena, &err));
	assert_str(text, STR("after it"));
	c.n_consents = 1;
	assert_int_equal(save(s, &c, NULL), ERR_NONE);
	assert_int_equal(c.consents[0].version, 3);
	assert_false(campaign_consent_at(s->store, c.id, STR("news"), 4, STR("ja"), &text, s->arena, &err));
}

static void an_opening_wants_what_it_needs(void **state)
{
	struct site *s = *state;
	struct campaign c = whole(s->arena);
	assert_int_equal(campaign_lacks(&c, 1000), 0);
	c.public_key = STR("");
	assert_int_equal(campaign_lacks(&c, 1000), LACK_KEY);
	c.state = CAMPAIGN_OPEN;
	assert_int_equal(save(s, &c, NULL), ERR_DENIED);
	c.public_key = STR(KEY);
	c.n_letters = 1; /* the company's is gone */
	assert_int_equal(campaign_lacks(&c, 1000), LACK_LETTERS);
	c.n_targets = 0;
	assert_int_equal(campaign_lacks(&c, 1000), LACK_TARGETS);
	c.kind = CAMPAIGN_PETITION;
	assert_int_equal(campaign_lacks(&c, 1000), 0);
	c.n_fields = 1;
	assert_int_equal(campaign_lacks(&c, 1000), LACK_FIELD);
	c.ends_at = 900;
	assert_int_equal(campaign_lacks(&c, 1000), LACK_FIELD | LACK_DATES);
}

static void it_can_be_signed_while_it_is_open(void **state)
{
	struct campaign c = { .state = CAMPAIGN_OPEN, .starts_at = 100, .ends_at = 200 };
	(void)state;
	assert_false(campaign_is_open(&c, 99));
	assert_true(campaign_is_open(&c, 100));
	assert_true(campaign_is_open(&c, 199));
	assert_false(campaign_is_open(&c, 200));
	c.ends_at = 0;
	assert_true(campaign_is_open(&c, 1000000));
	c.state = CAMPAIGN_CLOSED;
	assert_false(campaign_is_open(&c, 150));
}

static void the_key_stays_and_the_address_leads_on(void **state)
{
	struct site *s = *state;
	struct error err = { 0 };
	struct campaign_fault fault;
	struct redirect to;
	struct campaign c = whole(s->arena);
	c.state = CAMPAIGN_OPEN;
	assert_int_equal(save(s, &c, NULL), ERR_NONE);
	c.slug = STR("自由");
	assert_int_equal(save(s, &c, NULL), ERR_NONE);
	assert_true(redirect_find(s->store, STR("/campaigns/tsushin"), &to, s->arena, &err));
	assert_str(to.path, STR("/campaigns/自由"));
	c.public_key = STR("kcp1.BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBB");
	assert_int_equal(save(s, &c, &fault), ERR_INVALID);
	assert_int_equal(fault.wrong, WRONG_KEY_FIXED);
}

static void addresses_are_unique(void **state)
{
	struct site *s = *state;
	struct campaign_fault fault;
	struct campaign a = whole(s->arena), b = whole(s->arena), d = whole(s->arena);
	assert_int_equal(save(s, &a, NULL), ERR_NONE);
	b.n_targets = b.n_letters = b.n_updates = b.n_milestones = 0;
	assert_int_equal(save(s, &b, &fault), ERR_INVALID);
	assert_int_equal(fault.wrong, WRONG_SLUG);
	b.slug = d.slug = STR("");
	d.n_targets = d.n_letters = d.n_updates = d.n_milestones = 0;
	assert_int_equal(save(s, &b, NULL), ERR_NONE);
	assert_int_equal(save(s, &d, NULL), ERR_NONE);
	assert_str(b.slug, STR("通信の自由を"));
	assert_str(d.slug, STR("通信の自由を-2"));
}

static void faults_say_where_and_what(void **state)
{
	struct site *s = *state;
	struct campaign_fault f;
	struct campaign c = whole(s->arena);
#define REFUSED(part_, number_, wrong_)                        \
	do {                                                       \
		assert_false(campaign_check(&c, &f));                  \
		assert_int_equal(f.part, (part_));                     \
		assert_int_equal(f.number, (number_));                 \
		assert_int_equal(f.wrong, (wrong_));                   \
		assert_true(campaign_fault_text(&f, s->arena).n > 10); \
		c = whole(s->arena);                                   \
	} while (0)
	c.public_key = STR("kcp1.short");
	REFUSED(PART_CAMPAIGN, 0, WRONG_KEY);
	c.ends_at = 50;
	REFUSED(PART_CAMPAIGN, 0, WRONG_DATES);
	c.delete_at = 50;
	REFUSED(PART_CAMPAIGN, 0, WRONG_DATES);
	c.organiser_url = STR("javascript:alert(1)");
	REFUSED(PART_CAMPAIGN, 0, WRONG_URL);
	c.days = 0;
	REFUSED(PART_CAMPAIGN, 0, WRONG_DAYS);
	c.hour_from = 18;
	REFUSED(PART_CAMPAIGN, 0, WRONG_DAYS);
	c.embed_hosts = STR("example.org; script-src *");
	REFUSED(PART_CAMPAIGN, 0, WRONG_HOSTS);
	c.domains_allowed = STR("exa mple@org");
	REFUSED(PART_CAMPAIGN, 0, WRONG_DOMAINS);
	c.goal = -1;
	REFUSED(PART_CAMPAIGN, 0, WRONG_NUMBER);
	c.n_texts = 0;
	REFUSED(PART_TEXT, 0, WRONG_TITLE);
	c.targets[1].address = STR("a@b@c");
	REFUSED(PART_TARGET, 2, WRONG_ADDRESS);
	c.targets[1].address = STR("ceo@example.com");
	c.targets[0].areas = STR("48");
	REFUSED(PART_TARGET, 1, WRONG_AREAS);
	c.targets[0].areas = STR("13 27");
	c.letters[1].subject = STR("two\nlines");
	REFUSED(PART_LETTER, 2, WRONG_LETTER);
	c.letters[1].subject = STR("Subject");
	c.fields[1].name = STR("name");
	REFUSED(PART_FIELD, 2, WRONG_NAME);
	c.fields[1].name = STR("pref");
	c.fields[1].kind = FIELD_CHOICE;
	REFUSED(PART_FIELD, 2, WRONG_CHOICES);
	c.fields[1].kind = FIELD_PREFECTURE;
	c.consents[0].texts[0].text = STR("");
	REFUSED(PART_CONSENT, 1, WRONG_CONSENT);
	c.texts[1].questions = STR("no answer");
	REFUSED(PART_TEXT, 0, WRONG_QUESTIONS);
	c.texts[1].questions = STR("1+1?|2|two");
	c.milestones[0].count = 0;
	REFUSED(PART_MILESTONE, 1, WRONG_COUNT);
	c.milestones[0].count = 1000;
	assert_true(campaign_check(&c, &f));
}

static void changes_are_told(void **state)
{
	struct site *s = *state;
	struct error err = { 0 };
	struct change *changes;
	size_t n;
	bool page = false, list = false;
	struct campaign c = whole(s->arena);
	assert_int_equal(save(s, &c, NULL), ERR_NONE);
	assert_true(change_list(s->store, 0, 1000, &changes, &n, s->arena, &err));
	for (size_t i = 0; i < n; i++) {
		page = page || (changes[i].kind == CHANGE_CAMPAIGN && changes[i].id == c.id);
		list = list || (changes[i].kind == CHANGE_CAMPAIGN && changes[i].id == 0);
	}
	assert_true(page && list);
}

static enum error_code delete_it(struct site *s, int64_t id, int64_t now)
{
	struct error err = { 0 };
	struct store_tx *tx = store_begin(s->store, &err);
	if (campaign_delete(tx, id, now, &err))
		assert_true(store_commit(tx, &err));
	else
		store_rollback(tx);
	return err.code;
}

static void what_was_open_is_not_deleted_before_its_date(void **state)
{
	struct site *s = *state;
	struct error err = { 0 };
	struct campaign *all;
	size_t n;
	struct campaign a = whole(s->arena), b = whole(s->arena);
	assert_int_equal(save(s, &a, NULL), ERR_NONE);
	assert_true(campaign_list(s->store, CAMPAIGN_DRAFT, &all, &n, s->arena, &err));
	assert_int_equal(n, 1);
	assert_str(all[0].texts[0].title, STR("通信の自由を"));
	assert_int_equal(delete_it(s, a.id, 1000), ERR_NONE);
	assert_true(campaign_list(s->store, -1, &all, &n, s->arena, &err));
	assert_int_equal(n, 0);
	b.n_targets = b.n_letters = b.n_updates = b.n_milestones = 0;
	b.kind = CAMPAIGN_PETITION;
	b.state = CAMPAIGN_OPEN;
	b.delete_at = 4000000500;
	assert_int_equal(save(s, &b, NULL), ERR_NONE);
	assert_int_equal(delete_it(s, b.id, 4000000499), ERR_CONFLICT);
	assert_int_equal(delete_it(s, b.id, 4000000500), ERR_NONE);
	assert_int_equal(delete_it(s, b.id, 4000000500), ERR_NOT_FOUND);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, open_site, close_site)
	const struct CMUnitTest tests[] = { T(a_campaign_comes_back_as_it_was_saved),
		T(parts_keep_their_ids_and_go_when_left_out), T(who_saves_an_old_state_is_told),
		T(a_changed_consent_is_a_new_version_once_it_was_open), T(an_opening_wants_what_it_needs),
		T(it_can_be_signed_while_it_is_open), T(the_key_stays_and_the_address_leads_on), T(addresses_are_unique),
		T(faults_say_where_and_what), T(changes_are_told), T(what_was_open_is_not_deleted_before_its_date) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}

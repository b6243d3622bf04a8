#include "site.h"

/* An article's way: trash, one-click actions and taking them back, what happens by the clock, and what is announced of it. */

#define NOW ((int64_t)1800000000)

static struct person hana, jiro;

static int open_with_people(void **state)
{
	open_site(state);
	hana = add_person(*state, "hana", "Hana", ROLE_OWNER);
	jiro = add_person(*state, "jiro", "", ROLE_EDITOR);
	return 0;
}

static struct article new_one(struct site *s, const char *title, enum article_status status, int64_t published)
{
	struct error err = { 0 };
	struct article theirs, a = {
		.lang = STR("ja"), .title = str_from(title), .body = STR("本文"), .status = status, .published_at = published
	};
	bool changed;
	struct store_tx *tx = begin(s);
	assert_true(article_edit(tx, &a, &hana, STR(""), &theirs, &changed, s->arena, &err));
	commit(tx);
	return a;
}

static struct article reread(struct site *s, int64_t id)
{
	struct error err = { 0 };
	struct article a;
	assert_true(article_whole(s->store, id, &a, s->arena, &err));
	return a;
}

static size_t listed(struct site *s, int status)
{
	struct error err = { 0 };
	struct article_item *items;
	size_t n, total;
	struct article_filter f = { .status = status, .order = ORDER_UPDATED };
	assert_true(article_list(s->store, &f, &items, &n, &total, s->arena, &err));
	assert_int_equal(n, total);
	return n;
}

static void trash(struct site *s, int64_t id, int64_t now)
{
	struct error err = { 0 };
	struct store_tx *tx = begin(s);
	assert_true(article_trash(tx, id, &hana, now, s->arena, &err));
	commit(tx);
}

static bool restore(struct site *s, int64_t id)
{
	struct error err = { 0 };
	struct store_tx *tx = begin(s);
	bool ok = article_restore(tx, id, &hana, NOW, s->arena, &err);
	assert_true(ok || err.code == ERR_NOT_FOUND);
	commit(tx);
	return ok;
}

static void the_trash_hides_and_gives_back(void **state)
{
	struct site *s = *state;
	struct error err = { 0 };
	struct trashed *all;
	struct article_text text;
	size_t n, total;
	bool published;
	enum article_status status;
	struct article a = new_one(s, "VPN", ARTICLE_PUBLISHED, NOW - 100);
	new_one(s, "Tor", ARTICLE_DRAFT, 0);
	trash(s, a.id, NOW);
	trash(s, a.id, NOW + 5);
	assert_int_equal(listed(s, -1), 1);
	assert_int_equal(listed(s, ARTICLE_PUBLISHED), 0);
	assert_true(article_text_by_id(s->store, a.id, &text, &published, s->arena, &err));
	assert_false(published);
	assert_true(trash_list(s->store, 0, 0, 10, &all, &n, &total, s->arena, &err));
	assert_int_equal(n, 1);
	assert_int_equal(total, 1);
	assert_int_equal(all[0].at, NOW);
	assert_int_equal(all[0].before, ARTICLE_PUBLISHED);
	check_str(all[0].name, "Hana");
	assert_true(trash_list(s->store, jiro.id, 0, 10, &all, &n, &total, s->arena, &err));
	assert_int_equal(n + total, 0);
	/* Neither a status nor an import takes it out, and no name leads in. */
	struct store_tx *tx = begin(s);
	assert_false(article_set_status(tx, a.id, ARTICLE_PUBLISHED, &err));
	assert_int_equal(err.code, ERR_CONFLICT);
	struct article again = reread(s, a.id);
	again.body = STR("新しい本文");
	again.status = ARTICLE_PUBLISHED;
	assert_true(article_save(tx, &again, NULL, s->arena, &err));
	commit(tx);
	assert_int_equal(reread(s, a.id).status, ARTICLE_TRASHED);
	assert_false(article_status_parse(STR("trashed"), &status));
	assert_true(restore(s, a.id));
	assert_false(restore(s, a.id));
	again = reread(s, a.id);
	struct revision *revisions;
	assert_true(revision_list(s->store, a.id, &revisions, &n, s->arena, &err));
	for (size_t i = 0; i < n; i++)
		assert_int_equal(revisions[i].text.status, ARTICLE_PUBLISHED);
	assert_int_equal(again.status, ARTICLE_PUBLISHED);
	assert_int_equal(again.published_at, NOW - 100);
	check_str(again.slug, "vpn");
	assert_int_equal(listed(s, ARTICLE_PUBLISHED), 1);
	check_str(store_check(s->store, s->arena, &err), "");
}

static void an_address_in_the_trash_is_free(void **state)
{
	struct site *s = *state;
	struct article a = new_one(s, "VPN", ARTICLE_PUBLISHED, NOW), b;
	trash(s, a.id, NOW);
	b = new_one(s, "VPN", ARTICLE_PUBLISHED, NOW);
	check_str(b.slug, "vpn");
	assert_true(restore(s, a.id));
	check_str(reread(s, a.id).slug, "vpn-2");
	trash(s, b.id, NOW);
	struct article c = new_one(s, "VPN", ARTICLE_DRAFT, 0);
	struct error err = { 0 };
	struct store_tx *tx = begin(s);
	assert_false(trash_delete(tx, c.id, &hana, s->arena, &err));
	assert_int_equal(err.code, ERR_NOT_FOUND);
	assert_true(trash_delete(tx, b.id, &hana, s->arena, &err));
	commit(tx);
	assert_int_equal(listed(s, -1), 2);
}

static int64_t act(
    struct site *s, enum act what, const struct article *a, size_t n_articles, int64_t category, size_t *n)
{
	struct error err = { 0 };
	struct act_article articles[4];
	int64_t undo;
	for (size_t i = 0; i < n_articles; i++)
		articles[i] = (struct act_article){ a[i].id, a[i].status };
	struct store_tx *tx = begin(s);
	assert_true(act_do(tx, what, articles, n_articles, category, &hana, NOW, &undo, n, s->arena, &err));
	commit(tx);
	return undo;
}

static enum error_code undo(struct site *s, int64_t id, const struct person *who, int64_t now, size_t *n)
{
	struct error err = { 0 };
	struct store_tx *tx = begin(s);
	bool ok = act_undo(tx, id, who, now, n, s->arena, &err);
	commit(tx);
	return ok ? ERR_NONE : err.code;
}

static void an_action_is_taken_back_by_its_doer(void **state)
{
	struct site *s = *state;
	struct error err = { 0 };
	struct act_done done;
	size_t n;
	struct article a[3] = { new_one(s, "One", ARTICLE_PUBLISHED, NOW - 50), new_one(s, "Two", ARTICLE_DRAFT, 0),
		new_one(s, "Three", ARTICLE_ARCHIVED, NOW - 70) };
	int64_t id = act(s, ACT_ARCHIVE, a, 3, 0, &n);
	assert_int_equal(n, 2);
	assert_true(act_find(s->store, id, &hana, NOW, &done, s->arena, &err));
	assert_int_equal(done.n, 2);
	check_str(done.title, "One");
	assert_false(act_find(s->store, id, &jiro, NOW, &done, s->arena, &err));
	assert_false(act_find(s->store, id, &hana, NOW + UNDO_SECONDS, &done, s->arena, &err));
	assert_int_equal(undo(s, id, &jiro, NOW, &n), ERR_NOT_FOUND);
	assert_int_equal(undo(s, id, &hana, NOW + UNDO_SECONDS, &n), ERR_NOT_FOUND);
	/* What somebody changed since stays as they made it. */
	struct store_tx *tx = begin(s);
	assert_true(article_set_status(tx, a[1].id, ARTICLE_PRIVATE, &err));
	commit(tx);
	assert_int_equal(undo(s, id, &hana, NOW + 1, &n), ERR_NONE);
	assert_int_equal(n, 1);
	assert_int_equal(reread(s, a[0].id).status, ARTICLE_PUBLISHED);
	assert_int_equal(reread(s, a[0].id).published_at, NOW - 50);
	assert_int_equal(reread(s, a[1].id).status, ARTICLE_PRIVATE);
	assert_int_equal(undo(s, id, &hana, NOW + 1, &n), ERR_NOT_FOUND);
	/* One that has another status than its doer saw is left out. */
	assert_int_equal(act(s, ACT_TRASH, &a[1], 1, 0, &n), 0);
	assert_int_equal(n, 0);
	id = act(s, ACT_TRASH, a, 1, 0, &n);
	assert_int_equal(reread(s, a[0].id).status, ARTICLE_TRASHED);
	assert_int_equal(undo(s, id, &hana, NOW, &n), ERR_NONE);
	assert_int_equal(reread(s, a[0].id).status, ARTICLE_PUBLISHED);
	/* A draft that is published gets its date, and loses it again. */
	a[1] = reread(s, a[1].id);
	id = act(s, ACT_PUBLISH, &a[1], 1, 0, &n);
	assert_int_equal(reread(s, a[1].id).published_at, NOW);
	assert_int_equal(undo(s, id, &hana, NOW, &n), ERR_NONE);
	assert_int_equal(reread(s, a[1].id).published_at, a[1].published_at);
	check_str(store_check(s->store, s->arena, &err), "");
}

static void a_category_is_added_and_taken_back(void **state)
{
	struct site *s = *state;
	struct error err = { 0 };
	size_t n;
	struct category_name name = { STR("ja"), STR("安全"), STR("") };
	struct category c = { .names = &name, .n_names = 1 };
	struct article a[2] = { new_one(s, "One", ARTICLE_PUBLISHED, NOW), new_one(s, "Two", ARTICLE_PUBLISHED, NOW) };
	struct store_tx *tx = begin(s);
	assert_true(category_save(tx, &c, NULL, s->arena, &err));
	a[1] = reread(s, a[1].id);
	a[1].categories = &c.id;
	a[1].n_categories = 1;
	assert_true(article_save(tx, &a[1], NULL, s->arena, &err));
	commit(tx);
	int64_t id = act(s, ACT_CATEGORY, a, 2, c.id, &n);
	assert_int_equal(n, 1);
	assert_int_equal(reread(s, a[0].id).n_categories, 1);
	assert_int_equal(undo(s, id, &hana, NOW, &n), ERR_NONE);
	assert_int_equal(reread(s, a[0].id).n_categories, 0);
	assert_int_equal(reread(s, a[1].id).n_categories, 1);
	check_str(store_check(s->store, s->arena, &err), "");
}

static void the_clock_publishes_and_empties(void **state)
{
	struct site *s = *state;
	struct error err = { 0 };
	struct revision *revisions;
	struct audit *log;
	size_t n;
	struct article a = new_one(s, "Soon", ARTICLE_SCHEDULED, NOW + 60), b = new_one(s, "Old", ARTICLE_PUBLISHED, NOW);
	assert_true(a.updated_at <= clock_now());
	assert_true(store_tend(s->store, NOW + 59, &n, &err));
	assert_int_equal(n, 0);
	assert_true(store_tend(s->store, NOW + 60, &n, &err));
	assert_int_equal(n, 1);
	a = reread(s, a.id);
	assert_int_equal(a.status, ARTICLE_PUBLISHED);
	assert_int_equal(a.published_at, NOW + 60);
	assert_int_equal(a.updated_at, NOW + 60);
	assert_true(revision_list(s->store, a.id, &revisions, &n, s->arena, &err));
	assert_int_equal(n, 2);
	check_str(revisions[0].name, "Hana");
	assert_true(audit_list(s->store, 0, 1, &log, &n, s->arena, &err));
	check_str(log[0].action, "clock.publish");
	check_str(log[0].name, "");
	trash(s, b.id, NOW);
	assert_true(store_tend(s->store, NOW + TRASH_SECONDS - 1, &n, &err));
	assert_int_equal(n, 0);
	assert_true(store_tend(s->store, NOW + TRASH_SECONDS, &n, &err));
	assert_int_equal(n, 1);
	assert_false(article_whole(s->store, b.id, &b, s->arena, &err));
	/* What was to appear while it lay in the trash is a draft. */
	a = new_one(s, "Missed", ARTICLE_SCHEDULED, NOW - 1);
	trash(s, a.id, NOW);
	assert_true(restore(s, a.id));
	assert_int_equal(reread(s, a.id).status, ARTICLE_DRAFT);
}

static bool announced(struct site *s, int64_t since, enum change_kind kind, int64_t id)
{
	struct error err = { 0 };
	struct change *changes;
	size_t n;
	bool found = false;
	assert_true(change_list(s->store, since, 1000, &changes, &n, s->arena, &err));
	for (size_t i = 0; i < n; i++)
		found |= changes[i].kind == kind && changes[i].id == id;
	return found;
}

static int64_t save(struct site *s, struct article *a)
{
	struct error err = { 0 };
	int64_t since;
	assert_true(change_last(s->store, &since, &err));
	struct store_tx *tx = begin(s);
	assert_true(article_save(tx, a, NULL, s->arena, &err));
	commit(tx);
	return since;
}

static void only_what_shows_a_change_hears_of_it(void **state)
{
	struct site *s = *state;
	struct error err = { 0 };
	struct article a = new_one(s, "One", ARTICLE_PUBLISHED, NOW), b = new_one(s, "Eins", ARTICLE_PUBLISHED, NOW),
	               c = new_one(s, "Draft", ARTICLE_DRAFT, 0);
	struct store_tx *tx = begin(s);
	b.lang = STR("en");
	assert_true(article_save(tx, &b, NULL, s->arena, &err) && article_join(tx, a.id, b.id, &err));
	a = reread(s, a.id);
	a.summary = STR("要約");
	assert_true(article_save(tx, &a, NULL, s->arena, &err));
	commit(tx);
	a.body = STR("変わった本文");
	int64_t since = save(s, &a);
	assert_true(announced(s, since, CHANGE_ARTICLE, a.id) && announced(s, since, CHANGE_UPDATES, 0));
	assert_false(announced(s, since, CHANGE_ITEM, a.id) || announced(s, since, CHANGE_LISTS, 0));
	assert_false(announced(s, since, CHANGE_ARTICLE, b.id));
	/* Without a summary the beginning of the text is what lines show. */
	a.summary = STR("");
	since = save(s, &a);
	assert_true(announced(s, since, CHANGE_ITEM, a.id));
	assert_false(announced(s, since, CHANGE_LISTS, 0) || announced(s, since, CHANGE_AROUND, a.group_id));
	a.body = STR("また変わった本文");
	since = save(s, &a);
	assert_true(announced(s, since, CHANGE_ITEM, a.id));
	a.title = STR("Two");
	since = save(s, &a);
	assert_true(announced(s, since, CHANGE_ITEM, a.id));
	assert_false(announced(s, since, CHANGE_LISTS, 0));
	static const struct str tag = { "札", 3 };
	a.tags = &tag;
	a.n_tags = 1;
	since = save(s, &a);
	assert_true(announced(s, since, CHANGE_LISTS, 0) && announced(s, since, CHANGE_TAG, tag_change_id(tag)));
	/* What readers do not see concerns no page of theirs. */
	c.title = STR("Draft two");
	since = save(s, &c);
	assert_false(announced(s, since, CHANGE_LISTS, 0) || announced(s, since, CHANGE_UPDATES, 0));
	trash(s, c.id, NOW);
	assert_false(announced(s, since, CHANGE_LISTS, 0) || announced(s, since, CHANGE_UPDATES, 0));
	trash(s, a.id, NOW);
	assert_true(announced(s, since, CHANGE_LISTS, 0) && announced(s, since, CHANGE_AROUND, a.group_id));
	assert_true(announced(s, since, CHANGE_TAG, tag_change_id(tag)));
}

/* In a list of three, one that goes concerns the pages of those beside it. */
static void neighbours_hear_of_it(void **state)
{
	struct site *s = *state;
	struct error err = { 0 };
	struct category_name name = { STR("ja"), STR("安全"), STR("") };
	struct category c = { .names = &name, .n_names = 1 };
	struct article a[4];
	static const char *const titles[] = { "One", "Two", "Three", "Four" };
	struct store_tx *tx = begin(s);
	assert_true(category_save(tx, &c, NULL, s->arena, &err));
	commit(tx);
	for (int i = 0; i < 4; i++) {
		a[i] = new_one(s, titles[i], ARTICLE_PUBLISHED, NOW + i);
		a[i].categories = &c.id;
		a[i].n_categories = 1;
		save(s, &a[i]);
	}
	int64_t since;
	assert_true(change_last(s->store, &since, &err));
	trash(s, a[1].id, NOW);
	assert_true(announced(s, since, CHANGE_AROUND, a[0].group_id) && announced(s, since, CHANGE_AROUND, a[2].group_id));
	assert_false(announced(s, since, CHANGE_AROUND, a[3].group_id));
	assert_true(announced(s, since, CHANGE_LISTING, c.id));
	assert_false(announced(s, since, CHANGE_CATEGORY, c.id));
}

int main(void)
{
#define CASE(f) cmocka_unit_test_setup_teardown(f, open_with_people, close_site)
	const struct CMUnitTest tests[] = {
		CASE(the_trash_hides_and_gives_back),
		CASE(an_address_in_the_trash_is_free),
		CASE(an_action_is_taken_back_by_its_doer),
		CASE(a_category_is_added_and_taken_back),
		CASE(the_clock_publishes_and_empties),
		CASE(only_what_shows_a_change_hears_of_it),
		CASE(neighbours_hear_of_it),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

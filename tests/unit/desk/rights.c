#include "../unit.h"

#include "desk/desk.h"

/* The whole table, written a second time by hand: a right that is given by mistake fails here. */

#define EVERYONE [DESK_ACCOUNT] = true, [DESK_SEE] = true

static void each_role_has_its_rights(void **state)
{
	static const bool want[ROLES][DESK_RIGHTS] = {
		[ROLE_OWNER] = { EVERYONE, [DESK_CREATE] = true, [DESK_EDIT_OWN] = true, [DESK_EDIT_ANY] = true,
		    [DESK_PUBLISH] = true, [DESK_LOG] = true, [DESK_PEOPLE] = true, [DESK_REVIEW] = true, [DESK_DELETE] = true,
		    [DESK_STRUCTURE] = true, [DESK_SEARCH] = true, [DESK_WEBHOOKS] = true, [DESK_TRANSLATE] = true,
		    [DESK_SETTINGS] = true },
		[ROLE_EDITOR] = { EVERYONE, [DESK_CREATE] = true, [DESK_EDIT_OWN] = true, [DESK_EDIT_ANY] = true,
		    [DESK_PUBLISH] = true, [DESK_REVIEW] = true, [DESK_DELETE] = true, [DESK_STRUCTURE] = true,
		    [DESK_SEARCH] = true, [DESK_TRANSLATE] = true },
		[ROLE_TRANSLATOR] = { EVERYONE, [DESK_CREATE] = true, [DESK_EDIT_OWN] = true, [DESK_TRANSLATE] = true },
		[ROLE_AUTHOR] = { EVERYONE, [DESK_CREATE] = true, [DESK_EDIT_OWN] = true },
		[ROLE_REVIEWER] = { EVERYONE, [DESK_EDIT_ANY] = true, [DESK_REVIEW] = true, [DESK_TRANSLATE] = true },
	};
	(void)state;
	for (int role = 0; role < ROLES; role++) {
		for (int right = 0; right < DESK_RIGHTS; right++)
			assert_int_equal(desk_may((enum role)role, (enum desk_right)right), want[role][right]);
	}
	assert_false(desk_may(ROLES, DESK_ACCOUNT));
}

static void who_may_not_publish_stays_among_drafts(void **state)
{
	(void)state;
	for (int from = ARTICLE_DRAFT; from <= ARTICLE_ARCHIVED; from++) {
		for (int to = ARTICLE_DRAFT; to <= ARTICLE_ARCHIVED; to++) {
			bool drafts = from <= ARTICLE_REVIEW && to <= ARTICLE_REVIEW;
			enum article_status a = (enum article_status)from, b = (enum article_status)to;
			assert_int_equal(desk_is_publishing(a, b), !drafts);
			for (int own = 0; own < 2; own++) {
				assert_true(desk_may_edit(ROLE_OWNER, own, a, b));
				assert_true(desk_may_edit(ROLE_EDITOR, own, a, b));
				assert_int_equal(desk_may_edit(ROLE_REVIEWER, own, a, b), drafts);
				assert_int_equal(desk_may_edit(ROLE_AUTHOR, own, a, b), own && drafts);
				assert_int_equal(desk_may_edit(ROLE_TRANSLATOR, own, a, b), own && drafts);
			}
		}
	}
}

static void the_trash_has_a_way_of_its_own(void **state)
{
	(void)state;
	for (int role = 0; role < ROLES; role++) {
		for (int own = 0; own < 2; own++) {
			bool publishes = role == ROLE_OWNER || role == ROLE_EDITOR;
			bool writes = own && (role == ROLE_AUTHOR || role == ROLE_TRANSLATOR);
			for (int status = ARTICLE_DRAFT; status <= ARTICLE_TRASHED; status++) {
				enum article_status s = (enum article_status)status;
				assert_false(desk_may_edit((enum role)role, own, ARTICLE_TRASHED, s));
				assert_false(desk_may_edit((enum role)role, own, s, ARTICLE_TRASHED));
				assert_int_equal(
				    desk_may_trash((enum role)role, own, s), publishes || (writes && status <= ARTICLE_REVIEW));
			}
			assert_int_equal(desk_may_comment((enum role)role, own), publishes || writes || role == ROLE_REVIEWER);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_role_has_its_rights),
		cmocka_unit_test(who_may_not_publish_stays_among_drafts),
		cmocka_unit_test(the_trash_has_a_way_of_its_own),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

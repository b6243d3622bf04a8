#include "../unit.h"

#include "desk/desk.h"

/* The whole table, written a second time by hand: a right that is given by mistake fails here. */

static void each_role_has_its_rights(void **state)
{
	static const bool want[ROLES][DESK_RIGHTS] = {
		/*                    account see   create own    any    publish log    people settings */
		[ROLE_OWNER] = { true, true, true, true, true, true, true, true, true },
		[ROLE_EDITOR] = { true, true, true, true, true, true, false, false, false },
		[ROLE_TRANSLATOR] = { true, true, true, true, false, false, false, false, false },
		[ROLE_AUTHOR] = { true, true, true, true, false, false, false, false, false },
		[ROLE_REVIEWER] = { true, true, false, false, true, false, false, false, false },
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_role_has_its_rights),
		cmocka_unit_test(who_may_not_publish_stays_among_drafts),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "desk/desk.h"

#define BIT(right) (1u << (right))

static const unsigned RIGHTS[ROLES] = {
	[ROLE_OWNER] = BIT(DESK_RIGHTS) - 1,
	[ROLE_EDITOR] = BIT(DESK_ACCOUNT) | BIT(DESK_SEE) | BIT(DESK_CREATE) | BIT(DESK_EDIT_OWN) | BIT(DESK_EDIT_ANY) |
	                BIT(DESK_PUBLISH) | BIT(DESK_REVIEW) | BIT(DESK_DELETE) | BIT(DESK_STRUCTURE) | BIT(DESK_SEARCH) |
	                BIT(DESK_TRANSLATE),
	[ROLE_TRANSLATOR] = BIT(DESK_ACCOUNT) | BIT(DESK_SEE) | BIT(DESK_CREATE) | BIT(DESK_EDIT_OWN) | BIT(DESK_TRANSLATE),
	[ROLE_AUTHOR] = BIT(DESK_ACCOUNT) | BIT(DESK_SEE) | BIT(DESK_CREATE) | BIT(DESK_EDIT_OWN),
	[ROLE_REVIEWER] = BIT(DESK_ACCOUNT) | BIT(DESK_SEE) | BIT(DESK_EDIT_ANY) | BIT(DESK_REVIEW) | BIT(DESK_TRANSLATE),
};

bool desk_may(enum role role, enum desk_right right)
{
	return (unsigned)role < ROLES && (RIGHTS[role] & BIT(right)) != 0;
}

static bool in_the_making(enum article_status status)
{
	return status == ARTICLE_DRAFT || status == ARTICLE_REVIEW;
}

bool desk_is_publishing(enum article_status from, enum article_status to)
{
	return !in_the_making(from) || !in_the_making(to);
}

bool desk_may_edit(enum role role, bool own, enum article_status from, enum article_status to)
{
	/* Into the trash and out of it there is a way of its own. */
	if (from == ARTICLE_TRASHED || to == ARTICLE_TRASHED)
		return false;
	if (!desk_may(role, DESK_EDIT_ANY) && !(own && desk_may(role, DESK_EDIT_OWN)))
		return false;
	return desk_may(role, DESK_PUBLISH) || !desk_is_publishing(from, to);
}

bool desk_may_trash(enum role role, bool own, enum article_status status)
{
	return desk_may(role, DESK_PUBLISH) || (own && desk_may(role, DESK_EDIT_OWN) && in_the_making(status));
}

bool desk_may_comment(enum role role, bool own)
{
	return desk_may(role, DESK_REVIEW) || (own && desk_may(role, DESK_EDIT_OWN));
}

bool desk_may_shared(enum role role, bool open)
{
	return desk_may(role, DESK_PUBLISH) || (desk_may(role, DESK_CREATE) && !open);
}

/* What every unit test includes: cmocka with the headers that it wants before it. */
#ifndef KAIRAN_TESTS_UNIT_H
#define KAIRAN_TESTS_UNIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/base.h"

/* Compares a slice with a NUL-ended text, and shows both when they differ. */
static inline void check_str(struct str got, const char *want)
{
	char *copy = malloc(got.n + 1);
	assert_non_null(copy);
	if (got.n)
		memcpy(copy, got.p, got.n);
	copy[got.n] = '\0';
	assert_string_equal(copy, want);
	free(copy);
}

#endif

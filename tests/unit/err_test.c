/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The table of errors: each has a documented status, and words of its own.
 */
#include "base/err.h"

#include <string.h>

#include "suites.h"

static const int statuses[ERR__MAX] = {
    [OK] = 200,
    [ERR_SYNTAX] = 400,
    [ERR_UNAUTHORIZED] = 401,
    [ERR_FORBIDDEN] = 403,
    [ERR_NOT_FOUND] = 404,
    [ERR_METHOD] = 405,
    [ERR_CONFLICT] = 409,
    [ERR_PRECONDITION] = 412,
    [ERR_TOO_LARGE] = 413,
    [ERR_MEDIA_TYPE] = 415,
    [ERR_INVALID] = 422,
    [ERR_THROTTLED] = 429,
    [ERR_UNAVAILABLE] = 503,
    [ERR_INTERNAL] = 500,
};

START_TEST(each_error_has_the_documented_status)
{
	ck_assert_int_ne(statuses[_i], 0);
	ck_assert_int_eq(err_info((enum err)_i)->status, statuses[_i]);
}
END_TEST

START_TEST(each_error_has_words_of_its_own)
{
	const struct err_info *info = err_info((enum err)_i);

	ck_assert_uint_gt(strlen(info->slug), 0);
	ck_assert_uint_eq(strspn(info->slug, "abcdefghijklmnopqrstuvwxyz-"), strlen(info->slug));
	ck_assert_uint_gt(strlen(info->title), 0);
	for (int other = 0; other < _i; other++)
		ck_assert_str_ne(info->slug, err_info((enum err)other)->slug);
}
END_TEST

Suite *
err_suite(void)
{
	Suite *s = suite_create("err");
	TCase *t = tcase_create("err");

	tcase_add_loop_test(t, each_error_has_the_documented_status, 0, ERR__MAX);
	tcase_add_loop_test(t, each_error_has_words_of_its_own, 0, ERR__MAX);
	suite_add_tcase(s, t);
	return s;
}

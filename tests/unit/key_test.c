/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Checking the properties of a key before it is created.
 */
#include "core/subject/key.h"

#include "base/mem.h"
#include "core/subject/subject.h"
#include "suites.h"

enum { U = 1 << SUBJECT_USER, D = 1 << SUBJECT_DEVICE, S = 1 << SUBJECT_SESSION };

static const struct {
	const char *text;
	unsigned kinds;
	const char *again;
} subjects[] = {
    {NULL, U | D | S, "user,device,session"},
    {"user,device,session", U | D | S, "user,device,session"},
    {"session,user", U | S, "user,session"},
    {"device", D, "device"},
    {" user , session ", U | S, "user,session"},
    {"user,,user,", U, "user"},
    {"", 0, ""},
    {" , ", 0, ""},
    {"users", 0, ""},
    {"User", 0, ""},
    {"user;device", 0, ""},
    {"user,device,robot", 0, ""},
    {"user_id", 0, ""},
};

START_TEST(reads_kinds_of_subjects)
{
	void *ctx = mem_ctx(NULL);

	ck_assert_uint_eq(key_subjects(ctx, subjects[_i].text), subjects[_i].kinds);
	ck_assert_str_eq(key_subjects_text(ctx, subjects[_i].kinds), subjects[_i].again);
	talloc_free(ctx);
}
END_TEST

static const struct {
	const char *text;
	bool fits;
} rates[] = {
    {NULL, true}, {"0", true}, {"1", true}, {"200", true}, {"1000000", true}, {"1000001", false},
    {"-1", false}, {"", false}, {"1.5", false}, {"1e3", false}, {" 1", false}, {"many", false},
    {"99999999999999999999", false},
};

START_TEST(accepts_rates_within_bounds)
{
	ck_assert_int_eq(key_rate_fault(rates[_i].text) == NULL, rates[_i].fits);
}
END_TEST

START_TEST(a_choice_is_yes_or_no)
{
	ck_assert(key_is_choice("yes") && key_is_choice("no"));
	ck_assert(!key_is_choice("") && !key_is_choice("Yes") && !key_is_choice("true"));
}
END_TEST

Suite *
key_suite(void)
{
	Suite *s = suite_create("key");
	TCase *t = tcase_create("key");

	tcase_add_loop_test(t, reads_kinds_of_subjects, 0, ROWS(subjects));
	tcase_add_loop_test(t, accepts_rates_within_bounds, 0, ROWS(rates));
	tcase_add_test(t, a_choice_is_yes_or_no);
	suite_add_tcase(s, t);
	return s;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Which passwords are refused, and why.
 */
#include "core/subject/passphrase.h"

#include <string.h>

#include "suites.h"

static const struct {
	const char *password, *fault; /* what the fault contains; NULL: none */
} rows[] = {
    {"seven ochre lighthouses", NULL},
    {"\xc3\xa9\xc3\xa8\xc3\xaa\xc3\xab\xc3\xa0\xc3\xa2\xc3\xa4\xc3\xb4\xc3\xb6\xc3\xb9\xc3\xbb"
     "\xc3\xbc\xc3\xaf\xc3\xae\xc3\xa7", NULL},
    {"", "15"},
    {"12345678901234", "15"},
    {"abababababababababab", "different"},
    {"passwordpassword", "common"},
    {"LetMeInLetMeIn99", "common"},
    {"correct horse battery staple", "common"},
    {"passwordpasswordq", NULL},
    {"a word of Barbara's own", "name"},
};

START_TEST(common_and_guessable_passwords_are_refused)
{
	const char *fault = passphrase_fault("barbara", rows[_i].password);

	if (rows[_i].fault == NULL)
		ck_assert_msg(fault == NULL, "%s: %s", rows[_i].password, fault);
	else
		ck_assert_msg(fault != NULL && strstr(fault, rows[_i].fault) != NULL, "%s: %s",
		    rows[_i].password, fault);
}
END_TEST

START_TEST(a_short_account_name_counts_only_as_a_word)
{
	ck_assert_ptr_nonnull(passphrase_fault("bo", "bobobobopassword"));
	ck_assert_ptr_null(passphrase_fault("bo", "lamb chops without mint"));
}
END_TEST

START_TEST(length_counts_characters)
{
	char text[4 * (PASSPHRASE_MOST + 1) + 1] = "";

	for (int i = 0; i < PASSPHRASE_MOST; i++)
		strcat(text, i % 8 == 0 ? "\xf0\x9f\x8c\xb0" : i % 2 == 0 ? "q" : "z");
	ck_assert_ptr_null(passphrase_fault("barbara", text));
	strcat(text, "q");
	ck_assert_ptr_nonnull(strstr(passphrase_fault("barbara", text), "128"));
}
END_TEST

Suite *
passphrase_suite(void)
{
	Suite *s = suite_create("passphrase");
	TCase *t = tcase_create("passphrase");

	tcase_add_loop_test(t, common_and_guessable_passwords_are_refused, 0, ROWS(rows));
	tcase_add_test(t, a_short_account_name_counts_only_as_a_word);
	tcase_add_test(t, length_counts_characters);
	suite_add_tcase(s, t);
	return s;
}

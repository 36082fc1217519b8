/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The roll-out by modulus, against hashes that another program computed, negative ones included.
 */
#include "core/experiment/modulus.h"

#include "suites.h"

static const struct {
	const char *id;
	int32_t hash;
	const char *zero_for; /* of the divisors 2 to 5, those that let it in */
} vectors[] = {
    {"user1", -1691347333, ""},
    {"user2", -1866213445, "5"},
    {"user3", 261318336, "234"},
    {"user4", -1014748436, "24"},
    {"user5", 1677713934, "23"},
    {"device1", -933415325, "5"},
    {"device2", -295819488, "234"},
    {"device3", -1579032615, "35"},
    {"device4", -1264494004, "24"},
    {"a", -1454233464, "234"},
    {"ab", -1952917201, ""},
    {"\xc3\xa9", -479416003, ""},
    {"\xf0\x9f\x98\x80", 505616009, ""}, /* two code units */
};

START_TEST(hash_is_that_of_the_original_system)
{
	ck_assert_int_eq(modulus_hash(vectors[_i].id), vectors[_i].hash);
}
END_TEST

START_TEST(admits_ids_whose_hash_the_divisor_divides)
{
	const char *expected = vectors[_i].zero_for;

	for (int n = 2; n <= 5; n++) {
		bool in = *expected == '0' + n;
		ck_assert_msg(
		    modulus_includes(vectors[_i].id, n) == in, "%s mod %d", vectors[_i].id, n);
		expected += in;
	}
	ck_assert_int_eq(*expected, '\0');
}
END_TEST

START_TEST(divisors_0_and_1_admit_everybody)
{
	ck_assert(modulus_includes(vectors[_i].id, 0));
	ck_assert(modulus_includes(vectors[_i].id, 1));
}
END_TEST

START_TEST(a_divisor_beyond_every_hash_admits_nobody)
{
	ck_assert(!modulus_includes(vectors[_i].id, INT32_MAX));
	ck_assert(!modulus_includes(vectors[_i].id, INT64_MAX));
}
END_TEST

Suite *
modulus_suite(void)
{
	Suite *suite = suite_create("modulus");
	TCase *t = tcase_create("modulus");

	tcase_add_loop_test(t, hash_is_that_of_the_original_system, 0, ROWS(vectors));
	tcase_add_loop_test(t, admits_ids_whose_hash_the_divisor_divides, 0, ROWS(vectors));
	tcase_add_loop_test(t, divisors_0_and_1_admit_everybody, 0, ROWS(vectors));
	tcase_add_loop_test(t, a_divisor_beyond_every_hash_admits_nobody, 0, ROWS(vectors));
	suite_add_tcase(suite, t);
	return suite;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The meaning of each SQLSTATE, a row for each case.
 */
#include "store/db/sqlstate.h"

#include "suites.h"

static const struct {
	const char *state;
	enum err err;
	enum sqlstate_act act;
} cases[] = {
    {"40001", ERR_UNAVAILABLE, SQLSTATE_AGAIN},
    {"40P01", ERR_UNAVAILABLE, SQLSTATE_AGAIN},
    {"55P03", ERR_UNAVAILABLE, SQLSTATE_AGAIN},
    {"23505", ERR_CONFLICT, SQLSTATE_GIVE_UP},
    {"23P01", ERR_CONFLICT, SQLSTATE_GIVE_UP},
    {"23503", ERR_INVALID, SQLSTATE_GIVE_UP},
    {"23514", ERR_INVALID, SQLSTATE_GIVE_UP},
    /* All data exceptions: NUL in text, bad encoding, out of range, division by zero. */
    {"22000", ERR_INVALID, SQLSTATE_GIVE_UP},
    {"22021", ERR_INVALID, SQLSTATE_GIVE_UP},
    {"22P05", ERR_INVALID, SQLSTATE_GIVE_UP},
    {"22003", ERR_INVALID, SQLSTATE_GIVE_UP},
    {"22012", ERR_INVALID, SQLSTATE_GIVE_UP},
    {"54000", ERR_INVALID, SQLSTATE_GIVE_UP},
    {"57014", ERR_UNAVAILABLE, SQLSTATE_GIVE_UP},
    {"AS001", ERR_UNAVAILABLE, SQLSTATE_GIVE_UP},
    {"AS002", ERR_FORBIDDEN, SQLSTATE_GIVE_UP},
    {"57P01", ERR_UNAVAILABLE, SQLSTATE_RECONNECT},
    {"57P02", ERR_UNAVAILABLE, SQLSTATE_RECONNECT},
    {"57P03", ERR_UNAVAILABLE, SQLSTATE_RECONNECT},
    {"57P05", ERR_UNAVAILABLE, SQLSTATE_RECONNECT},
    {"25P03", ERR_UNAVAILABLE, SQLSTATE_RECONNECT},
    {"25006", ERR_UNAVAILABLE, SQLSTATE_RECONNECT},
    /* All connection exceptions, wants of resources, and errors of the machine. */
    {"08000", ERR_UNAVAILABLE, SQLSTATE_GIVE_UP},
    {"08006", ERR_UNAVAILABLE, SQLSTATE_GIVE_UP},
    {"08P01", ERR_UNAVAILABLE, SQLSTATE_GIVE_UP},
    {"53000", ERR_UNAVAILABLE, SQLSTATE_GIVE_UP},
    {"53100", ERR_UNAVAILABLE, SQLSTATE_GIVE_UP},
    {"53300", ERR_UNAVAILABLE, SQLSTATE_GIVE_UP},
    {"58000", ERR_UNAVAILABLE, SQLSTATE_GIVE_UP},
    {"58030", ERR_UNAVAILABLE, SQLSTATE_GIVE_UP},
    /* libpq gives no state where the server is gone. */
    {NULL, ERR_UNAVAILABLE, SQLSTATE_GIVE_UP},
    {"", ERR_UNAVAILABLE, SQLSTATE_GIVE_UP},
    /* All others are faults of this program, also classes next to those above. */
    {"42601", ERR_INTERNAL, SQLSTATE_GIVE_UP},
    {"42501", ERR_INTERNAL, SQLSTATE_GIVE_UP},
    {"42P01", ERR_INTERNAL, SQLSTATE_GIVE_UP},
    {"40000", ERR_INTERNAL, SQLSTATE_GIVE_UP},
    {"40002", ERR_INTERNAL, SQLSTATE_GIVE_UP},
    {"23502", ERR_INTERNAL, SQLSTATE_GIVE_UP},
    {"54001", ERR_INTERNAL, SQLSTATE_GIVE_UP},
    {"57P04", ERR_INTERNAL, SQLSTATE_GIVE_UP},
    {"25001", ERR_INTERNAL, SQLSTATE_GIVE_UP},
    {"55006", ERR_INTERNAL, SQLSTATE_GIVE_UP},
    {"26000", ERR_INTERNAL, SQLSTATE_GIVE_UP},
    {"XX000", ERR_INTERNAL, SQLSTATE_GIVE_UP},
    {"2", ERR_INTERNAL, SQLSTATE_GIVE_UP},
    {"00000", ERR_INTERNAL, SQLSTATE_GIVE_UP},
};

START_TEST(every_state_has_its_meaning)
{
	enum sqlstate_act act = (enum sqlstate_act)77;

	ck_assert_int_eq(sqlstate_err(cases[_i].state, &act), cases[_i].err);
	ck_assert_int_eq(act, cases[_i].act);
}
END_TEST

Suite *
sqlstate_suite(void)
{
	Suite *s = suite_create("sqlstate");
	TCase *t = tcase_create("sqlstate");

	tcase_add_loop_test(t, every_state_has_its_meaning, 0, ROWS(cases));
	suite_add_tcase(s, t);
	return s;
}

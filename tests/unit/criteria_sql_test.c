/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Criteria as SQL: whatever a filter holds, the text is made of the same fragments, and every
 * value is a parameter of its own number.
 */
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "core/audience/criteria.h"
#include "suites.h"

/* Texts that would do harm in SQL, JSON, printf, or where criteria name their parameters. */
static const char *const hostile[] = {
	"'", "''", "\"", "\\", ";", "--", "/*", "*/", "$1", "$$", "%s%n",
	"'; drop table profile; --", "' or 1=1 --", "\\'; select pg_sleep(9); --", "$tag$",
	"::text", "(", ")", "x' collate \"C\"", "true /* criteria */", "=", "#", "?", "@", "!",
	"{{x}}", "\xf0\x9f\x98\x80", "../",
};

/* Filters with %1$s for the name and %2$s for a value, as JSON strings. */
static const char *const users[] = {
    "{%1$s:%2$s}",
    "{%1$s:[%2$s,1,true]}",
    "{%1$s:{\"<\":%2$s}}",
    "{%1$s:{\"<=\":%2$s,\">\":%2$s}}",
    "{%1$s:{\">=\":%2$s}}",
    "{%1$s:{\"startsWith\":%2$s}}",
};

static const char *const devices[] = {
    "[{\"name\":%1$s,\"operator\":\"EQ\",\"value\":%2$s}]",
    "[{\"name\":%1$s,\"operator\":\"NE\",\"value\":%2$s}]",
    "[{\"name\":%1$s,\"operator\":\"IN\",\"value\":[%2$s,%2$s]}]",
    "[{\"name\":%1$s,\"operator\":\"NIN\",\"value\":[%2$s]}]",
    "[{\"name\":%1$s,\"operator\":\"LT\",\"value\":%2$s}]",
    "[{\"name\":%1$s,\"operator\":\"GT\",\"value\":%2$s}]",
    "[{\"name\":%1$s,\"operator\":\"ISNULL\"}]",
    "[{\"name\":%1$s,\"operator\":\"ISNOTNULL\"}]",
    "[{\"name\":%1$s,\"operator\":\"ISEMPTY\"}]",
    "[{\"name\":%1$s,\"operator\":\"ISNOTEMPTY\"}]",
    "[{\"name\":%1$s,\"operator\":\"RANGE\",\"value\":{\"start\":1,\"end\":2.5}}]",
    ("[{\"name\":%1$s,\"operator\":\"RANGE\",\"value\":{\"start\":\"2019-02-10\",\"end\":"
     "\"2019-02-11\"}}]"),
};

static const char *
quoted(void *ctx, const char *s)
{
	return json_object_to_json_string(mem_json(ctx, json_object_new_string(s)));
}

/* The SQL of filters whose name and value are given, behind before parameters. */
static const char *
compile(void *ctx, const char *type, const char *filters, size_t before,
    struct criteria_params *params)
{
	struct problems *p = problem_new(ctx);
	struct buf *sql = buf_new(ctx, 256);
	struct json_object *o = mem_json(ctx, json_tokener_parse(
	    mem_printf(ctx, "{\"type\":\"%s\",\"filters\":%s}", type, filters)));
	struct criteria *c = criteria_read(ctx, o, "", p);

	ck_assert_msg(c != NULL, "%s: %s", filters, json_object_to_json_string(p->list));
	params->n = before;
	criteria_sql(ctx, c, sql, params);
	return sql->data;
}

#pragma GCC diagnostic ignored "-Wformat-nonliteral"

static char *
fill_in(void *ctx, const char *pattern, const char *name, const char *value)
{
	return mem_printf(ctx, pattern, quoted(ctx, name), quoted(ctx, value));
}

/* Checks that the SQL has only characters of the fixed fragments, and quotes in pairs. */
static void
check_text(const char *sql)
{
	size_t quotes = 0;

	ck_assert_msg(strpbrk(sql, "\\/%{}[]") == NULL, "%s", sql);
	ck_assert_msg(strstr(sql, "--") == NULL, "%s", sql);
	for (const char *s = sql; *s != '\0'; s++) {
		quotes += *s == '\'';
		/* The only semicolon is the end of a range of subjects, inside its quotes. */
		ck_assert_msg(*s != ';' || (s - sql >= 2 && s[-2] == '\'' && s[1] == '\''),
		    "%s", sql);
		ck_assert_msg((unsigned char)*s < 0x80, "%s", sql);
	}
	ck_assert_msg(quotes % 2 == 0, "%s", sql);
}

static void
compare_hostile(const char *type, const char *pattern)
{
	for (int i = 0; i < ROWS(hostile); i++) {
		void *ctx = mem_ctx(NULL);
		struct criteria_params tame = {0}, wild = {0};
		const char *expected =
		    compile(ctx, type, fill_in(ctx, pattern, "a", "b"), 0, &tame);
		const char *sql =
		    compile(ctx, type, fill_in(ctx, pattern, hostile[i], hostile[i]), 0, &wild);

		ck_assert_str_eq(sql, expected);
		ck_assert_uint_eq(wild.n, tame.n);
		check_text(sql);
		talloc_free(ctx);
	}
}

START_TEST(no_byte_of_a_user_filter_is_in_the_sql)
{
	compare_hostile("user", users[_i]);
}
END_TEST

START_TEST(no_byte_of_a_device_filter_is_in_the_sql)
{
	compare_hostile("device", devices[_i]);
}
END_TEST

/* Every parameter from first on is used once, in order; none is beyond last. */
static void
check_numbers(void *ctx, const char *sql, size_t first, size_t last)
{
	size_t next = first;

	for (const char *s = sql; (s = strchr(s, '$')) != NULL; s++) {
		const char *number = mem_printf(ctx, "$%zu", next++);
		ck_assert_msg(
		    strncmp(s, number, strlen(number)) == 0, "%s is not in its place", number);
	}
	ck_assert_uint_eq(next, last + 1);
}

START_TEST(parameters_are_numbered_from_the_first_free_one)
{
	void *ctx = mem_ctx(NULL);
	struct criteria_params params = {0};
	const char *sql = compile(ctx, "user",
	    "{\"a\":1,\"b\":{\">\":1,\"<\":2},\"c\":{\"startsWith\":"
	    "\"x\"}}",
	    (size_t)_i, &params);

	ck_assert_uint_eq(params.n, (size_t)_i + 5);
	check_numbers(ctx, sql, (size_t)_i + 1, params.n);
	ck_assert_str_eq(params.list[_i], "[\"a#1\"]");
	ck_assert_str_eq(params.list[_i + 1], "b");
	ck_assert_str_eq(params.list[_i + 2], "1");
	ck_assert_str_eq(params.list[_i + 3], "2");
	ck_assert_str_eq(params.list[_i + 4], "c=x");
	talloc_free(ctx);
}
END_TEST

START_TEST(the_largest_criteria_fit_into_the_parameters)
{
	void *ctx = mem_ctx(NULL);
	struct criteria_params params = {0};
	char *filters = mem_dup(ctx, "[");

	for (int i = 0; i < CRITERIA_CONDITIONS; i++)
		filters = mem_printf(ctx, "%s%s{\"name\":\"a\",\"operator\":\"RANGE\",\"value\":"
		    "{\"start\":1,\"end\":2}}", filters, i == 0 ? "" : ",");
	const char *sql = compile(ctx, "device", mem_printf(ctx, "%s]", filters), 3, &params);
	ck_assert_uint_eq(params.n, 3 + 3 * CRITERIA_CONDITIONS);
	ck_assert_uint_le(params.n, CRITERIA_PARAMS);
	check_numbers(ctx, sql, 4, params.n);
	talloc_free(ctx);
}
END_TEST

START_TEST(the_type_chooses_the_kind_of_subject)
{
	void *ctx = mem_ctx(NULL);
	struct criteria_params params = {0};

	ck_assert_ptr_nonnull(strstr(compile(ctx, "user_mod", "{\"a\":1}", 0, &params), ">= 'u:'"));
	ck_assert_ptr_nonnull(strstr(compile(ctx, "device_mod",
	    "[{\"name\":\"a\",\"operator\":\"ISNULL\"}]", 0, &params), ">= 'd:'"));
	talloc_free(ctx);
}
END_TEST

Suite *
criteria_sql_suite(void)
{
	Suite *suite = suite_create("criteria_sql");
	TCase *t = tcase_create("criteria_sql");

	tcase_add_loop_test(t, no_byte_of_a_user_filter_is_in_the_sql, 0, ROWS(users));
	tcase_add_loop_test(t, no_byte_of_a_device_filter_is_in_the_sql, 0, ROWS(devices));
	tcase_add_loop_test(t, parameters_are_numbered_from_the_first_free_one, 0, 4);
	tcase_add_test(t, the_largest_criteria_fit_into_the_parameters);
	tcase_add_test(t, the_type_chooses_the_kind_of_subject);
	suite_add_tcase(suite, t);
	return suite;
}

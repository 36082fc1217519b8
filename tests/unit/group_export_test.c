/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Exports of groups: the numbers that the database has become names in their columns.
 */
#include "view/group_export.h"

#include "base/mem.h"
#include "service/subject/members_export.h"
#include "suites.h"

static const char columns[] =
    "[{\"id\":\"a\",\"nr\":\"7\",\"experiment\":false,"
    "\"groups\":[{\"id\":5,\"name\":\"x,y\"},{\"id\":0,\"name\":\"zero\"}]},"
    "{\"id\":\"b\",\"nr\":\"7\",\"experiment\":true,\"groups\":[{\"id\":1,\"name\":\"=1\"}]},"
    "{\"id\":\"c\",\"nr\":\"9\",\"experiment\":false,\"groups\":[]}]";

static const struct {
	const char *places, *groups, *csv, *line;
} rows[] = {
	{"{1,2}", "{0,1}", "u,zero,'=1,\r\n", "{\"a\":\"zero\",\"b\":\"=1\",\"c\":null}"},
	{"{2,1}", "{1,0}", "u,zero,'=1,\r\n", "{\"a\":\"zero\",\"b\":\"=1\",\"c\":null}"},
	/* A user of the directory is in none: place 0. */
	{"{0}", "{0}", "u,,,\r\n", "{\"a\":null,\"b\":null,\"c\":null}"},
	{"{0,1}", "{0,5}", "u,\"x,y\",,\r\n", "{\"a\":\"x,y\",\"b\":null,\"c\":null}"},
	/* A group that has been deleted is left out. */
	{"{1,3}", "{4,0}", "u,,,\r\n", "{\"a\":null,\"b\":null,\"c\":null}"},
	/* Several groups, in the order of their numbers. */
	{"{1,1,1}", "{5,4,0}", "u,\"zero; x,y\",,\r\n",
	    "{\"a\":[\"zero\",\"x,y\"],\"b\":null,\"c\":null}"},
};

START_TEST(each_user_becomes_a_row)
{
	void *ctx = mem_ctx(NULL);
	struct group_export *r = group_export_new(ctx, mem_json(ctx, json_tokener_parse(columns)));
	struct buf *out = buf_new(ctx, 64);

	group_export_csv(r, "u", rows[_i].places, rows[_i].groups, out);
	ck_assert_str_eq(out->data, rows[_i].csv);
	buf_reset(out);
	group_export_line(r, "u", rows[_i].places, rows[_i].groups, out);
	ck_assert_str_eq(out->data,
	    mem_printf(ctx, "{\"user_id\":\"u\",\"groups\":%s}\n", rows[_i].line));
	talloc_free(ctx);
}
END_TEST

START_TEST(the_header_names_the_columns)
{
	void *ctx = mem_ctx(NULL);
	struct group_export *r = group_export_new(ctx, mem_json(ctx, json_tokener_parse(columns)));
	struct group_export *none = group_export_new(ctx, mem_json(ctx, json_object_new_array()));
	struct buf *out = buf_new(ctx, 64);

	group_export_head(r, out);
	ck_assert_str_eq(out->data, "user_id,a,b,c\r\n");
	buf_reset(out);
	group_export_head(none, out);
	group_export_csv(none, "@u", "{0}", "{0}", out);
	ck_assert_str_eq(out->data, "user_id\r\n'@u\r\n");
	talloc_free(ctx);
}
END_TEST

START_TEST(columns_are_numbered_by_kind)
{
	void *ctx = mem_ctx(NULL);
	struct members_export x = {.columns = mem_json(ctx, json_tokener_parse(columns))};
	struct members_export none = {.columns = mem_json(ctx, json_object_new_array())};

	members_export_number(ctx, &x);
	ck_assert_str_eq(x.numbers[0], "{7,9}");
	ck_assert_str_eq(x.places[0], "{1,3}");
	ck_assert_str_eq(x.numbers[1], "{7}");
	ck_assert_str_eq(x.places[1], "{2}");
	members_export_number(ctx, &none);
	ck_assert_str_eq(none.numbers[1], "{}");
	talloc_free(ctx);
}
END_TEST

Suite *
group_export_suite(void)
{
	Suite *s = suite_create("group_export");
	TCase *t = tcase_create("group_export");

	tcase_add_loop_test(t, each_user_becomes_a_row, 0, ROWS(rows));
	tcase_add_test(t, the_header_names_the_columns);
	tcase_add_test(t, columns_are_numbered_by_kind);
	suite_add_tcase(s, t);
	return s;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Accessors on values of every type: none asserts, and what is missing is empty.
 */
#include "base/jsonutil.h"

#include "base/mem.h"
#include "given.h"
#include "suites.h"

static const struct {
	const char *text;
	size_t items;
	int members;
	const char *name; /* the text of the member "name" */
} shapes[] = {
    {"null", 0, 0, NULL},
    {"true", 0, 0, NULL},
    {"5", 0, 0, NULL},
    {"0.5", 0, 0, NULL},
    {"\"name\"", 0, 0, NULL},
    {"[]", 0, 0, NULL},
    {"[null, {\"name\": \"x\"}]", 2, 0, NULL},
    {"{}", 0, 0, NULL},
    {"{\"name\": 5}", 0, 1, NULL},
    {"{\"name\": null}", 0, 1, NULL},
    {"{\"name\": [\"x\"]}", 0, 1, NULL},
    {"{\"name\": \"x\", \"b\": 1}", 0, 2, "x"},
};

START_TEST(accessors_accept_values_of_any_type)
{
	void *ctx = mem_ctx(NULL);
	struct json_object *o = given_json(ctx, shapes[_i].text);
	int members = 0;

	ck_assert_uint_eq(json_items(o), shapes[_i].items);
	ck_assert_int_eq(json_member_count(o), shapes[_i].members);
	ck_assert_ptr_null(json_item(o, 0));
	ck_assert_ptr_null(json_item(o, shapes[_i].items));
	if (shapes[_i].items > 1)
		ck_assert_ptr_nonnull(json_item(o, 1));
	json_object_object_foreach(json_members(o), name, value) {
		(void)value;
		members += *name != '\0';
	}
	ck_assert_int_eq(members, shapes[_i].members);
	ck_assert_pstr_eq(json_text(o, "name"), shapes[_i].name);
	json_remove(o, "name");
	ck_assert_ptr_null(json_text(o, "name"));
	talloc_free(ctx);
}
END_TEST

Suite *
jsonutil_suite(void)
{
	Suite *s = suite_create("jsonutil");
	TCase *t = tcase_create("jsonutil");

	tcase_add_loop_test(t, accessors_accept_values_of_any_type, 0, ROWS(shapes));
	suite_add_tcase(s, t);
	return s;
}

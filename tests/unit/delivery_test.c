/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * States and alternatives as people write them.
 */
#include "core/experiment/delivery.h"

#include <string.h>

#include "base/json.h"
#include "base/mem.h"
#include "given.h"
#include "suites.h"

#define AT "/request/alternatives"
#define CONTROL "{\"name\":\"control\",\"weight\":null,\"payload\":null,\"enabled\":true}"
#define NUMBER "0 or more, and at most 1e9"

static const struct {
	const char *value;
	int state; /* -1: none */
} states[] = {
    {"0", STATE_DEFAULT}, {"1", STATE_ENABLED}, {"3", STATE_TRACK},
    {"\"default\"", STATE_DEFAULT}, {"\"enabled\"", STATE_ENABLED}, {"\"track\"", STATE_TRACK},
    {"2", -1}, {"4", -1}, {"-1", -1}, {"1.0", -1}, {"4294967296", -1}, {"4294967297", -1},
    {"\"1\"", -1}, {"\"Enabled\"", -1}, {"\"x\"", -1}, {"\"\"", -1}, {"true", -1}, {"null", -1},
    {"[1]", -1}, {"{}", -1},
};

START_TEST(reads_a_state_as_number_or_word)
{
	void *ctx = mem_ctx(NULL);
	int state = -1;

	bool good = delivery_state(given_json(ctx, states[_i].value), &state);
	ck_assert_msg(good == (states[_i].state >= 0), "%s", states[_i].value);
	ck_assert_int_eq(state, states[_i].state);
	talloc_free(ctx);
}
END_TEST

START_TEST(every_state_has_its_word)
{
	ck_assert_str_eq(delivery_word(STATE_DEFAULT), "default");
	ck_assert_str_eq(delivery_word(STATE_ENABLED), "enabled");
	ck_assert_str_eq(delivery_word(STATE_TRACK), "track");
	ck_assert_str_eq(delivery_word(2), "?");
}
END_TEST

static const struct {
	const char *value; /* NULL: none */
	const char *list;
	const char *weighting;
} good[] = {
    {NULL, "[" CONTROL "]", "off"},
    {"[]", "[" CONTROL "]", "off"},
    {"[{\"name\":\"blue\",\"weight\":2.5,\"payload\":{\"a\":[1]}}]",
	"[" CONTROL ",{\"name\":"
	"\"blue\",\"weight\":2.5,\"payload\":{\"a\":[1]},\"enabled\":true}]",
	"off"},
    {"[{\"name\":\"b\",\"weight\":0},"
     "{\"name\":\"control\",\"weight\":1000000000,\"enabled\":true}]",
	"[{\"name\":\"b\",\"weight\":0,\"payload\":null,\"enabled\":true},{\"name\":\"control\","
	"\"weight\":1000000000,\"payload\":null,\"enabled\":true}]",
	"on"},
    {"[{\"name\":\"control\",\"enabled\":false,\"payload\":false,\"other\":1}]",
	"[{\"name\":\"control\",\"weight\":null,\"payload\":false,\"enabled\":false}]", "off"},
};

START_TEST(adds_control_and_weights_to_alternatives)
{
	void *ctx = mem_ctx(NULL);
	struct problems *p = problem_new(ctx);
	struct json_object *value = good[_i].value == NULL ? NULL : given_json(ctx, good[_i].value);
	struct json_object *list = delivery_alternatives(value, "/request/alternatives", p);

	ck_assert_msg(list != NULL, "%s", json_plain(p->list));
	ck_assert_str_eq(json_plain(list), good[_i].list);
	ck_assert_str_eq(delivery_weighting(list), good[_i].weighting);
	ck_assert(delivery_has(list, "control"));
	ck_assert(!delivery_has(list, "Control") && !delivery_has(list, ""));
	talloc_free(ctx);
}
END_TEST

#define ONE(more) "[{\"name\":\"b\"," more "}]"
#define NAMED(name) "[{\"name\":" name "}]"
#define FIFTY_BYTES "12345678901234567890123456789012345678901234567890"

static const struct {
	const char *value, *pointer, *detail; /* detail: a part of it */
} bad[] = {
    {"5", AT, "must be a list"},
    {"{}", AT, "must be a list"},
    {"[5]", AT "/0", "must be an object"},
    {"[null]", AT "/0", "must be an object"},
    {"[{}]", AT "/0/name", "must be a string"},
    {NAMED("5"), AT "/0/name", "must be a string"},
    {NAMED("\"\""), AT "/0/name", "must not be empty"},
    {NAMED("\"" FIFTY_BYTES "x\""), AT "/0/name", "at most 50 bytes"},
    {NAMED("\"a\\nb\""), AT "/0/name", "control characters"},
    {ONE("\"weight\":-1"), AT "/0/weight", NUMBER},
    {ONE("\"weight\":1000000001"), AT "/0/weight", NUMBER},
    {ONE("\"weight\":\"1\""), AT "/0/weight", "must be a number"},
    {ONE("\"enabled\":1"), AT "/0/enabled", "true or false"},
    {"[{\"name\":\"b\"},{\"name\":\"b\"}]", AT "/1/name", "is used twice"},
    {"[{\"name\":\"control\",\"weight\":0}]", AT,
     "must have an enabled alternative with a weight above 0"},
    {"[{\"name\":\"control\",\"weight\":0},{\"name\":\"b\",\"weight\":1,\"enabled\":false}]", AT,
     "must have an enabled alternative with a weight above 0"},
};

START_TEST(refuses_bad_alternatives_with_their_pointer)
{
	void *ctx = mem_ctx(NULL);
	struct problems *p = problem_new(ctx);

	ck_assert_ptr_null(delivery_alternatives(
	    given_json(ctx, bad[_i].value), "/request/alternatives", p));
	ck_assert_uint_eq(problem_count(p), 1);
	struct json_object *o = json_object_array_get_idx(p->list, 0);
	ck_assert_str_eq(
	    json_object_get_string(json_object_object_get(o, "pointer")), bad[_i].pointer);
	const char *detail = json_object_get_string(json_object_object_get(o, "detail"));
	ck_assert_msg(strstr(detail, bad[_i].detail) != NULL, "%s", detail);
	talloc_free(ctx);
}
END_TEST

START_TEST(collects_all_problems)
{
	void *ctx = mem_ctx(NULL);
	struct problems *p = problem_new(ctx);

	ck_assert_ptr_null(delivery_alternatives(
	    given_json(ctx, "[{\"weight\":-1,\"enabled\":\"x\"},7,{\"name\":\"\"}]"),
	    "/request/alternatives", p));
	ck_assert_uint_eq(problem_count(p), 5);
	talloc_free(ctx);
}
END_TEST

START_TEST(accepts_50_alternatives_besides_control)
{
	void *ctx = mem_ctx(NULL);
	struct problems *p = problem_new(ctx);
	struct json_object *value = mem_json(ctx, json_object_new_array());

	for (int i = 0; i < 51; i++) {
		struct json_object *o = json_object_new_object();
		json_object_object_add(
		    o, "name", json_object_new_string(mem_printf(ctx, "a%d", i)));
		json_object_array_add(value, o);
		struct json_object *list = delivery_alternatives(value, "/request/alternatives", p);
		ck_assert_msg((list != NULL) == (i < 50), "%d", i);
		ck_assert(list == NULL || json_object_array_length(list) == (size_t)i + 2);
	}
	ck_assert_uint_eq(problem_count(p), 1);
	talloc_free(ctx);
}
END_TEST

Suite *
delivery_suite(void)
{
	Suite *suite = suite_create("delivery");
	TCase *t = tcase_create("delivery");

	tcase_add_loop_test(t, reads_a_state_as_number_or_word, 0, ROWS(states));
	tcase_add_test(t, every_state_has_its_word);
	tcase_add_loop_test(t, adds_control_and_weights_to_alternatives, 0, ROWS(good));
	tcase_add_loop_test(t, refuses_bad_alternatives_with_their_pointer, 0, ROWS(bad));
	tcase_add_test(t, collects_all_problems);
	tcase_add_test(t, accepts_50_alternatives_besides_control);
	suite_add_tcase(suite, t);
	return suite;
}

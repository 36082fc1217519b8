/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Requests for slots of a layer: how they are read, and which experiments hold the slots.
 */
#include "core/experiment/layer.h"

#include <string.h>

#include "base/mem.h"
#include "given.h"
#include "suites.h"

#define RANGE "must be [first, last], whole numbers from 0 to 9999"
#define LIST "/layer/slots: must be a list of 1 to 100 ranges [first, last]"
#define SIZE "/layer/size: must be a whole number from 1 to 10000"
#define EITHER "/layer: must have either slots or size"

/* All problems as "pointer: detail", one after the other. */
static const char *
problems_text(struct problems *problems)
{
	char *text = mem_dup(problems, "");

	for (size_t i = 0; i < problem_count(problems); i++) {
		struct json_object *o = json_object_array_get_idx(problems->list, i);
		text = mem_printf(problems, "%s%s%s: %s", text, i > 0 ? " | " : "",
		    json_object_get_string(json_object_object_get(o, "pointer")),
		    json_object_get_string(json_object_object_get(o, "detail")));
	}
	return text;
}

static const struct {
	const char *value;
	const char *wish; /* NULL: none */
	const char *problems;
} wishes[] = {
    {"null", "{}", ""},
    {"\"a\"", "{\"id\":\"a\"}", ""},
    {"{\"id\":\"a\",\"size\":1}", "{\"id\":\"a\",\"size\":1}", ""},
    {"{\"size\":10000,\"other\":1,\"id\":\"a\"}", "{\"id\":\"a\",\"size\":10000}", ""},
    {"{\"id\":\"a\",\"slots\":[[0,9999]]}", "{\"id\":\"a\",\"slots\":[[0,9999]]}", ""},
    {"{\"id\":\"a\",\"slots\":[[7,7],[8,9]],\"size\":null}",
	"{\"id\":\"a\",\"slots\":[[7,7],[8,9]]}", ""},
    {"5", NULL, "/layer: must be the id of a layer, or an object"},
    {"[\"a\"]", NULL, "/layer: must be the id of a layer, or an object"},
    {"{}", NULL, "/layer/id: must name a layer | " EITHER},
    {"{\"id\":\"a\"}", NULL, EITHER},
    {"{\"id\":\"a\",\"size\":1,\"slots\":[[0,1]]}", NULL, EITHER},
    {"{\"id\":5,\"size\":1}", NULL, "/layer/id: must name a layer"},
    {"{\"id\":\"a\",\"size\":0}", NULL, SIZE},
    {"{\"id\":\"a\",\"size\":10001}", NULL, SIZE},
    {"{\"id\":\"a\",\"size\":1.5}", NULL, SIZE},
    {"{\"id\":\"a\",\"size\":\"1\"}", NULL, SIZE},
    {"{\"id\":\"a\",\"slots\":[]}", NULL, LIST},
    {"{\"id\":\"a\",\"slots\":{}}", NULL, LIST},
    {"{\"id\":\"a\",\"slots\":[5]}", NULL, "/layer/slots/0: " RANGE},
    {"{\"id\":\"a\",\"slots\":[[1]]}", NULL, "/layer/slots/0: " RANGE},
    {"{\"id\":\"a\",\"slots\":[[1,2,3]]}", NULL, "/layer/slots/0: " RANGE},
    {"{\"id\":\"a\",\"slots\":[[-1,2]]}", NULL, "/layer/slots/0: " RANGE},
    {"{\"id\":\"a\",\"slots\":[[0,10000]]}", NULL, "/layer/slots/0: " RANGE},
    {"{\"id\":\"a\",\"slots\":[[0,1.0]]}", NULL, "/layer/slots/0: " RANGE},
    {"{\"id\":\"a\",\"slots\":[[0,null]]}", NULL, "/layer/slots/0: " RANGE},
    {"{\"id\":\"a\",\"slots\":[[0,1],[3,2]]}", NULL,
	"/layer/slots/1: must not end before it begins"},
    {"{\"id\":\"a\",\"slots\":[[0,4],[10,12],[4,5]]}", NULL,
	"/layer/slots/2: overlaps another of these ranges"},
};

START_TEST(a_request_for_slots_is_read_or_its_faults_are_named)
{
	void *ctx = mem_ctx(NULL);
	struct problems *problems = problem_new(ctx);
	struct json_object *wish =
	    layer_request_read(given_json(ctx, wishes[_i].value), "/layer", problems);

	ck_assert_str_eq(problems_text(problems), wishes[_i].problems);
	if (wishes[_i].wish == NULL)
		ck_assert_ptr_null(wish);
	else
		ck_assert_str_eq(json_object_to_json_string_ext(wish, JSON_C_TO_STRING_PLAIN),
		    wishes[_i].wish);
	talloc_free(ctx);
}
END_TEST

#define MEMBERS "[{\"experiment\":\"low\",\"slots\":[[0,999],[5000,5000]]}," \
		"{\"experiment\":\"high\",\"slots\":[[9000,9999]]}]"

/* 7,999 are free besides. */
static const struct {
	const char *members, *wish, *experiment;
	const char *problems; /* "": it can */
} collisions[] = {
    {"[]", "{\"id\":\"a\"}", "new", ""},
    {"[]", "{\"id\":\"a\",\"size\":10000}", "new", ""},
    {MEMBERS, "{\"id\":\"a\"}", "new", ""},
    {MEMBERS, "{\"id\":\"a\",\"size\":7999}", "new", ""},
    {MEMBERS, "{\"id\":\"a\",\"size\":8000}", "new",
	"/layer/size: only 7999 slots are free; the others are taken by low, high"},
    {MEMBERS, "{\"id\":\"a\",\"size\":8999}", "high", ""},
    {MEMBERS, "{\"id\":\"a\",\"size\":9000}", "high",
	"/layer/size: only 8999 slots are free; the others are taken by low"},
    {MEMBERS, "{\"id\":\"a\",\"slots\":[[1000,4999],[5001,8999]]}", "new", ""},
    {MEMBERS, "{\"id\":\"a\",\"slots\":[[1000,1001],[4999,5001]]}", "new",
	"/layer/slots/1: experiment low has slots 5000 to 5000"},
    {MEMBERS, "{\"id\":\"a\",\"slots\":[[8000,9000]]}", "new",
	"/layer/slots/0: experiment high has slots 9000 to 9999"},
    {MEMBERS, "{\"id\":\"a\",\"slots\":[[999,1000]]}", "new",
	"/layer/slots/0: experiment low has slots 0 to 999"},
    {MEMBERS, "{\"id\":\"a\",\"slots\":[[0,8999]]}", "low", ""},
    {"[{\"experiment\":\"all\",\"slots\":[[0,9999]]}]", "{\"id\":\"a\"}", "new",
	"/layer: only 0 slots are free; the others are taken by all"},
    {"[{\"experiment\":\"all\",\"slots\":[[0,9999]]}]", "{\"id\":\"a\"}", "all", ""},
};

START_TEST(experiments_that_hold_wanted_slots_are_named)
{
	void *ctx = mem_ctx(NULL);
	struct problems *problems = problem_new(ctx);
	bool can = layer_request_is_free(given_json(ctx, collisions[_i].wish),
	    given_json(ctx, collisions[_i].members), collisions[_i].experiment, "/layer", problems);

	ck_assert_str_eq(problems_text(problems), collisions[_i].problems);
	ck_assert_int_eq(can, *collisions[_i].problems == '\0');
	talloc_free(ctx);
}
END_TEST

Suite *
layer_suite(void)
{
	Suite *s = suite_create("layer");
	TCase *t = tcase_create("layer");

	tcase_add_loop_test(
	    t, a_request_for_slots_is_read_or_its_faults_are_named, 0, ROWS(wishes));
	tcase_add_loop_test(t, experiments_that_hold_wanted_slots_are_named, 0, ROWS(collisions));
	suite_add_tcase(s, t);
	return s;
}

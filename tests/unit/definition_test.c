/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Checking definitions, with the pointers and the exact texts that clients compare.
 */
#include "core/experiment/definition.h"

#include <string.h>

#include "base/mem.h"
#include "core/experiment/delivery.h"
#include "given.h"
#include "suites.h"

#define TODAY "2026-11-21"

#define ID "request.expid: Experiment Id should not be  empty"
#define NAME "request.name: Experiment Name should not be  empty"
#define CREATED_BY "request.createdBy: Created By should not be empty"
#define DESCRIPTION "request.description: Experiment Description should not be empty"
#define CRITERIA "request.criteria: Criteria should not be empty"
#define FILTERS "request.filters: Criteria Filters should not be empty"
#define TYPE "request.type: Criteria Type should not be empty"
#define DATA "request.data: Experiment Data should not be empty"
#define END "data.endDate: Experiment End_Date should not be empty"
#define PAST_END "data.endDate: End_Date should be greater than today's date."
#define START "data.startDate: Experiment Start_Date should not be empty"
#define PAST_START "data.startDate: Start_Date should be greater than or equal to today's date.."
#define NEGATIVE \
	"data.startDate: Date range should not be -ve. Please check your start_date & end_date"
#define KEY "data.key: Experiment Key should not be empty"
#define CLIENT "data.client: Experiment Client should not be empty"
#define MODULUS "data.modulus: must be a whole number, 0 or more"
#define LAYER "/request/layer: must be the id of a layer, or an object"
#define TRAFFIC "/request/traffic: must be a number from 0 to 100"
#define STATE "/request/state: must be default, enabled or track (0, 1 or 3)"
#define BAD_ID "request.expid: must be 1 to 64 of A-Z a-z 0-9 . _ ~ -"
#define RESERVED "request.expid: is reserved"

/* A good definition into which a row merges its changes. */
static const char base[] =
    "{\"expId\":\"UR1234\",\"name\":\"USER_ORG\",\"createdBy\":\"User1\",\"description\":\"d\","
    "\"criteria\":{\"type\":\"user\",\"filters\":{\"emailVerified\":true}},"
    "\"data\":{\"startDate\":\"2026-11-21\",\"endDate\":\"2026-12-01\",\"key\":\"/org/profile\","
    "\"client\":\"portal\",\"modulus\":5}}";

/* Members of changes replace those of o, one level down in data; the word "-" takes one away. */
static void
merge_changes(struct json_object *o, struct json_object *changes)
{
	json_object_object_foreach(changes, name, value) {
		if (strcmp(name, "data") == 0 && json_object_is_type(value, json_type_object))
			merge_changes(json_object_object_get(o, "data"), value);
		else if (value != NULL && strcmp(json_object_get_string(value), "-") == 0)
			json_object_object_del(o, name);
		else
			json_object_object_add(o, name, json_object_get(value));
	}
}

/* All problems as lines "place: detail". */
static const char *
problems_text(void *ctx, const struct problems *p)
{
	char *out = mem_dup(ctx, "");

	for (size_t i = 0; i < problem_count(p); i++) {
		struct json_object *o = json_object_array_get_idx(p->list, i);
		out = mem_printf(ctx, "%s%s%s: %s", out, i == 0 ? "" : "\n",
		    json_object_get_string(json_object_object_get(o, "pointer")),
		    json_object_get_string(json_object_object_get(o, "detail")));
	}
	return out;
}

static const struct {
	const char *changes;
	const char *problems;
} rows[] = {
    {"{}", ""},
    /* Names. */
    {"{\"expId\":\"-\",\"name\":\"-\"}", ID "\n" NAME},
    {"{\"expId\":null,\"name\":\"\",\"createdBy\":null,\"description\":\"-\"}",
	ID "\n" NAME "\n" CREATED_BY "\n" DESCRIPTION},
    {"{\"expId\":5,\"name\":[]}",
	"request.expid: must be a string\nrequest.name: must be a string"},
    {"{\"expId\":\"a b\"}", BAD_ID},
    {"{\"expId\":\"a/b\"}", BAD_ID},
    {"{\"expId\":\"\xc3\xa9\"}", BAD_ID},
    {"{\"expId\":\"1234567890123456789012345678901234567890123456789012345678901234\"}", ""},
    {"{\"expId\":\"12345678901234567890123456789012345678901234567890123456789012345\"}", BAD_ID},
    {"{\"expId\":\"A.z_0~9-x\"}", ""},
    {"{\"expId\":\"list\"}", RESERVED},
    {"{\"expId\":\"create\"}", RESERVED},
    {"{\"expId\":\"get\"}", RESERVED},
    {"{\"expId\":\"..\"}", RESERVED},
    {"{\"expId\":\"List\"}", ""},
    {"{\"name\":\"a\\u0007b\"}", "request.name: must not contain control characters"},
    /* Criteria: only the first problem. */
    {"{\"criteria\":\"-\"}", CRITERIA},
    {"{\"criteria\":null}", ""},
    {"{\"criteria\":5}", "request.criteria: must be an object or null"},
    {"{\"criteria\":{}}", FILTERS},
    {"{\"criteria\":{\"type\":\"user\"}}", FILTERS},
    {"{\"criteria\":{\"type\":\"user\",\"filters\":null}}", FILTERS},
    {"{\"criteria\":{\"filters\":{\"emailVerified\":true}}}", TYPE},
    {"{\"criteria\":{\"filters\":{},\"type\":\"\"}}", TYPE},
    {"{\"criteria\":{\"type\":\"tree\",\"filters\":{}}}",
	"/request/criteria/type: must be user, device, user_mod, device_mod or rule"},
    {"{\"criteria\":{\"type\":5,\"filters\":{}}}",
	"/request/criteria/type: must be user, device, user_mod, device_mod or rule"},
    {"{\"criteria\":{\"type\":\"user\",\"filters\":{}}}",
	"/request/criteria/filters: must not be empty"},
    /* Dates: only the first problem. */
    {"{\"data\":null}", DATA},
    {"{\"data\":\"-\"}", DATA},
    {"{\"data\":[]}", "request.data: must be an object"},
    {"{\"data\":{\"endDate\":\"-\"}}", END},
    {"{\"data\":{\"endDate\":\"\"}}", END},
    {"{\"data\":{\"endDate\":null}}", ""},
    {"{\"data\":{\"startDate\":\"-\",\"endDate\":\"2026-11-21\"}}", START},
    {"{\"data\":{\"startDate\":null}}", START},
    {"{\"data\":{\"startDate\":\"-\",\"endDate\":\"-\"}}", END},
    {"{\"data\":{\"startDate\":\"2021-08-09\",\"endDate\":\"2019-08-21\"}}", PAST_END},
    {"{\"data\":{\"startDate\":\"2019-08-09\"}}", PAST_START},
    {"{\"data\":{\"startDate\":\"2026-11-20\"}}", PAST_START},
    {"{\"data\":{\"startDate\":\"2026-11-20\",\"endDate\":null}}", PAST_START},
    {"{\"data\":{\"startDate\":\"2041-08-09\",\"endDate\":\"2040-08-21\"}}", NEGATIVE},
    {"{\"data\":{\"startDate\":\"2026-11-21\",\"endDate\":\"2026-11-21\"}}", ""},
    {"{\"data\":{\"endDate\":\"2026-11-20\"}}", PAST_END},
    {"{\"data\":{\"endDate\":\"2041-8-9\"}}", PAST_END},
    {"{\"data\":{\"endDate\":\"soon\"}}", PAST_END},
    {"{\"data\":{\"endDate\":\"2041-13-45\"}}", PAST_END},
    {"{\"data\":{\"endDate\":\"2041-02-29\"}}", PAST_END},
    {"{\"data\":{\"endDate\":\"2041-08-09T00:00:00Z\"}}", PAST_END},
    {"{\"data\":{\"endDate\":20410809}}", PAST_END},
    {"{\"data\":{\"startDate\":20410809}}", PAST_START},
    {"{\"data\":{\"startDate\":\"2041-02-29\"}}", PAST_START},
    /* The rest of data: all problems. */
    {"{\"data\":{\"key\":\"-\",\"client\":\"\",\"endDate\":\"-\",\"modulus\":-1}}",
	END "\n" KEY "\n" CLIENT "\n" MODULUS},
    {"{\"data\":{\"modulus\":0}}", ""},
    {"{\"data\":{\"modulus\":\"-\"}}", ""},
    {"{\"data\":{\"modulus\":2147483647}}", ""},
    {"{\"data\":{\"modulus\":2147483648}}", MODULUS},
    {"{\"data\":{\"modulus\":2.0}}", MODULUS},
    {"{\"data\":{\"modulus\":\"5\"}}", MODULUS},
    {"{\"data\":{\"url\":\"http://x/\",\"other\":1}}", ""},
    {"{\"data\":{\"url\":5}}", "data.url: must be a string"},
    /* Delivery and goals. */
    {"{\"state\":2,\"traffic\":101,\"default\":\"blue\",\"layer\":5,\"plan\":5}",
	STATE "\n/request/default: is not an alternative\n" TRAFFIC
	      "\n" LAYER
	      "\n/request/plan: must be an object with baseline and effect"},
    {"{\"state\":\"track\",\"traffic\":0,\"default\":\"control\",\"layer\":null}", ""},
    {"{\"plan\":null}", ""},
    {"{\"layer\":\"x\",\"plan\":{\"baseline\":0.1,\"effect\":0.02}}", ""},
    {"{\"default\":5}", "/request/default: is not an alternative"},
    {"{\"default\":\"blue\",\"alternatives\":[{\"name\":\"blue\"}]}", ""},
    {"{\"traffic\":\"5\"}", TRAFFIC},
    {"{\"traffic\":-0.1}", TRAFFIC},
    {"{\"goals\":[\"a\",\"\",5]}",
	"/request/goals/1: must not be empty\n/request/goals/2: must be a string"},
    {"{\"goals\":5}", "/request/goals: must be a list of at most 100 names"},
    {"{\"goals\":[]}", ""},
    /* Unknown members are ignored. */
    {"{\"unknown\":{\"a\":[1]},\"_\":null}", ""},
};

START_TEST(refuses_bad_definitions_with_the_exact_texts)
{
	void *ctx = mem_ctx(NULL);
	struct json_object *request = given_json(ctx, base);
	struct problems *p = problem_new(ctx);
	struct definition d;

	merge_changes(request, given_json(ctx, rows[_i].changes));
	bool good = definition_read(request, TODAY, p, &d);
	ck_assert_str_eq(problems_text(ctx, p), rows[_i].problems);
	ck_assert_int_eq(good, *rows[_i].problems == '\0');
	talloc_free(ctx);
}
END_TEST

START_TEST(names_all_missing_members)
{
	void *ctx = mem_ctx(NULL);
	struct problems *p = problem_new(ctx);
	struct definition d;

	ck_assert(!definition_read(given_json(ctx, "{}"), TODAY, p, &d));
	ck_assert_str_eq(problems_text(ctx, p),
	    ID "\n" NAME "\n" CREATED_BY "\n" DESCRIPTION "\n" CRITERIA "\n" DATA);
	talloc_free(ctx);
}
END_TEST

static const char *const no_requests[] = {"null", "[]", "\"x\"", "5", "true"};

START_TEST(a_missing_or_malformed_request_is_the_only_problem)
{
	void *ctx = mem_ctx(NULL);
	struct problems *p = problem_new(ctx);
	struct definition d;

	ck_assert(!definition_read(given_json(ctx, no_requests[_i]), TODAY, p, &d));
	ck_assert_str_eq(problems_text(ctx, p), "request: Request should not be empty");
	talloc_free(ctx);
}
END_TEST

START_TEST(a_valid_definition_is_read_into_its_fields)
{
	void *ctx = mem_ctx(NULL);
	struct problems *p = problem_new(ctx);
	struct definition d;

	ck_assert(definition_read(given_json(ctx, base), TODAY, p, &d));
	ck_assert_str_eq(d.id, "UR1234");
	ck_assert_str_eq(d.name, "USER_ORG");
	ck_assert_str_eq(d.description, "d");
	ck_assert_str_eq(d.created_by, "User1");
	ck_assert_str_eq(d.start, TODAY);
	ck_assert_str_eq(d.end, "2026-12-01");
	ck_assert(delivery_has(d.alternatives, "control"));
	ck_assert_ptr_null(d.default_name);
	ck_assert_ptr_null(d.goals);
	ck_assert_int_eq(d.state, STATE_ENABLED);
	ck_assert(d.traffic == 100);
	talloc_free(ctx);
}
END_TEST

static const struct {
	const char *start, *end, *old_end; /* JSON, and a text or NULL */
	const char *problems;
} changes[] = {
    {"\"2019-08-01\"", "\"2026-12-01\"", NULL, ""},
    {"\"2019-08-01\"", "\"2019-08-02\"", "2019-08-02", ""},
    {"\"2019-08-01\"", "\"2019-08-03\"", "2019-08-02", PAST_END},
    {"\"2019-08-01\"", "\"2019-08-02\"", NULL, PAST_END},
    {"\"2019-08-03\"", "\"2019-08-02\"", "2019-08-02", NEGATIVE},
    {"\"soon\"", "null", "2019-08-02", PAST_START},
    {"\"0001-01-01\"", "null", NULL, ""},
    {"\"0000-12-31\"", "null", NULL, PAST_START},
};

START_TEST(a_change_may_keep_dates_that_have_passed)
{
	void *ctx = mem_ctx(NULL);
	struct json_object *request = given_json(ctx, base);
	struct problems *p = problem_new(ctx);
	struct definition d;

	merge_changes(request,
	    given_json(ctx,
		mem_printf(ctx, "{\"data\":{\"startDate\":%s,\"endDate\":%s}}", changes[_i].start,
		    changes[_i].end)));
	definition_reread(request, TODAY, changes[_i].old_end, p, &d);
	ck_assert_str_eq(problems_text(ctx, p), changes[_i].problems);
	talloc_free(ctx);
}
END_TEST

Suite *
definition_suite(void)
{
	Suite *suite = suite_create("definition");
	TCase *t = tcase_create("definition");

	tcase_add_loop_test(t, refuses_bad_definitions_with_the_exact_texts, 0, ROWS(rows));
	tcase_add_test(t, names_all_missing_members);
	tcase_add_loop_test(
	    t, a_missing_or_malformed_request_is_the_only_problem, 0, ROWS(no_requests));
	tcase_add_test(t, a_valid_definition_is_read_into_its_fields);
	tcase_add_loop_test(t, a_change_may_keep_dates_that_have_passed, 0, ROWS(changes));
	suite_add_tcase(suite, t);
	return suite;
}

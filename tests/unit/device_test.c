/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The registration of an app: what it may hold, and how it is merged over the stored profile.
 */
#include "core/subject/device.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "core/subject/subject.h"
#include "given.h"
#include "suites.h"

#define NOW "2026-11-21T06:07:08.009Z"
#define ID128 \
	"0123456789012345678901234567890123456789012345678901234567890123" \
	"0123456789012345678901234567890123456789012345678901234567890123"

static const struct {
	const char *request;
	const char *user, *url, *producer; /* NULL: none */
} good[] = {
    {"{}", NULL, NULL, NULL},
    {"{\"did\":\"d\",\"producer\":\"sunbird.app\",\"ext\":{\"userid\":\"u\",\"url\":\"x\"}}",
     "u", "x", "sunbird.app"},
    /* The ways in which apps say that they have no value. */
    {"{\"did\":null,\"producer\":null,\"ext\":null}", NULL, NULL, NULL},
    {"{\"did\":\"\",\"producer\":\"\",\"ext\":{\"userid\":\"\",\"url\":\"\"}}", NULL, NULL, NULL},
    {"{\"ext\":{\"userid\":null,\"url\":null}}", NULL, NULL, NULL},
    {"{\"ext\":{}}", NULL, NULL, NULL},
    {"{\"channel\":\"\",\"fcmToken\":\"\",\"uaspec\":{},\"dspec\":{}}", NULL, NULL, NULL},
    {"{\"channel\":null,\"uaspec\":null,\"fcmToken\":null,\"dspec\":null,"
     "\"userDeclaredLocation\":null}", NULL, NULL, NULL},
    /* Unknown fields are ignored: apps may be newer than this program. */
    {"{\"more\":[1],\"ext\":{\"more\":1}}", NULL, NULL, NULL},
    {"{\"ext\":{\"userid\":\"" ID128 "\"}}", ID128, NULL, NULL},
};

static void
check_text(const char *a, const char *b)
{
	ck_assert_int_eq(a == NULL, b == NULL);
	if (a != NULL)
		ck_assert_str_eq(a, b);
}

START_TEST(a_registration_is_read)
{
	void *ctx = mem_ctx(NULL);
	struct problems *problems = problem_new(ctx);
	struct json_object *request = given_json(ctx, good[_i].request);
	struct registration r;

	ck_assert_msg(device_read(request, "d", problems, &r), "%s",
	    json_object_to_json_string(problems->list));
	ck_assert_uint_eq(problem_count(problems), 0);
	ck_assert_ptr_eq(r.request, request);
	check_text(r.user, good[_i].user);
	check_text(r.url, good[_i].url);
	check_text(r.producer, good[_i].producer);
	talloc_free(ctx);
}
END_TEST

static const struct {
	const char *request;
	const char *places; /* where it is wrong, each with a blank behind it */
} bad[] = {
    {"null", "request "},
    {"[]", "request "},
    {"\"x\"", "request "},
    {"{\"did\":\"other\"}", "/request/did "},
    {"{\"did\":\"D\"}", "/request/did "},
    {"{\"did\":1}", "/request/did "},
    {"{\"did\":\"d\\u0000\"}", "/request/did "},
    {"{\"channel\":1}", "/request/channel "},
    {"{\"channel\":\"a\\u0001\"}", "/request/channel "},
    {"{\"fcmToken\":[]}", "/request/fcmToken "},
    {"{\"producer\":{}}", "/request/producer "},
    {"{\"uaspec\":\"x\"}", "/request/uaspec "},
    {"{\"dspec\":[]}", "/request/dspec "},
    {"{\"userDeclaredLocation\":false}", "/request/userDeclaredLocation "},
    {"{\"ext\":\"x\"}", "/request/ext "},
    {"{\"ext\":[]}", "/request/ext "},
    {"{\"ext\":{\"userid\":5}}", "/request/ext/userid "},
    {"{\"ext\":{\"userid\":\"undefined\"}}", "/request/ext/userid "},
    {"{\"ext\":{\"userid\":\"" ID128 "x\"}}", "/request/ext/userid "},
    {"{\"ext\":{\"url\":{}}}", "/request/ext/url "},
    {"{\"ext\":{\"url\":\"a\\nb\"}}", "/request/ext/url "},
    /* All faults are reported at once. */
    {"{\"did\":2,\"channel\":1,\"dspec\":1,\"ext\":{\"userid\":1,\"url\":1}}",
     "/request/channel /request/dspec /request/did /request/ext/userid /request/ext/url "},
};

static char *
places(void *ctx, const struct problems *problems)
{
	char *out = mem_dup(ctx, "");

	for (size_t i = 0; i < problem_count(problems); i++) {
		struct json_object *p = json_object_array_get_idx(problems->list, i);
		out = mem_printf(ctx, "%s%s ", out,
		    json_object_get_string(json_object_object_get(p, "pointer")));
	}
	return out;
}

START_TEST(every_fault_of_a_registration_has_its_pointer)
{
	void *ctx = mem_ctx(NULL);
	struct problems *problems = problem_new(ctx);
	struct registration r;

	ck_assert(!device_read(given_json(ctx, bad[_i].request), "d", problems, &r));
	ck_assert_str_eq(places(ctx, problems), bad[_i].places);
	talloc_free(ctx);
}
END_TEST

/* The bound is in bytes, not characters: 2048 are accepted, 2049 are not. */
START_TEST(a_text_may_have_2048_bytes)
{
	void *ctx = mem_ctx(NULL);
	struct problems *problems = problem_new(ctx);
	char *text = mem_printf(ctx, "%0*d", 2048 + _i, 0);
	struct json_object *request = mem_json(ctx, json_object_new_object());
	struct registration r;

	json_object_object_add(request, "fcmToken", json_object_new_string(text));
	ck_assert_int_eq(device_read(request, "d", problems, &r), _i == 0);
	talloc_free(ctx);
}
END_TEST

#define FIRST "\"first_access\":\"2020-01-02T03:04:05.006Z\""
#define ACCESS FIRST ",\"last_access\":\"2026-11-21\""

static const struct {
	const char *stored; /* "null": the device is new */
	const char *request;
	const char *user_agent; /* NULL: none */
	const char *location;   /* "null": not looked up */
	const char *merged;
} merges[] = {
    /* A new device. */
    {"null", "{}", NULL, "null",
     "{\"first_access\":\"" NOW "\",\"last_access\":\"2026-11-21\"}"},
    {"null", "{\"channel\":\"c\",\"uaspec\":{\"agent\":\"x\"},\"fcmToken\":\"t\","
     "\"producer\":\"p\",\"dspec\":{\"os\":\"Ubuntu\"},\"userDeclaredLocation\":{\"state\":\"s\"}}",
     "curl/7", "{\"state\":\"Karnataka\",\"district\":\"Bangalore\",\"city\":\"Bangalore\"}",
     "{\"channel\":\"c\",\"uaspec\":{\"agent\":\"x\"},\"fcmToken\":\"t\",\"producer\":\"p\","
     "\"dspec\":{\"os\":\"Ubuntu\"},\"userDeclaredLocation\":{\"state\":\"s\"},"
     "\"user_agent\":\"curl/7\",\"state\":\"Karnataka\",\"district\":\"Bangalore\","
     "\"city\":\"Bangalore\",\"first_access\":\"" NOW "\",\"last_access\":\"2026-11-21\"}"},
    /* What is not the device's own word is not kept. */
    {"null", "{\"did\":\"d\",\"ext\":{\"userid\":\"u\"},\"state\":\"Goa\","
     "\"first_access\":\"x\",\"user_agent\":\"x\"}", NULL, "null",
     "{\"first_access\":\"" NOW "\",\"last_access\":\"2026-11-21\"}"},
    /* An omitted or null field keeps its value; so do the agent and the place. */
    {"{\"channel\":\"c\",\"userDeclaredLocation\":{\"state\":\"s\"},\"user_agent\":\"u\","
     "\"state\":\"Goa\"," ACCESS "}", "{\"userDeclaredLocation\":null}", NULL, "null",
     "{\"channel\":\"c\",\"userDeclaredLocation\":{\"state\":\"s\"},\"user_agent\":\"u\","
     "\"state\":\"Goa\"," ACCESS "}"},
    /* A field that is there replaces the whole field; an empty text is a value. */
    {"{\"dspec\":{\"os\":\"a\",\"ram\":1},\"channel\":\"c\"," ACCESS "}",
     "{\"dspec\":{\"os\":\"b\"},\"channel\":\"\"}", "n", "{\"state\":\"Goa\"}",
     "{\"dspec\":{\"os\":\"b\"},\"channel\":\"\",\"user_agent\":\"n\",\"state\":\"Goa\","
     ACCESS "}"},
    /* A new place replaces all of the old one; without a place the old one stays. */
    {"{\"state\":\"Goa\",\"city\":\"Panaji\",\"country\":\"IN\","
     "\"channel\":\"c\"," ACCESS "}",
     "{}", NULL, "{\"state\":\"Kerala\",\"district\":\"Kochi\"}",
     "{\"state\":\"Kerala\",\"district\":\"Kochi\",\"channel\":\"c\"," ACCESS "}"},
    {"{\"state\":\"Goa\"," ACCESS "}", "{}", NULL, "{}", "{" ACCESS "}"},
    /* An agent is whatever anybody sends. */
    {"null", "{}", "a\xe9z\xc3\xa9\xff", "null",
     "{\"user_agent\":\"a\xef\xbf\xbdz\xc3\xa9\xef\xbf\xbd\","
     "\"first_access\":\"" NOW "\",\"last_access\":\"2026-11-21\"}"},
    /* The first access never changes; the last is stored as a day. */
    {"{" FIRST ",\"last_access\":\"2026-11-20\"}", "{}", NULL, "null", "{" ACCESS "}"},
    {"{" ACCESS "}", "{}", NULL, "null", "{" ACCESS "}"},
};

START_TEST(a_registration_is_merged_over_the_stored_profile)
{
	void *ctx = mem_ctx(NULL);
	struct json_object *stored = given_json(ctx, merges[_i].stored);
	struct json_object *before = given_json(ctx, merges[_i].stored);
	struct registration r = {.request = given_json(ctx, merges[_i].request)};
	struct sighting seen = {merges[_i].user_agent, NOW, given_json(ctx, merges[_i].location)};
	struct json_object *merged = device_merge(ctx, stored, &r, &seen);

	ck_assert_msg(json_object_equal(merged, given_json(ctx, merges[_i].merged)), "%s",
	    json_object_to_json_string(merged));
	ck_assert_int_eq(device_is_known(ctx, stored, &r, &seen),
	    stored != NULL && device_same(stored, merged));
	ck_assert(device_is_known(ctx, merged, &r, &seen));
	/* Merging changes neither of its inputs. */
	ck_assert(json_object_equal(stored, before));
	ck_assert(json_object_equal(r.request, given_json(ctx, merges[_i].request)));
	talloc_free(ctx);
}
END_TEST

static const struct {
	const char *a, *b;
	bool same;
} pairs[] = {
    {"{\"a\":1,\"b\":[1,{\"c\":\"x\"}]}", "{\"b\":[1,{\"c\":\"x\"}],\"a\":1}", true},
    /* A database writes numbers in its own way. */
    {"{\"a\":1e3}", "{\"a\":1000}", true},
    {"{\"a\":2.0}", "{\"a\":2}", true},
    {"{\"a\":-0.0}", "{\"a\":0}", true},
    {"{\"a\":1e-7}", "{\"a\":0.0000001}", true},
    {"{\"a\":[1.6777216E7]}", "{\"a\":[16777216]}", true},
    {"{\"a\":18446744073709551615}", "{\"a\":18446744073709551615}", true},
    {"{\"a\":9007199254740993}", "{\"a\":9007199254740993}", true},
    {"{\"a\":1}", "{\"a\":2}", false},
    {"{\"a\":1}", "{\"a\":\"1\"}", false},
    {"{\"a\":1}", "{\"a\":true}", false},
    {"{\"a\":0}", "{\"a\":null}", false},
    {"{\"a\":null}", "{}", false},
    {"{\"a\":null}", "{\"b\":null}", false},
    {"{\"a\":[]}", "{\"a\":{}}", false},
    {"{\"a\":[1]}", "{\"a\":[1,1]}", false},
    {"{\"a\":[1,2]}", "{\"a\":[2,1]}", false},
    {"{\"a\":{\"b\":1}}", "{\"a\":{\"b\":1,\"c\":1}}", false},
    {"{\"a\":\"x\"}", "{\"a\":\"X\"}", false},
};

START_TEST(profiles_that_differ_only_in_writing_are_equal)
{
	void *ctx = mem_ctx(NULL);
	struct json_object *a = given_json(ctx, pairs[_i].a);
	struct json_object *b = given_json(ctx, pairs[_i].b);

	ck_assert_int_eq(device_same(a, b), pairs[_i].same);
	ck_assert_int_eq(device_same(b, a), pairs[_i].same);
	talloc_free(ctx);
}
END_TEST

Suite *
device_suite(void)
{
	Suite *s = suite_create("device");
	TCase *t = tcase_create("device");

	tcase_add_loop_test(t, a_registration_is_read, 0, ROWS(good));
	tcase_add_loop_test(t, every_fault_of_a_registration_has_its_pointer, 0, ROWS(bad));
	tcase_add_loop_test(t, a_text_may_have_2048_bytes, 0, 2);
	tcase_add_loop_test(t, a_registration_is_merged_over_the_stored_profile, 0, ROWS(merges));
	tcase_add_loop_test(t, profiles_that_differ_only_in_writing_are_equal, 0, ROWS(pairs));
	suite_add_tcase(s, t);
	return s;
}

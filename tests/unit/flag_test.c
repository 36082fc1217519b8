/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Decisions as clients of OpenFeature get them: every reason, every type of value, and bytes that
 * stay the same for an unchanged decision.
 */
#include "core/experiment/flag.h"

#include <stdio.h>

#include "base/json.h"
#include "base/mem.h"
#include "given.h"
#include "suites.h"

#define CONTROL "{\"name\":\"control\"}"
#define RED "{\"name\":\"red\",\"payload\":5}"

static const struct {
	enum reason reason;
	const char *alternative;
	const char *told, *word; /* reason, and the one in the metadata */
} reasons[] = {
    {REASON_ASSIGNED, RED, "SPLIT", "ENROLLED"},
    {REASON_ENROLLED, RED, "SPLIT", "ENROLLED"},
    {REASON_ENROLLED, CONTROL, "SPLIT", "ENROLLED"},
    {REASON_FORCED, RED, "TARGETING_MATCH", "FORCED"},
    {REASON_FORCED, CONTROL, "TARGETING_MATCH", "FORCED"},
    {REASON_DEFAULT, RED, "STATIC", "DEFAULT"},
    {REASON_NOT_ACTIVE, RED, "STATIC", "NOT_ACTIVE"},
    {REASON_NOT_STARTED, RED, "STATIC", "NOT_STARTED"},
    {REASON_ENDED, RED, "STATIC", "ENDED"},
    {REASON_STOPPED, RED, "STATIC", "STOPPED"},
    {REASON_DEFAULT, CONTROL, "DISABLED", "DEFAULT"},
    {REASON_NOT_ACTIVE, CONTROL, "DISABLED", "NOT_ACTIVE"},
    {REASON_NOT_STARTED, CONTROL, "DISABLED", "NOT_STARTED"},
    {REASON_ENDED, CONTROL, "DISABLED", "ENDED"},
    {REASON_STOPPED, CONTROL, "DISABLED", "STOPPED"},
    {REASON_NOT_IN_AUDIENCE, CONTROL, "STATIC", "NOT_IN_AUDIENCE"},
    {REASON_NOT_IN_ROLLOUT, CONTROL, "STATIC", "NOT_IN_ROLLOUT"},
    {REASON_EXCLUDED_BY_LAYER, CONTROL, "STATIC", "EXCLUDED_BY_LAYER"},
    {REASON_TRACK, CONTROL, "STATIC", "TRACK"},
    {REASON_BOT, CONTROL, "STATIC", "BOT"},
    {REASON_BOT, RED, "STATIC", "BOT"},
};

/* The flag as text, on ctx. */
static const char *
flag_text(void *ctx, struct flag_decision f, const char *alternative, const char *alternatives)
{
	struct experiment e = {.id = "e", .alternatives = given_json(ctx, alternatives)};

	f.experiment = &e;
	f.decision.alternative = given_json(ctx, alternative);
	return json_plain(mem_json(ctx, flag_new(&f)));
}

START_TEST(every_reason_maps_to_one_of_openfeature)
{
	void *ctx = mem_ctx(NULL);
	struct json_object *o = given_json(ctx, flag_text(ctx,
	    (struct flag_decision){.decision.reason = reasons[_i].reason}, reasons[_i].alternative,
	    "[" CONTROL "," RED "]"));
	struct json_object *metadata = json_object_object_get(o, "metadata");

	ck_assert_str_eq(
	    json_object_get_string(json_object_object_get(o, "reason")), reasons[_i].told);
	ck_assert_str_eq(
	    json_object_get_string(json_object_object_get(metadata, "reason")), reasons[_i].word);
	talloc_free(ctx);
}
END_TEST

/* The alternatives by their payloads, the type, and `value` of the first (with its comma). */
static const struct {
	const char *first, *second;
	enum flag_type type;
	const char *value;
} values[] = {
    {"null", "null", FLAG_NAME, "\"value\":\"a\","},
    {"false", "true", FLAG_BOOLEAN, "\"value\":false,"},
    {"\"\"", "\"x\"", FLAG_STRING, "\"value\":\"\","},
    {"1", "0.5", FLAG_NUMBER, "\"value\":1,"},
    {"0.1", "0.5", FLAG_NUMBER, "\"value\":0.1,"},
    {"{\"a/b\":null}", "[1]", FLAG_OBJECT, "\"value\":{\"a/b\":null},"},
    {"[]", "{}", FLAG_OBJECT, "\"value\":[],"},
    {"1", "\"1\"", FLAG_MIXED, "\"value\":1,"},
    {"false", "0", FLAG_MIXED, "\"value\":false,"},
    /* No payload of its own, where others have one: the default of the application applies. */
    {"null", "true", FLAG_BOOLEAN, ""},
    {"true", "null", FLAG_BOOLEAN, "\"value\":true,"},
};

START_TEST(a_value_is_the_payload_or_the_name_without_payloads)
{
	void *ctx = mem_ctx(NULL);
	const char *first = mem_printf(ctx, "{\"name\":\"a\",\"payload\":%s}", values[_i].first);
	const char *list = mem_printf(
	    ctx, "[%s,{\"name\":\"b\",\"payload\":%s}]", first, values[_i].second);
	const char *flag = flag_text(ctx,
	    (struct flag_decision){.decision.reason = REASON_ENROLLED, .enrolled = true}, first,
	    list);

	ck_assert_int_eq(flag_type(given_json(ctx, list)), values[_i].type);
	ck_assert_str_eq(flag, mem_printf(ctx,
	    "{\"key\":\"e\",%s\"reason\":\"SPLIT\",\"variant\":\"a\",\"metadata\":{"
	    "\"experiment\":\"e\",\"reason\":\"ENROLLED\",\"enrolled\":true}}",
	    values[_i].value));
	talloc_free(ctx);
}
END_TEST

START_TEST(ignored_attributes_are_reported_in_the_metadata)
{
	void *ctx = mem_ctx(NULL);

	ck_assert_str_eq(flag_text(ctx,
	    (struct flag_decision){.decision.reason = REASON_STOPPED, .ignores_attributes = true},
	    CONTROL, "[" CONTROL "]"),
	    "{\"key\":\"e\",\"value\":\"control\",\"reason\":\"DISABLED\",\"variant\":\"control\","
	    "\"metadata\":{\"experiment\":\"e\",\"reason\":\"STOPPED\",\"enrolled\":false,"
	    "\"attributes\":\"ignored\"}}");
	talloc_free(ctx);
}
END_TEST

START_TEST(an_error_of_a_single_flag_names_its_key)
{
	void *ctx = mem_ctx(NULL);

	ck_assert_str_eq(json_plain(mem_json(ctx, flag_error("k", "GENERAL", "why"))),
	    "{\"key\":\"k\",\"errorCode\":\"GENERAL\",\"errorDetails\":\"why\"}");
	ck_assert_str_eq(json_plain(mem_json(ctx, flag_error(NULL, "GENERAL", "why"))),
	    "{\"errorCode\":\"GENERAL\",\"errorDetails\":\"why\"}");
	talloc_free(ctx);
}
END_TEST

START_TEST(every_type_has_its_word)
{
	static const char *const words[] = {
	    "name", "boolean", "string", "number", "object", "mixed"};

	ck_assert_int_eq(ROWS(words), FLAG__MAX);
	ck_assert_str_eq(flag_type_word((enum flag_type)_i), words[_i]);
}
END_TEST

Suite *
flag_suite(void)
{
	Suite *s = suite_create("flag");
	TCase *t = tcase_create("flag");

	tcase_add_loop_test(t, every_reason_maps_to_one_of_openfeature, 0, ROWS(reasons));
	tcase_add_loop_test(
	    t, a_value_is_the_payload_or_the_name_without_payloads, 0, ROWS(values));
	tcase_add_test(t, ignored_attributes_are_reported_in_the_metadata);
	tcase_add_test(t, an_error_of_a_single_flag_names_its_key);
	tcase_add_loop_test(t, every_type_has_its_word, 0, FLAG__MAX);
	suite_add_tcase(s, t);
	return s;
}

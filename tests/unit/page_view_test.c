/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Page views: what is accepted, and for everything else each reason with its pointer.
 */
#include "core/subject/page_view.h"

#include <string.h>

#include "base/json.h"
#include "base/mem.h"
#include "given.h"
#include "suites.h"

#define NOW 1354408212984000 /* 2012-12-02T00:30:12.984Z */
#define STRING "must be a string"
#define TIME_STRING "must be a string: an RFC 3339 date-time with an offset"
#define RFC_3339 "must be an RFC 3339 date-time with an offset, as 2012-12-02T00:30:12.984Z"
#define CONTROL "must not contain control characters"

static const struct {
	const char *text;
	struct page_view view;
} good[] = {
    {"{\"user_id\":\"7\",\"name\":\"Home\",\"timestamp\":\"2012-12-02T00:30:12.984Z\"}",
	{"u:7", "Home", NULL, NULL, NOW}},
    {"{\"session_id\":\"7\",\"name\":\" Home \",\"timestamp\":\"2012-12-02T01:30:12.9849+01:00\"}",
	{"s:7", " Home ", NULL, NULL, NOW}},
    {"{\"user_id\":\"7\",\"name\":\"H\",\"timestamp\":\"2012-12-02T00:30:12.984Z\",\"url\":null,"
     "\"referrer\":null,\"other\":[1]}",
	{"u:7", "H", NULL, NULL, NOW}},
    {"{\"user_id\":\"7\",\"name\":\"H\",\"timestamp\":\"2012-12-02T00:30:12.984Z\",\"url\":\"/a\","
     "\"referrer\":\"https://c/\"}",
	{"u:7", "H", "/a", "https://c/", NOW}},
    /* From 1970, inclusive, to a day after now, inclusive. */
    {"{\"user_id\":\"7\",\"name\":\"H\",\"timestamp\":\"1970-01-01T00:00:00Z\"}",
	{"u:7", "H", NULL, NULL, 0}},
    {"{\"user_id\":\"7\",\"name\":\"H\",\"timestamp\":\"2012-12-03T00:30:12.984Z\"}",
	{"u:7", "H", NULL, NULL, NOW + INSTANT_DAY}},
    {"{\"user_id\":\"7\",\"name\":\"H\",\"timestamp\":\"2012-06-30T23:59:60Z\"}",
	{"u:7", "H", NULL, NULL, 1341100800000000}},
};

START_TEST(reads_a_page_view)
{
	void *ctx = mem_ctx(NULL);
	struct problems *p = problem_new(ctx);
	const struct page_view *expected = &good[_i].view;
	struct page_view v = {.at = 77};

	ck_assert_msg(
	    page_view_read(given_json(ctx, good[_i].text), NOW, "", p, &v), "%s",
	    json_plain(p->list));
	ck_assert_uint_eq(problem_count(p), 0);
	ck_assert_pstr_eq(v.subject, expected->subject);
	ck_assert_pstr_eq(v.name, expected->name);
	ck_assert_pstr_eq(v.url, expected->url);
	ck_assert_pstr_eq(v.referrer, expected->referrer);
	ck_assert_int_eq(v.at, expected->at);
	talloc_free(ctx);
}
END_TEST

/* One member of an otherwise good page view, as JSON; NULL: the member is missing. */
static const struct {
	const char *member, *value, *pointer, *detail;
} bad[] = {
    {"user_id", NULL, "/4/user_id", "name exactly one of user_id or session_id"},
    {"user_id", "null", "/4/user_id", STRING},
    {"user_id", "7", "/4/user_id", STRING},
    {"user_id", "\"\"", "/4/user_id", "must not be empty"},
    {"user_id", "\"undefined\"", "/4/user_id", "is what a program sends when it has no id"},
    {"session_id", "\"7\"", "/4/user_id", "name exactly one of user_id or session_id"},
    {"device_id", "\"7\"", "/4/user_id", "name exactly one of user_id or session_id"},
    {"name", NULL, "/4/name", STRING},
    {"name", "null", "/4/name", STRING},
    {"name", "7", "/4/name", STRING},
    {"name", "{}", "/4/name", STRING},
    {"name", "\"\"", "/4/name", "must not be empty"},
    {"name", "\"a\\u007fb\"", "/4/name", CONTROL},
    {"name", "\"a\\u0085b\"", "/4/name", CONTROL},
    {"url", "\"\"", "/4/url", "must not be empty"},
    {"url", "7", "/4/url", STRING},
    {"url", "\"a\\nb\"", "/4/url", CONTROL},
    {"referrer", "\"\"", "/4/referrer", "must not be empty"},
    {"referrer", "[]", "/4/referrer", STRING},
    {"referrer", "\"a\\tb\"", "/4/referrer", CONTROL},
    {"timestamp", NULL, "/4/timestamp", TIME_STRING},
    {"timestamp", "null", "/4/timestamp", TIME_STRING},
    {"timestamp", "1354408212", "/4/timestamp", TIME_STRING},
    {"timestamp", "1354408212.984", "/4/timestamp", TIME_STRING},
    {"timestamp", "\"\"", "/4/timestamp", RFC_3339},
    {"timestamp", "\"1354408212\"", "/4/timestamp", RFC_3339},
    {"timestamp", "\"2012-12-02T00:30:12.984\"", "/4/timestamp", RFC_3339},
    {"timestamp", "\"2012-02-30T00:00:00Z\"", "/4/timestamp", RFC_3339},
    {"timestamp", "\"2012-12-02T00:30:12Z\\u0000\"", "/4/timestamp", RFC_3339},
    {"timestamp", "\"1969-12-31T23:59:59.999Z\"", "/4/timestamp", "must not lie before 1970"},
    {"timestamp", "\"1970-01-01T00:00:00+00:01\"", "/4/timestamp", "must not lie before 1970"},
    {"timestamp", "\"0000-01-01T00:00:00Z\"", "/4/timestamp", "must not lie before 1970"},
    {"timestamp", "\"2012-12-03T00:30:12.985Z\"", "/4/timestamp",
	"must not lie more than a day in the future"},
    {"timestamp", "\"9999-12-31T23:59:59Z\"", "/4/timestamp",
	"must not lie more than a day in the future"},
};

/* A good page view in which one member is replaced, added or left out. */
static struct json_object *
page_view_with(void *ctx, const char *member, const char *value)
{
	struct json_object *o = json_tokener_parse(
	    "{\"user_id\":\"7\",\"name\":\"Home\","
	    "\"timestamp\":\"2012-12-02T00:30:12.984Z\",\"url\":\"/\",\"referrer\":\"/\"}");

	if (value == NULL)
		json_object_object_del(o, member);
	else
		json_object_object_add(o, member, json_tokener_parse(value));
	return mem_json(ctx, o);
}

START_TEST(each_fault_has_its_pointer)
{
	void *ctx = mem_ctx(NULL);
	struct problems *p = problem_new(ctx);
	struct page_view v;

	ck_assert(!page_view_read(
	    page_view_with(ctx, bad[_i].member, bad[_i].value), NOW, "/4", p, &v));
	ck_assert_str_eq(json_plain(p->list),
	    mem_printf(
		ctx, "[{\"pointer\":\"%s\",\"detail\":\"%s\"}]", bad[_i].pointer, bad[_i].detail));
	talloc_free(ctx);
}
END_TEST

static const struct {
	const char *member;
	int most;
} longest[] = {{"name", PAGE_VIEW_NAME}, {"url", PAGE_VIEW_URL}, {"referrer", PAGE_VIEW_URL}};

START_TEST(texts_are_accepted_up_to_their_limit)
{
	void *ctx = mem_ctx(NULL);
	struct problems *p = problem_new(ctx);
	struct page_view v;
	const char *member = longest[_i].member;
	int most = longest[_i].most;
	char *fits = mem_printf(ctx, "\"%0*d\"", most, 7);
	char *over = mem_printf(ctx, "\"%0*d\"", most + 1, 7);

	ck_assert(page_view_read(page_view_with(ctx, member, fits), NOW, "", p, &v));
	ck_assert(!page_view_read(page_view_with(ctx, member, over), NOW, "", p, &v));
	ck_assert_str_eq(json_plain(p->list),
	    mem_printf(ctx, "[{\"pointer\":\"/%s\",\"detail\":\"must be at most %d bytes long\"}]",
		member, most));
	talloc_free(ctx);
}
END_TEST

START_TEST(reports_all_faults_at_once)
{
	void *ctx = mem_ctx(NULL);
	struct problems *p = problem_new(ctx);
	struct page_view v;
	const char *text =
	    "{\"user_id\":7,\"name\":\"\",\"timestamp\":\"now\",\"url\":1,\"referrer\":2}";

	ck_assert(!page_view_read(given_json(ctx, text), NOW, "", p, &v));
	ck_assert_str_eq(json_plain(p->list),
	    "["
	    "{\"pointer\":\"/user_id\",\"detail\":\"" STRING "\"},"
	    "{\"pointer\":\"/name\",\"detail\":\"must not be empty\"},"
	    "{\"pointer\":\"/timestamp\",\"detail\":\"" RFC_3339 "\"},"
	    "{\"pointer\":\"/url\",\"detail\":\"" STRING "\"},"
	    "{\"pointer\":\"/referrer\",\"detail\":\"" STRING "\"}]");
	talloc_free(ctx);
}
END_TEST

START_TEST(a_bad_view_does_not_affect_the_next)
{
	void *ctx = mem_ctx(NULL);
	struct problems *p = problem_new(ctx);
	struct page_view v;

	ck_assert(!page_view_read(page_view_with(ctx, "name", "7"), NOW, "/0", p, &v));
	ck_assert(page_view_read(page_view_with(ctx, "name", "\"x\""), NOW, "/1", p, &v));
	ck_assert_uint_eq(problem_count(p), 1);
	talloc_free(ctx);
}
END_TEST

static const char *const no_objects[] = {"null", "7", "\"x\"", "[]", "[{}]", "true"};

START_TEST(refuses_anything_but_an_object)
{
	void *ctx = mem_ctx(NULL);
	struct problems *p = problem_new(ctx);
	struct page_view v;

	ck_assert(!page_view_read(given_json(ctx, no_objects[_i]), NOW, "/4", p, &v));
	ck_assert_str_eq(
	    json_plain(p->list), "[{\"pointer\":\"/4\",\"detail\":\"must be an object\"}]");
	talloc_free(ctx);
}
END_TEST

Suite *
page_view_suite(void)
{
	Suite *s = suite_create("page_view");
	TCase *t = tcase_create("page_view");

	tcase_add_loop_test(t, reads_a_page_view, 0, ROWS(good));
	tcase_add_loop_test(t, each_fault_has_its_pointer, 0, ROWS(bad));
	tcase_add_loop_test(t, texts_are_accepted_up_to_their_limit, 0, ROWS(longest));
	tcase_add_test(t, reports_all_faults_at_once);
	tcase_add_test(t, a_bad_view_does_not_affect_the_next);
	tcase_add_loop_test(t, refuses_anything_but_an_object, 0, ROWS(no_objects));
	suite_add_tcase(s, t);
	return s;
}

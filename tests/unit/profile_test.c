/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Profiles: until when one is valid, to the microsecond, and the forms in which they are answered.
 */
#include "core/subject/profile.h"

#include <stdlib.h>

#include "base/instant.h"
#include "base/json.h"
#include "base/mem.h"
#include "suites.h"

#define NOW 1355054400000000 /* 2012-12-09T12:00:00Z */
#define WEEK (7 * INSTANT_DAY)

static struct json_object *
row_of(void *ctx, const char *text)
{
	struct json_object *row = json_tokener_parse(text);

	ck_assert_msg(row != NULL, "%s", text);
	return mem_json(ctx, row);
}

/* A row with these two instants; negative: null. */
static struct json_object *
row_with(void *ctx, int64_t first, int64_t next)
{
	struct json_object *row = row_of(ctx, "{\"views\":1,\"first_us\":null,\"next_us\":null}");

	if (first >= 0)
		json_object_object_add(row, "first_us", json_object_new_int64(first));
	if (next >= 0)
		json_object_object_add(row, "next_us", json_object_new_int64(next));
	return row;
}

static const struct {
	int64_t first, next;
	int64_t last; /* the last instant at which the profile holds */
} spans[] = {
    /* The first view is in the window for seven days, and the profile holds as long. */
    {NOW, -1, NOW + WEEK},
    {NOW - WEEK, -1, NOW},
    {NOW - WEEK + 1, -1, NOW + 1},
    {NOW - INSTANT_DAY, -1, NOW + 6 * INSTANT_DAY},
    /* A view of the future counts from its instant on. */
    {-1, NOW + 1, NOW},
    {-1, NOW + INSTANT_DAY, NOW + INSTANT_DAY - 1},
    /* Whichever comes first. */
    {NOW - WEEK + 5, NOW + 5, NOW + 4},
    {NOW - WEEK + 5, NOW + 6, NOW + 5},
    {NOW - WEEK + 5, NOW + 7, NOW + 5},
    /* No view will enter or leave: the profile holds for a year. */
    {-1, -1, NOW + 365 * INSTANT_DAY - 1},
};

START_TEST(a_profile_is_valid_until_its_window_changes)
{
	void *ctx = mem_ctx(NULL);
	struct json_object *row = row_with(ctx, spans[_i].first, spans[_i].next);

	ck_assert(!profile_is_valid_at(row, NOW));
	profile_set_span(row, NOW);
	ck_assert(!profile_is_valid_at(row, NOW - 1));
	ck_assert(profile_is_valid_at(row, NOW));
	ck_assert(profile_is_valid_at(row, spans[_i].last));
	ck_assert(!profile_is_valid_at(row, spans[_i].last + 1));
	ck_assert(!profile_is_valid_at(row, INT64_MAX));
	talloc_free(ctx);
}
END_TEST

static const char *const spanless[] = {
    "null",
    "7",
    "\"x\"",
    "[]",
    "{}",
    "{\"from_us\":0}",
    "{\"until_us\":9000000000000000000}",
    "{\"from_us\":null,\"until_us\":9000000000000000000}",
    "{\"from_us\":\"0\",\"until_us\":\"9000000000000000000\"}",
    "{\"from_us\":0.5,\"until_us\":9e18}",
    "{\"from_us\":[0],\"until_us\":{}}",
    "{\"from_us\":9000000000000000000,\"until_us\":0}",
};

START_TEST(a_profile_without_a_span_is_never_valid)
{
	void *ctx = mem_ctx(NULL);
	struct json_object *row = mem_json(ctx, json_tokener_parse(spanless[_i]));

	ck_assert(!profile_is_valid_at(row, NOW));
	talloc_free(ctx);
}
END_TEST

#define ROW \
	"{\"views\":21,\"minutes\":18.5,\"days\":3,\"favourite\":\"Pricing <Page>\",\"pages\":4," \
	"\"first_us\":1,\"next_us\":null}"

static const struct {
	const char *row, *shape;
} weeks[] = {
    {ROW,
	"{\"user_id\":\"a/b\",\"number_pages_viewed_the_last_7_days\":21,"
	"\"time_spent_on_site_last_7_days\":18.5,\"number_of_days_active_last_7_days\":3,"
	"\"most_viewed_page_last_7_days\":\"Pricing <Page>\","
	"\"number_distinct_pages_last_7_days\":4}"},
    {"{\"views\":0,\"minutes\":0,\"days\":0,\"favourite\":null,\"pages\":0}",
	"{\"user_id\":\"a/b\",\"number_pages_viewed_the_last_7_days\":0,"
	"\"time_spent_on_site_last_7_days\":0,\"number_of_days_active_last_7_days\":0,"
	"\"most_viewed_page_last_7_days\":null,\"number_distinct_pages_last_7_days\":0}"},
};

START_TEST(the_week_has_the_documented_names)
{
	void *ctx = mem_ctx(NULL);
	struct json_object *row = json_tokener_parse(weeks[_i].row);
	struct json_object *o = profile_week(ctx, "a/b", row);

	/* The answer must not refer to the row, which is freed first. */
	json_object_put(row);
	ck_assert_str_eq(json_plain(o), weeks[_i].shape);
	talloc_free(ctx);
}
END_TEST

static const struct {
	int64_t days;
	const char *from;
} windows[] = {
    {1, "2012-12-08T12:00:00.000Z"},
    {7, "2012-12-02T12:00:00.000Z"},
    {PROFILE_DAYS_MOST, "2012-09-10T12:00:00.000Z"},
};

START_TEST(another_window_names_its_days)
{
	void *ctx = mem_ctx(NULL);
	struct json_object *row = json_tokener_parse(ROW);
	struct json_object *o = profile_window(ctx, "a/b", row, windows[_i].days, NOW);

	json_object_put(row);
	ck_assert_str_eq(json_plain(o),
	    mem_printf(ctx,
		"{\"user_id\":\"a/b\",\"number_pages_viewed\":21,"
		"\"time_spent_on_site\":18.5,\"number_of_days_active\":3,"
		"\"most_viewed_page\":\"Pricing <Page>\",\"number_distinct_pages\":4,"
		"\"days\":%d,\"from\":\"%s\",\"to\":\"2012-12-09T12:00:00.000Z\"}",
		(int)windows[_i].days, windows[_i].from));
	talloc_free(ctx);
}
END_TEST

Suite *
profile_suite(void)
{
	Suite *s = suite_create("profile");
	TCase *t = tcase_create("profile");

	tcase_add_loop_test(t, a_profile_is_valid_until_its_window_changes, 0, ROWS(spans));
	tcase_add_loop_test(t, a_profile_without_a_span_is_never_valid, 0, ROWS(spanless));
	tcase_add_loop_test(t, the_week_has_the_documented_names, 0, ROWS(weeks));
	tcase_add_loop_test(t, another_window_names_its_days, 0, ROWS(windows));
	suite_add_tcase(s, t);
	return s;
}

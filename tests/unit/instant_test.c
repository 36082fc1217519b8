/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * RFC 3339, strictly: what is accepted as which instant, what is refused, and formatting.
 */
#include "base/instant.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "suites.h"

/* Parses a copy in an allocation of its own, so that a sanitizer notices a read beyond it. */
static bool
parse(const char *text, size_t n, int64_t *out)
{
	char *tight = malloc(n > 0 ? n : 1);

	ck_assert_ptr_nonnull(tight);
	memcpy(tight, text, n);
	bool good = instant_parse(tight, n, out);
	free(tight);
	return good;
}

static const struct {
	const char *text;
	int64_t us;
} good[] = {
    {"2012-12-02T00:30:12.984Z", 1354408212984000},
    {"2012-12-02t00:30:12.984z", 1354408212984000},
    {"1970-01-01T00:00:00Z", 0},
    {"1969-12-31T23:59:59.999Z", -1000},
    {"0001-01-01T00:00:00Z", -62135596800000000},
    {"0000-01-01T00:00:00Z", -62167219200000000},
    {"9999-12-31T23:59:59+23:59", 253402300799000000 - 86340000000},
    {"9999-12-31T23:59:59.999Z", 253402300799999000},
    /* Leap years. */
    {"2012-02-29T12:00:00Z", 1330516800000000},
    {"2000-02-29T00:00:00Z", 951782400000000},
    {"1600-02-29T00:00:00Z", -11670998400000000},
    {"1900-02-28T23:59:59Z", -2203891201000000},
    {"1900-03-01T00:00:00Z", -2203891200000000},
    {"2100-03-01T00:00:00Z", 4107542400000000},
    {"2024-12-31T00:00:00Z", 1735603200000000},
    /* Offsets. */
    {"2012-12-02T00:30:12+00:00", 1354408212000000},
    {"2012-12-02T00:30:12-00:00", 1354408212000000},
    {"2012-12-02T01:30:12+01:00", 1354408212000000},
    {"2012-12-01T16:30:12-08:00", 1354408212000000},
    {"2012-12-02T06:15:12+05:45", 1354408212000000},
    {"2012-12-02T00:30:12+23:59", 1354321872000000},
    {"2012-12-02T00:30:12-23:59", 1354494552000000},
    {"1970-01-01T00:00:00+00:01", -60000000},
    /* Fractions are cut, not rounded. */
    {"1970-01-01T00:00:00.5Z", 500000},
    {"1970-01-01T00:00:00.25Z", 250000},
    {"1970-01-01T00:00:00.001Z", 1000},
    {"1970-01-01T00:00:00.0009Z", 0},
    {"1970-01-01T00:00:00.9999999Z", 999000},
    {"1970-01-01T00:00:00.000000000000000000000000000000000001Z", 0},
    {"1970-01-01T00:00:00.123456789+00:00", 123000},
    /* A leap second is the first instant of the next day, by UTC. */
    {"2016-12-31T23:59:60Z", 1483228800000000},
    {"2016-12-31T23:59:60.999Z", 1483228800000000},
    {"2016-12-31T18:59:60-05:00", 1483228800000000},
    {"2017-01-01T05:44:60+05:45", 1483228800000000},
    {"1969-12-31T23:59:60Z", 0},
};

START_TEST(reads_what_rfc_3339_allows)
{
	int64_t t = 77;

	ck_assert_msg(parse(good[_i].text, strlen(good[_i].text), &t), "%s", good[_i].text);
	ck_assert_int_eq(t, good[_i].us);
}
END_TEST

static const char *const bad[] = {
    "",
    "Z",
    "now",
    "1354408212",
    "1354408212984",
    "2012",
    "2012-12-02",
    "00:30:12Z",
    /* No zone, half a zone, too much of a zone. */
    "2012-12-02T00:30:12",
    "2012-12-02T00:30:12.984",
    "2012-12-02T00:30:12+",
    "2012-12-02T00:30:12-1",
    "2012-12-02T00:30:12+01",
    "2012-12-02T00:30:12+0100",
    "2012-12-02T00:30:12+1:00",
    "2012-12-02T00:30:12+01:0",
    "2012-12-02T00:30:12+01:00Z",
    "2012-12-02T00:30:12+24:00",
    "2012-12-02T00:30:12+00:60",
    "2012-12-02T00:30:12 UTC",
    "2012-12-02T00:30:12ZZ",
    /* No such day. */
    "2012-02-30T00:00:00Z",
    "2011-02-29T00:00:00Z",
    "1900-02-29T00:00:00Z",
    "2100-02-29T00:00:00Z",
    "2012-04-31T00:00:00Z",
    "2012-06-31T00:00:00Z",
    "2012-09-31T00:00:00Z",
    "2012-11-31T00:00:00Z",
    "2012-01-32T00:00:00Z",
    "2012-00-01T00:00:00Z",
    "2012-13-01T00:00:00Z",
    "2012-01-00T00:00:00Z",
    /* No such time. */
    "2012-12-02T24:00:00Z",
    "2012-12-02T00:60:00Z",
    "2012-12-02T00:00:61Z",
    /* No such leap second. */
    "2012-12-02T00:30:60Z",
    "2012-12-02T23:58:60Z",
    "2012-12-02T22:59:60Z",
    "2012-12-02T23:59:60+01:00",
    "2012-12-02T00:00:60Z",
    /* By UTC, no such year. */
    "0000-01-01T00:00:00+00:01",
    "9999-12-31T23:59:59-00:01",
    "9999-12-31T23:59:60Z",
    /* Other forms of a date and time. */
    "2012-12-02 00:30:12Z",
    "2012-12-02T00:30Z",
    "2012-12-02T00:30:12,984Z",
    "2012-12-02T00:30:12.Z",
    "2012-12-02T00:30:12.+01:00",
    "2012-12-02T00:30:12.9 Z",
    "20121202T003012Z",
    "2012-W48-7T00:30:12Z",
    "2012-337T00:30:12Z",
    "12-12-02T00:30:12Z",
    "02012-12-02T00:30:12Z",
    "+2012-12-02T00:30:12Z",
    "-001-12-02T00:30:12Z",
    "2012-1-2T00:30:12Z",
    "2012/12/02T00:30:12Z",
    "2012-12-02T0:30:12Z",
    "2012-12-02T-1:30:12Z",
    ("2012-12-02T00:30:12.984\xe2\x80\x93"
     "01:00"),
    /* Text before or behind it. */
    " 2012-12-02T00:30:12Z",
    "2012-12-02T00:30:12Z ",
    "2012-12-02T00:30:12Z\n",
    "2012-12-02T00:30:12Z; drop",
    "\"2012-12-02T00:30:12Z\"",
};

START_TEST(refuses_everything_else_and_keeps_the_value)
{
	int64_t t = 77;

	ck_assert_msg(!parse(bad[_i], strlen(bad[_i]), &t), "%s", bad[_i]);
	ck_assert_int_eq(t, 77);
}
END_TEST

START_TEST(refuses_every_prefix_and_suffix)
{
	static const char text[] = "2012-12-02T00:30:12.984+01:00";
	int64_t t;

	for (size_t n = 0; n < sizeof text - 1; n++)
		ck_assert_msg(!parse(text, n, &t), "the first %zu bytes", n);
	for (size_t n = 1; n < sizeof text; n++)
		ck_assert_msg(!parse(text + n, sizeof text - 1 - n, &t), "%s", text + n);
}
END_TEST

START_TEST(refuses_a_foreign_character_at_every_position)
{
	static const char strangers[] = {'x', ' ', '\0', '/', ',', '\xb2', '\n'};
	static const char text[] = "2012-12-02T00:30:12.984+01:00";
	char copy[sizeof text];
	int64_t t;

	for (size_t at = 0; at < sizeof text - 1; at++) {
		memcpy(copy, text, sizeof text);
		copy[at] = strangers[_i];
		ck_assert_msg(!parse(copy, sizeof text - 1, &t), "at byte %zu", at);
	}
}
END_TEST

static const struct {
	int64_t us;
	const char *text;
} formats[] = {
    {0, "1970-01-01T00:00:00.000Z"},
    {1354408212984000, "2012-12-02T00:30:12.984Z"},
    {1354408212984999, "2012-12-02T00:30:12.984Z"},
    {999, "1970-01-01T00:00:00.000Z"},
    {-1, "1969-12-31T23:59:59.999Z"},
    {-1000, "1969-12-31T23:59:59.999Z"},
    {-1001, "1969-12-31T23:59:59.998Z"},
    {-1000000, "1969-12-31T23:59:59.000Z"},
    {-1000001, "1969-12-31T23:59:58.999Z"},
    {-59042995200001000, "0098-12-31T23:59:59.999Z"},
    {-62167219200000000, "0000-01-01T00:00:00.000Z"},
    {253402300799999999, "9999-12-31T23:59:59.999Z"},
};

START_TEST(writes_utc_with_milliseconds)
{
	char text[INSTANT_TEXT];

	instant_format(formats[_i].us, text);
	ck_assert_str_eq(text, formats[_i].text);
}
END_TEST

/* The text that libc formats, as an independent reference. */
static void
libc_text(int64_t us, char out[32])
{
	time_t second = (time_t)(us / INSTANT_SECOND);
	struct tm tm;

	ck_assert_uint_gt(strftime(out, 32, "%FT%TZ", gmtime_r(&second, &tm)), 0);
}

/* 100,000 instants over all years; the negative ones are before 1970, where division rounds up. */
START_TEST(parses_what_it_formats)
{
	const int64_t span = 253402300800; /* seconds of the years 1970..9999 */
	uint64_t state = 20121202;

	for (int i = 0; i < 100000; i++) {
		state = state * 6364136223846793005 + 1442695040888963407;
		int64_t ms = (int64_t)(state >> 1) % (span * 1000);
		int64_t t = ms * INSTANT_MS;
		char text[INSTANT_TEXT], libc[32];
		int64_t back, second;
		instant_format(t, text);
		ck_assert_msg(instant_parse(text, strlen(text), &back) && back == t, "%s", text);
		libc_text(t, libc);
		ck_assert(instant_parse(libc, strlen(libc), &second));
		ck_assert_msg(second == t - t % INSTANT_SECOND, "%s is not %" PRId64, libc, t);
		instant_format(-t / 5, text);
		ck_assert_msg(instant_parse(text, strlen(text), &back), "%s", text);
		ck_assert_int_ge(-t / 5, back);
		ck_assert_int_lt(-t / 5, back + INSTANT_MS);
	}
}
END_TEST

START_TEST(the_clocks_never_go_back)
{
	time_t now = time(NULL);
	int64_t first = instant_monotonic();

	ck_assert_int_ge(instant_now() / INSTANT_SECOND, now - 1);
	ck_assert_int_le(instant_now() / INSTANT_SECOND, now + 60);
	ck_assert_int_ge(instant_monotonic(), first);
}
END_TEST

Suite *
instant_suite(void)
{
	Suite *s = suite_create("instant");
	TCase *t = tcase_create("instant");

	tcase_set_timeout(t, 60); /* also on a machine that is busy */
	tcase_add_loop_test(t, reads_what_rfc_3339_allows, 0, ROWS(good));
	tcase_add_loop_test(t, refuses_everything_else_and_keeps_the_value, 0, ROWS(bad));
	tcase_add_test(t, refuses_every_prefix_and_suffix);
	tcase_add_loop_test(t, refuses_a_foreign_character_at_every_position, 0, 7);
	tcase_add_loop_test(t, writes_utc_with_milliseconds, 0, ROWS(formats));
	tcase_add_test(t, parses_what_it_formats);
	tcase_add_test(t, the_clocks_never_go_back);
	suite_add_tcase(s, t);
	return s;
}

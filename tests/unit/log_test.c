/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The log: one event is one line of at most 4 KiB, whatever a client sends.
 */
#include "base/log.h"

#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "suites.h"

enum { ROOM = 65536 };

static int saved = -1;
static int written = -1;

/* Sends standard error to a file in memory, until end_capture(). */
static void
begin_capture(void)
{
	written = memfd_create("log", MFD_CLOEXEC);
	saved = dup(STDERR_FILENO);
	ck_assert_int_ge(dup2(written, STDERR_FILENO), 0);
}

/* Restores standard error; what was written meanwhile, until the next call. */
static const char *
end_capture(void)
{
	static char text[ROOM];

	ck_assert_int_ge(dup2(saved, STDERR_FILENO), 0);
	ssize_t n = pread(written, text, sizeof text - 1, 0);
	ck_assert_int_ge(n, 0);
	text[n] = '\0';
	close(saved);
	close(written);
	return text;
}

/* After a test that failed between the two, its message must reach the terminal. */
static void
restore(void)
{
	log_set_level(LOG_INFO);
	if (saved >= 0)
		dup2(saved, STDERR_FILENO);
}

static void
check_one_line(const char *text)
{
	size_t n = strlen(text);

	ck_assert_uint_gt(n, 0);
	ck_assert_uint_le(n, 4096);
	ck_assert_ptr_eq(strchr(text, '\n'), text + n - 1);
	for (size_t i = 0; i < n - 1; i++)
		ck_assert_msg(text[i] >= ' ' && text[i] < 0x7f, "byte %zu is %02x", i,
		    (unsigned char)text[i]);
}

static const struct {
	const char *value;
	const char *pair;
} values[] = {
    {"plain", " key=plain\n"},
    {"/user/:id", " key=/user/:id\n"},
    {"", " key=\"\"\n"},
    {" ", " key=\" \"\n"},
    {"two words", " key=\"two words\"\n"},
    {"a=b", " key=\"a=b\"\n"},
    {"say \"x\"", " key=\"say \\\"x\\\"\"\n"},
    {"\"", " key=\"\\\"\"\n"},
    {"a\\b", " key=\"a\\\\b\"\n"},
    {"a\nts=0 level=info event=forged", " key=\"a\\x0ats=0 level=info event=forged\"\n"},
    {"a\r\nb", " key=\"a\\x0d\\x0ab\"\n"},
    {"\" event=forged x=\"", " key=\"\\\" event=forged x=\\\"\"\n"},
    {"\t\x01\x1b[31m\x7f", " key=\"\\x09\\x01\\x1b[31m\\x7f\"\n"},
    {"\xc3\xa9", " key=\"\\xc3\\xa9\"\n"},
    {"\xff", " key=\"\\xff\"\n"},
    {"\x7f", " key=\"\\x7f\"\n"},
};

START_TEST(a_hostile_value_cannot_begin_a_new_line)
{
	struct log_line l;

	begin_capture();
	log_begin(&l, LOG_WARN, "test");
	log_text(&l, "key", values[_i].value);
	log_send(&l, LOG_WARN);
	const char *text = end_capture();
	check_one_line(text);
	const char *pair = strstr(text, " key=");
	ck_assert_ptr_nonnull(pair);
	ck_assert_str_eq(pair, values[_i].pair);
}
END_TEST

START_TEST(a_line_begins_with_time_level_and_event)
{
	static const char *const names[] = {"error", "warn", "info", "debug"};
	char rest[64];

	log_set_level(LOG_DEBUG);
	begin_capture();
	log_say((enum log_level)_i, "test", "%d of %s", 7, "x");
	const char *text = end_capture();
	check_one_line(text);
	snprintf(rest, sizeof rest, "Z level=%s event=test detail=\"7 of x\"\n", names[_i]);
	ck_assert_mem_eq(text, "ts=2", 4);
	ck_assert_str_eq(text + sizeof "ts=2012-12-02T00:30:12.984" - 1, rest);
}
END_TEST

static const struct {
	int64_t value;
	const char *pair;
} numbers[] = {
    {0, " n=0\n"},
    {-1, " n=-1\n"},
    {INT64_MAX, " n=9223372036854775807\n"},
    {INT64_MIN, " n=-9223372036854775808\n"},
};

START_TEST(numbers_are_written_without_quotes)
{
	struct log_line l;

	begin_capture();
	log_begin(&l, LOG_INFO, "test");
	log_number(&l, "n", numbers[_i].value);
	log_send(&l, LOG_INFO);
	ck_assert_str_eq(strstr(end_capture(), " n="), numbers[_i].pair);
}
END_TEST

START_TEST(messages_above_the_level_are_not_written)
{
	struct log_line l;

	log_set_level((enum log_level)_i);
	begin_capture();
	for (int level = _i + 1; level <= LOG_DEBUG; level++) {
		log_say((enum log_level)level, "test", "x");
		log_begin(&l, (enum log_level)level, "test");
		log_send(&l, (enum log_level)level);
	}
	ck_assert_str_eq(end_capture(), "");
	begin_capture();
	log_say((enum log_level)_i, "test", "x");
	check_one_line(end_capture());
}
END_TEST

START_TEST(cuts_a_line_at_4_kib)
{
	static const char parts[] = {'x', '\n', '"', ' '};
	char value[5000];
	struct log_line l;

	memset(value, parts[_i], sizeof value);
	value[sizeof value - 1] = '\0';
	begin_capture();
	log_begin(&l, LOG_INFO, "test");
	log_text(&l, "key", value);
	log_text(&l, "more", value);
	log_send(&l, LOG_INFO);
	const char *text = end_capture();
	check_one_line(text);
	ck_assert_uint_eq(strlen(text), 4096);
}
END_TEST

START_TEST(a_long_detail_is_cut)
{
	char value[5000];

	memset(value, 'x', sizeof value);
	value[sizeof value - 1] = '\0';
	begin_capture();
	log_say(LOG_ERROR, "test", "%s", value);
	const char *text = end_capture();
	check_one_line(text);
	ck_assert_uint_ge(strlen(text), 1024);
}
END_TEST

START_TEST(a_closed_stderr_is_no_error)
{
	begin_capture();
	close(STDERR_FILENO);
	log_say(LOG_ERROR, "test", "x");
	ck_assert_str_eq(end_capture(), "");
}
END_TEST

Suite *
log_suite(void)
{
	Suite *s = suite_create("log");
	TCase *t = tcase_create("log");

	tcase_add_checked_fixture(t, NULL, restore);
	tcase_add_loop_test(t, a_hostile_value_cannot_begin_a_new_line, 0, ROWS(values));
	tcase_add_loop_test(t, a_line_begins_with_time_level_and_event, LOG_ERROR, LOG_DEBUG + 1);
	tcase_add_loop_test(t, numbers_are_written_without_quotes, 0, ROWS(numbers));
	tcase_add_loop_test(t, messages_above_the_level_are_not_written, LOG_ERROR, LOG_DEBUG + 1);
	tcase_add_loop_test(t, cuts_a_line_at_4_kib, 0, 4);
	tcase_add_test(t, a_long_detail_is_cut);
	tcase_add_test(t, a_closed_stderr_is_no_error);
	suite_add_tcase(s, t);
	return s;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Configuration: defaults, file and environment in that order, and that misspelt keys are refused.
 */
#include "base/conf.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/mem.h"
#include "suites.h"

static const char *const names[] = {
#define CONF_STR(key, init) #key,
#define CONF_INT(key, init, min, max) #key,
#include "base/conf.def"
#undef CONF_STR
#undef CONF_INT
};

/* Sets, or unsets with NULL, the variable of a key. */
static void
set_variable(const char *key, const char *value)
{
	char name[64] = "ASSAY_";

	for (size_t n = strlen(name); *key != '\0'; key++)
		name[n++] = (char)toupper((unsigned char)*key);
	if (value == NULL)
		unsetenv(name);
	else
		setenv(name, value, 1);
}

/* The tests must not see the environment of whoever runs them. */
static void
clear_environment(void)
{
	for (int i = 0; i < ROWS(names); i++)
		set_variable(names[i], NULL);
}

/* The path of a file in memory that holds text; it lasts until the descriptor is closed. */
static const char *
file_of(void *ctx, const char *text, int *fd)
{
	*fd = memfd_create("conf", MFD_CLOEXEC);
	ck_assert_int_ge(*fd, 0);
	ck_assert_int_eq(write(*fd, text, strlen(text)), (ssize_t)strlen(text));
	return mem_printf(ctx, "/proc/self/fd/%d", *fd);
}

START_TEST(defaults_hold_without_file_and_environment)
{
	char message[CONF_MESSAGE] = "";
	struct conf *c;

	ck_assert_int_eq(conf_load(NULL, NULL, &c, message), OK);
#define CONF_STR(key, init) ck_assert_str_eq(c->key, init);
#define CONF_INT(key, init, min, max) \
	ck_assert_int_eq(c->key, init); \
	ck_assert_int_ge(c->key, min); \
	ck_assert_int_le(c->key, max);
#include "base/conf.def"
#undef CONF_STR
#undef CONF_INT
	talloc_free(c);
}
END_TEST

static const struct {
	const char *text;
	int64_t workers;
	const char *listen;
} good[] = {
    {"", 8, "/run/assay/assay.sock"},
    {"\n\n# workers = 7\n   # and so on\n \t \r\n", 8, "/run/assay/assay.sock"},
    {"workers = 7\nlisten = /x\n", 7, "/x"},
    {"workers=7\nlisten=/x", 7, "/x"},
    {" \tworkers\t =\t7 \r\n listen  =  /x y \r\n", 7, "/x y"},
    {"listen =\n", 8, ""},
    {"listen = a=b = c", 8, "a=b = c"},
    {"workers = 1\n", 1, "/run/assay/assay.sock"},
    {"workers = 256\n", 256, "/run/assay/assay.sock"},
};

START_TEST(reads_lines_of_key_and_value)
{
	char message[CONF_MESSAGE] = "";
	void *ctx = mem_ctx(NULL);
	struct conf *c;
	int fd;

	ck_assert_msg(
	    conf_load(ctx, file_of(ctx, good[_i].text, &fd), &c, message) == OK, "%s", message);
	ck_assert_int_eq(c->workers, good[_i].workers);
	ck_assert_str_eq(c->listen, good[_i].listen);
	close(fd);
	talloc_free(ctx);
}
END_TEST

#define RANGE "workers must be a whole number from 1 to 256"

#define NETWORKS "proxies must be addresses and networks such as 192.0.2.1, 10.0.0.0/8"

static const struct {
	const char *text;
	const char *message; /* behind the name of the file */
} bad[] = {
    {"workers\n", ":1: expected `key = value`"},
    {"\n\n[server]\n", ":3: expected `key = value`"},
    {"# x\nworkerz = 7\n", ":2: unknown key `workerz`"},
    {"Workers = 7\n", ":1: unknown key `Workers`"},
    {"= 7\n", ":1: unknown key ``"},
    {"workers = 7\nworker s = 7", ":2: unknown key `worker s`"},
    {"workers =\n", ":1: " RANGE},
    {"workers = many\n", ":1: " RANGE},
    {"workers = 0\n", ":1: " RANGE},
    {"workers = 257\n", ":1: " RANGE},
    {"workers = -1\n", ":1: " RANGE},
    {"workers = 4 # cores\n", ":1: " RANGE},
    {"workers = 4.0\n", ":1: " RANGE},
    {"workers = x\nnonsense = 1\n", ":1: " RANGE},
    {"proxies = 10.0.0.0/8, localhost\n", ":1: " NETWORKS},
    {"\nproxies = 10.0.0.0/33\n", ":2: " NETWORKS},
    {"proxies = 192.0.2.1:80\n", ":1: " NETWORKS},
    {"public_url = www.example.org\n",
	":1: public_url must be a URL such as https://www.example.org or "
	"https://www.example.org/path"},
};

START_TEST(refuses_a_bad_line_and_says_its_number)
{
	char message[CONF_MESSAGE] = "";
	void *ctx = mem_ctx(NULL);
	struct conf *c = NULL;
	int fd;
	const char *file = file_of(ctx, bad[_i].text, &fd);

	ck_assert_int_eq(conf_load(ctx, file, &c, message), ERR_INVALID);
	ck_assert_str_eq(message, mem_printf(ctx, "%s%s", file, bad[_i].message));
	ck_assert_ptr_null(c);
	close(fd);
	talloc_free(ctx);
}
END_TEST

START_TEST(cuts_an_overlong_key_in_the_message)
{
	char message[CONF_MESSAGE] = "";
	void *ctx = mem_ctx(NULL);
	struct conf *c;
	int fd;
	char *text = mem_printf(ctx, "%05000d = 1", 7);

	ck_assert_int_eq(conf_load(ctx, file_of(ctx, text, &fd), &c, message), ERR_INVALID);
	ck_assert_ptr_nonnull(strstr(message, ": unknown key `0000"));
	close(fd);
	talloc_free(ctx);
}
END_TEST

START_TEST(says_which_file_cannot_be_read)
{
	static const char *const files[] = {"/nowhere/assay.conf", "/", ""};
	static const char *const why[] = {
	    "No such file or directory", "Is a directory", "No such file or directory"};
	char message[CONF_MESSAGE] = "";
	void *ctx = mem_ctx(NULL);
	struct conf *c;

	ck_assert_int_eq(conf_load(ctx, files[_i], &c, message), ERR_NOT_FOUND);
	ck_assert_str_eq(message, mem_printf(ctx, "%s: %s", files[_i], why[_i]));
	talloc_free(ctx);
}
END_TEST

START_TEST(the_environment_overrides_the_file)
{
	char message[CONF_MESSAGE] = "";
	void *ctx = mem_ctx(NULL);
	struct conf *c;
	int fd;

	set_variable("workers", "9");
	set_variable("listen", "");
	const char *file = file_of(ctx, "workers = 7\nlisten = /x\ncache_seconds = 5\n", &fd);
	ck_assert_int_eq(conf_load(ctx, file, &c, message), OK);
	ck_assert_int_eq(c->workers, 9);
	ck_assert_str_eq(c->listen, "");
	ck_assert_int_eq(c->cache_seconds, 5);
	close(fd);
	talloc_free(ctx);
}
END_TEST

/* A value that the key accepts and that is not its default. */
static const char *
some_text(const char *key)
{
	return strcmp(key, "proxies") == 0 ? "192.0.2.1" :
	    strcmp(key, "public_url") == 0 ? "https://a.example/b" : "some text";
}

START_TEST(every_key_has_an_environment_variable)
{
	char message[CONF_MESSAGE] = "";
	void *ctx = mem_ctx(NULL);
	struct conf *c;

	/* No key has its largest value as its default. */
	static const char *const most[] = {
#define CONF_STR(key, init) NULL,
#define CONF_INT(key, init, min, max) #max,
#include "base/conf.def"
#undef CONF_STR
#undef CONF_INT
	};
	for (int i = 0; i < ROWS(names); i++)
		set_variable(names[i], most[i] != NULL ? most[i] : some_text(names[i]));
	ck_assert_msg(conf_load(ctx, NULL, &c, message) == OK, "%s", message);
#define CONF_STR(key, init) ck_assert_str_eq(c->key, some_text(#key));
#define CONF_INT(key, init, min, max) ck_assert_int_eq(c->key, max);
#include "base/conf.def"
#undef CONF_STR
#undef CONF_INT
	talloc_free(ctx);
}
END_TEST

START_TEST(refuses_a_bad_variable_and_names_it)
{
	static const char *const values[] = {"", "x", "0", "257", " 4"};
	char message[CONF_MESSAGE] = "";
	void *ctx = mem_ctx(NULL);
	struct conf *c;

	set_variable("workers", values[_i]);
	ck_assert_int_eq(conf_load(ctx, NULL, &c, message), ERR_INVALID);
	ck_assert_str_eq(message, "ASSAY_WORKERS: " RANGE);
	talloc_free(ctx);
}
END_TEST

static const struct {
	const char *key, *value, *line;
} printed[] = {
    {"database_url", "", "\ndatabase_url = \n"},
    {"database_url", "postgresql://db/assay", "\ndatabase_url = postgresql://db/assay\n"},
    {"database_url", "postgresql://app:PASS@db/assay",
	"\ndatabase_url = postgresql://***@db/assay\n"},
    {"database_url", "postgresql://app:P@SS@db/assay",
	"\ndatabase_url = postgresql://***@db/assay\n"},
    {"database_url", "postgresql://db/assay?user=app&password=PASS", "\ndatabase_url = ***\n"},
    {"database_url", "host=db user=app password=PASS", "\ndatabase_url = ***\n"},
    {"database_url", "host=db PASSWORD = 'PASS'", "\ndatabase_url = ***\n"},
    {"database_url", "host=db user=me@here", "\ndatabase_url = host=db user=me@here\n"},
    {"owner_database_url", "postgresql://o:PASS@db/x",
	"\nowner_database_url = postgresql://***@db/x\n"},
    {"public_url", "https://password.example.org/a",
	"\npublic_url = https://password.example.org/a\n"},
    {"log_key", "PASS", "\nlog_key = ***\n"},
    {"log_key", "", "\nlog_key = \n"},
    {"workers", "17", "\nworkers = 17\n"},
};

START_TEST(prints_values_without_secrets)
{
	char message[CONF_MESSAGE] = "";
	void *ctx = mem_ctx(NULL);
	struct buf *b = buf_new(ctx, 0);
	struct conf *c;

	set_variable(printed[_i].key, printed[_i].value);
	ck_assert_msg(conf_load(ctx, NULL, &c, message) == OK, "%s", message);
	conf_print(c, b);
	ck_assert_msg(strstr(b->data, printed[_i].line) != NULL, "%s", b->data);
	ck_assert_ptr_null(strstr(b->data, "PASS"));
	talloc_free(ctx);
}
END_TEST

START_TEST(prints_what_it_can_read_again)
{
	char message[CONF_MESSAGE] = "";
	void *ctx = mem_ctx(NULL);
	struct buf *first = buf_new(ctx, 0), *second = buf_new(ctx, 0);
	struct conf *c;
	int fd;

	ck_assert_int_eq(
	    conf_load(ctx, file_of(ctx, "workers = 17\nlisten = x\n", &fd), &c, message), OK);
	close(fd);
	conf_print(c, first);
	ck_assert_int_eq(conf_load(ctx, file_of(ctx, first->data, &fd), &c, message), OK);
	close(fd);
	conf_print(c, second);
	ck_assert_str_eq(first->data, second->data);
	talloc_free(ctx);
}
END_TEST

Suite *
conf_suite(void)
{
	Suite *s = suite_create("conf");
	TCase *t = tcase_create("conf");

	tcase_add_checked_fixture(t, clear_environment, clear_environment);
	tcase_add_test(t, defaults_hold_without_file_and_environment);
	tcase_add_loop_test(t, reads_lines_of_key_and_value, 0, ROWS(good));
	tcase_add_loop_test(t, refuses_a_bad_line_and_says_its_number, 0, ROWS(bad));
	tcase_add_test(t, cuts_an_overlong_key_in_the_message);
	tcase_add_loop_test(t, says_which_file_cannot_be_read, 0, 3);
	tcase_add_test(t, the_environment_overrides_the_file);
	tcase_add_test(t, every_key_has_an_environment_variable);
	tcase_add_loop_test(t, refuses_a_bad_variable_and_names_it, 0, 5);
	tcase_add_loop_test(t, prints_values_without_secrets, 0, ROWS(printed));
	tcase_add_test(t, prints_what_it_can_read_again);
	suite_add_tcase(s, t);
	return s;
}

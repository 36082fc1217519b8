/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Memory that is freed with its context, json-c's included, and lists of problems on it.
 */
#include "base/mem.h"

#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/problem.h"
#include "suites.h"

START_TEST(json_is_released_with_its_context)
{
	void *ctx = mem_ctx(NULL);
	struct json_object *o = json_object_new_array();

	ck_assert_ptr_eq(mem_json(ctx, json_object_get(o)), o);
	talloc_free(ctx);
	ck_assert_int_eq(json_object_put(o), 1);
}
END_TEST

START_TEST(mem_json_accepts_null)
{
	void *ctx = mem_ctx(NULL);

	ck_assert_ptr_null(mem_json(ctx, NULL));
	ck_assert_uint_eq(talloc_total_blocks(ctx), 1);
	talloc_free(ctx);
}
END_TEST

START_TEST(copies_are_whole_and_terminated)
{
	void *ctx = mem_ctx(NULL);

	ck_assert_str_eq(mem_dup(ctx, ""), "");
	ck_assert_str_eq(mem_dup(ctx, "text"), "text");
	ck_assert_str_eq(mem_dupn(ctx, "text", 2), "te");
	ck_assert_str_eq(mem_dupn(ctx, "text", 0), "");
	ck_assert_mem_eq(mem_dupn(ctx, "a\0b", 3), "a\0b", 4);
	ck_assert_str_eq(mem_printf(ctx, "%d-%s", 7, "x"), "7-x");
	talloc_free(ctx);
}
END_TEST

START_TEST(new_objects_are_zero_and_on_their_context)
{
	struct pair {
		void *p;
		int n;
	};
	void *ctx = mem_ctx(NULL);
	struct pair *o = mem_new(ctx, struct pair);
	char *list = mem_array(ctx, char, 100);

	ck_assert_ptr_null(o->p);
	ck_assert_int_eq(o->n, 0);
	ck_assert_ptr_eq(talloc_parent(o), ctx);
	ck_assert_ptr_eq(talloc_parent(list), ctx);
	ck_assert_uint_eq(talloc_get_size(list), 100);
	talloc_free(ctx);
}
END_TEST

/* A child process that meets a failed allocation; its standard error goes to the descriptor. */
static pid_t
fork_out_of_memory(int to)
{
	pid_t pid = fork();

	if (pid != 0)
		return pid;
	dup2(to, STDERR_FILENO);
	signal(SIGABRT, SIG_DFL);
	mem_check(NULL);
	_exit(0);
}

/* A worker without memory cannot go on: it says so and ends, and the parent starts another. */
START_TEST(running_out_of_memory_logs_and_aborts)
{
	char said[128] = "";
	int ends[2], status;

	ck_assert_int_eq(pipe(ends), 0);
	pid_t pid = fork_out_of_memory(ends[1]);
	ck_assert_int_gt(pid, 0);
	close(ends[1]);
	ck_assert_int_gt(read(ends[0], said, sizeof said - 1), 0);
	close(ends[0]);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
	ck_assert_str_eq(said, "level=error event=out_of_memory\n");
}
END_TEST

START_TEST(problems_are_collected_in_order)
{
	static const char expected[] = "[{\"pointer\":\"/a\",\"detail\":\"is 7, not \\\"x\\\"\"},"
				       "{\"pointer\":\"\",\"detail\":\"%s\"}]";
	int flags = JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE;
	void *ctx = mem_ctx(NULL);
	struct problems *p = problem_new(ctx);

	ck_assert_uint_eq(problem_count(p), 0);
	problem_add(p, "/a", "is %d, not \"%s\"", 7, "x");
	problem_add(p, "", "%s", "%s");
	ck_assert_uint_eq(problem_count(p), 2);
	ck_assert_str_eq(json_object_to_json_string_ext(p->list, flags), expected);
	talloc_free(ctx);
}
END_TEST

START_TEST(problems_are_freed_with_their_context)
{
	void *ctx = mem_ctx(NULL);
	struct problems *p = problem_new(ctx);

	problem_add(p, "/a", "x");
	struct json_object *list = json_object_get(p->list);
	talloc_free(ctx);
	ck_assert_int_eq(json_object_put(list), 1);
}
END_TEST

Suite *
mem_suite(void)
{
	Suite *s = suite_create("mem");
	TCase *t = tcase_create("mem");

	tcase_add_test(t, json_is_released_with_its_context);
	tcase_add_test(t, mem_json_accepts_null);
	tcase_add_test(t, copies_are_whole_and_terminated);
	tcase_add_test(t, new_objects_are_zero_and_on_their_context);
	tcase_add_test(t, running_out_of_memory_logs_and_aborts);
	suite_add_tcase(s, t);

	t = tcase_create("problem");
	tcase_add_test(t, problems_are_collected_in_order);
	tcase_add_test(t, problems_are_freed_with_their_context);
	suite_add_tcase(s, t);
	return s;
}

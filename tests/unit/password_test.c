/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a process may hold when it dies: a place for hashing a password, and the right to try the
 * database.
 */
#include "web/auth/password.h"

#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "store/db/db.h"
#include "suites.h"

static struct password_places *
share(void)
{
	struct password_places *p = mmap(NULL, sizeof *p, PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	ck_assert(p != MAP_FAILED);
	return p;
}

/* A child process takes a place and ends without giving it back; its id. */
static pid_t
die_hashing(struct password_places *p)
{
	int status;
	pid_t pid = fork();

	if (pid == 0)
		_exit(password_enter(p) ? 0 : 1);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_int_eq(status, 0);
	return pid;
}

START_TEST(a_limited_number_of_processes_hash_at_once)
{
	struct password_places *p = share();

	for (int i = 0; i < PASSWORD_HASHES; i++)
		ck_assert(password_enter(p));
	ck_assert(!password_enter(p));
	password_leave(p, getpid());
	ck_assert(password_enter(p));
	munmap(p, sizeof *p);
}
END_TEST

START_TEST(a_dead_process_gives_back_its_place_only)
{
	struct password_places *p = share();
	pid_t dead[PASSWORD_HASHES];

	for (int i = 0; i < PASSWORD_HASHES; i++)
		dead[i] = die_hashing(p);
	ck_assert(!password_enter(p));
	password_leave(p, getpid());
	ck_assert(!password_enter(p));
	password_leave(p, dead[0]);
	ck_assert(password_enter(p));
	ck_assert(!password_enter(p));
	munmap(p, sizeof *p);
}
END_TEST

START_TEST(another_process_tries_the_database_when_the_first_dies)
{
	struct db_gate g = {.next_try = INT64_MAX, .wait = 1, .trying = 7};

	db_gate_leave(&g, 8);
	ck_assert_int_eq(g.next_try, INT64_MAX);
	db_gate_leave(&g, 7);
	ck_assert_int_eq(g.next_try, 0);
	ck_assert_int_eq(g.wait, 1);
	ck_assert_int_eq(g.trying, 0);
}
END_TEST

Suite *
password_suite(void)
{
	Suite *s = suite_create("password");
	TCase *t = tcase_create("places");

	tcase_add_test(t, a_limited_number_of_processes_hash_at_once);
	tcase_add_test(t, a_dead_process_gives_back_its_place_only);
	tcase_add_test(t, another_process_tries_the_database_when_the_first_dies);
	suite_add_tcase(s, t);
	return s;
}

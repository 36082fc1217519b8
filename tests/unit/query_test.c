/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The embedded SQL: every statement is the text of its file, with the marks at its head.
 */
#include "store/db/query.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "suites.h"

/* The text of a file below sql/. */
static struct buf *
read_sql(void *ctx, const char *folder, const char *name)
{
	struct buf *b = buf_new(ctx, 0);
	const char *path = mem_printf(ctx, "sql/%s/%s.sql", folder, name);
	FILE *f = fopen(path, "re");
	char line[1024];

	ck_assert_msg(f != NULL, "cannot read %s", path);
	while (fgets(line, sizeof line, f) != NULL)
		buf_str(b, line);
	fclose(f);
	return b;
}

static bool
has_line(const struct buf *b, const char *line)
{
	const char *at = strstr(b->data, line);

	return at != NULL && (at == b->data || at[-1] == '\n') && at[strlen(line)] == '\n';
}

/* The highest number of a parameter. */
static int
count_params(const char *sql)
{
	int most = 0;

	for (; *sql != '\0'; sql++)
		if (*sql == '$' && isdigit((unsigned char)sql[1]) && atoi(sql + 1) > most)
			most = atoi(sql + 1);
	return most;
}

/* The build compiles the files into the program: nothing may be lost or mixed up on the way. */
START_TEST(every_query_has_the_text_and_marks_of_its_file)
{
	const struct query_info *q = &query_infos[_i];
	void *ctx = mem_ctx(NULL);

	ck_assert_ptr_nonnull(q->name);
	struct buf *file = read_sql(ctx, "query", q->name);
	ck_assert_int_eq(q->retry, has_line(file, "-- retry: yes"));
	ck_assert_int_ne(has_line(file, "-- retry: yes"), has_line(file, "-- retry: no"));
	ck_assert_int_eq(q->slow, has_line(file, "-- time: long"));
	ck_assert_int_eq(q->owner, has_line(file, "-- role: owner"));
	ck_assert_int_eq(q->params, count_params(q->sql));
	ck_assert_uint_gt(strlen(q->sql), strlen("select"));
	ck_assert_msg(strstr(file->data, q->sql) != NULL, "%s: %s", q->name, q->sql);
	for (int i = 0; i < _i; i++)
		ck_assert_str_ne(q->name, query_infos[i].name);
	talloc_free(ctx);
}
END_TEST

START_TEST(the_number_of_parameters_is_counted)
{
	ck_assert_int_eq(query_infos[QUERY_ping].params, 0);
	ck_assert_int_eq(query_infos[QUERY_key_find].params, 2);
	ck_assert_str_eq(query_infos[QUERY_key_find].name, "key_find");
}
END_TEST

START_TEST(migrations_count_up_from_one)
{
	void *ctx = mem_ctx(NULL);

	ck_assert_uint_gt(migration_count, 0);
	for (size_t i = 0; i < migration_count; i++) {
		const struct migration_info *m = &migration_infos[i];
		ck_assert_int_eq(m->version, (int)i + 1);
		ck_assert_mem_eq(m->name, mem_printf(ctx, "%04zu_", i + 1), 5);
		ck_assert_str_eq(m->sql, read_sql(ctx, "migration", m->name)->data);
	}
	ck_assert_int_eq(query_schema_version(), (int)migration_count);
	talloc_free(ctx);
}
END_TEST

Suite *
query_suite(void)
{
	Suite *s = suite_create("query");
	TCase *t = tcase_create("query");

	tcase_add_loop_test(t, every_query_has_the_text_and_marks_of_its_file, 0, QUERY__MAX);
	tcase_add_test(t, the_number_of_parameters_is_counted);
	tcase_add_test(t, migrations_count_up_from_one);
	suite_add_tcase(s, t);
	return s;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * assay export groups: all pages of GET /v1/segmentation/export.csv, one after the other, in memory
 * of one page. While a page is written the database works on the next.
 */
#include "cmd/export_groups.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "view/group_export.h"

enum { CELLS = 16000, USERS = 4000 /* of a page at most */ };

struct job {
	const struct command *c;
	struct db *db;
	const char *context;
	bool csv;
	struct group_export *roster;
};

static bool
read_words(struct job *j)
{
	j->context = "global";
	for (int i = 1; i < j->c->argc; i++) {
		if (strcmp(j->c->argv[i], "--csv") == 0)
			j->csv = true;
		else if (strcmp(j->c->argv[i], "--context") == 0 && i + 1 < j->c->argc)
			j->context = j->c->argv[++i];
		else
			return false;
	}
	return true;
}

static enum err
load_columns(struct job *j)
{
	struct json_object *columns = mem_json(j->c->mem, json_object_new_array());
	struct db_rows *rows;
	enum err e = db_query(j->db, j->c->mem, QUERY_group_export_columns, &j->context, &rows);

	for (int i = 0; e == OK && i < db_count(rows); i++)
		json_object_array_add(columns, db_row_json(rows, i));
	j->roster = group_export_new(j->c->mem, columns);
	return e;
}

/* Writes the rows; false when nobody takes them any more. */
static bool
print_page(const struct job *j, const struct db_rows *rows, struct buf *out)
{
	buf_reset(out);
	for (int i = 0; i < db_count(rows); i++)
		(j->csv ? group_export_csv : group_export_line)(j->roster,
		    db_cell(rows, i, "user_id"), db_cell(rows, i, "columns"),
		    db_cell(rows, i, "groups"), out);
	return fwrite(out->data, 1, out->len, stdout) == out->len;
}

static enum err
run(const struct job *j, struct buf *out)
{
	const struct group_export *r = j->roster;
	int64_t users = CELLS / (int64_t)(r->n + 1) + 1;
	const char *params[] = {group_export_numbers(j->c->mem, r, false),
		group_export_places(j->c->mem, r, false), group_export_numbers(j->c->mem, r, true),
		group_export_places(j->c->mem, r, true),
		strcmp(j->context, "global") == 0 ? "true" : "false", "u:",
		mem_printf(j->c->mem, "%lld", (long long)(users < USERS ? users : USERS))};
	bool more = true;

	db_send(j->db, QUERY_group_export_page, params);
	for (void *mem = mem_ctx(j->c->mem), *old = NULL; more;
	     old = mem, mem = mem_ctx(j->c->mem)) {
		struct db_rows *rows;
		enum err e = db_collect(j->db, mem, QUERY_group_export_page, params, &rows);
		if (e != OK)
			return e;
		int n = db_count(rows);
		more = n > 0 && *db_cell(rows, 0, "more") == 't';
		if (more) {
			params[5] = mem_printf(mem, "u:%s", db_cell(rows, n - 1, "user_id"));
			db_send(j->db, QUERY_group_export_page, params);
		}
		if (!print_page(j, rows, out))
			return ERR_INTERNAL;
		talloc_free(old);
	}
	return OK;
}

int
export_groups(const struct command *c)
{
	struct job j = {.c = c};
	struct buf *out = buf_new(c->mem, 1 << 20);

	if (!read_words(&j))
		return EXIT_USAGE;
	j.db = setup_owner_db(c->mem, c->conf);
	enum err e = load_columns(&j);
	if (e != OK)
		return command_db_failed(j.db);
	if (j.csv) {
		group_export_head(j.roster, out);
		fwrite(out->data, 1, out->len, stdout);
	}
	e = run(&j, out);
	if (fflush(stdout) != 0 || ferror(stdout)) {
		perror("assay export");
		return EXIT_FAILED;
	}
	return e == OK ? EXIT_DONE : command_db_failed(j.db);
}

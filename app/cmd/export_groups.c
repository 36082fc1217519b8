/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * assay export groups: all pages of GET /v1/segmentation/export.csv in memory of one page. While a
 * page is written the database computes the next.
 */
#include "cmd/export_groups.h"

#include <stdio.h>

#include "base/instant.h"
#include "base/mem.h"
#include "service/subject/members_export.h"
#include "store/work.h"
#include "view/group_export.h"

/* Of a page at most. A user has a cell for each column, so that wide pages are short. */
enum { CELLS = 16000, USERS = 4000 };

/* An export under way. */
struct group_job {
	struct work *w;
	const char *context;
	bool csv;
	struct members_export x;
	struct group_export *columns;
};

/* Writes the rows; false when standard output cannot be written. */
static bool
print_page(const struct group_job *j, const struct db_rows *rows, struct buf *out)
{
	buf_reset(out);
	for (int i = 0; i < db_count(rows); i++)
		(j->csv ? group_export_csv : group_export_line)(j->columns,
		    db_cell(rows, i, "user_id"), db_cell(rows, i, "columns"),
		    db_cell(rows, i, "groups"), out);
	return fwrite(out->data, 1, out->len, stdout) == out->len;
}

/*
 * Reads and writes all pages; the next statement is sent before a page is written. Its parameters
 * are on the memory of that page, and db_collect() may send them once more: a page is freed when
 * the one behind it has been read.
 */
static enum err
print_pages(const struct group_job *j, struct buf *out)
{
	int64_t limit = CELLS / (int64_t)(j->columns->n + 1) + 1;
	const char *params[MEMBERS_EXPORT_PARAMS];
	struct db *db = j->w->db;
	bool more = true;

	limit = limit < USERS ? limit : USERS;
	members_export_params(j->w->mem, &j->x, NULL, limit, params);
	db_send(db, QUERY_group_export_page, params);
	for (void *mem = mem_ctx(j->w->mem), *old = NULL; more;
	     old = mem, mem = mem_ctx(j->w->mem)) {
		struct db_rows *rows;
		enum err e = db_collect(db, mem, QUERY_group_export_page, params, &rows);
		if (e != OK)
			return e;
		int n = db_count(rows);
		more = n > 0 && *db_cell(rows, 0, "more") == 't';
		if (more) {
			members_export_params(
			    mem, &j->x, db_cell(rows, n - 1, "user_id"), limit, params);
			db_send(db, QUERY_group_export_page, params);
		}
		if (!print_page(j, rows, out))
			return ERR_INTERNAL;
		talloc_free(old);
	}
	return OK;
}

/* Writes header and pages. */
static int
export_all(struct group_job *j, struct buf *out)
{
	enum err e = members_export_open(j->w, j->context, &j->x);

	if (e != OK)
		return command_db_failed(j->w->db);
	j->columns = group_export_new(j->w->mem, j->x.columns);
	if (j->csv) {
		group_export_head(j->columns, out);
		fwrite(out->data, 1, out->len, stdout);
	}
	e = print_pages(j, out);
	/* A full disk is told as that, and not as the failure of a database that did its work. */
	if (fflush(stdout) != 0 || ferror(stdout)) {
		perror("assay export");
		return EXIT_FAILED;
	}
	return e == OK ? EXIT_DONE : command_db_failed(j->w->db);
}

int
export_groups(const struct command *c)
{
	const char *context = command_option(c, "context");
	struct group_job j = {.context = context != NULL ? context : "global",
		.csv = command_option(c, "csv") != NULL};
	struct buf *out = buf_new(c->mem, 1 << 20);

	struct db *db = setup_owner_db(c->mem, c->conf);
	j.w = setup_work(c->mem, c->conf, db);
	if (j.w == NULL)
		return EXIT_FAILED;
	work_begin(j.w, instant_now(), command_actor());
	int code = export_all(&j, out);
	work_end(j.w);
	return code;
}

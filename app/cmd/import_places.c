/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The table of address ranges, replaced as a whole in one transaction: look-ups see the old one or
 * the new one. A look-up finds one range at most, so of two that overlap the second is refused.
 */
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "core/subject/geo_range.h"
#include "cmd/import_rows.h"
#include "store/db/pgtype.h"

enum { ROWS = 5000 };
enum column { FIRST, LAST, NAMES, COLUMNS };

struct range {
	struct geo_range place;
	int64_t line;
};

struct batch {
	void *mem; /* of what the ranges point to */
	size_t n;
	struct range list[ROWS];
};

static int
compare(const void *a, const void *b)
{
	const struct range *left = a;
	const struct range *right = b;
	int order = memcmp(left->place.first, right->place.first, GEO_RANGE_ADDRESS);

	return order != 0 ? order : (left->line > right->line) - (left->line < right->line);
}

/* Sorts the batch and takes out what overlaps a range before it. */
static void
sift(struct import *im, struct batch *b)
{
	size_t kept = 0;

	qsort(b->list, b->n, sizeof b->list[0], compare);
	for (size_t i = 0; i < b->n; i++) {
		const struct range *before = kept == 0 ? NULL : &b->list[kept - 1];
		const struct range *r = &b->list[i];
		if (before == NULL ||
		    memcmp(before->place.last, r->place.first, GEO_RANGE_ADDRESS) < 0)
			b->list[kept++] = *r;
		else
			import_bad(im, r->line, mem_printf(b->mem, "%s-%s overlaps line %lld",
			    r->place.first_text, r->place.last_text, (long long)before->line));
	}
	b->n = kept;
}

static enum err
store(struct import *im, struct batch *b)
{
	struct buf *columns[COLUMNS];
	const char *params[COLUMNS];
	struct db_rows *rows;

	for (int c = 0; c < COLUMNS; c++) {
		columns[c] = buf_new(b->mem, ROWS * 24);
		pgtype_array_open(columns[c]);
	}
	for (size_t i = 0; i < b->n; i++) {
		pgtype_array_item(columns[FIRST], b->list[i].place.first_text);
		pgtype_array_item(columns[LAST], b->list[i].place.last_text);
		pgtype_array_item(columns[NAMES], b->list[i].place.names);
	}
	for (int c = 0; c < COLUMNS; c++) {
		pgtype_array_close(columns[c]);
		params[c] = columns[c]->data;
	}
	enum err e = db_query(im->db, b->mem, QUERY_location_add, params, &rows);
	if (e != OK)
		return e;
	im->changed += (int64_t)b->n - db_count(rows);
	for (int i = 0; i < db_count(rows); i++) {
		const struct range *r = &b->list[db_int(rows, i, "nr") - 1];
		import_bad(im, r->line, mem_printf(b->mem, "%s-%s overlaps %s-%s of a line before",
		    r->place.first_text, r->place.last_text, db_cell(rows, i, "first"),
		    db_cell(rows, i, "last")));
	}
	return OK;
}

static enum err
flush(struct import *im, struct batch *b)
{
	sift(im, b);
	enum err e = b->n == 0 ? OK : store(im, b);
	talloc_free(b->mem);
	b->mem = mem_ctx(im->mem);
	b->n = 0;
	return e;
}

static enum err
load(struct import *im, struct batch *b)
{
	struct json_object *row;
	enum err e = OK;

	while (e == OK && (row = import_row(im)) != NULL) {
		struct problems *problems = problem_new(im->row_mem);
		struct range *r = &b->list[b->n];
		if (!geo_range_read(b->mem, row, problems, &r->place)) {
			import_bad_problems(im, im->line, problems);
			continue;
		}
		r->line = im->line;
		b->n++;
		if (b->n == ROWS)
			e = flush(im, b);
	}
	return e == OK ? flush(im, b) : e;
}

/* ERR_CONFLICT when another import has the table. */
static enum err
begin(struct import *im)
{
	struct db_rows *rows;
	enum err e = db_begin(im->db);

	if (e == OK)
		e = db_query(im->db, im->mem, QUERY_location_lock, NULL, &rows);
	if (e == OK && *db_cell(rows, 0, "mine") != 't')
		return ERR_CONFLICT;
	return e == OK ? db_query(im->db, im->mem, QUERY_location_clear, NULL, NULL) : e;
}

enum err
import_places(struct import *im)
{
	struct batch *b = mem_new(im->mem, struct batch);
	enum err e = begin(im);

	im->next = 0;
	b->mem = mem_ctx(im->mem);
	if (e == OK)
		e = load(im, b);
	if (e == OK && (import_end(im) != IMPORT_WHOLE || im->changed == 0)) {
		db_rollback(im->db);
		return ERR_INVALID;
	}
	if (e == OK)
		e = db_commit(im->db);
	if (e == OK) {
		im->next = import_file_line(im->file);
		return OK;
	}
	db_rollback(im->db);
	if (e != ERR_CONFLICT)
		return import_db_failed(im, e);
	fputs("assay import: another import of ip-locations is under way\n", stderr);
	return e;
}

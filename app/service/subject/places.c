/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The table of address ranges, replaced as a whole in one transaction, so that look-ups see the old
 * table or the new one. A look-up must find at most one range, so the later of two overlapping
 * ranges is refused.
 */
#include "service/subject/places.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "service/change.h"
#include "store/db/db.h"
#include "store/db/pgtype.h"
#include "store/work.h"

enum { ROWS = 5000 };
/* The array parameters of the query `location_add`. */
enum column { FIRST, LAST, NAMES, COLUMNS };

struct batch {
	void *mem; /* of what the ranges point to */
	size_t n;
	struct places_range list[ROWS];
};

struct replacement {
	const struct places_source *source;
	bool begun; /* the source cannot be read again */
	int64_t stored;
};

/* By first address, then by line. */
static int
compare_ranges(const void *a, const void *b)
{
	const struct places_range *left = a;
	const struct places_range *right = b;
	int order = memcmp(left->place.first, right->place.first, GEO_RANGE_ADDRESS);

	return order != 0 ? order : (left->line > right->line) - (left->line < right->line);
}

/* Sorts the batch and removes ranges that overlap one before them. */
static void
refuse_overlaps(const struct places_source *source, struct batch *b)
{
	size_t kept = 0;

	qsort(b->list, b->n, sizeof b->list[0], compare_ranges);
	for (size_t i = 0; i < b->n; i++) {
		const struct places_range *before = kept == 0 ? NULL : &b->list[kept - 1];
		const struct places_range *r = &b->list[i];
		if (before == NULL ||
		    memcmp(before->place.last, r->place.first, GEO_RANGE_ADDRESS) < 0)
			b->list[kept++] = *r;
		else
			source->refuse(source->arg, r->line, mem_printf(b->mem,
			    "%s-%s overlaps line %lld", r->place.first_text, r->place.last_text,
			    (long long)before->line));
	}
	b->n = kept;
}

/* Inserts the batch and refuses ranges that overlap one of an earlier batch. */
static enum err
insert_ranges(struct work *w, struct batch *b, const char *const params[], struct replacement *in)
{
	const struct places_source *source = in->source;
	struct db_rows *rows;
	enum err e = db_query(w->db, b->mem, QUERY_location_add, params, &rows);

	if (e != OK)
		return e;
	in->stored += (int64_t)b->n - db_count(rows);
	for (int i = 0; i < db_count(rows); i++) {
		const struct places_range *r = &b->list[db_int(rows, i, "nr") - 1];
		source->refuse(source->arg, r->line, mem_printf(b->mem,
		    "%s-%s overlaps %s-%s of a line before", r->place.first_text,
		    r->place.last_text, db_cell(rows, i, "first"), db_cell(rows, i, "last")));
	}
	return OK;
}

/* Stores the batch and empties it. */
static enum err
store_ranges(struct work *w, struct batch *b, struct replacement *in)
{
	struct buf *columns[COLUMNS];
	const char *params[COLUMNS];

	refuse_overlaps(in->source, b);
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
	enum err e = b->n == 0 ? OK : insert_ranges(w, b, params, in);
	talloc_free(b->mem);
	b->n = 0;
	return e;
}

/* Stores all ranges of the source, batch by batch. */
static enum err
store_all(struct work *w, struct replacement *in)
{
	struct batch *b = mem_new(w->mem, struct batch);
	bool more = true;
	enum err e = OK;

	b->n = 0;
	while (e == OK && more) {
		b->mem = mem_ctx(w->mem);
		while (b->n < ROWS &&
		    (more = in->source->next(in->source->arg, b->mem, &b->list[b->n])))
			b->n++;
		e = store_ranges(w, b, in);
	}
	talloc_free(b);
	return e;
}

/* Locks and clears the table. ERR_CONFLICT when another import has the lock. */
static enum err
clear_table(struct work *w)
{
	struct db_rows *rows;
	enum err e = change_transaction(w);

	if (e == OK)
		e = db_query(w->db, w->mem, QUERY_location_lock, NULL, &rows);
	if (e == OK && *db_cell(rows, 0, "mine") != 't')
		return fail_detail(
		    w, ERR_CONFLICT, "another import of ip-locations is under way");
	return e == OK ? db_query(w->db, w->mem, QUERY_location_clear, NULL, NULL) : e;
}

/* The change behind places_replace(). */
static enum err
replace_ranges(struct work *w, void *arg, struct json_object **answer)
{
	struct replacement *in = arg;
	int64_t rows, bad;

	if (in->begun)
		return fail_detail(w, ERR_UNAVAILABLE,
		    "a concurrent transaction undid the import: start it again");
	enum err e = clear_table(w);
	if (e != OK)
		return e;
	in->begun = true;
	e = store_all(w, in);
	if (e != OK)
		return e;
	if (!in->source->end(in->source->arg, &rows, &bad) || in->stored == 0)
		return fail_detail(w, ERR_INVALID, "the table of address ranges stays as it was");
	*answer = mem_json(w->mem, json_object_new_object());
	json_object_object_add(*answer, "rows", json_object_new_int64(rows));
	json_object_object_add(*answer, "bad", json_object_new_int64(bad));
	json_object_object_add(*answer, "changed", json_object_new_int64(in->stored));
	return OK;
}

enum err
places_replace(
    struct work *w, const struct places_source *source, struct json_object **answer)
{
	struct replacement in = {.source = source};

	return change_run(w, replace_ranges, &in, answer);
}

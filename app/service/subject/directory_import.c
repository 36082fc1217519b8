/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Imports into the directory. Each batch is one statement, which commits by itself and is small
 * enough that a request that writes one of its profiles does not wait for long. The import as a
 * whole is therefore not one transaction; its audit row is written at its end, together with the
 * request to compute the audiences again.
 *
 * Devices have their attributes in cached records. While devices are imported the cache is
 * suspended, before every batch and whenever one takes long.
 */
#include "service/subject/directory_import.h"

#include <poll.h>

#include "base/buf.h"
#include "base/hash.h"
#include "base/instant.h"
#include "base/jsonutil.h"
#include "base/mem.h"
#include "service/change.h"
#include "service/subject/membership_batch.h"
#include "store/cache/record.h"
#include "store/db/db.h"
#include "store/db/pgtype.h"
#include "store/work.h"

enum { ROWS = 5000, BYTES = 4 << 20 };
enum column { SUBJECT, ATTRIBUTES, TERMS, COLUMNS };
enum { NOW = COLUMNS, IMPORT, KIND, PARAMS };

/* A batch of profiles, as the parameters of the statement. */
struct profile_batch {
	struct buf *columns[COLUMNS]; /* array literals */
	size_t starts[COLUMNS][ROWS]; /* of the items in them */
	int64_t lines[ROWS];
	size_t n;
	int64_t next; /* the line behind the batch */
	int64_t sent; /* monotonic */
	char now[INSTANT_TEXT];
	const char *params[PARAMS];
};

struct directory_import {
	enum subject_kind kind;
	const char *kind_name;
	directory_import_refused_fn *refused;
	void *arg;
	char id[33];
	struct buf *terms; /* of one entry, as an array literal */
	struct profile_batch *filling;
	struct profile_batch *in_flight; /* NULL: none */
	struct profile_batch *spare;     /* NULL while a batch is in flight */
	struct directory_import_progress progress;
};

/* Empties the batch. */
static void
batch_clear(struct profile_batch *b)
{
	b->n = 0;
	for (int c = 0; c < COLUMNS; c++) {
		buf_reset(b->columns[c]);
		pgtype_array_open(b->columns[c]);
	}
}

static struct profile_batch *
batch_new(void *ctx)
{
	struct profile_batch *b = mem_new(ctx, struct profile_batch);

	for (int c = 0; c < COLUMNS; c++)
		b->columns[c] = buf_new(b, ROWS * 64);
	batch_clear(b);
	return b;
}

/* Adds an item to a column of the row being added. */
static void
batch_item(struct profile_batch *b, enum column c, const char *text)
{
	b->starts[c][b->n] = b->columns[c]->len + (b->n > 0);
	pgtype_array_item(b->columns[c], text);
}

/* Completes the parameters of the statement. */
static void
batch_close(struct profile_batch *b, const struct directory_import *d)
{
	instant_format(instant_now(), b->now);
	for (int c = 0; c < COLUMNS; c++) {
		pgtype_array_close(b->columns[c]);
		b->params[c] = b->columns[c]->data;
	}
	b->params[NOW] = b->now;
	b->params[IMPORT] = d->id;
	b->params[KIND] = d->kind_name;
}

/* The items from low to below high of column c, as an array literal. */
static const char *
slice_column(void *mem, const struct profile_batch *b, enum column c, size_t low, size_t high)
{
	const struct buf *column = b->columns[c];
	size_t end = high < b->n ? b->starts[c][high] - 1 : column->len - 1;

	return mem_printf(mem, "{%.*s}", (int)(end - b->starts[c][low]),
	    column->data + b->starts[c][low]);
}

struct directory_import *
directory_import_new(
    void *ctx, enum subject_kind kind, directory_import_refused_fn *refused, void *arg)
{
	struct directory_import *d = mem_new(ctx, struct directory_import);

	*d = (struct directory_import){
		.kind = kind,
		.kind_name = kind == SUBJECT_USER ? "user" : "device",
		.refused = refused,
		.arg = arg,
		.terms = buf_new(d, 1024),
		.filling = batch_new(d),
		.spare = batch_new(d),
	};
	hash_random_hex(d->id, 16);
	return d;
}

bool
directory_import_add(
    struct directory_import *d, int64_t line, const struct directory_entry *entry)
{
	struct profile_batch *b = d->filling;

	buf_reset(d->terms);
	pgtype_array_open(d->terms);
	for (size_t i = 0; i < entry->terms->n; i++)
		pgtype_array_item(d->terms, entry->terms->list[i]);
	pgtype_array_close(d->terms);
	batch_item(b, SUBJECT, entry->subject);
	batch_item(b, ATTRIBUTES, entry->attributes);
	batch_item(b, TERMS, d->terms->data);
	b->lines[b->n++] = line;
	return b->n == ROWS || b->columns[ATTRIBUTES]->len + b->columns[TERMS]->len >= BYTES;
}

/* Suspends the cache where devices are imported. */
static enum err
suspend_cache(struct work *w, const struct directory_import *d)
{
	return d->kind == SUBJECT_DEVICE ? record_suspend(w->records) : OK;
}

/* Workers learn of it within a second. Before that nothing may change, or a registration would
 * store the attributes that it had cached over the imported ones. */
enum err
directory_import_begin(struct work *w, struct directory_import *d)
{
	enum err e = suspend_cache(w, d);

	if (e == OK && d->kind == SUBJECT_DEVICE)
		poll(NULL, 0, 1000);
	return e;
}

/* Waits for the statement that was sent and takes its result. */
static enum err
collect_batch(struct work *w, struct directory_import *d, const char *const params[])
{
	struct db_rows *rows;
	enum err e = db_collect(w->db, w->mem, QUERY_profile_load, params, &rows);

	if (e != OK)
		return e;
	d->progress.changed += db_int(rows, 0, "changed");
	/* Users of whom only an e-mail address was known have got their groups. */
	if (db_cell(rows, 0, "placed") == NULL)
		return OK;
	struct json_object *row = mem_json(w->mem, db_row_json(rows, 0));
	return membership_batch_arrived(w, json_object_object_get(row, "placed"));
}

/* Finds the rows that the database refuses by storing halves, down to single rows. */
static enum err
retry_halves(struct work *w, struct directory_import *d, const struct profile_batch *b, size_t low,
    size_t high)
{
	size_t middle = low + (high - low) / 2;
	const size_t bounds[] = {low, middle, high};
	enum err e = OK;

	if (high - low == 1) {
		d->refused(d->arg, b->lines[low], db_message(w->db));
		return OK;
	}
	for (int half = 0; half < 2 && e == OK; half++) {
		const char *params[PARAMS] = {
			[NOW] = b->now, [IMPORT] = b->params[IMPORT], [KIND] = b->params[KIND]};
		void *mem = mem_ctx(w->mem);
		for (int c = 0; c < COLUMNS; c++)
			params[c] = slice_column(mem, b, c, bounds[half], bounds[half + 1]);
		db_send(w->db, QUERY_profile_load, params);
		e = collect_batch(w, d, params);
		talloc_free(mem);
		if (e == ERR_INVALID)
			e = retry_halves(w, d, b, bounds[half], bounds[half + 1]);
	}
	return e;
}

enum err
directory_import_wait(struct work *w, struct directory_import *d)
{
	struct profile_batch *b = d->in_flight;

	if (b == NULL)
		return OK;
	enum err e = collect_batch(w, d, b->params);
	if (e == ERR_INVALID)
		e = retry_halves(w, d, b, 0, b->n);
	if (e == OK && instant_monotonic() - b->sent > RECORD_WRITE_MS * INSTANT_MS)
		e = suspend_cache(w, d);
	if (e != OK)
		return e;
	d->progress.next = b->next;
	batch_clear(b);
	d->spare = b;
	d->in_flight = NULL;
	return OK;
}

enum err
directory_import_send(struct work *w, struct directory_import *d, int64_t next)
{
	struct profile_batch *b = d->filling;
	enum err e = directory_import_wait(w, d);

	if (e != OK || b->n == 0)
		return e;
	batch_close(b, d);
	b->next = next;
	b->sent = instant_monotonic();
	e = suspend_cache(w, d);
	if (e != OK)
		return e;
	db_send(w->db, QUERY_profile_load, b->params);
	d->in_flight = b;
	d->filling = d->spare;
	d->spare = NULL;
	return OK;
}

struct directory_import_progress
directory_import_progress(const struct directory_import *d)
{
	return d->progress;
}

struct import_end_counts {
	const struct directory_import *import;
	int64_t rows, bad;
};

/*
 * The change behind directory_import_finish(): jobs compute the audiences again, one experiment at
 * a time, as after a change of criteria.
 */
static enum err
recompute_audiences(struct work *w, void *arg, struct json_object **answer)
{
	const struct import_end_counts *end = arg;
	const struct directory_import *d = end->import;
	const char *params[] = {work_now_text(w), d->kind_name, d->id};
	struct db_rows *rows;
	enum err e = db_query(w->db, w->mem, QUERY_audience_recompute, params, &rows);

	if (e != OK)
		return e;
	if (d->progress.changed == 0)
		change_nothing(w);
	*answer = mem_json(w->mem, json_object_new_object());
	json_object_object_add(*answer, "rows", json_object_new_int64(end->rows));
	json_object_object_add(*answer, "bad", json_object_new_int64(end->bad));
	json_object_object_add(
	    *answer, "changed", json_object_new_int64(d->progress.changed));
	json_object_object_add(
	    *answer, "mapped_again", json_object_new_int64(db_int(rows, 0, "again")));
	return OK;
}

enum err
directory_import_finish(struct work *w, const struct directory_import *d, int64_t rows,
    int64_t bad, struct json_object **answer)
{
	struct import_end_counts end = {d, rows, bad};

	return change_run(w, recompute_audiences, &end, answer);
}

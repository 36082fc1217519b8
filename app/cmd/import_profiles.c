/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Users and devices into the directory. While the database stores one batch the next is made
 * ready, so both cores work. Batches are small enough that nobody who writes one of their
 * profiles meanwhile waits for long.
 */
#include <poll.h>

#include "base/buf.h"
#include "base/hash.h"
#include "base/instant.h"
#include "base/mem.h"
#include "core/subject/directory.h"
#include "service/subject/membership_batch.h"
#include "cmd/import_rows.h"
#include "store/db/pgtype.h"
#include "store/cache/record.h"
#include "cmd/command.h"
#include "store/work.h"

enum { ROWS = 5000, BYTES = 4 << 20 };
enum column { SUBJECT, ATTRIBUTES, TERMS, COLUMNS };
enum { NOW = COLUMNS, IMPORT, KIND, PARAMS };

struct batch {
	struct buf *columns[COLUMNS];  /* array literals */
	size_t starts[COLUMNS][ROWS];  /* of the items in them */
	int64_t lines[ROWS];
	size_t n;
	int64_t next;                  /* the line behind the batch */
	int64_t sent;                  /* monotonic */
	char now[INSTANT_TEXT];
	const char *params[PARAMS];
};

struct loader {
	struct import *im;
	struct records *records;
	enum subject_kind kind;
	const char *kind_name;
	char id[33]; /* of this import */
	struct buf *terms; /* of one profile, as an array literal */
	struct batch *filling;
	struct batch *flying; /* NULL: none */
	struct batch *spare;
};

static void
batch_clear(struct batch *b)
{
	b->n = 0;
	for (int c = 0; c < COLUMNS; c++) {
		buf_reset(b->columns[c]);
		pgtype_array_open(b->columns[c]);
	}
}

static struct batch *
batch_new(void *ctx)
{
	struct batch *b = mem_new(ctx, struct batch);

	for (int c = 0; c < COLUMNS; c++)
		b->columns[c] = buf_new(b, ROWS * 64);
	batch_clear(b);
	return b;
}

static void
batch_item(struct batch *b, enum column c, const char *text)
{
	b->starts[c][b->n] = b->columns[c]->len + (b->n > 0);
	pgtype_array_item(b->columns[c], text);
}

static bool
batch_full(const struct batch *b)
{
	return b->n == ROWS || b->columns[ATTRIBUTES]->len + b->columns[TERMS]->len >= BYTES;
}

static void
batch_close(struct batch *b, const struct loader *l)
{
	instant_format(instant_now(), b->now);
	for (int c = 0; c < COLUMNS; c++) {
		pgtype_array_close(b->columns[c]);
		b->params[c] = b->columns[c]->data;
	}
	b->params[NOW] = b->now;
	b->params[IMPORT] = l->id;
	b->params[KIND] = l->kind_name;
}

/* The items from low to below high of column c, as an array literal of their own. */
static const char *
slice(void *mem, const struct batch *b, enum column c, size_t low, size_t high)
{
	const struct buf *column = b->columns[c];
	size_t end = high < b->n ? b->starts[c][high] - 1 : column->len - 1;

	return mem_printf(mem, "{%.*s}", (int)(end - b->starts[c][low]),
	    column->data + b->starts[c][low]);
}

/* Who was known by an e-mail address only has got a group. */
static enum err
take_arrived(struct import *im, const struct db_rows *rows)
{
	if (db_cell(rows, 0, "placed") == NULL)
		return OK;
	work_begin(im->w, instant_now(), command_actor());
	struct json_object *row = mem_json(im->w->mem, db_row_json(rows, 0));
	enum err e = membership_batch_arrived(im->w, json_object_object_get(row, "placed"));
	work_end(im->w);
	return e;
}

static enum err
collect(struct import *im, const char *const params[])
{
	void *mem = mem_ctx(im->mem);
	struct db_rows *rows;
	enum err e = db_collect(im->db, mem, QUERY_profile_load, params, &rows);

	if (e == OK) {
		im->changed += db_int(rows, 0, "changed");
		e = take_arrived(im, rows);
	}
	talloc_free(mem);
	return e;
}

/* The database refuses something in these items: halves, until it is one line that it refuses. */
static enum err
split(struct import *im, const struct batch *b, size_t low, size_t high)
{
	size_t middle = low + (high - low) / 2;
	const size_t bounds[] = {low, middle, high};
	enum err e = OK;

	if (high - low == 1) {
		import_bad(im, b->lines[low], db_message(im->db));
		return OK;
	}
	for (int half = 0; half < 2 && e == OK; half++) {
		const char *params[PARAMS] = {[NOW] = b->now, [IMPORT] = b->params[IMPORT],
			[KIND] = b->params[KIND]};
		void *mem = mem_ctx(im->mem);
		for (int c = 0; c < COLUMNS; c++)
			params[c] = slice(mem, b, c, bounds[half], bounds[half + 1]);
		db_send(im->db, QUERY_profile_load, params);
		e = collect(im, params);
		talloc_free(mem);
		if (e == ERR_INVALID)
			e = split(im, b, bounds[half], bounds[half + 1]);
	}
	return e;
}

/* Devices carry their attributes in cached records: while they change nobody reads the cache. */
static enum err
shut_cache(struct loader *l)
{
	return l->kind == SUBJECT_DEVICE ? record_suspend(l->records) : OK;
}

/* Workers know of it after a second: before that nothing may change, or a registration would put
 * what it had cached over what was imported. */
static enum err
shut_cache_first(struct loader *l)
{
	enum err e = shut_cache(l);

	if (e != OK)
		return import_db_failed(l->im, e);
	if (l->kind == SUBJECT_DEVICE)
		poll(NULL, 0, 1000);
	return OK;
}

/* Waits for the batch that is under way. */
static enum err
land(struct loader *l)
{
	struct batch *b = l->flying;

	if (b == NULL)
		return OK;
	enum err e = collect(l->im, b->params);
	if (e == ERR_INVALID)
		e = split(l->im, b, 0, b->n);
	if (e == OK && instant_monotonic() - b->sent > RECORD_WRITE_MS * INSTANT_MS)
		e = shut_cache(l);
	if (e != OK)
		return import_db_failed(l->im, e);
	l->im->next = b->next;
	batch_clear(b);
	l->spare = b;
	l->flying = NULL;
	return OK;
}

static enum err
launch(struct loader *l)
{
	struct batch *b = l->filling;
	enum err e = land(l);

	if (e != OK || b->n == 0)
		return e;
	batch_close(b, l);
	b->next = import_file_line(l->im->file);
	b->sent = instant_monotonic();
	e = shut_cache(l);
	if (e != OK)
		return import_db_failed(l->im, e);
	db_send(l->im->db, QUERY_profile_load, b->params);
	l->flying = b;
	l->filling = l->spare;
	return OK;
}

static void
add(struct loader *l, const struct directory_entry *e)
{
	struct batch *b = l->filling;

	buf_reset(l->terms);
	pgtype_array_open(l->terms);
	for (size_t i = 0; i < e->terms->n; i++)
		pgtype_array_item(l->terms, e->terms->list[i]);
	pgtype_array_close(l->terms);
	batch_item(b, SUBJECT, e->subject);
	batch_item(b, ATTRIBUTES, e->attributes);
	batch_item(b, TERMS, l->terms->data);
	b->lines[b->n++] = l->im->line;
}

static enum err
load(struct loader *l)
{
	struct json_object *row;
	enum err e = shut_cache_first(l);

	while (e == OK && (row = import_row(l->im)) != NULL) {
		struct problems *problems = problem_new(l->im->row_mem);
		struct directory_entry entry;
		if (!directory_read(row, l->kind, "", problems, &entry)) {
			import_bad_problems(l->im, l->im->line, problems);
			continue;
		}
		add(l, &entry);
		if (batch_full(l->filling))
			e = launch(l);
	}
	if (e == OK)
		e = launch(l);
	if (e == OK)
		e = land(l);
	if (e == OK)
		l->im->next = import_file_line(l->im->file);
	return e;
}

/* Audiences follow by a mapping, as for a change of the criteria: set by set, not row by row. */
static enum err
recompute_audiences(const struct loader *l)
{
	struct import *im = l->im;
	char now[INSTANT_TEXT];
	struct db_rows *rows;

	instant_format(instant_now(), now);
	const char *params[] = {now, l->kind_name, l->id};
	enum err e = db_query(im->db, im->mem, QUERY_audience_recompute, params, &rows);
	if (e != OK)
		return import_db_failed(im, e);
	printf("experiments in effect that assay jobs maps again: %s\n", db_cell(rows, 0, "again"));
	return OK;
}

enum err
import_profiles(struct import *im, enum subject_kind kind)
{
	struct loader l = {
		.im = im,
		.records = record_new(im->mem, NULL, im->db),
		.kind = kind,
		.kind_name = kind == SUBJECT_USER ? "user" : "device",
		.terms = buf_new(im->mem, 1024),
		.filling = batch_new(im->mem),
		.spare = batch_new(im->mem),
	};

	hash_random_hex(l.id, 16);
	enum err e = load(&l);
	enum err again = im->rows > im->bad ? recompute_audiences(&l) : OK;

	return e == OK ? again : e;
}

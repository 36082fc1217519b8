/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The list of experiments: filtered, in one of several orders, page by page. A page continues
 * behind the sort key and the number of the last row of the page before, so equal keys are neither
 * skipped nor repeated, and rows that have been deleted since do not matter.
 */
#include "service/definition/experiment_list.h"

#include <stdbool.h>
#include <string.h>
#include <strings.h>

#include "base/jsonutil.h"
#include "base/mem.h"
#include "base/num.h"
#include "core/experiment/delivery.h"
#include "service/definition/experiment.h"
#include "store/db/db.h"
#include "store/work.h"

/* An order, as SQL. These are constants: no text of a request is ever part of a statement. */
struct order {
	const char *word;
	const char *key;    /* sort key of a row; there is an index on it and the number */
	const char *type;   /* of the key in `after` */
	const char *column; /* with the key in the result; capitals need quotes for libpq */
};

static const struct order orders[] = {
	{"name", "lower(e.\"expName\" collate \"C\")", "text", "\"expName\""},
	{"created", "e.\"createdOn\"", "timestamptz", "\"createdOn\""},
	{"updated", "e.\"updatedOn\"", "timestamptz", "\"updatedOn\""},
	{"start", "e.start", "date", "start"},
};

static const char *const statuses[] = {
	"SUBMITTED", "PROCESSING", "ACTIVE", "STOPPED", "INACTIVE", "FAILED"};

/* A filter whose members have been read. */
struct selection {
	const struct experiment_filter *filter;
	const struct order *order; /* NULL: newest first */
	bool down;
	const char *nr;   /* of the last row of the page before; NULL: first page */
	const char *from; /* with an order: the sort key of that row */
	const char *status, *state;
};

/* Reads `sort`. */
static enum err
read_order(struct work *w, struct selection *s)
{
	const char *word = s->filter->sort;

	if (word == NULL)
		return OK;
	s->down = *word == '-';
	for (size_t i = 0; i < sizeof orders / sizeof orders[0]; i++)
		if (strcmp(orders[i].word, word + s->down) == 0)
			s->order = &orders[i];
	return s->order != NULL ? OK
	    : fail(w, ERR_INVALID, "sort", "must be name, created, updated or start, or one of "
		"them with - before it");
}

static enum err
fail_position(struct work *w)
{
	return fail(w, ERR_INVALID, "after", "must be the `next` of a page in the same order");
}

/* Reads `after`: a number; with an order a number, a colon and the sort key of that row. */
static enum err
read_position(struct work *w, struct selection *s)
{
	const char *after = s->filter->after;
	int64_t nr;

	if (after == NULL)
		return OK;
	size_t n = s->order == NULL ? strlen(after) : strcspn(after, ":");
	s->nr = mem_dupn(w->mem, after, n);
	if (!num_int(s->nr, 1, INT64_MAX, &nr) || (s->order != NULL && after[n] == '\0'))
		return fail_position(w);
	s->from = after + n + (s->order != NULL);
	return OK;
}

/* Reads `status`, in whichever case. */
static enum err
read_status(struct work *w, struct selection *s)
{
	const char *word = s->filter->status;

	for (size_t i = 0; word != NULL && i < sizeof statuses / sizeof statuses[0]; i++)
		if (strcasecmp(statuses[i], word) == 0)
			s->status = statuses[i];
	return word == NULL || s->status != NULL ? OK
	    : fail(w, ERR_INVALID, s->filter->status_at,
		"must be SUBMITTED, PROCESSING, ACTIVE, STOPPED, INACTIVE or FAILED");
}

/* Reads `state`, a word or a number. */
static enum err
read_state(struct work *w, struct selection *s)
{
	const char *word = s->filter->state;
	int state;
	int64_t number;

	if (word == NULL)
		return OK;
	struct json_object *o = mem_json(w->mem, num_int(word, 0, 9, &number)
	    ? json_object_new_int64(number) : json_object_new_string(word));
	if (!delivery_state(o, &state))
		return fail(w, ERR_INVALID, "state", "must be default, enabled or track");
	s->state = mem_printf(w->mem, "%d", state);
	return OK;
}

static enum err
read_filter(struct work *w, struct selection *s)
{
	enum err e = read_order(w, s);

	if (e == OK)
		e = read_position(w, s);
	if (e == OK)
		e = read_status(w, s);
	return e == OK ? read_state(w, s) : e;
}

/* A where clause under way, and the values of its parameters. */
struct condition_list {
	struct buf *sql;
	const char *params[7];
	size_t n;
};

/* Adds a condition unless its value is missing. */
static void
add_condition(struct condition_list *b, const char *sql, const char *value)
{
	if (value == NULL)
		return;
	b->params[b->n++] = value;
	buf_printf(b->sql, " and %s$%zu)", sql, b->n);
}

/* Adds the condition for the rows behind the last one of the page before. */
static void
add_position(struct work *w, struct condition_list *b, const struct selection *s)
{
	if (s->nr == NULL)
		return;
	bool folds = strcmp(s->order->type, "text") == 0;
	b->params[b->n++] = s->from;
	add_condition(b, mem_printf(w->mem, "(%s, e.nr) %c (%s$%zu::%s%s, ", s->order->key,
	    s->down ? '<' : '>', folds ? "lower(" : "", b->n, s->order->type,
	    folds ? " collate \"C\")" : ""), s->nr);
}

/*
 * Runs the list in an order. The only thing that the database can still refuse is the key in
 * `after`, which may be no time or day.
 */
static enum err
select_ordered(struct work *w, const struct selection *s, struct db_rows **rows)
{
	const char *way = s->down ? "desc" : "asc", *q = s->filter->q;
	struct condition_list b = {.sql = buf_new(w->mem, 512)};

	buf_str(b.sql, "true");
	add_condition(&b, "(e.status = ", s->status);
	add_condition(&b, "(e.state = ", s->state);
	add_condition(&b, "(e.\"expData\" ->> 'client' = ", s->filter->client);
	if (q != NULL) {
		b.params[b.n++] = q;
		buf_printf(b.sql, " and (strpos(lower(e.\"expId\"), lower($%zu)) > 0 or "
			"strpos(lower(e.\"expName\"), lower($%zu)) > 0)", b.n, b.n);
	}
	add_position(w, &b, s);
	buf_printf(b.sql, " order by %s %s, e.nr %s limit %lld", s->order->key, way, way,
	    (long long)s->filter->limit);
	enum err e = db_query_built(w->db, w->mem,
	    &(struct db_built){QUERY_experiment_list_sorted, b.sql->data, b.n, b.params}, rows);
	return e == ERR_INVALID && s->nr != NULL ? fail_position(w) : e;
}

/* Runs the list; newest first is a statement of its own, since it needs no built conditions. */
static enum err
select_rows(struct work *w, const struct selection *s, struct db_rows **rows)
{
	const struct experiment_filter *f = s->filter;

	if (s->order != NULL)
		return select_ordered(w, s, rows);
	const char *params[] = {s->nr, s->status, s->state, f->client, f->q,
		mem_printf(w->mem, "%lld", (long long)f->limit)};
	return db_query(w->db, w->mem, QUERY_experiment_list, params, rows);
}

/* The `after` of the next page; NULL when these rows are the last. */
static const char *
find_next(struct work *w, const struct selection *s, const struct db_rows *rows)
{
	int last = db_count(rows) - 1;

	if (last + 1 < s->filter->limit)
		return NULL;
	const char *nr = db_cell(rows, last, "nr");
	return s->order == NULL ? nr
	    : mem_printf(w->mem, "%s:%s", nr, db_cell(rows, last, s->order->column));
}

enum err
experiment_list(struct work *w, const struct experiment_filter *filter, struct json_object **list,
    const char **next)
{
	struct selection s = {.filter = filter};
	struct db_rows *rows;
	enum err e = read_filter(w, &s);

	if (e == OK)
		e = select_rows(w, &s, &rows);
	if (e != OK)
		return e;
	*list = mem_json(w->mem, json_object_new_array());
	for (int i = 0; i < db_count(rows); i++) {
		struct json_object *row = db_row_json(rows, i);
		experiment_shape(row);
		json_object_array_add(*list, row);
	}
	*next = find_next(w, &s, rows);
	return OK;
}

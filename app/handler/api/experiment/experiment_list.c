/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The list of definitions: filtered, in one of several orders, page by page. A page goes on behind
 * what its last row is ordered by and the number of that row, so rows that are equal are neither
 * left out nor repeated, and rows that have gone since do not matter.
 */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/json.h"
#include "base/jsonutil.h"
#include "base/mem.h"
#include "base/num.h"
#include "core/experiment/delivery.h"
#include "view/draft_choice.h"
#include "handler/api/experiment/experiment.h"
#include "handler/routes.h"
#include "store/db/db.h"
#include "web/http/ctx.h"

enum { LIST_DEFAULT = 100, LIST_MOST = 1000 };

/* An order, as SQL: nothing from outside is ever part of it. */
struct order {
	const char *word;
	const char *key;    /* of a row; there is an index of it with the number */
	const char *type;   /* of where to go on */
	const char *column; /* as libpq finds it, with the same: of capitals in quotes */
	bool latest;        /* in a page downwards at first */
};

static const struct order orders[] = {
	{"name", "lower(e.\"expName\" collate \"C\")", "text", "\"expName\"", false},
	{"created", "e.\"createdOn\"", "timestamptz", "\"createdOn\"", true},
	{"updated", "e.\"updatedOn\"", "timestamptz", "\"updatedOn\"", true},
	{"start", "e.start", "date", "start", true},
};

enum { ORDERS = sizeof orders / sizeof orders[0] };

static const struct draft_choice statuses[] = {{"", "any"}, {"SUBMITTED", "SUBMITTED"},
	{"PROCESSING", "PROCESSING"}, {"ACTIVE", "ACTIVE"}, {"STOPPED", "STOPPED"},
	{"INACTIVE", "INACTIVE"}, {"FAILED", "FAILED"}, {NULL, NULL}};

static const struct draft_choice states[] = {{"", "any"}, {"default", "default"},
	{"enabled", "enabled"}, {"track", "track"}, {NULL, NULL}};

/* What is asked for. */
struct wanted {
	const struct order *order; /* NULL: newest first */
	bool down;
	const char *nr;   /* of the row to go on behind; NULL: from the first */
	const char *from; /* with an order: what that row is ordered by */
	const char *status, *state;
	int64_t limit;
};

/* -word is the order downwards. */
static enum err
read_order(struct ctx *c, struct wanted *w)
{
	const char *word = req_query(&c->req, "sort");

	if (word == NULL)
		return OK;
	w->down = *word == '-';
	for (size_t i = 0; i < ORDERS; i++)
		if (strcmp(orders[i].word, word + w->down) == 0)
			w->order = &orders[i];
	return w->order != NULL ? OK
	    : fail(&c->w, ERR_INVALID, "sort", "must be name, created, updated or start, or one of "
		"them with - before it");
}

static enum err
fail_after(struct ctx *c)
{
	return fail(&c->w, ERR_INVALID, "after", "must be the `next` of a page in the same order");
}

/* A number; with an order, a number, a colon and what that row is ordered by. */
static enum err
read_after(struct ctx *c, struct wanted *w)
{
	const char *after = req_query(&c->req, "after");
	int64_t nr;

	if (after == NULL)
		return OK;
	size_t n = w->order == NULL ? strlen(after) : strcspn(after, ":");
	w->nr = mem_dupn(c->w.mem, after, n);
	if (!num_int(w->nr, 1, INT64_MAX, &nr) || (w->order != NULL && after[n] == '\0'))
		return fail_after(c);
	w->from = after + n + (w->order != NULL);
	return OK;
}

static enum err
read_limit(struct ctx *c, struct wanted *w)
{
	const char *text = req_query(&c->req, "limit");

	w->limit = LIST_DEFAULT;
	if (text == NULL || num_int(text, 1, LIST_MOST, &w->limit))
		return OK;
	return fail(&c->w, ERR_INVALID, "limit", "must be a whole number from 1 to %d", LIST_MOST);
}

/* In the envelope `status` tells the outcome, so what is wrong with the filter stands elsewhere. */
static enum err
read_status(struct ctx *c, struct wanted *w)
{
	const char *word = req_query(&c->req, "status");

	for (size_t i = 1; word != NULL && statuses[i].value != NULL; i++)
		if (strcasecmp(statuses[i].value, word) == 0)
			w->status = statuses[i].value;
	return word == NULL || w->status != NULL ? OK
	    : fail(&c->w, ERR_INVALID, c->route->envelope != NULL ? "query.status" : "status",
		"must be SUBMITTED, PROCESSING, ACTIVE, STOPPED, INACTIVE or FAILED");
}

static enum err
read_state(struct ctx *c, struct wanted *w)
{
	const char *word = req_query(&c->req, "state");
	int state;
	int64_t number;

	if (word == NULL)
		return OK;
	struct json_object *o = mem_json(c->w.mem, num_int(word, 0, 9, &number)
	    ? json_object_new_int64(number) : json_object_new_string(word));
	if (!delivery_state(o, &state))
		return fail(&c->w, ERR_INVALID, "state", "must be default, enabled or track");
	w->state = mem_printf(c->w.mem, "%d", state);
	return OK;
}

static enum err
read_wanted(struct ctx *c, struct wanted *w)
{
	enum err e = read_order(c, w);

	if (e == OK)
		e = read_after(c, w);
	if (e == OK)
		e = read_limit(c, w);
	if (e == OK)
		e = read_status(c, w);
	return e == OK ? read_state(c, w) : e;
}

/* A statement under way: conditions, and the values of their parameters. */
struct built {
	struct buf *sql;
	const char *params[7];
	size_t n;
};

/* Adds a condition unless its value is missing. */
static void
add_condition(struct built *b, const char *sql, const char *value)
{
	if (value == NULL)
		return;
	b->params[b->n++] = value;
	buf_printf(b->sql, " and %s$%zu)", sql, b->n);
}

/* Rows behind the one that the last page ended with. */
static void
add_place(struct ctx *c, struct built *b, const struct wanted *w)
{
	if (w->nr == NULL)
		return;
	bool folds = strcmp(w->order->type, "text") == 0;
	b->params[b->n++] = w->from;
	add_condition(b, mem_printf(c->w.mem, "(%s, e.nr) %c (%s$%zu::%s%s, ", w->order->key,
	    w->down ? '<' : '>', folds ? "lower(" : "", b->n, w->order->type,
	    folds ? " collate \"C\")" : ""), w->nr);
}

/* Of what the query says only `after` can still be wrong here: no such time or day. */
static enum err
select_ordered(struct ctx *c, const struct wanted *w, struct db_rows **rows)
{
	const char *way = w->down ? "desc" : "asc";
	struct built b = {.sql = buf_new(c->w.mem, 512)};

	buf_str(b.sql, "true");
	add_condition(&b, "(e.status = ", w->status);
	add_condition(&b, "(e.state = ", w->state);
	add_condition(&b, "(e.\"expData\" ->> 'client' = ", req_query(&c->req, "client"));
	const char *q = req_query(&c->req, "q");
	if (q != NULL) {
		b.params[b.n++] = q;
		buf_printf(b.sql, " and (strpos(lower(e.\"expId\"), lower($%zu)) > 0 or "
			"strpos(lower(e.\"expName\"), lower($%zu)) > 0)", b.n, b.n);
	}
	add_place(c, &b, w);
	buf_printf(b.sql, " order by %s %s, e.nr %s limit %lld", w->order->key, way, way,
	    (long long)w->limit);
	enum err e = db_query_built(c->w.db, c->w.mem,
	    &(struct db_built){QUERY_experiment_list_sorted, b.sql->data, b.n, b.params}, rows);
	return e == ERR_INVALID && w->nr != NULL ? fail_after(c) : e;
}

static enum err
select_rows(struct ctx *c, const struct wanted *w, struct db_rows **rows)
{
	if (w->order != NULL)
		return select_ordered(c, w, rows);
	const char *params[] = {w->nr, w->status, w->state, req_query(&c->req, "client"),
		req_query(&c->req, "q"), mem_printf(c->w.mem, "%lld", (long long)w->limit)};
	return db_query(c->w.db, c->w.mem, QUERY_experiment_list, params, rows);
}

/* Where the page behind these rows begins; NULL when they are the last. */
static const char *
find_next(struct ctx *c, const struct wanted *w, const struct db_rows *rows)
{
	int last = db_count(rows) - 1;

	if (last + 1 < w->limit)
		return NULL;
	const char *nr = db_cell(rows, last, "nr");
	return w->order == NULL ? nr
	    : mem_printf(c->w.mem, "%s:%s", nr, db_cell(rows, last, w->order->column));
}

static enum err
list(struct ctx *c, struct wanted *w)
{
	struct db_rows *rows;
	enum err e = read_wanted(c, w);

	if (e == OK)
		e = select_rows(c, w, &rows);
	if (e != OK)
		return e;
	struct json_object *found = json_object_new_array();
	for (int i = 0; i < db_count(rows); i++) {
		struct json_object *row = db_row_json(rows, i);
		json_remove(row, "nr");
		json_remove(row, "start"); /* for the place alone */
		experiment_finish(row);
		json_object_array_add(found, row);
	}
	const char *next = find_next(c, w, rows);
	c->model = mem_json(c->w.mem, json_object_new_object());
	json_object_object_add(c->model, "experiments", found);
	json_object_object_add(
	    c->model, "next", next == NULL ? NULL : json_object_new_string(next));
	if (next != NULL)
		c->next = req_with(c, "after", next);
	return OK;
}

enum err
experiments_list(struct ctx *c)
{
	return list(c, &(struct wanted){0});
}

/* The head of a column: the order it is in (none: in another), and where it is turned round. */
static struct json_object *
make_head(struct ctx *c, const struct order *order, const struct wanted *w)
{
	struct json_object *head = json_object_new_object();
	bool here = w->order == order;
	bool down = here ? !w->down : order->latest;

	if (here)
		json_object_object_add(head, "order",
		    json_object_new_string(w->down ? "descending" : "ascending"));
	json_object_object_add(head, "link", json_object_new_string(req_with(
	    c, "sort", mem_printf(c->w.mem, "%s%s", down ? "-" : "", order->word))));
	return head;
}

enum err
experiments_page(struct ctx *c)
{
	struct wanted w = {0};
	enum err e = list(c, &w);

	if (e != OK)
		return e;
	struct json_object *heads = json_object_new_object();
	for (size_t i = 0; i < ORDERS; i++)
		json_object_object_add(heads, orders[i].word, make_head(c, &orders[i], &w));
	json_object_object_add(c->model, "heads", heads);
	json_object_object_add(
	    c->model, "statuses", draft_choices(statuses, w.status == NULL ? "" : w.status));
	json_object_object_add(c->model, "states", draft_choices(states,
	    w.state == NULL ? "" : delivery_word((int)strtol(w.state, NULL, 10))));
	return OK;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The experiments that workers hold, parsed once per change of the definitions and not once per
 * request. Each worker has its own set and replaces it as a whole when the generation of the
 * definitions has moved.
 *
 * The old set is handed to the memory of the request that replaced it, so pointers into it stay
 * valid until that request ends, and no longer.
 */
#include "service/decision/experiment_set.h"

#include <stdlib.h>
#include <string.h>

#include "base/jsonutil.h"
#include "base/log.h"
#include "base/mem.h"
#include "store/db/db.h"
#include "store/cache/record.h"
#include "store/work.h"

struct experiment_set *
experiment_set_new(void *ctx)
{
	return mem_new(ctx, struct experiment_set);
}

/* A copy on mem; NULL for NULL. */
static const char *
copy_text(void *mem, const char *text)
{
	return text == NULL ? NULL : mem_dup(mem, text);
}

/* The text of a member, lent; NULL where it is not a string. */
static const char *
member_text(struct json_object *o, const char *name)
{
	struct json_object *value = json_object_object_get(o, name);

	return json_object_is_type(value, json_type_string) ? json_object_get_string(value) : NULL;
}

/* The layer with the slots of the experiment, [[first, last], ..]; NULL without a layer. */
static const struct layer *
read_layer(void *mem, struct json_object *o)
{
	struct layer *l = mem_new(mem, struct layer);
	struct json_object *slots = json_object_object_get(o, "slots");

	if (o == NULL)
		return NULL;
	l->id = member_text(o, "id");
	l->salt = member_text(o, "salt");
	l->unit = subject_kind(member_text(o, "unit"));
	l->n = json_items(slots);
	l->ranges = mem_check(talloc_size(l, (l->n + 1) * sizeof *l->ranges));
	for (size_t i = 0; i < l->n; i++) {
		struct json_object *range = json_item(slots, i);
		l->ranges[i].first = json_object_get_int(json_item(range, 0));
		l->ranges[i].last = json_object_get_int(json_item(range, 1));
	}
	return l;
}

/*
 * Reads row i. False when its criteria cannot be parsed; the experiment is then left out of the
 * set, so it is delivered to no one.
 */
static bool
read_experiment(void *mem, const struct db_rows *rows, int i, struct experiment *out)
{
	struct json_object *row = mem_json(mem, db_row_json(rows, i));
	struct json_object *data = json_object_object_get(row, "data");
	struct json_object *criteria = json_object_object_get(row, "criteria");

	*out = (struct experiment){
		.nr = db_int(rows, i, "nr"),
		.id = copy_text(mem, db_cell(rows, i, "id")),
		.name = copy_text(mem, db_cell(rows, i, "name")),
		.start = copy_text(mem, db_cell(rows, i, "start")),
		.end = copy_text(mem, db_cell(rows, i, "end")),
		.salt = copy_text(mem, db_cell(rows, i, "salt")),
		.default_name = copy_text(mem, db_cell(rows, i, "default_alternative")),
		.key = member_text(data, "key"),
		.client = member_text(data, "client"),
		.url = member_text(data, "url"),
		.modulus = json_object_get_int64(json_object_object_get(data, "modulus")),
		.state = (int)db_int(rows, i, "state"),
		.alternatives = json_object_object_get(row, "alternatives"),
		.audience = db_int(rows, i, "audience_version"),
		.status = copy_text(mem, db_cell(rows, i, "status")),
		.traffic = json_object_get_double(json_object_object_get(row, "traffic")),
		.layer = read_layer(mem, json_object_object_get(row, "layer")),
		.allocation = db_int(rows, i, "allocation"),
		.secret = strcmp(db_cell(rows, i, "visibility"), "server") == 0,
	};
	if (criteria == NULL)
		return true;
	out->criteria = criteria_read(mem, criteria, "", problem_new(mem));
	return out->criteria != NULL;
}

/* For qsort and bsearch over by_id. */
static int
compare_experiment_ids(const void *a, const void *b)
{
	const struct experiment *const *left = a;
	const struct experiment *const *right = b;

	return strcmp((*left)->id, (*right)->id);
}

/* Fills by_id and open. The list itself is in the order of numbers, as the query returns it. */
static void
make_indexes(struct experiment_set *all)
{
	all->by_id = mem_array(all->mem, struct experiment *, all->n + all->shipped_n + 1);
	all->open = mem_array(all->mem, struct experiment *, all->n + 1);
	for (size_t i = 0; i < all->n; i++) {
		all->by_id[all->by_id_n++] = &all->list[i];
		if (lookup_is_open(&all->list[i]))
			all->open[all->open_n++] = &all->list[i];
	}
	for (size_t i = 0; i < all->shipped_n; i++)
		all->by_id[all->by_id_n++] = &all->shipped[i];
	if (all->by_id_n > 1)
		qsort(all->by_id, all->by_id_n, sizeof all->by_id[0], compare_experiment_ids);
}

static bool
is_active(const struct db_rows *rows, int i)
{
	return strcmp(db_cell(rows, i, "status"), "ACTIVE") == 0;
}

/* Adds experiment a, of row i: in effect, over, or the self-check of its kind. */
static void
add_to_set(struct experiment_set *all, const struct db_rows *rows, int i,
    const struct experiment *a)
{
	const char *kind = db_cell(rows, i, "selfcheck");

	if (kind != NULL) {
		struct experiment *own = mem_new(all->mem, struct experiment);
		*own = *a;
		all->selfcheck[subject_kind(kind)] = own;
	} else if (is_active(rows, i))
		all->list[all->n++] = *a;
	else
		all->shipped[all->shipped_n++] = *a;
}

/*
 * Replaces the set by the rows. The old set lives as long as the request, which may point into it.
 */
static void
replace_experiments(struct work *w, struct experiment_set *all, const struct db_rows *rows)
{
	void *mem = mem_ctx(all);
	int n = db_count(rows);

	talloc_steal(w->mem, all->mem);
	*all = (struct experiment_set){.mem = mem,
	    .list = mem_array(mem, struct experiment, (size_t)n + 1),
	    .shipped = mem_array(mem, struct experiment, (size_t)n + 1)};
	for (int i = 0; i < n; i++) {
		int64_t generation = db_int(rows, i, "audience_generation");
		if (is_active(rows, i) && generation > all->audience_generation)
			all->audience_generation = generation;
		struct experiment a;
		if (read_experiment(mem, rows, i, &a))
			add_to_set(all, rows, i, &a);
		else
			log_say(LOG_ERROR, "criteria_unreadable", "%s", db_cell(rows, i, "id"));
	}
	make_indexes(all);
}

enum err
experiment_set_get(struct work *w, int64_t at_least, const struct experiment_set **out)
{
	struct experiment_set *all = w->experiments;
	struct db_rows *rows;
	int64_t generation;
	enum err e = record_definitions(w->records, &generation);

	if (e != OK)
		return e;
	generation = generation > at_least ? generation : at_least;
	if (all->mem == NULL || all->generation < generation) {
		const char *selfcheck = w->conf->selfcheck != 0 ? "true" : "false";
		e = db_query(w->db, w->mem, QUERY_experiment_active, &selfcheck, &rows);
		if (e != OK)
			return e;
		replace_experiments(w, all, rows);
		/* The rows may be newer than this generation but never older, so at worst they are
		 * read once more. */
		all->generation = generation;
	}
	*out = all;
	return OK;
}

const struct experiment *
experiment_set_find(const struct experiment_set *all, int64_t nr)
{
	size_t low = 0;
	size_t high = all->n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;
		if (all->list[mid].nr < nr)
			low = mid + 1;
		else
			high = mid;
	}
	return low < all->n && all->list[low].nr == nr ? &all->list[low] : NULL;
}

enum err
experiment_set_one(struct work *w, const char *id, const struct experiment **out)
{
	struct experiment *one = mem_new(w->mem, struct experiment), *key = one;
	const struct experiment_set *all;
	struct db_rows *rows;
	enum err e = experiment_set_get(w, 0, &all);

	if (e != OK)
		return e;
	one->id = id;
	struct experiment **found = all->by_id_n == 0 ? NULL
	    : bsearch(&key, all->by_id, all->by_id_n, sizeof all->by_id[0], compare_experiment_ids);
	if (found != NULL) {
		*out = *found;
		return OK;
	}
	/* In no set: read for this request alone. */
	e = db_query(w->db, w->mem, QUERY_experiment_by_id, &id, &rows);
	if (e != OK)
		return e;
	if (db_count(rows) == 0)
		return ERR_NOT_FOUND;
	if (!read_experiment(w->mem, rows, 0, one))
		return ERR_INTERNAL;
	*out = one;
	return OK;
}

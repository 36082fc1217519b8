/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The segmentations with their parsed rules, as experiment_set.c holds the experiments: one set per
 * worker, parsed once per change of the definitions. A segmentation that was made a moment ago may
 * be missing from it; segmentation_set_one() and segmentation_set_group() then read the newest.
 */
#include "service/decision/segmentation_set.h"

#include <stdlib.h>
#include <string.h>

#include "base/jsonutil.h"
#include "base/log.h"
#include "base/mem.h"
#include "store/db/db.h"
#include "store/cache/record.h"
#include "store/work.h"

struct segmentation_set *
segmentation_set_new(void *ctx)
{
	return mem_new(ctx, struct segmentation_set);
}

/* The type of a word from the database, whose check constraint knows the same words. */
static enum segmentation_type
type_of_word(const char *word)
{
	for (int t = 0; t < SEGMENTATION__MAX; t++)
		if (strcmp(word, segmentation_word((enum segmentation_type)t)) == 0)
			return (enum segmentation_type)t;
	return SEGMENTATION_MANUAL;
}

/* A rule that cannot be parsed becomes NULL: it matches no one, and the log says so. */
static const struct rule *
read_rule(void *mem, const char *id, struct json_object *o)
{
	if (o == NULL)
		return NULL;
	const struct rule *rule = rule_read(mem, o, "", problem_new(mem));
	if (rule == NULL)
		log_say(LOG_ERROR, "rule_unreadable", "%s", id);
	return rule;
}

/* Reads row i with its groups. */
static void
read_segmentation(void *mem, const struct db_rows *rows, int i, struct segmentation *out)
{
	struct json_object *row = mem_json(mem, db_row_json(rows, i));
	struct json_object *groups = json_object_object_get(row, "groups");

	*out = (struct segmentation){
		.nr = db_int(rows, i, "nr"),
		.id = mem_dup(mem, db_cell(rows, i, "id")),
		.context = mem_dup(mem, db_cell(rows, i, "context")),
		.type = type_of_word(db_cell(rows, i, "type")),
		.active = *db_cell(rows, i, "active") == 't',
		.salt = mem_dup(mem, db_cell(rows, i, "salt")),
		.n = json_items(groups),
	};
	out->groups = mem_array(mem, struct group, out->n + 1);
	for (size_t k = 0; k < out->n; k++) {
		struct json_object *o = json_item(groups, k);
		out->groups[k] = (struct group){
			.nr = json_object_get_int64(json_object_object_get(o, "id")),
			.name = json_object_get_string(json_object_object_get(o, "name")),
			.rule = read_rule(mem, out->id, json_object_object_get(o, "rule")),
		};
	}
}

/* For qsort and bsearch over by_nr. */
static int
compare_segmentation_nr(const void *a, const void *b)
{
	const struct segmentation *const *left = a;
	const struct segmentation *const *right = b;

	return ((*left)->nr > (*right)->nr) - ((*left)->nr < (*right)->nr);
}

/* For bsearch over list, which the query returns in the order of ids. */
static int
compare_segmentation_id(const void *id, const void *s)
{
	return strcmp(id, ((const struct segmentation *)s)->id);
}

/*
 * Replaces the set by the rows. The old set lives as long as the request, which may point into it.
 */
static void
replace_segmentations(struct work *w, struct segmentation_set *all, const struct db_rows *rows,
    const struct db_rows *experiments)
{
	void *mem = mem_ctx(all);
	size_t n = (size_t)db_count(rows), m = (size_t)db_count(experiments);

	talloc_steal(w->mem, all->mem);
	*all = (struct segmentation_set){
		.mem = mem,
		.n = n,
		.list = mem_array(mem, struct segmentation, n + 1),
		.by_nr = mem_array(mem, struct segmentation *, n + 1),
		.experiments_n = m,
		.experiments = mem_array(mem, struct segmentation_set_experiment, m + 1),
	};
	for (size_t i = 0; i < n; i++) {
		read_segmentation(mem, rows, (int)i, &all->list[i]);
		all->by_nr[i] = &all->list[i];
	}
	if (n > 1)
		qsort(all->by_nr, n, sizeof all->by_nr[0], compare_segmentation_nr);
	for (size_t i = 0; i < m; i++) {
		struct json_object *row = mem_json(mem, db_row_json(experiments, (int)i));
		all->experiments[i] = (struct segmentation_set_experiment){
			.nr = json_object_get_int64(json_object_object_get(row, "nr")),
			.id = json_object_get_string(json_object_object_get(row, "id")),
			.alternatives = json_object_object_get(row, "alternatives"),
		};
	}
}

enum err
segmentation_set_get(struct work *w, int64_t at_least, const struct segmentation_set **out)
{
	struct segmentation_set *all = w->segmentations;
	struct db_rows *rows, *experiments;
	int64_t generation;
	enum err e = record_definitions(w->records, &generation);

	if (e != OK)
		return e;
	generation = generation > at_least ? generation : at_least;
	*out = all;
	if (all->mem != NULL && all->generation >= generation)
		return OK;
	e = db_query(w->db, w->mem, QUERY_segmentation_all, NULL, &rows);
	if (e == OK)
		e = db_query(w->db, w->mem, QUERY_experiment_referenced, NULL, &experiments);
	if (e != OK)
		return e;
	replace_segmentations(w, all, rows, experiments);
	all->generation = generation;
	return OK;
}

void
segmentation_set_forget(struct work *w)
{
	talloc_free(w->segmentations->mem);
	*w->segmentations = (struct segmentation_set){0};
	record_forget(w->records);
}

const struct segmentation *
segmentation_set_find(const struct segmentation_set *all, const char *id)
{
	return all->n == 0 ? NULL
	    : bsearch(id, all->list, all->n, sizeof all->list[0], compare_segmentation_id);
}

const struct segmentation *
segmentation_set_numbered(const struct segmentation_set *all, int64_t nr)
{
	const struct segmentation wanted = {.nr = nr}, *key = &wanted;
	struct segmentation **found = all->n == 0 ? NULL
	    : bsearch(&key, all->by_nr, all->n, sizeof all->by_nr[0], compare_segmentation_nr);

	return found == NULL ? NULL : *found;
}

/* Reads the newest definitions and finds the segmentation in them. */
static enum err
find_newest(struct work *w, const char *id, const struct segmentation **out)
{
	const struct segmentation_set *all;
	struct db_rows *rows;
	enum err e = db_query(w->db, w->mem, QUERY_cache_epoch, NULL, &rows);

	if (e == OK)
		e = segmentation_set_get(w, db_int(rows, 0, "definitions"), &all);
	if (e != OK)
		return e;
	*out = segmentation_set_find(all, id);
	return *out == NULL ? ERR_NOT_FOUND : OK;
}

enum err
segmentation_set_one(struct work *w, const char *id, const struct segmentation **out)
{
	const struct segmentation_set *all;
	enum err e = segmentation_set_get(w, 0, &all);

	if (e != OK)
		return e;
	*out = segmentation_set_find(all, id);
	return *out != NULL ? OK : find_newest(w, id, out);
}

enum err
segmentation_set_group(
    struct work *w, const struct segmentation **s, int64_t nr, const struct group **out)
{
	*out = segmentation_group(*s, nr);
	if (*out != NULL)
		return OK;
	enum err e = find_newest(w, (*s)->id, s);
	if (e == OK)
		*out = segmentation_group(*s, nr);
	return e;
}

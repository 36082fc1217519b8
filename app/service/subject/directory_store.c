/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The directory of users and devices. Every write of a profile evaluates the criteria in effect and
 * updates the audiences in the same statement, so that a new device is in its experiments at once.
 * The statement checks the generation of definitions against which this worker evaluated, and
 * writes nothing when it is outdated.
 */
#include "service/subject/directory_store.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/mem.h"
#include "base/num.h"
#include "service/change.h"
#include "service/decision/experiment_set.h"
#include "service/subject/membership_batch.h"
#include "store/db/db.h"
#include "store/db/pgtype.h"
#include "store/cache/record.h"
#include "store/work.h"

/* Definitions may change between evaluation and statement, but not so often. */
enum { TRIES = 8 };

/* Entries of one kind, no subject twice. */
struct entry_batch {
	const struct directory_entry *list;
	size_t n;
	enum subject_kind kind;
	int64_t changed; /* entries that differ from what was stored */
};

/* The array parameters of the query `profile_put`. */
enum column { SUBJECT, ATTRIBUTES, TERMS, DECIDED, MATCHED_SUBJECT, MATCHED_NR, COLUMNS };

/* The terms as the text of a JSON array. */
static const char *
terms_json(void *ctx, const struct terms *t)
{
	struct buf *out = buf_new(ctx, 256);

	buf_char(out, '[');
	for (size_t i = 0; i < t->n; i++) {
		struct json_object *term = json_object_new_string(t->list[i]);
		buf_str(out, i == 0 ? "" : ",");
		buf_str(out, json_plain(term));
		json_object_put(term);
	}
	buf_char(out, ']');
	return out->data;
}

/* Whether the experiment has a stored audience of profiles of this kind. */
static bool
is_mapped(const struct experiment *a, enum subject_kind kind)
{
	return a->criteria != NULL && !a->criteria->live && a->criteria->kind == kind;
}

/* Adds the experiments whose criteria the entry meets. */
static void
add_matches(struct work *w, const struct experiment_set *all, const struct directory_entry *e,
    enum subject_kind kind, struct buf *columns[COLUMNS])
{
	for (size_t i = 0; i < all->n; i++) {
		const struct experiment *a = &all->list[i];
		if (!is_mapped(a, kind) || !criteria_match(a->criteria, e->terms))
			continue;
		pgtype_array_item(columns[MATCHED_SUBJECT], e->subject);
		pgtype_array_item(
		    columns[MATCHED_NR], mem_printf(w->mem, "%lld", (long long)a->nr));
	}
}

/* Adds one entry to the array parameters. */
static void
add_entry(struct work *w, const struct experiment_set *all, const struct directory_entry *e,
    enum subject_kind kind, struct buf *columns[COLUMNS])
{
	pgtype_array_item(columns[SUBJECT], e->subject);
	pgtype_array_item(columns[ATTRIBUTES], e->attributes);
	pgtype_array_item(columns[TERMS], terms_json(w->mem, e->terms));
	add_matches(w, all, e, kind, columns);
}

/*
 * Adds the experiments whose criteria were evaluated, whether or not an entry met them: entries
 * leave those that they do not meet.
 */
static void
add_decided(struct work *w, const struct experiment_set *all, enum subject_kind kind,
    struct buf *columns[COLUMNS])
{
	for (size_t i = 0; i < all->n; i++)
		if (is_mapped(&all->list[i], kind))
			pgtype_array_item(columns[DECIDED],
			    mem_printf(w->mem, "%lld", (long long)all->list[i].nr));
}

/* By subject; of one subject the later entry, at the higher address, comes last. */
static int
compare_entries(const void *a, const void *b)
{
	const struct directory_entry *const *left = a;
	const struct directory_entry *const *right = b;
	int order = strcmp((*left)->subject, (*right)->subject);

	return order != 0 ? order : (*left > *right) - (*left < *right);
}

/* The entries by subject, the last one of each subject; *n becomes their number. */
static struct directory_entry *
without_repeats(struct work *w, const struct directory_entry list[], size_t *n)
{
	const struct directory_entry **order =
	    mem_array(w->mem, const struct directory_entry *, *n);
	struct directory_entry *out = mem_array(w->mem, struct directory_entry, *n);
	size_t kept = 0;

	for (size_t i = 0; i < *n; i++)
		order[i] = &list[i];
	qsort(order, *n, sizeof *order, compare_entries);
	for (size_t i = 0; i < *n; i++) {
		if (i > 0 && strcmp(order[i - 1]->subject, order[i]->subject) == 0)
			kept--;
		out[kept++] = *order[i];
	}
	*n = kept;
	return out;
}

/* Sends the telemetry of users who got their groups by the e-mail address; after the commit. */
static void
announce_placed(struct work *w, void *placed)
{
	membership_batch_tell(w, placed);
}

/*
 * Runs the statement once. *generation is that of the definitions in the database; *changed is -1
 * when this worker's are older and nothing was written.
 */
static enum err
put_profiles(struct work *w, const struct experiment_set *all, struct buf *columns[COLUMNS],
    int64_t *generation, int64_t *changed)
{
	const char *now = work_now_text(w);
	struct db_rows *rows;

	const char *params[] = {columns[SUBJECT]->data, columns[ATTRIBUTES]->data,
		columns[TERMS]->data, now, columns[DECIDED]->data, columns[MATCHED_SUBJECT]->data,
		columns[MATCHED_NR]->data, mem_printf(w->mem, "%lld", (long long)all->generation)};
	enum err e = db_query(w->db, w->mem, QUERY_profile_put, params, &rows);
	if (e != OK)
		return e;
	*generation = db_int(rows, 0, "generation");
	*changed = db_cell(rows, 0, "changed") == NULL ? -1 : db_int(rows, 0, "changed");
	struct json_object *row = mem_json(w->mem, db_row_json(rows, 0));
	change_then(w, announce_placed, json_object_object_get(row, "placed"));
	return OK;
}

/* Evaluates against this worker's definitions of *generation or newer, then writes. */
static enum err
decide_and_store(struct work *w, const struct entry_batch *b, int64_t *generation, int64_t *changed)
{
	struct buf *columns[COLUMNS];
	const struct experiment_set *all;
	enum err e = experiment_set_get(w, *generation, &all);

	if (e != OK)
		return e;
	for (int i = 0; i < COLUMNS; i++) {
		columns[i] = buf_new(w->mem, 256);
		pgtype_array_open(columns[i]);
	}
	for (size_t i = 0; i < b->n; i++)
		add_entry(w, all, &b->list[i], b->kind, columns);
	add_decided(w, all, b->kind, columns);
	for (int i = 0; i < COLUMNS; i++)
		pgtype_array_close(columns[i]);
	return put_profiles(w, all, columns, generation, changed);
}

/* The change behind directory_store_store(). */
static enum err
store_entries(struct work *w, void *arg, struct json_object **answer)
{
	struct entry_batch *b = arg;
	const char **subjects = mem_array(w->mem, const char *, b->n);
	int64_t generation = 0;

	(void)answer;
	for (size_t i = 0; i < b->n; i++)
		subjects[i] = b->list[i].subject;
	enum err e = change_subjects(w, RECORD_SUBJECT, subjects, b->n);
	b->changed = -1;
	for (int tries = 0; e == OK && b->changed < 0 && tries < TRIES; tries++)
		e = decide_and_store(w, b, &generation, &b->changed);
	return e == OK && b->changed < 0 ? ERR_UNAVAILABLE : e;
}

enum err
directory_store_store(struct work *w, const struct directory_entry given[], size_t n,
    enum subject_kind kind, int64_t *changed)
{
	struct entry_batch b = {.list = without_repeats(w, given, &n), .kind = kind};
	struct json_object *none;

	b.n = n;
	enum err e = change_run(w, store_entries, &b, &none);
	*changed = b.changed;
	return e;
}

enum err
directory_store_replace(
    struct work *w, const struct directory_entry *entry, struct json_object **answer)
{
	int64_t changed;
	enum err e =
	    directory_store_store(w, entry, 1, subject_kind(entry->subject), &changed);

	return e == OK ? directory_store_get(w, entry->subject, answer) : e;
}

enum err
directory_store_get(struct work *w, const char *subject, struct json_object **answer)
{
	static const char *const names[] = {"attributes", "changed_at"};
	struct db_rows *rows;
	enum err e = db_query(w->db, w->mem, QUERY_profile_get, &subject, &rows);

	if (e != OK)
		return e;
	if (db_count(rows) == 0)
		return fail_detail(w, ERR_NOT_FOUND, "the directory has no entry of this user");
	struct json_object *row = mem_json(w->mem, db_row_json(rows, 0));
	*answer = mem_json(w->mem, json_object_new_object());
	json_object_object_add(
	    *answer, "user_id", json_object_new_string(subject_id(subject)));
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		json_object_object_add(*answer, names[i],
		    json_object_get(json_object_object_get(row, names[i])));
	return OK;
}

enum err
directory_store_list(struct work *w, const struct directory_store_page *page,
    struct json_object **out, const char **next)
{
	struct json_object *list = json_object_new_array();
	struct db_rows *rows;

	*next = NULL;
	*out = mem_json(w->mem, json_object_new_object());
	json_object_object_add(*out, "users", list);
	const char *params[] = {page->begin != NULL ? page->begin : "", page->after,
		mem_printf(w->mem, "%d", (int)page->limit)};
	enum err e = db_query(w->db, w->mem, QUERY_profile_list, params, &rows);
	if (e != OK)
		return e;
	for (int i = 0; i < db_count(rows); i++)
		json_object_array_add(list, db_row_json(rows, i));
	if (db_count(rows) == page->limit)
		*next = db_cell(rows, (int)page->limit - 1, "user_id");
	return OK;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Puts many users into groups: one statement per batch, which also reports what became of each row.
 * Users are named by id or by e-mail address; an address without a profile is kept and takes effect
 * when a profile with it arrives (preassigned).
 */
#include "service/subject/membership_batch.h"

#include <string.h>

#include "base/csv/csv.h"
#include "base/instant.h"
#include "base/jsonutil.h"
#include "base/mem.h"
#include "core/audience/segmentation.h"
#include "core/subject/upload_row.h"
#include "service/change.h"
#include "service/decision/telemetry_event.h"
#include "store/cache/record.h"
#include "store/db/db.h"
#include "store/db/pgtype.h"
#include "store/work.h"

/* The array parameters of the query `membership_batch`. */
enum column { LINE, USER, EMAIL, GROUP, REASON };

/* A number as text. */
static const char *
int_text(struct work *w, int64_t n)
{
	return mem_printf(w->mem, "%lld", (long long)n);
}

void
membership_batch_begin(struct membership_batch *m)
{
	m->n = 0;
	m->closed = false;
	m->rows = NULL;
	m->total = m->added = m->changed = m->present = m->preassigned = m->failed = 0;
	for (int i = 0; i < MEMBERSHIP_BATCH_COLUMNS; i++) {
		m->columns[i] = buf_new(m->w->mem, 4096);
		pgtype_array_open(m->columns[i]);
	}
}

void
membership_batch_add(
    struct membership_batch *m, int64_t line, struct json_object *o, const char *fault)
{
	struct upload_row row = {0};

	if (fault == NULL)
		fault = upload_row_read(m->w->mem, o, &row);
	pgtype_array_item(m->columns[LINE], int_text(m->w, line));
	pgtype_array_item(m->columns[USER], fault != NULL ? NULL : row.subject);
	pgtype_array_item(m->columns[EMAIL], fault != NULL ? NULL : row.email);
	pgtype_array_item(m->columns[GROUP], fault != NULL ? NULL : row.group);
	pgtype_array_item(m->columns[REASON], fault);
	m->n++;
}

/* Whether row i of the result has that outcome. */
static bool
has_outcome(const struct membership_batch *m, int i, const char *outcome)
{
	return strcmp(db_cell(m->rows, i, "outcome"), outcome) == 0;
}

/* Whether row i put a user into a group. */
static bool
is_moved(const struct membership_batch *m, int i)
{
	return has_outcome(m, i, "added") || has_outcome(m, i, "changed");
}

/* Counts the outcomes. Rows of users who were in their group already are not in the result. */
static void
count_outcomes(struct membership_batch *m)
{
	m->total = (int64_t)m->n;
	m->added = m->changed = m->preassigned = m->failed = 0;
	for (int i = 0; i < db_count(m->rows); i++) {
		m->added += has_outcome(m, i, "added");
		m->changed += has_outcome(m, i, "changed");
		m->preassigned += has_outcome(m, i, "preassigned");
		m->failed += has_outcome(m, i, "failed");
	}
	m->present = m->total - m->added - m->changed - m->preassigned - m->failed;
}

/* Invalidates the cached records of the users that were moved. */
static enum err
invalidate_moved(struct membership_batch *m)
{
	size_t n = 0;
	const char **subjects = mem_array(m->w->mem, const char *, (size_t)db_count(m->rows) + 1);

	for (int i = 0; i < db_count(m->rows); i++)
		if (is_moved(m, i))
			subjects[n++] = db_cell(m->rows, i, "subject");
	return change_subjects(m->w, RECORD_SUBJECT, subjects, n);
}

/* A user who came into a group; by: NULL when unknown. tags: as a record has them, or NULL. */
struct placed {
	const char *subject, *id, *context, *by;
	struct group group;
	struct json_object *tags;
};

/* Sends the telemetry of one user. */
static void
announce_placed(struct work *w, const struct placed *p)
{
	struct json_object *record = mem_json(w->mem, json_object_new_object());
	struct segmentation s = {.id = p->id, .context = p->context};

	json_object_object_add(record, "tags", json_object_get(p->tags));
	telemetry_event_placed(w, &(struct visitor){.subject = p->subject, .record = record}, &s,
	    &p->group, p->by);
}

/* Sends the telemetry of a batch, after the commit. */
static void
announce_moved(struct work *w, void *arg)
{
	struct membership_batch *m = arg;

	for (int i = 0; w->telemetry != NULL && i < db_count(m->rows); i++) {
		if (!is_moved(m, i))
			continue;
		struct json_object *row = mem_json(w->mem, db_row_json(m->rows, i));
		announce_placed(w, &(struct placed){.subject = db_cell(m->rows, i, "subject"),
			.id = m->id, .context = m->context, .by = m->by,
			.group = {.nr = db_int(m->rows, i, "group_nr"),
			    .name = db_cell(m->rows, i, "group_name")},
			.tags = json_object_object_get(row, "tags")});
	}
}

enum err
membership_batch_put(struct membership_batch *m)
{
	char now[INSTANT_TEXT];

	instant_format(m->w->now, now);
	/* A retry of the change must not close the arrays again. */
	for (int i = 0; !m->closed && i < MEMBERSHIP_BATCH_COLUMNS; i++)
		pgtype_array_close(m->columns[i]);
	m->closed = true;
	const char *params[] = {m->segmentation, m->columns[LINE]->data, m->columns[USER]->data,
		m->columns[EMAIL]->data, m->columns[GROUP]->data, m->columns[REASON]->data, m->by,
		now, m->upload, m->w->telemetry == NULL ? NULL : m->context};
	enum err e = db_query(m->w->db, m->w->mem, QUERY_membership_batch, params, &m->rows);
	if (e != OK)
		return e;
	count_outcomes(m);
	change_then(m->w, announce_moved, m);
	return invalidate_moved(m);
}

/* The text of a member. */
static const char *
placed_text(struct json_object *o, const char *name)
{
	return json_object_get_string(json_object_object_get(o, name));
}

void
membership_batch_tell(struct work *w, struct json_object *placed)
{
	size_t n = json_items(placed);

	for (size_t i = 0; w->telemetry != NULL && i < n; i++) {
		struct json_object *o = json_item(placed, i);
		/* The group has been deleted meanwhile. */
		if (placed_text(o, "name") == NULL)
			continue;
		announce_placed(w, &(struct placed){.subject = placed_text(o, "subject"),
			.id = placed_text(o, "segmentation"), .context = placed_text(o, "context"),
			.by = placed_text(o, "by"),
			.group = {.nr = json_object_get_int64(json_object_object_get(o, "nr")),
			    .name = placed_text(o, "name")},
			.tags = json_object_object_get(o, "tags")});
	}
}

/* The subjects in the array `placed`; *n becomes their number. */
static const char *const *
placed_subjects(struct work *w, struct json_object *placed, size_t *n)
{
	const char **subjects = mem_array(w->mem, const char *, json_items(placed) + 1);

	*n = json_items(placed);
	for (size_t i = 0; i < *n; i++)
		subjects[i] = placed_text(json_item(placed, i), "subject");
	return subjects;
}

/* Users whose e-mail address got a profile while a file was being imported. */
struct late_members {
	const char *segmentation; /* its number */
	struct json_object *placed;
};

/* Sends their telemetry, after the commit. */
static void
announce_late(struct work *w, void *arg)
{
	const struct late_members *late = arg;

	membership_batch_tell(w, late->placed);
}

/* The change behind membership_batch_finish(). */
static enum err
place_late(struct work *w, void *arg, struct json_object **answer)
{
	struct late_members *late = arg;
	const char *now = work_now_text(w);
	struct db_rows *rows;
	size_t n;

	(void)answer;
	const char *params[] = {late->segmentation, now};
	enum err e = change_transaction(w);
	if (e == OK)
		e = db_query(w->db, w->mem, QUERY_membership_batch_finish, params, &rows);
	if (e != OK)
		return e;
	late->placed = json_object_object_get(mem_json(w->mem, db_row_json(rows, 0)),
	    "placed");
	change_then(w, announce_late, late);
	const char *const *subjects = placed_subjects(w, late->placed, &n);
	return change_subjects(w, RECORD_SUBJECT, subjects, n);
}

/* The change behind membership_batch_arrived(). */
static enum err
invalidate_arrived(struct work *w, void *arg, struct json_object **answer)
{
	struct late_members *late = arg;
	size_t n;
	const char *const *subjects = placed_subjects(w, late->placed, &n);

	(void)answer;
	change_then(w, announce_late, late);
	return change_subjects(w, RECORD_SUBJECT, subjects, n);
}

enum err
membership_batch_arrived(struct work *w, struct json_object *placed)
{
	struct late_members late = {.placed = placed};

	return change_run_rest(w, invalidate_arrived, &late);
}

enum err
membership_batch_finish(struct work *w, const char *segmentation)
{
	struct late_members late = {.segmentation = segmentation};

	return change_run_rest(w, place_late, &late);
}

/* The change behind membership_import_finish(): the rest of the batches, and the audit row. */
static enum err
run_import_finish(struct work *w, void *arg, struct json_object **answer)
{
	const struct membership_import *in = arg;
	struct late_members *late = mem_new(w->mem, struct late_members);

	*late = (struct late_members){.segmentation = in->segmentation};
	change_target(w, in->id);
	if (in->changed == 0)
		change_nothing(w);
	enum err e = place_late(w, late, answer);
	*answer = mem_json(w->mem, json_object_new_object());
	json_object_object_add(*answer, "rows", json_object_new_int64(in->rows));
	json_object_object_add(*answer, "bad", json_object_new_int64(in->bad));
	json_object_object_add(*answer, "changed", json_object_new_int64(in->changed));
	return e;
}

enum err
membership_import_finish(struct work *w, const struct membership_import *in)
{
	struct membership_import copy = *in;
	struct json_object *answer;

	return change_run(w, run_import_finish, &copy, &answer);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Many into groups at once: one statement a batch, in which nobody's row is asked for alone.
 */
#include "service/subject/membership_batch.h"

#include <string.h>

#include "base/csv/csv.h"
#include "base/instant.h"
#include "base/jsonutil.h"
#include "base/mem.h"
#include "core/subject/upload_row.h"
#include "core/audience/segmentation.h"
#include "service/decision/telemetry_event.h"
#include "store/db/db.h"
#include "store/db/pgtype.h"
#include "store/cache/record.h"
#include "store/work.h"

enum column { LINE, USER, EMAIL, GROUP, REASON };

static const char *
number(struct work *w, int64_t n)
{
	return mem_printf(w->mem, "%lld", (long long)n);
}

void
membership_batch_begin(struct membership_batch *m)
{
	m->n = 0;
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
	pgtype_array_item(m->columns[LINE], number(m->w, line));
	pgtype_array_item(m->columns[USER], fault != NULL ? NULL : row.subject);
	pgtype_array_item(m->columns[EMAIL], fault != NULL ? NULL : row.email);
	pgtype_array_item(m->columns[GROUP], fault != NULL ? NULL : row.group);
	pgtype_array_item(m->columns[REASON], fault);
	m->n++;
}

static bool
has_outcome(const struct membership_batch *m, int i, const char *outcome)
{
	return strcmp(db_cell(m->rows, i, "outcome"), outcome) == 0;
}

static bool
is_moved(const struct membership_batch *m, int i)
{
	return has_outcome(m, i, "added") || has_outcome(m, i, "changed");
}

static void
count(struct membership_batch *m)
{
	m->total = (int64_t)m->n;
	for (int i = 0; i < db_count(m->rows); i++) {
		m->added += has_outcome(m, i, "added");
		m->changed += has_outcome(m, i, "changed");
		m->preassigned += has_outcome(m, i, "preassigned");
		m->failed += has_outcome(m, i, "failed");
	}
	m->present = m->total - m->added - m->changed - m->preassigned - m->failed;
}

static enum err
invalidate(struct membership_batch *m)
{
	size_t n = 0;
	const char **subjects = mem_array(m->w->mem, const char *, (size_t)db_count(m->rows) + 1);

	for (int i = 0; i < db_count(m->rows); i++)
		if (is_moved(m, i))
			subjects[n++] = db_cell(m->rows, i, "subject");
	return n == 0 ? OK : record_invalidate_kind(m->w->records, RECORD_SUBJECT, subjects, n);
}

enum err
membership_batch_put(struct membership_batch *m)
{
	char now[INSTANT_TEXT];

	instant_format(m->w->now, now);
	for (int i = 0; i < MEMBERSHIP_BATCH_COLUMNS; i++)
		pgtype_array_close(m->columns[i]);
	const char *params[] = {m->segmentation, m->columns[LINE]->data, m->columns[USER]->data,
		m->columns[EMAIL]->data, m->columns[GROUP]->data, m->columns[REASON]->data, m->by,
		now, m->upload, m->w->telemetry == NULL ? NULL : m->context};
	enum err e = db_query(m->w->db, m->w->mem, QUERY_membership_batch, params, &m->rows);
	if (e != OK)
		return e;
	count(m);
	return invalidate(m);
}

/* One who came into a group, by whomever. tags: as a record has them, or NULL. */
struct placed {
	const char *subject, *id, *context, *by;
	struct group group;
	struct json_object *tags;
};

static void
tell(struct work *w, const struct placed *p)
{
	struct json_object *record = mem_json(w->mem, json_object_new_object());
	struct segmentation s = {.id = p->id, .context = p->context};

	json_object_object_add(record, "tags", json_object_get(p->tags));
	telemetry_event_placed(w, &(struct visitor){.subject = p->subject, .record = record}, &s,
	    &p->group, p->by);
}

enum err
membership_batch_told(struct membership_batch *m)
{
	enum err e = invalidate(m);

	for (int i = 0; m->w->telemetry != NULL && i < db_count(m->rows); i++) {
		if (!is_moved(m, i))
			continue;
		struct json_object *row = mem_json(m->w->mem, db_row_json(m->rows, i));
		tell(m->w, &(struct placed){.subject = db_cell(m->rows, i, "subject"),
			.id = m->id, .context = m->context, .by = m->by,
			.group = {.nr = db_int(m->rows, i, "group_nr"),
			    .name = db_cell(m->rows, i, "group_name")},
			.tags = json_object_object_get(row, "tags")});
	}
	return e;
}

static const char *
member(struct json_object *o, const char *name)
{
	return json_object_get_string(json_object_object_get(o, name));
}

void
membership_batch_tell(struct work *w, struct json_object *placed)
{
	size_t n = json_items(placed);

	for (size_t i = 0; w->telemetry != NULL && i < n; i++) {
		struct json_object *o = json_item(placed, i);
		/* The group has been deleted since. */
		if (member(o, "name") == NULL)
			continue;
		tell(w, &(struct placed){.subject = member(o, "subject"),
			.id = member(o, "segmentation"), .context = member(o, "context"),
			.by = member(o, "by"),
			.group = {.nr = json_object_get_int64(json_object_object_get(o, "nr")),
			    .name = member(o, "name")},
			.tags = json_object_object_get(o, "tags")});
	}
}

static enum err
bury_placed(struct work *w, struct json_object *placed)
{
	size_t n = json_items(placed);
	const char **subjects = mem_array(w->mem, const char *, n + 1);

	for (size_t i = 0; i < n; i++)
		subjects[i] = member(json_item(placed, i), "subject");
	return n == 0 ? OK : record_invalidate_kind(w->records, RECORD_SUBJECT, subjects, n);
}

enum err
membership_batch_arrived(struct work *w, struct json_object *placed)
{
	enum err e = bury_placed(w, placed);

	if (e == OK)
		membership_batch_tell(w, placed);
	return e;
}

enum err
membership_batch_settle(struct membership_batch *m)
{
	struct work *w = m->w;
	char now[INSTANT_TEXT];
	struct db_rows *rows;
	struct json_object *placed = NULL;

	instant_format(w->now, now);
	const char *params[] = {m->segmentation, now};
	enum err e = db_begin(w->db);
	if (e != OK)
		return e;
	e = db_query(w->db, w->mem, QUERY_membership_batch_finish, params, &rows);
	if (e == OK) {
		placed = json_object_object_get(mem_json(w->mem, db_row_json(rows, 0)), "placed");
		e = bury_placed(w, placed);
	}
	if (e == OK)
		e = db_commit(w->db);
	else
		db_rollback(w->db);
	return e == OK ? membership_batch_arrived(w, placed) : e;
}

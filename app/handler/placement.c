/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Many into groups at once: one statement a batch, in which nobody's row is asked for alone.
 */
#include "handler/placement.h"

#include <string.h>

#include "base/csv.h"
#include "base/instant.h"
#include "base/jsonutil.h"
#include "base/mem.h"
#include "core/upload_row.h"
#include "core/segmentation.h"
#include "handler/tell.h"
#include "store/db.h"
#include "store/pgtype.h"
#include "store/record.h"
#include "web/ctx.h"

enum column { LINE, USER, EMAIL, GROUP, REASON };

static const char *
number(struct ctx *c, int64_t n)
{
	return mem_printf(c->mem, "%lld", (long long)n);
}

void
placement_begin(struct placement *m)
{
	m->n = 0;
	m->total = m->added = m->changed = m->present = m->preassigned = m->failed = 0;
	for (int i = 0; i < PLACEMENT_COLUMNS; i++) {
		m->columns[i] = buf_new(m->c->mem, 4096);
		pgtype_array_open(m->columns[i]);
	}
}

void
placement_add(struct placement *m, int64_t line, struct json_object *o, const char *fault)
{
	struct upload_row row = {0};

	if (fault == NULL)
		fault = upload_row_read(m->c->mem, o, &row);
	pgtype_array_item(m->columns[LINE], number(m->c, line));
	pgtype_array_item(m->columns[USER], fault != NULL ? NULL : row.subject);
	pgtype_array_item(m->columns[EMAIL], fault != NULL ? NULL : row.email);
	pgtype_array_item(m->columns[GROUP], fault != NULL ? NULL : row.group);
	pgtype_array_item(m->columns[REASON], fault);
	m->n++;
}

static bool
has_outcome(const struct placement *m, int i, const char *outcome)
{
	return strcmp(db_cell(m->rows, i, "outcome"), outcome) == 0;
}

static bool
is_moved(const struct placement *m, int i)
{
	return has_outcome(m, i, "added") || has_outcome(m, i, "changed");
}

static void
count(struct placement *m)
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
bury(struct placement *m)
{
	size_t n = 0;
	const char **subjects = mem_array(m->c->mem, const char *, (size_t)db_count(m->rows) + 1);

	for (int i = 0; i < db_count(m->rows); i++)
		if (is_moved(m, i))
			subjects[n++] = db_cell(m->rows, i, "subject");
	return n == 0 ? OK : record_bury_kind(m->c->records, RECORD_SUBJECT, subjects, n);
}

enum err
placement_put(struct placement *m)
{
	char now[INSTANT_TEXT];

	instant_format(m->c->now, now);
	for (int i = 0; i < PLACEMENT_COLUMNS; i++)
		pgtype_array_close(m->columns[i]);
	const char *params[] = {m->segmentation, m->columns[LINE]->data, m->columns[USER]->data,
		m->columns[EMAIL]->data, m->columns[GROUP]->data, m->columns[REASON]->data, m->by,
		now, m->upload, m->c->telemetry == NULL ? NULL : m->context};
	enum err e = db_query(m->c->db, m->c->mem, QUERY_members_put, params, &m->rows);
	if (e != OK)
		return e;
	count(m);
	return bury(m);
}

/* One who came into a group, by whomever. tags: as a record has them, or NULL. */
struct placed {
	const char *subject, *id, *context, *by;
	struct group group;
	struct json_object *tags;
};

static void
tell(struct ctx *c, const struct placed *p)
{
	struct json_object *record = mem_json(c->mem, json_object_new_object());
	struct segmentation s = {.id = p->id, .context = p->context};
	const char *caller = c->key_id;

	json_object_object_add(record, "tags", json_object_get(p->tags));
	c->key_id = p->by;
	tell_placed(c, &(struct visitor){.subject = p->subject, .record = record}, &s, &p->group);
	c->key_id = caller;
}

enum err
placement_told(struct placement *m)
{
	enum err e = bury(m);

	for (int i = 0; m->c->telemetry != NULL && i < db_count(m->rows); i++) {
		if (!is_moved(m, i))
			continue;
		struct json_object *row = mem_json(m->c->mem, db_row_json(m->rows, i));
		tell(m->c, &(struct placed){.subject = db_cell(m->rows, i, "subject"),
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
placement_tell(struct ctx *c, struct json_object *placed)
{
	size_t n = json_items(placed);

	for (size_t i = 0; c->telemetry != NULL && i < n; i++) {
		struct json_object *o = json_item(placed, i);
		/* The group has been deleted since. */
		if (member(o, "name") == NULL)
			continue;
		tell(c, &(struct placed){.subject = member(o, "subject"),
			.id = member(o, "segmentation"), .context = member(o, "context"),
			.by = member(o, "by"),
			.group = {.nr = json_object_get_int64(json_object_object_get(o, "nr")),
			    .name = member(o, "name")},
			.tags = json_object_object_get(o, "tags")});
	}
}

static enum err
bury_placed(struct ctx *c, struct json_object *placed)
{
	size_t n = json_items(placed);
	const char **subjects = mem_array(c->mem, const char *, n + 1);

	for (size_t i = 0; i < n; i++)
		subjects[i] = member(json_item(placed, i), "subject");
	return n == 0 ? OK : record_bury_kind(c->records, RECORD_SUBJECT, subjects, n);
}

enum err
placement_arrived(struct ctx *c, struct json_object *placed)
{
	enum err e = bury_placed(c, placed);

	if (e == OK)
		placement_tell(c, placed);
	return e;
}

enum err
placement_settle(struct placement *m)
{
	struct ctx *c = m->c;
	char now[INSTANT_TEXT];
	struct db_rows *rows;
	struct json_object *placed = NULL;

	instant_format(c->now, now);
	const char *params[] = {m->segmentation, now};
	enum err e = db_begin(c->db);
	if (e != OK)
		return e;
	e = db_query(c->db, c->mem, QUERY_members_settle, params, &rows);
	if (e == OK) {
		placed = json_object_object_get(mem_json(c->mem, db_row_json(rows, 0)), "placed");
		e = bury_placed(c, placed);
	}
	if (e == OK)
		e = db_commit(c->db);
	else
		db_rollback(c->db);
	return e == OK ? placement_arrived(c, placed) : e;
}

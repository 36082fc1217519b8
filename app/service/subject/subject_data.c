/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What is held about somebody, whoever asks for it and whatever kind of subject it is.
 */
#include "service/subject/subject_data.h"

#include <string.h>

#include "base/instant.h"
#include "base/json.h"
#include "base/jsonown.h"
#include "base/jsonutil.h"
#include "base/mem.h"
#include "base/metric.h"
#include "base/num.h"
#include "core/experiment/delivery.h"
#include "core/subject/profile.h"
#include "core/subject/subject.h"
#include "handler/api/subject/subject_path.h"
#include "store/db/db.h"
#include "store/cache/record.h"
#include "store/work.h"

enum { EXPORT_MOST = 1000 };

static void
add_name(struct work *w, struct json_object *o)
{
	json_object_object_add(o, subject_field(subject_kind(c->subject)),
	    json_object_new_string(subject_id(c->subject)));
}

enum err
subject_data_views(struct work *w, int64_t days, struct json_object **out)
{
	char from[INSTANT_TEXT], now[INSTANT_TEXT], ahead[INSTANT_TEXT];
	struct db_rows *rows;

	instant_format(w->now - days * INSTANT_DAY, from);
	instant_format(w->now, now);
	instant_format(w->now + INSTANT_DAY, ahead);
	const char *params[] = {c->subject, from, now, mem_printf(w->mem, "%d", (int)days), ahead};
	enum err e = db_query(w->db, w->mem, QUERY_profile, params, &rows);
	if (e != OK)
		return e;
	metric_add(METRIC_profiles_computed_total, 1);
	*out = mem_json(w->mem, db_row_json(rows, 0));
	return OK;
}

enum err
subject_data_week(struct work *w, struct json_object **out)
{
	struct record_slot slot = {.kind = RECORD_PROFILE, .subject = c->subject, .now = w->now};
	const char *payload = record_find(w->records, w->mem, &slot);
	const char *id = subject_id(c->subject);
	struct json_object *row;

	if (payload != NULL) {
		row = mem_json(w->mem, json_own(payload));
		if (profile_holds(row, w->now)) {
			*out = profile_week(w->mem, id, row);
			return OK;
		}
	}
	enum err e = subject_data_views(w, PROFILE_DAYS, &row);
	if (e != OK)
		return e;
	profile_set_span(row, w->now);
	record_fill(w->records, &slot, json_plain(row));
	*out = profile_week(w->mem, id, row);
	return OK;
}

enum err
subject_data_enrolments(struct work *w, struct json_object **out)
{
	struct db_rows *rows;
	enum err e = db_query(w->db, w->mem, QUERY_enrolment_list, &c->subject, &rows);

	*out = mem_json(w->mem, json_object_new_array());
	for (int i = 0; e == OK && i < db_count(rows); i++) {
		struct json_object *row = db_row_json(rows, i);
		int state = json_object_get_int(json_object_object_get(row, "state"));
		json_object_object_add(
		    row, "state", json_object_new_string(delivery_word(state)));
		json_object_array_add(*out, row);
	}
	return e;
}

enum err
subject_data_erase(struct work *w)
{
	struct db_rows *rows;
	enum err e = record_invalidate(w->records, &c->subject, 1);

	if (e == OK)
		e = db_query(w->db, w->mem, QUERY_subject_erase, &c->subject, &rows);
	if (e == OK)
		e = record_invalidate(w->records, &c->subject, 1);
	if (e != OK)
		return e;
	metric_add(METRIC_erasures_total, 1);
	c->model = mem_json(w->mem, json_object_new_object());
	add_name(w, c->model);
	json_object_object_add(c->model, "deleted", db_row_json(rows, 0));
	return OK;
}

static enum err
read_limit(struct work *w, int64_t *limit)
{
	const char *text = req_query(&c->req, "limit");

	*limit = EXPORT_MOST;
	if (text == NULL || num_int(text, 1, EXPORT_MOST, limit))
		return OK;
	return fail(w, ERR_INVALID, "limit", "must be a whole number from 1 to %d", EXPORT_MOST);
}

static enum err
read_after(struct work *w, char after[INSTANT_TEXT])
{
	const char *text = req_query(&c->req, "after");
	const int64_t start = -INSTANT_DAY; /* nothing that is held is older than 1970 */
	int64_t at = start;

	if (text != NULL && !instant_parse(text, strlen(text), &at))
		return fail(w, ERR_INVALID, "after", "must be the `next` of the page before");
	/* The database has no year 0. */
	if (at < start)
		at = start;
	instant_format(at, after);
	return OK;
}

/* What is not of some time stands before all that is: on the first page. */
static enum err
add_profile(struct work *w, struct json_object *records)
{
	struct db_rows *rows;
	enum err e = db_query(w->db, w->mem, QUERY_profile_export, &c->subject, &rows);

	for (int i = 0; e == OK && i < db_count(rows); i++)
		json_object_array_add(records, db_row_json(rows, i));
	return e;
}

/* A page of records; the last time in it leads to the next page. */
static void
export_json(struct work *w, struct json_object *records, const char *next)
{
	c->model = mem_json(w->mem, json_object_new_object());
	add_name(w, c->model);
	json_object_object_add(c->model, "records", json_object_get(records));
	json_object_object_add(
	    c->model, "next", next == NULL ? NULL : json_object_new_string(next));
}

static void
export_lines(struct work *w, struct json_object *records)
{
	c->text = buf_new(w->mem, 65536);
	c->text_type = "application/x-ndjson; charset=utf-8";
	for (size_t i = 0; i < json_items(records); i++) {
		struct json_object *o = json_item(records, i);
		buf_str(c->text, json_plain(o));
		buf_char(c->text, '\n');
	}
}

/* Whether the caller wants lines: ?format=ndjson, or the Accept header. */
static enum err
wants_lines(struct work *w, bool *lines)
{
	const char *format = req_query(&c->req, "format");
	const char *accept = req_param(&c->req, "HTTP_ACCEPT");

	*lines = format != NULL ? strcmp(format, "ndjson") == 0
	                        : accept != NULL && strstr(accept, "ndjson") != NULL;
	if (format == NULL || *lines || strcmp(format, "json") == 0)
		return OK;
	return fail(w, ERR_INVALID, "format", "must be json or ndjson");
}

enum err
subject_data_export(struct work *w)
{
	char after[INSTANT_TEXT];
	struct db_rows *rows;
	int64_t limit;
	bool lines;
	struct json_object *records = mem_json(w->mem, json_object_new_array());
	enum err e = read_limit(w, &limit);

	if (e == OK)
		e = read_after(w, after);
	if (e == OK)
		e = wants_lines(w, &lines);
	if (e != OK)
		return e;
	if (req_query(&c->req, "after") == NULL)
		e = add_profile(w, records);
	const char *params[] = {c->subject, after, mem_printf(w->mem, "%d", (int)limit)};
	if (e == OK)
		e = db_query(w->db, w->mem, QUERY_subject_export, params, &rows);
	if (e != OK)
		return e;
	for (int i = 0; i < db_count(rows); i++)
		json_object_array_add(records, json_object_get(json_object_object_get(
		    mem_json(w->mem, db_row_json(rows, i)), "record")));
	const char *next = NULL;
	/* Those of one instant are not torn apart, so there may be more. */
	if (db_count(rows) >= limit) {
		struct json_object *last =
		    mem_json(w->mem, db_row_json(rows, db_count(rows) - 1));
		next = json_object_get_string(json_object_object_get(last, "timestamp"));
		c->next = mem_printf(w->mem, "?%safter=%s&limit=%d%s",
		    c->args[0] != NULL ? "" : mem_printf(w->mem, "%s&", subject_path_query(w)), next,
		    (int)limit, lines ? "&format=ndjson" : "");
	}
	if (lines)
		export_lines(w, records);
	else
		export_json(w, records, next);
	return OK;
}

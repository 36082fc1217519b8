/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Everything stored about a subject of any kind: activity, enrolments, groups, export and erasure.
 * The weekly profile is cached until the next page view of the subject or the end of its span.
 */
#include "service/subject/subject_data.h"

#include <string.h>

#include "base/instant.h"
#include "base/json.h"
#include "base/json_trusted.h"
#include "base/jsonutil.h"
#include "base/mem.h"
#include "base/metric.h"
#include "core/experiment/delivery.h"
#include "core/subject/profile.h"
#include "core/subject/subject.h"
#include "service/audit.h"
#include "service/change.h"
#include "service/decision/segmentation_set.h"
#include "store/cache/record.h"
#include "store/db/db.h"
#include "store/work.h"

void
subject_data_name(struct json_object *o, const char *subject)
{
	json_object_object_add(o, subject_field(subject_kind(subject)),
	    json_object_new_string(subject_id(subject)));
}

enum err
subject_data_views(struct work *w, const char *subject, int64_t days, struct json_object **out)
{
	char from[INSTANT_TEXT], ahead[INSTANT_TEXT];
	const char *now = work_now_text(w);
	struct db_rows *rows;

	instant_format(w->now - days * INSTANT_DAY, from);
	instant_format(w->now + INSTANT_DAY, ahead);
	const char *params[] = {subject, from, now, mem_printf(w->mem, "%d", (int)days), ahead};
	enum err e = db_query(w->db, w->mem, QUERY_page_view_summary, params, &rows);
	if (e != OK)
		return e;
	metric_add(METRIC_profiles_computed_total, 1);
	*out = mem_json(w->mem, db_row_json(rows, 0));
	return OK;
}

enum err
subject_data_week(struct work *w, const char *subject, struct json_object **out)
{
	struct record_slot slot = {.kind = RECORD_PROFILE, .subject = subject, .now = w->now};
	const char *payload = record_find(w->records, w->mem, &slot);
	const char *id = subject_id(subject);
	struct json_object *row;

	if (payload != NULL) {
		row = mem_json(w->mem, json_parse_trusted(payload));
		if (profile_is_valid_at(row, w->now)) {
			*out = profile_week(w->mem, id, row);
			return OK;
		}
	}
	enum err e = subject_data_views(w, subject, PROFILE_DAYS, &row);
	if (e != OK)
		return e;
	profile_set_span(row, w->now);
	record_fill(w->records, &slot, json_plain(row));
	*out = profile_week(w->mem, id, row);
	return OK;
}

enum err
subject_data_enrolments(struct work *w, const char *subject, struct json_object **out)
{
	struct db_rows *rows;
	enum err e = db_query(w->db, w->mem, QUERY_enrolment_list, &subject, &rows);

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
subject_data_is_known(struct work *w, const char *subject, bool *known)
{
	struct db_rows *rows;
	enum err e = db_query(w->db, w->mem, QUERY_subject_known, &subject, &rows);

	if (e == OK)
		*known = *db_cell(rows, 0, "known") == 't';
	return e;
}

/*
 * The group of a row of memberships, [segmentation nr, group nr]; NULL when it has been deleted.
 * The caller owns it.
 */
static struct json_object *
group_answer(const struct segmentation_set *all, struct json_object *row)
{
	const struct segmentation *s =
	    segmentation_set_numbered(all, json_object_get_int64(json_item(row, 0)));
	const struct group *g =
	    s == NULL ? NULL : segmentation_group(s, json_object_get_int64(json_item(row, 1)));

	if (g == NULL)
		return NULL;
	struct json_object *o = json_object_new_object();
	json_object_object_add(o, "segmentation", json_object_new_string(s->id));
	json_object_object_add(o, "group", json_object_new_string(g->name));
	return o;
}

enum err
subject_data_groups(struct work *w, struct json_object *record, size_t most,
    struct json_object **list, size_t *more)
{
	struct json_object *rows = json_object_object_get(record, "memberships");
	int64_t generation = json_object_get_int64(json_object_object_get(record, "generation"));
	size_t n = json_items(rows);
	const struct segmentation_set *all;

	*list = mem_json(w->mem, json_object_new_array());
	*more = n > most ? n - most : 0;
	if (n == 0)
		return OK;
	/* Segmentations as new as the record, which may name one that was just made. */
	enum err e = segmentation_set_get(w, generation, &all);
	for (size_t i = 0; e == OK && i < n - *more; i++) {
		struct json_object *group = group_answer(all, json_item(rows, i));
		if (group != NULL)
			json_object_array_add(*list, group);
	}
	return e;
}

/*
 * The change behind subject_data_erase(). The answer, and with it the audit row and the stored
 * answer, holds counts and does not name the subject.
 */
static enum err
erase_subject(struct work *w, void *arg, struct json_object **answer)
{
	const char *const *subject = arg;
	struct db_rows *rows;
	enum err e = change_subjects(w, NULL, subject, 1);

	change_target(w, audit_subject(w, *subject));
	if (e == OK)
		e = db_query(w->db, w->mem, QUERY_subject_erase, subject, &rows);
	if (e != OK)
		return e;
	metric_add(METRIC_erasures_total, 1);
	*answer = mem_json(w->mem, json_object_new_object());
	json_object_object_add(*answer, "deleted", db_row_json(rows, 0));
	return OK;
}

enum err
subject_data_erase(struct work *w, const char *subject, struct json_object **deleted)
{
	struct json_object *answer;
	enum err e = change_run(w, erase_subject, &subject, &answer);

	if (e != OK)
		return e;
	*deleted = mem_json(w->mem, json_object_new_object());
	subject_data_name(*deleted, subject);
	json_object_object_add(*deleted, "deleted",
	    json_object_get(json_object_object_get(answer, "deleted")));
	return OK;
}

/* Adds the profile. Records without a time come before all others, hence on the first page. */
static enum err
add_profile(struct work *w, const char *subject, struct json_object *records)
{
	struct db_rows *rows;
	enum err e = db_query(w->db, w->mem, QUERY_profile_export, &subject, &rows);

	for (int i = 0; e == OK && i < db_count(rows); i++)
		json_object_array_add(records, db_row_json(rows, i));
	return e;
}

enum err
subject_data_export(struct work *w, const struct subject_data_page *page,
    struct json_object **records, const char **next)
{
	char after[INSTANT_TEXT];
	struct db_rows *rows;
	enum err e = OK;

	*next = NULL;
	*records = mem_json(w->mem, json_object_new_array());
	instant_format(page->after, after);
	if (page->first)
		e = add_profile(w, page->subject, *records);
	const char *params[] = {
	    page->subject, after, mem_printf(w->mem, "%d", (int)page->limit)};
	if (e == OK)
		e = db_query(w->db, w->mem, QUERY_subject_export, params, &rows);
	if (e != OK)
		return e;
	for (int i = 0; i < db_count(rows); i++)
		json_object_array_add(*records, json_object_get(json_object_object_get(
		    mem_json(w->mem, db_row_json(rows, i)), "record")));
	/* Records of one instant stay together, so there may be more than the limit. */
	if (db_count(rows) >= page->limit) {
		struct json_object *last =
		    mem_json(w->mem, db_row_json(rows, db_count(rows) - 1));
		*next = json_object_get_string(json_object_object_get(last, "timestamp"));
	}
	return OK;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The state of the installation, for the first page and for metrics. Each function is one statement
 * that only reads, so two of them may disagree by what happened in between.
 */
#include "service/overview.h"

#include "base/instant.h"
#include "base/mem.h"
#include "store/db/db.h"
#include "store/work.h"

/* The first row of q; NULL when there is none. */
static enum err
read_overview_row(struct work *w, enum query q, const char *const params[],
    struct json_object **out)
{
	struct db_rows *rows;
	enum err e = db_query(w->db, w->mem, q, params, &rows);

	*out = e == OK && db_count(rows) > 0 ? mem_json(w->mem, db_row_json(rows, 0)) : NULL;
	return e;
}

enum err
overview_numbers(struct work *w, struct json_object **out)
{
	const char *now = work_now_text(w);
	char today[INSTANT_TEXT];

	instant_format(w->now - w->now % INSTANT_DAY, today);
	return read_overview_row(w, QUERY_overview_numbers, (const char *const[]){now, today}, out);
}

enum err
overview_troubles(struct work *w, int64_t few_slots, int64_t late, struct json_object **out)
{
	const char *now = work_now_text(w);
	char since[INSTANT_TEXT];
	struct db_rows *rows;

	instant_format(w->now - late, since);
	const char *params[] = {now, mem_printf(w->mem, "%lld", (long long)few_slots), since};
	enum err e = db_query(w->db, w->mem, QUERY_overview_warnings, params, &rows);
	*out = mem_json(w->mem, json_object_new_array());
	for (int i = 0; e == OK && i < db_count(rows); i++)
		json_object_array_add(*out, db_row_json(rows, i));
	return e;
}

enum err
overview_throttled(struct work *w, int64_t age, struct json_object **out)
{
	char since[INSTANT_TEXT];

	instant_format(w->now - age, since);
	return read_overview_row(w, QUERY_rate_refusal_find, (const char *const[]){since}, out);
}

enum err
overview_job_counters(struct work *w, struct json_object **out)
{
	static const char *const names[] = {"mappings_total", "mapping_failures_total",
		"mapping_seconds_total", "result_differences_total"};
	struct db_rows *rows;
	enum err e = db_query(w->db, w->mem, QUERY_job_counters, NULL, &rows);

	if (e != OK)
		return e;
	*out = mem_json(w->mem, json_object_new_object());
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		json_object_object_add(
		    *out, names[i], json_object_new_string(db_cell(rows, 0, names[i])));
	return OK;
}

enum err
overview_result_lag(struct work *w, struct json_object **out)
{
	return read_overview_row(w, QUERY_result_lag, NULL, out);
}

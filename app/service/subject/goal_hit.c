/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Goal hits of subjects. Cached records do not have them, so nothing is invalidated.
 */
#include "service/subject/goal_hit.h"

#include "base/jsonutil.h"
#include "base/mem.h"
#include "base/metric.h"
#include "base/text.h"
#include "core/experiment/member_names.h"
#include "service/change.h"
#include "store/db/db.h"
#include "store/work.h"

enum { COUNT_MOST = 1000000, EVENT_ID = 128 };

/* The largest count of a single hit; lower for public keys, with which anyone may send it. */
static int64_t
count_most(const struct work *w)
{
	return w->actor.trusted ? COUNT_MOST : w->conf->client_count_max;
}

enum err
goal_hit_read(struct work *w, struct json_object *body, struct goal_hit_input *out)
{
	static const char *const names[] = {"user_id", "device_id", "session_id", "count",
		"event_id", "user_agent", "signature", NULL};
	struct json_object *count = json_object_object_get(body, "count");
	struct json_object *event = json_object_object_get(body, "event_id");
	const char *fault = event == NULL ? NULL : text_fault_json(w->mem, event, EVENT_ID);

	out->count = 1;
	if (!member_names_check(body, names, "", w->problems))
		return ERR_INVALID;
	if (json_object_object_get_ex(body, "count", NULL) &&
	    (!json_whole(count, &out->count) || out->count < 0 || out->count > count_most(w)))
		return fail(w, ERR_INVALID, "/count", "must be a whole number from 0 to %lld",
		    (long long)count_most(w));
	if (fault != NULL)
		return fail(w, ERR_INVALID, "/event_id", "%s", fault);
	out->event = json_text(body, "event_id");
	return OK;
}

/* The answer from the row of the query; row NULL: nothing was recorded. */
static struct json_object *
make_hit_answer(struct work *w, struct json_object *row)
{
	struct json_object *ids = json_object_object_get(row, "ids");
	bool waits = json_object_get_boolean(json_object_object_get(row, "waits"));
	bool duplicate = json_object_get_boolean(json_object_object_get(row, "duplicate"));
	struct json_object *none = mem_json(w->mem, json_object_new_array());
	struct json_object *out = mem_json(w->mem, json_object_new_object());

	if (ids == NULL)
		ids = none;
	json_object_object_add(out, "recorded", json_object_get(waits ? none : ids));
	json_object_object_add(out, "waiting", json_object_get(waits ? ids : none));
	json_object_object_add(out, "duplicate", json_object_new_boolean(duplicate));
	return out;
}

/* The change behind goal_hit_record(). */
static enum err
record_goal_hit(struct work *w, void *arg, struct json_object **answer)
{
	const struct goal_hit_input *in = arg;
	const char *now = work_now_text(w);
	struct db_rows *rows;

	const char *params[] = {in->subject, in->goal,
		mem_printf(w->mem, "%lld", (long long)in->count), in->event,
		w->conf->verify_human != 0 ? "true" : "false", now};
	enum err e = db_query(w->db, w->mem, QUERY_goal_hit, params, &rows);
	if (e != OK)
		return e;
	if (*db_cell(rows, 0, "known") != 't') {
		metric_add(METRIC_goals_unknown_total, 1);
		return fail_missing(w, "goal");
	}
	metric_add(METRIC_goal_hits_total, 1);
	*answer = make_hit_answer(w, mem_json(w->mem, db_row_json(rows, 0)));
	return OK;
}

enum err
goal_hit_record(struct work *w, const struct goal_hit_input *in, struct json_object **answer)
{
	struct goal_hit_input copy = *in;

	if (!in->bot)
		return change_run(w, record_goal_hit, &copy, answer);
	*answer = make_hit_answer(w, NULL);
	return OK;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Goal hits of subjects: of one request, or by one statement of all requests that a worker has at
 * the moment. Cached records do not have them, so nothing is invalidated.
 */
#include "service/subject/goal_hit.h"

#include "base/jsonutil.h"
#include "base/mem.h"
#include "base/metric.h"
#include "base/text.h"
#include "core/experiment/member_names.h"
#include "service/joint_change.h"
#include "store/db/db.h"
#include "store/db/pgtype.h"
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

struct json_object *
goal_hit_ignored(struct work *w)
{
	return make_hit_answer(w, NULL);
}

/* Parameters of the queries goal_hit and goal_hit_many. */
enum column { SUBJECT, GOAL, COUNT, EVENT, COLUMNS, VERIFY = COLUMNS, NOW, PARAMS };

static void
fill_params(void *mem, const struct goal_hit *h, const char *params[COLUMNS])
{
	params[SUBJECT] = h->in.subject;
	params[GOAL] = h->in.goal;
	params[COUNT] = mem_printf(mem, "%lld", (long long)h->in.count);
	params[EVENT] = h->in.event;
}

/* The hits of all parts as one array literal a column. */
static void
build_columns(void *mem, const struct joint_part parts[], size_t n, const char *params[])
{
	const char **columns = mem_array(mem, const char *, n);
	const char *(*rows)[COLUMNS] = mem_check(talloc_size(mem, n * sizeof *rows));

	for (size_t i = 0; i < n; i++)
		fill_params(mem, parts[i].arg, rows[i]);
	for (int k = 0; k < COLUMNS; k++) {
		for (size_t i = 0; i < n; i++)
			columns[i] = rows[i][k];
		params[k] = pgtype_array(mem, columns, n);
	}
}

/* The change behind goal_hit_record(). No answer: the goal is unknown. */
static enum err
record_goal_hits(struct work *w, const struct joint_part parts[], size_t n)
{
	const char *params[PARAMS] = {
		[VERIFY] = w->conf->verify_human != 0 ? "true" : "false",
		[NOW] = joint_change_now(parts, n),
	};
	struct db_rows *rows;

	if (n == 1)
		fill_params(w->mem, parts[0].arg, params);
	else
		build_columns(w->mem, parts, n, params);
	enum err e = db_query(w->db, w->mem, n == 1 ? QUERY_goal_hit : QUERY_goal_hit_many, params,
	    &rows);
	for (size_t i = 0; e == OK && i < n; i++) {
		struct goal_hit *h = parts[i].arg;
		bool known = *db_cell(rows, (int)i, "known") == 't';
		h->answer = !known ? NULL
		    : make_hit_answer(h->w, mem_json(w->mem, db_row_json(rows, (int)i)));
	}
	return e;
}

void
goal_hit_record(struct goal_hit list[], size_t n)
{
	struct joint_part *parts = mem_array(list[0].w->mem, struct joint_part, n);

	for (size_t i = 0; i < n; i++)
		parts[i] = (struct joint_part){
			.w = list[i].w, .subject = list[i].in.subject, .arg = &list[i]};
	joint_change_run(parts, n, record_goal_hits);
	for (size_t i = 0; i < n; i++) {
		struct goal_hit *h = parts[i].arg;
		bool unknown = parts[i].e == OK && h->answer == NULL;
		h->e = unknown ? fail_missing(h->w, "goal") : parts[i].e;
		metric_add(METRIC_goals_unknown_total, unknown);
		metric_add(METRIC_goal_hits_total, h->e == OK);
	}
}

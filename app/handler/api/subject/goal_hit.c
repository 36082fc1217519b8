/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Subjects hit goals. Nothing that is cached about them changes by that, so the cache is not told.
 */
#include "base/instant.h"
#include "base/jsonutil.h"
#include "base/mem.h"
#include "base/metric.h"
#include "core/experiment/member_names.h"
#include "base/text.h"
#include "handler/routes.h"
#include "web/http/subject_input.h"
#include "store/db/db.h"
#include "web/http/ctx.h"

enum { COUNT_MOST = 1000000, EVENT = 128 };

struct hit {
	int64_t count;
	const char *event; /* NULL: none */
};

/* What a single hit counts at most: less where anybody may have sent it. */
static int64_t
count_most(const struct ctx *c)
{
	return c->key_class == KEY_CLIENT ? c->w.conf->client_count_max : COUNT_MOST;
}

static enum err
read_hit(struct ctx *c, struct json_object *body, struct hit *out)
{
	static const char *const names[] = {"user_id", "device_id", "session_id", "count",
		"event_id", "user_agent", "signature", NULL};
	struct json_object *count = json_object_object_get(body, "count");
	struct json_object *event = json_object_object_get(body, "event_id");
	const char *fault = event == NULL ? NULL : text_fault_json(c->w.mem, event, EVENT);

	*out = (struct hit){.count = 1};
	if (!member_names_check(body, names, "", c->w.problems))
		return ERR_INVALID;
	if (json_object_object_get_ex(body, "count", NULL)) {
		if (!json_whole(count, &out->count) || out->count < 0 ||
		    out->count > count_most(c))
			return fail(&c->w, ERR_INVALID, "/count",
			    "must be a whole number from 0 to %lld",
			    (long long)count_most(c));
	}
	if (fault != NULL)
		return fail(&c->w, ERR_INVALID, "/event_id", "%s", fault);
	if (event != NULL)
		out->event = json_object_get_string(event);
	return OK;
}

/* The answer: {recorded, waiting, duplicate}; row NULL: nothing came of it. */
static void
answer(struct ctx *c, struct json_object *row)
{
	struct json_object *ids = json_object_object_get(row, "ids");
	bool waits = json_object_get_boolean(json_object_object_get(row, "waits"));
	struct json_object *none = json_object_new_array();

	c->model = mem_json(c->w.mem, json_object_new_object());
	if (ids == NULL)
		ids = none;
	json_object_object_add(c->model, "recorded", json_object_get(waits ? none : ids));
	json_object_object_add(c->model, "waiting", json_object_get(waits ? ids : none));
	json_object_object_add(c->model, "duplicate",
	    json_object_new_boolean(
		json_object_get_boolean(json_object_object_get(row, "duplicate"))));
	json_object_put(none);
}

/* The subject c->subject hits the goal that the path names. */
static enum err
store(struct ctx *c, const struct hit *h)
{
	char now[INSTANT_TEXT];
	struct db_rows *rows;

	instant_format(c->w.now, now);
	const char *params[] = {c->subject, c->args[0],
		mem_printf(c->w.mem, "%lld", (long long)h->count), h->event,
		c->w.conf->verify_human != 0 ? "true" : "false", now};
	enum err e = db_query(c->w.db, c->w.mem, QUERY_goal_hit, params, &rows);
	if (e != OK)
		return e;
	if (*db_cell(rows, 0, "known") != 't') {
		metric_add(METRIC_goals_unknown_total, 1);
		return fail_detail(&c->w, ERR_NOT_FOUND, "there is no such goal");
	}
	metric_add(METRIC_goal_hits_total, 1);
	answer(c, mem_json(c->w.mem, db_row_json(rows, 0)));
	return OK;
}

enum err
goal_hit(struct ctx *c)
{
	struct json_object *body;
	struct hit h;
	enum err e = visitor_body(c, VISITOR_ANYBODY, &body);

	if (e == OK)
		e = read_hit(c, body, &h);
	if (e != OK)
		return e;
	if (!visitor_is_bot(c, body))
		return store(c, &h);
	answer(c, NULL);
	return OK;
}

enum err
goal_image(struct ctx *c)
{
	enum err e = visitor_named(c);

	/* Who asks for the headers alone shows nothing to anybody. */
	if (e != OK || c->req.head || visitor_is_bot(c, NULL))
		return e;
	return store(c, &(struct hit){.count = 1});
}

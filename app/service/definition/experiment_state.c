/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * State (how an experiment is delivered) and status (its life cycle). Every statement names the
 * version that was read, so what was checked of the definition still holds when it writes.
 */
#include "service/definition/experiment_state.h"

#include <string.h>

#include "base/jsonutil.h"
#include "base/mem.h"
#include "core/experiment/delivery.h"
#include "service/change.h"
#include "store/db/db.h"
#include "store/work.h"

enum err
experiment_delivery_read(struct work *w, struct json_object *o, struct experiment_delivery *out)
{
	struct json_object *name = json_object_object_get(o, "default");

	*out = (struct experiment_delivery){.default_alternative = json_text(o, "default")};
	if (!delivery_state(json_object_object_get(o, "state"), &out->state))
		return fail(
		    w, ERR_INVALID, "/state", "must be default, enabled or track (0, 1 or 3)");
	return name == NULL || out->default_alternative != NULL ? OK
	    : fail(w, ERR_INVALID, "/default", "is not an alternative");
}

/* A change of state or status, as the argument of change_run(). */
struct transition {
	const struct experiment_target *t;
	struct experiment_answer *out;
	const struct experiment_delivery *delivery;
	enum move move;
};

/*
 * Where the caller asks for it, refuses a state that has no effect because the experiment is not in
 * effect.
 */
static enum err
check_effect(struct work *w, const struct experiment_delivery *in, struct json_object *row)
{
	const char *status = json_text(row, "status");

	if (!in->effective || in->state == STATE_DEFAULT || lifecycle_is_going(status))
		return OK;
	return fail_detail(w, ERR_CONFLICT, "%s", strcmp(status, "STOPPED") == 0
	    ? "it is stopped: resume it first"
	    : "it is over or has failed, so this would change nothing");
}

/* Answers the definition as it is after the statement. */
static enum err
answer_written(struct work *w, const struct transition *x, struct json_object **answer)
{
	enum err e = experiment_get(w, x->t->id, x->out);

	*answer = x->out->definition;
	return e;
}

/* The change behind experiment_deliver(). */
static enum err
change_delivery(struct work *w, void *arg, struct json_object **answer)
{
	const struct transition *x = arg;
	const struct experiment_delivery *in = x->delivery;
	const char *now = work_now_text(w);
	struct json_object *row;
	const char *version;
	struct db_rows *rows;
	enum err e = experiment_begin(w, x->t, x->out, &row, &version);

	if (e == OK)
		e = check_effect(w, in, row);
	if (e != OK)
		return e;
	if (in->default_alternative != NULL &&
	    !delivery_has(json_object_object_get(row, "alternatives"), in->default_alternative))
		return fail(w, ERR_INVALID, "/default", "is not an alternative");
	const char *params[] = {
		x->t->id, mem_printf(w->mem, "%d", in->state), version, now,
		    in->default_alternative};
	e = db_query(w->db, w->mem, QUERY_experiment_state, params, &rows);
	if (e != OK)
		return e;
	return db_count(rows) > 0 ? answer_written(w, x, answer)
	    : experiment_refuse(w, x->t, version, "change its state", x->out);
}

enum err
experiment_deliver(struct work *w, const struct experiment_target *t,
    const struct experiment_delivery *in, struct experiment_answer *out)
{
	struct transition x = {.t = t, .out = out, .delivery = in};

	*out = (struct experiment_answer){0};
	return change_run(w, change_delivery, &x, &out->definition);
}

/* The change behind experiment_move(). */
static enum err
change_status(struct work *w, void *arg, struct json_object **answer)
{
	const struct transition *x = arg;
	const struct move_info *info = lifecycle_move(x->move);
	/* While an experiment is stopped its audience is not kept up to date. */
	bool recompute = x->move == MOVE_REFRESH || x->move == MOVE_RESUME;
	const char *now = work_now_text(w);
	struct json_object *row;
	const char *version;
	struct db_rows *rows;
	enum err e = experiment_begin(w, x->t, x->out, &row, &version);

	if (e != OK)
		return e;
	const char *params[] = {x->t->id, info->from, version, info->to, info->message, now,
		recompute ? "true" : "false"};
	e = db_query(w->db, w->mem, QUERY_experiment_status, params, &rows);
	if (e != OK)
		return e;
	return db_count(rows) > 0 ? answer_written(w, x, answer)
	    : experiment_refuse(w, x->t, version, info->name, x->out);
}

enum err
experiment_move(struct work *w, const struct experiment_target *t, enum move m,
    struct experiment_answer *out)
{
	struct transition x = {.t = t, .out = out, .move = m};

	*out = (struct experiment_answer){0};
	return change_run(w, change_status, &x, &out->definition);
}

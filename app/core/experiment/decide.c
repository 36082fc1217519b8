/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The decision as one table of gates in their order. Each gate depends on the request alone and not
 * on the gates before it, so decide_explain can run all of them.
 */
#include "core/experiment/decide.h"

#include <string.h>

#include "base/jsonutil.h"
#include "base/mem.h"
#include "core/experiment/bucket.h"
#include "core/experiment/delivery.h"
#include "core/experiment/modulus.h"

/* The outcome of a gate that applies, and, for decide_explain, the inputs that it looked at. */
struct gate_result {
	struct json_object *inputs; /* NULL in decide(), which explains nothing */
	struct decision out;
};

typedef bool gate_fn(const struct decision_request *q, struct gate_result *v);

static const char *const words[REASON__MAX] = {
	[REASON_BOT] = "BOT",
	[REASON_NOT_ACTIVE] = "NOT_ACTIVE",
	[REASON_STOPPED] = "STOPPED",
	[REASON_NOT_STARTED] = "NOT_STARTED",
	[REASON_ENDED] = "ENDED",
	[REASON_DEFAULT] = "DEFAULT",
	[REASON_ENROLLED] = "ENROLLED",
	[REASON_FORCED] = "FORCED",
	[REASON_TRACK] = "TRACK",
	[REASON_NOT_IN_AUDIENCE] = "NOT_IN_AUDIENCE",
	[REASON_NOT_IN_ROLLOUT] = "NOT_IN_ROLLOUT",
	[REASON_EXCLUDED_BY_LAYER] = "EXCLUDED_BY_LAYER",
	[REASON_ASSIGNED] = "ASSIGNED",
	[REASON_NOT_ENROLLED] = "NOT_ENROLLED",
	[REASON_UNKNOWN] = "UNKNOWN",
};

const char *
decide_word(enum reason reason)
{
	return words[reason];
}

int
decide_number(struct json_object *alternative)
{
	return json_object_get_int(json_object_object_get(alternative, "id"));
}

struct json_object *
decide_numbered(struct json_object *alternatives, int number)
{
	for (size_t i = 0; i < json_items(alternatives); i++) {
		struct json_object *o = json_item(alternatives, i);
		if (decide_number(o) == number)
			return o;
	}
	return NULL;
}

struct json_object *
decide_named(struct json_object *alternatives, const char *name)
{
	for (size_t i = 0; i < json_items(alternatives); i++) {
		struct json_object *o = json_item(alternatives, i);
		if (strcmp(json_object_get_string(json_object_object_get(o, "name")), name) == 0)
			return o;
	}
	return NULL;
}

static struct json_object *
control_alternative(const struct experiment *a)
{
	return decide_named(a->alternatives, DELIVERY_CONTROL);
}

/* The flagged default, or control where none is flagged. */
static struct json_object *
default_alternative(const struct experiment *a)
{
	struct json_object *o =
	    a->default_name == NULL ? NULL : decide_named(a->alternatives, a->default_name);

	return o != NULL ? o : control_alternative(a);
}

/* A plain decision records no inputs, so that it allocates nothing. */
static void
show_text(struct gate_result *v, const char *name, const char *text)
{
	if (v->inputs != NULL)
		json_object_object_add(
		    v->inputs, name, text == NULL ? NULL : json_object_new_string(text));
}

static void
show_flag(struct gate_result *v, const char *name, bool flag)
{
	if (v->inputs != NULL)
		json_object_object_add(v->inputs, name, json_object_new_boolean(flag));
}

static void
show_number(struct gate_result *v, const char *name, int64_t number)
{
	if (v->inputs != NULL)
		json_object_object_add(v->inputs, name, json_object_new_int64(number));
}

static void
show_double(struct gate_result *v, const char *name, double number)
{
	if (v->inputs != NULL)
		json_object_object_add(v->inputs, name, json_object_new_double(number));
}

/* Makes the gate apply with this alternative and reason; returns true. */
static bool
decided_by(struct gate_result *v, enum reason reason, struct json_object *alternative)
{
	v->out = (struct decision){.alternative = alternative, .reason = reason};
	return true;
}

static bool
gate_bot(const struct decision_request *q, struct gate_result *v)
{
	const struct experiment *a = q->experiment;

	show_flag(v, "bot", q->bot);
	return q->bot && decided_by(v, REASON_BOT,
	    a->state == STATE_DEFAULT ? default_alternative(a) : control_alternative(a));
}

static bool
gate_in_effect(const struct decision_request *q, struct gate_result *v)
{
	const struct experiment *a = q->experiment;

	show_text(v, "status", a->status);
	show_text(v, "today", q->today);
	show_text(v, "start_date", a->start);
	show_text(v, "end_date", a->end);
	if (strcmp(a->status, "STOPPED") == 0)
		return decided_by(v, REASON_STOPPED, default_alternative(a));
	if (strcmp(a->status, "INACTIVE") == 0)
		return decided_by(v, REASON_ENDED, default_alternative(a));
	if (strcmp(a->status, "ACTIVE") != 0)
		return decided_by(v, REASON_NOT_ACTIVE, default_alternative(a));
	if (strcmp(a->start, q->today) > 0)
		return decided_by(v, REASON_NOT_STARTED, default_alternative(a));
	return a->end != NULL && strcmp(a->end, q->today) < 0 &&
	    decided_by(v, REASON_ENDED, default_alternative(a));
}

static bool
gate_default(const struct decision_request *q, struct gate_result *v)
{
	const struct experiment *a = q->experiment;

	show_text(v, "state", delivery_word(a->state));
	return a->state == STATE_DEFAULT && decided_by(v, REASON_DEFAULT, default_alternative(a));
}

/*
 * The alternative that the hash selects. A subject whose stored alternative, with the number gone
 * (0: none), has been removed gets an independent draw: by the first one, all such subjects have
 * similar buckets and would end up in the same alternative.
 */
static struct json_object *
drawn_alternative(const struct decision_request *q, struct gate_result *v, int gone)
{
	const struct experiment *a = q->experiment;
	double u = gone == 0 ? bucket_for(a->salt, "alternative", q->id)
	                     : bucket_redraw(a->salt, gone, q->id);

	show_double(v, "bucket", u);
	struct json_object *o = bucket_pick(a->alternatives, u);
	return o != NULL ? o : control_alternative(a);
}

static bool
gate_enrolled(const struct decision_request *q, struct gate_result *v)
{
	const struct enrolled *n = q->enrolled;
	struct json_object *o =
	    n == NULL ? NULL : decide_numbered(q->experiment->alternatives, n->alternative);

	show_flag(v, "enrolled", n != NULL);
	if (n == NULL)
		return false;
	if (o != NULL)
		return decided_by(v, n->forced ? REASON_FORCED : REASON_ENROLLED, o);
	decided_by(v, REASON_ASSIGNED, drawn_alternative(q, v, n->alternative));
	v->out.enrol = true;
	v->out.gone = n->alternative;
	return true;
}

static bool
gate_track(const struct decision_request *q, struct gate_result *v)
{
	show_text(v, "state", delivery_word(q->experiment->state));
	return q->experiment->state == STATE_TRACK &&
	    decided_by(v, REASON_TRACK, control_alternative(q->experiment));
}

static bool
gate_audience(const struct decision_request *q, struct gate_result *v)
{
	show_flag(v, "in_audience", q->in_audience);
	return !q->in_audience &&
	    decided_by(v, REASON_NOT_IN_AUDIENCE, control_alternative(q->experiment));
}

static bool
gate_rollout(const struct decision_request *q, struct gate_result *v)
{
	const struct experiment *a = q->experiment;
	double u = bucket_for(a->salt, "rollout", q->id);

	show_number(v, "modulus", a->modulus);
	show_number(v, "modulus_hash", modulus_hash(q->id));
	show_double(v, "traffic", a->traffic);
	show_double(v, "bucket", u);
	return (!modulus_includes(q->id, a->modulus) || u >= a->traffic / 100) &&
	    decided_by(v, REASON_NOT_IN_ROLLOUT, control_alternative(a));
}

static bool
gate_layer(const struct decision_request *q, struct gate_result *v)
{
	const struct layer *l = q->experiment->layer;

	show_text(v, "layer", l == NULL ? NULL : l->id);
	if (l == NULL)
		return false;
	int slot = (int)(bucket_of(l->salt, q->id) * LAYER_SLOTS);
	show_number(v, "slot", slot);
	for (size_t i = 0; l->unit == q->kind && i < l->n; i++)
		if (slot >= l->ranges[i].first && slot <= l->ranges[i].last)
			return false;
	return decided_by(v, REASON_EXCLUDED_BY_LAYER, control_alternative(q->experiment));
}

static bool
gate_forced(const struct decision_request *q, struct gate_result *v)
{
	show_text(v, "force", q->force);
	if (q->force == NULL)
		return false;
	decided_by(v, REASON_FORCED, decide_named(q->experiment->alternatives, q->force));
	v->out.enrol = true;
	return true;
}

static bool
gate_assigned(const struct decision_request *q, struct gate_result *v)
{
	decided_by(v, REASON_ASSIGNED, drawn_alternative(q, v, 0));
	v->out.enrol = true;
	return true;
}

static const struct {
	const char *name;
	gate_fn *applies;
} gates[] = {
	{"bot", gate_bot},
	{"in_effect", gate_in_effect},
	{"default", gate_default},
	/* From here on the subject matters. */
	{"enrolled", gate_enrolled},
	{"track", gate_track},
	{"audience", gate_audience},
	{"rollout", gate_rollout},
	{"layer", gate_layer},
	{"forced", gate_forced},
	{"assigned", gate_assigned},
};

enum { GATES = sizeof gates / sizeof gates[0], GATES_FOR_ANYBODY = 3 };

struct decision
decide(const struct decision_request *q)
{
	struct gate_result v = {0};

	for (size_t i = 0; i < GATES && !gates[i].applies(q, &v); i++)
		;
	return v.out;
}

bool
decide_for_anybody(const struct decision_request *q, struct decision *out)
{
	struct gate_result v = {0};

	for (size_t i = 0; i < GATES_FOR_ANYBODY; i++)
		if (gates[i].applies(q, &v)) {
			*out = v.out;
			return true;
		}
	return false;
}

struct json_object *
decide_explain(const struct decision_request *q)
{
	struct json_object *list = json_object_new_array();
	bool decided = false;

	for (size_t i = 0; i < GATES; i++) {
		struct json_object *o = json_object_new_object();
		struct gate_result v = {.inputs = o};
		json_object_object_add(o, "gate", json_object_new_string(gates[i].name));
		bool applies = gates[i].applies(q, &v);
		json_object_object_add(o, "applies", json_object_new_boolean(applies));
		json_object_object_add(o, "decides", json_object_new_boolean(applies && !decided));
		if (applies) {
			json_object_object_add(
			    o, "reason", json_object_new_string(decide_word(v.out.reason)));
			json_object_object_add(o, "alternative", json_object_get(
			    json_object_object_get(v.out.alternative, "name")));
		}
		decided = decided || applies;
		json_object_array_add(list, o);
	}
	return list;
}

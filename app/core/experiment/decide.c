/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The gates of the decision, in their order, as one table. Each looks at the question alone, so
 * each can be shown by itself.
 */
#include "core/experiment/decide.h"

#include <string.h>

#include "base/jsonutil.h"
#include "base/mem.h"
#include "core/experiment/bucket.h"
#include "core/experiment/delivery.h"
#include "core/experiment/modulus.h"

/* What a gate says: whether it applies, and then what follows. told gets what it looked at. */
struct verdict {
	struct json_object *told; /* NULL: nobody asks */
	struct decision out;
};

typedef bool gate_fn(const struct question *q, struct verdict *v);

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
control_of(const struct active *a)
{
	return decide_named(a->alternatives, DELIVERY_CONTROL);
}

/* What everybody sees when nobody is experimented on. */
static struct json_object *
default_of(const struct active *a)
{
	struct json_object *o =
	    a->standard == NULL ? NULL : decide_named(a->alternatives, a->standard);

	return o != NULL ? o : control_of(a);
}

/* What a gate looked at is told only to who asks: a decision makes no text. */
static void
tell_text(struct verdict *v, const char *name, const char *text)
{
	if (v->told != NULL)
		json_object_object_add(
		    v->told, name, text == NULL ? NULL : json_object_new_string(text));
}

static void
tell_flag(struct verdict *v, const char *name, bool flag)
{
	if (v->told != NULL)
		json_object_object_add(v->told, name, json_object_new_boolean(flag));
}

static void
tell_number(struct verdict *v, const char *name, int64_t number)
{
	if (v->told != NULL)
		json_object_object_add(v->told, name, json_object_new_int64(number));
}

static void
tell_double(struct verdict *v, const char *name, double number)
{
	if (v->told != NULL)
		json_object_object_add(v->told, name, json_object_new_double(number));
}

/* The gate applies: q sees alternative for this reason. */
static bool
sees(struct verdict *v, enum reason reason, struct json_object *alternative)
{
	v->out = (struct decision){.alternative = alternative, .reason = reason};
	return true;
}

static bool
bot(const struct question *q, struct verdict *v)
{
	const struct active *a = q->experiment;

	tell_flag(v, "bot", q->bot);
	return q->bot && sees(v, REASON_BOT,
	    a->state == STATE_DEFAULT ? default_of(a) : control_of(a));
}

static bool
in_effect(const struct question *q, struct verdict *v)
{
	const struct active *a = q->experiment;

	tell_text(v, "status", a->status);
	tell_text(v, "today", q->today);
	tell_text(v, "start_date", a->start);
	tell_text(v, "end_date", a->end);
	if (strcmp(a->status, "STOPPED") == 0)
		return sees(v, REASON_STOPPED, default_of(a));
	if (strcmp(a->status, "INACTIVE") == 0)
		return sees(v, REASON_ENDED, default_of(a));
	if (strcmp(a->status, "ACTIVE") != 0)
		return sees(v, REASON_NOT_ACTIVE, default_of(a));
	if (strcmp(a->start, q->today) > 0)
		return sees(v, REASON_NOT_STARTED, default_of(a));
	return a->end != NULL && strcmp(a->end, q->today) < 0 &&
	    sees(v, REASON_ENDED, default_of(a));
}

static bool
by_default(const struct question *q, struct verdict *v)
{
	const struct active *a = q->experiment;

	tell_text(v, "state", delivery_word(a->state));
	return a->state == STATE_DEFAULT && sees(v, REASON_DEFAULT, default_of(a));
}

/* What the hash picks. Who was in an alternative that is gone (its number; 0: none) is drawn
 * independently of the first draw, which put all of them in one place. */
static struct json_object *
drawn(const struct question *q, struct verdict *v, int gone)
{
	const struct active *a = q->experiment;
	double u = gone == 0 ? bucket_for(a->salt, "alternative", q->id)
	                     : bucket_again(a->salt, gone, q->id);

	tell_double(v, "bucket", u);
	struct json_object *o = bucket_pick(a->alternatives, u);
	return o != NULL ? o : control_of(a);
}

static bool
enrolled(const struct question *q, struct verdict *v)
{
	const struct enrolled *n = q->enrolled;
	struct json_object *o =
	    n == NULL ? NULL : decide_numbered(q->experiment->alternatives, n->alternative);

	tell_flag(v, "enrolled", n != NULL);
	if (n == NULL)
		return false;
	if (o != NULL)
		return sees(v, n->forced ? REASON_FORCED : REASON_ENROLLED, o);
	sees(v, REASON_ASSIGNED, drawn(q, v, n->alternative));
	v->out.enrol = true;
	v->out.gone = n->alternative;
	return true;
}

static bool
tracked(const struct question *q, struct verdict *v)
{
	tell_text(v, "state", delivery_word(q->experiment->state));
	return q->experiment->state == STATE_TRACK &&
	    sees(v, REASON_TRACK, control_of(q->experiment));
}

static bool
audience(const struct question *q, struct verdict *v)
{
	tell_flag(v, "in_audience", q->in_audience);
	return !q->in_audience && sees(v, REASON_NOT_IN_AUDIENCE, control_of(q->experiment));
}

static bool
rollout(const struct question *q, struct verdict *v)
{
	const struct active *a = q->experiment;
	double u = bucket_for(a->salt, "rollout", q->id);

	tell_number(v, "modulus", a->modulus);
	tell_number(v, "modulus_hash", modulus_hash(q->id));
	tell_double(v, "traffic", a->traffic);
	tell_double(v, "bucket", u);
	return (!modulus_includes(q->id, a->modulus) || u >= a->traffic / 100) &&
	    sees(v, REASON_NOT_IN_ROLLOUT, control_of(a));
}

static bool
layer(const struct question *q, struct verdict *v)
{
	const struct layer *l = q->experiment->layer;

	tell_text(v, "layer", l == NULL ? NULL : l->id);
	if (l == NULL)
		return false;
	int slot = (int)(bucket_of(l->salt, q->id) * LAYER_SLOTS);
	tell_number(v, "slot", slot);
	for (size_t i = 0; l->unit == q->kind && i < l->n; i++)
		if (slot >= l->ranges[i].first && slot <= l->ranges[i].last)
			return false;
	return sees(v, REASON_EXCLUDED_BY_LAYER, control_of(q->experiment));
}

static bool
forced(const struct question *q, struct verdict *v)
{
	tell_text(v, "force", q->force);
	if (q->force == NULL)
		return false;
	sees(v, REASON_FORCED, decide_named(q->experiment->alternatives, q->force));
	v->out.enrol = true;
	return true;
}

static bool
assigned(const struct question *q, struct verdict *v)
{
	sees(v, REASON_ASSIGNED, drawn(q, v, 0));
	v->out.enrol = true;
	return true;
}

static const struct {
	const char *name;
	gate_fn *applies;
} gates[] = {
	{"bot", bot},
	{"in_effect", in_effect},
	{"default", by_default},
	{"enrolled", enrolled},
	{"track", tracked},
	{"audience", audience},
	{"rollout", rollout},
	{"layer", layer},
	{"forced", forced},
	{"assigned", assigned},
};

enum { GATES = sizeof gates / sizeof gates[0] };

struct decision
decide(const struct question *q)
{
	struct verdict v = {0};

	for (size_t i = 0; i < GATES && !gates[i].applies(q, &v); i++)
		;
	return v.out;
}

struct json_object *
decide_explain(const struct question *q)
{
	struct json_object *list = json_object_new_array();
	bool decided = false;

	for (size_t i = 0; i < GATES; i++) {
		struct json_object *o = json_object_new_object();
		struct verdict v = {.told = o};
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

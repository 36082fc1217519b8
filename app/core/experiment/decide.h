/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CORE_EXPERIMENT_DECIDE_H
#define CORE_EXPERIMENT_DECIDE_H

#include <json-c/json.h>
#include <stdbool.h>

#include "core/experiment/lookup.h"
#include "core/subject/subject.h"

/*
 * The decision: which alternative a subject sees, why, and whether it is to be enrolled. Gates are
 * tried in a fixed order, and the first that applies decides. Pure: equal requests get equal
 * decisions. Nothing is allocated, except by decide_explain.
 */

enum reason {
	REASON_BOT,
	REASON_NOT_ACTIVE,
	REASON_STOPPED,
	REASON_NOT_STARTED,
	REASON_ENDED,
	REASON_DEFAULT,
	REASON_ENROLLED,
	REASON_FORCED,
	REASON_TRACK,
	REASON_NOT_IN_AUDIENCE,
	REASON_NOT_IN_ROLLOUT,
	REASON_EXCLUDED_BY_LAYER,
	REASON_ASSIGNED,
	REASON_NOT_ENROLLED, /* the request only reads, or something else was shown */
	REASON_UNKNOWN,      /* the experiment does not exist */
	REASON__MAX
};

/* An enrolment as it is stored. */
struct enrolled {
	int alternative; /* number of the alternative */
	bool forced;     /* forced or set explicitly, not drawn */
};

struct decision_request {
	const struct experiment *experiment;
	const char *id; /* bare id of the subject */
	enum subject_kind kind;
	const char *today;               /* "2026-11-21" */
	bool bot;                        /* by the user agent, or the profile says human: false */
	const struct enrolled *enrolled; /* NULL: not enrolled */
	bool in_audience;                /* true where there are no criteria */
	const char *force;               /* name of an alternative of the experiment, or NULL */
};

struct decision {
	struct json_object *alternative; /* of the experiment; never NULL */
	enum reason reason;
	bool enrol; /* store the subject in this alternative, for this reason */
	int gone;   /* number of the stored alternative that has been removed; 0: none */
};

/* The reason as answers have it, "ASSIGNED"; static. */
const char *decide_word(enum reason reason);

/* Decides. The alternative points into the experiment. */
struct decision decide(const struct decision_request *q);

/*
 * Decides for nobody in particular: of q only the experiment, today and bot are used. False when it
 * depends on the subject.
 */
bool decide_for_anybody(const struct decision_request *q, struct decision *out);

/*
 * All gates in their order, as [{gate, applies, decides, ..its inputs, reason?, alternative?}],
 * including those after the deciding one. The caller owns the result.
 */
struct json_object *decide_explain(const struct decision_request *q);

/* The alternative with this name, or with this number; NULL when there is none. */
struct json_object *decide_named(struct json_object *alternatives, const char *name);
struct json_object *decide_numbered(struct json_object *alternatives, int number);

/* The number of an alternative. */
int decide_number(struct json_object *alternative);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CORE_EXPERIMENT_DECIDE_H
#define CORE_EXPERIMENT_DECIDE_H

#include <json-c/json.h>
#include <stdbool.h>

#include "core/experiment/lookup.h"
#include "core/subject/subject.h"

/*
 * The one decision: which alternative a subject sees, why, and whether it is to be enrolled. Gates
 * are tried in a fixed order, and the first that applies decides. Pure: the same question has the
 * same answer.
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
	REASON_NOT_ENROLLED, /* who only looks is not assigned */
	REASON_UNKNOWN,      /* there is no such experiment */
	REASON__MAX
};

/* An enrolment as it is stored. */
struct enrolled {
	int alternative; /* its number */
	bool forced;     /* forced, or set by hand */
};

struct question {
	const struct active *experiment;
	const char *id; /* bare */
	enum subject_kind kind;
	const char *today;               /* "2026-11-21" */
	bool bot;                        /* by its user agent, or known to be no human */
	const struct enrolled *enrolled; /* NULL: not */
	bool in_audience;                /* true where there are no criteria */
	const char *force;               /* name of an alternative of the experiment, or NULL */
};

struct decision {
	struct json_object *alternative; /* of the experiment; never NULL */
	enum reason reason;
	bool enrol; /* as what alternative and reason say */
	int gone;   /* number of the alternative that was stored and is no more; 0: none */
};

/* "ASSIGNED" and so on; static */
const char *decide_word(enum reason reason);

/* Which alternative, why, and whether to enrol. */
struct decision decide(const struct question *q);

/*
 * Every gate in its order, as [{gate, applies, reason, ..what it looked at}], also those behind
 * the one that decided. The caller owns the result.
 */
struct json_object *decide_explain(const struct question *q);

/* The alternative of that name, or of that number; NULL when there is none. */
struct json_object *decide_named(struct json_object *alternatives, const char *name);
struct json_object *decide_numbered(struct json_object *alternatives, int number);

/* The number of an alternative. */
int decide_number(struct json_object *alternative);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERVICE_DECISION_ENROLMENT_H
#define SERVICE_DECISION_ENROLMENT_H

#include <json-c/json.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "core/experiment/decide.h"
#include "core/experiment/visitor.h"

struct experiment_set;
struct work;

/*
 * One experiment for one visitor: what is asked, and what was decided. Lent to the functions below.
 */
struct enrolment_outcome {
	const struct experiment *experiment; /* given */
	const char *force;               /* given; NULL: nothing is forced */
	bool selected;                   /* given: in the audience, whatever the record says */
	bool as_shown; /* given: enrol only in the alternative that was shown already */
	const char *shown;               /* given with as_shown: its name; NULL: none was */
	struct decision decision;
	bool enrolled; /* afterwards */
	bool made;     /* by this call */
};

/* What decide() is asked for o; scrap is storage that the result points to. */
struct decision_request enrolment_request(
    struct work *w, const struct visitor *who, const struct enrolment_outcome *o,
    struct enrolled *scrap);

/*
 * Decides each of the n outcomes on the visitor's record; writes nothing. One that would enrol the
 * visitor in another alternative than the one shown keeps that alternative and becomes
 * REASON_NOT_ENROLLED.
 */
void enrolment_decide(struct work *w, const struct visitor *who, struct enrolment_outcome list[],
    size_t n);

/*
 * Decides o for a visitor without a subject, on the definition and the request alone. False when
 * that does not suffice; o is then unchanged.
 */
bool enrolment_decide_for_anybody(
    struct work *w, const struct visitor *who, struct enrolment_outcome *o);

/*
 * Decides each of the n outcomes and enrols the visitor where the decision says so, as a change of
 * its own or as part of the one under way (service/change.h). ERR_THROTTLED when the key may bring
 * no more new subjects; errors of the database.
 */
enum err enrolment_run(struct work *w, const struct visitor *who, struct enrolment_outcome list[],
    size_t n) must_check;

/* The enrolments of one request. */
struct enrolment {
	struct work *w;
	const struct visitor *who;
	struct enrolment_outcome *list;
	size_t n;

	/* Set by the functions below. */
	const struct enrolment_outcome *planned; /* what was decided */
	bool writes; /* some of it is to be stored */
	enum err e;
};

/* The first half of enrolment_run(), which writes nothing. ERR_THROTTLED. */
enum err enrolment_plan(struct enrolment *x) must_check;

/*
 * The second half, for n requests, at least one, whose plan writes; as joint_change_run()
 * (service/joint_change.h) where there are several.
 */
void enrolment_write(struct enrolment *const list[], size_t n);

/*
 * Puts the visitor into an alternative of the experiment by hand, over a stored enrolment, too. A
 * change as enrolment_run(). Does nothing for a bot.
 */
enum err enrolment_set(struct work *w, const struct visitor *who, struct enrolment_outcome *o,
    struct json_object *alternative) must_check;

/*
 * The number of enrolments in the experiment by kind of subject, {users, devices, sessions} on
 * w->mem, each at most `most`. ERR_UNAVAILABLE when counting takes too long.
 */
enum err enrolment_counts(struct work *w, const char *experiment, int64_t most,
    struct json_object **out) must_check;

/* {experiment, alternative, payload, reason, enrolled, new}; the caller owns it. */
struct json_object *enrolment_answer(const struct enrolment_outcome *o);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERVICE_DECISION_ASSIGNMENT_H
#define SERVICE_DECISION_ASSIGNMENT_H

#include <json-c/json.h>
#include <stdbool.h>

#include "base/err.h"
#include "core/experiment/visitor.h"
#include "service/decision/enrolment.h"
#include "store/cache/record.h"

struct work;

/*
 * Assignments of one subject. Answers are objects {experiment, alternative, payload, reason,
 * enrolled, new} on w->mem. Every function reads the record of the visitor into who.
 */

/*
 * What a request says of an enrolment; NULL where it says nothing. Only a trusted actor may say
 * force or alternatives, and only for one experiment; ERR_FORBIDDEN.
 */
struct assignment_input {
	struct json_object *force;        /* name of the alternative, unless it is enrolled */
	struct json_object *alternatives; /* to be created, see service/definition/auto_create.h */
	bool as_shown; /* it says what the visitor has seen: nothing else is enrolled in */
	struct json_object *shown;        /* the name of that alternative; of several experiments
					     {id: name}, without those that were not shown */
};

/*
 * A request to enrol a subject: in the experiment `id`; without one in those of `ids` (a JSON array
 * of strings, at most 1000), if it is `named`, and otherwise in every one that applies to it.
 */
struct assignment {
	struct work *w;
	struct visitor who;
	const char *id;
	bool named;
	struct json_object *ids;
	struct assignment_input in;

	/* Of the functions below. */
	struct record_slot slot;
	struct enrolment enrolment;

	/*
	 * Set by them; with an id an answer, otherwise an array of them. A visitor who is enrolled
	 * already keeps the alternative. An experiment `id` that does not exist and may not be
	 * created answers control; the array leaves out experiments whose audience the visitor is
	 * not in, unless the request named them.
	 */
	struct json_object *answer;
	bool alone; /* it is about many experiments: others must not share its time */
	enum err e; /* ERR_FORBIDDEN, ERR_INVALID, ERR_THROTTLED; ERR_NOT_FOUND: one of ids */
};

/*
 * Answers a request that needs nothing of the database: the record of the subject is in the cache
 * and nothing is to be written. Otherwise a->answer stays NULL, for assignment_enroll(), with
 * others unless a->alone is set.
 */
enum err assignment_begin(struct assignment *a) must_check;

/*
 * Ends n such requests, at least one: reads the records that are missing by one query and writes
 * what is decided by one statement, as enrolment_write().
 */
void assignment_enroll(struct assignment *const list[], size_t n);

/* The outcomes that a request is about, undecided, or its answer. For assignment_begin(). */
enum err assignment_choose_one(struct assignment *a) must_check;
enum err assignment_choose_many(struct assignment *a) must_check;

/*
 * What the visitor sees of the experiment now; control where it is not enrolled. Nothing is
 * written. Answers control for an experiment that does not exist, too.
 */
enum err assignment_preview(struct work *w, struct visitor *who, const char *id,
    struct json_object **answer) must_check;

/*
 * As assignment_preview, with each gate of the decision: {.., would_enroll, salt, gates}.
 * ERR_NOT_FOUND.
 */
enum err assignment_explain(struct work *w, struct visitor *who, const char *id,
    struct json_object **answer) must_check;

/*
 * Puts the visitor into the alternative of that name (a JSON string) by hand. ERR_NOT_FOUND,
 * ERR_INVALID when the experiment has no such alternative.
 */
enum err assignment_set(struct work *w, struct visitor *who, const char *id,
    struct json_object *alternative, struct json_object **answer) must_check;

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Enrolment of subjects, of one request or of all that a worker has at the moment. A request is
 * decided at once where the cache has the record of its subject; what is left is a query for the
 * other records and a statement for what is to be written, both for all requests together.
 */
#include "service/decision/assignment.h"

#include <string.h>

#include "base/jsonutil.h"
#include "base/mem.h"
#include "service/decision/enrolment.h"
#include "service/decision/experiment_set.h"
#include "service/decision/subject_record.h"
#include "store/work.h"

/* Makes the answer from what was decided, and written where it had to be. */
static void
answer_assignment(struct assignment *a)
{
	const struct enrolment *x = &a->enrolment;

	if (a->id != NULL) {
		a->answer = mem_json(a->w->mem, enrolment_answer(&x->list[0]));
		return;
	}
	a->answer = mem_json(a->w->mem, json_object_new_array());
	for (size_t i = 0; i < x->n; i++)
		if (a->named || x->list[i].decision.reason != REASON_NOT_IN_AUDIENCE)
			json_object_array_add(a->answer, enrolment_answer(&x->list[i]));
}

/* Decides on the record, which has been read; makes the answer where nothing is to be written. */
static enum err
plan_assignment(struct assignment *a)
{
	const struct experiment_set *all;
	enum err e = subject_record_snapshot(a->w, &a->who.subject, 1, &a->who.record, &all);

	if (e == OK)
		e = a->id != NULL ? assignment_choose_one(a) : assignment_choose_many(a);
	if (e != OK || a->answer != NULL)
		return e;
	a->enrolment.w = a->w;
	a->enrolment.who = &a->who;
	e = enrolment_plan(&a->enrolment);
	if (e == OK && !a->enrolment.writes)
		answer_assignment(a);
	return e;
}

/* How many experiments a request may be about that is ended together with others: each may have to
 * be read, or is a row to be written, in the time of the oldest of them. */
enum { TOGETHER_MOST = 32 };

/* Whether the request is about more: those that it names, or all that there are. */
static enum err
find_size(struct assignment *a)
{
	const struct experiment_set *all;

	a->alone = json_items(a->ids) > TOGETHER_MOST;
	if (a->id != NULL || a->named)
		return OK;
	enum err e = experiment_set_get(a->w, 0, &all);
	a->alone = e == OK && all->n > TOGETHER_MOST;
	return e;
}

enum err
assignment_begin(struct assignment *a)
{
	a->slot = (struct record_slot){
		.kind = RECORD_SUBJECT, .subject = a->who.subject, .now = a->w->now};
	enum err e = subject_record_find(a->w, &a->slot, &a->who.record);

	if (e == OK && a->who.record != NULL)
		e = plan_assignment(a);
	return e == OK && a->answer == NULL ? find_size(a) : e;
}

/* Reads the records that the cache did not have. */
static enum err
read_records(struct assignment *const list[], size_t n)
{
	struct work *w = list[0]->w;
	const char **subjects = mem_array(w->mem, const char *, n);
	struct json_object **records = mem_array(w->mem, struct json_object *, n);

	for (size_t i = 0; i < n; i++)
		subjects[i] = list[i]->who.subject;
	enum err e = subject_record_read_many(w, subjects, n, records);
	for (size_t i = 0; e == OK && i < n; i++) {
		struct assignment *a = list[i];
		a->who.record = mem_json(a->w->mem, json_object_get(records[i]));
		subject_record_offer(a->w, &a->slot, a->who.record);
	}
	return e;
}

/* Whether an earlier one of n requests was counted against the limit on new subjects for the same
 * subject as a: all of them have read that nothing is stored about it. */
static bool
was_counted(struct assignment *const list[], size_t n, const struct assignment *a)
{
	for (size_t i = 0; i < n; i++)
		if (list[i]->e == OK && list[i]->enrolment.writes &&
		    strcmp(list[i]->who.subject, a->who.subject) == 0)
			return true;
	return false;
}

/* Decides those that could not be decided when they were read. */
static void
plan_rest(struct assignment *const list[], size_t n)
{
	struct assignment **rest = mem_array(list[0]->w->mem, struct assignment *, n);
	size_t count = 0;

	for (size_t i = 0; i < n; i++)
		if (list[i]->who.record == NULL)
			rest[count++] = list[i];
	enum err e = count == 0 ? OK : read_records(rest, count);
	for (size_t i = 0; i < count; i++) {
		rest[i]->who.counted = was_counted(rest, i, rest[i]);
		rest[i]->e = e == OK ? plan_assignment(rest[i]) : e;
	}
}

void
assignment_enroll(struct assignment *const list[], size_t n)
{
	struct enrolment **writes = mem_array(list[0]->w->mem, struct enrolment *, n);
	size_t count = 0;

	plan_rest(list, n);
	for (size_t i = 0; i < n; i++)
		if (list[i]->e == OK && list[i]->answer == NULL)
			writes[count++] = &list[i]->enrolment;
	if (count > 0)
		enrolment_write(writes, count);
	for (size_t i = 0; i < n; i++) {
		struct assignment *a = list[i];
		if (a->e != OK || a->answer != NULL)
			continue;
		a->e = a->enrolment.e;
		if (a->e == OK)
			answer_assignment(a);
	}
}

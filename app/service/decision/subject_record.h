/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERVICE_DECISION_SUBJECT_RECORD_H
#define SERVICE_DECISION_SUBJECT_RECORD_H

#include <json-c/json.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "core/experiment/decide.h"
#include "core/experiment/lookup.h"
#include "core/experiment/visitor.h"

struct experiment_set;
struct work;
struct record_slot;

/* What a look-up found, in order. */
struct found {
	size_t n;
	struct match *list;
};

/*
 * What is held about subject: {generation, audience: [[nr, version], ..], enrolments: [[nr,
 * alternative, forced], ..], attributes}, on w->mem, from the cache or the database.
 */
enum err subject_record_get(
    struct work *w, const char *subject, struct json_object **out) must_check;

/*
 * As subject_record_get in two steps, for who adds to the record what only the cache keeps. slot
 * names kind, subject and now; offer: the cache does not have it. Then it came from the database,
 * which also told, as `place`, where address (NULL: none) is. subject_record_offer takes the
 * record as it was found, with what was added.
 */
enum err subject_record_read(struct work *w, struct record_slot *slot, const char *address,
    struct json_object **out, bool *offer) must_check;
void subject_record_offer(struct work *w, struct record_slot *slot, struct json_object *record);

/*
 * The definitions, and the records of n subjects, none of which is older than any audience among
 * the definitions, nor the definitions than a record.
 */
enum err subject_record_snapshot(struct work *w, const char *const subjects[], size_t n,
    struct json_object *records[], const struct experiment_set **all) must_check;

/* Whether the subject of that record is in the audience in effect; true without criteria. */
bool subject_record_in_audience(struct json_object *record, const struct experiment *a);

/*
 * The experiments in effect for who, on w->mem, given the records of the device and of the user
 * (NULL: none), which are read again where they are outdated.
 */
enum err subject_record_matches(struct work *w, const struct lookup_request *who,
    struct json_object *records[2], struct found *out) must_check;

/* Whether nothing at all is stored about the subject of that record. */
bool subject_record_is_new(struct json_object *record);

/* The stored enrolment in the experiment of number nr; false when there is none. */
bool subject_record_enrolment(struct json_object *record, int64_t nr, struct enrolled *out);

/* Reads the record of who->subject, not older than any audience in effect. */
enum err subject_record_load(struct work *w, struct visitor *who) must_check;

#endif

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

/* The result of a look-up, in the order of delivery, on w->mem. */
struct found {
	size_t n;
	struct match *list;
};

/*
 * The record of a subject: {generation, audience: [[nr, version], ..], enrolments: [[nr,
 * alternative, forced], ..], attributes, tags, memberships}, on w->mem, from the cache or the
 * database. Errors of both.
 */
enum err subject_record_get(
    struct work *w, const char *subject, struct json_object **out) must_check;

/*
 * subject_record_get() in two steps, for a caller that adds members which only the cache keeps.
 * slot names kind, subject and now. *offer is true when the cache does not have the record; it then
 * comes from the database, which adds the location of address (NULL: none) as `place`. The caller
 * passes the record, with what it added, to subject_record_offer().
 */
enum err subject_record_read(struct work *w, struct record_slot *slot, const char *address,
    struct json_object **out, bool *offer) must_check;
/* The first step without the database: *out is NULL when the cache does not have the record. */
enum err subject_record_find(struct work *w, struct record_slot *slot, struct json_object **out)
    must_check;
/* The records of n subjects from the database, by one query; n may not be 0. */
enum err subject_record_read_many(struct work *w, const char *const subjects[], size_t n,
    struct json_object *out[]) must_check;
void subject_record_offer(struct work *w, struct record_slot *slot, struct json_object *record);

/*
 * The definitions, and the records of n subjects, consistent with each other: no record is older
 * than an audience in the definitions, nor are the definitions older than a record. records come in
 * as read and are read again where needed.
 */
enum err subject_record_snapshot(struct work *w, const char *const subjects[], size_t n,
    struct json_object *records[], const struct experiment_set **all) must_check;

/* Whether the subject of the record is in the audience in effect; true without criteria. */
bool subject_record_in_audience(struct json_object *record, const struct experiment *a);

/*
 * The experiments in effect for who, on w->mem, given the records of the device and of the user
 * (NULL: none), which are read again where they are outdated.
 */
enum err subject_record_matches(struct work *w, const struct lookup_request *who,
    struct json_object *records[2], struct found *out) must_check;

/* Whether nothing at all is stored about the subject of the record. */
bool subject_record_is_new(struct json_object *record);

/* The stored enrolment in the experiment of number nr; false when there is none. */
bool subject_record_enrolment(struct json_object *record, int64_t nr, struct enrolled *out);

/* Reads the record of who->subject, consistent with the definitions in effect. */
enum err subject_record_load(struct work *w, struct visitor *who) must_check;

#endif

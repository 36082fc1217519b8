/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERVICE_DECISION_TELEMETRY_EVENT_H
#define SERVICE_DECISION_TELEMETRY_EVENT_H

#include "core/audience/segmentation.h"
#include "service/decision/enrolment.h"
#include "service/decision/subject_record.h"

struct work;

/*
 * Writes the event of a look-up; nothing where telemetry is off. record is the user's, or NULL. Ids
 * are hashed unless the operator wants them raw.
 */
void telemetry_event_lookup(struct work *w, const struct lookup_request *who,
    struct json_object *record, const struct found *found);

/* Writes the event of an enrolment that was just committed. */
void telemetry_event_enrolled(struct work *w, const struct visitor *who,
    const struct enrolment_outcome *o);

/* Writes the event of a subject that `by` (NULL: unknown) has just put into a group. */
void telemetry_event_placed(struct work *w, const struct visitor *who, const struct segmentation *s,
    const struct group *g, const char *by);

#endif

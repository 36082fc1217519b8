/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERVICE_DECISION_TELEMETRY_EVENT_H
#define SERVICE_DECISION_TELEMETRY_EVENT_H

#include "core/audience/segmentation.h"
#include "service/decision/enrolment.h"
#include "service/decision/subject_record.h"

struct work;

/* Telemetry of what was answered; nothing where it is off. Ids are hashed unless the operator
 * wants them as they are. record is the user's, or NULL. */
void telemetry_event_lookup(struct work *w, const struct lookup_request *who,
    struct json_object *record, const struct found *found);

/* Of an enrolment that was made just now. */
void telemetry_event_enrolled(struct work *w, const struct visitor *who, const struct outcome *o);

/* Of somebody whom `by` (NULL: nobody known) has put into a group of a segmentation just now. */
void telemetry_event_placed(struct work *w, const struct visitor *who, const struct segmentation *s,
    const struct group *g, const char *by);

#endif

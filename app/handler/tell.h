/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TELL_H
#define TELL_H

#include "core/segmentation.h"
#include "handler/enrol.h"
#include "handler/find.h"

struct ctx;

/* Telemetry of what was answered; nothing where it is off. Ids are hashed unless the operator
 * wants them as they are. record is the user's, or NULL. */
void tell_lookup(struct ctx *c, const struct asker *who, struct json_object *record,
    const struct found *found);

/* Of an enrolment that was made just now. */
void tell_enrolled(struct ctx *c, const struct visitor *who, const struct outcome *o);

/* Of somebody who came into a group of a segmentation just now. */
void tell_placed(struct ctx *c, const struct visitor *who, const struct segmentation *s,
    const struct group *g);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TELL_H
#define TELL_H

#include "core/segmentation.h"
#include "handler/enrol.h"
#include "handler/find.h"

struct ctx;

/* Telemetry of what was answered; nothing where it is off. Ids are hashed unless the operator
 * wants them as they are. */
void tell_lookup(struct ctx *c, const struct asker *who, const struct found *found);

/* Of an enrolment that was made just now. */
void tell_enrolled(struct ctx *c, const char *subject, const struct outcome *o);

/* Of somebody who came into a group of a segmentation just now. */
void tell_placed(struct ctx *c, const char *subject, const char *segmentation,
    const struct group *g);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PERSON_H
#define PERSON_H

#include <json-c/json.h>

#include "core/segmentation.h"
#include "handler/enrol.h"

/* The terms of one visitor, made when they are first asked for and then kept. */
struct person;

/* Nothing is read yet. On c->mem; who must live as long. */
struct person *person_new(struct ctx *c, const struct visitor *who);

/*
 * The terms (core/facts.h): profile, what the request says over it, kind, tags, stored groups,
 * alternatives; and the groups of the segmentations of type rule among needs (ids), which are
 * worked out, with all that they need in turn. They belong to p; a later call may add to them.
 */
const struct terms *person_terms(struct person *p, struct json_object *needs);

/* The group of a segmentation of type rule that the visitor is in, or NULL. */
const struct group *person_group(struct ctx *c, const struct visitor *who,
    const struct segmentation *s);

/* The stored group of the visitor, which may be gone, in *nr; false when there is none. */
bool person_stored(const struct visitor *who, const struct segmentation *s, int64_t *nr);

#endif

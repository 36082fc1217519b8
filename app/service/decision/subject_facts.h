/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERVICE_DECISION_SUBJECT_FACTS_H
#define SERVICE_DECISION_SUBJECT_FACTS_H

#include <json-c/json.h>

#include "core/audience/segmentation.h"
#include "core/experiment/visitor.h"

struct work;

/* The terms of one visitor, made when they are first asked for and then kept. */
struct subject_facts;

/* Nothing is read yet. On w->mem; who must live as long. */
struct subject_facts *subject_facts_new(struct work *w, const struct visitor *who);

/*
 * The terms (core/audience/subject_terms.h): profile, what the request says over it, kind, tags,
 * stored groups, alternatives; and the groups of the segmentations of type rule among needs (ids),
 * which are worked out, with all that they need in turn. They belong to p; a later call may add to
 * them.
 */
const struct terms *subject_facts_terms(struct subject_facts *p, struct json_object *needs);

/* The group of a segmentation of type rule that the visitor is in, or NULL. */
const struct group *subject_facts_group(struct work *w, const struct visitor *who,
    const struct segmentation *s);

/* The stored group of the visitor, which may be gone, in *nr; false when there is none. */
bool subject_facts_stored(const struct visitor *who, const struct segmentation *s, int64_t *nr);

#endif

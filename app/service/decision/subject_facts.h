/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERVICE_DECISION_SUBJECT_FACTS_H
#define SERVICE_DECISION_SUBJECT_FACTS_H

#include <json-c/json.h>

#include "core/audience/segmentation.h"
#include "core/experiment/visitor.h"

struct work;

/* The terms of one visitor, made when they are first asked for and then kept. */
struct subject_facts;

/* Empty facts on w->mem, which read nothing yet; who must live as long. */
struct subject_facts *subject_facts_new(struct work *w, const struct visitor *who);

/*
 * The terms (core/audience/subject_terms.h): the profile overlaid with attributes of the request,
 * kind, tags, stored groups, alternatives; and the groups of the rule segmentations among needs
 * (ids), with all that these need in turn. They belong to p; a later call may add to them.
 */
const struct terms *subject_facts_terms(struct subject_facts *p, struct json_object *needs);

/* The group of a rule segmentation that the visitor is in, or NULL. Lent by s. */
const struct group *subject_facts_group(struct work *w, const struct visitor *who,
    const struct segmentation *s);

/*
 * The number of the visitor's stored group in *nr; the group may have been deleted. False when
 * there is none.
 */
bool subject_facts_stored(const struct visitor *who, const struct segmentation *s, int64_t *nr);

#endif

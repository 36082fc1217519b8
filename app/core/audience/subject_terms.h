/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CORE_AUDIENCE_SUBJECT_TERMS_H
#define CORE_AUDIENCE_SUBJECT_TERMS_H

#include <json-c/json.h>

#include "core/subject/subject.h"
#include "core/audience/terms.h"

/*
 * What is known of a subject beyond its profile, as terms beside those of the profile: under paths
 * that begin with a #, which no attribute's path can. Conditions on groups and tags are thereby
 * conditions as all others.
 */

/* The path of a group, an alternative, a tag, the kind of the subject, on ctx. */
char *subject_terms_group(void *ctx, const char *segmentation);
char *subject_terms_alternative(void *ctx, const char *experiment);
char *subject_terms_tag(void *ctx, const char *scope, const char *key);
const char *subject_terms_kind(void);

/*
 * The path that a field of criteria means, group:<segmentation> or tag:<scope>:<key>, on ctx; NULL
 * for a field of the profile. *segmentation: the one whose group it is, or NULL.
 */
char *subject_terms_field(void *ctx, const char *name, const char **segmentation);

/* A name in terms, which fold letters, so that its case counts all the same; on ctx. */
struct json_object *subject_terms_exact(void *ctx, const char *name);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CORE_AUDIENCE_SUBJECT_TERMS_H
#define CORE_AUDIENCE_SUBJECT_TERMS_H

#include <json-c/json.h>

#include "core/subject/subject.h"
#include "core/audience/terms.h"

/*
 * What is known about a subject beyond its profile, as further terms. Their paths begin with a #,
 * which no path of an attribute does, so that conditions on groups, alternatives and tags are
 * evaluated like all others.
 */

/*
 * The escaped paths of: the group in a segmentation, the alternative of an experiment, a tag (on
 * ctx), and the kind of the subject (static).
 */
char *subject_terms_group(void *ctx, const char *segmentation);
char *subject_terms_alternative(void *ctx, const char *experiment);
char *subject_terms_tag(void *ctx, const char *scope, const char *key);
const char *subject_terms_kind(void);

/*
 * The path that a field of criteria stands for, group:<segmentation> or tag:<scope>:<key>, on ctx;
 * NULL for a field of the profile. *segmentation becomes the id after group:, a part of name, or
 * NULL.
 */
char *subject_terms_field(void *ctx, const char *name, const char **segmentation);

/* The name encoded so that terms, which fold letters, compare it case-sensitively; on ctx. */
struct json_object *subject_terms_exact(void *ctx, const char *name);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VIEW_SEGMENTATION_FORM_H
#define VIEW_SEGMENTATION_FORM_H

#include <json-c/json.h>

#include "base/problem.h"

/*
 * The definition of a segmentation as a form has it, where every value is a text:
 *
 *	{id, type, context, name, description, active, overlap, groups: [{id, name, remove, json}],
 *	rules: [{view/rule_rows.h}], many, version, sent: {groups, rules}}
 *
 * active is "" or "no", overlap "yes" or absent; json is the rule of a group that rows cannot
 * express. many is there when there are more groups than a form can have; they stay as they are.
 * version is there when an existing segmentation is changed. sent is the number of rows that the
 * form had.
 */

/*
 * The request that a program would send for what was typed, on the problems' context. Problems are
 * added for what cannot be passed on.
 */
struct json_object *segmentation_form_request(struct json_object *typed, struct problems *problems);

/* The stored definition as the form has it, on ctx. */
struct json_object *segmentation_form_of(void *ctx, struct json_object *definition);

/*
 * What was typed as the template shows it, on ctx: rows numbered by `n`, each with its problem as
 * `fault`, followed by empty ones; choices as lists of {value, words, selected}; is: {type: true}.
 */
struct json_object *segmentation_form_show(
    void *ctx, struct json_object *typed, const struct problems *problems);

#endif

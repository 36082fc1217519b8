/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VIEW_EXPERIMENT_FORM_H
#define VIEW_EXPERIMENT_FORM_H

#include <json-c/json.h>

#include "base/problem.h"

/*
 * The definition of an experiment as a form has it, where every value is a text:
 *
 *	{request: {expId, name, description, data: {..}, state, traffic,
 *	alternatives: [{name, rename, weight, enabled, payload, remove}], goals: [{name, test}],
 *	layer: {id, size, was}, plan: {..}}, criteria: {view/criteria_rows.h}, version, sent}
 *
 * enabled is "" or "no". version is there when an existing experiment is changed. sent is {users,
 * devices, alternatives, goals}, the number of rows that the form had when it was sent.
 */

/*
 * The request that a program would send for what was typed, {request: {..}}, on the problems'
 * context: numbers where numbers are written, null for what was left empty. by is the name of the
 * account. Problems are added for what cannot be passed on.
 */
struct json_object *experiment_form_request(
    struct json_object *typed, const char *by, struct problems *problems);

/* The stored definition, in the flat shape of answers, as the form has it, on ctx. */
struct json_object *experiment_form_of(void *ctx, struct json_object *definition);

/*
 * What was typed as the template shows it, on ctx: rows numbered by `n`, each with its problem as
 * `fault`, followed by empty ones up to the number that was sent, or a few for a new form; choices
 * as lists of {value, words, selected}.
 */
struct json_object *experiment_form_show(
    void *ctx, struct json_object *typed, const struct problems *problems);

#endif

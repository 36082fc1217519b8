/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VIEW_DRAFT_H
#define VIEW_DRAFT_H

#include <json-c/json.h>

#include "base/problem.h"

/*
 * A definition as it stands in a form, where all is text:
 *
 *	{request: {expId, name, description, data: {..}, state, traffic,
 *	alternatives: [{name, rename, weight, enabled, payload, remove}], goals: [{name, test}],
 *	layer: {id, size, was}, plan: {..}}, criteria: {view/draft_criteria.h}, version, sent}
 *
 * enabled is "" or "no". There is a version where something is there to be changed, and sent,
 * {users, devices, alternatives, goals}, how many rows the form had when it was sent.
 */

/*
 * What a program would send instead, {request: {..}}, on the problems' context: numbers where
 * numbers are written, null for what was left empty. by: who sends it. Problems are added for what
 * cannot be passed on.
 */
struct json_object *draft_request(
    struct json_object *typed, const char *by, struct problems *problems);

/* The stored definition (in its flat shape, finished) as it stands in a form, on ctx. */
struct json_object *draft_of(void *ctx, struct json_object *definition);

/*
 * What was typed as a page shows it, on ctx: rows numbered as `n`, each with its problem as
 * `fault`, and behind them as many empty ones as were sent, or a few for a new form; choices as
 * lists of {value, words, selected}.
 */
struct json_object *draft_show(
    void *ctx, struct json_object *typed, const struct problems *problems);

#endif

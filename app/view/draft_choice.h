/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VIEW_DRAFT_CHOICE_H
#define VIEW_DRAFT_CHOICE_H

#include <json-c/json.h>
#include <stddef.h>

#include "base/problem.h"

/* What forms are drawn from: choices, and what is wrong where. */

/* One of several; a list ends with NULL words. */
struct draft_choice {
	const char *value, *words;
};

/* The list as [{value, words, selected}], which the caller owns. */
struct json_object *draft_choices(const struct draft_choice *list, const char *chosen);

/* How many rows a page shows: there, and as many as were sent (a number; NULL: never sent), at most
 * 100 and at least one, which a problem of the list can lead to; for a form that was never sent, a
 * few empty ones behind them. */
size_t draft_rows(size_t there, struct json_object *sent, size_t empty);

/* What is wrong at the JSON pointer or below it, or "". */
const char *draft_fault(const struct problems *problems, const char *pointer);

/* What is wrong at that very place, or "". */
const char *draft_fault_here(const struct problems *problems, const char *pointer);

#endif

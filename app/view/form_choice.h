/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VIEW_FORM_CHOICE_H
#define VIEW_FORM_CHOICE_H

#include <json-c/json.h>
#include <stddef.h>

#include "base/problem.h"

/* Parts of forms: choices, the number of rows, and the problem of a field. */

/* One of the values to choose from; a list ends with NULL words. */
struct form_choice {
	const char *value, *words;
};

/* The list as [{value, words, selected}]; the caller owns it. */
struct json_object *form_choices(const struct form_choice *list, const char *chosen);

/*
 * How many rows a page shows. there is the number of filled rows, sent the number of rows that the
 * form had when it was sent (a number; NULL: never sent). A form that was sent gets as many again,
 * at most 100 and at least one, to which a problem of the list can lead; a new form gets empty
 * further ones.
 */
size_t form_rows_shown(size_t there, struct json_object *sent, size_t empty);

/* The first problem at the JSON pointer or below it, or "". */
const char *form_fault(const struct problems *problems, const char *pointer);

/* The first problem exactly at the JSON pointer, or "". */
const char *form_fault_at(const struct problems *problems, const char *pointer);

#endif

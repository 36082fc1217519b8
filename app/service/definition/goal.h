/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERVICE_DEFINITION_GOAL_H
#define SERVICE_DEFINITION_GOAL_H

#include <json-c/json.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

struct work;

/*
 * Goals: names of what subjects do, and how it is tested. Answers are objects {name, test, page,
 * description, created_at, retired, built_in} on w->mem.
 */

/* What a caller says of a goal; NULL where it says nothing. Lent by the JSON it was read from. */
struct goal_input {
	const char *name;
	const char *test;        /* chi2 or mwu */
	const char *page;        /* name of the page view that is a hit; NULL: none */
	bool has_page;           /* page is to be changed, to none too */
	const char *description; /* "": none */
};

/*
 * Reads a goal from JSON, notes all that is wrong with it, by its pointer. strict: a member that
 * nothing would read is wrong, too. ERR_INVALID.
 */
enum err goal_input_read(struct work *w, struct json_object *body, bool strict,
    struct goal_input *out) must_check;

/* Defines a goal, or revives a retired one. ERR_INVALID without a valid name, ERR_CONFLICT when
 * there is one in use. */
enum err goal_add(struct work *w, const struct goal_input *in, struct json_object **answer)
    must_check;

/* Changes what `in` names of the goal. ERR_NOT_FOUND, ERR_INVALID for one that is built in. */
enum err goal_change(struct work *w, const char *name, const struct goal_input *in,
    struct json_object **answer) must_check;

/* Retires a goal: it is hit no longer, and what was counted stays. As goal_change. */
enum err goal_retire(struct work *w, const char *name, struct json_object **answer) must_check;

/* A goal that people defined. ERR_NOT_FOUND. */
enum err goal_get(struct work *w, const char *name, struct json_object **answer) must_check;

/* At most limit goals by name, behind `after` (NULL: from the first), as an array; *next is the
 * last of them if there may be more, else NULL. */
enum err goal_list(struct work *w, const char *after, int64_t limit, struct json_object **list,
    const char **next) must_check;

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERVICE_DEFINITION_GOAL_H
#define SERVICE_DEFINITION_GOAL_H

#include <json-c/json.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

struct work;

/*
 * Goals: named actions of subjects, and the statistical test that compares them. Answers are
 * objects {name, test, page, description, window_from, window_to, created_at, retired, built_in} on
 * w->mem.
 */

#define GOAL_NO_WINDOW (-1)
#define GOAL_WINDOW_MOST 8760 /* hours: a year */

/*
 * The hours after the enrolment of a subject in which its hits count: from <= age < to; both
 * GOAL_NO_WINDOW: at any time.
 */
struct goal_window {
	int64_t from, to;
};

/*
 * What a caller says of a goal; NULL where it says nothing. Lent by the JSON it was read from.
 */
struct goal_input {
	const char *name;
	const char *test;        /* chi2 or mwu */
	const char *page;        /* name of the page view that counts as a hit; NULL: none */
	bool has_page;           /* page is to be changed, possibly to none */
	const char *description; /* "": none */
	struct goal_window window;
	bool has_window_from, has_window_to; /* that end of the window is given, possibly as none */
};

/*
 * Reads a goal from JSON and reports every problem with its pointer. strict: unknown members are
 * problems, too. ERR_INVALID.
 */
enum err goal_input_read(struct work *w, struct json_object *body, bool strict,
    struct goal_input *out) must_check;

/*
 * Defines a goal, or revives a retired one. ERR_INVALID without a valid name or with half a window,
 * ERR_CONFLICT when a goal of that name is in use, or was hit and has another window.
 */
enum err goal_add(struct work *w, const struct goal_input *in, struct json_object **answer)
    must_check;

/*
 * Changes what `in` names of the goal. ERR_NOT_FOUND, ERR_INVALID for a built-in goal and half a
 * window, ERR_CONFLICT for another window of a goal that was hit.
 */
enum err goal_change(struct work *w, const char *name, const struct goal_input *in,
    struct json_object **answer) must_check;

/*
 * Retires a goal: hits are no longer recorded, past counts are kept. Errors as goal_change().
 */
enum err goal_retire(struct work *w, const char *name, struct json_object **answer) must_check;

/* A defined goal. ERR_NOT_FOUND. */
enum err goal_get(struct work *w, const char *name, struct json_object **answer) must_check;

/*
 * At most limit goals by name, behind `after` (NULL: from the first), as an array; *next is the
 * `after` of the next page, NULL when these are the last.
 */
enum err goal_list(struct work *w, const char *after, int64_t limit, struct json_object **list,
    const char **next) must_check;

#endif

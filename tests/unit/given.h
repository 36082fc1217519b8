/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GIVEN_H
#define GIVEN_H

#include <json-c/json.h>

#include "base/problem.h"

/* JSON that tests write as text, and problems as text to compare. Everything is on ctx. */

/* The value of a JSON text; NULL for null. A text that is no JSON fails the test. */
struct json_object *given_json(void *ctx, const char *text);

/* The pointers of all problems, separated by blanks. */
const char *given_pointers(void *ctx, const struct problems *p);

#endif

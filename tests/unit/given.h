/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GIVEN_H
#define GIVEN_H

#include <json-c/json.h>

#include "base/problem.h"

/* What tests are given as texts, and what they hold against texts. Everything is on ctx. */

/* The value that text is; NULL for null. A text that is no JSON fails the test. */
struct json_object *given_json(void *ctx, const char *text);

/* The pointers of all problems, by blanks. */
const char *given_pointers(void *ctx, const struct problems *p);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BASE_PROBLEM_H
#define BASE_PROBLEM_H

#include <json-c/json.h>
#include <stdbool.h>

/*
 * The problems of an input: a JSON array of {pointer, detail}, which is the `errors` of an answer.
 */
struct problems {
	struct json_object *list;
};

/* An empty list on the talloc context ctx. */
struct problems *problem_new(void *ctx);

/* Adds a problem. pointer is a JSON pointer (RFC 6901) or another name of a place. */
void problem_add(struct problems *p, const char *pointer, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* The first problem as a sentence, on p; the list must not be empty. */
const char *problem_first(struct problems *p);

/* The number of problems. */
size_t problem_count(const struct problems *p);

/*
 * The problems as a tree by their places: /request/data/startDate and data.startDate are both
 * {"data": {"startDate": detail}}. The caller owns the result; ctx is for temporary memory.
 */
struct json_object *problem_tree(void *ctx, const struct problems *p);

#endif

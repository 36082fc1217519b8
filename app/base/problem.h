/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BASE_PROBLEM_H
#define BASE_PROBLEM_H

#include <json-c/json.h>
#include <stdbool.h>

/*
 * What is wrong with an input, place by place: a JSON array of {pointer, detail} that goes out as
 * the `errors` of an answer.
 */
struct problems {
	struct json_object *list;
};

/* An empty list on the talloc context ctx. */
struct problems *problem_new(void *ctx);

/* Adds one; pointer is a JSON pointer (RFC 6901) or names another place. */
void problem_add(struct problems *p, const char *pointer, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* The first as one sentence, on p; the list must not be empty. */
const char *problem_first(struct problems *p);

/* How many there are. */
size_t problem_count(const struct problems *p);

/*
 * The problems by their place, as a tree on ctx: /request/data/startDate and data.startDate are
 * both {"data": {"startDate": text}}. The caller owns the result.
 */
struct json_object *problem_tree(void *ctx, const struct problems *p);

#endif

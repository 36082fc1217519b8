/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef FIND_H
#define FIND_H

#include <json-c/json.h>
#include <stddef.h>

#include "base/err.h"
#include "core/lookup.h"

struct ctx;

/* What a look-up found, in order. */
struct found {
	size_t n;
	struct match *list;
};

/*
 * What is held about subject: {generation, audience: [[nr, version], ..], attributes}, on c->mem,
 * from the cache or the database.
 */
enum err find_record(struct ctx *c, const char *subject, struct json_object **out) must_check;

/*
 * The experiments in effect for who, on c->mem, given the records of the device and of the user
 * (NULL: none).
 */
enum err find_matches(struct ctx *c, const struct asker *who, struct json_object *device,
    struct json_object *user, struct found *out) must_check;

#endif

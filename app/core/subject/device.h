/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CORE_SUBJECT_DEVICE_H
#define CORE_SUBJECT_DEVICE_H

#include <json-c/json.h>
#include <stdbool.h>

#include "base/problem.h"

/* A registration as it was read. Texts and objects are parts of the body. */
struct registration {
	struct json_object *request;
	const char *producer; /* or NULL */
	const char *user;     /* of ext, or NULL */
	const char *url;      /* of ext, or NULL */
};

/*
 * Reads the `request` of a registration of device did. False, with every problem added, when a
 * field has the wrong type, the user id is not valid, or request.did differs from did.
 */
bool device_read(struct json_object *request, const char *did, struct problems *problems,
    struct registration *out);

/* What the server knows of the request besides its body. */
struct sighting {
	const char *user_agent;       /* as received, or NULL */
	const char *now;              /* RFC 3339 */
	struct json_object *location; /* {state, district, city, country}, or NULL: not looked up */
};

/*
 * The profile after the registration, on ctx: the stored one (or NULL) with the fields of the
 * request set. An omitted field keeps its value, first_access stays that of the first registration,
 * and last_access has the precision of a day.
 */
struct json_object *device_merge(void *ctx, struct json_object *stored,
    const struct registration *r, const struct sighting *seen);

/* Whether device_merge would not change the stored profile; ctx is for temporary memory. */
bool device_is_known(void *ctx, struct json_object *stored, const struct registration *r,
    const struct sighting *seen);

/* Whether two profiles are equal. Numbers compare by value, as jsonb may rewrite 1e3 as 1000. */
bool device_same(struct json_object *a, struct json_object *b);

#endif

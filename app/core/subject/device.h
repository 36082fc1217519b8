/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CORE_SUBJECT_DEVICE_H
#define CORE_SUBJECT_DEVICE_H

#include <json-c/json.h>
#include <stdbool.h>

#include "base/problem.h"

/* A registration as it comes in; texts and objects live as long as the body. */
struct registration {
	struct json_object *request;
	const char *producer; /* or NULL */
	const char *user;     /* of ext, or NULL */
	const char *url;      /* of ext, or NULL */
};

/*
 * Reads the `request` of a registration of device did. False, with every problem added, when a
 * field is of the wrong type, the user's id is none, or request.did is another than the path's.
 */
bool device_read(struct json_object *request, const char *did, struct problems *problems,
    struct registration *out);

/* What the server adds to what the app said. */
struct sighting {
	const char *user_agent;       /* as received, or NULL */
	const char *now;              /* RFC 3339 */
	struct json_object *location; /* {state, district, city, country}, or NULL: not looked up */
};

/*
 * The profile after the registration, on ctx: what was stored (or NULL), with the fields that the
 * request has put over it. An omitted field keeps its value; first_access is the first one's;
 * last_access is kept to the day.
 */
struct json_object *device_merge(void *ctx, struct json_object *stored,
    const struct registration *r, const struct sighting *seen);

/* Whether device_merge would give what is stored, without asking it; ctx is for work. */
bool device_is_known(void *ctx, struct json_object *stored, const struct registration *r,
    const struct sighting *seen);

/* Whether two profiles are equal; 1e3 is 1000, as a database may write it. */
bool device_same(struct json_object *a, struct json_object *b);

#endif

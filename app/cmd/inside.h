/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CMD_INSIDE_H
#define CMD_INSIDE_H

#include <json-c/json.h>
#include <stdint.h>

#include "web/http/ctx.h"

/*
 * A request that a command makes of the program itself: the route is found and run as for one that
 * came over HTTP, so that all that is checked there is checked here. No key is asked for: whoever
 * runs commands has the database.
 */
struct inside {
	const char *method;
	const char *path;         /* escaped */
	struct json_object *body; /* or NULL */
	int64_t now;              /* the wall clock that the request sees, microseconds */
};

/* Runs it; c, of which setup_ctx set the lent members, holds the answer until ctx_reset. */
enum err inside_run(struct ctx *c, const struct inside *r) must_check;

#endif

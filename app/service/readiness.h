/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERVICE_READINESS_H
#define SERVICE_READINESS_H

#include <json-c/json.h>
#include <stdbool.h>

struct work;

/*
 * The state of the services that assay depends on, checked now: {status, database, schema, cache},
 * on w->mem. *ready is whether requests can be served; a cache that is down only degrades.
 */
struct json_object *readiness_check(struct work *w, bool *ready);

#endif

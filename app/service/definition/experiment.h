/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERVICE_DEFINITION_EXPERIMENT_H
#define SERVICE_DEFINITION_EXPERIMENT_H

#include <json-c/json.h>

#include "base/err.h"

struct work;

/*
 * The stored definition of that id, a row of sql/query/experiment_get.sql, on w->mem. *version is
 * what an ETag is made of. ERR_NOT_FOUND.
 */
enum err experiment_find(struct work *w, const char *id, struct json_object **out,
    const char **version) must_check;

/* What people have changed of it: the version up to its point, on w->mem. */
const char *experiment_version(struct work *w, const char *version);

#endif

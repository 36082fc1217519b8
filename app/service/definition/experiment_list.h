/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERVICE_DEFINITION_EXPERIMENT_LIST_H
#define SERVICE_DEFINITION_EXPERIMENT_LIST_H

#include <json-c/json.h>
#include <stdint.h>

#include "base/err.h"

struct work;

/*
 * What a caller wants to see of the experiments, as texts of the request; NULL where it says
 * nothing.
 */
struct experiment_filter {
	const char *sort;   /* name, created, updated or start, descending with - before it; NULL:
			       newest first */
	const char *after;  /* the `next` of a page in the same order */
	const char *status; /* SUBMITTED, PROCESSING, .. in any case */
	const char *state;  /* a word or number */
	const char *client;
	const char *q; /* part of the id or the name */
	const char *status_at; /* the pointer of problems with `status` */
	int64_t limit;
};

/*
 * The experiments in their order, in the shape of answers, as an array on w->mem; *next is the
 * `after` of the next page, NULL when there is none. ERR_INVALID.
 */
enum err experiment_list(struct work *w, const struct experiment_filter *filter,
    struct json_object **list, const char **next) must_check;

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CORE_EXPERIMENT_DEFINITION_H
#define CORE_EXPERIMENT_DEFINITION_H

#include <json-c/json.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/problem.h"
#include "core/audience/criteria.h"

/*
 * The definition of an experiment as a request brings it, and its validation. Its states and
 * alternatives are core/experiment/delivery.h, its statuses core/experiment/lifecycle.h.
 */

enum {
	DEFINITION_ID = 64,          /* bytes of expId, at most */
	DEFINITION_TEXT = 200,       /* bytes of name, createdBy, key and client, at most */
	DEFINITION_LONG_TEXT = 2000, /* bytes of description and url, at most */
	DEFINITION_GOALS = 100,      /* at most */
	DEFINITION_DATE = 11,        /* bytes of "2019-08-01" with its NUL */
};

/* Texts live as long as the JSON they were read from and the problems given to the reader. */
struct definition {
	const char *id, *name, *description, *created_by;
	struct json_object *criteria;    /* as sent; NULL: everybody */
	struct json_object *references;  /* [{at, target, id, wanted}] of criteria, or NULL */
	bool live;                       /* criteria are evaluated at decision time, never mapped */
	struct json_object *data;        /* as sent */
	const char *start, *end;         /* "2019-08-01"; end NULL: no end */
	struct json_object *alternatives; /* completed; control is always there */
	const char *default_name;        /* the default alternative; NULL: control */
	struct json_object *goals;       /* list of names or {name, test}; NULL: all goals */
	int state;
	double traffic; /* percent of the subjects, 0..100 */
	struct json_object *layer;       /* of layer_request_read(); NULL: none was sent */
	struct json_object *plan;        /* as sent, see core/experiment/plan.h; NULL: none */
	const char *visibility;          /* public or server; NULL: by the criteria */
};

/*
 * Reads the `request` of a create. today is "2026-11-21". False, with every problem added under the
 * field names of the original system, when it is not valid.
 */
bool definition_read(struct json_object *request, const char *today, struct problems *problems,
    struct definition *out);

/*
 * Reads a stored definition with changes merged in. Unlike for a create, the start may be in the
 * past, and so may an end that did not change (old_end; NULL when there was none).
 */
bool definition_reread(struct json_object *request, const char *today, const char *old_end,
    struct problems *problems, struct definition *out);

/* Whether word names a test for goals, chi2 or mwu. */
bool definition_is_test(const char *word);

/* Why id cannot be that of an experiment or segmentation, static; NULL when it can. */
const char *definition_id_fault(const char *id);

#endif

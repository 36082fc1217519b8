/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CORE_EXPERIMENT_DEFINITION_H
#define CORE_EXPERIMENT_DEFINITION_H

#include <json-c/json.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/problem.h"
#include "core/audience/criteria.h"

/* A definition as it comes in and as it is judged; how it is delivered is
 * core/experiment/lifecycle.h. */

enum {
	DEFINITION_ID = 64,           /* bytes of expId */
	DEFINITION_TEXT = 200,        /* of name, createdBy, key, client */
	DEFINITION_LONG_TEXT = 2000,  /* of description, url */
	DEFINITION_GOALS = 100,
	DEFINITION_DATE = 11,         /* "2019-08-01" with its NUL */
};

/* Texts live as long as the JSON they were read from and the problems given to the reader. */
struct definition {
	const char *id, *name, *description, *created_by;
	struct json_object *criteria;    /* as given; NULL: everybody */
	struct json_object *references;  /* [{at, target, id, wanted}] of criteria, or NULL */
	bool live;                       /* criteria are decided subject by subject, never mapped */
	struct json_object *data;        /* as given */
	const char *start, *end;         /* "2019-08-01"; end NULL: no end */
	struct json_object *alternatives; /* complete: control is always there */
	const char *standard;            /* the default alternative; NULL: control */
	struct json_object *goals;       /* list of names or {name, test}; NULL: all */
	int state;
	double traffic; /* 0..100 */
	struct json_object
	    *layer; /* the wish of core/experiment/layer.h; NULL: nothing is said about it */
	struct json_object *plan;  /* as given, see core/experiment/plan.h; NULL: none */
};

/*
 * Reads the `request` of a create. today is "2026-11-21". False, with every problem added under
 * the names that the original system uses for them, when it is not valid.
 */
bool definition_read(struct json_object *request, const char *today, struct problems *problems,
    struct definition *out);

/*
 * The same for a stored definition with changes merged in: a start in the past is no problem,
 * nor is an end that did not change (old_end, NULL when it had none).
 */
bool definition_reread(struct json_object *request, const char *today, const char *old_end,
    struct problems *problems, struct definition *out);

/* Whether word names a test of goals: chi2 or mwu. */
bool definition_is_test(const char *word);

/* Why id cannot name an experiment or a segmentation, or NULL when it can. */
const char *definition_id_fault(const char *id);

#endif

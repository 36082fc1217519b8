/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CORE_AUDIENCE_SEGMENTATION_H
#define CORE_AUDIENCE_SEGMENTATION_H

#include <json-c/json.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/problem.h"
#include "core/audience/rule.h"

/* Named ways to divide users into groups. */

enum segmentation_type {
	SEGMENTATION_RANDOM, /* drawn at the first read; exactly one group a user */
	SEGMENTATION_MANUAL, /* placed by hand or by a file; at most one, unless groups overlap */
	SEGMENTATION_RULE,   /* computed, never stored */
	SEGMENTATION__MAX
};

enum {
	SEGMENTATION_GROUPS = 1000,
	SEGMENTATION_NAME = 200,        /* bytes of names and contexts */
	SEGMENTATION_DESCRIPTION = 2000,
};

struct group {
	int64_t nr;
	const char *name;
	const struct rule *rule; /* of type rule */
};

/* A segmentation as a worker holds it. */
struct segmentation {
	int64_t nr;
	const char *id, *context;
	enum segmentation_type type;
	bool active;
	const char *salt;
	size_t n;
	struct group *groups;
};

/* A definition as it comes in; JSON parts as they are stored. */
struct segmentation_definition {
	const char *id, *context, *name, *description;
	enum segmentation_type type;
	struct json_object *groups; /* [{id, name, rule?}], numbered */
	struct json_object *parameters;
	bool overlap, active;
	int64_t next_group;
	struct json_object *uses;       /* ids that the rules refer to */
	struct json_object *references; /* [{at, target, id, wanted}] */
};

/* "random", "manual", "rule" */
const char *segmentation_word(enum segmentation_type type);

/*
 * Reads {id, context?, type, name, description?, groups: [{id?, name, rule?}], rule?, active?,
 * overlap?, parameters?}; ids of groups are whole numbers, those missing are given from next_group
 * on. False, with all problems added, when it is not valid.
 */
bool segmentation_read(struct json_object *o, int64_t next_group, struct problems *problems,
    struct segmentation_definition *out);

/* The group of number nr, or NULL. */
const struct group *segmentation_group(const struct segmentation *s, int64_t nr);

/* The group that a JSON text names, or a JSON number numbers; NULL when there is none. */
const struct group *segmentation_wanted(const struct segmentation *s, struct json_object *value);

/* The group that the hash draws for the bare id; NULL when there is none. */
const struct group *segmentation_draw(const struct segmentation *s, const char *id);

/* The group that the hash draws for the bare id when group gone, where it was, is no more. */
const struct group *segmentation_redraw(const struct segmentation *s, const char *id,
    int64_t gone);

/* The first group whose rule holds, or NULL. */
const struct group *segmentation_decide(const struct segmentation *s, const struct terms *t);

#endif

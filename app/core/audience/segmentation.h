/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CORE_AUDIENCE_SEGMENTATION_H
#define CORE_AUDIENCE_SEGMENTATION_H

#include <json-c/json.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/problem.h"
#include "core/audience/rule.h"

/* Segmentations: named ways to divide users into groups. */

enum segmentation_type {
	SEGMENTATION_RANDOM, /* assigned by hash at the first read; exactly one group per user */
	SEGMENTATION_MANUAL, /* assigned by request or upload; at most one, unless groups overlap */
	SEGMENTATION_RULE,   /* computed from rules at each read, never stored */
	SEGMENTATION__MAX
};

enum {
	SEGMENTATION_GROUPS = 1000,      /* at most */
	SEGMENTATION_NAME = 200,         /* bytes of names and contexts, at most */
	SEGMENTATION_DESCRIPTION = 2000, /* bytes, at most */
};

struct group {
	int64_t nr;
	const char *name;
	const struct rule *rule; /* in segmentations of type rule; else NULL */
};

/* A segmentation as a worker holds it for decisions. */
struct segmentation {
	int64_t nr;
	const char *id, *context;
	enum segmentation_type type;
	bool active;
	const char *salt;
	size_t n;
	struct group *groups;
};

/* A definition as it was read from a request. JSON parts have the form in which they are stored. */
struct segmentation_definition {
	const char *id, *context, *name, *description;
	enum segmentation_type type;
	struct json_object *groups; /* [{id, name, rule?}], numbered */
	struct json_object *parameters;
	bool overlap, active;
	int64_t next_group;             /* the id for the next new group */
	struct json_object *uses;       /* ids that the rules refer to */
	struct json_object *references; /* [{at, target, id, wanted}], see core/audience/rule.h */
};

/* "random", "manual", "rule" */
const char *segmentation_word(enum segmentation_type type);

/*
 * Reads {id, context?, type, name, description?, groups: [{id?, name, rule?}], rule?, active?,
 * overlap?, parameters?}. Ids of groups are whole numbers; groups without one are numbered from
 * next_group on. False, with all problems added, when the definition is not valid. *out keeps
 * pointing into o and the problems.
 */
bool segmentation_read(struct json_object *o, int64_t next_group, struct problems *problems,
    struct segmentation_definition *out);

/* The group with the number nr, or NULL. */
const struct group *segmentation_group(const struct segmentation *s, int64_t nr);

/* The group whose name (a string) or number (a whole number) is value; NULL when there is none. */
const struct group *segmentation_wanted(const struct segmentation *s, struct json_object *value);

/* The group that the hash assigns to the bare id; NULL when there are no groups. */
const struct group *segmentation_draw(const struct segmentation *s, const char *id);

/*
 * The group that the hash assigns to the bare id after its group, with the number gone, has been
 * removed; independent of the first draw, stable afterwards. NULL when there are no groups.
 */
const struct group *segmentation_redraw(const struct segmentation *s, const char *id,
    int64_t gone);

/* The first group whose rule holds for these terms, or NULL. */
const struct group *segmentation_decide(const struct segmentation *s, const struct terms *t);

#endif

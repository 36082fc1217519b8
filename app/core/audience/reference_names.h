/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CORE_AUDIENCE_REFERENCE_NAMES_H
#define CORE_AUDIENCE_REFERENCE_NAMES_H

#include <json-c/json.h>
#include <stdbool.h>

/*
 * Names of groups and alternatives in rules and criteria. Definitions refer to them by name, but
 * their identity is their number. When a list of groups or alternatives changes, these functions
 * replace renamed ones in the rules and criteria of other definitions, and report the use of
 * removed ones.
 */

struct reference_names {
	const char *id;              /* of the segmentation or experiment whose list changed */
	struct json_object *changed; /* {name: new name, or null where it was removed} */
	struct json_object *removed; /* out: {name: null} for each removed one that is in use */
	bool renamed;                /* out: at least one name was replaced */
};

/*
 * The names in the list before whose id has another name in the list after, both [{id, name, ..}],
 * as {name in before: name in after}, null where the id is not in after. On ctx.
 */
struct json_object *reference_names_between(void *ctx, struct json_object *before,
    struct json_object *after);

/*
 * Replace the names in a rule, or in criteria {type, filters}, in place. Either may be NULL or of
 * an unexpected shape. Each name is replaced once, so names may be swapped; removed ones stay.
 */
void reference_names_rule(struct reference_names *n, struct json_object *rule);
void reference_names_criteria(struct reference_names *n, struct json_object *criteria);

#endif

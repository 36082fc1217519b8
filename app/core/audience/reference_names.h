/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CORE_AUDIENCE_REFERENCE_NAMES_H
#define CORE_AUDIENCE_REFERENCE_NAMES_H

#include <json-c/json.h>
#include <stdbool.h>

/*
 * Names of groups and alternatives in rules and criteria. Definitions are written with names, but a
 * group or an alternative is the same one as long as it has its number: this finds the names that a
 * changed list no longer has where rules and criteria use them, and puts the new ones there.
 */

struct reference_names {
	const char *id;              /* of the segmentation or experiment whose list was changed */
	struct json_object *changed; /* {name: the new one, or null for what was removed} */
	struct json_object *removed; /* {name: null} of the removed ones that were found */
	bool renamed;                /* a name was replaced */
};

/*
 * What is called otherwise in the list after than in before, both [{id, name, ..}], as {name in
 * before: name in after}, null for what is not in after. On ctx.
 */
struct json_object *reference_names_between(void *ctx, struct json_object *before,
    struct json_object *after);

/*
 * Replaces the names in a rule, and in criteria {type, filters}; of any shape, also NULL. All at
 * once: names may be swapped. Removed ones stay as they are.
 */
void reference_names_rule(struct reference_names *n, struct json_object *rule);
void reference_names_criteria(struct reference_names *n, struct json_object *criteria);

#endif

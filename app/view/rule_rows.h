/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VIEW_RULE_ROWS_H
#define VIEW_RULE_ROWS_H

#include <json-c/json.h>
#include <stdbool.h>

/*
 * Terms of rules (core/audience/rule.h) as rows of a form, {group, of, what, test, value}: all
 * rows of a group must hold. of is "attribute" (or nothing), "tag", "group", "alternative" or
 * "kind"; what names which: a path, scope:key, or an id. test is a test of rules, nothing for eq,
 * or "absent".
 */

/*
 * The term that a row stands for; the caller owns it. It may be invalid: rules are validated later.
 */
struct json_object *rule_rows_term(struct json_object *row);

/*
 * Adds the rows that stand for rule to list, under the name of its group. False, with nothing
 * added, when rows cannot express it, or only more than most of them.
 */
bool rule_rows_of(
    struct json_object *rule, const char *group, size_t most, struct json_object *list);

#endif

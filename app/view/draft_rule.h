/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VIEW_DRAFT_RULE_H
#define VIEW_DRAFT_RULE_H

#include <json-c/json.h>
#include <stdbool.h>

/*
 * Terms of rules (core/audience/rule.h) as rows of a form, {group, of, what, test, value}: all
 * rows of a group must hold. of is "attribute" (or nothing), "tag", "group", "alternative" or
 * "kind"; what names which: a path, scope:key, or an id. test is a test of rules, nothing for eq,
 * or "absent".
 */

/* The term that a row says; the caller owns it. What is wrong with it those who judge rules say. */
struct json_object *draft_rule_term(struct json_object *row);

/* Adds the rows that say the same as rule to list, for the group of that name. False, and nothing
 * added, when no rows can, or not more than most. */
bool draft_rule_rows(
    struct json_object *rule, const char *group, size_t most, struct json_object *list);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Walks rules and criteria for the names of groups and alternatives. It must find everything
 * that core/rule_term and core/criteria read as a name: the tests eq, ne, in and nin of rules on
 * groups and alternatives, and what fields `group:<id>` of criteria are compared with. A prefix
 * names nothing in particular.
 */
#include "core/audience/reference_names.h"

#include <stdint.h>
#include <string.h>

#include "base/jsonutil.h"
#include "base/mem.h"
#include "core/audience/rule.h"

static const char *
name_of_number(struct json_object *list, int64_t nr)
{
	for (size_t i = 0; i < json_items(list); i++) {
		struct json_object *o = json_item(list, i);
		if (json_object_get_int64(json_object_object_get(o, "id")) == nr)
			return json_text(o, "name");
	}
	return NULL;
}

struct json_object *
reference_names_between(void *ctx, struct json_object *before, struct json_object *after)
{
	struct json_object *changed = mem_json(ctx, json_object_new_object());

	for (size_t i = 0; i < json_items(before); i++) {
		struct json_object *o = json_item(before, i);
		int64_t nr = json_object_get_int64(json_object_object_get(o, "id"));
		const char *name = json_text(o, "name");
		const char *now = name_of_number(after, nr);
		if (name != NULL && (now == NULL || strcmp(name, now) != 0))
			json_object_object_add(changed, name,
			    now == NULL ? NULL : json_object_new_string(now));
	}
	return changed;
}

/* What stands for value afterwards; the caller owns it. */
static struct json_object *
replaced(struct reference_names *n, struct json_object *value)
{
	struct json_object *to;

	if (!json_object_is_type(value, json_type_string) ||
	    !json_object_object_get_ex(n->changed, json_object_get_string(value), &to))
		return json_object_get(value);
	if (to == NULL) {
		json_object_object_add(n->removed, json_object_get_string(value), NULL);
		return json_object_get(value);
	}
	n->renamed = true;
	return json_object_get(to);
}

/* A member that is a name, or a list of them. */
static void
replace_member(struct reference_names *n, struct json_object *o, const char *member)
{
	struct json_object *value, *list;

	if (!json_object_object_get_ex(o, member, &value))
		return;
	if (!json_object_is_type(value, json_type_array)) {
		json_object_object_add(o, member, replaced(n, value));
		return;
	}
	list = json_object_new_array();
	for (size_t i = 0; i < json_items(value); i++)
		json_object_array_add(list, replaced(n, json_item(value, i)));
	json_object_object_add(o, member, list);
}

/* The tests of a term on groups or alternatives, if it is about those of n->id. */
static void
replace_term(struct reference_names *n, struct json_object *term, const char *whose)
{
	static const char *const tests[] = {"eq", "ne", "in", "nin"};
	const char *id = json_text(term, whose);

	if (id == NULL || strcmp(id, n->id) != 0)
		return;
	for (size_t i = 0; i < sizeof tests / sizeof tests[0]; i++)
		replace_member(n, term, tests[i]);
}

/* Recursion is bounded by RULE_DEPTH: no deeper rule was ever stored. */
static void
walk(struct reference_names *n, struct json_object *rule, int depth)
{
	struct json_object *all = json_object_object_get(rule, "all");
	struct json_object *any = json_object_object_get(rule, "any");

	if (rule == NULL || depth > RULE_DEPTH)
		return;
	for (size_t i = 0; i < json_items(all); i++)
		walk(n, json_item(all, i), depth + 1);
	for (size_t i = 0; i < json_items(any); i++)
		walk(n, json_item(any, i), depth + 1);
	walk(n, json_object_object_get(rule, "not"), depth + 1);
	replace_term(n, json_object_object_get(rule, "group"), "segmentation");
	replace_term(n, json_object_object_get(rule, "alternative"), "experiment");
}

void
reference_names_rule(struct reference_names *n, struct json_object *rule)
{
	walk(n, rule, 1);
}

/* Whether a field of criteria is the group of n->id: group:<id>. */
static bool
is_group(const struct reference_names *n, const char *field)
{
	static const char start[] = "group:";

	return field != NULL && strncmp(field, start, sizeof start - 1) == 0 &&
	    strcmp(field + sizeof start - 1, n->id) == 0;
}

void
reference_names_criteria(struct reference_names *n, struct json_object *criteria)
{
	struct json_object *filters = json_object_object_get(criteria, "filters");
	const char *type = json_text(criteria, "type");

	if (type != NULL && strcmp(type, "rule") == 0) {
		walk(n, filters, 1);
		return;
	}
	json_object_object_foreach(json_members(filters), field, value) {
		(void)value;
		if (is_group(n, field))
			replace_member(n, filters, field);
	}
	for (size_t i = 0; i < json_items(filters); i++) {
		struct json_object *filter = json_item(filters, i);
		if (is_group(n, json_text(filter, "name")))
			replace_member(n, filter, "value");
	}
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Walks rules and criteria for the names of groups and alternatives. It must look at everything
 * that core/rule_term and core/criteria read as a name: the tests eq, ne, in and nin of rules on
 * groups and alternatives, and what fields `group:<id>` of criteria are compared with. A prefix
 * names nothing in particular.
 */
#include "core/reference_names.h"

#include <stdbool.h>
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
		if (name != NULL && name_of_number(after, nr) == NULL)
			json_object_object_add(changed, name, NULL);
	}
	return changed;
}

/* A name, or each of a list of them. */
static void
look(struct reference_names *n, struct json_object *value)
{
	struct json_object *to;

	for (size_t i = 0; i < json_items(value); i++)
		if (json_object_is_type(json_item(value, i), json_type_string))
			look(n, json_item(value, i));
	if (!json_object_is_type(value, json_type_string) ||
	    !json_object_object_get_ex(n->changed, json_object_get_string(value), &to))
		return;
	if (to == NULL)
		json_object_object_add(n->removed, json_object_get_string(value), NULL);
}

static void
look_member(struct reference_names *n, struct json_object *o, const char *member)
{
	look(n, json_object_object_get(o, member));
}

/* The tests of a term on groups or alternatives, if it is about those of n->id. */
static void
look_term(struct reference_names *n, struct json_object *term, const char *whose)
{
	static const char *const tests[] = {"eq", "ne", "in", "nin"};
	const char *id = json_text(term, whose);

	if (id == NULL || strcmp(id, n->id) != 0)
		return;
	for (size_t i = 0; i < sizeof tests / sizeof tests[0]; i++)
		look_member(n, term, tests[i]);
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
	look_term(n, json_object_object_get(rule, "group"), "segmentation");
	look_term(n, json_object_object_get(rule, "alternative"), "experiment");
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
			look_member(n, filters, field);
	}
	for (size_t i = 0; i < json_items(filters); i++) {
		struct json_object *filter = json_item(filters, i);
		if (is_group(n, json_text(filter, "name")))
			look_member(n, filter, "value");
	}
}

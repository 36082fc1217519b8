/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Finds and replaces names of groups and alternatives in rules and criteria. It has to find
 * everything that rule.c and criteria.c read as such a name: the values of the tests eq, ne, in and
 * nin of rules on groups and alternatives, and the values of fields group:<id> of criteria. A
 * prefix names nothing in particular and stays.
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

/* The value with its name replaced, where it was changed; the caller owns the result. */
static struct json_object *
replaced_name(struct reference_names *n, struct json_object *value)
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

/* Replaces in a member that is a name or a list of names. */
static void
replace_names_in_member(struct reference_names *n, struct json_object *o, const char *member)
{
	struct json_object *value, *list;

	if (!json_object_object_get_ex(o, member, &value))
		return;
	if (!json_object_is_type(value, json_type_array)) {
		json_object_object_add(o, member, replaced_name(n, value));
		return;
	}
	list = json_object_new_array();
	for (size_t i = 0; i < json_items(value); i++)
		json_object_array_add(list, replaced_name(n, json_item(value, i)));
	json_object_object_add(o, member, list);
}

/* Replaces in the tests of a term, if its member whose is n->id. */
static void
replace_names_in_term(struct reference_names *n, struct json_object *term, const char *whose)
{
	static const char *const tests[] = {"eq", "ne", "in", "nin"};
	const char *id = json_text(term, whose);

	if (id == NULL || strcmp(id, n->id) != 0)
		return;
	for (size_t i = 0; i < sizeof tests / sizeof tests[0]; i++)
		replace_names_in_member(n, term, tests[i]);
}

/* The recursion is bounded by RULE_DEPTH: no deeper rule can have been stored. */
static void
replace_names_in_rule(struct reference_names *n, struct json_object *rule, int depth)
{
	struct json_object *all = json_object_object_get(rule, "all");
	struct json_object *any = json_object_object_get(rule, "any");

	if (rule == NULL || depth > RULE_DEPTH)
		return;
	for (size_t i = 0; i < json_items(all); i++)
		replace_names_in_rule(n, json_item(all, i), depth + 1);
	for (size_t i = 0; i < json_items(any); i++)
		replace_names_in_rule(n, json_item(any, i), depth + 1);
	replace_names_in_rule(n, json_object_object_get(rule, "not"), depth + 1);
	replace_names_in_term(n, json_object_object_get(rule, "group"), "segmentation");
	replace_names_in_term(n, json_object_object_get(rule, "alternative"), "experiment");
}

void
reference_names_rule(struct reference_names *n, struct json_object *rule)
{
	replace_names_in_rule(n, rule, 1);
}

/* Whether a field of criteria is group:<n->id>. */
static bool
is_group_field(const struct reference_names *n, const char *field)
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
		replace_names_in_rule(n, filters, 1);
		return;
	}
	json_object_object_foreach(json_members(filters), field, value) {
		(void)value;
		if (is_group_field(n, field))
			replace_names_in_member(n, filters, field);
	}
	for (size_t i = 0; i < json_items(filters); i++) {
		struct json_object *filter = json_item(filters, i);
		if (is_group_field(n, json_text(filter, "name")))
			replace_names_in_member(n, filter, "value");
	}
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The form of a segmentation: from what was typed to the request that a program would send, and
 * back. The definition itself is validated in core/audience/segmentation.h; here only what cannot
 * be passed on is a problem.
 */
#include "view/segmentation_form.h"

#include <stdbool.h>
#include <string.h>

#include "base/json.h"
#include "base/jsonutil.h"
#include "base/mem.h"
#include "view/form_choice.h"
#include "view/rule_rows.h"
#include "view/form_shape.h"

enum {
	GROUPS_MOST = 50, /* in a form; a longer one could not be handled on a page */
	ROWS_MOST = 20,   /* of rules; further rules are shown as JSON */
	EMPTY_ROWS = 3,
};

static const struct form_choice types[] = {{"random", "random: assigned at the first read"},
    {"manual", "manual: assigned one by one or by an upload"},
    {"rule", "rule: computed from the rules below"}, {NULL, NULL}};
static const struct form_choice actives[] = {
    {"", "yes"}, {"no", "no: everybody is in no group"}, {NULL, NULL}};
static const struct form_choice subjects[] = {{"", "the attribute"}, {"tag", "the tag"},
    {"group", "the group of"}, {"alternative", "the alternative of"},
    {"kind", "the kind of subject"}, {NULL, NULL}};
static const struct form_choice tests[] = {{"", "is"}, {"ne", "is present and is not"},
    {"in", "is one of"}, {"nin", "is present and is none of"}, {"lt", "is below"},
    {"lte", "is at most"}, {"gt", "is above"}, {"gte", "is at least"},
    {"starts_with", "begins with"}, {"exists", "is present"}, {"absent", "is absent"},
    {NULL, NULL}};

static const struct form_part lists[] = {{"groups", true}, {"rules", true}, {NULL, false}};

/* A member; NULL where o is not an object, because a form may have any shape. */
static struct json_object *
part_of(struct json_object *o, const char *name)
{
	return json_object_is_type(o, json_type_object) ? json_object_object_get(o, name) : NULL;
}

/* A member as text; "" where it is missing or of another type. */
static const char *
text_of(struct json_object *o, const char *name)
{
	struct json_object *value = part_of(o, name);

	return json_object_is_type(value, json_type_string) ? json_object_get_string(value) : "";
}

static void
put_text(struct json_object *o, const char *name, const char *value)
{
	json_object_object_add(o, name, json_object_new_string(value == NULL ? "" : value));
}

/* Whether the box that removes the group is ticked. */
static bool
is_removed(struct json_object *group)
{
	return *text_of(group, "remove") != '\0';
}

/* The rows of a group as one rule, by the name of the group; NULL when there are none. */
static struct json_object *
rule_of_group(struct json_object *rules, const char *name)
{
	struct json_object *all = json_object_new_array();

	for (size_t i = 0; i < json_items(rules); i++)
		if (strcmp(text_of(json_item(rules, i), "group"), name) == 0)
			json_object_array_add(all, rule_rows_term(json_item(rules, i)));
	if (json_items(all) == 0) {
		json_object_put(all);
		return NULL;
	}
	struct json_object *rule = json_object_new_object();
	json_object_object_add(rule, "all", all);
	return rule;
}

/*
 * The rule of a group, from its JSON or its rows but not from both: either would drop the other
 * silently. NULL where it has none, or after a problem.
 */
static struct json_object *
make_group_rule(struct json_object *rules, struct json_object *group, const char *where,
    struct problems *problems)
{
	struct json_object *rule = rule_of_group(rules, text_of(group, "name")), *o = NULL;
	const char *json = text_of(group, "json");
	struct json_fault fault;

	if (*json == '\0')
		return rule;
	if (rule != NULL)
		problem_add(problems, where, "has both JSON and rows: keep one of them");
	else if (json_read(problems, json, strlen(json), &o, &fault) != OK)
		problem_add(problems, where, "line %u, column %u: %s", fault.line, fault.column,
		    fault.why);
	json_object_put(rule);
	return json_object_get(o);
}

/*
 * The groups that remain. Problems count remaining groups, which group_fault() maps to rows again.
 */
static struct json_object *
make_groups(struct json_object *typed, struct problems *problems)
{
	struct json_object *list = part_of(typed, "groups"), *out = json_object_new_array();
	struct json_object *rules = part_of(typed, "rules");

	for (size_t i = 0; i < json_items(list); i++) {
		struct json_object *group = json_item(list, i);
		if (is_removed(group))
			continue;
		struct json_object *o = json_object_new_object();
		const char *where = mem_printf(problems, "/groups/%zu/rule", json_items(out));
		if (*text_of(group, "id") != '\0')
			put_text(o, "id", text_of(group, "id"));
		json_object_object_add(o, "name", json_object_get(part_of(group, "name")));
		struct json_object *rule = make_group_rule(rules, group, where, problems);
		if (rule != NULL)
			json_object_object_add(o, "rule", rule);
		json_object_array_add(out, o);
	}
	return out;
}

/* Reports rows without an existing group; those of a removed group are dropped with it. */
static void
check_rule_rows(struct json_object *typed, struct problems *problems)
{
	struct json_object *rules = part_of(typed, "rules"), *groups = part_of(typed, "groups");

	for (size_t i = 0; i < json_items(rules); i++) {
		const char *name = text_of(json_item(rules, i), "group");
		bool found = false;
		for (size_t k = 0; !found && k < json_items(groups); k++)
			found = *name != '\0' &&
			    strcmp(text_of(json_item(groups, k), "name"), name) == 0;
		if (!found)
			problem_add(problems, mem_printf(problems, "/rules/%zu", i),
			    *name == '\0' ? "has no group"
					  : "is for a group that is not in the list above");
	}
}

struct json_object *
segmentation_form_request(struct json_object *typed, struct problems *problems)
{
	static const char *const names[] = {"name", "description", "context", "id", "type"};
	struct json_object *out = mem_json(problems, json_object_new_object());
	size_t n = sizeof names / sizeof names[0];

	/* The id and the type of an existing segmentation cannot change. */
	if (part_of(typed, "version") != NULL)
		n -= 2;
	for (size_t i = 0; i < n; i++)
		json_object_object_add(out, names[i], json_object_get(part_of(typed, names[i])));
	json_object_object_add(out, "active",
	    json_object_new_boolean(strcmp(text_of(typed, "active"), "no") != 0));
	json_object_object_add(out, "overlap",
	    json_object_new_boolean(strcmp(text_of(typed, "overlap"), "yes") == 0));
	if (part_of(typed, "many") != NULL || !form_shape_check(typed, lists, problems))
		return out;
	check_rule_rows(typed, problems);
	json_object_object_add(out, "groups", make_groups(typed, problems));
	return out;
}

/*
 * The groups of a definition as rows; a rule that fits no rows, or for which no rows are left, is
 * shown as JSON.
 */
static void
add_stored_groups(struct json_object *stored, struct json_object *groups, struct json_object *rules)
{
	for (size_t i = 0; i < json_items(stored); i++) {
		struct json_object *o = json_item(stored, i), *row = json_object_new_object();
		struct json_object *rule = part_of(o, "rule");
		const char *name = text_of(o, "name");
		put_text(row, "id", json_object_get_string(part_of(o, "id")));
		put_text(row, "name", name);
		if (rule != NULL && !rule_rows_of(rule, name, ROWS_MOST - json_items(rules), rules))
			put_text(row, "json", json_object_to_json_string_ext(rule,
			    JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_SPACED |
			    JSON_C_TO_STRING_NOSLASHESCAPE));
		json_object_array_add(groups, row);
	}
}

struct json_object *
segmentation_form_of(void *ctx, struct json_object *definition)
{
	static const char *const names[] = {"id", "type", "context", "name", "description"};
	struct json_object *out = mem_json(ctx, json_object_new_object());
	struct json_object *groups = json_object_new_array(), *rules = json_object_new_array();
	struct json_object *stored = part_of(definition, "groups");

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		json_object_object_add(
		    out, names[i], json_object_get(part_of(definition, names[i])));
	put_text(out, "active", json_object_get_boolean(part_of(definition, "active")) ? "" : "no");
	put_text(out, "overlap",
	    json_object_get_boolean(part_of(definition, "overlap")) ? "yes" : "");
	if (json_items(stored) > GROUPS_MOST)
		put_text(out, "many", "yes");
	else
		add_stored_groups(stored, groups, rules);
	json_object_object_add(out, "groups", groups);
	json_object_object_add(out, "rules", rules);
	return out;
}

/* The problem of the n-th remaining group; problems of a rule in rows are shown at these. */
static const char *
group_fault(
    void *ctx, struct json_object *group, size_t n, bool rows, const struct problems *problems)
{
	static const char *const parts[] = {"", "/name", "/id", "/rule"};
	const char *found = "";

	for (size_t i = 0; *found == '\0' && i < sizeof parts / sizeof parts[0]; i++)
		found = form_fault_at(
		    problems, mem_printf(ctx, "/groups/%zu%s", n, parts[i]));
	if (*found == '\0' && (!rows || *text_of(group, "json") != '\0'))
		found = form_fault(problems, mem_printf(ctx, "/groups/%zu", n));
	return found;
}

/* The rows of groups with their problems, and empty rows below them. */
static struct json_object *
show_groups(void *ctx, struct json_object *typed, const struct problems *problems)
{
	static const char *const names[] = {"id", "name", "remove", "json"};
	struct json_object *list = part_of(typed, "groups"), *out = json_object_new_array();
	size_t there = json_items(list), number = 0;
	size_t n = form_rows_shown(there, part_of(part_of(typed, "sent"), "groups"), EMPTY_ROWS);

	for (size_t i = 0; i < n; i++) {
		struct json_object *group = i < there ? json_item(list, i) : NULL;
		struct json_object *o = json_object_new_object();
		json_object_object_add(o, "n", json_object_new_int64((int64_t)i));
		for (size_t k = 0; k < sizeof names / sizeof names[0]; k++)
			put_text(o, names[k], text_of(group, names[k]));
		struct json_object *rule =
		    rule_of_group(part_of(typed, "rules"), text_of(group, "name"));
		bool kept = group != NULL && !is_removed(group);
		put_text(o, "fault",
		    kept ? group_fault(ctx, group, number, rule != NULL, problems) : "");
		json_object_put(rule);
		number += kept ? 1 : 0;
		json_object_array_add(out, o);
	}
	return out;
}

/* The problem of a row, which is the k-th term of the rule of its group. */
static const char *
row_fault(void *ctx, struct json_object *typed, size_t n, const struct problems *problems)
{
	struct json_object *rules = part_of(typed, "rules"), *groups = part_of(typed, "groups");
	const char *name = text_of(json_item(rules, n), "group");
	const char *found = form_fault(problems, mem_printf(ctx, "/rules/%zu", n));
	size_t k = 0, number = 0;

	for (size_t i = 0; i < n; i++)
		k += strcmp(text_of(json_item(rules, i), "group"), name) == 0;
	for (size_t i = 0; *found == '\0' && i < json_items(groups); i++) {
		if (is_removed(json_item(groups, i)))
			continue;
		if (strcmp(text_of(json_item(groups, i), "name"), name) == 0)
			return form_fault(problems,
			    mem_printf(ctx, "/groups/%zu/rule/all/%zu", number, k));
		number++;
	}
	return found;
}

/* The rows of rules with their problems, and empty rows below them. */
static struct json_object *
show_rules(void *ctx, struct json_object *typed, const struct problems *problems)
{
	static const char *const names[] = {"group", "what", "value"};
	struct json_object *list = part_of(typed, "rules"), *out = json_object_new_array();
	size_t there = json_items(list);
	size_t n = form_rows_shown(there, part_of(part_of(typed, "sent"), "rules"), EMPTY_ROWS);

	for (size_t i = 0; i < n; i++) {
		struct json_object *row = i < there ? json_item(list, i) : NULL;
		struct json_object *o = json_object_new_object();
		json_object_object_add(o, "n", json_object_new_int64((int64_t)i));
		for (size_t k = 0; k < sizeof names / sizeof names[0]; k++)
			put_text(o, names[k], text_of(row, names[k]));
		json_object_object_add(o, "subjects", form_choices(subjects, text_of(row, "of")));
		json_object_object_add(o, "tests", form_choices(tests, text_of(row, "test")));
		put_text(o, "fault", row == NULL ? "" : row_fault(ctx, typed, i, problems));
		json_object_array_add(out, o);
	}
	return out;
}

struct json_object *
segmentation_form_show(void *ctx, struct json_object *typed, const struct problems *problems)
{
	static const char *const names[] = {
	    "id", "context", "name", "description", "overlap", "type", "many", "version"};
	struct json_object *out = mem_json(ctx, json_object_new_object());
	struct json_object *is = json_object_new_object();
	bool fresh = part_of(typed, "version") == NULL;

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		put_text(out, names[i], text_of(typed, names[i]));
	json_object_object_add(is, text_of(typed, "type"), json_object_new_boolean(true));
	json_object_object_add(out, "is", is);
	json_object_object_add(
	    out, "ruled", json_object_new_boolean(fresh || part_of(is, "rule") != NULL));
	json_object_object_add(
	    out, "placed", json_object_new_boolean(fresh || part_of(is, "manual") != NULL));
	json_object_object_add(out, "types", form_choices(types, text_of(typed, "type")));
	json_object_object_add(out, "actives", form_choices(actives, text_of(typed, "active")));
	json_object_object_add(out, "groups", show_groups(ctx, typed, problems));
	json_object_object_add(out, "rules", show_rules(ctx, typed, problems));
	put_text(out, "fault", form_fault_at(problems, "/groups"));
	return out;
}

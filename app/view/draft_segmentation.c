/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Between a form and the definition of a segmentation: everything that is wrong in the definition
 * itself is left to those who judge definitions.
 */
#include "view/draft_segmentation.h"

#include <stdbool.h>
#include <string.h>

#include "base/json.h"
#include "base/jsonutil.h"
#include "base/mem.h"
#include "view/draft_choice.h"
#include "view/draft_rule.h"
#include "view/draft_shape.h"

enum {
	GROUPS_MOST = 50, /* of a form; more would make a page that nobody reads */
	ROWS_MOST = 20,   /* of rules; the rest is JSON */
	EMPTY_ROWS = 3,
};

static const struct draft_choice types[] = {{"random", "random: drawn at the first read"},
    {"manual", "manual: placed by hand or by a file"},
    {"rule", "rule: computed by the rules below"}, {NULL, NULL}};
static const struct draft_choice actives[] = {
    {"", "yes"}, {"no", "no: everybody is in no group"}, {NULL, NULL}};
static const struct draft_choice subjects[] = {{"", "the attribute"}, {"tag", "the tag"},
    {"group", "the group of"}, {"alternative", "the alternative of"},
    {"kind", "the kind of subject"}, {NULL, NULL}};
static const struct draft_choice tests[] = {{"", "is"}, {"ne", "is there and is not"},
    {"in", "is one of"}, {"nin", "is there and is none of"}, {"lt", "is below"},
    {"lte", "is at most"}, {"gt", "is above"}, {"gte", "is at least"},
    {"starts_with", "begins with"}, {"exists", "is there"}, {"absent", "is not there"},
    {NULL, NULL}};

static const struct draft_part lists[] = {{"groups", true}, {"rules", true}, {NULL, false}};

static struct json_object *
member(struct json_object *o, const char *name)
{
	return json_object_is_type(o, json_type_object) ? json_object_object_get(o, name) : NULL;
}

static const char *
text(struct json_object *o, const char *name)
{
	struct json_object *value = member(o, name);

	return json_object_is_type(value, json_type_string) ? json_object_get_string(value) : "";
}

static void
put(struct json_object *o, const char *name, const char *value)
{
	json_object_object_add(o, name, json_object_new_string(value == NULL ? "" : value));
}

static size_t
length(struct json_object *list)
{
	return json_items(list);
}

static struct json_object *
at(struct json_object *list, size_t i)
{
	return json_item(list, i);
}

static bool
is_gone(struct json_object *group)
{
	return *text(group, "remove") != '\0';
}

/* The rows of the group of that name as one rule; NULL when there are none. */
static struct json_object *
join_rows(struct json_object *rules, const char *name)
{
	struct json_object *all = json_object_new_array();

	for (size_t i = 0; i < length(rules); i++)
		if (strcmp(text(at(rules, i), "group"), name) == 0)
			json_object_array_add(all, draft_rule_term(at(rules, i)));
	if (length(all) == 0) {
		json_object_put(all);
		return NULL;
	}
	struct json_object *rule = json_object_new_object();
	json_object_object_add(rule, "all", all);
	return rule;
}

static struct json_object *
make_rule(struct json_object *rules, struct json_object *group, const char *where,
    struct problems *problems)
{
	struct json_object *rule = join_rows(rules, text(group, "name")), *o = NULL;
	const char *json = text(group, "json");
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

static struct json_object *
make_groups(struct json_object *typed, struct problems *problems)
{
	struct json_object *list = member(typed, "groups"), *out = json_object_new_array();
	struct json_object *rules = member(typed, "rules");

	for (size_t i = 0; i < length(list); i++) {
		struct json_object *group = at(list, i);
		if (is_gone(group))
			continue;
		struct json_object *o = json_object_new_object();
		const char *where = mem_printf(problems, "/groups/%zu/rule", length(out));
		if (*text(group, "id") != '\0')
			put(o, "id", text(group, "id"));
		json_object_object_add(o, "name", json_object_get(member(group, "name")));
		struct json_object *rule = make_rule(rules, group, where, problems);
		if (rule != NULL)
			json_object_object_add(o, "rule", rule);
		json_object_array_add(out, o);
	}
	return out;
}

/* Rows that belong to no group; those of one that is removed go with it. */
static void
check_rows(struct json_object *typed, struct problems *problems)
{
	struct json_object *rules = member(typed, "rules"), *groups = member(typed, "groups");

	for (size_t i = 0; i < length(rules); i++) {
		const char *name = text(at(rules, i), "group");
		bool found = false;
		for (size_t k = 0; !found && k < length(groups); k++)
			found = *name != '\0' && strcmp(text(at(groups, k), "name"), name) == 0;
		if (!found)
			problem_add(problems, mem_printf(problems, "/rules/%zu", i),
			    *name == '\0' ? "names no group" : "names no group of those above");
	}
}

struct json_object *
draft_segments_request(struct json_object *typed, struct problems *problems)
{
	static const char *const names[] = {"name", "description", "context", "id", "type"};
	struct json_object *out = mem_json(problems, json_object_new_object());
	size_t n = sizeof names / sizeof names[0];

	/* The last two stay. */
	if (member(typed, "version") != NULL)
		n -= 2;
	for (size_t i = 0; i < n; i++)
		json_object_object_add(out, names[i], json_object_get(member(typed, names[i])));
	json_object_object_add(out, "active",
	    json_object_new_boolean(strcmp(text(typed, "active"), "no") != 0));
	json_object_object_add(out, "overlap",
	    json_object_new_boolean(strcmp(text(typed, "overlap"), "yes") == 0));
	if (member(typed, "many") != NULL || !draft_shape_check(typed, lists, problems))
		return out;
	check_rows(typed, problems);
	json_object_object_add(out, "groups", make_groups(typed, problems));
	return out;
}

static void
write_groups(struct json_object *stored, struct json_object *groups, struct json_object *rules)
{
	for (size_t i = 0; i < length(stored); i++) {
		struct json_object *o = at(stored, i), *row = json_object_new_object();
		struct json_object *rule = member(o, "rule");
		const char *name = text(o, "name");
		put(row, "id", json_object_get_string(member(o, "id")));
		put(row, "name", name);
		if (rule != NULL && !draft_rule_rows(rule, name, ROWS_MOST - length(rules), rules))
			put(row, "json", json_object_to_json_string_ext(rule,
			    JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_SPACED |
			    JSON_C_TO_STRING_NOSLASHESCAPE));
		json_object_array_add(groups, row);
	}
}

struct json_object *
draft_segments_of(void *ctx, struct json_object *definition)
{
	static const char *const names[] = {"id", "type", "context", "name", "description"};
	struct json_object *out = mem_json(ctx, json_object_new_object());
	struct json_object *groups = json_object_new_array(), *rules = json_object_new_array();
	struct json_object *stored = member(definition, "groups");

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		json_object_object_add(
		    out, names[i], json_object_get(member(definition, names[i])));
	put(out, "active", json_object_get_boolean(member(definition, "active")) ? "" : "no");
	put(out, "overlap", json_object_get_boolean(member(definition, "overlap")) ? "yes" : "");
	if (length(stored) > GROUPS_MOST)
		put(out, "many", "yes");
	else
		write_groups(stored, groups, rules);
	json_object_object_add(out, "groups", groups);
	json_object_object_add(out, "rules", rules);
	return out;
}

/* What is wrong with the n-th group that stays; of rules in rows, the rows tell it. */
static const char *
group_fault(
    void *ctx, struct json_object *group, size_t n, bool rows, const struct problems *problems)
{
	static const char *const parts[] = {"", "/name", "/id", "/rule"};
	const char *found = "";

	for (size_t i = 0; *found == '\0' && i < sizeof parts / sizeof parts[0]; i++)
		found = draft_fault_here(
		    problems, mem_printf(ctx, "/groups/%zu%s", n, parts[i]));
	if (*found == '\0' && (!rows || *text(group, "json") != '\0'))
		found = draft_fault(problems, mem_printf(ctx, "/groups/%zu", n));
	return found;
}

static struct json_object *
show_groups(void *ctx, struct json_object *typed, const struct problems *problems)
{
	static const char *const names[] = {"id", "name", "remove", "json"};
	struct json_object *list = member(typed, "groups"), *out = json_object_new_array();
	size_t there = length(list), number = 0;
	size_t n = draft_rows(there, member(member(typed, "sent"), "groups"), EMPTY_ROWS);

	for (size_t i = 0; i < n; i++) {
		struct json_object *group = i < there ? at(list, i) : NULL;
		struct json_object *o = json_object_new_object();
		json_object_object_add(o, "n", json_object_new_int64((int64_t)i));
		for (size_t k = 0; k < sizeof names / sizeof names[0]; k++)
			put(o, names[k], text(group, names[k]));
		struct json_object *rule = join_rows(member(typed, "rules"), text(group, "name"));
		bool kept = group != NULL && !is_gone(group);
		put(o, "fault",
		    kept ? group_fault(ctx, group, number, rule != NULL, problems) : "");
		json_object_put(rule);
		number += kept ? 1 : 0;
		json_object_array_add(out, o);
	}
	return out;
}

/* What is wrong with a row: the k-th term of its group. */
static const char *
row_fault(void *ctx, struct json_object *typed, size_t n, const struct problems *problems)
{
	struct json_object *rules = member(typed, "rules"), *groups = member(typed, "groups");
	const char *name = text(at(rules, n), "group");
	const char *found = draft_fault(problems, mem_printf(ctx, "/rules/%zu", n));
	size_t k = 0, number = 0;

	for (size_t i = 0; i < n; i++)
		k += strcmp(text(at(rules, i), "group"), name) == 0;
	for (size_t i = 0; *found == '\0' && i < length(groups); i++) {
		if (is_gone(at(groups, i)))
			continue;
		if (strcmp(text(at(groups, i), "name"), name) == 0)
			return draft_fault(problems,
			    mem_printf(ctx, "/groups/%zu/rule/all/%zu", number, k));
		number++;
	}
	return found;
}

static struct json_object *
show_rules(void *ctx, struct json_object *typed, const struct problems *problems)
{
	static const char *const names[] = {"group", "what", "value"};
	struct json_object *list = member(typed, "rules"), *out = json_object_new_array();
	size_t there = length(list);
	size_t n = draft_rows(there, member(member(typed, "sent"), "rules"), EMPTY_ROWS);

	for (size_t i = 0; i < n; i++) {
		struct json_object *row = i < there ? at(list, i) : NULL;
		struct json_object *o = json_object_new_object();
		json_object_object_add(o, "n", json_object_new_int64((int64_t)i));
		for (size_t k = 0; k < sizeof names / sizeof names[0]; k++)
			put(o, names[k], text(row, names[k]));
		json_object_object_add(o, "subjects", draft_choices(subjects, text(row, "of")));
		json_object_object_add(o, "tests", draft_choices(tests, text(row, "test")));
		put(o, "fault", row == NULL ? "" : row_fault(ctx, typed, i, problems));
		json_object_array_add(out, o);
	}
	return out;
}

struct json_object *
draft_segments_show(void *ctx, struct json_object *typed, const struct problems *problems)
{
	static const char *const names[] = {
	    "id", "context", "name", "description", "overlap", "type", "many", "version"};
	struct json_object *out = mem_json(ctx, json_object_new_object());
	struct json_object *is = json_object_new_object();
	bool fresh = member(typed, "version") == NULL;

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		put(out, names[i], text(typed, names[i]));
	json_object_object_add(is, text(typed, "type"), json_object_new_boolean(true));
	json_object_object_add(out, "is", is);
	json_object_object_add(
	    out, "ruled", json_object_new_boolean(fresh || member(is, "rule") != NULL));
	json_object_object_add(
	    out, "placed", json_object_new_boolean(fresh || member(is, "manual") != NULL));
	json_object_object_add(out, "types", draft_choices(types, text(typed, "type")));
	json_object_object_add(out, "actives", draft_choices(actives, text(typed, "active")));
	json_object_object_add(out, "groups", show_groups(ctx, typed, problems));
	json_object_object_add(out, "rules", show_rules(ctx, typed, problems));
	put(out, "fault", draft_fault_here(problems, "/groups"));
	return out;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Reads criteria and evaluates them on one profile. Filters of users are an object of fields, those
 * of devices a list of {name, operator, value}; both become the same list of conditions. Criteria
 * of type rule hold a rule instead. Problems of all filters are collected before reading fails.
 */
#include "core/audience/criteria.h"

#include <string.h>

#include "base/jsonutil.h"
#include "base/mem.h"
#include "core/audience/rule.h"

/* Reads a test of a user field: {"<=": 5}, {">": 2, "<": 9}, {"startsWith": "sun"}. */
static bool
read_comparison(
    const struct condition_reader *r, struct json_object *o, const char *at, struct condition *c)
{
	static const char *const ops[] = {"<=", "<", ">=", ">"};
	bool good = json_member_count(o) > 0;

	if (!good)
		return condition_problem(r, at, "has no operator");
	json_object_object_foreach(json_members(o), op, value) {
		const char *here = condition_pointer(r, at, op);
		bool known = false;
		for (size_t i = 0; i < sizeof ops / sizeof ops[0]; i++)
			known = known || strcmp(op, ops[i]) == 0;
		if (known)
			good &= condition_bound(r, c, op, value, here);
		else if (strcmp(op, "startsWith") != 0)
			good &=
			    condition_problem(r, here, "must be <=, <, >=, > or startsWith");
		else if (json_member_count(o) > 1)
			good &= condition_problem(
			    r, here, "cannot be combined with other operators");
		else
			good &= condition_prefix(r, c, value, here);
	}
	return good;
}

/*
 * Records a condition on a group. Only tests for equality name groups, which then have to exist.
 */
static void
add_group_reference(const struct condition *c, struct json_object *value, const char *at,
    struct criteria *out)
{
	bool names = c->op == CONDITION_ANY || c->op == CONDITION_NONE ||
	    c->op == CONDITION_NOT_EQUAL;
	struct rule_reference ref = {
	    RULE_SEGMENTATION, c->segmentation, at, names ? value : NULL};

	if (c->segmentation != NULL)
		json_object_array_add(out->references, rule_reference_json(&ref));
}

static bool
read_user_filters(const struct condition_reader *r, struct json_object *filters, const char *at,
    struct criteria *out)
{
	bool good = true;

	if (!json_object_is_type(filters, json_type_object))
		return condition_problem(r, at, "must be an object for criteria of this type");
	int n = json_member_count(filters);
	if (n == 0 || n > CRITERIA_CONDITIONS)
		return condition_problem(
		    r, at, n == 0 ? "must not be empty" : "has more than 100 conditions");
	json_object_object_foreach(json_members(filters), name, value) {
		struct condition *c = &out->list[out->n++];
		const char *here = condition_pointer(r, at, name);
		if (!condition_path(r, name, here, c))
			good = false;
		else if (json_object_is_type(value, json_type_object))
			good &= read_comparison(r, value, here, c);
		else
			good &= condition_wanted(r, value, here, c);
		add_group_reference(c, value, here, out);
	}
	return good;
}

static bool
read_no_value(const struct condition_reader *r, struct json_object *value, const char *at,
    struct condition *c)
{
	(void)c;
	return value == NULL || condition_problem(r, at, "this operator takes no value");
}

static bool
read_less_than(const struct condition_reader *r, struct json_object *value, const char *at,
    struct condition *c)
{
	return condition_bound(r, c, "<", value, at);
}

static bool
read_greater_than(const struct condition_reader *r, struct json_object *value, const char *at,
    struct condition *c)
{
	return condition_bound(r, c, ">", value, at);
}

static bool
read_single_value(const struct condition_reader *r, struct json_object *value, const char *at,
    struct condition *c)
{
	if (json_object_is_type(value, json_type_array))
		return condition_problem(r, at, "must be a single value; IN and NIN take lists");
	return condition_wanted(r, value, at, c);
}

static bool
read_value_list(const struct condition_reader *r, struct json_object *value, const char *at,
    struct condition *c)
{
	if (!json_object_is_type(value, json_type_array))
		return condition_problem(r, at, "must be a list");
	return condition_wanted(r, value, at, c);
}

static const struct {
	const char *name;
	enum condition_op op;
	bool (*read)(const struct condition_reader *, struct json_object *, const char *,
	    struct condition *);
} operators[] = {
	{"EQ", CONDITION_ANY, read_single_value},
	{"NE", CONDITION_NOT_EQUAL, read_single_value},
	{"IN", CONDITION_ANY, read_value_list},
	{"NIN", CONDITION_NONE, read_value_list},
	{"ISNULL", CONDITION_NULL, read_no_value},
	{"ISNOTNULL", CONDITION_NOT_NULL, read_no_value},
	{"ISEMPTY", CONDITION_EMPTY, read_no_value},
	{"ISNOTEMPTY", CONDITION_NOT_EMPTY, read_no_value},
	{"RANGE", CONDITION_RANGE, condition_range},
	{"LT", CONDITION_RANGE, read_less_than},
	{"GT", CONDITION_RANGE, read_greater_than},
};

static bool
read_device_filter(const struct condition_reader *r, struct json_object *filter, const char *at,
    struct condition *c)
{
	struct json_object *name = json_object_object_get(filter, "name");
	struct json_object *operator = json_object_object_get(filter, "operator");

	if (!json_object_is_type(filter, json_type_object))
		return condition_problem(r, at, "must be an object with name, operator and value");
	if (!json_object_is_type(name, json_type_string))
		return condition_problem(r, condition_pointer(r, at, "name"), "must be a string");
	if (!condition_path(r, json_object_get_string(name), condition_pointer(r, at, "name"), c))
		return false;
	const char *word = json_object_is_type(operator, json_type_string)
	    ? json_object_get_string(operator) : "";
	for (size_t i = 0; i < sizeof operators / sizeof operators[0]; i++) {
		if (strcmp(word, operators[i].name) != 0)
			continue;
		c->op = operators[i].op;
		return operators[i].read(r, json_object_object_get(filter, "value"),
		    condition_pointer(r, at, "value"), c);
	}
	return condition_problem(r, condition_pointer(r, at, "operator"),
	    "must be EQ, NE, IN, NIN, ISNULL, ISNOTNULL, ISEMPTY, "
	    "ISNOTEMPTY, RANGE, LT or GT");
}

static bool
read_device_filters(const struct condition_reader *r, struct json_object *filters, const char *at,
    struct criteria *out)
{
	bool good = true;

	if (!json_object_is_type(filters, json_type_array))
		return condition_problem(r, at, "must be a list for criteria of this type");
	size_t n = json_items(filters);
	if (n == 0 || n > CRITERIA_CONDITIONS)
		return condition_problem(
		    r, at, n == 0 ? "must not be empty" : "has more than 100 conditions");
	for (size_t i = 0; i < n; i++) {
		struct json_object *filter = json_item(filters, i);
		const char *here = mem_printf(r->ctx, "%s/%zu", at, i);
		struct condition *c = &out->list[out->n++];
		good &= read_device_filter(r, filter, here, c);
		add_group_reference(c, json_object_object_get(filter, "value"), here, out);
	}
	return good;
}

/* Marks criteria with a live condition as live, and adds the references of a rule. */
static void
collect_references(struct criteria *out)
{
	const struct rule_reference *ref;

	for (size_t i = 0; i < out->n; i++)
		out->live = out->live || out->list[i].live;
	for (size_t i = 0; out->rule != NULL && (ref = rule_reference(out->rule, i)) != NULL; i++)
		json_object_array_add(out->references, rule_reference_json(ref));
}

struct criteria *
criteria_read(void *ctx, struct json_object *o, const char *at, struct problems *problems)
{
	struct condition_reader r = {ctx, problems};
	struct criteria *out = mem_new(ctx, struct criteria);
	struct json_object *type = json_object_object_get(o, "type");
	struct json_object *filters = json_object_object_get(o, "filters");
	const char *word =
	    json_object_is_type(type, json_type_string) ? json_object_get_string(type) : "";
	const char *here = condition_pointer(&r, at, "filters");
	bool good;

	out->references = mem_json(ctx, json_object_new_array());
	out->list = mem_check(talloc_zero_array(ctx, struct condition, CRITERIA_CONDITIONS));
	if (strcmp(word, "user") == 0 || strcmp(word, "user_mod") == 0) {
		out->kind = SUBJECT_USER;
		good = read_user_filters(&r, filters, here, out);
	} else if (strcmp(word, "device") == 0 || strcmp(word, "device_mod") == 0) {
		out->kind = SUBJECT_DEVICE;
		good = read_device_filters(&r, filters, here, out);
	} else if (strcmp(word, "rule") == 0) {
		out->kind = SUBJECT__MAX;
		out->live = true;
		out->rule = rule_read(ctx, filters, here, problems);
		good = out->rule != NULL;
	} else
		good = condition_problem(&r, condition_pointer(&r, at, "type"),
		    "must be user, device, user_mod, device_mod or rule");
	collect_references(out);
	return good ? out : NULL;
}

struct json_object *
criteria_needs(void *ctx, const struct criteria *c)
{
	struct json_object *ids =
	    c->rule != NULL ? rule_needs(ctx, c->rule) : mem_json(ctx, json_object_new_array());

	for (size_t i = 0; i < c->n; i++)
		if (c->list[i].segmentation != NULL)
			json_object_array_add(
			    ids, json_object_new_string(c->list[i].segmentation));
	return ids;
}

bool
criteria_match(const struct criteria *c, const struct terms *t)
{
	for (size_t i = 0; i < c->n; i++)
		if (!condition_holds(&c->list[i], t))
			return false;
	return c->rule == NULL || rule_holds(c->rule, t);
}

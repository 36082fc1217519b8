/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Reads the state and the alternatives of a definition. Whatever a request sends, the stored list
 * has control, unique names, complete members, and at least one alternative with a positive share.
 */
#include "core/experiment/delivery.h"

#include <math.h>
#include <string.h>

#include "base/jsonutil.h"
#include "base/mem.h"
#include "base/text.h"

static const struct {
	enum state state;
	const char *word;
} states[] = {{STATE_DEFAULT, "default"}, {STATE_ENABLED, "enabled"}, {STATE_TRACK, "track"}};

enum { STATES = sizeof states / sizeof states[0] };

bool
delivery_state(struct json_object *value, int *state)
{
	for (size_t i = 0; i < STATES; i++) {
		bool number = json_object_is_type(value, json_type_int) &&
		    json_object_get_int64(value) == (int64_t)states[i].state;
		bool word = json_object_is_type(value, json_type_string) &&
		    strcmp(json_object_get_string(value), states[i].word) == 0;
		if (!number && !word)
			continue;
		*state = (int)states[i].state;
		return true;
	}
	return false;
}

const char *
delivery_word(int state)
{
	for (size_t i = 0; i < STATES; i++)
		if ((int)states[i].state == state)
			return states[i].word;
	return "?";
}

static const char *
alternative_name(struct json_object *alternative)
{
	return json_object_get_string(json_object_object_get(alternative, "name"));
}

bool
delivery_has(struct json_object *alternatives, const char *name)
{
	for (size_t i = 0; i < json_items(alternatives); i++)
		if (strcmp(alternative_name(json_item(alternatives, i)), name) == 0)
			return true;
	return false;
}

static const char *
weight_fault(struct json_object *weight)
{
	if (weight == NULL)
		return NULL;
	if (!json_object_is_type(weight, json_type_int) &&
	    !json_object_is_type(weight, json_type_double))
		return "must be a number";
	double w = json_object_get_double(weight);
	return isfinite(w) && w >= 0 && w <= DELIVERY_WEIGHT ? NULL
							     : "must be 0 or more, and at most 1e9";
}

/* Reads one alternative and completes its members; NULL with problems added. */
static struct json_object *
read_alternative(struct json_object *o, const char *at, struct problems *problems)
{
	struct json_object *enabled = json_object_object_get(o, "enabled");
	struct json_object *weight = json_object_object_get(o, "weight");
	struct json_object *rename = json_object_object_get(o, "rename");
	size_t before = problem_count(problems);

	if (!json_object_is_type(o, json_type_object)) {
		problem_add(problems, at, "must be an object with a name");
		return NULL;
	}
	const char *fault =
	    text_fault_json(problems, json_object_object_get(o, "name"), DELIVERY_NAME);
	if (fault != NULL)
		problem_add(problems, mem_printf(problems, "%s/name", at), "%s", fault);
	if (weight_fault(weight) != NULL)
		problem_add(
		    problems, mem_printf(problems, "%s/weight", at), "%s", weight_fault(weight));
	if (enabled != NULL && !json_object_is_type(enabled, json_type_boolean))
		problem_add(
		    problems, mem_printf(problems, "%s/enabled", at), "must be true or false");
	fault = rename == NULL ? NULL : text_fault_json(problems, rename, DELIVERY_NAME);
	if (rename != NULL && problem_count(problems) == before &&
	    strcmp(alternative_name(o), DELIVERY_CONTROL) == 0)
		fault = "must not rename control";
	if (fault != NULL)
		problem_add(problems, mem_printf(problems, "%s/rename", at), "%s", fault);
	if (problem_count(problems) > before)
		return NULL;
	struct json_object *out = json_object_new_object();
	json_object_object_add(out, "name",
	    json_object_get(rename != NULL ? rename : json_object_object_get(o, "name")));
	if (rename != NULL)
		json_object_object_add(out, "was", json_object_new_string(alternative_name(o)));
	json_object_object_add(out, "weight", json_object_get(weight));
	json_object_object_add(
	    out, "payload", json_object_get(json_object_object_get(o, "payload")));
	json_object_object_add(out, "enabled",
	    json_object_new_boolean(enabled == NULL || json_object_get_boolean(enabled)));
	return out;
}

static struct json_object *
make_control(void)
{
	struct json_object *o = json_object_new_object();

	json_object_object_add(o, "name", json_object_new_string(DELIVERY_CONTROL));
	json_object_object_add(o, "weight", NULL);
	json_object_object_add(o, "payload", NULL);
	json_object_object_add(o, "enabled", json_object_new_boolean(true));
	return o;
}

static bool
names_control(struct json_object *value)
{
	for (size_t i = 0; i < json_items(value); i++) {
		struct json_object *o = json_item(value, i);
		struct json_object *name = json_object_object_get(o, "name");
		if (json_object_is_type(name, json_type_string) &&
		    strcmp(json_object_get_string(name), DELIVERY_CONTROL) == 0)
			return true;
	}
	return false;
}

/* Whether at least one enabled alternative has a share of the allocation. */
static bool
can_assign(struct json_object *list)
{
	double sum = 0;

	if (strcmp(delivery_weighting(list), "off") == 0)
		return true;
	for (size_t i = 0; i < json_items(list); i++) {
		struct json_object *o = json_item(list, i);
		if (json_object_get_boolean(json_object_object_get(o, "enabled")))
			sum += json_object_get_double(json_object_object_get(o, "weight"));
	}
	return sum > 0;
}

static void
add_alternatives(struct json_object *value, struct json_object *list, const char *at,
    struct problems *problems)
{
	for (size_t i = 0; i < json_items(value); i++) {
		const char *here = mem_printf(problems, "%s/%zu", at, i);
		struct json_object *o =
		    read_alternative(json_item(value, i), here, problems);
		if (o == NULL)
			continue;
		if (delivery_has(list, alternative_name(o)))
			problem_add(
			    problems, mem_printf(problems, "%s/name", here), "is used twice");
		json_object_array_add(list, o);
	}
}

struct json_object *
delivery_alternatives(struct json_object *value, const char *at, struct problems *problems)
{
	struct json_object *list = mem_json(problems, json_object_new_array());
	size_t before = problem_count(problems);

	if (value != NULL && !json_object_is_type(value, json_type_array)) {
		problem_add(problems, at, "must be a list");
		return NULL;
	}
	if (value == NULL || !names_control(value))
		json_object_array_add(list, make_control());
	if (value != NULL && json_items(value) > DELIVERY_ALTERNATIVES)
		problem_add(problems, at, "has more than %d alternatives", DELIVERY_ALTERNATIVES);
	else if (value != NULL)
		add_alternatives(value, list, at, problems);
	if (problem_count(problems) == before && !can_assign(list))
		problem_add(
		    problems, at, "must have an enabled alternative with a weight above 0");
	return problem_count(problems) == before ? list : NULL;
}

const char *
delivery_weighting(struct json_object *alternatives)
{
	for (size_t i = 0; i < json_items(alternatives); i++)
		if (json_object_object_get(json_item(alternatives, i), "weight") ==
		    NULL)
			return "off";
	return "on";
}

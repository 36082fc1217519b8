/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Requests for slots of a layer. The database has the final say (an exclusion constraint forbids
 * overlap), but it cannot say which experiment has the slots; this check, made before, can.
 */
#include "core/experiment/layer.h"

#include <stdint.h>
#include <string.h>

#include "base/jsonutil.h"
#include "base/mem.h"
#include "core/experiment/lookup.h"

struct range {
	int64_t first, last; /* both inclusive */
};

static bool
is_whole(struct json_object *o, int64_t least, int64_t most)
{
	int64_t v = json_object_get_int64(o);

	return json_object_is_type(o, json_type_int) && v >= least && v <= most;
}

static struct range
range_at(struct json_object *slots, size_t i)
{
	struct json_object *o = json_item(slots, i);

	return (struct range){json_object_get_int64(json_item(o, 0)),
	    json_object_get_int64(json_item(o, 1))};
}

static bool
ranges_overlap(struct range a, struct range b)
{
	return a.first <= b.last && b.first <= a.last;
}

static const char *
range_fault(struct json_object *slots, size_t i)
{
	struct json_object *o = json_item(slots, i);

	if (!json_object_is_type(o, json_type_array) || json_items(o) != 2 ||
	    !is_whole(json_item(o, 0), 0, LAYER_SLOTS - 1) ||
	    !is_whole(json_item(o, 1), 0, LAYER_SLOTS - 1))
		return "must be [first, last], whole numbers from 0 to 9999";
	if (range_at(slots, i).first > range_at(slots, i).last)
		return "must not end before it begins";
	for (size_t k = 0; k < i; k++)
		if (ranges_overlap(range_at(slots, i), range_at(slots, k)))
			return "overlaps another of these ranges";
	return NULL;
}

static void
check_slots(struct json_object *slots, const char *at, struct problems *problems)
{
	const char *fault = NULL;

	if (!json_object_is_type(slots, json_type_array) || json_items(slots) == 0 ||
	    json_items(slots) > LAYER_RANGES) {
		problem_add(problems, mem_printf(problems, "%s/slots", at),
		    "must be a list of 1 to %d ranges [first, last]", LAYER_RANGES);
		return;
	}
	for (size_t i = 0; fault == NULL && i < json_items(slots); i++) {
		fault = range_fault(slots, i);
		if (fault != NULL)
			problem_add(problems, mem_printf(problems, "%s/slots/%zu", at, i), "%s",
			    fault);
	}
}

static void
check_layer_object(struct json_object *value, const char *at, struct problems *problems)
{
	struct json_object *slots = json_object_object_get(value, "slots");
	struct json_object *size = json_object_object_get(value, "size");

	if (!json_object_is_type(json_object_object_get(value, "id"), json_type_string))
		problem_add(problems, mem_printf(problems, "%s/id", at), "must name a layer");
	if ((slots == NULL) == (size == NULL))
		problem_add(problems, at, "must have either slots or size");
	else if (slots != NULL)
		check_slots(slots, at, problems);
	else if (!is_whole(size, 1, LAYER_SLOTS))
		problem_add(problems, mem_printf(problems, "%s/size", at),
		    "must be a whole number from 1 to %d", LAYER_SLOTS);
}

struct json_object *
layer_request_read(struct json_object *value, const char *at, struct problems *problems)
{
	static const char *const members[] = {"id", "slots", "size"};
	struct json_object *request = mem_json(problems, json_object_new_object());
	size_t before = problem_count(problems);

	if (value == NULL)
		return request;
	if (json_object_is_type(value, json_type_string)) {
		json_object_object_add(request, "id", json_object_get(value));
		return request;
	}
	if (json_object_is_type(value, json_type_object))
		check_layer_object(value, at, problems);
	else
		problem_add(problems, at, "must be the id of a layer, or an object");
	if (problem_count(problems) > before)
		return NULL;
	for (size_t i = 0; i < sizeof members / sizeof members[0]; i++) {
		struct json_object *o = json_object_object_get(value, members[i]);
		if (o != NULL)
			json_object_object_add(request, members[i], json_object_get(o));
	}
	return request;
}

static const char *
member_experiment(struct json_object *member)
{
	return json_object_get_string(json_object_object_get(member, "experiment"));
}

/* Whether the member has slots within r; *by is the first of its ranges that overlaps r. */
static bool
member_range_in(struct json_object *member, struct range r, struct range *by)
{
	struct json_object *slots = json_object_object_get(member, "slots");

	for (size_t i = 0; i < json_items(slots); i++) {
		*by = range_at(slots, i);
		if (ranges_overlap(*by, r))
			return true;
	}
	return false;
}

static int64_t
slot_count(struct json_object *member)
{
	struct json_object *slots = json_object_object_get(member, "slots");
	int64_t n = 0;

	for (size_t i = 0; i < json_items(slots); i++)
		n += range_at(slots, i).last - range_at(slots, i).first + 1;
	return n;
}

/* Whether the member has any of the slots; then a problem that names it is added. */
static bool
member_has_slots_of(struct json_object *slots, struct json_object *member, const char *at,
    struct problems *problems)
{
	struct range by;

	for (size_t i = 0; i < json_items(slots); i++) {
		if (!member_range_in(member, range_at(slots, i), &by))
			continue;
		problem_add(problems, mem_printf(problems, "%s/slots/%zu", at, i),
		    "experiment %s has slots %d to %d", member_experiment(member), (int)by.first,
		    (int)by.last);
		return true;
	}
	return false;
}

bool
layer_request_is_free(struct json_object *request, struct json_object *members,
    const char *experiment, const char *at, struct problems *problems)
{
	struct json_object *slots = json_object_object_get(request, "slots");
	struct json_object *size = json_object_object_get(request, "size");
	int64_t free = LAYER_SLOTS;
	const char *holders = NULL;

	for (size_t i = 0; i < json_items(members); i++) {
		struct json_object *member = json_item(members, i);
		if (strcmp(member_experiment(member), experiment) == 0)
			continue;
		if (slots != NULL && member_has_slots_of(slots, member, at, problems))
			return false;
		free -= slot_count(member);
		const char *name = member_experiment(member);
		holders = holders == NULL ? name : mem_printf(problems, "%s, %s", holders, name);
	}
	if (slots != NULL || (size == NULL ? free > 0 : json_object_get_int64(size) <= free))
		return true;
	problem_add(problems, size == NULL ? at : mem_printf(problems, "%s/size", at),
	    "only %d slots are free; the others are taken by %s", (int)free, holders);
	return false;
}

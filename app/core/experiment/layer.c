/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Wishes for slots of a layer, judged before the database does: it would say no, but not who has
 * them.
 */
#include "core/experiment/layer.h"

#include <stdint.h>
#include <string.h>

#include "base/jsonutil.h"
#include "base/mem.h"
#include "core/experiment/lookup.h"

struct range {
	int64_t first, last; /* both inside */
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
overlap(struct range a, struct range b)
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
		if (overlap(range_at(slots, i), range_at(slots, k)))
			return "overlaps another of these ranges";
	return NULL;
}

static void
read_slots(struct json_object *slots, const char *at, struct problems *problems)
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
read_object(struct json_object *value, const char *at, struct problems *problems)
{
	struct json_object *slots = json_object_object_get(value, "slots");
	struct json_object *size = json_object_object_get(value, "size");

	if (!json_object_is_type(json_object_object_get(value, "id"), json_type_string))
		problem_add(problems, mem_printf(problems, "%s/id", at), "must name a layer");
	if ((slots == NULL) == (size == NULL))
		problem_add(problems, at, "must have either slots or size");
	else if (slots != NULL)
		read_slots(slots, at, problems);
	else if (!is_whole(size, 1, LAYER_SLOTS))
		problem_add(problems, mem_printf(problems, "%s/size", at),
		    "must be a whole number from 1 to %d", LAYER_SLOTS);
}

struct json_object *
layer_wish(struct json_object *value, const char *at, struct problems *problems)
{
	static const char *const members[] = {"id", "slots", "size"};
	struct json_object *wish = mem_json(problems, json_object_new_object());
	size_t before = problem_count(problems);

	if (value == NULL)
		return wish;
	if (json_object_is_type(value, json_type_string)) {
		json_object_object_add(wish, "id", json_object_get(value));
		return wish;
	}
	if (json_object_is_type(value, json_type_object))
		read_object(value, at, problems);
	else
		problem_add(problems, at, "must be the id of a layer, or an object");
	if (problem_count(problems) > before)
		return NULL;
	for (size_t i = 0; i < sizeof members / sizeof members[0]; i++) {
		struct json_object *o = json_object_object_get(value, members[i]);
		if (o != NULL)
			json_object_object_add(wish, members[i], json_object_get(o));
	}
	return wish;
}

static const char *
name_of(struct json_object *member)
{
	return json_object_get_string(json_object_object_get(member, "experiment"));
}

/* The slots of the member that range r needs; false when it needs none of them. */
static bool
taken(struct json_object *member, struct range r, struct range *by)
{
	struct json_object *slots = json_object_object_get(member, "slots");

	for (size_t i = 0; i < json_items(slots); i++) {
		*by = range_at(slots, i);
		if (overlap(*by, r))
			return true;
	}
	return false;
}

static int64_t
count(struct json_object *member)
{
	struct json_object *slots = json_object_object_get(member, "slots");
	int64_t n = 0;

	for (size_t i = 0; i < json_items(slots); i++)
		n += range_at(slots, i).last - range_at(slots, i).first + 1;
	return n;
}

/* Whether the member has something of one of the slots. */
static bool
collides(struct json_object *slots, struct json_object *member, const char *at,
    struct problems *problems)
{
	struct range by;

	for (size_t i = 0; i < json_items(slots); i++) {
		if (!taken(member, range_at(slots, i), &by))
			continue;
		problem_add(problems, mem_printf(problems, "%s/slots/%zu", at, i),
		    "experiment %s has the slots %d to %d", name_of(member), (int)by.first,
		    (int)by.last);
		return true;
	}
	return false;
}

bool
layer_can_have(struct json_object *wish, struct json_object *members, const char *experiment,
    const char *at, struct problems *problems)
{
	struct json_object *slots = json_object_object_get(wish, "slots");
	struct json_object *size = json_object_object_get(wish, "size");
	int64_t free = LAYER_SLOTS;
	const char *who = NULL;

	for (size_t i = 0; i < json_items(members); i++) {
		struct json_object *member = json_item(members, i);
		if (strcmp(name_of(member), experiment) == 0)
			continue;
		if (slots != NULL && collides(slots, member, at, problems))
			return false;
		free -= count(member);
		who = who == NULL ? name_of(member)
				  : mem_printf(problems, "%s, %s", who, name_of(member));
	}
	if (slots != NULL || (size == NULL ? free > 0 : json_object_get_int64(size) <= free))
		return true;
	problem_add(problems, size == NULL ? at : mem_printf(problems, "%s/size", at),
	    "only %d slots are free; the others are had by %s", (int)free, who);
	return false;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Gives alternatives their numbers. An alternative keeps its number through a rename, and gets it
 * back when one of the same name returns after removal; no number is ever given to another name.
 */
#include "core/experiment/alternative_ids.h"

#include <stdint.h>

#include "base/jsonutil.h"
#include "base/mem.h"

static const char *
text_member(struct json_object *alternative, const char *member)
{
	return json_object_get_string(json_object_object_get(alternative, member));
}

static int64_t
known_id(struct json_object *numbers, const char *name)
{
	return json_object_get_int64(json_object_object_get(numbers, name));
}

/* A renamed alternative keeps its number, which is then known under the new name only. */
static bool
apply_renames(struct json_object *alternatives, struct json_object *numbers,
    struct problems *problems)
{
	bool good = true;

	for (size_t i = 0; i < json_items(alternatives); i++) {
		struct json_object *o = json_item(alternatives, i);
		const char *was = text_member(o, "was");
		if (was == NULL)
			continue;
		int64_t id = known_id(numbers, was);
		if (id == 0) {
			problem_add(problems,
			    mem_printf(problems, "/request/alternatives/%zu/name", i),
			    "is not an existing alternative, so it cannot be renamed");
			good = false;
			continue;
		}
		json_object_object_add(o, "id", json_object_new_int64(id));
		json_remove(numbers, was);
		json_remove(o, "was");
	}
	return good;
}

bool
alternative_ids_give(struct json_object *alternatives, struct json_object *numbers,
    struct problems *problems)
{
	int64_t highest = known_id(numbers, "");

	if (!apply_renames(alternatives, numbers, problems))
		return false;
	for (size_t i = 0; i < json_items(alternatives); i++) {
		struct json_object *o = json_item(alternatives, i);
		struct json_object *id = json_object_object_get(o, "id");
		if (id == NULL) {
			int64_t known = known_id(numbers, text_member(o, "name"));
			id = json_object_new_int64(known != 0 ? known : ++highest);
			json_object_object_add(o, "id", id);
		}
		json_object_object_add(numbers, text_member(o, "name"), json_object_get(id));
	}
	json_object_object_add(numbers, "", json_object_new_int64(highest));
	return true;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Which alternative is which, through renaming, removal and return.
 */
#include "core/experiment/alternative_ids.h"

#include <stdint.h>

#include "base/jsonutil.h"
#include "base/mem.h"

static const char *
text(struct json_object *alternative, const char *member)
{
	return json_object_get_string(json_object_object_get(alternative, member));
}

static int64_t
number(struct json_object *numbers, const char *name)
{
	return json_object_get_int64(json_object_object_get(numbers, name));
}

/* Whoever is renamed keeps the number, under the new name alone. */
static bool
rename_all(struct json_object *alternatives, struct json_object *numbers,
    struct problems *problems)
{
	bool good = true;

	for (size_t i = 0; i < json_items(alternatives); i++) {
		struct json_object *o = json_item(alternatives, i);
		const char *was = text(o, "was");
		if (was == NULL)
			continue;
		int64_t id = number(numbers, was);
		if (id == 0) {
			problem_add(problems,
			    mem_printf(problems, "/request/alternatives/%zu/name", i),
			    "is no alternative that could be renamed");
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
	int64_t highest = number(numbers, "");

	if (!rename_all(alternatives, numbers, problems))
		return false;
	for (size_t i = 0; i < json_items(alternatives); i++) {
		struct json_object *o = json_item(alternatives, i);
		struct json_object *id = json_object_object_get(o, "id");
		if (id == NULL) {
			int64_t known = number(numbers, text(o, "name"));
			id = json_object_new_int64(known != 0 ? known : ++highest);
			json_object_object_add(o, "id", id);
		}
		json_object_object_add(numbers, text(o, "name"), json_object_get(id));
	}
	json_object_object_add(numbers, "", json_object_new_int64(highest));
	return true;
}

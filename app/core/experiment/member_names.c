/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Refuses unknown members in requests. Stored JSON is never checked in this way, because an older
 * release may have stored members that this one does not know.
 */
#include "core/experiment/member_names.h"

#include <string.h>

#include "base/jsonutil.h"
#include "base/mem.h"
#include "core/audience/condition.h"

bool
member_names_check(struct json_object *o, const char *const names[], const char *at,
    struct problems *problems)
{
	const struct condition_reader r = {problems, problems};
	size_t before = problem_count(problems);

	json_object_object_foreach(json_members(o), name, value) {
		size_t i = 0;
		(void)value;
		while (names[i] != NULL && strcmp(names[i], name) != 0)
			i++;
		if (names[i] == NULL && problem_count(problems) - before < MEMBER_NAMES_REPORTED)
			condition_problem(&r, condition_pointer(&r, at, name),
			    mem_printf(problems, "`%s` is not known here", name));
	}
	return problem_count(problems) == before;
}

bool
member_names_check_all(struct json_object *list, const char *const names[], const char *at,
    struct problems *problems)
{
	bool good = true;

	for (size_t i = 0; i < json_items(list); i++)
		good &= member_names_check(json_item(list, i), names,
		    mem_printf(problems, "%s/%zu", at, i), problems);
	return good;
}

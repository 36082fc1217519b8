/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The names of the members that a definition in a request may have. A member that nothing reads is
 * mostly a misspelt one, and storing the rest without it would surprise, so it is refused.
 */
#include "core/experiment/definition_members.h"

#include <stddef.h>

#include "base/jsonutil.h"
#include "core/experiment/member_names.h"

/* First the members that are read, then those that only answers and exports have. */
static const char *const in_request[] = {"expId", "name", "createdBy", "description", "criteria",
	"data", "alternatives", "default", "goals", "state", "traffic", "layer", "plan",
	"visibility", "updatedBy", "expName", "expDescription", "expData", "updatedOn",
	"udpatedOn", "createdOn", "status", "status_msg", "stats", "weighting", "ended_at",
	"last_updated", "created_date", "request", "warnings", "stopped", "value_type", NULL};
static const char *const in_criteria[] = {"type", "filters", NULL};
static const char *const in_filter[] = {"name", "operator", "value", NULL};
static const char *const in_alternative[] = {
	"name", "weight", "payload", "enabled", "rename", "id", "was", NULL};
static const char *const in_goal[] = {"name", "test", NULL};
static const char *const in_layer[] = {"id", "slots", "size", NULL};
static const char *const in_plan[] = {"baseline", "effect", "alpha", "power", NULL};

bool
definition_members_check(struct json_object *request, struct problems *problems)
{
	struct json_object *criteria = json_object_object_get(request, "criteria");
	bool good = member_names_check(request, in_request, "/request", problems);

	good &= member_names_check(criteria, in_criteria, "/request/criteria", problems);
	good &= member_names_check_all(json_object_object_get(criteria, "filters"), in_filter,
	    "/request/criteria/filters", problems);
	good &= member_names_check_all(json_object_object_get(request, "alternatives"),
	    in_alternative, "/request/alternatives", problems);
	good &= member_names_check_all(json_object_object_get(request, "goals"), in_goal,
	    "/request/goals", problems);
	good &= member_names_check(json_object_object_get(request, "layer"), in_layer,
	    "/request/layer", problems);
	good &= member_names_check(json_object_object_get(request, "plan"), in_plan,
	    "/request/plan", problems);
	return good;
}

void
definition_members_rename(struct json_object *request)
{
	static const char *const names[][2] = {
	    {"expName", "name"}, {"expDescription", "description"}, {"expData", "data"}};

	if (!json_object_is_type(request, json_type_object))
		return;
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		struct json_object *value;
		if (json_object_object_get_ex(request, names[i][0], &value) &&
		    !json_object_object_get_ex(request, names[i][1], NULL))
			json_object_object_add(request, names[i][1], json_object_get(value));
	}
}

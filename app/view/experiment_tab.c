/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the pages of one experiment have in common.
 */
#include "view/experiment_tab.h"

#include "base/jsonutil.h"
#include "base/mem.h"

/* {<name>: true}; {} without a name. */
static struct json_object *
make_flag(const char *name)
{
	struct json_object *o = json_object_new_object();

	if (name != NULL)
		json_object_object_add(o, name, json_object_new_boolean(true));
	return o;
}

struct json_object *
experiment_tab_model(void *mem, struct json_object *definition, const char *tab)
{
	static const char *const shown[][2] = {{"name", "expName"},
	    {"description", "expDescription"}, {"status", "status"}, {"state", "state"}};
	struct json_object *model = mem_json(mem, json_object_new_object());

	json_object_object_add(model, "tab", make_flag(tab));
	json_object_object_add(model, "is", make_flag(json_text(definition, "state")));
	json_object_object_add(model, "in", make_flag(json_text(definition, "status")));
	json_object_object_add(model, "definition", json_object_get(definition));
	for (size_t i = 0; i < sizeof shown / sizeof shown[0]; i++)
		json_object_object_add(model, shown[i][0],
		    json_object_get(json_object_object_get(definition, shown[i][1])));
	return model;
}

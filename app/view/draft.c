/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * From a form to a definition. What is wrong with the definition is for those to say who judge it
 * when a program sends it.
 */
#include "view/draft.h"

#include <stdbool.h>
#include <string.h>

#include "base/json.h"
#include "base/jsonutil.h"
#include "base/mem.h"
#include "view/draft_criteria.h"
#include "view/draft_shape.h"

static const struct draft_part parts[] = {{"request", false}, {"request.data", false},
    {"request.layer", false}, {"request.plan", false}, {"request.alternatives", true},
    {"request.goals", true}, {"criteria", false}, {"criteria.user", true},
    {"criteria.device", true}, {NULL, false}};

static struct json_object *
member(struct json_object *o, const char *name)
{
	return json_object_is_type(o, json_type_object) ? json_object_object_get(o, name) : NULL;
}

/* A number as a number; any other text, and nothing, as it is. The caller owns it. */
static struct json_object *
number(struct json_object *o)
{
	const char *s = json_object_get_string(o);
	struct json_object *read = NULL;
	struct json_fault fault;
	void *work = mem_ctx(NULL);

	if (s == NULL || json_read(work, s, strlen(s), &read, &fault) != OK ||
	    (!json_object_is_type(read, json_type_int) &&
	    !json_object_is_type(read, json_type_double)))
		read = o;
	struct json_object *out = json_object_get(read);
	talloc_free(work);
	return out;
}

static void
copy(struct json_object *to, struct json_object *from, const char *const *names)
{
	for (; *names != NULL; names++)
		json_object_object_add(to, *names, json_object_get(member(from, *names)));
}

static void
copy_numbers(struct json_object *to, struct json_object *from, const char *const *names)
{
	for (; *names != NULL; names++)
		json_object_object_add(to, *names, number(member(from, *names)));
}

static struct json_object *
make_alternative(struct json_object *row, const char *at, struct problems *problems)
{
	struct json_object *o = json_object_new_object(), *payload = NULL;
	const char *enabled = json_text(row, "enabled");
	const char *s = json_object_get_string(member(row, "payload"));
	struct json_fault fault;

	copy(o, row, (const char *const[]){"name", NULL});
	if (member(row, "rename") != NULL)
		copy(o, row, (const char *const[]){"rename", NULL});
	copy_numbers(o, row, (const char *const[]){"weight", NULL});
	json_object_object_add(o, "enabled",
	    json_object_new_boolean(enabled == NULL || strcmp(enabled, "no") != 0));
	if (s != NULL && json_read(problems, s, strlen(s), &payload, &fault) != OK)
		problem_add(problems, mem_printf(problems, "%s/payload", at),
		    "line %u, column %u: %s", fault.line, fault.column, fault.why);
	else
		json_object_object_add(o, "payload", json_object_get(payload));
	return o;
}

static struct json_object *
make_alternatives(struct json_object *rows, struct problems *problems)
{
	struct json_object *list = NULL;

	for (size_t i = 0; i < json_items(rows); i++) {
		struct json_object *row = json_item(rows, i);
		if (member(row, "remove") != NULL)
			continue;
		if (list == NULL)
			list = json_object_new_array();
		json_object_array_add(list, make_alternative(row,
		    mem_printf(problems, "/request/alternatives/%zu", i), problems));
	}
	return list;
}

/* Names, or {name, test} where a test was chosen; NULL for none. */
static struct json_object *
make_goals(struct json_object *rows)
{
	struct json_object *list = NULL;

	for (size_t i = 0; i < json_items(rows); i++) {
		struct json_object *row = json_item(rows, i);
		if (list == NULL)
			list = json_object_new_array();
		json_object_array_add(list, json_object_get(
		    member(row, "test") != NULL ? row : member(row, "name")));
	}
	return list;
}

/* Whoever stays in a layer and asks for no other size keeps the slots. */
static void
add_layer(struct json_object *request, struct json_object *layer)
{
	struct json_object *id = member(layer, "id"), *was = member(layer, "was");
	struct json_object *size = member(layer, "size");

	if (size == NULL && was != NULL && json_object_equal(id, was))
		return;
	if (id == NULL || size == NULL) {
		if (id != NULL || was != NULL)
			json_object_object_add(request, "layer", json_object_get(id));
		return;
	}
	struct json_object *o = json_object_new_object();
	copy(o, layer, (const char *const[]){"id", NULL});
	copy_numbers(o, layer, (const char *const[]){"size", NULL});
	json_object_object_add(request, "layer", o);
}

static struct json_object *
make_plan(struct json_object *plan)
{
	static const char *const names[] = {"baseline", "effect", "alpha", "power", NULL};
	struct json_object *o = NULL;

	for (size_t i = 0; names[i] != NULL; i++) {
		if (member(plan, names[i]) == NULL)
			continue;
		if (o == NULL)
			o = json_object_new_object();
		copy_numbers(o, plan, (const char *const[]){names[i], NULL});
	}
	return o;
}

struct json_object *
draft_request(struct json_object *typed, const char *by, struct problems *problems)
{
	struct json_object *given = member(typed, "request"), *data = json_object_new_object();
	struct json_object *out = mem_json(problems, json_object_new_object());
	struct json_object *request = json_object_new_object();

	(void)draft_shape_check(typed, parts, problems);
	json_object_object_add(out, "request", request);
	copy(request, given, (const char *const[]){"name", "description", NULL});
	if (member(given, "expId") != NULL)
		copy(request, given, (const char *const[]){"expId", NULL});
	if (member(given, "state") != NULL)
		copy(request, given, (const char *const[]){"state", NULL});
	copy(data, member(given, "data"),
	    (const char *const[]){"startDate", "endDate", "client", "key", "url", NULL});
	copy_numbers(data, member(given, "data"), (const char *const[]){"modulus", NULL});
	copy_numbers(request, given, (const char *const[]){"traffic", NULL});
	json_object_object_add(request, "data", data);
	json_object_object_add(
	    request, "criteria", draft_criteria(member(typed, "criteria"), problems));
	json_object_object_add(request, "alternatives",
	    make_alternatives(member(given, "alternatives"), problems));
	json_object_object_add(request, "goals", make_goals(member(given, "goals")));
	json_object_object_add(request, "plan", make_plan(member(given, "plan")));
	add_layer(request, member(given, "layer"));
	if (member(typed, "version") == NULL)
		json_object_object_add(request, "createdBy", json_object_new_string(by));
	json_object_object_add(request, "updatedBy", json_object_new_string(by));
	return out;
}

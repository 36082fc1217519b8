/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The form of an experiment: from what was typed to the request that a program would send, and from
 * a stored definition or what was typed to the page. Only what cannot be passed on is a problem
 * here; the definition itself is validated in core/experiment/definition.h, for pages and programs
 * alike.
 */
#include "view/experiment_form.h"

#include <stdbool.h>
#include <string.h>

#include "base/json.h"
#include "base/jsonutil.h"
#include "base/mem.h"
#include "view/criteria_rows.h"
#include "view/form_choice.h"
#include "view/form_shape.h"

static const struct form_part parts[] = {{"request", false}, {"request.data", false},
    {"request.layer", false}, {"request.plan", false}, {"request.alternatives", true},
    {"request.goals", true}, {"criteria", false}, {"criteria.user", true},
    {"criteria.device", true}, {NULL, false}};

/* A member, NULL where o is no object: a request can send any shape. */
static struct json_object *
part_of(struct json_object *o, const char *name)
{
	return json_object_is_type(o, json_type_object) ? json_object_object_get(o, name) : NULL;
}

/* A text that is a number as a JSON number, anything else unchanged. The caller owns the result. */
static struct json_object *
typed_number(struct json_object *o)
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
copy_members(struct json_object *to, struct json_object *from, const char *const *names)
{
	for (; *names != NULL; names++)
		json_object_object_add(to, *names, json_object_get(part_of(from, *names)));
}

static void
copy_numbers(struct json_object *to, struct json_object *from, const char *const *names)
{
	for (; *names != NULL; names++)
		json_object_object_add(to, *names, typed_number(part_of(from, *names)));
}

/*
 * An alternative of the request. Only its payload is parsed here, because only a form has it as
 * text; at: its pointer.
 */
static struct json_object *
make_alternative(struct json_object *row, const char *at, struct problems *problems)
{
	struct json_object *o = json_object_new_object(), *payload = NULL;
	const char *enabled = json_text(row, "enabled");
	const char *s = json_object_get_string(part_of(row, "payload"));
	struct json_fault fault;

	/* A member that is null is a value to a change, so what was not typed must be absent. */
	copy_members(o, row, (const char *const[]){"name", NULL});
	if (part_of(row, "rename") != NULL)
		copy_members(o, row, (const char *const[]){"rename", NULL});
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
		if (part_of(row, "remove") != NULL)
			continue;
		if (list == NULL)
			list = json_object_new_array();
		/* Removed rows are not in the request, so the pointer counts those that are. */
		json_object_array_add(list, make_alternative(row,
		    mem_printf(problems, "/request/alternatives/%zu", json_items(list)), problems));
	}
	return list;
}

/* The goals: names, or {name, test} where a test was chosen; NULL when there are none. */
static struct json_object *
make_goals(struct json_object *rows)
{
	struct json_object *list = NULL;

	for (size_t i = 0; i < json_items(rows); i++) {
		struct json_object *row = json_item(rows, i);
		if (list == NULL)
			list = json_object_new_array();
		json_object_array_add(list, json_object_get(
		    part_of(row, "test") != NULL ? row : part_of(row, "name")));
	}
	return list;
}

/* An experiment that stays in its layer and requests no other size keeps its slots. */
static void
add_layer(struct json_object *request, struct json_object *layer)
{
	struct json_object *id = part_of(layer, "id"), *was = part_of(layer, "was");
	struct json_object *size = part_of(layer, "size");

	if (size == NULL && was != NULL && json_object_equal(id, was))
		return;
	if (id == NULL || size == NULL) {
		if (id != NULL || was != NULL)
			json_object_object_add(request, "layer", json_object_get(id));
		return;
	}
	struct json_object *o = json_object_new_object();
	copy_members(o, layer, (const char *const[]){"id", NULL});
	copy_numbers(o, layer, (const char *const[]){"size", NULL});
	json_object_object_add(request, "layer", o);
}

/* The plan; NULL when no field of it is filled: the experiment has none then. */
static struct json_object *
make_plan(struct json_object *plan)
{
	static const char *const names[] = {"baseline", "effect", "alpha", "power", NULL};
	struct json_object *o = NULL;

	for (size_t i = 0; names[i] != NULL; i++) {
		if (part_of(plan, names[i]) == NULL)
			continue;
		if (o == NULL)
			o = json_object_new_object();
		copy_numbers(o, plan, (const char *const[]){names[i], NULL});
	}
	return o;
}

struct json_object *
experiment_form_request(struct json_object *typed, const char *by, struct problems *problems)
{
	struct json_object *given = part_of(typed, "request"), *data = json_object_new_object();
	struct json_object *out = mem_json(problems, json_object_new_object());
	struct json_object *request = json_object_new_object();

	(void)form_shape_check(typed, parts, problems);
	json_object_object_add(out, "request", request);
	copy_members(request, given, (const char *const[]){"name", "description", NULL});
	if (part_of(given, "expId") != NULL)
		copy_members(request, given, (const char *const[]){"expId", NULL});
	if (part_of(given, "state") != NULL)
		copy_members(request, given, (const char *const[]){"state", NULL});
	copy_members(data, part_of(given, "data"),
	    (const char *const[]){"startDate", "endDate", "client", "key", "url", NULL});
	copy_numbers(data, part_of(given, "data"), (const char *const[]){"modulus", NULL});
	copy_numbers(request, given, (const char *const[]){"traffic", NULL});
	json_object_object_add(request, "data", data);
	json_object_object_add(
	    request, "criteria", criteria_rows_read(part_of(typed, "criteria"), problems));
	json_object_object_add(request, "alternatives",
	    make_alternatives(part_of(given, "alternatives"), problems));
	json_object_object_add(request, "goals", make_goals(part_of(given, "goals")));
	json_object_object_add(request, "plan", make_plan(part_of(given, "plan")));
	add_layer(request, part_of(given, "layer"));
	/* A form without a version creates the experiment. */
	if (part_of(typed, "version") == NULL)
		json_object_object_add(request, "createdBy", json_object_new_string(by));
	json_object_object_add(request, "updatedBy", json_object_new_string(by));
	return out;
}

/* ---- What a page shows --------------------------------------------------------------------- */

enum { EMPTY_ROWS = 3 };

static const struct form_choice types[] = {{"", "everybody: users, devices and sessions"},
    {"user", "users, by their profile"}, {"device", "devices, by their profile"},
    {"json", "by the JSON below"}, {NULL, NULL}};
static const struct form_choice user_operators[] = {{"", "is, or is one of"},
    {"<=", "is at most"}, {"<", "is below"}, {">=", "is at least"}, {">", "is above"},
    {"startsWith", "begins with"}, {NULL, NULL}};
static const struct form_choice device_operators[] = {{"", "is"},
    {"NE", "is present and is not"}, {"IN", "is one of"}, {"NIN", "is none of"},
    {"ISNULL", "is absent"}, {"ISNOTNULL", "is present"}, {"ISEMPTY", "is empty"},
    {"ISNOTEMPTY", "is not empty"},
    {"RANGE", "is from, to"}, {"LT", "is below"}, {"GT", "is above"}, {NULL, NULL}};
static const struct form_choice tests[] = {{"", "as the goal has it"},
    {"chi2", "share of people who do it (chi2)"},
    {"mwu", "how often each person does it (mwu)"}, {NULL, NULL}};
static const struct form_choice enabled_choices[] = {{"", "yes"}, {"no", "no"}, {NULL, NULL}};
static const struct form_choice states[] = {
    {"default", "default: nobody is enrolled until it is started"},
    {"enabled", "enabled: people are enrolled at once"}, {NULL, NULL}};

/* A table of rows of which one column is a choice. */
struct table {
	const char *column; /* the one with choices */
	const struct form_choice *choices;
	const char *const *texts; /* the other columns; ends with NULL */
};

static const struct table users = {"operator", user_operators,
    (const char *const[]){"field", "value", NULL}};
static const struct table devices = {"operator", device_operators,
    (const char *const[]){"name", "value", NULL}};
static const struct table goals = {"test", tests, (const char *const[]){"name", NULL}};
static const struct table alternatives = {"enabled", enabled_choices,
    (const char *const[]){"name", "rename", "weight", "payload", "remove", NULL}};

static const char *
text_of(struct json_object *o, const char *name)
{
	struct json_object *value = part_of(o, name);

	return value == NULL ? "" : json_object_get_string(value);
}

/* A name escaped for a JSON pointer (RFC 6901), on ctx. */
static const char *
escape_pointer(void *ctx, const char *name)
{
	char *out = mem_array(ctx, char, 2 * strlen(name) + 1), *to = out;

	for (; *name != '\0'; name++) {
		if (*name == '~' || *name == '/') {
			*to++ = '~';
			*to++ = *name == '~' ? '0' : '1';
		} else {
			*to++ = *name;
		}
	}
	*to = '\0';
	return out;
}

/*
 * The problem of a row, or "". Problems of user criteria are found by the name of the field as
 * well, because definitions have them as members of an object.
 */
static const char *
row_fault(const struct table *t, struct json_object *row, size_t n, const struct problems *problems)
{
	void *work = mem_ctx(NULL);
	const char *found;

	if (t == &users) {
		found = form_fault(problems, mem_printf(work, "/criteria/user/%zu", n));
		if (*found == '\0')
			found = form_fault(problems,
			    mem_printf(work, "/request/criteria/filters/%s",
				escape_pointer(work, text_of(row, "field"))));
	} else if (t == &devices) {
		found = form_fault(
		    problems, mem_printf(work, "/request/criteria/filters/%zu", n));
	} else {
		found = form_fault(problems, mem_printf(work, "/request/%s/%zu",
		    t == &goals ? "goals" : "alternatives", n));
	}
	talloc_free(work);
	return found;
}

/* The rows to show: all that were sent, or for a new form some empty ones. */
static struct json_object *
show_rows(struct json_object *rows, const struct table *t, struct json_object *sent,
    const struct problems *problems)
{
	struct json_object *out = json_object_new_array();
	size_t there = json_items(rows), number = 0;
	size_t n = form_rows_shown(there, sent, EMPTY_ROWS);

	for (size_t i = 0; i < n; i++) {
		struct json_object *row = i < there ? json_item(rows, i) : NULL;
		struct json_object *o = json_object_new_object();
		/* Problems count the rows of the request, which has no removed ones. */
		bool gone = *text_of(row, "remove") != '\0';
		json_object_object_add(o, "n", json_object_new_int64((int64_t)i));
		for (const char *const *name = t->texts; *name != NULL; name++)
			json_add_text(o, *name, text_of(row, *name));
		json_object_object_add(
		    o, "choices", form_choices(t->choices, text_of(row, t->column)));
		json_add_text(o, "fault",
		    row == NULL || gone ? "" : row_fault(t, row, number, problems));
		number += gone ? 0 : 1;
		json_object_array_add(out, o);
	}
	return out;
}

struct json_object *
experiment_form_show(void *ctx, struct json_object *typed, const struct problems *problems)
{
	struct json_object *out = mem_json(ctx, json_object_new_object());
	struct json_object *request = part_of(typed, "request");
	struct json_object *criteria = part_of(typed, "criteria");
	struct json_object *sent = part_of(typed, "sent");
	const char *state = text_of(request, "state");

	json_object_object_add(out, "request", json_object_get(request));
	json_object_object_add(out, "version", json_object_get(part_of(typed, "version")));
	json_object_object_add(out, "types", form_choices(types, text_of(criteria, "type")));
	json_object_object_add(out, "json", json_object_get(part_of(criteria, "json")));
	json_object_object_add(
	    out, "users",
	    show_rows(part_of(criteria, "user"), &users, part_of(sent, "users"), problems));
	json_object_object_add(
	    out, "devices",
	    show_rows(
		part_of(criteria, "device"), &devices, part_of(sent, "devices"), problems));
	json_object_object_add(
	    out, "goals",
	    show_rows(part_of(request, "goals"), &goals, part_of(sent, "goals"), problems));
	json_object_object_add(out, "alternatives",
	    show_rows(part_of(request, "alternatives"), &alternatives,
		part_of(sent, "alternatives"), problems));
	json_object_object_add(
	    out, "states", form_choices(states, *state == '\0' ? "default" : state));
	return out;
}

/* The stored alternatives as rows of the form. */
static struct json_object *
alternative_rows(struct json_object *list)
{
	struct json_object *out = json_object_new_array();

	for (size_t i = 0; i < json_items(list); i++) {
		struct json_object *o = json_item(list, i);
		struct json_object *row = json_object_new_object();
		struct json_object *payload = part_of(o, "payload"), *weight = part_of(o, "weight");
		json_add_text(row, "name", text_of(o, "name"));
		json_add_text(
		    row, "enabled", json_object_get_boolean(part_of(o, "enabled")) ? "" : "no");
		if (weight != NULL)
			json_add_text(row, "weight", json_object_get_string(weight));
		if (payload != NULL)
			json_add_text(row, "payload", json_plain(payload));
		json_object_array_add(out, row);
	}
	return out;
}

/* The stored goals, names or {name, test}, as rows of the form. */
static struct json_object *
goal_rows(struct json_object *list)
{
	struct json_object *out = json_object_new_array();

	for (size_t i = 0; i < json_items(list); i++) {
		struct json_object *o = json_item(list, i);
		struct json_object *row = json_object_new_object();
		bool named = json_object_is_type(o, json_type_string);
		json_add_text(row, "name", named ? json_object_get_string(o) : text_of(o, "name"));
		json_add_text(row, "test", named ? "" : text_of(o, "test"));
		json_object_array_add(out, row);
	}
	return out;
}

struct json_object *
experiment_form_of(void *ctx, struct json_object *definition)
{
	static const char *const names[][2] = {{"name", "expName"},
	    {"description", "expDescription"}, {"data", "expData"}, {"traffic", "traffic"},
	    {"plan", "plan"}};
	struct json_object *out = mem_json(ctx, json_object_new_object());
	struct json_object *request = json_object_new_object();
	struct json_object *layer = part_of(part_of(definition, "layer"), "id");

	json_object_object_add(out, "request", request);
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		json_object_object_add(
		    request, names[i][0], json_object_get(part_of(definition, names[i][1])));
	json_object_object_add(
	    request, "alternatives", alternative_rows(part_of(definition, "alternatives")));
	json_object_object_add(request, "goals", goal_rows(part_of(definition, "goals")));
	if (layer != NULL) {
		struct json_object *o = json_object_new_object();
		json_object_object_add(o, "id", json_object_get(layer));
		json_object_object_add(o, "was", json_object_get(layer));
		json_object_object_add(request, "layer", o);
	}
	json_object_object_add(
	    out, "criteria", criteria_rows_of(part_of(definition, "criteria")));
	return out;
}

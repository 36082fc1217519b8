/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Validation of a definition. The field names and texts of the problems that the original system
 * knows are kept to the letter, because programs compare them. Like there, only the first problem
 * with the dates in data and with the shape of criteria is reported; all others are collected.
 */
#include "core/experiment/definition.h"

#include <string.h>

#include "base/jsonutil.h"
#include "base/mem.h"
#include "core/experiment/delivery.h"
#include "core/experiment/layer.h"
#include "core/experiment/plan.h"
#include "core/audience/terms.h"
#include "base/text.h"

static bool
is_missing(struct json_object *value)
{
	return value == NULL || (json_object_is_type(value, json_type_string) &&
	    json_object_get_string_len(value) == 0);
}

/* Reads a mandatory text; absent is the problem when it is missing or empty. */
static const char *
read_required_text(struct json_object *value, const char *at, const char *absent, size_t max,
    struct problems *problems)
{
	const char *fault = is_missing(value) ? absent : text_fault_json(problems, value, max);

	if (fault == NULL)
		return json_object_get_string(value);
	problem_add(problems, at, "%s", fault);
	return NULL;
}

const char *
definition_id_fault(const char *id)
{
	static const char safe[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._~-";
	static const char *const reserved[] = {
	    "list", "create", "get", "preview", "export.csv", ".", ".."};
	size_t n = strlen(id);

	if (n == 0 || n > DEFINITION_ID || strspn(id, safe) != n)
		return "must be 1 to 64 of A-Z a-z 0-9 . _ ~ -";
	for (size_t i = 0; i < sizeof reserved / sizeof reserved[0]; i++)
		if (strcmp(id, reserved[i]) == 0)
			return "is reserved";
	return NULL;
}

static void
read_identity(struct json_object *r, struct problems *problems, struct definition *out)
{
	out->id = read_required_text(json_object_object_get(r, "expId"), "request.expid",
	    "Experiment Id should not be  empty", DEFINITION_TEXT, problems);
	if (out->id != NULL && definition_id_fault(out->id) != NULL)
		problem_add(problems, "request.expid", "%s", definition_id_fault(out->id));
	out->name = read_required_text(json_object_object_get(r, "name"), "request.name",
	    "Experiment Name should not be  empty", DEFINITION_TEXT, problems);
	out->created_by = read_required_text(json_object_object_get(r, "createdBy"),
	    "request.createdBy", "Created By should not be empty", DEFINITION_TEXT, problems);
	struct json_object *description = json_object_object_get(r, "description");
	const char *fault = is_missing(description) ? "Experiment Description should not be empty"
	    : text_fault_lines(problems, description, DEFINITION_LONG_TEXT);
	if (fault != NULL)
		problem_add(problems, "request.description", "%s", fault);
	else
		out->description = json_object_get_string(description);
}

static void
keep_criteria_facts(const struct criteria *criteria, struct definition *out)
{
	if (criteria == NULL)
		return;
	out->references = criteria->references;
	out->live = criteria->live;
}

/* An explicit null selects everybody; a missing member is taken for a mistake. */
static void
read_criteria(struct json_object *r, struct problems *problems, struct definition *out)
{
	struct json_object *o;

	if (!json_object_object_get_ex(r, "criteria", &o)) {
		problem_add(problems, "request.criteria", "Criteria should not be empty");
		return;
	}
	out->criteria = o;
	if (o == NULL)
		return;
	if (!json_object_is_type(o, json_type_object))
		problem_add(problems, "request.criteria", "must be an object or null");
	else if (json_object_object_get(o, "filters") == NULL)
		problem_add(problems, "request.filters", "Criteria Filters should not be empty");
	else if (is_missing(json_object_object_get(o, "type")))
		problem_add(problems, "request.type", "Criteria Type should not be empty");
	else
		keep_criteria_facts(
		    criteria_read(problems, o, "/request/criteria", problems), out);
}

/*
 * The text of an existing day, "yyyy-mm-dd"; strcmp orders such texts like the days. NULL for
 * anything else, and for the year 0, which PostgreSQL does not have.
 */
static const char *
read_day(struct json_object *value)
{
	int64_t at;
	bool day;

	if (!json_object_is_type(value, json_type_string))
		return NULL;
	const char *s = json_object_get_string(value);
	return terms_instant(s, &at, &day) && day && strncmp(s, "0000", 4) != 0 ? s : NULL;
}

struct date_rules {
	const char *today;
	const char *old_end; /* an end that is allowed although it is past */
	bool is_new;         /* a new definition: the start must not be past */
};

static const char *
end_date_fault(struct json_object *data, const struct date_rules *rules, struct definition *out)
{
	struct json_object *end;

	if (!json_object_object_get_ex(data, "endDate", &end))
		return "Experiment End_Date should not be empty";
	if (end == NULL)
		return NULL;
	if (is_missing(end))
		return "Experiment End_Date should not be empty";
	out->end = read_day(end);
	bool kept = out->end != NULL && rules->old_end != NULL &&
	    strcmp(out->end, rules->old_end) == 0;
	if (!kept && (out->end == NULL || strcmp(out->end, rules->today) < 0))
		return "End_Date should be greater than today's date.";
	return NULL;
}

static const char *
start_date_fault(struct json_object *data, const struct date_rules *rules, struct definition *out)
{
	struct json_object *start = json_object_object_get(data, "startDate");

	if (is_missing(start))
		return "Experiment Start_Date should not be empty";
	out->start = read_day(start);
	if (out->start == NULL || (rules->is_new && strcmp(out->start, rules->today) < 0))
		return "Start_Date should be greater than or equal to today's date..";
	if (out->end != NULL && strcmp(out->end, out->start) < 0)
		return "Date range should not be -ve. Please check your start_date & end_date";
	return NULL;
}

static void
read_modulus(struct json_object *data, struct problems *problems)
{
	struct json_object *modulus = json_object_object_get(data, "modulus");
	bool whole = json_object_is_type(modulus, json_type_int);

	if (modulus != NULL && (!whole || json_object_get_int64(modulus) < 0 ||
	    json_object_get_int64(modulus) > INT32_MAX))
		problem_add(problems, "data.modulus", "must be a whole number, 0 or more");
}

/*
 * Whether the experiment was created automatically when a program first named it
 * (experiment_auto_create.sql). Such an experiment is for every client until one is set.
 */
static bool
is_auto_created(struct json_object *r)
{
	struct json_object *by = json_object_object_get(r, "createdBy");

	return json_object_is_type(by, json_type_string) &&
	    strcmp(json_object_get_string(by), "auto") == 0;
}

static void
read_data(struct json_object *r, const struct date_rules *rules, struct problems *problems,
    struct definition *out)
{
	struct json_object *data = json_object_object_get(r, "data");

	if (data == NULL || !json_object_is_type(data, json_type_object)) {
		problem_add(problems, "request.data",
		    data == NULL ? "Experiment Data should not be empty" : "must be an object");
		return;
	}
	out->data = data;
	const char *end = end_date_fault(data, rules, out);
	const char *start = end == NULL ? start_date_fault(data, rules, out) : NULL;
	if (end != NULL || start != NULL)
		problem_add(problems, end != NULL ? "data.endDate" : "data.startDate", "%s",
		    end != NULL ? end : start);
	read_required_text(json_object_object_get(data, "key"), "data.key",
	    "Experiment Key should not be empty", DEFINITION_TEXT, problems);
	if (json_object_object_get(data, "client") != NULL || !is_auto_created(r))
		read_required_text(json_object_object_get(data, "client"), "data.client",
		    "Experiment Client should not be empty", DEFINITION_TEXT, problems);
	if (json_object_object_get(data, "url") != NULL)
		read_required_text(json_object_object_get(data, "url"), "data.url",
		    "must not be empty", DEFINITION_LONG_TEXT, problems);
	read_modulus(data, problems);
}

bool
definition_is_test(const char *word)
{
	return strcmp(word, "chi2") == 0 || strcmp(word, "mwu") == 0;
}

/* Reads a goal: its name, or {name, test} where this experiment uses another test for it. */
static void
read_goal(struct json_object *o, const char *at, struct problems *problems)
{
	bool whole = json_object_is_type(o, json_type_object);
	struct json_object *name = whole ? json_object_object_get(o, "name") : o;
	struct json_object *test = whole ? json_object_object_get(o, "test") : NULL;
	const char *fault = text_fault_json(problems, name, DEFINITION_TEXT);

	if (fault != NULL)
		problem_add(
		    problems, whole ? mem_printf(problems, "%s/name", at) : at, "%s", fault);
	if (test != NULL && (!json_object_is_type(test, json_type_string) ||
	    !definition_is_test(json_object_get_string(test))))
		problem_add(
		    problems, mem_printf(problems, "%s/test", at), "must be chi2 or mwu");
}

static void
read_goals(struct json_object *r, struct problems *problems, struct definition *out)
{
	struct json_object *goals = json_object_object_get(r, "goals");

	out->goals = goals;
	if (goals == NULL)
		return;
	if (!json_object_is_type(goals, json_type_array) ||
	    json_items(goals) > DEFINITION_GOALS) {
		problem_add(problems, "/request/goals", "must be a list of at most %d names",
		    DEFINITION_GOALS);
		return;
	}
	for (size_t i = 0; i < json_items(goals); i++)
		read_goal(json_item(goals, i),
		    mem_printf(problems, "/request/goals/%zu", i), problems);
}

static void
read_delivery(struct json_object *r, struct problems *problems, struct definition *out)
{
	struct json_object *state = json_object_object_get(r, "state");
	struct json_object *default_name = json_object_object_get(r, "default");
	struct json_object *traffic = json_object_object_get(r, "traffic");

	out->state = STATE_ENABLED;
	out->traffic = 100;
	if (state != NULL && !delivery_state(state, &out->state))
		problem_add(
		    problems, "/request/state", "must be default, enabled or track (0, 1 or 3)");
	out->alternatives =
	    delivery_alternatives(json_object_object_get(r, "alternatives"),
	    "/request/alternatives", problems);
	if (default_name != NULL && (!json_object_is_type(default_name, json_type_string) ||
	    (out->alternatives != NULL &&
	    !delivery_has(out->alternatives, json_object_get_string(default_name)))))
		problem_add(problems, "/request/default", "is not an alternative");
	else if (default_name != NULL)
		out->default_name = json_object_get_string(default_name);
	if (traffic != NULL) {
		out->traffic = json_object_get_double(traffic);
		bool number = json_object_is_type(traffic, json_type_int) ||
		    json_object_is_type(traffic, json_type_double);
		if (!number || !(out->traffic >= 0 && out->traffic <= 100))
			problem_add(problems, "/request/traffic", "must be a number from 0 to 100");
	}
}

/* Whether client keys see it without naming it: experiment_visibility.sql. */
static void
read_visibility(struct json_object *r, struct problems *problems, struct definition *out)
{
	struct json_object *o = json_object_object_get(r, "visibility");

	out->visibility = json_text(r, "visibility");
	if (o != NULL && (out->visibility == NULL || (strcmp(out->visibility, "public") != 0 &&
	    strcmp(out->visibility, "server") != 0)))
		problem_add(problems, "/request/visibility", "must be public or server");
}

static void
read_layer_and_plan(struct json_object *r, struct problems *problems, struct definition *out)
{
	struct json_object *layer;
	struct plan plan;

	if (json_object_object_get_ex(r, "layer", &layer))
		out->layer = layer_request_read(layer, "/request/layer", problems);
	out->plan = json_object_object_get(r, "plan");
	if (out->plan != NULL)
		(void)plan_read(out->plan, "/request/plan", problems, &plan);
}

static bool
read_definition(struct json_object *request, const struct date_rules *rules,
    struct problems *problems, struct definition *out)
{
	size_t before = problem_count(problems);

	*out = (struct definition){0};
	if (!json_object_is_type(request, json_type_object)) {
		problem_add(problems, "request", "Request should not be empty");
		return false;
	}
	read_identity(request, problems, out);
	read_criteria(request, problems, out);
	read_data(request, rules, problems, out);
	read_delivery(request, problems, out);
	read_goals(request, problems, out);
	read_visibility(request, problems, out);
	read_layer_and_plan(request, problems, out);
	return problem_count(problems) == before;
}

bool
definition_read(struct json_object *request, const char *today, struct problems *problems,
    struct definition *out)
{
	return read_definition(request, &(struct date_rules){today, NULL, true}, problems, out);
}

bool
definition_reread(struct json_object *request, const char *today, const char *old_end,
    struct problems *problems, struct definition *out)
{
	return read_definition(request, &(struct date_rules){today, old_end, false}, problems, out);
}

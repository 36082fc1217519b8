/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A definition in a form, as a page draws it: what was typed, what can be chosen, and what is wrong
 * in which row.
 */
#include <stdbool.h>
#include <string.h>

#include "base/json.h"
#include "base/jsonutil.h"
#include "base/mem.h"
#include "view/draft.h"
#include "view/draft_choice.h"
#include "view/draft_criteria.h"

enum { EMPTY_ROWS = 3 };

static const struct draft_choice types[] = {{"", "everybody: users, devices and sessions"},
    {"user", "users, by their profile"}, {"device", "devices, by what they said"},
    {"json", "as JSON says below"}, {NULL, NULL}};
static const struct draft_choice user_operators[] = {{"", "is, or is one of"},
    {"<=", "is at most"}, {"<", "is below"}, {">=", "is at least"}, {">", "is above"},
    {"startsWith", "begins with"}, {NULL, NULL}};
static const struct draft_choice device_operators[] = {{"", "is"},
    {"NE", "is there and is not"}, {"IN", "is one of"}, {"NIN", "is none of"},
    {"ISNULL", "is not there"}, {"ISNOTNULL", "is there"}, {"ISEMPTY", "is empty"},
    {"ISNOTEMPTY", "is not empty"},
    {"RANGE", "is from, to"}, {"LT", "is below"}, {"GT", "is above"}, {NULL, NULL}};
static const struct draft_choice tests[] = {{"", "as the goal says"},
    {"chi2", "how many do it: chi2"}, {"mwu", "how often: mwu"}, {NULL, NULL}};
static const struct draft_choice enabled[] = {{"", "yes"}, {"no", "no"}, {NULL, NULL}};
static const struct draft_choice states[] = {
    {"default", "default: nothing happens until it is started"},
    {"enabled", "enabled: people are enrolled at once"}, {NULL, NULL}};

/* A table of rows with what one can choose in one of their columns. */
struct table {
	const char *column;       /* with choices */
	const struct draft_choice *choices;
	const char *const *texts; /* the other columns; ends with NULL */
};

static const struct table users = {"operator", user_operators,
    (const char *const[]){"field", "value", NULL}};
static const struct table devices = {"operator", device_operators,
    (const char *const[]){"name", "value", NULL}};
static const struct table goals = {"test", tests, (const char *const[]){"name", NULL}};
static const struct table alternatives = {"enabled", enabled,
    (const char *const[]){"name", "rename", "weight", "payload", "remove", NULL}};

static struct json_object *
member(struct json_object *o, const char *name)
{
	return json_object_is_type(o, json_type_object) ? json_object_object_get(o, name) : NULL;
}

static const char *
text(struct json_object *o, const char *name)
{
	struct json_object *value = member(o, name);

	return value == NULL ? "" : json_object_get_string(value);
}

static void
put(struct json_object *o, const char *name, const char *value)
{
	json_object_object_add(o, name, json_object_new_string(value));
}

/* A name within a JSON pointer (RFC 6901), on ctx. */
static const char *
escape(void *ctx, const char *name)
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

/* What is wrong in a row: by its number, and where fields are named by their name. */
static const char *
row_fault(const struct table *t, struct json_object *row, size_t n, const struct problems *problems)
{
	void *work = mem_ctx(NULL);
	const char *found;

	if (t == &users) {
		found = draft_fault(problems, mem_printf(work, "/criteria/user/%zu", n));
		if (*found == '\0')
			found = draft_fault(problems,
			    mem_printf(work, "/request/criteria/filters/%s",
				escape(work, text(row, "field"))));
	} else if (t == &devices) {
		found = draft_fault(
		    problems, mem_printf(work, "/request/criteria/filters/%zu", n));
	} else {
		found = draft_fault(problems, mem_printf(work, "/request/%s/%zu",
		    t == &goals ? "goals" : "alternatives", n));
	}
	talloc_free(work);
	return found;
}

/* A form that was sent has its rows again, a new one some to be filled. */
static struct json_object *
show_rows(struct json_object *rows, const struct table *t, struct json_object *sent,
    const struct problems *problems)
{
	struct json_object *out = json_object_new_array();
	size_t there = json_items(rows), number = 0;
	size_t n = draft_rows(there, sent, EMPTY_ROWS);

	for (size_t i = 0; i < n; i++) {
		struct json_object *row = i < there ? json_item(rows, i) : NULL;
		struct json_object *o = json_object_new_object();
		bool gone = *text(row, "remove") != '\0';
		json_object_object_add(o, "n", json_object_new_int64((int64_t)i));
		for (const char *const *name = t->texts; *name != NULL; name++)
			put(o, *name, text(row, *name));
		json_object_object_add(
		    o, "choices", draft_choices(t->choices, text(row, t->column)));
		put(o, "fault",
		    row == NULL || gone ? "" : row_fault(t, row, number, problems));
		number += gone ? 0 : 1;
		json_object_array_add(out, o);
	}
	return out;
}

struct json_object *
draft_show(void *ctx, struct json_object *typed, const struct problems *problems)
{
	struct json_object *out = mem_json(ctx, json_object_new_object());
	struct json_object *request = member(typed, "request");
	struct json_object *criteria = member(typed, "criteria");
	struct json_object *sent = member(typed, "sent");
	const char *state = text(request, "state");

	json_object_object_add(out, "request", json_object_get(request));
	json_object_object_add(out, "version", json_object_get(member(typed, "version")));
	json_object_object_add(out, "types", draft_choices(types, text(criteria, "type")));
	json_object_object_add(out, "json", json_object_get(member(criteria, "json")));
	json_object_object_add(
	    out, "users",
	    show_rows(member(criteria, "user"), &users, member(sent, "users"), problems));
	json_object_object_add(
	    out, "devices",
	    show_rows(member(criteria, "device"), &devices, member(sent, "devices"), problems));
	json_object_object_add(
	    out, "goals",
	    show_rows(member(request, "goals"), &goals, member(sent, "goals"), problems));
	json_object_object_add(out, "alternatives",
	    show_rows(member(request, "alternatives"), &alternatives,
		member(sent, "alternatives"), problems));
	json_object_object_add(
	    out, "states", draft_choices(states, *state == '\0' ? "default" : state));
	return out;
}

/* Rows of alternatives as they stand in a form. */
static struct json_object *
rows_of(struct json_object *list)
{
	struct json_object *out = json_object_new_array();

	for (size_t i = 0; i < json_items(list); i++) {
		struct json_object *o = json_item(list, i);
		struct json_object *row = json_object_new_object();
		struct json_object *payload = member(o, "payload"), *weight = member(o, "weight");
		put(row, "name", text(o, "name"));
		put(row, "enabled", json_object_get_boolean(member(o, "enabled")) ? "" : "no");
		if (weight != NULL)
			put(row, "weight", json_object_get_string(weight));
		if (payload != NULL)
			put(row, "payload", json_plain(payload));
		json_object_array_add(out, row);
	}
	return out;
}

static struct json_object *
goals_of(struct json_object *list)
{
	struct json_object *out = json_object_new_array();

	for (size_t i = 0; i < json_items(list); i++) {
		struct json_object *o = json_item(list, i);
		struct json_object *row = json_object_new_object();
		bool named = json_object_is_type(o, json_type_string);
		put(row, "name", named ? json_object_get_string(o) : text(o, "name"));
		put(row, "test", named ? "" : text(o, "test"));
		json_object_array_add(out, row);
	}
	return out;
}

struct json_object *
draft_of(void *ctx, struct json_object *definition)
{
	static const char *const names[][2] = {{"name", "expName"},
	    {"description", "expDescription"}, {"data", "expData"}, {"traffic", "traffic"},
	    {"plan", "plan"}};
	struct json_object *out = mem_json(ctx, json_object_new_object());
	struct json_object *request = json_object_new_object();
	struct json_object *layer = member(member(definition, "layer"), "id");

	json_object_object_add(out, "request", request);
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		json_object_object_add(
		    request, names[i][0], json_object_get(member(definition, names[i][1])));
	json_object_object_add(
	    request, "alternatives", rows_of(member(definition, "alternatives")));
	json_object_object_add(request, "goals", goals_of(member(definition, "goals")));
	if (layer != NULL) {
		struct json_object *o = json_object_new_object();
		json_object_object_add(o, "id", json_object_get(layer));
		json_object_object_add(o, "was", json_object_get(layer));
		json_object_object_add(request, "layer", o);
	}
	json_object_object_add(
	    out, "criteria", draft_criteria_rows(member(definition, "criteria")));
	return out;
}

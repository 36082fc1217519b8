/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Converts between rows of a form and criteria. Faults within a row are left to the validation of
 * the criteria; here only what cannot be expressed as criteria is a problem.
 */
#include "view/criteria_rows.h"

#include <stdbool.h>
#include <string.h>

#include "base/buf.h"
#include "base/json.h"
#include "base/jsonutil.h"
#include "base/mem.h"
#include "view/form_value.h"

/* A member as text; "" where it is missing or not a string, because a form may have any shape. */
static const char *
text_member(struct json_object *o, const char *name)
{
	struct json_object *value = json_object_object_get(o, name);

	return json_object_is_type(value, json_type_string) ? json_object_get_string(value) : "";
}

/* A single value as itself, several as a list. */
static struct json_object *
wanted_values(const char *s)
{
	struct json_object *list = form_values_read(s);

	if (json_items(list) != 1)
		return list;
	struct json_object *one = json_object_get(json_item(list, 0));
	json_object_put(list);
	return one;
}

/*
 * Adds a row to the filters by field. A field may have several tests with different operators, but
 * a plain value is a test of its own, so a second row would replace it silently.
 */
static void
add_user_filter(struct json_object *filters, struct json_object *row, const char *at,
    struct problems *problems)
{
	const char *field = text_member(row, "field"), *operator = text_member(row, "operator");
	const char *value = text_member(row, "value");
	struct json_object *old = json_object_object_get(filters, field);
	bool there = json_object_object_get_ex(filters, field, NULL);

	if (*field == '\0') {
		problem_add(problems, at, "has no field");
	} else if (there && (*operator == '\0' || !json_object_is_type(old, json_type_object) ||
	    json_object_object_get_ex(old, operator, NULL))) {
		problem_add(problems, at, "is a second test of the same field");
	} else if (*operator == '\0') {
		json_object_object_add(filters, field, wanted_values(value));
	} else {
		if (!there)
			json_object_object_add(filters, field, json_object_new_object());
		json_object_object_add(json_object_object_get(filters, field), operator,
		    form_value_read(value, strlen(value)));
	}
}

/*
 * "a, b" as {start, end}. What is missing is left out, and the validation of criteria reports it.
 */
static struct json_object *
range_value(const char *s)
{
	struct json_object *list = form_values_read(s), *o = json_object_new_object();
	static const char *const ends[] = {"start", "end"};

	for (size_t i = 0; i < 2 && i < json_items(list); i++)
		json_object_object_add(
		    o, ends[i], json_object_get(json_item(list, i)));
	json_object_put(list);
	return o;
}

/* A row as a filter on a device. IN and NIN take a list, even of one value. */
static struct json_object *
device_filter(struct json_object *row)
{
	struct json_object *o = json_object_new_object();
	const char *operator = text_member(row, "operator"), *value = text_member(row, "value");
	bool many = strcmp(operator, "IN") == 0 || strcmp(operator, "NIN") == 0;

	json_object_object_add(o, "name", json_object_new_string(text_member(row, "name")));
	json_object_object_add(
	    o, "operator", json_object_new_string(*operator == '\0' ? "EQ" : operator));
	if (strcmp(operator, "RANGE") == 0)
		json_object_object_add(o, "value", range_value(value));
	else if (many)
		json_object_object_add(o, "value", form_values_read(value));
	else if (*value != '\0')
		json_object_object_add(o, "value", form_value_read(value, strlen(value)));
	return o;
}

/* The filters of all rows: an object by field for users, a list for devices. */
static struct json_object *
make_filters(struct json_object *rows, bool users, struct problems *problems)
{
	struct json_object *list = json_object_object_get(rows, users ? "user" : "device");
	struct json_object *filters = users ? json_object_new_object() : json_object_new_array();

	for (size_t i = 0; i < json_items(list); i++) {
		struct json_object *row = json_item(list, i);
		if (users)
			add_user_filter(filters, row, mem_printf(problems, "/criteria/user/%zu", i),
			    problems);
		else
			json_object_array_add(filters, device_filter(row));
	}
	return filters;
}

/* The criteria typed as JSON; NULL after a problem. The caller owns them. */
static struct json_object *
read_typed_json(const char *s, struct problems *problems)
{
	struct json_object *o;
	struct json_fault fault;

	if (json_read(problems, s, strlen(s), &o, &fault) == OK)
		return json_object_get(o);
	problem_add(problems, "/criteria/json", "line %u, column %u: %s", fault.line,
	    fault.column, fault.why);
	return NULL;
}

/* Nothing that was typed is dropped silently: what the type does not use has to be empty. */
static void
check_unused_rows(struct json_object *rows, const char *type, struct problems *problems)
{
	static const char *const kinds[][2] = {{"user", "rows of users are filled"},
	    {"device", "rows of devices are filled"}, {"json", "the JSON is filled"}};

	for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
		struct json_object *given = json_object_object_get(rows, kinds[i][0]);
		bool filled = json_object_is_type(given, json_type_array)
		    ? json_items(given) > 0 : *text_member(rows, kinds[i][0]) != '\0';
		if (filled && strcmp(type, kinds[i][0]) != 0)
			problem_add(problems, "/criteria/type",
			    "%s below, which this choice does not use: choose them or empty them",
			    kinds[i][1]);
	}
}

struct json_object *
criteria_rows_read(struct json_object *rows, struct problems *problems)
{
	const char *type = text_member(rows, "type");

	check_unused_rows(rows, type, problems);
	if (*type == '\0')
		return NULL;
	if (strcmp(type, "json") == 0)
		return read_typed_json(text_member(rows, "json"), problems);
	struct json_object *o = json_object_new_object();
	json_object_object_add(o, "type", json_object_new_string(type));
	json_object_object_add(
	    o, "filters", make_filters(rows, strcmp(type, "user") == 0, problems));
	return o;
}

/* Adds a row; false when the value cannot be written in one. */
static bool
add_row(struct json_object *list, const char *names[3], struct json_object *value)
{
	struct buf *out = buf_new(NULL, 64);
	struct json_object *row = json_object_new_object();
	bool range = json_object_is_type(value, json_type_object), good = true;
	size_t n = json_object_is_type(value, json_type_array) ? json_items(value)
	    : range ? 2 : 1;

	for (size_t i = 0; i < n; i++) {
		struct json_object *o = range
		    ? json_object_object_get(value, i == 0 ? "start" : "end")
		    : json_object_is_type(value, json_type_array)
		    ? json_item(value, i) : value;
		good = good && form_value_fits(o);
		buf_str(out, i == 0 ? "" : ", ");
		form_value_write(out, o);
	}
	json_object_object_add(row, names[0], json_object_new_string(names[1]));
	json_object_object_add(row, "operator", json_object_new_string(names[2]));
	json_object_object_add(row, "value", json_object_new_string(out->data));
	json_object_array_add(list, row);
	talloc_free(out);
	return good;
}

/* Adds rows for filters on users; false when one does not fit into a row. */
static bool
add_user_rows(struct json_object *list, struct json_object *filters)
{
	bool good = json_object_is_type(filters, json_type_object);

	if (!good)
		return false;
	json_object_object_foreach(json_members(filters), field, value) {
		if (!json_object_is_type(value, json_type_object)) {
			good &= add_row(list, (const char *[]){"field", field, ""}, value);
			continue;
		}
		json_object_object_foreach(json_members(value), operator, bound) {
			good &= form_value_fits(bound) &&
			    add_row(list, (const char *[]){"field", field, operator}, bound);
		}
	}
	return good;
}

/*
 * Adds rows for filters on devices; false when one does not fit. A filter without a value, as one
 * for existence, becomes a row with an empty field.
 */
static bool
add_device_rows(struct json_object *list, struct json_object *filters)
{
	bool good = json_object_is_type(filters, json_type_array);

	for (size_t i = 0; good && i < json_items(filters); i++) {
		struct json_object *o = json_item(filters, i), *value;
		const char *names[3] = {"name", text_member(o, "name"), text_member(o, "operator")};
		if (json_object_object_get_ex(o, "value", &value)) {
			good = add_row(list, names, value);
			continue;
		}
		struct json_object *nothing = json_object_new_array();
		good = add_row(list, names, nothing);
		json_object_put(nothing);
	}
	return good;
}

struct json_object *
criteria_rows_of(struct json_object *criteria)
{
	struct json_object *rows = json_object_new_object(), *list = json_object_new_array();
	struct json_object *filters = json_object_object_get(criteria, "filters");
	const char *type = text_member(criteria, "type");
	bool users = strcmp(type, "user") == 0, devices = strcmp(type, "device") == 0;
	bool fits = (users && add_user_rows(list, filters)) ||
	    (devices && add_device_rows(list, filters));

	if (criteria != NULL && !fits)
		json_object_object_add(rows, "json", json_object_new_string(
		    json_object_to_json_string_ext(criteria, JSON_C_TO_STRING_PRETTY |
		    JSON_C_TO_STRING_SPACED | JSON_C_TO_STRING_NOSLASHESCAPE)));
	if (fits)
		json_object_object_add(rows, type, json_object_get(list));
	json_object_object_add(
	    rows, "type", json_object_new_string(fits ? type : criteria == NULL ? "" : "json"));
	json_object_put(list);
	return rows;
}

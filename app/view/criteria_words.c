/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Criteria in words, for the audience page. They were valid when they were stored, so unknown
 * operators appear as they are.
 */
#include "view/criteria_words.h"

#include <stdbool.h>
#include <string.h>

#include "base/buf.h"
#include "base/json.h"
#include "base/jsonutil.h"
#include "base/mem.h"

static const struct {
	const char *operator;
	const char *words; /* before the value */
} words[] = {
	{"EQ", "is"}, {"NE", "is present and is not"}, {"IN", "is one of"}, {"NIN", "is none of"},
	{"ISNULL", "is absent"}, {"ISNOTNULL", "is present"}, {"ISEMPTY", "is empty"},
	{"ISNOTEMPTY", "is not empty"}, {"RANGE", "is"}, {"LT", "is below"}, {"GT", "is above"},
	{"<=", "is at most"}, {"<", "is below"}, {">=", "is at least"}, {">", "is above"},
	{"startsWith", "begins with"},
};

static const char *
operator_words(const char *operator)
{
	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
		if (strcmp(words[i].operator, operator) == 0)
			return words[i].words;
	return operator;
}

/* A value, a list of them, or a range. */
static void
add_value(struct buf *out, struct json_object *value)
{
	if (value == NULL) {
		buf_str(out, "null");
	} else if (json_object_is_type(value, json_type_array)) {
		for (size_t i = 0; i < json_items(value); i++) {
			buf_str(out, i == 0 ? "" : ", ");
			add_value(out, json_item(value, i));
		}
	} else if (json_object_is_type(value, json_type_object)) {
		buf_str(out, "from ");
		add_value(out, json_object_object_get(value, "start"));
		buf_str(out, " to ");
		add_value(out, json_object_object_get(value, "end"));
	} else {
		buf_str(out, json_plain(value));
	}
}

/* Values come from people and may hold NUL, so the length is passed on. */
static void
add_sentence(struct json_object *list, const struct buf *text)
{
	json_object_array_add(list, json_object_new_string_len(text->data, (int)text->len));
}

/* field: value, list of values, or {operator: value, ..} */
static void
add_user_sentence(struct json_object *list, const char *field, struct json_object *value)
{
	struct buf *out = buf_new(NULL, 128);

	buf_printf(out, "%s ", field);
	if (json_object_is_type(value, json_type_object)) {
		const char *gap = "";
		json_object_object_foreach(json_members(value), operator, bound) {
			buf_printf(out, "%s%s ", gap, operator_words(operator));
			add_value(out, bound);
			gap = " and ";
		}
	} else {
		bool many = json_object_is_type(value, json_type_array);
		buf_str(out, many ? "is one of " : "is ");
		add_value(out, value);
	}
	add_sentence(list, out);
	talloc_free(out);
}

/* {name, operator, value} */
static void
add_device_sentence(struct json_object *list, struct json_object *filter)
{
	struct buf *out = buf_new(NULL, 128);
	struct json_object *value;
	bool valued = json_object_object_get_ex(filter, "value", &value) && value != NULL;

	buf_printf(out, "%s %s", json_object_get_string(json_object_object_get(filter, "name")),
	    operator_words(json_object_get_string(json_object_object_get(filter, "operator"))));
	if (valued) {
		buf_char(out, ' ');
		add_value(out, value);
	}
	add_sentence(list, out);
	talloc_free(out);
}

struct json_object *
criteria_words(void *ctx, struct json_object *criteria)
{
	struct json_object *list = mem_json(ctx, json_object_new_array());
	struct json_object *filters = json_object_object_get(criteria, "filters");
	const char *type = json_object_get_string(json_object_object_get(criteria, "type"));

	/* A rule is shown as JSON only. */
	if (type == NULL || strcmp(type, "rule") == 0)
		return list;
	if (json_object_is_type(filters, json_type_array)) {
		for (size_t i = 0; i < json_items(filters); i++)
			add_device_sentence(list, json_item(filters, i));
	} else if (json_object_is_type(filters, json_type_object)) {
		json_object_object_foreach(json_members(filters), field, value) {
			add_user_sentence(list, field, value);
		}
	}
	return list;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Rules in words, for the pages of experiments and segmentations. Parts within others are put in
 * brackets where the order of evaluation would be unclear.
 */
#include "view/rule_words.h"

#include <stdbool.h>
#include <string.h>

#include "base/buf.h"
#include "base/json.h"
#include "base/jsonutil.h"

static void write_rule(struct buf *out, struct json_object *rule, bool inside);

static const char *
member_text(struct json_object *o, const char *name)
{
	return json_object_get_string(json_object_object_get(o, name));
}

static void
write_value(struct buf *out, struct json_object *value)
{
	bool list = json_object_is_type(value, json_type_array);

	for (size_t i = 0; list && i < json_items(value); i++) {
		buf_str(out, i == 0 ? "" : ", ");
		write_value(out, json_item(value, i));
	}
	if (!list)
		buf_str(out, value == NULL ? "null" : json_plain(value));
}

static void
write_test(struct buf *out, struct json_object *term)
{
	static const char *const words[][2] = {{"eq", " is "}, {"ne", " is not "},
	    {"in", " is one of "}, {"nin", " is none of "}, {"lt", " < "}, {"lte", " <= "},
	    {"gt", " > "}, {"gte", " >= "}, {"starts_with", " starts with "}};
	struct json_object *value;

	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
		if (json_object_object_get_ex(term, words[i][0], &value)) {
			buf_str(out, words[i][1]);
			write_value(out, value);
			return;
		}
	value = json_object_object_get(term, "exists");
	buf_str(out, json_object_get_boolean(value) ? " is known" : " is not known");
}

static void
write_term(struct buf *out, const char *subject, struct json_object *term)
{
	if (strcmp(subject, "attribute") == 0)
		buf_str(out, member_text(term, "path"));
	else if (strcmp(subject, "tag") == 0)
		buf_printf(out, "tag %s of %s", member_text(term, "key"),
		    member_text(term, "scope"));
	else if (strcmp(subject, "group") == 0)
		buf_printf(out, "group of %s", member_text(term, "segmentation"));
	else if (strcmp(subject, "alternative") == 0)
		buf_printf(out, "alternative of %s", member_text(term, "experiment"));
	else
		buf_str(out, subject);
	write_test(out, term);
}

/* Several parts within another rule need brackets. */
static void
write_parts(struct buf *out, struct json_object *parts, const char *between, bool inside)
{
	size_t n = json_items(parts);
	bool brackets = inside && n > 1;

	buf_str(out, brackets ? "(" : "");
	for (size_t i = 0; i < n; i++) {
		buf_str(out, i == 0 ? "" : between);
		write_rule(out, json_item(parts, i), n > 1);
	}
	buf_str(out, brackets ? ")" : "");
}

/* The recursion is bounded by the depth of valid rules. */
static void
write_rule(struct buf *out, struct json_object *rule, bool inside)
{
	json_object_object_foreach(json_members(rule), name, part) {
		if (strcmp(name, "all") == 0)
			write_parts(out, part, " and ", inside);
		else if (strcmp(name, "any") == 0)
			write_parts(out, part, " or ", inside);
		else if (strcmp(name, "not") == 0) {
			buf_str(out, "not (");
			write_rule(out, part, false);
			buf_char(out, ')');
		} else
			write_term(out, name, part);
	}
}

const char *
rule_words(void *ctx, struct json_object *rule)
{
	struct buf *out = buf_new(ctx, 256);

	write_rule(out, rule, false);
	return out->data;
}

void
rule_words_add(void *ctx, struct json_object *groups)
{
	for (size_t i = 0; i < json_items(groups); i++) {
		struct json_object *o = json_item(groups, i), *rule;
		if (json_object_object_get_ex(o, "rule", &rule))
			json_object_object_add(
			    o, "rule_text", json_object_new_string(rule_words(ctx, rule)));
	}
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Converts between rows of a form and terms of rules. A rule fits into rows if it is a single term
 * or an `all` of terms, with values that fit into a field.
 */
#include "view/rule_rows.h"

#include <string.h>

#include "base/buf.h"
#include "base/jsonutil.h"
#include "base/mem.h"
#include "view/form_value.h"

/* The subjects of terms, and the member that names which one; a tag has a scope besides its key. */
static const struct {
	const char *word, *member;
} subjects[] = {{"attribute", "path"}, {"tag", "key"}, {"group", "segmentation"},
    {"alternative", "experiment"}, {"kind", NULL}};

enum { SUBJECTS = sizeof subjects / sizeof subjects[0] };

/* A member as text; "" where it is missing or not a string. */
static const char *
text_of(struct json_object *o, const char *name)
{
	struct json_object *value = json_object_object_get(o, name);

	return json_object_is_type(value, json_type_string) ? json_object_get_string(value) : "";
}

static void
put_text(struct json_object *o, const char *name, const char *value, size_t n)
{
	json_object_object_add(o, name, json_object_new_string_len(value, (int)n));
}

/* Whether the test compares with a list. */
static bool
is_list(const char *test)
{
	return strcmp(test, "in") == 0 || strcmp(test, "nin") == 0;
}

/* Adds the test of a row to the term. Both choices about presence are `exists` in a rule. */
static void
add_term_test(struct json_object *term, const char *test, const char *value)
{
	bool absent = strcmp(test, "absent") == 0;

	if (absent || strcmp(test, "exists") == 0)
		json_object_object_add(term, "exists", json_object_new_boolean(!absent));
	else
		json_object_object_add(term, *test == '\0' ? "eq" : test,
		    is_list(test) ? form_values_read(value)
				  : form_value_read(value, strlen(value)));
}

/* "course:x:grade" is the key grade in the scope course:x; without a colon the scope is global. */
static void
add_tag_name(struct json_object *term, const char *what)
{
	const char *colon = strrchr(what, ':');

	if (colon == NULL)
		json_object_object_add(term, "scope", json_object_new_string("global"));
	else
		put_text(term, "scope", what, (size_t)(colon - what));
	what = colon == NULL ? what : colon + 1;
	put_text(term, "key", what, strlen(what));
}

struct json_object *
rule_rows_term(struct json_object *row)
{
	struct json_object *out = json_object_new_object(), *term = json_object_new_object();
	const char *of = text_of(row, "of"), *what = text_of(row, "what");
	const char *word = *of == '\0' ? "attribute" : of;

	for (size_t i = 0; i < SUBJECTS; i++) {
		if (strcmp(word, subjects[i].word) != 0 || subjects[i].member == NULL)
			continue;
		if (strcmp(word, "tag") == 0)
			add_tag_name(term, what);
		else
			put_text(term, subjects[i].member, what, strlen(what));
	}
	add_term_test(term, text_of(row, "test"), text_of(row, "value"));
	json_object_object_add(out, word, term);
	return out;
}

/* Puts a value or a list of values into row; false when a field cannot hold it. */
static bool
put_value(struct json_object *value, bool list, struct json_object *row)
{
	size_t n = list ? json_items(value) : 1;
	struct buf *out = buf_new(NULL, 64);
	bool fits = true;

	for (size_t i = 0; i < n; i++) {
		struct json_object *o = list ? json_item(value, i) : value;
		fits = fits && form_value_fits(o);
		buf_str(out, i == 0 ? "" : ", ");
		form_value_write(out, o);
	}
	put_text(row, "value", out->data, strlen(out->data));
	talloc_free(out);
	return fits;
}

/* Puts the test of a term, which has skip other members, into row; false when it does not fit. */
static bool
put_test(struct json_object *term, int skip, struct json_object *row)
{
	static const char *const tests[] = {"eq", "ne", "in", "nin", "lt", "lte", "gt", "gte",
	    "starts_with"};
	struct json_object *value;

	if (json_member_count(term) != skip + 1)
		return false;
	if (json_object_object_get_ex(term, "exists", &value)) {
		const char *word = json_object_get_boolean(value) ? "exists" : "absent";
		put_text(row, "test", word, strlen(word));
		return true;
	}
	for (size_t i = 0; i < sizeof tests / sizeof tests[0]; i++) {
		if (!json_object_object_get_ex(term, tests[i], &value))
			continue;
		put_text(row, "test", tests[i], i == 0 ? 0 : strlen(tests[i]));
		return put_value(value, is_list(tests[i]), row);
	}
	return false;
}

/*
 * Writes a term into a row; false when it does not fit. A key of a tag with a colon could not be
 * told from its scope.
 */
static bool
put_row(struct json_object *rule, struct json_object *row)
{
	struct json_object *term;

	for (size_t i = 0; i < SUBJECTS; i++) {
		const char *word = subjects[i].word, *member = subjects[i].member;
		if (!json_object_object_get_ex(rule, word, &term))
			continue;
		put_text(row, "of", word, i == 0 ? 0 : strlen(word));
		const char *name = member == NULL ? "" : text_of(term, member);
		bool tag = strcmp(word, "tag") == 0;
		struct buf *what = buf_new(NULL, 64);
		buf_printf(what, "%s%s%s", tag ? text_of(term, "scope") : "", tag ? ":" : "", name);
		put_text(row, "what", what->data, strlen(what->data));
		talloc_free(what);
		return (!tag || strchr(name, ':') == NULL) &&
		    put_test(term, member == NULL ? 0 : tag ? 2 : 1, row);
	}
	return false;
}

bool
rule_rows_of(struct json_object *rule, const char *group, size_t most, struct json_object *list)
{
	struct json_object *all = json_object_object_get(rule, "all");
	size_t n = all == NULL ? 1 : json_items(all);
	struct json_object *rows = json_object_new_array();
	bool fits = n <= most;

	for (size_t i = 0; fits && i < n; i++) {
		struct json_object *row = json_object_new_object();
		json_object_array_add(rows, row);
		put_text(row, "group", group, strlen(group));
		fits = put_row(all == NULL ? rule : json_item(all, i), row);
	}
	for (size_t i = 0; fits && i < n; i++)
		json_object_array_add(list, json_object_get(json_item(rows, i)));
	json_object_put(rows);
	return fits;
}

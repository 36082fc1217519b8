/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One condition on the terms of a profile: its parts are read from JSON for criteria and for rules,
 * and it is evaluated on a profile without a database. criteria_sql.c compiles the same conditions
 * to SQL and has to agree with condition_holds in every case; the tests compare the two on random
 * profiles.
 */
#include "core/audience/condition.h"

#include <math.h>
#include <string.h>

#include "base/buf.h"
#include "base/decimal.h"
#include "base/instant.h"
#include "base/jsonutil.h"
#include "base/mem.h"
#include "core/audience/subject_terms.h"
#include "core/subject/tag.h"
#include "base/text.h"

bool
condition_problem(const struct condition_reader *r, const char *at, const char *why)
{
	problem_add(r->problems, at, "%s", why);
	return false;
}

/* RFC 6901: in a pointer ~ is written as ~0 and / as ~1. */
const char *
condition_pointer(const struct condition_reader *r, const char *at, const char *name)
{
	struct buf *out = buf_new(r->ctx, strlen(at) + strlen(name) + 2);

	buf_printf(out, "%s/", at);
	for (const char *s = name; *s != '\0'; s++)
		if (*s == '~' || *s == '/')
			buf_str(out, *s == '~' ? "~0" : "~1");
		else
			buf_char(out, *s);
	return out->data;
}

/* Whether name begins with "tag:" and is not tag:<scope>:<key>. */
static bool
tag_field_is_malformed(void *ctx, const char *name)
{
	static const char start[] = "tag:";
	const char *scope = name + sizeof start - 1, *colon = strrchr(name, ':');

	if (strncmp(name, start, sizeof start - 1) != 0)
		return false;
	return colon <= scope || !tag_key_is_valid(colon + 1) ||
	    tag_scope_fault(ctx, mem_dupn(ctx, scope, (size_t)(colon - scope))) != NULL;
}

bool
condition_path(
    const struct condition_reader *r, const char *name, const char *at, struct condition *c)
{
	char *live_path = subject_terms_field(r->ctx, name, &c->segmentation);
	const char *fault = text_fault(r->ctx, name, strlen(name),
	    live_path != NULL ? CONDITION_NAME : CONDITION_PATH);

	if (fault != NULL)
		return condition_problem(
		    r, at, mem_printf(r->ctx, "the name of the field %s", fault));
	if (tag_field_is_malformed(r->ctx, name))
		return condition_problem(r, at, "is not a valid tag field: use tag:<scope>:<key>");
	c->name = mem_dup(r->ctx, name);
	c->exact = c->segmentation != NULL;
	c->live = live_path != NULL;
	c->path = c->live ? live_path : terms_path(r->ctx, name);
	return true;
}

static bool
add_wanted_term(const struct condition_reader *r, struct json_object *value, const char *at,
    struct condition *c)
{
	bool exact = c->exact && json_object_is_type(value, json_type_string);
	char *term = terms_scalar(r->ctx, c->path,
	    exact ? subject_terms_exact(r->ctx, json_object_get_string(value)) : value);

	if (term == NULL)
		return condition_problem(r, at, "must be a string, a number or a boolean");
	c->terms[c->wanted++] = term;
	return true;
}

bool
condition_wanted(const struct condition_reader *r, struct json_object *value, const char *at,
    struct condition *c)
{
	bool good = true;

	if (!json_object_is_type(value, json_type_array)) {
		c->terms = mem_array(r->ctx, const char *, 1);
		return add_wanted_term(r, value, at, c);
	}
	size_t n = json_items(value);
	if (n == 0 || n > CONDITION_VALUES)
		return condition_problem(
		    r, at, n == 0 ? "must not be an empty list" : "has more than 1000 values");
	c->terms = mem_array(r->ctx, const char *, n);
	for (size_t i = 0; i < n; i++)
		good &= add_wanted_term(r, json_item(value, i),
		    mem_printf(r->ctx, "%s/%zu", at, i), c);
	return good;
}

/* The type by which a bound compares: number, instant or string; 0 for any other JSON type. */
static int
bound_tag(struct json_object *value)
{
	int64_t at;
	bool day;

	if (json_object_is_type(value, json_type_int) ||
	    json_object_is_type(value, json_type_double))
		return TERM_NUMBER;
	if (!json_object_is_type(value, json_type_string))
		return 0;
	if (terms_instant(json_object_get_string(value), &at, &day))
		return TERM_INSTANT;
	return decimal_is_valid(json_object_get_string(value)) ? TERM_NUMBER : TERM_STRING;
}

/*
 * One side of a range, of type c->tag. A day stands for all its instants, so "after the day" and
 * "up to the day" both turn into a bound at the start of the next day.
 */
static struct bound
make_bound(const struct condition_reader *r, const struct condition *c, struct json_object *value,
    bool open, bool upper)
{
	struct bound b = {.set = true, .open = open};
	int64_t at;
	bool day;

	if (c->tag == TERM_NUMBER) /* without the tag byte that begins the term */
		b.text = terms_scalar(r->ctx, "", value) + 1;
	if (c->tag == TERM_STRING)
		b.text = terms_fold(r->ctx, json_object_get_string(value));
	if (c->tag == TERM_INSTANT && terms_instant(json_object_get_string(value), &at, &day)) {
		bool next = day && upper != open;
		b.open = next ? !open : open;
		b.text = mem_printf(r->ctx, "%lld", (long long)(next ? at + INSTANT_DAY : at));
	}
	return b;
}

bool
condition_bound(const struct condition_reader *r, struct condition *c, const char *op,
    struct json_object *value, const char *at)
{
	bool upper = op[0] == '<';
	struct bound *b = upper ? &c->high : &c->low;
	int tag = bound_tag(value);

	if (b->set)
		return condition_problem(r, at, "is a second bound on the same side");
	if (tag == 0)
		return condition_problem(r, at, "must be a number, a date or a text");
	if (c->op == CONDITION_RANGE && (c->low.set || c->high.set) && c->tag != (enum term_tag)tag)
		return condition_problem(r, at, "both bounds must be of one type");
	c->op = CONDITION_RANGE;
	c->tag = (enum term_tag)tag;
	*b = make_bound(r, c, value, op[1] != '=', upper);
	return true;
}

bool
condition_prefix(const struct condition_reader *r, struct condition *c, struct json_object *value,
    const char *at)
{
	const char *fault = text_fault_json(r->ctx, value, TERM_VALUE);

	if (fault != NULL)
		return condition_problem(r, at, fault);
	c->op = CONDITION_PREFIX;
	c->prefix = mem_printf(r->ctx, "%s%c%s", c->path, TERM_STRING,
	    terms_fold(r->ctx, json_object_get_string(
	    c->exact ? subject_terms_exact(r->ctx, json_object_get_string(value)) : value)));
	return true;
}

bool
condition_range(const struct condition_reader *r, struct json_object *value, const char *at,
    struct condition *c)
{
	struct json_object *start = NULL;
	struct json_object *end = NULL;

	json_object_object_get_ex(value, "start", &start);
	json_object_object_get_ex(value, "end", &end);
	int tag = bound_tag(start);
	if (start == NULL || end == NULL)
		return condition_problem(r, at, "must be an object with start and end");
	if (tag == 0 || tag == TERM_STRING || tag != bound_tag(end))
		return condition_problem(r, at, "start and end must be two numbers or two dates");
	c->tag = (enum term_tag)tag;
	c->low = make_bound(r, c, start, false, false);
	c->high = make_bound(r, c, end, tag == TERM_INSTANT, true);
	if (decimal_compare(c->low.text, c->high.text) > 0)
		return condition_problem(r, at, "start must not be after end");
	return true;
}

/* ---- Evaluation on one profile ----------------------------------------------------------- */

static bool
has_any_term(const struct condition *c, const struct terms *t)
{
	for (size_t i = 0; i < c->wanted; i++)
		if (terms_has(t, c->terms[i]))
			return true;
	return false;
}

/*
 * Iterates over the values of the condition's field, each from its tag byte on; NULL after the
 * last. *i starts at terms_from(t, c->path). Paths that merely begin with this one are skipped:
 * they go on with another byte than a tag or a dot. A dot is a field below this one, so the field
 * is not null.
 */
static const char *
next_value_of_path(const struct condition *c, const struct terms *t, size_t *i)
{
	size_t n = strlen(c->path);

	for (; *i < t->n && strncmp(t->list[*i], c->path, n) == 0; ++*i) {
		const char *rest = t->list[*i] + n;
		if (strchr("=#?@!.", *rest) == NULL || *rest == '\0')
			continue;
		++*i;
		return rest;
	}
	return NULL;
}

static bool
field_is_null(const struct condition *c, const struct terms *t)
{
	size_t i = terms_from(t, c->path);

	return next_value_of_path(c, t, &i) == NULL;
}

static bool
field_is_empty(const struct condition *c, const struct terms *t)
{
	size_t i = terms_from(t, c->path);

	for (const char *rest; (rest = next_value_of_path(c, t, &i)) != NULL;)
		if (*rest != TERM_EMPTY && strcmp(rest, "=") != 0)
			return false;
	return true;
}

static bool
is_within_bounds(const struct condition *c, const char *value)
{
	int (*order)(const char *, const char *) =
	    c->tag == TERM_STRING ? strcmp : decimal_compare;

	if (c->low.set && order(value, c->low.text) < (c->low.open ? 1 : 0))
		return false;
	return !c->high.set || order(value, c->high.text) <= (c->high.open ? -1 : 0);
}

/*
 * Whether the value of a term, from its tag byte on, is within the bounds. Strings that hold a
 * number compare by value with numeric bounds; where the bounds are dates, numbers and such strings
 * count as instants (decimal_instant). Must agree with term_number and term_instant in SQL.
 */
static bool
value_in_range(const struct condition *c, const char *rest)
{
	int64_t at;

	if (*rest == (char)c->tag && (c->tag != TERM_NUMBER || decimal_is_valid(rest + 1)))
		return is_within_bounds(c, rest + 1);
	if (c->tag == TERM_STRING || (*rest != TERM_NUMBER && *rest != TERM_STRING) ||
	    !decimal_is_valid(rest + 1))
		return false;
	if (c->tag == TERM_NUMBER)
		return is_within_bounds(c, rest + 1);
	if (!decimal_instant(rest + 1, &at))
		return false;
	char *text = mem_printf(NULL, "%lld", (long long)at);
	bool good = is_within_bounds(c, text);
	talloc_free(text);
	return good;
}

static bool
any_value_in_range(const struct condition *c, const struct terms *t)
{
	size_t i = terms_from(t, c->path);

	for (const char *rest; (rest = next_value_of_path(c, t, &i)) != NULL;)
		if (value_in_range(c, rest))
			return true;
	return false;
}

static bool
has_term_with_prefix(const struct condition *c, const struct terms *t)
{
	size_t i = terms_from(t, c->prefix);

	return i < t->n && strncmp(t->list[i], c->prefix, strlen(c->prefix)) == 0;
}

bool
condition_holds(const struct condition *c, const struct terms *t)
{
	switch (c->op) {
	case CONDITION_ANY:
		return has_any_term(c, t);
	case CONDITION_NONE:
		return !has_any_term(c, t);
	case CONDITION_NOT_EQUAL:
		return !has_any_term(c, t) && !field_is_null(c, t);
	case CONDITION_NULL:
		return field_is_null(c, t);
	case CONDITION_NOT_NULL:
		return !field_is_null(c, t);
	case CONDITION_EMPTY:
		return field_is_empty(c, t);
	case CONDITION_NOT_EMPTY:
		return !field_is_empty(c, t);
	case CONDITION_RANGE:
		return any_value_in_range(c, t);
	case CONDITION_PREFIX:
		return has_term_with_prefix(c, t);
	}
	return false;
}

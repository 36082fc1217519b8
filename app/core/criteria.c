/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Criteria as people write them, in the two forms of the design: for users an object of fields,
 * for devices a list of name, operator and value. Both become the same conditions.
 */
#include "core/criteria.h"

#include <math.h>
#include <string.h>

#include "base/instant.h"
#include "base/mem.h"
#include "core/text.h"

/* What a reader needs everywhere: where memory and problems go. */
struct reader {
	void *ctx;
	struct problems *problems;
};

static bool
wrong(const struct reader *r, const char *at, const char *why)
{
	problem_add(r->problems, at, "%s", why);
	return false;
}

/* The JSON pointer of a member (RFC 6901): ~ is written ~0, and / is ~1. */
static const char *
below(const struct reader *r, const char *at, const char *name)
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

static bool
read_path(const struct reader *r, const char *name, const char *at, struct condition *c)
{
	const char *fault = text_fault(r->ctx, name, strlen(name), CRITERIA_PATH);

	if (fault != NULL)
		return wrong(r, at, mem_printf(r->ctx, "the name of the field %s", fault));
	c->path = terms_path(r->ctx, name);
	return true;
}

static bool
add_wanted(const struct reader *r, struct json_object *value, const char *at, struct condition *c)
{
	char *term = terms_scalar(r->ctx, c->path, value);

	if (term == NULL)
		return wrong(r, at, "must be a string, a number or a boolean");
	c->terms[c->wanted++] = term;
	return true;
}

/* A scalar, or a list of them of which any will do. */
static bool
read_wanted(const struct reader *r, struct json_object *value, const char *at, struct condition *c)
{
	bool good = true;

	if (!json_object_is_type(value, json_type_array)) {
		c->terms = mem_array(r->ctx, const char *, 1);
		return add_wanted(r, value, at, c);
	}
	size_t n = json_object_array_length(value);
	if (n == 0 || n > CRITERIA_VALUES)
		return wrong(
		    r, at, n == 0 ? "must not be an empty list" : "has more than 1000 values");
	c->terms = mem_array(r->ctx, const char *, n);
	for (size_t i = 0; i < n; i++)
		good &= add_wanted(r, json_object_array_get_idx(value, i),
		    mem_printf(r->ctx, "%s/%zu", at, i), c);
	return good;
}

/* What a bound compares: a number, an instant, or a text; 0 for anything else. */
static int
tag_of(struct json_object *value)
{
	int64_t at;
	bool day;

	if (json_object_is_type(value, json_type_int) ||
	    json_object_is_type(value, json_type_double))
		return TERM_NUMBER;
	if (!json_object_is_type(value, json_type_string))
		return 0;
	return terms_instant(json_object_get_string(value), &at, &day) ? TERM_INSTANT : TERM_STRING;
}

/*
 * One side of a range, of type c->tag. A day stands for all its instants: what is after it
 * begins with the next day.
 */
static struct bound
make_bound(const struct reader *r, const struct condition *c, struct json_object *value, bool open,
    bool upper)
{
	struct bound b = {.set = true, .open = open};
	int64_t at;
	bool day;

	if (c->tag == TERM_NUMBER)
		b.number = json_object_get_double(value);
	if (c->tag == TERM_STRING)
		b.text = terms_fold(r->ctx, json_object_get_string(value));
	if (c->tag == TERM_INSTANT && terms_instant(json_object_get_string(value), &at, &day)) {
		bool next = day && upper != open;
		b.open = next ? !open : open;
		b.number = (double)(next ? at + INSTANT_DAY : at);
	}
	return b;
}

static bool
read_bound(const struct reader *r, struct condition *c, const char *op, struct json_object *value,
    const char *at)
{
	bool upper = op[0] == '<';
	struct bound *b = upper ? &c->high : &c->low;
	int tag = tag_of(value);

	if (b->set)
		return wrong(r, at, "a second bound on the same side");
	if (tag == 0)
		return wrong(r, at, "must be a number, a date or a text");
	if (c->op == CONDITION_RANGE && (c->low.set || c->high.set) && c->tag != (enum term_tag)tag)
		return wrong(r, at, "both bounds must be of one type");
	c->op = CONDITION_RANGE;
	c->tag = (enum term_tag)tag;
	*b = make_bound(r, c, value, op[1] != '=', upper);
	return true;
}

static bool
read_prefix(const struct reader *r, struct condition *c, struct json_object *value, const char *at)
{
	const char *fault = text_fault_json(r->ctx, value, TERM_VALUE);

	if (fault != NULL)
		return wrong(r, at, fault);
	c->op = CONDITION_PREFIX;
	c->prefix = mem_printf(r->ctx, "%s%c%s", c->path, TERM_STRING,
	    terms_fold(r->ctx, json_object_get_string(value)));
	return true;
}

/* {"<=": 5}, {">": "2019-02-10", "<": "2019-03-01"}, {"startsWith": "sun"} */
static bool
read_comparison(const struct reader *r, struct json_object *o, const char *at, struct condition *c)
{
	static const char *const ops[] = {"<=", "<", ">=", ">"};
	bool good = json_object_object_length(o) > 0;

	if (!good)
		return wrong(r, at, "names no comparison");
	json_object_object_foreach(o, op, value) {
		const char *here = below(r, at, op);
		bool known = false;
		for (size_t i = 0; i < sizeof ops / sizeof ops[0]; i++)
			known = known || strcmp(op, ops[i]) == 0;
		if (known)
			good &= read_bound(r, c, op, value, here);
		else if (strcmp(op, "startsWith") != 0)
			good &= wrong(r, here, "is no operator: <=, <, >=, > or startsWith");
		else if (json_object_object_length(o) > 1)
			good &= wrong(r, here, "stands alone");
		else
			good &= read_prefix(r, c, value, here);
	}
	return good;
}

static bool
read_user_filters(const struct reader *r, struct json_object *filters, const char *at,
    struct criteria *out)
{
	bool good = true;

	if (!json_object_is_type(filters, json_type_object))
		return wrong(r, at, "must be an object for criteria of this type");
	int n = json_object_object_length(filters);
	if (n == 0 || n > CRITERIA_CONDITIONS)
		return wrong(r, at, n == 0 ? "must not be empty" : "has more than 100 conditions");
	json_object_object_foreach(filters, name, value) {
		struct condition *c = &out->list[out->n++];
		const char *here = below(r, at, name);
		if (!read_path(r, name, here, c))
			good = false;
		else if (json_object_is_type(value, json_type_object))
			good &= read_comparison(r, value, here, c);
		else
			good &= read_wanted(r, value, here, c);
	}
	return good;
}

/* {"start": .., "end": ..}: numbers with both ends, days from the first up to the last. */
static bool
read_range(const struct reader *r, struct json_object *value, const char *at, struct condition *c)
{
	struct json_object *start = NULL;
	struct json_object *end = NULL;

	json_object_object_get_ex(value, "start", &start);
	json_object_object_get_ex(value, "end", &end);
	int tag = tag_of(start);
	if (start == NULL || end == NULL)
		return wrong(r, at, "must be an object with start and end");
	if (tag == 0 || tag == TERM_STRING || tag != tag_of(end))
		return wrong(r, at, "start and end must be two numbers or two dates");
	c->tag = (enum term_tag)tag;
	c->low = make_bound(r, c, start, false, false);
	c->high = make_bound(r, c, end, tag == TERM_INSTANT, true);
	if (c->low.number > c->high.number)
		return wrong(r, at, "start must not be after end");
	return true;
}

static bool
read_nothing(const struct reader *r, struct json_object *value, const char *at, struct condition *c)
{
	(void)c;
	return value == NULL || wrong(r, at, "this operator takes no value");
}

static bool
read_below(const struct reader *r, struct json_object *value, const char *at, struct condition *c)
{
	return read_bound(r, c, "<", value, at);
}

static bool
read_above(const struct reader *r, struct json_object *value, const char *at, struct condition *c)
{
	return read_bound(r, c, ">", value, at);
}

static bool
read_one(const struct reader *r, struct json_object *value, const char *at, struct condition *c)
{
	if (json_object_is_type(value, json_type_array))
		return wrong(r, at, "must be a single value; IN and NIN take lists");
	return read_wanted(r, value, at, c);
}

static bool
read_list(const struct reader *r, struct json_object *value, const char *at, struct condition *c)
{
	if (!json_object_is_type(value, json_type_array))
		return wrong(r, at, "must be a list");
	return read_wanted(r, value, at, c);
}

static const struct {
	const char *name;
	enum condition_op op;
	bool (*read)(const struct reader *, struct json_object *, const char *, struct condition *);
} operators[] = {
	{"EQ", CONDITION_ANY, read_one},
	{"NE", CONDITION_NOT_EQUAL, read_one},
	{"IN", CONDITION_ANY, read_list},
	{"NIN", CONDITION_NONE, read_list},
	{"ISNULL", CONDITION_NULL, read_nothing},
	{"ISNOTNULL", CONDITION_NOT_NULL, read_nothing},
	{"ISEMPTY", CONDITION_EMPTY, read_nothing},
	{"ISNOTEMPTY", CONDITION_NOT_EMPTY, read_nothing},
	{"RANGE", CONDITION_RANGE, read_range},
	{"LT", CONDITION_RANGE, read_below},
	{"GT", CONDITION_RANGE, read_above},
};

static bool
read_device_filter(const struct reader *r, struct json_object *filter, const char *at,
    struct condition *c)
{
	struct json_object *name = json_object_object_get(filter, "name");
	struct json_object *operator = json_object_object_get(filter, "operator");

	if (!json_object_is_type(filter, json_type_object))
		return wrong(r, at, "must be an object with name, operator and value");
	if (!json_object_is_type(name, json_type_string))
		return wrong(r, below(r, at, "name"), "must be a string");
	if (!read_path(r, json_object_get_string(name), below(r, at, "name"), c))
		return false;
	const char *word = json_object_is_type(operator, json_type_string)
	    ? json_object_get_string(operator) : "";
	for (size_t i = 0; i < sizeof operators / sizeof operators[0]; i++) {
		if (strcmp(word, operators[i].name) != 0)
			continue;
		c->op = operators[i].op;
		return operators[i].read(
		    r, json_object_object_get(filter, "value"), below(r, at, "value"), c);
	}
	return wrong(r, below(r, at, "operator"),
	    "must be EQ, NE, IN, NIN, ISNULL, ISNOTNULL, ISEMPTY, "
	    "ISNOTEMPTY, RANGE, LT or GT");
}

static bool
read_device_filters(const struct reader *r, struct json_object *filters, const char *at,
    struct criteria *out)
{
	bool good = true;

	if (!json_object_is_type(filters, json_type_array))
		return wrong(r, at, "must be a list for criteria of this type");
	size_t n = json_object_array_length(filters);
	if (n == 0 || n > CRITERIA_CONDITIONS)
		return wrong(r, at, n == 0 ? "must not be empty" : "has more than 100 conditions");
	for (size_t i = 0; i < n; i++)
		good &= read_device_filter(r, json_object_array_get_idx(filters, i),
		    mem_printf(r->ctx, "%s/%zu", at, i), &out->list[out->n++]);
	return good;
}

struct criteria *
criteria_read(void *ctx, struct json_object *o, const char *at, struct problems *problems)
{
	struct reader r = {ctx, problems};
	struct criteria *out = mem_new(ctx, struct criteria);
	struct json_object *type = json_object_object_get(o, "type");
	struct json_object *filters = json_object_object_get(o, "filters");
	const char *word =
	    json_object_is_type(type, json_type_string) ? json_object_get_string(type) : "";
	const char *here = below(&r, at, "filters");
	bool good;

	out->list = mem_check(talloc_zero_array(ctx, struct condition, CRITERIA_CONDITIONS));
	if (strcmp(word, "user") == 0 || strcmp(word, "user_mod") == 0) {
		out->kind = SUBJECT_USER;
		good = read_user_filters(&r, filters, here, out);
	} else if (strcmp(word, "device") == 0 || strcmp(word, "device_mod") == 0) {
		out->kind = SUBJECT_DEVICE;
		good = read_device_filters(&r, filters, here, out);
	} else
		good = wrong(
		    &r, below(&r, at, "type"), "must be user, device, user_mod or device_mod");
	return good ? out : NULL;
}

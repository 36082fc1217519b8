/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One condition on the terms of a profile: what it asks, as criteria and rules write it.
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
condition_wrong(const struct condition_reader *r, const char *at, const char *why)
{
	problem_add(r->problems, at, "%s", why);
	return false;
}

/* The JSON pointer of a member (RFC 6901): ~ is written ~0, and / is ~1. */
const char *
condition_below(const struct condition_reader *r, const char *at, const char *name)
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

/* Whether a name that begins as a tag's goes on as one: tag:SCOPE:KEY. */
static bool
is_tag(void *ctx, const char *name)
{
	static const char start[] = "tag:";
	const char *scope = name + sizeof start - 1, *colon = strrchr(name, ':');

	if (strncmp(name, start, sizeof start - 1) != 0)
		return true;
	return colon > scope && tag_key_is(colon + 1) &&
	    tag_scope_fault(ctx, mem_dupn(ctx, scope, (size_t)(colon - scope))) == NULL;
}

bool
condition_path(
    const struct condition_reader *r, const char *name, const char *at, struct condition *c)
{
	bool beyond = subject_terms_field(r->ctx, name, &c->segmentation) != NULL;
	const char *fault = text_fault(
	    r->ctx, name, strlen(name), beyond ? CONDITION_NAME : CONDITION_PATH);

	if (fault != NULL)
		return condition_wrong(
		    r, at, mem_printf(r->ctx, "the name of the field %s", fault));
	if (!is_tag(r->ctx, name))
		return condition_wrong(r, at, "is no tag: tag:, a scope, a colon and a key");
	c->name = mem_dup(r->ctx, name);
	c->path = subject_terms_field(r->ctx, name, &c->segmentation);
	c->exact = c->segmentation != NULL;
	c->live = c->path != NULL;
	if (c->path == NULL)
		c->path = terms_path(r->ctx, name);
	return true;
}

static bool
add_wanted(const struct condition_reader *r, struct json_object *value, const char *at,
    struct condition *c)
{
	bool exact = c->exact && json_object_is_type(value, json_type_string);
	char *term = terms_scalar(r->ctx, c->path,
	    exact ? subject_terms_exact(r->ctx, json_object_get_string(value)) : value);

	if (term == NULL)
		return condition_wrong(r, at, "must be a string, a number or a boolean");
	c->terms[c->wanted++] = term;
	return true;
}

/* A scalar, or a list of them of which any will do. */
bool
condition_wanted(const struct condition_reader *r, struct json_object *value, const char *at,
    struct condition *c)
{
	bool good = true;

	if (!json_object_is_type(value, json_type_array)) {
		c->terms = mem_array(r->ctx, const char *, 1);
		return add_wanted(r, value, at, c);
	}
	size_t n = json_items(value);
	if (n == 0 || n > CONDITION_VALUES)
		return condition_wrong(
		    r, at, n == 0 ? "must not be an empty list" : "has more than 1000 values");
	c->terms = mem_array(r->ctx, const char *, n);
	for (size_t i = 0; i < n; i++)
		good &= add_wanted(r, json_item(value, i),
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
	if (terms_instant(json_object_get_string(value), &at, &day))
		return TERM_INSTANT;
	return decimal_is_valid(json_object_get_string(value)) ? TERM_NUMBER : TERM_STRING;
}

/*
 * One side of a range, of type c->tag. A day stands for all its instants: what is after it
 * begins with the next day.
 */
static struct bound
make_bound(const struct condition_reader *r, const struct condition *c, struct json_object *value,
    bool open, bool upper)
{
	struct bound b = {.set = true, .open = open};
	int64_t at;
	bool day;

	if (c->tag == TERM_NUMBER) /* behind the tag, as in a term */
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
	int tag = tag_of(value);

	if (b->set)
		return condition_wrong(r, at, "a second bound on the same side");
	if (tag == 0)
		return condition_wrong(r, at, "must be a number, a date or a text");
	if (c->op == CONDITION_RANGE && (c->low.set || c->high.set) && c->tag != (enum term_tag)tag)
		return condition_wrong(r, at, "both bounds must be of one type");
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
		return condition_wrong(r, at, fault);
	c->op = CONDITION_PREFIX;
	c->prefix = mem_printf(r->ctx, "%s%c%s", c->path, TERM_STRING,
	    terms_fold(r->ctx, json_object_get_string(
	    c->exact ? subject_terms_exact(r->ctx, json_object_get_string(value)) : value)));
	return true;
}

/* {"start": .., "end": ..}: numbers with both ends, days from the first up to the last. */
bool
condition_range(const struct condition_reader *r, struct json_object *value, const char *at,
    struct condition *c)
{
	struct json_object *start = NULL;
	struct json_object *end = NULL;

	json_object_object_get_ex(value, "start", &start);
	json_object_object_get_ex(value, "end", &end);
	int tag = tag_of(start);
	if (start == NULL || end == NULL)
		return condition_wrong(r, at, "must be an object with start and end");
	if (tag == 0 || tag == TERM_STRING || tag != tag_of(end))
		return condition_wrong(r, at, "start and end must be two numbers or two dates");
	c->tag = (enum term_tag)tag;
	c->low = make_bound(r, c, start, false, false);
	c->high = make_bound(r, c, end, tag == TERM_INSTANT, true);
	if (decimal_compare(c->low.text, c->high.text) > 0)
		return condition_wrong(r, at, "start must not be after end");
	return true;
}

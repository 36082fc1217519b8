/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The terms of rules: what is looked at, and what must be true of it.
 */
#include "core/audience/rule_term.h"

#include <string.h>

#include "base/jsonutil.h"
#include "base/mem.h"
#include "core/audience/subject_terms.h"
#include "core/experiment/member_names.h"
#include "base/text.h"

static bool
wrong(struct rule_terms *r, const char *at, const char *why)
{
	return condition_wrong(&r->r, at, why);
}

static const char *
below(struct rule_terms *r, const char *at, const char *name)
{
	return condition_below(&r->r, at, name);
}

/* A member that must be a name of at most that many bytes. */
static const char *
read_text(struct rule_terms *r, struct json_object *o, const char *name, const char *at,
    size_t most)
{
	struct json_object *value = json_object_object_get(o, name);
	const char *fault = text_fault_json(r->r.ctx, value, most);

	if (fault == NULL)
		return json_object_get_string(value);
	wrong(r, below(r, at, name), fault);
	return NULL;
}

static const char *
read_name(struct rule_terms *r, struct json_object *o, const char *name, const char *at)
{
	return read_text(r, o, name, at, CONDITION_NAME);
}

static bool
read_eq(struct rule_terms *r, struct json_object *value, const char *at, struct condition *c)
{
	if (json_object_is_type(value, json_type_array))
		return wrong(r, at, "must be a single value; in and nin take lists");
	c->op = CONDITION_ANY;
	return condition_wanted(&r->r, value, at, c);
}

static bool
read_ne(struct rule_terms *r, struct json_object *value, const char *at, struct condition *c)
{
	bool good = read_eq(r, value, at, c);

	c->op = CONDITION_NOT_EQUAL;
	return good;
}

static bool
read_in(struct rule_terms *r, struct json_object *value, const char *at, struct condition *c)
{
	if (!json_object_is_type(value, json_type_array))
		return wrong(r, at, "must be a list");
	c->op = CONDITION_ANY;
	return condition_wanted(&r->r, value, at, c);
}

static bool
read_nin(struct rule_terms *r, struct json_object *value, const char *at, struct condition *c)
{
	bool good = read_in(r, value, at, c);

	c->op = CONDITION_NOT_EQUAL;
	return good;
}

static bool
read_lt(struct rule_terms *r, struct json_object *value, const char *at, struct condition *c)
{
	return condition_bound(&r->r, c, "<", value, at);
}

static bool
read_lte(struct rule_terms *r, struct json_object *value, const char *at, struct condition *c)
{
	return condition_bound(&r->r, c, "<=", value, at);
}

static bool
read_gt(struct rule_terms *r, struct json_object *value, const char *at, struct condition *c)
{
	return condition_bound(&r->r, c, ">", value, at);
}

static bool
read_gte(struct rule_terms *r, struct json_object *value, const char *at, struct condition *c)
{
	return condition_bound(&r->r, c, ">=", value, at);
}

static bool
read_exists(struct rule_terms *r, struct json_object *value, const char *at, struct condition *c)
{
	if (!json_object_is_type(value, json_type_boolean))
		return wrong(r, at, "must be true or false");
	c->op = json_object_get_boolean(value) ? CONDITION_NOT_NULL : CONDITION_NULL;
	return true;
}

static bool
read_starts(struct rule_terms *r, struct json_object *value, const char *at, struct condition *c)
{
	return condition_prefix(&r->r, c, value, at);
}

static const struct {
	const char *name;
	bool (*read)(struct rule_terms *, struct json_object *, const char *, struct condition *);
	bool ordered; /* not for names */
} tests[] = {
	{"eq", read_eq, false},
	{"ne", read_ne, false},
	{"in", read_in, false},
	{"nin", read_nin, false},
	{"lt", read_lt, true},
	{"lte", read_lte, true},
	{"gt", read_gt, true},
	{"gte", read_gte, true},
	{"exists", read_exists, false},
	{"starts_with", read_starts, false},
};

enum { TESTS = sizeof tests / sizeof tests[0] };

/* The one test among the members of o, of which skip belong to its subject. */
static bool
read_test(struct rule_terms *r, struct json_object *o, int skip, const char *at,
    struct condition *c)
{
	if (json_member_count(o) != skip + 1)
		return wrong(r, at, "must have one test and nothing else");
	for (size_t i = 0; i < TESTS; i++) {
		struct json_object *value;
		if (!json_object_object_get_ex(o, tests[i].name, &value))
			continue;
		const char *here = below(r, at, tests[i].name);
		if (c->exact && tests[i].ordered)
			return wrong(r, here, "names have no order");
		return tests[i].read(r, value, here, c);
	}
	return wrong(r, at,
	    "has no test: eq, ne, in, nin, lt, lte, gt, gte, exists or starts_with");
}

static void
refer(struct rule_terms *r, enum rule_target target, struct json_object *o, const char *id,
    const char *at)
{
	struct json_object *wanted = json_object_object_get(o, "eq");

	for (size_t i = 0; wanted == NULL && i < 4; i++)
		wanted = json_object_object_get(o, tests[i].name);
	r->references[r->n++] = (struct rule_reference){target, id, at, wanted};
}

struct json_object *
rule_reference_json(const struct rule_reference *ref)
{
	struct json_object *o = json_object_new_object();

	json_object_object_add(o, "at", json_object_new_string(ref->at));
	json_object_object_add(o, "target", json_object_new_string(
	    ref->target == RULE_SEGMENTATION ? "segmentation" : "experiment"));
	json_object_object_add(o, "id", json_object_new_string(ref->id));
	json_object_object_add(o, "wanted", json_object_get(ref->wanted));
	return o;
}

static bool
read_attribute(struct rule_terms *r, struct json_object *o, const char *at, struct condition *c)
{
	const char *path = read_text(r, o, "path", at, CONDITION_PATH);

	if (path == NULL)
		return false;
	c->path = terms_path(r->r.ctx, path);
	return read_test(r, o, 1, at, c);
}

static bool
read_tag(struct rule_terms *r, struct json_object *o, const char *at, struct condition *c)
{
	const char *scope = read_name(r, o, "scope", at);
	const char *key = read_name(r, o, "key", at);

	if (scope == NULL || key == NULL)
		return false;
	c->path = subject_terms_tag(r->r.ctx, scope, key);
	return read_test(r, o, 2, at, c);
}

static bool
read_group(struct rule_terms *r, struct json_object *o, const char *at, struct condition *c)
{
	const char *id = read_name(r, o, "segmentation", at);

	if (id == NULL)
		return false;
	c->path = subject_terms_group(r->r.ctx, id);
	c->exact = true;
	refer(r, RULE_SEGMENTATION, o, id, at);
	return read_test(r, o, 1, at, c);
}

static bool
read_alternative(struct rule_terms *r, struct json_object *o, const char *at,
    struct condition *c)
{
	const char *id = read_name(r, o, "experiment", at);

	if (id == NULL)
		return false;
	c->path = subject_terms_alternative(r->r.ctx, id);
	c->exact = true;
	refer(r, RULE_EXPERIMENT, o, id, at);
	return read_test(r, o, 1, at, c);
}

static bool
read_kind(struct rule_terms *r, struct json_object *o, const char *at, struct condition *c)
{
	c->path = subject_terms_kind();
	c->exact = true;
	return read_test(r, o, 0, at, c);
}

#define TEST_NAMES "eq", "ne", "in", "nin", "lt", "lte", "gt", "gte", "exists", "starts_with", NULL

static const struct {
	const char *name;
	bool (*read)(struct rule_terms *, struct json_object *, const char *, struct condition *);
	const char *const *members;
} subjects[] = {
	{"attribute", read_attribute, (const char *const[]){"path", TEST_NAMES}},
	{"tag", read_tag, (const char *const[]){"scope", "key", TEST_NAMES}},
	{"group", read_group, (const char *const[]){"segmentation", TEST_NAMES}},
	{"alternative", read_alternative, (const char *const[]){"experiment", TEST_NAMES}},
	{"kind", read_kind, (const char *const[]){TEST_NAMES}},
};

bool
rule_term(struct rule_terms *r, struct json_object *o, const char *at, struct condition *out)
{
	for (size_t i = 0; i < sizeof subjects / sizeof subjects[0]; i++) {
		struct json_object *term;
		if (!json_object_object_get_ex(o, subjects[i].name, &term))
			continue;
		const char *here = below(r, at, subjects[i].name);
		if (!json_object_is_type(term, json_type_object))
			return wrong(r, here, "must be an object");
		if (r->count++ >= RULE_TERMS)
			return wrong(r, here, "is one of more than 100 terms");
		if (!member_names_check(term, subjects[i].members, here, r->r.problems))
			return false;
		return subjects[i].read(r, term, here, out);
	}
	return wrong(r, at, "must be all, any, not, attribute, tag, group, alternative or kind");
}

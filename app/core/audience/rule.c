/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Rules: reading from JSON into a tree of conditions, and evaluation of the tree. A term names its
 * subject (attribute, tag, group, alternative or kind) and one test, and becomes a condition on the
 * path of that subject. While a rule is read, references to segmentations and experiments are
 * collected; the caller checks that they exist.
 */
#include "core/audience/rule.h"

#include <string.h>

#include "base/jsonutil.h"
#include "base/mem.h"
#include "base/text.h"
#include "core/audience/subject_terms.h"
#include "core/experiment/member_names.h"

enum shape { ALL, ANY, NOT, TERM };

struct node {
	enum shape shape;
	struct node *first, *next; /* first child; next sibling */
	struct condition test;     /* of a TERM */
};

/* A rule as it is read: where problems go, and what the terms so far refer to. */
struct rule_reader {
	struct condition_reader r;
	size_t terms;
	size_t n; /* references */
	struct rule_reference references[RULE_TERMS];
};

struct rule {
	struct node *root;
	struct rule_reader read; /* keeps the references */
};

/* ---- Terms --------------------------------------------------------------------------------- */

static bool
term_problem(struct rule_reader *r, const char *at, const char *why)
{
	return condition_problem(&r->r, at, why);
}

static const char *
member_pointer(struct rule_reader *r, const char *at, const char *name)
{
	return condition_pointer(&r->r, at, name);
}

/* A member that must be a text of at most that many bytes; NULL with a problem added. */
static const char *
read_bounded_text(struct rule_reader *r, struct json_object *o, const char *name, const char *at,
    size_t most)
{
	struct json_object *value = json_object_object_get(o, name);
	const char *fault = text_fault_json(r->r.ctx, value, most);

	if (fault == NULL)
		return json_object_get_string(value);
	term_problem(r, member_pointer(r, at, name), fault);
	return NULL;
}

static const char *
read_reference_name(struct rule_reader *r, struct json_object *o, const char *name, const char *at)
{
	return read_bounded_text(r, o, name, at, CONDITION_NAME);
}

static bool
read_eq(struct rule_reader *r, struct json_object *value, const char *at, struct condition *c)
{
	if (json_object_is_type(value, json_type_array))
		return term_problem(r, at, "must be a single value; in and nin take lists");
	c->op = CONDITION_ANY;
	return condition_wanted(&r->r, value, at, c);
}

static bool
read_ne(struct rule_reader *r, struct json_object *value, const char *at, struct condition *c)
{
	bool good = read_eq(r, value, at, c);

	c->op = CONDITION_NOT_EQUAL;
	return good;
}

static bool
read_in(struct rule_reader *r, struct json_object *value, const char *at, struct condition *c)
{
	if (!json_object_is_type(value, json_type_array))
		return term_problem(r, at, "must be a list");
	c->op = CONDITION_ANY;
	return condition_wanted(&r->r, value, at, c);
}

static bool
read_nin(struct rule_reader *r, struct json_object *value, const char *at, struct condition *c)
{
	bool good = read_in(r, value, at, c);

	c->op = CONDITION_NOT_EQUAL;
	return good;
}

static bool
read_lt(struct rule_reader *r, struct json_object *value, const char *at, struct condition *c)
{
	return condition_bound(&r->r, c, "<", value, at);
}

static bool
read_lte(struct rule_reader *r, struct json_object *value, const char *at, struct condition *c)
{
	return condition_bound(&r->r, c, "<=", value, at);
}

static bool
read_gt(struct rule_reader *r, struct json_object *value, const char *at, struct condition *c)
{
	return condition_bound(&r->r, c, ">", value, at);
}

static bool
read_gte(struct rule_reader *r, struct json_object *value, const char *at, struct condition *c)
{
	return condition_bound(&r->r, c, ">=", value, at);
}

static bool
read_exists(struct rule_reader *r, struct json_object *value, const char *at, struct condition *c)
{
	if (!json_object_is_type(value, json_type_boolean))
		return term_problem(r, at, "must be true or false");
	c->op = json_object_get_boolean(value) ? CONDITION_NOT_NULL : CONDITION_NULL;
	return true;
}

static bool
read_starts_with(struct rule_reader *r, struct json_object *value, const char *at,
    struct condition *c)
{
	return condition_prefix(&r->r, c, value, at);
}

static const struct {
	const char *name;
	bool (*read)(struct rule_reader *, struct json_object *, const char *, struct condition *);
	bool ordered; /* needs values with an order, which names are not */
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
	{"starts_with", read_starts_with, false},
};

enum {
	TESTS = sizeof tests / sizeof tests[0],
	NAME_TESTS = 4, /* the first of them compare with names: eq, ne, in and nin */
};

/* Reads the single test among the members of o; subject_members of them name the subject. */
static bool
read_test(struct rule_reader *r, struct json_object *o, int subject_members, const char *at,
    struct condition *c)
{
	if (json_member_count(o) != subject_members + 1)
		return term_problem(r, at, "must have exactly one test");
	for (size_t i = 0; i < TESTS; i++) {
		struct json_object *value;
		if (!json_object_object_get_ex(o, tests[i].name, &value))
			continue;
		const char *here = member_pointer(r, at, tests[i].name);
		if (c->exact && tests[i].ordered)
			return term_problem(r, here, "cannot be used: names have no order");
		return tests[i].read(r, value, here, c);
	}
	return term_problem(r, at,
	    "has no test: eq, ne, in, nin, lt, lte, gt, gte, exists or starts_with");
}

/*
 * Records what a term refers to. A test other than eq, ne, in and nin names nothing in particular.
 */
static void
add_reference(struct rule_reader *r, enum rule_target target, struct json_object *o, const char *id,
    const char *at)
{
	struct json_object *wanted = NULL;

	for (size_t i = 0; wanted == NULL && i < NAME_TESTS; i++)
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
read_attribute(struct rule_reader *r, struct json_object *o, const char *at, struct condition *c)
{
	const char *path = read_bounded_text(r, o, "path", at, CONDITION_PATH);

	if (path == NULL)
		return false;
	c->path = terms_path(r->r.ctx, path);
	return read_test(r, o, 1, at, c);
}

static bool
read_tag(struct rule_reader *r, struct json_object *o, const char *at, struct condition *c)
{
	const char *scope = read_reference_name(r, o, "scope", at);
	const char *key = read_reference_name(r, o, "key", at);

	if (scope == NULL || key == NULL)
		return false;
	c->path = subject_terms_tag(r->r.ctx, scope, key);
	return read_test(r, o, 2, at, c);
}

static bool
read_group(struct rule_reader *r, struct json_object *o, const char *at, struct condition *c)
{
	const char *id = read_reference_name(r, o, "segmentation", at);

	if (id == NULL)
		return false;
	c->path = subject_terms_group(r->r.ctx, id);
	c->exact = true;
	add_reference(r, RULE_SEGMENTATION, o, id, at);
	return read_test(r, o, 1, at, c);
}

static bool
read_alternative(struct rule_reader *r, struct json_object *o, const char *at,
    struct condition *c)
{
	const char *id = read_reference_name(r, o, "experiment", at);

	if (id == NULL)
		return false;
	c->path = subject_terms_alternative(r->r.ctx, id);
	c->exact = true;
	add_reference(r, RULE_EXPERIMENT, o, id, at);
	return read_test(r, o, 1, at, c);
}

static bool
read_kind(struct rule_reader *r, struct json_object *o, const char *at, struct condition *c)
{
	c->path = subject_terms_kind();
	c->exact = true;
	return read_test(r, o, 0, at, c);
}

#define TEST_NAMES "eq", "ne", "in", "nin", "lt", "lte", "gt", "gte", "exists", "starts_with", NULL

static const struct {
	const char *name;
	bool (*read)(struct rule_reader *, struct json_object *, const char *, struct condition *);
	const char *const *members;
} subjects[] = {
	{"attribute", read_attribute, (const char *const[]){"path", TEST_NAMES}},
	{"tag", read_tag, (const char *const[]){"scope", "key", TEST_NAMES}},
	{"group", read_group, (const char *const[]){"segmentation", TEST_NAMES}},
	{"alternative", read_alternative, (const char *const[]){"experiment", TEST_NAMES}},
	{"kind", read_kind, (const char *const[]){TEST_NAMES}},
};

static bool
read_term(struct rule_reader *r, struct json_object *o, const char *at, struct condition *out)
{
	for (size_t i = 0; i < sizeof subjects / sizeof subjects[0]; i++) {
		struct json_object *term;
		if (!json_object_object_get_ex(o, subjects[i].name, &term))
			continue;
		const char *here = member_pointer(r, at, subjects[i].name);
		if (!json_object_is_type(term, json_type_object))
			return term_problem(r, here, "must be an object");
		if (r->terms++ >= RULE_TERMS)
			return term_problem(r, here, "exceeds the limit of 100 terms");
		if (!member_names_check(term, subjects[i].members, here, r->r.problems))
			return false;
		return subjects[i].read(r, term, here, out);
	}
	return term_problem(
	    r, at, "must be all, any, not, attribute, tag, group, alternative or kind");
}

/* ---- The tree ------------------------------------------------------------------------------ */

static struct node *read_node(struct rule_reader *r, struct json_object *o, const char *at,
    int depth);

/* Reads the children of an all or any. */
static bool
read_parts(struct rule_reader *r, struct json_object *list, const char *at, int depth,
    struct node *out)
{
	struct node **last = &out->first;
	bool good = true;

	if (!json_object_is_type(list, json_type_array) || json_items(list) == 0)
		return condition_problem(&r->r, at, "must be a list of rules, and not empty");
	for (size_t i = 0; i < json_items(list); i++) {
		*last = read_node(r, json_item(list, i),
		    mem_printf(r->r.ctx, "%s/%zu", at, i), depth + 1);
		if (*last == NULL)
			good = false;
		else
			last = &(*last)->next;
	}
	return good;
}

/* The recursion is bounded by RULE_DEPTH. */
static struct node *
read_node(struct rule_reader *r, struct json_object *o, const char *at, int depth)
{
	static const char *const in_rule[] = {"all", "any", "not", "attribute", "tag", "group",
		"alternative", "kind", NULL};
	struct node *out = mem_new(r->r.ctx, struct node);
	struct json_object *part;
	bool good;

	out->shape = TERM;
	if (json_member_count(o) > 1 &&
	    !member_names_check(o, in_rule, at, r->r.problems))
		return NULL;
	if (!json_object_is_type(o, json_type_object) || json_member_count(o) != 1)
		good = condition_problem(&r->r, at, "must be an object with one member");
	else if (depth > RULE_DEPTH)
		good = condition_problem(&r->r, at, "is nested deeper than 8 levels");
	else if (json_object_object_get_ex(o, "all", &part)) {
		out->shape = ALL;
		good = read_parts(r, part, condition_pointer(&r->r, at, "all"), depth, out);
	} else if (json_object_object_get_ex(o, "any", &part)) {
		out->shape = ANY;
		good = read_parts(r, part, condition_pointer(&r->r, at, "any"), depth, out);
	} else if (json_object_object_get_ex(o, "not", &part)) {
		out->shape = NOT;
		out->first = read_node(r, part, condition_pointer(&r->r, at, "not"), depth + 1);
		good = out->first != NULL;
	} else
		good = read_term(r, o, at, &out->test);
	return good ? out : NULL;
}

struct rule *
rule_read(void *ctx, struct json_object *o, const char *at, struct problems *problems)
{
	struct rule *rule = mem_new(ctx, struct rule);

	rule->read.r = (struct condition_reader){ctx, problems};
	rule->root = read_node(&rule->read, o, at, 1);
	return rule->root != NULL ? rule : NULL;
}

struct json_object *
rule_needs(void *ctx, const struct rule *r)
{
	struct json_object *ids = mem_json(ctx, json_object_new_array());

	for (size_t i = 0; i < r->read.n; i++)
		if (r->read.references[i].target == RULE_SEGMENTATION)
			json_object_array_add(
			    ids, json_object_new_string(r->read.references[i].id));
	return ids;
}

const struct rule_reference *
rule_reference(const struct rule *r, size_t i)
{
	return i < r->read.n ? &r->read.references[i] : NULL;
}

/* The recursion is bounded: no deeper rule can be read. */
static bool
node_holds(const struct node *n, const struct terms *t)
{
	switch (n->shape) {
	case ALL:
		for (const struct node *part = n->first; part != NULL; part = part->next)
			if (!node_holds(part, t))
				return false;
		return true;
	case ANY:
		for (const struct node *part = n->first; part != NULL; part = part->next)
			if (node_holds(part, t))
				return true;
		return false;
	case NOT:
		return !node_holds(n->first, t);
	case TERM:
		return condition_holds(&n->test, t);
	}
	return false;
}

bool
rule_holds(const struct rule *r, const struct terms *t)
{
	return node_holds(r->root, t);
}

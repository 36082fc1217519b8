/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The language of rules: a tree of conditions.
 */
#include "core/audience/rule.h"

#include <string.h>

#include "base/jsonutil.h"
#include "base/mem.h"
#include "core/experiment/member_names.h"
#include "core/audience/rule_term.h"

enum shape { ALL, ANY, NOT, TERM };

struct node {
	enum shape shape;
	struct node *first, *next; /* of the parts */
	struct condition test;
};

struct rule {
	struct node *root;
	struct rule_terms terms;
};

static struct node *read_node(struct rule_terms *r, struct json_object *o, const char *at,
    int depth);

/* The parts of an all or any. */
static bool
read_parts(struct rule_terms *r, struct json_object *list, const char *at, int depth,
    struct node *out)
{
	struct node **last = &out->first;
	bool good = true;

	if (!json_object_is_type(list, json_type_array) || json_items(list) == 0)
		return condition_wrong(&r->r, at, "must be a list of rules, and not empty");
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

/* Recursion is bounded by RULE_DEPTH. */
static struct node *
read_node(struct rule_terms *r, struct json_object *o, const char *at, int depth)
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
		good = condition_wrong(&r->r, at, "must be an object with one member");
	else if (depth > RULE_DEPTH)
		good = condition_wrong(&r->r, at, "lies deeper than 8");
	else if (json_object_object_get_ex(o, "all", &part)) {
		out->shape = ALL;
		good = read_parts(r, part, condition_below(&r->r, at, "all"), depth, out);
	} else if (json_object_object_get_ex(o, "any", &part)) {
		out->shape = ANY;
		good = read_parts(r, part, condition_below(&r->r, at, "any"), depth, out);
	} else if (json_object_object_get_ex(o, "not", &part)) {
		out->shape = NOT;
		out->first = read_node(r, part, condition_below(&r->r, at, "not"), depth + 1);
		good = out->first != NULL;
	} else
		good = rule_term(r, o, at, &out->test);
	return good ? out : NULL;
}

struct rule *
rule_read(void *ctx, struct json_object *o, const char *at, struct problems *problems)
{
	struct rule *rule = mem_new(ctx, struct rule);

	rule->terms.r = (struct condition_reader){ctx, problems};
	rule->root = read_node(&rule->terms, o, at, 1);
	return rule->root != NULL ? rule : NULL;
}

struct json_object *
rule_needs(void *ctx, const struct rule *r)
{
	struct json_object *ids = mem_json(ctx, json_object_new_array());

	for (size_t i = 0; i < r->terms.n; i++)
		if (r->terms.references[i].target == RULE_SEGMENTATION)
			json_object_array_add(
			    ids, json_object_new_string(r->terms.references[i].id));
	return ids;
}

const struct rule_reference *
rule_reference(const struct rule *r, size_t i)
{
	return i < r->terms.n ? &r->terms.references[i] : NULL;
}

/* Recursion is bounded by RULE_DEPTH. */
static bool
holds(const struct node *n, const struct terms *t)
{
	switch (n->shape) {
	case ALL:
		for (const struct node *part = n->first; part != NULL; part = part->next)
			if (!holds(part, t))
				return false;
		return true;
	case ANY:
		for (const struct node *part = n->first; part != NULL; part = part->next)
			if (holds(part, t))
				return true;
		return false;
	case NOT:
		return !holds(n->first, t);
	case TERM:
		return condition_holds(&n->test, t);
	}
	return false;
}

bool
rule_holds(const struct rule *r, const struct terms *t)
{
	return holds(r->root, t);
}

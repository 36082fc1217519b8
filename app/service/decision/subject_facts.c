/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The terms of one subject on which rules and criteria are evaluated, built from the subject's
 * record without a query. Groups of rule segmentations are computed only when a rule or criterion
 * asks for them, because they may depend on each other.
 */
#include "service/decision/subject_facts.h"

#include <string.h>

#include "base/jsonutil.h"
#include "base/mem.h"
#include "core/experiment/decide.h"
#include "core/audience/subject_terms.h"
#include "service/decision/segmentation_set.h"
#include "service/decision/subject_record.h"
#include "store/work.h"

struct subject_facts {
	struct work *w;
	const struct visitor *who;
	const struct segmentation_set *all;
	struct json_object *attributes;
	struct terms_extra *extra; /* until the terms are made */
	size_t n, room;
	struct terms *terms;       /* NULL: not built yet */
	struct json_object *known; /* ids of rule segmentations that were computed */
};

/* Adds a term to be joined with the attributes when the terms are built. */
static void
add_term(struct subject_facts *p, const char *path, struct json_object *value)
{
	if (p->n == p->room) {
		p->room = p->room == 0 ? 16 : 2 * p->room;
		p->extra = mem_check(
		    talloc_realloc(p, p->extra, struct terms_extra, p->room));
	}
	p->extra[p->n++] = (struct terms_extra){path, value};
}

/* Adds the members of o (NULL: none) to onto, replacing those of the same name. */
static void
overlay_members(struct json_object *onto, struct json_object *o)
{
	if (o == NULL)
		return;
	json_object_object_foreach(json_members(o), name, value) {
		json_object_object_add(onto, name, json_object_get(value));
	}
}

static void
add_tags(struct subject_facts *p)
{
	struct json_object *tags = json_object_object_get(p->who->record, "tags");

	for (size_t i = 0; i < json_items(tags); i++) {
		struct json_object *row = json_item(tags, i);
		const char *scope = json_object_get_string(json_item(row, 0));
		const char *key = json_object_get_string(json_item(row, 1));
		add_term(p, subject_terms_tag(p->w->mem, scope, key), json_item(row, 2));
	}
}

/* The term of a subject in group g of s. */
static void
add_group(struct subject_facts *p, const struct segmentation *s, const struct group *g)
{
	add_term(p, subject_terms_group(p->w->mem, s->id), subject_terms_exact(p->w->mem, g->name));
}

/* Adds the stored groups. Those of deleted groups and inactive segmentations do not count. */
static void
add_memberships(struct subject_facts *p)
{
	struct json_object *rows = json_object_object_get(p->who->record, "memberships");

	for (size_t i = 0; i < json_items(rows); i++) {
		struct json_object *row = json_item(rows, i);
		const struct segmentation *s = segmentation_set_numbered(
		    p->all, json_object_get_int64(json_item(row, 0)));
		const struct group *g = s == NULL || !s->active ? NULL
		    : segmentation_group(
			  s, json_object_get_int64(json_item(row, 1)));
		if (g != NULL)
			add_group(p, s, g);
	}
}

/*
 * An experiment can be used as a segmentation, so its alternative is a term under both names.
 */
static void
add_alternative(struct subject_facts *p, const struct segmentation_set_experiment *x, int number)
{
	struct json_object *o = decide_numbered(x->alternatives, number);

	if (o == NULL)
		return;
	struct json_object *name = subject_terms_exact(
	    p->w->mem, json_object_get_string(json_object_object_get(o, "name")));
	add_term(p, subject_terms_alternative(p->w->mem, x->id), name);
	add_term(p, subject_terms_group(p->w->mem, x->id), name);
}

/* Adds the alternatives of stored enrolments in experiments that rules refer to. */
static void
add_alternatives(struct subject_facts *p)
{
	for (size_t i = 0; i < p->all->experiments_n; i++) {
		struct enrolled n;
		if (subject_record_enrolment(p->who->record, p->all->experiments[i].nr, &n))
			add_alternative(p, &p->all->experiments[i], n.alternative);
	}
}

/* Whether the group of the segmentation has been computed, or is being computed. */
static bool
is_known(const struct subject_facts *p, const char *id)
{
	return json_object_object_get_ex(p->known, id, NULL);
}

/*
 * Computes the groups of the rule segmentations among needs (ids), first of those that their rules
 * need in turn. Each is entered once, before the recursion, so it ends. Adding a group does not
 * change the result of criteria that do not ask for it.
 */
static void
add_needed(struct subject_facts *p, struct json_object *needs)
{
	void *mem = p->w->mem;

	for (size_t i = 0; i < json_items(needs); i++) {
		const char *id = json_object_get_string(json_item(needs, i));
		const struct segmentation *s = segmentation_set_find(p->all, id);
		if (s == NULL || s->type != SEGMENTATION_RULE || !s->active || is_known(p, id))
			continue;
		json_object_object_add(p->known, id, NULL);
		for (size_t k = 0; k < s->n; k++)
			if (s->groups[k].rule != NULL)
				add_needed(p, rule_needs(mem, s->groups[k].rule));
		const struct group *g = segmentation_decide(s, p->terms);
		if (g != NULL)
			terms_add(p->terms, &(struct terms_extra){
			    subject_terms_group(mem, s->id), subject_terms_exact(mem, g->name)});
	}
}

/* Builds the terms from the record and the request: everything but the groups of rules. */
static void
build_terms(struct subject_facts *p)
{
	const struct visitor *who = p->who;
	const char *field = subject_field(subject_kind(who->subject));
	const char *word = mem_dupn(p, field, strlen(field) - strlen("_id"));

	p->attributes = mem_json(p, json_object_new_object());
	p->known = mem_json(p, json_object_new_object());
	overlay_members(p->attributes, json_object_object_get(who->record, "attributes"));
	overlay_members(p->attributes, who->attributes);
	add_term(p, subject_terms_kind(), subject_terms_exact(p, word));
	add_tags(p);
	/* Without definitions nothing is known of groups: rules on them are false. */
	if (segmentation_set_get(p->w, 0, &p->all) == OK) {
		add_memberships(p);
		add_alternatives(p);
	} else
		p->all = mem_new(p, struct segmentation_set);
	p->terms = terms_join(p, p->attributes, p->extra, p->n);
}

struct subject_facts *
subject_facts_new(struct work *w, const struct visitor *who)
{
	struct subject_facts *p = mem_new(w->mem, struct subject_facts);

	p->w = w;
	p->who = who;
	return p;
}

const struct terms *
subject_facts_terms(struct subject_facts *p, struct json_object *needs)
{
	if (p->terms == NULL)
		build_terms(p);
	add_needed(p, needs);
	return p->terms;
}

const struct group *
subject_facts_group(struct work *w, const struct visitor *who, const struct segmentation *s)
{
	struct subject_facts *p = subject_facts_new(w, who);

	build_terms(p);
	for (size_t k = 0; k < s->n; k++)
		if (s->groups[k].rule != NULL)
			add_needed(p, rule_needs(w->mem, s->groups[k].rule));
	return segmentation_decide(s, p->terms);
}

bool
subject_facts_stored(const struct visitor *who, const struct segmentation *s, int64_t *nr)
{
	struct json_object *rows = json_object_object_get(who->record, "memberships");

	for (size_t i = 0; i < json_items(rows); i++) {
		struct json_object *row = json_item(rows, i);
		if (json_object_get_int64(json_item(row, 0)) != s->nr)
			continue;
		*nr = json_object_get_int64(json_item(row, 1));
		return true;
	}
	return false;
}

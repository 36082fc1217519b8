/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Segmentations: validation of a definition, and the group that a user gets. A random segmentation
 * hashes the user's id over the groups; a manual one stores memberships elsewhere; a rule one takes
 * the first group whose rule holds. Group ids are given once and never reused, so that renaming or
 * adding a group moves nobody.
 */
#include "core/audience/segmentation.h"

#include <string.h>

#include "base/jsonutil.h"
#include "base/mem.h"
#include "base/num.h"
#include "core/experiment/bucket.h"
#include "core/experiment/definition.h"
#include "base/text.h"

static const char *const words[SEGMENTATION__MAX] = {
	[SEGMENTATION_RANDOM] = "random",
	[SEGMENTATION_MANUAL] = "manual",
	[SEGMENTATION_RULE] = "rule",
};

const char *
segmentation_word(enum segmentation_type type)
{
	return words[type];
}

/*
 * Reads a text member. A missing, null or empty one is absent, or a problem where absent is NULL.
 * Only the description may have several lines.
 */
static const char *
read_text_member(struct json_object *o, const char *name, const char *absent, size_t max,
    struct problems *problems)
{
	struct json_object *value = json_object_object_get(o, name);
	bool empty = value == NULL || (json_object_is_type(value, json_type_string) &&
	    json_object_get_string_len(value) == 0);

	if (empty && absent != NULL)
		return absent;
	bool lines = strcmp(name, "description") == 0;
	const char *fault = lines ? text_fault_lines(problems, value, max)
				  : text_fault_json(problems, value, max);
	if (fault == NULL)
		return json_object_get_string(value);
	problem_add(problems, mem_printf(problems, "/%s", name), "%s", fault);
	return NULL;
}

static bool
read_flag_member(struct json_object *o, const char *name, bool absent, struct problems *problems)
{
	struct json_object *value = json_object_object_get(o, name);

	if (value == NULL)
		return absent;
	if (!json_object_is_type(value, json_type_boolean))
		problem_add(problems, mem_printf(problems, "/%s", name), "must be true or false");
	return json_object_get_boolean(value);
}

static void
read_type(struct json_object *o, struct problems *problems, struct segmentation_definition *out)
{
	struct json_object *value = json_object_object_get(o, "type");
	const char *word =
	    json_object_is_type(value, json_type_string) ? json_object_get_string(value) : "";

	for (int t = 0; t < SEGMENTATION__MAX; t++)
		if (strcmp(word, words[t]) == 0) {
			out->type = (enum segmentation_type)t;
			return;
		}
	problem_add(problems, "/type", "must be random, manual or rule; create experiments with "
	    "POST /v1/experiment/create");
}

static void
add_references(struct segmentation_definition *out, const struct rule *rule)
{
	const struct rule_reference *ref;

	for (size_t i = 0; (ref = rule_reference(rule, i)) != NULL; i++) {
		json_object_array_add(out->references, rule_reference_json(ref));
		json_object_array_add(out->uses, json_object_new_string(ref->id));
	}
}

static void
read_group_rule(struct json_object *group, struct json_object *rule, const char *at,
    struct problems *problems, struct segmentation_definition *out)
{
	if (out->type != SEGMENTATION_RULE) {
		if (rule != NULL)
			problem_add(problems, at, "is only for segmentations of type rule");
		return;
	}
	if (rule == NULL) {
		problem_add(problems, at, "is missing");
		return;
	}
	const struct rule *parsed = rule_read(problems, rule, at, problems);
	if (parsed == NULL)
		return;
	add_references(out, parsed);
	json_object_object_add(group, "rule", json_object_get(rule));
}

/* Reads the id of a group: a whole number from 0 on, or its decimal digits as a string. */
static bool
read_group_id(struct json_object *value, int64_t *nr)
{
	if (json_object_is_type(value, json_type_string))
		return num_int(json_object_get_string(value), 0, INT32_MAX, nr);
	return json_whole(value, nr) && *nr >= 0 && *nr <= INT32_MAX;
}

static bool
group_is_taken(struct json_object *groups, const char *name, int64_t nr)
{
	for (size_t i = 0; i < json_items(groups); i++) {
		struct json_object *o = json_item(groups, i);
		if (json_object_get_int64(json_object_object_get(o, "id")) == nr ||
		    strcmp(json_object_get_string(json_object_object_get(o, "name")), name) == 0)
			return true;
	}
	return false;
}

static void
read_group(struct json_object *o, const char *at, struct problems *problems,
    struct segmentation_definition *out)
{
	struct json_object *id = json_object_object_get(o, "id");
	struct json_object *name = json_object_object_get(o, "name");
	int64_t nr = out->next_group;

	if (!json_object_is_type(o, json_type_object)) {
		problem_add(problems, at, "must be an object with a name");
		return;
	}
	const char *fault = text_fault_json(problems, name, SEGMENTATION_NAME);
	if (fault != NULL) {
		problem_add(problems, mem_printf(problems, "%s/name", at), "%s", fault);
		return;
	}
	if (id != NULL && !read_group_id(id, &nr)) {
		problem_add(problems, mem_printf(problems, "%s/id", at), "must be a whole number");
		return;
	}
	if (group_is_taken(out->groups, json_object_get_string(name), nr)) {
		problem_add(problems, at, "has the same id or name as another group");
		return;
	}
	struct json_object *group = json_object_new_object();
	json_object_object_add(group, "id", json_object_new_int64(nr));
	json_object_object_add(group, "name", json_object_get(name));
	json_object_array_add(out->groups, group);
	out->next_group = nr >= out->next_group ? nr + 1 : out->next_group;
	read_group_rule(group, json_object_object_get(o, "rule"),
	    mem_printf(problems, "%s/rule", at), problems, out);
}

static void
read_groups(struct json_object *o, struct problems *problems, struct segmentation_definition *out)
{
	struct json_object *list = json_object_object_get(o, "groups");
	struct json_object *rule = json_object_object_get(o, "rule");

	if (!json_object_is_type(list, json_type_array) ||
	    json_items(list) > SEGMENTATION_GROUPS) {
		problem_add(problems, "/groups", "must be a list of at most %d groups",
		    SEGMENTATION_GROUPS);
		return;
	}
	size_t n = json_items(list);
	if (rule != NULL && (n != 1 || out->type != SEGMENTATION_RULE)) {
		problem_add(problems, "/rule", "is only for type rule with exactly one group");
		return;
	}
	for (size_t i = 0; i < n; i++) {
		struct json_object *group = json_item(list, i);
		if (rule != NULL && json_object_is_type(group, json_type_object))
			json_object_object_add(group, "rule", json_object_get(rule));
		read_group(group, mem_printf(problems, "/groups/%zu", i), problems, out);
	}
}

bool
segmentation_read(struct json_object *o, int64_t next_group, struct problems *problems,
    struct segmentation_definition *out)
{
	size_t before = problem_count(problems);

	*out = (struct segmentation_definition){.next_group = next_group};
	out->groups = mem_json(problems, json_object_new_array());
	out->uses = mem_json(problems, json_object_new_array());
	out->references = mem_json(problems, json_object_new_array());
	if (!json_object_is_type(o, json_type_object)) {
		problem_add(problems, "", "must be an object");
		return false;
	}
	out->id = read_text_member(o, "id", NULL, DEFINITION_ID, problems);
	if (out->id != NULL && definition_id_fault(out->id) != NULL)
		problem_add(problems, "/id", "%s", definition_id_fault(out->id));
	out->context = read_text_member(o, "context", "global", SEGMENTATION_NAME, problems);
	out->name = read_text_member(o, "name", NULL, SEGMENTATION_NAME, problems);
	out->description =
	    read_text_member(o, "description", "", SEGMENTATION_DESCRIPTION, problems);
	out->overlap = read_flag_member(o, "overlap", false, problems);
	out->active = read_flag_member(o, "active", true, problems);
	out->parameters = json_object_object_get(o, "parameters");
	if (out->parameters != NULL && !json_object_is_type(out->parameters, json_type_object))
		problem_add(problems, "/parameters", "must be an object");
	read_type(o, problems, out);
	if (out->overlap && out->type != SEGMENTATION_MANUAL)
		problem_add(problems, "/overlap", "is only for type manual");
	read_groups(o, problems, out);
	return problem_count(problems) == before;
}

const struct group *
segmentation_group(const struct segmentation *s, int64_t nr)
{
	for (size_t i = 0; i < s->n; i++)
		if (s->groups[i].nr == nr)
			return &s->groups[i];
	return NULL;
}

const struct group *
segmentation_wanted(const struct segmentation *s, struct json_object *value)
{
	int64_t nr;

	if (json_whole(value, &nr))
		return segmentation_group(s, nr);
	for (size_t i = 0; json_object_is_type(value, json_type_string) && i < s->n; i++)
		if (strcmp(s->groups[i].name, json_object_get_string(value)) == 0)
			return &s->groups[i];
	return NULL;
}

const struct group *
segmentation_draw(const struct segmentation *s, const char *id)
{
	return s->n == 0 ? NULL
	    : &s->groups[(size_t)(bucket_for(s->salt, "group", id) * (double)s->n)];
}

const struct group *
segmentation_redraw(const struct segmentation *s, const char *id, int64_t gone)
{
	return s->n == 0 ? NULL
	    : &s->groups[(size_t)(bucket_redraw(s->salt, gone, id) * (double)s->n)];
}

const struct group *
segmentation_decide(const struct segmentation *s, const struct terms *t)
{
	for (size_t i = 0; i < s->n; i++)
		if (s->groups[i].rule != NULL && rule_holds(s->groups[i].rule, t))
			return &s->groups[i];
	return NULL;
}

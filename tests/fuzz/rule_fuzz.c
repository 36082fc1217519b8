/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Fuzzes rules: any JSON, as a rule, as criteria and as a segmentation. What is refused names a
 * place; what is accepted is decided without a fault, the same twice and the opposite of its
 * negation, is said in words, and refers to things that have names.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/mem.h"
#include "core/audience/criteria.h"
#include "core/audience/subject_terms.h"
#include "core/audience/rule.h"
#include "view/rule_words.h"
#include "core/audience/segmentation.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
must(bool ok)
{
	if (!ok)
		abort();
}

/* Somebody of whom much is known. */
static const struct terms *
somebody(void *ctx)
{
	static const char text[] = "{\"a\":[1,\"x\",true,null,{\"b\":\"2019-02-10\"}],\"age\":18,"
	    "\"name\":\"SunBird\",\"empty\":[],\"#group:s\":\"two\"}";
	struct terms_extra extra[] = {{subject_terms_kind(), subject_terms_exact(ctx, "user")},
	    {subject_terms_group(ctx, "s"), subject_terms_exact(ctx, "One")},
	    {subject_terms_alternative(ctx, "e"), subject_terms_exact(ctx, "B")},
	    {subject_terms_tag(ctx, "course:x", "k"), mem_json(ctx, json_object_new_int(5))}};

	return terms_join(ctx, mem_json(ctx, json_tokener_parse(text)), extra,
	    sizeof extra / sizeof extra[0]);
}

static void
check_rule(void *ctx, struct json_object *o, const struct terms *t)
{
	struct problems *problems = problem_new(ctx);
	struct rule *r = rule_read(ctx, o, "", problems);
	const struct rule_reference *ref;

	must((r == NULL) == (problem_count(problems) > 0));
	if (r == NULL)
		return;
	bool holds = rule_holds(r, t);
	must(rule_holds(r, t) == holds);
	must(*rule_words(ctx, o) != '\0');
	for (size_t i = 0; (ref = rule_reference(r, i)) != NULL; i++)
		must(*ref->id != '\0' && *ref->at == '/');
	must(json_object_is_type(rule_needs(ctx, r), json_type_array));
	struct json_object *negation = mem_json(ctx, json_object_new_object());
	json_object_object_add(negation, "not", json_object_get(o));
	r = rule_read(ctx, negation, "", problems);
	/* One deeper may be too deep. */
	must((r == NULL) == (problem_count(problems) > 0));
	must(r == NULL || rule_holds(r, t) != holds);
}

static void
check_rest(void *ctx, struct json_object *o, const struct terms *t)
{
	struct problems *problems = problem_new(ctx);
	struct criteria *c = criteria_read(ctx, o, "", problems);
	struct segmentation_definition d;

	must((c == NULL) == (problem_count(problems) > 0));
	must(c == NULL || criteria_match(c, t) == criteria_match(c, t));
	must(c == NULL || json_object_is_type(criteria_needs(ctx, c), json_type_array));
	problems = problem_new(ctx);
	bool good = segmentation_read(o, 0, problems, &d);
	must(good == (problem_count(problems) == 0));
	must(!good || json_object_array_length(d.groups) <= SEGMENTATION_GROUPS);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	void *ctx = mem_ctx(NULL);
	struct json_object *o;
	struct json_fault fault;

	if (json_read(ctx, (const char *)data, size, &o, &fault) == OK) {
		const struct terms *t = somebody(ctx);
		check_rule(ctx, o, t);
		check_rest(ctx, o, t);
	}
	talloc_free(ctx);
	return 0;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Fuzzes definitions: any JSON as the request of a create, and as a change over a stored one. It
 * is accepted, or refused with places; what is accepted is complete.
 */
#include "core/experiment/definition.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/jsonutil.h"
#include "base/mem.h"
#include "core/experiment/definition_merge.h"
#include "core/experiment/definition_members.h"
#include "core/experiment/alternative_ids.h"

#define TODAY "2019-08-01"

/* A stored definition, as experiment_get.sql gives it. */
#define STORED "{\"expId\":\"e\",\"expName\":\"n\",\"expDescription\":\"d\",\"createdBy\":\"c\"," \
	"\"criteria\":{\"type\":\"user\",\"filters\":{\"a\":1}},\"expData\":{\"startDate\":" \
	"\"2019-08-01\",\"endDate\":\"2019-08-09\",\"key\":\"k\",\"client\":\"c\"}," \
	"\"alternatives\":[{\"name\":\"control\",\"enabled\":true,\"id\":0},{\"name\":\"b\"," \
	"\"weight\":2,\"enabled\":true,\"id\":1}],\"default\":\"control\",\"traffic\":100}"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
must(bool ok)
{
	if (!ok)
		abort();
}

static void
check_complete(void *ctx, const struct definition *d, struct problems *problems)
{
	must(d->id != NULL && d->name != NULL && d->created_by != NULL && d->description != NULL);
	must(definition_id_fault(d->id) == NULL && d->start != NULL);
	must(d->end == NULL || strcmp(d->start, d->end) <= 0);
	must(d->traffic >= 0 && d->traffic <= 100);
	must(json_items(d->alternatives) > 0);
	struct json_object *numbers = mem_json(ctx, json_object_new_object());
	size_t before = problem_count(problems);
	must(alternative_ids_give(d->alternatives, numbers, problems) ||
	    problem_count(problems) > before);
}

static void
check_create(void *ctx, struct json_object *request)
{
	struct problems *problems = problem_new(ctx);
	struct definition d;

	bool known = definition_members_check(request, problems);
	must(known == (problem_count(problems) == 0));
	size_t before = problem_count(problems);
	bool good = definition_read(request, TODAY, problems, &d);
	must(good == (problem_count(problems) == before));
	if (good)
		check_complete(ctx, &d, problems);
	json_object_put(problem_tree(ctx, problems));
}

static void
check_change(void *ctx, struct json_object *changes)
{
	struct problems *problems = problem_new(ctx);
	struct json_object *row = mem_json(ctx, json_tokener_parse(STORED));
	struct definition d;

	must(row != NULL);
	bool good = definition_reread(
	    definition_merge(ctx, row, changes), TODAY, "2019-08-09", problems, &d);
	must(good == (problem_count(problems) == 0));
	if (good)
		check_complete(ctx, &d, problems);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	void *ctx = mem_ctx(NULL);
	struct json_object *o;
	struct json_fault fault;

	if (json_read(ctx, (const char *)data, size, &o, &fault) == OK) {
		definition_members_rename(o);
		check_create(ctx, o);
		if (json_object_is_type(o, json_type_object))
			check_change(ctx, o);
	}
	talloc_free(ctx);
	return 0;
}

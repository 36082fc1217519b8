/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Fuzzes forms up to what is stored: any body is a form or is refused; the form becomes a request,
 * the request a definition or a list of problems, each of which has a place, and what was typed is
 * shown again.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/jsonutil.h"
#include "base/mem.h"
#include "core/experiment/definition_merge.h"
#include "core/experiment/definition.h"
#include "view/experiment_form.h"
#include "view/segmentation_form.h"
#include "core/audience/segmentation.h"
#include "web/http/ctx.h"
#include "web/http/form.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
must(bool ok)
{
	if (!ok)
		abort();
}

static void
check_problems(const struct problems *problems)
{
	for (size_t i = 0; i < problem_count(problems); i++) {
		must(json_text(json_item(problems->list, i), "pointer") != NULL);
		must(json_text(json_item(problems->list, i), "detail") != NULL);
	}
}

static void
check_experiment(void *ctx, struct json_object *typed)
{
	struct problems *problems = problem_new(ctx);
	struct json_object *body = experiment_form_request(typed, "somebody", problems);
	struct json_object *request = json_object_object_get(body, "request");
	struct definition d;

	must(json_object_is_type(request, json_type_object));
	bool good = definition_read(request, "2019-08-01", problems, &d);
	must(good || problem_count(problems) > 0);
	check_problems(problems);
	must(json_object_is_type(experiment_form_show(ctx, typed, problems), json_type_object));
	must(json_object_is_type(experiment_form_of(ctx, typed), json_type_object));
	struct json_object *changed = definition_merge(ctx, typed, request);
	problems = problem_new(ctx);
	(void)definition_reread(changed, "2019-08-01", NULL, problems, &d);
	check_problems(problems);
}

static void
check_segmentation(void *ctx, struct json_object *typed)
{
	struct problems *problems = problem_new(ctx);
	struct json_object *body = segmentation_form_request(typed, problems);
	struct segmentation_definition d;

	bool good = segmentation_read(body, 0, problems, &d);
	must(good || problem_count(problems) > 0);
	check_problems(problems);
	must(json_object_is_type(segmentation_form_show(ctx, typed, problems), json_type_object));
	must(json_object_is_type(segmentation_form_of(ctx, typed), json_type_object));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const env[] = {"CONTENT_TYPE=application/x-www-form-urlencoded", NULL};
	struct ctx c = {0};
	struct json_object *typed = NULL;

	ctx_begin(&c, 0, 0);
	req_open(&c, (struct req_source){.env = env});
	c.req.body = mem_dupn(c.w.mem, (const char *)data, size);
	c.req.body_len = strlen(c.req.body);
	if (form_json(&c, &typed) == OK) {
		must(json_object_is_type(typed, json_type_object));
		must(!json_object_object_get_ex(typed, "csrf", NULL));
		check_experiment(c.w.mem, typed);
		check_segmentation(c.w.mem, typed);
	}
	ctx_reset(&c);
	return 0;
}

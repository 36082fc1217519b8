/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Forms in which experiments are defined and changed. A form becomes the same request that an API
 * client would send; a refused form is shown again as it was typed.
 */
#include "view/experiment_form.h"

#include <string.h>

#include "base/jsonutil.h"
#include "base/mem.h"
#include "core/experiment/plan.h"
#include "handler/routes.h"
#include "service/definition/experiment.h"
#include "service/definition/plan.h"
#include "service/definition/preview.h"
#include "service/definition/references.h"
#include "web/auth/session.h"
#include "web/http/body.h"
#include "web/http/ctx.h"
#include "web/http/form.h"

enum { CHOICES = 100 };

/* Of the baseline, as an effect that is worth a look where nobody names another. */
#define TENTH 10.0

/* Adds what can be chosen: layers by id, goals by name. */
static enum err
add_form_choices(struct ctx *c, struct json_object *shown)
{
	struct json_object *request = json_object_object_get(shown, "request");
	struct json_object *chosen = json_object_object_get(
	    json_object_object_get(request, "layer"), "id");
	struct json_object *row;
	enum err e = references_choices(&c->w, CHOICES, &row);

	if (e != OK)
		return e;
	struct json_object *layers = json_object_object_get(row, "layers");
	for (size_t i = 0; i < json_items(layers); i++) {
		struct json_object *o = json_item(layers, i);
		json_object_object_add(o, "selected", json_object_new_boolean(
		    json_object_equal(json_object_object_get(o, "id"), chosen)));
	}
	json_object_object_add(shown, "layers", json_object_get(layers));
	json_object_object_add(
	    shown, "known", json_object_get(json_object_object_get(row, "goals")));
	return OK;
}

/* Adds how many rows of each kind were sent, so that the form shows as many. */
static void
add_sent(struct ctx *c, struct json_object *typed)
{
	static const char *const rows[][2] = {{"users", "criteria.user"},
	    {"devices", "criteria.device"}, {"alternatives", "request.alternatives"},
	    {"goals", "request.goals"}};
	struct json_object *sent = json_object_new_object();

	for (size_t i = 0; c->form != NULL && i < sizeof rows / sizeof rows[0]; i++)
		json_object_object_add(sent, rows[i][0],
		    json_object_new_int64((int64_t)form_rows(c, rows[i][1])));
	json_object_object_add(typed, "sent", sent);
}

/* The form as it stands, and the address that it is sent to. */
static enum err
make_experiment_form(struct ctx *c, struct json_object *typed, struct json_object **shown)
{
	add_sent(c, typed);
	*shown = experiment_form_show(c->w.mem, typed, c->w.problems);
	json_object_object_add(*shown, "action", json_object_new_string(c->args[0] == NULL
	    ? "/admin/experiments"
	    : mem_printf(c->w.mem, "/admin/experiment/%s/change", c->args[0])));
	return add_form_choices(c, *shown);
}

/* Answers the page with the form. */
static enum err
answer_experiment_form(struct ctx *c, struct json_object *typed)
{
	struct json_object *shown;
	enum err e = make_experiment_form(c, typed, &shown);

	c->model = mem_json(c->w.mem, json_object_new_object());
	json_object_object_add(c->model, "form", json_object_get(shown));
	return e;
}

/* GET /admin/experiments/new */
enum err
experiment_form_new(struct ctx *c)
{
	static const char begun[] =
	    "{\"request\": {\"data\": {\"startDate\": \"%s\"}, \"traffic\": 100, "
	    "\"alternatives\": [{\"name\": \"control\"}]}}";
	struct json_object *typed = mem_json(c->w.mem,
	    json_tokener_parse(mem_printf(c->w.mem, begun, work_today(&c->w))));

	return answer_experiment_form(c, typed);
}

/* GET /admin/experiment/:id/edit */
enum err
experiment_form_edit(struct ctx *c)
{
	struct experiment_answer a = {0};
	enum err e = experiment_get(&c->w, c->args[0], &a);

	if (e == ERR_NOT_FOUND)
		return fail_missing(&c->w, "experiment");
	if (e != OK)
		return e;
	struct json_object *typed = experiment_form_of(c->w.mem, a.definition);
	json_object_object_add(typed, "version",
	    json_object_new_string(mem_printf(c->w.mem, "\"%s\"", a.version)));
	return answer_experiment_form(c, typed);
}

/*
 * Answers the form with the number of profiles that the criteria match; nothing is stored. Criteria
 * that are decided at each request are valid but have nothing to count.
 */
static enum err
count_matches(struct ctx *c, struct json_object *typed, struct json_object *request)
{
	struct json_object *found = NULL, *criteria = json_object_object_get(request, "criteria");
	enum err e = OK;

	if (criteria != NULL && preview_is_live(&c->w, criteria)) {
		found = mem_json(c->w.mem, json_object_new_object());
		json_object_object_add(found, "live", json_object_new_boolean(true));
	} else if (criteria != NULL) {
		e = preview_count(&c->w, criteria, "/request/criteria", &found);
		if (e == OK)
			preview_put_words(&c->w, found);
	}

	if (e == OK)
		e = answer_experiment_form(c, typed);
	if (e != OK)
		return e;
	c->status = 200;
	json_object_object_add(c->model, "counted", json_object_new_boolean(true));
	json_object_object_add(c->model, "count", json_object_get(found));
	return OK;
}

/* The number of the plan that was typed, or (NULL typed) a new one, as the form shows it. */
static void
fill_in(struct json_object *typed, const char *name, struct json_object *members)
{
	struct json_object *request = json_object_object_get(typed, "request");
	struct json_object *plan = json_object_object_get(request, "plan");

	if (plan == NULL) {
		plan = json_object_new_object();
		json_object_object_add(request, "plan", plan);
	}
	json_object_object_add(plan, name,
	    json_object_new_string(json_object_get_string(json_object_object_get(members, name))));
}

/* The name of the first goal of a request; NULL: it names none. */
static const char *
first_goal(struct json_object *request)
{
	struct json_object *o = json_item(json_object_object_get(request, "goals"), 0);

	return json_object_is_type(o, json_type_string) ? json_object_get_string(o)
							 : json_text(o, "name");
}

/*
 * Answers the form with what a plan takes; nothing is stored. A baseline that is not given is that
 * of the first goal, and an effect a tenth of the baseline.
 */
static enum err
offer_plan(struct ctx *c, struct json_object *typed, struct json_object *request)
{
	struct json_object *members = json_object_object_get(request, "plan"), *observed, *told;
	const struct plan_question q = {.experiment = c->args[0],
		.alternatives = json_object_object_get(request, "alternatives"),
		.goal = first_goal(request), .goal_at = "/request/plan/baseline"};
	struct plan plan;

	members = members != NULL ? members : mem_json(c->w.mem, json_object_new_object());
	bool blank = json_object_object_get(members, "effect") == NULL;
	enum err e = plan_observe(&c->w, &q, members, &observed);
	struct json_object *baseline = json_object_object_get(members, "baseline");
	if (e == OK && blank && baseline != NULL)
		plan_add_number(members, "effect", json_object_get_double(baseline) / TENTH);
	if (e == OK && !plan_read(members, "/request/plan", c->w.problems, &plan))
		e = ERR_INVALID;
	if (e == OK)
		e = plan_estimate(&c->w, &plan, &q, &told);
	if (e != OK)
		return e;
	fill_in(typed, "baseline", members);
	fill_in(typed, "effect", members);
	json_object_object_add(told, "observed", json_object_get(observed));
	e = answer_experiment_form(c, typed);
	c->status = 200;
	json_object_object_add(c->model, "planned", json_object_get(told));
	return e;
}

/* What a form does with the request that it says. */
typedef enum err apply_fn(struct ctx *c, struct json_object *request);

/* Whether the form was sent by the button that does this. */
static bool
is_sent_by(struct ctx *c, const char *what)
{
	const char *doing = form_value(c, "do");

	return doing != NULL && strcmp(doing, what) == 0;
}

/* Reads the form and passes its request to apply; a refused form is shown again. */
static enum err
apply_form(struct ctx *c, apply_fn *apply)
{
	struct json_object *typed, *shown, *request = NULL;
	enum err e = form_json(c, &typed);

	if (e == OK)
		request = json_object_object_get(
		    experiment_form_request(typed, c->account->name, c->w.problems), "request");
	if (e == OK && problem_count(c->w.problems) > 0)
		e = ERR_INVALID;
	if (e == OK)
		e = is_sent_by(c, "count") ? count_matches(c, typed, request)
		    : is_sent_by(c, "plan") ? offer_plan(c, typed, request)
		    : apply(c, request);
	/* Without a form the body could not be read: there is nothing to show again. */
	if (e == OK || c->form == NULL)
		return e;
	c->model = NULL;
	if (make_experiment_form(c, typed, &shown) == OK)
		c->form = shown;
	return e;
}

/* Creates the experiment and redirects to its definition. */
static enum err
create_by_form(struct ctx *c, struct json_object *request)
{
	struct experiment_answer a = {0};
	struct definition d;
	enum err e = experiment_input_read(&c->w, request, &d);

	if (e == OK)
		e = experiment_create(&c->w, &d, &a);
	c->model = a.definition;
	if (e != OK)
		return e;
	/* To a program, an id that is taken is an answer with `err`; to a person, a refusal. */
	if (json_text(c->model, "err") != NULL)
		return fail(
		    &c->w, ERR_CONFLICT, "request.expid", "is the id of another experiment");
	c->location = mem_printf(
	    c->w.mem, "/admin/experiment/%s/setup", json_text(c->model, "expId"));
	return OK;
}

/* Changes the experiment of the path, over the version that the form names. */
static enum err
change_by_request(struct ctx *c, struct json_object *request)
{
	struct experiment_target t = {.id = c->args[0]};
	struct experiment_answer a = {0};
	struct experiment_changes in;
	enum err e = body_if_match(c, &t.version);

	if (e == OK)
		e = experiment_changes_read(&c->w, request, &in);
	if (e == OK)
		e = experiment_change(&c->w, &t, &in, &a);
	c->model = a.definition;
	if (e == OK)
		c->location = mem_printf(c->w.mem, "/admin/experiment/%s/setup", c->args[0]);
	return e;
}

/* POST /admin/experiments */
enum err
experiment_form_create(struct ctx *c)
{
	return apply_form(c, create_by_form);
}

/* POST /admin/experiment/:id/change */
enum err
experiment_form_change(struct ctx *c)
{
	return apply_form(c, change_by_request);
}

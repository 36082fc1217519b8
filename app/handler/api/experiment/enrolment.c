/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * All experiments of somebody in one answer.
 */
#include <string.h>

#include "base/jsonutil.h"
#include "base/mem.h"
#include "core/experiment/definition.h"
#include "service/decision/experiment_set.h"
#include "service/decision/enrolment.h"
#include "service/decision/subject_record.h"
#include "handler/routes.h"
#include "web/http/subject_input.h"
#include "web/http/ctx.h"

enum { NAMED_MOST = 1000 };

/* Experiments to decide, none twice. */
struct choice {
	const struct experiment_set *all;
	bool *chosen; /* by place in all */
	struct outcome *list;
	size_t n;
};

static void
choose(struct choice *to, const struct experiment *a)
{
	size_t at = a == NULL ? 0 : (size_t)(a - to->all->list);

	if (a == NULL || to->chosen[at])
		return;
	to->chosen[at] = true;
	to->list[to->n++] = (struct outcome){.experiment = a};
}

/* The experiments whose numbers lead the rows of a member of the record. */
static void
choose_rows(struct choice *to, struct json_object *record, const char *member)
{
	struct json_object *rows = json_object_object_get(record, member);

	for (size_t i = 0; i < json_items(rows); i++) {
		struct json_object *row = json_item(rows, i);
		choose(to, experiment_set_find(to->all,
		    json_object_get_int64(json_item(row, 0))));
	}
}

/* Every experiment in effect that somebody may be in: by audience, by enrolment, or as all are.
 * With attributes of the request the audience is not known beforehand. */
static void
choose_all(struct choice *to, const struct visitor *who)
{
	choose_rows(to, who->record, "enrolments");
	choose_rows(to, who->record, "audience");
	for (size_t i = 0; i < to->all->open_n; i++)
		choose(to, to->all->open[i]);
	for (size_t i = 0; who->attributes != NULL && i < to->all->n; i++)
		choose(to, &to->all->list[i]);
}

/* The answer: who is in nothing of an experiment that he did not ask for is told nothing of it. */
static bool
is_told(const struct outcome *o)
{
	return o->decision.reason != REASON_NOT_IN_AUDIENCE;
}

static enum err
run(struct ctx *c, const struct visitor *who, struct outcome list[], size_t n, bool named)
{
	struct json_object *out = json_object_new_array();

	c->model = mem_json(c->w.mem, json_object_new_object());
	json_object_object_add(c->model, "experiments", out);
	enum err e = enrolment_run(&c->w, who, list, n);
	for (size_t i = 0; e == OK && i < n; i++)
		if (named || is_told(&list[i]))
			json_object_array_add(out, enrolment_answer(&list[i]));
	return e;
}

/* Those that the body names; the others there are not. */
static enum err
run_named(struct ctx *c, const struct visitor *who, struct json_object *names)
{
	if (!json_object_is_type(names, json_type_array) ||
	    json_items(names) > NAMED_MOST)
		return fail(&c->w, ERR_INVALID, "/experiments", "must be a list of at most %d ids",
		    NAMED_MOST);
	size_t n = json_items(names), known = 0;
	struct outcome *list = mem_array(c->w.mem, struct outcome, n + 1);
	for (size_t i = 0; i < n; i++) {
		struct json_object *name = json_item(names, i);
		const char *at = mem_printf(c->w.mem, "/experiments/%zu", i);
		if (!json_object_is_type(name, json_type_string))
			return fail(&c->w, ERR_INVALID, at, "must be an id");
		list[known] = (struct outcome){0};
		enum err e = experiment_set_one(
		    &c->w, json_object_get_string(name), &list[known].experiment);
		if (e == ERR_NOT_FOUND)
			return fail(&c->w, e, at, "there is no such experiment");
		if (e != OK)
			return e;
		bool twice = false;
		for (size_t k = 0; k < known; k++)
			twice = twice || list[k].experiment->nr == list[known].experiment->nr;
		known += !twice;
	}
	return run(c, who, list, known, true);
}

enum err
enroll_all(struct ctx *c)
{
	struct choice to = {0};
	struct visitor who;
	struct json_object *body, *names;
	enum err e = visitor_read(c, &body, &who);

	if (e == OK)
		e = subject_record_load(&c->w, &who);
	if (e != OK)
		return e;
	if (json_object_object_get_ex(body, "experiments", &names))
		return run_named(c, &who, names);
	e = experiment_set_get(&c->w, 0, &to.all);
	if (e != OK)
		return e;
	to.chosen = mem_array(c->w.mem, bool, to.all->n + 1);
	memset(to.chosen, 0, to.all->n * sizeof to.chosen[0]);
	to.list = mem_array(c->w.mem, struct outcome, to.all->n + 1);
	choose_all(&to, &who);
	return run(c, &who, to.list, to.n, false);
}

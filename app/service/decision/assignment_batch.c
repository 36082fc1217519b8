/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The experiments of a request that enrols one subject in many at once: in all that apply to it, or
 * in those that the request names.
 */
#include "service/decision/assignment.h"

#include <stdbool.h>
#include <string.h>

#include "base/jsonutil.h"
#include "base/mem.h"
#include "service/decision/enrolment.h"
#include "service/decision/experiment_set.h"
#include "service/decision/subject_record.h"
#include "store/work.h"

enum { NAMED_MOST = 1000 };

/* The experiments to decide, each at most once. */
struct choice {
	const struct experiment_set *all; /* NULL: they are named */
	bool *chosen; /* by index in all->list */
	bool trusted; /* the actor may learn of all */
	struct enrolment_outcome *list;
	size_t n;
};

/*
 * Adds a (NULL: nothing) unless it has been chosen, or the actor is not to learn of it unless he
 * names it.
 */
static void
choose_experiment(struct choice *to, const struct experiment *a)
{
	size_t at = a == NULL ? 0 : (size_t)(a - to->all->list);

	if (a == NULL || to->chosen[at] || (a->secret && !to->trusted))
		return;
	to->chosen[at] = true;
	to->list[to->n++] = (struct enrolment_outcome){.experiment = a};
}

/*
 * Chooses the experiments whose numbers are the first items of the rows in that member of the
 * record.
 */
static void
choose_rows(struct choice *to, struct json_object *record, const char *member)
{
	struct json_object *rows = json_object_object_get(record, member);

	for (size_t i = 0; i < json_items(rows); i++) {
		struct json_object *row = json_item(rows, i);
		choose_experiment(to, experiment_set_find(to->all,
		    json_object_get_int64(json_item(row, 0))));
	}
}

/*
 * Chooses every experiment in effect that the subject may be in: by stored audience, by enrolment,
 * or because it is open to all. With attributes in the request any experiment may apply, because
 * its criteria are evaluated on them. Those that are over come last.
 */
static void
choose_all(struct choice *to, const struct visitor *who)
{
	choose_rows(to, who->record, "enrolments");
	choose_rows(to, who->record, "audience");
	for (size_t i = 0; i < to->all->open_n; i++)
		choose_experiment(to, to->all->open[i]);
	for (size_t i = 0; who->attributes != NULL && i < to->all->n; i++)
		choose_experiment(to, &to->all->list[i]);
	for (size_t i = 0; i < to->all->shipped_n; i++)
		if (to->trusted || !to->all->shipped[i].secret)
			to->list[to->n++] =
			    (struct enrolment_outcome){.experiment = &to->all->shipped[i]};
}

/*
 * Chooses the experiment of that id, which stands at the JSON pointer at, unless it has been
 * chosen.
 */
static enum err
choose_named(struct work *w, struct choice *to, struct json_object *id, const char *at)
{
	struct enrolment_outcome o = {0};

	if (!json_object_is_type(id, json_type_string))
		return fail(w, ERR_INVALID, at, "must be an id");
	/* One that is over would be read from the database each time it is named. */
	for (size_t i = 0; i < to->n; i++)
		if (strcmp(to->list[i].experiment->id, json_object_get_string(id)) == 0)
			return OK;
	enum err e = experiment_set_one(w, json_object_get_string(id), &o.experiment);
	if (e == ERR_NOT_FOUND)
		return fail(w, e, at, "there is no such experiment");
	if (e != OK)
		return e;
	to->list[to->n++] = o;
	return OK;
}

static enum err
choose_all_named(struct work *w, struct json_object *ids, struct choice *to)
{
	size_t n = json_items(ids);
	enum err e = OK;

	if (!json_object_is_type(ids, json_type_array) || n > NAMED_MOST)
		return fail(w, ERR_INVALID, "/experiments", "must be a list of at most %d ids",
		    NAMED_MOST);
	to->list = mem_array(w->mem, struct enrolment_outcome, n + 1);
	for (size_t i = 0; e == OK && i < n; i++)
		e = choose_named(w, to, json_item(ids, i),
		    mem_printf(w->mem, "/experiments/%zu", i));
	return e;
}

static enum err
choose_all_open(struct work *w, const struct visitor *who, struct choice *to)
{
	enum err e = experiment_set_get(w, 0, &to->all);

	if (e != OK)
		return e;
	to->chosen = mem_array(w->mem, bool, to->all->n + 1);
	memset(to->chosen, 0, to->all->n * sizeof to->chosen[0]);
	to->list =
	    mem_array(w->mem, struct enrolment_outcome, to->all->n + to->all->shipped_n + 1);
	to->trusted = w->actor.trusted;
	choose_all(to, who);
	return OK;
}

/* What was shown of several experiments is an object of names. */
static enum err
check_shown(struct work *w, const struct assignment_input *in)
{
	bool good = !in->as_shown || json_object_is_type(in->shown, json_type_object);

	json_object_object_foreach(json_members(in->shown), id, name) {
		(void)id;
		good = good && json_object_is_type(name, json_type_string);
	}
	return good ? OK
	    : fail(w, ERR_INVALID, "/shown", "must be an object {experiment: alternative}");
}

enum err
assignment_choose_many(struct assignment *a)
{
	struct choice to = {0};
	enum err e = check_shown(a->w, &a->in);

	if (e == OK)
		e = a->named ? choose_all_named(a->w, a->ids, &to)
			     : choose_all_open(a->w, &a->who, &to);
	for (size_t i = 0; a->in.as_shown && i < to.n; i++) {
		to.list[i].as_shown = true;
		to.list[i].shown = json_text(a->in.shown, to.list[i].experiment->id);
	}
	a->enrolment.list = to.list;
	a->enrolment.n = to.n;
	return e;
}

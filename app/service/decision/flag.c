/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Flags: the same decisions as everywhere, in the shape of OFREP. Asking for one flag means that it
 * is used, so the subject is enrolled. Asking for all is a client filling its cache: enrolling
 * there would put every visitor into every experiment of a site, so nothing is written unless the
 * request says so.
 */
#include "service/decision/flag.h"

#include "base/mem.h"
#include "core/experiment/flag.h"
#include "service/decision/enrolment.h"
#include "service/decision/experiment_set.h"
#include "service/decision/subject_record.h"
#include "store/work.h"

static struct json_object *
make_flag(const struct flag_request *q, const struct enrolment_outcome *o)
{
	return flag_new(&(struct flag_decision){
		o->experiment, o->decision, o->enrolled, q->ignores_attributes});
}

/* The flag for nobody, or the error that says that somebody is needed. */
static struct json_object *
make_flag_for_anybody(
    struct work *w, const struct flag_request *q, struct enrolment_outcome *o, bool *known)
{
	*known = enrolment_decide_for_anybody(w, q->who, o);
	return *known ? make_flag(q, o)
	    : flag_error(o->experiment->id, "TARGETING_KEY_MISSING",
		"this flag is decided for each subject: name one by context.targetingKey");
}

/* Decides the outcomes for the subject, and enrols it where that is asked for. */
static enum err
evaluate_flags(struct work *w, const struct flag_request *q, struct enrolment_outcome list[],
    size_t n)
{
	if (q->enroll)
		return enrolment_run(w, q->who, list, n);
	enrolment_decide(w, q->who, list, n);
	return OK;
}

enum err
flag_one(struct work *w, const struct flag_request *q, const char *key, struct json_object **flag,
    bool *known)
{
	struct enrolment_outcome o = {0};
	enum err e = q->who->subject == NULL ? OK : subject_record_load(w, q->who);

	*known = true;
	if (e == OK)
		e = experiment_set_one(w, key, &o.experiment);
	if (e == ERR_NOT_FOUND || (e == OK && o.experiment->secret && !w->actor.trusted))
		return fail_missing(w, "experiment");
	if (e == OK && q->who->subject == NULL) {
		*flag = mem_json(w->mem, make_flag_for_anybody(w, q, &o, known));
		return OK;
	}
	if (e == OK)
		e = evaluate_flags(w, q, &o, 1);
	if (e == OK)
		*flag = mem_json(w->mem, make_flag(q, &o));
	return e;
}

/* The experiments that the actor may learn of, by id, as outcomes that are not decided yet. */
static size_t
choose_flags(struct work *w, const struct experiment_set *all, struct enrolment_outcome **list)
{
	size_t n = 0;

	*list = mem_array(w->mem, struct enrolment_outcome, all->by_id_n + 1);
	for (size_t i = 0; i < all->by_id_n; i++)
		if (w->actor.trusted || !all->by_id[i]->secret)
			(*list)[n++] = (struct enrolment_outcome){.experiment = all->by_id[i]};
	return n;
}

enum err
flag_all(struct work *w, const struct flag_request *q, struct json_object **answer)
{
	const struct experiment_set *all;
	struct enrolment_outcome *list;
	bool known, named = q->who->subject != NULL;
	enum err e = named ? subject_record_load(w, q->who) : OK;

	if (e == OK)
		e = experiment_set_get(w, 0, &all);
	if (e != OK)
		return e;
	size_t n = choose_flags(w, all, &list);
	if (named)
		e = evaluate_flags(w, q, list, n);
	struct json_object *flags = json_object_new_array_ext((int)n + 1);
	*answer = mem_json(w->mem, json_object_new_object());
	json_object_object_add(*answer, "flags", flags);
	for (size_t i = 0; e == OK && i < n; i++)
		json_object_array_add(flags, named ? make_flag(q, &list[i])
		    : make_flag_for_anybody(w, q, &list[i], &known));
	return e;
}

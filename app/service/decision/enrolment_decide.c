/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The decision about a visitor in experiments: collects what core/experiment/decide needs from the
 * record and the request. Nothing is written here.
 */
#include "service/decision/enrolment.h"

#include <string.h>

#include "base/jsonutil.h"
#include "service/decision/experiment_set.h"
#include "service/decision/subject_facts.h"
#include "service/decision/subject_record.h"
#include "store/work.h"

/*
 * The attribute as the request gives it, else as the profile has it; NULL when neither does. Lent.
 */
static struct json_object *
visitor_attribute(const struct visitor *who, const char *name)
{
	struct json_object *own = json_object_object_get(who->attributes, name);
	struct json_object *held = json_object_object_get(who->record, "attributes");

	return own != NULL ? own : json_object_object_get(held, name);
}

/* Whether the visitor is a bot, by the user agent or because the profile says so. */
static bool
visitor_is_automatic(const struct visitor *who)
{
	struct json_object *human = visitor_attribute(who, "human");

	return who->bot || (json_object_is_type(human, json_type_boolean) &&
	    !json_object_get_boolean(human));
}

/*
 * Evaluates criteria now, on the profile overlaid with the attributes of the request, which are
 * used for this decision only and never stored.
 */
static bool
matches_live(struct work *w, struct subject_facts *p, const struct visitor *who,
    const struct criteria *criteria)
{
	if (criteria->kind != SUBJECT__MAX && criteria->kind != subject_kind(who->subject))
		return false;
	return criteria_match(criteria, subject_facts_terms(p, criteria_needs(w->mem, criteria)));
}

/*
 * Collects what decide() needs. Criteria are evaluated here when the request brings attributes or
 * the criteria are live; otherwise the stored audience of the record counts. scrap holds the stored
 * enrolment and must live as long as the result.
 */
static struct decision_request
make_decision_request(struct work *w, const struct visitor *who, struct subject_facts *p,
    const struct enrolment_outcome *o, struct enrolled *scrap)
{
	const struct experiment *a = o->experiment;
	bool live =
	    a->criteria != NULL && (who->attributes != NULL || a->criteria->live);

	return (struct decision_request){
		.experiment = a,
		.id = subject_id(who->subject),
		.kind = subject_kind(who->subject),
		.today = work_today(w),
		.bot = visitor_is_automatic(who),
		.enrolled = subject_record_enrolment(who->record, a->nr, scrap) ? scrap : NULL,
		.in_audience = o->selected || (live ? matches_live(w, p, who, a->criteria)
		                                    : subject_record_in_audience(who->record, a)),
		.force = o->force,
	};
}

struct decision_request
enrolment_request(struct work *w, const struct visitor *who, const struct enrolment_outcome *o,
    struct enrolled *scrap)
{
	return make_decision_request(w, who, subject_facts_new(w, who), o, scrap);
}

/*
 * An enrolment records that an alternative was seen, so where another one was shown, there is none.
 */
static void
hold_back_unshown(struct enrolment_outcome *o)
{
	struct decision *d = &o->decision;

	if (!o->as_shown || !d->enrol ||
	    (o->shown != NULL && strcmp(json_text(d->alternative, "name"), o->shown) == 0))
		return;
	d->enrol = false;
	d->reason = REASON_NOT_ENROLLED;
}

void
enrolment_decide(struct work *w, const struct visitor *who, struct enrolment_outcome list[],
    size_t n)
{
	struct subject_facts *p = subject_facts_new(w, who);

	for (size_t i = 0; i < n; i++) {
		struct enrolled scrap;
		struct decision_request q = make_decision_request(w, who, p, &list[i], &scrap);
		list[i].decision = decide(&q);
		/*
		 * An enrolment in a removed alternative does not count: the subject is assigned
		 * anew.
		 */
		list[i].enrolled = q.enrolled != NULL && list[i].decision.gone == 0;
		list[i].made = false;
		hold_back_unshown(&list[i]);
	}
}

bool
enrolment_decide_for_anybody(
    struct work *w, const struct visitor *who, struct enrolment_outcome *o)
{
	struct decision_request q = {
		.experiment = o->experiment,
		.today = work_today(w),
		.bot = visitor_is_automatic(who),
	};

	return decide_for_anybody(&q, &o->decision);
}

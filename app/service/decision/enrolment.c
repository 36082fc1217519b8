/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The one way to enrol. What core decided is written by one statement, which the database makes
 * happen once however many ask: if another request enrolled the subject first, its alternative is
 * what both get.
 */
#include "service/decision/enrolment.h"

#include <stdlib.h>
#include <string.h>

#include "base/jsonutil.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/metric.h"
#include "service/change.h"
#include "service/decision/experiment_set.h"
#include "service/decision/subject_record.h"
#include "service/decision/subject_facts.h"
#include "service/decision/telemetry_event.h"
#include "store/db/db.h"
#include "store/db/pgtype.h"
#include "store/cache/record.h"
#include "store/work.h"

enum column { EXPERIMENT, ALTERNATIVE, SPLIT, GONE, COLUMNS };

static struct json_object *
attribute(const struct visitor *who, const char *name)
{
	struct json_object *own = json_object_object_get(who->attributes, name);
	struct json_object *held = json_object_object_get(who->record, "attributes");

	return own != NULL ? own : json_object_object_get(held, name);
}

/* Decided on the profile with what the request says of it, for this one decision. */
static bool
matches(struct work *w, struct subject_facts *p, const struct visitor *who,
    const struct criteria *criteria)
{
	if (criteria->kind != SUBJECT__MAX && criteria->kind != subject_kind(who->subject))
		return false;
	return criteria_match(criteria, subject_facts_terms(p, criteria_needs(w->mem, criteria)));
}

static struct decision_request
ask(struct work *w, const struct visitor *who, struct subject_facts *p, const struct outcome *o,
    struct enrolled *scrap)
{
	const struct experiment *a = o->experiment;
	struct json_object *human = attribute(who, "human");
	bool no_human =
	    json_object_is_type(human, json_type_boolean) && !json_object_get_boolean(human);
	bool live =
	    a->criteria != NULL && (who->attributes != NULL || a->criteria->live);

	return (struct decision_request){
		.experiment = a,
		.id = subject_id(who->subject),
		.kind = subject_kind(who->subject),
		.today = work_today(w),
		.bot = who->bot || no_human,
		.enrolled = subject_record_enrolment(who->record, a->nr, scrap) ? scrap : NULL,
		.in_audience = o->selected || (live ? matches(w, p, who, a->criteria)
		                                    : subject_record_in_audience(who->record, a)),
		.force = o->force,
	};
}

struct decision_request
enrolment_question(struct work *w, const struct visitor *who, const struct outcome *o,
    struct enrolled *scrap)
{
	return ask(w, who, subject_facts_new(w, who), o, scrap);
}

void
enrolment_look(struct work *w, const struct visitor *who, struct outcome list[], size_t n)
{
	struct subject_facts *p = subject_facts_new(w, who);

	for (size_t i = 0; i < n; i++) {
		struct enrolled scrap;
		struct decision_request q = ask(w, who, p, &list[i], &scrap);
		list[i].decision = decide(&q);
		/* Who was in one that is gone is in nothing until he is drawn again. */
		list[i].enrolled = q.enrolled != NULL && list[i].decision.gone == 0;
		list[i].made = false;
	}
}

static void
add_row(struct work *w, const struct outcome *o, struct buf *columns[COLUMNS])
{
	const struct decision *d = &o->decision;

	pgtype_array_item(
	    columns[EXPERIMENT], mem_printf(w->mem, "%lld", (long long)o->experiment->nr));
	pgtype_array_item(
	    columns[ALTERNATIVE], mem_printf(w->mem, "%d", decide_number(d->alternative)));
	pgtype_array_item(
	    columns[SPLIT], mem_printf(w->mem, "%lld", (long long)o->experiment->split));
	pgtype_array_item(
	    columns[GONE], d->gone == 0 ? NULL : mem_printf(w->mem, "%d", d->gone));
}

/* Decides by what is stored now, and by the definitions of now. */
static enum err
look_again(struct work *w, const struct visitor *who, struct outcome *o)
{
	struct visitor again = *who;
	const struct experiment_set *all;
	enum err e = subject_record_get(w, who->subject, &again.record);

	if (e == OK)
		e = subject_record_snapshot(w, &again.subject, 1, &again.record, &all);
	if (e != OK)
		return e;
	const struct experiment *a = experiment_set_find(all, o->experiment->nr);
	if (a != NULL)
		o->experiment = a;
	enrolment_look(w, &again, o, 1);
	return OK;
}

/* An enrolment of which others are told once it is committed. */
struct news {
	struct visitor who;
	struct outcome outcome;
};

static void
tell(struct work *w, void *arg)
{
	const struct news *n = arg;
	const struct outcome *o = &n->outcome;

	if (o->decision.gone != 0)
		log_say(LOG_INFO, "alternative_gone", "%s: number %d, drawn again",
		    o->experiment->id, o->decision.gone);
	if (o->made)
		metric_add(METRIC_enrolments_total, 1);
	telemetry_event_enrolled(w, &n->who, o);
}

/* What the database says holds now: another worker may have been first, and may have known of
 * alternatives that this one has yet to hear of. */
static enum err
take_row(struct work *w, const struct visitor *who, struct outcome *o, const struct db_rows *rows,
    int i)
{
	struct json_object *alternatives = o->experiment->alternatives;
	struct json_object *held =
	    decide_numbered(alternatives, (int)db_int(rows, i, "alternative"));

	if (held == NULL)
		return look_again(w, who, o);
	o->enrolled = true;
	o->made = *db_cell(rows, i, "made") == 't';
	o->decision.alternative = held;
	if (*db_cell(rows, i, "wrote") != 't') {
		bool drawn = strcmp(db_cell(rows, i, "source"), "drawn") == 0;
		o->decision.reason = drawn ? REASON_ENROLLED : REASON_FORCED;
		return OK;
	}
	struct news *n = mem_new(w->mem, struct news);
	*n = (struct news){*who, *o};
	change_then(w, tell, n);
	return OK;
}

static enum err
store(struct work *w, const struct visitor *who, const char *how, struct buf *columns[COLUMNS],
    struct db_rows **rows)
{
	const char *now = work_now_text(w);

	const char *params[] = {who->subject, columns[EXPERIMENT]->data,
		columns[ALTERNATIVE]->data, columns[SPLIT]->data, columns[GONE]->data, how,
		w->conf->verify_human != 0 ? "true" : "false", now};
	enum err e = change_subjects(w, RECORD_SUBJECT, &who->subject, 1);
	return e == OK ? db_query(w->db, w->mem, QUERY_enrol, params, rows) : e;
}

static int
compare_numbers(const void *a, const void *b)
{
	const struct outcome *x = *(struct outcome *const *)a, *y = *(struct outcome *const *)b;

	return (x->experiment->nr > y->experiment->nr) - (x->experiment->nr < y->experiment->nr);
}

/* Enrols where the decision says so, of the forced ones or of the others; in one order of all. */
static enum err
write(struct work *w, const struct visitor *who, const char *how, struct outcome list[], size_t n)
{
	bool forced = strcmp(how, "forced") == 0, drawn = strcmp(how, "drawn") == 0;
	struct outcome **wanted = mem_array(w->mem, struct outcome *, n);
	struct buf *columns[COLUMNS];
	struct db_rows *rows;
	size_t count = 0;

	for (size_t i = 0; i < n; i++)
		if (list[i].decision.enrol &&
		    ((!forced && !drawn) || forced == (list[i].decision.reason == REASON_FORCED)))
			wanted[count++] = &list[i];
	if (count == 0)
		return OK;
	qsort(wanted, count, sizeof *wanted, compare_numbers);
	for (int k = 0; k < COLUMNS; k++) {
		columns[k] = buf_new(w->mem, 64);
		pgtype_array_open(columns[k]);
	}
	for (size_t i = 0; i < count; i++)
		add_row(w, wanted[i], columns);
	for (int k = 0; k < COLUMNS; k++)
		pgtype_array_close(columns[k]);
	enum err e = store(w, who, how, columns, &rows);
	if (e != OK)
		return e;
	for (int r = 0; e == OK && r < db_count(rows); r++)
		for (size_t i = 0; e == OK && i < count; i++)
			if (wanted[i]->experiment->nr == db_int(rows, r, "nr"))
				e = take_row(w, who, wanted[i], rows, r);
	return e;
}

/* Who has never been heard of counts against the limit of the key, before anything is written. */
static enum err
count_new(struct work *w, const struct visitor *who, const struct outcome list[], size_t n)
{
	size_t i = 0;

	while (i < n && !list[i].decision.enrol)
		i++;
	return i == n || who->counted || w->admit == NULL || !subject_record_is_new(who->record)
	    ? OK : w->admit(w, 1);
}

/* Outcomes of one visitor on their way into the database. */
struct enrolment {
	const struct visitor *who;
	struct outcome *list;
	size_t n;
	struct json_object *alternative; /* by hand; NULL: as is decided */
};

static enum err
enroll(struct work *w, void *arg, struct json_object **answer)
{
	const struct enrolment *x = arg;

	(void)answer;
	enrolment_look(w, x->who, x->list, x->n);
	enum err e = count_new(w, x->who, x->list, x->n);
	if (e == OK)
		e = write(w, x->who, "drawn", x->list, x->n);
	return e == OK ? write(w, x->who, "forced", x->list, x->n) : e;
}

enum err
enrolment_run(struct work *w, const struct visitor *who, struct outcome list[], size_t n)
{
	struct enrolment x = {who, list, n, NULL};
	struct json_object *none;

	return change_run(w, enroll, &x, &none);
}

static enum err
set(struct work *w, void *arg, struct json_object **answer)
{
	const struct enrolment *x = arg;

	(void)answer;
	enrolment_look(w, x->who, x->list, 1);
	if (x->list->decision.reason == REASON_BOT)
		return OK;
	x->list->decision = (struct decision){
		.alternative = x->alternative, .reason = REASON_FORCED, .enrol = true};
	return write(w, x->who, "set", x->list, 1);
}

enum err
enrolment_set(struct work *w, const struct visitor *who, struct outcome *o,
    struct json_object *alternative)
{
	struct enrolment x = {who, o, 1, alternative};
	struct json_object *none;

	return change_run(w, set, &x, &none);
}

struct json_object *
enrolment_answer(const struct outcome *o)
{
	struct json_object *out = json_object_new_object();
	struct json_object *alternative = o->decision.alternative;

	json_object_object_add(out, "experiment", json_object_new_string(o->experiment->id));
	json_object_object_add(out, "alternative",
	    json_object_get(json_object_object_get(alternative, "name")));
	json_object_object_add(out, "payload",
	    json_object_get(json_object_object_get(alternative, "payload")));
	json_object_object_add(
	    out, "reason", json_object_new_string(decide_word(o->decision.reason)));
	json_object_object_add(out, "enrolled", json_object_new_boolean(o->enrolled));
	json_object_object_add(out, "new", json_object_new_boolean(o->made));
	return out;
}

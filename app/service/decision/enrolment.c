/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Enrolment: the only code that assigns a subject to an alternative. core/experiment/decide decides
 * on the cached record; a single statement writes the enrolments of one visitor, or those that were
 * drawn for all requests that a worker has at the moment.
 *
 * The statement inserts only where no enrolment is stored. If another request enrolled the subject
 * first, its alternative is returned and both requests answer the same one. Rows are written in the
 * order of experiment numbers, so that two requests for one subject cannot deadlock.
 */
#include "service/decision/enrolment.h"

#include <stdlib.h>
#include <string.h>

#include "base/jsonutil.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/metric.h"
#include "service/change.h"
#include "service/joint_change.h"
#include "service/decision/experiment_set.h"
#include "service/decision/subject_record.h"
#include "service/decision/subject_facts.h"
#include "service/decision/telemetry_event.h"
#include "store/db/db.h"
#include "store/db/pgtype.h"
#include "store/cache/record.h"
#include "store/work.h"

/* The array parameters of the query `enrol`. */
enum column { EXPERIMENT, ALTERNATIVE, ALLOCATION, GONE, COLUMNS };

/* Appends one enrolment to the array parameters. */
static void
add_enrolment(struct work *w, const struct enrolment_outcome *o, struct buf *columns[COLUMNS])
{
	const struct decision *d = &o->decision;

	pgtype_array_item(
	    columns[EXPERIMENT], mem_printf(w->mem, "%lld", (long long)o->experiment->nr));
	pgtype_array_item(
	    columns[ALTERNATIVE], mem_printf(w->mem, "%d", decide_number(d->alternative)));
	pgtype_array_item(
	    columns[ALLOCATION], mem_printf(w->mem, "%lld", (long long)o->experiment->allocation));
	pgtype_array_item(
	    columns[GONE], d->gone == 0 ? NULL : mem_printf(w->mem, "%d", d->gone));
}

/* Decides again on the newest record and definitions, without writing. */
static enum err
decide_again(struct work *w, const struct visitor *who, struct enrolment_outcome *o)
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
	enrolment_decide(w, &again, o, 1);
	return OK;
}

/* An enrolment that is announced by telemetry once its transaction is committed. */
struct new_enrolment {
	struct work *w; /* of its request */
	struct visitor who;
	struct enrolment_outcome outcome;
};

/* Counts and announces an enrolment; runs after the commit. */
static void
announce_enrolment(struct work *w, void *arg)
{
	const struct new_enrolment *n = arg;
	const struct enrolment_outcome *o = &n->outcome;

	(void)w;
	if (o->decision.gone != 0)
		log_say(LOG_INFO, "alternative_gone", "%s: number %d, assigned again",
		    o->experiment->id, o->decision.gone);
	if (o->made)
		metric_add(METRIC_enrolments_total, 1);
	telemetry_event_enrolled(n->w, &n->who, o);
}

/* An enrolment as it is stored now. */
struct stored {
	const struct db_rows *rows;
	int row;
	const char *wrote; /* the column that says whether the statement stored it */
};

/*
 * Takes over what is stored of a request, w and who of x. Another worker may have enrolled the
 * subject first, and into an alternative that this worker's definitions do not have yet. change is
 * the work of the change under way.
 */
static enum err
take_stored(struct work *change, const struct enrolment *x, struct enrolment_outcome *o,
    struct stored s)
{
	struct json_object *alternatives = o->experiment->alternatives;
	struct json_object *held =
	    decide_numbered(alternatives, (int)db_int(s.rows, s.row, "alternative"));

	if (held == NULL)
		return decide_again(x->w, x->who, o);
	o->enrolled = true;
	o->made = *db_cell(s.rows, s.row, "made") == 't';
	o->decision.alternative = held;
	if (*db_cell(s.rows, s.row, s.wrote) != 't') {
		bool drawn = strcmp(db_cell(s.rows, s.row, "source"), "drawn") == 0;
		o->decision.reason = drawn ? REASON_ENROLLED : REASON_FORCED;
		return OK;
	}
	struct new_enrolment *n = mem_new(x->w->mem, struct new_enrolment);
	*n = (struct new_enrolment){x->w, *x->who, *o};
	change_then(change, announce_enrolment, n);
	return OK;
}

/*
 * Runs the statement. The cached record is invalidated first (store/cache/record.h says why).
 */
static enum err
insert_enrolments(struct work *w, const struct visitor *who, const char *how,
    struct buf *columns[COLUMNS], struct db_rows **rows)
{
	const char *now = work_now_text(w);

	const char *params[] = {who->subject, columns[EXPERIMENT]->data,
		columns[ALTERNATIVE]->data, columns[ALLOCATION]->data, columns[GONE]->data, how,
		w->conf->verify_human != 0 ? "true" : "false", now};
	enum err e = change_subjects(w, RECORD_SUBJECT, &who->subject, 1);
	return e == OK ? db_query(w->db, w->mem, QUERY_enrol, params, rows) : e;
}

/* Orders outcomes by the number of their experiment. */
static int
compare_numbers(const void *a, const void *b)
{
	const struct enrolment_outcome *x = *(struct enrolment_outcome *const *)a,
	    *y = *(struct enrolment_outcome *const *)b;

	return (x->experiment->nr > y->experiment->nr) - (x->experiment->nr < y->experiment->nr);
}

/* The outcome of experiment nr in the array, which compare_numbers() has sorted. */
static struct enrolment_outcome *
find_outcome(struct enrolment_outcome *const wanted[], size_t count, int64_t nr)
{
	const struct experiment experiment = {.nr = nr};
	const struct enrolment_outcome outcome = {.experiment = &experiment}, *key = &outcome;
	struct enrolment_outcome *const *found =
	    bsearch(&key, wanted, count, sizeof *wanted, compare_numbers);

	return found == NULL ? NULL : *found;
}

/*
 * The self-check of the visitor's kind, as an outcome of its own: whoever is enrolled by the hash
 * is enrolled in it, too, by the same statement. False where there is none, or the visitor is in
 * it.
 */
static bool
decide_selfcheck(struct work *w, const struct visitor *who, struct enrolment_outcome *o)
{
	enum subject_kind kind = subject_kind(who->subject);
	const struct experiment *a = w->experiments->selfcheck[kind];
	struct enrolled scrap;

	if (a == NULL || subject_record_enrolment(who->record, a->nr, &scrap))
		return false;
	struct decision_request q = {.experiment = a, .id = subject_id(who->subject), .kind = kind,
		.today = work_today(w), .in_audience = true};
	*o = (struct enrolment_outcome){.experiment = a, .decision = decide(&q)};
	return o->decision.enrol;
}

/*
 * Writes the enrolments that were decided. how is `drawn`, `forced` or `set` (by hand); the first
 * two select the outcomes of that kind, because they go into separate statements.
 */
static enum err
write_enrolments(struct work *w, const struct visitor *who, const char *how,
    struct enrolment_outcome list[], size_t n)
{
	bool forced = strcmp(how, "forced") == 0, drawn = strcmp(how, "drawn") == 0;
	struct enrolment_outcome **wanted = mem_array(w->mem, struct enrolment_outcome *, n + 1);
	struct enrolment_outcome selfcheck;
	struct buf *columns[COLUMNS];
	struct db_rows *rows;
	size_t count = 0;

	for (size_t i = 0; i < n; i++)
		if (list[i].decision.enrol &&
		    ((!forced && !drawn) || forced == (list[i].decision.reason == REASON_FORCED)))
			wanted[count++] = &list[i];
	if (count == 0)
		return OK;
	if (drawn && decide_selfcheck(w, who, &selfcheck))
		wanted[count++] = &selfcheck;
	qsort(wanted, count, sizeof *wanted, compare_numbers);
	for (int k = 0; k < COLUMNS; k++) {
		columns[k] = buf_new(w->mem, 64);
		pgtype_array_open(columns[k]);
	}
	for (size_t i = 0; i < count; i++)
		add_enrolment(w, wanted[i], columns);
	for (int k = 0; k < COLUMNS; k++)
		pgtype_array_close(columns[k]);
	enum err e = insert_enrolments(w, who, how, columns, &rows);
	if (e != OK)
		return e;
	for (int r = 0; e == OK && r < db_count(rows); r++) {
		struct enrolment_outcome *o = find_outcome(wanted, count, db_int(rows, r, "nr"));
		if (o != NULL && o != &selfcheck)
			e = take_stored(w, &(struct enrolment){.w = w, .who = who}, o,
			    (struct stored){rows, r, "wrote"});
	}
	return e;
}

/*
 * A subject without any stored data counts against the key's limit on new subjects, before anything
 * is written. ERR_THROTTLED.
 */
static enum err
admit_new_visitor(struct work *w, const struct visitor *who, const struct enrolment_outcome list[],
    size_t n)
{
	size_t i = 0;

	while (i < n && !list[i].decision.enrol)
		i++;
	return i == n || who->counted || w->admit == NULL || !subject_record_is_new(who->record)
	    ? OK : w->admit(w, 1);
}

/* The outcomes of one visitor, as the argument of change_run(). */
struct enrolment_change {
	const struct visitor *who;
	struct enrolment_outcome *list;
	size_t n;
	struct json_object *alternative; /* by hand; NULL: as is decided */
};

/* The change behind enrolment_run(): decides, then writes drawn and forced enrolments. */
static enum err
enroll_visitor(struct work *w, void *arg, struct json_object **answer)
{
	const struct enrolment_change *x = arg;

	(void)answer;
	enrolment_decide(w, x->who, x->list, x->n);
	enum err e = admit_new_visitor(w, x->who, x->list, x->n);
	if (e == OK)
		e = write_enrolments(w, x->who, "drawn", x->list, x->n);
	return e == OK ? write_enrolments(w, x->who, "forced", x->list, x->n) : e;
}

enum err
enrolment_run(struct work *w, const struct visitor *who, struct enrolment_outcome list[], size_t n)
{
	struct enrolment_change x = {who, list, n, NULL};
	struct json_object *none;

	return change_run(w, enroll_visitor, &x, &none);
}

enum err
enrolment_plan(struct enrolment *x)
{
	enrolment_decide(x->w, x->who, x->list, x->n);
	x->writes = false;
	for (size_t i = 0; i < x->n; i++)
		x->writes = x->writes || x->list[i].decision.enrol;
	x->planned = mem_check(talloc_memdup(x->w->mem, x->list, x->n * sizeof *x->list));
	return admit_new_visitor(x->w, x->who, x->list, x->n);
}

/* Whether the statement for many requests, which only draws, cannot make this enrolment. */
static bool
is_special(const struct decision *d)
{
	return d->enrol && (d->gone != 0 || d->reason == REASON_FORCED);
}

/* The array parameters of the query `enrol_many`. */
enum many_column {
	MANY_SUBJECT, MANY_EXPERIMENT, MANY_ALTERNATIVE, MANY_ALLOCATION, MANY_COLUMNS
};

/* A place of these arrays. */
struct drawn {
	const struct enrolment *of;
	struct enrolment_outcome *outcome; /* NULL: the self-check */
};

/* Appends an outcome to the arrays. */
static void
add_outcome(const struct enrolment *x, const struct enrolment_outcome *o,
    struct buf *columns[MANY_COLUMNS])
{
	void *mem = x->w->mem;

	pgtype_array_item(columns[MANY_SUBJECT], x->who->subject);
	pgtype_array_item(columns[MANY_EXPERIMENT],
	    mem_printf(mem, "%lld", (long long)o->experiment->nr));
	pgtype_array_item(columns[MANY_ALTERNATIVE],
	    mem_printf(mem, "%d", decide_number(o->decision.alternative)));
	pgtype_array_item(columns[MANY_ALLOCATION],
	    mem_printf(mem, "%lld", (long long)o->experiment->allocation));
}

/* Appends what is drawn for one request to the arrays and to places; the new number of them. */
static size_t
add_drawn(const struct enrolment *x, struct buf *columns[MANY_COLUMNS], struct drawn places[],
    size_t count)
{
	struct enrolment_outcome selfcheck;
	size_t before = count;

	for (size_t i = 0; i < x->n; i++)
		if (x->list[i].decision.enrol) {
			add_outcome(x, &x->list[i], columns);
			places[count++] = (struct drawn){x, &x->list[i]};
		}
	if (count > before && decide_selfcheck(x->w, x->who, &selfcheck)) {
		add_outcome(x, &selfcheck, columns);
		places[count++] = (struct drawn){x, NULL};
	}
	return count;
}

/* Runs the statement for all parts, and notes in places where their enrolments stand. */
static enum err
insert_drawn(struct work *w, const struct joint_part parts[], size_t n, struct drawn places[],
    struct db_rows **rows)
{
	const char **subjects = mem_array(w->mem, const char *, n);
	const char *params[MANY_COLUMNS + 2];
	struct buf *columns[MANY_COLUMNS];
	size_t count = 0;

	for (int k = 0; k < MANY_COLUMNS; k++) {
		columns[k] = buf_new(w->mem, 64 * n);
		pgtype_array_open(columns[k]);
	}
	for (size_t i = 0; i < n; i++) {
		subjects[i] = parts[i].subject;
		count = add_drawn(parts[i].arg, columns, places, count);
	}
	for (int k = 0; k < MANY_COLUMNS; k++) {
		pgtype_array_close(columns[k]);
		params[k] = columns[k]->data;
	}
	params[MANY_COLUMNS] = w->conf->verify_human != 0 ? "true" : "false";
	params[MANY_COLUMNS + 1] = joint_change_now(parts, n);
	enum err e = change_subjects(w, RECORD_SUBJECT, subjects, n);
	return e == OK ? db_query(w->db, w->mem, QUERY_enrol_many, params, rows) : e;
}

/* Writes the enrolments of several requests, all of them drawn. */
static enum err
write_drawn(struct work *w, const struct joint_part parts[], size_t n)
{
	struct db_rows *rows;
	size_t most = 0;

	for (size_t i = 0; i < n; i++)
		most += ((struct enrolment *)parts[i].arg)->n + 1;
	struct drawn *places = mem_array(w->mem, struct drawn, most);
	enum err e = insert_drawn(w, parts, n, places, &rows);
	for (int r = 0; e == OK && r < db_count(rows); r++) {
		const struct drawn *d = &places[db_int(rows, r, "place") - 1];
		if (d->outcome != NULL)
			e = take_stored(w, d->of, d->outcome, (struct stored){rows, r, "made"});
	}
	return e;
}

/* The change behind enrolment_write(). When it is tried again it begins with the plan again. */
static enum err
write_planned(struct work *w, const struct joint_part parts[], size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct enrolment *x = parts[i].arg;
		memcpy(x->list, x->planned, x->n * sizeof *x->list);
	}
	if (n > 1)
		return write_drawn(w, parts, n);
	const struct enrolment *x = parts[0].arg;
	enum err e = write_enrolments(w, x->who, "drawn", x->list, x->n);
	return e == OK ? write_enrolments(w, x->who, "forced", x->list, x->n) : e;
}

void
enrolment_write(struct enrolment *const list[], size_t n)
{
	struct joint_part *parts = mem_array(list[0]->w->mem, struct joint_part, n);

	for (size_t i = 0; i < n; i++) {
		parts[i] = (struct joint_part){
			.w = list[i]->w, .subject = list[i]->who->subject, .arg = list[i]};
		for (size_t k = 0; k < list[i]->n; k++)
			parts[i].alone =
			    parts[i].alone || is_special(&list[i]->list[k].decision);
	}
	joint_change_run(parts, n, write_planned);
	for (size_t i = 0; i < n; i++)
		((struct enrolment *)parts[i].arg)->e = parts[i].e;
}

/* The change behind enrolment_set(). A bot is never enrolled, not even by hand. */
static enum err
set_alternative(struct work *w, void *arg, struct json_object **answer)
{
	const struct enrolment_change *x = arg;

	(void)answer;
	enrolment_decide(w, x->who, x->list, 1);
	if (x->list->decision.reason == REASON_BOT)
		return OK;
	x->list->decision = (struct decision){
		.alternative = x->alternative, .reason = REASON_FORCED, .enrol = true};
	return write_enrolments(w, x->who, "set", x->list, 1);
}

enum err
enrolment_set(struct work *w, const struct visitor *who, struct enrolment_outcome *o,
    struct json_object *alternative)
{
	struct enrolment_change x = {who, o, 1, alternative};
	struct json_object *none;

	return change_run(w, set_alternative, &x, &none);
}

enum err
enrolment_counts(
    struct work *w, const char *experiment, int64_t most, struct json_object **out)
{
	const char *params[] = {experiment, mem_printf(w->mem, "%lld", (long long)most)};
	struct db_rows *rows;
	enum err e = db_query(w->db, w->mem, QUERY_enrolment_kinds, params, &rows);

	if (e == OK)
		*out = mem_json(w->mem, db_row_json(rows, 0));
	return e;
}

struct json_object *
enrolment_answer(const struct enrolment_outcome *o)
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

/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Simulated experiments. Their subjects are decided by core, and enrolled and counted in batches by
 * the functions of the schema; results are read as every caller reads them. The days of an
 * experiment lie in the past, the last one is yesterday: the ledger books a batch on the day that
 * assay.simulated_day names, and a look takes place one minute after the end of its day, when the
 * verdict treats that day as complete. Each experiment is a transaction that is rolled back.
 */
#include "cmd/simulation.h"

#include <inttypes.h>
#include <string.h>

#include "base/hash.h"
#include "base/instant.h"
#include "base/jsonutil.h"
#include "base/mem.h"
#include "cmd/command.h"
#include "core/experiment/bucket.h"
#include "core/experiment/decide.h"
#include "service/decision/experiment_set.h"
#include "service/definition/results.h"
#include "store/db/db.h"
#include "store/db/pgtype.h"
#include "store/work.h"

#define ALPHA 0.05

enum {
	BATCH = 250, /* subjects of a statement */
	TRIES = 5,   /* of an experiment that meets another one's lock */
	WEEK = 7,
	WEEKS_MORE = 4 /* that a plan may take, because fewer came than it needs */
};

/* An experiment under way; all on the work's memory. */
struct trial {
	const struct simulation *s;
	struct work *w;
	const char *id; /* of the experiment and of its goal */
	const char *salt;
	bool differs;
	int64_t first_day; /* midnight of the first day */
	const struct experiment *experiment;
	const char **hits; /* subjects that hit the goal, in the order of their arrival */
	int64_t *due;      /* the day on which each does */
	size_t hit_count, hits_made;
	struct alarms found;
	bool running;      /* the plan is not at its end */
};

/* Arguments of the statement that enrols a batch, as PostgreSQL arrays: an item a subject. */
struct columns {
	struct buf *subject, *experiment, *alternative, *allocation;
};

/* A member as a number; absent: where it is missing. */
static double
member_number(struct json_object *o, const char *name, double absent)
{
	struct json_object *value = json_object_object_get(o, name);

	return value == NULL ? absent : json_object_get_double(value);
}

/* What results say of the goal in alternative b. */
static struct json_object *
results_of_b(struct json_object *results)
{
	struct json_object *goals = json_object_object_get(results, "goals");
	struct json_object *goal = json_item(goals, 0);

	return json_item(json_object_object_get(goal, "alternatives"), 1);
}

static bool
verdict_is(struct json_object *results, const char *state)
{
	const char *its = json_text(json_object_object_get(results, "verdict"), "state");

	return its != NULL && strcmp(its, state) == 0;
}

/* Whether the verdict calls an alternative better or worse than control. */
static bool
verdict_differs(struct json_object *results)
{
	return verdict_is(results, "winner") || verdict_is(results, "harm") ||
	    verdict_is(results, "worse");
}

/* Reads the results once and notes what each method says. */
static enum err
read_results_once(struct trial *t)
{
	struct alarms *found = &t->found;
	double truth = t->differs ? t->s->effect : 0;
	struct json_object *results;
	enum err e = results_read(t->w, t->id, &results);

	if (e != OK)
		return e;
	struct json_object *b = results_of_b(results);
	struct json_object *interval = json_object_object_get(b, "sequence");
	bool significant = member_number(b, "chi2_confidence", 0) > 100 * (1 - ALPHA);
	/* `once` and `broken` are those of the last look, which overwrites the others; alarms of
	 * other methods stay, as somebody who looks every day would have acted on the first. */
	found->once = significant;
	found->peeking = found->peeking || significant;
	found->sequence = found->sequence || member_number(b, "sequence_p", 1) < ALPHA;
	found->verdict = found->verdict || verdict_differs(results);
	t->running = verdict_is(results, "running");
	found->broken = !json_object_get_boolean(json_object_object_get(
	    json_object_object_get(results, "srm"), "ok"));
	if (interval != NULL &&
	    (json_object_get_double(json_item(interval, 0)) > truth ||
	    json_object_get_double(json_item(interval, 1)) < truth))
		found->covered = 0;
	return OK;
}

double
simulation_share(const struct simulation *s, int64_t i)
{
	double others = (double)(s->arms - 1);

	if (s->control >= 0)
		return i == 0 ? s->control : (1 - s->control) / others;
	return i == 1 ? s->share : (1 - s->share) / others;
}

/* The alternatives control, b, c, .., with their shares, or with equal ones. */
static struct json_object *
alternatives_of(struct trial *t, bool even)
{
	struct json_object *list = mem_json(t->w->mem, json_object_new_array());

	for (int64_t i = 1; i <= t->s->arms; i++) {
		struct json_object *o = json_object_new_object();
		char letter[] = {(char)('a' + i - 1), '\0'};
		double weight = even ? 1.0 / (double)t->s->arms : simulation_share(t->s, i - 1);
		json_object_object_add(o, "id", json_object_new_int64(i));
		json_object_object_add(
		    o, "name", json_object_new_string(i == 1 ? "control" : letter));
		json_object_object_add(o, "weight", json_object_new_double(weight));
		json_object_object_add(o, "enabled", json_object_new_boolean(true));
		json_object_array_add(list, o);
	}
	return list;
}

/* The numbers of alternatives by name, and under "" the highest that was given. */
static struct json_object *
ids_of(struct trial *t, struct json_object *alternatives)
{
	struct json_object *ids = mem_json(t->w->mem, json_object_new_object());

	json_object_object_add(ids, "", json_object_new_int64(t->s->arms));
	for (size_t i = 0; i < json_items(alternatives); i++) {
		struct json_object *o = json_item(alternatives, i);
		json_object_object_add(ids, json_text(o, "name"),
		    json_object_get(json_object_object_get(o, "id")));
	}
	return ids;
}

/* An end of the window as a parameter. */
static const char *
window_text(struct trial *t, int64_t hours)
{
	return hours == GOAL_NO_WINDOW ? NULL : mem_printf(t->w->mem, "%" PRId64, hours);
}

/* The plan of the experiment; NULL: none. */
static const char *
plan_text(struct trial *t)
{
	return t->s->planned ? mem_printf(t->w->mem, "{\"baseline\": %.15g, \"effect\": %.15g}",
	    t->s->baseline, t->s->effect) : NULL;
}

/* Defines the experiment, or gives it another allocation. */
static enum err
define_experiment(struct trial *t, enum query q, bool even)
{
	const struct simulation *s = t->s;
	struct work *w = t->w;
	struct json_object *alternatives = alternatives_of(t, even);
	struct json_object *weights = mem_json(w->mem, bucket_allocation(alternatives));
	const char *created[] = {t->id, t->salt, work_now_text(w), t->id,
		json_object_to_json_string(alternatives),
		json_object_to_json_string(ids_of(t, alternatives)),
		json_object_to_json_string(weights), window_text(t, s->window.from),
		window_text(t, s->window.to), plan_text(t)};
	const char *weighed[] = {t->id, created[4], created[6]};
	enum err e = db_query(
	    w->db, w->mem, q, q == QUERY_simulate_experiment ? created : weighed, NULL);

	return e == OK ? experiment_set_one(w, t->id, &t->experiment) : e;
}

/* Opens the array parameters of a batch. */
static void
open_columns(void *mem, struct columns *c)
{
	c->subject = buf_new(mem, 8192);
	c->experiment = buf_new(mem, 2048);
	c->alternative = buf_new(mem, 2048);
	c->allocation = buf_new(mem, 2048);
	pgtype_array_open(c->subject);
	pgtype_array_open(c->experiment);
	pgtype_array_open(c->alternative);
	pgtype_array_open(c->allocation);
}

/*
 * Decides by the seed whether the subject hits the goal, and when. The draw has a salt of its own:
 * with that of the experiment, who converts would depend on the alternative.
 */
static void
plan_hit(struct trial *t, const char *name, const char *subject, bool of_b, int64_t day)
{
	const char *salt = mem_printf(t->w->mem, "%" PRId64 ":goal", t->s->seed);

	if (bucket_of(salt, name) >= t->s->baseline + (of_b && t->differs ? t->s->effect : 0))
		return;
	t->hits[t->hit_count] = mem_dup(t->hits, subject);
	t->due[t->hit_count++] = day + t->s->delay;
}

/* Decides subject i and adds it to the batch of enrolments. */
static void
add_arrival(struct trial *t, int64_t i, int64_t day, struct columns *c)
{
	struct work *w = t->w;
	const char *name = mem_printf(w->mem, "%s-%" PRId64, t->id, i);
	const char *subject = subject_text(w->mem, SUBJECT_USER, name);
	struct decision_request q = {.experiment = t->experiment, .id = name,
		.kind = SUBJECT_USER, .today = work_today(w), .in_audience = true};
	struct decision d = decide(&q);

	if (!d.enrol)
		return;
	pgtype_array_item(c->subject, subject);
	pgtype_array_item(c->experiment, mem_printf(w->mem, "%" PRId64, t->experiment->nr));
	pgtype_array_item(c->alternative, mem_printf(w->mem, "%d", decide_number(d.alternative)));
	pgtype_array_item(c->allocation, mem_printf(w->mem, "%" PRId64, t->experiment->allocation));
	plan_hit(t, name, subject, decide_number(d.alternative) == 2, day);
}

/* Enrols the subjects from..to-1. */
static enum err
enrol_batch(struct trial *t, int64_t from, int64_t to, int64_t day)
{
	struct work *w = t->w;
	struct columns c;

	open_columns(w->mem, &c);
	for (int64_t i = from; i < to; i++)
		add_arrival(t, i, day, &c);
	pgtype_array_close(c.subject);
	pgtype_array_close(c.experiment);
	pgtype_array_close(c.alternative);
	pgtype_array_close(c.allocation);
	const char *params[] = {c.subject->data, c.experiment->data, c.alternative->data,
		c.allocation->data, "true", work_now_text(w)};
	return db_query(w->db, w->mem, QUERY_enrol_many, params, NULL);
}

/* Records a batch of the hits that are due. */
static enum err
hit_batch(struct trial *t, int64_t day)
{
	struct work *w = t->w;
	struct buf *goals = buf_new(w->mem, 4096), *times = buf_new(w->mem, 1024),
	    *events = buf_new(w->mem, 2048);
	size_t from = t->hits_made;

	pgtype_array_open(goals);
	pgtype_array_open(times);
	pgtype_array_open(events);
	while (t->hits_made < t->hit_count && t->due[t->hits_made] <= day &&
	    t->hits_made - from < BATCH) {
		pgtype_array_item(goals, t->id);
		pgtype_array_item(times, "1");
		pgtype_array_item(events, NULL);
		t->hits_made++;
	}
	pgtype_array_close(goals);
	pgtype_array_close(times);
	pgtype_array_close(events);
	if (t->hits_made == from)
		return OK;
	const char *params[] = {pgtype_array(w->mem, t->hits + from, t->hits_made - from),
		goals->data, times->data, events->data, "true", work_now_text(w)};
	return db_query(w->db, w->mem, QUERY_goal_hit_many, params, NULL);
}

/* The subjects of a day arrive, hits that are due are recorded, and the results are read. */
static enum err
run_day(struct trial *t, int64_t day)
{
	const struct simulation *s = t->s;
	int64_t midnight = t->first_day + day * INSTANT_DAY;
	int64_t end = (day + 1) * s->subjects / s->days;

	work_set_now(t->w, midnight + INSTANT_DAY / 2);
	const char *date = work_today(t->w);
	enum err e = db_query(t->w->db, t->w->mem, QUERY_simulate_day, &date, NULL);
	for (int64_t i = day * s->subjects / s->days; e == OK && i < end; i += BATCH)
		e = enrol_batch(t, i, i + BATCH < end ? i + BATCH : end, day);
	/* Batches, until one of them finds no hit that is due. */
	for (size_t before = t->hits_made + 1; e == OK && before != t->hits_made;) {
		before = t->hits_made;
		e = hit_batch(t, day);
	}
	work_set_now(t->w, midnight + INSTANT_DAY + 60 * INSTANT_SECOND);
	return e == OK ? read_results_once(t) : e;
}

/* Whether the allocation changes before the subjects of that day. */
static bool
evens_out(const struct simulation *s, int64_t day)
{
	double from = s->even_from * (double)s->days;

	return (double)day >= from && (double)day < from + 1;
}

/* The days of an experiment, at least: with a plan whole weeks of days on which windows end. */
static int64_t
days_at_least(const struct simulation *s)
{
	int64_t weeks = (s->days + WEEK - 1) / WEEK;

	/* Subjects arrive at noon, so that their windows end 12 hours later in the day. */
	return s->planned ? weeks * WEEK + (12 + s->window.to) / 24 : s->days;
}

/* One experiment with all its days. */
static enum err
run_trial(struct trial *t)
{
	const struct simulation *s = t->s;
	void *mem = t->w->mem;
	enum err e = define_experiment(t, QUERY_simulate_experiment, false);

	int64_t days = days_at_least(s), most = days + WEEKS_MORE * WEEK;

	t->found.covered = 1;
	for (int64_t day = 0; e == OK && day < days; day++) {
		if (evens_out(s, day))
			e = define_experiment(t, QUERY_simulate_weights, true);
		/* A day's memory is freed with the day; the experiment and its hits live longer. */
		t->w->mem = mem_ctx(mem);
		if (e == OK)
			e = run_day(t, day);
		talloc_free(t->w->mem);
		t->w->mem = mem;
		if (s->planned && t->running && day == days - 1 && days < most)
			days += WEEK;
	}
	return e;
}

/* Adds one experiment to the sums. */
static void
add_alarms(struct alarms *sum, const struct alarms *one)
{
	sum->once += one->once;
	sum->peeking += one->peeking;
	sum->sequence += one->sequence;
	sum->verdict += one->verdict;
	sum->broken += one->broken;
	sum->covered += one->covered;
}

/*
 * Runs experiment i in a transaction that is rolled back. *again: it met a lock of another
 * transaction, and nothing was added.
 */
static enum err
run_one(const struct simulation *s, int64_t i, bool differs, struct alarms *sum, bool *again)
{
	struct work *w = s->w;
	int64_t today = instant_now() / INSTANT_DAY * INSTANT_DAY;
	int64_t most = days_at_least(s) + (s->planned ? WEEKS_MORE * WEEK : 0);
	size_t subjects = (size_t)(most * s->subjects / s->days);
	struct trial t = {.s = s, .w = w, .differs = differs,
		.first_day = today - most * INSTANT_DAY};
	char salt[HASH_SHA256_HEX];

	work_begin(w, t.first_day, command_actor());
	t.id = mem_printf(w->mem, "simulate-%" PRId64 "-%s-%" PRId64, s->seed,
	    differs ? "ab" : "aa", i);
	const char *text = mem_printf(w->mem, "%" PRId64 ":%s", s->seed, t.id);
	hash_sha256_hex(text, strlen(text), salt);
	t.salt = salt;
	t.hits = mem_array(w->mem, const char *, subjects);
	t.due = mem_array(w->mem, int64_t, subjects);
	/* Read now, the set does not have the experiment, whose definition changes. */
	const struct experiment_set *all;
	enum err e = experiment_set_get(w, 0, &all);
	if (e == OK)
		e = db_begin(w->db);
	*again = e == OK;
	if (e == OK)
		e = run_trial(&t);
	*again = *again && e == ERR_UNAVAILABLE;
	db_rollback(w->db);
	if (e == OK)
		add_alarms(sum, &t.found);
	work_end(w);
	return e;
}

enum err
simulation_run(const struct simulation *s, bool differs, struct alarms *sum)
{
	enum err e = OK;

	*sum = (struct alarms){0};
	for (int64_t i = 0; e == OK && i < s->experiments; i++) {
		bool again = true;
		for (int n = 0; again && n < TRIES; n++)
			e = run_one(s, i, differs, sum, &again);
	}
	return e;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * assay simulate: how often would results deceive? Subjects of experiments that make no difference
 * (A/A) and of such that do (A/B) go the way of real ones: decided, enrolled, counted, told. Each
 * experiment is a transaction that is rolled back: nothing of it stays.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/hash.h"
#include "base/instant.h"
#include "base/jsonutil.h"
#include "base/mem.h"
#include "base/num.h"
#include "cmd/command.h"
#include "core/experiment/bucket.h"
#include "service/decision/experiment_set.h"
#include "service/decision/enrolment.h"
#include "service/decision/subject_record.h"
#include "service/definition/results.h"

#define GOAL "assay-simulate"
#define ALPHA 0.05

struct simulation {
	int64_t experiments, subjects, peeks, seed;
	double baseline, effect;
	struct work *w;
};

/* How many experiments were called different, by each way of looking. */
struct alarms {
	int64_t once;     /* chi-square, at the end */
	int64_t peeking;  /* chi-square, at any look */
	int64_t sequence; /* the confidence sequence, at any look */
	int64_t broken;   /* sample ratio, at the end */
	int64_t covered;  /* the sequence held the true difference at every look */
};

static double
number(struct json_object *o, const char *name, double absent)
{
	struct json_object *value = json_object_object_get(o, name);

	return value == NULL ? absent : json_object_get_double(value);
}

/* What alternative b says of the goal. */
static struct json_object *
told_of_b(struct json_object *results)
{
	struct json_object *goals = json_object_object_get(results, "goals");
	struct json_object *goal = json_item(goals, 0);

	return json_item(json_object_object_get(goal, "alternatives"), 1);
}

static enum err
look(struct simulation *s, const char *id, double truth, struct alarms *found)
{
	struct json_object *results;
	enum err e = results_read(s->w, id, &results);

	if (e != OK)
		return e;
	struct json_object *b = told_of_b(results);
	struct json_object *interval = json_object_object_get(b, "sequence");
	bool significant = number(b, "chi2_confidence", 0) > 100 * (1 - ALPHA);
	found->once = significant;
	found->peeking = found->peeking || significant;
	found->sequence = found->sequence || number(b, "sequence_p", 1) < ALPHA;
	found->broken = !json_object_get_boolean(json_object_object_get(
	    json_object_object_get(results, "srm"), "ok"));
	if (interval != NULL &&
	    (json_object_get_double(json_item(interval, 0)) > truth ||
	    json_object_get_double(json_item(interval, 1)) < truth))
		found->covered = 0;
	return OK;
}

static enum err
hit(struct simulation *s, const char *subject)
{
	char now[INSTANT_TEXT];

	instant_format(s->w->now, now);
	const char *params[] = {subject, GOAL, "1", NULL, "true", now};
	return db_query(s->w->db, s->w->mem, QUERY_goal_hit, params, NULL);
}

/* One subject arrives, is enrolled, and hits the goal or not, as the seed says. */
static enum err
arrive(struct simulation *s, const char *id, int64_t i, bool differs)
{
	struct work *w = s->w;
	struct enrolment_outcome o = {0};
	struct visitor who = {0};
	const char *name = mem_printf(w->mem, "%s-%" PRId64, id, i);

	who.subject = subject_text(w->mem, SUBJECT_USER, name);
	enum err e = subject_record_get(w, who.subject, &who.record);
	if (e == OK)
		e = experiment_set_one(w, id, &o.experiment);
	if (e == OK)
		e = enrolment_run(w, &who, &o, 1);
	if (e != OK)
		return e;
	bool b = decide_number(o.decision.alternative) == 2;
	const char *salt = mem_printf(w->mem, "%" PRId64 ":goal", s->seed);
	double rate = s->baseline + (b && differs ? s->effect : 0);
	return bucket_of(salt, name) < rate ? hit(s, who.subject) : OK;
}

static enum err
run_one(struct simulation *s, const char *id, bool differs, struct alarms *found)
{
	char now[INSTANT_TEXT], salt[HASH_SHA256_HEX];
	enum err e = OK;

	instant_format(s->w->now, now);
	const char *text = mem_printf(s->w->mem, "%" PRId64 ":%s", s->seed, id);
	hash_sha256_hex(text, strlen(text), salt);
	e = db_query(s->w->db, s->w->mem, QUERY_simulate_experiment,
	    (const char *const[]){id, salt, now, GOAL}, NULL);
	*found = (struct alarms){.covered = 1};
	for (int64_t i = 0; e == OK && i < s->subjects; i++) {
		void *mem = s->w->mem;
		s->w->mem = mem_ctx(mem);
		e = arrive(s, id, i, differs);
		if (e == OK && (i + 1) * s->peeks / s->subjects > i * s->peeks / s->subjects)
			e = look(s, id, differs ? s->effect : 0, found);
		talloc_free(s->w->mem);
		s->w->mem = mem;
	}
	return e;
}

static void
add(struct alarms *sum, const struct alarms *one)
{
	sum->once += one->once;
	sum->peeking += one->peeking;
	sum->sequence += one->sequence;
	sum->broken += one->broken;
	sum->covered += one->covered;
}

/* A transaction an experiment, which is never committed. */
static enum err
run_all(struct simulation *s, bool differs, struct alarms *sum)
{
	enum err e = OK;

	*sum = (struct alarms){0};
	for (int64_t i = 0; e == OK && i < s->experiments; i++) {
		struct alarms one;
		work_begin(s->w, instant_now(), command_actor());
		const char *id = mem_printf(s->w->mem, "simulate-%" PRId64 "-%s-%" PRId64, s->seed,
		    differs ? "ab" : "aa", i);
		e = db_begin(s->w->db);
		if (e == OK)
			e = run_one(s, id, differs, &one);
		db_rollback(s->w->db);
		if (e == OK)
			add(sum, &one);
		work_end(s->w);
	}
	return e;
}

static void
print(const struct simulation *s, const struct alarms *aa, const struct alarms *ab)
{
	const struct {
		const char *name;
		int64_t aa, ab;
	} rows[] = {
	    {"chi-square, looked at once, at the end", aa->once, ab->once},
	    {"chi-square, looked at every time", aa->peeking, ab->peeking},
	    {"confidence sequence, looked at every time", aa->sequence, ab->sequence},
	    {"sample ratio called broken", aa->broken, ab->broken},
	    {"confidence sequence always held the truth", aa->covered, ab->covered},
	};

	printf("%" PRId64 " experiments of each kind, %" PRId64 " subjects, %" PRId64
	       " looks, seed %" PRId64 "\n"
	       "A/A: both convert at %g; A/B: b converts at %g\n\n%-44s %8s %8s\n",
	    s->experiments, s->subjects, s->peeks, s->seed, s->baseline, s->baseline + s->effect,
	    "called different", "A/A", "A/B");
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		printf("%-44s %7.1f%% %7.1f%%\n", rows[i].name,
		    100.0 * (double)rows[i].aa / (double)s->experiments,
		    100.0 * (double)rows[i].ab / (double)s->experiments);
}

static bool
read_rate(const char *text, double *out)
{
	char *end;

	*out = strtod(text, &end);
	return end != text && *end == '\0' && *out >= 0 && *out <= 1;
}

static bool
read_options(const struct command *c, struct simulation *s)
{
	const struct {
		const char *name;
		int64_t most, *count;
		double *rate;
	} known[] = {
	    {"--experiments", 100000, &s->experiments, NULL},
	    {"--subjects", 1000000, &s->subjects, NULL},
	    {"--looks", 1000, &s->peeks, NULL},
	    {"--seed", INT64_MAX, &s->seed, NULL},
	    {"--baseline", 0, NULL, &s->baseline},
	    {"--effect", 0, NULL, &s->effect},
	};

	for (int i = 0; i < c->argc; i += 2) {
		size_t k = 0;
		while (k < sizeof known / sizeof known[0] && strcmp(c->argv[i], known[k].name) != 0)
			k++;
		if (k == sizeof known / sizeof known[0] || i + 1 == c->argc)
			return false;
		const char *text = c->argv[i + 1];
		if (known[k].count != NULL ? !num_int(text, 1, known[k].most, known[k].count)
		                           : !read_rate(text, known[k].rate))
			return false;
	}
	return s->baseline + s->effect <= 1;
}

int
command_simulate(const struct command *c)
{
	struct simulation s = {.experiments = 100, .subjects = 1000, .peeks = 20, .seed = 1,
	    .baseline = 0.2, .effect = 0.1};
	struct conf *conf = mem_new(c->mem, struct conf);
	struct alarms aa, ab;

	if (!read_options(c, &s))
		return EXIT_USAGE;
	/* Nobody else sees these subjects, so nobody is to be told of them. */
	*conf = *c->conf;
	conf->memcached = "";
	conf->telemetry_file = "";
	s.w = setup_work(c->mem, conf, setup_db(c->mem, conf, setup_share()));
	if (s.w == NULL)
		return EXIT_FAILED;
	db_set_deadline(s.w->db, INT64_MAX);
	if (run_all(&s, false, &aa) != OK || run_all(&s, true, &ab) != OK)
		return command_db_failed(s.w->db);
	print(&s, &aa, &ab);
	return EXIT_DONE;
}

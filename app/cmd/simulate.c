/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * assay simulate: options and output of the simulation (cmd/simulation.h), which measures false
 * alarms and detections of results. A/A and A/B experiments run in two processes at once.
 */
#include <inttypes.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/num.h"
#include "cmd/command.h"
#include "cmd/simulation.h"
#include "core/experiment/plan.h"
#include "store/db/db.h"

enum { MOST_ARMS = 10, MOST_SUBJECTS = 1000000, PLANNED_DAYS = 28, PATIENCE_MS = 600000 };

/* What the plan to find the effect needs. */
static struct plan_size
simulated_plan(const struct simulation *s)
{
	const struct plan plan = {s->baseline, s->effect, 0.05, 0.8, 0};
	double shares[MOST_ARMS];

	for (int64_t i = 0; i < s->arms; i++)
		shares[i] = simulation_share(s, i);
	return plan_size(&plan, shares, (size_t)s->arms, 0);
}

/* Prints the percentage of experiments that each method called different. */
static void
print_alarms(const struct simulation *s, const struct alarms *aa, const struct alarms *ab)
{
	const struct {
		const char *name;
		int64_t aa, ab;
	} rows[] = {
	    {"chi-square, looked at once, at the end", aa->once, ab->once},
	    {"chi-square, looked at every time", aa->peeking, ab->peeking},
	    {"confidence sequence, looked at every time", aa->sequence, ab->sequence},
	    {"verdict, looked at every time", aa->verdict, ab->verdict},
	    {"sample ratio called broken", aa->broken, ab->broken},
	    {s->planned ? "interval of all looks always held the truth"
			: "confidence sequence always held the truth", aa->covered, ab->covered},
	};

	printf("%" PRId64 " experiments of each kind, %" PRId64 " subjects, %" PRId64
	       " looks, seed %" PRId64 "\n"
	       "A/A: both convert at %g; A/B: b converts at %g\n",
	    s->experiments, s->subjects, s->days, s->seed, s->baseline, s->baseline + s->effect);
	printf("%" PRId64 " alternatives, %s gets %g%% of the subjects", s->arms,
	    s->control < 0 ? "b" : "control", 100 * (s->control < 0 ? s->share : s->control));
	if (s->even_from < 1)
		printf(", from %g%% of them on as many as the others", 100 * s->even_from);
	if (s->delay > 0)
		printf("; hits %" PRId64 " days later", s->delay);
	if (s->window.to != GOAL_NO_WINDOW)
		printf("; window of the goal %" PRId64 " to %" PRId64 " hours", s->window.from,
		    s->window.to);
	if (s->planned)
		printf("\nplan: alpha 0.05, power 0.8, %" PRId64 " participants needed in each "
		    "alternative", simulated_plan(s).per_arm);
	printf("\n\n%-44s %8s %8s\n", "called different", "A/A", "A/B");
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		printf("%-44s %7.1f%% %7.1f%%\n", rows[i].name,
		    100.0 * (double)rows[i].aa / (double)s->experiments,
		    100.0 * (double)rows[i].ab / (double)s->experiments);
}

/* Reads a rate from 0 to 1. */
static bool
read_rate(const char *text, double *out)
{
	char *end;

	*out = strtod(text, &end);
	return end != text && *end == '\0' && *out >= 0 && *out <= 1;
}

/* Reads a window as FROM..TO in hours. */
static bool
read_window(void *mem, const char *text, struct goal_window *out)
{
	const char *dots = strstr(text, "..");

	return dots != NULL &&
	    num_int(mem_dupn(mem, text, (size_t)(dots - text)), 0, GOAL_WINDOW_MOST, &out->from) &&
	    num_int(dots + 2, out->from + 1, GOAL_WINDOW_MOST, &out->to);
}

/* How many standard deviations fewer participants than expected a pair may have. */
#define SHORT 3

/*
 * Sets what a plan has of its own, where no option says otherwise: whole weeks, a window in which
 * hits come, and as many subjects as it needs, with some more because chance divides them.
 */
static bool
set_plan(const struct command *c, struct simulation *s)
{
	double n, uneven;

	if (!(s->baseline > 0 && s->effect > 0 && s->baseline + s->effect < 1 && s->share > 0 &&
		s->share < 1))
		return false;
	if (s->window.to == GOAL_NO_WINDOW)
		s->window = (struct goal_window){0, 24 * (s->delay + 1)};
	if (command_option(c, "looks") == NULL)
		s->days = PLANNED_DAYS;
	if (command_option(c, "subjects") != NULL)
		return true;
	/*
	 * b gets n * share subjects give or take sqrt(n * share * (1 - share)), by chance: relative
	 * to its share, one deviation is the root below.
	 */
	n = (double)simulated_plan(s).total;
	uneven = s->arms == 2 && s->share == 0.5 ? 0
	    : SHORT * sqrt((1 - s->share) / (s->share * n));
	s->subjects = (int64_t)ceil(n * (1 + uneven) + SHORT * SHORT);
	return s->subjects <= MOST_SUBJECTS;
}

/* Reads the options into *s, which has the defaults; false for a bad one. */
static bool
read_simulation_options(const struct command *c, struct simulation *s)
{
	const struct {
		const char *name;
		int64_t most, *count;
		double *rate;
	} known[] = {
	    {"experiments", 100000, &s->experiments, NULL},
	    {"subjects", MOST_SUBJECTS, &s->subjects, NULL},
	    {"looks", 1000, &s->days, NULL},
	    {"seed", INT64_MAX, &s->seed, NULL},
	    {"arms", MOST_ARMS, &s->arms, NULL},
	    {"delay", 1000, &s->delay, NULL},
	    {"baseline", 0, NULL, &s->baseline},
	    {"effect", 0, NULL, &s->effect},
	    {"share", 0, NULL, &s->share},
	    {"control", 0, NULL, &s->control},
	    {"change-weights-at", 0, NULL, &s->even_from},
	};

	for (size_t k = 0; k < sizeof known / sizeof known[0]; k++) {
		const char *text = command_option(c, known[k].name);
		if (text == NULL)
			continue;
		if (known[k].count != NULL ? !num_int(text, 1, known[k].most, known[k].count)
		                           : !read_rate(text, known[k].rate))
			return false;
	}
	const char *window = command_option(c, "window");
	if (window != NULL && !read_window(c->mem, window, &s->window))
		return false;
	if (s->control >= 0 && (s->share >= 0 || s->control <= 0 || s->control >= 1))
		return false;
	/* --control leaves the rest to the others equally, of which b is one. */
	if (s->control >= 0)
		s->share = simulation_share(s, 1);
	if (s->share < 0)
		s->share = 1.0 / (double)s->arms;
	s->planned = command_option(c, "plan") != NULL;
	if (s->planned && !set_plan(c, s))
		return false;
	return s->baseline + s->effect <= 1 && s->arms >= 2 && s->share > 0 && s->share < 1;
}

/* Runs one kind over a connection of its own; prints why it could not. */
static bool
run_kind(const struct command *c, struct simulation s, bool differs, struct alarms *found)
{
	struct conf *conf = mem_new(c->mem, struct conf);

	/* Rolled-back subjects must enter neither the cache nor telemetry. */
	*conf = *c->conf;
	conf->memcached = "";
	conf->telemetry_file = "";
	/* Statements of large experiments, and waits for the lock of another one. */
	conf->statement_timeout_ms = PATIENCE_MS;
	s.w = setup_work(c->mem, conf, setup_db(c->mem, conf, setup_share()));
	if (s.w == NULL)
		return false;
	db_set_deadline(s.w->db, INT64_MAX);
	if (simulation_run(&s, differs, found) == OK)
		return true;
	command_db_failed(s.w->db);
	return false;
}

/* Runs both kinds: A/B in a child process, which sends its sums through a pipe. */
static bool
run_both(const struct command *c, const struct simulation *s, struct alarms *aa,
    struct alarms *ab)
{
	int ends[2];

	if (pipe(ends) != 0)
		return false;
	pid_t pid = fork();
	if (pid == 0) {
		/* No experiments for a parent that was interrupted. */
		prctl(PR_SET_PDEATHSIG, SIGTERM);
		bool done = run_kind(c, *s, true, ab) &&
		    write(ends[1], ab, sizeof *ab) == (ssize_t)sizeof *ab;
		_exit(done ? EXIT_DONE : EXIT_FAILED);
	}
	/* While this end is open, reading would not notice a child that ended without sums. */
	close(ends[1]);
	bool done = pid > 0 && run_kind(c, *s, false, aa);
	done = read(ends[0], ab, sizeof *ab) == (ssize_t)sizeof *ab && done;
	close(ends[0]);
	if (pid > 0)
		waitpid(pid, NULL, 0);
	return done;
}

int
command_simulate(const struct command *c)
{
	struct simulation s = {.experiments = 100, .subjects = 1000, .days = 20, .seed = 1,
	    .arms = 2, .window = {GOAL_NO_WINDOW, GOAL_NO_WINDOW}, .share = -1, .control = -1,
	    .even_from = 1, .baseline = 0.2, .effect = 0.1};
	struct alarms aa, ab;

	if (c->argc > 0 || !read_simulation_options(c, &s))
		return EXIT_USAGE;
	if (!run_both(c, &s, &aa, &ab))
		return EXIT_FAILED;
	print_alarms(&s, &aa, &ab);
	return EXIT_DONE;
}

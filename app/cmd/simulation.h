/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CMD_SIMULATION_H
#define CMD_SIMULATION_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "service/definition/goal.h"

struct work;

/* Experiments to simulate. Control and the other alternatives than b convert at the baseline. */
struct simulation {
	int64_t experiments; /* of each kind */
	int64_t subjects;    /* of an experiment; the same number on each day, but for rounding */
	int64_t days;        /* results are looked at after each; with a plan as many come
				on days beyond, until its final look */
	int64_t seed;
	int64_t arms;        /* with control */
	int64_t delay;       /* days from the arrival of a subject to its hit */
	struct goal_window window; /* of the goal */
	double share;        /* of the subjects that b gets; the others share the rest equally */
	double control; /* that control gets instead, the others share the rest; below 0: no */
	double even_from;    /* the part of the subjects after which all arms get equal shares */
	double baseline, effect; /* rate, and what b adds to it in an A/B */
	bool planned;        /* with a plan to find that, made before the first subject came */
	struct work *w;      /* over a connection of the app role; borrowed */
};

/* How many experiments were called different by each way of looking at b, or by the verdict. */
struct alarms {
	int64_t once;     /* chi-square, at the end */
	int64_t peeking;  /* chi-square, at any look */
	int64_t sequence; /* the confidence sequence, at any look */
	int64_t verdict;  /* the verdict named a winner or a loser, at any look */
	int64_t broken;   /* sample ratio, at the end */
	int64_t covered;  /* the sequence held the true difference at every look */
};

/* The share of alternative i, control being 0. */
double simulation_share(const struct simulation *s, int64_t i);

/*
 * Runs all experiments of one kind: A/B (differs) or A/A. Each is a transaction that is rolled
 * back. On failure *sum is undefined.
 */
enum err simulation_run(const struct simulation *s, bool differs, struct alarms *sum) must_check;

#endif

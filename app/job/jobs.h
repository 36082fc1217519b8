/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef JOB_JOBS_H
#define JOB_JOBS_H

#include "run/setup.h"

/* Runs every job once, now, and logs what it did. */
enum err jobs_once(struct db *db, const struct conf *conf) must_check;

/* Runs the jobs when they are due until SIGTERM or SIGINT. Returns the exit code. */
int jobs_run(struct db *db, const struct conf *conf);

#endif

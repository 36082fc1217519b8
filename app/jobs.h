/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef JOBS_H
#define JOBS_H

#include "boot.h"

/* Runs every job once, now, and logs what it did. */
enum err jobs_once(struct db *db, const struct conf *conf) must_check;

/* Runs the jobs when they are due until SIGTERM or SIGINT. Returns the exit code. */
int jobs_run(struct db *db, const struct conf *conf);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RUN_PREFLIGHT_H
#define RUN_PREFLIGHT_H

#include <sys/types.h>

#include "run/setup.h"

enum vet {
	VET_GOOD = 0,
	VET_BAD = 1,         /* templates, configuration, schema or statements are not usable */
	VET_NO_DATABASE = 2, /* everything that can be checked without the database is good */
};

/* Checks everything that a worker needs before its first request, and logs what is wrong. */
enum vet preflight_run(const struct conf *conf);

/* The same in a child process, so that the caller keeps no connection and no memory. */
enum vet preflight_in_child(const struct conf *conf);

/* Starts such a process without waiting for it; it ends by itself within seconds, or with the
 * caller. Its process id, or -1. preflight_result interprets its wait status. */
pid_t preflight_start(const struct conf *conf);
enum vet preflight_result(int status);

#endif

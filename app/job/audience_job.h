/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef JOB_AUDIENCE_JOB_H
#define JOB_AUDIENCE_JOB_H

#include "run/setup.h"

/*
 * Computes the audience of every definition that is due, and ends experiments whose time is over.
 * Any number of processes on any number of machines may do so concurrently. Failures are logged
 * and recorded in the definition; ERR_UNAVAILABLE when the database cannot be used.
 */
enum err audience_job_run(struct db *db, const struct conf *conf) must_check;

#endif

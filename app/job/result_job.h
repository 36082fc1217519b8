/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef JOB_RESULT_JOB_H
#define JOB_RESULT_JOB_H

#include "base/conf.h"
#include "base/err.h"
#include "store/db/db.h"

/* The results ledger (sql/README.md): folding its deltas, checking its sums, and
 * decisions by them. */

/*
 * Builds the windows of goals that are new (service/definition/window.h) and folds what waits, if
 * it is 10 seconds since the last time in this process. Results are exact whether or not anything
 * is folded; they are read faster when little waits.
 */
enum err result_job_fold(struct db *db) must_check;

/* Builds and folds all that waits, and removes sums that have become zero. */
enum err result_job_tidy(struct db *db) must_check;

/*
 * Once a day over all processes: compares the sums of one experiment with its rows, and logs each
 * difference as an error.
 */
enum err result_job_recount(struct db *db) must_check;

/* Keeps what plans have decided by the days that are over, whether or not anybody reads it. */
enum err result_job_decide(struct db *db, const struct conf *conf) must_check;

#endif

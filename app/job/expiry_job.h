/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef JOB_EXPIRY_JOB_H
#define JOB_EXPIRY_JOB_H

#include "base/conf.h"
#include "store/db/db.h"

/*
 * Deletes rows whose life is over (sql/README.md says how long each table keeps its rows), a
 * bounded number in each transaction. What fails does not keep the rest; the first error.
 */
enum err expiry_job_run(struct db *db, const struct conf *conf) must_check;

/* The same for what is found only by looking at all rows: once a day is enough. */
enum err expiry_job_daily(struct db *db) must_check;

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef JOB_UPLOAD_JOB_H
#define JOB_UPLOAD_JOB_H

#include "base/conf.h"
#include "base/err.h"
#include "store/db/db.h"

/*
 * Processes all member files that wait, one batch per transaction. Any number of processes may do
 * so concurrently.
 */
enum err upload_job_run(struct db *db, const struct conf *conf) must_check;

#endif

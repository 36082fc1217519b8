/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef JOB_SELFCHECK_JOB_H
#define JOB_SELFCHECK_JOB_H

#include "base/conf.h"
#include "store/db/db.h"

/*
 * Makes the self-checks and enables them where `selfcheck` is 1, else ends them; then chooses the
 * goal of each (sql/query/selfcheck_goal.sql). For every hour, after the deltas are folded.
 */
enum err selfcheck_job_run(struct db *db, const struct conf *conf) must_check;

#endif

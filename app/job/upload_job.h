/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef JOB_UPLOAD_JOB_H
#define JOB_UPLOAD_JOB_H

#include "base/conf.h"
#include "base/err.h"
#include "store/db/db.h"

/*
 * Works off all files of members that wait, a batch a transaction: whoever is killed leaves the
 * rest to the next. Any number of processes may do so at once.
 */
enum err upload_job_run(struct db *db, const struct conf *conf) must_check;

#endif

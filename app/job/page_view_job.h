/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef JOB_PAGE_VIEW_JOB_H
#define JOB_PAGE_VIEW_JOB_H

#include "base/err.h"
#include "store/db/db.h"

/*
 * Counts the page views of this hour and, at its beginning, those of the hour before.
 */
enum err page_view_job_count(struct db *db) must_check;

/*
 * Counts a whole day again, today or one of the 7 before in turn, by the hour of the clock: views
 * may arrive late, and may be erased.
 */
enum err page_view_job_again(struct db *db) must_check;

/* Counts all of these days again. */
enum err page_view_job_all(struct db *db) must_check;

#endif

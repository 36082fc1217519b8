/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef JOB_PAGE_VIEW_JOB_H
#define JOB_PAGE_VIEW_JOB_H

#include "base/err.h"
#include "store/db/db.h"

/*
 * Counts page views by the hour, for people who look on: those of this hour, and at its begin
 * those of the one before.
 */
enum err page_view_job_count(struct db *db) must_check;

/*
 * Counts a whole day anew, today or one of the 7 before, each in its turn by the hour of the clock:
 * views may come late, and may be erased.
 */
enum err page_view_job_again(struct db *db) must_check;

/* Counts all of these days anew. */
enum err page_view_job_all(struct db *db) must_check;

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PAGE_JOB_H
#define PAGE_JOB_H

#include "base/err.h"
#include "store/db.h"

/*
 * Counts page views by the hour, for people who look on: those of this hour, and at its begin
 * those of the one before.
 */
enum err page_job_count(struct db *db) must_check;

/*
 * Counts a whole day anew, today or one of the 7 before, each in its turn by the hour of the clock:
 * views may come late, and may be erased.
 */
enum err page_job_again(struct db *db) must_check;

/* Counts all of these days anew. */
enum err page_job_all(struct db *db) must_check;

#endif

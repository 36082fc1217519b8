/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Counts of page views by the hour. There are many page views, so they are counted here, a few
 * hours at a time, and pages read only the counts.
 */
#include "job/page_view_job.h"

#include "base/instant.h"
#include "base/mem.h"

/* Days that are counted: today and those before, of which pages show a part. */
enum { DAYS = 8 };

#define HOUR (3600 * INSTANT_SECOND)

/* By then most views of an hour have arrived. */
#define LATE (10 * 60 * INSTANT_SECOND)

/* Counts the views in [from, to), which are full hours. */
static enum err
count_hours(struct db *db, int64_t from, int64_t to)
{
	char first[INSTANT_TEXT], last[INSTANT_TEXT], cutoff[INSTANT_TEXT];

	instant_format(from, first);
	instant_format(to, last);
	instant_format(instant_now() - (DAYS + 1) * INSTANT_DAY, cutoff);
	db_set_deadline(db, INT64_MAX);
	return db_query(db, db, QUERY_page_view_hour_count,
	    (const char *const[]){first, last, cutoff}, NULL);
}

/* Computes the totals that pages show. */
static enum err
sum_week(struct db *db)
{
	char now[INSTANT_TEXT];
	const char *params[] = {now};

	instant_format(instant_now(), now);
	return db_query(db, db, QUERY_page_view_week_compute, params, NULL);
}

static enum err
count_day(struct db *db, int64_t back)
{
	int64_t now = instant_now(), day = now - now % INSTANT_DAY - back * INSTANT_DAY;

	return count_hours(db, day, day + INSTANT_DAY);
}

enum err
page_view_job_count(struct db *db)
{
	int64_t now = instant_now(), from = now - LATE;
	enum err e = count_hours(db, from - from % HOUR, now - now % HOUR + HOUR);

	return e == OK ? sum_week(db) : e;
}

enum err
page_view_job_again(struct db *db)
{
	enum err e = count_day(db, instant_now() / HOUR % DAYS);

	return e == OK ? sum_week(db) : e;
}

enum err
page_view_job_all(struct db *db)
{
	enum err e = OK;

	for (int64_t back = 0; e == OK && back < DAYS; back++)
		e = count_day(db, back);
	return e == OK ? sum_week(db) : e;
}

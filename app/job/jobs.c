/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Maintenance without a request: partitions created ahead, expired rows deleted, and the jobs for
 * audiences, uploads and page views. Any number of job processes may run; all statements are safe
 * to repeat.
 */
#include "job/jobs.h"

#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include "base/instant.h"
#include "base/log.h"
#include "base/mem.h"
#include "job/audience_job.h"
#include "job/expiry_job.h"
#include "job/page_view_job.h"
#include "job/result_job.h"
#include "job/selfcheck_job.h"
#include "job/upload_job.h"
#include "run/signals.h"

/* Page views arrive up to a day ahead and mostly within two weeks; a day without a partition goes
 * into the default one. */
enum { DAYS_BACK = 14, DAYS_AHEAD = 8 };

#define EVERY (3600 * INSTANT_SECOND)
#define AGAIN (60 * INSTANT_SECOND)

/* Audiences are computed when a NOTIFY arrives, and checked at this interval. */
#define LOOK (5 * INSTANT_SECOND)
#define RETRY INSTANT_SECOND

static enum err
keep_partitions(struct db *db, const struct conf *conf)
{
	void *mem = mem_ctx(db);
	int64_t now = instant_now();
	/* Do not create a day that would be dropped at once. */
	int64_t back = conf->retention_days < DAYS_BACK ? conf->retention_days : DAYS_BACK;
	char first[INSTANT_TEXT], last[INSTANT_TEXT], cutoff[INSTANT_TEXT];
	struct db_rows *rows;

	instant_format(now - back * INSTANT_DAY, first);
	instant_format(now + DAYS_AHEAD * INSTANT_DAY, last);
	instant_format(now - conf->retention_days * INSTANT_DAY, cutoff);
	db_set_deadline(db, INT64_MAX);
	enum err e = db_query(db, mem, QUERY_page_view_partitions,
	    (const char *const[]){first, last, cutoff}, &rows);
	if (e == OK)
		log_say(LOG_INFO, "partitions", "made %s, dropped %s, deleted %s rows below them",
		    db_cell(rows, 0, "made"), db_cell(rows, 0, "dropped"),
		    db_cell(rows, 0, "deleted"));
	else
		log_say(LOG_ERROR, "partitions", "%s", db_message(db));
	talloc_free(mem);
	return e;
}

/* One job that fails does not keep the next from its turn. */
static enum err
first_error(enum err e, enum err other)
{
	return e != OK ? e : other;
}

/* What is due every hour. */
static enum err
keep_house(struct db *db, const struct conf *conf)
{
	enum err e = keep_partitions(db, conf);

	e = first_error(e, expiry_job_run(db, conf));
	e = first_error(e, result_job_tidy(db));
	e = first_error(e, selfcheck_job_run(db, conf));
	e = first_error(e, result_job_recount(db));
	e = first_error(e, result_job_decide(db, conf));
	return first_error(e, page_view_job_again(db));
}

enum err
jobs_once(struct db *db, const struct conf *conf)
{
	enum err e = keep_house(db, conf);

	e = first_error(e, expiry_job_daily(db));
	e = first_error(e, page_view_job_all(db));
	e = first_error(e, upload_job_run(db, conf));
	return first_error(e, audience_job_run(db, conf));
}

/* Whether the process must end. */
static bool
wait_for_news(struct db *db, int signal_fd, bool healthy)
{
	struct pollfd p = {.fd = signal_fd, .events = POLLIN};

	if (healthy)
		return db_wait_notify(db, signal_fd, LOOK) == DB_READABLE;
	return poll(&p, 1, (int)(RETRY / INSTANT_MS)) != 0;
}

int
jobs_run(struct db *db, const struct conf *conf)
{
	int signal_fd = signals_open(SIG_BLOCK, (const int[]){SIGTERM, SIGINT, 0});
	int64_t house_at = 0, day_at = 0, count_at = 0;
	bool healthy, all = true;

	do {
		if (instant_monotonic() >= house_at)
			house_at = instant_monotonic() +
			    (keep_house(db, conf) == OK ? EVERY : AGAIN);
		if (instant_monotonic() >= day_at)
			day_at = instant_monotonic() +
			    (expiry_job_daily(db) == OK ? INSTANT_DAY : AGAIN);
		/* Listen first, so that nothing that is announced during the jobs is missed. */
		enum err e = db_query(db, db, QUERY_listen, NULL, NULL);
		e = first_error(e, upload_job_run(db, conf));
		e = first_error(e, audience_job_run(db, conf));
		e = first_error(e, result_job_fold(db));
		healthy = e == OK;
		if (instant_monotonic() >= count_at) {
			bool counted =
			    (all ? page_view_job_all(db) : page_view_job_count(db)) == OK;
			all = all && !counted;
			count_at = instant_monotonic() + (counted ? AGAIN : RETRY);
		}
	} while (!wait_for_news(db, signal_fd, healthy));
	log_say(LOG_INFO, "stopped", "jobs");
	close(signal_fd);
	return EXIT_DONE;
}

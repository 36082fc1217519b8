/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What must happen without a request: partitions made ahead, old views let go. Any number of
 * job processes may run; the statements are safe to repeat.
 */
#include "jobs.h"

#include <poll.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "base/instant.h"
#include "base/log.h"
#include "base/mem.h"

/* Views arrive up to a day ahead and mostly within two weeks; a day without a partition of its
 * own is still kept, in the default one. */
enum { DAYS_BACK = 14, DAYS_AHEAD = 8 };

#define EVERY (3600 * INSTANT_SECOND)
#define AGAIN (60 * INSTANT_SECOND)

enum err
jobs_once(struct db *db, const struct conf *conf)
{
	void *mem = mem_ctx(db);
	int64_t now = instant_now();
	char first[INSTANT_TEXT], last[INSTANT_TEXT], cutoff[INSTANT_TEXT];
	struct db_rows *rows;

	instant_format(now - DAYS_BACK * INSTANT_DAY, first);
	instant_format(now + DAYS_AHEAD * INSTANT_DAY, last);
	instant_format(now - conf->retention_days * INSTANT_DAY, cutoff);
	db_set_deadline(db, INT64_MAX);
	enum err e = db_query(db, mem, QUERY_page_view_keep,
	    (const char *const[]){first, last, cutoff}, &rows);
	if (e == OK)
		log_say(LOG_INFO, "partitions", "made %s, dropped %s, deleted %s rows below them",
		    db_cell(rows, 0, "made"), db_cell(rows, 0, "dropped"), db_cell(rows, 0, "deleted"));
	else
		log_say(LOG_ERROR, "partitions", "%s", db_message(db));
	talloc_free(mem);
	return e;
}

int
jobs_run(struct db *db, const struct conf *conf)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigprocmask(SIG_BLOCK, &set, NULL);
	struct pollfd fd = {.fd = signalfd(-1, &set, SFD_CLOEXEC), .events = POLLIN};
	int64_t wait;
	do {
		wait = jobs_once(db, conf) == OK ? EVERY : AGAIN;
	} while (poll(&fd, 1, (int)(wait / INSTANT_MS)) == 0);
	log_say(LOG_INFO, "stopped", "jobs");
	close(fd.fd);
	return EXIT_DONE;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Keeps the self-checks. They are made by the job, because workers may write no definition without
 * an audit row, and there is nobody who asked for these.
 */
#include "job/selfcheck_job.h"

#include "base/hash.h"
#include "base/instant.h"
#include "base/log.h"
#include "base/mem.h"

enum { SALT = 8 };

static enum err
keep_selfchecks(struct db *db, void *mem, const struct conf *conf, const char *now)
{
	char salt[2 * SALT + 1];
	struct db_rows *rows;

	hash_random_hex(salt, SALT);
	enum err e = db_query(db, mem, QUERY_selfcheck_keep,
	    (const char *const[]){conf->selfcheck != 0 ? "true" : "false", now, salt}, &rows);
	if (e == OK && db_int(rows, 0, "created") + db_int(rows, 0, "switched") > 0)
		log_say(LOG_INFO, "selfcheck", "%s made, %s turned %s",
		    db_cell(rows, 0, "created"), db_cell(rows, 0, "switched"),
		    conf->selfcheck != 0 ? "on" : "off");
	return e;
}

static enum err
choose_goals(struct db *db, void *mem, const char *now)
{
	struct db_rows *rows;
	enum err e = db_query(db, mem, QUERY_selfcheck_goal, &now, &rows);

	for (int i = 0; e == OK && i < db_count(rows); i++)
		log_say(LOG_INFO, "selfcheck", "the goal of the kind %s is %s now",
		    db_cell(rows, i, "selfcheck"), db_cell(rows, i, "goal"));
	return e;
}

enum err
selfcheck_job_run(struct db *db, const struct conf *conf)
{
	void *mem = mem_ctx(db);
	char now[INSTANT_TEXT];

	instant_format(instant_now(), now);
	db_set_deadline(db, INT64_MAX);
	enum err e = keep_selfchecks(db, mem, conf, now);
	if (e == OK)
		e = choose_goals(db, mem, now);
	if (e != OK)
		log_say(LOG_ERROR, "selfcheck", "%s", db_message(db));
	talloc_free(mem);
	return e;
}

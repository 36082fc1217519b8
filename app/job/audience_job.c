/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The audience job: computes which subjects are in which experiment. One transaction writes a new
 * audience under a version of its own and puts it into effect, so a lookup never sees half of one.
 * An advisory lock is the claim on an experiment: it ends with the connection, however the process
 * ends.
 *
 * Profiles that are written while a statement runs are not seen by it, so they are decided again
 * afterwards, once all writers that may have missed the commit have ended (catch_up).
 */
#include "job/audience_job.h"

#include <stdio.h>
#include <unistd.h>

#include "base/instant.h"
#include "base/json_trusted.h"
#include "base/jsonutil.h"
#include "base/log.h"
#include "base/mem.h"
#include "core/audience/criteria.h"
#include "core/experiment/lifecycle.h"
#include "service/definition/unreadable.h"

/* How far the clocks of machines that write profiles may differ. */
#define SKEW (10 * INSTANT_SECOND)

/* An import that has stored nothing for so long may have been killed. */
#define IMPORT_SILENT (10 * INSTANT_SECOND)

/* Profiles that are locked when they are decided again are tried in another pass, at most so many
 * times. */
enum { PASSES = 8 };

/* How many fields with values that could not be compared a message names. */
enum { SAID = 5 };

struct mapping {
	struct db *db;
	void *mem;
	int64_t began;
	int64_t refresh; /* microseconds until an active one is due again */
	const char *nr;
	const char *version;
	const char *due; /* as it was when it was claimed */
	const char *id;
	bool first; /* not a refresh */
	const char *text;                /* the criteria as they are stored */
	const struct criteria *criteria; /* NULL: everybody */
};

static const char *
instant_text(struct mapping *m, int64_t at)
{
	char *text = mem_array(m->mem, char, INSTANT_TEXT);

	instant_format(at, text);
	return text;
}

/* Runs statement q with the criteria in it, after the parameters nr, version and (where q has a
 * third) since. */
static enum err
run_built(struct mapping *m, enum query q, const char *since, struct db_rows **rows)
{
	struct criteria_params *params = mem_new(m->mem, struct criteria_params);
	struct buf *sql = buf_new(m->mem, 1024);

	params->list[params->n++] = m->nr;
	params->list[params->n++] = m->version;
	if (since != NULL)
		params->list[params->n++] = since;
	criteria_sql(m->mem, m->criteria, sql, params);
	return db_query_built(
	    m->db, m->mem, &(struct db_built){q, sql->data, params->n, params->list}, rows);
}

/*
 * Records the outcome. matched < 0: there is no new audience, and the old one stays in effect. A
 * new audience stays due until it has caught up, so that a process that is killed before leaves it
 * to the next. ERR_CONFLICT when the definition was stopped, deleted or given other criteria in
 * the meantime.
 */
static enum err
finish_mapping(struct mapping *m, enum move move, const char *message, int64_t matched)
{
	const struct move_info *info = lifecycle_move(move);
	bool users = m->criteria != NULL && m->criteria->kind == SUBJECT_USER;
	bool mapped = move == MOVE_MAP && m->criteria != NULL;
	int64_t now = instant_now();
	const char *count = mem_printf(m->mem, "%lld", (long long)matched);
	const char *zero = matched < 0 ? NULL : "0";
	const char *params[] = {m->nr, instant_text(m, now), info->to,
	    message != NULL ? message : info->message,
	    mapped && matched >= 0 ? m->version : NULL, users && matched >= 0 ? count : zero,
	    users || matched < 0 ? zero : count,
	    !mapped ? NULL : matched >= 0 ? m->due : instant_text(m, now + m->refresh), info->from,
	    m->due, m->text};
	struct db_rows *rows;
	enum err e = db_query(m->db, m->mem, QUERY_audience_apply, params, &rows);

	return e == OK && db_int(rows, 0, "done") == 0 ? ERR_CONFLICT : e;
}

/* Appends how many values could not be compared as dates or numbers. */
static enum err
add_unreadable_values(struct mapping *m, const char **message)
{
	struct json_object *found;
	enum err e = unreadable_find(m->db, m->mem, m->criteria, &found);

	for (size_t i = 0; e == OK && i < json_items(found) && i <= SAID; i++)
		*message = mem_printf(m->mem, "%s; %s", *message,
		    i < SAID ? unreadable_words(m->mem, json_item(found, i)) : "and others");
	return e;
}

/* An empty audience: a new definition has failed; an active one stays active. */
static enum err
finish_found(struct mapping *m, int64_t matched)
{
	const char *nobody = m->criteria->kind == SUBJECT_USER
	    ? "Users Not Found matching the Criteria" : "Devices Not Found matching the Criteria";
	const char *message = matched == 0 ? nobody : lifecycle_move(MOVE_MAP)->message;
	enum err e = add_unreadable_values(m, &message);

	if (e != OK)
		return e;
	return finish_mapping(m, matched == 0 && m->first ? MOVE_FAIL : MOVE_MAP, message, matched);
}

/* Within the transaction: writes the new audience and puts it into effect. */
static enum err
fill_audience(struct mapping *m, int64_t *matched)
{
	struct db_rows *rows;
	const char *params[] = {m->nr, instant_text(m, m->began), m->version};
	enum err e = db_query(m->db, m->mem, QUERY_audience_lock, params, &rows);

	*matched = 0;
	if (e != OK || db_count(rows) == 0)
		return e == OK ? ERR_CONFLICT : e;
	if (m->criteria == NULL)
		return finish_mapping(m, MOVE_MAP, NULL, 0);
	e = run_built(m, QUERY_audience_fill, NULL, &rows);
	if (e != OK)
		return e;
	*matched = db_affected(rows);
	return finish_found(m, *matched);
}

/* The number of erasures, as a lower and an upper bound. */
struct erased {
	int64_t before, after;
};

/* Waits until all writers have ended that may not have seen the last commit. */
static enum err
wait_for_writers(struct mapping *m, struct erased *erased)
{
	struct db_rows *rows;
	enum err e = db_query(m->db, m->mem, QUERY_audience_wait_writers, NULL, &rows);

	if (e == OK)
		*erased = (struct erased){
		    db_int(rows, 0, "erased_before"), db_int(rows, 0, "erased_after")};
	return e;
}

/* Decides again for the profiles that were written since; *passed is how many were locked and
 * skipped. */
static enum err
decide_changed(struct mapping *m, const char *since, int64_t *passed)
{
	struct db_rows *rows;
	enum err e = run_built(m, QUERY_audience_remove_changed, since, &rows);

	if (e != OK)
		return e;
	*passed = db_int(rows, 0, "passed");
	e = run_built(m, QUERY_audience_add_changed, since, &rows);
	if (e == OK)
		*passed += db_int(rows, 0, "passed");
	return e;
}

/* Corrects the audience for profiles that changed or were erased while the statement ran. */
static enum err
catch_up(struct mapping *m, int64_t erased_before)
{
	const char *since = instant_text(m, m->began - SKEW);
	const char *params[] = {m->nr, m->version};
	struct erased erased;
	int64_t passed = 1;
	enum err e = wait_for_writers(m, &erased);

	for (int i = 0; e == OK && passed > 0 && i < PASSES; i++) {
		e = decide_changed(m, since, &passed);
		/* An erasure of a subject that joined just now did not see that. */
		if (e == OK)
			e = wait_for_writers(m, &erased);
	}
	if (e == OK && erased.after != erased_before)
		e = db_query(m->db, m->mem, QUERY_audience_remove_erased, params, NULL);
	return e;
}

/* The audience is up to date: due again after so many microseconds, unless something else makes it
 * due. */
static enum err
settle_mapping(struct mapping *m, int64_t us)
{
	const char *params[] = {m->nr, m->version, m->due, instant_text(m, instant_now() + us)};

	return db_query(m->db, m->mem, QUERY_audience_finish, params, NULL);
}

/* Postpones a mapping that failed, longer each time. */
static enum err
postpone_mapping(struct mapping *m)
{
	const char *why = mem_dup(m->mem, db_message(m->db));
	const char *params[] = {m->nr, m->version, m->due, instant_text(m, instant_now())};
	struct db_rows *rows;
	enum err e = db_query(m->db, m->mem, QUERY_audience_fail, params, &rows);

	if (e == OK)
		log_say(LOG_WARN, "mapping_later", "%s, %s in a row: %s", m->id,
		    db_count(rows) > 0 ? db_cell(rows, 0, "attempts") : "0", why);
	return e;
}

static enum err
count_mapping(struct mapping *m, bool failed, int64_t took)
{
	const char *seconds = mem_printf(m->mem, "%.6f", (double)took / INSTANT_SECOND);

	return db_query(m->db, m->mem, QUERY_audience_count,
	    (const char *const[]){failed ? "0" : "1", failed ? "1" : "0", seconds}, NULL);
}

static enum err
map_one(struct mapping *m)
{
	struct erased erased;
	int64_t matched;
	enum err e = wait_for_writers(m, &erased);

	if (e == OK)
		e = db_begin(m->db);
	if (e == OK)
		e = fill_audience(m, &matched);
	if (e != OK) {
		db_rollback(m->db);
		return e;
	}
	e = db_commit(m->db);
	if (e == OK && m->criteria != NULL && (matched > 0 || !m->first))
		e = catch_up(m, erased.before);
	if (e == OK && m->criteria != NULL)
		e = settle_mapping(m, m->refresh);
	if (e != OK)
		return e;
	int64_t took = instant_now() - m->began;
	log_say(LOG_INFO, "mapped", "%s: %lld subjects in %lld ms", m->id, (long long)matched,
	    (long long)(took / INSTANT_MS));
	return count_mapping(m, false, took);
}

/* Records a failure; it must not stop the next definition. */
static enum err
note_failure(struct mapping *m, const char *why)
{
	log_say(LOG_ERROR, "mapping_failed", "%s: %s", m->id, why);
	enum err e = finish_mapping(m, m->first ? MOVE_FAIL : MOVE_MAP,
	    mem_printf(m->mem, "Experiment Failed : %s", why), m->first ? 0 : -1);
	return e == OK ? count_mapping(m, true, instant_now() - m->began) : e;
}

static enum err
read_mapping_criteria(struct mapping *m)
{
	struct problems *problems = problem_new(m->mem);

	if (m->text == NULL)
		return OK;
	m->criteria = criteria_read(m->mem, mem_json(m->mem, json_parse_trusted(m->text)),
	    "/criteria", problems);
	if (m->criteria == NULL)
		return ERR_INVALID;
	/* Criteria that are evaluated live have no audience to compute: they are in effect at
	 * once. */
	if (m->criteria->live)
		m->criteria = NULL;
	return OK;
}

/* Maps the claimed definition. ERR_CONFLICT when it was stopped or changed in the meantime. */
static enum err
map_claimed(struct mapping *m)
{
	struct db_rows *rows;
	enum err e = db_query(m->db, m->mem, QUERY_audience_read, &m->nr, &rows);

	if (e != OK)
		return e;
	if (db_count(rows) == 0)
		return ERR_CONFLICT;
	m->due = db_cell(rows, 0, "due_at");
	m->id = db_cell(rows, 0, "id");
	m->first = *db_cell(rows, 0, "first") == 't';
	m->text = db_cell(rows, 0, "criteria");
	if (read_mapping_criteria(m) != OK)
		return note_failure(m, "the criteria cannot be read");
	e = map_one(m);
	/* The database is up but cannot do this one now: postpone it, so that others have their
	 * turn. */
	if (e == ERR_UNAVAILABLE)
		return postpone_mapping(m);
	if (e == OK || e == ERR_CONFLICT)
		return e;
	return note_failure(m, "the database refused the statement");
}

/* ERR_NOT_FOUND when nothing is due. */
static enum err
map_next(struct mapping *m)
{
	const struct move_info *begin = lifecycle_move(MOVE_BEGIN);
	const char *worker = mem_printf(m->mem, "pid %d", (int)getpid());
	const char *params[] = {instant_text(m, m->began), worker, begin->message, begin->from};
	struct db_rows *rows;
	enum err e = db_query(m->db, m->mem, QUERY_audience_claim, params, &rows);

	if (e != OK)
		return e;
	if (db_count(rows) == 0)
		return ERR_NOT_FOUND;
	m->nr = db_cell(rows, 0, "nr");
	m->version = db_cell(rows, 0, "next_version");
	e = map_claimed(m);
	return e == ERR_CONFLICT ? db_query(m->db, m->mem, QUERY_audience_abandon,
	    (const char *const[]){m->nr, m->version}, NULL) : e;
}

static enum err
end_old(struct db *db, void *mem)
{
	const struct move_info *end = lifecycle_move(MOVE_END);
	char now[INSTANT_TEXT];

	instant_format(instant_now(), now);
	return db_query(db, mem, QUERY_experiment_end,
	    (const char *const[]){end->from, now, end->to, end->message}, NULL);
}

/* Takes over what an import left behind that was killed, or lost the database. */
static enum err
take_imports(struct db *db)
{
	char since[INSTANT_TEXT], now[INSTANT_TEXT];

	instant_format(instant_now() - IMPORT_SILENT, since);
	instant_format(instant_now(), now);
	return db_query(db, db, QUERY_audience_recompute_imported,
	    (const char *const[]){since, now}, NULL);
}

enum err
audience_job_run(struct db *db, const struct conf *conf)
{
	db_set_deadline(db, INT64_MAX);
	enum err e = take_imports(db);
	if (e != OK)
		return e;
	do {
		struct mapping m = {.db = db, .mem = mem_ctx(db), .began = instant_now(),
			.refresh = conf->refresh_seconds * INSTANT_SECOND};
		e = map_next(&m);
		/* When this fails the connection is lost, and the advisory lock with it. */
		if (db_query(db, m.mem, QUERY_audience_release, NULL, NULL) != OK && e == OK)
			e = ERR_UNAVAILABLE;
		talloc_free(m.mem);
	} while (e == OK);
	void *mem = mem_ctx(db);
	enum err ended = end_old(db, mem);
	enum err reaped = db_query(db, mem, QUERY_audience_delete_unused, NULL, NULL);
	talloc_free(mem);
	if (e != ERR_NOT_FOUND)
		return e;
	return ended != OK ? ended : reaped;
}

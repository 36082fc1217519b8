/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Visits, the confirmation of sessions as human, and the take-over of a session by the user who
 * signed in.
 */
#include "service/subject/visit.h"

#include "base/mem.h"
#include "core/subject/subject.h"
#include "service/change.h"
#include "store/db/db.h"
#include "store/work.h"

/* The change behind visit_record(). Cached records do not have visits. */
static enum err
record_visit(struct work *w, void *arg, struct json_object **answer)
{
	const char *subject = arg;
	const char *now = work_now_text(w);

	(void)answer;
	const char *params[] = {subject, w->conf->verify_human != 0 ? "true" : "false", now};
	return db_query(w->db, w->mem, QUERY_visit_record, params, NULL);
}

enum err
visit_record(struct work *w, const char *subject)
{
	struct json_object *none;

	return change_run(w, record_visit, mem_dup(w->mem, subject), &none);
}

/* The change behind visit_confirm(). Cached records do not have confirmations. */
static enum err
confirm_session(struct work *w, void *arg, struct json_object **answer)
{
	const char *subject = arg;
	const char *now = work_now_text(w);

	(void)answer;
	return db_query(
	    w->db, w->mem, QUERY_subject_confirm, (const char *const[]){subject, now}, NULL);
}

enum err
visit_confirm(struct work *w, const char *subject)
{
	struct json_object *none;

	if (w->conf->verify_human == 0 || subject_kind(subject) != SUBJECT_SESSION)
		return OK;
	return change_run(w, confirm_session, mem_dup(w->mem, subject), &none);
}

struct incorporation {
	const char *subjects[2]; /* session, user */
};

/* The change behind visit_incorporate(). Invalidates all cached records of both subjects. */
static enum err
incorporate_session(struct work *w, void *arg, struct json_object **answer)
{
	const struct incorporation *in = arg;
	const char *now = work_now_text(w);
	struct db_rows *rows;

	const char *params[] = {in->subjects[0], in->subjects[1], now};
	enum err e = change_subjects(w, NULL, in->subjects, 2);
	if (e == OK)
		e = db_query(w->db, w->mem, QUERY_subject_incorporate, params, &rows);
	if (e == OK)
		*answer = mem_json(w->mem, db_row_json(rows, 0));
	return e;
}

enum err
visit_incorporate(struct work *w, const char *session, const char *user,
    struct json_object **answer)
{
	return change_run(w, incorporate_session, &(struct incorporation){{session, user}}, answer);
}

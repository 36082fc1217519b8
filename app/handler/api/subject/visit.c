/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Subjects are here, turn out to be human, and sign in.
 */
#include "base/instant.h"
#include "base/mem.h"
#include "web/http/subject_path.h"
#include "handler/routes.h"
#include "web/http/subject_input.h"
#include "store/db/db.h"
#include "store/cache/record.h"
#include "web/http/ctx.h"

/* The subject of the body, for routes that answer nothing; *bot: it is one. */
static enum err
read_subject(struct ctx *c, char now[INSTANT_TEXT], bool *bot)
{
	struct json_object *body;
	enum err e = visitor_body(c, VISITOR_ANYBODY, &body);

	if (e != OK)
		return e;
	*bot = visitor_is_bot(c, body);
	instant_format(c->w.now, now);
	c->status = 204;
	return OK;
}

enum err
visit(struct ctx *c)
{
	char now[INSTANT_TEXT];
	bool bot;
	enum err e = read_subject(c, now, &bot);

	if (e != OK || bot)
		return e;
	/* Nothing that is cached changes by it. */
	return db_query(c->w.db, c->w.mem, QUERY_visit_record,
	    (const char *const[]){
		c->subject, c->w.conf->verify_human != 0 ? "true" : "false", now}, NULL);
}

enum err
confirm_human(struct ctx *c)
{
	char now[INSTANT_TEXT];
	bool bot;
	enum err e = read_subject(c, now, &bot);

	/* Of users and devices nobody doubts it. */
	if (e != OK || bot || c->w.conf->verify_human == 0 ||
	    subject_kind(c->subject) != SUBJECT_SESSION)
		return e;
	return db_query(
	    c->w.db, c->w.mem, QUERY_subject_confirm, (const char *const[]){c->subject, now}, NULL);
}

enum err
user_incorporate(struct ctx *c)
{
	char now[INSTANT_TEXT];
	struct json_object *body;
	struct db_rows *rows;
	enum err e = subject_path_user(c);
	const char *user = c->subject;

	if (e == OK)
		e = visitor_body(c, 1 << SUBJECT_SESSION, &body);
	if (e != OK)
		return e;
	const char *both[] = {c->subject, user};
	instant_format(c->w.now, now);
	c->subject = user;
	e = record_invalidate(c->w.records, both, 2);
	if (e == OK)
		e = db_query(c->w.db, c->w.mem, QUERY_subject_incorporate,
		    (const char *const[]){both[0], user, now}, &rows);
	if (e == OK)
		e = record_invalidate(c->w.records, both, 2);
	if (e == OK)
		c->model = mem_json(c->w.mem, db_row_json(rows, 0));
	return e;
}

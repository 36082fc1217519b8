/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Which group of a segmentation somebody is in: read, drawn at the first read, placed by hand.
 */
#include <stdlib.h>
#include <string.h>

#include "base/instant.h"
#include "base/log.h"
#include "base/mem.h"
#include "core/audience/segmentation.h"
#include "service/decision/experiment_set.h"
#include "service/decision/enrolment.h"
#include "service/decision/subject_record.h"
#include "web/http/subject_path.h"
#include "service/decision/subject_facts.h"
#include "handler/routes.h"
#include "service/decision/segmentation_set.h"
#include "service/decision/telemetry_event.h"
#include "store/db/db.h"
#include "store/cache/record.h"
#include "web/http/body.h"
#include "web/http/ctx.h"
#include "web/auth/session.h"

/* Definitions may change between a draw and its answer, but not so often. */
enum { TRIES = 5 };

/* What is answered of a segmentation. */
struct place {
	const char *segmentation;
	int64_t nr;
	const char *name; /* NULL: in no group */
	bool made;
};

static enum err
answer(struct ctx *c, const struct place *p)
{
	struct json_object *group = p->name == NULL ? NULL : json_object_new_object();

	if (group != NULL) {
		json_object_object_add(group, "id", json_object_new_int64(p->nr));
		json_object_object_add(group, "name", json_object_new_string(p->name));
	}
	c->model = mem_json(c->w.mem, json_object_new_object());
	json_object_object_add(c->model, "segmentation", json_object_new_string(p->segmentation));
	json_object_object_add(c->model, "group", group);
	json_object_object_add(c->model, "assigned", json_object_new_boolean(p->name != NULL));
	json_object_object_add(c->model, "new", json_object_new_boolean(p->made));
	return OK;
}

static void
take(struct place *p, const struct group *g)
{
	if (g == NULL)
		return;
	p->nr = g->nr;
	p->name = g->name;
}

static enum err
no_segmentation(struct ctx *c)
{
	return fail_detail(&c->w, ERR_NOT_FOUND, "there is no such segmentation");
}

/* The user whom the query or the path names, with the record. */
static enum err
load(struct ctx *c, const char *id, struct visitor *who)
{
	const struct experiment_set *all;
	const char *fault = id == NULL ? "is missing" : subject_fault(c->w.mem, id, strlen(id));

	if (fault != NULL)
		return fail(&c->w, ERR_INVALID, "/user_id", "%s", fault);
	c->subject = subject_text(c->w.mem, SUBJECT_USER, id);
	*who = (struct visitor){.subject = c->subject};
	enum err e = subject_record_get(&c->w, who->subject, &who->record);
	return e == OK ? subject_record_snapshot(&c->w, &who->subject, 1, &who->record, &all) : e;
}

/* ?assign=true|false, false when it is not there. */
static enum err
read_assign(struct ctx *c, bool *assign)
{
	const char *text = req_query(&c->req, "assign");

	*assign = text != NULL && strcmp(text, "true") == 0;
	if (text == NULL || *assign || strcmp(text, "false") == 0)
		return OK;
	return fail(&c->w, ERR_INVALID, "assign", "must be true or false");
}

/* Somebody who is put into a group. */
struct placing {
	const struct visitor *who;
	const struct segmentation *s;
	const struct group *g;
	const char *how; /* drawn, manual */
	const char *gone; /* number of the group that was stored and is no more, or NULL */
};

/* rows: group_nr, made, previous. */
static enum err
put(struct ctx *c, const struct placing *p, struct db_rows **rows)
{
	char now[INSTANT_TEXT];

	instant_format(c->w.now, now);
	const char *params[] = {p->who->subject, mem_printf(c->w.mem, "%lld", (long long)p->s->nr),
		mem_printf(c->w.mem, "%lld", (long long)p->g->nr), p->gone, p->how,
		work_actor(&c->w), now};
	enum err e = record_invalidate_kind(c->w.records, RECORD_SUBJECT, &p->who->subject, 1);
	if (e == OK)
		e = db_query(c->w.db, c->w.mem, QUERY_membership_assign, params, rows);
	if (e == OK)
		e = record_invalidate_kind(c->w.records, RECORD_SUBJECT, &p->who->subject, 1);
	if (e != OK)
		return e;
	/* The segmentation was deleted a moment ago. */
	if (db_cell(*rows, 0, "made") == NULL)
		return no_segmentation(c);
	if (*db_cell(*rows, 0, "made") == 't')
		telemetry_event_placed(&c->w, p->who, p->s, p->g, work_actor(&c->w));
	return OK;
}

/* Draws a group for who has none, or whose is gone; what is stored then may be gone, too: it is
 * in gone. */
static enum err
draw(struct ctx *c, const struct visitor *who, const struct segmentation **s, const char **gone,
    struct place *out)
{
	const char *id = subject_id(who->subject);
	struct placing p = {who, *s, *gone == NULL ? segmentation_draw(*s, id)
		: segmentation_redraw(*s, id, strtoll(*gone, NULL, 10)), "drawn", *gone};
	const struct group *held;
	struct db_rows *rows;

	if (p.g == NULL)
		return fail_detail(
		    &c->w, ERR_CONFLICT, "the segmentation is empty: it has no groups");
	enum err e = put(c, &p, &rows);
	if (e == OK)
		e = segmentation_set_group(&c->w, s, db_int(rows, 0, "group_nr"), &held);
	if (e != OK)
		return e == ERR_NOT_FOUND ? no_segmentation(c) : e;
	out->made = *db_cell(rows, 0, "made") == 't';
	*gone = db_cell(rows, 0, "group_nr");
	take(out, held);
	return OK;
}

static enum err
stored_group(struct ctx *c, const struct visitor *who, const struct segmentation *s, bool assign,
    struct place *out)
{
	const struct group *held;
	const char *gone = NULL;
	int64_t nr;
	enum err e = OK;

	if (subject_facts_stored(who, s, &nr)) {
		e = segmentation_set_group(&c->w, &s, nr, &held);
		if (e != OK)
			return e == ERR_NOT_FOUND ? no_segmentation(c) : e;
		take(out, held);
		if (held != NULL)
			return OK;
		gone = mem_printf(c->w.mem, "%lld", (long long)nr);
		log_say(LOG_WARN, "group_gone", "%s: %s", s->id, gone);
	}
	if (!assign || s->type != SEGMENTATION_RANDOM)
		return OK;
	for (int tries = 0; e == OK && out->name == NULL && tries < TRIES; tries++)
		e = draw(c, who, &s, &gone, out);
	return e == OK && out->name == NULL ? ERR_UNAVAILABLE : e;
}

/* An experiment's groups are its alternatives. */
static enum err
experiment_group(struct ctx *c, const struct visitor *who, bool assign)
{
	struct outcome o = {0};
	struct place p = {.segmentation = c->args[0]};
	struct enrolled held;
	enum err e = experiment_set_one(&c->w, c->args[0], &o.experiment);

	if (e != OK)
		return e == ERR_NOT_FOUND ? no_segmentation(c) : e;
	if (assign)
		e = enrolment_run(&c->w, who, &o, 1);
	if (e != OK)
		return e;
	struct json_object *alternative = NULL;
	if (subject_record_enrolment(who->record, o.experiment->nr, &held))
		alternative = decide_numbered(o.experiment->alternatives, held.alternative);
	if (assign && o.enrolled && (o.made || alternative == NULL))
		alternative = o.decision.alternative;
	if (alternative != NULL) {
		p.nr = decide_number(alternative);
		p.name = json_object_get_string(json_object_object_get(alternative, "name"));
	}
	p.made = o.made;
	return answer(c, &p);
}

enum err
group_get(struct ctx *c)
{
	struct place p = {.segmentation = c->args[0]};
	const struct segmentation *s;
	struct visitor who;
	bool assign;
	enum err e = load(c, req_query(&c->req, "user_id"), &who);

	if (e == OK)
		e = read_assign(c, &assign);
	if (e == OK)
		e = segmentation_set_one(&c->w, c->args[0], &s);
	if (e == ERR_NOT_FOUND)
		return experiment_group(c, &who, assign);
	if (e != OK)
		return e;
	if (!s->active)
		return answer(c, &p);
	if (s->type == SEGMENTATION_RULE)
		take(&p, subject_facts_group(&c->w, &who, s));
	else
		e = stored_group(c, &who, s, assign, &p);
	return e == OK ? answer(c, &p) : e;
}

/* The segmentation of the path, which must be one whose groups are stored. */
static enum err
load_stored(struct ctx *c, const struct segmentation **out)
{
	enum err e = segmentation_set_one(&c->w, c->args[0], out);

	if (e != OK)
		return e == ERR_NOT_FOUND ? no_segmentation(c) : e;
	if ((*out)->type == SEGMENTATION_RULE)
		return fail_detail(
		    &c->w, ERR_CONFLICT, "its groups are computed by rules, nobody is placed");
	return OK;
}

static void
add_previous(struct ctx *c, const struct segmentation *s, const struct db_rows *rows)
{
	const struct group *g = db_count(rows) == 0 || db_cell(rows, 0, "previous") == NULL
	    ? NULL : segmentation_group(s, db_int(rows, 0, "previous"));

	json_object_object_add(c->model, "previous",
	    g == NULL ? NULL : json_object_new_string(g->name));
}

/* An experiment's members are put by hand as into an alternative. */
static enum err
put_alternative(struct ctx *c, const struct visitor *who, struct json_object *group)
{
	struct outcome o = {0};
	struct place p = {.segmentation = c->args[0]};
	enum err e = experiment_set_one(&c->w, c->args[0], &o.experiment);

	if (e != OK)
		return e == ERR_NOT_FOUND ? no_segmentation(c) : e;
	struct json_object *alternative = json_object_is_type(group, json_type_string)
	    ? decide_named(o.experiment->alternatives, json_object_get_string(group))
	    : decide_numbered(o.experiment->alternatives, json_object_get_int(group));
	if (alternative == NULL)
		return fail(&c->w, ERR_INVALID, "/group", "is no alternative of the experiment");
	e = enrolment_set(&c->w, who, &o, alternative);
	if (e != OK)
		return e;
	p.nr = decide_number(alternative);
	p.name = json_object_get_string(json_object_object_get(alternative, "name"));
	p.made = o.made;
	return answer(c, &p);
}

enum err
member_put(struct ctx *c)
{
	struct placing p = {.how = "manual"};
	struct place out = {.segmentation = c->args[0]};
	struct json_object *body;
	struct visitor who;
	struct db_rows *rows;
	enum err e = load(c, c->args[1], &who);

	if (e == OK)
		e = body_json(c, &body);
	if (e != OK)
		return e;
	struct json_object *group = json_object_object_get(body, "group");
	e = load_stored(c, &p.s);
	if (e == ERR_NOT_FOUND) {
		c->w.detail = NULL;
		return put_alternative(c, &who, group);
	}
	if (e != OK)
		return e;
	p.who = &who;
	p.g = segmentation_wanted(p.s, group);
	if (p.g == NULL)
		return fail(&c->w, ERR_INVALID, "/group", "is no group of this segmentation");
	e = put(c, &p, &rows);
	if (e != OK)
		return e;
	take(&out, p.g);
	out.made = *db_cell(rows, 0, "made") == 't';
	e = answer(c, &out);
	add_previous(c, p.s, rows);
	return e;
}

/* ?group= where groups overlap; without it, from all. */
enum err
member_drop(struct ctx *c)
{
	const char *name = req_query(&c->req, "group"), *nr = NULL;
	const struct segmentation *s;
	struct place out = {.segmentation = c->args[0]};
	struct visitor who;
	struct db_rows *rows;
	enum err e = load(c, c->args[1], &who);

	if (e == OK)
		e = load_stored(c, &s);
	if (e != OK)
		return e;
	if (name != NULL) {
		const struct group *g =
		    segmentation_wanted(s, mem_json(c->w.mem, json_object_new_string(name)));
		if (g == NULL)
			return fail(
			    &c->w, ERR_INVALID, "group", "is no group of this segmentation");
		nr = mem_printf(c->w.mem, "%lld", (long long)g->nr);
	}
	const char *params[] = {who.subject, mem_printf(c->w.mem, "%lld", (long long)s->nr), nr};
	e = record_invalidate_kind(c->w.records, RECORD_SUBJECT, &who.subject, 1);
	if (e == OK)
		e = db_query(c->w.db, c->w.mem, QUERY_membership_delete, params, &rows);
	if (e == OK)
		e = record_invalidate_kind(c->w.records, RECORD_SUBJECT, &who.subject, 1);
	if (e != OK)
		return e;
	e = answer(c, &out);
	add_previous(c, s, rows);
	return e;
}

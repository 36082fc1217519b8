/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Members of segmentations: the group of a user is read, assigned at the first read of a random
 * segmentation, or set by hand. Experiments can be named like segmentations; their groups are the
 * alternatives, and enrolment.c writes them.
 */
#include "service/subject/membership.h"

#include <stdlib.h>
#include <string.h>

#include "base/jsonutil.h"
#include "base/log.h"
#include "base/mem.h"
#include "core/audience/segmentation.h"
#include "core/subject/subject.h"
#include "service/change.h"
#include "service/decision/enrolment.h"
#include "service/decision/experiment_set.h"
#include "service/decision/segmentation_set.h"
#include "service/decision/subject_facts.h"
#include "service/decision/subject_record.h"
#include "service/decision/telemetry_event.h"
#include "store/cache/record.h"
#include "store/db/db.h"
#include "store/work.h"

/* Groups may be deleted between an assignment and its answer, but not so often. */
enum { TRIES = 5 };

/* The group that is answered. */
struct group_placement {
	const char *segmentation;
	int64_t nr;
	const char *name; /* NULL: in no group */
	bool made;
};

static struct json_object *
make_group_answer(struct work *w, const struct group_placement *p)
{
	struct json_object *group = p->name == NULL ? NULL : json_object_new_object();
	struct json_object *answer = mem_json(w->mem, json_object_new_object());

	if (group != NULL) {
		json_object_object_add(group, "id", json_object_new_int64(p->nr));
		json_object_object_add(group, "name", json_object_new_string(p->name));
	}
	json_object_object_add(answer, "segmentation", json_object_new_string(p->segmentation));
	json_object_object_add(answer, "group", group);
	json_object_object_add(answer, "assigned", json_object_new_boolean(p->name != NULL));
	json_object_object_add(answer, "new", json_object_new_boolean(p->made));
	return answer;
}

/* Adds the name of the group before the write; null for none, or one that has been deleted. */
static void
add_previous(
    struct json_object *answer, const struct segmentation *s, const struct db_rows *rows)
{
	const struct group *g = db_count(rows) == 0 || db_cell(rows, 0, "previous") == NULL
	    ? NULL : segmentation_group(s, db_int(rows, 0, "previous"));

	json_object_object_add(
	    answer, "previous", g == NULL ? NULL : json_object_new_string(g->name));
}

/* Sets the group to answer; NULL: none. */
static void
take_group(struct group_placement *p, const struct group *g)
{
	if (g == NULL)
		return;
	p->nr = g->nr;
	p->name = g->name;
}

/* Sets the alternative to answer; NULL: none. */
static void
take_alternative(struct group_placement *p, struct json_object *alternative)
{
	if (alternative == NULL)
		return;
	p->nr = decide_number(alternative);
	p->name = json_object_get_string(json_object_object_get(alternative, "name"));
}

static enum err
fail_no_segmentation(struct work *w)
{
	return fail_missing(w, "segmentation");
}

/* Gives ERR_NOT_FOUND its text; other errors pass. */
static enum err
explain_not_found(struct work *w, enum err e)
{
	return e == ERR_NOT_FOUND ? fail_no_segmentation(w) : e;
}

/* The user with their record, consistent with the definitions at hand. */
static enum err
load_member(struct work *w, const char *subject, struct visitor *who)
{
	const struct experiment_set *all;

	*who = (struct visitor){.subject = subject};
	enum err e = subject_record_get(w, subject, &who->record);
	return e == OK ? subject_record_snapshot(w, &who->subject, 1, &who->record, &all) : e;
}

/*
 * The segmentation, which must store its members. ERR_NOT_FOUND without a text, because the id may
 * be that of an experiment; ERR_CONFLICT for computed groups.
 */
static enum err
load_stored(struct work *w, const char *id, const struct segmentation **out)
{
	enum err e = segmentation_set_one(w, id, out);

	if (e == OK && (*out)->type == SEGMENTATION_RULE)
		return fail_detail(
		    w, ERR_CONFLICT,
		    "its groups are computed by rules, so users cannot be put into them");
	return e;
}

/* Declares the write about one user in a segmentation: target, subject, invalidation. */
static enum err
begin_write(struct work *w, const char *segmentation, const char *const *subject)
{
	change_target(w, segmentation);
	change_concerns(w, subject, 1);
	return change_subjects(w, RECORD_SUBJECT, subject, 1);
}

/* A user to be put into a group. */
struct membership_write {
	struct visitor who;
	const struct segmentation *s;
	const struct group *g;
	const char *how;  /* drawn or manual */
	const char *gone; /* number of a stored group that has been deleted, or NULL */
	struct db_rows *rows; /* group_nr, made, previous */
};

/* Whether the statement changed the group. */
static bool
is_made(const struct membership_write *p)
{
	return *db_cell(p->rows, 0, "made") == 't';
}

/* Sends the telemetry of the write, after the commit. */
static void
announce_membership(struct work *w, void *arg)
{
	const struct membership_write *p = arg;

	telemetry_event_placed(w, &p->who, p->s, p->g, work_actor(w));
}

/* Writes the group, unless another request was first. */
static enum err
write_membership(struct work *w, struct membership_write *p)
{
	const char *now = work_now_text(w);

	const char *params[] = {p->who.subject, mem_printf(w->mem, "%lld", (long long)p->s->nr),
		mem_printf(w->mem, "%lld", (long long)p->g->nr), p->gone, p->how, work_actor(w),
		now};
	enum err e = begin_write(w, p->s->id, &p->who.subject);
	if (e == OK)
		e = db_query(w->db, w->mem, QUERY_membership_assign, params, &p->rows);
	if (e != OK)
		return e;
	/* The segmentation has just been deleted. */
	if (db_cell(p->rows, 0, "made") == NULL)
		return fail_no_segmentation(w);
	if (is_made(p))
		change_then(w, announce_membership, p);
	return OK;
}

/* The change behind assign_group(). */
static enum err
write_drawn(struct work *w, void *arg, struct json_object **answer)
{
	(void)answer;
	return write_membership(w, arg);
}

/*
 * Assigns a group to a user who has none, or whose group *gone has been deleted. The stored group
 * afterwards may be another request's and may be deleted, too: its number is then in *gone and out
 * has no group.
 */
static enum err
assign_group(struct work *w, const struct visitor *who, const struct segmentation **s,
    const char **gone, struct group_placement *out)
{
	const char *id = subject_id(who->subject);
	struct membership_write *p = mem_new(w->mem, struct membership_write);
	struct json_object *none;
	const struct group *held;

	*p = (struct membership_write){.who = *who, .s = *s, .how = "drawn", .gone = *gone};
	p->g = *gone == NULL ? segmentation_draw(*s, id)
			    : segmentation_redraw(*s, id, strtoll(*gone, NULL, 10));
	if (p->g == NULL)
		return fail_detail(
		    w, ERR_CONFLICT, "the segmentation is empty: it has no groups");
	enum err e = change_run(w, write_drawn, p, &none);
	if (e != OK)
		return e;
	e = segmentation_set_group(w, s, db_int(p->rows, 0, "group_nr"), &held);
	if (e != OK)
		return explain_not_found(w, e);
	out->made = is_made(p);
	*gone = db_cell(p->rows, 0, "group_nr");
	take_group(out, held);
	return OK;
}

/*
 * The stored group of the user; assigns one where `assign` says so and the segmentation is random.
 */
static enum err
stored_group(struct work *w, const struct visitor *who, const struct segmentation *s, bool assign,
    struct group_placement *out)
{
	const struct group *held;
	const char *gone = NULL;
	int64_t nr;
	enum err e = OK;

	if (subject_facts_stored(who, s, &nr)) {
		e = segmentation_set_group(w, &s, nr, &held);
		if (e != OK)
			return explain_not_found(w, e);
		take_group(out, held);
		if (held != NULL)
			return OK;
		gone = mem_printf(w->mem, "%lld", (long long)nr);
		log_say(LOG_WARN, "group_gone", "%s: %s", s->id, gone);
	}
	if (!assign || s->type != SEGMENTATION_RANDOM)
		return OK;
	for (int tries = 0; e == OK && out->name == NULL && tries < TRIES; tries++)
		e = assign_group(w, who, &s, &gone, out);
	return e == OK && out->name == NULL ? ERR_UNAVAILABLE : e;
}

/* The alternative of the user in an experiment; enrols first where `assign` says so. */
static enum err
alternative_of(struct work *w, const struct visitor *who, bool assign, struct group_placement *out)
{
	struct enrolment_outcome o = {0};
	struct enrolled held;
	enum err e = experiment_set_one(w, out->segmentation, &o.experiment);

	if (e != OK)
		return explain_not_found(w, e);
	if (assign)
		e = enrolment_run(w, who, &o, 1);
	if (e != OK)
		return e;
	struct json_object *alternative = NULL;
	if (subject_record_enrolment(who->record, o.experiment->nr, &held))
		alternative = decide_numbered(o.experiment->alternatives, held.alternative);
	if (assign && o.enrolled && (o.made || alternative == NULL))
		alternative = o.decision.alternative;
	take_alternative(out, alternative);
	out->made = o.made;
	return OK;
}

enum err
membership_get(
    struct work *w, struct membership_name name, bool assign, struct json_object **answer)
{
	struct group_placement p = {.segmentation = name.segmentation};
	const struct segmentation *s;
	struct visitor who;
	enum err e = load_member(w, name.subject, &who);

	if (e != OK)
		return e;
	e = segmentation_set_one(w, name.segmentation, &s);
	if (e == ERR_NOT_FOUND)
		e = alternative_of(w, &who, assign, &p);
	else if (e == OK && s->active && s->type == SEGMENTATION_RULE)
		take_group(&p, subject_facts_group(w, &who, s));
	else if (e == OK && s->active)
		e = stored_group(w, &who, s, assign, &p);
	if (e == OK)
		*answer = make_group_answer(w, &p);
	return e;
}

/* A user to be put into a group by hand, as the argument of put_member(). */
struct membership_wish {
	struct membership_name name;
	struct json_object *group;
	struct membership_write write;
};

/* The alternative of that name or number; NULL for any other value. */
static struct json_object *
wanted_alternative(struct json_object *alternatives, struct json_object *group)
{
	int64_t number;

	if (json_object_is_type(group, json_type_string))
		return decide_named(alternatives, json_object_get_string(group));
	return json_whole(group, &number) && number > 0 && number <= INT32_MAX
	    ? decide_numbered(alternatives, (int)number) : NULL;
}

/*
 * Puts the user into an alternative of the experiment. A bot is never enrolled, so the answer has
 * no group then.
 */
static enum err
put_alternative(struct work *w, struct membership_wish *wish,
    struct json_object **answer)
{
	struct enrolment_outcome o = {0};
	struct group_placement p = {.segmentation = wish->name.segmentation};
	enum err e = experiment_set_one(w, p.segmentation, &o.experiment);

	if (e != OK)
		return explain_not_found(w, e);
	struct json_object *alternative =
	    wanted_alternative(o.experiment->alternatives, wish->group);
	if (alternative == NULL)
		return fail(w, ERR_INVALID, "/group", "is not an alternative of the experiment");
	e = begin_write(w, p.segmentation, &wish->name.subject);
	if (e == OK)
		e = enrolment_set(w, &wish->write.who, &o, alternative);
	if (e != OK)
		return e;
	if (o.decision.reason != REASON_BOT)
		take_alternative(&p, alternative);
	p.made = o.made;
	*answer = make_group_answer(w, &p);
	return OK;
}

/* Puts the user into a group of the segmentation. */
static enum err
put_group(struct work *w, struct membership_wish *wish, struct json_object **answer)
{
	struct membership_write *p = &wish->write;
	struct group_placement out = {.segmentation = wish->name.segmentation};

	p->g = segmentation_wanted(p->s, wish->group);
	if (p->g == NULL)
		return fail(w, ERR_INVALID, "/group", "is not a group of this segmentation");
	enum err e = write_membership(w, p);
	if (e != OK)
		return e;
	take_group(&out, p->g);
	out.made = is_made(p);
	*answer = make_group_answer(w, &out);
	add_previous(*answer, p->s, p->rows);
	return OK;
}

/* The change behind membership_put(). */
static enum err
put_member(struct work *w, void *arg, struct json_object **answer)
{
	struct membership_wish *wish = arg;
	struct membership_write *p = &wish->write;

	*p = (struct membership_write){.how = "manual"};
	enum err e = load_member(w, wish->name.subject, &p->who);
	if (e != OK)
		return e;
	e = load_stored(w, wish->name.segmentation, &p->s);
	if (e == ERR_NOT_FOUND)
		return put_alternative(w, wish, answer);
	return e == OK ? put_group(w, wish, answer) : e;
}

enum err
membership_put(struct work *w, struct membership_name name, struct json_object *group,
    struct json_object **answer)
{
	/* On w->mem: telemetry is sent after the commit, which may be an outer change's. */
	struct membership_wish *wish = mem_new(w->mem, struct membership_wish);

	*wish = (struct membership_wish){.name = name, .group = group};
	return change_run(w, put_member, wish, answer);
}

/* The argument of remove_member(). */
struct membership_removal {
	struct membership_name name;
	const char *group; /* NULL: out of all */
};

/* The change behind membership_remove(). */
static enum err
remove_member(struct work *w, void *arg, struct json_object **answer)
{
	const struct membership_removal *l = arg;
	struct group_placement out = {.segmentation = l->name.segmentation};
	const struct segmentation *s;
	const struct group *g = NULL;
	struct db_rows *rows;
	enum err e = load_stored(w, l->name.segmentation, &s);

	if (e != OK)
		return explain_not_found(w, e);
	if (l->group != NULL) {
		g = segmentation_wanted(
		    s, mem_json(w->mem, json_object_new_string(l->group)));
		if (g == NULL)
			return fail(w, ERR_INVALID, "group", "is not a group of this segmentation");
	}
	const char *params[] = {l->name.subject, mem_printf(w->mem, "%lld", (long long)s->nr),
		g == NULL ? NULL : mem_printf(w->mem, "%lld", (long long)g->nr)};
	e = begin_write(w, l->name.segmentation, &l->name.subject);
	if (e == OK)
		e = db_query(w->db, w->mem, QUERY_membership_delete, params, &rows);
	if (e != OK)
		return e;
	*answer = make_group_answer(w, &out);
	add_previous(*answer, s, rows);
	return OK;
}

enum err
membership_remove(struct work *w, struct membership_name name, const char *group,
    struct json_object **answer)
{
	return change_run(w, remove_member, &(struct membership_removal){name, group}, answer);
}

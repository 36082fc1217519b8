/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Decisions are made from the sums of days that are over, and are kept because those sums may be
 * made anew. They hold numbers only, and nothing of any subject.
 */
#include "service/definition/decided.h"

#include <string.h>

#include "base/jsonutil.h"
#include "base/mem.h"
#include "store/db/db.h"
#include "store/work.h"

static struct json_object *
member(struct json_object *o, const char *name)
{
	return json_object_object_get(o, name);
}

static const char *
text_of(struct json_object *o, const char *name)
{
	return json_object_get_string(member(o, name));
}

/* The id of the alternative of that name. */
static struct json_object *
find_id(const struct decided *d, const char *name)
{
	for (size_t i = 0; i < json_items(d->alternatives); i++) {
		const char *its = json_text(json_item(d->alternatives, i), "name");
		if (its != NULL && strcmp(its, name) == 0)
			return member(json_item(d->alternatives, i), "id");
	}
	return NULL;
}

static bool
is_kept(const struct decided *d, struct json_object *id, bool crossed)
{
	for (size_t i = 0; i < json_items(d->kept); i++) {
		struct json_object *row = json_item(d->kept, i);
		if (json_object_get_int64(json_item(row, 0)) == json_object_get_int64(id) &&
		    json_object_get_boolean(json_item(row, 1)) == crossed)
			return true;
	}
	return false;
}

static enum err
keep_outcome(struct work *w, const struct decided *d, const char *goal, struct json_object *arm)
{
	const char *name = json_text(arm, "name"), *outcome = json_text(arm, "outcome");
	struct json_object *look = member(arm, "look"), *interval = member(look, "interval");
	struct json_object *id = name == NULL ? NULL : find_id(d, name);
	bool crossed = outcome != NULL && strcmp(outcome, "none") != 0;

	if (outcome == NULL || look == NULL || id == NULL || is_kept(d, id, crossed))
		return OK;
	const char *params[] = {d->experiment, goal, json_object_get_string(id),
		crossed ? "true" : "false", text_of(look, "day"),
		text_of(crossed ? arm : look, crossed ? "decided_on" : "day"),
		text_of(look, "information"), text_of(look, "z"), text_of(look, "bound"),
		text_of(look, "difference"), json_object_get_string(json_item(interval, 0)),
		json_object_get_string(json_item(interval, 1)), text_of(arm, "alpha"),
		work_now_text(w)};
	return db_query(w->db, w->mem, QUERY_decision_add, params, NULL);
}

enum err
decided_keep(struct work *w, const struct decided *d)
{
	struct json_object *arms = member(member(d->results, "decision"), "alternatives");
	const char *goal = json_text(json_item(member(d->results, "goals"), 0), "goal");
	enum err e = OK;

	for (size_t i = 0; e == OK && goal != NULL && i < json_items(arms); i++)
		e = keep_outcome(w, d, goal, json_item(arms, i));
	return e;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a user did, what is held about a user, and the end of both.
 */
#include "base/mem.h"
#include "base/num.h"
#include "core/profile.h"
#include "handler/held.h"
#include "handler/path.h"
#include "handler/routes.h"
#include "web/ctx.h"

/* ?days=N; 0 when it is not there. */
static enum err
read_days(struct ctx *c, int64_t *days)
{
	const char *text = req_query(&c->req, "days");

	*days = 0;
	if (text == NULL || num_int(text, 1, PROFILE_DAYS_MOST, days))
		return OK;
	return fail(
	    c, ERR_INVALID, "days", "must be a whole number from 1 to %d", PROFILE_DAYS_MOST);
}

enum err
user_profile(struct ctx *c)
{
	struct json_object *row;
	int64_t days;
	enum err e = path_user(c);

	if (e == OK)
		e = read_days(c, &days);
	if (e != OK)
		return e;
	if (days == 0)
		return held_week(c, &c->model);
	e = held_views(c, days, &row);
	if (e == OK)
		c->model = profile_window(c->mem, c->args[0], row, days, c->now);
	return e;
}

enum err
user_experiments(struct ctx *c)
{
	struct json_object *list;
	enum err e = path_user(c);

	if (e == OK)
		e = held_enrolments(c, &list);
	if (e != OK)
		return e;
	c->model = mem_json(c->mem, json_object_new_object());
	json_object_object_add(c->model, "experiments", json_object_get(list));
	return OK;
}

enum err
user_export(struct ctx *c)
{
	enum err e = path_user(c);

	return e == OK ? held_export(c) : e;
}

enum err
user_erase(struct ctx *c)
{
	enum err e = path_user(c);

	return e == OK ? held_erase(c) : e;
}

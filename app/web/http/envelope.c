/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The response envelope of the definition and device routes, as the clients of the system that
 * they replace expect it.
 */
#include "web/http/envelope.h"

#include "base/jsonutil.h"
#include "base/mem.h"
#include "web/http/ctx.h"
#include "web/http/route.h"

static void
add_string(struct json_object *o, const char *name, const char *value)
{
	json_object_object_add(o, name, value == NULL ? NULL : json_object_new_string(value));
}

enum { PLACE = 8192 }; /* most bytes of the messages for one place, roughly */

/* Adds a message for a place, after those that it has. */
static void
add_message(struct ctx *c, struct json_object *o, const char *place, const char *detail)
{
	struct json_object *said = json_object_object_get(o, place);

	if (said == NULL)
		add_string(o, place, detail);
	else if (json_object_get_string_len(said) < PLACE)
		add_string(
		    o, place, mem_printf(c->w.mem, "%s; %s", json_object_get_string(said), detail));
}

/* {place: all that is wrong with it, .., status: "failed"} */
static struct json_object *
error_messages(struct ctx *c)
{
	struct json_object *o = json_object_new_object();

	for (size_t i = 0; i < problem_count(c->w.problems); i++) {
		struct json_object *p = json_item(c->w.problems->list, i);
		add_message(c, o, json_object_get_string(json_object_object_get(p, "pointer")),
		    json_object_get_string(json_object_object_get(p, "detail")));
	}
	add_string(o, "status", "failed");
	return o;
}

static const char *
response_code(enum err e)
{
	if (e == OK)
		return "OK";
	int status = err_info(e)->status;
	return e == ERR_NOT_FOUND ? "RESOURCE_NOT_FOUND"
	    : status < 500        ? "CLIENT_ERROR"
				  : "SERVER_ERROR";
}

void
envelope_failed(struct ctx *c, const char *errmsg)
{
	c->w.detail = errmsg;
}

struct json_object *
envelope_make(struct ctx *c, enum err e)
{
	struct json_object *o = mem_json(c->w.mem, json_object_new_object());
	struct json_object *params = json_object_new_object();
	const char *ts = work_now_text(&c->w);

	add_string(o, "id", c->route->envelope);
	add_string(o, "ver", "1.0");
	add_string(o, "ts", ts);
	add_string(params, "resmsgid", c->req.id);
	add_string(params, "status", e == OK && c->w.detail == NULL ? "successful" : "failed");
	add_string(params, "err", e == OK ? NULL : response_code(e));
	add_string(params, "errmsg",
	    c->w.detail != NULL || e == OK ? c->w.detail : err_info(e)->title);
	add_string(params, "client_key", NULL);
	if (e != OK)
		json_object_object_add(params, "errorMsg", error_messages(c));
	json_object_object_add(o, "params", params);
	add_string(o, "responseCode", response_code(e));
	json_object_object_add(o, "result", e == OK ? json_object_get(c->model) : NULL);
	return o;
}

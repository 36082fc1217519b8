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

enum { PLACE = 8192 }; /* most bytes of the messages for one place, roughly */

/* Adds a message for a place, after those that it has. */
static void
add_message(struct ctx *c, struct json_object *o, const char *place, const char *detail)
{
	struct json_object *said = json_object_object_get(o, place);

	if (said == NULL)
		json_add_text(o, place, detail);
	else if (json_object_get_string_len(said) < PLACE)
		json_add_text(
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
	json_add_text(o, "status", "failed");
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

	json_add_text(o, "id", c->route->envelope);
	json_add_text(o, "ver", "1.0");
	json_add_text(o, "ts", ts);
	json_add_text(params, "resmsgid", c->req.id);
	json_add_text(params, "status", e == OK && c->w.detail == NULL ? "successful" : "failed");
	json_add_text(params, "err", e == OK ? NULL : response_code(e));
	json_add_text(params, "errmsg",
	    c->w.detail != NULL || e == OK ? c->w.detail : err_info(e)->title);
	json_add_text(params, "client_key", NULL);
	if (e != OK)
		json_object_object_add(params, "errorMsg", error_messages(c));
	json_object_object_add(o, "params", params);
	json_add_text(o, "responseCode", response_code(e));
	json_object_object_add(o, "result", e == OK ? json_object_get(c->model) : NULL);
	return o;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Devices over the API: registration, which every start of an app sends, and the stored profile.
 */
#include "service/subject/device.h"

#include <string.h>

#include "base/mem.h"
#include "core/subject/subject.h"
#include "handler/routes.h"
#include "web/auth/client_key.h"
#include "web/http/body.h"
#include "web/http/ctx.h"
#include "web/http/peer_address.h"
#include "web/http/subject_input.h"

/* Sets c->subject to the device of the path. ERR_INVALID. */
static enum err
read_path_device(struct ctx *c)
{
	const char *id = c->args[0];
	const char *fault = subject_fault(c->w.mem, id, strlen(id));

	if (fault != NULL)
		return fail(&c->w, ERR_INVALID, "/did", "%s", fault);
	c->subject = subject_text(c->w.mem, SUBJECT_DEVICE, id);
	return OK;
}

/*
 * Whether the key may name the device and the user; places: objects in which a signature may stand.
 */
static enum err
check_key_subjects(struct ctx *c, const char *user, struct json_object *const places[])
{
	const char *member, *why = NULL;
	enum err e = client_key_check(c, places, "");

	if (e == OK && user != NULL)
		why = client_key_refusal(
		    c, subject_text(c->w.mem, SUBJECT_USER, user), places, &member);
	if (why == NULL)
		return e;
	return fail(&c->w, ERR_FORBIDDEN, strcmp(member, "signature") == 0
	    ? "/request/ext/signature" : "/request/ext/userid", "%s", why);
}

/* POST /v1/device/register/:did */
enum err
device_register_post(struct ctx *c)
{
	struct device_input in = {.id = c->args[0], .address = peer_address(c),
		.user_agent = req_param(&c->req, "HTTP_USER_AGENT"),
		.bot = visitor_is_bot(c, NULL)};
	struct json_object *body;
	enum err e = read_path_device(c);

	if (e == OK)
		e = body_json(c, &body);
	if (e != OK)
		return e;
	struct json_object *request = json_object_object_get(body, "request");
	struct json_object *places[] = {
		body, request, json_object_object_get(request, "ext"), NULL};
	if (!device_read(request, in.id, c->w.problems, &in.said))
		return ERR_INVALID;
	e = check_key_subjects(c, in.said.user, places);
	if (e != OK)
		return e;
	in.proven = client_key_proves(c, c->subject, places);
	return device_register(&c->w, &in, &c->model);
}

/* GET /v1/device/profile/:did */
enum err
device_profile_get(struct ctx *c)
{
	enum err e = read_path_device(c);

	return e == OK ? device_profile(&c->w, c->subject, &c->model) : e;
}

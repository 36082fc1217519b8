/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The subject of a request, and what the request says about it, read from bodies and query
 * strings. Every function checks that the key may name the subject.
 */
#include "web/http/subject_input.h"

#include "base/mem.h"
#include "core/subject/bot.h"
#include "core/subject/directory.h"
#include "web/auth/client_key.h"
#include "web/http/body.h"
#include "web/http/ctx.h"

bool
visitor_is_bot(struct ctx *c, struct json_object *body)
{
	struct json_object *said = json_object_object_get(body, "user_agent");

	if (c->key_class == KEY_CLIENT)
		return bot_is(req_param(&c->req, "HTTP_USER_AGENT"));
	return json_object_is_type(said, json_type_string) && bot_is(json_object_get_string(said));
}

enum err
visitor_body(struct ctx *c, unsigned allowed, struct json_object **body)
{
	enum err e = body_json(c, body);

	if (e != OK)
		return e;
	if (!json_object_is_type(*body, json_type_object))
		return fail(&c->w, ERR_INVALID, "", "must be an object");
	c->subject = subject_read(c->w.mem, *body, allowed, "", c->w.problems);
	struct json_object *agent = json_object_object_get(*body, "user_agent");
	if (agent != NULL && !json_object_is_type(agent, json_type_string))
		return fail(&c->w, ERR_INVALID, "/user_agent", "must be a string");
	if (c->subject == NULL)
		return ERR_INVALID;
	return client_key_check(c, (struct json_object *const[]){*body, NULL}, "");
}

enum err
visitor_read(struct ctx *c, struct json_object **body, struct visitor *out)
{
	enum err e = visitor_body(c, VISITOR_ANYBODY, body);

	if (e != OK)
		return e;
	*out = (struct visitor){.bot = visitor_is_bot(c, *body),
		.attributes = json_object_object_get(*body, "attributes")};
	e = client_key_attributes(c, out->attributes);
	if (e != OK)
		return e;
	const char *fault =
	    out->attributes == NULL ? NULL : directory_request_fault(out->attributes);
	if (fault != NULL)
		return fail(&c->w, ERR_INVALID, "/attributes", "%s", fault);
	out->subject = c->subject;
	return OK;
}

enum err
visitor_named(struct ctx *c)
{
	struct json_object *named = mem_json(c->w.mem, json_object_new_object());

	for (int k = 0; k < SUBJECT__MAX; k++) {
		const char *field = subject_field((enum subject_kind)k);
		const char *id = req_query(&c->req, field);
		if (id != NULL)
			json_object_object_add(named, field, json_object_new_string(id));
	}
	c->subject = subject_read(c->w.mem, named, VISITOR_ANYBODY, "", c->w.problems);
	return c->subject == NULL ? ERR_INVALID : client_key_check(c, NULL, "");
}

enum err
visitor_query(struct ctx *c, struct visitor *out)
{
	enum err e = visitor_named(c);

	if (e != OK)
		return e;
	*out = (struct visitor){.bot = visitor_is_bot(c, NULL)};
	out->subject = c->subject;
	return OK;
}

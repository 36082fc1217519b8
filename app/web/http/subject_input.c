/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The subject of a request, and what the request says about it, read from bodies and query
 * strings. Every function checks that the key may name the subject.
 */
#include "web/http/subject_input.h"

#include <string.h>

#include "base/jsonutil.h"
#include "base/mem.h"
#include "core/subject/bot.h"
#include "core/subject/directory.h"
#include "core/subject/key.h"
#include "web/auth/client_key.h"
#include "web/auth/key_bounds.h"
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

/* The kind of the subject of a context. ERR_INVALID. */
static enum err
read_kind(struct ctx *c, struct json_object *context, enum subject_kind *kind)
{
	const char *word = json_text(context, "kind");
	unsigned allowed = key_subjects(c->w.mem, c->bounds == NULL ? NULL : c->bounds->subjects);

	*kind = SUBJECT_USER;
	if (json_object_object_get_ex(context, "kind", NULL))
		return word != NULL && subject_kind_named(word, kind) ? OK
		    : fail(&c->w, ERR_INVALID, "/context/kind",
			"must be user, device or session");
	while (*kind < SUBJECT_SESSION && (allowed & 1u << *kind) == 0)
		*kind += 1;
	return OK;
}

/* Sets c->subject by targetingKey, where there is one. ERR_INVALID. */
static enum err
read_targeting_key(struct ctx *c, struct json_object *context)
{
	static const char at[] = "/context/targetingKey";
	struct json_object *key = json_object_object_get(context, "targetingKey");
	enum subject_kind kind;
	const char *member;
	enum err e = read_kind(c, context, &kind);

	if (e != OK)
		return e;
	if (key != NULL && !json_object_is_type(key, json_type_string))
		return fail(&c->w, ERR_INVALID, at, "must be a string");
	if (key == NULL || json_object_get_string_len(key) == 0)
		return OK;
	const char *id = json_object_get_string(key);
	const char *fault =
	    subject_fault(c->w.mem, id, (size_t)json_object_get_string_len(key));
	if (fault != NULL)
		return fail(&c->w, ERR_INVALID, at, "%s", fault);
	c->subject = subject_text(c->w.mem, kind, id);
	const char *why = client_key_refusal(
	    c, c->subject, (struct json_object *const[]){context, NULL}, &member);
	if (why == NULL)
		return OK;
	return fail(&c->w, ERR_INVALID,
	    strcmp(member, "signature") == 0 ? "/context/signature" : "/context/kind", "%s", why);
}

/* What a context says of the subject beside words of a meaning of their own; NULL: nothing. */
static struct json_object *
context_attributes(struct ctx *c, struct json_object *context)
{
	static const char *const words[] = {"targetingKey", "kind", "signature", "user_agent"};
	struct json_object *rest = mem_json(c->w.mem, json_object_new_object());

	json_object_object_foreach(json_members(context), name, value) {
		size_t i = 0;
		while (i < sizeof words / sizeof words[0] && strcmp(words[i], name) != 0)
			i++;
		if (i == sizeof words / sizeof words[0])
			json_object_object_add(rest, name, json_object_get(value));
	}
	return json_member_count(rest) > 0 ? rest : NULL;
}

enum err
visitor_context(struct ctx *c, struct json_object *context, struct visitor *out, bool *ignored)
{
	struct json_object *agent = json_object_object_get(context, "user_agent");
	enum err e = read_targeting_key(c, context);

	*ignored = false;
	if (e != OK)
		return e;
	if (agent != NULL && !json_object_is_type(agent, json_type_string))
		return fail(&c->w, ERR_INVALID, "/context/user_agent", "must be a string");
	*out = (struct visitor){.subject = c->subject, .bot = visitor_is_bot(c, context),
		.attributes = context_attributes(c, context)};
	if (out->attributes != NULL && c->bounds != NULL && !c->bounds->attributes) {
		*ignored = true;
		out->attributes = NULL;
	}
	const char *fault =
	    out->attributes == NULL ? NULL : directory_request_fault(out->attributes);
	return fault == NULL ? OK : fail(&c->w, ERR_INVALID, "/context", "%s", fault);
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

/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Flags over OFREP, the OpenFeature Remote Evaluation Protocol 0.3.0: one flag, or all of them for
 * a client that keeps them. Members of the body other than `context`, and query words other than
 * `enroll`, belong to the client and are passed over.
 */
#include "service/decision/flag.h"

#include <string.h>

#include "base/hash.h"
#include "base/json.h"
#include "base/mem.h"
#include "handler/routes.h"
#include "web/http/body.h"
#include "web/http/ctx.h"
#include "web/http/subject_input.h"

/* ?enroll=true or false; absent leaves *enroll. ERR_SYNTAX. */
static enum err
read_enroll(struct ctx *c, bool *enroll)
{
	const char *said = req_query(&c->req, "enroll");

	if (said == NULL)
		return OK;
	*enroll = strcmp(said, "true") == 0;
	return *enroll || strcmp(said, "false") == 0
	    ? OK : fail_detail(&c->w, ERR_SYNTAX, "enroll must be true or false");
}

/* Reads query and body into q, whose `enroll` is what holds without a word. */
static enum err
read_flag_request(struct ctx *c, struct flag_request *q)
{
	struct json_object *body, *context;
	enum err e = read_enroll(c, &q->enroll);

	if (e == OK)
		e = body_json(c, &body);
	if (e != OK)
		return e;
	if (!json_object_is_type(body, json_type_object))
		return fail_detail(&c->w, ERR_SYNTAX, "the body must be an object");
	if (!json_object_object_get_ex(body, "context", &context))
		context = mem_json(c->w.mem, json_object_new_object());
	if (!json_object_is_type(context, json_type_object))
		return fail(&c->w, ERR_INVALID, "/context", "must be an object");
	return visitor_context(c, context, q->who, &q->ignores_attributes);
}

/* POST /ofrep/v1/evaluate/flags/:key */
enum err
flag_evaluate(struct ctx *c)
{
	struct visitor who;
	struct flag_request q = {.who = &who, .enroll = true};
	bool known;
	enum err e = read_flag_request(c, &q);

	if (e == OK)
		e = flag_one(&c->w, &q, c->args[0], &c->model, &known);
	if (e == OK && !known)
		c->status = 400;
	return e;
}

/*
 * Answers the model as text, with a tag over its bytes: whatever the client did not change, the
 * flags may have changed, and a tag of anything else would hide it.
 */
static void
answer_tagged(struct ctx *c)
{
	char digest[HASH_HEX];

	c->text = buf_new(c->w.mem, 4096);
	c->text_type = "application/json; charset=utf-8";
	buf_str(c->text, json_plain(c->model));
	hash_hex(c->text->data, c->text->len, NULL, 0, digest);
	c->etag = mem_printf(c->w.mem, "\"%s\"", digest);
	if (req_has_already(&c->req, c->etag))
		c->status = 304;
}

/* POST /ofrep/v1/evaluate/flags */
enum err
flags_evaluate(struct ctx *c)
{
	struct visitor who;
	struct flag_request q = {.who = &who, .enroll = false};
	enum err e = read_flag_request(c, &q);

	if (e == OK)
		e = flag_all(&c->w, &q, &c->model);
	if (e == OK)
		answer_tagged(c);
	return e;
}

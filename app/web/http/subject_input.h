/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef WEB_HTTP_SUBJECT_INPUT_H
#define WEB_HTTP_SUBJECT_INPUT_H

#include <json-c/json.h>
#include <stdbool.h>

#include "base/err.h"
#include "core/experiment/visitor.h"
#include "core/subject/subject.h"

struct ctx;

/* Any of the three kinds, for the functions below. */
enum { VISITOR_ANYBODY = 1 << SUBJECT_USER | 1 << SUBJECT_DEVICE | 1 << SUBJECT_SESSION };

/*
 * Whether a bot asks: by the User-Agent of the request where the key is a client's, else by
 * `user_agent` of the body (NULL: none), because the operator's own programs are no bots.
 */
bool visitor_is_bot(struct ctx *c, struct json_object *body);

/* The body, which must be an object, and the subject that it names, one of the kinds allowed;
 * sets c->subject. ERR_FORBIDDEN where the key may not name it. */
enum err visitor_body(struct ctx *c, unsigned allowed, struct json_object **body) must_check;

/* The visitor whom the body names, with `attributes`; the record is not read. */
enum err visitor_read(struct ctx *c, struct json_object **body, struct visitor *out) must_check;

/*
 * The visitor whom the `context` of an OpenFeature client describes: targetingKey, kind (absent:
 * user, or the first kind that the key may name), signature, user_agent; all else is attributes.
 * out has no subject where there is no targetingKey. *ignored: there are attributes, which the key
 * does not allow. ERR_INVALID, also where the key may not name the subject: clients give up for
 * good after a 403.
 */
enum err visitor_context(struct ctx *c, struct json_object *context, struct visitor *out,
    bool *ignored) must_check;

/* Sets c->subject to the one that the query string names; ERR_FORBIDDEN as above. */
enum err visitor_named(struct ctx *c) must_check;

/* The visitor whom the query string names; the record is not read. */
enum err visitor_query(struct ctx *c, struct visitor *out) must_check;

#endif

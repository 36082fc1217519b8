/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef WEB_AUTH_CLIENT_KEY_H
#define WEB_AUTH_CLIENT_KEY_H

#include <json-c/json.h>
#include <stdbool.h>

#include "base/err.h"

struct ctx;

/*
 * About whom a client key may speak. A key can be narrowed to kinds of subjects, and can demand
 * that an id of a user is signed: the lower-case hex of HMAC-SHA256(signing secret, "u:" and the
 * id), which only the operator's own programs can compute. Every route that takes a subject from a
 * request asks here, whatever part of the request named it.
 *
 * A signature is the member `signature` of one of the objects `places` (NULL: none; the list ends
 * with NULL), the query word `signature`, or the header X-Assay-Signature; one that fits is enough.
 */

/*
 * Why the key of c may not name the subject (a text of core/subject/subject.h), as a static
 * sentence, with in *member what is wrong: "user_id" .. or "signature". NULL: it may. The answer
 * is ERR_FORBIDDEN where the protocol has no other.
 */
const char *client_key_refusal(struct ctx *c, const char *subject,
    struct json_object *const places[], const char **member);

/* The same for c->subject, as a problem below the JSON pointer at: ERR_FORBIDDEN. */
enum err client_key_check(struct ctx *c, struct json_object *const places[], const char *at)
    must_check;

/* Whether what is held of a subject may be written over: the key asks for no signatures, or there
 * is one of this subject. */
bool client_key_proves(
    struct ctx *c, const char *subject, struct json_object *const places[]);

/* Whether the key allows attributes of a request; `given` may be NULL. ERR_FORBIDDEN. */
enum err client_key_attributes(struct ctx *c, struct json_object *given) must_check;

#endif

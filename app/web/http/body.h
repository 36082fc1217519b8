/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef WEB_HTTP_BODY_H
#define WEB_HTTP_BODY_H

#include <json-c/json.h>

#include "base/err.h"

struct ctx;

/* The body as JSON. ERR_MEDIA_TYPE unless it says it is JSON; ERR_SYNTAX with line and column. */
enum err body_json(struct ctx *c, struct json_object **out) must_check;

/*
 * The version that If-Match, or the field `version` of a form, names, on c->w.mem, without what
 * jobs have done since (the part behind a point); NULL when there is no If-Match, or *.
 * Compression by the web server changes an ETag, which is undone (req_opaque_tag).
 * ERR_PRECONDITION when it is no version of ours.
 */
enum err body_if_match(struct ctx *c, const char **version) must_check;

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef WEB_HTTP_SUBJECT_PATH_H
#define WEB_HTTP_SUBJECT_PATH_H

#include <json-c/json.h>

#include "base/err.h"

struct ctx;

/* The user in the first argument of the path: checked, and set as c->subject. ERR_INVALID. */
enum err subject_path_user(struct ctx *c) must_check;

/* The same for a user id from elsewhere; NULL is refused. */
enum err subject_path_is_user(struct ctx *c, const char *id) must_check;

/* c->subject as a query string, on c->w.mem: "user_id=ann%20lee". */
const char *subject_path_query(const struct ctx *c);

/*
 * The model of person_search.html: a form to `action` for each kind of subject, with what the query
 * string looked for and what is wrong with it. The buttons say "<verb> the user". The caller owns
 * it.
 */
struct json_object *subject_path_searches(
    const struct ctx *c, const char *action, const char *verb);

#endif

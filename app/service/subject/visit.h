/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERVICE_SUBJECT_VISIT_H
#define SERVICE_SUBJECT_VISIT_H

#include <json-c/json.h>

#include "base/err.h"

struct work;

/* The subject is here: counts for the goals of retention. */
enum err visit_record(struct work *w, const char *subject) must_check;

/* Behind the session is a human: what it did so far counts. Nothing changes for other kinds of
 * subjects, or where sessions need not be confirmed. */
enum err visit_confirm(struct work *w, const char *subject) must_check;

/* The session has turned out to be the user's: what it did is the user's from now on. *answer is
 * the row of the query subject_incorporate. */
enum err visit_incorporate(struct work *w, const char *session, const char *user,
    struct json_object **answer) must_check;

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERVICE_SUBJECT_VISIT_H
#define SERVICE_SUBJECT_VISIT_H

#include <json-c/json.h>

#include "base/err.h"

struct work;

/* Records that the subject was here; counts for the goals of retention. */
enum err visit_record(struct work *w, const char *subject) must_check;

/*
 * Confirms the session as human: what it did so far counts. Does nothing for other kinds of
 * subjects, or where sessions need no confirmation.
 */
enum err visit_confirm(struct work *w, const char *subject) must_check;

/*
 * The session turned out to be the user's: what it did becomes the user's. *answer is the row of
 * the query subject_incorporate.
 */
enum err visit_incorporate(struct work *w, const char *session, const char *user,
    struct json_object **answer) must_check;

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CORE_SUBJECT_SUBJECT_H
#define CORE_SUBJECT_SUBJECT_H

#include <json-c/json.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/problem.h"

/*
 * A subject of experiments: a kind and an id. In the database and in caches it is one text, the id
 * after "u:", "d:" or "s:".
 */

enum subject_kind { SUBJECT_USER, SUBJECT_DEVICE, SUBJECT_SESSION, SUBJECT__MAX };

enum { SUBJECT_ID = 128 }; /* bytes of an id, at most */

/* The member of a body that has the id of a subject of this kind: "user_id"; static. */
const char *subject_field(enum subject_kind kind);

/* The kind that a word names, "user", "device" or "session"; false when it is another. */
bool subject_kind_named(const char *word, enum subject_kind *out);

/*
 * Why the n bytes at id (valid UTF-8) cannot be an id, static or on ctx; NULL when they can. An id
 * has 1 to 128 bytes and no control characters; it is none of the words that faulty programs send
 * for an absent id, and not . or .., which cannot stand in a path.
 */
const char *subject_fault(void *ctx, const char *id, size_t n);

/* The kind and the bare id of a subject text; the id is a part of the text. */
enum subject_kind subject_kind(const char *subject);
const char *subject_id(const char *subject);

/* The text of the subject for the database, on ctx. */
char *subject_text(void *ctx, enum subject_kind kind, const char *id);

/*
 * The subject that body names by user_id, device_id or session_id, as subject_text on ctx. allowed
 * is a set of bits 1 << kind. NULL, with a problem added below the JSON pointer at, when there is
 * none, more than one, one that is not allowed, or an invalid id.
 */
char *subject_read(void *ctx, struct json_object *body, unsigned allowed, const char *at,
    struct problems *problems);

#endif

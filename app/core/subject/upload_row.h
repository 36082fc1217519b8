/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CORE_SUBJECT_UPLOAD_ROW_H
#define CORE_SUBJECT_UPLOAD_ROW_H

#include <json-c/json.h>
#include <stdbool.h>

#include "base/csv/csv.h"

/* A row of a file of members: who is to be in which group. */

enum { UPLOAD_ROW_EMAIL = 254 }; /* bytes of an e-mail address (RFC 5321, 4.5.3.1.3) */

/* The columns of such a file. */
extern const struct csv_rules upload_row_csv;

struct upload_row {
	const char *subject; /* core/subject/subject.h; NULL: by e-mail alone */
	const char *email;   /* folded; NULL: none */
	const char *group;   /* its name */
};

/*
 * Reads {user_id?, email?, group, ..}, all of them texts; empty ones are left out. Texts are on ctx
 * or o's. NULL when it is good, else why not, static or on ctx.
 */
const char *upload_row_read(void *ctx, struct json_object *o, struct upload_row *out);

/* The address with ASCII letters in lower case, on ctx; NULL when s is none. */
char *upload_row_email(void *ctx, const char *s);

#endif

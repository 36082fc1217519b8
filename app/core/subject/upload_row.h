/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CORE_SUBJECT_UPLOAD_ROW_H
#define CORE_SUBJECT_UPLOAD_ROW_H

#include <json-c/json.h>
#include <stdbool.h>

#include "base/csv/csv.h"

/* A row of an upload of members: a user, by id or e-mail address, and a group. */

enum { UPLOAD_ROW_EMAIL = 254 }; /* bytes of an e-mail address (RFC 5321, 4.5.3.1.3) */

/* The columns of an upload. */
extern const struct csv_rules upload_row_csv;

struct upload_row {
	const char *subject; /* core/subject/subject.h; NULL: by e-mail only */
	const char *email;   /* in lower case; NULL: none */
	const char *group;   /* name of the group */
};

/*
 * Reads {user_id?, email?, group, ..}; all are texts, and empty ones are absent. Texts of *out are
 * on ctx or parts of o. NULL when the row is valid, else the fault, static or on ctx.
 */
const char *upload_row_read(void *ctx, struct json_object *o, struct upload_row *out);

/* The address s with ASCII letters in lower case, on ctx; NULL when it is not an address. */
char *upload_row_email(void *ctx, const char *s);

#endif

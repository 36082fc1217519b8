/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VIEW_JSON_DIFF_H
#define VIEW_JSON_DIFF_H

#include <json-c/json.h>

/*
 * The members in which two objects differ, as readable JSON texts on ctx: *before, *after. Either
 * object may be NULL, and then its text is, too; a long text is cut and says so.
 */
void json_diff_texts(void *ctx, struct json_object *objects[2], const char *texts[2]);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VIEW_JSON_DIFF_H
#define VIEW_JSON_DIFF_H

#include <json-c/json.h>

/*
 * The members in which two objects (before, after) differ, as readable JSON texts on ctx. If either
 * object is NULL its text is NULL, and the other is shown whole. Long texts are cut, which they
 * say.
 */
void json_diff_texts(void *ctx, struct json_object *objects[2], const char *texts[2]);

#endif

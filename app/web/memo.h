/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef MEMO_H
#define MEMO_H

#include <json-c/json.h>
#include <stddef.h>

/*
 * What a worker has worked out and may use again, while what it was made from stays as it is: the
 * stamp says what that was. Few are kept; the one that was not asked for longest goes.
 */
struct memo;

/* For so many models, on the talloc context ctx. */
struct memo *memo_new(void *ctx, size_t most);

/* What is kept under name with this very stamp; borrowed, not to be changed. NULL: nothing. */
struct json_object *memo_find(struct memo *m, const char *name, const char *stamp);

/* Keeps the model, which nobody may change any more. */
void memo_keep(struct memo *m, const char *name, const char *stamp, struct json_object *model);

#endif

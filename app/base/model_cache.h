/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BASE_MODEL_CACHE_H
#define BASE_MODEL_CACHE_H

#include <json-c/json.h>
#include <stddef.h>

/*
 * What a worker has worked out and may use again, while what it was made from stays as it is: the
 * stamp says what that was. Few are kept; the one that was not asked for longest goes.
 */
struct model_cache;

/* For so many models, on the talloc context ctx. */
struct model_cache *model_cache_new(void *ctx, size_t most);

/* What is kept under name with this very stamp; borrowed, not to be changed. NULL: nothing. */
struct json_object *model_cache_find(struct model_cache *m, const char *name, const char *stamp);

/* Keeps the model, which nobody may change any more. */
void model_cache_keep(
    struct model_cache *m, const char *name, const char *stamp, struct json_object *model);

#endif

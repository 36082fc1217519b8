/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BASE_MODEL_CACHE_H
#define BASE_MODEL_CACHE_H

#include <json-c/json.h>
#include <stddef.h>

/*
 * Models that a worker has computed and may reuse while the data behind them is unchanged; the
 * stamp identifies the state of that data. Only a few are kept; the one that was used longest ago
 * is dropped.
 */
struct model_cache;

/* A cache for `most` models, on the talloc context ctx. */
struct model_cache *model_cache_new(void *ctx, size_t most);

/* The model stored under name with exactly this stamp, or NULL. It belongs to the cache and must
 * not be changed; it is valid until the next model_cache_keep(). */
struct json_object *model_cache_find(struct model_cache *m, const char *name, const char *stamp);

/* Stores the model under name, with a reference of its own. It must not be changed any more. */
void model_cache_keep(
    struct model_cache *m, const char *name, const char *stamp, struct json_object *model);

#endif

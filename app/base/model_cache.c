/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A cache of a few computed models in the memory of one worker, found by a linear search. The
 * entry that was used longest ago is replaced. The caller decides by the stamp whether an entry is
 * current, so nothing here expires.
 */
#include "base/model_cache.h"

#include <stdint.h>
#include <string.h>

#include "base/mem.h"

struct cached_model {
	char *name;
	char *stamp;
	struct json_object *model;
	int64_t used; /* turn of the last use; 0: empty */
};

struct model_cache {
	struct cached_model *entries;
	size_t most;
	int64_t turn; /* counts the uses of all entries */
};

/* Destructor: the entries live on the cache, json-c objects do not. */
static int
release_models(struct model_cache *m)
{
	for (size_t i = 0; i < m->most; i++)
		json_object_put(m->entries[i].model);
	return 0;
}

struct model_cache *
model_cache_new(void *ctx, size_t most)
{
	struct model_cache *m = mem_new(ctx, struct model_cache);

	m->entries = mem_check(talloc_zero_array(m, struct cached_model, most));
	m->most = most;
	talloc_set_destructor(m, release_models);
	return m;
}

/* The entry of that name; otherwise the one to replace, which is empty or was used longest ago. */
static struct cached_model *
find_entry(struct model_cache *m, const char *name)
{
	struct cached_model *oldest = &m->entries[0];

	for (size_t i = 0; i < m->most; i++) {
		struct cached_model *n = &m->entries[i];
		if (n->name != NULL && strcmp(n->name, name) == 0)
			return n;
		if (n->used < oldest->used)
			oldest = n;
	}
	return oldest;
}

struct json_object *
model_cache_find(struct model_cache *m, const char *name, const char *stamp)
{
	struct cached_model *n = find_entry(m, name);

	if (n->name == NULL || strcmp(n->name, name) != 0 || strcmp(n->stamp, stamp) != 0)
		return NULL;
	n->used = ++m->turn;
	return n->model;
}

void
model_cache_keep(
    struct model_cache *m, const char *name, const char *stamp, struct json_object *model)
{
	struct cached_model *n = find_entry(m, name);

	talloc_free(n->name);
	talloc_free(n->stamp);
	json_object_put(n->model);
	*n = (struct cached_model){
	    mem_dup(m, name), mem_dup(m, stamp), json_object_get(model), ++m->turn};
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A handful of models, found by walking over them.
 */
#include "base/model_cache.h"

#include <stdint.h>
#include <string.h>

#include "base/mem.h"

struct note {
	char *name;
	char *stamp;
	struct json_object *model;
	int64_t used;
};

struct model_cache {
	struct note *notes;
	size_t most;
	int64_t turn;
};

static int
release(struct model_cache *m)
{
	for (size_t i = 0; i < m->most; i++)
		json_object_put(m->notes[i].model);
	return 0;
}

struct model_cache *
model_cache_new(void *ctx, size_t most)
{
	struct model_cache *m = mem_new(ctx, struct model_cache);

	*m = (struct model_cache){mem_check(talloc_zero_array(m, struct note, most)), most, 0};
	talloc_set_destructor(m, release);
	return m;
}

/* That of the name, or the one to give way to it. */
static struct note *
place_of(struct model_cache *m, const char *name)
{
	struct note *oldest = &m->notes[0];

	for (size_t i = 0; i < m->most; i++) {
		struct note *n = &m->notes[i];
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
	struct note *n = place_of(m, name);

	if (n->name == NULL || strcmp(n->name, name) != 0 || strcmp(n->stamp, stamp) != 0)
		return NULL;
	n->used = ++m->turn;
	return n->model;
}

void
model_cache_keep(
    struct model_cache *m, const char *name, const char *stamp, struct json_object *model)
{
	struct note *n = place_of(m, name);

	talloc_free(n->name);
	talloc_free(n->stamp);
	json_object_put(n->model);
	*n = (struct note){mem_check(talloc_strdup(m, name)), mem_check(talloc_strdup(m, stamp)),
		json_object_get(model), ++m->turn};
}

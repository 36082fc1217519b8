/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Finds cycles among definitions that refer to each other, such as rules that test groups of other
 * rule segmentations: such a definition could never be evaluated and is refused when it is saved.
 */
#include "core/audience/cycle.h"

#include <stdbool.h>
#include <string.h>

#include "base/jsonutil.h"
#include "base/mem.h"

struct search {
	void *ctx;
	struct json_object *graph;
	const char *start;
	struct json_object *seen; /* ids as members */
};

/* Depth-first search. Each id is entered once, so the recursion is bounded by their number. */
static const char *
search_from(struct search *w, const char *from, const char *path)
{
	struct json_object *uses = json_object_object_get(w->graph, from);

	for (size_t i = 0; i < json_items(uses); i++) {
		const char *id = json_object_get_string(json_item(uses, i));
		const char *next = mem_printf(w->ctx, "%s > %s", path, id);
		if (strcmp(id, w->start) == 0)
			return next;
		if (json_object_object_get_ex(w->seen, id, NULL))
			continue;
		json_object_object_add(w->seen, id, NULL);
		const char *found = search_from(w, id, next);
		if (found != NULL)
			return found;
	}
	return NULL;
}

const char *
cycle_find(void *ctx, struct json_object *graph, const char *start)
{
	struct search w = {ctx, graph, start, mem_json(ctx, json_object_new_object())};

	return search_from(&w, start, start);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The tab with the definition of an experiment: all of it, for those as well who cannot open the
 * form.
 */
#include <string.h>

#include "base/buf.h"
#include "base/jsonutil.h"
#include "base/mem.h"
#include "core/draft.h"
#include "handler/routes.h"
#include "handler/tabs.h"
#include "web/ctx.h"

enum { RANGES = 10 }; /* of slots that are named; the page of the layer has all */

static struct json_object *
get(struct json_object *o, const char *name)
{
	return json_object_is_type(o, json_type_object) ? json_object_object_get(o, name) : NULL;
}

static int
edge(struct json_object *range, size_t i)
{
	return json_object_get_int(json_item(range, i));
}

/* How many slots it has in its layer, and which. */
static struct json_object *
make_slots(struct ctx *c, struct json_object *layer)
{
	struct json_object *ranges = get(layer, "slots"), *out = json_object_new_object();
	struct buf *words = buf_new(c->mem, 64);
	size_t n = json_items(ranges);
	int count = 0;

	for (size_t i = 0; i < n; i++) {
		struct json_object *range = json_item(ranges, i);
		count += edge(range, 1) - edge(range, 0) + 1;
		if (i < RANGES)
			buf_printf(words, "%s%d to %d", i == 0 ? "" : ", ", edge(range, 0),
			    edge(range, 1));
	}
	if (n > RANGES)
		buf_str(words, ", ..");
	json_object_object_add(out, "id", json_object_get(get(layer, "id")));
	json_object_object_add(out, "count", json_object_new_int(count));
	json_object_object_add(out, "words", json_object_new_string(words->data));
	return out;
}

enum err
setup_page(struct ctx *c)
{
	enum err e = tabs_load(c, "setup");

	if (e != OK)
		return e;
	struct json_object *definition = get(c->model, "definition");
	struct json_object *ended = get(definition, "ended_at");
	struct json_object *layer = get(definition, "layer");
	json_object_object_add(
	    c->model, "typed", json_object_get(draft_of(c->mem, definition)));
	if (layer != NULL)
		json_object_object_add(c->model, "slots", make_slots(c, layer));
	/* What was never started bears the moment at which it was made. */
	if (ended != NULL && json_object_equal(ended, get(definition, "createdOn")))
		json_remove(definition, "ended_at");
	return OK;
}

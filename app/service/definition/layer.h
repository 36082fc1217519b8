/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERVICE_DEFINITION_LAYER_H
#define SERVICE_DEFINITION_LAYER_H

#include <json-c/json.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

struct work;

/*
 * Layers: experiments in one layer exclude each other, because each has slots of its own. Answers
 * are objects {id, unit, description, slots, free, members: [{experiment, slots: [[first, last],
 * ..]}, ..]} on w->mem.
 */

/* What a caller says of a new layer. Lent by the JSON it was read from. */
struct layer_input {
	const char *id;
	const char *unit; /* user, device or session */
	const char *description; /* "": none */
};

/*
 * Reads a layer from JSON and reports every problem with its pointer. strict: unknown members are
 * problems, too. ERR_INVALID.
 */
enum err layer_input_read(struct work *w, struct json_object *body, bool strict,
    struct layer_input *out) must_check;

/* Defines a layer. ERR_CONFLICT when the id is taken. */
enum err layer_add(struct work *w, const struct layer_input *in, struct json_object **answer)
    must_check;

/* A layer. ERR_NOT_FOUND. */
enum err layer_get(struct work *w, const char *id, struct json_object **answer) must_check;

/*
 * At most limit layers by id, behind `after` (NULL: from the first), as an array; *next is the
 * `after` of the next page, NULL when these are the last.
 */
enum err layer_list(struct work *w, const char *after, int64_t limit, struct json_object **list,
    const char **next) must_check;

/*
 * Deletes a layer; the answer is {id, deleted}. ERR_NOT_FOUND, ERR_CONFLICT while experiments have
 * slots of it.
 */
enum err layer_remove(struct work *w, const char *id, struct json_object **answer) must_check;

/* Which slots of a layer an experiment asks for. */
struct layer_assignment {
	const char *layer, *experiment;
	struct json_object *wish; /* core/experiment/layer.h */
};

/*
 * Reads the wish of *out, whose other members the caller has set, from JSON {slots} or {size}.
 * strict: as above. ERR_INVALID.
 */
enum err layer_assignment_read(struct work *w, struct json_object *body, bool strict,
    struct layer_assignment *out) must_check;

/*
 * Gives the slots to the experiment, which leaves its former ones; the answer is the layer.
 * ERR_NOT_FOUND, ERR_CONFLICT when other experiments have them.
 */
enum err layer_assign(struct work *w, const struct layer_assignment *in,
    struct json_object **answer) must_check;

/* Frees the slots that an experiment has in the layer; the answer is the layer. ERR_NOT_FOUND. */
enum err layer_free(struct work *w, const char *layer, const char *experiment,
    struct json_object **answer) must_check;

#endif

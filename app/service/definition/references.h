/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERVICE_DEFINITION_REFERENCES_H
#define SERVICE_DEFINITION_REFERENCES_H

#include <json-c/json.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "store/db/query.h"

struct work;
struct segmentation_set;

/*
 * Checks that what rules refer to exists. references: [{at, target, id, wanted}], to segmentations
 * and experiments and, by name, to their groups and alternatives. ERR_INVALID with a problem for
 * each that does not exist. Nothing is checked while definitions are written together
 * (change_together).
 */
enum err references_check(struct work *w, const struct segmentation_set *all,
    struct json_object *references) must_check;

/*
 * references_check() for a definition that is about to be saved (references NULL: none), at the
 * newest definitions. *generation, on w->mem, is the only generation at which it may be saved; NULL
 * when it refers to nothing and any generation will do.
 */
enum err references_check_now(struct work *w, struct json_object *references,
    const char **generation) must_check;

/* Whether the definitions have another generation by now; false for a NULL generation. */
enum err references_moved(struct work *w, const char *generation, bool *moved) must_check;

/* The ids (JSON strings) as a PostgreSQL array, on w->mem. */
const char *references_array(struct work *w, struct json_object *ids);

/* The ids that references name, as references_array(); the empty array for none. */
const char *references_uses(struct work *w, struct json_object *references);

/*
 * A definition to be deleted. q deletes it if nothing uses it and the definitions have the
 * generation $3; version NULL: any version.
 */
struct references_drop {
	enum query q;
	const char *id, *version;
};

/*
 * Deletes the definition as part of a change (service/change.h). *gone: it is deleted; else
 * references_users() may tell why not.
 */
enum err references_drop(struct work *w, const struct references_drop *d, bool *gone) must_check;

/* Reports a problem for each definition that uses the one of that id. *any: there is one. */
enum err references_users(struct work *w, const char *id, bool *any) must_check;

/* A list of groups or alternatives that is about to be changed. */
struct references_change {
	const char *id;              /* of the segmentation or experiment whose list it is */
	const char *at;              /* JSON pointer of the list in the request */
	struct json_object *changed; /* reference_names_between() */
	struct json_object *own;     /* its own criteria after the change, or NULL */
	const char *generation;      /* of the definitions, at which alone it may be saved */
	const char *renamed;         /* other definitions to be saved with it, or NULL */
};

/*
 * Finds what refers to the groups or alternatives that the change renames or removes, at the
 * generation of change->generation (NULL: the newest, which it is set to) or newer; when no names
 * change nothing is read or set. ERR_CONFLICT with a problem for each use of a removed name.
 * Renamed names are replaced in a copy of change->own, which change->own then is; change->renamed
 * becomes {segmentation: {number: groups}, experiment: {number: criteria}} with the other
 * definitions, as JSON on w->mem.
 */
enum err references_follow(struct work *w, struct references_change *change) must_check;

/* What an experiment may refer to, on w->mem: {layers: [{id, free}, ..], goals: [name, ..]}, at
 * most so many of each; null where there are none. */
enum err references_choices(struct work *w, int64_t most, struct json_object **out) must_check;

#endif

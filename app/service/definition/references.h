/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERVICE_DEFINITION_REFERENCES_H
#define SERVICE_DEFINITION_REFERENCES_H

#include <json-c/json.h>
#include <stdbool.h>

#include "base/err.h"
#include "store/db/query.h"

struct work;
struct segmentation_set;

/*
 * Whether what rules refer to exists: references [{at, target, id, wanted}] to segmentations and
 * experiments, and to their groups and alternatives by name. ERR_INVALID with a problem for each
 * that does not.
 */
enum err references_check(struct work *w, const struct segmentation_set *all,
    struct json_object *references) must_check;

/*
 * The same for a definition that is about to be saved (references NULL: none), at the newest
 * definitions. *generation: theirs, on w->mem, over which alone it may be saved; NULL when it
 * refers to nothing and any will do.
 */
enum err references_check_now(struct work *w, struct json_object *references,
    const char **generation) must_check;

/* Whether the definitions are of another generation by now; false for NULL. */
enum err references_moved(struct work *w, const char *generation, bool *moved) must_check;

/* The ids (JSON strings) as a PostgreSQL array, on w->mem. */
const char *references_array(struct work *w, struct json_object *ids);

/* The same of the ids that references name; NULL for none. */
const char *references_uses(struct work *w, struct json_object *references);

/* A definition to be deleted: q does it if nothing uses id and the definitions are of generation
 * $3; version NULL: whatever version it has. */
struct references_drop {
	enum query q;
	const char *id, *version;
};

/* Deletes it, as part of a change (service/change.h). *gone: it did; else references_users may tell
 * why. */
enum err references_drop(struct work *w, const struct references_drop *d, bool *gone) must_check;

/* A problem for each definition that uses the one of that id. *any: there is one. */
enum err references_users(struct work *w, const char *id, bool *any) must_check;

/* A list of groups or alternatives that is about to be changed. */
struct references_change {
	const char *id;              /* of the segmentation or experiment whose list it is */
	const char *at;              /* JSON pointer of the list in the request */
	struct json_object *changed; /* reference_names_between() */
	struct json_object *own;     /* criteria that it will have itself, or NULL */
	const char *generation;      /* of the definitions, over which alone it may be saved */
	const char *renamed;         /* what is to be saved with it, or NULL */
};

/*
 * Looks for what names the groups or alternatives that the change renames or removes, at the
 * definitions of change->generation (NULL: of the newest, which it is set to) or newer; without
 * changed names nothing is read or set. ERR_CONFLICT with a problem for each that names a removed
 * one. Renamed ones are replaced in a copy of change->own, which it then is, and change->renamed
 * is {segmentation: {number: groups}, experiment: {number: criteria}} of the others that name
 * them, as JSON on w->mem.
 */
enum err references_follow(struct work *w, struct references_change *change) must_check;

#endif

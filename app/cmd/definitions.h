/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CMD_DEFINITIONS_H
#define CMD_DEFINITIONS_H

#include <json-c/json.h>

#include "cmd/command.h"

/*
 * All definitions as one JSON document, {goals, layers, segmentations, experiments}, each in the
 * form in which the API takes it, sorted by id: the same definitions give the same bytes.
 */

enum { DEFINITIONS_SEGMENTATIONS = 2, DEFINITIONS_EXPERIMENTS, DEFINITIONS_PARTS };

/* "goals", "layers", .., in the order of the document. */
extern const char *const definitions_parts[DEFINITIONS_PARTS];

/* The member that holds the id of a definition of that part. */
const char *definitions_id(size_t part);

/* The document with the stored definitions, on ctx. */
enum err definitions_load(struct db *db, void *ctx, struct json_object **out) must_check;

/* The definition of that id within a part of the document, lent by it, or NULL. */
struct json_object *definitions_find(struct json_object *document, size_t part, const char *id);

/* assay export definitions; assay import definitions FILE. */
int definitions_export(const struct command *c);
int definitions_import(const struct command *c, const char *file);

#endif

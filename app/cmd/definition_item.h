/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CMD_DEFINITION_ITEM_H
#define CMD_DEFINITION_ITEM_H

#include <json-c/json.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cmd/definitions.h"

/* A definition of a file that is imported. */
struct definition_item {
	void *mem;
	size_t part, index; /* its place in the file */
	const char *id;
	struct json_object *o;
	struct json_object *stored;  /* NULL: nothing */
	struct json_object *changes; /* the members that differ from it */
	struct json_object *rules;   /* {groups} or {criteria} as the file wants them; {}: any */
	struct json_object *before;  /* for the audit log; NULL: what the operation finds */
	bool repeated; /* an earlier one has its id */
	bool kept, done;
};

/* The wall clock as operations see it, in whole milliseconds. */
int64_t definition_item_clock(void);

/*
 * Compares the item with the document of what is stored (definitions_load), and finds what is to be
 * changed; all members where nothing is stored. False: nothing is.
 */
bool definition_item_differs(struct definition_item *it, struct json_object *stored);

/* Whether the rules or criteria in the document are not those that the file wants. */
bool definition_item_rules_differ(const struct definition_item *it, struct json_object *stored);

/*
 * Operations on a struct definition_item, for change_run(): all of its changes; and its rules or
 * criteria once more, which checks everything that they refer to.
 */
enum err definition_item_import(struct work *w, void *arg, struct json_object **answer) must_check;
enum err definition_item_import_rules(struct work *w, void *arg, struct json_object **answer)
    must_check;

/* Gives back the slots of an experiment that is to get others, so that another one may take them.
 * Within the change that imports it. */
enum err definition_item_free_slots(struct work *w, struct definition_item *it) must_check;

#endif

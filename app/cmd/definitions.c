/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Export of all definitions as one JSON document that can live in a repository. The query sorts
 * them, so that the same definitions give the same bytes.
 */
#include "cmd/definitions.h"

#include <stdio.h>
#include <string.h>

#include "base/jsonutil.h"
#include "base/mem.h"

/* What others refer to comes first, so that most files are imported in one round. */
const char *const definitions_parts[DEFINITIONS_PARTS] = {
	"goals", "layers", "segmentations", "experiments"};

const char *
definitions_id(size_t part)
{
	static const char *const names[DEFINITIONS_PARTS] = {"name", "id", "id", "expId"};

	return names[part];
}

enum err
definitions_load(struct db *db, void *ctx, struct json_object **out)
{
	struct db_rows *rows;
	enum err e = db_query(db, ctx, QUERY_definition_all, NULL, &rows);

	if (e != OK)
		return e;
	*out = mem_json(ctx, json_object_new_object());
	/* A part without definitions is an empty list, not an absent member. */
	for (size_t part = 0; part < DEFINITIONS_PARTS; part++)
		json_object_object_add(*out, definitions_parts[part], json_object_new_array());
	for (int i = 0; i < db_count(rows); i++) {
		struct json_object *row = mem_json(ctx, db_row_json(rows, i));
		/* The query numbers the parts from 1. */
		json_object_array_add(
		    json_object_object_get(*out, definitions_parts[db_int(rows, i, "part") - 1]),
		    json_object_get(json_object_object_get(row, "definition")));
	}
	return OK;
}

struct json_object *
definitions_find(struct json_object *document, size_t part, const char *id)
{
	struct json_object *list = json_object_object_get(document, definitions_parts[part]);

	for (size_t i = 0; i < json_items(list); i++) {
		struct json_object *o = json_item(list, i);
		const char *name =
		    json_object_get_string(json_object_object_get(o, definitions_id(part)));
		if (strcmp(name, id) == 0)
			return o;
	}
	return NULL;
}

int
definitions_export(const struct command *c)
{
	struct db *db = setup_owner_db(c->mem, c->conf);
	struct json_object *document;

	if (definitions_load(db, c->mem, &document) != OK)
		return command_db_failed(db);
	/* A member a line, so that a repository shows what has changed. */
	puts(json_object_to_json_string_ext(document, JSON_C_TO_STRING_PRETTY |
	    JSON_C_TO_STRING_SPACED | JSON_C_TO_STRING_NOSLASHESCAPE));
	if (fflush(stdout) == 0)
		return EXIT_DONE;
	perror("assay export");
	return EXIT_FAILED;
}

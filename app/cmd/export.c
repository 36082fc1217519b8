/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * assay export: the records of a user without pages, and the other exports by their name.
 */
#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "base/mem.h"
#include "cmd/command.h"
#include "core/subject/subject.h"
#include "cmd/definitions.h"
#include "cmd/export_groups.h"

/* Prints the rows; with member, only that member of each. */
static void
print_rows(const struct db_rows *rows, const char *member)
{
	for (int i = 0; i < db_count(rows); i++) {
		struct json_object *o = db_row_json(rows, i);
		struct json_object *shown =
		    member == NULL ? o : json_object_object_get(o, member);
		puts(shown == NULL ? "null" : json_plain(shown));
		json_object_put(o);
	}
}

/*
 * Prints everything stored about a user, page by page, each in memory of its own. A page contains
 * all records of its last instant, so that the next one can begin behind that instant.
 */
static int
export_user(const struct command *c, const char *subject)
{
	struct db *db = setup_owner_db(c->mem, c->conf);
	char after[64] = "1969-12-31T00:00:00Z"; /* before anything that is stored */
	struct db_rows *entry;
	int got;

	if (db_query(db, c->mem, QUERY_profile_export, &subject, &entry) != OK)
		return command_db_failed(db);
	print_rows(entry, NULL);
	do {
		void *mem = mem_ctx(c->mem);
		struct db_rows *rows;
		const char *params[] = {subject, after, "1000"};
		if (db_query(db, mem, QUERY_subject_export, params, &rows) != OK)
			return command_db_failed(db);
		print_rows(rows, "record");
		got = db_count(rows);
		if (got > 0)
			snprintf(after, sizeof after, "%s", db_cell(rows, got - 1, "timestamp"));
		talloc_free(mem);
	} while (got > 0);
	return EXIT_DONE;
}

int
command_export(const struct command *c)
{
	if (c->argc == 1 && strcmp(c->argv[0], "groups") == 0)
		return export_groups(c);
	if (!command_has_only(c, 0, NULL))
		return EXIT_USAGE;
	if (c->argc == 1 && strcmp(c->argv[0], "definitions") == 0)
		return definitions_export(c);
	if (c->argc != 2 || strcmp(c->argv[0], "user") != 0)
		return EXIT_USAGE;
	const char *fault = subject_fault(c->mem, c->argv[1], strlen(c->argv[1]));
	if (fault == NULL)
		return export_user(c, subject_text(c->mem, SUBJECT_USER, c->argv[1]));
	fprintf(stderr, "assay export: the id %s\n", fault);
	return EXIT_FAILED;
}

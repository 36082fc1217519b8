/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * All SQL of the program as string constants, generated from the files of sql/ by the build
 * (sql/embed.awk).
 */
#include "store/db/query.h"

/* Queries may exceed the 4,095 bytes that C11 guarantees for a literal; the compilers in use
 * accept them. */
#pragma GCC diagnostic ignored "-Woverlength-strings"

const struct query_info query_infos[QUERY__MAX] = {
#include "query_table.inc"
};

const struct migration_info migration_infos[] = {
#include "migration_table.inc"
};

const struct schema_object_info schema_object_infos[] = {
#include "schema_object_table.inc"
};

const size_t schema_object_count = sizeof schema_object_infos / sizeof schema_object_infos[0];

const size_t migration_count = sizeof migration_infos / sizeof migration_infos[0];

int
query_schema_version(void)
{
	return migration_infos[migration_count - 1].version;
}

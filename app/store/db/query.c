/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * All SQL of the program, embedded: the files of sql/ are the source, this room only holds them.
 */
#include "store/db/query.h"

/* A query is as long as it is; compilers need not support literals over 4,095 bytes, ours do. */
#pragma GCC diagnostic ignored "-Woverlength-strings"

const struct query_info query_infos[QUERY__MAX] = {
#include "query_table.inc"
};

const struct migration_info migration_infos[] = {
#include "migration_table.inc"
};

const size_t migration_count = sizeof migration_infos / sizeof migration_infos[0];

int
query_schema_version(void)
{
	return migration_infos[migration_count - 1].version;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef STORE_DB_QUERY_H
#define STORE_DB_QUERY_H

#include <stdbool.h>
#include <stddef.h>

/* The statements of sql/query and the scripts of sql/migration, made by the build. */
enum query {
#include "query_enum.inc"
	QUERY__MAX
};

struct query_info {
	const char *name; /* of its file, and of the prepared statement */
	const char *sql;
	int params;
	bool retry; /* may run again when the connection was lost half-way */
	bool slow;  /* may take as long as the request has, not just the statement time-out */
	bool built; /* put together at run time: not prepared */
	bool owner; /* only for connections of the owner role */
	bool writes; /* changes rows: committed before its deadline or not at all */
};

struct migration_info {
	int version;
	const char *name;
	const char *sql;
};

extern const struct query_info query_infos[QUERY__MAX];
extern const struct migration_info migration_infos[];
extern const size_t migration_count;

/* The version of the schema that this program knows. */
int query_schema_version(void);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef STORE_DB_QUERY_H
#define STORE_DB_QUERY_H

#include <stdbool.h>
#include <stddef.h>

/* The SQL of the program, made by the build from the files of sql/. */
enum query {
#include "query_enum.inc"
	QUERY__MAX
};

struct query_info {
	const char *name; /* of the file and of the prepared statement */
	const char *sql;
	int params;
	bool retry; /* may be run again when the connection was lost while it ran */
	bool slow;  /* may take all the time of the request, not just statement_timeout */
	bool built; /* built at run time: not prepared */
	bool owner; /* only on connections of the owner role */
	bool writes; /* changes rows: is committed before its deadline or not at all */
};

struct migration_info {
	int version;
	const char *name;
	const char *sql;
};

/* A function or a view: a script that creates or replaces it, with its rights. */
struct schema_object_info {
	const char *name;
	const char *sql;
};

extern const struct query_info query_infos[QUERY__MAX];
extern const struct migration_info migration_infos[];
extern const size_t migration_count;
/* Functions first, each by name, then views. */
extern const struct schema_object_info schema_object_infos[];
extern const size_t schema_object_count;

/* The schema version that this program needs. */
int query_schema_version(void);

#endif

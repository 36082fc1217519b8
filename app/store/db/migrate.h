/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef STORE_DB_MIGRATE_H
#define STORE_DB_MIGRATE_H

#include "store/db/db.h"

enum { MIGRATE_MESSAGE = 512 };

/* What a run has done. */
struct migrated {
	int migrations;         /* applied by this run */
	const char *objects;    /* names of the functions and views that it applied; "" for none */
	char message[MIGRATE_MESSAGE]; /* why it failed */
};

/*
 * Brings the schema to query_schema_version() as the owner role, one transaction a migration, then
 * creates or replaces, in one transaction, the functions and views whose text differs from what was
 * applied last. One migrator runs at a time. Texts of *out are on mem. ERR_CONFLICT, with the
 * reason in out->message and nothing changed, when the database is newer than the program or from
 * before the first release, or a migration was changed after it had been applied.
 */
enum err migrate_run(struct db *db, void *mem, struct migrated *out) must_check;

#endif

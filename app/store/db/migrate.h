/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef STORE_DB_MIGRATE_H
#define STORE_DB_MIGRATE_H

#include "store/db/db.h"

enum { MIGRATE_MESSAGE = 256 };

/*
 * Brings the schema to query_schema_version(), as the owner role: one transaction per migration,
 * one migrator at a time. *applied is the number of new ones. ERR_CONFLICT, with the reason in
 * message, when the database is newer than the program or a migration was changed after it had
 * been applied.
 */
enum err migrate_run(struct db *db, int *applied, char message[MIGRATE_MESSAGE]) must_check;

#endif

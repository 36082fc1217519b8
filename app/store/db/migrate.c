/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Migrations: forward only, one transaction each, recorded with a checksum so that a file which
 * was edited after it had been applied is noticed. One migrator at a time, by an advisory lock
 * that lives as long as its connection.
 */
#include "store/db/migrate.h"

#include <stdio.h>
#include <string.h>

#include "base/hash.h"
#include "base/instant.h"
#include "base/log.h"
#include "base/mem.h"

static void
migration_checksum(const struct migration_info *m, char out[HASH_SHA256_HEX])
{
	hash_sha256_hex(m->sql, strlen(m->sql), out);
}

/* The recorded migrations must be the first ones of this program. */
static enum err
check_history(const struct db_rows *rows, char message[MIGRATE_MESSAGE])
{
	for (int i = 0; i < db_count(rows); i++) {
		char ours[HASH_SHA256_HEX];
		if ((size_t)i >= migration_count) {
			snprintf(message, MIGRATE_MESSAGE,
			    "the database has migration %s, newer than this program",
			    db_cell(rows, i, "version"));
			return ERR_CONFLICT;
		}
		migration_checksum(&migration_infos[i], ours);
		if (strcmp(ours, db_cell(rows, i, "checksum")) != 0) {
			snprintf(message, MIGRATE_MESSAGE,
			    "%s was changed after it had been applied", migration_infos[i].name);
			return ERR_CONFLICT;
		}
	}
	return OK;
}

static enum err
apply_migration(struct db *db, void *mem, const struct migration_info *m)
{
	char checksum[HASH_SHA256_HEX], now[INSTANT_TEXT];
	const char *version = mem_printf(mem, "%d", m->version);

	migration_checksum(m, checksum);
	instant_format(instant_now(), now);
	enum err e = db_begin(db);
	if (e == OK)
		e = db_script(db, m->sql);
	if (e == OK)
		e = db_query(db, mem, QUERY_migration_record,
		    (const char *const[]){version, m->name, checksum, now}, NULL);
	if (e == OK)
		e = db_commit(db);
	return e;
}

enum err
migrate_run(struct db *db, int *applied, char message[MIGRATE_MESSAGE])
{
	void *mem = mem_ctx(db);
	struct db_rows *rows = NULL;

	*applied = 0;
	message[0] = '\0';
	enum err e = db_open_bare(db);
	if (e == OK)
		e = db_query(db, mem, QUERY_migration_lock, NULL, NULL);
	if (e == OK)
		e = db_query(db, mem, QUERY_migration_table, NULL, NULL);
	if (e == OK)
		e = db_query(db, mem, QUERY_migration_list, NULL, &rows);
	if (e == OK)
		e = check_history(rows, message);
	for (size_t i = e == OK ? (size_t)db_count(rows) : migration_count; i < migration_count;
	     i++) {
		e = apply_migration(db, mem, &migration_infos[i]);
		if (e != OK)
			break;
		log_say(LOG_INFO, "migrated", "%s", migration_infos[i].name);
		++*applied;
	}
	if (e != OK && message[0] == '\0')
		snprintf(message, MIGRATE_MESSAGE, "%s", db_message(db));
	talloc_free(mem);
	return e;
}

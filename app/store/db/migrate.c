/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Migrations: forward only, one transaction each, recorded with a checksum so that a file that was
 * edited afterwards is noticed. Functions and views are applied behind them, whenever their text
 * differs from the one applied last.
 */
#include "store/db/migrate.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/hash.h"
#include "base/instant.h"
#include "base/log.h"
#include "base/mem.h"

/* The first migration of the databases from before the first release. */
static const char before_release[] = "0001_page_view";

static void
digest_of(const char *sql, char out[HASH_SHA256_HEX])
{
	hash_sha256_hex(sql, strlen(sql), out);
}

/* The recorded migrations must be the first ones of this program. */
static enum err
check_history(const struct db_rows *rows, char message[MIGRATE_MESSAGE])
{
	if (db_count(rows) > 0 && strcmp(db_cell(rows, 0, "name"), before_release) == 0) {
		snprintf(message, MIGRATE_MESSAGE,
		    "this database is from before the first release: it was not changed. To move, "
		    "run `assay export definitions` with the program that made it, make a new "
		    "database, and run `assay migrate` and `assay import definitions` with this "
		    "program");
		return ERR_CONFLICT;
	}
	for (int i = 0; i < db_count(rows); i++) {
		char ours[HASH_SHA256_HEX];
		if ((size_t)i >= migration_count) {
			snprintf(message, MIGRATE_MESSAGE,
			    "the database has migration %s, newer than this program",
			    db_cell(rows, i, "version"));
			return ERR_CONFLICT;
		}
		digest_of(migration_infos[i].sql, ours);
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

	digest_of(m->sql, checksum);
	instant_format(instant_now(), now);
	enum err e = db_begin(db);
	if (e == OK)
		e = db_script(db, m->sql);
	if (e == OK)
		e = db_query(db, mem, QUERY_migration_record,
		    (const char *const[]){version, m->name, checksum, now}, NULL);
	return e == OK ? db_commit(db) : e;
}

static enum err
apply_migrations(struct db *db, void *mem, size_t done, struct migrated *out)
{
	enum err e = OK;

	for (size_t i = done; e == OK && i < migration_count; i++) {
		e = apply_migration(db, mem, &migration_infos[i]);
		if (e != OK)
			break;
		log_say(LOG_INFO, "migrated", "%s", migration_infos[i].name);
		out->migrations++;
	}
	return e;
}

/* Whether the text of that digest is the one that was applied last. */
static bool
is_applied(const struct db_rows *rows, const char *name, const char *digest)
{
	for (int i = 0; i < db_count(rows); i++)
		if (strcmp(db_cell(rows, i, "name"), name) == 0)
			return strcmp(db_cell(rows, i, "digest"), digest) == 0;
	return false;
}

/* names: those that were applied are added. */
static enum err
apply_object(struct db *db, void *mem, const struct schema_object_info *o,
    const struct db_rows *rows, struct buf *names)
{
	char digest[HASH_SHA256_HEX], now[INSTANT_TEXT];

	digest_of(o->sql, digest);
	if (is_applied(rows, o->name, digest))
		return OK;
	instant_format(instant_now(), now);
	enum err e = db_script(db, o->sql);
	if (e == OK)
		e = db_query(db, mem, QUERY_schema_object_record,
		    (const char *const[]){o->name, digest, now}, NULL);
	if (e == OK)
		buf_printf(names, "%s%s", names->len > 0 ? " " : "", o->name);
	return e;
}

/* Functions find each other when they run, so their order does not matter; views come last. */
static enum err
apply_objects(struct db *db, void *mem, struct migrated *out)
{
	struct db_rows *rows;
	struct buf *names = buf_new(mem, 256);
	enum err e = db_begin(db);

	if (e == OK)
		e = db_query(db, mem, QUERY_schema_object_list, NULL, &rows);
	for (size_t i = 0; e == OK && i < schema_object_count; i++)
		e = apply_object(db, mem, &schema_object_infos[i], rows, names);
	if (e == OK)
		e = db_commit(db);
	if (e == OK)
		out->objects = names->data;
	return e;
}

enum err
migrate_run(struct db *db, void *mem, struct migrated *out)
{
	struct db_rows *rows = NULL;

	*out = (struct migrated){.objects = ""};
	enum err e = db_open_bare(db);
	if (e == OK)
		e = db_query(db, mem, QUERY_migration_lock, NULL, NULL);
	if (e == OK)
		e = db_query(db, mem, QUERY_migration_table, NULL, NULL);
	if (e == OK)
		e = db_query(db, mem, QUERY_migration_list, NULL, &rows);
	if (e == OK)
		e = check_history(rows, out->message);
	if (e == OK)
		e = apply_migrations(db, mem, (size_t)db_count(rows), out);
	if (e == OK)
		e = apply_objects(db, mem, out);
	if (e != OK && out->message[0] == '\0')
		snprintf(out->message, MIGRATE_MESSAGE, "%s", db_message(db));
	return e;
}

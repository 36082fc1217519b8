/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef STORE_DB_PGTYPE_H
#define STORE_DB_PGTYPE_H

#include <json-c/json.h>

#include "base/buf.h"

/*
 * Text representations of PostgreSQL types, in both directions; without libpq, so that tests need
 * no server.
 */

/*
 * The value `text` of type oid (pg_type.oid) as JSON: bool, integers, floats, numeric, json and
 * jsonb as such values, timestamptz (session in UTC, DateStyle ISO) as RFC 3339, anything else as
 * a string. The caller owns the result; NULL text gives JSON null.
 */
struct json_object *pgtype_json(unsigned oid, const char *text);

/* Appends the elements of a text[] literal one by one: open, items (NULL = SQL null), close. */
void pgtype_array_open(struct buf *b);
void pgtype_array_item(struct buf *b, const char *text);
void pgtype_array_close(struct buf *b);

/* n texts as such a literal, on ctx. */
const char *pgtype_array(void *ctx, const char *const items[], size_t n);

#endif

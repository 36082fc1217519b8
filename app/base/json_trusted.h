/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BASE_JSON_TRUSTED_H
#define BASE_JSON_TRUSTED_H

#include <json-c/json.h>

/*
 * Parses JSON that the database or the cache returns. PostgreSQL writes 1e300 as an integer of 301
 * digits, which json-c would clamp to 2^64 - 1: such a number becomes a double, in its shortest
 * text. NULL for JSON null and for a text that is not JSON. The caller owns the result.
 */
struct json_object *json_parse_trusted(const char *text);

#endif

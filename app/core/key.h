/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef KEY_H
#define KEY_H

#include <json-c/json.h>
#include <stdbool.h>

/* What keys may be. */

enum { KEY_NAME = 100 /* bytes of a name */, KEY_DAYS = 3650 /* of its life */ };

/* Whether kind is "client", "server" or "admin". */
bool key_is_class(const char *kind);

/* Origins, "https://a.example", with commas or blanks between, as a JSON array on ctx; NULL when
 * one is none. text may be NULL: no origins. */
struct json_object *key_origins(void *ctx, const char *text);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Links that let somebody in once, who then sets a password.
 */
#include "web/auth/sign_in_link.h"

#include <stdio.h>

#include "base/hash.h"
#include "base/instant.h"
#include "base/mem.h"

enum { TOKEN = 32, HOURS = 24 };

enum err
sign_in_link_make(struct db *db, void *mem, const struct sign_in_link_order *o, const char **path)
{
	char token[2 * TOKEN + 1], hex[2 * HASH_SECRET + 1];
	char now[INSTANT_TEXT], expires[INSTANT_TEXT];
	uint8_t digest[HASH_SECRET];
	struct db_rows *rows;

	hash_random_hex(token, TOKEN);
	hash_secret(token, digest);
	for (size_t i = 0; i < HASH_SECRET; i++)
		snprintf(hex + 2 * i, 3, "%02x", digest[i]);
	instant_format(instant_now(), now);
	instant_format(instant_now() + HOURS * 3600 * INSTANT_SECOND, expires);
	const char *params[] = {o->name, hex, expires, o->role, now};
	enum err e = db_query(db, mem, o->q, params, &rows);
	if (e != OK)
		return e;
	*path = db_count(rows) == 0 ? NULL : mem_printf(mem, "/admin/enter?token=%s", token);
	return OK;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What is asked of a key before it is made.
 */
#include "core/key.h"

#include <string.h>

#include "base/mem.h"

bool
key_is_class(const char *kind)
{
	return strcmp(kind, "client") == 0 || strcmp(kind, "server") == 0 ||
	    strcmp(kind, "admin") == 0;
}

struct json_object *
key_origins(void *ctx, const char *text)
{
	struct json_object *list = mem_json(ctx, json_object_new_array());
	char *rest = mem_dup(ctx, text == NULL ? "" : text);

	for (char *origin; (origin = strsep(&rest, ", \r\n\t")) != NULL;) {
		if (*origin == '\0')
			continue;
		const char *host = strstr(origin, "://");
		if (host == NULL || host[3] == '\0' || strpbrk(host + 3, "/\"") != NULL)
			return NULL;
		json_object_array_add(list, json_object_new_string(origin));
	}
	return list;
}

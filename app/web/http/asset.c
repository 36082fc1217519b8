/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Version stamps for the assets that pages refer to. They are read with the templates, when a
 * worker starts, so an asset that is changed in place needs SIGHUP.
 */
#include "web/http/asset.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/hash.h"
#include "base/mem.h"

enum { VERSION = 12 /* digits */ };

static bool
read_asset(struct buf *out, const char *path)
{
	char chunk[4096];
	size_t n;
	FILE *f = fopen(path, "re");

	if (f == NULL)
		return false;
	while ((n = fread(chunk, 1, sizeof chunk, f)) > 0)
		buf_add(out, chunk, n);
	bool good = ferror(f) == 0;
	fclose(f);
	return good;
}

enum err
asset_add_versions(
    const char *dir, const struct buf *text, struct buf *out, const char **missing)
{
	static const char start[] = "\"/assets/";
	const char *from = text->data;

	for (const char *s; (s = strstr(from, start)) != NULL;) {
		const char *name = s + sizeof start - 1;
		size_t n = strcspn(name, "\"?#/");
		buf_add(out, from, (size_t)(name + n - from));
		from = name + n;
		if (*from != '"')
			continue;
		char hex[HASH_HEX];
		struct buf *file = buf_new(out, 16384);
		*missing = mem_dupn(out, name, n);
		if (!read_asset(file, mem_printf(file, "%s/assets/%s", dir, *missing)))
			return ERR_NOT_FOUND;
		hash_hex(file->data, file->len, NULL, 0, hex);
		buf_printf(out, "?v=%.*s", VERSION, hex);
		talloc_free(file);
	}
	buf_add(out, from, (size_t)(text->data + text->len - from));
	return OK;
}

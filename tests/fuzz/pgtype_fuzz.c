/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Fuzzes the two ways between PostgreSQL's texts and ours: a column of any type with any text
 * becomes a value or none, and an array literal, read by its rules, holds the items put into it.
 */
#include "store/db/pgtype.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/json.h"
#include "base/mem.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
must(bool ok)
{
	if (!ok)
		abort();
}

/* Reads an item of an array literal at *at onto ctx; NULL for the word NULL. */
static const char *
next_item(void *ctx, const char **at)
{
	struct buf *out = buf_new(ctx, 16);
	const char *s = *at;

	if (*s != '"') {
		must(strncmp(s, "NULL", 4) == 0);
		*at = s + 4;
		return NULL;
	}
	for (s++; *s != '"'; s++) {
		s += *s == '\\';
		must(*s != '\0');
		buf_char(out, *s);
	}
	*at = s + 1;
	return out->data;
}

/* The pieces between NUL bytes as an array; every empty one is a NULL. */
static void
check_array(void *ctx, const char *text, size_t size)
{
	struct buf *out = buf_new(ctx, 16);
	const char *end = text + size;

	pgtype_array_open(out);
	for (const char *s = text; s < end; s += strlen(s) + 1)
		pgtype_array_item(out, *s == '\0' ? NULL : s);
	pgtype_array_close(out);
	const char *at = out->data;
	must(*at++ == '{');
	for (const char *s = text; s < end; s += strlen(s) + 1) {
		must(s == text || *at++ == ',');
		const char *item = next_item(ctx, &at);
		must(*s == '\0' ? item == NULL : item != NULL && strcmp(item, s) == 0);
	}
	must(strcmp(at, "}") == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const unsigned types[] = {16, 20, 21, 23, 25, 114, 700, 701, 1184, 1700, 3802};
	void *ctx = mem_ctx(NULL);
	const char *text = mem_dupn(ctx, (const char *)data, size);

	for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
		struct json_object *o = mem_json(ctx, pgtype_json(types[i], text));
		must(o == NULL || json_plain(o) != NULL);
	}
	must(pgtype_json(25, NULL) == NULL);
	check_array(ctx, text, size);
	talloc_free(ctx);
	return 0;
}

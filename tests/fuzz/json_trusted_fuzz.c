/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Fuzzes the reader of stored JSON: any text ends in a value or in none. What the guard accepts is
 * read as the other reader reads it, and what was read is written and read again as the same.
 */
#include "base/json_trusted.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/mem.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
must(bool ok)
{
	if (!ok)
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	void *ctx = mem_ctx(NULL);
	const char *text = mem_dupn(ctx, (const char *)data, size);
	struct json_object *o = mem_json(ctx, json_parse_trusted(text)), *read;
	struct json_fault fault;

	if (json_read(ctx, text, strlen(text), &read, &fault) == OK) {
		must(json_object_equal(o, read));
		must(o == NULL ||
		    json_object_equal(o, mem_json(ctx, json_parse_trusted(json_plain(o)))));
	}
	talloc_free(ctx);
	return 0;
}

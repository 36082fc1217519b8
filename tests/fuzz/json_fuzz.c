/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Any bytes: what the guard accepts, json-c must read, and what json-c then writes must pass the
 * guard again and read as the same text. What it refuses must have a place within the text.
 */
#include "base/json.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
must(bool ok)
{
	if (!ok)
		abort();
}

static void
check_fault(const char *text, size_t size, const struct json_fault *fault)
{
	unsigned line = 1;
	const char *p = text;

	must(fault->why != NULL && fault->line >= 1 && fault->column >= 1);
	for (; line < fault->line; line++) {
		p = memchr(p, '\n', size - (size_t)(p - text));
		must(p != NULL);
		p++;
	}
	must((size_t)(p - text) + fault->column - 1 <= size);
}

/* Writes o, which is not JSON null, and reads the result: twice the same text. */
static void
check_again(void *ctx, struct json_object *o)
{
	struct json_object *again;
	struct json_fault fault;
	size_t len;
	const char *text = json_object_to_json_string_length(o, JSON_C_TO_STRING_PLAIN, &len);

	must(json_read(ctx, text, len, &again, &fault) == OK);
	must(strcmp(json_object_to_json_string_ext(again, JSON_C_TO_STRING_PLAIN), text) == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = (const char *)data;
	struct json_object *o = NULL;
	struct json_fault fault = {0};

	if (json_guard(text, size, &fault) != OK) {
		check_fault(text, size, &fault);
		return 0;
	}
	must(utf8_valid(text, size));
	void *ctx = mem_ctx(NULL);
	must(json_read(ctx, text, size, &o, &fault) == OK);
	if (o != NULL)
		check_again(ctx, o);
	talloc_free(ctx);
	return 0;
}

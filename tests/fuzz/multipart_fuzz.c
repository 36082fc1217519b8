/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Fuzzes forms of many parts: any bytes as a body, once with the boundary B and once with the
 * first line as the Content-Type. Every part lies within the body, behind the one before, and
 * holds no boundary.
 */
#include "base/multipart.h"

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
check(void *ctx, const char *type, const char *body, size_t n)
{
	struct multipart m;
	struct multipart_part part;
	const char *at = body;

	if (!multipart_open(ctx, type, body, n, &m))
		return;
	while (multipart_next(&m, ctx, &part)) {
		must(!m.broken && part.name != NULL);
		must(part.data > at && part.data + part.len <= body + n);
		char *line = mem_printf(ctx, "\r\n%s", m.mark);
		must(memmem(part.data, part.len, line, m.n + 2) == NULL);
		at = part.data + part.len;
	}
	/* It does not go on behind its end. */
	bool broken = m.broken;
	must(!broken || !multipart_next(&m, ctx, &part));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *body = (const char *)data;
	const char *end = memchr(body, '\n', size);
	void *ctx = mem_ctx(NULL);

	check(ctx, "multipart/form-data; boundary=B", body, size);
	if (end != NULL)
		check(ctx, mem_dupn(ctx, body, (size_t)(end - body)), end + 1,
		    size - (size_t)(end + 1 - body));
	talloc_free(ctx);
	return 0;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Fuzzes the headers that are read beyond a comparison: Cookie, If-Match, If-None-Match and
 * Idempotency-Key. The first byte says whether the connection is secure, which decides the name of
 * the cookie; the rest is the value of all of them. What is found in one stands in it.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "web/http/body.h"
#include "web/http/ctx.h"
#include "web/http/intent.h"
#include "web/auth/session.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
must(bool ok)
{
	if (!ok)
		abort();
}

/* A server passes on neither NUL nor line breaks. */
static char *
header_value(void *ctx, const uint8_t *data, size_t size)
{
	char *s = mem_dupn(ctx, (const char *)data, size);

	for (char *at; (at = strpbrk(s, "\r\n")) != NULL;)
		*at = ' ';
	return s;
}

static void
check_cookie(struct ctx *c, const char *value)
{
	const char *token = session_cookie(c);

	must(token == NULL || strstr(value, token) != NULL);
	must(token == NULL || strpbrk(token, "; ") == NULL);
	must(token == NULL || strstr(value, "assay=") != NULL);
}

static void
check_tags(struct ctx *c, const char *value)
{
	const char *version;
	enum err e = body_if_match(c, &version);

	must(e == OK || (e == ERR_PRECONDITION && version == NULL));
	must(version == NULL || (*version != '\0' && strlen(version) <= 18));
	must(version == NULL || strspn(version, "0123456789") == strlen(version));
	must(version == NULL || strstr(value, version) != NULL);
	bool already = req_has_already(&c->req, "\"1.2\"");
	must(!already || strcmp(value, "*") == 0 || strstr(value, "\"1.2") != NULL);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ctx c = {0};

	if (size == 0)
		return 0;
	ctx_begin(&c, 0, 0);
	const char *value = header_value(c.w.mem, data + 1, size - 1);
	const char *env[] = {mem_printf(c.w.mem, "HTTP_COOKIE=%s", value),
		mem_printf(c.w.mem, "HTTP_IF_MATCH=%s", value),
		mem_printf(c.w.mem, "HTTP_IF_NONE_MATCH=%s", value),
		data[0] % 2 == 0 ? "HTTPS=on" : "REQUEST_SCHEME=http", NULL};
	req_open(&c, (struct req_source){.env = env});
	check_cookie(&c, value);
	check_tags(&c, value);
	must(!intent_is_key(value) || (strlen(value) <= 128 && strpbrk(value, " \t") == NULL));
	ctx_reset(&c);
	return 0;
}

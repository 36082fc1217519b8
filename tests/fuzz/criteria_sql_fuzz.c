/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Fuzzes the compiler of criteria to SQL: whatever a filter holds, the text is made of the same few
 * characters, its quotes come in pairs, and its parameters are numbered without a gap.
 */
#include "core/audience/criteria.h"

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

static void
check_text(const char *sql)
{
	size_t quotes = 0;

	must(strpbrk(sql, "\\/%{}") == NULL && strstr(sql, "--") == NULL);
	for (const char *s = sql; *s != '\0'; s++) {
		quotes += *s == '\'';
		must((unsigned char)*s >= ' ' && (unsigned char)*s < 0x7f);
		/* The only semicolon is the end of a range of subjects, inside its quotes. */
		must(*s != ';' || (s - sql >= 2 && s[-2] == '\'' && s[1] == '\''));
	}
	must(quotes % 2 == 0);
}

static void
check_params(const char *sql, const struct criteria_params *params, size_t first)
{
	size_t next = first;

	must(params->n <= CRITERIA_PARAMS);
	for (const char *s = sql; (s = strchr(s, '$')) != NULL; s++) {
		must(next < params->n && params->list[next] != NULL);
		must(strtoul(s + 1, NULL, 10) == ++next);
	}
	must(next == params->n);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	void *ctx = mem_ctx(NULL);
	struct json_object *o;
	struct json_fault fault;
	struct criteria *c = NULL;

	if (json_read(ctx, (const char *)data, size, &o, &fault) == OK)
		c = criteria_read(ctx, o, "", problem_new(ctx));
	if (c != NULL && c->rule == NULL) {
		struct criteria_params *params = mem_new(ctx, struct criteria_params);
		struct buf *sql = buf_new(ctx, 64);
		params->n = size % 3;
		criteria_sql(ctx, c, sql, params);
		check_text(sql->data);
		check_params(sql->data, params, size % 3);
	}
	talloc_free(ctx);
	return 0;
}

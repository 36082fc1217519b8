/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * talloc and json-c without error returns. A worker that cannot allocate a few bytes cannot answer
 * either, so running out of memory is logged and aborts the process; the pool starts another
 * worker.
 */
#include "base/mem.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A talloc chunk that owns one reference of a json-c object, so that the object is released with
 * its context. */
struct json_ref {
	struct json_object *o;
};

static int
json_ref_free(struct json_ref *r)
{
	json_object_put(r->o);
	return 0;
}

void *
mem_check(void *p)
{
	if (p == NULL) {
		fputs("level=error event=out_of_memory\n", stderr);
		abort();
	}
	return p;
}

void *
mem_ctx(void *parent)
{
	return mem_check(talloc_new(parent));
}

char *
mem_dup(void *ctx, const char *s)
{
	return mem_check(talloc_strdup(ctx, s));
}

char *
mem_dupn(void *ctx, const char *s, size_t n)
{
	char *copy = mem_check(talloc_size(ctx, n + 1));

	memcpy(copy, s, n);
	copy[n] = '\0';
	return copy;
}

char *
mem_vprintf(void *ctx, const char *fmt, va_list ap)
{
	return mem_check(talloc_vasprintf(ctx, fmt, ap));
}

char *
mem_printf(void *ctx, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	char *s = mem_vprintf(ctx, fmt, ap);
	va_end(ap);
	return s;
}

struct json_object *
mem_json(void *ctx, struct json_object *o)
{
	if (o == NULL)
		return NULL;
	struct json_ref *r = mem_new(ctx, struct json_ref);
	r->o = o;
	talloc_set_destructor(r, json_ref_free);
	return o;
}

struct json_object *
mem_json_copy(void *ctx, struct json_object *o)
{
	struct json_object *copy = NULL;

	if (o == NULL)
		return NULL;
	mem_check(json_object_deep_copy(o, &copy, NULL) == 0 ? copy : NULL);
	return mem_json(ctx, copy);
}

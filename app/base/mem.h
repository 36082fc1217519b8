/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BASE_MEM_H
#define BASE_MEM_H

#include <json-c/json.h>
#include <stdarg.h>
#include <stddef.h>
#include <talloc.h>

/*
 * Allocation that never returns NULL. Everything belongs to a talloc context and is freed with it.
 * Running out of memory is logged and aborts the process, so no caller checks for it.
 */

/* A zeroed object of type on ctx. */
#define mem_new(ctx, type) ((type *)mem_check(talloc_zero(ctx, type)))

/* An array of n uninitialised elements of type on ctx. */
#define mem_array(ctx, type, n) ((type *)mem_check(talloc_array(ctx, type, n)))

/* An empty context below parent (NULL for a root). */
void *mem_ctx(void *parent);

/* p itself; aborts the process when p is NULL. */
void *mem_check(void *p);

/* Copies of text on ctx. */
char *mem_dup(void *ctx, const char *s);
char *mem_dupn(void *ctx, const char *s, size_t n);
char *mem_printf(void *ctx, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
char *mem_vprintf(void *ctx, const char *fmt, va_list ap) __attribute__((format(printf, 2, 0)));

/* Gives the caller's reference on o to ctx, which releases it when it is freed. Returns o. */
struct json_object *mem_json(void *ctx, struct json_object *o);

/* A deep copy of o, which ctx owns; NULL for NULL. */
struct json_object *mem_json_copy(void *ctx, struct json_object *o);

#endif

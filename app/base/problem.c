/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Problems are collected, not thrown: a form and an API answer show all of them at once.
 */
#include "base/problem.h"

#include "base/mem.h"

struct problems *
problem_new(void *ctx)
{
	struct problems *p = mem_new(ctx, struct problems);

	p->list = mem_json(p, json_object_new_array());
	return p;
}

void
problem_add(struct problems *p, const char *pointer, const char *fmt, ...)
{
	struct json_object *o = json_object_new_object();
	va_list ap;

	va_start(ap, fmt);
	char *detail = mem_vprintf(p, fmt, ap);
	va_end(ap);
	json_object_object_add(o, "pointer", json_object_new_string(pointer));
	json_object_object_add(o, "detail", json_object_new_string(detail));
	json_object_array_add(p->list, o);
	talloc_free(detail);
}

size_t
problem_count(const struct problems *p)
{
	return json_object_array_length(p->list);
}

const char *
problem_first(struct problems *p)
{
	struct json_object *o = json_object_array_get_idx(p->list, 0);

	return mem_printf(p, "%s: %s",
	    json_object_get_string(json_object_object_get(o, "pointer")),
	    json_object_get_string(json_object_object_get(o, "detail")));
}

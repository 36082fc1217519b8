/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The list of problems of one input. All of them are collected before anything is refused, so that
 * a form or an API answer shows every one at once.
 */
#include "base/problem.h"

#include <string.h>

#include "base/jsonutil.h"
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
	return json_items(p->list);
}

const char *
problem_first(struct problems *p)
{
	struct json_object *o = json_item(p->list, 0);

	return mem_printf(p, "%s: %s",
	    json_object_get_string(json_object_object_get(o, "pointer")),
	    json_object_get_string(json_object_object_get(o, "detail")));
}

/* The member of o of that name; it is made an object if it is none. */
static struct json_object *
enter_member(struct json_object *o, const char *name)
{
	struct json_object *next;

	if (json_object_object_get_ex(o, name, &next) &&
	    json_object_is_type(next, json_type_object))
		return next;
	next = json_object_new_object();
	json_object_object_add(o, name, next);
	return next;
}

/* Sets detail at the place below tree that the pointer names. The pointer is cut in place. */
static void
add_at_pointer(struct json_object *tree, char *pointer, struct json_object *detail)
{
	struct json_object *o = tree;
	char *last = NULL;

	for (char *part; (part = strsep(&pointer, "/.")) != NULL;) {
		if (*part == '\0' || (last == NULL && strcmp(part, "request") == 0))
			continue;
		o = last != NULL ? enter_member(o, last) : o;
		last = part;
	}
	if (last != NULL)
		json_object_object_add(o, last, json_object_get(detail));
}

struct json_object *
problem_tree(void *ctx, const struct problems *p)
{
	struct json_object *tree = json_object_new_object();

	for (size_t i = 0; i < json_items(p->list); i++) {
		struct json_object *row = json_item(p->list, i);
		struct json_object *pointer = json_object_object_get(row, "pointer");
		add_at_pointer(tree, mem_dup(ctx, json_object_get_string(pointer)),
		    json_object_object_get(row, "detail"));
	}
	return tree;
}

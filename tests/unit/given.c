/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * JSON from texts, and problems as texts, for the tables of the tests.
 */
#include "given.h"

#include <check.h>

#include "base/mem.h"

struct json_object *
given_json(void *ctx, const char *text)
{
	enum json_tokener_error error;
	struct json_object *o = json_tokener_parse_verbose(text, &error);

	ck_assert_msg(error == json_tokener_success, "%s", text);
	return o == NULL ? NULL : mem_json(ctx, o);
}

const char *
given_pointers(void *ctx, const struct problems *p)
{
	char *out = mem_dup(ctx, "");

	for (size_t i = 0; i < problem_count(p); i++) {
		struct json_object *o = json_object_array_get_idx(p->list, i);
		out = mem_printf(ctx, "%s%s%s", out, i == 0 ? "" : " ",
		    json_object_get_string(json_object_object_get(o, "pointer")));
	}
	return out;
}

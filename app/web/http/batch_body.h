/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef WEB_HTTP_BATCH_BODY_H
#define WEB_HTTP_BATCH_BODY_H

#include <json-c/json.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/csv/csv.h"
#include "base/err.h"
#include "base/problem.h"

struct ctx;

/*
 * A body with many items: one JSON object, an array, NDJSON, or CSV with a header row. Valid items
 * are taken, the others listed; only a body that cannot be read as a whole is refused.
 */
struct batch_body {
	size_t received;
	size_t bad;
	struct json_object *errors; /* {index, pointer, detail} of the bad ones */
};

/*
 * Takes the item at the JSON pointer `at`; false, with problems added, when it is not valid. The
 * item is freed after the call, so what is kept of it must be copied; problems, and what belongs
 * to it, lives as long as the request.
 */
typedef bool item_fn(void *to, struct json_object *o, const char *at, struct problems *problems);

/* What a body may be. */
struct batch_body_rules {
	size_t most; /* items */
	const struct csv_rules *csv; /* CSV too, with these columns; NULL: none */
};

/*
 * Reads the body of c and passes each item to take. ERR_TOO_LARGE for too many items or, in lines
 * and rows, more than JSON_VALUES_MANY values; ERR_INVALID when there is no item or none is valid;
 * and the errors of body_json.
 */
enum err batch_body_read(struct ctx *c, struct batch_body_rules rules, item_fn *take, void *to,
    struct batch_body *out) must_check;

#endif

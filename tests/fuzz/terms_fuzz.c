/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Fuzzes terms: of any JSON they are sorted, none twice, each bounded, and found again; added one
 * by one they are the same as made together. What passes the bounds of a request's attributes
 * makes few of them.
 */
#include "core/audience/terms.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/mem.h"
#include "core/subject/directory.h"

/* An escaped path, a tag, a value that was cut with its digest. */
enum { LONGEST = 3 * TERM_PATH + 1 + TERM_VALUE + 1 + 32 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
must(bool ok)
{
	if (!ok)
		abort();
}

static void
check_terms(const struct terms *t, size_t values)
{
	must(t->n <= 2 * values);
	for (size_t i = 0; i < t->n; i++) {
		must(strlen(t->list[i]) <= LONGEST);
		must(strcspn(t->list[i], "=#?@!") < strlen(t->list[i]));
		must(i == 0 || strcmp(t->list[i - 1], t->list[i]) < 0);
		must(terms_from(t, t->list[i]) == i && terms_has(t, t->list[i]));
	}
}

/* The terms of an object's members, added one after the other. */
static void
check_added(void *ctx, struct json_object *o, const struct terms *whole)
{
	struct terms *t = terms_make(ctx, NULL);

	json_object_object_foreach(o, name, value) {
		if (strlen(name) > TERM_PATH)
			continue;
		struct json_object *one = mem_json(ctx, json_object_new_object());
		json_object_object_add(one, name, json_object_get(value));
		struct terms *part = terms_make(ctx, one);
		for (size_t i = 0; i < part->n; i++)
			must(terms_has(whole, part->list[i]));
		terms_add(t, &(struct terms_extra){terms_path(ctx, name), value});
	}
	/* Below an extra path the bound is counted anew, so there may be more. */
	for (size_t i = 0; i < whole->n; i++)
		must(terms_has(t, whole->list[i]));
	for (size_t i = 1; i < t->n; i++)
		must(strcmp(t->list[i - 1], t->list[i]) < 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	void *ctx = mem_ctx(NULL);
	struct json_object *o;
	struct json_fault fault;

	if (json_read(ctx, (const char *)data, size, &o, &fault) == OK) {
		const char *refused = directory_request_fault(o);
		if (json_object_is_type(o, json_type_object)) {
			struct terms *t = terms_make(ctx, o);
			check_terms(t, fault.values);
			check_added(ctx, o, t);
			must(refused != NULL || t->n <= 2 * DIRECTORY_REQUEST_VALUES);
		} else
			must(refused != NULL);
		check_terms(terms_join(ctx, NULL, &(struct terms_extra){"#x", o}, 1),
		    fault.values);
	}
	talloc_free(ctx);
	return 0;
}

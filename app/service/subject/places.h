/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERVICE_SUBJECT_PLACES_H
#define SERVICE_SUBJECT_PLACES_H

#include <json-c/json.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "core/subject/geo_range.h"

struct work;

/* A range of addresses and the line of the file that it stands on. */
struct places_range {
	struct geo_range place;
	int64_t line;
};

/* Where the ranges come from: a file of any size, which can be read only once. */
struct places_source {
	void *arg;
	/* The next range, with its texts on mem; false: there are no more. */
	bool (*next)(void *arg, void *mem, struct places_range *out);
	/* A range that overlaps another, of which it is the later one. */
	void (*refuse)(void *arg, int64_t line, const char *reason);
	/* Called after the last range: how many rows were read, how many of them were bad, and
	 * whether that was all of the file. */
	bool (*end)(void *arg, int64_t *rows, int64_t *bad);
};

/*
 * Replaces the table of address ranges: {rows, bad, changed}. Needs the owner role. ERR_CONFLICT
 * while another import replaces it; ERR_INVALID, and the table stays, when the source was not read
 * to its end or no range of it is good.
 */
enum err places_replace(struct work *w, const struct places_source *source,
    struct json_object **answer) must_check;

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CORE_SUBJECT_GEO_RANGE_H
#define CORE_SUBJECT_GEO_RANGE_H

#include <json-c/json.h>

#include "base/csv/csv.h"
#include "base/problem.h"

/* An address as bytes that sort: the family (4 or 6), then the address, then zeros. */
enum { GEO_RANGE_ADDRESS = 17 };

enum { GEO_RANGE_NAME = 100 }; /* bytes of the name of a place at most */

/* The columns of a file of places. */
extern const struct csv_rules place_csv;

/* Where the addresses of a range are. Texts live as long as the context given to the reader. */
struct geo_range {
	unsigned char first[GEO_RANGE_ADDRESS];
	unsigned char last[GEO_RANGE_ADDRESS];
	const char *first_text, *last_text;
	const char *names; /* JSON {state, district, city, country}, without what is not known */
};

/*
 * Reads a row {first, last} or {network: "192.0.2.0/24"} and the names of the place, other members
 * left alone, onto ctx. False, with its problems added, when it is not good.
 */
bool geo_range_read(
    void *ctx, struct json_object *row, struct problems *problems, struct geo_range *out);

#endif

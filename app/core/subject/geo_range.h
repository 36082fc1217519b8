/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CORE_SUBJECT_GEO_RANGE_H
#define CORE_SUBJECT_GEO_RANGE_H

#include <json-c/json.h>

#include "base/csv/csv.h"
#include "base/problem.h"

/* Bytes of an address in sortable form: the family (4 or 6), the address, zeros. */
enum { GEO_RANGE_ADDRESS = 17 };

enum { GEO_RANGE_NAME = 100 }; /* bytes of the name of a place, at most */

/* The columns of a CSV file of ranges. */
extern const struct csv_rules geo_range_csv;

/* The location of the addresses in a range. Texts are on the context given to the reader. */
struct geo_range {
	unsigned char first[GEO_RANGE_ADDRESS];
	unsigned char last[GEO_RANGE_ADDRESS];
	const char *first_text, *last_text;
	const char *names; /* JSON {state, district, city, country}, known ones only */
};

/*
 * Reads a row, {first, last} or {network: "192.0.2.0/24"} with the names of the place, onto ctx;
 * other members are ignored. False, with problems added, when it is not valid.
 */
bool geo_range_read(
    void *ctx, struct json_object *row, struct problems *problems, struct geo_range *out);

#endif

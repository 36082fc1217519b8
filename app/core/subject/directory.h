/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CORE_SUBJECT_DIRECTORY_H
#define CORE_SUBJECT_DIRECTORY_H

#include <json-c/json.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/csv/csv.h"
#include "base/problem.h"
#include "core/subject/subject.h"
#include "core/audience/terms.h"

enum {
	DIRECTORY_BYTES = 65536, /* of the attributes of a profile as JSON, at most */
	DIRECTORY_TERMS = 2000,  /* in a profile, at most */
	DIRECTORY_REQUEST_BYTES = 16384, /* of the attributes in a request as JSON, at most */
	DIRECTORY_REQUEST_VALUES = 200,  /* leaves in these, at most */
};

/* The columns of a CSV file of entries of a kind: the id, and any attributes. Static. */
const struct csv_rules *directory_csv(enum subject_kind kind);

/*
 * An entry of the directory. Its parts live as long as the problems and the JSON it was made from.
 */
struct directory_entry {
	const char *subject;    /* core/subject/subject.h */
	const char *attributes; /* JSON */
	const struct terms *terms;
};

/*
 * Makes the entry of subject with these attributes. False, with a problem at the JSON pointer at,
 * when they are not an object or too large.
 */
bool directory_entry(const char *subject, struct json_object *attributes, const char *at,
    struct problems *problems, struct directory_entry *out);

/* Why attributes cannot be those of a request, for one decision only; static. NULL: they can. */
const char *directory_request_fault(struct json_object *attributes);

/*
 * Reads an entry of a bulk load, {"user_id": .., any attributes}, or device_id for SUBJECT_DEVICE.
 * The id is removed from o. False, with problems added below at, when it is not valid.
 */
bool directory_read(struct json_object *o, enum subject_kind kind, const char *at,
    struct problems *problems, struct directory_entry *out);

#endif

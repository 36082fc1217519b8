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
	DIRECTORY_BYTES = 65536, /* of the attributes of a profile, as JSON */
	DIRECTORY_TERMS = 2000,  /* that they flatten to */
	DIRECTORY_SAID_BYTES = 16384, /* of the attributes that a request brings, as JSON */
	DIRECTORY_SAID_VALUES = 200,  /* in them: scalars, null and what is empty */
};

/* The columns of a file of entries of that kind: the id, and any attributes. */
const struct csv_rules *directory_csv(enum subject_kind kind);

/* An entry of the directory. Texts live as long as the problems given to the reader. */
struct entry {
	const char *subject;    /* core/subject/subject.h */
	const char *attributes; /* JSON */
	const struct terms *terms;
};

/*
 * Makes the entry of subject with these attributes. False, with a problem at the JSON pointer
 * at, when they are no object or too much.
 */
bool directory_entry(const char *subject, struct json_object *attributes, const char *at,
    struct problems *problems, struct entry *out);

/* Why value cannot be the attributes that a request brings for one decision, or NULL. */
const char *directory_said_fault(struct json_object *attributes);

/*
 * Reads {"user_id": .., any attributes}, or device_id for kind SUBJECT_DEVICE, of a bulk load; the
 * id is taken out of o.
 */
bool directory_read(struct json_object *o, enum subject_kind kind, const char *at,
    struct problems *problems, struct entry *out);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef WEB_HTTP_FORM_H
#define WEB_HTTP_FORM_H

#include <json-c/json.h>
#include <stddef.h>

#include "base/err.h"

struct ctx;

/*
 * Forms (application/x-www-form-urlencoded, or multipart/form-data where there are files) as the
 * JSON that a program would send. The name of a field is the path of its value,
 * "request.data.startDate"; "alternatives.0.name" is in a list. A colon and a type may follow:
 *
 *	weight:number	a number, or nothing when it is empty
 *	enabled:flag	true
 *	payload:json	any JSON, or nothing when it is empty
 *	goals:list	a list, of texts separated by commas
 *	name:text	a text even when it is empty
 *
 * Empty fields are left out, and so are files and elements of a list that have no fields. The whole
 * is always an object, and a line break in a value is LF.
 */

/*
 * The body of c as JSON, on c->w.mem, also in c->form. ERR_MEDIA_TYPE, ERR_SYNTAX, ERR_INVALID
 * with problems; ERR_TOO_LARGE for too many fields, or more than JSON_VALUES_MANY values in them.
 */
enum err form_json(struct ctx *c, struct json_object **out) must_check;

/* The decoded value of the first field of exactly that name; NULL when there is none. */
const char *form_value(struct ctx *c, const char *name);

/* The number of rows of a list that were sent, empty ones included: one more than the highest
 * number N of a field "name.N.", at most 100. */
size_t form_rows(struct ctx *c, const char *name);

/* The bytes of the file in the field of that name, within the body; NULL when there is none or it
 * is empty. */
const char *form_file(struct ctx *c, const char *name, size_t *len);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Result columns become JSON by their type, so that adding a column to an answer is a change of
 * SQL alone. In the other direction texts become array literals, so that a batch is one statement.
 */
#include "store/db/pgtype.h"

#include <stdlib.h>
#include <string.h>

#include "base/instant.h"
#include "base/json_trusted.h"
#include "base/num.h"

/* From pg_type.dat; these numbers never change. */
enum oid {
	OID_BOOL = 16,
	OID_INT8 = 20,
	OID_INT2 = 21,
	OID_INT4 = 23,
	OID_JSON = 114,
	OID_FLOAT4 = 700,
	OID_FLOAT8 = 701,
	OID_TIMESTAMPTZ = 1184,
	OID_NUMERIC = 1700,
	OID_JSONB = 3802,
};

/* A number in the notation of PostgreSQL: 18 stays 18 and 3.5 stays 3.5. NaN and infinities become
 * null. */
static struct json_object *
number_json(const char *text)
{
	if (strpbrk(text, "nNiI") != NULL)
		return NULL;
	int64_t whole;
	if (num_int(text, INT64_MIN, INT64_MAX, &whole))
		return json_object_new_int64(whole);
	return json_object_new_double_s(strtod(text, NULL), text);
}

/* "2012-12-02 00:30:12.984+00" -> "2012-12-02T00:30:12.984Z" */
static struct json_object *
timestamp_json(const char *text)
{
	char out[INSTANT_TEXT] = "0000-00-00T00:00:00.000Z";
	size_t n = strcspn(text, "+");

	if (n < 19 || text[10] != ' ')
		return json_object_new_string(text);
	memcpy(out, text, n < 23 ? n : 23);
	out[10] = 'T';
	return json_object_new_string(out);
}

struct json_object *
pgtype_json(unsigned oid, const char *text)
{
	if (text == NULL)
		return NULL;
	switch ((enum oid)oid) {
	case OID_BOOL:
		return json_object_new_boolean(text[0] == 't');
	case OID_INT2:
	case OID_INT4:
	case OID_INT8:
	case OID_FLOAT4:
	case OID_FLOAT8:
	case OID_NUMERIC:
		return number_json(text);
	case OID_TIMESTAMPTZ:
		return timestamp_json(text);
	case OID_JSON:
	case OID_JSONB:
		return json_parse_trusted(text);
	default:
		return json_object_new_string(text);
	}
}

void
pgtype_array_open(struct buf *b)
{
	buf_char(b, '{');
}

void
pgtype_array_item(struct buf *b, const char *text)
{
	/* Items are quoted, so a brace at the end is the one that opened the array. */
	if (b->data[b->len - 1] != '{')
		buf_char(b, ',');
	if (text == NULL) {
		buf_str(b, "NULL");
		return;
	}
	buf_char(b, '"');
	for (;;) {
		size_t n = strcspn(text, "\"\\");
		buf_add(b, text, n);
		if (text[n] == '\0')
			break;
		buf_char(b, '\\');
		buf_char(b, text[n]);
		text += n + 1;
	}
	buf_char(b, '"');
}

void
pgtype_array_close(struct buf *b)
{
	buf_char(b, '}');
}

const char *
pgtype_array(void *ctx, const char *const items[], size_t n)
{
	struct buf *b = buf_new(ctx, 32);

	pgtype_array_open(b);
	for (size_t i = 0; i < n; i++)
		pgtype_array_item(b, items[i]);
	pgtype_array_close(b);
	return b->data;
}

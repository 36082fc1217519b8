/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef WEB_HTTP_FIELD_NAME_H
#define WEB_HTTP_FIELD_NAME_H

/* How pages name what a problem is about: by the label of the field, never by a JSON pointer. */
struct field_name {
	const char *label; /* NULL: the page has no field for it */
	const char *id;    /* of its element, for a link; NULL: none */
};

/* The field for a pointer ("/request/data/startDate", "data.startDate", "after"), on ctx. */
struct field_name field_name(void *ctx, const char *pointer);

#endif

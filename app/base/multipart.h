/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BASE_MULTIPART_H
#define BASE_MULTIPART_H

#include <stdbool.h>
#include <stddef.h>

/* Bodies of type multipart/form-data (RFC 7578), as browsers send forms with files. */

enum { MULTIPART_PARTS = 5000 }; /* most parts of a body */

struct multipart {
	const char *at, *end; /* the unread rest of the body */
	const char *mark;     /* "--" and the boundary */
	size_t n;             /* length of mark */
	size_t parts;         /* read so far */
	bool broken;          /* the body is malformed or has too many parts */
};

struct multipart_part {
	const char *name; /* on the ctx of multipart_next; as it was sent */
	const char *data; /* within the body, not ended by NUL */
	size_t len;
	bool file; /* it has a file name; an empty one means that no file was chosen */
};

/* Prepares out to read the n bytes at body, which have this Content-Type. False when the type is
 * another one or names no boundary. Type and body must outlive out; mark is on ctx. */
bool multipart_open(
    void *ctx, const char *type, const char *body, size_t n, struct multipart *out);

/* Reads the next part. False at the end; m->broken tells whether the body was malformed there. */
bool multipart_next(struct multipart *m, void *ctx, struct multipart_part *out);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BASE_MULTIPART_H
#define BASE_MULTIPART_H

#include <stdbool.h>
#include <stddef.h>

/* Bodies of type multipart/form-data (RFC 7578), as browsers send forms with files. */

enum { MULTIPART_PARTS = 5000 }; /* of a body at most */

struct multipart {
	const char *at, *end; /* what is left of the body */
	const char *mark;     /* the line that begins a part: "--" and the boundary */
	size_t n;             /* of mark */
	size_t parts;         /* that have been read */
	bool broken;          /* what came is no such body, or has too many parts */
};

struct multipart_part {
	const char *name; /* on the ctx of multipart_next; as it was sent */
	const char *data; /* within the body, not ended by NUL */
	size_t len;
	bool file; /* it came with a file's name, also an empty one: no file was chosen */
};

/* Opens the n bytes at body, of this Content-Type, for multipart_next. False when the type is
 * another one or names no boundary. Both must live as long as out; mark is on ctx. */
bool multipart_open(
    void *ctx, const char *type, const char *body, size_t n, struct multipart *out);

/* The next part. False at the end, and with m->broken where the body stops being one. */
bool multipart_next(struct multipart *m, void *ctx, struct multipart_part *out);

#endif

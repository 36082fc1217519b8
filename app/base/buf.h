/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include <stdarg.h>
#include <stddef.h>

/* A growing array of bytes, always followed by a NUL that len does not count. */
struct buf {
	char *data;
	size_t len;
	size_t cap;
};

/* An empty buffer on the talloc context ctx with room for size bytes. */
struct buf *buf_new(void *ctx, size_t size);

/* Append bytes, a string, one byte, formatted text. */
void buf_add(struct buf *b, const void *data, size_t len);
void buf_str(struct buf *b, const char *s);
void buf_char(struct buf *b, char c);
void buf_printf(struct buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Append n bytes of text with & < > " ' as character references: safe in text and in quoted
 * attributes of HTML. */
void buf_html(struct buf *b, const char *s, size_t n);

/* Append s percent-encoded: safe as a segment of a path and in a query. */
void buf_url(struct buf *b, const char *s);

/* The same, but / stays as it is: an address as a value in the query of another. */
void buf_url_path(struct buf *b, const char *s);

/* Append one byte percent-encoded. */
void buf_percent(struct buf *b, char c);

/* Empty the buffer; it keeps its memory. */
void buf_reset(struct buf *b);

#endif

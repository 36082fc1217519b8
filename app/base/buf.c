/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A growing byte buffer. Answers, rendered pages and array literals are built in one, so that each
 * leaves the process in a single write. Growing moves the data: a pointer into it is valid only
 * until the next call that appends.
 */
#include "base/buf.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"

/* Makes room for that many bytes and the NUL after them; the capacity doubles, so appending is
 * linear over all. */
static void
reserve_bytes(struct buf *b, size_t more)
{
	if (b->cap - b->len > more)
		return;
	size_t cap = b->cap * 2;
	while (cap - b->len <= more)
		cap *= 2;
	b->data = mem_check(talloc_realloc(b, b->data, char, cap));
	b->cap = cap;
}

struct buf *
buf_new(void *ctx, size_t size)
{
	struct buf *b = mem_new(ctx, struct buf);

	b->cap = size < 64 ? 64 : size + 1;
	b->data = mem_array(b, char, b->cap);
	b->data[0] = '\0';
	return b;
}

void
buf_add(struct buf *b, const void *data, size_t len)
{
	if (len == 0)
		return;
	reserve_bytes(b, len);
	memcpy(b->data + b->len, data, len);
	b->len += len;
	b->data[b->len] = '\0';
}

void
buf_str(struct buf *b, const char *s)
{
	buf_add(b, s, strlen(s));
}

void
buf_char(struct buf *b, char c)
{
	buf_add(b, &c, 1);
}

void
buf_printf(struct buf *b, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	char *s = mem_vprintf(b, fmt, ap);
	va_end(ap);
	buf_str(b, s);
	talloc_free(s);
}

static const char *
html_reference(char c)
{
	switch (c) {
	case '&':
		return "&amp;";
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '"':
		return "&quot;";
	case '\'':
		return "&#39;";
	default:
		return NULL;
	}
}

void
buf_html(struct buf *b, const char *s, size_t n)
{
	size_t start = 0;

	for (size_t i = 0; i < n; i++) {
		const char *ref = html_reference(s[i]);
		if (ref == NULL)
			continue;
		buf_add(b, s + start, i - start);
		buf_str(b, ref);
		start = i + 1;
	}
	buf_add(b, s + start, n - start);
}

void
buf_percent(struct buf *b, char c)
{
	buf_printf(b, "%%%02X", (unsigned char)c);
}

static void
add_url(struct buf *b, const char *s, const char *also_safe)
{
	static const char safe[] =
	    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~";

	for (; *s != '\0'; s++)
		if (strchr(safe, *s) != NULL || strchr(also_safe, *s) != NULL)
			buf_char(b, *s);
		else
			buf_percent(b, *s);
}

void
buf_url(struct buf *b, const char *s)
{
	add_url(b, s, "");
}

void
buf_url_path(struct buf *b, const char *s)
{
	add_url(b, s, "/");
}

void
buf_reset(struct buf *b)
{
	b->len = 0;
	b->data[0] = '\0';
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Reading multipart/form-data without copying anything but names: a part is a range of the body
 * between two boundaries. What browsers never send (a preamble, transfer encodings, nested parts)
 * is refused.
 */
#include "base/multipart.h"

#include <string.h>
#include <strings.h>

#include "base/mem.h"

#define TYPE "multipart/form-data"
#define DISPOSITION "content-disposition:"

enum {
	BOUNDARY_MOST = 70, /* RFC 2046, 5.1.1 */
	HEAD_MOST = 8192,   /* bytes of the headers of a part */
};

/* A copy of the n bytes at s up to the first one that is in stop. */
static const char *
copy_until(void *ctx, const char *s, size_t n, const char *stop)
{
	size_t len = 0;

	while (len < n && s[len] != '\0' && strchr(stop, s[len]) == NULL)
		len++;
	return mem_dupn(ctx, s, len);
}

bool
multipart_open(void *ctx, const char *type, const char *body, size_t n, struct multipart *out)
{
	static const char word[] = "boundary=";
	const char *s;

	if (type == NULL || body == NULL || strncasecmp(type, TYPE, sizeof TYPE - 1) != 0)
		return false;
	s = strcasestr(type, word);
	if (s == NULL)
		return false;
	s += sizeof word - 1;
	const char *boundary =
	    *s == '"' ? copy_until(ctx, s + 1, strlen(s + 1), "\"")
		      : copy_until(ctx, s, strlen(s), "; \t");
	size_t len = strlen(boundary);
	if (len == 0 || len > BOUNDARY_MOST)
		return false;
	*out = (struct multipart){
	    .at = body, .end = body + n, .mark = mem_printf(ctx, "--%s", boundary), .n = len + 2};
	return true;
}

/* The value of "; name=" in a Content-Disposition line; NULL when there is none. */
static const char *
read_field_name(void *ctx, const char *line, size_t n)
{
	static const char word[] = "; name=\"";
	const char *s = memmem(line, n, word, sizeof word - 1);

	if (s == NULL)
		return NULL;
	s += sizeof word - 1;
	return copy_until(ctx, s, (size_t)(line + n - s), "\"");
}

/* Reads the n bytes of headers at s; each header ends with CR LF. */
static void
read_part_head(void *ctx, const char *s, size_t n, struct multipart_part *out)
{
	static const char file[] = "; filename";

	for (const char *end = s + n, *line = s; line < end;) {
		const char *stop = memmem(line, (size_t)(end - line), "\r\n", 2);
		size_t len = (size_t)((stop == NULL ? end : stop) - line);
		if (len >= sizeof DISPOSITION - 1 &&
		    strncasecmp(line, DISPOSITION, sizeof DISPOSITION - 1) == 0) {
			out->name = read_field_name(ctx, line, len);
			out->file = memmem(line, len, file, sizeof file - 1) != NULL;
		}
		line = stop == NULL ? end : stop + 2;
	}
}

/* Steps over the boundary line. False after the last one, which ends with "--". */
static bool
skip_boundary(struct multipart *m)
{
	size_t left = (size_t)(m->end - m->at);

	m->broken = left < m->n + 2 || memcmp(m->at, m->mark, m->n) != 0;
	if (m->broken)
		return false;
	m->at += m->n + 2;
	if (memcmp(m->at - 2, "--", 2) == 0)
		return false;
	m->broken = memcmp(m->at - 2, "\r\n", 2) != 0;
	return !m->broken;
}

/* The CR LF before the next boundary; NULL when there is none. */
static const char *
find_boundary(const struct multipart *m)
{
	for (const char *s = m->at; s < m->end; s += 2) {
		s = memmem(s, (size_t)(m->end - s), "\r\n", 2);
		if (s == NULL || (size_t)(m->end - s) < m->n + 2)
			return NULL;
		if (memcmp(s + 2, m->mark, m->n) == 0)
			return s;
	}
	return NULL;
}

bool
multipart_next(struct multipart *m, void *ctx, struct multipart_part *out)
{
	*out = (struct multipart_part){0};
	if (m->broken || !skip_boundary(m))
		return false;
	m->broken = m->parts++ == MULTIPART_PARTS;
	if (m->broken)
		return false;
	size_t left = (size_t)(m->end - m->at);
	const char *head = memmem(m->at, left > HEAD_MOST ? HEAD_MOST : left, "\r\n\r\n", 4);
	if (head != NULL)
		read_part_head(ctx, m->at, (size_t)(head - m->at) + 2, out);
	m->broken = out->name == NULL;
	if (m->broken)
		return false;
	out->data = m->at = head + 4;
	/* The CR LF before a boundary belongs to it, also when the part is empty. */
	m->at -= 2;
	const char *mark = find_boundary(m);
	m->broken = mark == NULL;
	if (m->broken)
		return false;
	out->len = mark < out->data ? 0 : (size_t)(mark - out->data);
	m->at = mark + 2;
	return true;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef WEB_TMPL_TMPL_PARSE_H
#define WEB_TMPL_TMPL_PARSE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

/* The text of a template as a tree. Only tmpl.c needs it. */

enum {
	TMPL_DEPTH = 32, /* sections within sections */
	TMPL_WHY = 160,  /* longest reason, with its NUL */
};

enum tmpl_kind {
	TMPL_TEXT,
	TMPL_VALUE,
	TMPL_SECTION,
	TMPL_INVERTED,
	TMPL_PARTIAL,
};

struct tmpl_node {
	enum tmpl_kind kind;
	unsigned line;    /* where it begins, from 1 */
	bool fresh;       /* text: begins a line; partial: alone on its line */
	const char *text; /* text: the bytes; partial: its margin; else the name as written */
	size_t len;       /* of text */
	const char *name; /* a partial's name; else the parts, NUL after each */
	size_t parts;     /* in name; 0 for {{.}} */
	struct tmpl_node *child; /* first within a section */
	struct tmpl_node *next;
};

/* Where and why a text is not a template. */
struct tmpl_fault {
	unsigned line;
	char why[TMPL_WHY];
};

/*
 * Parses the len bytes at text, which must live as long as ctx: the nodes, on the talloc context
 * ctx, point into it. On OK *root is the first node, NULL for an empty text. On ERR_SYNTAX *fault
 * is filled.
 */
enum err tmpl_parse(void *ctx, const char *text, size_t len, struct tmpl_node **root,
    struct tmpl_fault *fault) must_check;

#endif

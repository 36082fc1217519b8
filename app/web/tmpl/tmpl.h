/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef WEB_TMPL_TMPL_H
#define WEB_TMPL_TMPL_H

#include <json-c/json.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/err.h"

/*
 * Mustache over json-c: {{x}} escaped, {{#x}} {{^x}} {{/x}}, {{> partial}}, {{! comment}}, dotted
 * names and {{.}}, with the white-space rules of the public specification. Left out on purpose:
 * {{{x}}} and {{&x}} (nothing leaves unescaped), {{=a b=}} and lambdas; the first three are
 * errors when a template is read.
 *
 * Names are made of A-Z a-z 0-9 _ - and dots. A partial is named as its file is: {{> head.html}}.
 *
 * A section is skipped, and an inverted one shown, for a value that is missing, null, false, an
 * empty array or an empty string; 0 and {} are true. (The specification is silent on "" and 0.)
 * An array repeats its section per element; any other value becomes the innermost context.
 *
 * As text, a string stands for itself, a number is what json-c prints, a boolean is true or
 * false; whatever is missing, null, an array or an object is empty.
 */

struct tmpl_set;

/* Longest message that tmpl_add and tmpl_load write, with its NUL. */
enum { TMPL_MESSAGE = 256 };

/* An empty set on the talloc context ctx. It only grows: to reload, make a new one. */
struct tmpl_set *tmpl_new(void *ctx);

/*
 * Parses a copy of the len bytes at text as the template name (a file name, as in "error.html").
 * ERR_SYNTAX when it is not a template, ERR_CONFLICT when the set has that name already; then
 * message is "name:line: why" or "name: why" and the set is as before. A partial may be named
 * before it is added; one that never is renders as nothing.
 */
enum err tmpl_add(struct tmpl_set *set, const char *name, const char *text, size_t len,
    char message[TMPL_MESSAGE]) must_check;

/*
 * Adds every *.html file of the directory dir, its subdirectories and hidden files left out,
 * under its file name, with the versions of the assets that it names (asset_add_versions). Then
 * checks that each partial of the set exists and that none contains itself, directly or through
 * others, without a section between, which would never end. ERR_NOT_FOUND without such a directory
 * or asset, ERR_INTERNAL for a file that cannot be read, ERR_SYNTAX and ERR_CONFLICT as for
 * tmpl_add; message says where and why, and the set is of no more use.
 */
enum err tmpl_load(struct tmpl_set *set, const char *dir, char message[TMPL_MESSAGE]) must_check;

/*
 * Renders the template name with model (NULL is JSON null) as the outermost context, appending
 * to out. Partials go 32 deep; one beyond renders as nothing. ERR_NOT_FOUND without such a
 * template, ERR_INTERNAL after a million steps or 16 MiB; then out is as before.
 */
enum err tmpl_render(const struct tmpl_set *set, const char *name, struct json_object *model,
    struct buf *out) must_check;

#endif

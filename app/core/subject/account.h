/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CORE_SUBJECT_ACCOUNT_H
#define CORE_SUBJECT_ACCOUNT_H

#include <stdbool.h>

enum { ACCOUNT_NAME = 100 }; /* bytes of a name at most */

/*
 * Why name (valid UTF-8) cannot be that of an account, as the end of a sentence, static or on ctx;
 * NULL when it can.
 */
const char *account_name_fault(void *ctx, const char *name);

/* The path of the page that lets somebody in by a one-time link, with its token, on ctx. */
const char *account_link_path(void *ctx, const char *token);

/* Whether role is "viewer", "editor" or "admin". */
bool account_is_role(const char *role);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef HANDLER_AUDIT_H
#define HANDLER_AUDIT_H

#include "base/err.h"

struct ctx;

/*
 * Notes in the audit log what the request of c, which ended with e, has changed: definitions,
 * accounts, keys, by whom, with what was before and what is after; and forms that were refused
 * because of a role. Everything else is left out.
 */
void audit_note(struct ctx *c, enum err e);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ENTRIES_H
#define ENTRIES_H

#include <stddef.h>
#include <stdint.h>

#include "core/directory.h"
#include "base/err.h"

struct ctx;

/*
 * Stores n entries of the directory, all of one kind, and lets them leave and join the audiences
 * of the experiments in effect, in one statement. *changed counts those that were not so before.
 */
enum err entries_store(struct ctx *c, const struct entry list[], size_t n, enum subject_kind kind,
    int64_t *changed) must_check;

/*
 * A page of the users in the directory by id, of which it begins with ?q=, behind ?after=, at most
 * ?limit= or that many: c->model is {users: [{user_id, changed_at}], next}. ERR_INVALID.
 */
enum err entries_list(struct ctx *c, int64_t limit) must_check;

#endif

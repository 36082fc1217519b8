/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERVICE_SUBJECT_DIRECTORY_STORE_H
#define SERVICE_SUBJECT_DIRECTORY_STORE_H

#include <stddef.h>
#include <stdint.h>

#include "core/subject/directory.h"
#include "base/err.h"

struct work;

/*
 * Stores n entries of the directory, all of one kind, and lets them leave and join the audiences
 * of the experiments in effect, in one statement. *changed counts those that were not so before.
 */
enum err directory_store_store(struct work *w, const struct entry list[], size_t n, enum subject_kind kind,
    int64_t *changed) must_check;

/*
 * A page of the users in the directory by id, of which it begins with ?q=, behind ?after=, at most
 * ?limit= or that many: c->model is {users: [{user_id, changed_at}], next}. ERR_INVALID.
 */
enum err directory_store_list(struct work *w, int64_t limit) must_check;

#endif

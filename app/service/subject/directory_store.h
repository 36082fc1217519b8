/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERVICE_SUBJECT_DIRECTORY_STORE_H
#define SERVICE_SUBJECT_DIRECTORY_STORE_H

#include <json-c/json.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "core/subject/directory.h"

struct work;

/* The directory of users and devices: their attributes, as opposed to their activity. */

/*
 * Stores n entries of the directory, all of one kind, and updates the audiences of experiments in
 * effect, in one statement. Of two entries for a subject the later one counts. *changed: entries
 * that differ from what was stored. ERR_UNAVAILABLE when the definitions change again and again.
 */
enum err directory_store_store(struct work *w, const struct directory_entry list[], size_t n,
    enum subject_kind kind, int64_t *changed) must_check;

/* Stores the entry of one user and answers as directory_store_get(). */
enum err directory_store_replace(struct work *w, const struct directory_entry *entry,
    struct json_object **answer) must_check;

/* The entry of the user `subject`: {user_id, attributes, changed_at}. ERR_NOT_FOUND. */
enum err directory_store_get(struct work *w, const char *subject, struct json_object **answer)
    must_check;

/* Which users of the directory are listed, by id. */
struct directory_store_page {
	const char *begin; /* prefix of their ids; NULL: any */
	const char *after; /* the last id of the page before; NULL: the first page */
	int64_t limit;
};

/*
 * {users: [{user_id, changed_at}]} on w->mem; *next is the `after` of the next page, NULL when this
 * is the last.
 */
enum err directory_store_list(struct work *w, const struct directory_store_page *page,
    struct json_object **out, const char **next) must_check;

#endif

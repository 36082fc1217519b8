/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERVICE_SUBJECT_DIRECTORY_IMPORT_H
#define SERVICE_SUBJECT_DIRECTORY_IMPORT_H

#include <json-c/json.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "core/subject/directory.h"

struct work;

/*
 * Any number of entries of one kind into the directory, in batches: while the database stores one,
 * the caller fills the next. Needs the owner role. Nothing else may use w->db between
 * directory_import_send and directory_import_wait. Every call may be made with a work of its own.
 */
struct directory_import;

/* Called for an entry that the database refuses, with the line that directory_import_add got. */
typedef void directory_import_refused_fn(void *arg, int64_t line, const char *reason);

/* An import without entries, on ctx. */
struct directory_import *directory_import_new(
    void *ctx, enum subject_kind kind, directory_import_refused_fn *refused, void *arg);

/* To be called once, before anything is sent: makes workers read no cached devices. */
enum err directory_import_begin(struct work *w, struct directory_import *d) must_check;

/* Adds an entry to the batch. Whether the batch is full, and has to be sent. */
bool directory_import_add(
    struct directory_import *d, int64_t line, const struct directory_entry *entry);

/* Waits for the batch that was sent before, then sends the one that was filled. next: the line
 * behind it. */
enum err directory_import_send(struct work *w, struct directory_import *d, int64_t next)
    must_check;

/* Waits for the batch that was sent last. */
enum err directory_import_wait(struct work *w, struct directory_import *d) must_check;

/* How far an import has come. */
struct directory_import_progress {
	int64_t changed; /* entries that were not so before */
	int64_t next;    /* `next` of the last batch that is stored; 0: none is */
};
struct directory_import_progress directory_import_progress(const struct directory_import *d);

/*
 * Ends an import of so many rows, of which so many were bad, also one that was interrupted: the
 * audiences of experiments in effect are mapped again by the jobs, and the audit log gets the
 * counts, unless nothing was changed. {rows, bad, changed, mapped_again}.
 */
enum err directory_import_finish(struct work *w, const struct directory_import *d, int64_t rows,
    int64_t bad, struct json_object **answer) must_check;

#endif

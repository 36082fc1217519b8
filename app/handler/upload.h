/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef UPLOAD_H
#define UPLOAD_H

#include <stddef.h>

#include "base/err.h"
#include "handler/placement.h"

struct ctx;

/* Works the n bytes of a file off, or leaves them to the jobs, for the segmentation of the path:
 * the answer to POST /segmentation/:id/upload. */
enum err upload_take(struct ctx *c, const char *bytes, size_t n) must_check;

/* Notes with m->upload what has become of a batch, up to byte at of its content; done: of all.
 * Inside the transaction of placement_put. */
enum err upload_move(struct placement *m, size_t at, bool done) must_check;

#endif

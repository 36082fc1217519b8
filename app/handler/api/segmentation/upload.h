/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef HANDLER_API_SEGMENTATION_UPLOAD_H
#define HANDLER_API_SEGMENTATION_UPLOAD_H

#include <stddef.h>

#include "base/err.h"
#include "service/subject/membership_batch.h"

struct ctx;

/* Works the n bytes of a file off, or leaves them to the jobs, for the segmentation of the path:
 * the answer to POST /segmentation/:id/upload. */
enum err upload_take(struct ctx *c, const char *bytes, size_t n) must_check;

/* Notes with m->upload what has become of a batch, up to byte at of its content; done: of all.
 * Inside the transaction of membership_batch_put. */
enum err upload_move(struct membership_batch *m, size_t at, bool done) must_check;

#endif

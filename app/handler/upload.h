/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef UPLOAD_H
#define UPLOAD_H

#include "base/err.h"
#include "handler/placement.h"

/* Notes with m->upload what has become of a batch, up to byte at of its content; done: of all.
 * Inside the transaction of placement_put. */
enum err upload_move(struct placement *m, size_t at, bool done) must_check;

#endif

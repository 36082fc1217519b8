/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BASE_CONF_H
#define BASE_CONF_H

#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"

/* The configuration: one member for each row of conf.def. */
struct conf {
#define CONF_STR(key, init) const char *key;
#define CONF_INT(key, init, min, max) int64_t key;
#include "base/conf.def"
#undef CONF_STR
#undef CONF_INT
};

enum { CONF_MESSAGE = 256 };

/*
 * Loads the defaults, then the lines `key = value` of file (NULL: none), then the environment
 * variables ASSAY_<KEY>; later ones replace earlier ones. The result lives on the talloc context
 * ctx. ERR_INVALID with "file:line: reason" in message for an unknown key or a bad value;
 * ERR_NOT_FOUND when file cannot be read.
 */
enum err conf_load(void *ctx, const char *file, struct conf **out, char message[CONF_MESSAGE])
    must_check;

/* Appends every key as a line `key = value`, with secrets masked. */
void conf_print(const struct conf *c, struct buf *out);

#endif

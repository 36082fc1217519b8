/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef UNCONFIRMED_H
#define UNCONFIRMED_H

#include <stdint.h>

#include "base/err.h"

struct ctx;

enum { UNCONFIRMED_MOST = 10000 };

/*
 * How many sessions are enrolled in experiment id and do not count, because nobody has confirmed
 * that there is a human behind them; at most UNCONFIRMED_MOST + 1. A worker counts them again after
 * age microseconds. ERR_UNAVAILABLE when counting takes too long.
 */
enum err unconfirmed_count(struct ctx *c, const char *id, int64_t age, int64_t *out) must_check;

/* The same as a sentence, NULL when there are none. */
enum err unconfirmed_words(struct ctx *c, const char *id, int64_t age, const char **out) must_check;

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERVICE_DEFINITION_UNCONFIRMED_H
#define SERVICE_DEFINITION_UNCONFIRMED_H

#include <stdint.h>

#include "base/err.h"

struct work;

enum { UNCONFIRMED_MOST = 10000 };

/*
 * How many sessions are enrolled in experiment id and do not count, because nobody has confirmed
 * that there is a human behind them; at most UNCONFIRMED_MOST + 1. A worker counts them again after
 * age microseconds. ERR_UNAVAILABLE when counting takes too long.
 */
enum err unconfirmed_count(struct work *w, const char *id, int64_t age, int64_t *out) must_check;

/* The same as a sentence, NULL when there are none. */
enum err unconfirmed_words(
    struct work *w, const char *id, int64_t age, const char **out) must_check;

#endif

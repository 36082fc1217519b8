/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERVICE_DEFINITION_UNCONFIRMED_H
#define SERVICE_DEFINITION_UNCONFIRMED_H

#include <stdint.h>

#include "base/err.h"

struct work;

enum { UNCONFIRMED_MOST = 10000 };

/*
 * The number of sessions enrolled in experiment id that do not count because they have not been
 * confirmed as human; at most UNCONFIRMED_MOST + 1. A worker keeps the count for age microseconds.
 * ERR_UNAVAILABLE when counting takes too long.
 */
enum err unconfirmed_count(struct work *w, const char *id, int64_t age, int64_t *out) must_check;

/* The count as a sentence, NULL when it is 0. */
enum err unconfirmed_words(
    struct work *w, const char *id, int64_t age, const char **out) must_check;

#endif

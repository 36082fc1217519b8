/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BASE_NUM_H
#define BASE_NUM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * The whole text s is a decimal integer within min..max: digits only, with a leading '-' where
 * min is negative; no sign else, no space, no empty text. Fills *out and says true.
 */
bool num_int(const char *s, int64_t min, int64_t max, int64_t *out);

#endif

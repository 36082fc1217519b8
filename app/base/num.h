/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BASE_NUM_H
#define BASE_NUM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Reads the whole text s as a decimal integer within min..max: digits only, after a '-' where min
 * is negative; no other sign, no white space, not empty. True and *out on success; otherwise
 * false, and *out is unchanged.
 */
bool num_int(const char *s, int64_t min, int64_t max, int64_t *out);

#endif

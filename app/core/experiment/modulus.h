/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CORE_EXPERIMENT_MODULUS_H
#define CORE_EXPERIMENT_MODULUS_H

#include <stdbool.h>
#include <stdint.h>

/*
 * The roll-out by modulus: MurmurHash3 (A. Appleby, public domain; 32 bit) over the UTF-16 code
 * units of an id, two at a time, as MurmurHash3.stringHash of Scala computes it, so that an id is
 * in the same roll-outs as in the original system.
 */

/* The signed hash of id, which is valid UTF-8. */
int32_t modulus_hash(const char *id);

/* Whether id is in the roll-out of 1 in n; n = 0 includes everybody. */
bool modulus_includes(const char *id, int64_t n);

#endif

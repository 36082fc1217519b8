/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef STORE_CACHE_CACHE_VALUE_H
#define STORE_CACHE_CACHE_VALUE_H

#include <stdbool.h>
#include <stddef.h>

#include "store/cache/cache.h"

/* The bytes that memcached keeps for store/cache. */

/* What is kept under a key that nobody may believe or fill. */
#define CACHE_TOMBSTONE_VALUE "as1-tombstone"

/* How the token of a reader begins, which is about to fill the key; random digits follow. */
#define CACHE_LEASE_VALUE "as1-lease:"

enum { CACHE_LEASE_DIGITS = 32, CACHE_LEASE = sizeof CACHE_LEASE_VALUE + CACHE_LEASE_DIGITS };

/* The *len bytes at text as they are kept under key, on the talloc context ctx; *len becomes the
 * number of bytes. */
char *cache_value_make(void *ctx, const char *key, const char *text, size_t *len);

/*
 * What n bytes are that were found under key, whoever put them there. CACHE_HIT: *text is the text
 * that cache_value_make got for this very key, on ctx. CACHE_LEASED: the token of a reader.
 * CACHE_MISS: nothing of ours.
 */
enum cache_found cache_value_read(void *ctx, const char *key, const char *raw, size_t n,
    char **text);

/* A token unlike any other, with its NUL. */
void cache_value_lease(char token[CACHE_LEASE]);

/* Whether n bytes that were found are the tombstone. */
bool cache_value_is_tombstone(const char *raw, size_t n);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef STORE_CACHE_CACHE_VALUE_H
#define STORE_CACHE_CACHE_VALUE_H

#include <stdbool.h>
#include <stddef.h>

#include "store/cache/cache.h"

/* The value that means: this key must be neither trusted nor filled. */
#define CACHE_TOMBSTONE_VALUE "as1-tombstone"

/* The start of a lease, the token of a reader that is about to fill the key; random digits
 * follow. */
#define CACHE_LEASE_VALUE "as1-lease:"

enum { CACHE_LEASE_DIGITS = 32, CACHE_LEASE = sizeof CACHE_LEASE_VALUE + CACHE_LEASE_DIGITS };

/* The stored form of the *len bytes at text under key, on the talloc context ctx; *len becomes its
 * length. */
char *cache_value_make(void *ctx, const char *key, const char *text, size_t *len);

/*
 * Checks n bytes that were found under key. CACHE_HIT: *text, on ctx, is the text that
 * cache_value_make got for this very key. CACHE_LEASED: the lease of a reader. CACHE_TOMBSTONE.
 * CACHE_MISS: anything else.
 */
enum cache_found cache_value_read(void *ctx, const char *key, const char *raw, size_t n,
    char **text);

/* A token unlike any other, with its NUL. */
void cache_value_lease(char token[CACHE_LEASE]);

/* Whether n bytes that were found are the tombstone. */
bool cache_value_is_tombstone(const char *raw, size_t n);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The format of a cached value: a magic, a digest over key and content, the content. A value of
 * another key, one that was cut short, or one that another program wrote is treated as a miss.
 */
#include "store/cache/cache_value.h"

#include <stdint.h>
#include <string.h>

#include "base/hash.h"
#include "base/mem.h"

#define MAGIC "as1:"
enum { HEAD = sizeof MAGIC - 1 + HASH_SIZE };

static void
value_digest(const char *key, const char *text, size_t len, uint8_t out[HASH_SIZE])
{
	hash_sum(text, len, key, strlen(key), out);
}

char *
cache_value_make(void *ctx, const char *key, const char *text, size_t *len)
{
	char *raw = mem_check(talloc_size(ctx, HEAD + *len));

	memcpy(raw, MAGIC, strlen(MAGIC));
	value_digest(key, text, *len, (uint8_t *)raw + strlen(MAGIC));
	memcpy(raw + HEAD, text, *len);
	*len += HEAD;
	return raw;
}

bool
cache_value_is_tombstone(const char *raw, size_t n)
{
	return n == strlen(CACHE_TOMBSTONE_VALUE) && memcmp(raw, CACHE_TOMBSTONE_VALUE, n) == 0;
}

static bool
is_lease(const char *raw, size_t n)
{
	return n == CACHE_LEASE - 1 &&
	    memcmp(raw, CACHE_LEASE_VALUE, strlen(CACHE_LEASE_VALUE)) == 0;
}

void
cache_value_lease(char token[CACHE_LEASE])
{
	memcpy(token, CACHE_LEASE_VALUE, strlen(CACHE_LEASE_VALUE));
	hash_random_hex(token + strlen(CACHE_LEASE_VALUE), CACHE_LEASE_DIGITS / 2);
}

enum cache_found
cache_value_read(void *ctx, const char *key, const char *raw, size_t n, char **text)
{
	uint8_t sum[HASH_SIZE];

	if (cache_value_is_tombstone(raw, n))
		return CACHE_TOMBSTONE;
	if (is_lease(raw, n))
		return CACHE_LEASED;
	if (n < HEAD || memcmp(raw, MAGIC, strlen(MAGIC)) != 0)
		return CACHE_MISS;
	value_digest(key, raw + HEAD, n - HEAD, sum);
	if (memcmp(sum, raw + strlen(MAGIC), HASH_SIZE) != 0)
		return CACHE_MISS;
	*text = mem_dupn(ctx, raw + HEAD, n - HEAD);
	return CACHE_HIT;
}

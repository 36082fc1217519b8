/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * MurmurHash3 (x86, 32 bit) over UTF-16 code units, which are made one by one from UTF-8. The ids
 * have been validated as UTF-8 before; stored audiences depend on the results.
 */
#include "core/experiment/modulus.h"

#include <stddef.h>

#define SEED UINT32_C(0xf7ca7fd2) /* of stringHash in Scala */

/* Reads code units; low holds the second half of a surrogate pair until it is its turn. */
struct units {
	const unsigned char *s;
	uint32_t low;
};

static uint32_t
next_code_point(struct units *u)
{
	unsigned char lead = *u->s++;
	int more = lead < 0xc0 ? 0 : lead < 0xe0 ? 1 : lead < 0xf0 ? 2 : 3;
	uint32_t c = more == 0 ? lead : lead & (0x3fu >> more);

	for (; more > 0; more--)
		c = c << 6 | (*u->s++ & 0x3fu);
	return c;
}

static bool
next_code_unit(struct units *u, uint32_t *unit)
{
	if (u->low != 0) {
		*unit = u->low;
		u->low = 0;
		return true;
	}
	if (*u->s == '\0')
		return false;
	uint32_t c = next_code_point(u);
	*unit = c;
	if (c >= 0x10000) {
		*unit = 0xd7c0u + (c >> 10);
		u->low = 0xdc00u | (c & 0x3ffu);
	}
	return true;
}

static uint32_t
rotate_left(uint32_t x, int n)
{
	return x << n | x >> (32 - n);
}

static uint32_t
mix_block(uint32_t k)
{
	return rotate_left(k * UINT32_C(0xcc9e2d51), 15) * UINT32_C(0x1b873593);
}

static uint32_t
mix_final(uint32_t h)
{
	h = (h ^ h >> 16) * UINT32_C(0x85ebca6b);
	h = (h ^ h >> 13) * UINT32_C(0xc2b2ae35);
	return h ^ h >> 16;
}

int32_t
modulus_hash(const char *id)
{
	struct units u = {(const unsigned char *)id, 0};
	uint32_t h = SEED;
	uint32_t first, second;
	uint32_t length = 0;

	while (next_code_unit(&u, &first)) {
		length++;
		if (!next_code_unit(&u, &second)) {
			h ^= mix_block(first);
			break;
		}
		length++;
		h = rotate_left(h ^ mix_block((first << 16) + second), 13) * 5 +
		    UINT32_C(0xe6546b64);
	}
	return (int32_t)mix_final(h ^ length);
}

bool
modulus_includes(const char *id, int64_t n)
{
	return n == 0 || modulus_hash(id) % n == 0;
}

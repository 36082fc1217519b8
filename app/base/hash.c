/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The only user of libsodium: digests, password hashes, randomness, and comparisons in constant
 * time. A failure that only a broken system can cause (no randomness, no memory for Argon2id)
 * aborts.
 */
#include "base/hash.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void
hash_init(void)
{
	if (sodium_init() >= 0)
		return;
	fputs("level=error event=no_randomness\n", stderr);
	abort();
}

void
hash_sum(const void *data, size_t n, const void *key, size_t key_len, uint8_t out[HASH_SIZE])
{
	crypto_generichash(out, HASH_SIZE, data, n, key_len > 0 ? key : NULL, key_len);
}

void
hash_hex(const void *data, size_t n, const void *key, size_t key_len, char out[HASH_HEX])
{
	uint8_t sum[HASH_SIZE];

	hash_sum(data, n, key, key_len, sum);
	sodium_bin2hex(out, HASH_HEX, sum, sizeof sum);
}

void
hash_secret(const char *secret, uint8_t out[HASH_SECRET])
{
	crypto_generichash(
	    out, HASH_SECRET, (const unsigned char *)secret, strlen(secret), NULL, 0);
}

void
hash_secret_hex(const char *secret, char out[HASH_SECRET_HEX])
{
	uint8_t sum[HASH_SECRET];

	hash_secret(secret, sum);
	sodium_bin2hex(out, HASH_SECRET_HEX, sum, sizeof sum);
}

void
hash_sha256_hex(const char *text, size_t n, char out[HASH_SHA256_HEX])
{
	unsigned char sum[crypto_hash_sha256_BYTES];

	crypto_hash_sha256(sum, (const unsigned char *)text, n);
	sodium_bin2hex(out, HASH_SHA256_HEX, sum, sizeof sum);
}

void
hash_hmac_sha256_hex(const char *key, const void *data, size_t n, char out[HASH_SHA256_HEX])
{
	crypto_auth_hmacsha256_state state;
	unsigned char sum[crypto_auth_hmacsha256_BYTES];

	crypto_auth_hmacsha256_init(&state, (const unsigned char *)key, strlen(key));
	crypto_auth_hmacsha256_update(&state, data, n);
	crypto_auth_hmacsha256_final(&state, sum);
	sodium_bin2hex(out, HASH_SHA256_HEX, sum, sizeof sum);
}

void
hash_random(void *out, size_t n)
{
	randombytes_buf(out, n);
}

void
hash_random_hex(char *out, size_t n)
{
	unsigned char bytes[64];

	if (n > sizeof bytes)
		abort();
	randombytes_buf(bytes, n);
	sodium_bin2hex(out, 2 * n + 1, bytes, n);
}

bool
hash_equal(const void *a, const void *b, size_t n)
{
	return sodium_memcmp(a, b, n) == 0;
}

bool
hash_unhex(const char *s, uint8_t *out, size_t n)
{
	size_t len = 0;

	return strlen(s) == 2 * n && sodium_hex2bin(out, n, s, 2 * n, NULL, &len, NULL) == 0 &&
	    len == n;
}

#define ARGON2_OPERATIONS crypto_pwhash_OPSLIMIT_INTERACTIVE
#define ARGON2_MEMORY crypto_pwhash_MEMLIMIT_INTERACTIVE

_Static_assert(HASH_PASSWORD >= crypto_pwhash_STRBYTES, "a hash must fit");

void
hash_password(const char *password, char out[HASH_PASSWORD])
{
	if (crypto_pwhash_str(
		out, password, strlen(password), ARGON2_OPERATIONS, ARGON2_MEMORY) == 0)
		return;
	fputs("level=error event=no_memory_for_password\n", stderr);
	abort();
}

bool
hash_password_matches(const char *stored, const char *password, bool *weak)
{
	*weak = crypto_pwhash_str_needs_rehash(stored, ARGON2_OPERATIONS, ARGON2_MEMORY) != 0;
	return crypto_pwhash_str_verify(stored, password, strlen(password)) == 0;
}

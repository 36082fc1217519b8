/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BASE_HASH_H
#define BASE_HASH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	HASH_SIZE = 16,                /* bytes of a hash: 128-bit BLAKE2b */
	HASH_HEX = 2 * HASH_SIZE + 1,  /* its text with NUL */
	HASH_SECRET = 32,              /* bytes of the digest that is stored instead of a secret */
	HASH_SECRET_HEX = 2 * HASH_SECRET + 1, /* its text with NUL */
	HASH_SHA256_HEX = 65,
};

/* Initialises libsodium; once per process, before any other call. Aborts when it cannot. */
void hash_init(void);

/* BLAKE2b-128 of n bytes; with a key (of key_len bytes, 0..64) outsiders cannot compute it. */
void hash_sum(const void *data, size_t n, const void *key, size_t key_len, uint8_t out[HASH_SIZE]);

/* The same as lower-case hexadecimal text. */
void hash_hex(const void *data, size_t n, const void *key, size_t key_len, char out[HASH_HEX]);

/* BLAKE2b-256 of a random secret: what the database stores of an API key. */
void hash_secret(const char *secret, uint8_t out[HASH_SECRET]);

/* The same as lower-case hexadecimal text. */
void hash_secret_hex(const char *secret, char out[HASH_SECRET_HEX]);

/* SHA-256 of text as lower-case hexadecimal. */
void hash_sha256_hex(const char *text, size_t n, char out[HASH_SHA256_HEX]);

/* HMAC-SHA256 of n bytes, keyed with the text key, as lower-case hexadecimal. */
void hash_hmac_sha256_hex(const char *key, const void *data, size_t n, char out[HASH_SHA256_HEX]);

/* n random bytes from the operating system. */
void hash_random(void *out, size_t n);

/* n random bytes as 2 n lower-case hexadecimal digits and a NUL. */
void hash_random_hex(char *out, size_t n);

enum { HASH_PASSWORD = 128 }; /* bytes of a hashed password with its NUL */

/* Argon2id of a password, with 64 MiB; aborts when there is no memory for it. */
void hash_password(const char *password, char out[HASH_PASSWORD]);

/* Whether stored is a hash of password. *weak: it was made with lower cost than hash_password uses
 * now, and should be replaced. */
bool hash_password_matches(const char *stored, const char *password, bool *weak);

/* Whether a and b are equal, in a time that does not depend on where they differ. */
bool hash_equal(const void *a, const void *b, size_t n);

/* Reads 2 n hexadecimal digits to n bytes; false when s is anything else. */
bool hash_unhex(const char *s, uint8_t *out, size_t n);

#endif

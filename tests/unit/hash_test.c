/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Digests against values computed by other programs, and hexadecimal.
 */
#include "base/hash.h"

#include <string.h>

#include "suites.h"

#define KEY64 "kkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkk"

static const struct {
	const char *text, *key, *hex;
} blake[] = {
    {"", "", "cae66941d9efbd404e4d88758ea67670"},
    {"abc", "", "cf4ab791c62b8d2b2109c90275287816"},
    {"u:42", "key", "4205257d744ce0b1ba707d34ac2e87b9"},
    {"u:42", KEY64, "0e4b02a408df305204d3529e7628afe2"},
};

START_TEST(blake2b_128_is_as_published)
{
	char hex[HASH_HEX];
	uint8_t sum[HASH_SIZE], again[HASH_SIZE];
	const char *text = blake[_i].text, *key = blake[_i].key;

	hash_hex(text, strlen(text), key, strlen(key), hex);
	ck_assert_str_eq(hex, blake[_i].hex);
	hash_sum(text, strlen(text), key, strlen(key), sum);
	ck_assert(hash_unhex(hex, again, sizeof again));
	ck_assert_mem_eq(sum, again, sizeof sum);
}
END_TEST

static const struct {
	const char *text, *hex;
} secrets[] = {
    {"", "0e5751c026e543b2e8ab2eb06099daa1d1e5df47778f7787faab45cdf12fe3a8"},
    {"abc", "bddd813c634239723171ef3fee98579b94964e3bb1cb3e427262c8c068d52319"},
};

START_TEST(a_secret_is_hashed_by_blake2b_256)
{
	uint8_t digest[HASH_SECRET], expected[HASH_SECRET];

	hash_secret(secrets[_i].text, digest);
	ck_assert(hash_unhex(secrets[_i].hex, expected, sizeof expected));
	ck_assert_mem_eq(digest, expected, sizeof digest);
}
END_TEST

static const struct {
	const char *text;
	size_t n;
	const char *hex;
} sha[] = {
    {"", 0, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
    {"abc", 3, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
    {"a\0b", 3, "59b271ae1bbcb1d31d41929817f4b16fb439eb4f31520b5ad1d5ce98920a7138"},
};

START_TEST(sha_256_is_as_published)
{
	char hex[HASH_SHA256_HEX];

	hash_sha256_hex(sha[_i].text, sha[_i].n, hex);
	ck_assert_str_eq(hex, sha[_i].hex);
}
END_TEST

/* RFC 4231, cases 1, 2 and 6. */
static const struct {
	int key_byte; /* 0: the key is a text */
	size_t key_len;
	const char *key, *data, *hex;
} hmacs[] = {
    {0x0b, 20, NULL, "Hi There",
	"b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"},
    {0, 0, "Jefe", "what do ya want for nothing?",
	"5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"},
    {0xaa, 131, NULL, "Test Using Larger Than Block-Size Key - Hash Key First",
	"60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"},
};

START_TEST(hmac_sha_256_is_as_published)
{
	char key[132] = "", hex[HASH_SHA256_HEX];

	memset(key, hmacs[_i].key_byte, hmacs[_i].key_len);
	hash_hmac_sha256_hex(hmacs[_i].key == NULL ? key : hmacs[_i].key, hmacs[_i].data,
	    strlen(hmacs[_i].data), hex);
	ck_assert_str_eq(hex, hmacs[_i].hex);
}
END_TEST

START_TEST(unhex_reads_both_cases)
{
	uint8_t bytes[4];

	ck_assert(hash_unhex("00fF10Aa", bytes, sizeof bytes));
	ck_assert_mem_eq(bytes, "\x00\xff\x10\xaa", 4);
	ck_assert(hash_unhex("", bytes, 0));
}
END_TEST

static const char *const unreadable[] = {"", "0", "00ff10a", "00ff10aa0", "00ff10aa00", "00ff10ag",
    "g0ff10aa", " 0ff10aa", "00ff10a ", "0x00ff10", "00:ff:10", "00 f10aa", "-0ff10aa"};

START_TEST(unhex_refuses_everything_else)
{
	uint8_t bytes[4];

	ck_assert_msg(!hash_unhex(unreadable[_i], bytes, sizeof bytes), "%s", unreadable[_i]);
}
END_TEST

START_TEST(equal_compares_every_byte)
{
	char a[32] = "", b[32] = "";

	ck_assert(hash_equal(a, b, sizeof a));
	for (size_t i = 0; i < sizeof a; i++) {
		b[i] = 1;
		ck_assert(!hash_equal(a, b, sizeof a));
		ck_assert(hash_equal(a, b, i));
		b[i] = 0;
	}
}
END_TEST

START_TEST(random_hex_fills_its_length)
{
	static const size_t sizes[] = {0, 1, 4, 24, 64};
	char first[129], second[129];
	size_t n = sizes[_i];

	memset(first, 'x', sizeof first);
	hash_random_hex(first, n);
	hash_random_hex(second, n);
	ck_assert_uint_eq(strlen(first), 2 * n);
	ck_assert_uint_eq(strspn(first, "0123456789abcdef"), 2 * n);
	if (n >= 4)
		ck_assert_str_ne(first, second);
}
END_TEST

START_TEST(random_bytes_differ)
{
	unsigned char first[32] = "", second[32] = "";

	hash_random(first, sizeof first);
	hash_random(second, sizeof second);
	ck_assert_mem_ne(first, second, sizeof first);
}
END_TEST

Suite *
hash_suite(void)
{
	Suite *s = suite_create("hash");
	TCase *t = tcase_create("hash");

	tcase_add_loop_test(t, blake2b_128_is_as_published, 0, ROWS(blake));
	tcase_add_loop_test(t, a_secret_is_hashed_by_blake2b_256, 0, ROWS(secrets));
	tcase_add_loop_test(t, sha_256_is_as_published, 0, ROWS(sha));
	tcase_add_loop_test(t, hmac_sha_256_is_as_published, 0, ROWS(hmacs));
	tcase_add_test(t, unhex_reads_both_cases);
	tcase_add_loop_test(t, unhex_refuses_everything_else, 0, ROWS(unreadable));
	tcase_add_test(t, equal_compares_every_byte);
	tcase_add_loop_test(t, random_hex_fills_its_length, 0, 5);
	tcase_add_test(t, random_bytes_differ);
	suite_add_tcase(s, t);
	return s;
}

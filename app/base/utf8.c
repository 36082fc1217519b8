/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * UTF-8 as RFC 3629 defines it. PostgreSQL refuses overlong forms and surrogates but json-c
 * accepts them, so every text is checked here before either of them sees it.
 */
#include "base/utf8.h"

#include <string.h>

static bool
is_tail_byte(unsigned char c)
{
	return (c & 0xc0) == 0x80;
}

/* The bounds of the second byte exclude overlong forms (E0, F0), surrogates (ED) and what lies
 * beyond U+10FFFF (F4). */
size_t
utf8_char(const char *s, size_t n)
{
	unsigned char b[4] = {0}; /* missing bytes are 0, which is no continuation byte */

	memcpy(b, s, n < 4 ? n : 4);
	if (b[0] < 0x80)
		return 1;
	if (b[0] < 0xc2 || b[0] > 0xf4 || !is_tail_byte(b[1]))
		return 0;
	if (b[0] < 0xe0)
		return 2;
	if (!is_tail_byte(b[2]) || (b[0] == 0xe0 && b[1] < 0xa0) || (b[0] == 0xed && b[1] > 0x9f))
		return 0;
	if (b[0] < 0xf0)
		return 3;
	if (!is_tail_byte(b[3]) || (b[0] == 0xf0 && b[1] < 0x90) || (b[0] == 0xf4 && b[1] > 0x8f))
		return 0;
	return 4;
}

bool
utf8_valid(const char *s, size_t n)
{
	while (n > 0) {
		size_t used = utf8_char(s, n);
		if (used == 0)
			return false;
		s += used;
		n -= used;
	}
	return true;
}

size_t
utf8_encode(char *out, unsigned c)
{
	if (c < 0x80) {
		out[0] = (char)c;
		return 1;
	}
	size_t n = c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
	for (size_t i = n - 1; i > 0; i--) {
		out[i] = (char)(0x80 | (c & 0x3f));
		c >>= 6;
	}
	static const unsigned char leads[] = {0, 0, 0xc0, 0xe0, 0xf0};
	out[0] = (char)(leads[n] | c);
	return n;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BASE_UTF8_H
#define BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>

/* Bytes of the well-formed character that the n > 0 bytes at s begin with (no overlong form, no
 * surrogate, <= U+10FFFF); 0 when they begin with none. */
size_t utf8_char(const char *s, size_t n);

/* True when the n bytes at s are well-formed UTF-8. */
bool utf8_valid(const char *s, size_t n);

/* Writes the code point c (<= U+10FFFF) as 1 to 4 bytes at out; how many. */
size_t utf8_put(char *out, unsigned c);

#endif
